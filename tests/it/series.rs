//! Series: several runs as one request.

use crate::support::site::{Hold, execute, query, snapshot};
use crate::support::{RunRequest, TestServer, eventually, example, options, reason, refusal, violations};
use tonic::Code;
use toolsync::clock::FakeClock;
use toolsync::rpc::pb;
use toolsync::rpc::pb::run_event::Event;
use toolsync::rpc::pb::series_event::Event as SeriesEvent;
use toolsync::rpc::pb::{Outcome, RunState, Tool};

/// The files of the campus, in the order in which they depend on each other.
const CAMPUS: [(Tool, &str); 8] = [
    (Tool::Courses, "courses.csv"),
    (Tool::Users, "users.csv"),
    (Tool::Cohorts, "cohorts.csv"),
    (Tool::Groups, "groups.csv"),
    (Tool::CohortBindings, "cohort_bindings.csv"),
    (Tool::Enrolments, "enrolments.csv"),
    (Tool::Metacourses, "metacourses.csv"),
    (Tool::GroupMembers, "group_members.csv"),
];

fn inline(content: &str) -> pb::StepFile {
    let file = pb::InlineFile { name: "inline.csv".to_owned(), content: content.as_bytes().to_vec().into() };
    pb::StepFile { source: Some(pb::step_file::Source::Inline(file)), ..Default::default() }
}

fn stored(path: &str) -> pb::StepFile {
    pb::StepFile { source: Some(pb::step_file::Source::Path(path.to_owned())), ..Default::default() }
}

fn step(tool: Tool, file: pb::StepFile) -> pb::SeriesStep {
    pb::SeriesStep { tool: tool.into(), file: Some(file) }
}

fn events_of(answers: Vec<Option<pb::SeriesEvent>>) -> Vec<SeriesEvent> {
    answers.into_iter().filter_map(|event| event?.event).collect()
}

macro_rules! collect {
    ($answer:expr) => {{
        let mut stream = $answer.into_inner();
        let mut events = Vec::new();
        while let Some(message) = stream.message().await? {
            events.push(message.event);
        }
        Ok::<_, tonic::Status>(events_of(events))
    }};
}

async fn run_series(server: &TestServer, request: pb::RunSeriesRequest) -> Result<Vec<SeriesEvent>, tonic::Status> {
    collect!(server.series().run_series(request).await?)
}

async fn run_operations(
    server: &TestServer,
    request: pb::RunCourseOperationsRequest,
) -> Result<Vec<SeriesEvent>, tonic::Status> {
    collect!(server.series().run_course_operations(request).await?)
}

async fn watch(server: &TestServer, request: pb::WatchSeriesRequest) -> Result<Vec<SeriesEvent>, tonic::Status> {
    collect!(server.series().watch_series(request).await?)
}

/// The series as it ended.
fn finished(events: &[SeriesEvent]) -> &pb::RunSeries {
    match events.last() {
        Some(SeriesEvent::Finished(finished)) => finished.series.as_ref().unwrap(),
        other => panic!("the last event is {other:?}"),
    }
}

/// The results of the lines, with their steps, and without the ids that a plan cannot know.
fn lines(events: &[SeriesEvent]) -> Vec<(u32, pb::LineResult)> {
    let line = |event: &SeriesEvent| match event {
        SeriesEvent::Step(pb::StepEvent {
            step,
            event: Some(pb::RunEvent { event: Some(Event::Line(line)), .. }),
            ..
        }) => Some((*step, pb::LineResult { moodle_id: None, ..line.clone() })),
        _ => None,
    };
    events.iter().filter_map(line).collect()
}

fn states(series: &pb::RunSeries) -> Vec<RunState> {
    series.steps.iter().map(pb::Run::state).collect()
}

async fn get(server: &TestServer, id: &str) -> pb::RunSeries {
    let request = pb::GetSeriesRequest { series_id: id.to_owned(), ..Default::default() };
    server.series().get_series(request).await.unwrap().into_inner().series.unwrap()
}

