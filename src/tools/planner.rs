//! What planning a line needs: a world to change, a list of changes, a list of problems.

use super::Rejection;
use crate::model::{Completeness, CourseId, FieldChange, Operation, Outcome, Problem, Severity};
use crate::site::{Change, MoodleCall, Subject, World, describe};

/// What a running Moodle is asked to do for a line, once its changes are committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCall {
    /// What.
    pub call: MoodleCall,
    /// The column that asks for it.
    pub column: &'static str,
    /// How things stand, and what to do, where it is not done. Whole sentences.
    pub otherwise: String,
}

/// What a line does to a site, or why it does nothing.
#[derive(Debug)]
pub struct LinePlan {
    /// The identifier of the entity as the line gives it.
    pub key: String,
    /// What the line asks for.
    pub operation: Operation,
    /// What becomes of it when its changes are applied.
    pub outcome: Outcome,
    /// Whether all that it asks for will be applied.
    pub completeness: Completeness,
    /// The entity, once it is known or planned.
    pub subject: Option<Subject>,
    /// What to apply, in this order.
    pub changes: Vec<Change>,
    /// What a running Moodle does after that.
    pub call: Option<PlannedCall>,
    /// The same in words.
    pub fields: Vec<FieldChange>,
    /// What there is to tell.
    pub problems: Vec<Problem>,
    /// Courses whose participants or groups the line is about, whether it changes anything there or not. None of a line
    /// that fails.
    pub courses: Vec<CourseId>,
}

impl LinePlan {
    /// The plan of a line that could not be read.
    pub fn rejected(rejection: &Rejection) -> Self {
        Self {
            key: rejection.key.clone(),
            operation: rejection.operation,
            outcome: Outcome::Failed,
            completeness: Completeness::Complete,
            subject: None,
            changes: Vec::new(),
            call: None,
            fields: Vec::new(),
            problems: rejection.problems.clone(),
            courses: Vec::new(),
        }
    }
}

/// A line being planned. Changes go through [`Planner::apply`], so that the world always knows them.
#[derive(Debug)]
pub struct Planner<'w> {
    /// The site as later lines will see it.
    pub world: &'w mut World,
    changes: Vec<Change>,
    call: Option<PlannedCall>,
    fields: Vec<FieldChange>,
    problems: Vec<Problem>,
    courses: Vec<CourseId>,
}

impl<'w> Planner<'w> {
    /// Begins the plan of a line.
    pub fn new(world: &'w mut World) -> Self {
        let (changes, fields, problems, courses) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { world, changes, call: None, fields, problems, courses }
    }

    /// Plans a change.
    pub fn apply(&mut self, change: Change) {
        // Described between the two: what is created must be known by name, what is replaced still has its old value.
        let creates =
            matches!(change, Change::CreateCategory { .. } | Change::CreateCohort { .. } | Change::CreateGroup { .. });
        if creates {
            self.world.record(&change);
            self.fields.extend(describe(&change, self.world));
        } else {
            self.fields.extend(describe(&change, self.world));
            self.world.record(&change);
        }
        self.changes.push(change);
    }

    /// Notes that the line is about the participants or groups of a course.
    pub fn visit(&mut self, course: CourseId) {
        self.courses.push(course);
    }

    /// Leaves a change to a running Moodle, which makes it after those of the line. Once a line.
    pub fn leave_to_moodle(&mut self, change: &Change, call: PlannedCall) {
        self.fields.extend(describe(change, self.world));
        self.world.record(change);
        self.call = Some(call);
    }

    /// Asks a running Moodle for something behind the changes, and says in words what it does. Once a line.
    pub fn ask(&mut self, call: PlannedCall, change: FieldChange) {
        self.fields.push(change);
        self.call = Some(call);
    }

    /// Shows what there is, where a line only asks.
    pub fn show(&mut self, field: &'static str, value: impl Into<String>) {
        let value = value.into();
        self.fields.push(FieldChange { field: field.into(), before: value.clone(), after: value });
    }

    /// Notes a problem. Whether it makes the line fail is the tool's decision.
    pub fn tell(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Whether anything was planned so far, in the database or by a running Moodle.
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty() || self.call.is_some()
    }

    /// Whether a problem of severity error was told so far.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Ends the plan: the line fails and changes nothing. Only allowed before the first change.
    pub fn refuse(mut self, key: impl Into<String>, operation: Operation, problem: Problem) -> LinePlan {
        debug_assert!(self.changes.is_empty(), "a line is refused before it changes anything");
        self.problems.push(problem);
        self.finish(key, operation, Outcome::Failed, None)
    }

    /// Ends the plan. A line with errors that is not failed as a whole is partial.
    pub fn finish(
        self,
        key: impl Into<String>,
        operation: Operation,
        outcome: Outcome,
        subject: Option<Subject>,
    ) -> LinePlan {
        let partial = self.has_errors() && outcome != Outcome::Failed;
        LinePlan {
            key: key.into(),
            operation,
            outcome,
            completeness: if partial { Completeness::Partial } else { Completeness::Complete },
            subject,
            changes: self.changes,
            call: self.call,
            fields: self.fields,
            problems: self.problems,
            courses: if outcome == Outcome::Failed { Vec::new() } else { self.courses },
        }
    }
}
