//! One connection to a site's database: runs statements, names what failed.

use super::statement::{Argument, Row, Statement, Value};
use crate::site::SiteError;
use futures::TryStreamExt;
use sqlx::mysql::{MySql, MySqlArguments, MySqlRow};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, MySqlPool, PgPool, Row as _, Sqlite, SqlitePool, TypeInfo, ValueRef};
use std::time::Duration;
use tokio::runtime::Handle;

/// Connections to one database.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub(super) connections: Connections,
    /// How long an answer may take; none where the database is a file.
    answer_within: Option<Duration>,
}

/// Connections by the kind of database.
#[derive(Debug, Clone)]
pub(super) enum Connections {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    MySql(MySqlPool),
}

impl Pool {
    /// Connections to a file.
    pub(super) fn of_file(pool: SqlitePool) -> Self {
        Self { connections: Connections::Sqlite(pool), answer_within: None }
    }

    /// Connections to a server, which breaks statements off by itself after `statement_timeout`. One that has said nothing
    /// for some time more will not: it has gone without a word, or what lies between has.
    pub(super) fn of_server(connections: Connections, statement_timeout: Duration) -> Self {
        Self { connections, answer_within: Some(statement_timeout + statement_timeout.min(LONGEST_GRACE)) }
    }

    /// A connection; waits while all are in use.
    pub(super) async fn connection(&self) -> Result<Connection, SiteError> {
        let link = match &self.connections {
            Connections::Sqlite(pool) => pool.acquire().await.map(Link::Sqlite),
            Connections::Postgres(pool) => pool.acquire().await.map(Link::Postgres),
            Connections::MySql(pool) => pool.acquire().await.map(Link::MySql),
        };
        let link = link.map_err(|error| failure("connect", error))?;
        Ok(Connection { link, answer_within: self.answer_within, state: LinkState::Answers })
    }

    /// Closes all connections, once they are given back.
    pub(super) async fn close(&self) {
        match &self.connections {
            Connections::Sqlite(pool) => pool.close().await,
            Connections::Postgres(pool) => pool.close().await,
            Connections::MySql(pool) => pool.close().await,
        }
    }
}

/// A connection that is given back has so long to answer.
const LONGEST_RETURN: Duration = Duration::from_secs(5);
/// A server that broke a statement off has so long to say so, at most.
const LONGEST_GRACE: Duration = Duration::from_secs(30);

/// A connection out of a pool.
#[derive(Debug)]
pub(super) struct Connection {
    link: Link,
    answer_within: Option<Duration>,
    state: LinkState,
}

#[derive(Debug)]
enum Link {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    MySql(PoolConnection<MySql>),
}

/// Whether anything can still be asked over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LinkState {
    Answers,
    /// Yes, and it is closed behind that.
    Closing,
    /// No: an answer did not come in time, and one that comes now would be taken for that to another question.
    Silent,
}

impl Drop for Connection {
    /// Gives the connection back to its pool, which makes sure that it still answers, and would wait for that without end:
    /// one that does not is closed instead.
    fn drop(&mut self) {
        let (LinkState::Answers, Some(_)) = (self.state, self.answer_within) else { return };
        let Ok(runtime) = Handle::try_current() else { return };
        match &mut self.link {
            Link::Sqlite(_) => {}
            Link::Postgres(connection) => {
                runtime.spawn(tokio::time::timeout(LONGEST_RETURN, connection.return_to_pool()));
            }
            Link::MySql(connection) => {
                runtime.spawn(tokio::time::timeout(LONGEST_RETURN, connection.return_to_pool()));
            }
        }
    }
}

/// All rows of a query, each read by `$read`.
macro_rules! rows {
    ($query:expr, $connection:expr, $read:expr) => {{
        let mut stream = $query.fetch(&mut **$connection);
        let mut rows = Vec::new();
        while let Some(row) = stream.try_next().await? {
            rows.push($read(&row)?);
        }
        Ok(rows)
    }};
}

