//! Schedules: storing, listing, firing once.

use super::*;
use crate::model::{Schedule, ScheduleId, ScheduleState};

impl Opened {
    fn schedule(&self, name: &str, next: &str) -> Schedule {
        Schedule {
            id: ScheduleId::generate(),
            site: self.site.clone(),
            name: name.into(),
            cron: "0 3 * * *".into(),
            zone: "Europe/Paris".into(),
            tool: ToolKind::Courses,
            path: path("/courses.csv"),
            mode: RunMode::DryRun,
            options: RunOptions::default(),
            state: ScheduleState::Active,
            caller: self.caller.clone(),
            created: self.clock.now(),
            next: Some(time(next)),
            last: None,
            last_run: None,
            last_message: String::new(),
            revision: 1,
        }
    }

    async fn planned(&self, name: &str, next: &str) -> Schedule {
        self.store.put_schedule(&self.schedule(name, next)).await.unwrap()
    }
}

fn time(text: &str) -> DateTime<Utc> {
    format!("2025-03-{text}:00Z").parse().unwrap()
}

#[tokio::test]
async fn a_schedule_is_created_and_replaced_by_name() {
    let opened = opened().await;
    let first = opened.schedule("nightly", "02T03:00");
    assert_eq!(opened.store.put_schedule(&first).await.unwrap(), first);
    opened.store.record_firing(first.id, time("02T03:00"), None, None, "missing").await.unwrap();
    opened.days_pass(2);
    let second = Schedule { cron: "0 4 * * *".into(), ..opened.schedule("nightly", "04T04:00") };
    let expected = Schedule {
        id: first.id,
        created: first.created,
        last: first.next,
        last_message: "missing".into(),
        revision: 2,
        ..second.clone()
    };
    assert_eq!(opened.store.put_schedule(&second).await.unwrap(), expected);
    assert_eq!(opened.store.schedule(&opened.site, "nightly").await.unwrap(), expected);
}

#[tokio::test]
async fn schedules_are_listed_by_name_and_deleted() {
    let opened = opened().await;
    for name in ["c", "a", "b"] {
        opened.planned(name, "02T03:00").await;
    }
    let list = async |page| opened.store.list_schedules(&opened.site, page).await.unwrap();
    let first = list(Page::first(2)).await;
    assert_eq!(first.next.as_deref(), Some("b"));
    let second = list(Page { size: 2, after: first.next }).await;
    let names: Vec<_> = first.items.iter().chain(&second.items).map(|schedule| schedule.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    opened.store.delete_schedule(&opened.site, "b").await.unwrap();
    let again = opened.store.delete_schedule(&opened.site, "b").await;
    assert!(matches!(again, Err(StoreError::NotFound { what: "schedule", .. })));
    assert!(opened.store.schedule(&opened.site, "b").await.is_err());
}

#[tokio::test]
async fn a_due_time_fires_once() {
    let opened = opened().await;
    let early = opened.planned("early", "02T03:00").await;
    let late = opened.planned("late", "02T04:00").await;
    assert_eq!(opened.store.next_due().await.unwrap(), early.next);
    assert!(opened.store.due_schedules(time("02T02:59")).await.unwrap().is_empty());
    let due = opened.store.due_schedules(time("02T04:00")).await.unwrap();
    assert_eq!(due, [early.clone(), late.clone()]);
    let run = Some(RunId::generate());
    let fire = async || {
        let (due, next) = (time("02T03:00"), Some(time("03T03:00")));
        opened.store.record_firing(early.id, due, next, run, "").await.unwrap()
    };
    assert_eq!((fire().await, fire().await), (Firing::Recorded, Firing::FiredBefore));
    let fired = opened.store.schedule(&opened.site, "early").await.unwrap();
    assert_eq!((fired.next, fired.last, fired.last_run), (Some(time("03T03:00")), early.next, run));
    assert_eq!(opened.store.due_schedules(time("02T04:00")).await.unwrap(), [late]);
}

#[tokio::test]
async fn a_paused_schedule_is_never_due() {
    let opened = opened().await;
    let schedule = opened.planned("nightly", "02T03:00").await;
    let set = async |state, next| opened.store.set_schedule_state(&opened.site, "nightly", state, next).await.unwrap();
    let paused = set(ScheduleState::Paused, None).await;
    assert_eq!((paused.state, paused.next), (ScheduleState::Paused, None));
    assert_eq!(opened.store.next_due().await.unwrap(), None);
    assert!(opened.store.due_schedules(time("09T00:00")).await.unwrap().is_empty());
    let fired = opened.store.record_firing(schedule.id, time("02T03:00"), None, None, "").await.unwrap();
    assert_eq!(fired, Firing::FiredBefore);
    assert_eq!(set(ScheduleState::Active, schedule.next).await, schedule);
    let nobody = opened.store.set_schedule_state(&opened.site, "none", ScheduleState::Paused, None).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })));
}
