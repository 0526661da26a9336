//! Behaviour of the store, over a folder of its own for each test and a clock that stands still.

mod contents;
mod files;
mod folders;
mod journal;
mod runs;
mod schedules;
mod uploads;

use super::*;
use crate::clock::{Clock, FakeClock};
use crate::model::file::Sha256Digest;
use crate::model::{
    Caller, Counters, FilePath, RequestId, Run, RunId, RunMode, RunOptions, RunSource, RunState, SeriesId, SeriesStep,
    StoredFile, ToolKind,
};
use bytes::Bytes;
use sha2::Digest;

/// An opened store.
struct Opened {
    store: Store,
    clock: Arc<FakeClock>,
    folder: tempfile::TempDir,
    site: SiteKey,
    caller: Caller,
}

async fn opened() -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::at("2025-03-01T08:00:00Z".parse().unwrap());
    let limits = Limits { file_size: 1 << 20 };
    let store = Store::open_with(folder.path(), clock.clone(), limits).await.unwrap();
    Opened { store, clock, folder, site: SiteKey("default".into()), caller: Caller::local() }
}

impl Opened {
    /// The start of an upload.
    fn start(&self, at: &str, content: &str, overwrite: Overwrite) -> UploadStart {
        UploadStart {
            site: self.site.clone(),
            path: path(at),
            size: Some(content.len() as u64),
            sha256: Some(digest(content)),
            overwrite,
            request_id: None,
            caller: self.caller.clone(),
        }
    }

    /// Uploads from start to end.
    async fn upload(&self, start: UploadStart, content: &str) -> Result<PutOutcome, StoreError> {
        match self.store.begin_upload(start).await? {
            UploadBegun::AlreadyDone(outcome) => Ok(outcome),
            UploadBegun::Writing(mut upload) => {
                send(&mut upload, content).await?;
                upload.finish().await
            }
        }
    }

    /// Stores a file, replacing what is there.
    async fn put(&self, at: &str, content: &str) -> StoredFile {
        self.upload(self.start(at, content, Overwrite::Replace), content).await.unwrap().file
    }

    async fn get(&self, at: &str) -> Result<StoredFile, StoreError> {
        self.store.get(&self.site, &path(at)).await
    }

    async fn content(&self, at: &str) -> String {
        let file = self.get(at).await.unwrap();
        self.text(file.sha256.unwrap()).await.unwrap()
    }

    async fn text(&self, sha256: Sha256Digest) -> Result<String, StoreError> {
        let bytes = self.store.read_range(sha256, 0, u64::MAX).await?;
        Ok(String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// All paths below a folder.
    async fn paths(&self, folder: &str) -> Vec<String> {
        let page = Page::first(1000);
        let listing = self.store.list(&self.site, &path(folder), None, Recursion::Descendants, page).await.unwrap();
        listing.items.into_iter().map(|file| file.path.into()).collect()
    }

    /// A queued run over a stored file.
    fn run_over(&self, at: &str, content: &str) -> Run {
        Run {
            id: RunId::generate(),
            site: self.site.clone(),
            tool: ToolKind::Users,
            source: RunSource::Stored(path(at)),
            content: digest(content),
            content_size: content.len() as u64,
            mode: RunMode::Apply,
            options: RunOptions { values: [("separator".into(), ";".into())].into(), max_errors: 3 },
            state: RunState::Queued,
            caller: self.caller.clone(),
            schedule: None,
            step: None,
            request_id: None,
            created: self.clock.now(),
            started: None,
            finished: None,
            counters: Counters::default(),
            last_sequence: 0,
            message: String::new(),
            report: None,
            tryback: None,
            archive: None,
            cancel_requested: false,
        }
    }

    /// Stores a file and accepts a run over it.
    async fn accepted(&self, at: &str, content: &str) -> Run {
        self.put(at, content).await;
        match self.store.insert_run(&self.run_over(at, content), "").await.unwrap() {
            InsertedRun::New(run) => run,
            InsertedRun::Existing(run) => panic!("{run:?} existed"),
        }
    }

    fn end(&self, run: &Run, source: SourceFate) -> RunEnd {
        RunEnd {
            run: run.id,
            state: RunState::Succeeded,
            message: String::new(),
            counters: Counters::default(),
            finished: self.clock.now(),
            new_files: Vec::new(),
            source,
        }
    }

    fn days_pass(&self, days: i64) {
        self.clock.advance(TimeDelta::days(days));
    }
}

async fn send(upload: &mut Upload, content: &str) -> Result<(), StoreError> {
    for piece in content.as_bytes().chunks(4) {
        upload.write(upload.received(), crc32c::crc32c(piece), Bytes::copy_from_slice(piece)).await?;
    }
    Ok(())
}

fn path(text: &str) -> FilePath {
    FilePath::parse(text).unwrap()
}

fn digest(content: &str) -> Sha256Digest {
    Sha256Digest(sha2::Sha256::digest(content).into())
}

/// A request id, from text.
fn request(id: &str) -> Option<RequestId> {
    Some(RequestId(id.into()))
}

#[tokio::test]
async fn a_folder_has_one_holder_and_remembers() {
    let opened = opened().await;
    opened.put("/users.csv", "username\n").await;
    let again = Store::open(opened.folder.path(), opened.clock.clone()).await;
    assert!(matches!(again, Err(StoreError::Locked { folder }) if folder == opened.folder.path()));
    let Opened { store, clock, folder, site, caller } = opened;
    store.close().await;
    drop(store);
    let store = Store::open(folder.path(), clock.clone()).await.unwrap();
    let opened = Opened { store, clock, folder, site, caller };
    assert_eq!(opened.content("/users.csv").await, "username\n");
}

#[cfg(unix)]
#[tokio::test]
async fn others_cannot_look_into_a_new_folder() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("deep/state");
    let clock = FakeClock::at(DateTime::UNIX_EPOCH);
    let _store = Store::open(&folder, clock).await.unwrap();
    assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn sites_see_their_own_only() {
    let opened = opened().await;
    let run = opened.accepted("/users.csv", "a").await;
    let other = SiteKey("other".into());
    assert!(matches!(opened.store.get(&other, &path("/users.csv")).await, Err(StoreError::NotFound { .. })));
    assert!(matches!(opened.store.run(&other, run.id).await, Err(StoreError::NotFound { what: "run", .. })));
    assert!(opened.store.list_runs(&other, RunFilter::default(), Page::first(9)).await.unwrap().items.is_empty());
}
