//! The same changes on databases that Moodle itself has made: dumps of fresh installations, where they are at hand.

use super::databases::{address, empty};
use super::servers::{Server, is_skipped};
use crate::site::sql::SqlSite;
use crate::site::sql::apply::tests::Fixture;
use crate::site::sql::dialect::Engine;
use std::path::Path;
use std::process::{Command, Stdio};

/// Restores a dump into a new database; none where there is no such dump.
pub(crate) async fn restored(engine: Engine) -> Option<SqlSite> {
    let name = match engine {
        Engine::Postgres => "fresh-4.1-postgres.sql.gz",
        _ => "fresh-4.1-mariadb.sql.gz",
    };
    let dump = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/moodle").join(name);
    if !dump.exists() {
        eprintln!("no dump {name}: passed over");
        return None;
    }
    let database = empty(engine).await;
    let server = Server::of(engine);
    let client = match engine {
        Engine::Postgres => format!("psql -q -v ON_ERROR_STOP=1 -d {}", server.url(engine, &database)),
        _ => format!(
            "mariadb --no-defaults -uroot --init-command='set innodb_strict_mode=0' --socket={}/socket {database}",
            server.folder().display()
        ),
    };
    let restore = format!("gunzip -c {} | {client}", dump.display());
    let done = Command::new("sh").args(["-c", &restore]).stdout(Stdio::null()).status().unwrap();
    assert!(done.success(), "{restore}");
    Some(SqlSite::connect(&address(server.url(engine, &database))).await.unwrap())
}

async fn everything_works_on_a_real_moodle(engine: Engine) {
    if is_skipped(engine, "everything_works_on_a_real_moodle") {
        return;
    }
    let Some(site) = restored(engine).await else { return };
    assert_eq!(site.verify().await.unwrap(), Vec::<String>::new(), "a fresh Moodle is in order");
    Fixture::on(site).await.go_through_everything().await;
}

/// A course with something of every kind in it, on the site of a dump.
async fn full_courses_go_whole(engine: Engine) {
    if is_skipped(engine, "full_courses_go_whole") {
        return;
    }
    let Some(site) = restored(engine).await else { return };
    let fixture = Fixture::on(site).await;
    fixture.delete_full_courses().await;
    fixture.keep_questions_in_use().await;
}

#[tokio::test]
async fn full_courses_on_postgres() {
    full_courses_go_whole(Engine::Postgres).await;
}

#[tokio::test]
async fn full_courses_on_mariadb() {
    full_courses_go_whole(Engine::MySql).await;
}

#[tokio::test]
async fn postgres() {
    everything_works_on_a_real_moodle(Engine::Postgres).await;
}

#[tokio::test]
async fn mariadb() {
    everything_works_on_a_real_moodle(Engine::MySql).await;
}