fn operations() -> pb::RunCourseOperationsRequest {
    pb::RunCourseOperationsRequest {
        reset: Some(inline(
            "shortname;events;logs;notes;grades;roles;local_roles;groups;groupings;modules;startdate\n\
             KEPT;yes;no;no;no;no;no;no;no;no;2030-01-01\n",
        )),
        check: Some(inline("OLD-1;Old\nNEW-1;New\n")),
        delete: Some(stored("/deletecourses.csv")),
        create: Some(pb::StepFile {
            options: options(&[("force_update", "true")]),
            ..inline("shortname;fullname\nOLD-1;Old again\nNEW-1;New\n")
        }),
        metacourses: Some(inline("master;meta\nNEW-1;KEPT\nGHOST;KEPT\n")),
        options: options(&[("archive", "true")]),
        ..Default::default()
    }
}

/// A site with two courses, and the list that deletes one of them.
async fn with_courses() -> TestServer {
    let server = TestServer::start_at(FakeClock::at("2026-09-01T08:00:00Z".parse().unwrap())).await;
    let courses = "shortname;fullname\nOLD-1;Old\nKEPT;Kept\n";
    assert_eq!(server.run(Tool::Courses, courses).await.counters().created, 2);
    server.put("/deletecourses.csv", "OLD-1\n").await;
    server
}

