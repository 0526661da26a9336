//! Somebody else writes to the site while a run is at work.

use super::meddling::{Bench, LONG, Moment, meddler, told};
use crate::model::{RunState, ToolKind};
use crate::site::SiteError;
use crate::site::sql::tests::databases::is_skipped;
use crate::site::sql::tests::{Engine, fresh};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const USERS: &str = "username;firstname;lastname;email\n\
    ann;A;A;ann@example.org\nbob;B;B;bob@example.org\ncarl;C;C;carl@example.org\n";

fn conflict() -> SiteError {
    SiteError::Conflict { operation: "test".to_owned(), problem: "it always comes first".to_owned() }
}

fn busy() -> SiteError {
    SiteError::Unavailable { operation: "test".to_owned(), problem: "deadlock".to_owned() }
}

#[tokio::test]
async fn what_moodle_writes_between_a_look_and_the_write_is_seen() {
    // An account that appears, one that goes: `bob` is there then, and the line about him updates.
    let cases = [
        (
            "insert into mdl_user (username, mnethostid, firstname) values ('bob', 1, 'Moodle')",
            ["Created", "Updated", "Created"],
        ),
        (
            "update mdl_user set deleted = 1, username = 'gone' where username = 'carl'",
            ["Created", "Created", "Created"],
        ),
    ];
    for engine in [Engine::Sqlite, Engine::Postgres, Engine::MySql] {
        if is_skipped(engine, "what_moodle_writes_between_a_look_and_the_write_is_seen") {
            continue;
        }
        for (meddling, expected) in cases {
            let (_folder, site) = fresh(engine).await;
            site.meddle(
                "insert into mdl_user (username, mnethostid, firstname, lastname, email)
                values ('carl', 1, 'Old', 'C', 'carl@example.org')",
            )
            .await;
            let there = site.clone();
            let meddler = meddler(move |moment, times| {
                let there = there.clone();
                async move {
                    if (moment, times) == (Moment::Begin, 1) {
                        there.meddle(meddling).await;
                    }
                    Ok(())
                }
            });
            let bench = Bench::new(&site, meddler, LONG).await;
            let (run, lines) = bench.run(ToolKind::Users, USERS).await;
            assert_eq!(run.state, RunState::Succeeded, "{}", run.message);
            let mut expected = expected.map(str::to_owned);
            if meddling.starts_with("insert") {
                expected[2] = "Updated".to_owned();
            }
            assert_eq!(told(&lines), expected, "{engine:?}: {meddling}");
            let names = "select username from mdl_user where deleted = 0 and id > 2 order by username";
            assert_eq!(site.texts(names).await, ["ann", "bob", "carl"], "{engine:?}: {meddling}");
            bench.engine.shut_down().await;
            site.close().await;
        }
    }
}

/// Three chunks about accounts that are there.
const CITIES: usize = 300;

#[tokio::test]
async fn what_moodle_writes_while_a_run_has_to_wait_is_seen_by_lines_read_ahead() {
    for engine in [Engine::Postgres, Engine::MySql] {
        if is_skipped(engine, "what_moodle_writes_while_a_run_has_to_wait_is_seen_by_lines_read_ahead") {
            continue;
        }
        let (_folder, site) = fresh(engine).await;
        let accounts = (0..CITIES).map(|n| format!("('u{n}', 1, 'F', 'L', 'u{n}@example.org', 'Lyon')"));
        let accounts = accounts.collect::<Vec<_>>().join(", ");
        let columns = "(username, mnethostid, firstname, lastname, email, city)";
        site.meddle(&format!("insert into mdl_user {columns} values {accounts}")).await;
        let there = site.clone();
        let meddler = meddler(move |moment, times| {
            let there = there.clone();
            async move {
                if (moment, times) != (Moment::Commit, 2) {
                    return Ok(());
                }
                // By now the third chunk is read. The second one comes again.
                there.meddle("update mdl_user set city = 'Rome' where mnethostid = 1 and username = 'u250'").await;
                Err(busy())
            }
        });
        let bench = Bench::new(&site, meddler, LONG).await;
        let lines = (0..CITIES).map(|n| format!("u{n};F;L;Rome\n")).collect::<String>();
        let (run, lines) = bench.run(ToolKind::Users, &format!("username;firstname;lastname;city\n{lines}")).await;
        assert_eq!(run.state, RunState::Succeeded, "{}", run.message);
        let mut expected = vec!["Updated"; CITIES];
        expected[250] = "Unchanged";
        assert_eq!(told(&lines), expected, "{engine:?}");
        bench.engine.shut_down().await;
        site.close().await;
    }
}

