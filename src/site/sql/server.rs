//! Sites on a database server: PostgreSQL, MariaDB or MySQL. How connections are set up, and whether what is there is a
//! Moodle that we know.

use super::catalogue;
use super::connection::{Connection, Connections, Pool};
use super::dialect::{Dialect, Engine};
use super::statement::Statement;
use crate::site::SiteError;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Database, Executor};
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// What to do with a Moodle of a version that we do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownVersions {
    /// It is not opened.
    Refused,
    /// It is opened if its tables have all the columns that are used.
    Allowed,
}

/// Where a site's database is, and how to use it.
#[derive(Clone)]
pub struct SiteAddress {
    /// `postgres://user:password@host:port/database` or `mysql://…`, with the options of sqlx.
    pub url: String,
    /// What the names of Moodle's tables begin with: `mdl_`.
    pub table_prefix: String,
    /// Most connections that read at the same time. One more writes.
    pub pool_size: NonZeroU32,
    /// How long a statement may take.
    pub statement_timeout: Duration,
    /// What to do with versions of Moodle that we do not know.
    pub unknown_versions: UnknownVersions,
}

impl fmt::Debug for SiteAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SiteAddress").field(&self.shown()).finish()
    }
}

impl SiteAddress {
    /// The kind of database that the address names; none if it names another.
    fn engine(&self) -> Option<Engine> {
        match self.url.split_once("://")?.0 {
            "postgres" | "postgresql" => Some(Engine::Postgres),
            "mysql" | "mariadb" => Some(Engine::MySql),
            _ => None,
        }
    }

    /// The address without what is secret in it.
    fn shown(&self) -> String {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        place.split_once('?').map_or(place, |(place, _)| place).to_owned()
    }
}

/// A site that was found in order.
pub(super) struct Opened {
    pub(super) reading: Pool,
    pub(super) writing: Pool,
    pub(super) dialect: Dialect,
}

/// Whether a connection may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

/// Short, because who asks tries again: a run that waits for its site can be cancelled in between only.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);
/// Moodle's own transactions are over in a moment. Whoever waits longer gives free what he holds, and tries again.
const WAIT_FOR_LOCK: Duration = Duration::from_secs(10);
const STATEMENTS_KEPT: usize = 256;

/// Connects, and looks whether the database holds a Moodle that we know.
pub(super) async fn open(address: &SiteAddress) -> Result<Opened, SiteError> {
    let refused = |problem: String| SiteError::Open { site: address.shown(), problem };
    let engine =
        address.engine().ok_or_else(|| refused("the address must begin with postgres:// or mysql://".to_owned()))?;
    if !address.table_prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(refused(format!("{:?} is no table prefix: letters, digits and _ only", address.table_prefix)));
    }
    let dialect = Dialect::new(engine, &address.table_prefix);
    let pools = async || match engine {
        Engine::Postgres => Ok((postgres(address, Access::Read).await?, postgres(address, Access::Write).await?)),
        _ => Ok((mysql(address, Access::Read).await?, mysql(address, Access::Write).await?)),
    };
    let (reading, writing) = pools().await.map_err(|error: sqlx::Error| refused(error.to_string()))?;
    let mut connection = writing.connection().await?;
    let dialect = with_collation(dialect, &mut connection).await?;
    check(&mut connection, &dialect, address).await?;
    dialect.indexes().look_again(&mut connection, &dialect).await?;
    drop(connection);
    Ok(Opened { reading, writing, dialect })
}

async fn with_collation(dialect: Dialect, connection: &mut Connection) -> Result<Dialect, SiteError> {
    let Some(query) = dialect.collation_of_texts() else { return Ok(dialect) };
    let found = connection.fetch("read how texts are compared", Statement::new(&dialect, &query)).await?;
    let name = found.into_iter().next().and_then(|mut row| row.opt_text(0));
    Ok(match name.filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')) {
        Some(name) => dialect.with_collation(&name),
        None => dialect,
    })
}

