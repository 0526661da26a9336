//! Fresh Moodle databases on scratch servers, and a look into them from outside.

use crate::scratch::{Kind, Server};
use sqlx::mysql::MySqlConnection;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Row};
use std::collections::BTreeMap;

/// Makes a test of each function, which takes the kind of server, for every kind.
macro_rules! on_every_server {
    ($($test:ident),* $(,)?) => {
        on_every_server! { @server postgres Postgres $($test)* }
        on_every_server! { @server mariadb MariaDb $($test)* }
    };
    (@server $module:ident $kind:ident $($test:ident)*) => {
        mod $module {
            use crate::scratch::{Kind, is_skipped};
            $(#[tokio::test(flavor = "multi_thread")] async fn $test() {
                if !is_skipped(Kind::$kind, stringify!($test)) {
                    super::$test(Kind::$kind).await;
                }
            })*
        }
    };
}
pub(crate) use on_every_server;

/// A Moodle that nobody else works on.
pub(crate) struct Moodle {
    server: &'static Server,
    database: String,
}

/// What a Moodle holds, told by names: the numbers of rows depend on what was begun and given up on the way.
const CONTENTS: &[(&str, &str)] = &[
    ("accounts", "select username, firstname, lastname, email, idnumber, auth, suspended, deleted from mdl_user"),
    ("contexts", "select contextlevel, depth, count(*) from mdl_context group by contextlevel, depth"),
    ("categories", "select name, depth, coursecount from mdl_course_categories"),
    ("courses", "select shortname, fullname, format, visible, sortorder from mdl_course"),
    ("sections", "select c.shortname, s.section from mdl_course_sections s join mdl_course c on c.id = s.course"),
    ("methods", "select c.shortname, e.enrol, e.status from mdl_enrol e join mdl_course c on c.id = e.courseid"),
    (
        "enrolments",
        "select u.username, c.shortname, e.enrol, p.status from mdl_user_enrolments p join mdl_user u on u.id = p.userid
         join mdl_enrol e on e.id = p.enrolid join mdl_course c on c.id = e.courseid",
    ),
    (
        "roles",
        "select u.username, c.shortname, r.roleid, r.component from mdl_role_assignments r
         join mdl_user u on u.id = r.userid join mdl_context x on x.id = r.contextid and x.contextlevel = 50
         join mdl_course c on c.id = x.instanceid",
    ),
    (
        "members",
        "select u.username, c.shortname, g.name from mdl_groups_members m join mdl_user u on u.id = m.userid
         join mdl_groups g on g.id = m.groupid join mdl_course c on c.id = g.courseid",
    ),
    (
        "cohorts",
        "select u.username, k.name from mdl_cohort_members m join mdl_user u on u.id = m.userid
         join mdl_cohort k on k.id = m.cohortid",
    ),
    ("preferences", "select u.username, p.name, p.value from mdl_user_preferences p join mdl_user u on u.id = p.userid"),
    ("flags", "select flagtype, count(*) from mdl_cache_flags group by flagtype"),
    ("checkpoints", "select name from mdl_config_plugins where plugin = 'toolsync' and name like 'run%'"),
];

impl Moodle {
    /// A fresh one.
    pub(crate) async fn fresh(kind: Kind) -> Self {
        let server = Server::of(kind);
        Self { server, database: server.fresh_moodle().await }
    }

    /// Its address, as in the setting `site.url`.
    pub(crate) fn url(&self) -> String {
        self.server.url(&self.database)
    }

    /// The same for another account: `name:password`.
    pub(crate) fn url_as(&self, account: &str) -> String {
        self.server.url_as(account, &self.database)
    }

    /// The address with a demand for encryption, which scratch servers do not offer.
    pub(crate) fn url_with_tls(&self) -> String {
        match self.server.kind() {
            Kind::Postgres => format!("{}&sslmode=require", self.url()),
            Kind::MariaDb => format!("{}&ssl-mode=REQUIRED", self.url()),
        }
    }

