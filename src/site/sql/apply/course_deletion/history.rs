//! The gradebook of deleted courses leaves a trace in its histories, unless the site keeps none.

use super::super::Apply;
use super::super::rows::Rows;
use crate::site::SiteError;
use crate::site::sql::statement::Statement;

/// Who deletes, in Moodle's words.
pub(super) const SOURCE: &str = "coursedelete";

/// Tables of the gradebook with a history.
const TABLES: [(&str, &str); 4] = [
    ("grade_items", "grade_items_history"),
    ("grade_categories", "grade_categories_history"),
    ("grade_outcomes", "grade_outcomes_history"),
    ("scale", "scale_history"),
];

/// Columns of a history that tell of the event.
const OF_EVENT: [&str; 6] = ["id", "action", "oldid", "source", "timemodified", "loggeduser"];

/// Copies all rows of the courses into the histories.
pub(super) async fn keep(apply: &mut Apply<'_, '_>, courses: &Rows) -> Result<(), SiteError> {
    if apply.facts.config("disablegradehistory") == "1" {
        return Ok(());
    }
    let (modifier, now) = (apply.modifier(), apply.now);
    for (table, history) in TABLES {
        if !apply.has_table(table) || !apply.has_table(history) {
            continue;
        }
        let copied: Vec<String> =
            apply.columns(history).into_iter().filter(|column| is_copied(apply, table, column)).collect();
        let copied = copied.join(", ");
        let head = format!("insert into {{{history}}} ({}, {copied}) ", OF_EVENT[1..].join(", "));
        let build = |with: Statement| {
            let values = with.push("select 3, id, '").push(SOURCE).push("', ").bind(now).push(", ").bind(modifier);
            values.push(&format!(", {copied} from {{{table}}} where courseid in (select id from v)"))
        };
        apply.insert_with("keep the history of the gradebook", &head, courses, build).await?;
    }
    Ok(())
}

fn is_copied(apply: &Apply<'_, '_>, table: &str, column: &str) -> bool {
    !OF_EVENT.contains(&column) && apply.has_column(table, column)
}
