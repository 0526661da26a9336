//! Two states of a site compared row by row, as a text that is the same on every database.

use super::names::Names;
use crate::site::sql::tests::dump::{Dump, Row};

/// Every row that was added (`+`), removed (`-`) or changed (`~`), table by table.
pub(in crate::app) fn difference(before: &Dump, after: &Dump) -> String {
    let names = Names::of(before, after);
    let mut text = String::new();
    for (table, rows) in after {
        let former = &before[table];
        let mut entries: Vec<String> = Vec::new();
        for (id, row) in rows {
            match former.get(id) {
                None => entries.push(added(&names, table, row)),
                Some(old) if old != row => entries.push(changed(&names, table, *id, (old, row))),
                Some(_) => {}
            }
        }
        let removed = former.iter().filter(|(id, _)| !rows.contains_key(id));
        entries.extend(removed.map(|(_, row)| removed_row(&names, table, row)));
        entries.sort_unstable();
        text.extend(entries);
    }
    text
}

/// A whole row: what it says, then which columns are 0, empty or null.
fn added(names: &Names<'_>, table: &str, row: &Row) -> String {
    let mut text = format!("+ {table}\n    {}\n", said(names, table, row));
    for (label, what) in [("0", Some("0")), ("empty", Some("")), ("null", None)] {
        let columns: Vec<&str> =
            row.iter().filter(|(_, value)| value.as_deref() == what).map(|(column, _)| column.as_str()).collect();
        if !columns.is_empty() {
            text.push_str(&format!("    {label}: {}\n", columns.join(" ")));
        }
    }
    text
}

fn removed_row(names: &Names<'_>, table: &str, row: &Row) -> String {
    format!("- {table}\n    {}\n", said(names, table, row))
}

/// The columns of a row that are neither 0 nor empty nor null.
fn said(names: &Names<'_>, table: &str, row: &Row) -> String {
    let says = |value: &Option<String>| !matches!(value.as_deref(), None | Some("" | "0"));
    let columns = row.iter().filter(|(_, value)| says(value));
    columns.map(|(column, _)| format!("{column}={}", names.show(table, row, column))).collect::<Vec<_>>().join(" ")
}

fn changed(names: &Names<'_>, table: &str, id: i64, (old, new): (&Row, &Row)) -> String {
    let name = names.name(table, id);
    let unnamed = name.starts_with(&format!("{table}#"));
    let mut text = format!("~ {table} {}\n", if unnamed { said(names, table, old) } else { name });
    for column in new.keys().filter(|column| old[*column] != new[*column]) {
        let show = |row: &Row| match row[column].as_deref() {
            Some("") => "''".to_owned(),
            _ => names.show(table, row, column),
        };
        text.push_str(&format!("    {column}: {} -> {}\n", show(old), show(new)));
    }
    text
}
