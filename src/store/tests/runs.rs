//! Runs from acceptance to their end and beyond.

use super::*;

impl Opened {
    async fn stored_run(&self, run: &Run) -> Run {
        self.store.run(&self.site, run.id).await.unwrap()
    }

    async fn new_file(&self, at: &str, role: NewFileRole, content: &'static str) -> NewFile {
        let sha256 = self.store.put_bytes(Bytes::from_static(content.as_bytes())).await.unwrap();
        NewFile { path: path(at), role, sha256, size: content.len() as u64 }
    }
}

#[tokio::test]
async fn a_run_comes_back_as_it_was_accepted() {
    let opened = opened().await;
    opened.put("/users.csv", "users").await;
    let run = Run { request_id: request("r1"), ..opened.run_over("/users.csv", "users") };
    assert_eq!(opened.store.insert_run(&run, "f").await.unwrap(), InsertedRun::New(run.clone()));
    assert_eq!(opened.stored_run(&run).await, run);
    let inline = Run { id: RunId::generate(), source: RunSource::Inline("x.csv".into()), request_id: None, ..run };
    opened.store.insert_run(&inline, "f").await.unwrap();
    assert_eq!(opened.stored_run(&inline).await, inline);
}

#[tokio::test]
async fn a_repeated_request_attaches_to_its_run() {
    let opened = opened().await;
    opened.put("/users.csv", "users").await;
    let first = Run { request_id: request("r1"), ..opened.run_over("/users.csv", "users") };
    opened.store.insert_run(&first, "same").await.unwrap();
    let again = Run { id: RunId::generate(), ..first.clone() };
    assert_eq!(opened.store.insert_run(&again, "same").await.unwrap(), InsertedRun::Existing(first.clone()));
    let found = async |id: &str| opened.store.run_of_request(&opened.site, &RequestId(id.into())).await.unwrap();
    assert_eq!((found("r1").await, found("r2").await), (Some(first), None));
    let other = opened.store.insert_run(&again, "other").await;
    assert!(matches!(other, Err(StoreError::RequestIdReused { id }) if id.0 == "r1"));
    assert_eq!(opened.store.unfinished_runs().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_series_is_accepted_as_a_whole_and_only_once() {
    let opened = opened().await;
    opened.put("/users.csv", "users").await;
    let series = SeriesId::generate();
    let step = |number| Run { step: Some(SeriesStep { series, number }), ..opened.run_over("/users.csv", "users") };
    let first = Run { request_id: request("r1"), ..step(1) };
    let lost = Run { content: digest("never stored"), ..step(2) };
    let refused = opened.store.insert_series(&first, &[lost], "f").await;
    assert!(matches!(refused, Err(StoreError::ContentMissing { .. })));
    assert!(opened.store.unfinished_runs().await.unwrap().is_empty());
    let second = step(2);
    let accepted = opened.store.insert_series(&first, std::slice::from_ref(&second), "f").await.unwrap();
    assert_eq!(accepted, InsertedRun::New(first.clone()));
    assert_eq!(opened.store.series(&opened.site, series).await.unwrap(), [first.clone(), second.clone()]);
    let again = opened.store.insert_series(&Run { id: RunId::generate(), ..first.clone() }, &[second], "f").await;
    assert_eq!(again.unwrap(), InsertedRun::Existing(first));
    assert_eq!(opened.store.unfinished_runs().await.unwrap().len(), 2);
    let unknown = opened.store.series(&opened.site, SeriesId::generate()).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { what: "series of runs", .. })));
}

#[tokio::test]
async fn a_run_over_a_content_that_is_gone_is_refused() {
    let opened = opened().await;
    let run = opened.run_over("/users.csv", "never stored");
    assert!(matches!(opened.store.insert_run(&run, "").await, Err(StoreError::ContentMissing { .. })));
    assert!(opened.store.unfinished_runs().await.unwrap().is_empty());
}

#[tokio::test]
async fn runs_are_listed_newest_first() {
    let opened = opened().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(opened.accepted("/users.csv", "users").await.id);
    }
    let unfinished: Vec<_> = opened.store.unfinished_runs().await.unwrap().iter().map(|run| run.id).collect();
    assert_eq!(unfinished, ids);
    opened.store.start_run(ids[2], opened.clock.now()).await.unwrap();
    ids.reverse();
    let list = async |filter, page| opened.store.list_runs(&opened.site, filter, page).await.unwrap();
    let first = list(RunFilter::default(), Page::first(3)).await;
    let second = list(RunFilter::default(), Page { size: 3, after: first.next }).await;
    let paged: Vec<_> = first.items.iter().chain(&second.items).map(|run| run.id).collect();
    assert_eq!((paged, second.next), (ids.clone(), None));
    let running = RunFilter { state: Some(RunState::Running), tool: Some(ToolKind::Users) };
    let running: Vec<_> = list(running, Page::first(9)).await.items.iter().map(|run| run.id).collect();
    assert_eq!(running, [ids[2]]);
    let courses = RunFilter { state: None, tool: Some(ToolKind::Courses) };
    assert!(list(courses, Page::first(9)).await.items.is_empty());
}

