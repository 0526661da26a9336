//! Empty categories are deleted; their cohorts move up, and the others are numbered anew.

use super::*;

fn delete(id: i64, parent: i64) -> Change {
    Change::DeleteCategory { id: CategoryId(id), parent: CategoryId(parent) }
}

/// The campus with an empty branch: 3 at the top, 4 in it, 5 in that one (contexts 10 to 12).
async fn with_a_branch(engine: Engine) -> Fixture {
    let site = Fixture::campus(engine).await;
    site.apply(T + 1, &[create_category(-11, 0), create_category(-12, -11), create_category(-13, -12)]).await;
    site.prepare(&[
        "insert into {cohort} (id, contextid, name, descriptionformat, timecreated, timemodified) \
         values (50, (select id from {context} where contextlevel = 40 and instanceid = 5), 'low', 0, 1, 1), \
         (51, (select id from {context} where contextlevel = 40 and instanceid = 3), 'high', 0, 1, 1)",
        "insert into {role_assignments} (roleid, contextid, userid, timemodified) \
         values (1, (select id from {context} where contextlevel = 40 and instanceid = 4), 3, 1)",
        "insert into {event} (name, description, categoryid, eventtype) values ('e', '', 4, 'category'), ('f', '', 2, 'category')",
    ])
    .await;
    site
}

async fn a_branch_goes_from_below_and_its_cohorts_move_up(engine: Engine) {
    let site = with_a_branch(engine).await;
    site.apply(T + 2, &[delete(5, 4)]).await;
    let cohort =
        "select x.contextlevel, x.instanceid from {cohort} c join {context} x on x.id = c.contextid where c.id = ";
    site.expect(&[(&format!("{cohort}50"), &["40|4"])]).await;
    site.apply(T + 3, &[delete(4, 3), delete(3, 0)]).await;
    site.expect(&[
        (&format!("{cohort}50"), &["10|0"]),
        (&format!("{cohort}51"), &["10|0"]),
        ("select id from {course_categories} order by sortorder", &["1", "2"]),
        ("select count(*) from {context} where contextlevel = 40", &["2"]),
        ("select count(*) from {role_assignments}", &["0"]),
        ("select name from {event}", &["f"]),
    ])
    .await;
}

async fn what_is_not_empty_any_more_stays(engine: Engine) {
    let site = with_a_branch(engine).await;
    for (change, words) in [(delete(4, 3), "a category in category 4"), (delete(2, 0), "a course in category 2")] {
        let mut transaction = site.site.writer().begin().await.unwrap();
        let refused = transaction.apply(&[&change], &site.facts, T).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

async fn course_requests_go_to_another_category(engine: Engine) {
    let mut site = with_a_branch(engine).await;
    site.prepare(&[
        "delete from {config} where name = 'defaultrequestcategory'",
        "insert into {config} (name, value) values ('defaultrequestcategory', '5')",
    ])
    .await;
    site.facts = site.site.reader().facts().await.unwrap();
    site.apply(T + 2, &[delete(5, 4)]).await;
    site.expect(&[("select value from {config} where name = 'defaultrequestcategory'", &["1"])]).await;
}

async fn contents_of_categories_are_read(engine: Engine) {
    let site = with_a_branch(engine).await;
    let mut world = crate::site::World::new(std::sync::Arc::clone(&site.facts), T);
    let lookups = crate::site::Lookups { categories: true, category_contents: true, ..Default::default() };
    site.site.reader().resolve(&lookups, &mut world).await.unwrap();
    let told = |id| {
        let contents = world.courses.contents(CategoryId(id));
        (contents.courses, contents.others.into_iter().collect::<Vec<_>>())
    };
    assert_eq!([told(1), told(2), told(3)], [(0, vec![]), (1, vec![]), (0, vec!["cohorts"])]);
    assert_eq!([told(4), told(5)], [(0, vec!["role assignments"]), (0, vec!["cohorts"])]);
    let empty = |subcategories| world.courses.empty_categories(CategoryId(0), subcategories);
    assert_eq!(empty(crate::site::Subcategories::Count), [CategoryId(5), CategoryId(1)]);
    assert_eq!(empty(crate::site::Subcategories::CountWithCourses), [5, 4, 1, 3].map(CategoryId));
}

on_every_engine! {
    a_branch_goes_from_below_and_its_cohorts_move_up,
    what_is_not_empty_any_more_stays,
    course_requests_go_to_another_category,
    contents_of_categories_are_read,
}
