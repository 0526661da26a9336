//! What goes from a gradebook leaves a trace in its histories, unless the site keeps none.

use super::Apply;
use super::rows::Rows;
use crate::site::SiteError;
use crate::site::sql::statement::Statement;

/// Tables of the gradebook with a history.
pub(super) const TABLES: [(&str, &str); 4] = [
    ("grade_items", "grade_items_history"),
    ("grade_categories", "grade_categories_history"),
    ("grade_outcomes", "grade_outcomes_history"),
    ("scale", "scale_history"),
];

/// Columns of a history that tell of the event.
const OF_EVENT: [&str; 6] = ["id", "action", "oldid", "source", "timemodified", "loggeduser"];

/// Copies rows into their histories: those whose column `key` is among the ids of `rows`. `source` is for the history.
pub(super) async fn keep(
    apply: &mut Apply<'_, '_>,
    (table, history): (&str, &str),
    key: &str,
    rows: &Rows,
    source: &'static str,
) -> Result<(), SiteError> {
    let is_kept = apply.facts.config("disablegradehistory") != "1";
    if !is_kept || !apply.has_table(table) || !apply.has_table(history) {
        return Ok(());
    }
    let (modifier, now) = (apply.modifier(), apply.now);
    let copied: Vec<String> =
        apply.columns(history).into_iter().filter(|column| is_copied(apply, table, column)).collect();
    let copied = copied.join(", ");
    let head = format!("insert into {{{history}}} ({}, {copied}) ", OF_EVENT[1..].join(", "));
    let build = |with: Statement| {
        let values = with.push("select 3, id, '").push(source).push("', ").bind(now).push(", ").bind(modifier);
        values.push(&format!(", {copied} from {{{table}}} where {key} in (select id from v)"))
    };
    apply.insert_with("keep the history of the gradebook", &head, rows, build).await
}

fn is_copied(apply: &Apply<'_, '_>, table: &str, column: &str) -> bool {
    !OF_EVENT.contains(&column) && apply.has_column(table, column)
}
