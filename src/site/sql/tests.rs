//! The embedded site as a whole: made once, read again, never half made.

pub(crate) mod databases;
pub(crate) mod dump;
pub(crate) mod moodles;
#[path = "../../../tests/scratch/mod.rs"]
pub(crate) mod scratch;

use super::connection::Connections;
pub(crate) use super::dialect::Engine;
use super::*;
use crate::model::{CohortId, ContextId, GroupId, UserId};
use crate::site::Collation;
use tempfile::TempDir;

pub(crate) use databases::fresh;

/// Makes a test of each function, which takes the kind of database, for every kind.
macro_rules! on_every_engine {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() { super::$test(crate::site::sql::dialect::Engine::Sqlite).await; })*
        }
        on_every_engine! { @server postgres Postgres $($test)* }
        on_every_engine! { @server mariadb MySql $($test)* }
    };
    (@server $module:ident $engine:ident $($test:ident)*) => {
        mod $module {
            use crate::site::sql::{dialect::Engine, tests::databases};
            $(#[tokio::test] async fn $test() {
                if !databases::is_skipped(Engine::$engine, stringify!($test)) {
                    super::$test(Engine::$engine).await;
                }
            })*
        }
    };
}
pub(super) use on_every_engine;

mod beside;

/// How many statements the thread of this test has run.
pub(crate) fn statements() -> usize {
    super::connection::statements()
}

impl SqlSite {
    /// The name of its database.
    pub(crate) fn database(&self) -> String {
        match &self.reading.connections {
            Connections::Postgres(pool) => pool.connect_options().get_database().unwrap_or_default().to_owned(),
            Connections::MySql(pool) => pool.connect_options().get_database().unwrap_or_default().to_owned(),
            Connections::Sqlite(_) => panic!("SQLite has no names of databases"),
        }
    }

    /// The same site by other connections.
    pub(crate) async fn connect_again(&self) -> Self {
        let engine = self.dialect.engine();
        let url = databases::server(engine).url(&self.database());
        Self::connect(&databases::address(url)).await.unwrap()
    }

    /// Changes it like somebody else would.
    pub(crate) async fn meddle(&self, script: &str) {
        match self.dialect.engine() {
            Engine::Sqlite => self.write_connection().await.unwrap().execute_raw("meddle", script).await.unwrap(),
            engine => databases::run(engine, &self.database(), script).await,
        }
    }

    /// The rows of a query, values separated by `|`.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        let query = statement::Statement::new(&self.dialect, sql);
        let rows = self.reading.connection().await.unwrap().fetch("look", query).await.unwrap();
        let text = |mut row: statement::Row| (0..row.0.len()).map(|at| row.text(at)).collect::<Vec<_>>().join("|");
        rows.into_iter().map(text).collect()
    }
}

/// A fresh site with some more rows.
pub(super) async fn with(engine: Engine, script: &str) -> (Option<TempDir>, SqlSite) {
    let (folder, site) = fresh(engine).await;
    site.write_connection().await.unwrap().execute_raw("fill a test", script).await.unwrap();
    (folder, site)
}

async fn a_fresh_site_has_the_facts_of_a_fresh_moodle(engine: Engine) {
    let (_folder, site) = fresh(engine).await;
    let facts = site.reader().facts().await.unwrap();
    assert_eq!(facts.config("version"), "2022112802.06");
    assert_eq!(facts.local_host(), 1);
    assert_eq!(facts.enrol_plugins().collect::<Vec<_>>(), ["manual", "guest", "self", "cohort", "meta"]);
    assert_eq!(facts.plugin("moodlecourse", "format"), Some("topics"));
    assert_eq!(facts.plugin_number("enrol_manual", "roleid"), Some(5));
    assert_eq!(facts.plugin("auth_manual", "version"), Some("2022112800"));
    assert_eq!(facts.plugin("toolsync", "embedded_version"), None);
    assert_eq!(facts.roles.len(), 8);
    assert_eq!(facts.role("student").unwrap().id.0, 5);
    assert_eq!(facts.modules["forum"], 10);
    assert_eq!(facts.site_course, Some(CourseId(1)));
    assert_eq!(facts.system_context, Some(ContextId(1)));
    assert_eq!(facts.guest, Some(UserId(1)));
    assert!(facts.admins.contains(&UserId(2)) && facts.is_protected(UserId(1)));
    assert!(["topics", "weeks", "social", "singleactivity"].iter().all(|format| facts.has_format(format)));
    let expected = if engine == Engine::MySql { Collation::CaseInsensitive } else { Collation::Exact };
    assert_eq!(facts.collation, expected);
}

