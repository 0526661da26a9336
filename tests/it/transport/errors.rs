//! What a refused call tells: code, reason, domain, and every field that is wrong.

use crate::support::{TestServer, options, reason, refusal, violations};
use tonic::{Code, Status};
use tonic_types::StatusExt;
use toolsync::rpc::pb;
use toolsync::rpc::pb::run_tool_request::Source;

const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

fn check(case: &str, status: &Status, code: Code, expected: &str) {
    assert_eq!((status.code(), reason(status).as_str()), (code, expected), "{case}: {status:?}");
    assert_eq!(status.get_details_error_info().unwrap().domain, "toolsync", "{case}");
    assert!(!status.message().is_empty(), "{case}");
}

fn inline(content: &str) -> Option<Source> {
    Some(Source::Inline(pb::InlineFile { name: "users.csv".to_owned(), content: content.to_owned().into() }))
}

#[tokio::test]
async fn every_call_refuses_an_unknown_site() {
    let server = TestServer::start().await;
    let (mut files, mut runs, mut schedules) = (server.files(), server.runs(), server.schedules());
    let mut catalog = server.catalog();
    let site = || "nowhere".to_owned();
    let categories = pb::ListEmptyCategoriesRequest { site: site(), ..Default::default() };
    let hashes = pb::ListPictureHashesRequest { site: site(), ..Default::default() };
    let generate = pb::GenerateCommandFileRequest { site: site(), ..Default::default() };
    let run_id = || NOBODY.to_owned();
    let path = || "/users.csv".to_owned();
    let name = || "nightly".to_owned();
    let start = pb::UploadStart { site: site(), path: path(), ..Default::default() };
    let start = pb::UploadCommandFileRequest { part: Some(pb::upload_command_file_request::Part::Start(start)) };
    let put = pb::PutCommandFileRequest { site: site(), path: path(), ..Default::default() };
    let folder = pb::CreateFolderRequest { site: site(), path: path(), ..Default::default() };
    let moved = pb::MoveFileRequest { site: site(), path: path(), new_path: path(), ..Default::default() };
    let run =
        pb::RunToolRequest { site: site(), tool: pb::Tool::Users.into(), source: inline(""), ..Default::default() };
    let watch = pb::WatchRunRequest { site: site(), run_id: run_id(), after_sequence: 0 };
    let lines = pb::ListLineResultsRequest { site: site(), run_id: run_id(), ..Default::default() };
    let schedule = pb::ScheduleRequest { site: site(), name: name(), ..Default::default() };
    let trigger = pb::TriggerScheduleRequest { site: site(), name: name(), ..Default::default() };
    let refused = [
        ("UploadCommandFile", refusal(files.upload_command_file(tokio_stream::iter([start])).await)),
        ("PutCommandFile", refusal(files.put_command_file(put).await)),
        ("DownloadFile", refusal(files.download_file(pb::DownloadFileRequest { site: site(), path: path() }).await)),
        ("ListFiles", refusal(files.list_files(pb::ListFilesRequest { site: site(), ..Default::default() }).await)),
        ("GetFile", refusal(files.get_file(pb::GetFileRequest { site: site(), path: path() }).await)),
        ("CreateFolder", refusal(files.create_folder(folder).await)),
        ("MoveFile", refusal(files.move_file(moved).await)),
        ("DeleteFile", refusal(files.delete_file(pb::DeleteFileRequest { site: site(), path: path() }).await)),
        ("ListTools", refusal(runs.list_tools(pb::ListToolsRequest { site: site() }).await)),
        ("RunTool", refusal(runs.run_tool(run).await)),
        ("WatchRun", refusal(runs.watch_run(watch).await)),
        ("GetRun", refusal(runs.get_run(pb::GetRunRequest { site: site(), run_id: run_id() }).await)),
        ("ListRuns", refusal(runs.list_runs(pb::ListRunsRequest { site: site(), ..Default::default() }).await)),
        ("CancelRun", refusal(runs.cancel_run(pb::CancelRunRequest { site: site(), run_id: run_id() }).await)),
        ("GetReport", refusal(runs.get_report(pb::GetReportRequest { site: site(), run_id: run_id() }).await)),
        ("ListLineResults", refusal(runs.list_line_results(lines).await)),
        ("Schedule", refusal(schedules.schedule(schedule).await)),
        ("GetSchedule", refusal(schedules.get_schedule(pb::GetScheduleRequest { site: site(), name: name() }).await)),
        (
            "ListSchedules",
            refusal(schedules.list_schedules(pb::ListSchedulesRequest { site: site(), ..Default::default() }).await),
        ),
        (
            "PauseSchedule",
            refusal(schedules.pause_schedule(pb::PauseScheduleRequest { site: site(), name: name() }).await),
        ),
        (
            "ResumeSchedule",
            refusal(schedules.resume_schedule(pb::ResumeScheduleRequest { site: site(), name: name() }).await),
        ),
        ("TriggerSchedule", refusal(schedules.trigger_schedule(trigger).await)),
        (
            "DeleteSchedule",
            refusal(schedules.delete_schedule(pb::DeleteScheduleRequest { site: site(), name: name() }).await),
        ),
        (
            "ListCourses",
            refusal(catalog.list_courses(pb::ListCoursesRequest { site: site(), ..Default::default() }).await),
        ),
        ("ListEmptyCategories", refusal(catalog.list_empty_categories(categories).await)),
        ("ListPictureHashes", refusal(catalog.list_picture_hashes(hashes).await)),
        ("GenerateCommandFile", refusal(catalog.generate_command_file(generate).await)),
    ];
    for (call, status) in refused {
        check(call, &status, Code::NotFound, "SITE_UNKNOWN");
        assert_eq!(status.get_details_resource_info().unwrap().resource_name, "nowhere", "{call}");
    }
}

