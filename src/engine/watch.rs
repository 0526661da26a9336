//! The stream of a run's events: from the journal as long as it lags, from memory once it has caught up.

use super::error::EngineError;
use super::event::{EventKind, Progress, RunEvent};
use super::journal::{self, Segment};
use super::live::Position;
use super::{Engine, Inner};
use crate::model::{Run, RunId};
use chrono::{DateTime, Utc};
use futures::Stream;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

/// A watcher hears something at least so often.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// A busy stream of lines is interrupted by progress no more often than this.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(2);
/// Segments read from the store at a time.
const SEGMENTS_A_READ: u32 = 4;

impl Engine {
    /// The events of a run behind sequence number `after`. Ends behind *finished*, or with
    /// [`EngineError::ShuttingDown`]. Dropping the stream does nothing to the run.
    pub fn watch(&self, run: Run, after: u64) -> impl Stream<Item = Result<RunEvent, EngineError>> + Send + use<> {
        let position = self.inner.live.get(run.id).map(|live| live.position.subscribe());
        let watcher = Watcher {
            inner: Arc::clone(&self.inner),
            run: run.id,
            site: run.site.clone(),
            after,
            position,
            pending: VecDeque::new(),
            started: (after == 0).then(|| Arc::new(run)),
            last_progress: Instant::now(),
            ended: false,
        };
        futures::stream::unfold(watcher, |mut watcher| async move {
            if watcher.ended {
                return None;
            }
            let event = watcher.next().await;
            watcher.ended = !matches!(&event, Ok(RunEvent { kind, .. }) if !matches!(kind, EventKind::Finished(_)));
            Some((event, watcher))
        })
    }
}

struct Watcher {
    inner: Arc<Inner>,
    run: RunId,
    site: crate::model::SiteKey,
    after: u64,
    position: Option<Receiver<Position>>,
    pending: VecDeque<RunEvent>,
    started: Option<Arc<Run>>,
    last_progress: Instant,
    ended: bool,
}

impl Watcher {
    async fn next(&mut self) -> Result<RunEvent, EngineError> {
        if let Some(run) = self.started.take() {
            self.after = 1;
            return Ok(RunEvent { sequence: 1, time: run.created, kind: EventKind::Started(run) });
        }
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Ok(event);
            }
            if self.last_progress.elapsed() >= PROGRESS_INTERVAL
                && let Some(position) = &self.position
            {
                let progress = position.borrow().progress.clone();
                return Ok(self.progress(progress));
            }
            let seen = self.position.as_mut().map(|position| position.borrow_and_update().clone());
            if let Some(seen) = &seen
                && self.take_latest(seen)
            {
                continue;
            }
            if seen.as_ref().is_none_or(|seen| seen.ended || seen.last_sequence > self.after.max(1))
                && self.read_journal(seen.as_ref()).await?
            {
                continue;
            }
            match &seen {
                Some(seen) if !seen.ended => {
                    if let Some(progress) = self.wait().await? {
                        return Ok(progress);
                    }
                }
                _ => return self.finished().await,
            }
        }
    }

    /// Takes the latest segment from memory when it is the next one.
    fn take_latest(&mut self, seen: &Position) -> bool {
        match &seen.latest {
            Some(latest) if seen.last_sequence > self.after && latest.first_sequence <= self.after + 1 => {
                let segment = Arc::clone(&latest.segment);
                self.take(latest.first_sequence, &segment)
            }
            _ => false,
        }
    }

    fn take(&mut self, first_sequence: u64, segment: &Segment) -> bool {
        let before = self.pending.len();
        for (result, sequence) in segment.results.iter().zip(first_sequence..) {
            if sequence > self.after {
                let kind = EventKind::Line(result.clone());
                self.pending.push_back(RunEvent { sequence, time: segment.time, kind });
                self.after = sequence;
            }
        }
        self.pending.len() > before
    }

    async fn read_journal(&mut self, seen: Option<&Position>) -> Result<bool, EngineError> {
        // The last segment of a run at work may be stored and not yet applied; it counts once it was announced.
        let last = seen.filter(|seen| !seen.ended).map_or(u64::MAX, |seen| seen.last_sequence);
        let rows = self.inner.store.segments(self.run, self.after, SEGMENTS_A_READ).await?;
        let mut any = false;
        for row in rows.into_iter().take_while(|row| row.head.last_sequence <= last) {
            let segment = journal::decode(self.run, row.head.index, &row.payload)?;
            any |= self.take(row.head.first_sequence, &segment);
        }
        Ok(any)
    }

    /// Waits for news; a progress event when there are none for a while, or only news of progress.
    async fn wait(&mut self) -> Result<Option<RunEvent>, EngineError> {
        let Some(position) = self.position.as_mut() else { return Ok(None) };
        tokio::select! {
            changed = position.changed() => match changed {
                Ok(()) => Ok(None),
                Err(_) => { self.position = None; Ok(None) }
            },
            () = tokio::time::sleep(KEEP_ALIVE) => {
                let progress = position.borrow().progress.clone();
                Ok(Some(self.progress(progress)))
            }
            () = self.inner.shutdown.cancelled() => Err(EngineError::ShuttingDown),
        }
    }

    fn progress(&mut self, progress: Progress) -> RunEvent {
        self.last_progress = Instant::now();
        RunEvent { sequence: self.after.max(1), time: self.now(), kind: EventKind::Progress(progress) }
    }

    fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    async fn finished(&mut self) -> Result<RunEvent, EngineError> {
        let run = self.inner.store.run(&self.site, self.run).await?;
        if !run.state.is_final() {
            // It left this process without having ended: the service is going down and will take it up again.
            return Err(EngineError::ShuttingDown);
        }
        let time = run.finished.unwrap_or(run.created);
        Ok(RunEvent { sequence: run.last_sequence + 1, time, kind: EventKind::Finished(Arc::new(run)) })
    }
}
