//! Several runs as one request: `toolsync course-operations`, and how a series is followed.

use super::error::{failed, present};
use super::follow::{self, Begin};
use super::options::{self, RunSettings};
use super::output::{Format, Output};
use super::session::Session;
use super::watcher::{self, WatchSettings, Watcher};
use super::{CliError, Verdict, names, overview, run};
use crate::rpc::pb;
use crate::rpc::pb::series_event::Event;
use clap::Args;
use std::collections::BTreeMap;

#[derive(Debug, Args)]
pub(super) struct CourseOperationsArgs {
    /// Reset the courses of this file
    #[arg(long, value_name = "FILE")]
    reset: Option<String>,
    /// Say which of the courses of this list exist
    #[arg(long, value_name = "FILE")]
    check: Option<String>,
    /// Delete the courses of this list
    #[arg(long, value_name = "FILE")]
    delete: Option<String>,
    /// Create and update the courses of this file
    #[arg(long, value_name = "FILE")]
    create: Option<String>,
    /// Link metacourses as this file says
    #[arg(long, value_name = "FILE")]
    metacourses: Option<String>,
    #[command(flatten)]
    settings: RunSettings,
    #[command(flatten)]
    watch: WatchSettings,
    /// Name of this request: repeating it follows the same runs instead of starting others
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

/// All operations on courses for which there is a file, in the order that the server gives them.
pub(super) async fn course_operations(
    args: CourseOperationsArgs,
    session: &Session,
    output: &Output,
) -> Result<Verdict, CliError> {
    let given = args.settings.options()?;
    let tools = run::list_tools(session).await?;
    options::refuse_unknown(&given, &tools)?;
    let step = Steps { session, output, given: &given, tools: &tools };
    let request = pb::RunCourseOperationsRequest {
        reset: step.file(pb::Tool::ResetCourses, args.reset.as_deref()).await?,
        check: step.file(pb::Tool::CheckCourses, args.check.as_deref()).await?,
        delete: step.file(pb::Tool::DeleteCourses, args.delete.as_deref()).await?,
        create: step.file(pb::Tool::Courses, args.create.as_deref()).await?,
        metacourses: step.file(pb::Tool::Metacourses, args.metacourses.as_deref()).await?,
        dry_run: args.settings.dry_run,
        max_errors: args.settings.max_errors,
        request_id: args.request_id.unwrap_or_else(run::new_request_id),
        ..Default::default()
    };
    let mut events = session.series().run_course_operations(request).await.map_err(failed(START))?.into_inner();
    let event = events.message().await.map_err(failed(START))?.and_then(|answer| answer.event);
    let (runs, verdict) = follow(&accepted(event)?, session, output, &args.watch).await?;
    if output.format() == Format::Human {
        output.line("")?;
        output.table(&overview::table(&runs))?;
    }
    Ok(verdict)
}

/// What the steps have in common.
struct Steps<'a> {
    session: &'a Session,
    output: &'a Output,
    given: &'a BTreeMap<String, String>,
    tools: &'a pb::ListToolsResponse,
}

impl Steps<'_> {
    /// The file of a step, stored, with the options that its tool takes.
    async fn file(&self, tool: pb::Tool, file: Option<&str>) -> Result<Option<pb::StepFile>, CliError> {
        let Some(file) = file else { return Ok(None) };
        let tool = options::tool_named(&names::tool(tool.into()), self.tools)?;
        let options = options::taken_by(tool, self.given, self.tools);
        options::refuse_unfit(&options, tool, self.tools)?;
        let path = run::stored_file(self.session, file, self.output).await?;
        Ok(Some(pb::StepFile { source: Some(pb::step_file::Source::Path(path)), options }))
    }
}

const START: &str = "start the runs";

/// Starts a series.
pub(super) async fn start(session: &Session, request: pb::RunSeriesRequest) -> Result<pb::RunSeries, CliError> {
    let mut events = session.series().run_series(request).await.map_err(failed(START))?.into_inner();
    accepted(events.message().await.map_err(failed(START))?.and_then(|answer| answer.event))
}

/// The series of a first event. Its runs are followed one by one, so nothing else of the stream is needed.
fn accepted(event: Option<pb::SeriesEvent>) -> Result<pb::RunSeries, CliError> {
    let series = match event.and_then(|event| event.event) {
        Some(Event::Started(started)) => started.series,
        _ => None,
    };
    present(series, START)
}

/// Shows all events of the runs of a series, and gives the runs as they ended.
pub(super) async fn follow(
    series: &pb::RunSeries,
    session: &Session,
    output: &Output,
    watch: &WatchSettings,
) -> Result<(Vec<pb::Run>, Verdict), CliError> {
    let (mut runs, mut verdict) = (Vec::new(), Verdict::Fine);
    for step in &series.steps {
        let begin = Begin::After { run_id: step.id.clone(), sequence: 0 };
        let run = follow::follow(session, begin, &mut Watcher::new(output, watch)).await?;
        verdict = verdict.max(watcher::conclude(&run, session, output).await?);
        runs.push(run);
    }
    Ok((runs, verdict))
}
