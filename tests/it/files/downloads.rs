//! Contents on their way out.

use super::*;
use crate::support::{reason, refusal};
use tonic::Code;
use toolsync::rpc::pb::download_file_response::Part as Got;

async fn parts(server: &TestServer, path: &str) -> Result<Vec<Got>, tonic::Status> {
    let request = pb::DownloadFileRequest { path: path.to_owned(), ..Default::default() };
    let mut stream = server.files().download_file(request).await?.into_inner();
    let mut parts = Vec::new();
    while let Some(message) = stream.message().await? {
        parts.push(message.part.unwrap());
    }
    Ok(parts)
}

#[tokio::test]
async fn the_file_comes_first_and_then_its_chunks() {
    let server = TestServer::start().await;
    let content = content_of(1_000_003);
    upload(&server, start("/users.csv", &content), chunks(&content, 1 << 20)).await.unwrap();
    let parts = parts(&server, "/users.csv").await.unwrap();
    let [Got::File(file), chunks @ ..] = &parts[..] else { panic!("{parts:?}") };
    assert_eq!(*file, get(&server, "/users.csv").await.unwrap());
    assert!(chunks.len() > 1, "a large file comes in pieces");
    let mut received = Vec::new();
    for chunk in chunks {
        let Got::Chunk(chunk) = chunk else { panic!("the file comes once") };
        assert!(!chunk.data.is_empty() && chunk.data.len() <= 1 << 20);
        assert_eq!(chunk.offset_bytes, received.len() as u64);
        assert_eq!(chunk.crc32c, crc32c::crc32c(&chunk.data));
        received.extend_from_slice(&chunk.data);
    }
    assert_eq!(file.sha256, Some(digest(&received)));
    assert_eq!(file.size_bytes, received.len() as u64);
}

#[tokio::test]
async fn an_empty_file_has_no_chunk() {
    let server = TestServer::start().await;
    server.put("/empty.csv", "").await;
    let parts = parts(&server, "/empty.csv").await.unwrap();
    assert!(matches!(&parts[..], [Got::File(_)]), "{parts:?}");
}

#[tokio::test]
async fn only_files_can_be_downloaded() {
    let server = TestServer::start().await;
    server.put("/erp/users.csv", "x").await;
    let cases = [
        ("/nobody.csv", Code::NotFound, "FILE_UNKNOWN"),
        ("/erp", Code::FailedPrecondition, "IS_A_FOLDER"),
        ("/reports", Code::FailedPrecondition, "IS_A_FOLDER"),
        ("users.csv", Code::InvalidArgument, "FIELD_INVALID"),
        ("", Code::InvalidArgument, "FIELD_INVALID"),
    ];
    for (path, code, expected) in cases {
        let status = refusal(parts(&server, path).await);
        assert_eq!((status.code(), reason(&status).as_str()), (code, expected), "{path}");
    }
}

#[tokio::test]
async fn a_download_goes_on_when_the_file_is_deleted() {
    let server = TestServer::start().await;
    let content = content_of(8 << 20);
    upload(&server, start("/users.csv", &content), chunks(&content, 1 << 20)).await.unwrap();
    let request = pb::DownloadFileRequest { path: "/users.csv".to_owned(), ..Default::default() };
    let mut stream = server.files().download_file(request).await.unwrap().into_inner();
    assert!(matches!(stream.message().await.unwrap().unwrap().part, Some(Got::File(_))));
    let gone = pb::DeleteFileRequest { path: "/users.csv".to_owned(), ..Default::default() };
    server.files().delete_file(gone).await.unwrap();
    let mut received = 0;
    while let Some(message) = stream.message().await.unwrap() {
        let Some(Got::Chunk(chunk)) = message.part else { panic!("the file comes once") };
        received += chunk.data.len();
    }
    assert_eq!(received, content.len());
}
