//! The same changes on databases that Moodle itself has made: dumps of fresh installations, where they are at hand.

use super::databases::{address, is_skipped, server};
use crate::site::sql::SqlSite;
use crate::site::sql::apply::tests::Fixture;
use crate::site::sql::dialect::Engine;

/// A site over a restored dump; none where there is no such dump.
pub(crate) async fn restored(engine: Engine) -> Option<SqlSite> {
    let server = server(engine);
    let Some(database) = server.dumped_moodle().await else {
        eprintln!("no dump of a real Moodle for {engine:?}: passed over");
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

#[tokio::test]
async fn postgres() {
    everything_works_on_a_real_moodle(Engine::Postgres).await;
}

#[tokio::test]
async fn mariadb() {
    everything_works_on_a_real_moodle(Engine::MySql).await;
}
