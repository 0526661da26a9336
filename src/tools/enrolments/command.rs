//! A line of an enrolment file in the tool's own terms. Reads cells; knows nothing of the site.

use super::descriptor;
use crate::model::{BoundColumn, BoundHeader, Line, Operation, Problem, Reason};
use crate::site::EnrolStatus;
use crate::tools::identify::{self, cell};
use crate::tools::participation::{Dates, MissingGroup};
use crate::tools::{Rejection, values};
use chrono_tz::Tz;

/// What a line does to the user's place in the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Enrol, or assign a role.
    Add,
    /// Unenrol, or take roles away.
    Delete,
    /// Replace the roles.
    Shift,
    /// Make the enrolment active.
    Enable,
    /// Suspend the enrolment.
    Disable,
}

impl Verb {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        const WORDS: [(&str, Verb); 6] = [
            ("add", Verb::Add),
            ("del", Verb::Delete),
            ("delete", Verb::Delete),
            ("shift", Verb::Shift),
            ("enable", Verb::Enable),
            ("disable", Verb::Disable),
        ];
        WORDS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, verb)| verb)
    }

    pub(super) fn operation(self) -> Operation {
        match self {
            Self::Add => Operation::Enrol,
            Self::Delete => Operation::Unenrol,
            Self::Shift => Operation::ShiftRole,
            Self::Enable => Operation::Restore,
            Self::Disable => Operation::Suspend,
        }
    }

    fn needs_role(self) -> bool {
        matches!(self, Self::Add | Self::Shift)
    }
}

/// What a line does to the user's groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupVerb {
    /// Join the named groups.
    Join(MissingGroup),
    /// Join the named groups and leave all others of the course.
    Replace(MissingGroup),
    /// Leave the named groups.
    Leave,
}

impl GroupVerb {
    fn from_word(word: &str) -> Option<Self> {
        const WORDS: [(&str, GroupVerb); 5] = [
            ("gadd", GroupVerb::Join(MissingGroup::Refuse)),
            ("gaddcreate", GroupVerb::Join(MissingGroup::Create)),
            ("greplace", GroupVerb::Replace(MissingGroup::Refuse)),
            ("greplacecreate", GroupVerb::Replace(MissingGroup::Create)),
            ("gdel", GroupVerb::Leave),
        ];
        WORDS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, verb)| verb)
    }
}

/// A filled group cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupSlot {
    /// The number in the column's name.
    pub(super) number: u32,
    /// Name of the group.
    pub(super) name: String,
}

impl GroupSlot {
    /// The column, for problems.
    pub(super) fn column(&self) -> String {
        format!("g{}", self.number)
    }
}

/// The group part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupOrder {
    pub(super) verb: GroupVerb,
    pub(super) slots: Vec<GroupSlot>,
}

/// By which way the user takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Method {
    /// No enrolment: only roles in the course (and, with enable and disable, all enrolments).
    RoleOnly,
    /// The enrolment method of that name.
    Named(String),
}

/// `course/user` as the line gives them, in one string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    text: String,
    course: usize,
}

impl Key {
    fn new(course: &str, user: &str) -> Self {
        let mut text = String::with_capacity(course.len() + 1 + user.len());
        text.push_str(course);
        text.push('/');
        text.push_str(user);
        Self { text, course: course.len() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn course(&self) -> &str {
        &self.text[..self.course]
    }

    pub(super) fn user(&self) -> &str {
        &self.text[self.course + 1..]
    }
}

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnrolCommand {
    pub(super) key: Key,
    pub(super) verb: Verb,
    /// Short name of the role.
    pub(super) role: Option<String>,
    pub(super) method: Method,
    pub(super) dates: Dates,
    /// What the column `suspend` says.
    pub(super) status: Option<EnrolStatus>,
    pub(super) groups: Option<GroupOrder>,
}

/// The columns of a file that the tool reads.
#[derive(Debug)]
pub(super) struct Columns {
    role: Option<BoundColumn>,
    course: Option<BoundColumn>,
    user: Option<BoundColumn>,
    verb: Option<BoundColumn>,
    method: Option<BoundColumn>,
    start: Option<BoundColumn>,
    end: Option<BoundColumn>,
    status: Option<BoundColumn>,
    group_verb: Option<BoundColumn>,
    groups: Vec<BoundColumn>,
}

/// What lines of a file do not say themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// The verb of lines without one.
    pub(super) default_verb: Verb,
    /// The zone of times without an offset.
    pub(super) zone: Tz,
}

impl Columns {
    pub(super) fn of(header: &BoundHeader) -> Self {
        let column = |name| header.column(name).cloned();
        Self {
            role: column("rolename"),
            course: column("cid"),
            user: column("uid"),
            verb: column("cmd"),
            method: column("enrol"),
            start: column("starttime"),
            end: column("endtime"),
            status: column("suspend"),
            group_verb: column("gcmd"),
            groups: header.numbered("g", "").into_iter().cloned().collect(),
        }
    }

