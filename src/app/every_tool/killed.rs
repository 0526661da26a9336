//! A run of any tool that is killed at an exact moment goes on when the service starts again, and comes out as if nothing
//! had happened.

use super::drafts::drafts;
use super::rehearsed::generator;
use super::set;
use super::subjects::Subjects;
use crate::app::golden::difference::difference;
use crate::app::golden::stage::{CASE_TIME, CommandFile};
use crate::app::tests::meddling::{LONG, Meddler, Moment, engine_over, key, meddler};
use crate::clock::FakeClock;
use crate::engine::{Engine, EventKind};
use crate::model::{Impact, LineResult, Run, RunMode, ToolDescriptor};
use crate::site::sql::SqlSite;
use crate::site::sql::tests::dump::Dump;
use crate::site::sql::tests::{Engine as Database, fresh};
use crate::tools::TOOLS;
use futures::StreamExt;
use proptest::strategy::{Strategy, ValueTree};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Notify;

/// The first chunk and some more.
const FIRST_CHUNK: usize = 100;
const LINES: usize = FIRST_CHUNK + 20;

/// A segment is stored and not committed; committed, and nobody has been told; the second chunk is being written.
const MOMENTS: [(Moment, u32); 3] = [(Moment::Commit, 1), (Moment::Committed, 1), (Moment::Apply, 2)];

/// The data of a service: its site and its store.
struct Data(tempfile::TempDir);

impl Data {
    /// A service that nobody has used, whose site is a copy.
    fn with_site(of: &Path) -> Self {
        let data = tempfile::tempdir().unwrap();
        std::fs::create_dir(data.path().join("store")).unwrap();
        std::fs::create_dir(data.path().join("site")).unwrap();
        std::fs::copy(of.join("site.db"), data.path().join("site/site.db")).unwrap();
        Self(data)
    }

    async fn open(&self, meddler: Meddler) -> (Engine, SqlSite) {
        let site = SqlSite::open_embedded(&self.0.path().join("site")).await.unwrap();
        let engine = engine_over(&self.0.path().join("store"), &site, meddler, LONG, FakeClock::at(CASE_TIME)).await;
        (engine, site)
    }

    /// Starts a run and kills the service when the moment comes. Answers with the run, if the moment came.
    fn kill_at(&self, moment: (Moment, u32), file: &CommandFile) -> Option<Run> {
        let runtime = runtime();
        let reached = Arc::new(Notify::new());
        let at_moment = Arc::clone(&reached);
        let stop = meddler(move |now, times| {
            let reached = Arc::clone(&at_moment);
            async move {
                if (now, times) == moment {
                    reached.notify_one();
                    std::future::pending::<()>().await;
                }
                Ok(())
            }
        });
        let killed = runtime.block_on(async {
            let (engine, _site) = self.open(stop).await;
            let run = engine.start(file.request(key(), RunMode::Apply)).await.unwrap();
            tokio::select! {
                () = reached.notified() => Some(run),
                _ = end_of(&engine, &run) => None,
            }
        });
        // All that is at work is dropped where it stands.
        runtime.shutdown_timeout(Duration::from_secs(60));
        killed
    }

    /// Starts the service, runs the file or lets the run go on, and looks at the site.
    fn finish(&self, file: &CommandFile, run: Option<Run>, setting: &Dump) -> (Run, Vec<LineResult>, String) {
        let runtime = runtime();
        runtime.block_on(async {
            let (engine, site) = self.open(meddler(|_, _| async { Ok(()) })).await;
            let run = match run {
                Some(run) => run,
                None => engine.start(file.request(key(), RunMode::Apply)).await.unwrap(),
            };
            let (run, lines) = end_of(&engine, &run).await;
            engine.shut_down().await;
            let after = site.dump(&site.layout().await).await;
            assert_eq!(site.verify().await.unwrap(), Vec::<String>::new(), "{file}");
            site.close().await;
            (run, lines, difference(setting, &after))
        })
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

async fn end_of(engine: &Engine, run: &Run) -> (Run, Vec<LineResult>) {
    let events: Vec<_> = engine.watch(run.clone(), 0).collect().await;
    let lines = events.into_iter().filter_map(|event| match event.unwrap().kind {
        EventKind::Line(line) => Some(line),
        _ => None,
    });
    (engine.run(&key(), run.id).await.unwrap(), lines.collect())
}

/// What new rows are called is up to the site.
fn without_ids(lines: Vec<LineResult>) -> Vec<LineResult> {
    lines.into_iter().map(|line| LineResult { moodle_id: None, ..line }).collect()
}

/// The site of these tests, in a folder of its own.
fn site() -> (tempfile::TempDir, Subjects, Dump) {
    runtime().block_on(async {
        let (folder, site) = fresh(Database::Sqlite).await;
        let stage = set(site, "sqlite").await;
        let (subjects, setting) = (Subjects::on(&stage).await, stage.look().await);
        stage.close().await;
        (folder.unwrap(), subjects, setting)
    })
}

fn a_file(descriptor: &ToolDescriptor, subjects: &Subjects) -> CommandFile {
    let strategy = drafts(descriptor, LINES..=LINES);
    let mut generator = generator(7, descriptor.kind);
    strategy.new_tree(&mut generator).unwrap().current().file(descriptor, subjects)
}

#[test]
fn a_killed_run_of_every_tool_comes_out_as_an_undisturbed_one() {
    let (folder, subjects, setting) = site();
    let of: PathBuf = folder.path().to_owned();
    for descriptor in TOOLS.map(|tool| tool.descriptor()) {
        let file = a_file(descriptor, &subjects);
        let expected = Data::with_site(&of).finish(&file, None, &setting);
        assert!(expected.1.len() > FIRST_CHUNK, "{file}{}", expected.0.message);
        let mut kills = 0;
        for moment in MOMENTS {
            let data = Data::with_site(&of);
            let Some(run) = data.kill_at(moment, &file) else { continue };
            kills += 1;
            let (run, lines, site) = data.finish(&file, Some(run), &setting);
            let context = format!("{}: {moment:?}: {}", descriptor.kind, run.message);
            assert_eq!((run.state, &run.counters), (expected.0.state, &expected.0.counters), "{context}");
            assert_eq!(without_ids(lines), without_ids(expected.1.clone()), "{context}");
            assert_eq!(site, expected.2, "{context}");
        }
        let writes = descriptor.impact != Impact::Reads;
        println!("{}: {kills} kills", descriptor.kind);
        assert!(!writes || kills >= 2, "{}: the file writes in {kills} moments\n{file}", descriptor.kind);
    }
}
