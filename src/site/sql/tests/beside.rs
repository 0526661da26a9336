//! Beside a running Moodle: ids, errors, and what is refused at the start.

use super::databases::{address, fresh, is_skipped, server};
use crate::site::sql::apply::tests::Fixture;
use crate::site::sql::connection::Connection;
use crate::site::sql::dialect::Engine;
use crate::site::sql::statement::Statement;
use crate::site::sql::{SqlSite, UnknownVersions, checkpoint};
use crate::site::{Checkpoint, SiteError};
use std::collections::BTreeSet;

const SERVERS: [Engine; 2] = [Engine::Postgres, Engine::MySql];

/// However they are got, ids of a table that nobody else writes to are the next ones, and leave nothing behind.
async fn reserved_ids_leave_no_row(engine: Engine) {
    let (_folder, site) = fresh(engine).await;
    let fixture = Fixture::on(site).await;
    // Rows that are unique, rows that are not, rows that need more than defaults; few and many ids.
    for table in ["user", "context", "course", "cohort", "groups", "enrol", "forum"] {
        let rows = format!("select count(*), coalesce(max(id), 0) from {{{table}}}");
        let before = fixture.rows(&rows).await;
        for count in [1, 9, 10, 11, 500] {
            let ids = fixture.reserve(table, count).await;
            assert_eq!(ids.len(), count);
            assert!(ids.is_sorted_by(|a, b| b - a == 1), "{table}: {ids:?}");
        }
        assert_eq!(fixture.rows(&rows).await, before, "{table}");
    }
}

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
        let ids = fixture.reserve_and_use(20, round).await;
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

/// Holds up the `row`-th row that a connection inserts until somebody else lets go of a lock.
fn gate(connection: i64, row: usize) -> String {
    format!(
        "create trigger gate before insert on mdl_user for each row \
         if connection_id() = {connection} then \
           set @row = coalesce(@row, 0) + 1; \
           if @row = {row} then do get_lock('gate', 60); do release_lock('gate'); end if; \
         end if"
    )
}

/// Someone else takes an id right before a block of ids, or right behind it: whose the ids of the block are can then not be
/// told, and others are taken.
#[tokio::test]
async fn a_block_that_others_come_close_to_is_not_used() {
    if is_skipped(Engine::MySql, "a_block_that_others_come_close_to_is_not_used") {
        return;
    }
    const COUNT: usize = 20;
    // A row tells where the block begins. When the first row of the block comes, it is not yet taken; with the second, it is.
    for row in [2, 3] {
        let (_folder, site) = fresh(Engine::MySql).await;
        let number = async |connection: &mut Connection, sql: &str| {
            connection.fetch("ask", Statement::new(&site.dialect, sql)).await.unwrap()[0].int(0)
        };
        let reserving = number(&mut site.write_connection().await.unwrap(), "select connection_id()").await;
        let others = site.connect_again().await;
        let mut other = others.write_connection().await.unwrap();
        other.execute_raw("prepare", &gate(reserving, row)).await.unwrap();
        number(&mut other, "select get_lock('gate', 60)").await;
        let before = number(&mut other, "select max(id) from {user}").await;
        let come_close = async {
            let waits = format!(
                "select count(*) from information_schema.processlist where id = {reserving} and state = 'User lock'"
            );
            while number(&mut other, &waits).await == 0 {
                tokio::task::yield_now().await;
            }
            other.execute_raw("insert", "insert into mdl_user (username, mnethostid) values ('ann', 1)").await.unwrap();
            let taken = number(&mut other, "select max(id) from {user}").await;
            number(&mut other, "select release_lock('gate')").await;
            taken
        };
        let fixture = Fixture::on(site.clone()).await;
        let (ids, taken) = tokio::join!(fixture.reserve_and_use(COUNT, 1), come_close);
        let of_block = if row == 2 { 0 } else { COUNT as i64 };
        assert_eq!(taken, before + 2 + of_block, "it came close to the block");
        assert_eq!(ids.len(), COUNT);
        assert!(ids.is_sorted_by(|a, b| b - a == 1) && ids[0] > taken, "{row}: {taken} {ids:?}");
        // Nobody's rows are missing, and nothing else is left.
        fixture.expect(&[("select count(*) from {user} where id > 2", &["21"])]).await;
    }
}