/// What both kinds of servers have in common. One connection writes, because one run writes at a time.
fn pool<DB>(address: &SiteAddress, access: Access) -> PoolOptions<DB>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let connections = match access {
        Access::Read => address.pool_size.get(),
        Access::Write => 1,
    };
    PoolOptions::new().max_connections(connections).acquire_timeout(WAIT_FOR_CONNECTION).after_release(
        move |connection, _| {
            Box::pin(async move {
                // Whoever gave it back in the middle of a transaction gave that up.
                if access == Access::Write {
                    sqlx::raw_sql("rollback").execute(connection).await?;
                }
                Ok(true)
            })
        },
    )
}

/// Connects once. A pool would try again and again, and in the end only say that it took too long.
async fn reach<O>(options: &O) -> Result<(), sqlx::Error>
where
    O: ConnectOptions<Connection: Sized>,
{
    let silent = |_| {
        let problem = format!("it has not answered within {} s", WAIT_FOR_CONNECTION.as_secs());
        sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, problem))
    };
    tokio::time::timeout(WAIT_FOR_CONNECTION, options.connect()).await.map_err(silent)??.close().await
}

async fn postgres(address: &SiteAddress, access: Access) -> Result<Pool, sqlx::Error> {
    let options = PgConnectOptions::from_str(&address.url)?
        .application_name("toolsync")
        .statement_cache_capacity(STATEMENTS_KEPT)
        .disable_statement_logging();
    reach(&options).await?;
    let read_only = if access == Access::Read { "on" } else { "off" };
    // Statistics of a table that a load has just filled say that it is small, and reading it whole looks cheap: every
    // statement for a chunk has an index to go by, so reading whole tables is made dear, and so are the
    // joins that would, or that would hold a part of a table to go through it again and again. A plan that was made for a
    // small table must not be kept while the load fills it.
    let setup = format!(
        "set statement_timeout = {0}; set lock_timeout = {1}; set idle_in_transaction_session_timeout = {0}; set default_transaction_isolation = 'read committed'; \
         set default_transaction_read_only = {read_only}; set standard_conforming_strings = on; \
         set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set enable_material = off; \
         set random_page_cost = 1.1; set plan_cache_mode = force_custom_plan; \
         set max_parallel_workers_per_gather = 0; set jit = off; set client_min_messages = error",
        address.statement_timeout.as_millis(),
        WAIT_FOR_LOCK.as_millis()
    );
    let pool = pool(address, access)
        .after_connect(move |connection, _| {
            let setup = setup.clone();
            Box::pin(async move { sqlx::raw_sql(AssertSqlSafe(setup)).execute(connection).await.map(|_| ()) })
        })
        .connect_with(options)
        .await?;
    Ok(Pool::of_server(Connections::Postgres(pool), address.statement_timeout))
}

async fn mysql(address: &SiteAddress, access: Access) -> Result<Pool, sqlx::Error> {
    let url = address.url.replacen("mariadb://", "mysql://", 1);
    let mut options = MySqlConnectOptions::from_str(&url)?
        .charset("utf8mb4")
        .statement_cache_capacity(STATEMENTS_KEPT)
        .disable_statement_logging();
    // MySQL offers TLS on sockets too and then breaks the connection off. What goes through one stays on the machine, so it
    // is done without, unless the address asks for it.
    let has_asked = ["ssl-mode=", "sslmode="].iter().any(|option| url.contains(option));
    if options.get_socket().is_some() && !has_asked {
        options = options.ssl_mode(MySqlSslMode::Disabled);
    }
    reach(&options).await?;
    let access_mode = if access == Access::Read { "read only" } else { "read write" };
    let timeout = address.statement_timeout;
    // Names in double quotes and `||` as in the standard: the statements are the same for all databases.
    let setup = format!(
        "set session sql_mode = 'STRICT_TRANS_TABLES,PIPES_AS_CONCAT,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,\
         NO_ENGINE_SUBSTITUTION'; set session innodb_lock_wait_timeout = {0}; set session lock_wait_timeout = {0}; \
         set session transaction isolation level read committed; set session transaction {access_mode}",
        WAIT_FOR_LOCK.as_secs()
    );
    let pool = pool(address, access)
        .after_connect(move |connection, _| {
            let setup = setup.clone();
            Box::pin(async move {
                let version: String = sqlx::query_scalar("select version()").fetch_one(&mut *connection).await?;
                let timeout = if version.contains("MariaDB") {
                    format!(
                        "; set session max_statement_time = {}; set session idle_transaction_timeout = {}",
                        timeout.as_secs_f64(),
                        timeout.as_secs().max(1)
                    )
                } else {
                    format!("; set session max_execution_time = {}", timeout.as_millis())
                };
                sqlx::raw_sql(AssertSqlSafe(setup + &timeout)).execute(connection).await.map(|_| ())
            })
        })
        .connect_with(options)
        .await?;
    Ok(Pool::of_server(Connections::MySql(pool), timeout))
}

