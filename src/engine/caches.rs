//! Bringing up to date what a running Moodle remembers outside its database, for exactly what a run touched.

use super::Inner;
use super::error::EngineError;
use super::touched::Touched;
use crate::model::{Problem, Reason, Run, RunMode};
use crate::site::{CacheCare, CacheRefresher, RefreshOrder, StaleCaches};

/// What clears all of Moodle's caches.
const PURGE: &str = "php admin/cli/purge_caches.php --muc";

/// Refreshes what the journalled chunks of a run made stale, or tells who should; answers with what there is to tell. A
/// dry run made nothing stale. If the service goes down meanwhile, it is done again after the restart.
pub(super) async fn refresh(inner: &Inner, run: &Run) -> Result<Vec<Problem>, EngineError> {
    if run.mode == RunMode::DryRun {
        return Ok(Vec::new());
    }
    let stale = Touched::of_run(inner, run.id).await?.stale;
    if stale.is_empty() {
        return Ok(Vec::new());
    }
    match &inner.site(&run.site)?.caches {
        CacheCare::Needless => Ok(Vec::new()),
        CacheCare::ByHand => Ok(vec![by_hand(&stale)]),
        CacheCare::By(refresher) => Ok(by(inner, run, stale, &**refresher).await?.into_iter().collect()),
    }
}

async fn by(
    inner: &Inner,
    run: &Run,
    stale: StaleCaches,
    refresher: &dyn CacheRefresher,
) -> Result<Option<Problem>, EngineError> {
    let order = RefreshOrder { site: run.site.clone(), run: run.id, stale };
    let refreshed = tokio::select! {
        refreshed = refresher.refresh(&order) => refreshed,
        () = inner.shutdown.cancelled() => return Err(EngineError::ShuttingDown),
    };
    let Err(error) = refreshed else { return Ok(None) };
    tracing::warn!(run = %run.id, %error, "Moodle's caches could not be refreshed");
    let message = format!(
        "The lines are applied, but Moodle was not made to forget what it remembers of {}: {error}. Remove the cause, \
         and run on the Moodle host: {PURGE}",
        order.stale
    );
    Ok(Some(Problem::warning(Reason::CachesNotRefreshed, message)))
}

fn by_hand(stale: &StaleCaches) -> Problem {
    let message = format!(
        "A running Moodle may still show as it was before: {stale}. Run on the Moodle host: {PURGE}. The settings \
         site.after_run and site.webservice do this by themselves."
    );
    Problem::warning(Reason::CachesStale, message)
}
