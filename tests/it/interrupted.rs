//! Runs that were interrupted between their last chunk and their end, and runs that cannot come to a proper end.
//!
//! A kill at an exact moment is played by putting the data of an ended run back to what they were at that moment.

mod caches;
mod panicking;

use crate::support::site::{Hold, query, snapshot};
use crate::support::{RunRequest, RunResult, TestServer, eventually};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;
use toolsync::rpc::pb;
use toolsync::rpc::pb::run_event::Event;

async fn execute(database: &Path, sql: &str) {
    let mut connection: SqliteConnection = SqliteConnectOptions::new().filename(database).connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn site_database(data: &Path) -> std::path::PathBuf {
    toolsync::app::embedded_site_folder(data).join("site.db")
}

/// The last segment of a run that reached the site.
#[derive(Clone, Copy)]
enum Checkpoint {
    /// None has written to it.
    None,
    /// This one.
    Segment(u64),
}

/// Puts an ended run back to the moment before its end was stored: it works, its journal is there, its files are not.
async fn take_end_back(data: &Path, run: &str, checkpoint: Checkpoint) {
    let state = data.join("state.db");
    let sql = format!(
        "delete from file where kind <> 'folder'
             and path in (select report from run where id = '{run}' union select tryback from run where id = '{run}'
                 union select replace(tryback, '.csv', '.reasons.csv') from run where id = '{run}');
         update run set state = 'running', finished = null, message = '', report = null, tryback = null, archive = null,
             counters = coalesce((select counters from segment where run = '{run}' order by number desc limit 1),
                 counters)
         where id = '{run}'"
    );
    execute(&state, &sql).await;
    if let Checkpoint::Segment(number) = checkpoint {
        let digest = format!("select digest from segment where run = '{run}' and number = {number}");
        let digest = query(&state, &digest).await.remove(0);
        let value = format!(r#"{{"run":"{run}","segment":{number},"digest":"{digest}"}}"#);
        let sql =
            format!("insert into mdl_config_plugins (plugin, name, value) values ('toolsync', 'run:{run}', '{value}')");
        execute(&site_database(data), &sql).await;
    }
}

/// Numbers of the events that have one of their own.
fn numbers(result: &RunResult) -> Vec<u64> {
    let numbered = result.events.iter().filter(|event| !matches!(event.event, Some(Event::Progress(_))));
    numbered.map(|event| event.sequence).collect()
}

/// Runs `request` to its end, takes the end back, and shows what the run tells before and after.
async fn interrupt(
    server: TestServer,
    request: &RunRequest,
    checkpoint: Checkpoint,
) -> (RunResult, RunResult, TestServer, Option<tempfile::TempDir>) {
    let first = request.send(&server).await;
    let (folder, data) = server.stop().await;
    take_end_back(&data, &first.run_id(), checkpoint).await;
    let server = TestServer::reopen(data).await;
    let again = request.send(&server).await;
    assert_eq!(again.run_id(), first.run_id(), "the run itself goes on");
    (first, again, server, folder)
}

async fn state_of(server: &TestServer, run_id: &str) -> pb::Run {
    let request = pb::GetRunRequest { run_id: run_id.to_owned(), ..Default::default() };
    server.runs().get_run(request).await.unwrap().into_inner().run.unwrap()
}

const HEADER: &str = "username;firstname;lastname;email\n";
const WRONG: &str = "bad name;A;B;x@example.org\n";
const RIGHT: &str = "ok1;A;B;ok1@example.org\n";

#[tokio::test]
async fn max_errors_holds_after_a_kill_behind_the_last_chunk() {
    let other = "ok2;A;B;ok2@example.org\n";
    let cases = [
        (format!("{HEADER}{WRONG}{RIGHT}{other}"), Checkpoint::None, 1),
        (format!("{HEADER}{RIGHT}{WRONG}{other}"), Checkpoint::Segment(0), 2),
        // The line with which the run stops is the last of the file.
        (format!("{HEADER}{WRONG}"), Checkpoint::None, 1),
    ];
    for (content, checkpoint, handled) in cases {
        let server = TestServer::start().await;
        let request = RunRequest::inline(pb::Tool::Users, &content).max_errors(1).request_id("once");
        let site = site_database(server.data());
        let (first, again, server, _folder) = interrupt(server, &request, checkpoint).await;
        assert_eq!((first.state(), first.lines().len()), (pb::RunState::Cancelled, handled), "{content}");
        assert_eq!(again.state(), pb::RunState::Cancelled, "{content}");
        assert_eq!(again.finished().message, first.finished().message, "{content}");
        assert_eq!((again.counters(), again.outcomes()), (first.counters(), first.outcomes()), "{content}");
        let created = query(&site, "select username from mdl_user where username like 'ok%'").await;
        let expected: &[&str] = if matches!(checkpoint, Checkpoint::None) { &[] } else { &["ok1"] };
        assert_eq!(created, expected, "no line is applied behind the one that failed: {content}");
        let tryback = again.finished().files.clone().unwrap().tryback_path.unwrap();
        let rest: String = content.split_inclusive('\n').filter(|line| *line != RIGHT || handled == 1).collect();
        assert_eq!(String::from_utf8(server.content(&tryback).await).unwrap(), rest, "{content}");
    }
}

#[tokio::test]
async fn a_run_whose_last_chunk_did_not_reach_the_site_handles_it_again_under_the_same_numbers() {
    let server = TestServer::start().await;
    let content = format!("{HEADER}{RIGHT}{WRONG}");
    let request = RunRequest::inline(pb::Tool::Users, &content).request_id("once");
    let first = request.send(&server).await;
    let (_folder, data) = server.stop().await;
    take_end_back(&data, &first.run_id(), Checkpoint::None).await;
    let again = request.send(&TestServer::reopen(data).await).await;
    // The site has the user of the first time, so that the second time shows in the outcome.
    assert_eq!(again.outcomes(), [(2, pb::Outcome::Unchanged), (3, pb::Outcome::Failed)]);
    assert_eq!((numbers(&again), again.counters().lines), (vec![1, 2, 3, 4], 2));
}

#[tokio::test]
async fn an_interrupted_dry_run_begins_again_under_the_same_numbers() {
    for (content, state, lines) in
        [(HEADER.to_owned(), pb::RunState::Failed, 0), (format!("{HEADER}{WRONG}{RIGHT}"), pb::RunState::Succeeded, 2)]
    {
        let request = RunRequest::inline(pb::Tool::Users, &content).dry().request_id("once");
        let (first, again, server, _folder) = interrupt(TestServer::start().await, &request, Checkpoint::None).await;
        for result in [&first, &again] {
            assert_eq!((result.state(), result.lines().len()), (state, lines), "{content}");
            assert_eq!(numbers(result), (1..=lines as u64 + 2).collect::<Vec<_>>(), "{content}");
        }
        assert_eq!(again.finished().message, first.finished().message);
        assert_eq!((again.outcomes(), again.counters()), (first.outcomes(), first.counters()));
        let report = server.report(&again.run_id()).await;
        assert!(report.problem_groups.iter().all(|group| group.count == 1), "{:?}", report.problem_groups);
    }
}

/// A site, and a run that empties two things there and cleans up.
struct Emptying {
    server: TestServer,
    request: RunRequest,
    /// Tables of what is deleted.
    tables: &'static [&'static str],
    /// What the report tells about it, and how often.
    told: Vec<(String, u64)>,
}

impl Emptying {
    fn new(server: TestServer, request: RunRequest, tables: &'static [&'static str], told: &[(&str, u64)]) -> Self {
        let told = told.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
        Self { server, request: request.request_id("once"), tables, told }
    }
}

