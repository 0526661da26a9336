//! Runs: what is asked for, how they stand, what they did.

use super::field::Fields;
use super::file::check_inline;
use super::line::{counters, severity};
use super::time::timestamp;
use super::tool::{tool, tool_kind};
use crate::engine::{ProblemGroup, Report, StartRun, StartSource};
use crate::model::{
    Caller, FileNeed, FilePath, Run, RunId, RunMode, RunOptions, RunSource, RunState, SiteKey, ToolKind,
};
use crate::rpc::pb;
use crate::rpc::pb::run_tool_request::Source;
use crate::store::RunFilter;
use tonic::Status;

/// The run that a request asks for.
pub(in crate::rpc) fn start_run(
    request: pb::RunToolRequest,
    site: SiteKey,
    caller: Caller,
) -> Result<StartRun, Status> {
    let mut fields = Fields::default();
    let tool = fields.required_enum("tool", request.tool, tool_kind);
    let source = source(&mut fields, "", tool, request.source.map(Given::from));
    let request_id = fields.request_id("request_id", request.request_id);
    let options = RunOptions { values: request.options, max_errors: request.max_errors };
    let mode = run_mode(request.dry_run);
    let parts = tool.zip(source);
    fields.finish(parts.map(|(tool, source)| StartRun {
        site,
        tool,
        source,
        options,
        mode,
        request_id,
        caller,
        schedule: None,
    }))
}

/// Where a request says that a command file is.
pub(super) enum Given {
    Path(String),
    Inline(pb::InlineFile),
}

impl From<Source> for Given {
    fn from(source: Source) -> Self {
        match source {
            Source::Path(path) => Self::Path(path),
            Source::Inline(file) => Self::Inline(file),
        }
    }
}

/// What a run shall read. `place` stands before the names of the fields.
pub(super) fn source(
    fields: &mut Fields,
    place: &str,
    tool: Option<ToolKind>,
    given: Option<Given>,
) -> Option<StartSource> {
    match given {
        Some(Given::Path(path)) => fields.path(&format!("{place}path"), &path).map(StartSource::Stored),
        Some(Given::Inline(pb::InlineFile { name, content })) => {
            if name.is_empty() || name.contains('/') || FilePath::root().join(&name).is_err() {
                fields.refuse(
                    &format!("{place}inline.name"),
                    format!("{name:?} is no file name; give one without folder, like users.csv"),
                );
            }
            check_inline(fields, &format!("{place}inline.content"), &content);
            Some(StartSource::Inline { name, content })
        }
        None if tool.is_some_and(|tool| crate::tools::tool(tool).descriptor().file == FileNeed::Optional) => {
            Some(StartSource::OwnList)
        }
        None => {
            let problem = "must be set: the path of a stored file, or an inline file";
            fields.refuse(&format!("{place}source"), problem);
            None
        }
    }
}

pub(super) fn run_mode(dry_run: bool) -> RunMode {
    if dry_run { RunMode::DryRun } else { RunMode::Apply }
}

/// The identifier of a run in a request.
pub(in crate::rpc) fn run_id(text: &str) -> Result<RunId, Status> {
    let mut fields = Fields::default();
    let id = text.parse().map_err(|_| format!("{text:?} is no identifier of a run: a UUID, as RunTool gives it"));
    let id = fields.check("run_id", id);
    fields.finish(id)
}

/// Which runs to list.
pub(in crate::rpc) fn run_filter(request: &pb::ListRunsRequest) -> Result<RunFilter, Status> {
    let mut fields = Fields::default();
    let state = fields.optional_enum("state", request.state, state_of);
    let tool = fields.optional_enum("tool", request.tool, tool_kind);
    fields.finish(Some(RunFilter { state, tool }))
}

fn state_of(state: pb::RunState) -> Option<RunState> {
    match state {
        pb::RunState::Unspecified => None,
        pb::RunState::Queued => Some(RunState::Queued),
        pb::RunState::Running => Some(RunState::Running),
        pb::RunState::Succeeded => Some(RunState::Succeeded),
        pb::RunState::Failed => Some(RunState::Failed),
        pb::RunState::Cancelled => Some(RunState::Cancelled),
    }
}

pub(super) fn run_state(state: RunState) -> pb::RunState {
    match state {
        RunState::Queued => pb::RunState::Queued,
        RunState::Running => pb::RunState::Running,
        RunState::Succeeded => pb::RunState::Succeeded,
        RunState::Failed => pb::RunState::Failed,
        RunState::Cancelled => pb::RunState::Cancelled,
    }
}

pub(in crate::rpc) fn run(run: &Run) -> pb::Run {
    let source = match &run.source {
        RunSource::Stored(path) => pb::run::Source::Path(path.to_string()),
        RunSource::Inline(name) => pb::run::Source::InlineName(name.clone()),
    };
    pb::Run {
        id: run.id.to_string(),
        site: run.site.to_string(),
        tool: tool(run.tool).into(),
        source: Some(source),
        sha256: run.content.to_string(),
        size_bytes: run.content_size,
        dry_run: run.mode == RunMode::DryRun,
        options: run.options.values.clone(),
        max_errors: run.options.max_errors,
        state: run_state(run.state).into(),
        caller: run.caller.to_string(),
        schedule_id: run.schedule.map(|id| id.to_string()),
        request_id: run.request_id.as_ref().map(|id| id.0.clone()),
        create_time: Some(timestamp(run.created)),
        start_time: run.started.map(timestamp),
        end_time: run.finished.map(timestamp),
        counters: Some(counters(&run.counters)),
        last_sequence: run.last_sequence,
        message: run.message.clone(),
        files: Some(run_files(run)),
        cancel_requested: run.cancel_requested,
        series_id: run.step.map(|step| step.series.to_string()),
        step: run.step.map(|step| step.number),
    }
}

pub(super) fn run_files(run: &Run) -> pb::RunFiles {
    pb::RunFiles {
        report_path: run.report.as_ref().map(ToString::to_string),
        tryback_path: run.tryback.as_ref().map(ToString::to_string),
        reasons_path: run.tryback.as_ref().map(|tryback| tryback.reasons_of_tryback().to_string()),
        archive_path: run.archive.as_ref().map(ToString::to_string),
    }
}

pub(in crate::rpc) fn report(report: Report) -> pb::Report {
    pb::Report {
        totals: Some(counters(&report.run.counters)),
        problem_groups: report.problems.into_iter().map(problem_group).collect(),
        files: Some(run_files(&report.run)),
        text: report.text,
        run: Some(run(&report.run)),
    }
}

fn problem_group(group: ProblemGroup) -> pb::ProblemGroup {
    pb::ProblemGroup {
        reason: group.reason.name().to_owned(),
        severity: severity(group.severity).into(),
        count: group.count,
        first_lines: group.first_lines.into_iter().map(|line| line.0).collect(),
        sample_message: group.sample_message,
    }
}
