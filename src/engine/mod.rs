//! The engine: durable runs of tools over command files.
//!
//! It queues runs, reads their files ahead, plans and applies chunk by chunk, journals every line, takes interrupted
//! runs up again, tells watchers, and post-processes. It knows tools only by their descriptions and traits, and must
//! never know RPC, SQL or CSV syntax.

mod ahead;
mod apply;
mod attempts;
mod before;
mod caches;
mod catalog;
mod cleanup;
mod cohorts;
mod commit;
mod cores;
mod error;
mod event;
mod finish;
mod groups;
mod journal;
mod lines;
mod live;
mod lookup;
mod options;
mod patience;
mod pictures;
mod post_processing;
mod queue;
mod recovery;
mod remarks;
mod report;
mod retention;
mod runner;
mod segments;
mod series;
mod settle;
mod source;
mod start;
mod text;
mod touched;
mod tryback;
mod waiting;
mod watch;

pub use crate::archive::Bounds as ArchiveBounds;
pub use crate::csv::Separator;
pub use crate::site::picture::PictureLimits;
#[cfg(test)]
pub(crate) use ahead::tests::foreseen;
pub use catalog::{CourseList, CourseOrder, EmptyCategory, ListedCourse, Omitted};
pub use error::EngineError;
pub use event::{EventKind, Progress, RunEvent};
pub use lookup::{LinePage, LineQuery, ProblemFilter};
pub use options::RUN_OPTIONS;
pub use patience::RECONNECT_TIMEOUT;
pub use report::{ProblemGroup, Report};
pub use series::{MOST_STEPS, Series, SeriesEvent, SeriesPosition, StartSeries, StartStep};
pub use start::{INLINE_LIMIT_BYTES, StartRun, StartSource};

use crate::clock::SharedClock;
use crate::model::{Run, RunId, RunState, SiteKey};
use crate::site::{CacheCare, FilePool, MoodleCalls, SiteReader, SiteWriter};
use crate::store::{Listing, Page, RunFilter, Store};
use crate::tools::values::zone_of;
use chrono_tz::Tz;
use finish::Ending;
use live::LiveRuns;
use pictures::Scaler;
use queue::Lanes;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A site as the engine holds it: dry runs get the reader alone.
#[derive(Clone)]
pub struct EngineSite {
    /// Reads.
    pub reader: Arc<dyn SiteReader>,
    /// Writes; one run at a time.
    pub writer: Arc<dyn SiteWriter>,
    /// Who brings up to date what a running Moodle remembers outside the database.
    pub caches: CacheCare,
    /// Where contents of files are. None: the site has no place for any, and tools that need one are refused.
    pub file_pool: Option<Arc<dyn FilePool>>,
    /// Who does what only a running Moodle can do, where one is reached.
    pub calls: Option<Arc<dyn MoodleCalls>>,
}

/// What the operator settles of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineSettings {
    /// How long a run waits for a site that does not answer.
    pub reconnect_timeout: Duration,
    /// What archives are taken.
    pub archives: ArchiveBounds,
    /// What pictures are taken. All that are being read at the same time share the memory.
    pub pictures: PictureLimits,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            reconnect_timeout: RECONNECT_TIMEOUT,
            archives: ArchiveBounds::default(),
            pictures: PictureLimits::default(),
        }
    }
}

/// The engine. Clones share it.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: SharedClock,
    sites: BTreeMap<SiteKey, EngineSite>,
    lanes: BTreeMap<SiteKey, Lanes>,
    live: LiveRuns,
    shutdown: CancellationToken,
    tasks: TaskTracker,
    /// How long a run waits for a site that does not answer.
    reconnect_timeout: Duration,
    archives: ArchiveBounds,
    scaler: Scaler,
}

impl Inner {
    fn site(&self, key: &SiteKey) -> Result<&EngineSite, EngineError> {
        self.sites.get(key).ok_or_else(|| EngineError::SiteUnknown(key.clone()))
    }

    /// The zone in which names and reports of a site give times.
    async fn zone(&self, key: &SiteKey) -> Tz {
        let Ok(site) = self.site(key) else { return Tz::UTC };
        site.reader.facts().await.map_or(Tz::UTC, |facts| zone_of(facts.config("timezone")))
    }
}

/// Removes the checkpoints of runs that ended just before the process did.
async fn clear_checkpoints(inner: &Inner, unfinished: &[Run]) -> Result<(), EngineError> {
    for site in inner.sites.values() {
        for run in site.reader.checkpointed_runs().await? {
            if !unfinished.iter().any(|known| known.id == run) {
                site.writer.clear_checkpoint(run).await?;
            }
        }
    }
    Ok(())
}

impl Engine {
    /// Starts the engine over its sites: interrupted runs go on, waiting ones queue again.
    pub async fn open(
        store: Store,
        sites: BTreeMap<SiteKey, EngineSite>,
        clock: SharedClock,
    ) -> Result<Self, EngineError> {
        Self::open_with(store, sites, clock, EngineSettings::default()).await
    }

    /// The same with other settings.
    pub async fn open_with(
        store: Store,
        sites: BTreeMap<SiteKey, EngineSite>,
        clock: SharedClock,
        settings: EngineSettings,
    ) -> Result<Self, EngineError> {
        let (lanes, mut queues) = sites.keys().map(queue::lanes).unzip::<_, _, BTreeMap<_, _>, Vec<_>>();
        let inner = Arc::new(Inner {
            store,
            clock,
            sites,
            lanes,
            live: LiveRuns::default(),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
            reconnect_timeout: settings.reconnect_timeout,
            archives: settings.archives,
            scaler: Scaler::new(settings.pictures),
        });
        let unfinished = inner.store.unfinished_runs().await?;
        if let Err(error) = clear_checkpoints(&inner, &unfinished).await {
            // Harmless: they are looked for again at the next start.
            tracing::warn!(%error, "checkpoints of ended runs could not be removed");
        }
        queue::enqueue_all(&inner, unfinished);
        queues.drain(..).for_each(|queue| queue::work(&inner, queue));
        Ok(Self { inner })
    }

    /// The configured sites.
    pub fn sites(&self) -> Vec<SiteKey> {
        self.inner.sites.keys().cloned().collect()
    }

    /// A run of a site.
    pub async fn run(&self, site: &SiteKey, run: RunId) -> Result<Run, EngineError> {
        self.inner.site(site)?;
        Ok(self.inner.store.run(site, run).await?)
    }

    /// Runs of a site, newest first.
    pub async fn runs(
        &self,
        site: &SiteKey,
        filter: RunFilter,
        page: Page<RunId>,
    ) -> Result<Listing<Run, RunId>, EngineError> {
        self.inner.site(site)?;
        Ok(self.inner.store.list_runs(site, filter, page).await?)
    }

    /// Asks for the end of a run. A waiting one ends at once, one at work behind its present chunk.
    pub async fn cancel(&self, site: &SiteKey, id: RunId) -> Result<Run, EngineError> {
        self.inner.site(site)?;
        let run = self.inner.store.request_cancel(site, id).await?;
        if let Some(live) = self.inner.live.get(id) {
            live.cancel.cancel();
        }
        if run.state != RunState::Queued {
            return Ok(run);
        }
        let ending = Ending::refused(RunState::Cancelled, "Cancelled before it began.".to_owned());
        let run = finish::finish(&self.inner, run, ending).await?;
        self.inner.live.leave(id);
        Ok(run)
    }

    /// Stops taking up work and waits until every run at work has come to the end of its chunk. Runs that have not
    /// ended go on when the engine is opened again.
    pub async fn shut_down(&self) {
        self.inner.shutdown.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }
}