async fn profile_fields_come_in_their_order(engine: Engine) {
    let (_folder, site) = with(
        engine,
        "insert into mdl_user_info_field (shortname, name, datatype, sortorder, forceunique, param1) values
            ('second', 'B', 'text', 2, 1, '30'), ('first', 'A', 'menu', 1, 0, 'x')",
    )
    .await;
    let facts = site.reader().facts().await.unwrap();
    let fields: Vec<_> =
        facts.profile_fields.iter().map(|f| (f.shortname.as_str(), f.force_unique, &*f.param1)).collect();
    assert_eq!(fields, [("first", false, "x"), ("second", true, "30")]);
}

#[tokio::test]
async fn opening_again_keeps_what_is_there() {
    let (folder, site) = with(Engine::Sqlite, "update mdl_course_categories set name = 'Kept'").await;
    site.close().await;
    let site = SqlSite::open_embedded(folder.unwrap().path()).await.unwrap();
    let query = statement::Statement::new(&site.dialect, "select name from {course_categories}");
    let mut rows = site.write_connection().await.unwrap().fetch("look", query).await.unwrap();
    assert_eq!((rows.len(), rows[0].text(0)), (1, "Kept".to_owned()));
}

#[tokio::test]
async fn a_file_without_tables_is_filled() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("site.db"), b"").unwrap();
    let site = SqlSite::open_embedded(folder.path()).await.unwrap();
    assert_eq!(site.reader().facts().await.unwrap().roles.len(), 8);
}

#[tokio::test]
async fn a_process_that_dies_while_filling_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(folder.path().join("site.db"))
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let mut dying = Pool::of_file(pool.clone()).connection().await.unwrap();
    dying.execute_raw("begin", "begin immediate").await.unwrap();
    dying.execute_raw("create", include_str!("schema.sql")).await.unwrap();
    drop(dying);
    pool.close().await;
    let site = SqlSite::open_embedded(folder.path()).await.unwrap();
    assert_eq!(site.reader().facts().await.unwrap().roles.len(), 8);
}

#[tokio::test]
async fn files_that_are_not_ours_are_refused() {
    let foreign = "drop table mdl_config_plugins";
    let later = "update mdl_config_plugins set value = '2' where name = 'embedded_version'";
    for (script, message) in [(foreign, "something else"), (later, "later release")] {
        let (folder, site) = with(Engine::Sqlite, script).await;
        site.close().await;
        let error = SqlSite::open_embedded(folder.unwrap().path()).await.err().unwrap();
        assert!(error.to_string().contains(message), "{error}");
    }
}

async fn readers_cannot_write(engine: Engine) {
    let (_folder, site) = fresh(engine).await;
    let refused = site.reading.connection().await.unwrap().execute_raw("write", "delete from mdl_user").await;
    let refused = refused.unwrap_err().to_string().to_lowercase().replace(['-', ' '], "");
    assert!(refused.contains("readonly"), "{refused}");
}

async fn readers_see_what_was_written(engine: Engine) {
    let (_folder, site) = fresh(engine).await;
    let reader = site.reader();
    let mut writing = site.write_connection().await.unwrap();
    writing.execute_raw("begin", site.dialect.begin()).await.unwrap();
    writing.execute_raw("write", "update mdl_config set value = 'fr' where name = 'lang'").await.unwrap();
    assert_eq!(reader.facts().await.unwrap().config("lang"), "en");
    writing.execute_raw("commit", "commit").await.unwrap();
    assert_eq!(reader.facts().await.unwrap().config("lang"), "fr");
}

async fn what_was_begun_and_dropped_is_undone(engine: Engine) {
    let (_folder, site) = fresh(engine).await;
    let mut writing = site.write_connection().await.unwrap();
    writing.execute_raw("begin", site.dialect.begin()).await.unwrap();
    writing.execute_raw("write", "update mdl_config set value = 'fr' where name = 'lang'").await.unwrap();
    drop(writing);
    let mut writing = site.write_connection().await.unwrap();
    let query = statement::Statement::new(&site.dialect, "select value from {config} where name = 'lang'");
    assert_eq!(writing.fetch("look", query).await.unwrap()[0].text(0), "en");
    writing.execute_raw("begin", site.dialect.begin()).await.unwrap();
}

