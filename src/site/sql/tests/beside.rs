//! Beside a running Moodle: ids, errors, and what is refused at the start.

use super::databases::{address, empty, fresh};
use super::servers::{Server, is_skipped};
use crate::site::sql::apply::tests::Fixture;
use crate::site::sql::dialect::Engine;
use crate::site::sql::statement::Statement;
use crate::site::sql::{SqlSite, UnknownVersions};
use std::collections::BTreeSet;

const SERVERS: [Engine; 2] = [Engine::Postgres, Engine::MySql];

/// Ids that one writer reserves while others insert rows of their own, again and again.
async fn reserved_ids_are_nobody_elses(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let (_folder, site) = fresh(engine).await;
    let others: Vec<_> = (0..3)
        .map(|other| {
            let there = site_address(engine, &site);
            tokio::spawn(async move {
                let site = SqlSite::connect(&there).await.unwrap();
                for number in 0..150 {
                    let name = format!("o{other}-{number}");
                    let insert = Statement::new(&site.dialect, "insert into {user} (username, mnethostid) values (")
                        .bind(name)
                        .push(", 1)");
                    site.write_connection().await.unwrap().execute("insert", insert).await.unwrap();
                }
                site.close().await;
            })
        })
        .collect();
    let fixture = Fixture::on(site).await;
    let mut reserved = BTreeSet::new();
    let mut count = 0;
    for round in 0..40 {
        let ids = fixture.reserve_and_use("user", 20, round).await;
        count += ids.len();
        reserved.extend(ids);
    }
    for other in others {
        other.await.unwrap();
    }
    assert_eq!((count, reserved.len()), (800, 800));
    // Everyone's rows are there: no id was used twice.
    fixture.expect(&[("select count(*) from {user}", &["1252"])]).await;
}

fn site_address(engine: Engine, site: &SqlSite) -> crate::site::sql::SiteAddress {
    address(Server::of(engine).url(engine, &site.database()))
}

async fn a_lock_that_is_not_to_be_had_may_be_later(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let (_folder, site) = fresh(engine).await;
    let other = SqlSite::connect(&site_address(engine, &site)).await.unwrap();
    let mut holder = other.write_connection().await.unwrap();
    holder.execute_raw("begin", other.dialect.begin()).await.unwrap();
    holder.execute_raw("lock", "update mdl_config set value = 'x' where name = 'lang'").await.unwrap();
    let mut waiting = site.write_connection().await.unwrap();
    let no_wait = match engine {
        Engine::Postgres => "set lock_timeout = 1",
        _ => "set innodb_lock_wait_timeout = 0",
    };
    waiting.execute_raw("set", no_wait).await.unwrap();
    let refused = waiting.execute_raw("lock", "update mdl_config set value = 'y' where name = 'lang'").await;
    assert!(refused.unwrap_err().is_transient());
    let twice = "insert into mdl_config (name, value) values ('theme', '')";
    assert!(!waiting.execute_raw("insert", twice).await.unwrap_err().is_transient());
}

on_every_engine! {
    reserved_ids_are_nobody_elses,
    a_lock_that_is_not_to_be_had_may_be_later,
}

#[tokio::test]
async fn what_is_no_moodle_that_we_know_is_refused_with_reasons() {
    for engine in SERVERS {
        if is_skipped(engine, "what_is_no_moodle_that_we_know_is_refused_with_reasons") {
            continue;
        }
        let nothing = address(Server::of(engine).url(engine, &empty(engine).await));
        let refused = SqlSite::connect(&nothing).await.unwrap_err().to_string();
        assert!(refused.contains("mdl_config") && !refused.contains("root"), "{refused}");

        let (_folder, site) = fresh(engine).await;
        let mut there = site_address(engine, &site);
        let mut connection = site.write_connection().await.unwrap();
        let script = "update mdl_config set value = '2019111800' where name = 'version'; \
                      alter table mdl_user drop column email; drop table mdl_cohort; drop table mdl_quiz_overrides";
        connection.execute_raw("break", script).await.unwrap();
        let refused = SqlSite::connect(&there).await.unwrap_err().to_string();
        assert!(refused.contains("2019111800"), "{refused}");
        there.unknown_versions = UnknownVersions::Allowed;
        let refused = SqlSite::connect(&there).await.unwrap_err().to_string();
        assert!(refused.contains("missing: mdl_cohort, mdl_user.email") && !refused.contains("quiz"), "{refused}");
        there.table_prefix = "other_".to_owned();
        let refused = SqlSite::connect(&there).await.unwrap_err().to_string();
        assert!(refused.contains("other_config"), "{refused}");
    }
    let mut wrong = address("oracle://user:secret@host/x".to_owned());
    let refused = SqlSite::connect(&wrong).await.unwrap_err().to_string();
    assert!(refused.contains("postgres://") && !refused.contains("secret"), "{refused}");
    wrong.url = "postgres://user:secret@localhost:1/x".to_owned();
    let refused = SqlSite::connect(&wrong).await.unwrap_err().to_string();
    assert!(!refused.contains("secret"), "{refused}");
}
