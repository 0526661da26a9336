//! Looking up and listing.

use super::*;
use crate::model::FileKind;

async fn filled() -> Opened {
    let opened = opened().await;
    for at in ["/a.csv", "/b/c.csv", "/b/d/e.csv", "/b-2.csv", "/b/users_tryback_20250301.csv", "/ä/ö.csv"] {
        opened.put(at, at).await;
    }
    opened
}

#[tokio::test]
async fn every_site_has_its_own_folders_from_the_start() {
    let opened = opened().await;
    for at in ["/", "/archives", "/reports"] {
        let folder = opened.get(at).await.unwrap();
        assert_eq!((folder.kind, folder.sha256, folder.size), (FileKind::Folder, None, 0), "{at}");
    }
    assert_eq!(opened.paths("/").await, ["/archives", "/reports"]);
}

#[tokio::test]
async fn listings_go_as_deep_as_asked() {
    let opened = filled().await;
    let children = ["/a.csv", "/archives", "/b", "/b-2.csv", "/reports", "/ä"];
    let below = ["/b/c.csv", "/b/d", "/b/d/e.csv", "/b/users_tryback_20250301.csv"];
    let cases: [(&str, Recursion, Option<FileKind>, &[&str]); 6] = [
        ("/", Recursion::Children, None, &children),
        ("/b", Recursion::Descendants, None, &below),
        ("/b", Recursion::Children, Some(FileKind::Folder), &["/b/d"]),
        ("/", Recursion::Descendants, Some(FileKind::Tryback), &["/b/users_tryback_20250301.csv"]),
        ("/b", Recursion::Descendants, Some(FileKind::Command), &["/b/c.csv", "/b/d/e.csv"]),
        ("/archives", Recursion::Children, None, &[]),
    ];
    for (folder, recursion, kind, expected) in cases {
        let page = Page::first(100);
        let listing = opened.store.list(&opened.site, &path(folder), kind, recursion, page).await.unwrap();
        let paths: Vec<_> = listing.items.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, expected, "{folder} {recursion:?} {kind:?}");
        assert_eq!(listing.next, None);
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let opened = filled().await;
    for recursion in [Recursion::Children, Recursion::Descendants] {
        let all = opened.store.list(&opened.site, &FilePath::root(), None, recursion, Page::first(100)).await.unwrap();
        for size in 1..=all.items.len() as u32 {
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let page = Page { size, after };
                let part = opened.store.list(&opened.site, &FilePath::root(), None, recursion, page).await.unwrap();
                assert!(part.items.len() <= size as usize);
                paged.extend(part.items);
                after = part.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(paged, all.items, "{recursion:?} by {size}");
        }
    }
}

#[tokio::test]
async fn only_folders_that_exist_are_listed() {
    let opened = filled().await;
    let list = async |at: &str| {
        opened.store.list(&opened.site, &path(at), None, Recursion::Children, Page::first(1)).await.unwrap_err()
    };
    assert!(matches!(list("/nowhere").await, StoreError::NotFound { what: "folder", .. }));
    assert!(matches!(list("/a.csv").await, StoreError::NotAFolder { .. }));
    assert!(matches!(opened.get("/nowhere").await, Err(StoreError::NotFound { what: "file", .. })));
}
