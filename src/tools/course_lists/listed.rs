//! A course as a list names it: how its identifier is read, and which courses have it.

use crate::model::{BoundColumn, BoundHeader, CourseId, Line, Operation, Problem, Reason};
use crate::site::{CourseKey, World};
use crate::tools::Rejection;
use crate::tools::options::ToolOptions;
use crate::tools::values::{check_length, excerpt, invalid, parse_number};

/// The column of the identifier, and the option that says what it is.
pub const IDENTIFIER: &str = "identifier";

/// Longest identifier: that of a short name.
const LONGEST: usize = 255;

/// By what the courses of a list are identified.
pub fn key_of(options: &ToolOptions) -> CourseKey {
    CourseKey::from_name(options.text(IDENTIFIER)).unwrap_or(CourseKey::Shortname)
}

/// The column of the identifier.
#[derive(Debug)]
pub struct Listing {
    pub(super) key: CourseKey,
    column: BoundColumn,
}

impl Listing {
    /// The column of a file with a header.
    pub fn of(key: CourseKey, column: BoundColumn) -> Self {
        Self { key, column }
    }

    /// The name of the column.
    pub fn name(&self) -> &str {
        &self.column.name
    }

    /// Binds the first column of a list.
    pub(super) fn bind(key: CourseKey, header: &BoundHeader) -> Result<Self, Vec<Problem>> {
        match header.column(IDENTIFIER) {
            Some(column) => Ok(Self { key, column: column.clone() }),
            None => Err(vec![Problem::error(Reason::ColumnMissing, "The list has no identifiers.").at(IDENTIFIER)]),
        }
    }

    /// The identifier of a line.
    pub fn read(&self, line: &Line, operation: Operation) -> Result<String, Rejection> {
        let text = self.column.value(line).unwrap_or("").trim();
        let checked = match self.key {
            _ if text.is_empty() => {
                Err(self.problem(Reason::CourseIdEmpty, "The line names no course; write its identifier first."))
            }
            CourseKey::Id => parse_number(text, 1..=i64::MAX)
                .map(|id| id.to_string())
                .map_err(|sentence| invalid(&self.column, sentence)),
            CourseKey::Idnumber | CourseKey::Shortname => match check_length(text, LONGEST) {
                Ok(()) => Ok(text.to_owned()),
                Err(sentence) => {
                    let message = format!("The identifier {:?} {sentence}; shorten it.", excerpt(text));
                    Err(self.problem(Reason::ValueTooLong, message))
                }
            },
        };
        checked.map_err(|problem| Rejection { key: excerpt(text).into_owned(), operation, problems: vec![problem] })
    }

    /// The courses that have the identifier, the lowest id first.
    pub(super) fn find(&self, value: &str, world: &World) -> Vec<CourseId> {
        let mut found = world.courses.find_all(self.key, value);
        found.sort_unstable();
        found
    }

    /// What there is to tell where no course has the identifier.
    pub(super) fn unknown(&self, value: &str, remark: &str) -> Problem {
        let message = format!("No course has the {} {value:?}{remark}.", self.key.name());
        Problem::warning(Reason::CourseUnknown, message).at(&self.column.name)
    }

    /// What there is to tell where several courses have the identifier.
    pub(super) fn ambiguous(&self, value: &str, found: &[CourseId], remark: &str) -> Problem {
        let ids: Vec<String> = found.iter().take(5).map(ToString::to_string).collect();
        let more = if found.len() > ids.len() { ", …" } else { "" };
        let (count, name, ids) = (found.len(), self.key.name(), ids.join(", "));
        let message = format!("{count} courses have the {name} {value:?} (id {ids}{more}){remark}.");
        self.problem(Reason::CourseAmbiguous, message)
    }

    pub(super) fn problem(&self, reason: Reason, message: impl Into<String>) -> Problem {
        Problem::error(reason, message).at(&self.column.name)
    }
}