#[tokio::test]
async fn a_run_starts_once_and_can_be_cancelled_until_it_ends() {
    let opened = opened().await;
    let run = opened.accepted("/users.csv", "users").await;
    let start = opened.clock.now();
    opened.store.start_run(run.id, start).await.unwrap();
    opened.days_pass(1);
    let run = opened.store.start_run(run.id, opened.clock.now()).await.unwrap();
    assert_eq!((run.state, run.started), (RunState::Running, Some(start)));
    assert!(opened.store.request_cancel(&opened.site, run.id).await.unwrap().cancel_requested);
    let ended = opened.store.finish_run(&opened.end(&run, SourceFate::Keep)).await.unwrap();
    assert!(matches!(opened.store.start_run(run.id, start).await, Err(StoreError::RunEnded { .. })));
    assert_eq!(opened.store.request_cancel(&opened.site, run.id).await.unwrap(), ended);
}

#[tokio::test]
async fn a_run_ends_with_its_files_in_one_step() {
    let opened = opened().await;
    let run = opened.accepted("/erp/users.csv", "users").await;
    opened.days_pass(1);
    let end = RunEnd {
        message: "stopped".into(),
        state: RunState::Cancelled,
        new_files: vec![
            opened.new_file("/reports/2025/users.txt", NewFileRole::Report, "report").await,
            opened.new_file("/erp/users_tryback_1.csv", NewFileRole::Tryback, "tryback").await,
            opened.new_file("/erp/users_tryback_1.reasons.csv", NewFileRole::Reasons, "reasons").await,
        ],
        ..opened.end(&run, SourceFate::ArchiveTo(path("/archives/users_1.csv")))
    };
    let ended = opened.store.finish_run(&end).await.unwrap();
    assert_eq!((ended.state, ended.message.as_str()), (RunState::Cancelled, "stopped"));
    assert_eq!(ended.finished, Some(opened.clock.now()));
    assert_eq!(ended.report, Some(path("/reports/2025/users.txt")));
    assert_eq!(ended.tryback, Some(path("/erp/users_tryback_1.csv")));
    assert_eq!(ended.archive, Some(path("/archives/users_1.csv")));
    assert_eq!(opened.stored_run(&run).await, ended);
    let paths = opened.paths("/").await;
    assert_eq!(
        paths,
        [
            "/archives",
            "/archives/users_1.csv",
            "/erp",
            "/erp/users_tryback_1.csv",
            "/erp/users_tryback_1.reasons.csv",
            "/reports",
            "/reports/2025",
            "/reports/2025/users.txt",
        ]
    );
    opened.put("/erp/users.csv", "next").await;
    assert_eq!(opened.store.finish_run(&end).await.unwrap(), ended, "the second time changes nothing");
    assert_eq!(opened.paths("/").await.len(), paths.len() + 1);
    assert_eq!(opened.content("/archives/users_1.csv").await, "users");
}

#[tokio::test]
async fn an_end_that_fails_changes_nothing() {
    let opened = opened().await;
    let run = opened.accepted("/users.csv", "users").await;
    let missing = NewFile { path: path("/reports/b"), role: NewFileRole::Report, sha256: digest("none"), size: 4 };
    let end = RunEnd {
        new_files: vec![opened.new_file("/reports/a", NewFileRole::Tryback, "a").await, missing],
        ..opened.end(&run, SourceFate::Delete)
    };
    assert!(matches!(opened.store.finish_run(&end).await, Err(StoreError::ContentMissing { .. })));
    assert_eq!(opened.paths("/").await, ["/archives", "/reports", "/users.csv"]);
    assert_eq!(opened.stored_run(&run).await, run);
    let not_an_end = RunEnd { state: RunState::Running, ..opened.end(&run, SourceFate::Keep) };
    assert!(matches!(opened.store.finish_run(&not_an_end).await, Err(StoreError::NotAnEnd { .. })));
}

