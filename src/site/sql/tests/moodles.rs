//! The same changes on databases that Moodle itself has made: dumps of fresh installations, where they are at hand.

use super::databases::{address, is_skipped, server};
use crate::site::sql::SqlSite;
use crate::site::sql::apply::tests::Fixture;
use crate::site::sql::dialect::Engine;
use std::io::Write;

/// A site over a restored dump; none where there is no such dump.
pub(crate) async fn restored(engine: Engine) -> Option<SqlSite> {
    let server = server(engine);
    let Some(database) = server.dumped_moodle().await else {
        // Past the test harness, which keeps what is printed by tests that pass.
        _ = writeln!(std::io::stderr(), "SKIPPED a real Moodle on {engine:?}: its dump is not beside the checkout");
        return None;
    };
    Some(SqlSite::connect(&address(server.url(&database))).await.unwrap())
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

/// The same course is reset: what people did goes, what was prepared stays.
async fn full_courses_are_reset(engine: Engine) {
    if is_skipped(engine, "full_courses_are_reset") {
        return;
    }
    let Some(site) = restored(engine).await else { return };
    Fixture::on(site).await.reset_full_courses().await;
}

#[tokio::test]
async fn resets_on_postgres() {
    full_courses_are_reset(Engine::Postgres).await;
}

#[tokio::test]
async fn resets_on_mariadb() {
    full_courses_are_reset(Engine::MySql).await;
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
