//! What happens at the path: request ids, replacing, small files in one message.

use super::*;
use crate::support::{reason, refusal, refused, violations};
use tonic::Code;
use tonic_types::StatusExt;

fn named(start: pb::UploadStart, id: &str) -> pb::UploadStart {
    pb::UploadStart { request_id: id.to_owned(), ..start }
}

#[tokio::test]
async fn a_repeated_request_has_the_first_outcome() {
    let server = TestServer::start().await;
    let content = content_of(500);
    let send = || upload(&server, named(start("/users.csv", &content), "r-1"), chunks(&content, 100));
    let first = send().await.unwrap();
    assert_eq!(first.disposition(), pb::UploadDisposition::Created);
    assert_eq!(send().await.unwrap(), first);
    server.put("/users.csv", "other").await;
    assert_eq!(send().await.unwrap(), first, "the request was answered before");
    assert_eq!(server.content("/users.csv").await, b"other", "and is not done again");
}

#[tokio::test]
async fn a_request_id_is_good_for_one_request() {
    let server = TestServer::start().await;
    let content = content_of(500);
    upload(&server, named(start("/users.csv", &content), "r-1"), chunks(&content, 100)).await.unwrap();
    let other = content_of(400);
    let same_size = vec![0; 500];
    let cases = [
        ("another path", start("/people.csv", &content), content.clone()),
        ("another size", start("/users.csv", &other), other.clone()),
        ("another content", start("/users.csv", &same_size), same_size.clone()),
        (
            "another content that is not declared",
            pb::UploadStart { path: "/users.csv".to_owned(), ..Default::default() },
            same_size.clone(),
        ),
    ];
    for (case, start, content) in cases {
        let start = named(pb::UploadStart { overwrite: true, ..start }, "r-1");
        let status = refusal(upload(&server, start, chunks(&content, 500)).await);
        assert_eq!((status.code(), reason(&status).as_str()), (Code::AlreadyExists, "REQUEST_ID_REUSED"), "{case}");
    }
    assert_eq!(server.content("/users.csv").await, content);
}

#[tokio::test]
async fn a_small_file_keeps_to_its_request_id_too() {
    let server = TestServer::start().await;
    let request = |content: &str| pb::PutCommandFileRequest {
        path: "/users.csv".to_owned(),
        content: content.as_bytes().to_vec().into(),
        overwrite: true,
        request_id: "r-1".to_owned(),
        ..Default::default()
    };
    let first = put(&server, request("a;b")).await.unwrap();
    assert_eq!(put(&server, request("a;b")).await.unwrap(), first);
    for other in ["a;b;c", "a;c"] {
        let expected = (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned());
        assert_eq!(refused(put(&server, request(other)).await), expected, "{other}");
    }
    assert_eq!(server.content("/users.csv").await, b"a;b");
}

#[tokio::test]
async fn a_refused_request_may_be_repeated_under_its_name() {
    let server = TestServer::start().await;
    let content = content_of(500);
    let begin = || named(start("/users.csv", &content), "r-1");
    refusal(upload(&server, begin(), chunks(&content[..100], 100)).await);
    let answer = upload(&server, begin(), chunks(&content, 100)).await.unwrap();
    assert_eq!(answer.disposition(), pb::UploadDisposition::Created);
}

#[tokio::test]
async fn a_request_sent_twice_at_once_is_done_once() {
    let server = TestServer::start().await;
    let content = content_of(200_000);
    let send = || upload(&server, named(start("/users.csv", &content), "r-1"), chunks(&content, 10_000));
    let (one, other) = tokio::join!(send(), send());
    assert_eq!(one.unwrap(), other.unwrap());
    assert_eq!(get(&server, "/users.csv").await.unwrap().revision, 1);
}

#[tokio::test]
async fn of_two_uploads_to_a_path_the_first_to_end_has_it() {
    let server = TestServer::start().await;
    let contents = [content_of(200_000), vec![7; 200_000]];
    let send = |content: &Vec<u8>| upload(&server, start("/users.csv", content), chunks(content, 10_000));
    let (one, other) = tokio::join!(send(&contents[0]), send(&contents[1]));
    let winner = match (&one, &other) {
        (Ok(_), Err(_)) => 0,
        (Err(_), Ok(_)) => 1,
        both => panic!("{both:?}"),
    };
    assert_eq!(refused(one.and(other)), (Code::AlreadyExists, "FILE_EXISTS".to_owned()));
    assert_eq!(server.content("/users.csv").await, contents[winner]);
}

