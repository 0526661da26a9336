//! What the metacourses tool says about itself: its columns and options. Nothing here reads a line.

use crate::model::{
    CellKind, ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind, WordSpec,
};
use crate::site::CourseKey;

pub(super) const IDENTIFIER: &str = "identifier";

const VERBS: &[WordSpec] = &[
    WordSpec::new("add", "Links the courses, or brings a disabled link back."),
    WordSpec::new("del", "Disables the link."),
];

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec::exact(
        "master",
        "The course whose participants are taken over, by the identifier that the option names.",
    )
    .required()
    .alias(&["course"]),
    ColumnSpec::exact("meta", "The course that takes them over, by the same identifier.").required(),
    ColumnSpec::exact("cmd", "What to do, in any case. Empty or absent: add.").of(CellKind::Words(VERBS)),
];

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: IDENTIFIER,
    kind: OptionKind::Choice(CourseKey::WORDS),
    default: "shortname",
    original: "courses_filemetabindingidentifier",
    help: "How the columns master and meta identify courses.",
}];

pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::Metacourses,
    summary: "Links courses, so that the participants of one take part in the other; disables and restores links.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: true,
    exact_cell_count: true,
    columns: COLUMNS,
    options: OPTIONS,
    default_file_names: &["metacourses.csv"],
    sample: "cmd;master;meta\n\
             add;BIO1;BIO-ALL\n\
             add;CHEM1;BIO-ALL\n\
             del;GEO1;BIO-ALL\n",
};
