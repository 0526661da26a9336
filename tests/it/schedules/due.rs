//! When schedules are due, and what happens then.

use super::*;
use crate::support::RunRequest;

#[tokio::test]
async fn due_times_are_local_times() {
    let (server, _clock) = server_at("2026-03-28T12:00:00Z").await;
    let cases = [
        ("utc", "0 3 * * *", "", "2026-03-29T03:00:00Z"),
        ("named-utc", "0 3 * * *", "UTC", "2026-03-29T03:00:00Z"),
        ("before-the-gap", "30 1 * * *", "Europe/Paris", "2026-03-29T00:30:00Z"),
        // Paris has no 02:30 on that day: 02:00 is 03:00.
        ("in-the-gap", "30 2 * * *", "Europe/Paris", "2026-03-29T01:00:00Z"),
        ("after-the-gap", "30 3 * * *", "Europe/Paris", "2026-03-29T01:30:00Z"),
        ("far-east", "0 8 * * MON", "Pacific/Auckland", "2026-03-29T19:00:00Z"),
        ("soon", "*/15 * * * *", "Asia/Kathmandu", "2026-03-28T12:15:00Z"),
        ("rare", "0 0 29 2 *", "Europe/Paris", "2028-02-28T23:00:00Z"),
    ];
    for (name, cron, zone, expected) in cases {
        let schedule = put(&server, nightly(name, cron, zone)).await.unwrap();
        assert_eq!(next(&schedule), expected, "{name}");
        assert_eq!((schedule.cron.as_str(), last(&schedule).as_str()), (cron, "-"));
        assert_eq!(get(&server, name).await, schedule);
    }
}

#[tokio::test]
async fn a_due_schedule_starts_a_run() {
    let (server, clock) = server_at("2026-03-28T12:00:00Z").await;
    server.put("/users.csv", USERS).await;
    put(&server, nightly("nightly", "30 2 * * *", "Europe/Paris")).await.unwrap();
    clock.set(utc("2026-03-29T01:00:00Z"));
    let schedule = fired(&server, "nightly", "2026-03-29T01:00:00Z").await;
    assert_eq!(next(&schedule), "2026-03-30T00:30:00Z");
    assert_eq!((schedule.last_message.as_str(), schedule.revision), ("", 1));

    let runs = runs_of(&server, &schedule).await;
    let [run] = &runs[..] else { panic!("{runs:?}") };
    assert_eq!(schedule.last_run_id(), run.id);
    assert_eq!((run.tool(), run.dry_run), (pb::Tool::Users, true));
    assert_eq!(run.source, Some(pb::run::Source::Path("/users.csv".to_owned())));
    let request = pb::WatchRunRequest { run_id: run.id.clone(), ..Default::default() };
    let mut events = server.runs().watch_run(request).await.unwrap().into_inner();
    let mut last = None;
    while let Some(message) = events.message().await.unwrap() {
        last = message.event.unwrap().event;
    }
    let Some(pb::run_event::Event::Finished(finished)) = last else { panic!("{last:?}") };
    assert_eq!((finished.state(), finished.counters.unwrap().lines), (pb::RunState::Succeeded, 1));

    clock.set(utc("2026-03-30T00:30:00Z"));
    let schedule = fired(&server, "nightly", "2026-03-30T00:30:00Z").await;
    assert_eq!(runs_of(&server, &schedule).await.len(), 2);
}

#[tokio::test]
async fn a_local_time_that_comes_twice_is_due_once() {
    let (server, clock) = server_at("2026-10-24T12:00:00Z").await;
    server.put("/users.csv", USERS).await;
    let schedule = put(&server, nightly("nightly", "30 2 * * *", "Europe/Paris")).await.unwrap();
    assert_eq!(next(&schedule), "2026-10-25T00:30:00Z");
    clock.set(utc("2026-10-25T00:30:00Z"));
    let schedule = fired(&server, "nightly", "2026-10-25T00:30:00Z").await;
    assert_eq!(next(&schedule), "2026-10-26T01:30:00Z");
}

