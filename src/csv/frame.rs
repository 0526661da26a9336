//! Where a record ends and its cells begin, in raw bytes: the grammar of quotes, separators and line ends.

use super::{Dialect, Separator};
use memchr::{memchr2, memchr3};

/// The longest record, in bytes, without its line end.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// The largest number of cells in a record.
pub const MAX_CELLS: usize = 4096;

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// Line feed.
    #[default]
    Lf,
    /// Carriage return and line feed.
    CrLf,
    /// Carriage return alone.
    Cr,
}

impl LineEnd {
    /// The bytes in the file.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
            Self::Cr => b"\r",
        }
    }
}

/// A cell in the bytes of its record, without its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RawCell {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) quoted: bool,
}

/// The bytes up to a line end; `None` where the file ends without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) length: usize,
    pub(super) end: Option<LineEnd>,
}

impl Extent {
    /// How many bytes the extent and its line end take.
    pub(super) fn consumed(self) -> usize {
        self.length + self.end.map_or(0, |end| end.bytes().len())
    }
}

/// Why the cells of a record cannot be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A quote is opened in this column and not closed.
    Unterminated { column: usize },
    /// Something follows the closing quote of this column.
    AfterQuote { column: usize },
    /// More than [`MAX_CELLS`] cells.
    TooManyCells,
}

/// What stands at the beginning of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// The record does not end in these bytes.
    More,
    /// A record; its cells are known. `breaks` counts the line ends inside quotes.
    Whole { extent: Extent, breaks: u64 },
    /// A comment.
    Comment(Extent),
    /// No record. `first_line` is the physical line at which it begins: only that is given up, so that a stray quote
    /// costs one line and not the rest of the file. `reach` is how far the quotes were followed.
    Broken { first_line: Extent, fault: Fault, reach: usize },
}

/// Whether more bytes may follow those at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// More may follow.
    Open,
    /// This is the end of the file.
    Closed,
}

/// How the cells of a record could go on.
enum Stop {
    More,
    Separator(usize),
    End(Extent),
    Fault { fault: Fault, reach: usize },
}

/// Finds records. It keeps the cells of the last one.
#[derive(Debug)]
pub(super) struct Framer {
    dialect: Dialect,
    /// The cells of the last [`Frame::Whole`].
    pub(super) cells: Vec<RawCell>,
}

impl Framer {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { dialect, cells: Vec::with_capacity(32) }
    }

    pub(super) fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Whether a comment stands at the beginning of `data`, as far as the bytes at hand tell.
    pub(super) fn begins_comment(&self, data: &[u8]) -> bool {
        let visible = skip_blanks(data, 0, self.dialect.separator);
        data.get(visible).is_some_and(|&byte| self.dialect.comments.is_comment(data[0], byte))
    }

    /// The frame at the beginning of `data`, which is not empty. Quotes opened before `doubtful` must be closed on
    /// their line: they were followed already, in vain, from an earlier line.
    pub(super) fn frame(&mut self, data: &[u8], tail: Tail, doubtful: usize) -> Frame {
        if self.begins_comment(data) {
            return line_extent(data, tail).map_or(Frame::More, Frame::Comment);
        }
        self.cells.clear();
        let separator = self.dialect.separator;
        let mut scan = Scan { data, tail, doubtful, separator, cells: 0, breaks: 0, first_open: None };
        let mut at = 0;
        let extent = loop {
            let (cell, stop) = scan.cell(at);
            if let Some(cell) = cell.filter(|_| scan.cells < MAX_CELLS) {
                self.cells.push(cell);
            }
            scan.cells += 1;
            match stop {
                Stop::More => return Frame::More,
                Stop::Separator(position) => at = position + 1,
                Stop::End(extent) => break extent,
                Stop::Fault { fault, reach } => return scan.broken(fault, reach),
            }
        };
        if scan.cells > MAX_CELLS {
            return scan.broken(Fault::TooManyCells, extent.length);
        }
        Frame::Whole { extent, breaks: scan.breaks }
    }
}

/// The first physical line, or `None` when its end is not at hand.
pub(super) fn line_extent(data: &[u8], tail: Tail) -> Option<Extent> {
    match memchr2(b'\n', b'\r', data) {
        Some(at) => Some(Extent { length: at, end: Some(line_end(data, at, tail)?) }),
        None => (tail == Tail::Closed).then_some(Extent { length: data.len(), end: None }),
    }
}

