//! Contents: reading, storing once, collecting garbage.

use super::super::files::{Stamp, insert_file};
use super::*;
use futures::TryStreamExt;
use std::io::Read;

fn day() -> TimeDelta {
    TimeDelta::days(1)
}

#[tokio::test]
async fn a_content_is_read_whole_in_pieces_and_in_part() {
    let opened = opened().await;
    let store = &opened.store;
    let sha256 = store.put_bytes(Bytes::from_static(b"0123456789")).await.unwrap();
    assert_eq!(sha256, digest("0123456789"));
    let (mut reader, size) = store.reader(sha256).await.unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), size), ("0123456789", 10));
    let pieces: Vec<Bytes> = store.stream(sha256, 4).await.unwrap().try_collect().await.unwrap();
    assert_eq!(pieces, ["0123", "4567", "89"]);
    for (offset, len, expected) in [(2, 3, "234"), (8, 9, "89"), (10, 1, ""), (0, 0, ""), (99, u64::MAX, "")] {
        assert_eq!(store.read_range(sha256, offset, len).await.unwrap(), expected, "{offset} {len}");
    }
}

#[tokio::test]
async fn an_empty_content_can_be_stored() {
    let opened = opened().await;
    opened.put("/empty.csv", "").await;
    assert_eq!(opened.content("/empty.csv").await, "");
}

#[tokio::test]
async fn a_missing_content_is_named() {
    let opened = opened().await;
    let (store, sha256) = (&opened.store, digest("never"));
    assert!(matches!(store.reader(sha256).await.err(), Some(StoreError::ContentMissing { .. })));
    assert!(matches!(store.stream(sha256, 4).await.err(), Some(StoreError::ContentMissing { .. })));
    assert!(matches!(store.read_range(sha256, 0, 1).await, Err(StoreError::ContentMissing { .. })));
}

#[tokio::test]
async fn equal_contents_are_stored_once() {
    let opened = opened().await;
    opened.put("/a.csv", "same").await;
    opened.put("/b.csv", "same").await;
    let hex = digest("same").to_string();
    let folder = opened.folder.path().join("blobs").join(&hex[..2]).join(&hex[2..4]);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(opened.folder.path().join("uploads")).unwrap().count(), 0);
}

#[tokio::test]
async fn garbage_is_what_nothing_names_for_a_while() {
    let opened = opened().await;
    let store = &opened.store;
    opened.put("/kept.csv", "kept").await;
    let loose = store.put_bytes(Bytes::from_static(b"loose")).await.unwrap();
    assert_eq!(store.collect_garbage(day()).await.unwrap(), Collected::default());
    opened.days_pass(2);
    assert_eq!(store.collect_garbage(day()).await.unwrap(), Collected { blobs: 1, bytes: 5 });
    assert!(matches!(opened.text(loose).await, Err(StoreError::ContentMissing { .. })));
    assert_eq!(opened.content("/kept.csv").await, "kept");
}

#[tokio::test]
async fn a_content_put_again_is_kept_again() {
    let opened = opened().await;
    let sha256 = opened.store.put_bytes(Bytes::from_static(b"again")).await.unwrap();
    opened.days_pass(2);
    opened.store.put_bytes(Bytes::from_static(b"again")).await.unwrap();
    assert_eq!(opened.store.collect_garbage(day()).await.unwrap(), Collected::default());
    assert_eq!(opened.text(sha256).await.unwrap(), "again");
}

#[tokio::test]
async fn an_unfinished_run_keeps_its_content() {
    let opened = opened().await;
    let run = opened.accepted("/users.csv", "users").await;
    opened.store.delete(&opened.site, &path("/users.csv")).await.unwrap();
    opened.days_pass(2);
    assert_eq!(opened.store.collect_garbage(day()).await.unwrap().blobs, 0);
    assert_eq!(opened.text(run.content).await.unwrap(), "users");
    opened.store.finish_run(&opened.end(&run, SourceFate::Keep)).await.unwrap();
    assert_eq!(opened.store.collect_garbage(day()).await.unwrap().blobs, 1);
}

