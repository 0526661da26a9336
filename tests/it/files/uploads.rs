//! Uploads in chunks: all or nothing.

use super::*;
use crate::support::{eventually, reason, refusal, refused, violations};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

#[tokio::test]
async fn a_file_in_several_chunks_arrives_whole() {
    let server = TestServer::start().await;
    let content = content_of(700_001);
    let answer = upload(&server, start("/erp/2025/users.csv", &content), chunks(&content, 100_000)).await.unwrap();
    assert_eq!(answer.disposition(), pb::UploadDisposition::Created);
    let file = answer.file.unwrap();
    assert_eq!(file.path, "/erp/2025/users.csv");
    assert_eq!(file.kind(), pb::FileKind::Command);
    assert_eq!(file.size_bytes, 700_001);
    assert_eq!(file.sha256, Some(digest(&content)));
    assert_eq!(file.revision, 1);
    assert_eq!(file.site, "default");
    assert!(file.create_time.is_some() && !file.caller.is_empty() && file.id.len() == 36, "{file:?}");
    assert_eq!(get(&server, "/erp/2025/users.csv").await.unwrap(), file);
    assert_eq!(server.content("/erp/2025/users.csv").await, content);
}

#[tokio::test]
async fn size_and_digest_need_not_be_declared() {
    let server = TestServer::start().await;
    let content = content_of(1000);
    let bare = pb::UploadStart { path: "/users.csv".to_owned(), ..Default::default() };
    let answer = upload(&server, bare.clone(), chunks(&content, 300)).await.unwrap();
    assert_eq!(answer.file.unwrap().sha256, Some(digest(&content)));
    let answer = upload(&server, bare.clone(), chunks(&content, 1000)).await.unwrap();
    assert_eq!(answer.disposition(), pb::UploadDisposition::Unchanged);
    let other = upload(&server, bare, vec![chunk(0, b"other")]).await;
    assert_eq!(refused(other), (Code::AlreadyExists, "FILE_EXISTS".to_owned()));
    assert_eq!(server.content("/users.csv").await, content);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let server = TestServer::start().await;
    let file = upload(&server, start("/empty.csv", b""), Vec::new()).await.unwrap().file.unwrap();
    assert_eq!((file.size_bytes, file.sha256), (0, Some(digest(b""))));
    assert_eq!(server.content("/empty.csv").await, b"");
}

#[tokio::test]
async fn faulty_uploads_are_refused_and_leave_nothing() {
    let server = TestServer::start().await;
    let content = content_of(3000);
    let good = || start("/users.csv", &content);
    let damaged = pb::FileChunk { crc32c: 1, ..chunk(0, &content) };
    let large = content_of((1 << 20) + 1);
    let cases = [
        ("a gap", good(), vec![chunk(0, &content[..1000]), chunk(1001, &content[1001..])], "UPLOAD_OUT_OF_ORDER"),
        ("a repetition", good(), vec![chunk(0, &content[..9]), chunk(0, &content[..9])], "UPLOAD_OUT_OF_ORDER"),
        ("a late beginning", good(), vec![chunk(5, &content[5..])], "UPLOAD_OUT_OF_ORDER"),
        ("a damaged chunk", good(), vec![damaged], "CHUNK_DAMAGED"),
        ("too many bytes", good(), vec![chunk(0, &content), chunk(3000, b"x")], "SIZE_MISMATCH"),
        ("too few bytes", good(), chunks(&content[..2999], 1000), "SIZE_MISMATCH"),
        ("no bytes", good(), Vec::new(), "SIZE_MISMATCH"),
        (
            "other bytes",
            pb::UploadStart { sha256: Some(digest(b"x")), ..good() },
            chunks(&content, 1000),
            "DIGEST_MISMATCH",
        ),
        ("a large chunk", start("/users.csv", &large), vec![chunk(0, &large)], "FIELD_INVALID"),
        (
            "a size above the limit",
            pb::UploadStart { size_bytes: Some(1 << 60), ..good() },
            chunks(&content, 1000),
            "FILE_TOO_LARGE",
        ),
    ];
    for (case, start, chunks, expected) in cases {
        let status = refusal(upload(&server, start, chunks).await);
        assert_eq!(reason(&status), expected, "{case}: {status:?}");
        let code = match expected {
            "UPLOAD_OUT_OF_ORDER" | "FIELD_INVALID" => Code::InvalidArgument,
            "FILE_TOO_LARGE" => Code::ResourceExhausted,
            _ => Code::FailedPrecondition,
        };
        assert_eq!(status.code(), code, "{case}");
    }
    assert_eq!(server.paths("/").await, Vec::<String>::new());
    wait_for_drafts(&server, 0).await;
}

