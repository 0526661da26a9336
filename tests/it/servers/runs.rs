//! Runs over the socket.

use crate::scratch::Kind;
use crate::support::moodle::{Moodle, on_every_server};
use crate::support::{RunRequest, RunResult, TestServer, eventually, example, site_at, sum};
use toolsync::rpc::pb;

const CAMPUS: [(pb::Tool, &str); 3] =
    [(pb::Tool::Courses, "courses.csv"), (pb::Tool::Users, "users.csv"), (pb::Tool::Enrolments, "enrolments.csv")];

async fn a_campus_is_rehearsed_applied_and_applied_again(kind: Kind) {
    let moodle = Moodle::fresh(kind).await;
    let server = TestServer::start_with(site_at(Some(&moodle.url()))).await;
    for (tool, file) in CAMPUS {
        let path = format!("/{file}");
        server.put(&path, example(&format!("campus/{file}"))).await;
        let request = RunRequest::stored(tool, &path);

        let before = moodle.dump().await;
        let rehearsed = request.clone().dry().send(&server).await;
        assert!(moodle.dump().await == before, "the dry run of {file} wrote to the site");
        let applied = request.send(&server).await;
        assert_eq!(applied.state(), pb::RunState::Succeeded, "{file}");
        assert_eq!(rehearsed.outcomes(), applied.outcomes(), "{file}: what was foretold is what came");
        let counters = applied.counters();
        assert_eq!((counters.created, sum(&counters)), (counters.lines, counters.lines), "{file}");

        let report = server.report(&applied.run_id()).await;
        assert_eq!(report.run.unwrap().counters, Some(counters), "{file}");
        // New categories make Moodle's tree of them stale, and nobody is configured to refresh it.
        let is_grave =
            |group: &&pb::ProblemGroup| group.severity() != pb::Severity::Notice && group.reason != "CACHES_STALE";
        assert_eq!(report.problem_groups.iter().find(is_grave), None, "{file}");
        assert_eq!(server.findings().await, Vec::<String>::new(), "after {file}");
    }
    for (tool, file) in CAMPUS {
        let before = moodle.dump().await;
        let again = RunRequest::stored(tool, &format!("/{file}")).send(&server).await.counters();
        assert_eq!(again.unchanged + again.skipped, again.lines, "{file}: {again:?}");
        assert!(moodle.dump().await == before, "the second run of {file} wrote to the site");
    }
}

async fn a_cancelled_run_ends_behind_the_lines_at_work(kind: Kind) {
    const LINES: u64 = 3_000;
    let moodle = Moodle::fresh(kind).await;
    let server = TestServer::start_with(site_at(Some(&moodle.url()))).await;
    let lines = (0..LINES).map(|n| format!("u{n};First{n};Last{n};u{n}@example.org\n")).collect::<String>();
    server.put("/users.csv", format!("username;firstname;lastname;email\n{lines}")).await;
    let request = RunRequest::stored(pb::Tool::Users, "/users.csv");

    let hold = moodle.hold_users().await;
    let mut stream = server.runs().run_tool(request.0.clone()).await.unwrap().into_inner();
    let mut result = RunResult { events: Vec::from_iter(stream.message().await.unwrap().unwrap().event) };
    eventually("the run waits for the table", async || moodle.somebody_waits().await.then_some(())).await;
    let cancel = pb::CancelRunRequest { run_id: result.run_id(), ..Default::default() };
    server.runs().cancel_run(cancel).await.unwrap();
    hold.release().await;
    while let Some(message) = stream.message().await.unwrap() {
        result.events.extend(message.event);
    }
    assert_eq!(result.state(), pb::RunState::Cancelled);
    let counters = result.counters();
    let created = counters.created;
    assert!(0 < created && created < LINES, "{counters:?}");
    assert_eq!((counters.not_processed, sum(&counters)), (LINES - created, LINES), "{counters:?}");
    let there = moodle.query("select count(*) from mdl_user where username like 'u%'").await;
    assert_eq!(there, [created.to_string()]);
    assert_eq!(server.findings().await, Vec::<String>::new());

    let rest = request.send(&server).await.counters();
    assert_eq!((rest.unchanged, rest.created), (created, LINES - created), "{rest:?}");
}

on_every_server! {
    a_campus_is_rehearsed_applied_and_applied_again,
    a_cancelled_run_ends_behind_the_lines_at_work,
}
