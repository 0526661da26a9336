//! What the service keeps: files and their contents, runs and their journals, schedules.
//!
//! One folder holds all of it: `state.db` (SQLite) has the names, runs and schedules, `blobs/` has the contents, named
//! by their SHA-256, `uploads/` has what is still being written. Moodle's database is none of its business, and it
//! must never know what a command file says or what a tool does.

mod blobs;
mod columns;
mod error;
mod files;
mod finish;
mod folders;
mod garbage;
mod journal;
mod runs;
mod schedules;
mod uploads;
mod writer;

#[cfg(test)]
mod tests;

pub use blobs::Content;
pub use error::StoreError;
pub use files::{Overwrite, Recursion};
pub use finish::{NewFile, NewFileRole, RunEnd, SourceFate};
pub use garbage::Collected;
pub use journal::{SegmentHead, SegmentRow, SiteEffect};
pub use runs::{InsertedRun, RunFilter};
pub use schedules::Firing;
pub use uploads::{Disposition, PutOutcome, Upload, UploadBegun, UploadStart};
pub use writer::BlobWriter;

use crate::clock::SharedClock;
use crate::model::SiteKey;
use blobs::Blobs;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use error::During;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};
use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a statement waits for another connection's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that read. WAL lets them read beside the one that writes.
const READERS: u32 = 4;
/// Page cache of a connection in KiB; negative is SQLite's way of saying KiB instead of pages.
const CACHE_KIB: &str = "-2048";
/// Most items of a page.
const LARGEST_PAGE: u32 = 1000;

/// What the store accepts.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest file in bytes.
    pub file_size: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_size: 4 << 30 }
    }
}

/// The files, runs and schedules of one folder. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// One connection: writers queue here in order, instead of polling SQLite's lock.
    writes: SqlitePool,
    reads: SqlitePool,
    folder: PathBuf,
    blobs: Blobs,
    clock: SharedClock,
    limits: Limits,
    /// Sites whose own folders are known to exist.
    sites: Mutex<HashSet<SiteKey>>,
    /// Held as long as the store lives. The kernel lets go of it however the process ends.
    _lock: File,
}

/// Which part of a listing is wanted. `K` is the sort key.
#[derive(Debug, Clone)]
pub struct Page<K> {
    /// How many items; 1 to 1,000.
    pub size: u32,
    /// The item to go on after: `next` of the page before. `None` starts at the beginning.
    pub after: Option<K>,
}

impl<K> Page<K> {
    /// The first page.
    pub fn first(size: u32) -> Self {
        Self { size, after: None }
    }

    fn size(&self) -> usize {
        self.size.clamp(1, LARGEST_PAGE) as usize
    }

    /// One more than the page holds shows whether another page follows.
    fn limit(&self) -> i64 {
        i64::from(self.size.clamp(1, LARGEST_PAGE)) + 1
    }
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing<T, K> {
    /// The items, in order.
    pub items: Vec<T>,
    /// What to ask for to go on; `None` at the end.
    pub next: Option<K>,
}

impl<T, K> Listing<T, K> {
    fn new(mut items: Vec<T>, page: &Page<K>, key: impl Fn(&T) -> K) -> Self {
        let more = items.len() > page.size();
        items.truncate(page.size());
        let next = if more { items.last().map(key) } else { None };
        Self { items, next }
    }
}

impl Store {
    /// Opens the store in `folder`, creating it where needed. Only one process can hold a folder.
    pub async fn open(folder: &Path, clock: SharedClock) -> Result<Store, StoreError> {
        Self::open_with(folder, clock, Limits::default()).await
    }

    /// Like [`Store::open`], with other limits.
    pub async fn open_with(folder: &Path, clock: SharedClock, limits: Limits) -> Result<Store, StoreError> {
        let refused = |source| StoreError::Folder { folder: folder.to_owned(), source };
        create_private_folder(folder).map_err(refused)?;
        let lock = lock_folder(folder)?;
        let blobs = Blobs::open(folder, clock.clone()).map_err(refused)?;
        let options = connect_options(&folder.join("state.db"));
        let writes = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .during("opening the state database")?;
        sqlx::migrate!()
            .run(&writes)
            .await
            .map_err(|source| StoreError::Migration { folder: folder.to_owned(), source })?;
        let reads = SqlitePoolOptions::new().max_connections(READERS).connect_lazy_with(options);
        let sites = Mutex::default();
        Ok(Self {
            inner: Arc::new(Inner {
                writes,
                reads,
                folder: folder.to_owned(),
                blobs,
                clock,
                limits,
                sites,
                _lock: lock,
            }),
        })
    }

    /// Waits for what is under way and closes the state database. Later calls fail.
    pub async fn close(&self) {
        self.inner.reads.close().await;
        self.inner.writes.close().await;
    }

    /// An empty file without a name beside the stored ones. It is gone when it is closed, however the process ends.
    /// Blocks for a moment.
    pub fn scratch_file(&self) -> Result<File, StoreError> {
        let folder = &self.inner.folder;
        tempfile::tempfile_in(folder).map_err(|source| StoreError::Folder { folder: folder.clone(), source })
    }

    fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// The time, as exact as the state database keeps it.
    fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now().trunc_subsecs(6)
    }

    /// The time so long ago.
    fn ago(&self, age: TimeDelta) -> DateTime<Utc> {
        self.now().checked_sub_signed(age).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    async fn connection(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        self.inner.reads.acquire().await.during("waiting for a connection to the state database")
    }

    /// Begins a transaction that may write. Dropping it rolls it back. There is one at a time: who holds it must not
    /// wait for another one, nor for the gate of the blobs.
    async fn transaction(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.inner.writes.begin_with("BEGIN IMMEDIATE").await.during("beginning a transaction")
    }
}

async fn commit(transaction: Transaction<'static, Sqlite>) -> Result<(), StoreError> {
    transaction.commit().await.during("committing a transaction")
}

fn connect_options(database: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .pragma("cache_size", CACHE_KIB)
}

fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn lock_folder(folder: &Path) -> Result<File, StoreError> {
    let refused = |source| StoreError::Folder { folder: folder.to_owned(), source };
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock")).map_err(refused)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(refused(source)),
    }
}