#[tokio::test]
async fn the_messages_of_an_upload_come_in_order() {
    let server = TestServer::start().await;
    let start = || message(Part::Start(start("/users.csv", b"abc")));
    let chunk = || message(Part::Chunk(chunk(0, b"abc")));
    let nothing = || pb::UploadCommandFileRequest { part: None };
    let cases = [
        ("no message", vec![]),
        ("an empty message", vec![nothing()]),
        ("no start", vec![chunk()]),
        ("two starts", vec![start(), start(), chunk()]),
        ("a late start", vec![start(), chunk(), start()]),
        ("an empty message behind", vec![start(), chunk(), nothing()]),
    ];
    for (case, messages) in cases {
        let status = refusal(send(&server, messages).await);
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "UPLOAD_OUT_OF_ORDER"), "{case}");
    }
    assert_eq!(server.paths("/").await, Vec::<String>::new());
}

#[tokio::test]
async fn every_wrong_field_of_the_start_is_told() {
    let server = TestServer::start().await;
    let wrong = pb::UploadStart {
        path: "users.csv".to_owned(),
        sha256: Some("abc".to_owned()),
        request_id: "x".repeat(1000),
        ..Default::default()
    };
    let status = refusal(upload(&server, wrong, Vec::new()).await);
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(violations(&status), ["start.path", "start.sha256", "start.request_id"]);
}

#[tokio::test]
async fn nothing_is_visible_before_the_end() {
    let server = TestServer::start().await;
    let content = content_of(2000);
    let (sender, receiver) = mpsc::channel(8);
    let mut files = server.files();
    let uploading = tokio::spawn(async move { files.upload_command_file(ReceiverStream::new(receiver)).await });
    sender.send(message(Part::Start(start("/new/users.csv", &content)))).await.unwrap();
    sender.send(message(Part::Chunk(chunk(0, &content[..1000])))).await.unwrap();
    wait_for_drafts(&server, 1).await;
    assert_eq!(server.paths("/").await, Vec::<String>::new());
    assert_eq!(refused(get(&server, "/new/users.csv").await), (Code::NotFound, "FILE_UNKNOWN".to_owned()));
    assert_eq!(refused(get(&server, "/new").await), (Code::NotFound, "FILE_UNKNOWN".to_owned()));
    sender.send(message(Part::Chunk(chunk(1000, &content[1000..])))).await.unwrap();
    drop(sender);
    uploading.await.unwrap().unwrap();
    assert_eq!(server.paths("/").await, ["/new/users.csv"]);
    wait_for_drafts(&server, 0).await;
}

#[tokio::test]
async fn a_file_that_is_replaced_stays_readable_until_the_end() {
    let server = TestServer::start().await;
    server.put("/users.csv", "old").await;
    let (sender, receiver) = mpsc::channel(8);
    let mut files = server.files();
    let uploading = tokio::spawn(async move { files.upload_command_file(ReceiverStream::new(receiver)).await });
    let replacing = pb::UploadStart { overwrite: true, ..start("/users.csv", b"newer") };
    sender.send(message(Part::Start(replacing))).await.unwrap();
    wait_for_drafts(&server, 1).await;
    assert_eq!(server.content("/users.csv").await, b"old");
    sender.send(message(Part::Chunk(chunk(0, b"newer")))).await.unwrap();
    drop(sender);
    uploading.await.unwrap().unwrap();
    assert_eq!(server.content("/users.csv").await, b"newer");
}

#[tokio::test]
async fn a_client_that_vanishes_leaves_nothing() {
    let server = TestServer::start().await;
    let (sender, receiver) = mpsc::channel(8);
    let mut files = server.files();
    let uploading = tokio::spawn(async move { files.upload_command_file(ReceiverStream::new(receiver)).await });
    sender.send(message(Part::Start(start("/gone/users.csv", &content_of(2000))))).await.unwrap();
    sender.send(message(Part::Chunk(chunk(0, &content_of(1000))))).await.unwrap();
    wait_for_drafts(&server, 1).await;
    uploading.abort();
    assert!(uploading.await.unwrap_err().is_cancelled());
    wait_for_drafts(&server, 0).await;
    assert_eq!(server.paths("/").await, Vec::<String>::new());
    assert_eq!(refused(get(&server, "/gone").await).0, Code::NotFound);
}

/// Waits until so many uploads are half-written. They stand in a folder of their own.
async fn wait_for_drafts(server: &TestServer, count: usize) {
    let drafts = || std::fs::read_dir(server.data().join("uploads")).unwrap().count();
    eventually("uploads under way", || std::future::ready((drafts() == count).then_some(()))).await;
}