#[tokio::test]
async fn times_that_passed_at_once_count_as_one() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    server.put("/users.csv", USERS).await;
    put(&server, nightly("hourly", "0 * * * *", "")).await.unwrap();
    clock.set(utc("2026-01-03T10:20:00Z"));
    let schedule = fired(&server, "hourly", "2026-01-01T01:00:00Z").await;
    assert_eq!(next(&schedule), "2026-01-03T11:00:00Z");
    clock.set(utc("2026-01-03T11:00:00Z"));
    let schedule = fired(&server, "hourly", "2026-01-03T11:00:00Z").await;
    assert_eq!(runs_of(&server, &schedule).await.len(), 2);
}

#[tokio::test]
async fn a_missing_file_is_noted_and_the_schedule_goes_on() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    clock.set(utc("2026-01-01T03:00:00Z"));
    let schedule = fired(&server, "nightly", "2026-01-01T03:00:00Z").await;
    assert!(schedule.last_message.contains("/users.csv"), "{:?}", schedule.last_message);
    assert_eq!((schedule.last_run_id.as_ref(), next(&schedule).as_str()), (None, "2026-01-02T03:00:00Z"));
    assert!(runs_of(&server, &schedule).await.is_empty());

    server.put("/users.csv", USERS).await;
    clock.set(utc("2026-01-02T03:00:00Z"));
    let schedule = fired(&server, "nightly", "2026-01-02T03:00:00Z").await;
    assert_eq!((schedule.last_message.as_str(), schedule.last_run_id.is_some()), ("", true));
}

#[tokio::test]
async fn what_was_due_while_the_service_was_down_is_done_once() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    server.put("/users.csv", USERS).await;
    put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    let clock = FakeClock::at(utc("2026-01-04T12:00:00Z"));
    let server = server.restart(Arc::clone(&clock) as Arc<dyn Clock>).await;
    let schedule = fired(&server, "nightly", "2026-01-01T03:00:00Z").await;
    assert_eq!(next(&schedule), "2026-01-05T03:00:00Z");
    assert_eq!(runs_of(&server, &schedule).await.len(), 1);

    let clock = FakeClock::at(clock.now());
    let server = server.restart(Arc::clone(&clock) as Arc<dyn Clock>).await;
    clock.set(utc("2026-01-05T03:00:00Z"));
    let schedule = fired(&server, "nightly", "2026-01-05T03:00:00Z").await;
    assert_eq!(runs_of(&server, &schedule).await.len(), 2, "another restart repeats nothing");
}

#[tokio::test]
async fn a_paused_schedule_lets_its_times_pass() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    server.put("/users.csv", USERS).await;
    put(&server, nightly("paused-later", "0 3 * * *", "")).await.unwrap();
    put(&server, pb::ScheduleRequest { paused: true, ..nightly("paused-at-once", "0 3 * * *", "") }).await.unwrap();
    put(&server, nightly("witness", "0 3 * * *", "")).await.unwrap();
    let paused = pause(&server, "paused-later").await;
    assert_eq!((paused.state(), next(&paused).as_str()), (pb::ScheduleState::Paused, "-"));
    assert_eq!(get(&server, "paused-at-once").await.state(), pb::ScheduleState::Paused);
    for day in ["2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z"] {
        clock.set(utc(day));
        fired(&server, "witness", day).await;
    }
    for name in ["paused-later", "paused-at-once"] {
        let schedule = get(&server, name).await;
        assert_eq!((last(&schedule).as_str(), next(&schedule).as_str()), ("-", "-"), "{name}");
        assert!(runs_of(&server, &schedule).await.is_empty(), "{name}");
        let resumed = resume(&server, name).await;
        assert_eq!((resumed.state(), next(&resumed).as_str()), (pb::ScheduleState::Active, "2026-01-03T03:00:00Z"));
        assert_eq!(resume(&server, name).await, resumed, "an active schedule stays as it is");
    }
    clock.set(utc("2026-01-03T03:00:00Z"));
    let schedule = fired(&server, "paused-later", "2026-01-03T03:00:00Z").await;
    assert_eq!(runs_of(&server, &schedule).await.len(), 1);
}

