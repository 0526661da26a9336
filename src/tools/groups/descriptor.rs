//! What the groups tool says about itself: its columns and options. Nothing here reads a line.

use crate::model::{ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind};
use crate::site::{CourseKey, GroupKey};
use crate::tools::leftovers::GroupPurge;

pub(super) const COURSE_IDENTIFIER: &str = "course_identifier";
pub(super) const GROUP_IDENTIFIER: &str = "group_identifier";
pub(super) const GROUPING_IDENTIFIER: &str = "grouping_identifier";
pub(super) const AUTOGROUPING: &str = "autogrouping";

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec::exact("courseid", "The course, by the identifier that the option course_identifier names.").required(),
    ColumnSpec::exact("name", "Name of the group or grouping. Needed to create one; empty keeps a stored name.")
        .required(),
    ColumnSpec::exact("type", "group or grouping, in any case. Empty or absent: group."),
    ColumnSpec::exact("idnumber", "Idnumber of the group or grouping, unique in the course."),
    ColumnSpec::exact("description", "Its description."),
    ColumnSpec::exact(
        "updateid",
        "Identifier of a group or grouping to update. Empty or absent: the line finds it by idnumber or name, leaves it \
         as it is, and creates it where it is missing.",
    ),
    ColumnSpec::exact(
        "selfgrouping",
        "Anything but 0 puts a group into a grouping of the same name, which is created where it is missing. Empty or \
         absent: the option autogrouping.",
    ),
    ColumnSpec::exact(
        "grouping",
        "Idnumber of a grouping of the course to put a group into. It goes before selfgrouping.",
    ),
];

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: COURSE_IDENTIFIER,
        kind: OptionKind::Choice(CourseKey::WORDS),
        default: "shortname",
        original: "groups_courseidentifier",
        help: "How the column courseid identifies courses.",
    },
    OptionSpec {
        name: GROUP_IDENTIFIER,
        kind: OptionKind::Choice(GroupKey::WORDS),
        default: "name",
        original: "groups_groupidentifier",
        help: "How the column updateid identifies groups.",
    },
    OptionSpec {
        name: GROUPING_IDENTIFIER,
        kind: OptionKind::Choice(GroupKey::WORDS),
        default: "name",
        original: "groups_groupingidentifier",
        help: "How the column updateid identifies groupings.",
    },
    OptionSpec {
        name: AUTOGROUPING,
        kind: OptionKind::Flag,
        default: "false",
        original: "groups_autogrouping",
        help: "Puts every group of the file into a grouping of the same name, unless the line says otherwise.",
    },
    GroupPurge::OPTION,
];

pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::Groups,
    summary: "Creates and updates groups and groupings of courses, and puts groups into groupings.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: COLUMNS,
    options: OPTIONS,
    default_file_names: &["groups.csv"],
    sample: "type;courseid;name;idnumber;description;selfgrouping;grouping\n\
             grouping;BIO1;Lab days;LAB;Days in the laboratory;;\n\
             group;BIO1;Monday;MON;Laboratory on Mondays;0;LAB\n\
             group;BIO1;Tuesday;TUE;Laboratory on Tuesdays;1;\n",
};
