//! Every check finds the damage that it is there for, and says it in its own words.

use super::order::{CONTEXTS, ORDER};
use super::references::{ALL, OTHERS, Reference};
use crate::site::sql::apply::tests::Fixture;
use crate::site::sql::catalogue::{ColumnType, TABLES};
use crate::site::sql::dialect::Engine;
use crate::site::sql::tests::databases::is_skipped;
use crate::site::sql::tests::{fresh, on_every_engine};

/// What is done to a site, and the finding.
const DAMAGE: &[(&[&str], &str)] = &[
    (
        &[
            "insert into {groupings} (id, courseid, name) values (90, 3, 'X')",
            "insert into {groupings_groups} (groupingid, groupid) values (90, 1)",
        ],
        "groups in a grouping of another course",
    ),
    (
        &[
            "insert into {groupings} (id, courseid, name) values (90, 2, 'X')",
            "insert into {groupings_groups} (groupingid, groupid) values (90, 1), (90, 1)",
        ],
        "groups that stand twice in a grouping",
    ),
    (
        &["insert into {enrol} (enrol, courseid, customint1, customint2) values ('meta', 2, 3, 99999)"],
        "enrolment methods whose group is not in their course",
    ),
    (
        &["update {context} set depth = 9 where contextlevel = 50 and instanceid = 2"],
        "contexts whose depth is not that of their path",
    ),
    (
        &["update {context} set path = '/1/99' where contextlevel = 30 and instanceid = 3"],
        "contexts whose path does not end with their id",
    ),
    (
        &["update {context} set path = '/1/99/' || id, depth = 3 where contextlevel = 30 and instanceid = 3"],
        "contexts without the context above",
    ),
    (
        &["update {context} set path = '/' || id, depth = 1 where contextlevel = 30 and instanceid = 3"],
        "contexts at the top beside the system's",
    ),
    (
        &["delete from {context} where contextlevel = 30 and instanceid = 3"],
        "users without a context right below the system's",
    ),
    (
        &["update {course_categories} set parent = 4, path = '/4/3' where id = 3"],
        "categories whose context is not right below that of their parent",
    ),
    (
        &["update {course} set category = 4, sortorder = 40001 where id = 2"],
        "courses whose context is not right below that of their category",
    ),
    (
        &[
            "insert into {context} (contextlevel, instanceid, path, depth) select 70, id, '/1/2/9', 3 from {course_modules}",
        ],
        "course modules whose context is not right below that of their course",
    ),
    (
        &["update {block_instances} set parentcontextid = 1"],
        "blocks whose context is not right below the one they are in",
    ),
    (&["delete from {user} where id = 3"], "contexts of what does not exist"),
    (
        &["update {course_categories} set path = '/3', depth = 1 where id = 3"],
        "categories whose path or depth does not follow from their parent's",
    ),
    (
        &["update {course_categories} set sortorder = 10000 where id = 2"],
        "categories that share a sort order, have none, or come before their parent",
    ),
    (
        &["update {course_categories} set sortorder = 25000 where id = 4"],
        "categories that stand between another one and those below it",
    ),
    (&["update {course_categories} set coursecount = 9 where id = 2"], "categories whose number of courses is wrong"),
    (
        &["update {course} set sortorder = sortorder + 1 where id = 2"],
        "courses that are not numbered one after the other behind their category",
    ),
    (&["update {course} set category = 99 where id = 2"], "courses of a category that does not exist"),
    (
        &["update {course_sections} set sequence = '' where course = 2"],
        "course modules that their section does not list",
    ),
    (
        &["update {course_sections} set sequence = sequence || ',99' where sequence <> ''"],
        "sections that list other course modules than theirs",
    ),
    (
        &[
            "update {user} set suspended = 1 where id = 3",
            "insert into {sessions} (sid, userid, timecreated, timemodified) values ('a', 3, 0, 0)",
        ],
        "sessions of deleted or suspended users",
    ),
    (
        &["insert into {role_assignments} (roleid, contextid, userid) values (5, 1, 3), (5, 1, 3)"],
        "role assignments that stand twice",
    ),
    (
        &["insert into {cache_flags} (flagtype, name, value, expiry) values ('a', 'b', '1', 0), ('a', 'b', '1', 0)"],
        "flags that stand twice",
    ),
    // What stays behind of something that somebody deleted.
    (
        &[
            "insert into {user_enrolments} (enrolid, userid) values (1, 3)",
            "update {user} set deleted = 1 where id = 3",
        ],
        "rows of user_enrolments whose userid is no account, or a deleted one",
    ),
    (&["delete from {course} where id = 3"], "rows of enrol whose courseid is no row of course"),
    (
        &[
            "insert into {role_assignments} (roleid, contextid, userid) \
             select 5, id, 3 from {context} where contextlevel = 50 and instanceid = 2",
            "delete from {context} where contextlevel = 50 and instanceid = 2",
        ],
        "rows of role_assignments whose contextid is no row of context",
    ),
];

