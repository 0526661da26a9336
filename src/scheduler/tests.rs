use super::*;
use crate::clock::{Clock, FakeClock};
use crate::model::{Counters, RunId, RunSource, RunState, file::Sha256Digest};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

/// Takes notes of the runs it is asked for. Answers with the prepared failures first.
struct Recorder {
    requests: UnboundedSender<StartRun>,
    failures: Mutex<VecDeque<EngineError>>,
}

#[async_trait]
impl RunStarter for Recorder {
    async fn start(&self, request: StartRun) -> Result<Run, EngineError> {
        self.requests.send(request.clone()).unwrap();
        match self.failures.lock().unwrap().pop_front() {
            Some(failure) => Err(failure),
            None => Ok(run_of(request)),
        }
    }

    fn check_options(&self, _tool: ToolKind, options: &RunOptions) -> Result<(), EngineError> {
        if options.values.contains_key("wrong") { Err(EngineError::Options(Vec::new())) } else { Ok(()) }
    }
}

fn run_of(request: StartRun) -> Run {
    let StartSource::Stored(path) = request.source else { panic!("schedules run stored files") };
    Run {
        id: RunId::generate(),
        site: request.site,
        tool: request.tool,
        source: RunSource::Stored(path),
        content: Sha256Digest([0; 32]),
        content_size: 0,
        mode: request.mode,
        options: request.options,
        state: RunState::Queued,
        caller: request.caller,
        schedule: request.schedule,
        step: None,
        request_id: request.request_id,
        created: DateTime::UNIX_EPOCH,
        started: None,
        finished: None,
        counters: Counters::default(),
        last_sequence: 1,
        message: String::new(),
        report: None,
        tryback: None,
        archive: None,
        cancel_requested: false,
    }
}

struct Opened {
    scheduler: Scheduler,
    recorder: Arc<Recorder>,
    requests: UnboundedReceiver<StartRun>,
    clock: Arc<FakeClock>,
    _folder: tempfile::TempDir,
}

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

fn site() -> SiteKey {
    SiteKey("default".into())
}

/// A schedule that is due at 3 every day.
fn nightly() -> NewSchedule {
    NewSchedule {
        site: site(),
        name: "nightly".into(),
        timetable: Timetable::parse("0 3 * * *", "").unwrap(),
        tool: ToolKind::Users,
        path: FilePath::parse("/erp/users.csv").unwrap(),
        mode: RunMode::Apply,
        options: RunOptions::default(),
        state: ScheduleState::Active,
        caller: Caller::local(),
    }
}

impl Opened {
    /// At noon of 1 January 2026.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = FakeClock::at(utc("2026-01-01T12:00:00Z"));
        let store = Store::open(folder.path(), clock.clone()).await.unwrap();
        let (sender, requests) = unbounded_channel();
        let recorder = Arc::new(Recorder { requests: sender, failures: Mutex::default() });
        let scheduler = Scheduler::new(store, recorder.clone(), clock.clone());
        Self { scheduler, recorder, requests, clock, _folder: folder }
    }

    fn fail_next(&self, failure: EngineError) {
        self.recorder.failures.lock().unwrap().push_back(failure);
    }

    async fn fire(&self) -> Option<DateTime<Utc>> {
        self.scheduler.fire_due(&CancellationToken::new()).await
    }

    async fn nightly(&self) -> Schedule {
        self.scheduler.get(&site(), "nightly").await.unwrap()
    }

    fn started(&mut self) -> usize {
        std::iter::from_fn(|| self.requests.try_recv().ok()).count()
    }
}