/// Versions of Moodle that we know: 4.1 to 5.0.
const VERSIONS: std::ops::Range<f64> = 2_022_112_800.0..2_026_000_000.0;

/// Things named in one message.
const NAMED_AT_MOST: usize = 10;

async fn check(connection: &mut Connection, dialect: &Dialect, address: &SiteAddress) -> Result<(), SiteError> {
    let refused = |problem: String| SiteError::Open { site: address.shown(), problem };
    let columns = connection.fetch("read its columns", Statement::new(dialect, dialect.all_columns())).await?;
    let present: Vec<_> = columns.into_iter().map(|mut row| (row.text(0), row.text(1))).collect();
    let config = dialect.full_name("config");
    if !present.iter().any(|(table, _)| *table == config) {
        let problem = format!("it has no table {config}: no Moodle is there, or its table prefix is another one");
        return Err(refused(problem));
    }
    let version = Statement::new(dialect, "select value from {config} where name = 'version'");
    let version = connection.fetch("read its version", version).await?.pop().map(|mut row| row.text(0));
    let version = version.unwrap_or_default();
    let known = version.trim().parse().is_ok_and(|number: f64| VERSIONS.contains(&number));
    if !known && address.unknown_versions == UnknownVersions::Refused {
        return Err(refused(format!(
            "its Moodle has the version {version:?}; known are those of Moodle 4.1 to 5.0 (2022112800 and later)"
        )));
    }
    let missing = catalogue::missing(dialect, present.into_iter());
    if !missing.is_empty() {
        let more = if missing.len() > NAMED_AT_MOST { ", …" } else { "" };
        let named = missing.iter().take(NAMED_AT_MOST).cloned().collect::<Vec<_>>().join(", ");
        return Err(refused(format!("{} tables or columns are missing: {named}{more}", missing.len())));
    }
    if dialect.engine() == Engine::MySql {
        let mode = Statement::new(dialect, "select @@innodb_autoinc_lock_mode");
        let mode = connection.fetch("read its settings", mode).await?;
        // Ids are taken in blocks, which InnoDB gives with certainty in two of its three modes.
        if !mode.first().is_some_and(|row| matches!(row.int(0), 1 | 2)) {
            return Err(refused("innodb_autoinc_lock_mode is 0; set it to 1 or 2 (the defaults)".to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sql::tests::databases::is_skipped;
    use crate::site::sql::tests::fresh;

    #[tokio::test]
    async fn texts_of_a_list_are_compared_as_those_of_moodle() {
        if is_skipped(Engine::MySql, "texts_of_a_list_are_compared_as_those_of_moodle") {
            return;
        }
        let (_folder, site) = fresh(Engine::MySql).await;
        let mut connection = site.write_connection().await.unwrap();
        let alter = "alter table {user} convert to character set utf8mb4 collate utf8mb4_general_ci";
        connection.execute("alter", Statement::new(&site.dialect, alter)).await.unwrap();
        let dialect = with_collation(Dialect::new(Engine::MySql, "mdl_"), &mut connection).await.unwrap();
        let query = Statement::new(&dialect, "").with_rows(&["id", "name"], &[1.into(), "GUEST".into()]);
        let query = query.push("select u.username from v join {user} u on u.username = v.name");
        assert!(
            query.sql.contains("c0 bigint path") && query.sql.contains("collate utf8mb4_general_ci"),
            "{}",
            query.sql
        );
        let found = connection.fetch("look", query).await.unwrap();
        assert_eq!(found.len(), 1);
    }
}
