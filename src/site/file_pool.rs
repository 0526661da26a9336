//! The port to Moodle's file pool: contents by their SHA-1. What they belong to is in the rows of `files`.

use async_trait::async_trait;
use sha1::{Digest, Sha1};
use std::path::PathBuf;
use std::sync::Arc;

/// A content and its name in the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PooledContent {
    /// The SHA-1 of the bytes, in lower-case hexadecimal: `files.contenthash`.
    pub sha1: String,
    /// The bytes.
    pub bytes: Arc<[u8]>,
}

impl PooledContent {
    /// These bytes, under their name.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self { sha1: sha1_hex(&bytes), bytes: bytes.into() }
    }

    /// No byte: what the rows of folders refer to. Moodle keeps it in the pool like any other.
    pub fn empty() -> Self {
        Self::of(Vec::new())
    }
}

/// The SHA-1 of bytes in lower-case hexadecimal.
pub fn sha1_hex(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why a content is not in the pool.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} {} in Moodle's file pool: {source}", path.display())]
pub struct FilePoolError {
    /// What was being done.
    pub operation: &'static str,
    /// To which file or folder.
    pub path: PathBuf,
    /// What the file system says.
    pub source: std::io::Error,
}

/// Why a content cannot be had from a pool that is there. Reads on after *its content*.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// The pool does not have it: it never came, or lies in Moodle's trash.
    #[error("is not in Moodle's file pool")]
    Absent,
    /// More bytes than are read.
    #[error("has more than {most} bytes, the most that are read")]
    TooLarge {
        /// The limit in bytes.
        most: u64,
    },
    /// Other bytes than its name stands for.
    #[error("is damaged: the file in Moodle's file pool holds other bytes than its name stands for")]
    Damaged,
    /// The file system does not give it.
    #[error("cannot be read in Moodle's file pool: {problem}")]
    Unreadable {
        /// What the file system says.
        problem: String,
    },
}

/// Reads contents. A dry run holds nothing else of a pool.
#[async_trait]
pub trait StoredContents: Send + Sync {
    /// Looks whether the pool is there and can be read.
    async fn check_reading(&self) -> Result<(), FilePoolError>;

    /// The bytes of a content by the SHA-1 that is its name, at most `most` of them. An error of the pool is about all its
    /// contents.
    async fn read(&self, sha1: &str, most: u64) -> Result<Result<Vec<u8>, ContentError>, FilePoolError>;
}

/// Keeps contents for Moodle.
#[async_trait]
pub trait FilePool: StoredContents {
    /// Looks whether contents can be stored, and leaves nothing behind.
    async fn check(&self) -> Result<(), FilePoolError>;

    /// Stores contents for good: when it returns they survive a loss of power. Those that are there already stay. A
    /// content that nobody refers to does no harm, so this comes before the transaction with the rows.
    async fn store(&self, contents: Vec<PooledContent>) -> Result<(), FilePoolError>;
}
