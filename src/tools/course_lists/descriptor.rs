//! What the tools for lists of courses say about themselves.

use super::listed::IDENTIFIER;
use crate::model::{ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind};
use crate::site::CourseKey;

const fn identifier(original: &'static str) -> OptionSpec {
    OptionSpec {
        name: IDENTIFIER,
        kind: OptionKind::Choice(CourseKey::WORDS),
        default: "shortname",
        original,
        help: "What the list holds: short names, idnumbers or ids of courses.",
    }
}

/// The option that says who deletes the courses.
pub(super) const THROUGH: &str = "through";

/// Who deletes the courses.
const WAY: OptionSpec = OptionSpec {
    name: THROUGH,
    kind: OptionKind::Choice(&["database", "webservice"]),
    default: "database",
    original: "",
    help: "Who deletes: database is quick and keeps nothing; webservice asks a running Moodle course by course, which takes \
           its time, also deletes activities of other modules, and keeps copies where Moodle's recycle bin is on.",
};

/// The existence check.
pub(super) static CHECK: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::CheckCourses,
    summary: "Says which courses of a list exist. Changes nothing.",
    impact: Impact::Reads,
    file: FileNeed::Required,
    layout: Layout::Positional,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: &[
        ColumnSpec::exact(IDENTIFIER, "Short name, idnumber or id of a course; see the option identifier.").required(),
        ColumnSpec::exact("description", "What it is, for people: comes back in the results."),
    ],
    options: &[identifier("courses_existfileidentifier")],
    default_file_names: &["courses.csv"],
    sample: "BIO1;Biology for first years\nMATH-101;Algebra\n",
};

/// The deletion.
pub(super) static DELETE: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::DeleteCourses,
    summary: "Deletes the courses of a list with all that is in them. Nothing is kept in Moodle's recycle bin, unless Moodle \
              itself deletes them: see the option through.",
    impact: Impact::Destroys,
    file: FileNeed::Required,
    layout: Layout::WholeLine,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: &[ColumnSpec::exact(
        IDENTIFIER,
        "Short name, idnumber or id of a course; the whole line, separators included.",
    )
    .required()],
    options: &[identifier("courses_filedeleteidentifier"), WAY],
    default_file_names: &["deletecourses.csv"],
    sample: "BIO1\nMATH-101\n",
};
