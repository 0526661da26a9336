//! What there is to tell about a run as a whole at its end. It is journalled once, however often the end is begun.

use super::Inner;
use super::cleanup::Cleanup;
use super::error::EngineError;
use super::journal::{self, Segment};
use super::patience::Halt;
use super::waiting::Waiting;
use crate::model::{Problem, Run};
use crate::store::{SegmentHead, SegmentRow, SiteEffect};

/// Journals problems of the whole file. What a former attempt at this very end has told is not told again.
pub(super) async fn tell(inner: &Inner, run: &Run, problems: Vec<Problem>) -> Result<(), EngineError> {
    journal(inner, run, problems, Cleanup::default()).await.or_else(Halt::into_error)
}

/// The same with what a clean-up tells, together with the clean-up itself.
pub(super) async fn tell_and_clean_up(inner: &Inner, run: &Run, cleanup: Cleanup) -> Result<(), Halt> {
    journal(inner, run, cleanup.problems.clone(), cleanup).await
}

async fn journal(inner: &Inner, run: &Run, problems: Vec<Problem>, cleanup: Cleanup) -> Result<(), Halt> {
    let heads = inner.store.segment_heads(run.id).await?;
    let told = told_before(inner, run, &heads).await?;
    let problems: Vec<Problem> = problems.into_iter().filter(|problem| !told.contains(problem)).collect();
    if problems.is_empty() && cleanup.is_empty() {
        return Ok(());
    }
    let segment = Segment { time: inner.clock.now(), results: Vec::new(), problems, waiting: Waiting::default() };
    let (payload, digest) = journal::encode(&segment)
        .map_err(|problem| EngineError::Internal { operation: "encode the journal", problem })?;
    let last = heads.last();
    let head = SegmentHead {
        index: last.map_or(0, |last| last.index + 1),
        first_sequence: run.last_sequence,
        last_sequence: run.last_sequence,
        digest,
        resume_offset: last.map_or(0, |last| last.resume_offset),
        resume_line: last.map_or(0, |last| last.resume_line),
        site_effect: if cleanup.is_empty() { SiteEffect::Reads } else { SiteEffect::Writes },
        counters: run.counters.clone(),
        touched: cleanup.touched().to_text()?,
    };
    cleanup.perform(inner, run, SegmentRow { head, payload }).await
}

/// What the segments behind the last line tell.
async fn told_before(inner: &Inner, run: &Run, heads: &[SegmentHead]) -> Result<Vec<Problem>, EngineError> {
    let mut told = Vec::new();
    for head in heads.iter().rev() {
        for row in inner.store.segments_from(run.id, head.index, 1).await? {
            let segment = journal::decode(run.id, row.head.index, &row.payload)?;
            if !segment.results.is_empty() {
                return Ok(told);
            }
            told.extend(segment.problems);
        }
    }
    Ok(told)
}