    /// The address of a database that the server does not have.
    pub(crate) fn url_of_nothing(&self) -> String {
        self.server.url("nothing")
    }

    /// Changes the site behind its back.
    pub(crate) async fn execute(&self, script: &str) {
        self.server.run(&self.database, script).await;
    }

    /// The rows of a query as text, one `|`-separated string a row.
    pub(crate) async fn query(&self, sql: &str) -> Vec<String> {
        self.connect().await.query(sql).await
    }

    async fn connect(&self) -> Outside {
        match self.server.kind() {
            Kind::Postgres => Outside::Postgres(PgConnection::connect(&self.url()).await.unwrap()),
            Kind::MariaDb => Outside::MariaDb(MySqlConnection::connect(&self.url()).await.unwrap()),
        }
    }

    /// What it holds, by names.
    pub(crate) async fn contents(&self) -> BTreeMap<String, Vec<String>> {
        let mut connection = self.connect().await;
        let mut contents = BTreeMap::new();
        for (what, sql) in CONTENTS {
            let mut rows = connection.query(sql).await;
            rows.sort_unstable();
            contents.insert((*what).to_owned(), rows);
        }
        contents
    }

    /// Every row of every table.
    pub(crate) async fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let mut connection = self.connect().await;
        let own = match self.server.kind() {
            Kind::Postgres => "current_schema()",
            Kind::MariaDb => "database()",
        };
        let tables = format!("select table_name from information_schema.tables where table_schema = {own}");
        let mut dump = BTreeMap::new();
        for table in connection.query(&tables).await {
            let rows = connection.query(&format!("select * from {table} order by id")).await;
            dump.insert(table, rows);
        }
        dump
    }

    /// Keeps everybody else from writing to the table of users, so that a run stays where it is.
    pub(crate) async fn hold_users(&self) -> Hold {
        let mut connection = self.connect().await;
        match self.server.kind() {
            Kind::Postgres => connection.execute("begin; lock table mdl_user in share mode").await,
            Kind::MariaDb => connection.execute("lock tables mdl_user read").await,
        }
        Hold(connection)
    }

    /// Whether somebody waits for a table that is held.
    pub(crate) async fn somebody_waits(&self) -> bool {
        let database = &self.database;
        let waiting = match self.server.kind() {
            Kind::Postgres => {
                format!("select pid from pg_stat_activity where datname = '{database}' and wait_event_type = 'Lock'")
            }
            Kind::MariaDb => format!(
                "select id from information_schema.processlist where db = '{database}' and state like 'Waiting for%lock'"
            ),
        };
        !self.query(&waiting).await.is_empty()
    }
}

/// A table that is held until this is released.
pub(crate) struct Hold(Outside);

impl Hold {
    pub(crate) async fn release(mut self) {
        match &self.0 {
            Outside::Postgres(_) => self.0.execute("rollback").await,
            Outside::MariaDb(_) => self.0.execute("unlock tables").await,
        }
    }
}

/// A connection beside toolsync's.
enum Outside {
    Postgres(PgConnection),
    MariaDb(MySqlConnection),
}

macro_rules! texts {
    ($rows:expr) => {
        $rows
            .iter()
            .map(|row| {
                let cell = |column| row.get_unchecked::<Option<String>, _>(column).unwrap_or_else(|| "-".to_owned());
                (0..row.len()).map(cell).collect::<Vec<_>>().join("|")
            })
            .collect()
    };
}

impl Outside {
    async fn execute(&mut self, script: &str) {
        self.query(script).await;
    }

    /// Without preparing it: then all values come as text.
    async fn query(&mut self, sql: &str) -> Vec<String> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Postgres(connection) => texts!(query.fetch_all(connection).await.unwrap()),
            Self::MariaDb(connection) => texts!(query.fetch_all(connection).await.unwrap()),
        }
    }
}