async fn create(server: &TestServer, requests: impl IntoIterator<Item = RunRequest>) {
    for request in requests {
        let counters = request.send(server).await.counters();
        assert_eq!((counters.created, counters.partial), (counters.lines, 0), "{counters:?}");
    }
}

/// Two groups, one of them in use, and a grouping with the other one.
async fn two_groups() -> Emptying {
    let server = TestServer::start().await;
    let users = "username;firstname;lastname;email\na;A;A;a@example.org\n";
    let requests = [
        (pb::Tool::Courses, "shortname;fullname;category\nBIO1;Biology;Sciences\n"),
        (pb::Tool::Users, users),
        (pb::Tool::Enrolments, "cid;uid;rolename;enrol\nBIO1;a;student;manual\n"),
        (
            pb::Tool::Groups,
            "type;courseid;name;idnumber;grouping\ngrouping;BIO1;G;G;\ngroup;BIO1;T1;;\ngroup;BIO1;T2;;G\n",
        ),
        (pb::Tool::GroupMembers, "courseid;groupid;userid\nBIO1;T1;a\nBIO1;T2;a\n"),
    ];
    create(&server, requests.map(|(tool, content)| RunRequest::inline(tool, content))).await;
    let restrict = r#"update mdl_course_sections
        set availability = '{"op":"&","c":[{"type":"group","id":'
            || (select id from mdl_groups where name = 'T1') || '}],"showc":[true]}'
        where course = (select id from mdl_course where shortname = 'BIO1')"#;
    execute(&server.site_database(), restrict).await;
    let leave = "cmd;courseid;groupid;userid\ndel;BIO1;T1;a\ndel;BIO1;T2;a\n";
    let request = RunRequest::inline(pb::Tool::GroupMembers, leave).options(&[("purge_empty_groups", "2")]);
    let told = [("EMPTY_GROUP_IN_USE", 1), ("EMPTY_GROUP_DELETED", 1), ("EMPTY_GROUPING_DELETED", 1)];
    Emptying::new(server, request, &["mdl_groups", "mdl_groupings", "mdl_groupings_groups"], &told)
}

