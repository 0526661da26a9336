//! A run of any tool that is killed at an exact moment goes on when the service starts again, and comes out as if nothing
//! had happened, on every kind of database.

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
use crate::site::sql::tests::{Engine as Database, databases, fresh};
use crate::tools::TOOLS;
use futures::StreamExt;
use proptest::strategy::{Strategy, ValueTree};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::Notify;

/// The first chunk and some more.
const FIRST_CHUNK: usize = 100;
const LINES: usize = FIRST_CHUNK + 20;

/// A segment is stored and not committed; committed, and nobody has been told; the second chunk is being written.
const MOMENTS: [(Moment, u32); 3] = [(Moment::Commit, 1), (Moment::Committed, 1), (Moment::Apply, 2)];

/// Where the site of these tests is, and what is on it.
struct Ground {
    place: Place,
    subjects: Subjects,
    setting: Dump,
}

enum Place {
    Folder(TempDir),
    Server(Database, String),
}

impl Ground {
    fn new(database: Database) -> Self {
        runtime().block_on(async {
            let (folder, site) = fresh(database).await;
            let place = match folder {
                Some(folder) => Place::Folder(folder),
                None => Place::Server(database, site.database()),
            };
            let stage = set(site, "killed").await;
            let (subjects, setting) = (Subjects::on(&stage).await, stage.look().await);
            stage.close().await;
            Self { place, subjects, setting }
        })
    }

    async fn site(&self) -> SqlSite {
        match &self.place {
            Place::Folder(folder) => SqlSite::open_embedded(folder.path()).await.unwrap(),
            Place::Server(database, name) => {
                SqlSite::connect(&databases::address(databases::server(*database).url(name))).await.unwrap()
            }
        }
    }

    /// What became of the site, which is then as it was.
    async fn put_back(&self, site: &SqlSite) -> String {
        let after = site.dump(&site.layout().await).await;
        site.put_back(&after, &self.setting).await;
        difference(&self.setting, &after)
    }
}

/// A service that nobody has used, with a store of its own.
struct Service<'g> {
    ground: &'g Ground,
    store: TempDir,
}

impl<'g> Service<'g> {
    fn on(ground: &'g Ground) -> Self {
        Self { ground, store: tempfile::tempdir().unwrap() }
    }

    async fn open(&self, meddler: Meddler) -> (Engine, SqlSite) {
        let site = self.ground.site().await;
        let engine = engine_over(self.store.path(), &site, meddler, LONG, FakeClock::at(CASE_TIME)).await;
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
            let (engine, site) = self.open(stop).await;
            let run = engine.start(file.request(key(), RunMode::Apply)).await.unwrap();
            tokio::select! {
                () = reached.notified() => Some(run),
                _ = end_of(&engine, &run) => {
                    engine.shut_down().await;
                    self.ground.put_back(&site).await;
                    None
                }
            }
        });
        // All that is at work is dropped where it stands.
        runtime.shutdown_timeout(Duration::from_secs(60));
        killed
    }

    /// Starts the service, runs the file or lets the run go on. Answers with the run, its lines, and what became of the site,
    /// which is then as it was.
    fn finish(&self, file: &CommandFile, run: Option<Run>) -> (Run, Vec<LineResult>, String) {
        let runtime = runtime();
        runtime.block_on(async {
            let (engine, site) = self.open(meddler(|_, _| async { Ok(()) })).await;
            let run = match run {
                Some(run) => run,
                None => engine.start(file.request(key(), RunMode::Apply)).await.unwrap(),
            };
            let (run, lines) = end_of(&engine, &run).await;
            engine.shut_down().await;
            assert_eq!(site.verify().await.unwrap(), Vec::<String>::new(), "{file}");
            let became = self.ground.put_back(&site).await;
            site.close().await;
            (run, lines, became)
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

fn a_file(descriptor: &ToolDescriptor, subjects: &Subjects) -> CommandFile {
    let strategy = drafts(descriptor, LINES..=LINES);
    let mut generator = generator(7, descriptor.kind);
    strategy.new_tree(&mut generator).unwrap().current().file(descriptor, subjects)
}

/// A killed run of every tool comes out as an undisturbed one.
fn kill_all(database: Database, place: &str) {
    if databases::is_skipped(database, place) {
        return;
    }
    let ground = Ground::new(database);
    for descriptor in TOOLS.map(|tool| tool.descriptor()) {
        let file = a_file(descriptor, &ground.subjects);
        let expected = Service::on(&ground).finish(&file, None);
        assert!(expected.1.len() > FIRST_CHUNK, "{file}{}", expected.0.message);
        let mut kills = 0;
        for moment in MOMENTS {
            let service = Service::on(&ground);
            let Some(run) = service.kill_at(moment, &file) else { continue };
            kills += 1;
            let (run, lines, site) = service.finish(&file, Some(run));
            let context = format!("{database:?}: {}: {moment:?}: {}", descriptor.kind, run.message);
            assert_eq!((run.state, &run.counters), (expected.0.state, &expected.0.counters), "{context}");
            assert_eq!(without_ids(lines), without_ids(expected.1.clone()), "{context}");
            assert_eq!(site, expected.2, "{context}");
        }
        let writes = descriptor.impact != Impact::Reads;
        println!("{database:?}: {}: {kills} kills", descriptor.kind);
        assert!(!writes || kills >= 2, "{}: the file writes in {kills} moments\n{file}", descriptor.kind);
    }
}

#[test]
fn sqlite() {
    kill_all(Database::Sqlite, "sqlite");
}

#[test]
fn postgres() {
    kill_all(Database::Postgres, "postgres");
}

#[test]
fn mariadb() {
    kill_all(Database::MySql, "mariadb");
}
