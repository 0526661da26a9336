//! Uploads: a content arrives in chunks, is checked, and gets its name in one transaction at the end.
//!
//! Until then nothing of it is visible, and dropping it leaves nothing behind.

use super::columns::{Columns, integer, micros, word};
use super::error::{During, StoreError};
use super::files::{Overwrite, Stamp, check_writable, current, ensure_folder, insert_file, supersede};
use super::{BlobWriter, Store, commit};
use crate::model::file::Sha256Digest;
use crate::model::{Caller, FileKind, FilePath, RequestId, SiteKey, StoredFile};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

/// What a client declares before it sends a file.
#[derive(Debug, Clone)]
pub struct UploadStart {
    /// The site.
    pub site: SiteKey,
    /// Where the file shall stand. Folders above it are created.
    pub path: FilePath,
    /// Its size in bytes, where the client knows it.
    pub size: Option<u64>,
    /// Its content, where the client knows it.
    pub sha256: Option<Sha256Digest>,
    /// What to do when the path is taken.
    pub overwrite: Overwrite,
    /// The client's name for the request.
    pub request_id: Option<RequestId>,
    /// Who sends it.
    pub caller: Caller,
}

impl UploadStart {
    /// Digest and size, once both are known.
    fn content(&self) -> Option<(Sha256Digest, u64)> {
        self.sha256.zip(self.size)
    }
}

/// What an upload did to its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// The path was free.
    Created,
    /// The path had another content, which is a former revision now.
    Replaced,
    /// The path has this content already; nothing was changed.
    Unchanged,
}

/// What came of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutOutcome {
    /// The file.
    pub file: StoredFile,
    /// What was done.
    pub disposition: Disposition,
}

/// How an upload goes on after its start.
#[derive(Debug)]
pub enum UploadBegun {
    /// The bytes are wanted.
    Writing(Box<Upload>),
    /// They are not needed: the request was made before, or the path has this content.
    AlreadyDone(PutOutcome),
}

/// A file on its way. Dropping it gives it up.
#[derive(Debug)]
pub struct Upload {
    store: Store,
    start: UploadStart,
    writer: BlobWriter,
}

impl Store {
    /// Begins to take in a file.
    pub async fn begin_upload(&self, start: UploadStart) -> Result<UploadBegun, StoreError> {
        check_writable(&start.path)?;
        self.check_size(&start.path, start.size.unwrap_or_default())?;
        self.adopt(&start.site).await?;
        let mut transaction = self.transaction().await?;
        if let Some(outcome) = without_content(&mut transaction, &start, self.now()).await? {
            commit(transaction).await?;
            return Ok(UploadBegun::AlreadyDone(outcome));
        }
        drop(transaction);
        let writer = self.blob_writer().await?;
        Ok(UploadBegun::Writing(Box::new(Upload { store: self.clone(), start, writer })))
    }
}

impl Store {
    fn check_size(&self, path: &FilePath, size: u64) -> Result<(), StoreError> {
        let limit = self.inner.limits.file_size;
        if size > limit { Err(StoreError::TooLarge { path: path.clone(), size, limit }) } else { Ok(()) }
    }
}

impl Upload {
    /// Bytes received so far: the offset of the next chunk.
    pub fn received(&self) -> u64 {
        self.writer.written()
    }

    /// Takes a chunk in. One that is refused changes nothing; the same offset can be sent again.
    pub async fn write(&mut self, offset: u64, crc32c: u32, bytes: Bytes) -> Result<(), StoreError> {
        let expected = self.received();
        if offset != expected {
            return Err(StoreError::WrongOffset { expected, got: offset });
        }
        let end = expected + bytes.len() as u64;
        match self.start.size {
            Some(declared) if end > declared => return Err(StoreError::TooLong { declared }),
            _ => self.store.check_size(&self.start.path, end)?,
        }
        if crc32c::crc32c(&bytes) != crc32c {
            return Err(StoreError::ChecksumMismatch { offset });
        }
        self.writer.write(bytes).await
    }

    /// Checks the content and gives it its name.
    pub async fn finish(self) -> Result<PutOutcome, StoreError> {
        let Self { store, start, writer } = self;
        match start.size {
            Some(declared) if writer.written() < declared => {
                return Err(StoreError::Incomplete { declared, got: writer.written() });
            }
            _ => {}
        }
        let sealed = writer.seal().await?;
        match start.sha256 {
            Some(declared) if declared != sealed.sha256 => {
                return Err(StoreError::DigestMismatch { declared, got: sealed.sha256 });
            }
            _ => {}
        }
        let content = (sealed.sha256, sealed.size);
        let start = UploadStart { sha256: Some(content.0), size: Some(content.1), ..start };
        // From here to the commit nobody collects the blob, even if it was there before and nothing names it.
        let gate = store.blobs().gate().await;
        sealed.place(&gate).await?;
        let now = store.now();
        let mut transaction = store.transaction().await?;
        let outcome = match without_content(&mut transaction, &start, now).await? {
            Some(outcome) => outcome,
            None => put_name(&mut transaction, &start, content, now).await?,
        };
        commit(transaction).await?;
        Ok(outcome)
    }
}

