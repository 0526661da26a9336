//! The clean-up of empty groups in the courses that a run touched.

use super::Inner;
use super::commit::store_and_commit;
use super::error::EngineError;
use super::patience::{Halt, Patience};
use super::touched::Touched;
use crate::model::{CourseId, Problem, Reason, Run, RunMode};
use crate::site::{AppliedIds, Change};
use crate::store::SegmentRow;
use std::collections::BTreeSet;

/// What is to be deleted, and what there is to tell about it.
#[derive(Debug, Default)]
pub(super) struct Cleanup {
    pub(super) problems: Vec<Problem>,
    changes: Vec<Change>,
}

/// Finds the empty groups. A dry run only tells them, as they are before the run: it deletes nothing, and cannot know
/// which groups the run would leave empty.
pub(super) async fn plan(inner: &Inner, run: &Run, courses: &BTreeSet<CourseId>) -> Result<Cleanup, Halt> {
    if courses.is_empty() {
        return Ok(Cleanup::default());
    }
    let mut cleanup = Cleanup::default();
    let reader = &inner.site(&run.site)?.reader;
    let empty = Patience::new(inner, run)?.until_done(|| async { Ok(reader.empty_groups(courses).await?) }).await?;
    for group in empty {
        let place = format!("Group {:?} of course {:?} has no members", group.name, group.course_shortname);
        cleanup.problems.push(match (&group.used_by, run.mode) {
            (Some(user), _) => {
                Problem::warning(Reason::EmptyGroupInUse, format!("{place} and was kept: {user} uses it."))
            }
            (None, RunMode::Apply) => Problem::notice(Reason::EmptyGroupDeleted, format!("{place} and was deleted.")),
            (None, RunMode::DryRun) => {
                let message = format!("{place} and would be deleted, unless this file puts somebody into it.");
                Problem::notice(Reason::EmptyGroupDeleted, message)
            }
        });
        if group.used_by.is_none() && run.mode == RunMode::Apply {
            cleanup.changes.push(Change::DeleteGroup { group: group.id, course: group.course });
        }
    }
    Ok(cleanup)
}

impl Cleanup {
    /// A clean-up that cannot be done, with a word about it. Only for the end of the service the run stays unfinished.
    pub(super) fn given_up(halt: Halt) -> Result<Self, EngineError> {
        let why = match halt {
            Halt::Cancelled => "the run was cancelled".to_owned(),
            Halt::Broken(EngineError::Site(error)) => error.to_string(),
            Halt::Broken(error) => return Err(error),
            Halt::Shutdown => return Err(EngineError::ShuttingDown),
        };
        let message = format!("The empty groups were not deleted: {why}. Run the file again to delete them.");
        Ok(Self { problems: vec![Problem::warning(Reason::SiteRefused, message)], changes: Vec::new() })
    }

    /// Whether nothing is to be deleted.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// What deleting them touches.
    pub(super) fn touched(&self) -> Touched {
        Touched::by(&self.changes.iter().collect::<Vec<_>>(), &AppliedIds::default())
    }

    /// Journals `segment`, and deletes the groups in the transaction whose checkpoint names it.
    pub(super) async fn perform(self, inner: &Inner, run: &Run, segment: SegmentRow) -> Result<(), Halt> {
        let attempt = || async {
            if self.changes.is_empty() {
                return store_and_commit(inner, run, &segment, None).await;
            }
            let site = inner.site(&run.site)?;
            let facts = site.reader.facts().await?;
            let mut transaction = site.writer.begin().await?;
            let changes: Vec<&Change> = self.changes.iter().collect();
            transaction.apply(&changes, &facts, inner.clock.now().timestamp()).await?;
            store_and_commit(inner, run, &segment, Some(transaction)).await
        };
        Patience::new(inner, run)?.until_done(attempt).await
    }
}
