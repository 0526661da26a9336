//! Tests of the module as its callers see it.

mod header;
mod lists;
mod random;
mod reader;
mod writer;

use super::*;
use crate::model::Reason;

fn dialect(separator: Separator, charset: Charset) -> Dialect {
    Dialect { separator, charset, comments: CommentStyle::Hash }
}

fn semicolons() -> Dialect {
    Dialect::default()
}

fn commas() -> Dialect {
    dialect(Separator::Comma, Charset::Utf8)
}

fn all<R: std::io::Read>(reader: &mut RecordReader<R>) -> Vec<Record> {
    std::iter::from_fn(|| reader.next_record().unwrap()).collect()
}

fn records(bytes: &[u8], dialect: Dialect) -> Vec<Record> {
    all(&mut RecordReader::new(bytes, dialect))
}

/// A record as `line number`, then its cells (quoted ones in `"`) or the reason for which it was rejected.
fn show(record: &Record) -> String {
    match record {
        Record::Line(line) => {
            let cells = (0..line.len()).map(|index| line.cell(index).unwrap());
            let cells = cells.map(|c| if c.quoted { format!("\"{}\"", c.text) } else { c.text.to_owned() });
            format!("{} {}", line.number, cells.collect::<Vec<_>>().join("|"))
        }
        Record::Rejected(rejected) => format!("{} {}", rejected.number, rejected.problem.reason.name()),
    }
}

fn shown(bytes: &[u8], dialect: Dialect) -> Vec<String> {
    records(bytes, dialect).iter().map(show).collect()
}

/// The bytes of the record in the source.
fn raw<'a>(source: &'a [u8], record: &Record) -> &'a [u8] {
    let span = match record {
        Record::Line(line) => line.span,
        Record::Rejected(rejected) => rejected.span,
    };
    &source[span.offset as usize..][..span.length as usize]
}

fn reason(record: &Record) -> Option<Reason> {
    match record {
        Record::Line(_) => None,
        Record::Rejected(rejected) => Some(rejected.problem.reason),
    }
}
