//! Taking up a run that an earlier process left unfinished: what of its journal counts, and where it goes on.

use super::before::Before;
use super::error::EngineError;
use super::journal;
use super::patience::Halt;
use super::queue;
use super::runner::{Runner, blocking};
use super::segments::Resume;
use crate::model::LineNumber;
use crate::site::Rehearsal;
use crate::store::{SegmentHead, SiteEffect};
use std::sync::Arc;

impl Runner {
    /// Finds out how far the run came before the process ended, and drops what was journalled and not applied.
    /// Answers with the line behind which to go on.
    /// A dry run goes on from what the steps `before` it planned.
    pub(super) async fn take_up(&mut self, before: Before) -> Result<LineNumber, Halt> {
        let mut heads = self.inner.store.segment_heads(self.run.id).await?;
        if !queue::writes(&self.run) {
            // What its earlier lines planned is lost with the process: it begins again.
            self.rehearsal = Some(match before {
                Before::Planned(rehearsal) => *rehearsal,
                Before::Nothing | Before::Lost => self.new_rehearsal().await?,
            });
            if !heads.is_empty() {
                self.drop_segments_from(0).await?;
            }
            return Ok(LineNumber(0));
        }
        if heads.is_empty() {
            return Ok(LineNumber(0));
        }
        let (writer, run) = (Arc::clone(&self.inner.site(&self.run.site)?.writer), self.run.id);
        // The server may still be busy with the last commit of the process that ended.
        let checkpoint = self.patience.until_done(|| async { Ok(writer.settled_checkpoint(run).await?) }).await?;
        let committed = |head: &SegmentHead| {
            head.site_effect == SiteEffect::Reads
                || checkpoint
                    .as_ref()
                    .is_some_and(|c| c.segment > head.index || (c.segment == head.index && c.digest == head.digest))
        };
        if let Some(first_lost) = heads.iter().position(|head| !committed(head)) {
            self.drop_segments_from(heads[first_lost].index).await?;
            heads.truncate(first_lost);
        }
        self.lines_before = self.run.counters.lines();
        let Some(last) = heads.last() else { return Ok(LineNumber(0)) };
        tracing::info!(run = %self.run.id, line = last.resume_line, "the run goes on where it was interrupted");
        self.problems.clear();
        self.next_segment = last.index + 1;
        (self.bytes_before, self.bytes_done) = (last.resume_offset, last.resume_offset);
        self.resume = Resume { offset: last.resume_offset, line: last.resume_line };
        for row in self.inner.store.segments_from(self.run.id, last.index, 1).await? {
            self.waiting = journal::decode(self.run.id, row.head.index, &row.payload)?.waiting;
        }
        Ok(LineNumber(last.resume_line))
    }

    async fn new_rehearsal(&self) -> Result<Rehearsal, EngineError> {
        let (facts, now) = (Arc::clone(&self.facts), self.inner.clock.now().timestamp());
        let store = self.inner.store.clone();
        let make = move || Ok::<_, EngineError>(Rehearsal::new(facts, now, store.scratch_file()?)?);
        blocking("make room for what is planned", make).await?
    }

    pub(super) async fn drop_segments_from(&mut self, index: u64) -> Result<(), EngineError> {
        self.inner.store.drop_segments_from(self.run.id, index).await?;
        self.run = self.inner.store.run(&self.run.site, self.run.id).await?;
        Ok(())
    }
}
