//! A server goes silent in the middle of a run: connections stay open and nothing comes back. It is not waited for without end,
//! nothing is lost, nothing comes twice.

use super::lost::{LINES, all_are_there_once, users};
use super::meddling::{Bench, LONG, Moment, meddler};
use crate::model::{Outcome, RunState, ToolKind};
use crate::site::sql::SqlSite;
use crate::site::sql::tests::databases::{address, is_skipped, server};
use crate::site::sql::tests::{Engine, fresh};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};

/// Stands between the service and its database, and keeps the answers to itself while it is silent.
struct Between {
    folder: TempDir,
    silent: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Between {
    fn of(engine: Engine) -> Self {
        let name = if engine == Engine::Postgres { ".s.PGSQL.5432" } else { "socket" };
        let (folder, silent) = (tempfile::tempdir().unwrap(), Arc::new(AtomicBool::new(false)));
        let (listener, beyond) = (UnixListener::bind(folder.path().join(name)).unwrap(), folder_of(engine).join(name));
        let silence = Arc::clone(&silent);
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = UnixStream::connect(&beyond).await.unwrap();
                tokio::spawn(between(near, far, Arc::clone(&silence)));
            }
        });
        Self { folder, silent, task }
    }

    /// The address of a database through it.
    fn url(&self, engine: Engine, database: &str) -> String {
        let there = folder_of(engine).display().to_string();
        server(engine).url(database).replace(&there, &self.folder.path().display().to_string())
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The folder with the socket of a server.
fn folder_of(engine: Engine) -> PathBuf {
    let url = server(engine).url("any");
    let place = url.split_once("host=").or_else(|| url.split_once("socket=")).unwrap().1;
    if engine == Engine::Postgres { place.into() } else { Path::new(place).parent().unwrap().into() }
}

async fn between(near: UnixStream, far: UnixStream, silent: Arc<AtomicBool>) {
    let ((mut asks, hears), (says, mut told)) = (near.into_split(), far.into_split());
    tokio::select! {
        _ = tokio::io::copy(&mut asks, &mut told) => {}
        () = answers(says, hears, silent) => {}
    }
}

/// An answer that is kept back once is never given: whoever waits for it hangs up.
async fn answers(mut says: OwnedReadHalf, mut hears: OwnedWriteHalf, silent: Arc<AtomicBool>) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = says.read(&mut bytes).await {
        if silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if hears.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

async fn a_run_outlives_the_silence(engine: Engine, moment: Moment) {
    let (_, site) = fresh(engine).await;
    let between = Between::of(engine);
    let mut address = address(between.url(engine, &site.database()));
    address.statement_timeout = Duration::from_secs(2);
    let far = SqlSite::connect(&address).await.unwrap();
    let silent = Arc::clone(&between.silent);
    let falls_silent = meddler(move |at, times| {
        if (at, times) == (moment, 2) {
            silent.store(true, Ordering::SeqCst);
        }
        async { Ok(()) }
    });
    let bench = Bench::new(&far, falls_silent, LONG).await;
    let run = bench.start(ToolKind::Users, &users()).await;
    bench.until_waiting(&run).await;
    between.silent.store(false, Ordering::SeqCst);
    let (run, lines) = bench.end_of(&run).await;
    let context = format!("{engine:?} {moment:?}: {}", run.message);
    assert_eq!(run.state, RunState::Succeeded, "{context}");
    assert_eq!((lines.len(), run.counters.get(Outcome::Created)), (LINES, LINES as u64), "{context}");
    all_are_there_once(&site, &context).await;
    bench.engine.shut_down().await;
    far.close().await;
    site.close().await;
}

#[tokio::test]
async fn a_server_that_goes_silent_is_given_up_and_asked_again() {
    for engine in [Engine::Postgres, Engine::MySql] {
        if !is_skipped(engine, "a_server_that_goes_silent_is_given_up_and_asked_again") {
            let moments = [Moment::Begin, Moment::Apply, Moment::Commit];
            futures::future::join_all(moments.map(|moment| a_run_outlives_the_silence(engine, moment))).await;
        }
    }
}

#[tokio::test]
async fn a_server_that_never_says_a_word_is_told_when_the_service_begins() {
    for engine in [Engine::Postgres, Engine::MySql] {
        if is_skipped(engine, "a_server_that_never_says_a_word_is_told_when_the_service_begins") {
            continue;
        }
        let between = Between::of(engine);
        between.silent.store(true, Ordering::SeqCst);
        let refused = SqlSite::connect(&address(between.url(engine, "any"))).await.unwrap_err().to_string();
        assert!(refused.contains("it has not answered within 5 s"), "{refused}");
    }
}
