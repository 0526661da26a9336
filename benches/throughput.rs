//! Lines a second through the engine on the embedded site, each beside a bare multi-row insert of the same rows into the
//! same kind of database in the same run. `cargo bench` prints the table; `TOOLSYNC_BENCH_LINES` sets the file size.
#![allow(clippy::unwrap_used, reason = "a benchmark may stop at the first surprise")]

use futures::StreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use toolsync::clock::{Clock, SystemClock};
use toolsync::engine::{Engine, EngineSite, EventKind, StartRun, StartSource};
use toolsync::model::{Caller, FilePath, Outcome, Run, RunMode, RunOptions, SiteKey, ToolKind};
use toolsync::site::CacheCare;
use toolsync::site::sql::SqlSite;
use toolsync::store::{Overwrite, Store, UploadBegun, UploadStart};

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rows of a bare insert in one statement, and in one transaction.
const ROWS: usize = 1_000;
const COURSES: usize = 50;
const GROUPS: usize = 4;

fn lines() -> usize {
    std::env::var("TOOLSYNC_BENCH_LINES").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

/// One engine over a scratch folder.
struct Bench {
    folder: tempfile::TempDir,
    store: Store,
    engine: Engine,
    key: SiteKey,
}

/// What a run took.
struct Measured {
    run: Run,
    took: Duration,
    first_line: Duration,
}

impl Bench {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = Store::open(&folder.path().join("data"), clock.clone()).await.unwrap();
        let site = SqlSite::open_embedded(&folder.path().join("site")).await.unwrap();
        let key = SiteKey("default".to_owned());
        let sites = BTreeMap::from([(
            key.clone(),
            EngineSite { reader: site.reader(), writer: site.writer(), caches: CacheCare::Needless },
        )]);
        let engine = Engine::open(store.clone(), sites, clock).await.unwrap();
        Self { folder, store, engine, key }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("site/site.db")
    }

    async fn put(&self, name: &str, content: String) -> FilePath {
        use sha2::{Digest, Sha256};
        let path = FilePath::parse(&format!("/{name}")).unwrap();
        let start = UploadStart {
            site: self.key.clone(),
            path: path.clone(),
            size: Some(content.len() as u64),
            sha256: Some(toolsync::model::file::Sha256Digest(Sha256::digest(content.as_bytes()).into())),
            overwrite: Overwrite::Replace,
            request_id: None,
            caller: Caller::local(),
        };
        if let UploadBegun::Writing(mut upload) = self.store.begin_upload(start).await.unwrap() {
            let mut offset = 0;
            for chunk in content.as_bytes().chunks(256 << 10) {
                upload.write(offset, crc32c::crc32c(chunk), bytes::Bytes::copy_from_slice(chunk)).await.unwrap();
                offset += chunk.len() as u64;
            }
            upload.finish().await.unwrap();
        }
        path
    }

    async fn run(&self, tool: ToolKind, path: &FilePath, mode: RunMode, options: &[(&str, &str)]) -> Measured {
        let values = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let began = Instant::now();
        let run = self
            .engine
            .start(StartRun {
                site: self.key.clone(),
                tool,
                source: StartSource::Stored(path.clone()),
                options: RunOptions { values, max_errors: 0 },
                mode,
                request_id: None,
                caller: Caller::local(),
                schedule: None,
            })
            .await
            .unwrap();
        let mut first_line = None;
        let mut events = Box::pin(self.engine.watch(run, 0));
        while let Some(event) = events.next().await {
            match event.unwrap().kind {
                EventKind::Line(_) => _ = first_line.get_or_insert_with(|| began.elapsed()),
                EventKind::Finished(run) => {
                    let took = (run.finished.unwrap() - run.started.unwrap()).to_std().unwrap();
                    let run = Run::clone(&run);
                    return Measured { run, took, first_line: first_line.unwrap_or_default() };
                }
                EventKind::Started(_) | EventKind::Progress(_) => {}
            }
        }
        panic!("the run has no end");
    }
}

async fn bare_connection(database: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    options.connect().await.unwrap()
}

