//! The entries of an archive, one at a time, as lines.

use super::names::{check, is_line, name};
use super::{Bounds, Error, OpenError, SMALL_ENTRY_BYTES};
use crate::model::{Attachment, ByteSpan, Line, LineNumber, Problem, Reason};
use std::collections::HashMap;
use std::io::{BufReader, ErrorKind, Read, Seek};
use std::sync::Arc;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

/// An archive being read.
pub(super) type Archive<R> = ZipArchive<BufReader<R>>;

/// The entries of an archive that are lines.
pub struct Entries<R> {
    archive: Archive<R>,
    bounds: Bounds,
    /// Index of the entry to be looked at next.
    next: usize,
    /// Offset behind the entries read so far.
    position: u64,
    /// By the index of an entry: the name of a later one about the same.
    superseded: HashMap<usize, String>,
}

/// What is done with the contents of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// They are unpacked.
    Read,
    /// They are left where they are: entries are only counted.
    Skipped,
}

/// Opens an archive. `subject` says what an entry is about by its name, so that the last of several entries about the
/// same counts.
pub fn open<R: Read + Seek>(
    source: R,
    bounds: Bounds,
    subject: impl Fn(&str) -> Option<String>,
) -> Result<Entries<R>, OpenError> {
    let mut archive = open_archive(source)?;
    let names = look_over(&mut archive, bounds)?;
    let mut last: HashMap<String, (usize, &str)> = HashMap::new();
    let mut superseded = HashMap::new();
    for (index, name) in names.iter().rev() {
        let Some(subject) = check(name).ok().and_then(|()| subject(name)) else { continue };
        match last.get(&subject) {
            Some((_, later)) => _ = superseded.insert(*index, (*later).to_owned()),
            None => _ = last.insert(subject, (*index, name)),
        }
    }
    Ok(Entries { archive, bounds, next: 0, position: 0, superseded })
}

fn refused(reason: Reason, message: impl Into<String>) -> OpenError {
    OpenError::Refused(Box::new(Problem::error(reason, message)))
}

pub(super) fn open_archive<R: Read + Seek>(mut source: R) -> Result<Archive<R>, OpenError> {
    let size = source.seek(std::io::SeekFrom::End(0)).map_err(Error::Read)?;
    if size == 0 {
        return Err(refused(Reason::FileEmpty, "The file is empty. Send a zip archive."));
    }
    ZipArchive::new(BufReader::new(source)).map_err(unreadable)
}

fn unreadable(error: ZipError) -> OpenError {
    match error {
        ZipError::Io(error) if !is_damage(&error) => Error::Read(error).into(),
        other => refused(
            Reason::ArchiveUnreadable,
            format!("The file is no zip archive, or it is damaged: {other}. Pack it again as zip, and send it whole."),
        ),
    }
}

/// Whether it is the bytes that are wrong, and not their reading.
fn is_damage(error: &std::io::Error) -> bool {
    use ErrorKind::{InvalidData, InvalidInput, UnexpectedEof, Unsupported};
    matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof | Unsupported)
}

/// Index and name of each entry that is a line. Refuses what is too much, before anything is unpacked.
fn look_over<R: Read + Seek>(archive: &mut Archive<R>, bounds: Bounds) -> Result<Vec<(usize, String)>, OpenError> {
    if archive.len() > bounds.entries {
        let message = format!(
            "The archive has {} entries; at most {} are taken (setting pictures.max_entries). Send it in several parts.",
            archive.len(),
            bounds.entries
        );
        return Err(refused(Reason::ArchiveTooLarge, message));
    }
    if archive.has_duplicate_names() {
        let message = "The archive has two entries of the same name. Pack it again, each name once.";
        return Err(refused(Reason::ArchiveUnreadable, message));
    }
    if archive.has_overlapping_entries().map_err(unreadable)? {
        let message = "Entries of the archive lie over each other, as no packer makes them. Pack it again.";
        return Err(refused(Reason::ArchiveUnreadable, message));
    }
    let (mut names, mut total) = (Vec::new(), 0u64);
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(unreadable)?;
        total = total.saturating_add(entry.size());
        let name = name(&entry);
        if !is_line(&entry, &name) {
            continue;
        }
        if entry.encrypted() {
            let message = format!("The entry {name:?} of the archive needs a password. Pack the archive without one.");
            return Err(refused(Reason::ArchiveEncrypted, message));
        }
        names.push((index, name));
    }
    if total > bounds.total_bytes {
        let message = format!(
            "The archive unpacks to {total} bytes; at most {} are taken (setting pictures.max_total_bytes). Send it in \
             several parts.",
            bounds.total_bytes
        );
        return Err(refused(Reason::ArchiveTooLarge, message));
    }
    Ok(names)
}

