//! Connections break and servers go away in the middle of a run: nothing is lost, nothing comes twice.

use super::meddling::{Bench, LONG, Moment, meddler, told};
use crate::model::{Outcome, RunState, ToolKind};
use crate::site::sql::SqlSite;
use crate::site::sql::tests::databases::{cut_connections, fresh_on, is_skipped};
use crate::site::sql::tests::scratch::{Durability, Kind, PostgresAction, Server};
use crate::site::sql::tests::{Engine, fresh};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Several chunks.
pub(super) const LINES: usize = 450;

pub(super) fn users() -> String {
    let head = "username;firstname;lastname;email;cohort\n".to_owned();
    let lines = (0..LINES).map(|n| format!("u{n};First;Last;u{n}@example.org;Cohort {}\n", n % 3));
    lines.fold(head, |text, line| text + &line)
}

pub(super) async fn all_are_there_once(site: &SqlSite, context: &str) {
    let counts = "select count(*), count(distinct username) from mdl_user where username like 'u%'";
    assert_eq!(site.texts(counts).await, [format!("{LINES}|{LINES}")], "{context}");
    assert_eq!(site.texts("select count(*) from mdl_cohort_members").await, [LINES.to_string()], "{context}");
    assert_eq!(site.verify().await.unwrap(), Vec::<String>::new(), "{context}");
}

#[tokio::test]
async fn a_run_survives_the_loss_of_its_connections_at_any_moment() {
    for engine in [Engine::Postgres, Engine::MySql] {
        if is_skipped(engine, "a_run_survives_the_loss_of_its_connections_at_any_moment") {
            continue;
        }
        for cut in [(Moment::Begin, 1), (Moment::Apply, 2), (Moment::Commit, 1), (Moment::Committed, 2)] {
            let (_, site) = fresh(engine).await;
            let database = site.database();
            let meddler = meddler(move |moment, times| {
                let database = database.clone();
                async move {
                    if (moment, times) == cut {
                        cut_connections(engine, &database).await;
                    }
                    Ok(())
                }
            });
            let bench = Bench::new(&site, meddler, LONG).await;
            let (run, lines) = bench.run(ToolKind::Users, &users()).await;
            let context = format!("{engine:?} {cut:?}: {}", run.message);
            assert_eq!(run.state, RunState::Succeeded, "{context}");
            assert_eq!((lines.len(), run.counters.get(Outcome::Created)), (LINES, LINES as u64), "{context}");
            all_are_there_once(&site, &context).await;
            bench.engine.shut_down().await;
            site.close().await;
        }
    }
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_with_the_connection_counts() {
    for engine in [Engine::Postgres, Engine::MySql] {
        if is_skipped(engine, "a_commit_whose_answer_is_lost_with_the_connection_counts") {
            continue;
        }
        let (_, site) = fresh(engine).await;
        let database = site.database();
        let meddler = meddler(move |moment, times| {
            let database = database.clone();
            async move {
                if (moment, times) != (Moment::Committed, 1) {
                    return Ok(());
                }
                cut_connections(engine, &database).await;
                let (operation, problem) = ("commit".to_owned(), "the connection broke".to_owned());
                Err(crate::site::SiteError::Unavailable { operation, problem })
            }
        });
        let bench = Bench::new(&site, meddler, LONG).await;
        let (run, lines) = bench.run(ToolKind::Users, &users()).await;
        assert_eq!(
            (run.state, run.counters.get(Outcome::Created)),
            (RunState::Succeeded, LINES as u64),
            "{}",
            run.message
        );
        assert_eq!(told(&lines), ["Created"; LINES]);
        all_are_there_once(&site, &format!("{engine:?}")).await;
        bench.engine.shut_down().await;
        site.close().await;
    }
}

#[tokio::test]
async fn a_commit_without_an_answer_is_neither_repeated_nor_forgotten() {
    // What really became of it: nothing, so that a second attempt is needed; or all.
    for (silent, commits_needed) in [(Moment::Commit, 2), (Moment::Committed, 1)] {
        let (_folder, site) = fresh(Engine::Sqlite).await;
        let commits = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&commits);
        let meddler = meddler(move |moment, times| {
            if moment == Moment::Commit {
                counted.store(times, Ordering::SeqCst);
            }
            let (operation, problem) = ("commit".to_owned(), "the connection broke".to_owned());
            let broken = crate::site::SiteError::Unavailable { operation, problem };
            async move { if (moment, times) == (silent, 1) { Err(broken) } else { Ok(()) } }
        });
        let bench = Bench::new(&site, meddler, LONG).await;
        let line = "username;firstname;lastname;email\nok1;A;B;ok1@example.org\n";
        let (run, lines) = bench.run(ToolKind::Users, line).await;
        assert_eq!((run.state, told(&lines)), (RunState::Succeeded, vec!["Created".to_owned()]), "{}", run.message);
        assert_eq!(commits.load(Ordering::SeqCst), commits_needed, "{silent:?}");
        bench.engine.shut_down().await;
        site.close().await;
    }
}

#[tokio::test]
async fn a_run_waits_for_a_server_that_was_stopped_and_goes_on() {
    if is_skipped(Engine::Postgres, "a_run_waits_for_a_server_that_was_stopped_and_goes_on") {
        return;
    }
    let server = Arc::new(Server::start(Kind::Postgres, Durability::None));
    let site = fresh_on(&server).await;
    let stopping = Arc::clone(&server);
    let stop_once = meddler(move |moment, times| {
        if (moment, times) == (Moment::Apply, 2) {
            stopping.control_postgres(PostgresAction::Stop);
        }
        async { Ok(()) }
    });
    let bench = Bench::new(&site, stop_once, LONG).await;
    let run = bench.start(ToolKind::Users, &users()).await;
    bench.until_waiting(&run).await;
    // What waits for a look at the site waits as well.
    let second = bench.start(ToolKind::Users, "username;firstname;lastname;email\nlast;L;L;last@example.org\n").await;
    server.control_postgres(PostgresAction::Start);
    let (run, lines) = bench.end_of(&run).await;
    assert_eq!((run.state, told(&lines)), (RunState::Succeeded, vec!["Created".to_owned(); LINES]), "{}", run.message);
    let (second, lines) = bench.end_of(&second).await;
    assert_eq!((second.state, told(&lines)), (RunState::Succeeded, vec!["Created".to_owned()]));

    // Stopped before the run begins: it waits for the first look, and a cancel ends it.
    server.control_postgres(PostgresAction::Stop);
    let waiting = bench.start(ToolKind::Users, &users()).await;
    bench.until_waiting(&waiting).await;
    bench.engine.cancel(&waiting.site, waiting.id).await.unwrap();
    assert_eq!(bench.end_of(&waiting).await.0.state, RunState::Cancelled);
    // And the end of the service leaves it for the next start.
    let left = bench.start(ToolKind::Users, &users()).await;
    bench.until_waiting(&left).await;
    let restarting = bench.restart();
    let (bench, ()) = tokio::join!(restarting, async { server.control_postgres(PostgresAction::Start) });
    let (left, lines) = bench.end_of(&left).await;
    assert_eq!((left.state, lines.len()), (RunState::Succeeded, LINES), "{}", left.message);
    bench.engine.shut_down().await;
    site.close().await;
}