#[tokio::test]
async fn all_operations_on_courses_go_in_their_order() {
    let server = with_courses().await;
    let events = run_operations(&server, operations()).await.unwrap();
    assert!(matches!(&events[0], SeriesEvent::Started(started) if started.series.as_ref().unwrap().steps.len() == 5));
    let series = finished(&events);
    let tools: Vec<_> = series.steps.iter().map(pb::Run::tool).collect();
    assert_eq!(tools, [Tool::ResetCourses, Tool::CheckCourses, Tool::DeleteCourses, Tool::Courses, Tool::Metacourses]);
    assert_eq!(states(series), [RunState::Succeeded; 5]);
    assert_eq!(series.state(), RunState::Succeeded);
    let outcomes: Vec<_> = lines(&events).iter().map(|(step, line)| (*step, line.line, line.outcome())).collect();
    let expected = [
        (1, 2, Outcome::Updated),
        (2, 1, Outcome::Found),
        (2, 2, Outcome::NotFound),
        (3, 1, Outcome::Deleted),
        (4, 2, Outcome::Created),
        (4, 3, Outcome::Created),
        (5, 2, Outcome::Created),
        (5, 3, Outcome::Failed),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(series.counters.unwrap().lines, 8);
    let files: Vec<_> = series.steps.iter().map(|run| run.files.clone().unwrap()).collect();
    assert!(files.iter().all(|files| files.report_path.is_some()), "each step has its report: {files:?}");
    assert!(files[4].tryback_path.is_some() && files[2].archive_path.is_some(), "{files:?}");
    assert_eq!(series.steps[3].options["force_update"], "true");
    assert!(series.steps.iter().all(|run| run.options["archive"] == "true"));
    let numbers: Vec<_> = series.steps.iter().map(|run| (run.series_id.clone().unwrap(), run.step.unwrap())).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5].map(|number| (series.id.clone(), number)));
    assert_eq!(server.findings().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_dry_run_of_operations_tells_what_the_real_one_does() {
    let server = with_courses().await;
    let before = snapshot(&server.site_database()).await;
    let dry = pb::RunCourseOperationsRequest { dry_run: true, ..operations() };
    let rehearsed = run_operations(&server, dry).await.unwrap();
    assert_eq!(snapshot(&server.site_database()).await, before, "a dry run writes nothing");
    let real = run_operations(&server, operations()).await.unwrap();
    assert_eq!(lines(&rehearsed), lines(&real));
}

#[tokio::test]
async fn a_dry_run_of_a_whole_campus_tells_what_the_real_one_does() {
    let server = TestServer::start_at(FakeClock::at("2026-09-01T08:00:00Z".parse().unwrap())).await;
    for (_, name) in CAMPUS {
        server.put(&format!("/{name}"), example(&format!("campus/{name}"))).await;
    }
    let steps = CAMPUS.map(|(tool, name)| step(tool, stored(&format!("/{name}")))).to_vec();
    let request = pb::RunSeriesRequest { steps, ..Default::default() };
    let rehearsed = run_series(&server, pb::RunSeriesRequest { dry_run: true, ..request.clone() }).await.unwrap();
    let real = run_series(&server, request).await.unwrap();
    assert_eq!(states(finished(&real)), [RunState::Succeeded; 8]);
    let (rehearsed, real) = (lines(&rehearsed), lines(&real));
    for (told, done) in rehearsed.iter().zip(&real) {
        assert_eq!(told, done);
    }
    assert_eq!(rehearsed.len(), real.len());
}

/// What the reports of the steps tell about what was empty: step, reason, how often.
async fn emptied(server: &TestServer, events: &[SeriesEvent]) -> Vec<(u32, String, u64)> {
    let mut told = Vec::new();
    for run in &finished(events).steps {
        let groups = server.report(&run.id).await.problem_groups.into_iter();
        let groups = groups.filter(|group| group.reason.starts_with("EMPT"));
        told.extend(groups.map(|group| (run.step.unwrap(), group.reason, group.count)));
    }
    told
}

#[tokio::test]
async fn a_dry_run_knows_what_earlier_steps_clean_up() {
    let server = TestServer::start_at(FakeClock::at("2026-09-01T08:00:00Z".parse().unwrap())).await;
    let steps = [
        (Tool::Courses, "shortname;fullname\nBIO1;Biology\n", vec![]),
        (Tool::Users, "username;firstname;lastname;email\nann;A;A;ann@example.org\n", vec![]),
        (Tool::Enrolments, "cid;uid;rolename;enrol\nBIO1;ann;student;manual\n", vec![]),
        (
            Tool::Groups,
            "type;courseid;name;idnumber;grouping\ngrouping;BIO1;Labs;LAB;\ngroup;BIO1;Mon;;LAB\ngroup;BIO1;Tue;;\n\
             group;BIO1;Fri;;\n",
            vec![],
        ),
        (Tool::GroupMembers, "courseid;groupid;userid\nBIO1;Mon;ann\n", vec![]),
        // Mon and Fri have no members then.
        (Tool::GroupMembers, "cmd;courseid;groupid;userid\nshift;BIO1;Tue;ann\n", vec![("purge_empty_groups", "1")]),
        // They are gone, so that Fri is new; Labs holds nothing any more.
        (
            Tool::Groups,
            "courseid;name\nBIO1;Fri\nBIO1;Tue\n",
            vec![("purge_empty_groups", "2"), ("keep_created", "true")],
        ),
        (Tool::Cohorts, "cidnumber;userid\nC1;ann\n", vec![]),
        (Tool::Cohorts, "cmd;cidnumber;userid\ndel;C1;ann\n", vec![("delete_emptied", "true")]),
        (Tool::Cohorts, "cmd;cidnumber;userid\nfree;C1;\n", vec![]),
    ];
    let steps =
        steps.map(|(tool, content, own)| step(tool, pb::StepFile { options: options(&own), ..inline(content) }));
    let request = pb::RunSeriesRequest { steps: steps.to_vec(), ..Default::default() };
    let rehearsed = run_series(&server, pb::RunSeriesRequest { dry_run: true, ..request.clone() }).await.unwrap();
    let real = run_series(&server, request).await.unwrap();
    let expected = [(6, "EMPTY_GROUP_DELETED", 2), (7, "EMPTY_GROUPING_DELETED", 1), (9, "EMPTIED_COHORT_DELETED", 1)];
    let expected = expected.map(|(step, reason, count)| (step, reason.to_owned(), count));
    assert_eq!(emptied(&server, &real).await, expected);
    assert_eq!(emptied(&server, &rehearsed).await, expected);
    assert_eq!(lines(&rehearsed), lines(&real));
    let last = lines(&real).pop().unwrap().1;
    assert_eq!((last.outcome(), &*last.problems[0].reason), (Outcome::Failed, "COHORT_UNKNOWN"));
    let names = query(&server.site_database(), "select name from mdl_groups order by 1").await;
    assert_eq!(names, ["Fri", "Tue"]);
}

#[tokio::test]
async fn a_step_that_is_refused_does_not_hold_up_the_others() {
    let server = with_courses().await;
    let request = pb::RunCourseOperationsRequest { delete: Some(inline("\"open\n")), ..operations() };
    let events = run_operations(&server, request).await.unwrap();
    let series = finished(&events);
    assert_eq!(series.steps[1].state(), RunState::Succeeded);
    assert_ne!(series.steps[2].counters.unwrap().deleted, 1);
    assert_eq!(series.steps[3].state(), RunState::Succeeded);
    let columns = pb::RunCourseOperationsRequest { create: Some(inline("shortname;nonsense\nA;B\n")), ..operations() };
    let events = run_operations(&server, columns).await.unwrap();
    let states = states(finished(&events));
    assert_eq!(states[3], RunState::Failed);
    assert!(states.iter().enumerate().all(|(n, state)| n == 3 || *state == RunState::Succeeded), "{states:?}");
    assert_eq!(finished(&events).state(), RunState::Failed);
}

#[tokio::test]
async fn a_repeated_request_follows_the_series_that_it_started() {
    let server = with_courses().await;
    let request = pb::RunCourseOperationsRequest { request_id: "night-1".to_owned(), ..operations() };
    let first = run_operations(&server, request.clone()).await.unwrap();
    // Its list was archived by the first.
    let again = run_operations(&server, request.clone()).await.unwrap();
    assert_eq!(finished(&again).id, finished(&first).id);
    assert_eq!(lines(&again), lines(&first));
    let other = pb::RunCourseOperationsRequest { check: None, ..request.clone() };
    let status = refusal(run_operations(&server, other).await);
    assert_eq!((status.code(), reason(&status)), (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned()));
    let alone = RunRequest::inline(Tool::CheckCourses, "OLD-1\n").request_id("night-1").try_send(&server).await;
    assert_eq!(reason(&refusal(alone)), "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn a_series_is_watched_from_any_step_and_number() {
    let server = with_courses().await;
    let events = run_operations(&server, operations()).await.unwrap();
    let series_id = finished(&events).id.clone();
    let all = watch(&server, pb::WatchSeriesRequest { series_id: series_id.clone(), ..Default::default() }).await;
    assert_eq!(lines(&all.unwrap()), lines(&events));
    let from =
        pb::WatchSeriesRequest { series_id: series_id.clone(), step: 4, after_sequence: 2, ..Default::default() };
    let rest = watch(&server, from).await.unwrap();
    let places: Vec<_> = lines(&rest).iter().map(|(step, line)| (*step, line.line)).collect();
    assert_eq!(places, [(4, 3), (5, 2), (5, 3)]);
    assert_eq!(get(&server, &series_id).await, *finished(&rest));
    let unknown = "0198f3a0-0000-7000-8000-000000000000".to_owned();
    let status = refusal(watch(&server, pb::WatchSeriesRequest { series_id: unknown, ..Default::default() }).await);
    assert_eq!((status.code(), reason(&status)), (Code::NotFound, "SERIES_UNKNOWN".to_owned()));
    for (step, after_sequence) in [(0, 2), (6, 0)] {
        let nowhere =
            pb::WatchSeriesRequest { series_id: series_id.clone(), step, after_sequence, ..Default::default() };
        assert_eq!(violations(&refusal(watch(&server, nowhere).await)), ["step"], "{step} {after_sequence}");
    }
    let wrong = pb::WatchSeriesRequest { series_id: "x".to_owned(), ..Default::default() };
    assert_eq!(violations(&refusal(watch(&server, wrong).await)), ["series_id"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_series_is_told_with_its_place() {
    let server = with_courses().await;
    let empty = refusal(run_operations(&server, pb::RunCourseOperationsRequest::default()).await);
    assert_eq!(violations(&empty), ["create"]);
    let request = pb::RunCourseOperationsRequest {
        check: Some(stored("relative.csv")),
        delete: Some(pb::StepFile::default()),
        ..operations()
    };
    assert_eq!(violations(&refusal(run_operations(&server, request).await)), ["check.path", "delete.source"]);
    let missing = pb::RunCourseOperationsRequest { delete: Some(stored("/nowhere.csv")), ..operations() };
    let status = refusal(run_operations(&server, missing).await);
    assert_eq!(reason(&status), "FILE_UNKNOWN");
    assert!(status.message().starts_with("delete: there is no file /nowhere.csv"), "{}", status.message());
    let steps = vec![step(Tool::Courses, pb::StepFile { options: options(&[("nonsense", "1")]), ..inline("x\n") })];
    let status = refusal(run_series(&server, pb::RunSeriesRequest { steps, ..Default::default() }).await);
    assert_eq!(violations(&status), ["steps[0].file.options[nonsense]"]);
    let steps = vec![pb::SeriesStep::default()];
    let status = refusal(run_series(&server, pb::RunSeriesRequest { steps, ..Default::default() }).await);
    assert_eq!(violations(&status), ["steps[0].tool", "steps[0].file.source"]);
    assert_eq!(violations(&refusal(run_series(&server, pb::RunSeriesRequest::default()).await)), ["steps"]);
    let runs = server.runs().list_runs(pb::ListRunsRequest::default()).await.unwrap().into_inner().runs;
    assert_eq!(runs.len(), 1, "nothing of a refused series is stored");
}

/// Begins a series that waits for the site, and gives its id.
async fn begin(server: &TestServer, request: pb::RunCourseOperationsRequest) -> String {
    let mut stream = server.series().run_course_operations(request).await.unwrap().into_inner();
    let event = stream.message().await.unwrap().unwrap().event.unwrap().event;
    match event {
        Some(SeriesEvent::Started(started)) => started.series.unwrap().id,
        other => panic!("the first event is {other:?}"),
    }
}

async fn ended(server: &TestServer, id: &str) -> pb::RunSeries {
    let is_over = |series: &pb::RunSeries| !matches!(series.state(), RunState::Queued | RunState::Running);
    eventually("the series ends", || async { Some(get(server, id).await).filter(is_over) }).await
}

#[tokio::test]
async fn no_other_run_comes_between_two_steps() {
    let server = with_courses().await;
    let hold = Hold::on(&server.site_database()).await;
    let id = begin(&server, operations()).await;
    let other = RunRequest::inline(Tool::Courses, "shortname;fullname\nKEPT;Kept\n");
    let mut other = server.runs().run_tool(other.0).await.unwrap().into_inner();
    let accepted = other.message().await.unwrap().unwrap();
    hold.release().await;
    let mut last = None;
    while let Some(message) = other.message().await.unwrap() {
        last = message.event;
    }
    assert!(matches!(last.unwrap().event, Some(Event::Finished(_))), "{accepted:?}");
    let series = get(&server, &id).await;
    assert_eq!(states(&series), [RunState::Succeeded; 5], "the series was done when the other run ended");
}

#[tokio::test]
async fn a_cancelled_series_begins_no_further_step() {
    let server = with_courses().await;
    let hold = Hold::on(&server.site_database()).await;
    let id = begin(&server, pb::RunCourseOperationsRequest { reset: None, check: None, ..operations() }).await;
    let at_work = async || Some(get(&server, &id).await.steps[0].state()).filter(|state| *state == RunState::Running);
    eventually("the first step is at work", at_work).await;
    let request = pb::CancelSeriesRequest { series_id: id.clone(), ..Default::default() };
    server.series().cancel_series(request).await.unwrap();
    hold.release().await;
    let series = ended(&server, &id).await;
    assert_eq!(series.state(), RunState::Cancelled);
    // What the first step was at may have been done; nothing of the others.
    assert_eq!(states(&series)[1..], [RunState::Cancelled; 2]);
    let created = "select shortname from mdl_course where fullname in ('Old again', 'New')";
    assert_eq!(query(&server.site_database(), created).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_interrupted_series_goes_on_after_the_restart() {
    let server = with_courses().await;
    let hold = Hold::on(&server.site_database()).await;
    let id = begin(&server, operations()).await;
    let at_work = async || Some(get(&server, &id).await.steps[0].state()).filter(|state| *state == RunState::Running);
    eventually("the reset is at work", at_work).await;
    let (folder, data) = server.stop().await;
    hold.release().await;
    let server = TestServer::reopen(data).await;
    let series = ended(&server, &id).await;
    assert_eq!(states(&series), [RunState::Succeeded; 5]);
    let courses =
        query(&server.site_database(), "select fullname from mdl_course where category > 0 order by id").await;
    assert_eq!(courses, ["Kept", "Old again", "New"]);
    drop(folder);
}

#[tokio::test]
async fn an_interrupted_dry_run_of_a_series_is_to_be_begun_again() {
    let server = with_courses().await;
    let dry = pb::RunCourseOperationsRequest { dry_run: true, ..operations() };
    let id = finished(&run_operations(&server, dry).await.unwrap()).id.clone();
    let (folder, data) = server.stop().await;
    let later = format!("series = '{id}' and step > 3");
    let put_back = format!(
        "delete from segment where run in (select id from run where {later});
         update run set state = 'queued', started = null, finished = null, report = null, tryback = null where {later}"
    );
    execute(&data.join("state.db"), &put_back).await;
    let server = TestServer::reopen(data).await;
    let series = ended(&server, &id).await;
    assert_eq!(states(&series)[3..], [RunState::Failed; 2]);
    assert!(series.steps[3].message.contains("Start the dry run again"), "{:?}", series.steps[2]);
    drop(folder);
}
