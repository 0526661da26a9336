//! A fresh site on every kind of database.

use super::scratch::{self, Kind, Server};
use crate::site::sql::dialect::Engine;
use crate::site::sql::{SiteAddress, SqlSite, UnknownVersions};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use std::num::NonZeroU32;
use std::time::Duration;
use tempfile::TempDir;

/// The server of this kind.
pub(crate) fn server(engine: Engine) -> &'static Server {
    Server::of(kind(engine).expect("SQLite has no server"))
}

/// Whether tests of this kind of database are to be passed over.
pub(crate) fn is_skipped(engine: Engine, test: &str) -> bool {
    kind(engine).is_some_and(|kind| scratch::is_skipped(kind, test))
}

fn kind(engine: Engine) -> Option<Kind> {
    match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(Kind::Postgres),
        Engine::MySql => Some(Kind::MariaDb),
    }
}

/// The address of a database for a test.
pub(crate) fn address(url: String) -> SiteAddress {
    SiteAddress {
        url,
        table_prefix: "mdl_".to_owned(),
        pool_size: NonZeroU32::MIN.saturating_add(2),
        statement_timeout: Duration::from_secs(120),
        unknown_versions: UnknownVersions::Refused,
    }
}

/// Runs a script outside of any site.
pub(crate) async fn run(engine: Engine, database: &str, script: &str) {
    server(engine).run(database, script).await;
}

/// A fresh site on a server of a test's own.
pub(crate) async fn fresh_on(server: &Server) -> SqlSite {
    SqlSite::connect(&address(server.url(&server.fresh_moodle().await))).await.unwrap()
}

/// Cuts all connections to a database, and returns when they are gone.
pub(crate) async fn cut_connections(engine: Engine, database: &str) {
    let url = server(engine).url(database);
    if engine == Engine::Postgres {
        let cut = "select pg_terminate_backend(pid, 60000) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()";
        PgConnection::connect(&url).await.unwrap().execute(cut).await.unwrap();
        return;
    }
    let mut connection = MySqlConnection::connect(&url).await.unwrap();
    let others = "select id from information_schema.processlist where db = database() and id <> connection_id()";
    loop {
        let ids: Vec<i64> = sqlx::query_scalar(others).fetch_all(&mut connection).await.unwrap();
        if ids.is_empty() {
            return;
        }
        for id in ids {
            // One that has just ended is not known any more.
            _ = connection.execute(AssertSqlSafe(format!("kill {id}"))).await;
        }
    }
}

/// A fresh site, and what holds it.
pub(crate) async fn fresh(engine: Engine) -> (Option<TempDir>, SqlSite) {
    if engine == Engine::Sqlite {
        let folder = tempfile::tempdir().unwrap();
        let site = SqlSite::open_embedded(folder.path()).await.unwrap();
        return (Some(folder), site);
    }
    (None, fresh_on(server(engine)).await)
}
