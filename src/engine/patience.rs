//! How a run bears with its site: one that does not answer is waited for, one that somebody else has changed is looked at
//! afresh. The only place where anything about a site is tried again.

use super::Inner;
use super::error::EngineError;
use super::live::LiveRun;
use crate::model::{Run, RunId};
use crate::site::{SiteError, SiteReader};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a run waits for a site that does not answer or keeps its tables locked, unless the operator says otherwise.
pub const RECONNECT_TIMEOUT: Duration = Duration::from_secs(300);
/// How often a plan is made afresh because the site has changed since the last one was made.
pub(super) const MOST_CONFLICTS: u32 = 3;
/// Wait before the second attempt; doubles with every further one.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// Longest wait between two attempts, so that a run goes on soon after its site is back.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Why a run does not go on.
#[derive(Debug)]
pub(super) enum Halt {
    /// Somebody asked for its end.
    Cancelled,
    /// The service is going down; the run goes on after the restart.
    Shutdown,
    /// The site or the file cannot be used any more.
    Broken(EngineError),
}

impl<E: Into<EngineError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

impl Halt {
    /// For what is done whether the run was cancelled or not.
    pub(super) fn into_error(self) -> Result<(), EngineError> {
        match self {
            Self::Cancelled => Ok(()),
            Self::Shutdown => Err(EngineError::ShuttingDown),
            Self::Broken(error) => Err(error),
        }
    }
}

/// The patience of a run.
#[derive(Clone)]
pub(super) struct Patience {
    run: RunId,
    reader: Arc<dyn SiteReader>,
    live: LiveRun,
    shutdown: CancellationToken,
    /// Longest time without an answer.
    limit: Duration,
}

/// What went wrong since the last success.
#[derive(Debug)]
pub(super) struct Troubles {
    conflicts: u32,
    /// When the site was missed first.
    missed: Option<Instant>,
    /// How long to wait next time.
    wait: Duration,
}

impl Default for Troubles {
    fn default() -> Self {
        Self { conflicts: 0, missed: None, wait: FIRST_WAIT }
    }
}

impl Patience {
    pub(super) fn new(inner: &Inner, run: &Run) -> Result<Self, EngineError> {
        Ok(Self {
            run: run.id,
            reader: Arc::clone(&inner.site(&run.site)?.reader),
            live: inner.live.enter(run.id),
            shutdown: inner.shutdown.clone(),
            limit: inner.reconnect_timeout,
        })
    }

    /// Does `act` until it is done or nothing more is to be hoped for. It must leave nothing behind when it fails.
    pub(super) async fn until_done<T, F>(&self, mut act: impl FnMut() -> F) -> Result<T, Halt>
    where
        F: Future<Output = Result<T, Halt>>,
    {
        let mut troubles = Troubles::default();
        loop {
            match act().await {
                Err(halt) => self.bear(halt, &mut troubles).await?,
                done => return done,
            }
        }
    }

    /// Returns when what failed may be tried again: after a wait, if `halt` asks for one. Gives it back when nothing more
    /// is to be hoped for.
    pub(super) async fn bear(&self, halt: Halt, troubles: &mut Troubles) -> Result<(), Halt> {
        let Halt::Broken(EngineError::Site(error)) = halt else { return Err(halt) };
        match &error {
            SiteError::Conflict { .. } if troubles.conflicts < MOST_CONFLICTS => {
                troubles.conflicts += 1;
                tracing::info!(run = %self.run, %error, "the site has changed; it is looked at afresh");
                Ok(())
            }
            SiteError::Unavailable { .. } => {
                let missed = *troubles.missed.get_or_insert_with(Instant::now);
                self.wait(error, missed, &mut troubles.wait).await
            }
            _ => Err(error.into()),
        }
    }

    /// Waits until the site answers again, for as long as is left since it was `missed` first.
    async fn wait(&self, mut error: SiteError, missed: Instant, wait: &mut Duration) -> Result<(), Halt> {
        tracing::warn!(run = %self.run, %error, "the run waits for its site");
        self.tell(true);
        let came_back = loop {
            if missed.elapsed() + *wait > self.limit {
                break Err(Halt::from(error));
            }
            let answer = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => break Err(Halt::Shutdown),
                () = self.live.cancel.cancelled() => break Err(Halt::Cancelled),
                answer = self.ask_after(*wait) => answer,
            };
            *wait = (*wait * 2).min(LONGEST_WAIT);
            match answer {
                Err(still) if still.is_transient() => error = still,
                // Whatever else is wrong, the next attempt will meet it as well.
                _ => break Ok(()),
            }
        };
        self.tell(false);
        came_back
    }

    /// Asks for something small: an attempt at the whole could not be broken off while it waits for the site.
    async fn ask_after(&self, wait: Duration) -> Result<(), SiteError> {
        tokio::time::sleep(wait).await;
        self.reader.checkpoint(self.run).await.map(drop)
    }

    /// Tells watchers whether the run waits.
    fn tell(&self, waiting: bool) {
        self.live.position.send_modify(|position| position.progress.waiting_for_site = waiting);
    }
}
