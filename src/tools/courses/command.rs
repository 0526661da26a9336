//! A line of a course file in the tool's own terms. Reading it collects every problem and never looks at the site.

use super::category::CategoryRef;
use super::columns::{Blank, Columns, Landing, Rule, TeacherColumns, ValueColumn};
use super::sections::Topic;
use super::settings::CourseSettings;
use super::teachers::{Account, DEFAULT_ROLE, Teacher};
use crate::model::{BoundColumn, Line, Operation, Problem, Reason};
use crate::site::{CourseField, CourseKey, EnrolStatus, Fields, SiteFacts};
use crate::tools::Rejection;
use crate::tools::values::{CLEAR, check_length, invalid, parse_number, parse_switch, parse_time};
use chrono_tz::Tz;

/// The original's limit of a role name, in characters.
const LONGEST_ROLE: usize = 40;

/// What a line asks for. Blank cells are absent; empty values clear.
#[derive(Debug, Clone, Default)]
pub(super) struct CourseCommand {
    /// The value of the identifying column.
    pub(super) key: String,
    /// Columns of `course`, as they will be stored.
    pub(super) values: Fields<CourseField>,
    pub(super) category: Option<CategoryRef>,
    /// `0` or `1`.
    pub(super) course_display: Option<String>,
    pub(super) self_enrolment: Option<EnrolStatus>,
    pub(super) guest_access: Option<EnrolStatus>,
    pub(super) template: Option<String>,
    /// Every declared section, blank ones too.
    pub(super) topics: Vec<Topic>,
    pub(super) teachers: Vec<Teacher>,
}

impl CourseCommand {
    /// The short name; never blank in a command.
    pub(super) fn shortname(&self) -> &str {
        self.values.text(CourseField::Shortname)
    }

    /// The idnumber, unless it is absent or to be cleared.
    pub(super) fn idnumber(&self) -> Option<&str> {
        self.values.get(CourseField::Idnumber).filter(|idnumber| !idnumber.is_empty())
    }
}

/// What lines are read with.
pub(super) struct Reading<'a> {
    pub(super) columns: &'a Columns,
    pub(super) settings: CourseSettings,
    pub(super) facts: &'a SiteFacts,
    pub(super) zone: Tz,
}

