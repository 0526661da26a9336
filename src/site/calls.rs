//! What only a running Moodle can do to a site, and who asks it to.
//!
//! A line asks for such a call behind its changes, and it is made once these are committed. Nothing here may know how a
//! Moodle is reached, nor files, runs or SQL.

use super::AppliedIds;
use crate::model::CourseId;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Whether a call may be made again when nobody knows whether it was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Twice is as good as once.
    Harmless,
    /// Twice is as good as once, but not while Moodle may still be at work on the first.
    Later,
    /// Twice would be once too often.
    Harmful,
}

/// What becomes of what a course holds when content is imported into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Import {
    /// It stays.
    Add,
    /// Moodle empties the course first.
    Replace,
}

/// Something that a running Moodle is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoodleCall {
    /// Imports the content of a course into another one.
    ImportCourse {
        /// The course that has the content.
        from: CourseId,
        /// The course that gets it.
        to: CourseId,
        /// What becomes of what that one holds.
        import: Import,
    },
    /// Deletes a course, which goes to Moodle's recycle bin where that is on.
    DeleteCourse {
        /// The course.
        course: CourseId,
    },
}

impl MoodleCall {
    /// Whether it may be made again when nobody knows whether it was carried out.
    pub fn repeat(self) -> Repeat {
        match self {
            Self::ImportCourse { import: Import::Add, .. } => Repeat::Harmful,
            Self::ImportCourse { import: Import::Replace, .. } | Self::DeleteCourse { .. } => Repeat::Later,
        }
    }

    /// The same with the ids that the site gave. None where what it is about was not applied.
    pub fn applied(self, ids: &AppliedIds) -> Option<Self> {
        Some(match self {
            Self::ImportCourse { from, to, import } => {
                Self::ImportCourse { from: ids.course(from)?, to: ids.course(to)?, import }
            }
            Self::DeleteCourse { course } => Self::DeleteCourse { course: ids.course(course)? },
        })
    }
}

/// Why a call was not carried out, or perhaps not. No message holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Moodle was not reached: nothing was done.
    #[error("{0}")]
    NotMade(String),
    /// Moodle answered that it does not do it, in its own words.
    #[error("{0}")]
    Refused(String),
    /// The call was made and brought no answer: nobody knows whether it is carried out.
    #[error("{0}")]
    Unanswered(String),
}

/// Asks a running Moodle.
#[async_trait]
pub trait MoodleCalls: Send + Sync {
    /// Makes a call and waits for the answer. It is made again by itself only where that is harmless.
    async fn make(&self, call: MoodleCall) -> Result<(), CallError>;
}

/// Whether a running Moodle can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RunningMoodle {
    /// No.
    #[default]
    OutOfReach,
    /// By its web services.
    Callable,
}
