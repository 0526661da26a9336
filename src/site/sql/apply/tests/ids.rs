//! Ids of new rows, however they are got.

use super::super::Rows;
use super::*;

/// Those that were reserved ahead come first, and more follow when they do not suffice.
async fn ids_reserved_ahead_come_in_turn(engine: Engine) {
    let fixture = Fixture::new(engine).await;
    fixture
        .at_target(async |target| {
            let mut ids = Vec::new();
            for (ahead, count) in [(5, 2), (0, 1), (3, 9), (0, 20)] {
                target.reserve_ahead("context", ahead).await.unwrap();
                let reserved = target.reserve("context", count).await.unwrap();
                let mut rows = Rows::new(["id", "contextlevel", "instanceid"]);
                reserved.iter().for_each(|id| rows.push([*id, 80, *id].map(Value::Int)));
                target.insert("insert", "context", rows).await.unwrap();
                ids.extend(reserved);
            }
            assert_eq!(ids.len(), 32);
            assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        })
        .await;
}

/// Rows of several inserts, and one whose text fills a statement.
async fn rows_get_the_ids_that_are_told(engine: Engine) {
    let fixture = Fixture::new(engine).await;
    let name = |number: usize| format!("Forum {number:05}");
    let ids = fixture
        .at_target(async |target| {
            let mut rows = Rows::new(["course", "name", "intro"]);
            for number in 0..5_100 {
                let intro = if number == 70 { "x".repeat(5 << 20) } else { String::new() };
                rows.push([Value::Int(1), name(number).into(), intro.into()]);
            }
            target.insert_numbered("insert", "forum", rows).await.unwrap()
        })
        .await;
    let told: Vec<String> = ids.iter().enumerate().map(|(number, id)| format!("{id}|{}", name(number))).collect();
    assert_eq!(fixture.rows("select id, name from {forum} order by name").await, told);
}

on_every_engine! {
    ids_reserved_ahead_come_in_turn,
    rows_get_the_ids_that_are_told,
}
