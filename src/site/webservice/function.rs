//! The functions of Moodle that are called.

use crate::site::Repeat;

/// A function of Moodle's web services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Who the token belongs to, and what it may call.
    GetSiteInfo,
    /// Reads categories.
    GetCategories,
    /// Writes a category again as it is, which drops the tree of categories.
    UpdateCategories,
    /// Creates the grouping that is deleted at once.
    CreateGroupings,
    /// Deletes it, which drops the groups of its course, and the groups of all users.
    DeleteGroupings,
    /// Finds the grouping that an interrupted attempt has left.
    GetCourseGroupings,
    /// Imports the content of a course into another one.
    ImportCourse,
    /// Deletes courses.
    DeleteCourses,
}

impl Function {
    /// All that an account must be allowed to call.
    pub const ALL: [Function; 8] = [
        Self::GetSiteInfo,
        Self::GetCategories,
        Self::UpdateCategories,
        Self::CreateGroupings,
        Self::DeleteGroupings,
        Self::GetCourseGroupings,
        Self::ImportCourse,
        Self::DeleteCourses,
    ];

    /// Its name in Moodle.
    pub fn name(self) -> &'static str {
        match self {
            Self::GetSiteInfo => "core_webservice_get_site_info",
            Self::GetCategories => "core_course_get_categories",
            Self::UpdateCategories => "core_course_update_categories",
            Self::CreateGroupings => "core_group_create_groupings",
            Self::DeleteGroupings => "core_group_delete_groupings",
            Self::GetCourseGroupings => "core_group_get_course_groupings",
            Self::ImportCourse => "core_course_import_course",
            Self::DeleteCourses => "core_course_delete_courses",
        }
    }

    /// What it is needed for, in words that go on after *for*.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::GetSiteInfo => "this check",
            Self::GetCategories
            | Self::UpdateCategories
            | Self::CreateGroupings
            | Self::DeleteGroupings
            | Self::GetCourseGroupings => "refreshing caches",
            Self::ImportCourse => "the column template of courses",
            Self::DeleteCourses => "the option through=webservice of delete_courses",
        }
    }

    /// Whether it may be called again. What it is called with can make that safer, see [`crate::site::MoodleCall::repeat`].
    pub(super) fn repeat(self) -> Repeat {
        match self {
            Self::CreateGroupings | Self::ImportCourse => Repeat::Harmful,
            // Moodle passes over what is gone already.
            Self::DeleteCourses => Repeat::Later,
            Self::GetSiteInfo
            | Self::GetCategories
            | Self::UpdateCategories
            | Self::DeleteGroupings
            | Self::GetCourseGroupings => Repeat::Harmless,
        }
    }
}
