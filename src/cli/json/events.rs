//! What happens in a run.

use super::super::names;
use super::{RunJson, time};
use crate::rpc::pb;
use crate::rpc::pb::run_event::Event;
use serde::Serialize;

/// An event of a run.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct EventJson<'a> {
    run_id: &'a str,
    sequence: u64,
    time: Option<String>,
    #[serde(flatten)]
    event: Option<KindJson<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum KindJson<'a> {
    Started {
        run: Option<Box<RunJson<'a>>>,
    },
    Line(LineJson<'a>),
    Progress {
        state: &'static str,
        lines_read: u64,
        total_bytes: u64,
        done_bytes: u64,
        counters: CountersJson,
        lines_per_second: f64,
        eta_seconds: Option<i64>,
        waiting_for_site: bool,
    },
    Finished {
        state: &'static str,
        counters: CountersJson,
        message: &'a str,
        files: RunFilesJson<'a>,
    },
}

impl<'a> EventJson<'a> {
    pub(in crate::cli) fn new(run_id: &'a str, event: &'a pb::RunEvent) -> Self {
        let kind = event.event.as_ref().map(KindJson::from);
        Self { run_id, sequence: event.sequence, time: time(event.time.as_ref()), event: kind }
    }
}

impl<'a> From<&'a Event> for KindJson<'a> {
    fn from(event: &'a Event) -> Self {
        match event {
            Event::Started(started) => {
                Self::Started { run: started.run.as_ref().map(|run| Box::new(RunJson::from(run))) }
            }
            Event::Line(line) => Self::Line(LineJson::from(line)),
            Event::Progress(progress) => Self::Progress {
                state: names::run_state(progress.state),
                lines_read: progress.lines_read,
                total_bytes: progress.total_bytes,
                done_bytes: progress.done_bytes,
                counters: CountersJson::from(progress.counters.unwrap_or_default()),
                lines_per_second: progress.lines_per_second,
                eta_seconds: progress.eta.as_ref().map(|eta| eta.seconds),
                waiting_for_site: progress.waiting_for_site,
            },
            Event::Finished(finished) => Self::Finished {
                state: names::run_state(finished.state),
                counters: CountersJson::from(finished.counters.unwrap_or_default()),
                message: &finished.message,
                files: RunFilesJson::from(finished.files.as_ref()),
            },
        }
    }
}

/// What became of a line.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct LineJson<'a> {
    line: u64,
    entity: &'static str,
    key: &'a str,
    operation: &'static str,
    outcome: &'static str,
    completeness: &'static str,
    moodle_id: Option<i64>,
    changes: Vec<ChangeJson<'a>>,
    problems: Vec<ProblemJson<'a>>,
}

#[derive(Debug, Serialize)]
struct ChangeJson<'a> {
    field: &'a str,
    before: &'a str,
    after: &'a str,
}

#[derive(Debug, Serialize)]
struct ProblemJson<'a> {
    severity: &'static str,
    reason: &'a str,
    column: Option<&'a str>,
    message: &'a str,
}

impl<'a> From<&'a pb::LineResult> for LineJson<'a> {
    fn from(line: &'a pb::LineResult) -> Self {
        let change = |change: &'a pb::FieldChange| ChangeJson {
            field: &change.field,
            before: &change.before,
            after: &change.after,
        };
        let problem = |problem: &'a pb::Problem| ProblemJson {
            severity: names::severity(problem.severity),
            reason: &problem.reason,
            column: problem.column.as_deref(),
            message: &problem.message,
        };
        Self {
            line: line.line,
            entity: names::entity(line.entity),
            key: &line.key,
            operation: names::operation(line.operation),
            outcome: names::outcome(line.outcome),
            completeness: names::completeness(line.completeness),
            moodle_id: line.moodle_id,
            changes: line.changes.iter().map(change).collect(),
            problems: line.problems.iter().map(problem).collect(),
        }
    }
}

/// Lines by outcome.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct CountersJson {
    lines: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    deleted: u64,
    suspended: u64,
    restored: u64,
    found: u64,
    not_found: u64,
    skipped: u64,
    failed: u64,
    not_processed: u64,
    partial: u64,
    warnings: u64,
    comments: u64,
    blanks: u64,
}

impl From<pb::Counters> for CountersJson {
    fn from(counters: pb::Counters) -> Self {
        Self {
            lines: counters.lines,
            created: counters.created,
            updated: counters.updated,
            unchanged: counters.unchanged,
            deleted: counters.deleted,
            suspended: counters.suspended,
            restored: counters.restored,
            found: counters.found,
            not_found: counters.not_found,
            skipped: counters.skipped,
            failed: counters.failed,
            not_processed: counters.not_processed,
            partial: counters.partial,
            warnings: counters.warnings,
            comments: counters.comments,
            blanks: counters.blanks,
        }
    }
}

/// The files that a run left.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct RunFilesJson<'a> {
    report_path: Option<&'a str>,
    tryback_path: Option<&'a str>,
    reasons_path: Option<&'a str>,
    archive_path: Option<&'a str>,
}

impl<'a> From<Option<&'a pb::RunFiles>> for RunFilesJson<'a> {
    fn from(files: Option<&'a pb::RunFiles>) -> Self {
        Self {
            report_path: files.and_then(|files| files.report_path.as_deref()),
            tryback_path: files.and_then(|files| files.tryback_path.as_deref()),
            reasons_path: files.and_then(|files| files.reasons_path.as_deref()),
            archive_path: files.and_then(|files| files.archive_path.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(event: Event) -> serde_json::Value {
        let event = pb::RunEvent {
            sequence: 7,
            time: Some(prost_types::Timestamp { seconds: 1_756_729_800, nanos: 0 }),
            event: Some(event),
        };
        serde_json::to_value(EventJson::new("0198", &event)).unwrap()
    }

    #[test]
    fn a_line_is_one_flat_object() {
        let problem = pb::Problem {
            severity: pb::Severity::Error as i32,
            reason: "USER_UNKNOWN".to_owned(),
            column: None,
            message: "nobody".to_owned(),
        };
        let line = pb::LineResult {
            line: 12,
            entity: pb::Entity::User as i32,
            key: "a.kone".to_owned(),
            operation: pb::Operation::Update as i32,
            outcome: pb::Outcome::Failed as i32,
            completeness: pb::Completeness::Complete as i32,
            problems: vec![problem],
            ..Default::default()
        };
        let expected = serde_json::json!({
            "run_id": "0198", "sequence": 7, "time": "2025-09-01T12:30:00Z", "event": "line",
            "line": 12, "entity": "USER", "key": "a.kone", "operation": "UPDATE", "outcome": "FAILED",
            "completeness": "COMPLETE", "moodle_id": null, "changes": [],
            "problems": [{"severity": "ERROR", "reason": "USER_UNKNOWN", "column": null, "message": "nobody"}],
        });
        assert_eq!(json(Event::Line(line)), expected);
    }

    #[test]
    fn the_end_tells_state_and_files() {
        let files = pb::RunFiles { report_path: Some("/reports/r.txt".to_owned()), ..Default::default() };
        let finished = pb::RunFinished {
            state: pb::RunState::Succeeded as i32,
            counters: Some(pb::Counters { lines: 2, created: 2, ..Default::default() }),
            message: String::new(),
            files: Some(files),
        };
        let json = json(Event::Finished(finished));
        assert_eq!(json["event"], "finished");
        assert_eq!(json["state"], "SUCCEEDED");
        assert_eq!(json["counters"]["created"], 2);
        assert_eq!(json["files"]["report_path"], "/reports/r.txt");
    }
}
