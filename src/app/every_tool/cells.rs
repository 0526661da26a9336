//! Cells that the columns of the tools are tried with.

use super::subjects::Thing;
use crate::model::{CellKind, Clearing, ColumnPattern, ColumnSpec, ToolKind};
use crate::tools::values::CLEAR;

/// What may stand in the cells of a column.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cells {
    /// What the line is about, by the identifier that an option names.
    Of(Thing),
    /// By this identifier.
    By(Thing, &'static str),
    /// Another one than the line is about.
    OfAnother(Thing),
    /// One of these; at times one of those that are refused.
    Words(&'static [&'static str], &'static [&'static str]),
}

use Cells::{By, Of, OfAnother, Words};

/// Whether a file has a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Always,
    /// Only where an option says that it identifies.
    AsIdentifier,
    AtTimes,
}

/// Whether a file has a column. Most come at times.
pub(super) fn presence(tool: ToolKind, column: &ColumnSpec) -> Presence {
    match (tool, column.name) {
        _ if column.required => Presence::Always,
        (ToolKind::GroupMembers, "courseid") => Presence::Always,
        (ToolKind::Courses | ToolKind::ResetCourses, "id") => Presence::AsIdentifier,
        _ => Presence::AtTimes,
    }
}

/// What may stand in a column of text or numbers. A column that is not here is one of the general words below.
fn special(tool: ToolKind, column: &str) -> Option<Cells> {
    use Thing::{Category, Cohort, Course, Group, Grouping, Role, User};
    let cells = match (tool, column) {
        (ToolKind::CheckCourses | ToolKind::DeleteCourses, "identifier") => Of(Course),
        (ToolKind::CleanCategories, "id") => By(Category, "id"),
        (ToolKind::Courses | ToolKind::ResetCourses, "id") => By(Course, "id"),
        (ToolKind::Courses | ToolKind::ResetCourses, "shortname") => By(Course, "shortname"),
        (ToolKind::Courses | ToolKind::ResetCourses, "idnumber") => By(Course, "idnumber"),
        (ToolKind::ResetCourses, "roles") => Words(&["student", "", "all", "student, teacher", "norole"], &["boss"]),
        (ToolKind::ResetCourses, "modules") => Words(&["all", "", "forum quiz", "-forum"], &["froum"]),
        (ToolKind::ResetCourses, "forum_types") => Words(&["news", "", "general|single"], &["secret"]),
        (ToolKind::ResetCourses, "glossary_types") => Words(&["", "main secondary"], &["third"]),
        (ToolKind::ResetCourses, "feedback_reset_data_") => Words(&[""], &["1"]),
        (ToolKind::ResetCourses, "startdate") => Words(&["2027-01-02", "", "1810000000"], &["0", "soon"]),
        (ToolKind::Courses, "category") => Of(Category),
        (ToolKind::Courses, "format") => Words(&["topics", "weeks", "social", "singleactivity", ""], &["origami"]),
        (ToolKind::Courses, "newsitems") => Words(&["0", "3", ""], &["11"]),
        (ToolKind::Courses, "maxbytes") => Words(&["0", "1024", ""], &["x"]),
        (ToolKind::Courses, "defaultgroupingid") => By(Grouping, "id"),
        (ToolKind::Courses, "template") => Words(&[""], &["BIO"]),
        (ToolKind::Courses, "lang") => Words(&["en", "", "*CLEAR*"], &["!"]),
        (ToolKind::Courses, "topic") => Words(&["First", "", "First|About it"], &[]),
        (ToolKind::Courses, "teacher_account") => Words(&["ada", "tess", "Ben Summer"], &["win", "nobody", ""]),
        (ToolKind::Courses, "teacher_role") => Words(&[""], &["teacher", "boss"]),
        (ToolKind::Courses, "fullname") => Words(&["Name", "Été 100% \"so\"", "Other"], &[""]),
        (ToolKind::Courses, "startdate" | "timecreated" | "timemodified") => {
            Words(&["2027-01-02", "", "1810000000"], &["0", "soon"])
        }
        (_, "username" | "oldusername") => By(User, "username"),
        (_, "email") => By(User, "email"),
        (ToolKind::Groups, "idnumber") => By(Group, "idnumber"),
        (ToolKind::Groups, "name") => By(Group, "name"),
        (ToolKind::Groups, "updateid") => Of(Group),
        (ToolKind::Groups, "grouping") => By(Grouping, "idnumber"),
        (ToolKind::Groups, "type") => Words(&["group", "", "grouping"], &["team"]),
        (ToolKind::Groups, "selfgrouping") => Words(&["", "0", "1"], &[]),
        (ToolKind::Cohorts, "cid") => By(Cohort, "id"),
        (ToolKind::Cohorts, "cidnumber") => By(Cohort, "idnumber"),
        (ToolKind::Cohorts, "cname") => By(Cohort, "name"),
        (ToolKind::Cohorts, "ccatcontext") => By(Category, "id"),
        (ToolKind::Cohorts, "ccatcontextidnumber") => By(Category, "idnumber"),
        (ToolKind::Cohorts, "component") => Words(&["", "local_people"], &[]),
        (ToolKind::Metacourses, "meta") => OfAnother(Course),
        (_, "cid" | "courseid" | "course" | "master") => Of(Course),
        (_, "uid" | "userid") => Of(User),
        (_, "groupid") => Of(Group),
        (_, "g" | "group") => By(Group, "name"),
        (_, "cohortid") => By(Cohort, "idnumber"),
        (ToolKind::Users, "cohort") => Words(&["Staff", "", "New people", "ST", "B3"], &["Band", "1"]),
        (_, "cohort") => Of(Cohort),
        (_, "rolename" | "role") => Of(Role),
        (ToolKind::CohortBindings, "enrol") => Words(&["cohort", ""], &["manual", "telepathy"]),
        (_, "enrol") => Words(&["manual", "", "self"], &["cohort", "telepathy"]),
        (ToolKind::Users, "firstname" | "lastname") => Words(&["First", "Été 100%", "Other"], &[""]),
        (ToolKind::Users, "password") => Words(&["", "Pass-word1", "*NOPASS*"], &["short"]),
        (ToolKind::Users, "auth") => Words(&["manual", "", "nologin"], &["telepathy"]),
        (ToolKind::Users, "profile_field_") => Words(&["gold", "", "*CLEAR*"], &[]),
        (ToolKind::Users, "wwwroot") => Words(&[""], &["https://other.example.com"]),
        (ToolKind::Users, "country") => Words(&["BE", "", "*CLEAR*"], &["Belgium"]),
        (ToolKind::Users, "lang") => Words(&["en", ""], &["fr", "!"]),
        (ToolKind::Users, "timezone") => Words(&["99", "", "Europe/Brussels"], &["Mars"]),
        (ToolKind::Users, "mnethostid") => Words(&["", "1"], &["7"]),
        (ToolKind::Users, "enrolperiod") => Words(&["", "0", "30"], &["x"]),
        (ToolKind::Users, "sysrole") => Words(&["", "manager", "-manager", "coursecreator"], &["student", "boss"]),
        (ToolKind::Users, "category") => Words(&["SCI", "", "VO"], &["NOPE"]),
        (ToolKind::Users, "categoryrole") => Words(&["manager", "", "-manager"], &["student", "boss"]),
        (ToolKind::Users, "interests") => Words(&["Tea", "", "tea, Sea birds", "*CLEAR*"], &["<b>"]),
        (ToolKind::Users, "htmleditor") => Words(&["atto", "", "0", "*CLEAR*"], &["My editor"]),
        (ToolKind::UserPictures, "entry") | (ToolKind::PictureHashes, "identifier") => Of(User),
        (_, "id") => By(User, "id"),
        (_, "idnumber") => By(User, "idnumber"),
        _ => return None,
    };
    Some(cells)
}

/// What may stand in the cells of a column, the most usual first.
pub(super) fn of(tool: ToolKind, column: &ColumnSpec) -> Cells {
    let suffix = match column.pattern {
        ColumnPattern::Numbered { suffix, .. } => suffix,
        ColumnPattern::Exact | ColumnPattern::Prefixed => "",
    };
    if let Some(cells) = special(tool, &format!("{}{suffix}", column.name)) {
        return cells;
    }
    let clears = column.clearing != Clearing::Never;
    match column.cells {
        CellKind::Switch => Words(&["1", "", "0", "yes"], &["maybe"]),
        CellKind::Number => Words(&["0", "", "1", "2"], &["-1", "x"]),
        CellKind::Time if clears => Words(&["2027-01-02", "", "0", "1810000000", CLEAR], &["soon"]),
        CellKind::Time => Words(&["2027-01-02", "", "0", "1810000000", "2026-09-01 08:30"], &["soon"]),
        CellKind::Words(_) => Words(&[], &[]),
        CellKind::Text if clears => Words(&["Text", "", "Été 100% \"so\"", CLEAR, "other"], &[]),
        CellKind::Text => Words(&["Text", "", "Été 100% \"so\"", "other"], &[]),
    }
}