#[tokio::test]
async fn packed_rows_are_the_same_rows() {
    let (_folder, site) = with(
        Engine::Sqlite,
        "insert into mdl_cache_flags (flagtype, name, value, expiry) values ('a\"\\b', 'é\n', '1', -7)",
    )
    .await;
    let columns = "flagtype, name, value, expiry, null, 9007199254740993";
    let plain = statement::Statement::new(&site.dialect, &format!("select {columns} from {{cache_flags}}"));
    let mut connection = site.reading.connection().await.unwrap();
    let packed = packed::select(&connection, &site.dialect, columns).push(" from {cache_flags}");
    let plain = connection.fetch("look", plain).await.unwrap();
    let packed = packed::fetch(&mut connection, "look", packed).await.unwrap();
    assert_eq!(plain[0].0, packed[0].0);
    let none = packed::select(&connection, &site.dialect, "id").push(" from {cohort}");
    assert!(packed::fetch(&mut connection, "look", none).await.unwrap().is_empty());
}

async fn checkpoints_are_kept_by_run(engine: Engine) {
    let (_folder, site) = fresh(engine).await;
    let (run, other) = (RunId::generate(), RunId::generate());
    let reader = site.reader();
    let mut connection = site.write_connection().await.unwrap();
    assert_eq!(reader.checkpoint(run).await.unwrap(), None);
    for segment in [1, 2] {
        let checkpoint = Checkpoint { run, segment, digest: format!("d{segment}") };
        checkpoint::write(&mut connection, &site.dialect, &checkpoint).await.unwrap();
        assert_eq!(reader.checkpoint(run).await.unwrap(), Some(checkpoint));
    }
    assert_eq!(reader.checkpoint(other).await.unwrap(), None);
    checkpoint::clear(&mut connection, &site.dialect, run).await.unwrap();
    checkpoint::clear(&mut connection, &site.dialect, run).await.unwrap();
    assert_eq!(reader.checkpoint(run).await.unwrap(), None);
}

async fn empty_groups_name_what_still_uses_them(engine: Engine) {
    let (_folder, site) = with(
        engine,
        r#"insert into mdl_course (id, category, shortname) values (10, 1, 'ZOO'), (11, 1, 'BIO'), (12, 1, 'OUT');
        insert into mdl_user (id, username, deleted, mnethostid) values (20, 'a', 0, 1), (21, 'b', 1, 1);
        insert into mdl_groups (id, courseid, name) values (1, 10, 'full'), (2, 10, 'gone'), (3, 10, 'free'),
            (4, 10, 'cohort'), (5, 10, 'module'), (6, 11, 'section'), (7, 12, 'elsewhere'), (8, 10, 'self'),
            (11, 10, 'wiki'), (12, 12, 'full');
        insert into mdl_groups (id, courseid, name, enrolmentkey) values (9, 10, 'key', 'k'), (10, 11, 'lock', 'k');
        insert into mdl_groups_members (groupid, userid) values (1, 20), (2, 21), (12, 20);
        insert into mdl_groupings_groups (groupingid, groupid) values (1, 3);
        create table mdl_wiki_subwikis (id integer primary key, groupid integer);
        insert into mdl_wiki_subwikis (id, groupid) values (1, 11);
        insert into mdl_enrol (enrol, courseid, customint1, customint2) values ('cohort', 10, 1, 4), ('self', 10, 1, 8);
        insert into mdl_course_modules (course, availability) values
            (10, '{"op":"&","c":[{"op":"|","c":[{"type":"group","id":5}]},{"type":"group"}],"showc":[true]}'),
            (10, 'no json "group"');
        insert into mdl_course_sections (course, section, availability) values
            (11, 1, '{"op":"&","c":[{"type":"group","id":6}]}')"#,
    )
    .await;
    let courses = BTreeSet::from([CourseId(10), CourseId(11), CourseId(-1)]);
    let reader = site.reader();
    let told = async |also: &[i64]| {
        let also = also.iter().copied().map(GroupId).collect();
        let groups = reader.empty_groups(&courses, &also).await.unwrap();
        let words =
            |g: GroupCard| format!("{} {} {} {}", g.course_shortname, g.name, g.members, g.used_by.unwrap_or_default());
        groups.into_iter().map(|group| words(group).trim_end().to_owned()).collect::<Vec<_>>()
    };
    let empty = [
        "BIO lock 0",
        "BIO section 0 an access restriction",
        "ZOO cohort 0 the enrolment method cohort",
        "ZOO free 0",
        "ZOO gone 0",
        "ZOO key 0 the enrolment method self, for its enrolment key,",
        "ZOO module 0 an access restriction",
        "ZOO self 0",
        "ZOO wiki 0 an activity",
    ];
    assert_eq!(told(&[]).await, empty);
    // Groups of other courses are none of the run's business, planned ones are not there yet.
    let mut with_full = empty.to_vec();
    with_full.insert(4, "ZOO full 1");
    assert_eq!(told(&[1, 3, 12, -1]).await, with_full);
}

