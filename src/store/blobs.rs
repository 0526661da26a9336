//! Contents by their SHA-256: where they stand and how they are read. Writing is in `writer`.
//!
//! A content is stored once, at `blobs/ab/cd/<sha256>`. It never changes, so readers need no lock. The modification
//! time says when somebody last wanted it kept. Must never know names of files.
//!
//! Collecting garbage and keeping a content exclude each other by the [`Gate`]: whoever is about to refer to a content
//! holds the gate while it places (or touches) the blob and writes the row; the collector holds it alone while it looks
//! for rows and deletes. The lock on the folder makes sure that there is no other process. A content that was put and
//! that no row names yet (a report before the end of its run) is kept by the collector's grace period.

use super::error::{During, StoreError};
use super::{BlobWriter, Store};
use crate::clock::SharedClock;
use crate::model::file::Sha256Digest;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use object_store::ObjectStoreExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio_util::io::ReaderStream;

/// Held while a reference to a content comes into being.
pub(super) type Gate<'a> = RwLockReadGuard<'a, ()>;

/// The contents of a store.
#[derive(Debug, Clone)]
pub(super) struct Blobs {
    pub(super) objects: Arc<LocalFileSystem>,
    folder: PathBuf,
    pub(super) uploads: PathBuf,
    clock: SharedClock,
    gate: Arc<RwLock<()>>,
}

impl Blobs {
    /// Opens the contents below `folder`. Uploads that a former process left half-written are removed: the caller holds
    /// the lock of the folder, so nobody is writing them.
    pub(super) fn open(folder: &Path, clock: SharedClock) -> std::io::Result<Self> {
        let (blobs, uploads) = (folder.join("blobs"), folder.join("uploads"));
        std::fs::create_dir_all(&blobs)?;
        match std::fs::remove_dir_all(&uploads) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => std::fs::create_dir(&uploads)?,
        }
        let objects = LocalFileSystem::new_with_prefix(&blobs).map_err(std::io::Error::other)?;
        Ok(Self { objects: Arc::new(objects), folder: blobs, uploads, clock, gate: Arc::default() })
    }

    pub(super) async fn gate(&self) -> Gate<'_> {
        self.gate.read().await
    }

    pub(super) async fn closed_gate(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    /// Where a content stands in the file system.
    pub(super) fn place(&self, sha256: Sha256Digest) -> PathBuf {
        self.folder.join(layout(sha256))
    }

    /// Notes that a content is wanted. Fails where there is none.
    pub(super) fn touch(&self, sha256: Sha256Digest, _gate: &Gate<'_>) -> Result<(), StoreError> {
        let now = self.clock.now().into();
        match File::open(self.place(sha256)).and_then(|file| file.set_modified(now)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::ContentMissing { sha256 }),
            other => other.during("keeping a content"),
        }
    }

    /// Opens a content for reading from its start.
    async fn open_file(&self, sha256: Sha256Digest) -> Result<File, StoreError> {
        let place = self.place(sha256);
        match tokio::task::spawn_blocking(move || File::open(place)).await.during("opening a content")? {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::ContentMissing { sha256 }),
            other => other.during("opening a content"),
        }
    }
}

/// A content being read: from start to end, or here and there.
pub trait Content: Read + Seek + Send {}

impl<T: Read + Seek + Send> Content for T {}

impl Store {
    /// Opens a content for reading, at its start, outside of async code (in `spawn_blocking`). Also gives its size
    /// in bytes. The reader stays good when the content is deleted meanwhile.
    pub async fn reader(&self, sha256: Sha256Digest) -> Result<(Box<dyn Content>, u64), StoreError> {
        let file = self.blobs().open_file(sha256).await?;
        let size = file.metadata().during("opening a content")?.len();
        Ok((Box::new(file), size))
    }

    /// Reads `len` bytes of a content from `offset`, or fewer where it ends before.
    pub async fn read_range(&self, sha256: Sha256Digest, offset: u64, len: u64) -> Result<Bytes, StoreError> {
        let (blobs, path) = (self.blobs(), object_path(sha256)?);
        let size = blobs.objects.head(&path).await.map_err(|error| failed(sha256, error))?.size;
        let end = offset.saturating_add(len).min(size);
        if offset >= end {
            return Ok(Bytes::new());
        }
        blobs.objects.get_range(&path, offset..end).await.map_err(|error| failed(sha256, error))
    }

    /// Reads a content in pieces of `chunk_size` bytes.
    pub async fn stream(
        &self,
        sha256: Sha256Digest,
        chunk_size: usize,
    ) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + Send + Unpin + use<>, StoreError> {
        let mut file = tokio::fs::File::from_std(self.blobs().open_file(sha256).await?);
        file.set_max_buf_size(chunk_size);
        Ok(ReaderStream::with_capacity(file, chunk_size).map(|part| part.during("reading a content")))
    }

    /// Stores a small content. It is kept for the collector's grace period; a run or a file must name it before that.
    pub async fn put_bytes(&self, content: Bytes) -> Result<Sha256Digest, StoreError> {
        let mut writer = self.blob_writer().await?;
        writer.write(content).await?;
        Ok(writer.finish().await?.0)
    }

    /// Begins to write a content of any size, like [`Store::put_bytes`].
    pub async fn blob_writer(&self) -> Result<BlobWriter, StoreError> {
        BlobWriter::create(self.blobs().clone()).await
    }
}

fn layout(sha256: Sha256Digest) -> String {
    let hex = sha256.to_string();
    format!("{}/{}/{hex}", &hex[..2], &hex[2..4])
}

pub(super) fn object_path(sha256: Sha256Digest) -> Result<ObjectPath, StoreError> {
    ObjectPath::parse(layout(sha256)).map_err(std::io::Error::other).during("naming a content")
}

pub(super) fn failed(sha256: Sha256Digest, error: object_store::Error) -> StoreError {
    match error {
        object_store::Error::NotFound { .. } => StoreError::ContentMissing { sha256 },
        other => StoreError::Blob { operation: "reading a content", source: std::io::Error::other(other) },
    }
}
