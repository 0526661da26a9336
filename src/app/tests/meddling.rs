//! A site to which something happens at exact moments of a run, and the run.

use crate::app::golden::stage::pool_in;
use crate::clock::{SharedClock, SystemClock};
use crate::engine::{Engine, EngineSettings, EngineSite, EventKind, RunEvent, StartRun, StartSource};
use crate::model::{Caller, LineResult, Run, RunId, RunMode, RunOptions, SiteKey, ToolKind};
use crate::site::sql::SqlSite;
use crate::site::{
    AppliedIds, CacheCare, Change, Checkpoint, Lookups, SiteError, SiteFacts, SiteReader, SiteTransaction, SiteWriter,
    World,
};
use crate::store::Store;
use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What a run is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Moment {
    /// Lines were looked up and planned; the transaction begins.
    Begin,
    /// Changes are applied.
    Apply,
    /// The transaction is committed.
    Commit,
    /// The transaction was committed; the answer is on its way.
    Committed,
}

/// Happens at a moment, which comes for the n-th time. An error takes the place of what the run was about to do.
pub(in crate::app) type Meddler = Arc<dyn Fn(Moment, u32) -> BoxFuture<'static, Result<(), SiteError>> + Send + Sync>;

/// A meddler that does something of its own.
pub(in crate::app) fn meddler<F>(act: impl Fn(Moment, u32) -> F + Send + Sync + 'static) -> Meddler
where
    F: Future<Output = Result<(), SiteError>> + Send + 'static,
{
    Arc::new(move |moment, times| act(moment, times).boxed())
}

/// Tells the meddler about moments, and counts them.
#[derive(Clone)]
struct Teller {
    meddler: Meddler,
    counts: Arc<[AtomicU32; 4]>,
}

impl Teller {
    async fn tell(&self, moment: Moment) -> Result<(), SiteError> {
        let times = self.counts[moment as usize].fetch_add(1, Ordering::SeqCst) + 1;
        (self.meddler)(moment, times).await
    }
}

struct Writer {
    writer: Arc<dyn SiteWriter>,
    teller: Teller,
}

struct Transaction {
    transaction: Box<dyn SiteTransaction>,
    teller: Teller,
}

#[async_trait]
impl SiteWriter for Writer {
    async fn begin(&self) -> Result<Box<dyn SiteTransaction>, SiteError> {
        self.teller.tell(Moment::Begin).await?;
        Ok(Box::new(Transaction { transaction: self.writer.begin().await?, teller: self.teller.clone() }))
    }

    async fn settled_checkpoint(&self, run: RunId) -> Result<Option<Checkpoint>, SiteError> {
        self.writer.settled_checkpoint(run).await
    }

    async fn clear_checkpoint(&self, run: RunId) -> Result<(), SiteError> {
        self.writer.clear_checkpoint(run).await
    }
}

#[async_trait]
impl SiteTransaction for Transaction {
    async fn resolve(&mut self, lookups: &Lookups, world: &mut World) -> Result<(), SiteError> {
        self.transaction.resolve(lookups, world).await
    }

    async fn apply(&mut self, changes: &[&Change], facts: &SiteFacts, now: i64) -> Result<AppliedIds, SiteError> {
        self.teller.tell(Moment::Apply).await?;
        self.transaction.apply(changes, facts, now).await
    }

    async fn savepoint(&mut self) -> Result<(), SiteError> {
        self.transaction.savepoint().await
    }

    async fn release_savepoint(&mut self) -> Result<(), SiteError> {
        self.transaction.release_savepoint().await
    }

    async fn rollback_to_savepoint(&mut self) -> Result<(), SiteError> {
        self.transaction.rollback_to_savepoint().await
    }

    async fn commit(self: Box<Self>, checkpoint: &Checkpoint) -> Result<(), SiteError> {
        self.teller.tell(Moment::Commit).await?;
        self.transaction.commit(checkpoint).await?;
        self.teller.tell(Moment::Committed).await
    }
}

/// An engine over a site with a meddler.
pub(super) struct Bench {
    pub(super) engine: Engine,
    folder: tempfile::TempDir,
    site: SqlSite,
}

pub(in crate::app) fn key() -> SiteKey {
    SiteKey("campus".to_owned())
}

/// Longer than any test takes.
pub(in crate::app) const LONG: Duration = Duration::from_secs(3600);

/// An engine over data and a site, with a meddler.
pub(in crate::app) async fn engine_over(
    folder: &std::path::Path,
    site: &SqlSite,
    meddler: Meddler,
    timeout: Duration,
    clock: SharedClock,
) -> Engine {
    let store = Store::open(folder, Arc::clone(&clock)).await.unwrap();
    let teller = Teller { meddler, counts: Arc::default() };
    let reader: Arc<dyn SiteReader> = site.reader();
    let writer = Arc::new(Writer { writer: site.writer(), teller });
    let file_pool = Some(pool_in(folder).await);
    let engine_site = EngineSite { reader, writer, caches: CacheCare::Needless, calls: None, file_pool };
    let sites = BTreeMap::from([(key(), engine_site)]);
    let settings = EngineSettings { reconnect_timeout: timeout, ..EngineSettings::default() };
    Engine::open_with(store, sites, clock, settings).await.unwrap()
}

impl Bench {
    pub(super) async fn new(site: &SqlSite, meddler: Meddler, reconnect_timeout: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine_over(folder.path(), site, meddler, reconnect_timeout, Arc::new(SystemClock)).await;
        Self { engine, folder, site: site.clone() }
    }

    /// Ends the engine and opens another one over the same data, where nothing happens to the site any more.
    pub(super) async fn restart(self) -> Self {
        let Self { engine, folder, site } = self;
        engine.shut_down().await;
        drop(engine);
        let undisturbed = meddler(|_, _| async { Ok(()) });
        let engine = engine_over(folder.path(), &site, undisturbed, LONG, Arc::new(SystemClock)).await;
        Self { engine, folder, site }
    }

    pub(super) async fn start(&self, tool: ToolKind, content: &str) -> Run {
        let content = Bytes::from(content.to_owned());
        let request = StartRun {
            site: key(),
            tool,
            source: StartSource::Inline { name: "lines.csv".to_owned(), content },
            options: RunOptions::default(),
            mode: RunMode::Apply,
            request_id: None,
            caller: Caller::local(),
            schedule: None,
        };
        self.engine.start(request).await.unwrap()
    }

    /// Watches until the run waits for its site.
    pub(super) async fn until_waiting(&self, run: &Run) {
        let waits = |event: &RunEvent| matches!(&event.kind, EventKind::Progress(at) if at.waiting_for_site);
        let mut events = std::pin::pin!(self.engine.watch(run.clone(), 0));
        while let Some(event) = events.next().await {
            if waits(&event.unwrap()) {
                return;
            }
        }
        panic!("the run ended and never waited");
    }

    /// Watches the run to its end. The results of its lines, too.
    pub(super) async fn end_of(&self, run: &Run) -> (Run, Vec<LineResult>) {
        let events: Vec<_> = self.engine.watch(run.clone(), 0).collect().await;
        let lines = events.into_iter().filter_map(|event| match event.unwrap().kind {
            EventKind::Line(line) => Some(line),
            _ => None,
        });
        (self.engine.run(&key(), run.id).await.unwrap(), lines.collect())
    }

    pub(super) async fn run(&self, tool: ToolKind, content: &str) -> (Run, Vec<LineResult>) {
        let run = self.start(tool, content).await;
        self.end_of(&run).await
    }
}

/// Outcomes and reasons of lines, in short.
pub(super) fn told(lines: &[LineResult]) -> Vec<String> {
    let reason =
        |line: &LineResult| line.problems.iter().map(|problem| format!(" {:?}", problem.reason)).collect::<String>();
    lines.iter().map(|line| format!("{:?}{}", line.outcome, reason(line))).collect()
}
