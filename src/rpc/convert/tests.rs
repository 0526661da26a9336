use super::*;
use crate::engine::{EventKind, RunEvent, StartSource};
use crate::model::{
    ByteSpan, Caller, Completeness, Counters, Entity, FieldChange, LineNumber, LineResult, Operation, Outcome, Problem,
    Reason, Run, RunId, RunMode, RunOptions, RunSource, RunState, SiteKey, ToolKind,
};
use crate::rpc::pb;
use crate::rpc::pb::run_event::Event;
use crate::rpc::pb::run_tool_request::Source;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use tonic::Status;
use tonic_types::StatusExt;

fn site() -> SiteKey {
    SiteKey("default".into())
}

fn violations(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().unwrap().field_violations;
    violations.into_iter().map(|violation| violation.field).collect()
}

fn run_request() -> pb::RunToolRequest {
    pb::RunToolRequest {
        site: String::new(),
        tool: pb::Tool::Users.into(),
        source: Some(Source::Path("/erp/users.csv".into())),
        options: BTreeMap::from([("archive".into(), "true".into())]),
        dry_run: true,
        max_errors: 5,
        request_id: "r-1".into(),
    }
}

fn a_run() -> Run {
    let time = DateTime::<Utc>::UNIX_EPOCH;
    let path = |text: &str| Some(crate::model::FilePath::parse(text).unwrap());
    Run {
        id: RunId::generate(),
        site: site(),
        tool: ToolKind::Enrolments,
        source: RunSource::Inline("enrol.csv".into()),
        content: crate::model::file::Sha256Digest([1; 32]),
        content_size: 12,
        mode: RunMode::DryRun,
        options: RunOptions { values: BTreeMap::from([("charset".into(), "UTF-8".into())]), max_errors: 3 },
        state: RunState::Succeeded,
        caller: Caller::local(),
        schedule: None,
        step: None,
        request_id: None,
        created: time,
        started: Some(time),
        finished: None,
        counters: Counters::default(),
        last_sequence: 7,
        message: String::new(),
        report: None,
        tryback: path("/erp/users.v2_tryback_20260101-030000.csv"),
        archive: None,
        cancel_requested: false,
    }
}

#[test]
fn a_run_request_is_taken_as_it_is() {
    let start = start_run(run_request(), site(), Caller::local()).unwrap();
    assert_eq!((start.tool, start.mode, start.options.max_errors), (ToolKind::Users, RunMode::DryRun, 5));
    assert_eq!(start.options.values["archive"], "true");
    assert_eq!(start.request_id.unwrap().0, "r-1");
    assert!(matches!(start.source, StartSource::Stored(path) if path.as_str() == "/erp/users.csv"));
}

#[test]
fn all_wrong_fields_of_a_run_request_are_told_at_once() {
    let request = pb::RunToolRequest {
        tool: 99,
        source: Some(Source::Path("users.csv".into())),
        request_id: "schedule:1".into(),
        ..run_request()
    };
    let status = start_run(request, site(), Caller::local()).unwrap_err();
    assert_eq!(violations(&status), ["tool", "path", "request_id"]);
    let request = pb::RunToolRequest { tool: 0, source: None, ..run_request() };
    let status = start_run(request, site(), Caller::local()).unwrap_err();
    assert_eq!(violations(&status), ["tool", "source"]);
}

#[test]
fn an_inline_file_has_a_plain_name_and_a_limit() {
    let inline = |name: &str, size: usize| {
        let file = pb::InlineFile { name: name.into(), content: vec![b'x'; size].into() };
        let request = pb::RunToolRequest { source: Some(Source::Inline(file)), ..run_request() };
        start_run(request, site(), Caller::local()).map(|_| ()).map_err(|status| violations(&status).join(","))
    };
    assert_eq!(inline("users.csv", 2 << 20), Ok(()));
    for (name, size, wrong) in [
        ("", 1, "inline.name"),
        ("a/b.csv", 1, "inline.name"),
        ("..", 1, "inline.name"),
        ("users.csv", (2 << 20) + 1, "inline.content"),
        ("a\nb", (2 << 20) + 1, "inline.name,inline.content"),
    ] {
        assert_eq!(inline(name, size), Err(wrong.into()), "{name:?}");
    }
}

#[test]
fn all_wrong_fields_of_an_upload_are_told_at_once() {
    let start = pb::UploadStart {
        path: "/a//b".into(),
        sha256: Some("12".into()),
        request_id: "\n".into(),
        ..Default::default()
    };
    let status = upload_request(start).unwrap_err();
    assert_eq!(violations(&status), ["start.path", "start.sha256", "start.request_id"]);
}

