//! What the reset tool says about itself: its columns and options. Nothing here reads a line.

use crate::model::{
    CellKind, Clearing, ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind,
    WordSpec,
};
use crate::site::reset::FEEDBACK_OPTION;
use crate::site::{CourseKey, ResetItem};
use crate::tools::course_lists::IDENTIFIER;

/// Whether log entries go as well.
pub(super) const DELETE_LOGS: &str = "delete_logs";

const NO: WordSpec = WordSpec::new("no", "Nothing.");

const LOCAL_ROLES: &[WordSpec] = &[
    WordSpec::new("all", "Both of them."),
    WordSpec::new("roles", "Roles that somebody has in an activity or a block."),
    WordSpec::new("overrides", "Permissions that differ in the course and below it."),
    NO,
];

const GRADES: &[WordSpec] = &[
    WordSpec::new("all", "Items, and the grades of assignments whose submissions go as well."),
    WordSpec::new(
        "items",
        "Grade items, categories, scales and outcomes that people have made, and all grades that no activity gives again.",
    ),
    WordSpec::new("grades", "All grades that no activity gives again."),
    NO,
];

const GROUPS: &[WordSpec] = &[
    WordSpec::new("all", "The groups, and who is in them."),
    WordSpec::new("groups", "The groups, and who is in them."),
    WordSpec::new("members", "Only who is in them."),
    NO,
];

const GROUPINGS: &[WordSpec] = &[
    WordSpec::new("all", "The groupings, and what is in them."),
    WordSpec::new("groupings", "The groupings, and what is in them."),
    WordSpec::new("groups", "The same."),
    WordSpec::new("members", "Only which groups are in them."),
    NO,
];

const fn switch(name: &'static str, help: &'static str) -> ColumnSpec {
    ColumnSpec::exact(name, help).of(CellKind::Switch)
}

