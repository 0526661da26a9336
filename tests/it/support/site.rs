//! A look into the embedded site's database, from outside.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Row, TypeInfo, ValueRef};
use std::collections::BTreeMap;
use std::path::Path;

async fn open(database: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(database).read_only(true).connect().await.unwrap()
}

/// Keeps everybody else from writing to the site, so that a run stays where it is until this is released.
pub(crate) struct Hold(SqliteConnection);

impl Hold {
    pub(crate) async fn on(database: &Path) -> Self {
        let mut connection = SqliteConnectOptions::new().filename(database).connect().await.unwrap();
        sqlx::raw_sql("begin immediate").execute(&mut connection).await.unwrap();
        Self(connection)
    }

    pub(crate) async fn release(mut self) {
        sqlx::raw_sql("rollback").execute(&mut self.0).await.unwrap();
        self.0.close().await.unwrap();
    }
}

/// Changes the site behind its back.
pub(crate) async fn execute(database: &Path, sql: &str) {
    let mut connection = SqliteConnectOptions::new().filename(database).connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The rows of a query as text, one `|`-separated string a row.
pub(crate) async fn query(database: &Path, sql: &str) -> Vec<String> {
    let mut connection = open(database).await;
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| (0..row.len()).map(|column| cell(row, column)).collect::<Vec<_>>().join("|")).collect()
}

fn cell(row: &sqlx::sqlite::SqliteRow, column: usize) -> String {
    let raw = row.try_get_raw(column).unwrap();
    if raw.is_null() {
        return "-".to_owned();
    }
    match raw.type_info().name() {
        "INTEGER" => row.get_unchecked::<i64, _>(column).to_string(),
        "REAL" => row.get_unchecked::<f64, _>(column).to_string(),
        _ => row.get_unchecked::<String, _>(column),
    }
}

/// Every row of every Moodle table, columns that hold a time or a revision of the moment left out.
pub(crate) async fn snapshot(database: &Path) -> BTreeMap<String, Vec<String>> {
    let tables =
        query(database, "select name from sqlite_master where type = 'table' and name like 'mdl!_%' escape '!'");
    let mut snapshot = BTreeMap::new();
    for table in tables.await {
        let mut connection = open(database).await;
        let sql = format!("select * from \"{table}\" order by 1");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
        let keep = |column: &&sqlx::sqlite::SqliteColumn| {
            let name = column.name();
            !(name.starts_with("time") && name != "timezone"
                || matches!(name, "cacherev" | "expiry" | "startdate" | "added"))
        };
        let line = |row: &sqlx::sqlite::SqliteRow| {
            let columns = row.columns().iter().filter(keep);
            columns
                .map(|column| format!("{}={}", column.name(), cell(row, column.ordinal())))
                .collect::<Vec<_>>()
                .join(" ")
        };
        snapshot.insert(table, rows.iter().map(line).collect());
    }
    snapshot
}
