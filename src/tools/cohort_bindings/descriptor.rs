//! What the cohort bindings tool says about itself: its columns and options. Nothing here reads a line.

use crate::model::{
    CellKind, ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind, WordSpec,
};
use crate::site::{CohortKey, CourseKey};

pub(super) const COHORT_IDENTIFIER: &str = "cohort_identifier";
pub(super) const COURSE_IDENTIFIER: &str = "course_identifier";
pub(super) const ROLE_IDENTIFIER: &str = "role_identifier";

const VERBS: &[WordSpec] = &[
    WordSpec::new("add", "Binds the cohort to the course, or brings the binding to its role and dates."),
    WordSpec::new("del", "Disables the binding."),
    WordSpec::new("restore", "Enables a disabled binding."),
    WordSpec::new("fulldel", "Deletes the binding with all enrolments by it."),
];

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec::exact("cohort", "The cohort, by the identifier that the option cohort_identifier names.").required(),
    ColumnSpec::exact("course", "The course, by the identifier that the option course_identifier names.").required(),
    ColumnSpec::exact(
        "cmd",
        "What to do, in any case. Empty or absent: add.",
    )
    .of(CellKind::Words(VERBS)),
    ColumnSpec::exact(
        "role",
        "The role that members get, by the identifier that the option role_identifier names; * for all roles, not with \
         add. Empty or absent: student.",
    ),
    ColumnSpec::exact(
        "enrol",
        "The enrolment method: cohort, or delayedcohort or cohortrestricted where they are installed. Empty or absent: \
         cohort.",
    ),
    ColumnSpec::exact(
        "enrolstart",
        "When the method begins to be in use: 2026-09-01, 2026-09-01 08:00:00, RFC 3339 or Unix seconds; 0 for no limit. \
         Empty: no limit for a new binding, unchanged for an existing one.",
    )
    .of(CellKind::Time),
    ColumnSpec::exact("enrolend", "When the method ends to be in use, written like enrolstart.")
        .of(CellKind::Time),
    ColumnSpec::exact(
        "makegroup",
        "1 puts the members into a group of the course named after the cohort, which is created where it is missing.",
    )
    .of(CellKind::Switch),
];

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: COHORT_IDENTIFIER,
        kind: OptionKind::Choice(CohortKey::WORDS),
        default: "idnumber",
        original: "cohorts_cohortidentifier",
        help: "How the column cohort identifies cohorts.",
    },
    OptionSpec {
        name: COURSE_IDENTIFIER,
        kind: OptionKind::Choice(CourseKey::WORDS),
        default: "shortname",
        original: "cohorts_courseidentifier",
        help: "How the column course identifies courses.",
    },
    OptionSpec {
        name: ROLE_IDENTIFIER,
        kind: OptionKind::Choice(&["id", "shortname"]),
        default: "shortname",
        original: "cohorts_roleidentifier",
        help: "How the column role identifies roles.",
    },
];

pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::CohortBindings,
    summary: "Binds cohorts to courses, so that their members are enrolled; disables, restores and deletes bindings.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: COLUMNS,
    options: OPTIONS,
    default_file_names: &["cohortscourses.csv", "cohort_bindings.csv", "cohort-bindings.csv"],
    sample: "cmd;cohort;course;role;makegroup\n\
             add;L1-26;BIO1;student;1\n\
             del;L1-25;BIO1;*;\n\
             restore;L1-25;BIO1;student;\n\
             fulldel;L1-24;BIO1;*;\n",
};
