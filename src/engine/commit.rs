//! Making a segment true: first the journal, then the site, and what to think when the site did not answer.

use super::Inner;
use super::error::EngineError;
use super::patience::{Halt, Patience};
use crate::model::Run;
use crate::site::{Checkpoint, SiteTransaction};
use crate::store::SegmentRow;
use tracing::Instrument;

/// Stores a segment, then commits the transaction whose results it holds, with a checkpoint that names it. On an error
/// the segment is dropped: nothing of the chunk is left, and it can be handled again.
pub(super) async fn store_and_commit(
    inner: &Inner,
    run: &Run,
    segment: &SegmentRow,
    transaction: Option<Box<dyn SiteTransaction>>,
) -> Result<(), Halt> {
    inner.store.append_segment(run.id, segment).instrument(tracing::trace_span!("journal")).await?;
    let Some(transaction) = transaction else { return Ok(()) };
    let checkpoint = Checkpoint { run: run.id, segment: segment.head.index, digest: segment.head.digest.clone() };
    let committing = transaction.commit(&checkpoint).instrument(tracing::trace_span!("commit"));
    let Err(error) = committing.await else { return Ok(()) };
    // A connection that broke during the commit does not tell whether it happened; the checkpoint does.
    let committed = is_committed(inner, run, &checkpoint).await;
    if matches!(committed, Ok(true)) {
        tracing::warn!(run = %run.id, %error, "the site did not answer a commit that it made");
        return Ok(());
    }
    if matches!(committed, Err(Halt::Shutdown)) {
        // The segment stays: the checkpoint will tell after the restart.
        return Err(Halt::Shutdown);
    }
    inner.store.drop_segments_from(run.id, segment.head.index).await?;
    committed.and(Err(error.into()))
}

/// Asks the site until it answers. Once nobody waits for the answer any more, no second attempt may be made.
async fn is_committed(inner: &Inner, run: &Run, checkpoint: &Checkpoint) -> Result<bool, Halt> {
    let writer = &inner.site(&run.site)?.writer;
    let found = Patience::new(inner, run)?.until_done(|| async { Ok(writer.settled_checkpoint(run.id).await?) }).await;
    match found {
        Ok(found) => Ok(found.as_ref() == Some(checkpoint)),
        Err(Halt::Shutdown) => Err(Halt::Shutdown),
        Err(Halt::Cancelled | Halt::Broken(_)) => Err(Halt::Broken(EngineError::Internal {
            operation: "learn whether the last lines were applied",
            problem: "the site broke off in the middle of a commit and did not come back. Run the tryback file: what \
                      is done already is left unchanged"
                .to_owned(),
        })),
    }
}