#[tokio::test]
async fn a_conflict_that_stays_fails_its_line_alone() {
    let (_folder, site) = fresh(Engine::Sqlite).await;
    let begun = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&begun);
    let bench = Bench::new(
        &site,
        meddler(move |moment, times| {
            counter.fetch_add(u32::from(moment == Moment::Begin), Ordering::SeqCst);
            // The whole chunk once and three times more; then each line, where the second has three attempts.
            let fails = moment == Moment::Apply && (times <= 4 || (6..=8).contains(&times));
            async move { if fails { Err(conflict()) } else { Ok(()) } }
        }),
        LONG,
    )
    .await;
    let (run, lines) = bench.run(ToolKind::Users, USERS).await;
    assert_eq!(run.state, RunState::Succeeded, "{}", run.message);
    assert_eq!(told(&lines), ["Created", "Failed SiteConflict", "Created"]);
    assert!(lines[1].problems[0].message.contains("run it again"), "{:?}", lines[1].problems);
    assert_eq!(site.texts("select username from mdl_user where id > 2 order by id").await, ["ann", "carl"]);
    assert_eq!(begun.load(Ordering::SeqCst), 5);
    bench.engine.shut_down().await;
}

#[tokio::test]
async fn a_transaction_that_is_lost_in_the_middle_of_single_lines_begins_afresh() {
    let (_folder, site) = fresh(Engine::Sqlite).await;
    let bench = Bench::new(
        &site,
        meddler(move |moment, times| async move {
            match (moment, times) {
                (Moment::Apply, 1..=4) => Err(conflict()),
                // The second line; the third after another beginning; at last the commit.
                (Moment::Apply, 6 | 9) | (Moment::Commit, 1) => Err(busy()),
                _ => Ok(()),
            }
        }),
        LONG,
    )
    .await;
    let (run, lines) = bench.run(ToolKind::Users, USERS).await;
    assert_eq!(run.state, RunState::Succeeded, "{}", run.message);
    assert_eq!(told(&lines), ["Created"; 3]);
    assert_eq!(site.texts("select username from mdl_user where id > 2 order by id").await, ["ann", "bob", "carl"]);
    bench.engine.shut_down().await;
}

#[tokio::test]
async fn a_run_stops_waiting_at_once_when_it_is_cancelled_and_when_the_service_ends() {
    let never = || meddler(|moment, _| async move { if moment == Moment::Begin { Err(busy()) } else { Ok(()) } });
    let (_folder, site) = fresh(Engine::Sqlite).await;
    let bench = Bench::new(&site, never(), LONG).await;
    let run = bench.start(ToolKind::Users, USERS).await;
    bench.until_waiting(&run).await;
    bench.engine.cancel(&run.site, run.id).await.unwrap();
    let (cancelled, _) = bench.end_of(&run).await;
    assert_eq!(cancelled.state, RunState::Cancelled);
    assert!(cancelled.tryback.is_some(), "no line was handled: {cancelled:?}");

    let run = bench.start(ToolKind::Users, USERS).await;
    bench.until_waiting(&run).await;
    let bench = bench.restart().await;
    let (run, lines) = bench.end_of(&run).await;
    assert_eq!((run.state, told(&lines)), (RunState::Succeeded, vec!["Created".to_owned(); 3]));
    bench.engine.shut_down().await;
}

#[tokio::test]
async fn patience_has_an_end_and_the_lines_come_back() {
    let (_folder, site) = fresh(Engine::Sqlite).await;
    let always = meddler(|moment, _| async move { if moment == Moment::Begin { Err(busy()) } else { Ok(()) } });
    let bench = Bench::new(&site, always, std::time::Duration::from_millis(1)).await;
    let (run, lines) = bench.run(ToolKind::Users, USERS).await;
    assert_eq!((run.state, lines.len(), run.counters.to_retry()), (RunState::Failed, 0, 3));
    assert!(run.message.contains("deadlock") && run.tryback.is_some(), "{run:?}");
    bench.engine.shut_down().await;
}
