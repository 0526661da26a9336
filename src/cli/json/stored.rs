//! What the server keeps: files, runs, reports, schedules.

use super::super::follow::source_of;
use super::super::names;
use super::{CountersJson, RunFilesJson, time};
use crate::rpc::pb;
use serde::Serialize;
use std::collections::BTreeMap;

/// A stored file or folder.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct FileJson<'a> {
    path: &'a str,
    kind: &'static str,
    size_bytes: u64,
    sha256: Option<&'a str>,
    create_time: Option<String>,
    caller: &'a str,
    revision: u32,
    id: &'a str,
    site: &'a str,
    /// Set in answers to uploads.
    #[serde(skip_serializing_if = "Option::is_none")]
    disposition: Option<&'static str>,
}

impl<'a> From<&'a pb::StoredFile> for FileJson<'a> {
    fn from(file: &'a pb::StoredFile) -> Self {
        Self {
            path: &file.path,
            kind: names::file_kind(file.kind),
            size_bytes: file.size_bytes,
            sha256: file.sha256.as_deref(),
            create_time: time(file.create_time.as_ref()),
            caller: &file.caller,
            revision: file.revision,
            id: &file.id,
            site: &file.site,
            disposition: None,
        }
    }
}

impl FileJson<'_> {
    /// The same, with what happened at its path.
    pub(in crate::cli) fn stored(self, disposition: i32) -> Self {
        Self { disposition: Some(names::disposition(disposition)), ..self }
    }
}

/// A run.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct RunJson<'a> {
    id: &'a str,
    site: &'a str,
    tool: String,
    source: &'a str,
    sha256: &'a str,
    size_bytes: u64,
    dry_run: bool,
    options: &'a BTreeMap<String, String>,
    max_errors: u64,
    state: &'static str,
    caller: &'a str,
    schedule_id: Option<&'a str>,
    request_id: Option<&'a str>,
    create_time: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
    counters: CountersJson,
    last_sequence: u64,
    message: &'a str,
    files: RunFilesJson<'a>,
    cancel_requested: bool,
}

impl<'a> From<&'a pb::Run> for RunJson<'a> {
    fn from(run: &'a pb::Run) -> Self {
        Self {
            id: &run.id,
            site: &run.site,
            tool: names::tool(run.tool),
            source: source_of(run),
            sha256: &run.sha256,
            size_bytes: run.size_bytes,
            dry_run: run.dry_run,
            options: &run.options,
            max_errors: run.max_errors,
            state: names::run_state(run.state),
            caller: &run.caller,
            schedule_id: run.schedule_id.as_deref(),
            request_id: run.request_id.as_deref(),
            create_time: time(run.create_time.as_ref()),
            start_time: time(run.start_time.as_ref()),
            end_time: time(run.end_time.as_ref()),
            counters: CountersJson::from(run.counters.unwrap_or_default()),
            last_sequence: run.last_sequence,
            message: &run.message,
            files: RunFilesJson::from(run.files.as_ref()),
            cancel_requested: run.cancel_requested,
        }
    }
}

/// A report.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ReportJson<'a> {
    run: Option<RunJson<'a>>,
    totals: CountersJson,
    problem_groups: Vec<ProblemGroupJson<'a>>,
    files: RunFilesJson<'a>,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct ProblemGroupJson<'a> {
    reason: &'a str,
    severity: &'static str,
    count: u64,
    first_lines: &'a [u64],
    sample_message: &'a str,
}

impl<'a> From<&'a pb::Report> for ReportJson<'a> {
    fn from(report: &'a pb::Report) -> Self {
        let group = |group: &'a pb::ProblemGroup| ProblemGroupJson {
            reason: &group.reason,
            severity: names::severity(group.severity),
            count: group.count,
            first_lines: &group.first_lines,
            sample_message: &group.sample_message,
        };
        Self {
            run: report.run.as_ref().map(RunJson::from),
            totals: CountersJson::from(report.totals.unwrap_or_default()),
            problem_groups: report.problem_groups.iter().map(group).collect(),
            files: RunFilesJson::from(report.files.as_ref()),
            text: &report.text,
        }
    }
}

/// A schedule.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ScheduleJson<'a> {
    name: &'a str,
    id: &'a str,
    site: &'a str,
    cron: &'a str,
    zone: &'a str,
    tool: String,
    path: &'a str,
    options: BTreeMap<&'a str, &'a str>,
    dry_run: bool,
    max_errors: u64,
    state: &'static str,
    caller: &'a str,
    create_time: Option<String>,
    next_time: Option<String>,
    last_time: Option<String>,
    last_run_id: Option<&'a str>,
    last_message: &'a str,
    revision: u32,
}

impl<'a> From<&'a pb::RunSchedule> for ScheduleJson<'a> {
    fn from(schedule: &'a pb::RunSchedule) -> Self {
        let action = schedule.action.as_ref();
        let options = action.into_iter().flat_map(|action| &action.options);
        Self {
            name: &schedule.name,
            id: &schedule.id,
            site: &schedule.site,
            cron: &schedule.cron,
            zone: &schedule.zone,
            tool: names::tool(action.map_or(0, |action| action.tool)),
            path: action.map_or("", |action| &action.path),
            options: options.map(|(name, value)| (name.as_str(), value.as_str())).collect(),
            dry_run: action.is_some_and(|action| action.dry_run),
            max_errors: action.map_or(0, |action| action.max_errors),
            state: names::schedule_state(schedule.state),
            caller: &schedule.caller,
            create_time: time(schedule.create_time.as_ref()),
            next_time: time(schedule.next_time.as_ref()),
            last_time: time(schedule.last_time.as_ref()),
            last_run_id: schedule.last_run_id.as_deref(),
            last_message: &schedule.last_message,
            revision: schedule.revision,
        }
    }
}
