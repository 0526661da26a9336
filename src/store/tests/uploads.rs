//! Uploads: checks, request ids, what is visible when.

use super::*;

async fn writing(opened: &Opened, start: UploadStart) -> Upload {
    match opened.store.begin_upload(start).await.unwrap() {
        UploadBegun::Writing(upload) => *upload,
        UploadBegun::AlreadyDone(outcome) => panic!("{outcome:?} was done"),
    }
}

#[tokio::test]
async fn a_file_gets_its_name_when_it_is_complete() {
    let opened = opened().await;
    let mut upload = writing(&opened, opened.start("/erp/new/users.csv", "username", Overwrite::Refuse)).await;
    send(&mut upload, "username").await.unwrap();
    assert_eq!(opened.paths("/").await, ["/archives", "/reports"]);
    let outcome = upload.finish().await.unwrap();
    assert_eq!(outcome.disposition, Disposition::Created);
    assert_eq!(opened.get("/erp/new/users.csv").await.unwrap(), outcome.file);
    assert_eq!(opened.paths("/").await, ["/archives", "/erp", "/erp/new", "/erp/new/users.csv", "/reports"]);
}

#[tokio::test]
async fn a_dropped_upload_leaves_nothing() {
    let opened = opened().await;
    let mut upload = writing(&opened, opened.start("/users.csv", "username", Overwrite::Refuse)).await;
    send(&mut upload, "user").await.unwrap();
    drop(upload);
    assert_eq!(opened.paths("/").await, ["/archives", "/reports"]);
    for folder in ["uploads", "blobs"] {
        assert_eq!(std::fs::read_dir(opened.folder.path().join(folder)).unwrap().count(), 0, "{folder}");
    }
}

#[tokio::test]
async fn chunks_are_checked_and_can_be_sent_again() {
    let opened = opened().await;
    let mut upload = writing(&opened, opened.start("/users.csv", "abcdef", Overwrite::Refuse)).await;
    let (abc, crc) = (Bytes::from_static(b"abc"), crc32c::crc32c(b"abc"));
    let gap = upload.write(3, crc, abc.clone()).await;
    assert!(matches!(gap, Err(StoreError::WrongOffset { expected: 0, got: 3 })));
    let damaged = upload.write(0, crc ^ 1, abc.clone()).await;
    assert!(matches!(damaged, Err(StoreError::ChecksumMismatch { offset: 0 })));
    upload.write(0, crc, abc.clone()).await.unwrap();
    let repeated = upload.write(0, crc, abc).await;
    assert!(matches!(repeated, Err(StoreError::WrongOffset { expected: 3, got: 0 })));
    let beyond = upload.write(3, crc32c::crc32c(b"defg"), Bytes::from_static(b"defg")).await;
    assert!(matches!(beyond, Err(StoreError::TooLong { declared: 6 })));
    upload.write(3, crc32c::crc32c(b"def"), Bytes::from_static(b"def")).await.unwrap();
    upload.finish().await.unwrap();
    assert_eq!(opened.content("/users.csv").await, "abcdef");
}

#[tokio::test]
async fn the_end_is_checked() {
    let opened = opened().await;
    let start = opened.start("/users.csv", "abcdef", Overwrite::Refuse);
    let mut short = writing(&opened, start.clone()).await;
    send(&mut short, "abc").await.unwrap();
    assert!(matches!(short.finish().await, Err(StoreError::Incomplete { declared: 6, got: 3 })));
    let other = opened.upload(start, "ABCDEF").await;
    assert!(matches!(other, Err(StoreError::DigestMismatch { got, .. }) if got == digest("ABCDEF")));
    assert_eq!(opened.paths("/").await, ["/archives", "/reports"]);
}

#[tokio::test]
async fn paths_that_cannot_be_written_are_refused_at_the_start() {
    let opened = opened().await;
    opened.put("/users.csv", "old").await;
    opened.put("/folder/x.csv", "x").await;
    for (at, expected) in [
        ("/archives/a.csv", "Reserved"),
        ("/reports/a.txt", "Reserved"),
        ("/lock.txt", "Reserved"),
        ("/", "Reserved"),
        ("/folder", "IsAFolder"),
        ("/users.csv/x.csv", "NotAFolder"),
        ("/users.csv/deep/x.csv", "NotAFolder"),
        ("/users.csv", "AlreadyExists"),
    ] {
        let refused = opened.store.begin_upload(opened.start(at, "new", Overwrite::Refuse)).await.unwrap_err();
        assert!(format!("{refused:?}").starts_with(expected), "{at}: {refused:?}");
    }
    let large = UploadStart { size: Some((1 << 20) + 1), ..opened.start("/large.csv", "", Overwrite::Refuse) };
    let refused = opened.store.begin_upload(large).await;
    assert!(matches!(refused, Err(StoreError::TooLarge { limit: 0x10_0000, .. })));
}

