//! Schedules.

use super::field::Fields;
use super::run::run_mode;
use super::time::timestamp;
use super::tool::{tool, tool_kind};
use crate::model::{Caller, RequestId, RunMode, RunOptions, Schedule, ScheduleState, SiteKey};
use crate::rpc::pb;
use crate::scheduler::{NewSchedule, Timetable};
use tonic::Status;

/// Longest name of a schedule in bytes.
const LONGEST_NAME: usize = 100;

/// The schedule that a request describes. The request id is only checked: a schedule that says the same already stays
/// as it is.
pub(in crate::rpc) fn new_schedule(
    request: pb::ScheduleRequest,
    site: SiteKey,
    caller: Caller,
) -> Result<NewSchedule, Status> {
    let mut fields = Fields::default();
    let name = name(&mut fields, request.name);
    let timetable = timetable(&mut fields, &request.cron, &request.zone);
    fields.request_id("request_id", request.request_id);
    let action = request.action.unwrap_or_default();
    let tool = fields.required_enum("action.tool", action.tool, tool_kind);
    let path = fields.path("action.path", &action.path);
    let options = RunOptions { values: action.options, max_errors: action.max_errors };
    let mode = run_mode(action.dry_run);
    let state = if request.paused { ScheduleState::Paused } else { ScheduleState::Active };
    let parts = name.zip(timetable).zip(tool.zip(path));
    fields.finish(parts.map(|((name, timetable), (tool, path))| NewSchedule {
        site,
        name,
        timetable,
        tool,
        path,
        mode,
        options,
        state,
        caller,
    }))
}

fn timetable(fields: &mut Fields, cron: &str, zone: &str) -> Option<Timetable> {
    match Timetable::parse(cron, zone) {
        Ok(timetable) => Some(timetable),
        Err(errors) => {
            for error in errors {
                fields.refuse(if error.is_about_zone() { "zone" } else { "cron" }, error);
            }
            None
        }
    }
}

fn name(fields: &mut Fields, name: String) -> Option<String> {
    let fit = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(fit) {
        let problem = format!(
            "{name:?} is no name for a schedule: letters, digits, '-', '_' and '.', at most {LONGEST_NAME} bytes, \
             like nightly-users"
        );
        fields.refuse("name", problem);
        return None;
    }
    Some(name)
}

/// The name of a schedule in a request that has nothing else.
pub(in crate::rpc) fn schedule_name(text: String) -> Result<String, Status> {
    let mut fields = Fields::default();
    let name = name(&mut fields, text);
    fields.finish(name)
}

/// The request id of the run that is asked for.
pub(in crate::rpc) fn trigger_request_id(text: String) -> Result<Option<RequestId>, Status> {
    let mut fields = Fields::default();
    let id = fields.request_id("request_id", text);
    fields.finish(Some(id))
}

pub(in crate::rpc) fn run_schedule(schedule: Schedule) -> pb::RunSchedule {
    let state = match schedule.state {
        ScheduleState::Active => pb::ScheduleState::Active,
        ScheduleState::Paused => pb::ScheduleState::Paused,
    };
    let action = pb::ScheduleAction {
        tool: tool(schedule.tool).into(),
        path: schedule.path.into(),
        options: schedule.options.values,
        dry_run: schedule.mode == RunMode::DryRun,
        max_errors: schedule.options.max_errors,
    };
    pb::RunSchedule {
        id: schedule.id.to_string(),
        site: schedule.site.0,
        name: schedule.name,
        cron: schedule.cron,
        zone: schedule.zone,
        action: Some(action),
        state: state.into(),
        caller: schedule.caller.0,
        create_time: Some(timestamp(schedule.created)),
        next_time: schedule.next.map(timestamp),
        last_time: schedule.last.map(timestamp),
        last_run_id: schedule.last_run.map(|id| id.to_string()),
        last_message: schedule.last_message,
        revision: schedule.revision,
    }
}
