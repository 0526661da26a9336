//! Tools for lists: a dry run says what the real run does, a second run changes nothing, the site stays in order.

use crate::runs::{apply_campus, users, verify};
use crate::support::site::{Hold, query, snapshot};
use crate::support::{RunRequest, RunResult, TestServer, example, reason};
use toolsync::rpc::pb;
use toolsync::rpc::pb::Outcome;

/// A service whose site has the campus of the examples.
async fn campus() -> TestServer {
    let server = TestServer::start().await;
    apply_campus(&server).await;
    server
}

/// What is told of each line.
fn told(result: &RunResult) -> Vec<pb::LineResult> {
    result.lines().into_iter().cloned().collect()
}

/// Tries a list, runs it, and gives the result, after a look at the whole site.
async fn try_and_run(server: &TestServer, request: &RunRequest) -> RunResult {
    let before = snapshot(&server.site_database()).await;
    let rehearsed = request.clone().dry().send(server).await;
    assert_eq!(snapshot(&server.site_database()).await, before, "a dry run writes nothing");
    let real = request.send(server).await;
    assert_eq!(told(&rehearsed), told(&real), "the dry run told the same");
    assert_eq!(verify(server).await, Vec::<String>::new());
    real
}

fn outcomes(result: &RunResult) -> Vec<Outcome> {
    result.lines().iter().map(|line| line.outcome()).collect()
}

#[tokio::test]
async fn accounts_are_suspended_and_let_in_again() {
    let server = campus().await;
    let list = "username;lastname\nulla.pinarosa;Pinarosa\nnobody.at.all;\neloise.umbrellini;\n";
    let by_name = |tool| RunRequest::inline(tool, list).options(&[("identifier", "username")]);
    let suspended = "select count(*) from mdl_user where suspended = 1";
    let at_first: i64 = query(&server.site_database(), suspended).await[0].parse().unwrap();
    for (tool, outcome, more) in
        [(pb::Tool::SuspendUsers, Outcome::Suspended, 2), (pb::Tool::RestoreUsers, Outcome::Restored, 0)]
    {
        let result = try_and_run(&server, &by_name(tool)).await;
        assert_eq!(outcomes(&result), [outcome, Outcome::Failed, outcome]);
        assert_eq!(result.reasons(3), ["USER_UNKNOWN"]);
        assert_eq!(query(&server.site_database(), suspended).await, [(at_first + more).to_string()]);
        let before = snapshot(&server.site_database()).await;
        let again = by_name(tool).send(&server).await;
        assert_eq!(outcomes(&again), [Outcome::Unchanged, Outcome::Failed, Outcome::Unchanged]);
        assert_eq!(snapshot(&server.site_database()).await, before, "a second run writes nothing");
    }
}

#[tokio::test]
async fn accounts_are_deleted_and_brought_back() {
    let server = campus().await;
    let by_number = "idnumber\nS250482\nS990001\nS250482\n";
    let deletion = RunRequest::inline(pb::Tool::DeleteUsers, by_number);
    let result = try_and_run(&server, &deletion).await;
    assert_eq!(outcomes(&result), [Outcome::Deleted, Outcome::Unchanged, Outcome::Unchanged]);
    assert_eq!(result.reasons(3), ["DELETE_MISSING"]);
    assert_eq!(outcomes(&deletion.send(&server).await), [Outcome::Unchanged; 3]);

    let by_name = "username;idnumber\neloise.umbrellini;S250482\nulla.pinarosa;\nnobody.at.all;\n";
    let revival = RunRequest::inline(pb::Tool::ReviveUsers, by_name);
    let result = try_and_run(&server, &revival).await;
    assert_eq!(outcomes(&result), [Outcome::Restored, Outcome::Unchanged, Outcome::Failed]);
    let row = "select deleted, idnumber, email from mdl_user where username = 'eloise.umbrellini'";
    let row = query(&server.site_database(), row).await;
    assert!(row[0].starts_with("0|S250482|eloise.umbrellini@"), "{row:?}");
    assert_eq!(outcomes(&revival.send(&server).await), [Outcome::Unchanged, Outcome::Unchanged, Outcome::Failed]);
}

