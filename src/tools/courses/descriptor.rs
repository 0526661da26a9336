//! What the courses tool says about itself: columns, options, names. Knows no line and no site.

use crate::model::CellKind::{Number, Switch, Time};
use crate::model::{Clearing, ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind};
use crate::site::CourseKey;

/// The largest number of a `topic<N>` column.
pub(super) const LAST_TOPIC: u32 = 52;

/// The tool as clients see it.
pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::Courses,
    summary: "Creates courses with their categories, sections and teachers; updates existing ones where that is on.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: true,
    exact_cell_count: true,
    columns: COLUMNS,
    options: OPTIONS,
    default_file_names: &["uploadcourses.csv", "courses.csv"],
    sample: "shortname;fullname;category;idnumber;format;startdate;visible;topic1;topic2\n\
             ALG-1;Algebra 1;Sciences/Maths;A1;topics;2026-09-01;1;Vectors|Basics;Matrices\n",
};

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec::exact("id", "Moodle's id of an existing course. Only with the option identifier=id; never creates.")
        .of(Number),
    ColumnSpec::exact("shortname", "Short name, unique on the site; up to 150 characters.").required(),
    ColumnSpec::exact("fullname", "Full name; up to 254 characters.").required(),
    ColumnSpec::exact(
        "category",
        "Where the course stands: a path of names (Sciences/Maths; missing categories are created) or the id of a \
         category, or its idnumber, see the option category_identifier. Blank: the first category for a new course.",
    ),
    ColumnSpec::exact(
        "idnumber",
        "External identifier, unique where it is given; up to 100 characters. \"\" clears it, too.",
    )
    .cleared_by(Clearing::Marker),
    ColumnSpec::exact("summary", "Description of the course, HTML. \"\" clears it, too.").cleared_by(Clearing::Marker),
    ColumnSpec::exact(
        "format",
        "Course format: topics, weeks, social, singleactivity, or another installed one. Existing courses keep \
         theirs unless the option update_format is on.",
    ),
    ColumnSpec::exact("showgrades", "1 shows grades to students, 0 hides them.").of(Switch),
    ColumnSpec::exact("newsitems", "Number of announcements shown, 0 to 10; more than 0 needs the news forum.")
        .of(Number),
    ColumnSpec::exact("startdate", "First day: 2026-09-01, 2026-09-01 08:30 or Unix seconds. New courses: now.")
        .of(Time),
    ColumnSpec::exact("marker", "Number of the highlighted section, 0 to 52; 0 for none.").of(Number),
    ColumnSpec::exact("maxbytes", "Largest upload in bytes, up to the limit of the site; 0 for that limit.").of(Number),
    ColumnSpec::exact("legacyfiles", "1 keeps the legacy course files, 0 does not.").of(Switch),
    ColumnSpec::exact("showreports", "1 shows activity reports to students, 0 does not.").of(Switch),
    ColumnSpec::exact("visible", "1 shows the course, 0 hides it.").of(Switch),
    ColumnSpec::exact("visibleold", "Visibility to return to when the category is shown again; blank: as visible.")
        .of(Switch),
    ColumnSpec::exact("coursedisplay", "0 shows all sections on one page, 1 one section a page (topics, weeks).")
        .of(Switch),
    ColumnSpec::exact("groupmode", "0 no groups, 1 separate groups, 2 visible groups.").of(Number),
    ColumnSpec::exact("groupmodeforce", "1 forces the group mode on every activity.").of(Switch),
    ColumnSpec::exact("enablecompletion", "1 tracks completion, 0 does not.").of(Switch),
    ColumnSpec::exact("defaultgroupingid", "Id of the default grouping of an existing course; 0 for none.").of(Number),
    ColumnSpec::exact("lang", "Forced language, as en or pt_br; up to 30 characters. \"\" clears it, too.")
        .cleared_by(Clearing::Marker),
    ColumnSpec::exact("theme", "Forced theme; up to 50 characters. \"\" clears it, too.").cleared_by(Clearing::Marker),
    ColumnSpec::exact("timecreated", "Time of creation. New courses: now.").of(Time),
    ColumnSpec::exact("timemodified", "Checked and without effect: Moodle sets it.").of(Time),
    ColumnSpec::exact("sortorder", "Checked and without effect: Moodle numbers the courses of a category.").of(Number),
    ColumnSpec::exact("self", "1 opens self-enrolment, 0 closes it; blank leaves it as it is.").of(Switch),
    ColumnSpec::exact("guest", "1 opens guest access, 0 closes it; blank leaves it as it is.").of(Switch),
    ColumnSpec::exact(
        "template",
        "Short name of a course whose settings and content a new course takes over; other columns go before. For existing \
         courses see the option template_mode.",
    ),
    ColumnSpec::numbered("topic", 0, LAST_TOPIC, "", "Section of that number: its name, or name|summary."),
    ColumnSpec::numbered(
        "teacher",
        1,
        u32::MAX,
        "_account",
        "A teacher: a user id, a user name, or words of a full name or e-mail that only one user has.",
    ),
    ColumnSpec::numbered("teacher", 1, u32::MAX, "_role", "Short name of that teacher's role; blank: editingteacher."),
    legacy("cost"),
    legacy("enrolperiod"),
    legacy("enrollable"),
    legacy("enrolstartdate"),
    legacy("enrolenddate"),
    legacy("expirynotify"),
    legacy("expirythreshold"),
    legacy("metacourse"),
    legacy("notifystudents"),
    legacy("numsections"),
    legacy("password"),
    legacy("teacher"),
    legacy("teachers"),
    legacy("student"),
    legacy("students"),
];

const fn legacy(name: &'static str) -> ColumnSpec {
    ColumnSpec::exact(name, "Of older versions.").ignored()
}

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "identifier",
        kind: OptionKind::Choice(CourseKey::WORDS),
        default: "shortname",
        original: "courses_fileuploadidentifier",
        help: "The column that tells whether a course exists. By id courses are only updated.",
    },
    OptionSpec {
        name: "category_identifier",
        kind: OptionKind::Choice(&["path", "idnumber", "idname"]),
        default: "path",
        original: "courses_coursecategoryidentifier",
        help: "How the column category is read: path (or an id; idname means the same), or idnumber, which creates none.",
    },
    OptionSpec {
        name: "new_categories_visible",
        kind: OptionKind::Flag,
        default: "true",
        original: "courses_newcategoriesvisible",
        help: "Whether categories created on the way are shown; below a hidden one they are hidden anyway.",
    },
    OptionSpec {
        name: "protect_category",
        kind: OptionKind::Flag,
        default: "false",
        original: "courses_protectcategory",
        help: "Never moves an existing course to another category.",
    },
    OptionSpec {
        name: "force_update",
        kind: OptionKind::Flag,
        default: "false",
        original: "courses_forceupdate",
        help: "Updates courses that exist; otherwise they are only noted.",
    },
    OptionSpec {
        name: "template_mode",
        kind: OptionKind::Choice(&["nothing", "add", "replace"]),
        default: "nothing",
        original: "courses_template_mode",
        help: "What the column template does to an existing course, with force_update: add keeps what it holds. With \
               Moodle's web services each run imports the content anew, and replace lets Moodle empty the course first; \
               without them add copies what is missing, replace also what differs.",
    },
    OptionSpec {
        name: "update_format",
        kind: OptionKind::Flag,
        default: "false",
        original: "",
        help: "Lets the column format change existing courses; their format options are then replaced.",
    },
];
