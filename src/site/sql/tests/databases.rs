//! A fresh site on every kind of database: the embedded site's tables and rows, put into the words of the others.

use super::servers::Server;
use crate::site::sql::catalogue::{Column, ColumnType, SCHEMA, TABLES};
use crate::site::sql::dialect::Engine;
use crate::site::sql::embedded::SEED;
use crate::site::sql::{SiteAddress, SqlSite, UnknownVersions};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::OnceCell;

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
    run_on(Server::of(engine), engine, database, script).await;
}

async fn run_on(server: &Server, engine: Engine, database: &str, script: &str) {
    let url = server.url(engine, database);
    let script = sqlx::raw_sql(AssertSqlSafe(script.to_owned()));
    match engine {
        Engine::Postgres => PgConnection::connect(&url).await.unwrap().execute(script).await.map(|_| ()).unwrap(),
        _ => MySqlConnection::connect(&url).await.unwrap().execute(script).await.map(|_| ()).unwrap(),
    }
}

/// A fresh site on a PostgreSQL server of a test's own.
pub(crate) async fn fresh_on(server: &Server) -> SqlSite {
    postgres_template(server).await;
    SqlSite::connect(&address(server.url(Engine::Postgres, "fresh"))).await.unwrap()
}

/// Cuts all connections to a database, and returns when they are gone.
pub(crate) async fn cut_connections(engine: Engine, database: &str) {
    let url = Server::of(engine).url(engine, database);
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

/// A new empty database; its name.
pub(crate) async fn empty(engine: Engine) -> String {
    let name = next_name();
    let (from, create) = match engine {
        Engine::Postgres => ("postgres", format!("create database {name}")),
        _ => ("", format!("create database {name}")),
    };
    run(engine, from, &create).await;
    name
}

fn next_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    format!("site{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A fresh site, and what holds it.
pub(crate) async fn fresh(engine: Engine) -> (Option<TempDir>, SqlSite) {
    let database = match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            let site = SqlSite::open_embedded(folder.path()).await.unwrap();
            return (Some(folder), site);
        }
        Engine::Postgres => {
            static TEMPLATE: OnceCell<()> = OnceCell::const_new();
            TEMPLATE.get_or_init(|| postgres_template(Server::of(engine))).await;
            let name = next_name();
            run(engine, "postgres", &format!("create database {name} template fresh")).await;
            name
        }
        Engine::MySql => {
            let name = empty(engine).await;
            run(engine, &name, &mysql_script()).await;
            name
        }
    };
    let url = Server::of(engine).url(engine, &database);
    (None, SqlSite::connect(&address(url)).await.unwrap())
}

async fn postgres_template(server: &Server) {
    run_on(server, Engine::Postgres, "postgres", "create database fresh").await;
    let tables = TABLES.iter().map(|(table, columns)| definition(Engine::Postgres, table, columns));
    let mut script: String = tables.chain(indexes()).collect();
    script.push_str(SEED);
    script.push_str(&sequences_ahead());
    run_on(server, Engine::Postgres, "fresh", &script).await;
}

/// Lets the sequences of all tables go on behind their rows.
pub(crate) fn sequences_ahead() -> String {
    let ahead = |table: &&str| {
        format!(
            "select setval(pg_get_serial_sequence('mdl_{table}', 'id'), coalesce(max(id), 0) + 1, false) from mdl_{table};"
        )
    };
    TABLES.keys().map(ahead).collect()
}

fn mysql_script() -> String {
    let modes = "set sql_mode = 'STRICT_TRANS_TABLES,PIPES_AS_CONCAT,ANSI_QUOTES,NO_BACKSLASH_ESCAPES';".to_owned();
    let tables = TABLES.iter().map(|(table, columns)| definition(Engine::MySql, table, columns));
    let parts = std::iter::once(modes).chain(tables).chain([SEED.to_owned()]);
    parts.collect()
}

/// Indexes that Moodle has.
fn indexes() -> impl Iterator<Item = String> {
    let statements = SCHEMA.split(';').map(str::trim_start);
    let of_moodle = |index: &&str| index.starts_with("create ") && index.contains(" index mdl_");
    statements.filter(of_moodle).map(|index| format!("{index};"))
}

fn definition(engine: Engine, table: &str, columns: &[Column]) -> String {
    let in_indexes: BTreeSet<String> = indexes()
        .filter(|index| index.contains(&format!(" on mdl_{table} (")))
        .flat_map(|index| {
            let (_, columns) = index.split_once(" (").unwrap();
            columns.trim_end_matches(");").split(", ").map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let column = |column: &Column| {
        let rest = column.rest.replace("collate nocase ", "");
        let is_short = rest.contains("default") || in_indexes.contains(column.name);
        let kind = match (column.kind, engine) {
            (ColumnType::Id, Engine::Postgres) => return "id bigserial primary key".to_owned(),
            (ColumnType::Id, _) => return "id bigint auto_increment primary key".to_owned(),
            (ColumnType::Integer, _) => "bigint",
            (ColumnType::Numeric, _) => "decimal(10, 5)",
            (ColumnType::Text, Engine::Postgres) => "text",
            (ColumnType::Text, _) if is_short => "varchar(255)",
            (ColumnType::Text, _) => "longtext",
        };
        format!("\"{}\" {kind} {rest}", column.name)
    };
    let mut parts: Vec<String> = columns.iter().map(column).collect();
    if engine == Engine::MySql {
        // At once with the table, which is several times faster.
        let on = format!(" on mdl_{table} (");
        let own = indexes().filter(|index| index.contains(&on));
        parts.extend(own.map(|index| index.replace("create ", "").replace(&on, " (").replace(';', "")));
    }
    format!("create table mdl_{table} ({});\n", parts.join(", "))
}