/// The line end at `at`, or `None` when it is a carriage return and the next byte is not at hand.
fn line_end(data: &[u8], at: usize, tail: Tail) -> Option<LineEnd> {
    match (data[at], data.get(at + 1)) {
        (b'\n', _) => Some(LineEnd::Lf),
        (_, Some(b'\n')) => Some(LineEnd::CrLf),
        (_, None) if tail == Tail::Open => None,
        _ => Some(LineEnd::Cr),
    }
}

fn skip_blanks(data: &[u8], from: usize, separator: Separator) -> usize {
    let is_blank = |byte: &u8| *byte == b' ' || (*byte == b'\t' && separator != Separator::Tab);
    from + data[from..].iter().take_while(|byte| is_blank(byte)).count()
}

/// One walk over the cells of a record.
struct Scan<'a> {
    data: &'a [u8],
    tail: Tail,
    doubtful: usize,
    separator: Separator,
    /// Cells before the one at hand.
    cells: usize,
    /// Line ends inside quotes.
    breaks: u64,
    /// The column of the first quote that runs over a line end.
    first_open: Option<usize>,
}

impl Scan<'_> {
    fn cell(&mut self, start: usize) -> (Option<RawCell>, Stop) {
        let visible = skip_blanks(self.data, start, self.separator);
        if self.data.get(visible) == Some(&b'"') { self.quoted(visible) } else { self.plain(start) }
    }

    fn plain(&self, start: usize) -> (Option<RawCell>, Stop) {
        let end = memchr3(self.separator.byte(), b'\n', b'\r', &self.data[start..])
            .map_or(self.data.len(), |offset| start + offset);
        (Some(RawCell { start, end, quoted: false }), self.stop(end))
    }

    fn quoted(&mut self, open: usize) -> (Option<RawCell>, Stop) {
        let column = self.cells + 1;
        let mut at = open + 1;
        let close = loop {
            let Some(offset) = memchr3(b'"', b'\n', b'\r', &self.data[at..]) else {
                return (None, self.unclosed(column, self.data.len()));
            };
            at += offset;
            if self.data[at] == b'"' {
                match self.data.get(at + 1) {
                    Some(b'"') => at += 2,
                    None if self.tail == Tail::Open => return (None, Stop::More),
                    _ => break at,
                }
            } else if open < self.doubtful {
                return (None, Stop::Fault { fault: Fault::Unterminated { column }, reach: at });
            } else {
                let Some(end) = line_end(self.data, at, self.tail) else { return (None, Stop::More) };
                self.breaks += 1;
                self.first_open.get_or_insert(column);
                at += end.bytes().len();
            }
        };
        let after = skip_blanks(self.data, close + 1, self.separator);
        match self.data.get(after) {
            Some(&byte) if byte != self.separator.byte() && byte != b'\n' && byte != b'\r' => {
                (None, Stop::Fault { fault: Fault::AfterQuote { column }, reach: close })
            }
            _ => (Some(RawCell { start: open + 1, end: close, quoted: true }), self.stop(after)),
        }
    }

    /// Gives up the first physical line. A fault beyond it means that a quote of that line was left open.
    fn broken(&self, fault: Fault, reach: usize) -> Frame {
        let Some(first_line) = line_extent(self.data, self.tail) else { return Frame::More };
        let fault = self.first_open.map_or(fault, |column| Fault::Unterminated { column });
        Frame::Broken { first_line, fault, reach }
    }

    fn unclosed(&self, column: usize, reach: usize) -> Stop {
        match self.tail {
            Tail::Open => Stop::More,
            Tail::Closed => Stop::Fault { fault: Fault::Unterminated { column }, reach },
        }
    }

    /// What ends a cell at `at`: a separator, a line end, or the end of the bytes.
    fn stop(&self, at: usize) -> Stop {
        match self.data.get(at) {
            None if self.tail == Tail::Open => Stop::More,
            None => Stop::End(Extent { length: at, end: None }),
            Some(&byte) if byte == self.separator.byte() => Stop::Separator(at),
            Some(_) => match line_end(self.data, at, self.tail) {
                Some(end) => Stop::End(Extent { length: at, end: Some(end) }),
                None => Stop::More,
            },
        }
    }
}