/// A column that has the name of the option.
const fn option(item: ResetItem) -> ColumnSpec {
    switch(item.name(), item.help())
}

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec::exact("shortname", "Short name of the course; see the option identifier."),
    ColumnSpec::exact("idnumber", "Idnumber of the course; see the option identifier."),
    ColumnSpec::exact("id", "Id of the course; see the option identifier.").of(CellKind::Number),
    option(ResetItem::Events).required(),
    switch("logs", "Log entries of the course; Moodle's own reset keeps them, see the option delete_logs.").required(),
    option(ResetItem::Notes).required(),
    ColumnSpec::exact("grades", "What goes from the gradebook. Empty: nothing.").of(CellKind::Words(GRADES)).required(),
    ColumnSpec::exact(
        "roles",
        "Who leaves: short names of roles, with spaces, commas or bars between them; norole for participants without any \
         role; all for all roles. Whoever has another role in the course loses only this one. Empty, no or none: nobody.",
    )
    .required(),
    ColumnSpec::exact("local_roles", "Roles and permissions that are set in the course. Empty: none.")
        .of(CellKind::Words(LOCAL_ROLES))
        .required(),
    ColumnSpec::exact("groups", "What goes of the groups. Empty: nothing.").of(CellKind::Words(GROUPS)).required(),
    ColumnSpec::exact("groupings", "What goes of the groupings. Empty: nothing.")
        .of(CellKind::Words(GROUPINGS))
        .required(),
    ColumnSpec::exact(
        "modules",
        "Kinds of activities that are reset by Moodle's own proposal: all, a list like forum quiz, or all but some, like \
         -forum. Empty, no or none: only what has a column of its own.",
    )
    .required(),
    option(ResetItem::Completion),
    option(ResetItem::BlogAssociations),
    option(ResetItem::Comments),
    option(ResetItem::CompetencyRatings),
    ColumnSpec::exact(
        "startdate",
        "The day on which the course begins. All dates in the course move by as much as this day: activities, conditions, \
         events.",
    )
    .of(CellKind::Time),
    ColumnSpec::exact("enddate", "The day on which the course ends; 0 for none.")
        .of(CellKind::Time)
        .cleared_by(Clearing::Marker),
    option(ResetItem::AssignSubmissions),
    option(ResetItem::AssignUserOverrides),
    option(ResetItem::AssignGroupOverrides),
    switch("assignment_submissions", "Of old assignments, which Moodle cannot reset any more: has no effect."),
    switch("bigbluebuttonbn_events", "Moodle lists it and does nothing: has no effect."),
    option(ResetItem::BigbluebuttonbnTags),
    option(ResetItem::BigbluebuttonbnLogs),
    option(ResetItem::BigbluebuttonbnRecordings),
    option(ResetItem::BookTags),
    option(ResetItem::Chat),
    option(ResetItem::Choice),
    option(ResetItem::Data),
    option(ResetItem::DataNotEnrolled),
    option(ResetItem::DataRatings),
    option(ResetItem::DataComments),
    option(ResetItem::DataTags),
    option(ResetItem::Feedback),
    ColumnSpec::numbered(
        FEEDBACK_OPTION,
        1,
        u32::MAX,
        "",
        "Responses to the feedback activity with this id, in Moodle's table of feedback activities and not in that of course \
         modules. Says of this one whether they go, whatever becomes of the others; an activity of another course is refused. \
         Empty: as the others.",
    )
    .of(CellKind::Switch),
    option(ResetItem::ForumAll),
    ColumnSpec::exact(
        "forum_types",
        "Types of forums whose posts go, with spaces, commas or bars between them: general, single, eachuser, qanda, \
         blog, news.",
    ),
    option(ResetItem::ForumDigests),
    option(ResetItem::ForumSubscriptions),
    option(ResetItem::ForumTrackPrefs),
    option(ResetItem::ForumRatings),
    option(ResetItem::ForumTags),
    option(ResetItem::GlossaryAll),
    ColumnSpec::exact("glossary_types", "Kinds of glossaries whose entries go: main, secondary, or both."),
    option(ResetItem::GlossaryNotEnrolled),
    option(ResetItem::GlossaryRatings),
    option(ResetItem::GlossaryComments),
    option(ResetItem::GlossaryTags),
    option(ResetItem::H5pActivity),
    option(ResetItem::Lesson),
    option(ResetItem::LessonUserOverrides),
    option(ResetItem::LessonGroupOverrides),
    option(ResetItem::QuizAttempts),
    option(ResetItem::QuizUserOverrides),
    option(ResetItem::QuizGroupOverrides),
    option(ResetItem::Scorm),
    switch("slots", "Of the contributed scheduler, which only Moodle itself can reset: has no effect."),
    switch("apointments", "Of the contributed scheduler, which only Moodle itself can reset: has no effect.")
        .alias(&["appointments"]),
    option(ResetItem::SurveyAnswers),
    option(ResetItem::SurveyAnalysis),
    option(ResetItem::WikiPages),
    option(ResetItem::WikiTags),
    option(ResetItem::WikiComments),
    option(ResetItem::WorkshopSubmissions),
    option(ResetItem::WorkshopAssessments),
    option(ResetItem::WorkshopPhase),
];

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: IDENTIFIER,
        kind: OptionKind::Choice(CourseKey::WORDS),
        default: "shortname",
        original: "courses_fileresetidentifier",
        help: "Which column identifies the course.",
    },
    OptionSpec {
        name: DELETE_LOGS,
        kind: OptionKind::Flag,
        default: "false",
        original: "",
        help: "Deletes log entries where the column logs asks for it. Moodle's own reset never does.",
    },
];

/// What a file for chosen courses asks for: everything that a new term begins without.
pub(super) const PROFILE: &[(&str, &str)] = &[
    ("roles", "student teacher guest"),
    ("local_roles", "all"),
    ("completion", "yes"),
    ("grades", "all"),
    ("groups", "all"),
    ("groupings", "all"),
    ("blog_associations", "yes"),
    ("events", "yes"),
    ("logs", "yes"),
    ("notes", "yes"),
    ("comments", "yes"),
    ("modules", "all"),
];

pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::ResetCourses,
    summary: "Takes away what people did in courses, for a new term: posts, submissions, attempts, grades, memberships.",
    impact: Impact::Destroys,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: true,
    exact_cell_count: true,
    columns: COLUMNS,
    options: OPTIONS,
    default_file_names: &["resetcourses.csv"],
    sample: "shortname;events;logs;notes;grades;roles;local_roles;groups;groupings;modules;quiz_attempts\n\
             BIO1;yes;no;yes;all;student teacher;all;members;no;all;\n\
             MATH-101;no;no;no;grades;;no;no;no;forum;no\n",
};
