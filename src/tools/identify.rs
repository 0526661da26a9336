//! Finding what a line names: users, courses, cohorts, roles, by the identifiers that options choose. What is not there,
//! or not unique, is told in the same words by every tool.

use super::Rejection;
use super::values::{invalid, parse_number};
use crate::model::{BoundColumn, CohortId, CourseId, Line, Operation, Problem, Reason, RoleId, UserId};
use crate::site::{CohortKey, CourseKey, Match, SiteFacts, UserKey, World};

/// The cell of a column, trimmed, unless missing or blank.
pub fn cell<'l>(column: Option<&BoundColumn>, line: &'l Line) -> Option<&'l str> {
    column.and_then(|column| column.value(line)).map(str::trim)
}

/// The line that names nothing where it must.
pub fn rejected(key: impl Into<String>, operation: Operation, problems: Vec<Problem>) -> Rejection {
    Rejection { key: key.into(), operation, problems }
}

/// A blank identifier.
pub fn empty(reason: Reason, column: &str, noun: &str) -> Problem {
    Problem::error(reason, format!("The column {column} is empty; write the identifier of the {noun}.")).at(column)
}

/// What a line calls a user, where it names one and nothing else.
pub fn user_value(key: UserKey, column: &BoundColumn, line: &Line) -> Result<String, Problem> {
    let Some(text) = cell(Some(column), line) else {
        let message = format!("Column {} is blank; it says which account is meant.", column.name);
        return Err(Problem::error(Reason::UserIdEmpty, message).at(&column.name));
    };
    match key {
        UserKey::Id => {
            parse_number(text, 1..=i64::MAX).map(|id| id.to_string()).map_err(|sentence| invalid(column, sentence))
        }
        // Moodle keeps user names in lower case.
        UserKey::Username => Ok(text.to_lowercase()),
        UserKey::Idnumber | UserKey::Email => Ok(text.to_owned()),
    }
}

/// The one user that is not deleted.
pub fn user(world: &World, key: UserKey, value: &str, column: &str) -> Result<UserId, Problem> {
    let (reason, message) = match world.users.find(key, value) {
        Match::One(user) => return Ok(user),
        Match::None => {
            (Reason::UserUnknown, format!("No user has the {} {value:?}; create the account first.", key.name()))
        }
        Match::Many(count) => (
            Reason::UserAmbiguous,
            format!("{count} users have the {} {value:?}; identify users by another column.", key.name()),
        ),
    };
    Err(Problem::error(reason, message).at(column))
}

/// The one course.
pub fn course(world: &World, key: CourseKey, value: &str, column: &str) -> Result<CourseId, Problem> {
    let (reason, message) = match world.courses.find(key, value) {
        Match::One(course) => return Ok(course),
        Match::None => (Reason::CourseUnknown, format!("No course has the {} {value:?}; create it first.", key.name())),
        Match::Many(count) => (
            Reason::CourseAmbiguous,
            format!("{count} courses have the {} {value:?}; identify courses by another column.", key.name()),
        ),
    };
    Err(Problem::error(reason, message).at(column))
}

/// The one cohort, in any context.
pub fn cohort(world: &World, key: CohortKey, value: &str, column: &str) -> Result<CohortId, Problem> {
    let (reason, message) = match world.cohorts.find(key, value) {
        Match::One(cohort) => return Ok(cohort),
        Match::None => (Reason::CohortUnknown, format!("No cohort has the {} {value:?}; create it first.", key.name())),
        Match::Many(count) => (
            Reason::CohortAmbiguous,
            format!("{count} cohorts have the {} {value:?}; identify cohorts by another column.", key.name()),
        ),
    };
    Err(Problem::error(reason, message).at(column))
}

/// The role with that short name.
pub fn role(facts: &SiteFacts, shortname: &str, column: &str) -> Result<RoleId, Problem> {
    facts.role(shortname).map(|role| role.id).ok_or_else(|| {
        let known: Vec<_> = facts.roles.iter().map(|role| role.shortname.as_str()).collect();
        let message = format!("No role has the short name {shortname:?}; there are {}.", known.join(", "));
        Problem::error(Reason::RoleUnknown, message).at(column)
    })
}
