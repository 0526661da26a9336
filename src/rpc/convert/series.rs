//! Series of runs: what is asked for, how they stand, what happens in them.

use super::event::run_event;
use super::field::Fields;
use super::line::counters;
use super::run::{Given, run, run_mode, run_state, source};
use super::tool::tool_kind;
use crate::engine::{MOST_STEPS, Series, SeriesEvent, SeriesPosition, StartSeries, StartStep};
use crate::model::{Caller, RunOptions, SeriesId, SiteKey, ToolKind};
use crate::rpc::pb;
use crate::rpc::pb::series_event::Event;
use crate::rpc::pb::step_file::Source;
use std::collections::BTreeMap;
use tonic::Status;

/// What all steps of a request share.
struct Shared {
    options: BTreeMap<String, String>,
    max_errors: u64,
}

/// The series that a request for operations on courses asks for.
pub(in crate::rpc) fn course_operations(
    request: pb::RunCourseOperationsRequest,
    site: SiteKey,
    caller: Caller,
) -> Result<StartSeries, Status> {
    let mut fields = Fields::default();
    let shared = Shared { options: request.options, max_errors: request.max_errors };
    let operations = [
        ("reset", ToolKind::ResetCourses, request.reset),
        ("check", ToolKind::CheckCourses, request.check),
        ("delete", ToolKind::DeleteCourses, request.delete),
        ("create", ToolKind::Courses, request.create),
        ("metacourses", ToolKind::Metacourses, request.metacourses),
    ];
    let given = operations.into_iter().filter_map(|(name, tool, file)| Some((name, tool, file?)));
    let steps: Vec<_> =
        given.map(|(name, tool, file)| step(&mut fields, name, Some(tool), Some(file), &shared)).collect();
    if steps.is_empty() {
        fields.refuse("create", "at least one operation must be set: reset, check, delete, create or metacourses");
    }
    let request_id = fields.request_id("request_id", request.request_id);
    let steps = steps.into_iter().collect::<Option<Vec<_>>>();
    let mode = run_mode(request.dry_run);
    fields.finish(steps.map(|steps| StartSeries { site, steps, mode, request_id, caller }))
}

/// The series that a request asks for.
pub(in crate::rpc) fn start_series(
    request: pb::RunSeriesRequest,
    site: SiteKey,
    caller: Caller,
) -> Result<StartSeries, Status> {
    let mut fields = Fields::default();
    let shared = Shared { options: request.options, max_errors: request.max_errors };
    if request.steps.is_empty() || request.steps.len() > MOST_STEPS {
        fields.refuse("steps", format!("{} are given; a series has 1 to {MOST_STEPS}", request.steps.len()));
    }
    let mut steps = Vec::new();
    for (index, asked) in request.steps.into_iter().enumerate() {
        let tool = fields.required_enum(&format!("steps[{index}].tool"), asked.tool, tool_kind);
        steps.push(step(&mut fields, &format!("steps[{index}].file"), tool, asked.file, &shared));
    }
    let request_id = fields.request_id("request_id", request.request_id);
    let steps = steps.into_iter().collect::<Option<Vec<_>>>();
    let mode = run_mode(request.dry_run);
    fields.finish(steps.map(|steps| StartSeries { site, steps, mode, request_id, caller }))
}

fn step(
    fields: &mut Fields,
    place: &str,
    tool: Option<ToolKind>,
    file: Option<pb::StepFile>,
    shared: &Shared,
) -> Option<StartStep> {
    let file = file.unwrap_or_default();
    let given = file.source.map(|given| match given {
        Source::Path(path) => Given::Path(path),
        Source::Inline(file) => Given::Inline(file),
    });
    let source = source(fields, &format!("{place}."), tool, given);
    let mut values = shared.options.clone();
    values.extend(file.options);
    let options = RunOptions { values, max_errors: shared.max_errors };
    tool.zip(source).map(|(tool, source)| StartStep { place: place.to_owned(), tool, source, options })
}

/// The identifier of a series in a request.
pub(in crate::rpc) fn series_id(text: &str) -> Result<SeriesId, Status> {
    let mut fields = Fields::default();
    let id = text.parse().map_err(|_| format!("{text:?} is no identifier of a series: a UUID, as RunSeries gives it"));
    let id = fields.check("series_id", id);
    fields.finish(id)
}

/// Where a watcher of a series begins.
pub(in crate::rpc) fn series_position(
    request: &pb::WatchSeriesRequest,
    series: &Series,
) -> Result<SeriesPosition, Status> {
    let mut fields = Fields::default();
    let steps = series.steps.len();
    if usize::try_from(request.step).is_ok_and(|step| step > steps) {
        fields.refuse("step", format!("there is no step {}; the series has {steps}", request.step));
    }
    if request.step == 0 && request.after_sequence > 0 {
        fields.refuse("step", "must be set with after_sequence: the numbers are those of a step");
    }
    fields.finish(Some(SeriesPosition { step: request.step, after: request.after_sequence }))
}

pub(in crate::rpc) fn run_series(series: &Series) -> pb::RunSeries {
    pb::RunSeries {
        id: series.id.to_string(),
        site: series.site.to_string(),
        steps: series.steps.iter().map(run).collect(),
        state: run_state(series.state()).into(),
        counters: Some(counters(&series.counters())),
    }
}

pub(in crate::rpc) fn series_event(event: SeriesEvent) -> pb::SeriesEvent {
    let event = match event {
        SeriesEvent::Started(series) => Event::Started(pb::SeriesStarted { series: Some(run_series(&series)) }),
        SeriesEvent::Finished(series) => Event::Finished(pb::SeriesFinished { series: Some(run_series(&series)) }),
        SeriesEvent::Step { number, run, event } => {
            Event::Step(pb::StepEvent { step: number, run_id: run.to_string(), event: Some(run_event(event)) })
        }
    };
    pb::SeriesEvent { event: Some(event) }
}
