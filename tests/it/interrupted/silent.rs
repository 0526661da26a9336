//! A site whose connection breaks during a commit: whether it happened must be asked, not guessed.

use super::panicking::run;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use toolsync::clock::SystemClock;
use toolsync::engine::{Engine, EngineSite};
use toolsync::model::{Outcome, RunId, RunMode, RunState, SiteKey};
use toolsync::site::sql::SqlSite;
use toolsync::site::{
    AppliedIds, CacheCare, Change, Checkpoint, Lookups, SiteError, SiteFacts, SiteTransaction, SiteWriter, World,
};
use toolsync::store::Store;

/// What really became of the commit that brings no answer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Truth {
    Committed,
    Lost,
}

struct Silent {
    writer: Arc<dyn SiteWriter>,
    truth: Truth,
    commits: Arc<AtomicU32>,
}

struct SilentTransaction {
    transaction: Box<dyn SiteTransaction>,
    truth: Truth,
    commits: Arc<AtomicU32>,
}

#[async_trait]
impl SiteWriter for Silent {
    async fn begin(&self) -> Result<Box<dyn SiteTransaction>, SiteError> {
        let (truth, commits) = (self.truth, Arc::clone(&self.commits));
        Ok(Box::new(SilentTransaction { transaction: self.writer.begin().await?, truth, commits }))
    }

    async fn settled_checkpoint(&self, run: RunId) -> Result<Option<Checkpoint>, SiteError> {
        self.writer.settled_checkpoint(run).await
    }

    async fn clear_checkpoint(&self, run: RunId) -> Result<(), SiteError> {
        self.writer.clear_checkpoint(run).await
    }
}

#[async_trait]
impl SiteTransaction for SilentTransaction {
    async fn resolve(&mut self, lookups: &Lookups, world: &mut World) -> Result<(), SiteError> {
        self.transaction.resolve(lookups, world).await
    }

    async fn apply(&mut self, changes: &[&Change], facts: &SiteFacts, now: i64) -> Result<AppliedIds, SiteError> {
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
        if self.commits.fetch_add(1, Ordering::SeqCst) > 0 {
            return self.transaction.commit(checkpoint).await;
        }
        if self.truth == Truth::Committed {
            self.transaction.commit(checkpoint).await?;
        }
        Err(SiteError::Unavailable { operation: "commit".to_owned(), problem: "the connection broke".to_owned() })
    }
}

#[tokio::test]
async fn a_commit_without_an_answer_is_neither_repeated_nor_forgotten() {
    for (truth, commits_needed) in [(Truth::Committed, 1), (Truth::Lost, 2)] {
        let folder = tempfile::tempdir().unwrap();
        let site = SqlSite::open_embedded(&folder.path().join("site")).await.unwrap();
        let store = Store::open(&folder.path().join("data"), Arc::new(SystemClock)).await.unwrap();
        let commits = Arc::new(AtomicU32::new(0));
        let writer = Arc::new(Silent { writer: site.writer(), truth, commits: Arc::clone(&commits) });
        let sites = BTreeMap::from([(
            SiteKey("campus".to_owned()),
            EngineSite { reader: site.reader(), writer, caches: CacheCare::Needless },
        )]);
        let engine = Engine::open(store, sites, Arc::new(SystemClock)).await.unwrap();
        let done = run(&engine, RunMode::Apply).await;
        assert_eq!(done.state, RunState::Succeeded, "{truth:?}: {}", done.message);
        assert_eq!((done.counters.lines(), done.counters.get(Outcome::Created)), (1, 1), "{truth:?}");
        assert_eq!(commits.load(Ordering::SeqCst), commits_needed, "{truth:?}");
        engine.shut_down().await;
        site.close().await;
    }
}
