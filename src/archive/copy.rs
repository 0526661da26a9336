//! Archives made of entries of others: the failed ones, as they stand there.

use super::entries::{number, open_archive};
use super::names::{is_line, name};
use super::{Error, OpenError};
use crate::model::LineNumber;
use std::collections::BTreeSet;
use std::io::{Read, Seek, Write};
use zip::ZipWriter;

/// Which entries of an archive are copied.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// These lines.
    pub lines: BTreeSet<LineNumber>,
    /// This line and all that follow it.
    pub from: Option<LineNumber>,
}

impl Kept {
    fn has(&self, line: LineNumber) -> bool {
        self.lines.contains(&line) || self.from.is_some_and(|first| first <= line)
    }
}

/// Copies entries from one archive to another, in their order, with their names and times. What is packed is not packed
/// again: it is the same byte for byte.
pub fn copy_entries<R: Read + Seek, W: Write + Seek>(source: R, kept: &Kept, out: W) -> Result<W, OpenError> {
    let mut archive = open_archive(source)?;
    let mut copy = ZipWriter::new(out);
    for index in 0..archive.len() {
        if !kept.has(number(index)) {
            continue;
        }
        let entry = archive.by_index_raw(index).map_err(|error| Error::Read(error.into()))?;
        if is_line(&entry, &name(&entry)) {
            copy.raw_copy_file(entry).map_err(Error::Tryback)?;
        }
    }
    Ok(copy.finish().map_err(Error::Tryback)?)
}