#[cfg(test)]
thread_local! {
    static STATEMENTS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many statements the thread of this test has run.
#[cfg(test)]
pub(super) fn statements() -> usize {
    STATEMENTS.with(std::cell::Cell::get)
}

impl Connection {
    /// Runs a statement and answers with its rows. `operation` is for messages: `read users`.
    pub(super) async fn fetch(&mut self, operation: &str, statement: Statement) -> Result<Vec<Row>, SiteError> {
        #[cfg(test)]
        STATEMENTS.with(|count| count.set(count.get() + 1));
        let link = &mut self.link;
        let asked = async {
            match link {
                Link::Sqlite(connection) => rows!(sqlite_query(statement), connection, sqlite_row),
                Link::Postgres(connection) => rows!(postgres_query(statement), connection, postgres_row),
                Link::MySql(connection) => rows!(mysql_query(statement), connection, mysql_row),
            }
        };
        let answer = ask(self.state, self.answer_within, asked).await;
        self.take(operation, answer)
    }

    /// Runs a statement and answers with the number of rows it changed.
    pub(super) async fn execute(&mut self, operation: &str, statement: Statement) -> Result<u64, SiteError> {
        #[cfg(test)]
        STATEMENTS.with(|count| count.set(count.get() + 1));
        let link = &mut self.link;
        let asked = async {
            match link {
                Link::Sqlite(connection) => {
                    sqlite_query(statement).execute(&mut **connection).await.map(|done| done.rows_affected())
                }
                Link::Postgres(connection) => {
                    postgres_query(statement).execute(&mut **connection).await.map(|done| done.rows_affected())
                }
                Link::MySql(connection) => {
                    mysql_query(statement).execute(&mut **connection).await.map(|done| done.rows_affected())
                }
            }
        };
        let answer = ask(self.state, self.answer_within, asked).await;
        self.take(operation, answer)
    }

    /// Inserts rows into a table of MySQL or MariaDB whose ids count up by themselves, and answers with the first id that
    /// they took. None where no row was inserted.
    pub(super) async fn insert_counted(
        &mut self,
        operation: &str,
        statement: Statement,
    ) -> Result<Option<i64>, SiteError> {
        let Link::MySql(connection) = &mut self.link else {
            let problem = "only MySQL and MariaDB tell the id of an inserted row".to_owned();
            return Err(SiteError::Refused { operation: operation.to_owned(), problem });
        };
        #[cfg(test)]
        STATEMENTS.with(|count| count.set(count.get() + 1));
        let asked = async { mysql_query(statement).execute(&mut **connection).await };
        let answer = ask(self.state, self.answer_within, asked).await;
        let done = self.take(operation, answer)?;
        Ok(i64::try_from(done.last_insert_id()).ok().filter(|id| done.rows_affected() > 0 && *id > 0))
    }

    /// Runs a statement without arguments that is not worth keeping: `begin immediate`, a script of definitions.
    pub(super) async fn execute_raw(&mut self, operation: &str, sql: &str) -> Result<(), SiteError> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let link = &mut self.link;
        let asked = async {
            match link {
                Link::Sqlite(connection) => query.execute(&mut **connection).await.map(|_| ()),
                Link::Postgres(connection) => query.execute(&mut **connection).await.map(|_| ()),
                Link::MySql(connection) => query.execute(&mut **connection).await.map(|_| ()),
            }
        };
        let answer = ask(self.state, self.answer_within, asked).await;
        self.take(operation, answer)
    }

    /// Takes an answer, or the lack of one: then nothing is asked over the connection any more, and it is closed instead
    /// of given back.
    fn take<T>(&mut self, operation: &str, answer: Answer<T>) -> Result<T, SiteError> {
        match answer {
            Answer::Came(answer) => answer.map_err(|error| failure(operation, error)),
            Answer::Missing => {
                self.close_on_drop();
                self.state = LinkState::Silent;
                let within = self.answer_within.unwrap_or_default().as_secs_f64();
                let problem =
                    format!("the database server has not answered within {within} s; the connection is given up");
                Err(SiteError::Unavailable { operation: operation.to_owned(), problem })
            }
        }
    }

    /// Whether handing over single rows is dear, so that they should come packed.
    pub(super) fn packs_rows(&self) -> bool {
        matches!(self.link, Link::Sqlite(_))
    }

    /// Closes the connection when it is dropped instead of giving it back to the pool: the database then rolls back
    /// what was begun on it.
    pub(super) fn close_on_drop(&mut self) {
        self.state = LinkState::Closing;
        match &mut self.link {
            Link::Sqlite(connection) => connection.close_on_drop(),
            Link::Postgres(connection) => connection.close_on_drop(),
            Link::MySql(connection) => connection.close_on_drop(),
        }
    }
}

/// What came of a question to a database.
enum Answer<T> {
    Came(Result<T, sqlx::Error>),
    /// None came in time.
    Missing,
}

/// Asks over a connection that still answers, and waits for the answer as long as it may take.
async fn ask<T>(
    state: LinkState,
    within: Option<Duration>,
    asked: impl Future<Output = Result<T, sqlx::Error>>,
) -> Answer<T> {
    match (state, within) {
        (LinkState::Silent, _) => Answer::Missing,
        (_, None) => Answer::Came(asked.await),
        (_, Some(within)) => tokio::time::timeout(within, asked).await.map_or(Answer::Missing, Answer::Came),
    }
}

// The texts of queries are safe: `Statement` is made of constant text, quoted table names and placeholders.

fn sqlite_query(statement: Statement) -> Query<'static, Sqlite, SqliteArguments> {
    let query = sqlx::query(AssertSqlSafe(statement.sql)).persistent(statement.keep);
    statement.arguments.into_iter().fold(query, |query, argument| match argument {
        Argument::One(Value::Int(number)) => query.bind(number),
        Argument::One(Value::Text(text)) => query.bind(text),
        // Only statements for PostgreSQL carry arrays.
        Argument::One(Value::Null) | Argument::Ints(_) | Argument::Texts(_) => query.bind(None::<String>),
    })
}

