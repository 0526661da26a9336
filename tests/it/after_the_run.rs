//! What a run leaves behind: report, tryback, reasons, archive, clean-up.

mod caches;
mod cohorts;
mod groups;
mod stopped;
mod tryback;

use crate::runs::users;
use crate::support::{RunRequest, RunResult, TestServer, reason};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use toolsync::clock::FakeClock;
use toolsync::rpc::pb;

/// In London, where the embedded site is, it is an hour later.
const NOW: &str = "2026-07-01T08:30:05Z";
const STAMP: &str = "20260701-093005";

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

async fn start() -> TestServer {
    TestServer::start_at(FakeClock::at(now())).await
}

/// A good line and two that fail.
const MIXED: &str = "username;firstname;lastname;email;idnumber\nawa;Awa;Koné;awa@example.org;E1\n\
                     # a comment\nnobody;;Kent;nobody@example.org;E2\nno mail;No;Mail;nowhere;E3\n";

fn files(result: &RunResult) -> pb::RunFiles {
    result.finished().files.clone().unwrap_or_default()
}

async fn text(server: &TestServer, path: &str) -> String {
    String::from_utf8(server.content(path).await).unwrap()
}

/// Runs lines and expects all of them to go through.
async fn prepare(server: &TestServer, tool: pb::Tool, options: &[(&str, &str)], content: &str) {
    let result = RunRequest::inline(tool, content).options(options).send(server).await;
    assert_eq!(result.state(), pb::RunState::Succeeded, "{}", result.finished().message);
    let counters = result.counters();
    assert_eq!((counters.failed, counters.partial), (0, 0), "{:?}", result.lines());
}

#[tokio::test]
async fn a_run_leaves_report_tryback_and_reasons_and_moves_its_file() {
    let server = start().await;
    server.put("/erp/users.v2.csv", MIXED).await;
    let request = RunRequest::stored(pb::Tool::Users, "/erp/users.v2.csv").options(&[("archive", "true")]);
    let result = request.send(&server).await;
    assert_eq!(result.state(), pb::RunState::Succeeded);
    let report = format!("/reports/{STAMP}_report_users_users.v2.txt");
    let tryback = format!("/erp/users.v2_tryback_{STAMP}.csv");
    let reasons = format!("/erp/users.v2_tryback_{STAMP}.reasons.csv");
    let archive = format!("/archives/{STAMP}_users.v2.csv");
    let expected = pb::RunFiles {
        report_path: Some(report.clone()),
        tryback_path: Some(tryback.clone()),
        reasons_path: Some(reasons.clone()),
        archive_path: Some(archive.clone()),
    };
    assert_eq!(files(&result), expected);
    let mut paths = [archive.clone(), tryback.clone(), reasons.clone(), report.clone()];
    paths.sort();
    assert_eq!(server.paths("/").await, paths);
    assert_eq!(text(&server, &archive).await, MIXED);
    let again = "username;firstname;lastname;email;idnumber\nnobody;;Kent;nobody@example.org;E2\n\
                 no mail;No;Mail;nowhere;E3\n";
    assert_eq!(text(&server, &tryback).await, again);
    assert_reasons(&result, &text(&server, &reasons).await);
    assert_report(&server, &result, &text(&server, &report).await).await;
    let kinds = [
        (pb::FileKind::Archive, vec![archive]),
        (pb::FileKind::Report, vec![report]),
        (pb::FileKind::Tryback, vec![tryback, reasons]),
        (pb::FileKind::Command, vec![]),
    ];
    for (kind, mut expected) in kinds {
        let request =
            pb::ListFilesRequest { folder: "/".to_owned(), recursive: true, kind: kind.into(), ..Default::default() };
        let listed = server.files().list_files(request).await.unwrap().into_inner().files;
        expected.sort();
        assert_eq!(listed.into_iter().map(|file| file.path).collect::<Vec<_>>(), expected, "{kind:?}");
    }
}

/// One row for each problem of a line that is to be tried again.
fn assert_reasons(result: &RunResult, text: &str) {
    let mut rows = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    assert_eq!(rows.headers().unwrap(), vec!["line", "column", "severity", "reason", "message"]);
    let told: Vec<Vec<String>> =
        rows.records().map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect()).collect();
    let mut expected = Vec::new();
    for line in result.lines().into_iter().filter(|line| line.outcome() == pb::Outcome::Failed) {
        for problem in &line.problems {
            expected.push(vec![
                line.line.to_string(),
                problem.column.clone().unwrap_or_default(),
                "ERROR".to_owned(),
                problem.reason.clone(),
                problem.message.clone(),
            ]);
        }
    }
    assert!(!expected.is_empty());
    assert_eq!(told, expected);
}

