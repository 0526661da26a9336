//! The files that go back to the sender: the failed records as they were, and the reasons beside them.

use super::decode::BOM;
use super::{Error, Separator, SourceStyle};
use crate::model::{LineNumber, Problem, Severity};
use std::borrow::Cow;
use std::io::Write;

/// Writes the reasons beside a tryback file: UTF-8, one problem a line.
pub struct ReasonsWriter<W: Write> {
    rows: ::csv::Writer<W>,
}

impl<W: Write> ReasonsWriter<W> {
    /// Begins the file with its header.
    pub fn new(out: W, separator: Separator) -> Result<Self, Error> {
        let mut rows = ::csv::WriterBuilder::new().delimiter(separator.byte()).from_writer(out);
        rows.write_record(["line", "column", "severity", "reason", "message"]).map_err(reasons)?;
        Ok(Self { rows })
    }

    /// Writes one problem of a line.
    pub fn write(&mut self, line: LineNumber, problem: &Problem) -> Result<(), Error> {
        let severity = match problem.severity {
            Severity::Notice => "NOTICE",
            Severity::Warning => "WARNING",
            Severity::Error => "ERROR",
        };
        let column = inert(problem.column.as_deref().unwrap_or_default());
        let message = inert(&problem.message);
        self.rows
            .write_record([&line.to_string(), &*column, severity, problem.reason.name(), &*message])
            .map_err(reasons)
    }

    /// Hands everything written so far to the output.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.rows.flush().map_err(Error::Reasons)
    }

    /// Ends the file and gives the output back.
    pub fn finish(self) -> Result<W, Error> {
        self.rows.into_inner().map_err(|error| Error::Reasons(error.into_error()))
    }
}

fn reasons(error: ::csv::Error) -> Error {
    Error::Reasons(error.into())
}

/// A cell that spreadsheets take as text: an apostrophe before what would begin a formula.
fn inert(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}").into() } else { cell.into() }
}

/// A line of a list that is read as this value: in quotes where it would be read as something else.
pub fn list_line(value: &str) -> Cow<'_, str> {
    let first = value.starts_with(['"', '#', '/', '(', '[', '-']);
    let around = value.trim() != value;
    if first || around || value.contains(['\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\"")).into()
    } else {
        value.into()
    }
}

/// A record that is read as these values: in quotes where one would be read as something else.
pub fn record_line(values: &[&str], separator: Separator) -> String {
    let separator = char::from(separator.byte());
    let cell = |(at, value): (usize, &&str)| {
        let first = at == 0 && value.starts_with(['#', '/', '(', '[', '-']);
        let around = value.trim() != *value;
        if first || around || value.contains(['"', '\n', '\r', separator]) {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            (*value).to_owned()
        }
    };
    values.iter().enumerate().map(cell).collect::<Vec<_>>().join(&separator.to_string())
}

/// Writes a tryback file: header and records as bytes of the source, in the style of the source.
pub struct TrybackWriter<W: Write> {
    out: W,
    style: SourceStyle,
}

impl<W: Write> TrybackWriter<W> {
    /// Begins the file with the bytes of the header, without their line end; a list has none.
    pub fn new(mut out: W, header: Option<&[u8]>, style: SourceStyle) -> Result<Self, Error> {
        if style.bom {
            out.write_all(BOM).map_err(Error::Tryback)?;
        }
        let mut writer = Self { out, style };
        if let Some(header) = header {
            writer.write(header)?;
        }
        Ok(writer)
    }

    /// Writes the bytes of one record, without their line end.
    pub fn write(&mut self, record: &[u8]) -> Result<(), Error> {
        self.out
            .write_all(record)
            .and_then(|()| self.out.write_all(self.style.line_end.bytes()))
            .map_err(Error::Tryback)
    }

    /// Ends the file and gives the output back.
    pub fn finish(mut self) -> Result<W, Error> {
        self.out.flush().map_err(Error::Tryback)?;
        Ok(self.out)
    }
}
