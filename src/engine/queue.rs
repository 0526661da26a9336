//! Who runs when: one writing run at a time on a site, in order; dry runs and looks beside it.

use super::Inner;
use super::before::Before;
use super::runner;
use crate::model::{Impact, Run, RunId, RunMode, SiteKey};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

/// Runs without a writer that a site serves at the same time.
const REHEARSALS: usize = 2;

/// Where the runs of a site wait. The store knows them too; this only says whose turn it is.
#[derive(Debug, Clone)]
pub(super) struct Lanes {
    apply: mpsc::UnboundedSender<Turn>,
    rehearse: mpsc::UnboundedSender<Turn>,
}

/// What goes without anything in between: a run, or the runs of a series, in order.
type Turn = Vec<RunId>;

/// The other ends of the lanes of a site.
pub(super) struct Queues {
    site: SiteKey,
    apply: mpsc::UnboundedReceiver<Turn>,
    rehearse: mpsc::UnboundedReceiver<Turn>,
}

/// The lanes of a site, and their other ends.
pub(super) fn lanes(site: &SiteKey) -> ((SiteKey, Lanes), Queues) {
    let (apply, next_apply) = mpsc::unbounded_channel();
    let (rehearse, next_rehearse) = mpsc::unbounded_channel();
    let queues = Queues { site: site.clone(), apply: next_apply, rehearse: next_rehearse };
    ((site.clone(), Lanes { apply, rehearse }), queues)
}

/// Whether a run holds a writer: a dry run does not, nor does one of a tool that only looks.
pub(super) fn writes(run: &Run) -> bool {
    run.mode == RunMode::Apply && crate::tools::tool(run.tool).descriptor().impact != Impact::Reads
}

/// Puts unfinished runs, the oldest first, at the ends of their lanes.
pub(super) fn enqueue_all(inner: &Inner, runs: Vec<Run>) {
    // Both kinds of identifiers sort by age.
    let mut turns: BTreeMap<Uuid, Vec<Run>> = BTreeMap::new();
    for run in runs {
        turns.entry(run.step.map_or(run.id.0, |step| step.series.0)).or_default().push(run);
    }
    turns.values().for_each(|turn| enqueue(inner, turn));
}

/// Puts an accepted run, or those of a series, at the end of their lane.
pub(super) fn enqueue(inner: &Inner, turn: &[Run]) {
    let Some(first) = turn.first() else { return };
    let Some(lanes) = inner.lanes.get(&first.site) else {
        tracing::warn!(run = %first.id, site = %first.site, "the run waits for a site that is not configured");
        return;
    };
    for run in turn {
        let live = inner.live.enter(run.id);
        live.position.send_modify(|position| {
            // How far an interrupted run really came is known once it is taken up.
            position.last_sequence = 1;
            position.progress.counters = run.counters.clone();
            position.progress.bytes_total = run.content_size;
            position.progress.state = Some(run.state);
        });
    }
    let lane = if turn.iter().any(writes) { &lanes.apply } else { &lanes.rehearse };
    if lane.send(turn.iter().map(|run| run.id).collect()).is_err() {
        tracing::warn!(run = %first.id, "the engine is going down; the run will begin after the restart");
    }
}

/// Starts the workers of a site.
pub(super) fn work(inner: &Arc<Inner>, queues: Queues) {
    start_worker(inner, &queues.site, Arc::new(Mutex::new(queues.apply)));
    let rehearse = Arc::new(Mutex::new(queues.rehearse));
    (0..REHEARSALS).for_each(|_| start_worker(inner, &queues.site, Arc::clone(&rehearse)));
}

fn start_worker(inner: &Arc<Inner>, site: &SiteKey, lane: Arc<Mutex<mpsc::UnboundedReceiver<Turn>>>) {
    let shutdown = inner.shutdown.clone();
    // The lanes live in the engine: a worker that held it would keep itself alive.
    let weak = Arc::downgrade(inner);
    let site = site.clone();
    inner.tasks.spawn(async move {
        loop {
            let next = tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                next = async { lane.lock().await.recv().await } => next,
            };
            let (Some(turn), Some(inner)) = (next, Weak::upgrade(&weak)) else { return };
            take_turn(&inner, &site, turn).await;
        }
    });
}

/// Does the runs of a turn. What one of them plans in a dry run, the next ones know.
async fn take_turn(inner: &Arc<Inner>, site: &SiteKey, turn: Turn) {
    let mut before = None;
    for id in turn {
        let run = inner.store.run(site, id).await;
        if inner.shutdown.is_cancelled() {
            return;
        }
        before = Some(match run {
            Ok(run) => {
                let before = before.unwrap_or_else(|| Before::first_of_turn(&run));
                if run.state.is_final() {
                    inner.live.leave(id);
                    before
                } else {
                    runner::execute(Arc::clone(inner), run, before).await
                }
            }
            Err(error) => {
                tracing::error!(run = %id, %error, "a waiting run cannot be read; it begins after a restart");
                inner.live.leave(id);
                Before::Lost
            }
        });
    }
}
