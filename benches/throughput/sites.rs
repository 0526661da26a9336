//! Sites on each kind of database, in scratch folders, with the settings that a server has by itself.

use crate::bare::{self, Bare};
use crate::scratch::{Durability, Kind, Server};
use sqlx::mysql::MySqlConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use toolsync::site::sql::{SiteAddress, SqlSite, UnknownVersions};

/// What keeps the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Server(Kind),
}

impl Database {
    pub(crate) const ALL: [(&str, Self); 3] = [
        ("sqlite", Self::Sqlite),
        ("postgres", Self::Server(Kind::Postgres)),
        ("mariadb", Self::Server(Kind::MariaDb)),
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "embedded SQLite",
            Self::Server(Kind::Postgres) => "PostgreSQL",
            Self::Server(Kind::MariaDb) => "MariaDB",
        }
    }
}

/// What a site holds before anything is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filling {
    pub(crate) users: usize,
    pub(crate) courses: usize,
}

/// Whose tables a server gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tables {
    /// Those of the embedded site.
    Own,
    /// Those of a real Moodle, all of them, with all their indexes.
    Moodle,
}

/// Where sites of one kind come from.
pub(crate) struct Sites {
    tables: Tables,
    pub(crate) database: Database,
    server: Option<Server>,
    filling: Option<Filling>,
}

impl Sites {
    pub(crate) fn of(database: Database, tables: Tables, filling: Option<Filling>) -> Self {
        let server = match database {
            Database::Sqlite => None,
            Database::Server(kind) => Some(Server::start(kind, Durability::Full)),
        };
        Self { tables, database, server, filling }
    }

    async fn database_on(&self, server: &Server) -> String {
        match self.tables {
            Tables::Own => server.fresh_moodle().await,
            Tables::Moodle => server.dumped_moodle().await.expect("a dump of a real Moodle"),
        }
    }

    /// A new site.
    pub(crate) async fn site(&self) -> BenchSite {
        let place = match &self.server {
            None => {
                let folder = tempfile::tempdir().unwrap();
                SqlSite::open_embedded(folder.path()).await.unwrap().close().await;
                Place::Folder(folder)
            }
            Some(server) => Place::Address(server.kind(), server.url(&self.database_on(server).await)),
        };
        let site = BenchSite(place);
        if let Some(Filling { users, courses }) = self.filling {
            bare::fill(&site, users, courses).await;
        }
        site
    }
}

enum Place {
    Folder(TempDir),
    Address(Kind, String),
}

/// A site that nobody else works on.
pub(crate) struct BenchSite(Place);

impl BenchSite {
    /// The site as the service opens it.
    pub(crate) async fn open(&self) -> SqlSite {
        match &self.0 {
            Place::Folder(folder) => SqlSite::open_embedded(folder.path()).await.unwrap(),
            Place::Address(_, url) => SqlSite::connect(&SiteAddress {
                url: url.clone(),
                table_prefix: "mdl_".to_owned(),
                pool_size: NonZeroU32::MIN.saturating_add(3),
                statement_timeout: Duration::from_secs(300),
                unknown_versions: UnknownVersions::Refused,
            })
            .await
            .unwrap(),
        }
    }

    /// A plain connection to its database.
    pub(crate) async fn connect(&self) -> Bare {
        match &self.0 {
            Place::Folder(folder) => Bare::Sqlite(embedded(folder.path().join("site.db")).await),
            Place::Address(Kind::Postgres, url) => Bare::Postgres(PgConnection::connect(url).await.unwrap()),
            Place::Address(Kind::MariaDb, url) => Bare::MariaDb(MySqlConnection::connect(url).await.unwrap()),
        }
    }

    /// Lets ids go on behind those of rows that brought their own.
    pub(crate) async fn take_up_ids(&self, tables: impl Iterator<Item = &'static str>) {
        // The others see them by themselves.
        if let Place::Address(Kind::Postgres, _) = self.0 {
            let mut connection = self.connect().await;
            for table in tables {
                let sequence = format!("pg_get_serial_sequence('{table}', 'id')");
                connection.run(&format!("select setval({sequence}, (select max(id) from {table}))")).await;
            }
            connection.close().await;
        }
    }
}

/// Opened as the embedded site is.
async fn embedded(file: PathBuf) -> sqlx::SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal);
    options.synchronous(SqliteSynchronous::Normal).connect().await.unwrap()
}
