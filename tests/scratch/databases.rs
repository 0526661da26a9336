//! Databases of a scratch server: empty ones, and fresh Moodle sites.

use super::definitions;
use super::{Kind, Server};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The database that fresh sites are copied from where a server can copy.
const TEMPLATE: &str = "fresh";

impl Server {
    /// Runs a script in a database; an empty name is none in particular.
    pub(crate) async fn run(&self, database: &str, script: &str) {
        let script = sqlx::raw_sql(AssertSqlSafe(script.to_owned()));
        match self.kind() {
            Kind::Postgres => {
                let url = self.url(if database.is_empty() { "postgres" } else { database });
                PgConnection::connect(&url).await.unwrap().execute(script).await.map(|_| ()).unwrap();
            }
            Kind::MariaDb => {
                let url = self.url(database);
                MySqlConnection::connect(&url).await.unwrap().execute(script).await.map(|_| ()).unwrap();
            }
        }
    }

    /// A new empty database; its name.
    pub(crate) async fn empty_database(&self) -> String {
        let name = next_name();
        self.run("", &format!("create database {name}")).await;
        name
    }

    /// A new database with the tables and rows of a fresh Moodle; its name.
    pub(crate) async fn fresh_moodle(&self) -> String {
        match self.kind() {
            Kind::Postgres => {
                self.template
                    .get_or_init(async || {
                        self.run("", &format!("create database {TEMPLATE}")).await;
                        self.run(TEMPLATE, &definitions::script(Kind::Postgres)).await;
                    })
                    .await;
                let name = next_name();
                self.run("", &format!("create database {name} template {TEMPLATE}")).await;
                name
            }
            Kind::MariaDb => {
                let name = self.empty_database().await;
                self.run(&name, &definitions::script(Kind::MariaDb)).await;
                name
            }
        }
    }
}

impl Server {
    /// A new database as a real Moodle made it: a dump of a fresh installation, restored; its name. None where there is
    /// no such dump beside the checkout.
    pub(crate) async fn dumped_moodle(&self) -> Option<String> {
        let name = match self.kind() {
            Kind::Postgres => "fresh-4.1-postgres.sql.gz",
            Kind::MariaDb => "fresh-4.1-mariadb.sql.gz",
        };
        let dump = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/moodle").join(name);
        if !dump.exists() {
            return None;
        }
        let database = self.empty_database().await;
        let client = match self.kind() {
            Kind::Postgres => format!("psql -q -v ON_ERROR_STOP=1 -d {}", self.url(&database)),
            Kind::MariaDb => format!(
                "mariadb --no-defaults -uroot --init-command='set innodb_strict_mode=0' --socket={}/socket {database}",
                self.folder().display()
            ),
        };
        let restore = format!("gunzip -c {} | {client}", dump.display());
        let done = Command::new("sh").args(["-c", &restore]).stdout(Stdio::null()).status().unwrap();
        assert!(done.success(), "{restore}");
        Some(database)
    }
}

fn next_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    format!("site{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}