fn site_address(engine: Engine, site: &SqlSite) -> crate::site::sql::SiteAddress {
    address(server(engine).url(&site.database()))
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
    assert!(matches!(waiting.execute_raw("insert", twice).await, Err(SiteError::Conflict { .. })));
}

/// Two that lock the same two rows in opposite order: one of them loses its transaction, savepoints and all.
async fn a_deadlock_may_be_resolved_later_and_its_transaction_is_gone(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let (_folder, site) = fresh(engine).await;
    let other = SqlSite::connect(&site_address(engine, &site)).await.unwrap();
    let lock = |name: &str| format!("update mdl_config set value = 'x' where name = '{name}'");
    let (mut a, mut b) = (site.write_connection().await.unwrap(), other.write_connection().await.unwrap());
    for (connection, name) in [(&mut a, "lang"), (&mut b, "theme")] {
        connection.execute_raw("begin", site.dialect.begin()).await.unwrap();
        connection.execute_raw("mark", "savepoint line").await.unwrap();
        connection.execute_raw("lock", &lock(name)).await.unwrap();
    }
    let (theme, lang) = (lock("theme"), lock("lang"));
    let mine = async {
        let locked = a.execute_raw("lock", &theme).await;
        (locked, a)
    };
    let theirs = async {
        let locked = b.execute_raw("lock", &lang).await;
        if locked.is_err() {
            drop(b);
            return (locked, None);
        }
        (locked, Some(b))
    };
    // Whoever loses gives up all, so that the other can go on.
    let ((mine, mut a), (theirs, b)) = tokio::join!(
        async {
            let (locked, mut a) = mine.await;
            if locked.is_err() && engine == Engine::MySql {
                let gone = a.execute_raw("return", "rollback to savepoint line").await;
                assert!(gone.is_err(), "the savepoint is gone with the transaction");
            }
            _ = a.execute_raw("end", "rollback").await;
            (locked, a)
        },
        theirs
    );
    assert_eq!([&mine, &theirs].iter().filter(|locked| locked.is_err()).count(), 1, "{mine:?} {theirs:?}");
    assert!(mine.err().or(theirs.err()).unwrap().is_transient());
    drop(b);
    a.execute_raw("lock", &theme).await.unwrap();
}

/// A commit that is under way, of a first and of a later chunk, counts for who asks what became of it.
async fn a_checkpoint_is_settled_once_its_transaction_has_ended(engine: Engine) {
    let (folder, site) = fresh(engine).await;
    let other = match &folder {
        Some(folder) => SqlSite::open_embedded(folder.path()).await.unwrap(),
        None => SqlSite::connect(&site_address(engine, &site)).await.unwrap(),
    };
    let run = crate::model::RunId::generate();
    let asker = other.writer();
    assert_eq!(asker.settled_checkpoint(run).await.unwrap(), None);
    for (segment, end) in [(1, "rollback"), (1, "commit"), (2, "rollback"), (2, "commit")] {
        let before = asker.settled_checkpoint(run).await.unwrap();
        let checkpoint = Checkpoint { run, segment, digest: "d".to_owned() };
        let mut under_way = site.write_connection().await.unwrap();
        under_way.execute_raw("begin", site.dialect.begin()).await.unwrap();
        checkpoint::write(&mut under_way, &site.dialect, &checkpoint).await.unwrap();
        // Asked first, ended then.
        let (settled, ()) = tokio::join!(biased; asker.settled_checkpoint(run), async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            under_way.execute_raw("end", end).await.unwrap();
        });
        let expected = if end == "commit" { Some(checkpoint) } else { before };
        assert_eq!(settled.unwrap(), expected, "{engine:?} {segment} {end}");
        assert_eq!(site.reader().checkpoint(run).await.unwrap(), expected, "asking changes nothing");
    }
}

on_every_engine! {
    reserved_ids_leave_no_row,
    a_deadlock_may_be_resolved_later_and_its_transaction_is_gone,
    a_checkpoint_is_settled_once_its_transaction_has_ended,
    reserved_ids_are_nobody_elses,
    a_lock_that_is_not_to_be_had_may_be_later,
}

#[tokio::test]
async fn what_is_no_moodle_that_we_know_is_refused_with_reasons() {
    for engine in SERVERS {
        if is_skipped(engine, "what_is_no_moodle_that_we_know_is_refused_with_reasons") {
            continue;
        }
        let nothing = address(server(engine).url(&server(engine).empty_database().await));
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
