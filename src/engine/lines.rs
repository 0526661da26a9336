//! The lines of a command file, whichever kind it is: records of a text, entries of an archive.

use super::error::EngineError;
use super::options::Processing;
use crate::archive::{self, Bounds, Contents, Entries};
use crate::csv::{self, Record, RecordReader, Rejected, Skipped, Top};
use crate::model::{BoundHeader, ByteSpan, Layout, Line, LineNumber, Problem, ToolDescriptor};
use crate::store::Content;
use crate::tools::ErasedJob;

/// What a tryback must know of the kind of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text that begins so.
    Text(Top),
    /// An archive.
    Archive,
}

/// A command file at its top.
pub(super) enum Opened {
    /// A text whose top was read.
    Text { top: Top, header: BoundHeader, reader: Box<RecordReader<Box<dyn Content>>> },
    /// What may be an archive. What its entries are about, only the bound tool knows.
    Archive { header: BoundHeader, content: Box<dyn Content> },
}

/// Reads the top of a text. `Err(Ok(problems))` is a file that is refused.
pub(super) fn open(
    content: Box<dyn Content>,
    processing: &Processing,
    descriptor: &'static ToolDescriptor,
) -> Result<Result<Opened, Vec<Problem>>, EngineError> {
    if descriptor.layout == Layout::Archive {
        return Ok(Ok(Opened::Archive { header: BoundHeader::of_list(descriptor.columns), content }));
    }
    let mut reader = RecordReader::new(content, processing.dialect.laid_out(descriptor.layout));
    match csv::open(&mut reader, descriptor, processing.unknown_columns) {
        Ok((top, header)) => Ok(Ok(Opened::Text { top, header, reader: Box::new(reader) })),
        Err(csv::OpenError::Refused(problems)) => Ok(Err(problems)),
        Err(csv::OpenError::Read(error)) => Err(error.into()),
    }
}

impl Opened {
    /// The columns of the tool as the file has them.
    pub(super) fn header(&self) -> &BoundHeader {
        match self {
            Self::Text { header, .. } | Self::Archive { header, .. } => header,
        }
    }

    /// The lines, for a tool that is bound to the file.
    pub(super) fn lines(
        self,
        job: &dyn ErasedJob,
        bounds: Bounds,
    ) -> Result<Result<(Form, Lines), Vec<Problem>>, EngineError> {
        match self {
            Self::Text { top, reader, .. } => Ok(Ok((Form::Text(top), Lines::Records(reader)))),
            Self::Archive { content, .. } => match archive::open(content, bounds, |name| job.entry_subject(name)) {
                Ok(entries) => Ok(Ok((Form::Archive, Lines::Entries(Box::new(entries))))),
                Err(archive::OpenError::Refused(problem)) => Ok(Err(vec![*problem])),
                Err(archive::OpenError::Read(error)) => Err(error.into()),
            },
        }
    }
}

/// The lines of a command file, to be read from start to end.
pub(super) enum Lines {
    Records(Box<RecordReader<Box<dyn Content>>>),
    Entries(Box<Entries<Box<dyn Content>>>),
}

/// A line, or what cannot become one.
pub(super) struct NextLine {
    pub(super) number: LineNumber,
    pub(super) span: ByteSpan,
    /// Bytes of memory that it takes.
    pub(super) weight: usize,
    pub(super) content: Result<Line, Problem>,
}

impl Lines {
    /// The next line, or `None` at the end. Of an archive, one behind `after`: what its earlier entries are for is known
    /// from their names.
    pub(super) fn next(&mut self, after: LineNumber, contents: Contents) -> Result<Option<NextLine>, EngineError> {
        match self {
            Self::Records(reader) => Ok(reader.next_record()?.map(next_line)),
            Self::Entries(entries) => {
                entries.go_on_behind(after);
                Ok(entries.next_line(contents)?.map(next_entry))
            }
        }
    }

    /// Offset in the file behind what was read.
    pub(super) fn position(&self) -> u64 {
        match self {
            Self::Records(reader) => reader.position(),
            Self::Entries(entries) => entries.position(),
        }
    }

    /// What was passed over so far. In an archive nothing is: what is no line there is no content either.
    pub(super) fn skipped(&self) -> Skipped {
        match self {
            Self::Records(reader) => reader.skipped(),
            Self::Entries(_) => Skipped::default(),
        }
    }
}

fn next_line(record: Record) -> NextLine {
    let (number, span, content) = match record {
        Record::Line(line) => (line.number, line.span, Ok(line)),
        Record::Rejected(Rejected { number, span, problem }) => (number, span, Err(problem)),
    };
    NextLine { number, span, weight: span.length as usize, content }
}

fn next_entry(line: Line) -> NextLine {
    let content = line.attachment.as_ref().and_then(|attachment| attachment.content.as_ref().ok());
    let weight = content.map_or(0, |content| content.len());
    NextLine { number: line.number, span: line.span, weight, content: Ok(line) }
}