#[tokio::test]
async fn a_replaced_revision_is_kept_until_its_retention_ends() {
    let opened = opened().await;
    let store = &opened.store;
    opened.put("/users.csv", "first").await;
    opened.put("/users.csv", "second").await;
    opened.days_pass(2);
    assert_eq!(store.collect_garbage(day()).await.unwrap().blobs, 0);
    assert_eq!(opened.text(digest("first")).await.unwrap(), "first");
    assert_eq!(store.expire_revisions(TimeDelta::days(3)).await.unwrap(), 0);
    assert_eq!(store.expire_revisions(day()).await.unwrap(), 1);
    assert_eq!(store.collect_garbage(day()).await.unwrap().blobs, 1);
    assert_eq!(opened.content("/users.csv").await, "second");
}

/// Lets whatever else is under way come far: each read goes through another thread and back.
async fn meanwhile(opened: &Opened) {
    for _ in 0..50 {
        opened.text(digest("other")).await.unwrap();
    }
}

/// Everything counts as old at once, so only the gate protects a content that is about to be named.
const NO_GRACE: TimeDelta = TimeDelta::seconds(-1);

#[tokio::test]
async fn the_collector_waits_for_whoever_names_a_content() {
    let opened = opened().await;
    opened.put("/other.csv", "other").await;
    let sha256 = opened.store.put_bytes(Bytes::from_static(b"named late")).await.unwrap();
    let naming = async {
        let gate = opened.store.blobs().gate().await;
        opened.store.blobs().touch(sha256, &gate).unwrap();
        meanwhile(&opened).await;
        let stamp = Stamp { site: &opened.site, caller: &opened.caller, now: opened.clock.now() };
        let mut transaction = opened.store.transaction().await.unwrap();
        insert_file(&mut transaction, stamp, &path("/late.csv"), (sha256, 10)).await.unwrap();
        commit(transaction).await.unwrap();
    };
    let ((), collected) = tokio::join!(naming, opened.store.collect_garbage(NO_GRACE));
    assert_eq!(collected.unwrap(), Collected::default());
    assert_eq!(opened.content("/late.csv").await, "named late");
}

#[tokio::test]
async fn whoever_names_a_content_waits_for_the_collector() {
    let opened = opened().await;
    opened.put("/other.csv", "other").await;
    let run = opened.accepted("/users.csv", "users").await;
    let next = opened.run_over("/users.csv", "users");
    let end = opened.end(&run, SourceFate::Keep);
    let naming: [(&str, futures::future::BoxFuture<'_, bool>); 4] = [
        ("put", Box::pin(async { opened.store.put_bytes(Bytes::from_static(b"x")).await.is_ok() })),
        ("upload", Box::pin(async { opened.put("/users.csv", "newer").await.size == 5 })),
        ("accept", Box::pin(async { opened.store.insert_run(&next, "").await.is_ok() })),
        ("finish", Box::pin(async { opened.store.finish_run(&end).await.is_ok() })),
    ];
    for (what, mut naming) in naming {
        let closed = opened.store.blobs().closed_gate().await;
        tokio::select! {
            biased;
            _ = &mut naming => panic!("{what} did not wait"),
            () = meanwhile(&opened) => drop(closed),
        }
        assert!(naming.await, "{what}");
    }
}

#[tokio::test]
async fn what_a_killed_process_was_writing_is_removed_at_the_next_start() {
    let opened = opened().await;
    let left = opened.folder.path().join("uploads/left");
    std::fs::write(&left, "half").unwrap();
    let Opened { store, clock, folder, .. } = opened;
    store.close().await;
    drop(store);
    Store::open(folder.path(), clock).await.unwrap();
    assert!(!left.exists());
}