async fn two_cohorts() -> Emptying {
    let server = TestServer::start().await;
    let users = "username;firstname;lastname;email\na;A;A;a@example.org\n";
    let requests = [(pb::Tool::Users, users), (pb::Tool::Cohorts, "cidnumber;userid\nC1;a\nC2;a\n")];
    create(&server, requests.map(|(tool, content)| RunRequest::inline(tool, content))).await;
    let request = RunRequest::inline(pb::Tool::Cohorts, "cmd;cidnumber;userid\ndel;C1;a\nfree;C2;\n");
    let request = request.options(&[("delete_emptied", "true")]);
    Emptying::new(server, request, &["mdl_cohort"], &[("EMPTIED_COHORT_DELETED", 2)])
}

/// What the report tells about what was empty, and how often.
async fn told(server: &TestServer, run_id: &str) -> Vec<(String, u64)> {
    let groups = server.report(run_id).await.problem_groups.into_iter().map(|group| (group.reason, group.count));
    groups.filter(|(reason, _)| reason.starts_with("EMPT")).collect()
}

async fn interrupt_clean_up(emptying: Emptying, checkpoint: Checkpoint, reached: bool) {
    let Emptying { server, request, tables, told: expected } = emptying;
    for table in tables {
        execute(&server.site_database(), &format!("create table kept_{table} as select * from {table}")).await;
    }
    let first = request.send(&server).await;
    let run = first.run_id();
    assert_eq!(told(&server, &run).await, expected);
    let site = snapshot(&server.site_database()).await;
    let (_folder, data) = server.stop().await;
    let effects = "select number, site_effect, last_sequence from segment where run = (select id from run
        where request_id = 'once') order by number";
    assert_eq!(query(&data.join("state.db"), effects).await, ["0|writes|3", "1|writes|3"]);
    take_end_back(&data, &run, checkpoint).await;
    if !reached {
        for table in tables {
            let undo =
                format!("insert into {table} select * from kept_{table} where id not in (select id from {table})");
            execute(&site_database(&data), &undo).await;
        }
    }
    let server = TestServer::reopen(data).await;
    let again = request.send(&server).await;
    assert_eq!((again.state(), again.outcomes()), (pb::RunState::Succeeded, first.outcomes()));
    assert_eq!((numbers(&first), numbers(&again)), (vec![1, 2, 3, 4], vec![1, 2, 3, 4]), "reached: {reached}");
    assert_eq!(told(&server, &run).await, expected, "reached: {reached}");
    let mut now = snapshot(&server.site_database()).await;
    now.retain(|table, _| site.contains_key(table));
    assert!(now == site, "the clean-up came out otherwise; reached: {reached}");
}