async fn each_damage_is_found_and_said(engine: Engine) {
    let fixture = Fixture::furnished(engine).await;
    fixture.prepare(&["insert into {enrol} (enrol, courseid) values ('manual', 3)"]).await;
    let layout = fixture.site.layout().await;
    let sound = fixture.site.dump(&layout).await;
    for (damage, finding) in DAMAGE {
        fixture.prepare(damage).await;
        let found = fixture.site.verify().await.unwrap();
        assert!(found.iter().any(|found| found.contains(finding)), "{finding}: {found:?}");
        fixture.site.put_back(&fixture.site.dump(&layout).await, &sound).await;
    }
    assert_eq!(fixture.site.verify().await.unwrap(), Vec::<String>::new());
}

#[test]
fn every_check_of_its_own_has_its_damage() {
    for (wrong, _) in CONTEXTS.iter().chain(ORDER).chain(OTHERS) {
        assert!(DAMAGE.iter().any(|(_, finding)| finding == wrong), "{wrong}");
    }
}

/// A row that names what is not there, with nothing in it that need not be. Tables that a site may be without, and the
/// embedded site is, are made for it.
fn broken_row(reference: &Reference) -> Vec<String> {
    let Reference { table, column, when, .. } = reference;
    let Some(definition) = TABLES.get(table) else {
        return vec![
            format!("create table {{{table}}} (id integer primary key, {column} integer)"),
            format!("insert into {{{table}}} (id, {column}) values (1, 987654)"),
        ];
    };
    let mut values: Vec<(&str, &str)> = match *when {
        "t.enrol = 'cohort' and t.status = 0" => vec![("enrol", "cohort")],
        "t.private = 1 and t.userid <> 0" => vec![("private", "1")],
        when if when.contains("core_group") => vec![("component", "core_group"), ("itemtype", "groups")],
        when if when.contains("enrol!_") => vec![("component", "enrol_manual")],
        _ => Vec::new(),
    };
    values.push((column, "987654"));
    for needed in definition {
        let is_given = needed.rest.contains("default") || values.iter().any(|(given, _)| *given == needed.name);
        if needed.rest.contains("not null") && !is_given && needed.kind != ColumnType::Id {
            values.push((needed.name, "0"));
        }
    }
    let (columns, values): (Vec<_>, Vec<_>) =
        values.into_iter().map(|(column, value)| (format!("\"{column}\""), format!("'{value}'"))).unzip();
    vec![format!("insert into {{{table}}} ({}) values ({})", columns.join(", "), values.join(", "))]
}

async fn every_reference_to_nothing_is_found(engine: Engine) {
    let (_folder, site) = fresh(engine).await;
    let fixture = Fixture::on(site).await;
    let broken: Vec<String> = ALL.iter().flat_map(broken_row).collect();
    fixture.prepare(&broken.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let found = fixture.site.verify().await.unwrap();
    for reference in ALL {
        let wrong = reference.wrong();
        assert!(found.iter().any(|found| found.contains(&wrong)), "{wrong}: {found:#?}");
    }
}

on_every_engine! {
    each_damage_is_found_and_said,
    every_reference_to_nothing_is_found,
}

#[tokio::test]
async fn a_sequence_behind_its_ids_is_found() {
    if is_skipped(Engine::Postgres, "a_sequence_behind_its_ids_is_found") {
        return;
    }
    let (_folder, site) = fresh(Engine::Postgres).await;
    assert_eq!(site.verify().await.unwrap(), Vec::<String>::new());
    site.script("select setval('mdl_user_id_seq', 1)").await;
    assert_eq!(site.verify().await.unwrap(), ["the sequence of mdl_user is behind its ids"]);
    // Two accounts are there; the next one is the third.
    site.script("select setval('mdl_user_id_seq', 3, false)").await;
    assert_eq!(site.verify().await.unwrap(), Vec::<String>::new());
}
