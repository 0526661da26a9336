//! Schedules: when runs start by themselves, under a clock that the test sets.

mod due;
mod keeping;
mod refusals;

use crate::support::{TestServer, eventually};
use chrono::{DateTime, SecondsFormat, Utc};
use std::sync::Arc;
use toolsync::clock::{Clock, FakeClock};
use toolsync::rpc::pb;

const USERS: &str = "username;firstname;lastname;email\nada;Ada;Example;ada@example.test\n";

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

/// A service whose clock stands still.
async fn server_at(time: &str) -> (TestServer, Arc<FakeClock>) {
    let clock = FakeClock::at(utc(time));
    let server = TestServer::start_at(Arc::clone(&clock) as Arc<dyn Clock>).await;
    (server, clock)
}

/// A schedule of dry runs over `/users.csv`.
fn nightly(name: &str, cron: &str, zone: &str) -> pb::ScheduleRequest {
    let action = pb::ScheduleAction {
        tool: pb::Tool::Users.into(),
        path: "/users.csv".to_owned(),
        dry_run: true,
        ..Default::default()
    };
    pb::ScheduleRequest {
        name: name.to_owned(),
        cron: cron.to_owned(),
        zone: zone.to_owned(),
        action: Some(action),
        ..Default::default()
    }
}

async fn put(server: &TestServer, request: pb::ScheduleRequest) -> Result<pb::RunSchedule, tonic::Status> {
    Ok(server.schedules().schedule(request).await?.into_inner().schedule.unwrap())
}

async fn get(server: &TestServer, name: &str) -> pb::RunSchedule {
    let request = pb::GetScheduleRequest { name: name.to_owned(), ..Default::default() };
    server.schedules().get_schedule(request).await.unwrap().into_inner().schedule.unwrap()
}

async fn pause(server: &TestServer, name: &str) -> pb::RunSchedule {
    let request = pb::PauseScheduleRequest { name: name.to_owned(), ..Default::default() };
    server.schedules().pause_schedule(request).await.unwrap().into_inner().schedule.unwrap()
}

async fn resume(server: &TestServer, name: &str) -> pb::RunSchedule {
    let request = pb::ResumeScheduleRequest { name: name.to_owned(), ..Default::default() };
    server.schedules().resume_schedule(request).await.unwrap().into_inner().schedule.unwrap()
}

async fn trigger(server: &TestServer, name: &str, request_id: &str) -> Result<pb::Run, tonic::Status> {
    let request =
        pb::TriggerScheduleRequest { name: name.to_owned(), request_id: request_id.to_owned(), ..Default::default() };
    Ok(server.schedules().trigger_schedule(request).await?.into_inner().run.unwrap())
}

/// The runs that a schedule started, the newest first.
async fn runs_of(server: &TestServer, schedule: &pb::RunSchedule) -> Vec<pb::Run> {
    let request = pb::ListRunsRequest { page_size: 1000, ..Default::default() };
    let runs = server.runs().list_runs(request).await.unwrap().into_inner().runs;
    runs.into_iter().filter(|run| run.schedule_id() == schedule.id).collect()
}

/// Waits until a schedule has dealt with a due time.
async fn fired(server: &TestServer, name: &str, due: &str) -> pb::RunSchedule {
    let ask = || async { Some(get(server, name).await).filter(|schedule| last(schedule) == due) };
    eventually(&format!("{name} at {due}"), ask).await
}

/// When it is due next: `2026-03-29T01:00:00Z`; `-` for never.
fn next(schedule: &pb::RunSchedule) -> String {
    text(schedule.next_time.as_ref())
}

/// When it was last due.
fn last(schedule: &pb::RunSchedule) -> String {
    text(schedule.last_time.as_ref())
}

fn text(time: Option<&prost_types::Timestamp>) -> String {
    let Some(time) = time else { return "-".to_owned() };
    let time = DateTime::<Utc>::from_timestamp(time.seconds, time.nanos.try_into().unwrap()).unwrap();
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
