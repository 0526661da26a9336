//! What the chunks of a run touched that matters after its last line. The heads of the journal carry it, so that it is
//! known after a kill as well.

use super::Inner;
use super::cleanup::{NewGroups, Orders};
use super::error::EngineError;
use crate::model::{CohortId, CourseId, GroupId, GroupingId, RunId};
use crate::site::{AppliedIds, Change, StaleCaches, Subject};
use crate::tools::LinePlan;
use crate::tools::leftovers::{EmptiedCohorts, GroupPurge};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What was created that a clean-up may have to spare.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Created {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) groups: BTreeSet<GroupId>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) groupings: BTreeSet<GroupingId>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) cohorts: BTreeSet<CohortId>,
}

impl Created {
    fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.groupings.is_empty() && self.cohorts.is_empty()
    }

    fn note(&mut self, change: &Change, ids: &AppliedIds) {
        let id = |subject: Subject| ids.settled(subject);
        match change {
            Change::CreateGroup { id: group, .. } => _ = self.groups.insert(GroupId(id(Subject::Group(*group)))),
            Change::CreateGrouping { id: grouping, .. } => {
                self.groupings.insert(GroupingId(id(Subject::Grouping(*grouping))));
            }
            Change::CopyTemplate(copy) => {
                self.groups.extend(copy.groups.iter().map(|(_, group)| GroupId(id(Subject::Group(*group)))));
                let groupings = copy.groupings.iter();
                self.groupings.extend(groupings.map(|(_, grouping)| GroupingId(id(Subject::Grouping(*grouping)))));
            }
            Change::CreateCohort { id: cohort, .. } => _ = self.cohorts.insert(CohortId(id(Subject::Cohort(*cohort)))),
            _ => {}
        }
    }

    fn merge(&mut self, other: Self) {
        self.groups.extend(other.groups);
        self.groupings.extend(other.groupings);
        self.cohorts.extend(other.cohorts);
    }
}

/// What was touched.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Touched {
    /// Courses whose participants or groups the lines were about, where the clean-up of empty groups asks for them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) courses: BTreeSet<CourseId>,
    /// What a running Moodle may still remember.
    #[serde(default, skip_serializing_if = "StaleCaches::is_empty")]
    pub(super) stale: StaleCaches,
    /// What was created, as far as the clean-up asks for it.
    #[serde(default, skip_serializing_if = "Created::is_empty")]
    pub(super) created: Created,
    /// Cohorts that somebody left, where the clean-up asks for them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) left: BTreeSet<CohortId>,
}

impl Touched {
    /// What planned lines touch. `ids` are those that the site gave.
    pub(super) fn by_plans(plans: &[LinePlan], ids: &AppliedIds) -> Self {
        let mut touched = Self::by(plans.iter().flat_map(|plan| &plan.changes), ids);
        touched.courses.extend(plans.iter().flat_map(|plan| &plan.courses).filter_map(|course| ids.course(*course)));
        touched
    }

    /// What applied changes touched.
    pub(super) fn by<'c>(changes: impl IntoIterator<Item = &'c Change>, ids: &AppliedIds) -> Self {
        let mut touched = Self::default();
        for change in changes {
            touched.courses.extend(change.course().map(|course| CourseId(ids.settled(Subject::Course(course)))));
            touched.stale.note(change, ids);
            touched.created.note(change, ids);
            if let Change::RemoveCohortMember { cohort, .. } | Change::EmptyCohort { id: cohort } = change {
                touched.left.insert(CohortId(ids.settled(Subject::Cohort(*cohort))));
            }
        }
        touched
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.courses.extend(other.courses);
        self.stale.merge(other.stale);
        self.created.merge(other.created);
        self.left.extend(other.left);
    }

    /// Only what a clean-up by these orders asks for, so that journals stay small.
    pub(super) fn restricted_to(mut self, orders: Orders) -> Self {
        if orders.groups == GroupPurge::None {
            self.courses = BTreeSet::new();
        }
        if orders.groups == GroupPurge::None || orders.new_groups == NewGroups::Go {
            (self.created.groups, self.created.groupings) = (BTreeSet::new(), BTreeSet::new());
        }
        if orders.cohorts == EmptiedCohorts::Keep {
            (self.created.cohorts, self.left) = (BTreeSet::new(), BTreeSet::new());
        }
        self
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
