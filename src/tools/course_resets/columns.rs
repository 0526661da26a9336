//! The columns of one reset file: where each stands and what it asks for. Knows no line.

use super::descriptor::DELETE_LOGS;
use crate::model::{BoundColumn, BoundHeader, FeedbackId, Problem, Reason};
use crate::site::reset::FEEDBACK_OPTION;
use crate::site::{CourseKey, ResetItem};
use crate::tools::course_lists::{Listing, key_of};
use crate::tools::options::ToolOptions;

/// What becomes of log entries that a line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logs {
    Kept,
    Deleted,
}

/// The options of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) key: CourseKey,
    pub(super) logs: Logs,
}

impl Settings {
    pub(super) fn of(options: &ToolOptions) -> Self {
        let logs = if options.flag(DELETE_LOGS) { Logs::Deleted } else { Logs::Kept };
        Self { key: key_of(options), logs }
    }
}

/// What a column asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Something of the course itself, or not.
    Core(ResetItem),
    Logs,
    Grades,
    Roles,
    LocalRoles,
    Groups,
    Groupings,
    Modules,
    Start,
    End,
    /// An option of a module, whatever its module proposes.
    Option(ResetItem),
    /// Responses to one feedback activity, whatever becomes of the others.
    Feedback(FeedbackId),
    /// Kinds of activities, by their words.
    Kinds(&'static [(&'static str, ResetItem)]),
    /// Nothing any more.
    Nothing,
}

const FORUM_TYPES: &[(&str, ResetItem)] = &[
    ("general", ResetItem::ForumGeneral),
    ("single", ResetItem::ForumSingle),
    ("eachuser", ResetItem::ForumEachUser),
    ("qanda", ResetItem::ForumQanda),
    ("blog", ResetItem::ForumBlog),
    ("news", ResetItem::ForumNews),
];

const GLOSSARY_TYPES: &[(&str, ResetItem)] =
    &[("main", ResetItem::GlossaryMain), ("secondary", ResetItem::GlossarySecondary)];

impl Meaning {
    /// What a column of the descriptor asks for, with its number where it has one; none for identifiers.
    fn of(name: &str, number: Option<u32>) -> Option<Self> {
        Some(match name {
            "shortname" | "idnumber" | "id" => return None,
            "logs" => Self::Logs,
            "grades" => Self::Grades,
            "roles" => Self::Roles,
            "local_roles" => Self::LocalRoles,
            "groups" => Self::Groups,
            "groupings" => Self::Groupings,
            "modules" => Self::Modules,
            "startdate" => Self::Start,
            "enddate" => Self::End,
            "forum_types" => Self::Kinds(FORUM_TYPES),
            "glossary_types" => Self::Kinds(GLOSSARY_TYPES),
            FEEDBACK_OPTION => Self::Feedback(FeedbackId(number?.into())),
            "assignment_submissions" | "bigbluebuttonbn_events" | "slots" | "apointments" => Self::Nothing,
            name => match ResetItem::of_module(name) {
                Some(item) => Self::Option(item),
                None => Self::Core(ResetItem::ALL.iter().copied().find(|item| item.name() == name)?),
            },
        })
    }
}

/// The columns of a file.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) course: Listing,
    pub(super) others: Vec<(BoundColumn, Meaning)>,
}

impl Columns {
    pub(super) fn of(key: CourseKey, header: &BoundHeader) -> Result<Self, Vec<Problem>> {
        let name = key.name();
        let Some(column) = header.column(name) else {
            let message = format!(
                "Column {name} is missing; it says which course is reset. Add it, or choose another one with the option \
                 identifier."
            );
            return Err(vec![Problem::error(Reason::ColumnMissing, message).at(name)]);
        };
        let meaning = |column: &BoundColumn| Meaning::of(column.spec.name, column.number);
        let others = header.columns.iter().filter_map(|column| Some((column.clone(), meaning(column)?)));
        Ok(Self { course: Listing::of(key, column.clone()), others: others.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::course_resets::descriptor::DESCRIPTOR;

    #[test]
    fn every_column_means_something_and_every_item_has_a_column() {
        let meanings: Vec<Meaning> =
            DESCRIPTOR.columns.iter().filter_map(|column| Meaning::of(column.name, Some(1))).collect();
        assert_eq!(meanings.len(), DESCRIPTOR.columns.len() - 3, "all but the identifiers");
        let by_words = [
            ResetItem::Logs,
            ResetItem::Overrides,
            ResetItem::LocalRoles,
            ResetItem::GroupMembers,
            ResetItem::Groups,
            ResetItem::GroupingMembers,
            ResetItem::Groupings,
            ResetItem::GradeItems,
            ResetItem::Grades,
            ResetItem::AssignGrades,
        ];
        for item in ResetItem::ALL {
            let asks = |meaning: &Meaning| match meaning {
                Meaning::Core(own) | Meaning::Option(own) => own == item,
                Meaning::Kinds(kinds) => kinds.iter().any(|(_, own)| own == item),
                _ => false,
            };
            assert!(by_words.contains(item) != meanings.iter().any(asks), "{item:?}");
        }
    }
}
