//! Runs: the campus from end to end, streams that are taken up again, queue, limits.

use crate::support::site::snapshot;
use crate::support::{RunRequest, TestServer, example, reason};
use toolsync::rpc::pb;
use toolsync::rpc::pb::run_event::Event;

/// Applies the whole campus from stored files.
pub(crate) async fn apply_campus(server: &TestServer) -> Vec<crate::support::RunResult> {
    let mut results = Vec::new();
    for (tool, name) in [
        (pb::Tool::Courses, "courses.csv"),
        (pb::Tool::Users, "users.csv"),
        (pb::Tool::Cohorts, "cohorts.csv"),
        (pb::Tool::Groups, "groups.csv"),
        (pb::Tool::CohortBindings, "cohort_bindings.csv"),
        (pb::Tool::Enrolments, "enrolments.csv"),
        (pb::Tool::Metacourses, "metacourses.csv"),
        (pb::Tool::GroupMembers, "group_members.csv"),
        (pb::Tool::UserPictures, "userpictures.zip"),
    ] {
        let path = format!("/{name}");
        server.put(&path, example(&format!("campus/{name}"))).await;
        results.push(RunRequest::stored(tool, &path).send(server).await);
    }
    results
}

#[tokio::test]
async fn the_campus_is_created_and_a_second_run_changes_nothing() {
    let server = TestServer::start().await;
    for result in apply_campus(&server).await {
        assert_eq!(result.state(), pb::RunState::Succeeded, "{:?}", result.finished());
        let counters = result.counters();
        assert_eq!(counters.created + counters.updated, counters.lines, "{counters:?}");
        assert!(counters.lines > 5);
        assert_eq!(result.lines().len() as u64, counters.lines);
    }
    assert_eq!(verify(&server).await, Vec::<String>::new());
    let before = full_content(&server).await;
    for result in apply_campus(&server).await {
        let counters = result.counters();
        assert_eq!(counters.unchanged + counters.skipped, counters.lines, "{counters:?}");
    }
    assert_eq!(full_content(&server).await, before, "a second run writes to no row");
}

/// Every row with every column.
async fn full_content(server: &TestServer) -> Vec<String> {
    let mut rows = Vec::new();
    let tables = "select name from sqlite_master where type = 'table' and name like 'mdl!_%' escape '!'";
    for table in crate::support::site::query(&server.site_database(), tables).await {
        let sql = format!("select '{table}', * from \"{table}\" order by 2");
        rows.extend(crate::support::site::query(&server.site_database(), &sql).await);
    }
    rows
}

pub(crate) async fn verify(server: &TestServer) -> Vec<String> {
    let folder = toolsync::app::embedded_site_folder(server.data());
    toolsync::site::sql::SqlSite::open_embedded(&folder).await.unwrap().verify().await.unwrap()
}

#[tokio::test]
async fn sequence_numbers_have_no_gap_and_the_last_event_is_finished() {
    let server = TestServer::start().await;
    let result = server.run(pb::Tool::Users, &users(250)).await;
    let numbers = result.events.iter().filter(|event| !matches!(event.event, Some(Event::Progress(_))));
    let numbers: Vec<u64> = numbers.map(|event| event.sequence).collect();
    assert_eq!(numbers, (1..=252).collect::<Vec<_>>());
    assert!(matches!(result.events[0].event, Some(Event::Started(_))));
    result.finished();
}

/// A users file with so many lines.
pub(crate) fn users(lines: usize) -> String {
    let line = |n: usize| format!("user{n};First{n};Last{n};user{n}@example.org;N{n}\n");
    "username;firstname;lastname;email;idnumber\n".to_owned() + &(0..lines).map(line).collect::<String>()
}

#[tokio::test]
async fn a_run_is_watched_again_behind_any_number() {
    let server = TestServer::start().await;
    let result = server.run(pb::Tool::Users, &users(1_500)).await;
    for after in [0, 1, 2, 100, 101, 1_300, 1_500, 1_501, 1_502] {
        let request = pb::WatchRunRequest { run_id: result.run_id(), after_sequence: after, ..Default::default() };
        let mut stream = server.runs().watch_run(request).await.unwrap().into_inner();
        let mut numbers = Vec::new();
        while let Some(message) = stream.message().await.unwrap() {
            numbers.push(message.event.unwrap().sequence);
        }
        let expected: Vec<u64> = if after >= 1_501 { vec![1_502] } else { (after + 1..=1_502).collect() };
        assert_eq!(numbers, expected, "after {after}");
    }
}

