//! What differs between databases, and nothing else.

use crate::site::Collation;
use std::sync::Arc;

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
}

/// How to talk to one site's database.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    engine: Engine,
    prefix: Arc<str>,
}

impl Dialect {
    pub(super) fn new(engine: Engine, table_prefix: &str) -> Self {
        Self { engine, prefix: table_prefix.into() }
    }

    /// How the database compares text.
    pub(super) fn collation(&self) -> Collation {
        match self.engine {
            Engine::Sqlite => Collation::Exact,
        }
    }

    /// Appends the quoted name of a table.
    pub(super) fn push_table(&self, sql: &mut String, table: &str) {
        match self.engine {
            Engine::Sqlite => {
                sql.push('"');
                sql.push_str(&self.prefix);
                sql.push_str(table);
                sql.push('"');
            }
        }
    }

    /// Appends the placeholder of the argument with that 1-based number.
    pub(super) fn push_placeholder(&self, sql: &mut String, _number: usize) {
        match self.engine {
            Engine::Sqlite => sql.push('?'),
        }
    }

    /// The update that follows `with v(…)`: rows of `table` get the `columns` of the row of `v` with the same `keys`.
    pub(super) fn update_from_rows(&self, table: &str, keys: &[&str], columns: &[&str]) -> String {
        let set = columns.iter().map(|column| format!("{column} = v.{column}")).collect::<Vec<_>>().join(", ");
        let same = keys.iter().map(|key| format!("{{{table}}}.{key} = v.{key}")).collect::<Vec<_>>().join(" and ");
        match self.engine {
            Engine::Sqlite => format!("update {{{table}}} set {set} from v where {same}"),
        }
    }

    /// The condition that the path `below` lies below the path `above`. Written as a range, because an index on paths
    /// serves ranges between columns and not patterns: `0` is the character after `/`.
    pub(super) fn lies_below(&self, below: &str, above: &str) -> String {
        match self.engine {
            Engine::Sqlite => format!("{below} > {above} || '/' and {below} < {above} || '0'"),
        }
    }

    /// Asks for the highest id that a table ever had. Inside a transaction that holds the write lock the next ids are
    /// free to take.
    pub(super) fn highest_id(&self, table: &str) -> String {
        match self.engine {
            Engine::Sqlite => format!(
                "select max(coalesce((select seq from sqlite_sequence where name = '{}{table}'), 0), \
                 coalesce((select max(id) from {{{table}}}), 0))",
                self.prefix
            ),
        }
    }

    /// Asks for the names of all tables.
    pub(super) fn all_tables(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => "select name from sqlite_master where type = 'table'",
        }
    }

    /// The name of a table of Moodle without the prefix of this site.
    pub(super) fn without_prefix<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(&*self.prefix)
    }
}
