//! One line of a command file, split into cells, or one entry of an archive.

use super::Problem;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The 1-based physical line of the file at which a record begins, or the place of an entry in its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineNumber(pub u64);

impl std::fmt::Display for LineNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a record stands in the source, in bytes, without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ByteSpan {
    /// Offset of the first byte.
    pub offset: u64,
    /// Length in bytes.
    pub length: u32,
}

/// A cell as read: decoded, trimmed outside quotes, entities replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// The value.
    pub text: &'a str,
    /// Whether it was written in double quotes: `""` is not the same as nothing at all.
    pub quoted: bool,
}

/// What stands behind a line that is an entry of an archive, besides the name in its cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The bytes of the entry, unpacked, or why they cannot be had.
    pub content: Result<Arc<[u8]>, Problem>,
    /// A later entry about the same, which counts in place of this one.
    pub superseded_by: Option<String>,
}

/// A record of a command file. The cells share one string, so that a line costs few allocations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// First physical line of the record.
    pub number: LineNumber,
    /// Where it stands in the source.
    pub span: ByteSpan,
    /// What comes with it, where the file is an archive.
    pub attachment: Option<Box<Attachment>>,
    text: String,
    cells: Vec<(u32, bool)>,
}

impl Line {
    /// An empty record; cells are added with [`Line::push`].
    pub fn new(number: LineNumber, span: ByteSpan) -> Self {
        let text = String::with_capacity(span.length as usize);
        Self { number, span, attachment: None, text, cells: Vec::with_capacity(16) }
    }

    /// A record of unquoted cells, for tests of tools.
    pub fn of(number: u64, cells: &[&str]) -> Self {
        let mut line = Self::new(LineNumber(number), ByteSpan::default());
        for cell in cells {
            line.push(cell, false);
        }
        line
    }

    /// An entry of an archive: its name, and what stands behind it.
    pub fn of_entry(number: LineNumber, span: ByteSpan, name: &str, attachment: Attachment) -> Self {
        let (text, cells) = (name.to_owned(), vec![(name.len() as u32, false)]);
        Self { number, span, attachment: Some(Box::new(attachment)), text, cells }
    }

    /// Adds a cell at the end.
    pub fn push(&mut self, text: &str, quoted: bool) {
        self.text.push_str(text);
        self.cells.push((self.text.len() as u32, quoted));
    }

    /// How many cells the record has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether the record has no cell.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cell at `index`, or `None` where the line is shorter than the header.
    pub fn cell(&self, index: usize) -> Option<Cell<'_>> {
        let (end, quoted) = *self.cells.get(index)?;
        let start = if index == 0 { 0 } else { self.cells[index - 1].0 };
        Some(Cell { text: &self.text[start as usize..end as usize], quoted })
    }

    /// The text of the cell at `index` unless it is missing or blank.
    pub fn value(&self, index: usize) -> Option<&str> {
        self.cell(index).map(|cell| cell.text).filter(|text| !text.trim().is_empty())
    }
}
