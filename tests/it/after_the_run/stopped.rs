//! Runs that end before their file does: by too many errors, or on request.

use super::{files, start, text};
use crate::runs::users;
use crate::support::site::query;
use crate::support::{RunRequest, RunResult, TestServer, sum};
use toolsync::rpc::pb;
use toolsync::rpc::pb::run_event::Event;

#[tokio::test]
async fn max_errors_stops_the_run_and_the_tryback_holds_the_rest() {
    let server = start().await;
    let mut lines: Vec<String> = users(2_500).lines().skip(1).map(|line| format!("{line}\r\n")).collect();
    for wrong in [10, 130, 131, 1_900] {
        lines[wrong] = format!("wrong{wrong};;Name;wrong{wrong}@example.org;W{wrong}\r\n");
    }
    let header = "username;firstname;lastname;email;idnumber\r\n";
    let content = format!("# c\r\n{header}{}", lines.concat());
    server.put("/users.csv", content).await;
    let result = RunRequest::stored(pb::Tool::Users, "/users.csv").max_errors(3).send(&server).await;
    assert_eq!(result.state(), pb::RunState::Cancelled);
    let message = &result.finished().message;
    assert!(message.contains("3 failed lines") && message.contains("max_errors"), "{message}");
    let counters = result.counters();
    assert_eq!((counters.lines, sum(&counters)), (2_500, 2_500), "{counters:?}");
    assert_eq!((counters.created, counters.failed, counters.not_processed), (129, 3, 2_368), "{counters:?}");
    let report = server.report(&result.run_id()).await;
    assert!(report.text.contains("Stopped after 3 failed lines"), "{}", report.text);
    assert_eq!(result.lines().len(), 132);
    let stored = query(&server.site_database(), "select count(*) from mdl_user where username like 'user%'").await;
    assert_eq!(stored, ["129"]);
    let tryback = files(&result).tryback_path.unwrap();
    let rest = format!("{header}{}{}{}{}", lines[10], lines[130], lines[131], lines[132..].concat());
    assert!(text(&server, &tryback).await == rest, "the tryback is not the failed lines and the rest");
    let reasons = text(&server, &files(&result).reasons_path.unwrap()).await;
    let rows: Vec<&str> = reasons.lines().skip(1).collect();
    assert_eq!(rows.len(), 4, "{reasons}");
    assert!(rows[3].starts_with("135;;ERROR;NOT_REACHED;"), "{reasons}");
    let again = RunRequest::stored(pb::Tool::Users, &tryback).send(&server).await;
    assert_eq!((again.counters().created, again.counters().failed), (2_500 - 129 - 4, 4));
}

async fn cancel(server: &TestServer, run_id: &str) -> pb::Run {
    let request = pb::CancelRunRequest { run_id: run_id.to_owned(), ..Default::default() };
    server.runs().cancel_run(request).await.unwrap().into_inner().run.unwrap()
}

/// The stream of a run whose first event was read already, and its id.
async fn begin(server: &TestServer, request: &RunRequest) -> (tonic::Streaming<pb::RunToolResponse>, RunResult) {
    let mut stream = server.runs().run_tool(request.0.clone()).await.unwrap().into_inner();
    let first = stream.message().await.unwrap().and_then(|message| message.event).unwrap();
    (stream, RunResult { events: vec![first] })
}

async fn read_to_end(stream: &mut tonic::Streaming<pb::RunToolResponse>, result: &mut RunResult) {
    while let Some(message) = stream.message().await.unwrap() {
        result.events.extend(message.event);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_run_stops_behind_its_chunk_and_a_queued_one_never_begins() {
    let server = start().await;
    let content = users(8_000);
    server.put("/users.csv", content.clone()).await;
    let options = [("archive", "true"), ("cleanup", "true")];
    let request = RunRequest::stored(pb::Tool::Users, "/users.csv").options(&options);
    let (mut running_stream, mut running) = begin(&server, &request).await;
    let first_line = running_stream.message().await.unwrap().and_then(|message| message.event).unwrap();
    running.events.push(first_line);
    let (mut queued_stream, mut queued) = begin(&server, &request).await;

    let ended = cancel(&server, &queued.run_id()).await;
    assert_eq!((ended.state(), ended.cancel_requested), (pb::RunState::Cancelled, true));
    read_to_end(&mut queued_stream, &mut queued).await;
    assert_eq!(queued.state(), pb::RunState::Cancelled);
    assert!(queued.finished().message.contains("before it began"), "{}", queued.finished().message);
    assert_eq!((queued.lines().len(), sum(&queued.counters())), (0, queued.counters().lines));

    assert!(cancel(&server, &running.run_id()).await.cancel_requested);
    read_to_end(&mut running_stream, &mut running).await;
    assert_eq!(running.state(), pb::RunState::Cancelled, "the run was over before it could be cancelled");
    assert!(matches!(running.events.last().unwrap().event, Some(Event::Finished(_))));
    let counters = running.counters();
    assert_eq!((counters.lines, sum(&counters)), (8_000, 8_000), "{counters:?}");
    assert_eq!(counters.created, running.lines().len() as u64);
    assert!(counters.not_processed > 0, "{counters:?}");
    let stored = query(&server.site_database(), "select count(*) from mdl_user where username like 'user%'").await;
    assert_eq!(stored, [counters.created.to_string()], "what was told is what was applied");
    assert_eq!(files(&running).archive_path, None);
    assert_eq!(text(&server, "/users.csv").await, content);

    let tryback = files(&running).tryback_path.unwrap();
    let (header, rest) = content.split_once('\n').unwrap();
    let rest: String = rest.split_inclusive('\n').skip(counters.created as usize).collect();
    assert!(text(&server, &tryback).await == format!("{header}\n{rest}"), "the tryback is not the rest");
    let again = RunRequest::stored(pb::Tool::Users, &tryback).send(&server).await;
    assert_eq!(again.counters().created, counters.not_processed);
    let over = cancel(&server, &again.run_id()).await;
    assert_eq!(over.state(), pb::RunState::Succeeded, "a run that has ended stays as it is");
}
