//! What the store forgets after a while: replaced revisions, old runs, contents that nothing refers to.

use super::{Engine, Inner};
use chrono::TimeDelta;

/// How often the store is tidied.
const INTERVAL: TimeDelta = TimeDelta::hours(1);
/// How long a replaced revision of a file is kept.
const REVISIONS: TimeDelta = TimeDelta::days(30);
/// How long the journal of an ended run, and the request id of an upload, are kept. Reports and trybacks are files and
/// stay.
const RUNS: TimeDelta = TimeDelta::days(90);
/// How long a content must have been untouched before it can be removed.
const CONTENTS: TimeDelta = TimeDelta::hours(24);

impl Engine {
    /// Tidies the store once an hour, until the engine goes down.
    pub async fn keep_tidy(&self) {
        loop {
            let next = self.inner.clock.now() + INTERVAL;
            tidy(&self.inner).await;
            tokio::select! {
                () = self.inner.shutdown.cancelled() => return,
                () = self.inner.clock.sleep_until(next) => {}
            }
        }
    }
}

async fn tidy(inner: &Inner) {
    let store = &inner.store;
    let problem = |what: &str, error: crate::store::StoreError| tracing::warn!(%error, "{what} could not be tidied");
    match store.purge_runs(RUNS).await {
        Ok(runs) if runs > 0 => tracing::info!(runs, "forgot the journals of old runs"),
        Ok(_) => {}
        Err(error) => problem("old runs", error),
    }
    if let Err(error) = store.purge_upload_requests(RUNS).await {
        problem("request ids of uploads", error);
    }
    if let Err(error) = store.expire_revisions(REVISIONS).await {
        problem("replaced revisions", error);
    }
    if let Err(error) = store.collect_garbage(CONTENTS).await {
        problem("contents", error);
    }
}
