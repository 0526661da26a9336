//! Enrolment methods of courses: their status, what they follow, and what a new one is made of.

use crate::model::{CohortId, CourseId, EnrolId, GroupId, RoleId};
use serde::{Deserialize, Serialize};

/// Whether an enrolment, or an enrolment method, is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnrolStatus {
    /// 0 in Moodle's tables.
    Active,
    /// 1 in Moodle's tables: a suspended enrolment, a disabled method.
    Suspended,
}

impl EnrolStatus {
    /// Moodle's number.
    pub fn number(self) -> i64 {
        match self {
            Self::Active => 0,
            Self::Suspended => 1,
        }
    }

    /// From Moodle's number.
    pub fn from_number(number: i64) -> Self {
        if number == 0 { Self::Active } else { Self::Suspended }
    }
}

/// Whose participants an enrolment method takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The members of a cohort.
    Cohort(CohortId),
    /// The participants of another course.
    Course(CourseId),
}

impl Source {
    /// The plug-in that follows other courses.
    pub const META: &'static str = "meta";
    /// Plug-ins that follow cohorts: Moodle's own and two that are built like it.
    pub const OF_COHORTS: [&'static str; 3] = ["cohort", "delayedcohort", "cohortrestricted"];

    /// What a method follows, by its plug-in and its `customint1`.
    pub fn of(method: &str, id: i64) -> Option<Self> {
        match method {
            Self::META => Some(Self::Course(CourseId(id))),
            cohorts if Self::OF_COHORTS.contains(&cohorts) => Some(Self::Cohort(CohortId(id))),
            _ => None,
        }
    }
}

/// What may change of an enrolment method that follows something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MethodTerms {
    /// `enrolstartdate`, Unix seconds; 0 for no limit.
    pub opens: i64,
    /// `enrolenddate`, Unix seconds; 0 for never.
    pub closes: i64,
    /// The group that its users join.
    pub group: Option<GroupId>,
}

/// An enrolment method of a course, to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInstance {
    /// Its planned id.
    pub id: EnrolId,
    /// The course.
    pub course: CourseId,
    /// The plug-in: `manual`, `self`, `guest`.
    pub method: String,
    /// Enabled or disabled.
    pub status: EnrolStatus,
    /// The role it gives.
    pub role: Option<RoleId>,
    /// `enrolperiod`, seconds.
    pub enrol_period: i64,
    /// `expirynotify`.
    pub expiry_notify: i64,
    /// `expirythreshold`, seconds.
    pub expiry_threshold: i64,
    /// `password`; guest access stores an empty one, others none.
    pub password: Option<String>,
    /// `customint1` to `customint6`, where the method has them.
    pub custom_ints: [Option<i64>; 6],
    /// Whose participants it takes over; goes before `customint1`.
    pub source: Option<Source>,
    /// Its dates, and its group, which goes before `customint2`.
    pub terms: MethodTerms,
}