#[tokio::test]
async fn dropping_the_stream_does_not_stop_the_run() {
    let server = TestServer::start().await;
    let request = RunRequest::inline(pb::Tool::Users, &users(5_000)).request_id("once");
    let mut stream = server.runs().run_tool(request.0.clone()).await.unwrap().into_inner();
    stream.message().await.unwrap().unwrap();
    drop(stream);
    let again = request.send(&server).await;
    assert_eq!(again.counters().created, 5_000);
    assert_eq!(again.lines().len(), 5_000);
}

#[tokio::test]
async fn a_request_id_names_one_run() {
    let server = TestServer::start().await;
    let request = RunRequest::inline(pb::Tool::Users, &users(3)).request_id("r-1");
    let first = request.send(&server).await;
    let second = request.send(&server).await;
    assert_eq!(first.run_id(), second.run_id());
    assert_eq!(second.counters().created, 3, "the first run is shown, nothing is run again");
    let refused = RunRequest::inline(pb::Tool::Users, &users(4)).request_id("r-1").try_send(&server).await.unwrap_err();
    assert_eq!(reason(&refused), "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn writing_runs_wait_for_each_other_and_all_come_to_their_end() {
    let server = TestServer::start().await;
    let content = users(1_200);
    let requests: Vec<_> = (0..6).map(|_| RunRequest::inline(pb::Tool::Users, &content)).collect();
    let results = futures::future::join_all(requests.iter().map(|request| request.send(&server))).await;
    let created: u64 = results.iter().map(|result| result.counters().created).sum();
    let unchanged: u64 = results.iter().map(|result| result.counters().unchanged).sum();
    assert_eq!((created, unchanged), (1_200, 6_000));
}

#[tokio::test]
async fn a_dry_run_predicts_the_real_run_line_by_line_and_writes_nothing() {
    let server = TestServer::start().await;
    apply_campus(&server).await;
    // Many chunks, in which later lines build on earlier ones.
    let mut text =
        "username;firstname;lastname;email;idnumber;suspended;deleted;cohort;course1;enrol1;group1\n".to_owned();
    for n in 0..3_000 {
        let (user, suspended, deleted) = (n % 900, n / 900 % 2, u8::from(n % 450 == 449));
        let course = if n % 7 == 0 { "ALGX" } else { "MATH-101" };
        text += &format!(
            "u{user};F{n};L;u{user}@x.test;X{user};{suspended};{deleted};C{};{course};manual;G{}\n",
            n % 5,
            n % 9
        );
    }
    assert_predicted(&server, pb::Tool::Users, &[], &text).await;
}

#[tokio::test]
async fn a_dry_run_remembers_more_than_it_keeps_in_memory() {
    let server = TestServer::start().await;
    apply_campus(&server).await;
    let sets = "course1;enrol1;group1;course2;enrol2;course3;enrol3";
    let mut text = format!("username;firstname;lastname;email;idnumber;password;deleted;cohort;{sets}\n");
    // Five planned things a user: the first part is set aside before the second one, which goes over the same users,
    // moves their e-mail addresses about and deletes some.
    for n in 0..5_400 {
        let (user, part) = (n % 4_400, n / 4_400);
        let (email, deleted) = (user + 7 * part, u8::from(part == 1 && user % 50 == 0));
        text += &format!("u{user};F{part};L;e{email}@x.test;X{user};*NOPASS*;{deleted};C{};", user % 5);
        text += &format!("MATH-102;manual;G{};MATH-101;manual;BIO-101;manual\n", user % 9);
    }
    assert_predicted(&server, pb::Tool::Users, &[], &text).await;
}

#[tokio::test]
async fn cohorts_are_predicted_over_many_chunks() {
    let server = TestServer::start().await;
    apply_campus(&server).await;
    let people = people();
    let mut text = "cmd;cidnumber;cname;cvisible;userid\n".to_owned();
    for n in 0..4_000 {
        let cohort = ["CHOIR", "SENATE", "STAFF", "P1", "P2", "P3"][n * 7 % 6];
        let user = &people[n * 13 % people.len()];
        text += &match n % 40 {
            38 => format!("free;{cohort};;;\n"),
            39 if cohort.starts_with('P') => format!("del;{cohort};;;\n"),
            7 => format!("add;{cohort};Name {};{};\n", n % 3, n % 2),
            m if m % 3 == 0 => format!("del;{cohort};;;{user}\n"),
            _ => format!("add;{cohort};;;{user}\n"),
        };
    }
    assert_predicted(&server, pb::Tool::Cohorts, &[], &text).await;
    assert_eq!(verify(&server).await, Vec::<String>::new());
}

#[tokio::test]
async fn groups_and_their_members_are_predicted_over_many_chunks() {
    let server = TestServer::start().await;
    apply_campus(&server).await;
    let mut text = "type;courseid;name;idnumber;description;updateid;selfgrouping;grouping\n".to_owned();
    for n in 0..2_500 {
        let (course, number) = (["COMP-101", "MATH-101", "BIO-101"][n % 3], n * 7 % 40);
        text += &match n % 8 {
            0 => format!("grouping;{course};Set {number};S{number};;;;\n"),
            1 => format!("grouping;{course};;;Text {n};S{number};;\n"),
            2 => format!("group;{course};Team {};;;T{number};;\n", n * 3 % 50),
            3 => format!("group;{course};Team {number};;;;1;\n"),
            4 => format!("group;{course};Crew {number};T{};;;;S{number}\n", n * 5 % 40),
            _ => format!("group;{course};Team {number};T{number};;;0;\n"),
        };
    }
    let by_idnumber = [("group_identifier", "idnumber"), ("grouping_identifier", "idnumber")];
    assert_predicted(&server, pb::Tool::Groups, &by_idnumber, &text).await;
    let people = people();
    let mut text = "cmd;courseid;groupid;userid\n".to_owned();
    for n in 0..2_500 {
        let (user, number) = (&people[n * 13 % people.len()], n * 11 % 40);
        let course = ["COMP-101", "MATH-101", "BIO-101"][n % 3];
        text += &format!("{};{course};T{number};{user}\n", ["add", "shift", "del"][n % 7 % 3]);
    }
    assert_predicted(&server, pb::Tool::GroupMembers, &by_idnumber[..1], &text).await;
    assert_eq!(verify(&server).await, Vec::<String>::new());
}

#[tokio::test]
async fn bindings_and_links_are_predicted_over_many_chunks() {
    let server = TestServer::start().await;
    apply_campus(&server).await;
    let courses = ["COMP-101", "MATH-101", "BIO-101", "STUD-001", "LIBR-001", "NOPE"];
    let cohorts = ["CHOIR", "SENATE", "STAFF", "TUTORS", "CO-B1-2025", "NOPE", "ALUMNI"];
    let mut text = "cmd;cohort;course;role;makegroup;enrolstart\n".to_owned();
    for n in 0..1_500 {
        let (cohort, course) = (cohorts[n * 5 % 7], courses[n * 7 % 6]);
        let verb = ["add", "add", "del", "restore", "fulldel", "add"][n * 11 % 6];
        let role = if verb == "add" { ["student", "teacher", ""][n % 3] } else { ["*", "student"][n % 2] };
        let start = if n % 9 == 0 { format!("2026-09-{:02}", 1 + n % 28) } else { String::new() };
        text += &format!("{verb};{cohort};{course};{role};{};{start}\n", n % 4 / 3);
    }
    assert_predicted(&server, pb::Tool::CohortBindings, &[], &text).await;
    assert_eq!(verify(&server).await, Vec::<String>::new());
    let mut text = "cmd;master;meta\n".to_owned();
    for n in 0..600 {
        let verb = ["add", "add", "del"][n * 5 % 3];
        text += &format!("{verb};{};{}\n", courses[n * 7 % 6], courses[n * 5 % 4]);
    }
    assert_predicted(&server, pb::Tool::Metacourses, &[], &text).await;
    assert_eq!(verify(&server).await, Vec::<String>::new());
}

/// What members of a cohort have in a course through it, and what those have who follow.
#[tokio::test]
async fn membership_reaches_courses_and_metacourses() {
    let server = TestServer::start().await;
    apply_campus(&server).await;
    let counted = async |course: &str, method: &str| {
        let sql = format!(
            "select count(*), sum(exists (select 1 from mdl_role_assignments r where r.userid = u.userid \
             and r.component = 'enrol_{method}' and r.itemid = e.id)) from mdl_user_enrolments u \
             join mdl_enrol e on e.id = u.enrolid join mdl_course c on c.id = e.courseid \
             where c.shortname = '{course}' and e.enrol = '{method}' and u.status = 0"
        );
        crate::support::site::query(&server.site_database(), &sql).await.remove(0)
    };
    let (cohort, meta) = (counted("STUD-001", "cohort").await, counted("LIBR-001", "meta").await);
    let number = |counted: &str| counted.split('|').next().unwrap().parse::<u64>().unwrap();
    assert!(number(&cohort) > 200 && cohort == format!("{0}|{0}", number(&cohort)), "{cohort}");
    assert!(number(&meta) > 100 && meta == format!("{0}|{0}", number(&meta)), "{meta}");
    let free = "cmd;cidnumber\nfree;MA-B1-2025\nfree;PH-B1-2025\n";
    assert_eq!(server.run(pb::Tool::Cohorts, free).await.counters().updated, 2);
    assert!(number(&counted("STUD-001", "cohort").await) < number(&cohort));
    let unlink = "cmd;master;meta\ndel;COMP-301;LIBR-001\n";
    assert_eq!(server.run(pb::Tool::Metacourses, unlink).await.counters().suspended, 1);
    let after = counted("LIBR-001", "meta").await;
    assert!(after.starts_with(&format!("{}|", number(&meta))) && after != meta, "roles go, enrolments stay: {after}");
    assert_eq!(verify(&server).await, Vec::<String>::new());
}

/// The user names of the campus.
fn people() -> Vec<String> {
    let users = String::from_utf8(example("campus/users.csv")).unwrap();
    users.lines().skip(2).filter_map(|line| line.split(';').next()).take(120).map(str::to_owned).collect()
}

/// A dry run says what the real run then does, and writes nothing.
async fn assert_predicted(server: &TestServer, tool: pb::Tool, options: &[(&str, &str)], text: &str) {
    let before = snapshot(&server.site_database()).await;
    let bytes = tokio::fs::read(server.site_database()).await.unwrap();
    let request = RunRequest::inline(tool, text).options(options);
    let predicted = request.clone().dry().send(server).await;
    assert_eq!(snapshot(&server.site_database()).await, before);
    assert_eq!(tokio::fs::read(server.site_database()).await.unwrap(), bytes, "not one byte of the database changes");
    let real = request.send(server).await;
    let told = |line: &pb::LineResult| {
        let problems: Vec<_> = line.problems.iter().map(|p| (p.reason.clone(), p.severity)).collect();
        let changes: Vec<_> = line.changes.iter().filter(|c| !c.field.contains("time")).cloned().collect();
        (line.line, line.outcome, line.completeness, line.operation, problems, changes)
    };
    let (predicted, real) = (predicted.lines(), real.lines());
    assert_eq!(predicted.len(), real.len());
    for (predicted, real) in predicted.iter().zip(real) {
        assert_eq!(told(predicted), told(real));
    }
}

#[tokio::test]
async fn a_report_and_line_results_can_be_read_afterwards() {
    let server = TestServer::start().await;
    let text = users(20) + "a b;First;Last;x@example.org;NX\n;;;;\n";
    let result = server.run(pb::Tool::Users, &text).await;
    let request = pb::GetReportRequest { run_id: result.run_id(), ..Default::default() };
    let report = server.runs().get_report(request).await.unwrap().into_inner().report.unwrap();
    assert_eq!(report.totals.as_ref().unwrap().lines, 22);
    assert!(report.problem_groups.iter().any(|group| group.reason == "VALUE_INVALID" && group.first_lines == [22]));
    assert!(report.text.contains("VALUE_INVALID"));
    let request = pb::ListLineResultsRequest {
        run_id: result.run_id(),
        outcomes: vec![pb::Outcome::Created.into()],
        page_size: 8,
        ..Default::default()
    };
    let mut lines = Vec::new();
    let mut token = String::new();
    loop {
        let request = pb::ListLineResultsRequest { page_token: token, ..request.clone() };
        let page = server.runs().list_line_results(request).await.unwrap().into_inner();
        lines.extend(page.line_results.iter().map(|line| line.line));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(lines, (2..=21).collect::<Vec<_>>());
}
