//! The embedded site: a SQLite file with Moodle's tables, made and filled on first use.
//!
//! Knows how the file is opened and what a new one holds; what is read and written later is nobody's business here.

use super::catalogue::SCHEMA;
use super::connection::{Connection, Pool};
use super::dialect::{Dialect, Engine};
use super::statement::Statement;
use crate::site::SiteError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::time::Duration;

const SEED: &str = include_str!("seed.sql");
const FILE_NAME: &str = "site.db";
/// Version of the tables in a new file. A file of a later version is refused.
const VERSION: i64 = 1;
const READERS: u32 = 3;
/// Rows that the database may be ahead of us. More than the rows of most answers, so that the two rarely wait for
/// each other.
const ROWS_AHEAD: usize = 2048;
const STATEMENTS_KEPT: usize = 64;
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

/// How to talk to an embedded site.
pub(super) fn dialect() -> Dialect {
    Dialect::new(Engine::Sqlite, "mdl_")
}

/// Opens the file of a folder, and makes it where there is none: the pool for reading and the pool for writing.
pub(super) async fn open(folder: &Path) -> Result<(Pool, Pool), SiteError> {
    let path = folder.join(FILE_NAME);
    let site = path.display().to_string();
    let refused = |problem: String| SiteError::Open { site: site.clone(), problem };
    tokio::fs::create_dir_all(folder).await.map_err(|error| refused(format!("cannot create its folder: {error}")))?;
    let writing = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                // Whoever gave it back in the middle of a transaction gave that up. Without one this is refused.
                _ = sqlx::raw_sql("rollback").execute(connection).await;
                Ok(true)
            })
        })
        .connect_with(writing(&path))
        .await
        .map_err(|error| refused(error.to_string()))?;
    let writing = Pool::of_file(writing);
    prepare(&mut writing.connection().await?).await.map_err(|problem| match problem {
        Unfit::Foreign => refused("the file is a database of something else; choose another folder".to_owned()),
        Unfit::Later(version) => refused(format!(
            "it was made by a later release (tables of version {version}); use that release or a later one"
        )),
        Unfit::Site(error) => error,
    })?;
    let reading = SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_with(reading(&path))
        .await
        .map_err(|error| refused(error.to_string()))?;
    Ok((Pool::of_file(reading), writing))
}

fn shared(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(false)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENTS_KEPT)
        .row_buffer_size(ROWS_AHEAD)
        .pragma("mmap_size", "0")
}

fn writing(path: &Path) -> SqliteConnectOptions {
    shared(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("cache_size", "-32768")
        .pragma("journal_size_limit", "67108864")
}

fn reading(path: &Path) -> SqliteConnectOptions {
    shared(path).read_only(true).pragma("cache_size", "-8192")
}

/// Why a file cannot be used.
enum Unfit {
    Foreign,
    Later(i64),
    Site(SiteError),
}

impl From<SiteError> for Unfit {
    fn from(error: SiteError) -> Self {
        Self::Site(error)
    }
}

/// Makes tables and rows in a new file, all in one transaction: a process that dies in the middle leaves a file
/// without tables, which the next one fills.
async fn prepare(connection: &mut Connection) -> Result<(), Unfit> {
    let operation = "prepare its tables";
    connection.execute_raw(operation, "begin immediate").await?;
    let done = match version(connection).await {
        Ok(None) => create(connection).await.map_err(Unfit::from),
        Ok(Some(found)) if found > VERSION => Err(Unfit::Later(found)),
        Ok(Some(_)) => Ok(()),
        Err(unfit) => Err(unfit),
    };
    let end = if done.is_ok() { "commit" } else { "rollback" };
    connection.execute_raw(operation, end).await?;
    done
}

/// The version of the tables in the file; none in a new file.
async fn version(connection: &mut Connection) -> Result<Option<i64>, Unfit> {
    let tables = Statement::new(&dialect(), "select name from sqlite_master where type = 'table'");
    let tables = connection.fetch("read its tables", tables).await?;
    if tables.is_empty() {
        return Ok(None);
    }
    if !tables.into_iter().any(|mut row| row.text(0) == "mdl_config_plugins") {
        return Err(Unfit::Foreign);
    }
    let version = Statement::new(&dialect(), "select value from {config_plugins} where plugin = 'toolsync'")
        .push(" and name = 'embedded_version'");
    let rows = connection.fetch("read its version", version).await?;
    rows.first().map(|row| Some(row.int(0))).ok_or(Unfit::Foreign)
}

async fn create(connection: &mut Connection) -> Result<(), SiteError> {
    connection.execute_raw("create its tables", SCHEMA).await?;
    connection.execute_raw("fill its tables", SEED).await?;
    let version = Statement::new(&dialect(), "insert into {config_plugins} (plugin, name, value) values ")
        .push("('toolsync', 'embedded_version', ")
        .bind(VERSION.to_string())
        .push(")");
    connection.execute("record its version", version).await.map(|_| ())
}
