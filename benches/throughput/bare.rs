//! The yardstick: the rows that lines lead to, inserted by plain multi-row statements and nothing else.

use crate::files::{COURSES_IN_USE, GROUPS};
use crate::sites::BenchSite;
use sqlx::mysql::MySqlConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};
use std::ops::Range;
use std::time::Instant;

/// Lines whose rows go into one statement a table and one transaction.
const LINES: usize = 1_000;
/// Most rows of a statement: a course has several rows in a table, and databases take some 65,000 values.
const ROWS: usize = 2_500;

pub(crate) enum Cell {
    Int(i64),
    Text(String),
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

type Row = Vec<Cell>;

/// The rows of one table that a line leads to.
pub(crate) struct Part {
    table: &'static str,
    columns: &'static str,
    rows: fn(usize) -> Vec<Row>,
}

/// The rows of a table, one or several a line.
macro_rules! part {
    ($table:literal ($columns:literal), |$n:ident| $([$($cell:expr),* $(,)?]),+ $(,)?) => {
        Part { table: $table, columns: $columns, rows: |$n| vec![$(vec![$(Cell::from($cell)),*]),+] }
    };
}

const NOW: i64 = 1_788_220_800;

fn id(n: usize) -> i64 {
    n as i64 + 1_000
}

fn user_context(n: usize) -> i64 {
    n as i64 + 100_000_000
}

fn course_context(n: usize) -> i64 {
    n as i64 + 200_000_000
}

fn forum_context(n: usize) -> i64 {
    n as i64 + 300_000_000
}

fn group(course: usize, number: usize) -> i64 {
    id(course * GROUPS + number % GROUPS)
}

pub(crate) const USERS: &[Part] = &[
    part!(
        "mdl_user"(
            "id,auth,confirmed,mnethostid,username,firstname,lastname,email,idnumber,city,country,password,timecreated,timemodified"
        ),
        |n| [
            id(n),
            "manual",
            1,
            1,
            format!("user{n}"),
            format!("First{n}"),
            format!("Last{n}"),
            format!("user{n}@example.org"),
            format!("N{n}"),
            "Lyon",
            "FR",
            "not cached",
            NOW,
            NOW
        ]
    ),
    part!("mdl_context"("id,contextlevel,instanceid,path,depth"), |n| [
        user_context(n),
        30,
        id(n),
        format!("/1/{}", user_context(n)),
        2
    ]),
];

/// A course of the format topics as a fresh Moodle makes it.
pub(crate) const COURSES: &[Part] = &[
    part!(
        "mdl_course"(
            "id,category,sortorder,fullname,shortname,startdate,newsitems,summaryformat,timecreated,timemodified,cacherev"
        ),
        |n| [id(n), 1, n as i64, format!("Course {n}"), format!("C{n}"), NOW, 5, 1, NOW, NOW, NOW]
    ),
    part!(
        "mdl_context"("id,contextlevel,instanceid,path,depth"),
        |n| [course_context(n), 50, id(n), format!("/1/3/{}", course_context(n)), 3],
        [forum_context(n), 70, id(n), format!("/1/3/{}/{}", course_context(n), forum_context(n)), 4]
    ),
    part!(
        "mdl_course_format_options"("courseid,format,sectionid,name,value"),
        |n| [id(n), "topics", 0, "hiddensections", "1"],
        [id(n), "topics", 0, "coursedisplay", "0"]
    ),
    part!(
        "mdl_course_sections"("id,course,section,summary,summaryformat,sequence,visible,timemodified"),
        |n| [id(n) * 5, id(n), 0, "", 1, id(n).to_string(), 1, NOW],
        [id(n) * 5 + 1, id(n), 1, "", 1, "", 1, NOW],
        [id(n) * 5 + 2, id(n), 2, "", 1, "", 1, NOW],
        [id(n) * 5 + 3, id(n), 3, "", 1, "", 1, NOW],
        [id(n) * 5 + 4, id(n), 4, "", 1, "", 1, NOW]
    ),
    part!(
        "mdl_forum"("id,course,type,name,intro,introformat,maxattachments,forcesubscribe,trackingtype,timemodified"),
        |n| [id(n), id(n), "news", "Announcements", "General news and announcements", 1, 1, 1, 1, NOW]
    ),
    part!("mdl_course_modules"("id,course,module,instance,section,added,visible,visibleold"), |n| [
        id(n),
        id(n),
        10,
        id(n),
        id(n) * 5,
        NOW,
        1,
        1
    ]),
    part!(
        "mdl_enrol"("id,enrol,status,courseid,sortorder,roleid,timecreated,timemodified"),
        |n| [id(n) * 3, "manual", 0, id(n), 0, 5, NOW, NOW],
        [id(n) * 3 + 1, "guest", 1, id(n), 1, 0, NOW, NOW],
        [id(n) * 3 + 2, "self", 1, id(n), 2, 5, NOW, NOW]
    ),
];

/// The user and the course of an enrolment.
fn pair(n: usize) -> (usize, usize) {
    (n / 2, (n * 7) % COURSES_IN_USE)
}

pub(crate) const ENROLMENTS: &[Part] = &[
    part!("mdl_user_enrolments"("enrolid,userid,timestart,timeend,modifierid,timecreated,timemodified"), |n| [
        id(pair(n).1) * 3,
        id(pair(n).0),
        NOW,
        0,
        0,
        NOW,
        NOW
    ]),
    part!("mdl_role_assignments"("roleid,contextid,userid,timemodified,modifierid"), |n| [
        5,
        course_context(pair(n).1),
        id(pair(n).0),
        NOW,
        0
    ]),
    part!("mdl_groups_members"("groupid,userid,timeadded"), |n| [group(pair(n).1, n), id(pair(n).0), NOW]),
    // One flag for both lines of a user.
    Part {
        table: "mdl_cache_flags",
        columns: "flagtype,name,timemodified,value,expiry",
        rows: |n| match n % 2 {
            0 => vec![vec![
                "accesslib/dirtyusers".into(),
                id(n / 2).to_string().into(),
                NOW.into(),
                "1".into(),
                NOW.into(),
            ]],
            _ => Vec::new(),
        },
    },
];

const GROUPS_OF_COURSES: &[Part] = &[part!(
    "mdl_groups"("id,courseid,name,timecreated,timemodified"),
    |n| [group(n, 0), id(n), "G0", NOW, NOW],
    [group(n, 1), id(n), "G1", NOW, NOW],
    [group(n, 2), id(n), "G2", NOW, NOW],
    [group(n, 3), id(n), "G3", NOW, NOW]
)];

/// Numbers that no command file comes to.
const FILLED_FROM: usize = 50_000_000;

/// Fills a site with users and courses that no file names, each user in two courses.
pub(crate) async fn fill(site: &BenchSite, users: usize, courses: usize) {
    let from = FILLED_FROM;
    insert(site, USERS, from..from + users).await;
    insert(site, COURSES, from..from + courses).await;
    insert(site, GROUPS_OF_COURSES, from..from + courses).await;
    insert(site, ENROLMENTS, 2 * from..2 * (from + users)).await;
    let parts = USERS.iter().chain(COURSES).chain(GROUPS_OF_COURSES).chain(ENROLMENTS);
    site.take_up_ids(parts.map(|part| part.table)).await;
}

/// Inserts the rows of lines and answers with lines a second.
pub(crate) async fn insert(site: &BenchSite, parts: &[Part], lines: Range<usize>) -> f64 {
    let count = lines.len();
    let mut connection = site.connect().await;
    let began = Instant::now();
    for from in lines.clone().step_by(LINES) {
        let to = (from + LINES).min(lines.end);
        connection.run("begin").await;
        for part in parts {
            let rows: Vec<Row> = (from..to).flat_map(part.rows).collect();
            let mut rows = rows.into_iter().peekable();
            while rows.peek().is_some() {
                connection.insert(part, rows.by_ref().take(ROWS).collect()).await;
            }
        }
        connection.run("commit").await;
    }
    count as f64 / began.elapsed().as_secs_f64()
}

/// A connection with nothing around it.
pub(crate) enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
    MariaDb(MySqlConnection),
}