#[tokio::test]
async fn courses_are_looked_for() {
    let server = campus().await;
    server.put("/index.csv", "BIO-101;Biology\nZ9;Zoology\nMATH-101\n").await;
    let request = RunRequest::stored(pb::Tool::CheckCourses, "/index.csv").options(&[("archive", "true")]);
    let result = try_and_run(&server, &request).await;
    assert_eq!(outcomes(&result), [Outcome::Found, Outcome::NotFound, Outcome::Found]);
    assert_eq!((result.state(), result.counters().not_found), (pb::RunState::Succeeded, 1));
    assert!(result.line(2).problems[0].message.contains("\"Zoology\""), "{:?}", result.line(2));
    let field = |name: &str| result.line(1).changes.iter().find(|change| change.field == name).unwrap().after.clone();
    assert_eq!((field("shortname"), field("description")), ("BIO-101".to_owned(), "Biology".to_owned()));
    let files = result.finished().files.clone().unwrap();
    assert_eq!(server.content(&files.tryback_path.unwrap()).await, b"Z9;Zoology\n");
    assert!(files.archive_path.is_some() && files.report_path.is_some());
}

#[tokio::test]
async fn looking_for_courses_waits_for_no_writing_run() {
    let server = campus().await;
    let hold = Hold::on(&server.site_database()).await;
    let writing = RunRequest::inline(pb::Tool::Users, &users(3));
    let mut stream = server.runs().run_tool(writing.0).await.unwrap().into_inner();
    stream.message().await.unwrap().unwrap();
    let result = RunRequest::inline(pb::Tool::CheckCourses, "BIO-101\n").send(&server).await;
    assert_eq!(outcomes(&result), [Outcome::Found]);
    hold.release().await;
    while stream.message().await.unwrap().is_some() {}
}

#[tokio::test]
async fn a_list_without_a_line_is_done_at_once() {
    let server = TestServer::start().await;
    for content in ["", "# nobody this year\n"] {
        let result = RunRequest::inline(pb::Tool::CheckCourses, content).send(&server).await;
        assert_eq!((result.state(), result.counters().lines), (pb::RunState::Succeeded, 0));
        let report = server.report(&result.run_id()).await;
        assert!(report.problem_groups.iter().any(|group| group.reason == "NO_LINES"), "{report:?}");
    }
}

#[tokio::test]
async fn courses_are_deleted() {
    let server = campus().await;
    let site = server.site_database();
    let count = async |sql: &str| query(&site, sql).await[0].parse::<i64>().unwrap();
    let courses = count("select count(*) from mdl_course").await;
    let list = "# end of year\nBIO-101\nUNKNOWN-9\n  MATH-101\nBIO-101\n";
    server.put("/deletecourses.csv", list).await;
    let request = RunRequest::stored(pb::Tool::DeleteCourses, "/deletecourses.csv");
    let result = try_and_run(&server, &request).await;
    assert_eq!(outcomes(&result), [Outcome::Deleted, Outcome::NotFound, Outcome::Deleted, Outcome::Unchanged]);
    assert_eq!((result.line(2).key.as_str(), result.reasons(3)), ("BIO-101", vec!["COURSE_UNKNOWN"]));
    assert_eq!(result.reasons(5), ["NOTHING_TO_DO"]);
    let tryback = result.finished().files.clone().unwrap().tryback_path.unwrap();
    assert_eq!(server.content(&tryback).await, b"UNKNOWN-9\n");
    assert_eq!(count("select count(*) from mdl_course").await, courses - 2);
    for orphans in [
        "select count(*) from mdl_enrol where courseid not in (select id from mdl_course)",
        "select count(*) from mdl_user_enrolments where enrolid not in (select id from mdl_enrol)",
        "select count(*) from mdl_groups_members where groupid not in (select id from mdl_groups)",
        "select count(*) from mdl_role_assignments where contextid not in (select id from mdl_context)",
        "select count(*) from mdl_forum where course not in (select id from mdl_course)",
    ] {
        assert_eq!(count(orphans).await, 0, "{orphans}");
    }
    let before = snapshot(&site).await;
    let again = request.send(&server).await;
    assert_eq!(outcomes(&again), [Outcome::NotFound, Outcome::NotFound, Outcome::NotFound, Outcome::Unchanged]);
    assert_eq!(snapshot(&site).await, before, "a second run writes nothing");
}

