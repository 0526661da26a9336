//! Records of a command file, one at a time, in bounded memory.

use super::decode::{self, BOM, NoText};
use super::frame::{Extent, Fault, Frame, Framer, LineEnd, MAX_CELLS, MAX_LINE_BYTES, Tail, line_extent};
use super::{Charset, Dialect, Error};
use crate::model::{ByteSpan, Line, LineNumber, Problem, Reason};
use memchr::{memchr, memchr2};
use std::io::{ErrorKind, Read};

/// Bytes read at first; the buffer grows for records that are longer.
const FIRST_BUFFER: usize = 256 << 10;
/// Room for the longest record, a line end, and so one byte more than a record without one may have.
const LARGEST_BUFFER: usize = MAX_LINE_BYTES + 2;

/// What a command file holds, comments and blank lines aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A record, split into cells.
    Line(Line),
    /// Bytes that could not be split or decoded.
    Rejected(Rejected),
}

/// A record that never reaches a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// First physical line of the record.
    pub number: LineNumber,
    /// Where it stands in the source. The length stops at the largest `u32`.
    pub span: ByteSpan,
    /// Why it was rejected.
    pub problem: Problem,
}

/// How many physical lines were passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// Comments.
    pub comments: u64,
    /// Lines without a cell. A line of separators has cells.
    pub blanks: u64,
}

/// What a file made from this one repeats, so that it is written in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SourceStyle {
    /// Whether the file begins with a byte order mark.
    pub bom: bool,
    /// How the last record read ends; a line feed where there is none yet.
    pub line_end: LineEnd,
}

/// Reads the records of a command file. It holds one record and at most [`MAX_LINE_BYTES`] of the file, whatever that
/// file is like.
#[derive(Debug)]
pub struct RecordReader<R> {
    source: R,
    framer: Framer,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    tail: Tail,
    /// Offset in the file of the first byte of the buffer.
    base: u64,
    /// Physical line that begins at `start`.
    line: u64,
    /// Quotes opened before this offset in the file were followed already and found without a proper end.
    doubtful: u64,
    style: SourceStyle,
    skipped: Skipped,
    /// A record that was looked at and comes again.
    again: Option<Record>,
}

impl<R: Read> RecordReader<R> {
    /// A reader at the start of a file. Nothing is read before the first record is asked for.
    pub fn new(source: R, dialect: Dialect) -> Self {
        Self::with_buffer(source, dialect, FIRST_BUFFER)
    }

    pub(super) fn with_buffer(source: R, dialect: Dialect, size: usize) -> Self {
        Self {
            source,
            framer: Framer::new(dialect),
            buffer: vec![0; size],
            start: 0,
            end: 0,
            tail: Tail::Open,
            base: 0,
            line: 1,
            doubtful: 0,
            style: SourceStyle::default(),
            skipped: Skipped::default(),
            again: None,
        }
    }

    /// How the file is read.
    pub fn dialect(&self) -> &Dialect {
        self.framer.dialect()
    }

    /// Whether there is a byte order mark, and how the last record ends.
    pub fn style(&self) -> SourceStyle {
        self.style
    }

    /// The lines passed over so far.
    pub fn skipped(&self) -> Skipped {
        self.skipped
    }

    /// Offset in the file of the next byte: all bytes before it are dealt with.
    pub fn position(&self) -> u64 {
        self.base + self.start as u64
    }

    /// Puts the record that was read last back: it is the next one again.
    pub fn put_back(&mut self, record: Record) {
        self.again = Some(record);
    }