#[tokio::test]
async fn a_name_taken_during_the_upload_is_not_overwritten() {
    let opened = opened().await;
    let mut upload = writing(&opened, opened.start("/users.csv", "mine", Overwrite::Refuse)).await;
    send(&mut upload, "mine").await.unwrap();
    opened.put("/users.csv", "theirs").await;
    assert!(matches!(upload.finish().await, Err(StoreError::AlreadyExists { .. })));
    assert_eq!(opened.content("/users.csv").await, "theirs");
}

#[tokio::test]
async fn replacing_counts_revisions_and_the_same_content_changes_nothing() {
    let opened = opened().await;
    let first = opened.put("/users.csv", "first").await;
    assert_eq!(first.revision, 1);
    let replace = opened.start("/users.csv", "second", Overwrite::Replace);
    let second = opened.upload(replace.clone(), "second").await.unwrap();
    assert_eq!((second.disposition, second.file.revision), (Disposition::Replaced, 2));
    assert_ne!(second.file.id, first.id);
    let again = UploadStart { overwrite: Overwrite::Refuse, ..replace };
    let again = opened.upload(again, "second").await.unwrap();
    assert_eq!(again, PutOutcome { file: second.file, disposition: Disposition::Unchanged });
    assert_eq!(opened.content("/users.csv").await, "second");
}

#[tokio::test]
async fn a_repeated_request_does_nothing_twice() {
    let opened = opened().await;
    let start = UploadStart { request_id: request("r1"), ..opened.start("/users.csv", "one", Overwrite::Replace) };
    let first = opened.upload(start.clone(), "one").await.unwrap();
    opened.put("/users.csv", "two").await;
    let UploadBegun::AlreadyDone(again) = opened.store.begin_upload(start.clone()).await.unwrap() else {
        panic!("the request was forgotten")
    };
    assert_eq!(again, first);
    assert_eq!(opened.content("/users.csv").await, "two");
    for other in [
        UploadStart { path: path("/other.csv"), ..start.clone() },
        UploadStart { size: Some(4), ..start.clone() },
        UploadStart { sha256: Some(digest("two")), ..start.clone() },
    ] {
        let refused = opened.store.begin_upload(other).await;
        assert!(matches!(refused, Err(StoreError::RequestIdReused { id }) if id.0 == "r1"));
    }
    let elsewhere = UploadStart { site: SiteKey("other".into()), ..start.clone() };
    assert!(matches!(opened.store.begin_upload(elsewhere).await, Ok(UploadBegun::Writing(_))));
    opened.days_pass(2);
    assert_eq!(opened.store.purge_upload_requests(TimeDelta::days(1)).await.unwrap(), 1);
    assert!(matches!(opened.store.begin_upload(start).await, Ok(UploadBegun::Writing(_))));
}

#[tokio::test]
async fn two_uploads_of_one_request_have_one_outcome() {
    let opened = opened().await;
    let start = UploadStart { request_id: request("r1"), ..opened.start("/users.csv", "one", Overwrite::Refuse) };
    let mut uploads = [writing(&opened, start.clone()).await, writing(&opened, start).await];
    for upload in &mut uploads {
        send(upload, "one").await.unwrap();
    }
    let [one, two] = uploads;
    assert_eq!(one.finish().await.unwrap(), two.finish().await.unwrap());
}

#[tokio::test]
async fn a_request_that_changed_nothing_is_recorded() {
    let opened = opened().await;
    opened.put("/users.csv", "one").await;
    let start = UploadStart { request_id: request("r1"), ..opened.start("/users.csv", "one", Overwrite::Refuse) };
    let outcome = opened.upload(start.clone(), "one").await.unwrap();
    assert_eq!(outcome.disposition, Disposition::Unchanged);
    opened.store.delete(&opened.site, &path("/users.csv")).await.unwrap();
    assert_eq!(opened.upload(start, "one").await.unwrap(), outcome);
}

#[tokio::test]
async fn size_and_digest_need_not_be_declared() {
    let opened = opened().await;
    let start = opened.start("/users.csv", "", Overwrite::Refuse);
    let start = UploadStart { size: None, sha256: None, request_id: request("r1"), ..start };
    let created = opened.upload(start.clone(), "username").await.unwrap();
    assert_eq!((created.disposition, created.file.size), (Disposition::Created, 8));
    assert_eq!(created.file.sha256, Some(digest("username")));
    assert_eq!(opened.upload(start.clone(), "username").await.unwrap(), created);
    let start = UploadStart { request_id: None, ..start };
    let same = opened.upload(start.clone(), "username").await.unwrap();
    assert_eq!(same.disposition, Disposition::Unchanged);
    let other = opened.upload(start.clone(), "idnumber").await;
    assert!(matches!(other, Err(StoreError::AlreadyExists { .. })));
    let mut large = writing(&opened, UploadStart { path: path("/large.csv"), ..start }).await;
    let content = vec![b'x'; (1 << 20) + 1];
    let refused = large.write(0, crc32c::crc32c(&content), content.into()).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooLarge { .. }), "{refused}");
}
