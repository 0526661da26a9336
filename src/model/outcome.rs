//! What became of a line: outcome, changes, problems, and the counters over a run.

use super::{ByteSpan, LineNumber, Reason};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// An entity was created.
    Created,
    /// An existing entity was changed.
    Updated,
    /// Everything was as the line asks already.
    Unchanged,
    /// An entity was deleted.
    Deleted,
    /// A user or an enrolment was suspended.
    Suspended,
    /// A deleted or suspended entity was brought back.
    Restored,
    /// The entity exists (existence checks).
    Found,
    /// The entity does not exist: what an existence check says, and a deletion that comes too late.
    NotFound,
    /// Nothing was to be done with this line by the options of the run.
    Skipped,
    /// The line was refused; a problem says why.
    Failed,
    /// The run ended before the line was reached.
    NotProcessed,
}

impl Outcome {
    /// Every outcome, in the order of reports.
    pub const ALL: [Outcome; 11] = [
        Self::Created,
        Self::Updated,
        Self::Unchanged,
        Self::Deleted,
        Self::Suspended,
        Self::Restored,
        Self::Found,
        Self::NotFound,
        Self::Skipped,
        Self::Failed,
        Self::NotProcessed,
    ];

    /// The name in reports and in machine-readable output: `NOT_PROCESSED`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Unchanged => "UNCHANGED",
            Self::Deleted => "DELETED",
            Self::Suspended => "SUSPENDED",
            Self::Restored => "RESTORED",
            Self::Found => "FOUND",
            Self::NotFound => "NOT_FOUND",
            Self::Skipped => "SKIPPED",
            Self::Failed => "FAILED",
            Self::NotProcessed => "NOT_PROCESSED",
        }
    }
}

/// Whether all that a line asks for was applied. Partial lines go to the tryback file like failed ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Completeness {
    /// All of it, or nothing was to be done.
    #[default]
    Complete,
    /// A part was not applied; the problems say which.
    Partial,
}

/// The entity that a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Entity {
    /// A user account.
    User,
    /// A course.
    Course,
    /// The enrolment of a user in a course.
    Enrolment,
    /// A cohort.
    Cohort,
    /// A group or a grouping of a course.
    Group,
    /// A user in a group.
    GroupMember,
    /// An enrolment method of a course.
    EnrolMethod,
    /// A course category.
    Category,
}

/// What a line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Operation {
    /// Say whether it exists.
    Check,
    /// Create it.
    Create,
    /// Change it.
    Update,
    /// Give it another name.
    Rename,
    /// Suspend it.
    Suspend,
    /// Bring a suspended or deleted one back.
    Restore,
    /// Delete it.
    Delete,
    /// Enrol or assign a role.
    Enrol,
    /// Unenrol or take a role away.
    Unenrol,
    /// Replace the roles of a user in a course.
    ShiftRole,
    /// Put a user into a cohort or a group.
    Join,
    /// Take a user out of a cohort or a group.
    Leave,
    /// Take all members out of a cohort.
    Empty,
}

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// For information; the line was applied.
    Notice,
    /// Something was not taken as written; see whether the line is complete.
    Warning,
    /// The line, or a part of it, was not applied.
    Error,
}

/// Something to tell about a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How much it weighs.
    pub severity: Severity,
    /// Why, for machines.
    pub reason: Reason,
    /// The column it is about, as named in the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What was wrong and what to do, for people. Never holds a password.
    pub message: String,
}

impl Problem {
    /// A problem that keeps the line, or a part of it, from being applied.
    pub fn error(reason: Reason, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, reason, column: None, message: message.into() }
    }

    /// A problem that should be looked at.
    pub fn warning(reason: Reason, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(reason, message) }
    }

    /// Something to know.
    pub fn notice(reason: Reason, message: impl Into<String>) -> Self {
        Self { severity: Severity::Notice, ..Self::error(reason, message) }
    }

    /// The same, about a column.
    pub fn at(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

/// One field that a line changes. Secrets are masked before they come here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field, in Moodle's words.
    #[serde(rename = "f")]
    pub field: Cow<'static, str>,
    /// The value before; empty where there was none.
    #[serde(rename = "b", default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// The value after; empty where there is none.
    #[serde(rename = "a", default, skip_serializing_if = "String::is_empty")]
    pub after: String,
}

/// What became of one line. The journal is a list of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineResult {
    /// First physical line of the record.
    pub line: LineNumber,
    /// Where the record stands in the source, for the tryback file.
    pub span: ByteSpan,
    /// What it is about.
    pub entity: Entity,
    /// The identifier of the entity as the line gives it: a user name, `course/user`.
    pub key: String,
    /// What it asks for.
    pub operation: Operation,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether all of it was applied.
    #[serde(default)]
    pub completeness: Completeness,
    /// Moodle's id of the entity, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moodle_id: Option<i64>,
    /// What changed, or in a dry run would change. Where a line only asks, what there is: before and after are the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// What there is to tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

impl LineResult {
    /// Whether the line belongs into the tryback file.
    pub fn needs_retry(&self) -> bool {
        matches!(self.outcome, Outcome::NotFound | Outcome::Failed | Outcome::NotProcessed)
            || self.completeness == Completeness::Partial
    }
}

/// How many lines had which outcome. The outcomes add up to the lines read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counters {
    by_outcome: [u64; Outcome::ALL.len()],
    /// Lines of any outcome of which a part was not applied.
    pub partial: u64,
    /// Problems of severity warning.
    pub warnings: u64,
    /// Physical lines that were passed over as comments. They are no lines of the outcomes.
    #[serde(default)]
    pub comments: u64,
    /// Physical lines that were passed over because there is nothing in them.
    #[serde(default)]
    pub blanks: u64,
}

impl Counters {
    /// Counts a line.
    pub fn add(&mut self, result: &LineResult) {
        self.by_outcome[result.outcome as usize] += 1;
        self.partial += u64::from(result.completeness == Completeness::Partial);
        self.warnings += result.problems.iter().filter(|p| p.severity == Severity::Warning).count() as u64;
    }

    /// Counts all that others have counted.
    pub fn merge(&mut self, others: &Self) {
        self.by_outcome.iter_mut().zip(others.by_outcome).for_each(|(count, more)| *count += more);
        self.partial += others.partial;
        self.warnings += others.warnings;
        self.comments += others.comments;
        self.blanks += others.blanks;
    }

    /// Counts lines that have an outcome and no result of their own.
    pub fn add_many(&mut self, outcome: Outcome, lines: u64) {
        self.by_outcome[outcome as usize] += lines;
    }

    /// How many lines had this outcome.
    pub fn get(&self, outcome: Outcome) -> u64 {
        self.by_outcome[outcome as usize]
    }

    /// Lines read: the sum over all outcomes.
    pub fn lines(&self) -> u64 {
        self.by_outcome.iter().sum()
    }

    /// Lines that go to the tryback file.
    pub fn to_retry(&self) -> u64 {
        self.get(Outcome::NotFound) + self.get(Outcome::Failed) + self.get(Outcome::NotProcessed) + self.partial
    }
}
