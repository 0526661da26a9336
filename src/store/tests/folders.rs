//! Creating folders, moving, deleting.

use super::*;

impl Opened {
    async fn create(&self, at: &str) -> Result<StoredFile, StoreError> {
        self.store.create_folder(&self.site, &path(at), &self.caller).await
    }

    async fn rename(&self, from: &str, to: &str, overwrite: Overwrite) -> Result<StoredFile, StoreError> {
        self.store.move_file(&self.site, &path(from), &path(to), overwrite, &self.caller).await
    }

    async fn delete(&self, at: &str) -> Result<(), StoreError> {
        self.store.delete(&self.site, &path(at)).await
    }

    /// A store with an archived file.
    async fn archived(at: &str) -> Opened {
        let opened = opened().await;
        let run = opened.accepted("/old.csv", "old").await;
        opened.store.finish_run(&opened.end(&run, SourceFate::ArchiveTo(path(at)))).await.unwrap();
        opened
    }
}

fn variant(result: Result<impl std::fmt::Debug, StoreError>) -> String {
    let text = format!("{:?}", result.unwrap_err());
    text.split([' ', '(']).next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn folders_are_created_with_those_above() {
    let opened = opened().await;
    let made = opened.create("/a/b/c").await.unwrap();
    assert_eq!(opened.create("/a/b/c").await.unwrap(), made);
    opened.create("/reports").await.unwrap();
    opened.put("/a/file.csv", "x").await;
    assert_eq!(opened.paths("/a").await, ["/a/b", "/a/b/c", "/a/file.csv"]);
    for (at, expected) in
        [("/a/file.csv", "AlreadyExists"), ("/a/file.csv/d", "NotAFolder"), ("/archives/mine", "Reserved")]
    {
        assert_eq!(variant(opened.create(at).await), expected, "{at}");
    }
}

#[tokio::test]
async fn a_file_moves_with_its_identity() {
    let opened = opened().await;
    let file = opened.put("/users.csv", "x").await;
    let moved = opened.rename("/users.csv", "/done/2025/users.csv", Overwrite::Refuse).await.unwrap();
    assert_eq!(moved.id, file.id);
    assert_eq!(opened.get("/done/2025/users.csv").await.unwrap(), moved);
    assert_eq!(variant(opened.get("/users.csv").await), "NotFound");
    assert_eq!(opened.rename("/done/2025/users.csv", "/done/2025/users.csv", Overwrite::Refuse).await.unwrap(), moved);
}

#[tokio::test]
async fn a_folder_moves_with_everything_below_it() {
    let opened = opened().await;
    for at in ["/a/x.csv", "/a/b/y_tryback_1.csv", "/ab.csv"] {
        opened.put(at, at).await;
    }
    opened.rename("/a", "/z/a2", Overwrite::Replace).await.unwrap();
    let expected =
        ["/ab.csv", "/archives", "/reports", "/z", "/z/a2", "/z/a2/b", "/z/a2/b/y_tryback_1.csv", "/z/a2/x.csv"];
    assert_eq!(opened.paths("/").await, expected);
    assert_eq!(opened.content("/z/a2/b/y_tryback_1.csv").await, "/a/b/y_tryback_1.csv");
    let children = opened.store.list(&opened.site, &path("/z/a2"), None, Recursion::Children, Page::first(9)).await;
    assert_eq!(children.unwrap().items.len(), 2);
}

#[tokio::test]
async fn a_replaced_target_becomes_a_former_revision() {
    let opened = opened().await;
    opened.put("/old.csv", "old").await;
    opened.put("/new.csv", "new").await;
    let moved = opened.rename("/new.csv", "/old.csv", Overwrite::Replace).await.unwrap();
    assert_eq!(moved.revision, 2);
    assert_eq!(opened.content("/old.csv").await, "new");
    assert_eq!(opened.store.expire_revisions(TimeDelta::zero()).await.unwrap(), 1);
}

#[tokio::test]
async fn moves_that_make_no_sense_are_refused() {
    let opened = Opened::archived("/archives/2025/old.csv").await;
    opened.put("/a/x.csv", "x").await;
    opened.put("/b.csv", "b").await;
    for (from, to, overwrite, expected) in [
        ("/a", "/a/b/c", Overwrite::Replace, "IntoItself"),
        ("/none", "/c", Overwrite::Replace, "NotFound"),
        ("/b.csv", "/a", Overwrite::Replace, "IsAFolder"),
        ("/a", "/b.csv", Overwrite::Replace, "AlreadyExists"),
        ("/b.csv", "/a/x.csv", Overwrite::Refuse, "AlreadyExists"),
        ("/a", "/b.csv/c", Overwrite::Replace, "NotAFolder"),
        ("/b.csv", "/archives/b.csv", Overwrite::Replace, "Reserved"),
        ("/b.csv", "/reports/b.csv", Overwrite::Replace, "Reserved"),
        ("/reports", "/r", Overwrite::Replace, "Reserved"),
        ("/archives", "/r", Overwrite::Replace, "Reserved"),
        ("/", "/r", Overwrite::Replace, "Reserved"),
        ("/b.csv", "/alock.txt", Overwrite::Replace, "Reserved"),
    ] {
        assert_eq!(variant(opened.rename(from, to, overwrite).await), expected, "{from} {to}");
    }
    let expected = ["/a", "/a/x.csv", "/archives", "/archives/2025", "/archives/2025/old.csv", "/b.csv", "/reports"];
    assert_eq!(opened.paths("/").await, expected);
}

#[tokio::test]
async fn a_move_that_fails_half_way_changes_nothing() {
    let opened = opened().await;
    let long = "x".repeat(200);
    let deep = format!("/a/{long}/{long}/{long}/{long}/f.csv");
    opened.put(&deep, "x").await;
    opened.put("/a/first.csv", "first").await;
    let before = opened.paths("/").await;
    assert_eq!(variant(opened.rename("/a", &format!("/{long}/{long}"), Overwrite::Refuse).await), "Path");
    assert_eq!(opened.paths("/").await, before);
}

#[tokio::test]
async fn old_files_are_taken_out_of_the_archives() {
    let opened = Opened::archived("/archives/old.csv").await;
    let back = opened.rename("/archives/old.csv", "/old.csv", Overwrite::Refuse).await.unwrap();
    assert_eq!(back.kind, crate::model::FileKind::Command);
    assert_eq!(opened.content("/old.csv").await, "old");
}

#[tokio::test]
async fn files_and_empty_folders_are_deleted() {
    let opened = Opened::archived("/archives/old.csv").await;
    opened.put("/a/x.csv", "x").await;
    opened.put("/a/x.csv", "y").await;
    for (at, expected) in [
        ("/a", "FolderNotEmpty"),
        ("/none", "NotFound"),
        ("/archives/old.csv", "Reserved"),
        ("/reports", "Reserved"),
        ("/", "Reserved"),
    ] {
        assert_eq!(variant(opened.delete(at).await), expected, "{at}");
    }
    opened.delete("/a/x.csv").await.unwrap();
    assert_eq!(opened.store.expire_revisions(TimeDelta::zero()).await.unwrap(), 0, "former revisions go, too");
    opened.delete("/a").await.unwrap();
    assert_eq!(opened.paths("/").await, ["/archives", "/archives/old.csv", "/reports"]);
}
