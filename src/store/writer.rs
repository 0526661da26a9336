//! Writing a content: to a file of its own first, then, complete and on the disk, to its place.
//!
//! Nothing is visible before that, and dropping the writer removes what it wrote.

use super::blobs::{Blobs, Gate};
use super::error::{During, StoreError};
use crate::model::file::Sha256Digest;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes one content.
#[derive(Debug)]
pub struct BlobWriter {
    blobs: Blobs,
    draft: Draft,
    /// Away while a write is under way; a write that was cancelled never brings it back.
    open: Option<Open>,
    written: u64,
}

/// The file and the digest of what was written to it.
#[derive(Debug)]
struct Open {
    file: File,
    hasher: Sha256,
}

/// A file that is removed unless it was moved to its place.
#[derive(Debug)]
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // After it was moved there is nothing to remove; what else fails is cleared at the next start.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A content that is complete and on the disk, and not yet at its place.
#[derive(Debug)]
pub(super) struct Sealed {
    blobs: Blobs,
    draft: Draft,
    pub(super) sha256: Sha256Digest,
    pub(super) size: u64,
}

impl BlobWriter {
    pub(super) async fn create(blobs: Blobs) -> Result<Self, StoreError> {
        let draft = Draft(blobs.uploads.join(uuid::Uuid::now_v7().to_string()));
        let path = draft.0.clone();
        let created = tokio::task::spawn_blocking(move || File::options().write(true).create_new(true).open(path));
        let file = created.await.during("creating an upload")?.during("creating an upload")?;
        Ok(Self { blobs, draft, open: Some(Open { file, hasher: Sha256::new() }), written: 0 })
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Appends bytes.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        let mut open = self.open.take().ok_or_else(interrupted)?;
        let size = bytes.len() as u64;
        let writing = tokio::task::spawn_blocking(move || {
            open.file.write_all(&bytes)?;
            open.hasher.update(&bytes);
            Ok(open)
        });
        let open: std::io::Result<Open> = writing.await.during("writing a content")?;
        self.open = Some(open.during("writing a content")?);
        self.written += size;
        Ok(())
    }

    /// Puts the content to its place. Gives its SHA-256 and its size in bytes.
    pub async fn finish(self) -> Result<(Sha256Digest, u64), StoreError> {
        let blobs = self.blobs.clone();
        let sealed = self.seal().await?;
        let content = (sealed.sha256, sealed.size);
        let gate = blobs.gate().await;
        sealed.place(&gate).await?;
        Ok(content)
    }

    /// Brings the content to the disk.
    pub(super) async fn seal(mut self) -> Result<Sealed, StoreError> {
        let open = self.open.take().ok_or_else(interrupted)?;
        let sealing = tokio::task::spawn_blocking(move || {
            open.file.sync_all()?;
            Ok(Sha256Digest(open.hasher.finalize().into()))
        });
        let sha256: std::io::Result<Sha256Digest> = sealing.await.during("completing a content")?;
        let sha256 = sha256.during("completing a content")?;
        Ok(Sealed { blobs: self.blobs, draft: self.draft, sha256, size: self.written })
    }
}

impl Sealed {
    /// Moves the content to its place. A content that is there already is kept and counts as wanted from now on.
    pub(super) async fn place(self, gate: &Gate<'_>) -> Result<(), StoreError> {
        match self.blobs.touch(self.sha256, gate) {
            Err(StoreError::ContentMissing { .. }) => {}
            other => return other,
        }
        let (from, to) = (self.draft.0.clone(), self.blobs.place(self.sha256));
        let moved = tokio::task::spawn_blocking(move || move_durably(&from, &to)).await;
        moved.during("placing a content")?.during("placing a content")?;
        self.blobs.touch(self.sha256, gate)
    }
}

fn move_durably(from: &Path, to: &Path) -> std::io::Result<()> {
    let Some(folder) = to.parent() else { return Err(ErrorKind::InvalidInput.into()) };
    create_durably(folder)?;
    std::fs::rename(from, to)?;
    sync_folder(folder)
}

/// Creates a folder so that it outlives a power failure: the entry in its parent is on the disk, too.
fn create_durably(folder: &Path) -> std::io::Result<()> {
    let Some(parent) = folder.parent().filter(|_| !folder.is_dir()) else { return Ok(()) };
    create_durably(parent)?;
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(parent),
    }
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

fn interrupted() -> StoreError {
    StoreError::Blob { operation: "writing a content", source: ErrorKind::Interrupted.into() }
}
