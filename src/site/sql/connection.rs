//! One connection to a site's database: runs statements, names what failed.

use super::statement::{Row, Statement, Value};
use crate::site::SiteError;
use futures::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, Sqlite, SqlitePool, TypeInfo, ValueRef};

/// Connections to one database.
#[derive(Debug, Clone)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
}

impl Pool {
    /// A connection; waits while all are in use.
    pub(super) async fn connection(&self) -> Result<Connection, SiteError> {
        match self {
            Self::Sqlite(pool) => pool.acquire().await.map(Connection::Sqlite),
        }
        .map_err(|error| failure("connect", error))
    }

    /// Closes all connections, once they are given back.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
        }
    }
}

/// A connection out of a pool.
#[derive(Debug)]
pub(super) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
}

impl Connection {
    /// Runs a statement and answers with its rows. `operation` is for messages: `read users`.
    pub(super) async fn fetch(&mut self, operation: &str, statement: Statement) -> Result<Vec<Row>, SiteError> {
        match self {
            Self::Sqlite(connection) => {
                let mut stream = sqlite_query(statement).fetch(&mut **connection);
                let mut rows = Vec::new();
                while let Some(row) = stream.try_next().await.map_err(|error| failure(operation, error))? {
                    rows.push(sqlite_row(&row).map_err(|error| failure(operation, error))?);
                }
                Ok(rows)
            }
        }
    }

    /// Runs a statement and answers with the number of rows it changed.
    pub(super) async fn execute(&mut self, operation: &str, statement: Statement) -> Result<u64, SiteError> {
        match self {
            Self::Sqlite(connection) => {
                let done = sqlite_query(statement).execute(&mut **connection).await;
                done.map(|done| done.rows_affected()).map_err(|error| failure(operation, error))
            }
        }
    }

    /// Runs a statement without arguments that is not worth keeping: `begin immediate`, a script of definitions.
    pub(super) async fn execute_raw(&mut self, operation: &str, sql: &str) -> Result<(), SiteError> {
        match self {
            Self::Sqlite(connection) => {
                let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut **connection).await;
                done.map(|_| ()).map_err(|error| failure(operation, error))
            }
        }
    }

    /// Closes the connection when it is dropped instead of giving it back to the pool: the database then rolls back
    /// what was begun on it.
    pub(super) fn close_on_drop(&mut self) {
        match self {
            Self::Sqlite(connection) => connection.close_on_drop(),
        }
    }
}

fn sqlite_query(statement: Statement) -> Query<'static, Sqlite, SqliteArguments> {
    // Safe: `Statement` is made of constant text, quoted table names and placeholders.
    let query = sqlx::query(AssertSqlSafe(statement.sql)).persistent(statement.keep);
    statement.arguments.into_iter().fold(query, |query, value| match value {
        Value::Null => query.bind(None::<String>),
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
    })
}

fn sqlite_row(row: &SqliteRow) -> Result<Row, sqlx::Error> {
    let value = |column| {
        let raw = row.try_get_raw(column)?;
        Ok(if raw.is_null() {
            Value::Null
        } else if raw.type_info().name() == "INTEGER" {
            Value::Int(row.try_get_unchecked(column)?)
        } else {
            Value::Text(row.try_get_unchecked(column)?)
        })
    };
    (0..row.len()).map(value).collect::<Result<_, _>>().map(Row)
}

/// Primary codes by which SQLite says that it, and not the data, is the problem: busy, locked, out of memory, I/O error,
/// full disk, cannot open.
const SQLITE_TRANSIENT: [i64; 6] = [5, 6, 7, 10, 13, 14];

pub(super) fn failure(operation: &str, error: sqlx::Error) -> SiteError {
    let operation = operation.to_owned();
    let problem = error.to_string();
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().and_then(|code| code.parse::<i64>().ok()).unwrap_or(0);
            if SQLITE_TRANSIENT.contains(&(code & 0xff)) {
                SiteError::Unavailable { operation, problem }
            } else {
                SiteError::Refused { operation, problem }
            }
        }
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            SiteError::Unavailable { operation, problem }
        }
        _ => SiteError::Refused { operation, problem },
    }
}
