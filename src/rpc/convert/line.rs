//! Lines: results, counters, problems. Results are by far the most frequent messages, so they are moved, not copied.

use super::field::{Fields, page_size};
use crate::engine::{LineQuery, ProblemFilter};
use crate::model::{
    Completeness, Counters, Entity, FieldChange, LineNumber, LineResult, Operation, Outcome, Problem, Severity, SiteKey,
};
use crate::rpc::page_token::Query;
use crate::rpc::pb;
use tonic::Status;

pub(in crate::rpc) fn line_result(result: LineResult) -> pb::LineResult {
    pb::LineResult {
        line: result.line.0,
        entity: entity(result.entity).into(),
        key: result.key,
        operation: operation(result.operation).into(),
        outcome: outcome(result.outcome).into(),
        completeness: completeness(result.completeness).into(),
        moodle_id: result.moodle_id,
        changes: result.changes.into_iter().map(field_change).collect(),
        problems: result.problems.into_iter().map(problem).collect(),
    }
}

fn field_change(change: FieldChange) -> pb::FieldChange {
    pb::FieldChange { field: change.field.into_owned(), before: change.before, after: change.after }
}

fn problem(problem: Problem) -> pb::Problem {
    pb::Problem {
        severity: severity(problem.severity).into(),
        reason: problem.reason.name().to_owned(),
        column: problem.column,
        message: problem.message,
    }
}

fn entity(entity: Entity) -> pb::Entity {
    match entity {
        Entity::User => pb::Entity::User,
        Entity::Course => pb::Entity::Course,
        Entity::Enrolment => pb::Entity::Enrolment,
        Entity::Cohort => pb::Entity::Cohort,
        Entity::Group => pb::Entity::Group,
        Entity::GroupMember => pb::Entity::GroupMember,
        Entity::EnrolMethod => pb::Entity::EnrolMethod,
        Entity::Category => pb::Entity::Category,
    }
}

fn operation(operation: Operation) -> pb::Operation {
    match operation {
        Operation::Check => pb::Operation::Check,
        Operation::Create => pb::Operation::Create,
        Operation::Update => pb::Operation::Update,
        Operation::Rename => pb::Operation::Rename,
        Operation::Suspend => pb::Operation::Suspend,
        Operation::Restore => pb::Operation::Restore,
        Operation::Delete => pb::Operation::Delete,
        Operation::Enrol => pb::Operation::Enrol,
        Operation::Unenrol => pb::Operation::Unenrol,
        Operation::ShiftRole => pb::Operation::ShiftRole,
        Operation::Join => pb::Operation::Join,
        Operation::Leave => pb::Operation::Leave,
        Operation::Empty => pb::Operation::Empty,
    }
}

pub(super) fn outcome(outcome: Outcome) -> pb::Outcome {
    match outcome {
        Outcome::Created => pb::Outcome::Created,
        Outcome::Updated => pb::Outcome::Updated,
        Outcome::Unchanged => pb::Outcome::Unchanged,
        Outcome::Deleted => pb::Outcome::Deleted,
        Outcome::Suspended => pb::Outcome::Suspended,
        Outcome::Restored => pb::Outcome::Restored,
        Outcome::Found => pb::Outcome::Found,
        Outcome::NotFound => pb::Outcome::NotFound,
        Outcome::Skipped => pb::Outcome::Skipped,
        Outcome::Failed => pb::Outcome::Failed,
        Outcome::NotProcessed => pb::Outcome::NotProcessed,
    }
}

fn outcome_of(value: pb::Outcome) -> Option<Outcome> {
    Outcome::ALL.into_iter().find(|&each| outcome(each) == value)
}

fn completeness(completeness: Completeness) -> pb::Completeness {
    match completeness {
        Completeness::Complete => pb::Completeness::Complete,
        Completeness::Partial => pb::Completeness::Partial,
    }
}

pub(super) fn severity(severity: Severity) -> pb::Severity {
    match severity {
        Severity::Notice => pb::Severity::Notice,
        Severity::Warning => pb::Severity::Warning,
        Severity::Error => pb::Severity::Error,
    }
}

pub(super) fn counters(counters: &Counters) -> pb::Counters {
    pb::Counters {
        lines: counters.lines(),
        created: counters.get(Outcome::Created),
        updated: counters.get(Outcome::Updated),
        unchanged: counters.get(Outcome::Unchanged),
        deleted: counters.get(Outcome::Deleted),
        suspended: counters.get(Outcome::Suspended),
        restored: counters.get(Outcome::Restored),
        found: counters.get(Outcome::Found),
        not_found: counters.get(Outcome::NotFound),
        skipped: counters.get(Outcome::Skipped),
        failed: counters.get(Outcome::Failed),
        not_processed: counters.get(Outcome::NotProcessed),
        partial: counters.partial,
        warnings: counters.warnings,
        comments: counters.comments,
        blanks: counters.blanks,
    }
}

/// Which lines to list, and the tokens of the listing.
pub(in crate::rpc) fn line_query(
    request: &pb::ListLineResultsRequest,
    site: &SiteKey,
) -> Result<(LineQuery, Query), Status> {
    let mut fields = Fields::default();
    let outcomes: Vec<_> = (0..)
        .zip(&request.outcomes)
        .filter_map(|(index, &number)| fields.required_enum(&format!("outcomes[{index}]"), number, outcome_of))
        .collect();
    let outcomes = fields.finish(Some(outcomes))?;
    let wanted: Vec<_> = outcomes.iter().map(|outcome| outcome.name()).collect();
    let query = Query::new("lines", &[site, &request.run_id, &wanted.join(","), &request.only_with_problems]);
    let after = query.cursor(&request.page_token)?.map(LineNumber);
    let problems = if request.only_with_problems { ProblemFilter::WithProblems } else { ProblemFilter::Any };
    Ok((LineQuery { outcomes, problems, after, size: page_size(request.page_size) as usize }, query))
}
