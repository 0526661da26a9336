//! The end of the service, with calls under way.

use super::{create_users, finish};
use crate::support::site::Hold;
use crate::support::{TestServer, reason};
use std::sync::Arc;
use std::time::Duration;
use tonic::Code;
use toolsync::clock::SystemClock;
use toolsync::rpc::pb;

/// Far more than the service may need, so that a hang is a failure and a slow computer is not.
const BOUND: Duration = Duration::from_secs(60);

#[tokio::test]
async fn open_streams_end_and_the_run_goes_on_after_the_restart() {
    let server = TestServer::start().await;
    let hold = Hold::on(&server.site_database()).await;
    let mut running = server.runs().run_tool(create_users()).await.unwrap().into_inner();
    let started = running.message().await.unwrap().unwrap().event.unwrap().event;
    let Some(pb::run_event::Event::Started(started)) = started else { panic!("{started:?}") };
    let run = started.run.unwrap().id;
    let request = pb::WatchRunRequest { run_id: run.clone(), ..Default::default() };
    let mut watching = server.runs().watch_run(request).await.unwrap().into_inner();
    assert!(watching.message().await.unwrap().is_some());

    server.begin_stop();
    for status in [end(&mut running).await, end(&mut watching).await] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
    }
    hold.release().await;
    let restarting = server.restart(Arc::new(SystemClock));
    let server = tokio::time::timeout(BOUND, restarting).await.expect("the service ends by itself");
    let finished = finish(&server, &run).await;
    assert_eq!(finished.state(), pb::RunState::Succeeded, "{finished:?}");
    let counters = finished.counters.unwrap();
    assert_eq!((counters.lines, counters.created), (2, 2));
}

/// What a stream ends with.
async fn end<T>(stream: &mut tonic::Streaming<T>) -> tonic::Status {
    loop {
        match stream.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the stream ended as if it was complete"),
            Err(status) => return status,
        }
    }
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_service_up() {
    let server = TestServer::start().await;
    server.runs().list_tools(pb::ListToolsRequest::default()).await.unwrap();
    let client = server.channel.clone();
    let silent = tokio::net::TcpStream::connect(server.address).await.unwrap();
    tokio::time::timeout(BOUND, server.stop()).await.expect("the service ends by itself");
    drop((client, silent));
}

#[tokio::test]
async fn files_outlive_the_service() {
    let server = TestServer::start().await;
    let file = server.put("/users.csv", "content").await;
    let server = server.restart(Arc::new(SystemClock)).await;
    let request = pb::GetFileRequest { path: "/users.csv".to_owned(), ..Default::default() };
    assert_eq!(server.files().get_file(request).await.unwrap().into_inner().file, Some(file));
    assert_eq!(server.content("/users.csv").await, b"content");
}
