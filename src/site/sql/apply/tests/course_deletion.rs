//! Courses are deleted with all that belongs to them, and nothing else goes.

use super::*;

fn delete(id: i64, category: i64) -> Change {
    Change::DeleteCourse { id: CourseId(id), category: CategoryId(category) }
}

/// The campus with a second course (3) in the same category, both with people (3, 4), roles, groups and a forum.
async fn two_courses(engine: Engine) -> Fixture {
    let site = Fixture::campus(engine).await;
    let section = |number| Change::CreateSection { course: CourseId(2), number, name: None, summary: String::new() };
    let changes = [
        create_course(-1, 2, "C2"),
        Change::CreateInstance(method(-1, -1, "manual")),
        create_group(-1, -1, "Blue"),
        section(0),
        Change::CreateNewsForum { course: CourseId(2) },
        Change::CreateSocialBlock { course: CourseId(2) },
    ];
    site.apply(T + 1, &changes).await;
    let changes = [
        enrol(1, 2, 3),
        enrol(2, 2, 4),
        assign(5, 2, 3, Owner::manual()),
        join(1, 2, 3, Owner::manual()),
        enrol(3, 3, 3),
        assign(5, 3, 3, Owner::manual()),
        join(2, 3, 3, Owner::manual()),
    ];
    site.apply(T + 2, &changes).await;
    site
}

async fn a_course_goes_with_all_that_belongs_to_it(engine: Engine) {
    let site = two_courses(engine).await;
    site.prepare(&[
        "insert into {user_lastaccess} (userid, courseid, timeaccess) values (3, 2, 5), (3, 3, 5)",
        "insert into {grade_items} (id, courseid, itemtype) values (70, 2, 'course'), (71, 3, 'course')",
        "insert into {grade_grades} (id, itemid, userid, finalgrade) values (80, 70, 3, 7), (81, 71, 3, 8)",
        "insert into {files} (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath, filename, \
         filesize, timecreated, timemodified) values ('c', 'p1', 7, 'course', 'summary', 0, '/', 'a.txt', 1, 1, 1), \
         ('c', 'p2', 4, 'coursecat', 'description', 0, '/', 'a.txt', 1, 1, 1)",
        "insert into {event} (name, description, courseid, eventtype) values ('e', '', 2, 'course'), ('f', '', 3, 'course')",
    ])
    .await;
    site.apply(T + 3, &[delete(2, 2)]).await;
    site.expect(&[
        ("select shortname from {course} where category > 0 order by id", &["C2"]),
        ("select coursecount from {course_categories} where id = 2", &["1"]),
        (
            "select count(*) from {context} where contextlevel in (70, 80) or (contextlevel = 50 and instanceid = 2)",
            &["0"],
        ),
        ("select count(*) from {course_modules}", &["0"]),
        ("select count(*) from {course_sections}", &["0"]),
        ("select count(*) from {forum}", &["0"]),
        ("select count(*) from {block_instances} where blockname = 'social_activities'", &["0"]),
        ("select id, courseid from {enrol}", &["3|3"]),
        ("select enrolid, userid from {user_enrolments}", &["3|3"]),
        ("select r.userid, x.instanceid from {role_assignments} r join {context} x on x.id = r.contextid", &["3|3"]),
        ("select name from {groups}", &["Blue"]),
        ("select groupid, userid from {groups_members}", &["2|3"]),
        ("select courseid from {user_lastaccess}", &["3"]),
        ("select id from {grade_items}", &["71"]),
        ("select id from {grade_grades}", &["81"]),
        ("select action, oldid, source, userid from {grade_grades_history}", &["3|80|coursedelete|3"]),
        ("select pathnamehash from {files}", &["p2"]),
        ("select name from {event}", &["f"]),
        (
            "select name from {cache_flags} where flagtype = 'accesslib/dirtyusers' and timemodified = 1700000003 \
             order by name",
            &["3", "4"],
        ),
        (
            "select name from {cache_flags} where flagtype = 'accesslib/dirtycontexts' and timemodified = 1700000003",
            &["/1/6/7"],
        ),
    ])
    .await;
}

