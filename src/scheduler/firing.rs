//! The loop that starts runs when they are due.
//!
//! A due time stays in the store until what came of it is noted, and its run has a request id of its own: a crash in
//! between neither loses a run nor starts it twice. Times that passed while the service was down count as one.

use super::{Scheduler, Timetable, start_request, unreadable};
use crate::engine::{EngineError, StartRun};
use crate::model::{RequestId, RunId, Schedule};
use crate::store::StoreError;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

/// How long to wait before a due run that could not start is tried again.
const RETRY: TimeDelta = TimeDelta::seconds(30);

/// Request ids with this beginning are the scheduler's own. Whoever takes requests in refuses them from others.
pub const OWN_REQUEST_IDS: &str = "schedule:";

/// What came of a due time.
enum Attempt {
    /// There is a run, or a reason why there is none.
    Settled { run: Option<RunId>, message: String },
    /// Nothing could be done now.
    Postponed,
}

impl Scheduler {
    /// Starts runs when they are due, until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let wake = self.fire_due(&stop).await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.changed.notified() => {}
                () = self.sleep_until(wake) => {}
            }
        }
    }

    async fn sleep_until(&self, wake: Option<DateTime<Utc>>) {
        match wake {
            Some(wake) => self.clock.sleep_until(wake).await,
            None => std::future::pending().await,
        }
    }

    /// Deals with all that is due, and says when to look again; `None` if nothing will be due.
    pub(super) async fn fire_due(&self, stop: &CancellationToken) -> Option<DateTime<Utc>> {
        self.try_fire_due(stop).await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot look for due schedules: {error}");
            Some(self.clock.now() + RETRY)
        })
    }

    async fn try_fire_due(&self, stop: &CancellationToken) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut postponed = false;
        for schedule in self.store.due_schedules(self.clock.now()).await? {
            if stop.is_cancelled() {
                return Ok(None);
            }
            if let Some(due) = schedule.next {
                postponed |= !self.fire(&schedule, due).await?;
            }
        }
        if postponed { Ok(Some(self.clock.now() + RETRY)) } else { self.store.next_due().await }
    }

    /// Deals with one due time. False if it is to be tried again.
    async fn fire(&self, schedule: &Schedule, due: DateTime<Utc>) -> Result<bool, StoreError> {
        let started = self.starter.start(due_request(schedule, due)).await;
        let Attempt::Settled { run, mut message } = attempt(schedule, started.map(|run| run.id)) else {
            return Ok(false);
        };
        let next = match Timetable::parse(&schedule.cron, &schedule.zone) {
            Ok(timetable) => timetable.next_after(due.max(self.clock.now())),
            Err(errors) => {
                message = unreadable(schedule, &errors).to_string();
                None
            }
        };
        self.store.record_firing(schedule.id, due, next, run, &message).await?;
        Ok(true)
    }
}

fn due_request(schedule: &Schedule, due: DateTime<Utc>) -> StartRun {
    let due = due.to_rfc3339_opts(SecondsFormat::Secs, true);
    let request_id = RequestId(format!("{OWN_REQUEST_IDS}{}:{due}", schedule.id));
    StartRun { request_id: Some(request_id), ..start_request(schedule) }
}

fn attempt(schedule: &Schedule, started: Result<RunId, EngineError>) -> Attempt {
    let error = match started {
        Ok(run) => return Attempt::Settled { run: Some(run), message: String::new() },
        Err(error) => error,
    };
    let message = match &error {
        EngineError::SiteUnknown(_)
        | EngineError::Options(_)
        | EngineError::SourceMissing(_)
        | EngineError::SourceIsFolder(_)
        | EngineError::NoFilePool(_)
        | EngineError::InlineTooLarge { .. } => error.to_string(),
        EngineError::ShuttingDown | EngineError::QueueFull { .. } => return Attempt::Postponed,
        EngineError::Store(StoreError::Database { .. } | StoreError::Blob { .. }) => {
            log(schedule, &error);
            return Attempt::Postponed;
        }
        EngineError::Site(site) if site.is_transient() => {
            log(schedule, &error);
            return Attempt::Postponed;
        }
        EngineError::Store(_)
        | EngineError::Site(_)
        | EngineError::RunUnknown(_)
        | EngineError::Step { .. }
        | EngineError::Journal { .. }
        | EngineError::Csv(_)
        | EngineError::Archive(_)
        | EngineError::FilePool(_)
        | EngineError::Internal { .. } => {
            log(schedule, &error);
            "the run could not be started; the log of the service says why".to_owned()
        }
    };
    Attempt::Settled { run: None, message }
}

fn log(schedule: &Schedule, error: &EngineError) {
    let cause = error as &dyn std::error::Error;
    tracing::error!(schedule = %schedule.id, name = schedule.name, error = cause, "cannot start the due run: {error}");
}
