//! What the cohorts tool says about itself: its columns and options. Nothing here reads a line.

use crate::model::{
    CellKind, ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind, WordSpec,
};
use crate::site::{CohortKey, UserKey};

pub(super) const COHORT_IDENTIFIER: &str = "cohort_identifier";
pub(super) const USER_IDENTIFIER: &str = "user_identifier";
pub(super) const AUTOCREATE: &str = "autocreate";
pub(super) const DELETE_EMPTIED: &str = "delete_emptied";

const VERBS: &[WordSpec] = &[
    WordSpec::new("add", "Creates or updates the cohort; with a user, adds the user."),
    WordSpec::new("del", "Takes the user out of the cohort. Without a user: deletes the cohort."),
    WordSpec::new("free", "Removes all members of the cohort."),
];

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec::exact("cmd", "What to do, in any case. Empty or absent: add.").of(CellKind::Words(VERBS)),
    ColumnSpec::exact(
        "cid",
        "The cohort by its id, with the option cohort_identifier=id. Where the column of another identifier is absent, \
         it stands for that column.",
    ),
    ColumnSpec::exact(
        "cidnumber",
        "Idnumber of the cohort; what identifies it unless cohort_identifier says otherwise.",
    ),
    ColumnSpec::exact("cname", "Name of the cohort. Empty for a new one: its idnumber."),
    ColumnSpec::exact("cdescription", "Description of the cohort."),
    ColumnSpec::exact("cvisible", "1 for a cohort that Moodle shows, 0 for a hidden one. Empty for a new one: 1.")
        .of(CellKind::Switch),
    ColumnSpec::exact(
        "ccatcontext",
        "Id of the course category in whose context the cohort stands; 0 for the whole site. Empty for a new cohort: \
         the whole site.",
    )
    .of(CellKind::Number),
    ColumnSpec::exact("ccatcontextidnumber", "Idnumber of that category; looked at where ccatcontext is empty."),
    ColumnSpec::exact(
        "component",
        "Plug-in that manages a new cohort, which makes it read-only in Moodle's pages. Existing ones keep theirs.",
    ),
    ColumnSpec::exact("userid", "A user who joins or leaves, by the identifier that the option user_identifier names."),
];

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: COHORT_IDENTIFIER,
        kind: OptionKind::Choice(CohortKey::WORDS),
        default: "idnumber",
        original: "cohorts_cohortidentifier",
        help: "What identifies cohorts: the column cid, cidnumber or cname.",
    },
    OptionSpec {
        name: USER_IDENTIFIER,
        kind: OptionKind::Choice(UserKey::WORDS),
        default: "username",
        original: "cohorts_useridentifier",
        help: "How the column userid identifies users.",
    },
    OptionSpec {
        name: AUTOCREATE,
        kind: OptionKind::Flag,
        default: "true",
        original: "cohorts_autocreate",
        help: "Creates cohorts that do not exist; never by their id.",
    },
    OptionSpec {
        name: DELETE_EMPTIED,
        kind: OptionKind::Flag,
        default: "false",
        original: "cohorts_syncdelete",
        help: "Deletes, at the end of the run, cohorts whose last member it took out. Cohorts that it created stay, and \
               those that a component of Moodle manages.",
    },
];

pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::Cohorts,
    summary: "Creates, updates, empties and deletes cohorts, and lets users join and leave them.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: COLUMNS,
    options: OPTIONS,
    default_file_names: &["cohorts.csv"],
    sample: "cmd;cidnumber;cname;cdescription;userid\n\
             add;L1-26;First year 2026;Everybody who began in 2026;ada.winter\n\
             add;L1-26;;;ben.summer\n\
             del;L1-25;;;cleo.spring\n\
             free;L1-24;;;\n",
};
