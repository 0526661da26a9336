//! The tables and columns that are read and written: those of the embedded site's definitions.

use super::dialect::Dialect;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

/// The definitions of the embedded site's tables.
pub(super) const SCHEMA: &str = include_str!("schema.sql");
const PREFIX: &str = "mdl_";

/// The type of a column as the definitions have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnType {
    Id,
    Integer,
    Text,
    Numeric,
}

/// A column of a definition: name, type, and the rest: `not null default ''`.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: ColumnType,
    /// Used by tests only.
    #[cfg_attr(not(test), expect(dead_code))]
    pub(super) rest: &'static str,
}

/// All columns by table, without prefix.
pub(super) static TABLES: LazyLock<BTreeMap<&'static str, Vec<Column>>> = LazyLock::new(|| {
    let definitions = SCHEMA.split("create table ").skip(1);
    definitions
        .filter_map(|definition| {
            let (name, rest) = definition.split_once(" (")?;
            let (body, _) = rest.split_once("\n);")?;
            Some((name.trim().strip_prefix(PREFIX)?, body.split(',').filter_map(column).collect()))
        })
        .collect()
});

fn column(text: &'static str) -> Option<Column> {
    let (name, rest) = text.trim().split_once(' ')?;
    let (kind, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let kind = match (name, kind) {
        ("id", _) => ColumnType::Id,
        (_, "integer") => ColumnType::Integer,
        (_, "numeric") => ColumnType::Numeric,
        _ => ColumnType::Text,
    };
    Some(Column { name: name.trim_matches('"'), kind, rest })
}

static INTEGERS: LazyLock<HashSet<(&'static str, &'static str)>> = LazyLock::new(|| {
    let integer = |column: &&Column| matches!(column.kind, ColumnType::Id | ColumnType::Integer);
    let all =
        TABLES.iter().flat_map(|(table, columns)| columns.iter().filter(integer).map(|column| (*table, column.name)));
    all.collect()
});

/// Whether a column holds whole numbers.
pub(super) fn is_integer(table: &str, column: &str) -> bool {
    INTEGERS.contains(&(table, column))
}

/// Tables of parts that a site may be without. What they hold is looked at only where they are.
const OPTIONAL: &[&str] = &[
    "assign_overrides",
    "block_positions",
    "comments",
    "competency_evidence",
    "competency_plan",
    "competency_plancomp",
    "competency_templatecohort",
    "competency_usercomp",
    "competency_usercompcourse",
    "competency_usercompplan",
    "competency_userevidence",
    "competency_userevidencecomp",
    "event_subscriptions",
    "external_services_users",
    "external_tokens",
    "favourite",
    "filter_active",
    "filter_config",
    "lesson_overrides",
    "message_conversation_actions",
    "message_user_actions",
    "messages",
    "oauth2_refresh_token",
    "quiz_overrides",
    "rating",
    "repository_instances",
    "role_names",
    "tag_coll",
    "tool_dataprivacy_request",
    "user_password_history",
    "user_private_key",
];

/// What a site lacks, `table` or `table.column`, given the table and column of all that it has, with prefix.
pub(super) fn missing(dialect: &Dialect, present: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut found: HashMap<String, BTreeSet<String>> = HashMap::new();
    for (table, column) in present {
        if let Some(table) = dialect.without_prefix(&table) {
            found.entry(table.to_owned()).or_default().insert(column.to_lowercase());
        }
    }
    let mut missing = Vec::new();
    for (table, columns) in &*TABLES {
        let full = dialect.full_name(table);
        match found.get(*table) {
            None if OPTIONAL.contains(table) => {}
            None => missing.push(full),
            Some(present) => {
                let absent = columns.iter().filter(|column| !present.contains(column.name));
                missing.extend(absent.map(|column| format!("{full}.{}", column.name)));
            }
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sql::dialect::Engine;

    #[test]
    fn definitions_are_read_whole() {
        assert_eq!(TABLES.len(), SCHEMA.matches("create table ").count());
        assert!(is_integer("user", "suspended") && is_integer("user", "id") && !is_integer("user", "username"));
        assert!(is_integer("enrol", "customint1") && !is_integer("enrol", "customtext4"));
        assert!(TABLES["course_sections"].iter().any(|column| column.name == "sequence"));
    }

    #[test]
    fn what_is_missing_is_named_and_optional_tables_may_be() {
        let dialect = Dialect::new(Engine::Postgres, "m_");
        let all = TABLES.iter().flat_map(|(table, columns)| {
            columns.iter().map(move |column| (format!("m_{table}"), column.name.to_owned()))
        });
        let all: Vec<_> = all
            .filter(|(table, column)| {
                table != "m_tool_dataprivacy_request" && table != "m_cohort" && (table != "m_user" || column != "email")
            })
            .collect();
        assert_eq!(missing(&dialect, all.into_iter()), ["m_cohort", "m_user.email"]);
    }
}
