//! Processes that come and go over the same data: each has a runtime of its own, and a kill is the end of that runtime.

use super::moodle::FakeMoodle;
use crate::clock::SystemClock;
use crate::engine::{Engine, EngineError, EngineSite, EventKind, Report, StartRun, StartSource};
use crate::model::{Caller, LineResult, Outcome, Reason, Run, RunMode, RunOptions, SiteKey, ToolKind};
use crate::site::sql::SqlSite;
use crate::site::{CacheCare, MoodleCalls};
use crate::store::Store;
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Longer than any task takes to notice the end of its runtime.
const LONG: Duration = Duration::from_secs(60);

fn key() -> SiteKey {
    SiteKey("campus".to_owned())
}

/// How a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It may say good-bye.
    Stop,
    /// It may not.
    Kill,
}

/// The data of a service and its site.
pub(super) struct Data(tempfile::TempDir);

/// A process at work on the data.
pub(super) struct Process {
    engine: Engine,
    store: Store,
    pub(super) site: SqlSite,
}

/// A run that has ended, and all that is told about it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) run: Run,
    pub(super) lines: Vec<LineResult>,
    pub(super) report: Report,
    pub(super) tryback: Option<String>,
}

impl Told {
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        self.lines.iter().map(|line| line.outcome).collect()
    }

    /// Outcomes with the last reason of each line.
    pub(super) fn short(&self) -> Vec<(Outcome, Option<Reason>)> {
        self.lines.iter().map(|line| (line.outcome, line.problems.last().map(|problem| problem.reason))).collect()
    }
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

impl Data {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Does something in a process that ends as it should.
    pub(super) fn process<T>(&self, moodle: Option<&FakeMoodle>, act: impl AsyncFnOnce(&Process) -> T) -> T {
        let runtime = runtime();
        runtime.block_on(async {
            let process = Process::open(&self.0, moodle).await;
            let done = act(&process).await;
            process.engine.shut_down().await;
            process.site.close().await;
            done
        })
    }

    /// Does something in a process that ends like that behind it.
    pub(super) fn process_until<T>(&self, end: End, moodle: &FakeMoodle, act: impl AsyncFnOnce(&Process) -> T) -> T {
        if end == End::Stop {
            return self.process(Some(moodle), act);
        }
        let runtime = runtime();
        let done = runtime.block_on(async { act(&Process::open(&self.0, Some(moodle)).await).await });
        runtime.shutdown_timeout(LONG);
        done
    }

    /// Rows of a table of the site.
    pub(super) fn count(&self, table: &str) -> i64 {
        self.texts(&format!("select count(*) from mdl_{table}"))[0].parse().unwrap()
    }

    pub(super) fn texts(&self, sql: &str) -> Vec<String> {
        self.process(None, async |process| process.site.texts(sql).await)
    }
}

impl Process {
    async fn open(folder: &tempfile::TempDir, moodle: Option<&FakeMoodle>) -> Self {
        let site = SqlSite::open_embedded(&folder.path().join("site")).await.unwrap();
        let store = Store::open(&folder.path().join("data"), Arc::new(SystemClock)).await.unwrap();
        let calls = moodle.map(|moodle| Arc::new(moodle.clone()) as Arc<dyn MoodleCalls>);
        let engine_site = EngineSite {
            reader: site.reader(),
            writer: site.writer(),
            caches: CacheCare::Needless,
            calls,
            file_pool: None,
        };
        let sites = BTreeMap::from([(key(), engine_site)]);
        let engine = Engine::open(store.clone(), sites, Arc::new(SystemClock)).await.unwrap();
        Self { engine, store, site }
    }

    pub(super) async fn start(
        &self,
        mode: RunMode,
        tool: ToolKind,
        content: &str,
        options: &[(&str, &str)],
        max_errors: u64,
    ) -> Run {
        self.try_start(mode, tool, content, options, max_errors).await.unwrap()
    }

    pub(super) async fn try_start(
        &self,
        mode: RunMode,
        tool: ToolKind,
        content: &str,
        options: &[(&str, &str)],
        max_errors: u64,
    ) -> Result<Run, EngineError> {
        let values = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = StartRun {
            site: key(),
            tool,
            source: StartSource::Inline { name: "lines.csv".to_owned(), content: content.to_owned().into() },
            options: RunOptions { values, max_errors },
            mode,
            request_id: None,
            caller: Caller::local(),
            schedule: None,
        };
        self.engine.start(request).await
    }

    pub(super) async fn stop(&self) {
        self.engine.shut_down().await;
    }

    pub(super) async fn cancel(&self, run: &Run) {
        self.engine.cancel(&run.site, run.id).await.unwrap();
    }

    /// Watches a run to its end. Each line is told once, in order, under numbers without gaps.
    pub(super) async fn end_of(&self, run: &Run) -> Told {
        let events: Vec<_> = self.engine.watch(run.clone(), 0).map(|event| event.unwrap()).collect().await;
        let numbered = events.iter().filter(|event| !matches!(event.kind, EventKind::Progress(_)));
        let numbers: Vec<u64> = numbered.map(|event| event.sequence).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
        let lines: Vec<LineResult> = events
            .into_iter()
            .filter_map(|event| if let EventKind::Line(line) = event.kind { Some(line) } else { None })
            .collect();
        assert!(lines.is_sorted_by(|before, after| before.line < after.line), "{lines:?}");
        let report = self.engine.report(&key(), run.id).await.unwrap();
        let run = report.run.clone();
        let tryback = match &run.tryback {
            Some(path) => {
                let file = self.store.get(&key(), path).await.unwrap();
                let bytes = self.store.read_range(file.sha256.unwrap(), 0, file.size).await.unwrap();
                Some(String::from_utf8(bytes.to_vec()).unwrap())
            }
            None => None,
        };
        Told { run, lines, report, tryback }
    }

    pub(super) async fn run_as(
        &self,
        mode: RunMode,
        tool: ToolKind,
        content: &str,
        options: &[(&str, &str)],
        max_errors: u64,
    ) -> Told {
        let run = self.start(mode, tool, content, options, max_errors).await;
        self.end_of(&run).await
    }

    pub(super) async fn run(&self, tool: ToolKind, content: &str, options: &[(&str, &str)]) -> Told {
        self.run_as(RunMode::Apply, tool, content, options, 0).await
    }
}
