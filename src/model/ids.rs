//! Identifiers. Moodle's are numbers given by its database; ours are UUIDs.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! moodle_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// True for an entity that is planned and has no row yet: planned ids are negative.
            pub fn is_planned(self) -> bool {
                self.0 < 0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

moodle_id! {
    /// A row of `user`.
    UserId,
    /// A row of `course`.
    CourseId,
    /// A row of `course_categories`; 0 is the root above all categories.
    CategoryId,
    /// A row of `context`.
    ContextId,
    /// A row of `role`.
    RoleId,
    /// A row of `enrol`: one enrolment method in one course.
    EnrolId,
    /// A row of `groups`.
    GroupId,
    /// A row of `groupings`.
    GroupingId,
    /// A row of `cohort`.
    CohortId,
    /// A row of `user_info_field`.
    ProfileFieldId,
    /// A row of `feedback`: one feedback activity. Not the id of its course module.
    FeedbackId,
}

macro_rules! own_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier; later ones sort after earlier ones (UUID version 7).
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

own_id! {
    /// A run of a tool.
    RunId,
    /// Runs that were asked for together.
    SeriesId,
    /// A schedule.
    ScheduleId,
    /// One revision of a stored file.
    FileId,
}

/// The short name of a configured Moodle site, `default` unless configured.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteKey(pub String);

impl fmt::Display for SiteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who asked for something. `local` as long as calls are not authenticated.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Caller(pub String);

impl Caller {
    /// The caller of every request that comes without credentials over the loopback interface.
    pub fn local() -> Self {
        Self("local".to_owned())
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A name that a client gives to a request, so that repeating it does nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub String);