#[tokio::test]
async fn unknown_runs_and_schedules_are_not_found() {
    let server = TestServer::start().await;
    let (mut runs, mut schedules) = (server.runs(), server.schedules());
    let run_id = || NOBODY.to_owned();
    let name = || "nightly".to_owned();
    let watch = pb::WatchRunRequest { run_id: run_id(), ..Default::default() };
    let lines = pb::ListLineResultsRequest { run_id: run_id(), ..Default::default() };
    let of_runs = [
        ("WatchRun", refusal(runs.watch_run(watch).await)),
        ("GetRun", refusal(runs.get_run(pb::GetRunRequest { run_id: run_id(), ..Default::default() }).await)),
        ("CancelRun", refusal(runs.cancel_run(pb::CancelRunRequest { run_id: run_id(), ..Default::default() }).await)),
        ("GetReport", refusal(runs.get_report(pb::GetReportRequest { run_id: run_id(), ..Default::default() }).await)),
        ("ListLineResults", refusal(runs.list_line_results(lines).await)),
    ];
    for (call, status) in of_runs {
        check(call, &status, Code::NotFound, "RUN_UNKNOWN");
        assert_eq!(status.get_details_resource_info().unwrap().resource_name, NOBODY, "{call}");
    }
    let trigger = pb::TriggerScheduleRequest { name: name(), ..Default::default() };
    let of_schedules = [
        refusal(schedules.get_schedule(pb::GetScheduleRequest { name: name(), ..Default::default() }).await),
        refusal(schedules.pause_schedule(pb::PauseScheduleRequest { name: name(), ..Default::default() }).await),
        refusal(schedules.resume_schedule(pb::ResumeScheduleRequest { name: name(), ..Default::default() }).await),
        refusal(schedules.trigger_schedule(trigger).await),
        refusal(schedules.delete_schedule(pb::DeleteScheduleRequest { name: name(), ..Default::default() }).await),
    ];
    for status in of_schedules {
        check("schedule", &status, Code::NotFound, "SCHEDULE_UNKNOWN");
    }
}