    /// The next record, or `None` at the end of the file. Nothing can be read after an error.
    pub fn next_record(&mut self) -> Result<Option<Record>, Error> {
        if let Some(record) = self.again.take() {
            return Ok(Some(record));
        }
        loop {
            if self.start == self.end && !self.fill()? {
                return Ok(None);
            }
            let doubtful = self.doubtful.saturating_sub(self.position()) as usize;
            let data = &self.buffer[self.start..self.end];
            let found = match self.framer.frame(data, self.tail, doubtful) {
                Frame::More if data.len() >= LARGEST_BUFFER => self.overlong()?,
                Frame::More => {
                    self.fill()?;
                    None
                }
                Frame::Comment(extent) => {
                    self.skipped.comments += 1;
                    self.pass(extent, 0);
                    None
                }
                Frame::Whole { extent, .. } | Frame::Broken { first_line: extent, .. }
                    if extent.length > MAX_LINE_BYTES =>
                {
                    self.overlong()?
                }
                Frame::Whole { extent, breaks } => self.whole(extent, breaks),
                Frame::Broken { first_line, fault, reach } => Some(self.broken(first_line, fault, reach)),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Splits a record into a line, or counts it as blank.
    fn whole(&mut self, extent: Extent, breaks: u64) -> Option<Record> {
        let mut line = Line::new(LineNumber(self.line), self.span(extent.length as u64));
        let data = &self.buffer[self.start..self.start + extent.length];
        let charset = self.framer.dialect().charset;
        let cells = &self.framer.cells;
        let record = match decode::push_cells(&mut line, data, cells, charset) {
            Ok(()) if line.len() == 1 && line.cell(0).is_some_and(|cell| !cell.quoted && cell.text.is_empty()) => {
                self.skipped.blanks += 1;
                None
            }
            Ok(()) => Some(Record::Line(line)),
            Err(wrong) => {
                let column = cells.iter().take_while(|cell| cell.end < wrong.at()).count() + 1;
                let offset = self.position() + wrong.at() as u64;
                Some(self.rejected(line.span, no_text(wrong, charset, self.line, column, offset)))
            }
        };
        if record.is_some() {
            self.style.line_end = extent.end.unwrap_or(self.style.line_end);
        }
        self.pass(extent, breaks);
        record
    }

    /// Gives up the physical line at which a record begins.
    fn broken(&mut self, first_line: Extent, fault: Fault, reach: usize) -> Record {
        if reach > first_line.length {
            self.doubtful = self.doubtful.max(self.position() + reach as u64);
        }
        let record = self.rejected(self.span(first_line.length as u64), fault_problem(fault, self.line));
        self.style.line_end = first_line.end.unwrap_or(self.style.line_end);
        self.pass(first_line, 0);
        record
    }

    /// A record that is longer than the limit. Where a line ends within the limit, a quote was left open.
    fn overlong(&mut self) -> Result<Option<Record>, Error> {
        let data = &self.buffer[self.start..self.end];
        if line_extent(data, Tail::Open).is_some_and(|first_line| first_line.length <= MAX_LINE_BYTES) {
            // Framed again, the record now breaks at the end of its first line.
            self.doubtful = self.position() + data.len() as u64;
            return Ok(None);
        }
        let (number, offset) = (self.line, self.position());
        let is_comment = self.framer.begins_comment(data);
        let nul = memchr(0, data).map(|at| NoText::Nul { at });
        let length = self.discard_line()?;
        if is_comment {
            self.skipped.comments += 1;
            return Ok(None);
        }
        let problem = match nul {
            Some(wrong) => no_text(wrong, self.dialect().charset, number, 1, offset + wrong.at() as u64),
            None => too_long(number, length),
        };
        let span = ByteSpan { offset, length: u32::try_from(length).unwrap_or(u32::MAX) };
        Ok(Some(Record::Rejected(Rejected { number: LineNumber(number), span, problem })))
    }

    /// Passes over a physical line without keeping it, and says how long it was.
    fn discard_line(&mut self) -> Result<u64, Error> {
        let mut length = 0;
        loop {
            let data = &self.buffer[self.start..self.end];
            let at = memchr2(b'\n', b'\r', data);
            let passed = at.unwrap_or(data.len());
            length += passed as u64;
            self.start += passed;
            if at.is_none() {
                if !self.fill()? {
                    self.line += 1;
                    return Ok(length);
                }
            } else {
                if self.end - self.start < 2 {
                    self.fill()?;
                }
                if let Some(extent) = line_extent(&self.buffer[self.start..self.end], self.tail) {
                    self.style.line_end = extent.end.unwrap_or_default();
                    self.pass(extent, 0);
                }
                return Ok(length);
            }
        }
    }

    /// Bytes held for the file.
    #[cfg(test)]
    pub(super) fn buffer_size(&self) -> usize {
        self.buffer.len()
    }

    fn rejected(&self, span: ByteSpan, problem: Problem) -> Record {
        Record::Rejected(Rejected { number: LineNumber(self.line), span, problem })
    }

    fn span(&self, length: u64) -> ByteSpan {
        ByteSpan { offset: self.position(), length: u32::try_from(length).unwrap_or(u32::MAX) }
    }

    fn pass(&mut self, extent: Extent, breaks: u64) {
        self.start += extent.consumed();
        self.line += 1 + breaks;
    }

    /// Reads until the buffer is full or the file ends, and says whether there are bytes to look at.
    /// Grows the buffer when the record at hand fills it.
    fn fill(&mut self) -> Result<bool, Error> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.base += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize((2 * self.end).clamp(8, LARGEST_BUFFER), 0);
        }
        let fresh = self.base == 0 && self.end == 0;
        while self.end < self.buffer.len() && self.tail == Tail::Open {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.tail = Tail::Closed,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Read { offset: self.base + self.end as u64, source }),
            }
        }
        if fresh && self.buffer[..self.end].starts_with(BOM) {
            self.style.bom = true;
            self.start = BOM.len();
        }
        Ok(self.start < self.end)
    }
}

fn no_text(wrong: NoText, charset: Charset, line: u64, column: usize, offset: u64) -> Problem {
    match wrong {
        NoText::Invalid { .. } => Problem::error(
            Reason::InvalidEncoding,
            format!(
                "Line {line}, column {column}: the byte at offset {offset} of the file is not valid {charset}. \
                 Save the file as {charset}, or set the option \"charset\" to the charset it is written in."
            ),
        ),
        NoText::Nul { .. } => Problem::error(
            Reason::NotText,
            format!(
                "Line {line}, column {column}: the byte at offset {offset} of the file is zero, which is not text. \
                 Save the file as plain CSV in {charset} (not as UTF-16, and not as a spreadsheet)."
            ),
        ),
    }
}

fn fault_problem(fault: Fault, line: u64) -> Problem {
    match fault {
        Fault::Unterminated { column } => Problem::error(
            Reason::UnterminatedQuote,
            format!(
                "Line {line}, column {column}: a double quote is opened and not closed properly. Close it, or write \
                 the value in quotes with each quote inside doubled."
            ),
        ),
        Fault::AfterQuote { column } => Problem::error(
            Reason::BadQuote,
            format!(
                "Line {line}, column {column}: text follows the closing quote. Double the quotes inside a quoted \
                 value, and write nothing between its last quote and the separator."
            ),
        ),
        Fault::TooManyCells => Problem::error(
            Reason::LineTooLong,
            format!("Line {line} has more than {MAX_CELLS} cells. Check its separators, or split it."),
        ),
    }
}

fn too_long(line: u64, length: u64) -> Problem {
    Problem::error(
        Reason::LineTooLong,
        format!(
            "Line {line} is {length} bytes long, and {MAX_LINE_BYTES} are allowed. Check the line ends of the file, \
             or split the line."
        ),
    )
}