fn postgres_query(statement: Statement) -> Query<'static, Postgres, PgArguments> {
    let query = sqlx::query(AssertSqlSafe(statement.sql)).persistent(statement.keep);
    statement.arguments.into_iter().fold(query, |query, argument| match argument {
        Argument::One(Value::Null) => query.bind(None::<String>),
        Argument::One(Value::Int(number)) => query.bind(number),
        Argument::One(Value::Text(text)) => query.bind(text),
        Argument::Ints(numbers) => query.bind(numbers),
        Argument::Texts(texts) => query.bind(texts),
    })
}

fn mysql_query(statement: Statement) -> Query<'static, MySql, MySqlArguments> {
    let query = sqlx::query(AssertSqlSafe(statement.sql)).persistent(statement.keep);
    statement.arguments.into_iter().fold(query, |query, argument| match argument {
        Argument::One(Value::Int(number)) => query.bind(number),
        Argument::One(Value::Text(text)) => query.bind(text),
        // Only statements for PostgreSQL carry arrays.
        Argument::One(Value::Null) | Argument::Ints(_) | Argument::Texts(_) => query.bind(None::<String>),
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

fn postgres_row(row: &PgRow) -> Result<Row, sqlx::Error> {
    let value = |column| {
        let raw = row.try_get_raw(column)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        let value = match raw.type_info().name() {
            "INT8" => Value::Int(row.try_get_unchecked(column)?),
            "INT4" => Value::Int(row.try_get_unchecked::<i32, _>(column)?.into()),
            "INT2" => Value::Int(row.try_get_unchecked::<i16, _>(column)?.into()),
            _ => Value::Text(row.try_get(column)?),
        };
        Ok(value)
    };
    (0..row.len()).map(value).collect::<Result<_, sqlx::Error>>().map(Row)
}

fn mysql_row(row: &MySqlRow) -> Result<Row, sqlx::Error> {
    let value = |column| {
        let raw = row.try_get_raw(column)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        let name = raw.type_info().name().to_owned();
        let is_number = name == "BOOLEAN" || name.contains("INT");
        let value = match (is_number, name.contains("UNSIGNED")) {
            (true, false) => Value::Int(row.try_get_unchecked(column)?),
            (true, true) => Value::Int(i64::try_from(row.try_get_unchecked::<u64, _>(column)?).unwrap_or(i64::MAX)),
            _ => Value::Text(row.try_get_unchecked(column)?),
        };
        Ok(value)
    };
    (0..row.len()).map(value).collect::<Result<_, sqlx::Error>>().map(Row)
}

pub(super) fn failure(operation: &str, error: sqlx::Error) -> SiteError {
    let operation = operation.to_owned();
    let problem = error.to_string();
    if is_transient(&error) {
        SiteError::Unavailable { operation, problem }
    } else if error.as_database_error().is_some_and(|database| database.is_unique_violation()) {
        // The rows of a plan are unique among what was read: another writer was quicker.
        SiteError::Conflict { operation, problem }
    } else {
        SiteError::Refused { operation, problem }
    }
}

/// Primary codes by which SQLite says that it, and not the data, is the problem: busy, locked, out of memory, I/O error,
/// full disk, cannot open.
const SQLITE_TRANSIENT: [i64; 6] = [5, 6, 7, 10, 13, 14];

/// Classes by which PostgreSQL says so: lost connection, rolled back (serialization, deadlock), out of resources, an
/// operator stepped in or a time ran out, a system error; and the codes of a lock that was not to be had, of a transaction
/// that lay idle, and of a server that only reads, as one does that was the main one before a failover.
const POSTGRES_TRANSIENT: [&str; 8] = ["08", "40", "53", "57", "58", "55P03", "25P03", "25006"];

/// Numbers by which MySQL and MariaDB say so: full disk, too many connections (of anybody, of this account), out of
/// memory, shutting down, row changed since it was read, waited too long for a lock, deadlock, interrupted, read-only
/// for now (each), out of time (each), a statement whose tables left the cache while it was prepared, lost and killed
/// connections.
const MYSQL_TRANSIENT: [u16; 20] = [
    1021, 1040, 1203, 1041, 1053, 1020, 1205, 1213, 1317, 1290, 1836, 1969, 3024, 1615, 1158, 1159, 1160, 1161, 1927,
    4031,
];

fn is_transient(error: &sqlx::Error) -> bool {
    let database = match error {
        sqlx::Error::Database(database) => database,
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => return true,
        sqlx::Error::WorkerCrashed => return true,
        _ => return false,
    };
    if let Some(mysql) = database.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return MYSQL_TRANSIENT.contains(&mysql.number());
    }
    if let Some(postgres) = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        return POSTGRES_TRANSIENT.iter().any(|class| postgres.code().starts_with(class));
    }
    let code = database.code().and_then(|code| code.parse::<i64>().ok()).unwrap_or(0);
    SQLITE_TRANSIENT.contains(&(code & 0xff))
}
