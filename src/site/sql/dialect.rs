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
}
