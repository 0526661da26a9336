//! A line of a users file in typed form. Never looks at accounts; all problems of a line are told at once.

use super::cohorts::CohortName;
use super::columns::Columns;
use super::courses::CourseSet;
use super::editor::{self, Editor};
use super::interests;
use super::options::{Renaming, Settings};
use super::password::PasswordCell;
use super::profile::ProfileValue;
use super::roles_above::RoleAbove;
use crate::model::{BoundColumn, Line, Operation, Problem, Reason, Severity};
use crate::site::{ColumnKind, UserField, UserKey};
use crate::tools::Rejection;
use crate::tools::values::{CLEAR, check_limit, invalid, parse_number, parse_switch};

/// What a line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// The account shall be as the line says.
    Apply,
    /// The account shall be gone.
    Delete,
}

/// A line of a users file.
#[derive(Debug)]
pub(super) struct UserCommand {
    pub(super) action: Action,
    /// In its clean form; blank only where an account is deleted by its identifier.
    pub(super) username: String,
    /// The value of the identifier column, unless blank or the user name itself.
    pub(super) identity: Option<String>,
    /// The present user name of an account to be renamed.
    pub(super) old_username: Option<String>,
    /// Columns of the account that the line gives; empty text clears.
    pub(super) fields: Vec<(UserField, String)>,
    pub(super) password: PasswordCell,
    pub(super) profile: Vec<ProfileValue>,
    pub(super) cohorts: Vec<CohortName>,
    pub(super) courses: Vec<CourseSet>,
    pub(super) roles_above: Vec<RoleAbove>,
    /// What the account is interested in, where the line says so.
    pub(super) interests: Option<Vec<String>>,
    pub(super) editor: Option<Editor>,
    /// Warnings, and errors that concern only a part of the line.
    pub(super) problems: Vec<Problem>,
}

impl UserCommand {
    /// The value that the line gives to a column of the account.
    pub(super) fn field(&self, field: UserField) -> Option<&str> {
        self.fields.iter().find(|(own, _)| *own == field).map(|(_, value)| value.as_str())
    }

    /// What the line is about, for results.
    pub(super) fn key(&self) -> &str {
        if self.username.is_empty() { self.identity.as_deref().unwrap_or("") } else { &self.username }
    }
}

/// Reads a line.
pub(super) fn parse(line: &Line, columns: &Columns, settings: &Settings) -> Result<UserCommand, Rejection> {
    let mut problems = Vec::new();
    let action = read_action(line, columns, &mut problems);
    let username = read_username(line, columns, settings, &mut problems);
    let identity = read_identity(line, columns, settings, &mut problems);
    if username.is_empty() && problems.is_empty() && (action == Action::Apply || identity.is_none()) {
        problems.push(Problem::error(Reason::ValueMissing, "Column username is blank.").at(&columns.username.name));
    }
    check_host(line, columns, settings, &mut problems);
    let mut command = UserCommand {
        action,
        username,
        identity,
        old_username: None,
        fields: Vec::new(),
        password: PasswordCell::Absent,
        profile: Vec::new(),
        cohorts: Vec::new(),
        courses: Vec::new(),
        roles_above: Vec::new(),
        interests: None,
        editor: None,
        problems,
    };
    if action == Action::Apply {
        read_account(line, columns, settings, &mut command);
    }
    // A value that does not fit its profile field spoils that field only, so its error does not refuse the line. Roles
    // are like that, too.
    let is_refused = command.problems.iter().any(|problem| problem.severity == Severity::Error);
    if action == Action::Apply {
        let read = columns.profile.iter().filter_map(|column| column.read(line, settings, &mut command.problems));
        command.profile = read.collect();
        command.roles_above = RoleAbove::read(&columns.roles_above, line, &mut command.problems);
    }
    if is_refused {
        let operation = if action == Action::Delete { Operation::Delete } else { Operation::Update };
        let raw = columns.username.value(line).or(command.identity.as_deref()).unwrap_or("").trim();
        return Err(Rejection { key: raw.to_owned(), operation, problems: command.problems });
    }
    Ok(command)
}

fn read_action(line: &Line, columns: &Columns, problems: &mut Vec<Problem>) -> Action {
    let Some((column, text)) = filled(columns.deleted.as_ref(), line) else { return Action::Apply };
    match parse_switch(text) {
        Ok(true) => Action::Delete,
        Ok(false) => Action::Apply,
        Err(sentence) => {
            problems.push(invalid(column, sentence));
            Action::Apply
        }
    }
}

fn read_username(line: &Line, columns: &Columns, settings: &Settings, problems: &mut Vec<Problem>) -> String {
    let Some(text) = columns.username.value(line) else { return String::new() };
    clean_username(text, &columns.username, settings, problems).unwrap_or_default()
}

fn clean_username(
    text: &str,
    column: &BoundColumn,
    settings: &Settings,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let cleaned = settings.clean_username(text).map_err(|sentence| invalid(column, sentence));
    let ColumnKind::Text(limit) = UserField::Username.kind() else { return cleaned.ok() };
    match cleaned.and_then(|name| check_limit(column, &name, limit).map(|()| name)) {
        Ok(name) => Some(name),
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}

fn read_identity(line: &Line, columns: &Columns, settings: &Settings, problems: &mut Vec<Problem>) -> Option<String> {
    let (column, text) = filled(columns.identity.as_ref(), line)?;
    if settings.options.identifier == UserKey::Id {
        return match parse_number(text, 1..=i64::MAX) {
            Ok(id) => Some(id.to_string()),
            Err(sentence) => {
                problems.push(invalid(column, sentence));
                None
            }
        };
    }
    (text != CLEAR).then(|| text.to_owned())
}

fn check_host(line: &Line, columns: &Columns, settings: &Settings, problems: &mut Vec<Problem>) {
    if let Some((column, text)) = filled(columns.host.as_ref(), line) {
        let local = settings.facts.local_host();
        if text.parse() != Ok(local) {
            problems.push(invalid(column, format!("{text:?} is another host; only local accounts ({local}) are kept")));
        }
    }
}

fn read_account(line: &Line, columns: &Columns, settings: &Settings, command: &mut UserCommand) {
    let problems = &mut command.problems;
    command.old_username = read_old_username(line, columns, settings, &command.username, problems);
    command.fields.reserve(columns.plain.len());
    for column in &columns.plain {
        if let Some(value) = column.read(line, problems) {
            command.fields.push((column.field, value));
        }
    }
    command.password = PasswordCell::read(columns.password.as_ref(), line, problems);
    command.interests = interests::read(columns.interests.as_ref(), line, problems);
    command.editor = editor::read(columns.editor.as_ref(), line, problems);
    command.cohorts = CohortName::read(columns, line, problems);
    command.courses = columns.sets.iter().filter_map(|set| CourseSet::read(set, line, settings, problems)).collect();
}

fn read_old_username(
    line: &Line,
    columns: &Columns,
    settings: &Settings,
    username: &str,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let (column, text) = filled(columns.old_username.as_ref(), line)?;
    let old = clean_username(text, column, settings, problems).filter(|old| old != username)?;
    if settings.options.renaming == Renaming::Refused {
        let message = format!("Renaming {old:?} is switched off; set allow_rename.");
        problems.push(Problem::error(Reason::RenameNotAllowed, message).at(&column.name));
    }
    Some(old)
}

/// The column with its trimmed text, where the file has the column and the line fills it.
pub(super) fn filled<'c, 'l>(column: Option<&'c BoundColumn>, line: &'l Line) -> Option<(&'c BoundColumn, &'l str)> {
    let column = column?;
    Some((column, column.value(line)?.trim()))
}