    /// Columns that mean nothing in a file without the column `enrol`.
    pub(super) fn idle(&self) -> impl Iterator<Item = &BoundColumn> {
        let idle = self.method.is_none();
        [&self.start, &self.end, &self.status].into_iter().flatten().filter(move |_| idle)
    }

    /// Reads a line and collects all that is wrong with it.
    pub(super) fn read(&self, line: &Line, reading: Reading) -> Result<EnrolCommand, Rejection> {
        let mut problems = Vec::new();
        let key = self.read_key(line, &mut problems);
        let verb = self.read_verb(line, reading.default_verb, &mut problems);
        let role = cell(self.role.as_ref(), line).map(str::to_owned);
        if role.is_none() && verb.is_some_and(Verb::needs_role) {
            let message = "The column rolename is empty; add and shift need the short name of a role.";
            problems.push(Problem::error(Reason::RoleMissing, message).at("rolename"));
        }
        let dates = self.read_dates(line, reading.zone, &mut problems);
        let status = self.read_status(line, &mut problems);
        let groups = self.read_groups(line, &mut problems);
        match verb {
            Some(verb) if problems.is_empty() => {
                Ok(EnrolCommand { key, verb, role, method: self.read_method(line), dates, status, groups })
            }
            _ => {
                Err(Rejection { key: key.text, operation: verb.unwrap_or(reading.default_verb).operation(), problems })
            }
        }
    }

    fn read_key(&self, line: &Line, problems: &mut Vec<Problem>) -> Key {
        let course = cell(self.course.as_ref(), line).unwrap_or("");
        let user = cell(self.user.as_ref(), line).unwrap_or("");
        if user.is_empty() {
            problems.push(identify::empty(Reason::UserIdEmpty, "uid", "user"));
        }
        if course.is_empty() {
            problems.push(identify::empty(Reason::CourseIdEmpty, "cid", "course"));
        }
        Key::new(course, user)
    }

    fn read_verb(&self, line: &Line, default: Verb, problems: &mut Vec<Problem>) -> Option<Verb> {
        let Some(word) = cell(self.verb.as_ref(), line) else { return Some(default) };
        let verb = Verb::from_word(word);
        if verb.is_none() {
            let message = format!("{word:?} is no command; write add, del, shift, enable or disable.");
            problems.push(Problem::error(Reason::CmdInvalid, message).at("cmd"));
        }
        verb
    }

    /// A line too short for the column is as a line of a file without it.
    fn read_method(&self, line: &Line) -> Method {
        match self.method.as_ref().and_then(|column| line.cell(column.index)) {
            None => Method::RoleOnly,
            Some(cell) if cell.text.trim().is_empty() => Method::Named("manual".to_owned()),
            Some(cell) => Method::Named(cell.text.trim().to_ascii_lowercase()),
        }
    }

    fn read_dates(&self, line: &Line, zone: Tz, problems: &mut Vec<Problem>) -> Dates {
        let dates = Dates {
            start: values::time_cell(self.start.as_ref(), line, zone, problems),
            end: values::time_cell(self.end.as_ref(), line, zone, problems),
        };
        if let (Some(start), Some(end)) = (dates.start, dates.end)
            && end != 0
            && end < start
        {
            let message = "The enrolment would end before it starts; correct starttime or endtime.";
            problems.push(Problem::error(Reason::TimeInvalid, message).at("endtime"));
        }
        dates
    }

    fn read_status(&self, line: &Line, problems: &mut Vec<Problem>) -> Option<EnrolStatus> {
        let column = self.status.as_ref()?;
        match values::parse_switch(column.value(line)?) {
            Ok(true) => Some(EnrolStatus::Suspended),
            Ok(false) => Some(EnrolStatus::Active),
            Err(sentence) => {
                problems.push(values::invalid(column, sentence));
                None
            }
        }
    }

    fn read_groups(&self, line: &Line, problems: &mut Vec<Problem>) -> Option<GroupOrder> {
        let word = cell(self.group_verb.as_ref(), line)?;
        let Some(verb) = GroupVerb::from_word(word) else {
            let message =
                format!("{word:?} is no group command; write gadd, gaddcreate, greplace, greplacecreate or gdel.");
            problems.push(Problem::error(Reason::GroupCmdInvalid, message).at("gcmd"));
            return None;
        };
        let slot = |column: &BoundColumn| {
            let name = cell(Some(column), line)?.to_owned();
            Some(GroupSlot { number: column.number?, name })
        };
        Some(GroupOrder { verb, slots: self.groups.iter().filter_map(slot).collect() })
    }
}

/// The verb that the option names; its words are checked before.
pub(super) fn default_verb(options: &crate::tools::options::ToolOptions) -> Verb {
    Verb::from_word(options.text(descriptor::DEFAULT_CMD)).unwrap_or(Verb::Add)
}
