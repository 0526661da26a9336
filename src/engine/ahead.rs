//! Looking ahead: what the next chunk must know is read, and its lines are planned, while the one at hand is being applied.
//!
//! What was read so is used only as far as it still holds (`site::Aftermath`), and so are the plans. Where that is seldom,
//! it is not tried often: the database has better things to do.

use super::Inner;
use super::apply;
use super::error::EngineError;
use super::finish::NotReached;
use super::runner::Runner;
use super::source::{Chunk, ChunkLine};
use crate::model::UserId;
use crate::site::{Aftermath, SiteFacts, SiteReader, Standing, World};
use crate::tools::LinePlan;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::Instrument;

/// Chunks are let go by before another try, at most.
const LONGEST_REST: u32 = 64;

/// What is known of a chunk before the one ahead of it was applied, as far as it holds.
pub(super) enum Foresight {
    /// What is to be done.
    Plans(Vec<LinePlan>),
    /// What was read for it.
    World {
        world: Box<World>,
        /// Users to look up again.
        behind: BTreeSet<UserId>,
    },
}

/// When to look ahead.
#[derive(Debug, Default)]
pub(super) struct Outlook {
    /// Chunks to let go by before the next try.
    rest: u32,
    /// The same after the next try in vain.
    next_rest: u32,
}

impl Outlook {
    fn is_due(&mut self) -> bool {
        let is_due = self.rest == 0;
        self.rest = self.rest.saturating_sub(1);
        is_due
    }

    fn learn(&mut self, was_of_use: bool) {
        self.next_rest = if was_of_use { 0 } else { (self.next_rest * 2).clamp(1, LONGEST_REST) };
        self.rest = self.next_rest;
    }
}

/// A chunk on its way, and what is being read for it.
pub(super) struct Ahead {
    pub(super) chunk: Arc<Chunk>,
    reading: Option<JoinHandle<Option<Read>>>,
}

/// What was read for a chunk, and planned in it.
struct Read {
    world: Box<World>,
    plans: Option<Vec<LinePlan>>,
}

impl Ahead {
    /// A chunk for which nothing is read.
    pub(super) fn unread(chunk: Chunk) -> Self {
        Self { chunk: Arc::new(chunk), reading: None }
    }

    /// The same chunk, for which reading and planning begins.
    fn read(mut self, reader: Arc<dyn SiteReader>, inner: Arc<Inner>, facts: Arc<SiteFacts>) -> Self {
        let mut world = World::new(facts, inner.clock.now().timestamp());
        let chunk = Arc::clone(&self.chunk);
        // What goes wrong here goes wrong once more where it is told.
        self.reading = Some(tokio::spawn(async move {
            let resolving = reader.resolve(&chunk.lookups, &mut world).instrument(tracing::trace_span!("foresee"));
            resolving.await.ok()?;
            let plans = apply::plan_ahead(&chunk, &world, &inner.scaler).await;
            Some(Read { world: Box::new(world), plans })
        }));
        self
    }

    /// What was read and planned for it, as far as it holds after this.
    pub(super) async fn foresee(&mut self, after: &Aftermath, outlook: &mut Outlook) -> Option<Foresight> {
        let Read { world, plans } = self.reading.take()?.await.ok()??;
        let standing = after.standing(&self.chunk.lookups, &world);
        outlook.learn(standing != Standing::Lost);
        match standing {
            Standing::Holds => {
                Some(plans.map_or(Foresight::World { world, behind: BTreeSet::new() }, Foresight::Plans))
            }
            Standing::Behind(behind) => Some(Foresight::World { world, behind }),
            Standing::Lost => None,
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        if let Some(reading) = &self.reading {
            reading.abort();
        }
    }
}

/// The chunks of a file as they arrive.
pub(super) struct Chunks {
    coming: mpsc::Receiver<Result<Chunk, EngineError>>,
    next: Option<Result<Ahead, EngineError>>,
}

impl Chunks {
    pub(super) fn new(coming: mpsc::Receiver<Result<Chunk, EngineError>>) -> Self {
        Self { coming, next: None }
    }

    pub(super) async fn next(&mut self) -> Option<Result<Ahead, EngineError>> {
        match self.next.take() {
            Some(next) => Some(next),
            None => self.coming.recv().await.map(|chunk| chunk.map(Ahead::unread)),
        }
    }

    /// Counts the lines that will not be handled, from the middle of `at_hand` to the end of the file.
    pub(super) async fn count_rest(&mut self, at_hand: Option<(Arc<Chunk>, usize)>) -> Option<NotReached> {
        let mut rest: Option<NotReached> = None;
        let mut count = |lines: &[ChunkLine]| {
            if let Some(first) = lines.first() {
                let rest = rest.get_or_insert(NotReached { line: first.number, offset: first.span.offset, lines: 0 });
                rest.lines += lines.len() as u64;
            }
        };
        if let Some((chunk, handled)) = &at_hand {
            count(&chunk.lines[*handled..]);
        }
        // Where the file cannot be read to its end, what is known so far is what can be told.
        while let Some(Ok(ahead)) = self.next().await {
            count(&ahead.chunk.lines);
        }
        rest
    }
}

impl Runner {
    /// Takes the chunk after the one at hand as soon as it is there. Where it pays, reading and planning it begins.
    pub(super) fn look_ahead<'c>(&mut self, chunks: &'c mut Chunks) -> impl Future<Output = ()> + use<'c> {
        // A dry run reads into what it has planned so far.
        let pays = self.rehearsal.is_none() && self.outlook.is_due();
        let site = self.inner.site(&self.run.site).ok().filter(|_| pays);
        let reader = site.map(|site| Arc::clone(&site.reader));
        let (inner, facts) = (Arc::clone(&self.inner), Arc::clone(&self.facts));
        async move {
            let next = chunks.coming.recv().await.map(|next| next.map(Ahead::unread));
            chunks.next = next.map(|next| {
                next.map(|ahead| match reader {
                    Some(reader) => ahead.read(reader, inner, facts),
                    None => ahead,
                })
            });
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{LinePlan, Outlook};
    use std::cell::Cell;

    thread_local! {
        /// Chunks that were planned with what was read ahead. Each test has a thread of its own.
        static FORESEEN: Cell<usize> = const { Cell::new(0) };
    }

    /// In tests, every chunk that was read ahead is read again where it is planned, and must be planned the same.
    pub(in crate::engine) fn compare(plans: &[LinePlan], afresh: &[LinePlan]) {
        FORESEEN.set(FORESEEN.get() + 1);
        for (plan, afresh) in plans.iter().zip(afresh) {
            assert_eq!(format!("{plan:?}"), format!("{afresh:?}"), "what was read ahead does not hold");
        }
        assert_eq!(plans.len(), afresh.len());
    }

    /// How many chunks so far.
    pub(crate) fn foreseen() -> usize {
        FORESEEN.get()
    }

    #[test]
    fn it_rests_longer_and_longer_where_it_is_in_vain() {
        let mut outlook = Outlook::default();
        let mut tries = Vec::new();
        for chunk in 0..200 {
            if outlook.is_due() {
                tries.push(chunk);
                outlook.learn(false);
            }
        }
        assert_eq!(tries, [0, 2, 5, 10, 19, 36, 69, 134, 199]);
        outlook.learn(true);
        assert!(outlook.is_due());
    }
}
