//! A line of a groups file in the tool's own terms. Reads cells; knows nothing of the site.

use crate::model::{BoundColumn, BoundHeader, Line, Operation, Problem, Reason};
use crate::site::{ColumnKind, GroupField};
use crate::tools::Rejection;
use crate::tools::identify::{self, cell};
use crate::tools::values::{self, Clearing};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record {
    Group,
    Grouping,
}

impl Record {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Grouping => "grouping",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Group, Self::Grouping].into_iter().find(|record| record.noun().eq_ignore_ascii_case(word))
    }
}

/// The grouping that a group goes into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// None, or none but what the run's option says.
    Unsaid,
    /// None, whatever the option says.
    Nowhere,
    /// The one with the name of the group.
    Namesake,
    /// The one with this idnumber.
    Idnumber(String),
}

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupCommand {
    pub(super) record: Record,
    pub(super) course: String,
    /// Identifier of what is to be updated.
    pub(super) target: Option<String>,
    /// Columns that the line gives; empty texts empty them.
    pub(super) fields: Vec<(GroupField, String)>,
    pub(super) destination: Destination,
}

impl GroupCommand {
    pub(super) fn field(&self, wanted: GroupField) -> Option<&str> {
        let given = self.fields.iter().find(|(field, _)| *field == wanted);
        given.map(|(_, text)| text.as_str()).filter(|text| !text.is_empty())
    }

    /// The course, and what identifies the record in it.
    pub(super) fn key(&self) -> String {
        let own = self.target.as_deref().or_else(|| self.field(GroupField::Idnumber));
        format!("{}/{}", self.course, own.or_else(|| self.field(GroupField::Name)).unwrap_or(""))
    }

    pub(super) fn operation(&self) -> Operation {
        if self.target.is_some() { Operation::Update } else { Operation::Create }
    }
}

const FIELDS: [(GroupField, Clearing); 3] = [
    (GroupField::Name, Clearing::Refused),
    (GroupField::Idnumber, Clearing::Allowed),
    (GroupField::Description, Clearing::Allowed),
];

/// The columns of a file that the tool reads.
#[derive(Debug)]
pub(super) struct Columns {
    course: Option<BoundColumn>,
    record: Option<BoundColumn>,
    fields: Vec<(BoundColumn, GroupField, Clearing)>,
    target: Option<BoundColumn>,
    namesake: Option<BoundColumn>,
    grouping: Option<BoundColumn>,
}

impl Columns {
    pub(super) fn of(header: &BoundHeader) -> Self {
        let column = |name| header.column(name).cloned();
        let field = |(field, clearing): (GroupField, Clearing)| Some((column(field.column())?, field, clearing));
        Self {
            course: column("courseid"),
            record: column("type"),
            fields: FIELDS.into_iter().filter_map(field).collect(),
            target: column("updateid"),
            namesake: column("selfgrouping"),
            grouping: column("grouping"),
        }
    }

    /// Reads a line and collects all that is wrong with it.
    pub(super) fn read(&self, line: &Line) -> Result<GroupCommand, Rejection> {
        let mut problems = Vec::new();
        let record = self.read_record(line, &mut problems);
        let course = cell(self.course.as_ref(), line).unwrap_or("").to_owned();
        if course.is_empty() {
            problems.push(identify::empty(Reason::CourseIdEmpty, "courseid", "course"));
        }
        let mut fields = Vec::new();
        for (column, field, clearing) in &self.fields {
            match values::text_cell(Some(column), line, limit(*field), *clearing) {
                Ok(text) => fields.extend(text.map(|text| (*field, text))),
                Err(problem) => problems.push(problem),
            }
        }
        let target = cell(self.target.as_ref(), line).map(str::to_owned);
        let command = GroupCommand { record, course, target, fields, destination: self.read_destination(line) };
        if command.target.is_none() && command.field(GroupField::Name).is_none() && problems.is_empty() {
            let message = format!("The column name is empty; write the name of the {}.", record.noun());
            problems.push(Problem::error(Reason::NameEmpty, message).at("name"));
        }
        if problems.is_empty() {
            return Ok(command);
        }
        Err(identify::rejected(command.key(), command.operation(), problems))
    }

    fn read_record(&self, line: &Line, problems: &mut Vec<Problem>) -> Record {
        let Some(word) = cell(self.record.as_ref(), line) else { return Record::Group };
        Record::from_word(word).unwrap_or_else(|| {
            let message = format!("{word:?} is no type; write group or grouping.");
            problems.push(Problem::error(Reason::TypeInvalid, message).at("type"));
            Record::Group
        })
    }

    fn read_destination(&self, line: &Line) -> Destination {
        match (cell(self.grouping.as_ref(), line), cell(self.namesake.as_ref(), line)) {
            (Some(idnumber), _) => Destination::Idnumber(idnumber.to_owned()),
            (None, None) => Destination::Unsaid,
            (None, Some("0")) => Destination::Nowhere,
            (None, Some(_)) => Destination::Namesake,
        }
    }
}

/// The longest value of a column.
fn limit(field: GroupField) -> usize {
    match field.kind() {
        ColumnKind::Text(limit) => limit,
        ColumnKind::LongText | ColumnKind::Integer => usize::MAX,
    }
}
