//! Making a segment true: first the journal, then the site, and what to think when the site did not answer.

use super::Inner;
use super::error::EngineError;
use crate::model::Run;
use crate::site::{Checkpoint, SiteError, SiteTransaction};
use crate::store::SegmentRow;
use std::time::Duration;

/// How often the site is asked whether a commit that brought no answer happened.
const QUESTIONS: u32 = 5;
/// Wait before the second question; doubles with every further one.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Stores a segment, then commits the transaction whose results it holds, with a checkpoint that names it. On an error
/// the segment is dropped: nothing of the chunk is left, and it can be handled again.
pub(super) async fn store_and_commit(
    inner: &Inner,
    run: &Run,
    segment: &SegmentRow,
    transaction: Option<Box<dyn SiteTransaction>>,
) -> Result<(), EngineError> {
    inner.store.append_segment(run.id, segment).await?;
    let Some(transaction) = transaction else { return Ok(()) };
    let checkpoint = Checkpoint { run: run.id, segment: segment.head.index, digest: segment.head.digest.clone() };
    let Err(error) = transaction.commit(&checkpoint).await else { return Ok(()) };
    // A connection that broke during the commit does not tell whether it happened; the checkpoint does.
    if is_committed(inner, run, &checkpoint).await? {
        tracing::warn!(run = %run.id, %error, "the site did not answer a commit that it made");
        return Ok(());
    }
    inner.store.drop_segments_from(run.id, segment.head.index).await?;
    Err(match error {
        // Nothing is left of it, so it can be tried again as a whole.
        SiteError::Refused { operation, problem } => SiteError::Unavailable { operation, problem }.into(),
        other => other.into(),
    })
}

async fn is_committed(inner: &Inner, run: &Run, checkpoint: &Checkpoint) -> Result<bool, EngineError> {
    let reader = &inner.site(&run.site)?.reader;
    let mut wait = FIRST_WAIT;
    for _ in 0..QUESTIONS {
        match reader.checkpoint(run.id).await {
            Err(error) if error.is_transient() => {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            found => return Ok(found?.as_ref() == Some(checkpoint)),
        }
    }
    // No second attempt: the lines may have been applied.
    Err(EngineError::Internal {
        operation: "learn whether the last lines were applied",
        problem: "the site does not answer any more; run the file again, what is done already is left unchanged"
            .to_owned(),
    })
}
