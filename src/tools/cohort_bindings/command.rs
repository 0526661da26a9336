//! A line of a bindings file in the tool's own terms. Reads cells; knows nothing of the site.

use crate::model::{BoundColumn, BoundHeader, Line, Operation, Problem, Reason};
use crate::site::Source;
use crate::tools::Rejection;
use crate::tools::identify::{self, cell};
use crate::tools::values;
use chrono_tz::Tz;

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Create the binding, or bring it back.
    Add,
    /// Disable it.
    Delete,
    /// Enable it.
    Restore,
    /// Delete it with all enrolments by it.
    FullDelete,
}

impl Verb {
    const WORDS: [(&'static str, Verb); 4] =
        [("add", Verb::Add), ("del", Verb::Delete), ("restore", Verb::Restore), ("fulldel", Verb::FullDelete)];

    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, verb)| verb)
    }

    /// What it does, for messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Delete => "disable",
            Self::Restore => "restore",
            Self::FullDelete => "delete",
        }
    }

    pub(super) fn operation(self) -> Operation {
        match self {
            Self::Add => Operation::Create,
            Self::Delete => Operation::Suspend,
            Self::Restore => Operation::Restore,
            Self::FullDelete => Operation::Delete,
        }
    }
}

/// The role of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RoleRef {
    /// It names none.
    Usual,
    /// It names all.
    All,
    Named(String),
}

/// Whether members get a group of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    /// The group named after the cohort.
    OwnGroup,
    /// As it is.
    AsIs,
}

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BindingCommand {
    pub(super) verb: Verb,
    pub(super) cohort: String,
    pub(super) course: String,
    pub(super) role: RoleRef,
    pub(super) method: String,
    pub(super) opens: Option<i64>,
    pub(super) closes: Option<i64>,
    pub(super) grouping: Grouping,
}

impl BindingCommand {
    pub(super) fn key(&self) -> String {
        let role = match &self.role {
            RoleRef::Usual => return format!("{}/{}", self.cohort, self.course),
            RoleRef::All => "*",
            RoleRef::Named(role) => role,
        };
        format!("{}/{}/{role}", self.cohort, self.course)
    }
}

/// The columns of a file that the tool reads.
#[derive(Debug)]
pub(super) struct Columns {
    cohort: Option<BoundColumn>,
    course: Option<BoundColumn>,
    verb: Option<BoundColumn>,
    role: Option<BoundColumn>,
    method: Option<BoundColumn>,
    opens: Option<BoundColumn>,
    closes: Option<BoundColumn>,
    grouping: Option<BoundColumn>,
}

impl Columns {
    pub(super) fn of(header: &BoundHeader) -> Self {
        let column = |name| header.column(name).cloned();
        Self {
            cohort: column("cohort"),
            course: column("course"),
            verb: column("cmd"),
            role: column("role"),
            method: column("enrol"),
            opens: column("enrolstart"),
            closes: column("enrolend"),
            grouping: column("makegroup"),
        }
    }

    /// Reads a line and collects all that is wrong with it.
    pub(super) fn read(&self, line: &Line, zone: Tz) -> Result<BindingCommand, Rejection> {
        let mut problems = Vec::new();
        let cohort = cell(self.cohort.as_ref(), line).unwrap_or("").to_owned();
        if cohort.is_empty() {
            problems.push(identify::empty(Reason::CohortIdEmpty, "cohort", "cohort"));
        }
        let course = cell(self.course.as_ref(), line).unwrap_or("").to_owned();
        if course.is_empty() {
            problems.push(identify::empty(Reason::CourseIdEmpty, "course", "course"));
        }
        let verb = self.read_verb(line, &mut problems);
        let role = match cell(self.role.as_ref(), line) {
            None => RoleRef::Usual,
            Some("*") => RoleRef::All,
            Some(role) => RoleRef::Named(role.to_owned()),
        };
        if verb == Verb::Add && role == RoleRef::All {
            let message = "The role * stands for all roles, and add needs one; name it.";
            problems.push(Problem::error(Reason::RoleInvalid, message).at("role"));
        }
        let method = self.read_method(line, &mut problems);
        let opens = values::time_cell(self.opens.as_ref(), line, zone, &mut problems);
        let closes = values::time_cell(self.closes.as_ref(), line, zone, &mut problems);
        let grouping = self.read_grouping(line, &mut problems);
        let command = BindingCommand { verb, cohort, course, role, method, opens, closes, grouping };
        if problems.is_empty() {
            return Ok(command);
        }
        Err(identify::rejected(command.key(), verb.operation(), problems))
    }

    fn read_verb(&self, line: &Line, problems: &mut Vec<Problem>) -> Verb {
        let Some(word) = cell(self.verb.as_ref(), line) else { return Verb::Add };
        Verb::from_word(word).unwrap_or_else(|| {
            let message = format!("{word:?} is no command; write add, del, restore or fulldel.");
            problems.push(Problem::error(Reason::CmdInvalid, message).at("cmd"));
            Verb::Delete
        })
    }

    fn read_method(&self, line: &Line, problems: &mut Vec<Problem>) -> String {
        let Some(word) = cell(self.method.as_ref(), line) else { return Source::OF_COHORTS[0].to_owned() };
        let method = word.to_ascii_lowercase();
        if !Source::OF_COHORTS.contains(&&*method) {
            let message = format!("{word:?} does not enrol cohorts; write {}.", Source::OF_COHORTS.join(", "));
            problems.push(Problem::error(Reason::EnrolMethodUnavailable, message).at("enrol"));
        }
        method
    }

    fn read_grouping(&self, line: &Line, problems: &mut Vec<Problem>) -> Grouping {
        let Some(column) = &self.grouping else { return Grouping::AsIs };
        match cell(Some(column), line).map(values::parse_switch) {
            None | Some(Ok(false)) => Grouping::AsIs,
            Some(Ok(true)) => Grouping::OwnGroup,
            Some(Err(sentence)) => {
                problems.push(values::invalid(column, sentence));
                Grouping::AsIs
            }
        }
    }
}
