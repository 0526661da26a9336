//! Who runs when: one writing run at a time on a site, in order; dry runs and looks beside it.

use super::{Inner, runner};
use crate::model::{Impact, Run, RunId, RunMode, SiteKey};
use std::sync::{Arc, Weak};
use tokio::sync::{Mutex, mpsc};

/// Runs without a writer that a site serves at the same time.
const REHEARSALS: usize = 2;

/// Where the runs of a site wait. The store knows them too; this only says whose turn it is.
#[derive(Debug, Clone)]
pub(super) struct Lanes {
    apply: mpsc::UnboundedSender<RunId>,
    rehearse: mpsc::UnboundedSender<RunId>,
}

/// The other ends of the lanes of a site.
pub(super) struct Queues {
    site: SiteKey,
    apply: mpsc::UnboundedReceiver<RunId>,
    rehearse: mpsc::UnboundedReceiver<RunId>,
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

/// Puts an accepted run at the end of its lane.
pub(super) fn enqueue(inner: &Inner, run: &Run) {
    let Some(lanes) = inner.lanes.get(&run.site) else {
        tracing::warn!(run = %run.id, site = %run.site, "the run waits for a site that is not configured");
        return;
    };
    let live = inner.live.enter(run.id);
    live.position.send_modify(|position| {
        // How far an interrupted run really came is known once it is taken up.
        position.last_sequence = 1;
        position.progress.counters = run.counters.clone();
        position.progress.bytes_total = run.content_size;
        position.progress.state = Some(run.state);
    });
    let lane = if writes(run) { &lanes.apply } else { &lanes.rehearse };
    if lane.send(run.id).is_err() {
        tracing::warn!(run = %run.id, "the engine is going down; the run will begin after the restart");
    }
}

/// Starts the workers of a site.
pub(super) fn work(inner: &Arc<Inner>, queues: Queues) {
    start_worker(inner, &queues.site, Arc::new(Mutex::new(queues.apply)));
    let rehearse = Arc::new(Mutex::new(queues.rehearse));
    (0..REHEARSALS).for_each(|_| start_worker(inner, &queues.site, Arc::clone(&rehearse)));
}

fn start_worker(inner: &Arc<Inner>, site: &SiteKey, lane: Arc<Mutex<mpsc::UnboundedReceiver<RunId>>>) {
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
            let (Some(id), Some(inner)) = (next, Weak::upgrade(&weak)) else { return };
            match inner.store.run(&site, id).await {
                Ok(run) if !run.state.is_final() => runner::execute(inner, run).await,
                Ok(_) => inner.live.leave(id),
                Err(error) => {
                    tracing::error!(run = %id, %error, "a waiting run cannot be read; it begins after a restart");
                    inner.live.leave(id);
                }
            }
        }
    });
}
