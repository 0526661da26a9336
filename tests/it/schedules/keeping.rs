//! Creating, replacing, listing.

use super::*;
use crate::support::options;

#[tokio::test]
async fn a_schedule_is_kept_as_given() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    let action = pb::ScheduleAction {
        tool: pb::Tool::Enrolments.into(),
        path: "/erp/enrolments.csv".to_owned(),
        options: options(&[("archive", "true"), ("separator", ",")]).into_iter().collect(),
        dry_run: false,
        max_errors: 7,
    };
    let request =
        pb::ScheduleRequest { action: Some(action.clone()), ..nightly("nightly", "5 4 * * SUN", "Europe/Paris") };
    let schedule = put(&server, request).await.unwrap();
    assert_eq!(schedule.action, Some(action));
    assert_eq!((schedule.cron.as_str(), schedule.zone.as_str()), ("5 4 * * SUN", "Europe/Paris"));
    assert_eq!((schedule.state(), schedule.revision), (pb::ScheduleState::Active, 1));
    assert_eq!((schedule.site.as_str(), schedule.id.len()), ("default", 36));
    assert_eq!(text(schedule.create_time.as_ref()), "2026-01-01T00:00:00Z");
    assert!(!schedule.caller.is_empty());
    assert_eq!((schedule.last_run_id.as_ref(), schedule.last_message.as_str()), (None, ""));
}

#[tokio::test]
async fn an_empty_zone_is_utc() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    assert_eq!(put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap().zone, "UTC");
}

#[tokio::test]
async fn a_replaced_schedule_is_the_same_one_revised() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    let first = put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    clock.set(utc("2026-01-01T01:00:00Z"));
    let repeated = pb::ScheduleRequest { request_id: "r-1".to_owned(), ..nightly("nightly", "0 3 * * *", "") };
    assert_eq!(put(&server, repeated).await.unwrap(), first, "the same again changes nothing");

    let second = put(&server, nightly("nightly", "0 2 * * *", "")).await.unwrap();
    assert_eq!((&second.id, &second.create_time), (&first.id, &first.create_time));
    assert_eq!((second.revision, next(&second).as_str()), (2, "2026-01-01T02:00:00Z"));
    let paused = pb::ScheduleRequest { paused: true, ..nightly("nightly", "0 2 * * *", "") };
    let third = put(&server, paused).await.unwrap();
    assert_eq!((&third.id, third.revision, next(&third).as_str()), (&first.id, 3, "-"));
    assert_eq!(get(&server, "nightly").await, third);
}

#[tokio::test]
async fn a_replaced_schedule_goes_by_its_new_times() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    server.put("/users.csv", USERS).await;
    put(&server, nightly("nightly", "0 3 * * *", "")).await.unwrap();
    put(&server, nightly("nightly", "0 5 * * *", "")).await.unwrap();
    put(&server, nightly("witness", "0 3 * * *", "")).await.unwrap();
    clock.set(utc("2026-01-01T03:00:00Z"));
    fired(&server, "witness", "2026-01-01T03:00:00Z").await;
    assert_eq!(last(&get(&server, "nightly").await), "-");
    clock.set(utc("2026-01-01T05:00:00Z"));
    fired(&server, "nightly", "2026-01-01T05:00:00Z").await;
}

#[tokio::test]
async fn schedules_are_listed_by_name_page_by_page() {
    let (server, _clock) = server_at("2026-01-01T00:00:00Z").await;
    for name in ["c", "a", "d", "b", "e"] {
        put(&server, nightly(name, "0 3 * * *", "")).await.unwrap();
    }
    let mut names = Vec::new();
    let mut page_token = String::new();
    let mut pages = 0;
    loop {
        let request = pb::ListSchedulesRequest { page_size: 2, page_token, ..Default::default() };
        let page = server.schedules().list_schedules(request).await.unwrap().into_inner();
        names.extend(page.schedules.into_iter().map(|schedule| schedule.name));
        page_token = page.next_page_token;
        pages += 1;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!((names.join(""), pages), ("abcde".to_owned(), 3));
}

#[tokio::test]
async fn schedules_outlive_the_service() {
    let (server, clock) = server_at("2026-01-01T00:00:00Z").await;
    let schedule = put(&server, nightly("nightly", "0 3 * * *", "Europe/Paris")).await.unwrap();
    let server = server.restart(clock as Arc<dyn Clock>).await;
    assert_eq!(get(&server, "nightly").await, schedule);
}