async fn several_courses_go_at_once(engine: Engine) {
    let site = two_courses(engine).await;
    site.apply(T + 3, &[delete(2, 2), delete(3, 2)]).await;
    let counts = "select (select count(*) from {course}), (select count(*) from {enrol}), \
                  (select count(*) from {user_enrolments}), (select count(*) from {groups}), \
                  (select count(*) from {context} where contextlevel = 50)";
    site.expect(&[(counts, &["1|0|0|0|1"])]).await;
}

/// A third course (4) takes its people from the second: an enrolment of its own for Ann (3), none for Bob (4).
async fn with_a_meta_course(engine: Engine, unenrolaction: i64) -> Fixture {
    let mut site = two_courses(engine).await;
    // Nobody follows while the plug-in is off.
    let mut facts = SiteFacts::clone(&site.facts);
    facts.config.insert("enrol_plugins_enabled".to_owned(), "manual".to_owned());
    site.facts = Arc::new(facts);
    site.apply(T + 3, &[create_course(-1, 2, "C3"), Change::CreateInstance(method(-1, -1, "manual"))]).await;
    let mut meta = method(-1, 4, "meta");
    meta.custom_ints[0] = Some(2);
    site.apply(T + 4, &[Change::CreateInstance(meta)]).await;
    let owner = || Owner { component: "enrol_meta".to_owned(), item: 5 };
    let changes = [
        enrol(4, 4, 3),
        enrol(5, 4, 3),
        enrol(5, 4, 4),
        assign(5, 4, 3, owner()),
        assign(5, 4, 3, Owner::manual()),
        assign(5, 4, 4, owner()),
    ];
    site.apply(T + 5, &changes).await;
    site.prepare(&[
        "update {config} set value = 'manual,meta' where name = 'enrol_plugins_enabled'",
        "delete from {config_plugins} where plugin = 'enrol_meta' and name = 'unenrolaction'",
        &format!(
            "insert into {{config_plugins}} (plugin, name, value) values ('enrol_meta', 'unenrolaction', '{unenrolaction}')"
        ),
    ])
    .await;
    site.facts = site.site.reader().facts().await.unwrap();
    site
}

async fn a_meta_course_lets_go_of_a_deleted_course(engine: Engine) {
    let cases = [
        (0, "4|0", "4|3", vec!["3|"]),
        (2, "4|0,5|1", "4|3,5|3,5|4", vec!["3|", "3|enrol_meta", "4|enrol_meta"]),
        (3, "4|0,5|1", "4|3,5|3,5|4", vec!["3|"]),
    ];
    for (unenrolaction, methods, enrolments, roles) in cases {
        let site = with_a_meta_course(engine, unenrolaction).await;
        site.apply(T + 6, &[delete(2, 2)]).await;
        let joined = async |sql: &str| site.rows(sql).await.join(",");
        assert_eq!(joined("select id, status from {enrol} where courseid = 4 order by id").await, methods);
        let sql = "select u.enrolid, u.userid from {user_enrolments} u join {enrol} e on e.id = u.enrolid \
                   where e.courseid = 4 order by u.enrolid, u.userid";
        assert_eq!(joined(sql).await, enrolments, "{unenrolaction}");
        let sql = "select r.userid, r.component from {role_assignments} r join {context} x on x.id = r.contextid \
                   where x.contextlevel = 50 and x.instanceid = 4 order by r.userid, r.component";
        assert_eq!(site.rows(sql).await, roles, "{unenrolaction}");
    }
}

async fn a_course_created_before_is_deleted_in_the_same_transaction(engine: Engine) {
    let site = two_courses(engine).await;
    let changes = [create_course(-1, 2, "New"), create_group(-1, -1, "G"), delete(-1, 2)];
    site.apply(T + 3, &changes).await;
    site.expect(&[("select count(*) from {course} where shortname = 'New'", &["0"])]).await;
}

on_every_engine! {
    a_course_goes_with_all_that_belongs_to_it,
    several_courses_go_at_once,
    a_meta_course_lets_go_of_a_deleted_course,
    a_course_created_before_is_deleted_in_the_same_transaction,
}