#[test]
fn all_wrong_fields_of_a_schedule_are_told_at_once() {
    let request = pb::ScheduleRequest {
        name: "nightly users".into(),
        cron: "61 3 * * *".into(),
        zone: "Europe/Nowhere".into(),
        action: None,
        ..Default::default()
    };
    let status = new_schedule(request, site(), Caller::local()).unwrap_err();
    assert_eq!(violations(&status), ["name", "cron", "zone", "action.tool", "action.path"]);
}

#[test]
fn every_outcome_can_be_filtered_by() {
    let numbers: Vec<i32> = (1..=11).collect();
    let request = pb::ListLineResultsRequest { outcomes: numbers, ..Default::default() };
    let (query, _) = line_query(&request, &site()).unwrap();
    assert_eq!(query.outcomes, Outcome::ALL);
    let request = pb::ListLineResultsRequest { outcomes: vec![1, 0, 12], ..Default::default() };
    assert_eq!(violations(&line_query(&request, &site()).unwrap_err()), ["outcomes[1]", "outcomes[2]"]);
}

#[test]
fn a_page_token_is_bound_to_the_listing() {
    let request = pb::ListFilesRequest { folder: "/erp".into(), page_size: 5000, ..Default::default() };
    let first = file_page(&request, &site()).unwrap();
    assert_eq!(first.page.size, 1000);
    let page_token = first.query.token(Some("/erp/a.csv"));
    let next = pb::ListFilesRequest { page_token: page_token.clone(), ..request.clone() };
    assert_eq!(file_page(&next, &site()).unwrap().page.after.unwrap().as_str(), "/erp/a.csv");
    let other = pb::ListFilesRequest { recursive: true, page_token, ..request };
    assert_eq!(violations(&file_page(&other, &site()).unwrap_err()), ["page_token"]);
}

#[test]
fn a_line_result_keeps_all_it_has() {
    let result = LineResult {
        line: LineNumber(4),
        span: ByteSpan::default(),
        entity: Entity::User,
        key: "ada".into(),
        operation: Operation::ShiftRole,
        outcome: Outcome::NotProcessed,
        completeness: Completeness::Partial,
        moodle_id: Some(12),
        changes: vec![FieldChange { field: "city".into(), before: "Rome".into(), after: String::new() }],
        problems: vec![Problem::warning(Reason::RoleUnknown, "no such role").at("role")],
    };
    let line = line_result(result);
    assert_eq!((line.line, line.key.as_str(), line.moodle_id), (4, "ada", Some(12)));
    assert_eq!((line.entity(), line.operation()), (pb::Entity::User, pb::Operation::ShiftRole));
    assert_eq!((line.outcome(), line.completeness()), (pb::Outcome::NotProcessed, pb::Completeness::Partial));
    assert_eq!((line.changes[0].field.as_str(), line.changes[0].before.as_str()), ("city", "Rome"));
    let problem = &line.problems[0];
    assert_eq!((problem.severity(), problem.reason.as_str()), (pb::Severity::Warning, "ROLE_UNKNOWN"));
    assert_eq!((problem.column.as_deref(), problem.message.as_str()), (Some("role"), "no such role"));
}

#[test]
fn a_run_keeps_all_it_has() {
    let message = run(&a_run());
    assert_eq!((message.tool(), message.state()), (pb::Tool::Enrolments, pb::RunState::Succeeded));
    assert_eq!(message.source, Some(pb::run::Source::InlineName("enrol.csv".into())));
    assert!(message.dry_run && message.end_time.is_none() && message.request_id.is_none());
    assert_eq!((message.max_errors, message.last_sequence, message.size_bytes), (3, 7, 12));
    assert_eq!(message.sha256, "01".repeat(32));
    let files = message.files.unwrap();
    assert_eq!(files.reasons_path.unwrap(), "/erp/users.v2_tryback_20260101-030000.reasons.csv");
}

#[test]
fn events_carry_number_and_kind() {
    let ended = Arc::new(a_run());
    let event = |kind| run_event(RunEvent { sequence: 7, time: ended.created, kind });
    assert!(matches!(event(EventKind::Started(Arc::clone(&ended))).event, Some(Event::Started(_))));
    assert!(matches!(event(EventKind::Progress(Default::default())).event, Some(Event::Progress(_))));
    let finished = event(EventKind::Finished(Arc::clone(&ended)));
    assert_eq!(finished.sequence, 7);
    let Some(Event::Finished(finished)) = finished.event else { panic!("not finished") };
    assert_eq!(finished.state(), pb::RunState::Succeeded);
}

#[test]
fn every_tool_describes_itself() {
    for tool in crate::tools::TOOLS {
        let descriptor = tool.descriptor();
        let message = tool_descriptor(descriptor);
        assert_eq!(message.name, descriptor.kind.name());
        assert_eq!(message.columns.len(), descriptor.columns.len());
        assert_eq!(message.options.len(), descriptor.options.len());
        assert_ne!(message.tool(), pb::Tool::Unspecified);
    }
}
