//! The embedded site's tables and rows, put into the words of the servers.

use super::Kind;
use std::collections::BTreeSet;

const SCHEMA: &str = include_str!("../../src/site/sql/schema.sql");
const SEED: &str = include_str!("../../src/site/sql/seed.sql");

/// What makes a fresh Moodle out of an empty database.
pub(super) fn script(kind: Kind) -> String {
    let tables = || tables().map(|(table, columns)| definition(kind, table, &columns));
    match kind {
        Kind::Postgres => {
            let parts = tables().chain(indexes().map(index_of_postgres)).chain([SEED.to_owned()]);
            parts.chain([sequences_ahead()]).collect()
        }
        Kind::MariaDb => {
            let modes = "set sql_mode = 'STRICT_TRANS_TABLES,PIPES_AS_CONCAT,ANSI_QUOTES,NO_BACKSLASH_ESCAPES';";
            [modes.to_owned()].into_iter().chain(tables()).chain([SEED.to_owned()]).collect()
        }
    }
}

/// Lets PostgreSQL's sequences of all tables go on behind their rows.
pub(crate) fn sequences_ahead() -> String {
    let ahead = |(table, _)| {
        format!("select setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) from {table};")
    };
    tables().map(ahead).collect()
}

/// The tables with their columns.
fn tables() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let definitions = SCHEMA.split("create table ").skip(1);
    definitions.map(|definition| {
        let (table, rest) = definition.split_once(" (").unwrap();
        let (columns, _) = rest.split_once("\n);").unwrap();
        (table, columns.split(',').map(str::trim).collect())
    })
}

/// Indexes that Moodle has.
fn indexes() -> impl Iterator<Item = &'static str> {
    let statements = SCHEMA.split(';').map(str::trim_start);
    statements.filter(|index| index.starts_with("create ") && index.contains(" index mdl_"))
}

/// Moodle has the bytes of paths in their index, whatever the order of the database is.
fn index_of_postgres(index: &str) -> String {
    format!("{};", index.replace("(path)", "(path text_pattern_ops)"))
}

fn definition(kind: Kind, table: &str, columns: &[&str]) -> String {
    let on = format!(" on {table} (");
    let own: Vec<&str> = indexes().filter(|index| index.contains(&on)).collect();
    let in_indexes: BTreeSet<&str> =
        own.iter().flat_map(|index| index.split_once(&on).unwrap().1.trim_end_matches(')').split(", ")).collect();
    let mut parts: Vec<String> = columns.iter().map(|column| translated(kind, column, &in_indexes)).collect();
    if kind == Kind::MariaDb {
        // At once with the table, which is several times faster.
        parts.extend(own.iter().map(|index| index.replace("create ", "").replace(&on, " (")));
    }
    format!("create table {table} ({});\n", parts.join(", "))
}

/// A column in the words of a server: `city text not null default ''`.
fn translated(kind: Kind, column: &str, in_indexes: &BTreeSet<&str>) -> String {
    let (name, rest) = column.split_once(' ').unwrap();
    let (form, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let rest = rest.replace("collate nocase ", "");
    let is_short = rest.contains("default") || in_indexes.contains(name.trim_matches('"'));
    let form = match (name, form, kind) {
        ("id", _, Kind::Postgres) => return "id bigserial primary key".to_owned(),
        ("id", _, Kind::MariaDb) => return "id bigint auto_increment primary key".to_owned(),
        (_, "integer", _) => "bigint",
        (_, "numeric", _) => "decimal(10, 5)",
        (_, _, Kind::Postgres) => "text",
        (_, _, Kind::MariaDb) if is_short => "varchar(255)",
        (_, _, Kind::MariaDb) => "longtext",
    };
    format!("{name} {form} {rest}")
}
