//! What the group members tool says about itself: its columns and options. Nothing here reads a line.

use crate::model::{
    CellKind, ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind, WordSpec,
};
use crate::site::{CourseKey, GroupKey, UserKey};
use crate::tools::leftovers::GroupPurge;

pub(super) const COURSE_IDENTIFIER: &str = "course_identifier";
pub(super) const USER_IDENTIFIER: &str = "user_identifier";
pub(super) const GROUP_IDENTIFIER: &str = "group_identifier";
pub(super) const PROTECT_GROUPS: &str = "protect_groups";

const VERBS: &[WordSpec] = &[
    WordSpec::new("add", "Puts the user into the group."),
    WordSpec::new("shift", "The same; takes the user out of all other groups of the course."),
    WordSpec::new("del", "Takes the user out of the group."),
];

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec::exact("groupid", "The group, by the identifier that the option group_identifier names.").required(),
    ColumnSpec::exact("userid", "The user, by the identifier that the option user_identifier names.").required(),
    ColumnSpec::exact(
        "courseid",
        "The course of the group, by the identifier that the option course_identifier names. Needed unless groups are \
         identified by id.",
    ),
    ColumnSpec::exact("cmd", "What to do, in any case. Empty or absent: add.")
        .of(CellKind::Words(VERBS))
        .alias(&["gcmd"]),
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
        name: USER_IDENTIFIER,
        kind: OptionKind::Choice(UserKey::WORDS),
        default: "username",
        original: "groups_useridentifier",
        help: "How the column userid identifies users.",
    },
    OptionSpec {
        name: GROUP_IDENTIFIER,
        kind: OptionKind::Choice(GroupKey::WORDS),
        default: "name",
        original: "groups_groupidentifier",
        help: "How the column groupid identifies groups.",
    },
    OptionSpec {
        name: PROTECT_GROUPS,
        kind: OptionKind::Flag,
        default: "true",
        original: "",
        help: "Marks memberships as made by the tool (component tool_sync), and removes only such ones. Memberships of \
               enrolment methods always stay.",
    },
    GroupPurge::OPTION,
];

pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::GroupMembers,
    summary: "Puts enrolled users into groups of courses, moves them between groups, and takes them out.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: COLUMNS,
    options: OPTIONS,
    default_file_names: &["groupmembers.csv", "group_members.csv", "group-members.csv"],
    sample: "cmd;courseid;groupid;userid\n\
             add;BIO1;Monday;ada.winter\n\
             shift;BIO1;Tuesday;ben.summer\n\
             del;BIO1;Monday;cleo.spring\n",
};
