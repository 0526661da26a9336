//! Compression, sizes of messages, request ids.

use crate::support::{TestServer, refusal};
use tonic::codec::CompressionEncoding::Gzip;
use tonic::{Code, Request};
use toolsync::rpc::pb;

fn put(path: &str, content: Vec<u8>) -> pb::PutCommandFileRequest {
    pb::PutCommandFileRequest { path: path.to_owned(), content: content.into(), ..Default::default() }
}

#[tokio::test]
async fn messages_may_be_compressed_both_ways() {
    let server = TestServer::start().await;
    let mut files = server.files().send_compressed(Gzip).accept_compressed(Gzip);
    let content = "username;firstname\n".repeat(5000).into_bytes();
    files.put_command_file(put("/users.csv", content.clone())).await.unwrap();
    assert_eq!(server.content("/users.csv").await, content);

    let mut runs = server.runs().send_compressed(Gzip).accept_compressed(Gzip);
    let answer = runs.list_tools(pb::ListToolsRequest::default()).await.unwrap();
    assert_eq!(answer.metadata().get("grpc-encoding").unwrap(), "gzip");
    assert_eq!(answer.into_inner().tools.len(), toolsync::model::ToolKind::ALL.len());

    let download = pb::DownloadFileRequest { path: "/users.csv".to_owned(), ..Default::default() };
    let answer = files.download_file(download).await.unwrap();
    assert_eq!(answer.metadata().get("grpc-encoding").unwrap(), "gzip");
    let mut stream = answer.into_inner();
    let mut received = Vec::new();
    while let Some(message) = stream.message().await.unwrap() {
        if let Some(pb::download_file_response::Part::Chunk(chunk)) = message.part {
            received.extend_from_slice(&chunk.data);
        }
    }
    assert_eq!(received, content);

    let mut schedules = server.schedules().send_compressed(Gzip).accept_compressed(Gzip);
    let answer = schedules.list_schedules(pb::ListSchedulesRequest::default()).await.unwrap();
    assert_eq!(answer.metadata().get("grpc-encoding").unwrap(), "gzip");
}

#[tokio::test]
async fn nobody_gets_compressed_messages_without_asking() {
    let server = TestServer::start().await;
    let answer = server.runs().list_tools(pb::ListToolsRequest::default()).await.unwrap();
    assert!(answer.metadata().get("grpc-encoding").is_none_or(|encoding| encoding == "identity"));
}

#[tokio::test]
async fn large_messages_are_refused() {
    let server = TestServer::start().await;
    let large = || put("/users.csv", vec![b'x'; (4 << 20) + 1]);
    let refused = [Code::OutOfRange, Code::ResourceExhausted];
    let plain = refusal(server.files().put_command_file(large()).await);
    assert!(refused.contains(&plain.code()), "{plain:?}");
    let small_on_the_wire = refusal(server.files().send_compressed(Gzip).put_command_file(large()).await);
    assert!(refused.contains(&small_on_the_wire.code()), "{small_on_the_wire:?}");
    assert_eq!(server.paths("/").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_request_id_comes_back() {
    let server = TestServer::start().await;
    let with = |id: Option<&str>| {
        let mut request = Request::new(pb::ListToolsRequest::default());
        if let Some(id) = id {
            request.metadata_mut().insert("x-request-id", id.parse().unwrap());
        }
        request
    };
    let answered = async |id| {
        let answer = server.runs().list_tools(with(id)).await.unwrap();
        answer.metadata().get("x-request-id").unwrap().to_str().unwrap().to_owned()
    };
    assert_eq!(answered(Some("nightly-7:erp/1")).await, "nightly-7:erp/1");
    let (first, second) = (answered(None).await, answered(None).await);
    assert!(!first.is_empty() && first != second, "{first} {second}");
    let long = "x".repeat(4000);
    assert_ne!(answered(Some(&long)).await, long, "an unfit id is replaced");
}

#[tokio::test]
async fn a_refused_call_has_its_request_id_too() {
    let server = TestServer::start().await;
    let mut request = Request::new(pb::GetRunRequest { run_id: "x".to_owned(), ..Default::default() });
    request.metadata_mut().insert("x-request-id", "abc-9".parse().unwrap());
    let status = refusal(server.runs().get_run(request).await);
    assert_eq!(status.metadata().get("x-request-id").unwrap(), "abc-9");
}