/// The stored report is the one that GetReport gives, and tells all there is to know.
async fn assert_report(server: &TestServer, result: &RunResult, text: &str) {
    let report = server.report(&result.run_id()).await;
    assert_eq!(report.files, result.finished().files);
    assert_eq!(report.totals, result.finished().counters);
    for group in &report.problem_groups {
        assert!(text.contains(&group.reason), "{text}");
    }
    let words = [
        "toolsync report",
        &result.run_id(),
        "/erp/users.v2.csv",
        "real run",
        "archive=true",
        "2026-07-01 09:30:05",
        "succeeded",
        "line 2  CREATED",
        "line 4  FAILED",
        "line 5  FAILED",
        "passed over besides: 1 comments",
        "After the last line",
        "empty groups   switched off (option enrol_cleanup)",
        "tryback        stored; lines to be tried again: 2",
        "archive        the file goes to /archives",
        "clean-up       switched off (option cleanup)",
        "End of report",
    ];
    for word in words {
        assert!(text.contains(word), "the report does not tell {word:?}:\n{text}");
    }
}

/// What becomes of a command file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Moved,
    Deleted,
}

async fn fate(server: &TestServer, result: &RunResult, path: &str, content: &str) -> Fate {
    let here = server.paths("/").await.contains(&path.to_owned());
    match files(result).archive_path {
        Some(archive) => {
            assert!(!here, "{path} is in two places");
            assert_eq!(text(server, &archive).await, content);
            Fate::Moved
        }
        None => {
            assert_eq!(server.paths("/archives").await, Vec::<String>::new());
            if here { Fate::Stays } else { Fate::Deleted }
        }
    }
}

#[tokio::test]
async fn archive_moves_cleanup_deletes_both_move_and_neither_leaves() {
    let cases = [
        ("false", "false", Fate::Stays),
        ("true", "false", Fate::Moved),
        ("false", "true", Fate::Deleted),
        ("true", "true", Fate::Moved),
    ];
    for (archive, cleanup, expected) in cases {
        let server = start().await;
        let options = [("archive", archive), ("cleanup", cleanup)];
        server.put("/in/users.csv", MIXED).await;
        let request = RunRequest::stored(pb::Tool::Users, "/in/users.csv").options(&options);
        let dry = request.clone().dry().send(&server).await;
        assert_eq!(fate(&server, &dry, "/in/users.csv", MIXED).await, Fate::Stays, "dry {options:?}");
        let stopped = request.clone().max_errors(1).send(&server).await;
        assert_eq!(stopped.state(), pb::RunState::Cancelled);
        assert_eq!(fate(&server, &stopped, "/in/users.csv", MIXED).await, Fate::Stays, "stopped {options:?}");
        let wrong = "username;firstname\nawa;Awa\n";
        server.put("/in/wrong.csv", wrong).await;
        let refused = RunRequest::stored(pb::Tool::Users, "/in/wrong.csv").options(&options).send(&server).await;
        assert_eq!(refused.state(), pb::RunState::Failed);
        assert_eq!(fate(&server, &refused, "/in/wrong.csv", wrong).await, Fate::Stays, "refused {options:?}");
        let real = request.send(&server).await;
        assert_eq!(fate(&server, &real, "/in/users.csv", MIXED).await, expected, "{options:?}");
    }
}

#[tokio::test]
async fn a_file_that_came_with_the_request_is_stored_nowhere() {
    let server = start().await;
    let request = RunRequest::inline(pb::Tool::Users, MIXED).options(&[("archive", "true"), ("cleanup", "true")]);
    let result = request.send(&server).await;
    assert_eq!(files(&result).archive_path, None);
    let expected = [
        format!("/inline_tryback_{STAMP}.csv"),
        format!("/inline_tryback_{STAMP}.reasons.csv"),
        format!("/reports/{STAMP}_report_users_inline.txt"),
    ];
    assert_eq!(server.paths("/").await, expected);
}