async fn groupings_without_groups_name_what_still_uses_them(engine: Engine) {
    let (_folder, site) = with(
        engine,
        r#"insert into mdl_course (id, category, shortname, defaultgroupingid) values (10, 1, 'ZOO', 4),
            (11, 1, 'BIO', 0), (12, 1, 'OUT', 0);
        insert into mdl_groups (id, courseid, name) values (1, 10, 'stays'), (2, 10, 'goes');
        insert into mdl_groupings (id, courseid, name) values (1, 10, 'full'), (2, 10, 'left'), (3, 11, 'never used'),
            (4, 10, 'default'), (5, 11, 'module'), (6, 11, 'restricted'), (7, 12, 'elsewhere');
        insert into mdl_groupings_groups (groupingid, groupid) values (1, 1), (1, 2), (2, 2), (2, 99);
        insert into mdl_course_modules (course, groupingid) values (11, 5);
        insert into mdl_course_sections (course, section, availability) values
            (11, 1, '{"op":"&","c":[{"type":"grouping","id":6},{"type":"group","id":3}]}')"#,
    )
    .await;
    let reader = site.reader();
    let told = async |gone: &[i64]| {
        let gone = gone.iter().copied().map(GroupId).collect();
        let courses = BTreeSet::from([CourseId(10), CourseId(11)]);
        let groupings = reader.groupings_left(&courses, &gone).await.unwrap();
        let words = |g: GroupingCard| format!("{} {} {}", g.course_shortname, g.name, g.used_by.unwrap_or_default());
        groupings.into_iter().map(|grouping| words(grouping).trim_end().to_owned()).collect::<Vec<_>>()
    };
    let used = ["BIO module an activity", "BIO never used", "BIO restricted an access restriction"];
    let by_default = "ZOO default the course, by default,";
    assert_eq!(told(&[]).await, [&used[..], &[by_default]].concat());
    assert_eq!(told(&[2, -7]).await, [&used[..], &[by_default, "ZOO left"]].concat());
    assert_eq!(told(&[1, 2]).await, [&used[..], &[by_default, "ZOO full", "ZOO left"]].concat());
}

async fn cohorts_are_counted(engine: Engine) {
    let (_folder, site) = with(
        engine,
        "insert into mdl_cohort (id, contextid, name, component, descriptionformat, timecreated, timemodified) values
            (1, 1, 'B', '', 0, 0, 0), (2, 1, 'A', 'mod_x', 0, 0, 0), (3, 1, 'C', '', 0, 0, 0);
        insert into mdl_cohort_members (cohortid, userid, timeadded) values (1, 1, 0), (1, 2, 0), (3, 2, 0)",
    )
    .await;
    let ids = [1, 2, 9].map(CohortId).into();
    let cohorts = site.reader().cohorts(&ids).await.unwrap();
    let told: Vec<_> = cohorts.iter().map(|c| (&*c.name, c.id.0, &*c.component, c.members)).collect();
    assert_eq!(told, [("A", 2, "mod_x", 0), ("B", 1, "", 2)]);
}

on_every_engine! {
    a_fresh_site_has_the_facts_of_a_fresh_moodle,
    profile_fields_come_in_their_order,
    readers_cannot_write,
    readers_see_what_was_written,
    what_was_begun_and_dropped_is_undone,
    checkpoints_are_kept_by_run,
    empty_groups_name_what_still_uses_them,
    groupings_without_groups_name_what_still_uses_them,
    cohorts_are_counted,
}
