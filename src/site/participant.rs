//! What a user has in a course, and above courses: whose it is, where, and what stays when some of it goes.

use crate::model::CategoryId;
use serde::{Deserialize, Serialize};

/// Who owns a role assignment or a group membership, in Moodle's words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Owner {
    /// Empty for rows made by hand; `enrol_cohort`, `tool_sync`, …
    pub component: String,
    /// The enrolment instance for `enrol_…` components, otherwise 0.
    pub item: i64,
}

impl Owner {
    /// Rows that belong to nobody: made by hand, or by a method that does not protect its roles.
    pub fn manual() -> Self {
        Self::default()
    }

    /// Rows of a component without an item.
    pub fn component(name: &str) -> Self {
        Self { component: name.to_owned(), item: 0 }
    }
}

/// Whether a user keeps other enrolments in the course when one is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remaining {
    /// There are others: roles and groups made by hand stay.
    Others,
    /// It was the last: Moodle also removes roles, groups, grades and marks of the user in the course.
    None,
}

/// Where somebody may have a role above courses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RolePlace {
    /// The whole site.
    Site,
    /// A course category with all that is below it.
    Category(CategoryId),
}

impl RolePlace {
    /// `contextlevel` of the whole site.
    pub const SITE_LEVEL: i64 = 10;
    /// `contextlevel` of a category.
    pub const CATEGORY_LEVEL: i64 = 40;
}
