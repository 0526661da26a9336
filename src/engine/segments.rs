//! How far a run is: in its journal first, then on the site, then for those who watch.

use super::apply::Handled;
use super::commit::store_and_commit;
use super::error::EngineError;
use super::journal::{self, Segment};
use super::live::Latest;
use super::patience::Halt;
use super::runner::{Runner, blocking};
use super::source::Chunk;
use super::touched::Touched;
use crate::model::RunState;
use crate::site::{Aftermath, SiteTransaction};
use crate::store::{SegmentHead, SegmentRow, SiteEffect};
use std::sync::Arc;
use tracing::Instrument;

/// Where in the file a run goes on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Resume {
    /// The byte at which the next chunk begins.
    pub(super) offset: u64,
    /// The last line that was handled.
    pub(super) line: u64,
}

/// What a segment makes true on the site.
#[derive(Default)]
pub(super) struct Effect {
    touched: Touched,
    transaction: Option<Box<dyn SiteTransaction>>,
}

impl Runner {
    /// Journals a chunk and makes it true. Answers with how many of its lines were handled. Where a running Moodle is to
    /// do something for them, they wait, and none has a result yet.
    pub(super) async fn journal(&mut self, chunk: &Chunk, handled: Handled) -> Result<usize, Halt> {
        let Handled { mut lines, touched, aftermath, transaction } = handled;
        let count = lines.results.len();
        let last_line = &chunk.lines[count - 1];
        let before = (self.resume, self.bytes_done);
        self.resume =
            Resume { offset: last_line.span.offset + u64::from(last_line.span.length), line: last_line.number.0 };
        self.bytes_done = self.resume.offset.max(if count == chunk.lines.len() { chunk.end_offset } else { 0 });
        let results = if lines.calls.is_empty() { lines.results.drain(..).collect() } else { Vec::new() };
        let (time, problems) = (self.inner.clock.now(), self.problems.clone());
        let segment = Segment { time, results, problems, waiting: lines.clone() };
        if let Err(halt) = self.keep(segment, Some(Effect { touched, transaction })).await {
            (self.resume, self.bytes_done) = before;
            return Err(halt);
        }
        // What a running Moodle does for lines is not known here.
        self.aftermath = if lines.calls.is_empty() { aftermath } else { Aftermath::of_anything() };
        self.waiting = lines;
        self.problems.clear();
        Ok(count)
    }

    /// Journals a segment, makes true what belongs to it, and tells those who watch.
    pub(super) async fn keep(&mut self, segment: Segment, effect: Option<Effect>) -> Result<(), Halt> {
        let Effect { touched, transaction } = effect.unwrap_or_default();
        let mut counters = self.run.counters.clone();
        segment.results.iter().for_each(|result| counters.add(result));
        let segment = Arc::new(segment);
        let encoded = Arc::clone(&segment);
        let encoding = blocking("encode the journal", move || journal::encode(&encoded));
        let (payload, digest) = encoding
            .instrument(tracing::trace_span!("encode"))
            .await?
            .map_err(|problem| EngineError::Internal { operation: "encode the journal", problem })?;
        let head = SegmentHead {
            index: self.next_segment,
            // One without results repeats the last number.
            first_sequence: self.run.last_sequence + u64::from(!segment.results.is_empty()),
            last_sequence: self.run.last_sequence + segment.results.len() as u64,
            digest,
            resume_offset: self.resume.offset,
            resume_line: self.resume.line,
            site_effect: if transaction.is_some() { SiteEffect::Writes } else { SiteEffect::Reads },
            counters,
            touched: touched.restricted_to(self.orders).to_text()?,
        };
        let row = SegmentRow { head, payload };
        store_and_commit(&self.inner, &self.run, &row, transaction).await?;
        self.run.counters = row.head.counters;
        self.run.last_sequence = row.head.last_sequence;
        self.next_segment += 1;
        let first_sequence = row.head.first_sequence;
        self.publish((!segment.results.is_empty()).then_some(Latest { first_sequence, segment }));
        Ok(())
    }

    pub(super) fn publish(&self, latest: Option<Latest>) {
        let elapsed = self.began.elapsed();
        let lines = self.run.counters.lines() - self.lines_before;
        let seconds = elapsed.as_secs_f64();
        let left = self.run.content_size.saturating_sub(self.bytes_done);
        let done = self.bytes_done.saturating_sub(self.bytes_before);
        let eta = (done > 0 && lines > 0).then(|| elapsed.mul_f64(left as f64 / done as f64));
        self.live.position.send_modify(|position| {
            position.last_sequence = self.run.last_sequence;
            position.progress.counters = self.run.counters.clone();
            position.progress.bytes_done = self.bytes_done;
            position.progress.bytes_total = self.run.content_size;
            position.progress.state = Some(RunState::Running);
            position.progress.lines_per_second = if seconds > 0.0 { lines as f64 / seconds } else { 0.0 };
            position.progress.eta = eta;
            position.latest = latest;
        });
    }
}
