//! Schedules: runs that start by themselves at times given by cron expressions.
//!
//! Knows when a run is due and how to ask for one. Must never know what a tool does, nor who asked over which protocol.

pub mod cron;
mod firing;

#[cfg(test)]
mod tests;

pub use cron::{Timetable, TimetableError};
pub use firing::OWN_REQUEST_IDS;

use crate::clock::SharedClock;
use crate::engine::{Engine, EngineError, StartRun, StartSource};
use crate::model::{
    Caller, FilePath, RequestId, Run, RunMode, RunOptions, Schedule, ScheduleId, ScheduleState, SiteKey, ToolKind,
};
use crate::store::{Listing, Page, Store, StoreError};
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::Notify;

/// Why a request about a schedule failed.
#[derive(Debug, thiserror::Error)]
pub enum SchedulerError {
    /// The store has no such schedule, or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine refused the run, or its options.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Starts runs. The engine does; tests only take notes.
#[async_trait]
pub trait RunStarter: Send + Sync {
    /// Starts a run, or finds the one that the same request started before.
    async fn start(&self, request: StartRun) -> Result<Run, EngineError>;

    /// Refuses options that a run of this tool would refuse.
    fn check_options(&self, tool: ToolKind, options: &RunOptions) -> Result<(), EngineError>;
}

#[async_trait]
impl RunStarter for Engine {
    async fn start(&self, request: StartRun) -> Result<Run, EngineError> {
        Engine::start(self, request).await
    }

    fn check_options(&self, tool: ToolKind, options: &RunOptions) -> Result<(), EngineError> {
        Engine::check_options(self, tool, options)
    }
}

/// A schedule to create or replace.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    /// The site whose files it reads.
    pub site: SiteKey,
    /// Its name, unique on the site.
    pub name: String,
    /// When it is due.
    pub timetable: Timetable,
    /// The tool to run.
    pub tool: ToolKind,
    /// The command file, looked up when the run is due.
    pub path: FilePath,
    /// Whether the runs write.
    pub mode: RunMode,
    /// Options of the runs.
    pub options: RunOptions,
    /// Whether it starts runs from now on.
    pub state: ScheduleState,
    /// Who asks for it.
    pub caller: Caller,
}

/// The schedules of all sites, and the runs that they start. Clones share them.
#[derive(Clone)]
pub struct Scheduler {
    store: Store,
    starter: Arc<dyn RunStarter>,
    clock: SharedClock,
    changed: Arc<Notify>,
}

impl Scheduler {
    /// Schedules of `store` whose runs are started by `starter`. Nothing starts before [`Scheduler::run`] is called.
    pub fn new(store: Store, starter: Arc<dyn RunStarter>, clock: SharedClock) -> Self {
        Self { store, starter, clock, changed: Arc::default() }
    }

    /// Creates a schedule, or replaces the one of that name. One that says the same already stays as it is, so that
    /// repeating a request changes nothing.
    pub async fn put(&self, new: NewSchedule) -> Result<Schedule, SchedulerError> {
        self.starter.check_options(new.tool, &new.options)?;
        match self.store.schedule(&new.site, &new.name).await {
            Ok(existing) if says_the_same(&existing, &new) => return Ok(existing),
            Ok(_) | Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let now = self.clock.now();
        let next = match new.state {
            ScheduleState::Active => new.timetable.next_after(now),
            ScheduleState::Paused => None,
        };
        let schedule = Schedule {
            id: ScheduleId::generate(),
            site: new.site,
            name: new.name,
            cron: new.timetable.expression().to_owned(),
            zone: new.timetable.zone().to_owned(),
            tool: new.tool,
            path: new.path,
            mode: new.mode,
            options: new.options,
            state: new.state,
            caller: new.caller,
            created: now,
            next,
            last: None,
            last_run: None,
            last_message: String::new(),
            revision: 1,
        };
        let stored = self.store.put_schedule(&schedule).await?;
        self.changed.notify_one();
        Ok(stored)
    }

    /// The schedule of that name.
    pub async fn get(&self, site: &SiteKey, name: &str) -> Result<Schedule, SchedulerError> {
        Ok(self.store.schedule(site, name).await?)
    }

    /// The schedules of a site, by name.
    pub async fn list(&self, site: &SiteKey, page: Page<String>) -> Result<Listing<Schedule, String>, SchedulerError> {
        Ok(self.store.list_schedules(site, page).await?)
    }

    /// Keeps a schedule from starting runs.
    pub async fn pause(&self, site: &SiteKey, name: &str) -> Result<Schedule, SchedulerError> {
        Ok(self.store.set_schedule_state(site, name, ScheduleState::Paused, None).await?)
    }

    /// Lets a paused schedule start runs again, from the next due time on.
    pub async fn resume(&self, site: &SiteKey, name: &str) -> Result<Schedule, SchedulerError> {
        let schedule = self.store.schedule(site, name).await?;
        if schedule.state == ScheduleState::Active {
            // A due time that is just being dealt with must not be skipped.
            return Ok(schedule);
        }
        let next = Timetable::parse(&schedule.cron, &schedule.zone).map_err(|errors| unreadable(&schedule, &errors))?;
        let next = next.next_after(self.clock.now());
        let resumed = self.store.set_schedule_state(site, name, ScheduleState::Active, next).await?;
        self.changed.notify_one();
        Ok(resumed)
    }

    /// Starts a run now, paused or not. Due times stay as they are.
    pub async fn trigger(
        &self,
        site: &SiteKey,
        name: &str,
        request_id: Option<RequestId>,
        caller: Caller,
    ) -> Result<Run, SchedulerError> {
        let schedule = self.store.schedule(site, name).await?;
        let request = StartRun { request_id, caller, ..start_request(&schedule) };
        Ok(self.starter.start(request).await?)
    }

    /// Deletes a schedule. Its runs stay.
    pub async fn delete(&self, site: &SiteKey, name: &str) -> Result<(), SchedulerError> {
        Ok(self.store.delete_schedule(site, name).await?)
    }
}

fn says_the_same(existing: &Schedule, new: &NewSchedule) -> bool {
    existing.cron == new.timetable.expression()
        && existing.zone == new.timetable.zone()
        && existing.tool == new.tool
        && existing.path == new.path
        && existing.mode == new.mode
        && existing.options == new.options
        && existing.state == new.state
}

/// The run that a schedule asks for.
fn start_request(schedule: &Schedule) -> StartRun {
    StartRun {
        site: schedule.site.clone(),
        tool: schedule.tool,
        source: StartSource::Stored(schedule.path.clone()),
        options: schedule.options.clone(),
        mode: schedule.mode,
        request_id: None,
        caller: schedule.caller.clone(),
        schedule: Some(schedule.id),
    }
}

/// An expression that was accepted once and cannot be read any more: the zone left the time zone database.
fn unreadable(schedule: &Schedule, errors: &[TimetableError]) -> EngineError {
    let problems: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let problem = format!("schedule {:?}: {}", schedule.name, problems.join("; "));
    EngineError::Internal { operation: "read the times of a schedule", problem }
}
