//! What can go wrong in the store. Knows no transport: who shows these to a client maps them there.

use crate::model::file::{PathError, Sha256Digest};
use crate::model::{FilePath, RequestId, RunId, RunState};
use std::path::PathBuf;

/// Why the store refused something, or could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing on the site.
    #[error("{what} {name} does not exist")]
    NotFound {
        /// What was looked for: `file`, `folder`, `run`, `schedule`.
        what: &'static str,
        /// Its path, name or identifier.
        name: String,
    },
    /// A file or folder of that name is there, and may not be replaced.
    #[error("{path} exists already; choose another name or ask to replace it")]
    AlreadyExists {
        /// The path.
        path: FilePath,
    },
    /// The path belongs to the service.
    #[error("{path} belongs to the service and cannot be written, moved or deleted")]
    Reserved {
        /// The path.
        path: FilePath,
    },
    /// A folder to delete holds something.
    #[error("folder {path} is not empty; delete what is in it first")]
    FolderNotEmpty {
        /// The folder.
        path: FilePath,
    },
    /// A file stands where a folder is needed.
    #[error("{path} is a file, not a folder")]
    NotAFolder {
        /// The file.
        path: FilePath,
    },
    /// A folder stands where a file is needed.
    #[error("{path} is a folder, not a file")]
    IsAFolder {
        /// The folder.
        path: FilePath,
    },
    /// A folder cannot be moved into itself.
    #[error("{from} cannot be moved to {to}, which is inside it")]
    IntoItself {
        /// The folder.
        from: FilePath,
        /// The target.
        to: FilePath,
    },
    /// The declared size is above the limit.
    #[error("{path} has {size} bytes, and at most {limit} are accepted")]
    TooLarge {
        /// The path.
        path: FilePath,
        /// Declared size in bytes.
        size: u64,
        /// Largest size in bytes.
        limit: u64,
    },
    /// A chunk does not follow the one before.
    #[error("the chunk begins at byte {got}, and byte {expected} comes next")]
    WrongOffset {
        /// Bytes received so far.
        expected: u64,
        /// Offset of the chunk.
        got: u64,
    },
    /// A chunk was damaged on the way.
    #[error("the chunk at byte {offset} does not match its CRC32C; send it again")]
    ChecksumMismatch {
        /// Offset of the chunk.
        offset: u64,
    },
    /// The content is not what was declared.
    #[error("the content has SHA-256 {got}, and {declared} was declared")]
    DigestMismatch {
        /// As declared.
        declared: Sha256Digest,
        /// As received.
        got: Sha256Digest,
    },
    /// The upload ended too early.
    #[error("the upload ended after {got} bytes, and {declared} were declared")]
    Incomplete {
        /// Declared size in bytes.
        declared: u64,
        /// Bytes received.
        got: u64,
    },
    /// More bytes came than were declared.
    #[error("the upload goes beyond the {declared} bytes that were declared")]
    TooLong {
        /// Declared size in bytes.
        declared: u64,
    },
    /// A request id was used for something else before.
    #[error("request id {:?} was used for another request; use a new one", id.0)]
    RequestIdReused {
        /// The id.
        id: RequestId,
    },
    /// The run has ended, so nothing can be added to it.
    #[error("run {run} has ended")]
    RunEnded {
        /// The run.
        run: RunId,
    },
    /// A run was to be finished in a state that is not an end.
    #[error("run {run} cannot be finished in state {}", state.name())]
    NotAnEnd {
        /// The run.
        run: RunId,
        /// The state that was given.
        state: RunState,
    },
    /// A journal segment does not follow the one before.
    #[error("segment {got} was given for run {run}, and segment {expected} comes next")]
    SegmentOutOfOrder {
        /// The run.
        run: RunId,
        /// Index of the next segment.
        expected: u64,
        /// Index that was given.
        got: u64,
    },
    /// Another process holds the folder.
    #[error("{} is in use by another toolsync; stop that one first, or choose another folder", folder.display())]
    Locked {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder cannot be created or opened.
    #[error("the store cannot use {}: {source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The schema of the state database could not be brought up to date.
    #[error("the state database of {} could not be migrated: {source}", folder.display())]
    Migration {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// The state database failed.
    #[error("the state database failed while {operation}: {source}")]
    Database {
        /// What was being done.
        operation: &'static str,
        /// Why.
        source: sqlx::Error,
    },
    /// A content could not be read or written.
    #[error("the blob store failed while {operation}: {source}")]
    Blob {
        /// What was being done.
        operation: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A content is not in the store.
    #[error("no content with SHA-256 {sha256} is stored")]
    ContentMissing {
        /// The content.
        sha256: Sha256Digest,
    },
    /// A value in the state database cannot be read.
    #[error("column {column} of the state database cannot be read: {problem}")]
    Corrupt {
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A path is not valid.
    #[error(transparent)]
    Path(#[from] PathError),
}

/// Names the operation that failed.
pub(super) trait During<T> {
    /// `operation` in the form "listing files".
    fn during(self, operation: &'static str) -> Result<T, StoreError>;
}

impl<T> During<T> for Result<T, sqlx::Error> {
    fn during(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Database { operation, source })
    }
}

impl<T> During<T> for std::io::Result<T> {
    fn during(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Blob { operation, source })
    }
}

impl<T> During<T> for Result<T, tokio::task::JoinError> {
    fn during(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(std::io::Error::other).during(operation)
    }
}