#[tokio::test]
async fn every_wrong_field_of_a_run_is_told() {
    let server = TestServer::start().await;
    let good = || pb::RunToolRequest { tool: pb::Tool::Users.into(), source: inline("x"), ..Default::default() };
    let named = |name: &str, size: usize| {
        Some(Source::Inline(pb::InlineFile { name: name.to_owned(), content: vec![b'x'; size].into() }))
    };
    let cases = [
        (
            pb::RunToolRequest { request_id: "x".repeat(200), ..Default::default() },
            vec!["tool", "source", "request_id"],
        ),
        (pb::RunToolRequest { tool: 99, ..good() }, vec!["tool"]),
        (pb::RunToolRequest { source: Some(Source::Path("users.csv".to_owned())), ..good() }, vec!["path"]),
        (pb::RunToolRequest { source: named("../users.csv", 1), ..good() }, vec!["inline.name"]),
        (pb::RunToolRequest { source: named("", 1), ..good() }, vec!["inline.name"]),
        (pb::RunToolRequest { source: named("a/b", (2 << 20) + 1), ..good() }, vec!["inline.name", "inline.content"]),
    ];
    for (request, fields) in cases {
        let status = refusal(server.runs().run_tool(request).await);
        check("RunTool", &status, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(violations(&status), fields);
    }
    let lines = pb::ListLineResultsRequest { run_id: "x".to_owned(), ..Default::default() };
    let status = refusal(server.runs().list_line_results(lines).await);
    check("ListLineResults", &status, Code::InvalidArgument, "FIELD_INVALID");
    assert_eq!(violations(&status), ["run_id"]);
    let filter = pb::ListRunsRequest { state: 77, tool: 1, ..Default::default() };
    let status = refusal(server.runs().list_runs(filter).await);
    assert_eq!(violations(&status), ["state", "tool"]);
}

#[tokio::test]
async fn every_wrong_option_of_a_run_is_told() {
    let server = TestServer::start().await;
    let wrong = options(&[("seperator", ";"), ("report", "perhaps"), ("identifier", "shoe size")]);
    let request = pb::RunToolRequest {
        tool: pb::Tool::Users.into(),
        source: inline("x"),
        options: wrong.into_iter().collect(),
        ..Default::default()
    };
    let status = refusal(server.runs().run_tool(request).await);
    check("RunTool", &status, Code::InvalidArgument, "OPTION_INVALID");
    let mut fields = violations(&status);
    fields.sort();
    assert_eq!(fields, ["options[identifier]", "options[report]", "options[seperator]"]);
    let described = status.get_details_bad_request().unwrap().field_violations;
    assert!(described.iter().any(|violation| violation.description.contains("separator")), "{described:?}");
}

#[tokio::test]
async fn sources_that_cannot_be_read_are_refused_at_once() {
    let server = TestServer::start().await;
    server.put("/erp/users.csv", "x").await;
    let stored = |path: &str| pb::RunToolRequest {
        tool: pb::Tool::Users.into(),
        source: Some(Source::Path(path.to_owned())),
        ..Default::default()
    };
    let status = refusal(server.runs().run_tool(stored("/nobody.csv")).await);
    check("a missing file", &status, Code::NotFound, "FILE_UNKNOWN");
    assert_eq!(status.get_details_resource_info().unwrap().resource_name, "/nobody.csv");
    let status = refusal(server.runs().run_tool(stored("/erp")).await);
    check("a folder", &status, Code::FailedPrecondition, "IS_A_FOLDER");
}

#[tokio::test]
async fn tokens_of_other_listings_are_refused() {
    let server = TestServer::start().await;
    for name in ["/a.csv", "/b.csv"] {
        server.put(name, "x").await;
    }
    let files = pb::ListFilesRequest { page_size: 1, ..Default::default() };
    let page_token = server.files().list_files(files).await.unwrap().into_inner().next_page_token;
    let runs = pb::ListRunsRequest { page_token: page_token.clone(), ..Default::default() };
    let schedules = pb::ListSchedulesRequest { page_token, ..Default::default() };
    for status in
        [refusal(server.runs().list_runs(runs).await), refusal(server.schedules().list_schedules(schedules).await)]
    {
        check("page_token", &status, Code::InvalidArgument, "FIELD_INVALID");
        assert_eq!(violations(&status), ["page_token"]);
    }
}
