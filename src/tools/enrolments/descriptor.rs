//! What the enrolment tool says about itself: its columns and options. Nothing here reads a line.

use crate::model::{
    CellKind, Clearing, ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind,
    WordSpec,
};
use crate::site::{CourseKey, UserKey};

pub(super) const COURSE_IDENTIFIER: &str = "course_identifier";
pub(super) const USER_IDENTIFIER: &str = "user_identifier";
pub(super) const DEFAULT_CMD: &str = "default_cmd";
pub(super) const PROTECT_GROUPS: &str = "protect_groups";
pub(super) const ENROL_ON_DISABLED: &str = "enrol_on_disabled";

const VERBS: &[WordSpec] = &[
    WordSpec::new(
        "add",
        "Enrols by the method of the line, or brings the enrolment to its dates and to active, and gives the role. \
         Without a method: gives the role.",
    ),
    WordSpec::new(
        "del",
        "Ends the enrolment by that method; with the last one go the roles and groups in the course. Without a method: \
         takes the role away, or all roles where none is named. Only roles that were given by hand.",
    ),
    WordSpec::new("delete", "The same as del."),
    WordSpec::new(
        "shift",
        "As add, and takes all other roles in the course away that were given by hand or by that method.",
    ),
    WordSpec::new(
        "enable",
        "Makes a suspended enrolment active. Without a method: all enrolments of the user in the course.",
    ),
    WordSpec::new("disable", "Suspends an enrolment. Without a method: all enrolments of the user in the course."),
];

const GROUP_VERBS: &[WordSpec] = &[
    WordSpec::new("gadd", "Puts the user into the groups. A group that is missing is told."),
    WordSpec::new("gaddcreate", "The same; creates groups that are missing."),
    WordSpec::new(
        "greplace",
        "Takes the user out of all other groups of the course, then as gadd. Without a named group: out of all.",
    ),
    WordSpec::new("greplacecreate", "The same; creates groups that are missing."),
    WordSpec::new("gdel", "Takes the user out of the groups."),
];

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec::exact(
        "rolename",
        "Short name of a role. Needed by add and shift; with del and without a method, empty means all roles.",
    )
    .required(),
    ColumnSpec::exact("cid", "The course, by the identifier that the option course_identifier names.").required(),
    ColumnSpec::exact("uid", "The user, by the identifier that the option user_identifier names.").required(),
    ColumnSpec::exact("cmd", "What to do with the user in the course. Empty or absent: the option default_cmd.")
        .of(CellKind::Words(VERBS)),
    ColumnSpec::exact(
        "enrol",
        "The enrolment method: manual, self, … Empty: manual. Without this column roles are assigned without enrolling.",
    ),
    ColumnSpec::exact(
        "starttime",
        "When the enrolment begins: 2026-09-01, 2026-09-01 08:00:00, RFC 3339 or Unix seconds; 0 for no limit. \
         Empty: now for a new enrolment, unchanged for an existing one.",
    )
    .of(CellKind::Time)
    .cleared_by(Clearing::Marker),
    ColumnSpec::exact(
        "endtime",
        "When the enrolment ends, written like starttime; 0 for never. Empty: never for a new enrolment, unchanged \
         for an existing one.",
    )
    .of(CellKind::Time)
    .cleared_by(Clearing::Marker),
    ColumnSpec::exact("gcmd", "What to do with the groups of the line, after the command. Empty: nothing.")
        .of(CellKind::Words(GROUP_VERBS)),
    ColumnSpec::numbered("g", 1, 999, "", "Name of a group in the course."),
    ColumnSpec::exact(
        "suspend",
        "1 for a suspended enrolment, 0 for an active one; with add and shift. Empty: add makes it active, shift \
         leaves it.",
    )
    .of(CellKind::Switch),
    ColumnSpec::exact("hidden", "Hidden role assignments of Moodle 1.9; today's Moodle has none.").ignored(),
];

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: COURSE_IDENTIFIER,
        kind: OptionKind::Choice(CourseKey::WORDS),
        default: "shortname",
        original: "enrols_courseidentifier",
        help: "How the column cid identifies courses.",
    },
    OptionSpec {
        name: USER_IDENTIFIER,
        kind: OptionKind::Choice(UserKey::WORDS),
        default: "username",
        original: "enrols_useridentifier",
        help: "How the column uid identifies users.",
    },
    OptionSpec {
        name: DEFAULT_CMD,
        kind: OptionKind::Choice(&["add", "del", "delete", "shift", "enable", "disable"]),
        default: "add",
        original: "enrols_defaultcmd",
        help: "The command of lines that give none.",
    },
    OptionSpec {
        name: PROTECT_GROUPS,
        kind: OptionKind::Flag,
        default: "false",
        original: "enrols_protectgroups",
        help: "Marks group memberships as made by the tool (component tool_sync), and removes only such ones.",
    },
    OptionSpec {
        name: ENROL_ON_DISABLED,
        kind: OptionKind::Flag,
        default: "false",
        original: "enrols_enableenrolondisabled",
        help: "Uses a method that is disabled in the course when no enabled one is there.",
    },
];

pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::Enrolments,
    summary: "Enrols users in courses, gives and takes roles, suspends and reactivates, and keeps group memberships.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: COLUMNS,
    options: OPTIONS,
    default_file_names: &["enrols.csv", "enrolments.csv"],
    sample: "cmd;cid;uid;rolename;enrol;starttime;endtime;gcmd;g1;g2\n\
             add;BIO1;ada.winter;student;manual;2026-09-01;2027-06-30 23:59:59;gaddcreate;TD1;TP3\n\
             shift;BIO1;ben.summer;teacher;manual;;;greplace;TD1;\n\
             del;BIO1;cleo.spring;;manual;;;;;\n",
};
