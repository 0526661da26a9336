//! What the tool for empty categories says about itself.

use crate::model::{ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind};

pub(super) const ID: &str = "id";
pub(super) const START: &str = "start";
pub(super) const IGNORE_EMPTY: &str = "ignore_empty_subcategories";
pub(super) const FORCE: &str = "force";
pub(super) const ALLOW_REQUESTS: &str = "allow_request_category";

/// The tool.
pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::CleanCategories,
    summary: "Deletes course categories that hold nothing: those of a list, or without a file all that are empty. \
              A dry run shows them.",
    impact: Impact::Destroys,
    file: FileNeed::Optional,
    layout: Layout::Positional,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: &[
        ColumnSpec::exact(ID, "Moodle's id of the category; categories below it come first.").required(),
        ColumnSpec::exact("path", "Its names from the top, for people."),
    ],
    options: OPTIONS,
    default_file_names: &[],
    sample: "14;Sciences/Maths\n9;Sciences\n",
};

const fn flag(name: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec { name, kind: OptionKind::Flag, default: "false", original: "", help }
}

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: START,
        kind: OptionKind::Text,
        default: "0",
        original: "",
        help: "Without a file: id of the category at which to begin, itself included; 0 for all.",
    },
    flag(
        IGNORE_EMPTY,
        "Without a file: also categories that hold other categories, if there is no course in any of them.",
    ),
    flag(FORCE, "Also deletes categories with cohorts, questions, content bank items or role assignments."),
    flag(ALLOW_REQUESTS, "Also deletes the category to which requested courses go; the first one takes its place."),
];
