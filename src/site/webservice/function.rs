//! The functions of Moodle that are called.

/// Whether a call may be made again when nobody knows whether it was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Twice is as good as once.
    Harmless,
    /// Twice would be once too often.
    Harmful,
}

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
}

impl Function {
    /// All that an account must be allowed to call.
    pub const ALL: [Function; 6] = [
        Self::GetSiteInfo,
        Self::GetCategories,
        Self::UpdateCategories,
        Self::CreateGroupings,
        Self::DeleteGroupings,
        Self::GetCourseGroupings,
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
        }
    }

    pub(super) fn repeat(self) -> Repeat {
        match self {
            Self::CreateGroupings => Repeat::Harmful,
            // Moodle passes over groupings that are gone already.
            Self::GetSiteInfo
            | Self::GetCategories
            | Self::UpdateCategories
            | Self::DeleteGroupings
            | Self::GetCourseGroupings => Repeat::Harmless,
        }
    }
}
