//! Flags for other sessions: one row a flag, found by its name.

use super::*;
use crate::site::sql::apply::flags::{known, renew};

async fn a_flag_that_exists_is_renewed_and_not_doubled(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let suspend = Change::UpdateEnrolment {
        instance: EnrolId(1),
        course: CourseId(2),
        user: UserId(3),
        before: (EnrolStatus::Active, 10, 20),
        after: (EnrolStatus::Suspended, 10, 20),
    };
    let mut times = Vec::new();
    for (later, change) in [(10, enrol(1, 2, 3)), (20, suspend), (30, unenrol(1, "manual", 2, 3, Remaining::None))] {
        fixture.apply(T + later, &[change]).await;
        times.extend(
            fixture.rows("select name, timemodified - 1700000000, expiry - timemodified from {cache_flags}").await,
        );
    }
    assert_eq!(times, ["3|10|28800", "3|20|28800", "3|30|28800"]);
}

/// No unique index forbids a flag to be there twice, so Moodle and we may both insert one: it is renewed twice from then on.
async fn a_flag_that_moodle_sets_as_well_is_renewed_whoever_comes_first(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let moodle = "insert into mdl_cache_flags (flagtype, name, value, timemodified, expiry)
        values ('accesslib/dirtyusers', '3', '1', 5, 6)";
    let flags = "select timemodified - 1700000000 from {cache_flags} where name = '3'";
    if engine != Engine::Sqlite {
        // Moodle's row comes after ours were looked for and before they are there.
        let mut transaction = fixture.site.writer().begin().await.unwrap();
        transaction.apply(&[&enrol(1, 2, 3)], &fixture.facts, T + 10).await.unwrap();
        fixture.site.meddle(moodle).await;
        transaction.commit(&checkpoint()).await.unwrap();
        assert_eq!(fixture.rows(flags).await, ["10"], "it was there in time");
        fixture.site.meddle(moodle).await;
    } else {
        fixture.apply(T + 10, &[enrol(1, 2, 3)]).await;
        fixture.site.meddle(moodle).await;
    }
    let mut transaction = fixture.site.writer().begin().await.unwrap();
    let leave = unenrol(1, "manual", 2, 3, Remaining::None);
    transaction.apply(&[&leave], &fixture.facts, T + 20).await.unwrap();
    transaction.commit(&checkpoint()).await.unwrap();
    assert_eq!(fixture.rows(flags).await, ["20", "20"]);
}

async fn a_session_timeout_beyond_all_measure_is_taken_as_it_is(engine: Engine) {
    let mut fixture = Fixture::campus(engine).await;
    let endless = format!("update {{config}} set value = '{}' where name = 'sessiontimeout'", i64::MAX);
    fixture.prepare(&[&endless]).await;
    fixture.facts = fixture.site.reader().facts().await.unwrap();
    fixture.apply(T, &[enrol(1, 2, 3)]).await;
    fixture.expect(&[("select expiry from {cache_flags}", &[&*i64::MAX.to_string()])]).await;
}

#[tokio::test]
async fn flags_are_found_by_name_however_many_have_the_same_type() {
    let fixture = Fixture::campus(Engine::Sqlite).await;
    let fill = "with recursive n(n) as (select 1 union all select n + 1 from n where n < 20000)
        insert into mdl_cache_flags (flagtype, name, value, expiry)
            select 'accesslib/dirtyusers', n, '1', 0 from n";
    fixture.site.write_connection().await.unwrap().execute_raw("fill a test", fill).await.unwrap();
    let (dialect, kind) = (&fixture.site.dialect, "accesslib/dirtyusers");
    for count in [1, 1_000, 10_000] {
        let names: Vec<String> = (1..=count).map(|name: u32| name.to_string()).collect();
        for mut statement in [known(dialect, kind, &names), renew(dialect, kind, &names, (T, T))] {
            statement.sql.insert_str(0, "explain query plan ");
            let plan = fixture.site.write_connection().await.unwrap().fetch("explain", statement).await.unwrap();
            let plan: Vec<String> = plan.into_iter().map(|mut row| row.text(3)).collect();
            let by_name = "SEARCH mdl_cache_flags USING INDEX mdl_cachflag_nam_ix (name=?)";
            assert!(plan.iter().any(|step| step == by_name), "{plan:?}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:?}");
        }
    }
}

on_every_engine! {
    a_flag_that_exists_is_renewed_and_not_doubled,
    a_flag_that_moodle_sets_as_well_is_renewed_whoever_comes_first,
    a_session_timeout_beyond_all_measure_is_taken_as_it_is,
}
