//! What the columns of Moodle's tables hold: ids of which other table, times, hashes.

use super::stage::{CASE_TIME, SETTING_TIME};
use crate::site::sql::tests::dump::Row;

/// What a column refers to.
pub(super) enum Reference {
    /// A row of a table; 0 for none.
    To(&'static str),
    /// Ids behind slashes.
    Path(&'static str),
    /// Ids between commas.
    List(&'static str),
}

use Reference::{List, Path, To};

/// Tables by the names of columns that mean the same everywhere.
const EVERYWHERE: &[(&str, Reference)] = &[
    ("userid", To("user")),
    ("modifierid", To("user")),
    ("usermodified", To("user")),
    ("requestedby", To("user")),
    ("loggeduser", To("user")),
    ("courseid", To("course")),
    ("contextid", To("context")),
    ("parentcontextid", To("context")),
    ("enrolid", To("enrol")),
    ("groupid", To("groups")),
    ("groupingid", To("groupings")),
    ("defaultgroupingid", To("groupings")),
    ("cohortid", To("cohort")),
    ("roleid", To("role")),
    ("fieldid", To("user_info_field")),
    ("conversationid", To("message_conversations")),
    ("forumid", To("forum")),
    ("tagid", To("tag")),
];

/// Columns that need the table.
const OF_TABLES: &[(&str, &str, Reference)] = &[
    ("user", "picture", To("files")),
    ("user_info_field", "categoryid", To("user_info_category")),
    ("course", "category", To("course_categories")),
    ("course_categories", "parent", To("course_categories")),
    ("course_categories", "path", Path("course_categories")),
    ("context", "path", Path("context")),
    ("course_sections", "course", To("course")),
    ("course_sections", "sequence", List("course_modules")),
    ("course_modules", "course", To("course")),
    ("course_modules", "module", To("modules")),
    ("course_modules", "section", To("course_sections")),
    ("course_modules", "instance", To("forum")),
    ("forum", "course", To("course")),
    ("forum_subscriptions", "forum", To("forum")),
    ("forum_digests", "forum", To("forum")),
    ("grade_grades", "itemid", To("grade_items")),
    ("grade_grades_history", "itemid", To("grade_items")),
    ("grade_grades_history", "oldid", To("grade_grades")),
    ("grade_items_history", "oldid", To("grade_items")),
];

/// What a column of a row refers to.
pub(super) fn of(table: &str, row: &Row, column: &str) -> Option<&'static Reference> {
    let at = |name: &str| row.get(name).and_then(Option::as_deref).unwrap_or("");
    let in_table = OF_TABLES.iter().find(|(of, name, _)| (*of, *name) == (table, column));
    if let Some((_, _, reference)) = in_table {
        return Some(reference);
    }
    match (table, column) {
        ("context", "instanceid") => match at("contextlevel") {
            "30" => Some(&To("user")),
            "40" => Some(&To("course_categories")),
            "50" => Some(&To("course")),
            "70" => Some(&To("course_modules")),
            "80" => Some(&To("block_instances")),
            _ => None,
        },
        ("cache_flags", "name") => match at("flagtype") {
            "accesslib/dirtyusers" | "userpreferenceschanged" => Some(&To("user")),
            "accesslib/dirtycontexts" => Some(&Path("context")),
            _ => None,
        },
        ("enrol", "customint1") if at("enrol") == "cohort" => Some(&To("cohort")),
        ("enrol", "customint1") if at("enrol") == "meta" => Some(&To("course")),
        ("enrol", "customint2") if matches!(at("enrol"), "cohort" | "meta") => Some(&To("groups")),
        (_, "itemid") if at("component").starts_with("enrol_") => Some(&To("enrol")),
        ("message_conversations", "itemid") => Some(&To("groups")),
        ("tag_instance", "itemid") if at("itemtype") == "user" => Some(&To("user")),
        _ => EVERYWHERE.iter().find(|(name, _)| *name == column).map(|(_, reference)| reference),
    }
}

/// How long behind *S* or *T* a number still counts as a time: longer than a session.
const MOMENT: i64 = 100_000;

/// A value that refers to nothing: times relative to the setting and to the run, hashes without their salt.
pub(super) fn plain(column: &str, value: &str) -> String {
    if column == "password" && value.starts_with("$2y$10$") {
        return "<bcrypt>".to_owned();
    }
    if let Ok(number) = value.parse::<i64>() {
        for (letter, time) in [("T", CASE_TIME.timestamp()), ("S", SETTING_TIME.timestamp())] {
            match number - time {
                0 => return letter.to_owned(),
                past @ 1..MOMENT => return format!("{letter}+{past}"),
                _ => {}
            }
        }
    }
    let value = value.replace(&format!(".{}", CASE_TIME.timestamp()), ".<T>");
    let simple = |c: char| !c.is_whitespace() && !c.is_control() && c != '"';
    if value.chars().all(simple) { value } else { format!("{value:?}") }
}