fn cleaning(options: &[(&str, &str)]) -> RunRequest {
    RunRequest(pb::RunToolRequest { tool: pb::Tool::CleanCategories.into(), ..Default::default() }).options(options)
}

#[tokio::test]
async fn empty_categories_are_cleaned() {
    let server = campus().await;
    let site = server.site_database();
    let courses = "shortname;fullname;category\nX-1;X;Old/Older/Oldest\nX-2;Y;Old\n";
    RunRequest::inline(pb::Tool::Courses, courses).send(&server).await;
    RunRequest::inline(pb::Tool::DeleteCourses, "X-1\nX-2\n").send(&server).await;
    let left = "select name from mdl_course_categories where name like 'Old%' order by id";
    // Leaf by leaf, then the whole branch. "Category 1" of a fresh site is empty too, and takes course requests.
    let result = try_and_run(&server, &cleaning(&[])).await;
    assert_eq!(outcomes(&result), [Outcome::Deleted, Outcome::Skipped]);
    assert_eq!((result.line(1).entity(), result.reasons(2)), (pb::Entity::Category, vec!["CATEGORY_NEEDED"]));
    assert_eq!(query(&site, left).await, ["Old", "Older"]);
    let result = try_and_run(&server, &cleaning(&[("ignore_empty_subcategories", "true")])).await;
    assert_eq!(outcomes(&result), [Outcome::Deleted, Outcome::Skipped, Outcome::Deleted]);
    assert_eq!(query(&site, left).await, Vec::<String>::new());
    let before = snapshot(&site).await;
    let again = cleaning(&[]).send(&server).await;
    assert_eq!(outcomes(&again), [Outcome::Skipped]);
    assert_eq!(snapshot(&site).await, before, "a second run writes nothing");
}

#[tokio::test]
async fn a_tool_that_makes_its_own_list_is_asked_once_and_refuses_a_wrong_start() {
    let server = TestServer::start().await;
    let refused = cleaning(&[("start", "99")]).try_send(&server).await.unwrap_err();
    assert_eq!(reason(&refused), "OPTION_INVALID");
    let request = cleaning(&[("allow_request_category", "true")]).request_id("clean-1");
    RunRequest::inline(pb::Tool::Courses, "shortname;fullname;category\nX;X;New\n").send(&server).await;
    let first = request.send(&server).await;
    assert_eq!(outcomes(&first), [Outcome::Deleted]);
    assert_eq!(request.send(&server).await.run_id(), first.run_id(), "the list is not asked for by its content");
}

#[tokio::test]
async fn the_examples_for_the_end_of_a_year_do_what_they_say() {
    let server = campus().await;
    let list = |tool, name: &str| {
        let content = String::from_utf8(example(&format!("end-of-year/{name}.csv"))).unwrap();
        RunRequest::inline(tool, &content)
    };
    let cases = [
        (list(pb::Tool::CheckCourses, "check_courses"), vec![Outcome::Found, Outcome::Found, Outcome::NotFound]),
        (list(pb::Tool::SuspendUsers, "suspend_users"), vec![Outcome::Suspended; 2]),
        (list(pb::Tool::DeleteUsers, "delete_users"), vec![Outcome::Deleted]),
        (list(pb::Tool::ResetCourses, "reset_courses"), vec![Outcome::Updated; 2]),
        (list(pb::Tool::ResetCourses, "reset_courses"), vec![Outcome::Unchanged; 2]),
        (list(pb::Tool::DeleteCourses, "delete_courses"), vec![Outcome::Deleted; 2]),
    ];
    for (request, expected) in cases {
        assert_eq!(outcomes(&try_and_run(&server, &request).await), expected);
    }
}
