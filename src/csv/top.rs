//! The top of a command file: its header, or the first line of a list, which is looked at and comes again.

use super::header::{is_garbage, not_text};
use super::{Error, OpenError, Record, RecordReader, SourceStyle, UnknownColumns, bind, read_header};
use crate::model::{BoundHeader, ByteSpan, Layout, Problem, Reason, ToolDescriptor};
use std::io::Read;

/// What a file made from a command file begins with, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Top {
    /// Where the header stands in the source, without its line end; none in a list.
    pub header: Option<ByteSpan>,
    /// How the file is written, by its first bytes and the end of its first line.
    pub style: SourceStyle,
}

impl Top {
    /// Whether the file is a list, which may have no line at all.
    pub fn is_list(&self) -> bool {
        self.header.is_none()
    }
}

/// Reads the top of a command file of a tool, and binds the tool's columns to it.
pub fn open<R: Read>(
    reader: &mut RecordReader<R>,
    tool: &ToolDescriptor,
    unknown: UnknownColumns,
) -> Result<(Top, BoundHeader), OpenError> {
    if tool.layout == Layout::Header {
        let header = read_header(reader)?;
        let bound = bind(&header, tool, unknown, reader.dialect()).map_err(OpenError::Refused)?;
        return Ok((Top { header: Some(header.span), style: header.style }, bound));
    }
    match first_of_list(reader)? {
        Some(problem) => Err(OpenError::Refused(vec![problem])),
        None => Ok((Top { header: None, style: reader.style() }, BoundHeader::of_list(tool.columns))),
    }
}

/// Looks at the first line of a list, and says why the file cannot be one.
fn first_of_list<R: Read>(reader: &mut RecordReader<R>) -> Result<Option<Problem>, Error> {
    let first = match reader.next_record()? {
        None => return Ok(None),
        Some(Record::Rejected(rejected)) if rejected.problem.reason == Reason::NotText => {
            return Ok(Some(rejected.problem));
        }
        Some(Record::Line(line)) if is_garbage(&line) => return Ok(Some(not_text("first line"))),
        Some(first) => first,
    };
    reader.put_back(first);
    Ok(None)
}
