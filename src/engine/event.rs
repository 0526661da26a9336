//! What watchers of a run are told.

use crate::model::{Counters, LineResult, Run, RunState};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;

/// Something that happened in a run.
#[derive(Debug, Clone)]
pub struct RunEvent {
    /// Counts up from 1 without gaps over *started*, every line and *finished*. A progress event carries the number
    /// of the last of these.
    pub sequence: u64,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum EventKind {
    /// The run was accepted; always number 1.
    Started(Arc<Run>),
    /// A line was handled.
    Line(LineResult),
    /// How far the run is; at least every five seconds, also while it waits in the queue.
    Progress(Progress),
    /// The run ended; always the last event.
    Finished(Arc<Run>),
}

/// How far a run is.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Lines by outcome.
    pub counters: Counters,
    /// Bytes of the command file that were dealt with.
    pub bytes_done: u64,
    /// Bytes of the command file.
    pub bytes_total: u64,
    /// Whether the run has begun, `None` before the first look at it.
    pub state: Option<RunState>,
    /// Lines a second since the run began.
    pub lines_per_second: f64,
    /// Time left at that rate.
    pub eta: Option<Duration>,
    /// Whether the run waits for a site that does not answer or is locked.
    pub waiting_for_site: bool,
}
