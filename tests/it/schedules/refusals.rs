//! Schedules that are refused, and what is told.

use super::*;
use crate::support::{options, refusal, refused, violations};
use tonic::Code;

async fn fields(server: &TestServer, request: pb::ScheduleRequest) -> Vec<String> {
    let status = refusal(put(server, request).await);
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    violations(&status)
}

#[tokio::test]
async fn times_that_cannot_be_read_are_refused() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    let cases = [
        ("", "", vec!["cron"]),
        ("every night", "", vec!["cron"]),
        ("@daily", "", vec!["cron"]),
        ("0 3 * *", "", vec!["cron"]),
        ("0 0 3 * * *", "", vec!["cron"]),
        ("60 3 * * *", "", vec!["cron"]),
        ("0 24 * * *", "", vec!["cron"]),
        ("0 3 32 * *", "", vec!["cron"]),
        ("0 3 * 13 *", "", vec!["cron"]),
        ("0 3 * * 9", "", vec!["cron"]),
        ("0 0 30 2 *", "", vec!["cron"]),
        ("61 25 * * *", "", vec!["cron", "cron"]),
        ("0 3 * * *", "Europe/Atlantis", vec!["zone"]),
        ("0 3 * * *", "+02:00", vec!["zone"]),
        ("x 3 * * *", "Mars", vec!["cron", "zone"]),
    ];
    for (cron, zone, expected) in cases {
        assert_eq!(fields(&server, nightly("nightly", cron, zone)).await, expected, "{cron:?} {zone:?}");
    }
}

#[tokio::test]
async fn every_wrong_field_is_told() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    let action = pb::ScheduleAction { tool: 99, path: "users.csv".to_owned(), ..Default::default() };
    let wrong = pb::ScheduleRequest {
        action: Some(action),
        request_id: "x".repeat(1000),
        ..nightly("not a name", "never", "Mars")
    };
    let mut told = fields(&server, wrong).await;
    told.sort();
    assert_eq!(told, ["action.path", "action.tool", "cron", "name", "request_id", "zone"]);
    let nothing = pb::ScheduleRequest { action: None, ..nightly("nightly", "0 3 * * *", "") };
    assert_eq!(fields(&server, nothing).await, ["action.tool", "action.path"]);
}

#[tokio::test]
async fn options_are_checked_before_the_night() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    let good = nightly("nightly", "0 3 * * *", "");
    let mut action = good.action.clone().unwrap();
    action.options = options(&[("archive", "perhaps"), ("shoe_size", "44")]).into_iter().collect();
    let mut told = fields(&server, pb::ScheduleRequest { action: Some(action), ..good }).await;
    told.sort();
    assert_eq!(told, ["action.options[archive]", "action.options[shoe_size]"]);
}

#[tokio::test]
async fn names_that_are_no_names_are_refused_everywhere() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    let long = "x".repeat(101);
    for name in ["", " ", "two words", "a/b", "a\nb", "a\0", "..\\x", &long] {
        assert_eq!(fields(&server, nightly(name, "0 3 * * *", "")).await, ["name"], "{name:?}");
        let get = pb::GetScheduleRequest { name: name.to_owned(), ..Default::default() };
        assert_eq!(violations(&refusal(server.schedules().get_schedule(get).await)), ["name"], "{name:?}");
        assert_eq!(violations(&refusal(trigger(&server, name, "").await)), ["name"], "{name:?}");
    }
    for name in ["nightly-users", "Nightly_2.0", "nächtlich", "7"] {
        assert_eq!(put(&server, nightly(name, "0 3 * * *", "")).await.unwrap().name, name);
    }
}

#[tokio::test]
async fn a_refused_schedule_leaves_the_former_one_alone() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    let schedule = put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    fields(&server, nightly("nightly", "0 99 * * *", "")).await;
    assert_eq!(get(&server, "nightly").await, schedule);
}

#[tokio::test]
async fn a_trigger_tells_why_no_run_starts() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    let missing = (Code::NotFound, "FILE_UNKNOWN".to_owned());
    assert_eq!(refused(trigger(&server, "nightly", "").await), missing);
    server.put("/users.csv", USERS).await;
    trigger(&server, "nightly", "r-1").await.unwrap();
    let other = pb::ScheduleAction {
        dry_run: true,
        tool: pb::Tool::Courses.into(),
        path: "/users.csv".to_owned(),
        ..Default::default()
    };
    put(&server, pb::ScheduleRequest { action: Some(other), ..nightly("nightly", "0 3 * * *", "") }).await.unwrap();
    let reused = (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned());
    assert_eq!(refused(trigger(&server, "nightly", "r-1").await), reused, "the same name asks for another run");
}