#[tokio::test]
async fn a_due_run_starts_and_the_next_time_is_set() {
    let mut opened = Opened::new().await;
    let schedule = opened.scheduler.put(nightly()).await.unwrap();
    assert_eq!(schedule.next, Some(utc("2026-01-02T03:00:00Z")));
    assert_eq!(opened.fire().await, schedule.next);
    assert_eq!(opened.started(), 0);

    opened.clock.set(utc("2026-01-02T03:00:00Z"));
    assert_eq!(opened.fire().await, Some(utc("2026-01-03T03:00:00Z")));
    let request = opened.requests.try_recv().unwrap();
    assert_eq!(request.request_id.unwrap().0, format!("schedule:{}:2026-01-02T03:00:00Z", schedule.id));
    assert_eq!((request.tool, request.schedule), (ToolKind::Users, Some(schedule.id)));
    let fired = opened.nightly().await;
    assert_eq!((fired.last, fired.next), (schedule.next, Some(utc("2026-01-03T03:00:00Z"))));
    assert!(fired.last_run.is_some() && fired.last_message.is_empty());
}

#[tokio::test]
async fn the_loop_wakes_for_due_times_and_for_changes() {
    let Opened { scheduler, mut requests, clock, _folder, .. } = Opened::new().await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(scheduler.clone().run(stop.clone()));
    scheduler.put(nightly()).await.unwrap();
    clock.set(utc("2026-01-02T03:00:00Z"));
    assert!(requests.recv().await.is_some());
    let sooner = NewSchedule { timetable: Timetable::parse("*/5 * * * *", "").unwrap(), ..nightly() };
    scheduler.put(sooner).await.unwrap();
    clock.set(utc("2026-01-02T03:05:00Z"));
    let request = requests.recv().await.unwrap();
    assert!(request.request_id.unwrap().0.ends_with(":2026-01-02T03:05:00Z"));
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn times_missed_while_the_service_was_down_count_as_one() {
    let mut opened = Opened::new().await;
    opened.scheduler.put(nightly()).await.unwrap();
    opened.clock.set(utc("2026-01-09T10:00:00Z"));
    assert_eq!(opened.fire().await, Some(utc("2026-01-10T03:00:00Z")));
    assert_eq!(opened.started(), 1);
    opened.fire().await;
    assert_eq!(opened.started(), 0);
}

#[tokio::test]
async fn a_crash_before_the_note_repeats_the_same_request() {
    let mut opened = Opened::new().await;
    let due = opened.scheduler.put(nightly()).await.unwrap();
    opened.clock.set(utc("2026-01-02T03:00:10Z"));
    opened.fire().await;
    let first = opened.requests.try_recv().unwrap().request_id;
    // As if the note had never been written.
    opened.scheduler.store.set_schedule_state(&site(), "nightly", ScheduleState::Active, due.next).await.unwrap();
    opened.clock.set(utc("2026-01-02T04:00:00Z"));
    opened.fire().await;
    assert_eq!(opened.requests.try_recv().unwrap().request_id, first);
}

#[tokio::test]
async fn a_missing_file_is_noted_and_the_schedule_goes_on() {
    let opened = Opened::new().await;
    opened.scheduler.put(nightly()).await.unwrap();
    opened.fail_next(EngineError::SourceMissing(nightly().path));
    opened.clock.set(utc("2026-01-02T03:00:00Z"));
    assert_eq!(opened.fire().await, Some(utc("2026-01-03T03:00:00Z")));
    let fired = opened.nightly().await;
    assert_eq!(fired.last_run, None);
    assert!(fired.last_message.contains("/erp/users.csv"), "{}", fired.last_message);
    opened.clock.set(utc("2026-01-03T03:00:00Z"));
    opened.fire().await;
    assert_eq!(opened.nightly().await.last_message, "");
}

#[tokio::test]
async fn what_breaks_inside_is_not_told() {
    let opened = Opened::new().await;
    opened.scheduler.put(nightly()).await.unwrap();
    opened.fail_next(EngineError::Internal { operation: "x", problem: "secret".into() });
    opened.clock.set(utc("2026-01-02T03:00:00Z"));
    opened.fire().await;
    let message = opened.nightly().await.last_message;
    assert!(!message.is_empty() && !message.contains("secret"), "{message}");
}

#[tokio::test]
async fn a_full_queue_postpones_a_due_run() {
    let mut opened = Opened::new().await;
    opened.scheduler.put(nightly()).await.unwrap();
    opened.clock.set(utc("2026-01-02T03:00:00Z"));
    for failure in [EngineError::QueueFull { waiting: 9 }, EngineError::ShuttingDown] {
        opened.fail_next(failure);
        let wake = opened.fire().await.unwrap();
        assert!(wake > opened.clock.now());
        assert_eq!(opened.nightly().await.last, None);
        opened.clock.set(wake);
    }
    assert_eq!(opened.fire().await, Some(utc("2026-01-03T03:00:00Z")));
    assert_eq!(opened.started(), 3);
    assert_eq!(opened.nightly().await.last, Some(utc("2026-01-02T03:00:00Z")));
}

#[tokio::test]
async fn a_paused_schedule_starts_nothing_until_it_is_resumed() {
    let mut opened = Opened::new().await;
    opened.scheduler.put(nightly()).await.unwrap();
    assert_eq!(opened.scheduler.pause(&site(), "nightly").await.unwrap().next, None);
    opened.clock.set(utc("2026-01-05T00:00:00Z"));
    assert_eq!(opened.fire().await, None);
    let resumed = opened.scheduler.resume(&site(), "nightly").await.unwrap();
    assert_eq!(resumed.next, Some(utc("2026-01-05T03:00:00Z")));
    assert_eq!(opened.started(), 0);
    // Resuming what is active must not push a due time away.
    opened.clock.set(utc("2026-01-05T03:00:00Z") + TimeDelta::seconds(1));
    assert_eq!(opened.scheduler.resume(&site(), "nightly").await.unwrap().next, resumed.next);
    opened.fire().await;
    assert_eq!(opened.started(), 1);
}

#[tokio::test]
async fn a_trigger_starts_a_run_and_leaves_the_times_alone() {
    let mut opened = Opened::new().await;
    let paused = NewSchedule { state: ScheduleState::Paused, ..nightly() };
    let schedule = opened.scheduler.put(paused).await.unwrap();
    let id = Some(RequestId("now-1".into()));
    let run = opened.scheduler.trigger(&site(), "nightly", id.clone(), Caller("ada".into())).await.unwrap();
    assert_eq!((run.schedule, run.request_id, run.caller.0.as_str()), (Some(schedule.id), id, "ada"));
    assert_eq!(opened.nightly().await, schedule);
    assert_eq!(opened.started(), 1);
}

#[tokio::test]
async fn putting_the_same_again_changes_nothing() {
    let opened = Opened::new().await;
    let first = opened.scheduler.put(nightly()).await.unwrap();
    opened.clock.advance(TimeDelta::hours(1));
    assert_eq!(opened.scheduler.put(nightly()).await.unwrap(), first);
    let options = RunOptions { values: BTreeMap::from([("archive".into(), "true".into())]), max_errors: 0 };
    let replaced = opened.scheduler.put(NewSchedule { options, ..nightly() }).await.unwrap();
    assert_eq!((replaced.id, replaced.revision), (first.id, 2));
}

#[tokio::test]
async fn options_that_no_run_takes_are_refused_at_once() {
    let opened = Opened::new().await;
    let options = RunOptions { values: BTreeMap::from([("wrong".into(), "1".into())]), max_errors: 0 };
    let refused = opened.scheduler.put(NewSchedule { options, ..nightly() }).await;
    assert!(matches!(refused, Err(SchedulerError::Engine(EngineError::Options(_)))));
    let missing = opened.scheduler.get(&site(), "nightly").await;
    assert!(matches!(missing, Err(SchedulerError::Store(StoreError::NotFound { .. }))));
}

#[tokio::test]
async fn a_deleted_schedule_starts_nothing() {
    let mut opened = Opened::new().await;
    opened.scheduler.put(nightly()).await.unwrap();
    opened.scheduler.delete(&site(), "nightly").await.unwrap();
    opened.clock.set(utc("2026-01-02T03:00:00Z"));
    assert_eq!(opened.fire().await, None);
    assert_eq!(opened.started(), 0);
}