#[tokio::test]
async fn nothing_is_ever_overwritten() {
    let opened = opened().await;
    for expected in ["", "-2", "-3"] {
        let run = opened.accepted("/users.csv", "users").await;
        let end = RunEnd {
            new_files: vec![opened.new_file("/reports/r.txt", NewFileRole::Report, "r").await],
            ..opened.end(&run, SourceFate::ArchiveTo(path("/archives/users.csv")))
        };
        let ended = opened.store.finish_run(&end).await.unwrap();
        assert_eq!(ended.report, Some(path(&format!("/reports/r{expected}.txt"))));
        assert_eq!(ended.archive, Some(path(&format!("/archives/users{expected}.csv"))));
    }
}

/// What happens to the command file between the acceptance of a run and its end.
#[derive(Debug, Clone, Copy)]
enum Meanwhile {
    Nothing,
    Replaced,
    ReplacedThereAndBack,
    Deleted,
    Moved,
}

async fn let_happen(opened: &Opened, meanwhile: Meanwhile) {
    let (site, at) = (&opened.site, path("/users.csv"));
    match meanwhile {
        Meanwhile::Nothing => {}
        Meanwhile::Replaced => drop(opened.put("/users.csv", "newer").await),
        Meanwhile::ReplacedThereAndBack => {
            opened.put("/users.csv", "newer").await;
            opened.put("/users.csv", "users").await;
        }
        Meanwhile::Deleted => opened.store.delete(site, &at).await.unwrap(),
        Meanwhile::Moved => {
            let to = path("/moved.csv");
            opened.store.move_file(site, &at, &to, Overwrite::Refuse, &opened.caller).await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_very_revision_that_was_run_is_archived_or_deleted() {
    let archive = || SourceFate::ArchiveTo(path("/archives/u.csv"));
    let cases: [(Meanwhile, SourceFate, &[&str]); 11] = [
        (Meanwhile::Nothing, SourceFate::Keep, &["/users.csv"]),
        (Meanwhile::Nothing, archive(), &["/archives/u.csv"]),
        (Meanwhile::Nothing, SourceFate::Delete, &[]),
        (Meanwhile::Replaced, archive(), &["/archives/u.csv", "/users.csv"]),
        (Meanwhile::Replaced, SourceFate::Delete, &["/users.csv"]),
        (Meanwhile::ReplacedThereAndBack, archive(), &["/archives/u.csv", "/users.csv"]),
        (Meanwhile::ReplacedThereAndBack, SourceFate::Delete, &["/users.csv"]),
        (Meanwhile::Deleted, archive(), &["/archives/u.csv"]),
        (Meanwhile::Deleted, SourceFate::Delete, &[]),
        (Meanwhile::Moved, archive(), &["/archives/u.csv", "/moved.csv"]),
        (Meanwhile::Moved, SourceFate::Delete, &["/moved.csv"]),
    ];
    for (meanwhile, fate, expected) in cases {
        let opened = opened().await;
        let run = opened.accepted("/users.csv", "users").await;
        let_happen(&opened, meanwhile).await;
        opened.store.finish_run(&opened.end(&run, fate.clone())).await.unwrap();
        let mut paths = opened.paths("/").await;
        paths.retain(|at| at != "/archives" && at != "/reports");
        assert_eq!(paths, expected, "{meanwhile:?} {fate:?}");
        if matches!(fate, SourceFate::ArchiveTo(_)) {
            assert_eq!(opened.content("/archives/u.csv").await, "users", "{meanwhile:?}");
        }
        if matches!(meanwhile, Meanwhile::Replaced) {
            assert_eq!(opened.content("/users.csv").await, "newer");
        }
    }
}

#[tokio::test]
async fn ended_runs_are_purged_with_their_journals() {
    let opened = opened().await;
    let ended = opened.accepted("/users.csv", "users").await;
    let waiting = opened.accepted("/users.csv", "users").await;
    opened.store.append_segment(ended.id, &super::journal::segment(0)).await.unwrap();
    let end = RunEnd {
        new_files: vec![opened.new_file("/reports/r.txt", NewFileRole::Report, "r").await],
        ..opened.end(&ended, SourceFate::Keep)
    };
    opened.store.finish_run(&end).await.unwrap();
    opened.days_pass(10);
    assert_eq!(opened.store.purge_runs(TimeDelta::days(11)).await.unwrap(), 0);
    assert_eq!(opened.store.purge_runs(TimeDelta::days(9)).await.unwrap(), 1);
    assert!(matches!(opened.store.run(&opened.site, ended.id).await, Err(StoreError::NotFound { .. })));
    assert!(opened.store.segment_heads(ended.id).await.unwrap().is_empty());
    assert_eq!(opened.stored_run(&waiting).await, waiting);
    assert_eq!(opened.content("/reports/r.txt").await, "r");
}
