//! Deadlines. Calls go over [`web`], because a gRPC client has a timer of its own that may be first.

use super::{create_users, finish, web};
use crate::support::TestServer;
use crate::support::site::Hold;
use prost::Message;
use tonic::Code;
use toolsync::rpc::pb;

const SOON: [(&str, &str); 1] = [("grpc-timeout", "400m")];

#[tokio::test]
async fn a_late_answer_is_an_expired_deadline() {
    let server = TestServer::start().await;
    let folder = pb::CreateFolderRequest { path: "/erp".to_owned(), ..Default::default() };
    let hold = Hold::on(&server.data().join("state.db")).await;
    let answer = web::call(server.address, "FileService/CreateFolder", &folder, &SOON).await;
    assert_eq!(answer.code(), Code::DeadlineExceeded, "{answer:?}");
    assert!(answer.fields.contains_key("grpc-status-details-bin"), "{answer:?}");
    hold.release().await;
    server.files().create_folder(folder).await.unwrap();
}

#[tokio::test]
async fn the_deadline_of_a_stream_ends_it_and_not_the_run() {
    let server = TestServer::start().await;
    let hold = Hold::on(&server.site_database()).await;
    let answer = web::call(server.address, "RunService/RunTool", &create_users(), &SOON).await;
    assert_eq!(answer.code(), Code::DeadlineExceeded, "{answer:?}");
    let first = pb::RunToolResponse::decode(answer.messages[0].as_slice()).unwrap().event.unwrap().event;
    let Some(pb::run_event::Event::Started(started)) = first else { panic!("{first:?}") };
    let run = started.run.unwrap().id;
    assert!(answer.fields["grpc-message"].contains(&run), "the message names the run: {answer:?}");

    let watching = pb::WatchRunRequest { run_id: run.clone(), ..Default::default() };
    let answer = web::call(server.address, "RunService/WatchRun", &watching, &SOON).await;
    assert_eq!(answer.code(), Code::DeadlineExceeded, "{answer:?}");

    let request = pb::GetRunRequest { run_id: run.clone(), ..Default::default() };
    let state = server.runs().get_run(request).await.unwrap().into_inner().run.unwrap().state();
    assert!(matches!(state, pb::RunState::Queued | pb::RunState::Running), "{state:?}");
    hold.release().await;
    let finished = finish(&server, &run).await;
    assert_eq!(finished.state(), pb::RunState::Succeeded, "{finished:?}");
    assert_eq!(finished.counters.unwrap().created, 2);
}

#[tokio::test]
async fn a_deadline_that_is_not_reached_changes_nothing() {
    let server = TestServer::start().await;
    let dry = pb::RunToolRequest { dry_run: true, ..create_users() };
    let answer = web::call(server.address, "RunService/RunTool", &dry, &[("grpc-timeout", "1H")]).await;
    assert_eq!(answer.code(), Code::Ok);
}