#[tokio::test]
async fn report_and_tryback_can_be_left_out() {
    let server = start().await;
    let request = RunRequest::inline(pb::Tool::Users, MIXED).options(&[("report", "false"), ("tryback", "false")]);
    let result = request.send(&server).await;
    assert_eq!(files(&result), pb::RunFiles::default());
    assert_eq!(server.paths("/").await, Vec::<String>::new());
    let text = server.report(&result.run_id()).await.text;
    assert!(text.contains("FAILED"), "the report can be asked for all the same");
    for words in
        ["report         switched off (option report)", "switched off (option tryback); lines to be tried again: 2"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn what_was_passed_over_is_counted_wherever_a_run_ends() {
    let server = start().await;
    let content = MIXED.replace("\nnobody;", "\n\n\nnobody;") + "# the end\n\n";
    let whole = server.run(pb::Tool::Users, &content).await.counters();
    let stopped = RunRequest::inline(pb::Tool::Users, &content).max_errors(1).send(&server).await.counters();
    for counters in [whole, stopped] {
        assert_eq!((counters.lines, counters.comments, counters.blanks), (3, 2, 3), "{counters:?}");
    }
    // As the original does it, what begins like a comment is none of the lines, and is counted all the same.
    let old = "username;firstname;lastname;email\n/eva;Eva;E;eva@example.org\n-odd;O;O;odd@example.org\n\neva;Eva;E;eva@example.org\n";
    let request = RunRequest::inline(pb::Tool::Users, old).options(&[("legacy_comments", "true")]);
    let counters = request.send(&server).await.counters();
    assert_eq!((counters.lines, counters.created, counters.comments, counters.blanks), (1, 1, 2, 1));
}

#[tokio::test]
async fn lines_that_went_through_leave_no_tryback() {
    let server = start().await;
    let result = server.run(pb::Tool::Users, &users(3)).await;
    assert_eq!(result.counters().created, 3);
    assert_eq!((files(&result).tryback_path, files(&result).reasons_path), (None, None));
    assert_eq!(server.paths("/").await, [format!("/reports/{STAMP}_report_users_inline.txt")]);
}

#[tokio::test]
async fn the_longest_names_find_a_place_too() {
    let server = start().await;
    let names = ["a", "b"].map(|last| format!("/{}{last}.csv", "ä".repeat(125)));
    let request = |path: &String| RunRequest::stored(pb::Tool::Users, path).options(&[("archive", "true")]);
    let mut left = Vec::new();
    for (name, id) in names.iter().zip(["1", "2"]) {
        server.put(name, MIXED.replace("awa", &format!("awa{id}")).replace("E1", &format!("X{id}"))).await;
        let files = files(&request(name).send(&server).await);
        left.extend(
            [files.report_path, files.tryback_path, files.reasons_path, files.archive_path].map(Option::unwrap),
        );
    }
    left.sort();
    assert_eq!(server.paths("/").await, left);
}

#[tokio::test]
async fn two_runs_in_the_same_second_leave_distinct_files() {
    let clock = FakeClock::at(now());
    let server = TestServer::start_at(Arc::<FakeClock>::clone(&clock)).await;
    let request = RunRequest::stored(pb::Tool::Users, "/users.csv").options(&[("archive", "true")]);
    let mut left = Vec::new();
    for round in 0..3 {
        let content = MIXED.replace("awa", &format!("awa{round}")).replace("E1", &format!("E1{round}"));
        server.put("/users.csv", content.clone()).await;
        let result = request.send(&server).await;
        let files = files(&result);
        let paths = [files.report_path, files.tryback_path, files.reasons_path, files.archive_path].map(Option::unwrap);
        assert_eq!(text(&server, &paths[3]).await, content);
        assert!(text(&server, &paths[0]).await.contains(&result.run_id()), "{}: the report of another run", paths[0]);
        assert!(text(&server, &paths[2]).await.starts_with("line;column;severity;reason;message"), "{}", paths[2]);
        left.extend(paths);
    }
    left.sort();
    assert_eq!(server.paths("/").await, left, "every file is told, and no two have one name");
    // A file of the user's own is not overwritten either.
    let own = "/users_tryback_20260701-093105.csv";
    server.put(own, "mine\n").await;
    clock.advance(chrono::Duration::seconds(60));
    server.put("/users.csv", MIXED).await;
    let result = request.send(&server).await;
    assert_eq!(text(&server, own).await, "mine\n");
    let reasons = files(&result).reasons_path.unwrap();
    assert!(text(&server, &reasons).await.starts_with("line;column"), "{reasons}");
    assert_ne!(files(&result).tryback_path.as_deref(), Some(own));
}

#[tokio::test]
async fn archives_and_reports_can_be_read_and_not_written() {
    let server = start().await;
    server.put("/users.csv", MIXED).await;
    let result = RunRequest::stored(pb::Tool::Users, "/users.csv").options(&[("archive", "true")]).send(&server).await;
    let pb::RunFiles { report_path: Some(report), archive_path: Some(archive), .. } = files(&result) else {
        panic!("a report and an archive are expected")
    };
    let mine = "/mine.csv";
    server.put(mine, MIXED).await;
    for path in [&report, &archive] {
        let put = pb::PutCommandFileRequest { path: path.clone(), overwrite: true, ..Default::default() };
        let delete = pb::DeleteFileRequest { path: path.clone(), ..Default::default() };
        let onto = pb::MoveFileRequest {
            path: mine.to_owned(),
            new_path: path.clone(),
            overwrite: true,
            ..Default::default()
        };
        let refused = [
            server.files().put_command_file(put).await.expect_err(path),
            server.files().delete_file(delete).await.expect_err(path),
            server.files().move_file(onto).await.expect_err(path),
        ];
        for status in refused {
            assert_eq!((reason(&status).as_str(), status.code()), ("PATH_RESERVED", tonic::Code::PermissionDenied));
        }
        assert!(!server.content(path).await.is_empty());
    }
    let away = |path: &str| pb::MoveFileRequest {
        path: path.to_owned(),
        new_path: "/again.csv".to_owned(),
        ..Default::default()
    };
    let refused = server.files().move_file(away(&report)).await.unwrap_err();
    assert_eq!(reason(&refused), "PATH_RESERVED", "reports stay where they are");
    server.files().move_file(away(&archive)).await.expect("a file can be taken out of the archives");
    let again = RunRequest::stored(pb::Tool::Users, "/again.csv").dry().send(&server).await;
    assert_eq!(again.counters().lines, 3);
}