impl Reading<'_> {
    /// Reads a line; all its problems at once.
    pub(super) fn read(&self, line: &Line) -> Result<CourseCommand, Rejection> {
        let mut command = CourseCommand::default();
        let mut problems = Vec::new();
        command.key = self.key(line, &mut problems);
        for value in &self.columns.values {
            match self.value(value, line) {
                Ok(Some(text)) => land(&mut command, value.landing, text),
                Ok(None) => {}
                Err(problem) => problems.push(problem),
            }
        }
        self.read_category(line, &mut command, &mut problems);
        command.template = self.columns.template.as_ref().and_then(|column| column.value(line)).map(str::to_owned);
        self.read_topics(line, &mut command, &mut problems);
        for columns in &self.columns.teachers {
            match self.teacher(columns, line) {
                Ok(teacher) => command.teachers.extend(teacher),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            return Ok(command);
        }
        let by_id = self.settings.identifier == CourseKey::Id;
        let operation = if by_id { Operation::Update } else { Operation::Create };
        Err(Rejection { key: command.key, operation, problems })
    }

    fn key(&self, line: &Line, problems: &mut Vec<Problem>) -> String {
        let name = self.settings.identifier.name();
        let Some(column) = &self.columns.identifier else {
            let message = format!("The file has no column {name}, which identifies courses in this run; add it.");
            problems.push(Problem::error(Reason::CourseIdEmpty, message).at(name));
            return String::new();
        };
        let Some(key) = column.value(line).map(str::trim).filter(|key| *key != CLEAR) else {
            let message = format!("Column {name} is blank, but identifies the course; fill it.");
            problems.push(Problem::error(Reason::CourseIdEmpty, message).at(&column.name));
            return String::new();
        };
        if self.settings.identifier == CourseKey::Id
            && let Err(sentence) = parse_number(key, 1..=i64::MAX)
        {
            problems.push(invalid(column, sentence));
        }
        key.to_owned()
    }

    fn is_identifier(&self, column: &BoundColumn) -> bool {
        self.columns.identifier.as_ref().is_some_and(|own| own.index == column.index)
    }

    fn value(&self, value: &ValueColumn, line: &Line) -> Result<Option<String>, Problem> {
        let column = &value.column;
        let text = column.value(line).map(str::trim);
        let cleared =
            text == Some(CLEAR) || (text.is_none() && line.cell(column.index).is_some_and(|cell| cell.quoted));
        match (value.blank, text) {
            // A blank identifier has been told already.
            (Blank::Refused | Blank::Clears, _) if cleared && self.is_identifier(column) => Ok(None),
            (Blank::Refused, None) if self.is_identifier(column) => Ok(None),
            (Blank::Refused, _) if cleared || text.is_none() => {
                let message = format!("Column {} is blank; every course needs a value there.", column.name);
                Err(Problem::error(Reason::ValueMissing, message).at(&column.name))
            }
            (Blank::Clears, _) if cleared => Ok(Some(String::new())),
            (_, None) => Ok(None),
            (_, Some(text)) => self.read_value(column, &value.rule, text).map(Some),
        }
    }

    fn read_value(&self, column: &BoundColumn, rule: &Rule, text: &str) -> Result<String, Problem> {
        match rule {
            Rule::LongText => Ok(text.to_owned()),
            Rule::Text(limit) => check_length(text, *limit).map(|()| text.to_owned()).map_err(|s| too_long(column, &s)),
            Rule::Switch => match parse_switch(text) {
                Ok(on) => Ok(if on { "1" } else { "0" }.to_owned()),
                Err(sentence) => Err(invalid(column, sentence)),
            },
            Rule::Number(range) => match parse_number(text, range.clone()) {
                Ok(number) => Ok(number.to_string()),
                Err(sentence) => Err(invalid(column, sentence)),
            },
            Rule::Time => match parse_time(text, self.zone) {
                Ok(time) => Ok(time.to_string()),
                Err(sentence) => {
                    let message = format!("Column {}: {sentence}.", column.name);
                    Err(Problem::error(Reason::TimeInvalid, message).at(&column.name))
                }
            },
            Rule::Format if self.facts.has_format(text) => Ok(text.to_owned()),
            Rule::Format => {
                let message =
                    format!("The course format {text:?} is not installed; write topics, weeks or another one.");
                Err(Problem::error(Reason::FormatUnknown, message).at(&column.name))
            }
        }
    }

    fn read_category(&self, line: &Line, command: &mut CourseCommand, problems: &mut Vec<Problem>) {
        let Some(column) = &self.columns.category else { return };
        let Some(cell) = line.cell(column.index).filter(|cell| !cell.text.trim().is_empty()) else { return };
        if cell.text.trim() == CLEAR {
            problems.push(invalid(column, "a course always has a category; leave the cell blank to keep it"));
            return;
        }
        match CategoryRef::read(cell, self.settings.category_key) {
            Ok(category) => command.category = Some(category),
            Err(sentence) => {
                let message = format!("Column {}: {sentence}.", column.name);
                problems.push(Problem::error(Reason::CategoryPathInvalid, message).at(&column.name));
            }
        }
    }

    fn read_topics(&self, line: &Line, command: &mut CourseCommand, problems: &mut Vec<Problem>) {
        for (number, column) in &self.columns.topics {
            match Topic::read(*number, column.value(line).unwrap_or("")) {
                Ok(topic) => command.topics.push(topic),
                Err(sentence) => problems.push(too_long(column, &sentence)),
            }
        }
    }

    fn teacher(&self, columns: &TeacherColumns, line: &Line) -> Result<Option<Teacher>, Problem> {
        let value = |column: &Option<BoundColumn>| column.as_ref().and_then(|column| column.value(line)).map(str::trim);
        let (account, role) = (value(&columns.account), value(&columns.role));
        let number = columns.number;
        let Some(account) = account else {
            let message = format!("Teacher {number} has a role and no account; fill teacher{number}_account.");
            let missing = || Problem::error(Reason::TeacherMissing, message).at(format!("teacher{number}_account"));
            return role.map_or(Ok(None), |_| Err(missing()));
        };
        let name = role.unwrap_or(DEFAULT_ROLE);
        let at_role = |problem: Problem| problem.at(format!("teacher{number}_role"));
        if let (Err(sentence), Some(column)) = (check_length(name, LONGEST_ROLE), &columns.role) {
            return Err(too_long(column, &sentence));
        }
        let Some(role) = self.facts.role(name) else {
            let message = format!("No role has the short name {name:?}; write teacher, editingteacher or another one.");
            return Err(at_role(Problem::error(Reason::RoleUnknown, message)));
        };
        Ok(Some(Teacher { number, account: Account::read(account), role: role.id }))
    }
}

fn too_long(column: &BoundColumn, sentence: &str) -> Problem {
    let message = format!("Column {} {sentence}; shorten it.", column.name);
    Problem::error(Reason::ValueTooLong, message).at(&column.name)
}

fn land(command: &mut CourseCommand, landing: Landing, text: String) {
    let status = |text: &str| if text == "1" { EnrolStatus::Active } else { EnrolStatus::Suspended };
    match landing {
        Landing::Field(field) => command.values.set(field, text),
        Landing::CourseDisplay => command.course_display = Some(text),
        Landing::SelfEnrolment => command.self_enrolment = Some(status(&text)),
        Landing::GuestAccess => command.guest_access = Some(status(&text)),
        Landing::Nowhere => {}
    }
}
