//! Zip archives as command files: entries as lines, and archives of entries that go back to the sender.
//!
//! Knows bytes, names and bounds. Nothing is ever unpacked to a disk, and no name of an entry becomes a path. Must never
//! know a tool by name, the store, the site, or what an entry holds.

mod copy;
mod entries;
mod names;
#[cfg(test)]
mod tests;

pub use copy::{Kept, copy_entries};
pub use entries::{Contents, Entries, open};

use crate::model::Problem;

/// What archives are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most entries of an archive. Their names are in memory while a run reads it, about 300 bytes each.
    pub entries: usize,
    /// Most bytes of an entry, unpacked. Contents are in memory, those of some chunks at a time.
    pub entry_bytes: u64,
    /// Most bytes of all entries, unpacked. Nothing of it is kept: it bounds the work of a run.
    pub total_bytes: u64,
    /// Most bytes that a packed byte may become. Pictures are packed already and hardly shrink again.
    pub ratio: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        // The best pictures of the largest cameras stay below it.
        let entry_bytes = 100 << 20;
        Self { entries: 100_000, entry_bytes, total_bytes: 32 << 30, ratio: 100 }
    }
}

/// Entries up to this size, unpacked, may be packed as densely as they like.
const SMALL_ENTRY_BYTES: u64 = 1 << 20;

/// An archive could not be read, or one for the sender could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source failed.
    #[error("cannot read the archive: {0}")]
    Read(#[source] std::io::Error),
    /// The archive of failed entries could not be written.
    #[error("cannot write the tryback archive: {0}")]
    Tryback(#[source] zip::result::ZipError),
}

/// A file that could not be opened as an archive.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The source failed.
    #[error(transparent)]
    Read(#[from] Error),
    /// The file is refused.
    #[error("the archive is refused: {}", .0.message)]
    Refused(Box<Problem>),
}
