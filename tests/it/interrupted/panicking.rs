//! A run that panics. No command file is known to provoke that, so the engine gets a site whose answer panics.

use super::{HEADER, RIGHT};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use toolsync::clock::SystemClock;
use toolsync::engine::{Engine, EngineSite, StartRun, StartSource};
use toolsync::model::{
    Caller, CohortId, CourseId, GroupId, Run, RunId, RunMode, RunOptions, RunState, SiteKey, ToolKind,
};
use toolsync::site::sql::SqlSite;
use toolsync::site::{
    CacheCare, Checkpoint, CohortCard, CourseCard, CourseQuery, GroupCard, GroupingCard, Lookups, PictureCard,
    PictureQuery, SiteError, SiteFacts, SiteReader, World,
};
use toolsync::store::Store;

/// Panics at its first look-ups, then answers.
struct Panicking {
    reader: Arc<dyn SiteReader>,
    panics_left: AtomicU32,
}

#[async_trait]
impl SiteReader for Panicking {
    async fn facts(&self) -> Result<Arc<SiteFacts>, SiteError> {
        self.reader.facts().await
    }

    async fn resolve(&self, lookups: &Lookups, world: &mut World) -> Result<(), SiteError> {
        let once_less = |left: u32| left.checked_sub(1);
        let left = self.panics_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, once_less);
        assert!(left.is_err(), "the test wants a panic here");
        self.reader.resolve(lookups, world).await
    }

    async fn empty_groups(
        &self,
        courses: &BTreeSet<CourseId>,
        also: &BTreeSet<GroupId>,
    ) -> Result<Vec<GroupCard>, SiteError> {
        self.reader.empty_groups(courses, also).await
    }

    async fn groupings_left(
        &self,
        courses: &BTreeSet<CourseId>,
        gone: &BTreeSet<GroupId>,
    ) -> Result<Vec<GroupingCard>, SiteError> {
        self.reader.groupings_left(courses, gone).await
    }

    async fn cohorts(&self, ids: &BTreeSet<CohortId>) -> Result<Vec<CohortCard>, SiteError> {
        self.reader.cohorts(ids).await
    }

    async fn courses(&self, query: &CourseQuery) -> Result<Vec<CourseCard>, SiteError> {
        self.reader.courses(query).await
    }

    async fn picture_hashes(&self, query: &PictureQuery, facts: &SiteFacts) -> Result<Vec<PictureCard>, SiteError> {
        self.reader.picture_hashes(query, facts).await
    }

    async fn checkpointed_runs(&self) -> Result<Vec<RunId>, SiteError> {
        self.reader.checkpointed_runs().await
    }

    async fn checkpoint(&self, run: RunId) -> Result<Option<Checkpoint>, SiteError> {
        self.reader.checkpoint(run).await
    }
}

fn request(mode: RunMode) -> StartRun {
    let content = Bytes::from(format!("{HEADER}{RIGHT}"));
    StartRun {
        site: SiteKey("campus".to_owned()),
        tool: ToolKind::Users,
        source: StartSource::Inline { name: "users.csv".to_owned(), content },
        options: RunOptions::default(),
        mode,
        request_id: None,
        caller: Caller::local(),
        schedule: None,
    }
}

/// More events than a run of one line has. One that never ends gives signs of life for ever.
const MOST_EVENTS: usize = 8;

/// Runs to the end.
pub(super) async fn run(engine: &Engine, mode: RunMode) -> Run {
    let accepted = engine.start(request(mode)).await.unwrap();
    let events: Vec<_> = engine.watch(accepted.clone(), 0).take(MOST_EVENTS).collect().await;
    assert!(events.iter().all(Result::is_ok), "{events:?}");
    engine.run(&accepted.site, accepted.id).await.unwrap()
}

#[tokio::test]
async fn a_panic_ends_the_run_as_failed_and_the_next_one_begins() {
    for mode in [RunMode::Apply, RunMode::DryRun] {
        let folder = tempfile::tempdir().unwrap();
        let site = SqlSite::open_embedded(&folder.path().join("site")).await.unwrap();
        let store = Store::open(&folder.path().join("data"), Arc::new(SystemClock)).await.unwrap();
        // More than there are workers for dry runs.
        let reader = Arc::new(Panicking { reader: site.reader(), panics_left: AtomicU32::new(3) });
        let sites = BTreeMap::from([(
            SiteKey("campus".to_owned()),
            EngineSite { reader, writer: site.writer(), caches: CacheCare::Needless, calls: None, file_pool: None },
        )]);
        let engine = Engine::open(store, sites, Arc::new(SystemClock)).await.unwrap();
        for _ in 0..3 {
            let failed = run(&engine, mode).await;
            assert_eq!(failed.state, RunState::Failed);
            assert!(failed.message.contains("panicked"), "{}", failed.message);
            assert!(failed.report.is_some(), "it has a report like every run");
        }
        let next = run(&engine, mode).await;
        assert_eq!((next.state, next.counters.lines()), (RunState::Succeeded, 1), "{}", next.message);
        engine.shut_down().await;
        site.close().await;
    }
}
