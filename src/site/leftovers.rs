//! What may be left over at the end of a run: groups, groupings and cohorts, and whether anything still needs them.

use crate::model::{CohortId, CourseId, GroupId, GroupingId};

/// A group, how many are in it, and what else refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCard {
    /// The group.
    pub id: GroupId,
    /// Its course.
    pub course: CourseId,
    /// Its name.
    pub name: String,
    /// Short name of the course.
    pub course_shortname: String,
    /// How many are in it, deleted accounts aside.
    pub members: u64,
    /// What uses it: `an access restriction`, `the enrolment method cohort`. None: it can be deleted.
    pub used_by: Option<String>,
}

/// A grouping, and what (besides the groups in it) refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupingCard {
    /// The grouping.
    pub id: GroupingId,
    /// Its course.
    pub course: CourseId,
    /// Its name.
    pub name: String,
    /// Short name of the course.
    pub course_shortname: String,
    /// What uses it: `an access restriction`, `an activity`. None: it can be deleted.
    pub used_by: Option<String>,
}

/// A cohort, and how many are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CohortCard {
    /// The cohort.
    pub id: CohortId,
    /// Its name.
    pub name: String,
    /// The component that manages it; empty for cohorts made by hand.
    pub component: String,
    /// How many are in it.
    pub members: u64,
}