#[tokio::test]
async fn the_same_content_again_changes_nothing() {
    let server = TestServer::start().await;
    let content = content_of(500);
    let first = upload(&server, start("/users.csv", &content), chunks(&content, 100)).await.unwrap();
    for overwrite in [false, true] {
        let again = pb::UploadStart { overwrite, ..start("/users.csv", &content) };
        let again = upload(&server, again, chunks(&content, 500)).await.unwrap();
        assert_eq!(again.disposition(), pb::UploadDisposition::Unchanged);
        assert_eq!(again.file, first.file);
    }
}

#[tokio::test]
async fn a_declared_digest_binds_even_if_the_file_has_it_already() {
    let server = TestServer::start().await;
    upload(&server, start("/users.csv", b"one"), vec![chunk(0, b"one")]).await.unwrap();
    let mismatch = (Code::FailedPrecondition, "DIGEST_MISMATCH".to_owned());
    let other_bytes = upload(&server, start("/users.csv", b"one"), vec![chunk(0, b"two")]).await;
    assert_eq!(refused(other_bytes), mismatch);
    let other_bytes = pb::PutCommandFileRequest {
        path: "/users.csv".to_owned(),
        content: b"two".as_slice().into(),
        sha256: Some(digest(b"one")),
        ..Default::default()
    };
    assert_eq!(refused(put(&server, other_bytes).await), mismatch);
    assert_eq!(server.content("/users.csv").await, b"one");
}

#[tokio::test]
async fn a_file_is_replaced_only_on_request() {
    let server = TestServer::start().await;
    let former = server.put("/users.csv", "one").await;
    let status = refusal(upload(&server, start("/users.csv", b"two"), vec![chunk(0, b"two")]).await);
    assert_eq!((status.code(), reason(&status).as_str()), (Code::AlreadyExists, "FILE_EXISTS"));
    let resource = status.get_details_resource_info().unwrap();
    assert_eq!(
        (resource.resource_type.as_str(), resource.resource_name.as_str()),
        ("toolsync.v1.StoredFile", "/users.csv")
    );
    assert_eq!(server.content("/users.csv").await, b"one");

    let replacing = pb::UploadStart { overwrite: true, ..start("/users.csv", b"two") };
    let answer = upload(&server, replacing, vec![chunk(0, b"two")]).await.unwrap();
    assert_eq!(answer.disposition(), pb::UploadDisposition::Replaced);
    let file = answer.file.unwrap();
    assert_eq!(file.revision, 2);
    assert_ne!(file.id, former.id);
    assert_eq!(server.content("/users.csv").await, b"two");
    assert_eq!(server.paths("/").await, ["/users.csv"], "one path, one file");
}

#[tokio::test]
async fn a_small_file_goes_in_one_message() {
    let server = TestServer::start().await;
    let limit = 2 << 20;
    let request = |size| pb::PutCommandFileRequest {
        path: "/users.csv".to_owned(),
        content: content_of(size).into(),
        sha256: Some(digest(&content_of(size))),
        ..Default::default()
    };
    let answer = put(&server, request(limit)).await.unwrap();
    assert_eq!(answer.disposition(), pb::UploadDisposition::Created);
    assert_eq!(answer.file.unwrap().size_bytes, limit as u64);
    assert_eq!(server.content("/users.csv").await, content_of(limit));
    assert_eq!(put(&server, request(limit)).await.unwrap().disposition(), pb::UploadDisposition::Unchanged);

    let status = refusal(put(&server, request(limit + 1)).await);
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(violations(&status), ["content"]);
    let wrong = pb::PutCommandFileRequest { path: "/other.csv".to_owned(), sha256: Some(digest(b"x")), ..request(10) };
    assert_eq!(refused(put(&server, wrong).await), (Code::FailedPrecondition, "DIGEST_MISMATCH".to_owned()));
    let taken = request(5);
    assert_eq!(refused(put(&server, taken).await), (Code::AlreadyExists, "FILE_EXISTS".to_owned()));
    assert_eq!(server.paths("/").await, ["/users.csv"]);
}

#[tokio::test]
async fn every_wrong_field_of_a_small_file_is_told() {
    let server = TestServer::start().await;
    let wrong = pb::PutCommandFileRequest {
        path: "/../users.csv".to_owned(),
        content: content_of((2 << 20) + 1).into(),
        sha256: Some("xyz".to_owned()),
        request_id: "a\nb".to_owned(),
        ..Default::default()
    };
    let mut fields = violations(&refusal(put(&server, wrong).await));
    fields.sort();
    assert_eq!(fields, ["content", "path", "request_id", "sha256"]);
}