#[tokio::test]
async fn a_deleted_schedule_starts_nothing_and_its_runs_stay() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    server.put("/users.csv", USERS).await;
    put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    put(&server, nightly("witness", "0 3 * * *", "")).await.unwrap();
    clock.set(utc("2026-01-01T03:00:00Z"));
    let schedule = fired(&server, "nightly", "2026-01-01T03:00:00Z").await;
    fired(&server, "witness", "2026-01-01T03:00:00Z").await;
    let gone = pb::DeleteScheduleRequest { name: "nightly".to_owned(), ..Default::default() };
    server.schedules().delete_schedule(gone).await.unwrap();
    clock.set(utc("2026-01-02T03:00:00Z"));
    fired(&server, "witness", "2026-01-02T03:00:00Z").await;
    assert_eq!(runs_of(&server, &schedule).await.len(), 1);
    let again = put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    assert_ne!(again.id, schedule.id);
    assert_eq!((again.revision, last(&again).as_str()), (1, "-"));
}

#[tokio::test]
async fn a_trigger_starts_a_run_and_moves_no_due_time() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    server.put("/users.csv", USERS).await;
    let schedule = put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    let first = trigger(&server, "nightly", "r-1").await.unwrap();
    assert_eq!(first.schedule_id(), schedule.id);
    assert_eq!((first.tool(), first.dry_run), (pb::Tool::Users, true));
    assert_eq!(trigger(&server, "nightly", "r-1").await.unwrap().id, first.id, "a repeated request starts nothing");
    assert_ne!(trigger(&server, "nightly", "r-2").await.unwrap().id, first.id);
    let after = get(&server, "nightly").await;
    assert_eq!((next(&after), last(&after)), (next(&schedule), last(&schedule)));

    let paused = pause(&server, "nightly").await;
    let while_paused = trigger(&server, "nightly", "").await.unwrap();
    assert_eq!(while_paused.schedule_id(), schedule.id);
    assert_eq!(get(&server, "nightly").await, paused);
    assert_eq!(runs_of(&server, &schedule).await.len(), 3);

    resume(&server, "nightly").await;
    clock.set(utc("2026-01-01T03:00:00Z"));
    fired(&server, "nightly", "2026-01-01T03:00:00Z").await;
    assert_eq!(runs_of(&server, &schedule).await.len(), 4);
}

#[tokio::test]
async fn a_due_run_reads_the_file_of_that_moment() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    server.put("/users.csv", USERS).await;
    put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    let replaced = server.put("/users.csv", format!("{USERS}ben;Ben;Example;ben@example.test\n")).await;
    clock.set(utc("2026-01-01T03:00:00Z"));
    let schedule = fired(&server, "nightly", "2026-01-01T03:00:00Z").await;
    assert_eq!(runs_of(&server, &schedule).await[0].sha256, replaced.sha256.unwrap());
}

#[tokio::test]
async fn request_ids_of_due_runs_cannot_be_taken() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    server.put("/users.csv", USERS).await;
    put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    clock.set(utc("2026-01-01T03:00:00Z"));
    let schedule = fired(&server, "nightly", "2026-01-01T03:00:00Z").await;
    let taken = runs_of(&server, &schedule).await[0].request_id().to_owned();
    assert_ne!(taken, "");
    let request = RunRequest::inline(pb::Tool::Users, USERS).dry().request_id(&taken);
    let status = crate::support::refusal(request.try_send(&server).await);
    assert_eq!(crate::support::violations(&status), ["request_id"], "{status:?}");
}