/// Inserts rows 1,000 at a time, each thousand in a transaction of its own.
async fn bare_insert(
    database: &Path,
    statements: &[(&str, usize)],
    rows: usize,
    value: impl Fn(usize, usize, usize) -> String,
) -> f64 {
    let mut connection = bare_connection(database).await;
    let began = Instant::now();
    let mut from = 0;
    while from < rows {
        let to = (from + ROWS).min(rows);
        let mut transaction = connection.begin_with("begin immediate").await.unwrap();
        for (statement, (head, columns)) in statements.iter().enumerate() {
            let row = format!("({})", vec!["?"; *columns].join(","));
            let sql = format!("{head} values {}", vec![row; to - from].join(","));
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for row in from..to {
                for column in 0..*columns {
                    query = query.bind(value(statement, row, column));
                }
            }
            query.execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
        from = to;
    }
    rows as f64 / began.elapsed().as_secs_f64()
}

async fn bare_users(lines: usize) -> f64 {
    let bench = Bench::open().await;
    let statements = [
        (
            "insert into mdl_user (id,auth,confirmed,mnethostid,username,firstname,lastname,email,idnumber,city,country,timecreated,timemodified)",
            13,
        ),
        ("insert into mdl_context (id,contextlevel,instanceid,path,depth)", 5),
    ];
    bare_insert(&bench.database(), &statements, lines, |statement, row, column| match (statement, column) {
        (0, 0) | (1, 2) => (row + 1000).to_string(),
        (0, 1) => "manual".to_owned(),
        (0, 2 | 3) => "1".to_owned(),
        (0, 4) => format!("user{row}"),
        (0, 5) => format!("First{row}"),
        (0, 6) => format!("Last{row}"),
        (0, 7) => format!("user{row}@example.org"),
        (0, 8) => format!("N{row}"),
        (0, 9) => "Lyon".to_owned(),
        (0, 10) => "FR".to_owned(),
        (0, _) => "1788220800".to_owned(),
        (1, 0) => (row + 1000).to_string(),
        (1, 1) => "30".to_owned(),
        (1, 3) => format!("/1/{}", row + 1000),
        _ => "2".to_owned(),
    })
    .await
}

async fn bare_enrolments(lines: usize) -> f64 {
    let bench = Bench::open().await;
    let statements = [
        ("insert into mdl_user_enrolments (enrolid,userid,timestart,timeend,modifierid,timecreated,timemodified)", 7),
        ("insert into mdl_role_assignments (roleid,contextid,userid,timemodified,modifierid)", 5),
        ("insert into mdl_groups_members (groupid,userid,timeadded)", 3),
        ("insert into mdl_cache_flags (flagtype,name,timemodified,value,expiry)", 5),
    ];
    bare_insert(&bench.database(), &statements, lines, |statement, row, column| {
        let (user, course) = (row / 2 + 1000, (row * 7) % COURSES + 10);
        match (statement, column) {
            (0, 0) => (course + COURSES * (row % 2)).to_string(),
            (0, 1) | (1, 2) | (2, 1) | (3, 1) => (user + if statement == 3 { row } else { 0 }).to_string(),
            (1, 0) => "5".to_owned(),
            (1, 1) => course.to_string(),
            (2, 0) => (course * GROUPS + row % GROUPS).to_string(),
            (3, 0) => "accesslib/dirtyusers".to_owned(),
            _ => "1788220800".to_owned(),
        }
    })
    .await
}

fn users_file(lines: usize) -> String {
    let mut text = "username;firstname;lastname;email;idnumber;city;country\n".to_owned();
    for n in 0..lines {
        writeln!(text, "user{n};First{n};Last{n};user{n}@example.org;N{n};Lyon;FR").unwrap();
    }
    text
}

fn courses_file() -> String {
    let mut text = "shortname;fullname;category\n".to_owned();
    for n in 0..COURSES {
        writeln!(text, "C{n};Course {n};Bench/Part {}", n % 5).unwrap();
    }
    text
}

/// Every user twice, in two different courses, each with a group.
fn enrolments_file(lines: usize) -> String {
    let mut text = "cmd;cid;uid;rolename;enrol;gcmd;g1\n".to_owned();
    for n in 0..lines {
        let course = (n * 7) % COURSES;
        writeln!(text, "add;C{course};user{};student;manual;gaddcreate;G{}", n / 2, n % GROUPS).unwrap();
    }
    text
}

fn report(what: &str, measured: &Measured, bare: Option<f64>) {
    let lines = measured.run.counters.lines();
    let rate = lines as f64 / measured.took.as_secs_f64();
    let ratio =
        bare.map_or_else(|| format!("{:>12} {:>7}", "-", "-"), |bare| format!("{bare:>12.0} {:>7.2}", rate / bare));
    let first = measured.first_line.as_millis();
    println!("{what:<28} {lines:>9} {rate:>12.0} {ratio} {first:>9} ms {:>6} MiB", resident_mib());
    let failed = measured.run.counters.get(Outcome::Failed) + measured.run.counters.partial;
    assert_eq!(failed, 0, "{what}: {}", measured.run.message);
}

/// The most memory this process had resident so far.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[tokio::main]
async fn main() {
    // `cargo test --benches` asks for nothing to be measured.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let lines = lines();
    println!(
        "{:<28} {:>9} {:>12} {:>12} {:>7} {:>12} {:>10}",
        "", "lines", "lines/s", "bare rows/s", "ratio", "first line", "peak RSS"
    );
    let bare = bare_users(lines).await;
    let bench = Bench::open().await;
    let users = bench.put("users.csv", users_file(lines)).await;
    report("users, dry run", &bench.run(ToolKind::Users, &users, RunMode::DryRun, &[]).await, None);
    report("users created", &bench.run(ToolKind::Users, &users, RunMode::Apply, &[]).await, Some(bare));
    report("users unchanged", &bench.run(ToolKind::Users, &users, RunMode::Apply, &[]).await, None);
    let changed = bench.put("changed.csv", users_file(lines).replace(";Lyon;", ";Paris;")).await;
    report("users updated", &bench.run(ToolKind::Users, &changed, RunMode::Apply, &[]).await, None);
    let courses = bench.put("courses.csv", courses_file()).await;
    report("courses created", &bench.run(ToolKind::Courses, &courses, RunMode::Apply, &[]).await, None);
    let bare = bare_enrolments(lines).await;
    let enrolments = bench.put("enrolments.csv", enrolments_file(lines)).await;
    report(
        "enrolments with a group",
        &bench.run(ToolKind::Enrolments, &enrolments, RunMode::Apply, &[]).await,
        Some(bare),
    );
    report("enrolments unchanged", &bench.run(ToolKind::Enrolments, &enrolments, RunMode::Apply, &[]).await, None);
    bench.engine.shut_down().await;
}