macro_rules! execute {
    ($connection:expr, $sql:expr, $rows:expr) => {{
        let query = $rows.into_iter().flatten().fold(sqlx::query(AssertSqlSafe($sql)), |query, cell| match cell {
            Cell::Int(number) => query.bind(number),
            Cell::Text(text) => query.bind(text),
        });
        query.execute($connection).await.map(drop)
    }};
}

impl Bare {
    pub(crate) async fn run(&mut self, sql: &str) {
        let script = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(connection) => script.execute(connection).await.map(drop),
            Self::Postgres(connection) => script.execute(connection).await.map(drop),
            Self::MariaDb(connection) => script.execute(connection).await.map(drop),
        }
        .unwrap();
    }

    async fn insert(&mut self, part: &Part, rows: Vec<Row>) {
        let sql = self.statement(part, rows.len());
        match self {
            Self::Sqlite(connection) => execute!(connection, sql, rows),
            Self::Postgres(connection) => execute!(connection, sql, rows),
            Self::MariaDb(connection) => execute!(connection, sql, rows),
        }
        .unwrap();
    }

    fn statement(&self, part: &Part, rows: usize) -> String {
        let columns = part.columns.split(',').count();
        let row = |row: usize| {
            let placeholder = |column: usize| match self {
                Self::Postgres(_) => format!("${}", row * columns + column + 1),
                _ => "?".to_owned(),
            };
            format!("({})", (0..columns).map(placeholder).collect::<Vec<_>>().join(","))
        };
        let rows = (0..rows).map(row).collect::<Vec<_>>().join(",");
        format!("insert into {} ({}) values {rows}", part.table, part.columns)
    }

    pub(crate) async fn close(self) {
        match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
            Self::MariaDb(connection) => connection.close().await,
        }
        .unwrap();
    }
}
