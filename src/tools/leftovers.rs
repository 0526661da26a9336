//! What a tool has the end of its runs remove: what the lines of a file leave empty.

use super::options::ToolOptions;
use crate::model::{OptionKind, OptionSpec};

/// Which of the groups and groupings that are empty at the end of a run are removed, in the courses that it touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum GroupPurge {
    /// None.
    #[default]
    None,
    /// Groups without members.
    Groups,
    /// Groups without members, and then groupings in which no group is left.
    GroupsAndGroupings,
}

impl GroupPurge {
    /// The option of tools for groups.
    pub const OPTION: OptionSpec = OptionSpec {
        name: "purge_empty_groups",
        kind: OptionKind::Choice(&["none", "groups", "groups_and_groupings", "0", "1", "2"]),
        default: "none",
        original: "groups_purgeemptygroups",
        help: "What is deleted at the end of the run, in the courses that it touched: groups without members, or those \
               and then groupings in which no group is left. What is still in use is kept. 0, 1 and 2 are the numbers of \
               the original.",
    };

    /// What the option says.
    pub fn of(options: &ToolOptions) -> Self {
        match options.text(Self::OPTION.name) {
            "groups" | "1" => Self::Groups,
            "groups_and_groupings" | "2" => Self::GroupsAndGroupings,
            _ => Self::None,
        }
    }
}

/// What becomes of cohorts whose last member a run takes out. Those that the run itself created always stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptiedCohorts {
    /// They stay, empty.
    #[default]
    Keep,
    /// They are deleted.
    Delete,
}

/// What the end of a run removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leftovers {
    /// Empty groups and groupings.
    pub groups: GroupPurge,
    /// Emptied cohorts.
    pub cohorts: EmptiedCohorts,
}
