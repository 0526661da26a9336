//! Runs at work in this process: how far they are, for watchers, and the wish to end them.
//!
//! A watcher never holds a run up: it reads the journal at its own pace, and only the latest segment is shared in memory.

use super::event::Progress;
use super::journal::Segment;
use crate::model::RunId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The segment that was written last.
#[derive(Debug, Clone)]
pub(super) struct Latest {
    pub(super) first_sequence: u64,
    pub(super) segment: Arc<Segment>,
}

/// Where a run is.
#[derive(Debug, Clone, Default)]
pub(super) struct Position {
    pub(super) last_sequence: u64,
    pub(super) progress: Progress,
    pub(super) latest: Option<Latest>,
    pub(super) ended: bool,
}

/// A run that this process has accepted and not ended.
#[derive(Debug, Clone)]
pub(super) struct LiveRun {
    pub(super) position: watch::Sender<Position>,
    pub(super) cancel: CancellationToken,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct LiveRuns(Mutex<HashMap<RunId, LiveRun>>);

impl LiveRuns {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<RunId, LiveRun>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a run, or finds it.
    pub(super) fn enter(&self, run: RunId) -> LiveRun {
        let new = || LiveRun { position: watch::Sender::new(Position::default()), cancel: CancellationToken::new() };
        self.with(|runs| runs.entry(run).or_insert_with(new).clone())
    }

    /// The run, if it is at work here.
    pub(super) fn get(&self, run: RunId) -> Option<LiveRun> {
        self.with(|runs| runs.get(&run).cloned())
    }

    /// Takes a run out and tells its watchers that nothing more will come.
    pub(super) fn leave(&self, run: RunId) {
        if let Some(live) = self.with(|runs| runs.remove(&run)) {
            live.position.send_modify(|position| position.ended = true);
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.with(|runs| runs.len())
    }
}
