//! What the chunks of a run touched that matters after its last line. The heads of the journal carry it, so that it is
//! known after a kill as well.

use super::Inner;
use super::error::EngineError;
use crate::model::{CourseId, RunId};
use crate::site::{AppliedIds, Change, StaleCaches};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What was touched.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Touched {
    /// Courses whose participants changed, for the clean-up of empty groups.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) courses: BTreeSet<CourseId>,
    /// What a running Moodle may still remember.
    #[serde(default, skip_serializing_if = "StaleCaches::is_empty")]
    pub(super) stale: StaleCaches,
}

impl Touched {
    /// What applied changes touched. `ids` are those that the site gave.
    pub(super) fn by(changes: &[&Change], ids: &AppliedIds) -> Self {
        let mut touched = Self::default();
        for change in changes {
            touched.courses.extend(change.course().and_then(|course| ids.course(course)));
            touched.stale.note(change, ids);
        }
        touched
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.courses.extend(other.courses);
        self.stale.merge(other.stale);
    }

    /// As a head of the journal carries it.
    pub(super) fn to_text(&self) -> Result<String, EngineError> {
        let broken = |error: serde_json::Error| EngineError::Internal {
            operation: "encode the journal",
            problem: error.to_string(),
        };
        serde_json::to_string(self).map_err(broken)
    }

    /// All that the journalled chunks of a run touched.
    pub(super) async fn of_run(inner: &Inner, run: RunId) -> Result<Self, EngineError> {
        let mut all = Self::default();
        for head in inner.store.segment_heads(run).await? {
            let damaged = |error: serde_json::Error| EngineError::Journal {
                run,
                segment: head.index,
                problem: error.to_string(),
            };
            all.merge(serde_json::from_str(&head.touched).map_err(damaged)?);
        }
        Ok(all)
    }
}