/// The place of the entry at `index`, as the number of a line.
pub(super) fn number(index: usize) -> LineNumber {
    LineNumber(index as u64 + 1)
}

impl<R: Read + Seek> Entries<R> {
    /// Goes on behind a line.
    pub fn go_on_behind(&mut self, line: LineNumber) {
        self.next = self.next.max(usize::try_from(line.0).unwrap_or(usize::MAX));
    }

    /// Offset in the archive behind what was read so far.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next entry that is a line, or `None` at the end of the archive.
    pub fn next_line(&mut self, contents: Contents) -> Result<Option<Line>, Error> {
        while self.next < self.archive.len() {
            let index = self.next;
            self.next += 1;
            let entry = self.archive.by_index_raw(index).map_err(|error| Error::Read(error.into()))?;
            let name = name(&entry);
            if !is_line(&entry, &name) {
                continue;
            }
            let length = u32::try_from(entry.compressed_size()).unwrap_or(u32::MAX);
            let span = ByteSpan { offset: entry.header_start(), length };
            self.position = self.position.max(span.offset + u64::from(span.length));
            let checked = check(&name).and_then(|()| check_bounds(&entry, &name, self.bounds));
            drop(entry);
            let content = match (checked, contents) {
                (Err(problem), _) => Err(problem),
                (Ok(()), Contents::Skipped) => Ok(Arc::from([])),
                (Ok(()), Contents::Read) => self.unpack(index, &name)?.map(Arc::from),
            };
            let attachment = Attachment { content, superseded_by: self.superseded.get(&index).cloned() };
            return Ok(Some(Line::of_entry(number(index), span, &name, attachment)));
        }
        Ok(None)
    }

    fn unpack(&mut self, index: usize, name: &str) -> Result<Result<Vec<u8>, Problem>, Error> {
        let damaged = |error: &dyn std::fmt::Display| {
            let message = format!(
                "The entry {name:?} cannot be unpacked: {error}. Pack it again, with the usual method (deflate)."
            );
            Problem::error(Reason::EntryUnreadable, message)
        };
        let entry = match self.archive.by_index(index) {
            Ok(entry) => entry,
            Err(ZipError::Io(error)) if !is_damage(&error) => return Err(Error::Read(error)),
            Err(error) => return Ok(Err(damaged(&error))),
        };
        // What the archive says about the size may be a lie.
        let mut content = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0));
        let limit = self.bounds.entry_bytes;
        match entry.take(limit.saturating_add(1)).read_to_end(&mut content) {
            Ok(_) if content.len() as u64 > limit => Ok(Err(too_large(name, "more bytes than it says", limit))),
            Ok(_) => Ok(Ok(content)),
            Err(error) if is_damage(&error) => Ok(Err(damaged(&error))),
            Err(error) => Err(Error::Read(error)),
        }
    }
}

fn too_large(name: &str, found: &str, limit: u64) -> Problem {
    let message = format!(
        "The entry {name:?} has {found}; at most {limit} bytes are taken (setting pictures.max_entry_bytes). Make the \
         picture smaller, and pack it again."
    );
    Problem::error(Reason::EntryTooLarge, message)
}

/// Refuses an entry by what the archive says about it, before it is unpacked.
fn check_bounds<R: Read>(entry: &ZipFile<'_, R>, name: &str, bounds: Bounds) -> Result<(), Problem> {
    let (size, packed) = (entry.size(), entry.compressed_size());
    if size > bounds.entry_bytes {
        return Err(too_large(name, &format!("{size} bytes"), bounds.entry_bytes));
    }
    if size > SMALL_ENTRY_BYTES && size > packed.max(1).saturating_mul(bounds.ratio) {
        let message = format!(
            "The entry {name:?} unpacks from {packed} to {size} bytes; at most {} times as many are taken (setting \
             pictures.max_ratio), and no picture does so. Leave it out.",
            bounds.ratio
        );
        return Err(Problem::error(Reason::EntryTooLarge, message));
    }
    Ok(())
}