/// Settles an upload whose bytes are not needed, and refuses one that cannot succeed.
async fn without_content(
    connection: &mut SqliteConnection,
    start: &UploadStart,
    now: DateTime<Utc>,
) -> Result<Option<PutOutcome>, StoreError> {
    match recorded(connection, start).await? {
        Some(outcome) if start.content().is_some() => return Ok(Some(outcome)),
        // As long as the content is not known, it may be another request under the same name.
        Some(_) => return Ok(None),
        None => {}
    }
    check_folders(connection, start).await?;
    match current(connection, &start.site, &start.path).await? {
        Some(file) if file.kind == FileKind::Folder => Err(StoreError::IsAFolder { path: file.path }),
        Some(file)
            if start.content().is_some_and(|(sha256, size)| (file.sha256, file.size) == (Some(sha256), size)) =>
        {
            let outcome = PutOutcome { file, disposition: Disposition::Unchanged };
            record(connection, start, &outcome, now).await?;
            Ok(Some(outcome))
        }
        // As long as the content is not known, it may be the same.
        Some(file) if start.overwrite == Overwrite::Refuse && start.content().is_some() => {
            Err(StoreError::AlreadyExists { path: file.path })
        }
        _ => Ok(None),
    }
}

/// Refuses a path that leads through a file.
async fn check_folders(connection: &mut SqliteConnection, start: &UploadStart) -> Result<(), StoreError> {
    let mut path = start.path.folder();
    while !path.is_root() {
        match current(connection, &start.site, &path).await? {
            Some(file) if file.kind != FileKind::Folder => return Err(StoreError::NotAFolder { path }),
            Some(_) => return Ok(()),
            None => path = path.folder(),
        }
    }
    Ok(())
}

async fn put_name(
    connection: &mut SqliteConnection,
    start: &UploadStart,
    content: (Sha256Digest, u64),
    now: DateTime<Utc>,
) -> Result<PutOutcome, StoreError> {
    let stamp = Stamp { site: &start.site, caller: &start.caller, now };
    let disposition = match current(connection, &start.site, &start.path).await? {
        Some(former) => {
            supersede(connection, former.id, now).await?;
            Disposition::Replaced
        }
        None => {
            ensure_folder(connection, stamp, &start.path.folder()).await?;
            Disposition::Created
        }
    };
    let file = insert_file(connection, stamp, &start.path, content).await?;
    let outcome = PutOutcome { file, disposition };
    record(connection, start, &outcome, now).await?;
    Ok(outcome)
}

/// What came of the same request before.
async fn recorded(connection: &mut SqliteConnection, start: &UploadStart) -> Result<Option<PutOutcome>, StoreError> {
    let Some(id) = &start.request_id else { return Ok(None) };
    let row = sqlx::query("SELECT * FROM upload_request WHERE site = ?1 AND request_id = ?2")
        .bind(start.site.0.as_str())
        .bind(id.0.as_str())
        .fetch_optional(connection)
        .await
        .during("looking up a request id")?;
    let Some(outcome) = row.as_ref().map(outcome_of).transpose()? else { return Ok(None) };
    let file = &outcome.file;
    let other_size = start.size.is_some_and(|size| file.size != size);
    let other_content = start.sha256.is_some_and(|sha256| file.sha256 != Some(sha256));
    if file.path != start.path || other_size || other_content {
        return Err(StoreError::RequestIdReused { id: id.clone() });
    }
    Ok(Some(outcome))
}

fn outcome_of(row: &SqliteRow) -> Result<PutOutcome, StoreError> {
    let row = Columns(row);
    let path: FilePath = row.word("path")?;
    let file = StoredFile {
        id: row.parsed("file")?,
        site: row.word("site")?,
        kind: path.kind(),
        path,
        size: row.number("size")?,
        sha256: row.optional("sha256")?,
        created: row.time("file_created")?,
        caller: row.word("file_caller")?,
        revision: row.number("file_revision")?,
    };
    Ok(PutOutcome { file, disposition: row.word("disposition")? })
}

async fn record(
    connection: &mut SqliteConnection,
    start: &UploadStart,
    PutOutcome { file, disposition }: &PutOutcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(id) = &start.request_id else { return Ok(()) };
    sqlx::query("INSERT INTO upload_request VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")
        .bind(start.site.0.as_str())
        .bind(id.0.as_str())
        .bind(start.path.as_str())
        .bind(integer(file.size))
        .bind(file.sha256.map(|sha256| sha256.to_string()))
        .bind(word("disposition", disposition)?)
        .bind(file.id.to_string())
        .bind(file.revision)
        .bind(file.caller.0.as_str())
        .bind(micros(file.created))
        .bind(start.caller.0.as_str())
        .bind(micros(now))
        .execute(connection)
        .await
        .during("recording a request id")?;
    Ok(())
}
