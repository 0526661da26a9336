//! What results of lines name, and changes refer to, while it may only be planned.

use crate::model::{CategoryId, CohortId, CourseId, EnrolId, GroupId, GroupingId, UserId};

/// An entity that other changes may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An account.
    User(UserId),
    /// A course.
    Course(CourseId),
    /// A cohort.
    Cohort(CohortId),
    /// A group.
    Group(GroupId),
    /// A grouping.
    Grouping(GroupingId),
    /// An enrolment method.
    Method(EnrolId),
    /// A course category.
    Category(CategoryId),
}

impl Subject {
    /// Its id in Moodle, negative while planned.
    pub fn id(self) -> i64 {
        match self {
            Self::User(id) => id.0,
            Self::Course(id) => id.0,
            Self::Cohort(id) => id.0,
            Self::Group(id) => id.0,
            Self::Grouping(id) => id.0,
            Self::Method(id) => id.0,
            Self::Category(id) => id.0,
        }
    }
}