#[tokio::test]
async fn an_interrupted_clean_up_is_done_once_and_told_once() {
    for (checkpoint, reached) in [(Checkpoint::Segment(1), true), (Checkpoint::Segment(0), false)] {
        interrupt_clean_up(two_groups().await, checkpoint, reached).await;
        interrupt_clean_up(two_cohorts().await, checkpoint, reached).await;
    }
}

/// A run that is held up gives a sign of life every few seconds. A cancel that waited for its turn at the site would come
/// behind so many of them.
const SIGNS_OF_LIFE: usize = 4;

#[tokio::test]
async fn cancelling_a_waiting_run_does_not_wait_for_the_one_at_work() {
    let server = TestServer::start().await;
    let hold = Hold::on(&server.site_database()).await;
    let request = RunRequest::inline(pb::Tool::Users, &format!("{HEADER}{RIGHT}"));
    let mut at_work = server.runs().run_tool(request.0.clone()).await.unwrap().into_inner();
    let first = at_work.message().await.unwrap().unwrap().event.unwrap();
    let working = RunResult { events: vec![first] }.run_id();
    eventually("the first run begins", async || {
        (state_of(&server, &working).await.state() == pb::RunState::Running).then_some(())
    })
    .await;
    let mut waiting = server.runs().run_tool(request.0.clone()).await.unwrap().into_inner();
    let first = waiting.message().await.unwrap().unwrap().event.unwrap();
    let mut waited = RunResult { events: vec![first] };
    let mut runs = server.runs();
    let cancelled = runs.cancel_run(pb::CancelRunRequest { run_id: waited.run_id(), ..Default::default() });
    let signs_of_life = async {
        for _ in 0..SIGNS_OF_LIFE {
            at_work.message().await.unwrap();
        }
    };
    let cancelled = tokio::select! {
        biased;
        cancelled = cancelled => cancelled.unwrap().into_inner().run.unwrap(),
        () = signs_of_life => panic!("the cancel waits for the run at work"),
    };
    assert_eq!(cancelled.state(), pb::RunState::Cancelled);
    while let Some(message) = waiting.message().await.unwrap() {
        waited.events.extend(message.event);
    }
    assert_eq!((waited.state(), waited.lines().len()), (pb::RunState::Cancelled, 0));
    assert_eq!(state_of(&server, &working).await.state(), pb::RunState::Running);
    hold.release().await;
    let mut worked = Vec::new();
    while let Some(message) = at_work.message().await.unwrap() {
        worked.extend(message.event);
    }
    let worked = RunResult { events: worked };
    assert_eq!((worked.state(), worked.counters().created), (pb::RunState::Succeeded, 1));
}

#[tokio::test]
async fn a_run_whose_files_cannot_be_written_fails_and_later_runs_go_on() {
    let server = TestServer::start().await;
    let request = RunRequest::inline(pb::Tool::Users, &format!("{HEADER}{WRONG}")).request_id("once");
    let first = request.send(&server).await;
    let (_folder, data) = server.stop().await;
    take_end_back(&data, &first.run_id(), Checkpoint::None).await;
    execute(&data.join("state.db"), "update segment set payload = x'00'").await;
    let server = TestServer::reopen(data).await;
    let later = server.run(pb::Tool::Users, &format!("{HEADER}{RIGHT}")).await;
    assert_eq!((later.state(), later.counters().created), (pb::RunState::Succeeded, 1));
    // Writing runs come one after another, so this one has ended before.
    let damaged = state_of(&server, &first.run_id()).await;
    assert_eq!(damaged.state(), pb::RunState::Failed);
    assert!(damaged.message.contains("damaged at segment 0"), "{}", damaged.message);
    assert_eq!(damaged.counters.unwrap().failed, 1, "what was counted stays");
    assert!(damaged.end_time.is_some());
    let unreadable = request.try_send(&server).await.unwrap_err();
    assert_eq!(unreadable.code(), tonic::Code::Internal, "its lines are lost: {unreadable:?}");
    let (_, data) = server.stop().await;
    let server = TestServer::reopen(data).await;
    assert_eq!(state_of(&server, &first.run_id()).await.state(), pb::RunState::Failed, "it is not taken up again");
}
