//! Command files as CSV: bytes to lines with true physical line numbers, headers bound to the columns of a tool,
//! and the files that go back to the sender.
//!
//! Knows bytes, charsets and quotes. Must never know a tool by name, the store, the site, or what a value means.

mod decode;
mod dialect;
mod frame;
mod header;
mod reader;
mod top;
mod writer;

#[cfg(test)]
mod tests;

pub use dialect::{Charset, CommentStyle, Dialect, DialectError, Separator};
pub use frame::{LineEnd, MAX_CELLS, MAX_LINE_BYTES};
pub use header::{Header, OpenError, UnknownColumns, bind, check_width, read_header};
pub use reader::{Record, RecordReader, Rejected, Skipped, SourceStyle};
pub use top::{Top, open};
pub use writer::{ReasonsWriter, TrybackWriter, list_line, record_line};

/// A command file could not be read, or a file for the sender could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source failed.
    #[error("cannot read the command file at byte {offset}: {source}")]
    Read {
        /// How many bytes had been read.
        offset: u64,
        /// What failed.
        source: std::io::Error,
    },
    /// The file of reasons could not be written.
    #[error("cannot write the reasons file: {0}")]
    Reasons(#[source] std::io::Error),
    /// The tryback file could not be written.
    #[error("cannot write the tryback file: {0}")]
    Tryback(#[source] std::io::Error),
}
