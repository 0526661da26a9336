//! Courses are reset: what people did goes, the rest stays, and other courses stay as they are.

use super::*;
use crate::model::FeedbackId;
use crate::site::sql::tests::with;
use crate::site::{CourseReset, DateChange, Holders, Lookups, ResetItem, World};

use ResetItem as R;

/// Everything that can be asked for.
fn all_of_it() -> CourseReset {
    let items = ResetItem::ALL.iter().map(|item| (*item, 1)).collect();
    let holders = vec![(Holders::Of(RoleId(5)), 1)];
    CourseReset { items, holders, ..CourseReset::default() }
}

fn taking(items: &[ResetItem]) -> CourseReset {
    CourseReset { items: items.iter().map(|item| (*item, 1)).collect(), ..CourseReset::default() }
}

fn reset(course: i64, reset: CourseReset) -> Change {
    Change::ResetCourse { id: CourseId(course), reset }
}

impl Fixture {
    /// How much there is to take from a course, as a plan is told: items and holders that there are.
    async fn counted_in(&self, course: i64) -> Vec<String> {
        let mut lookups = Lookups::default();
        lookups.courses.ids.insert(course);
        lookups.resets.items.extend(ResetItem::ALL);
        let holders = [Holders::Of(RoleId(5)), Holders::Of(RoleId(3)), Holders::OfNone];
        lookups.resets.holders.extend(holders);
        let mut world = World::new(Arc::clone(&self.facts), T);
        self.site.reader().resolve(&lookups, &mut world).await.unwrap();
        let course = CourseId(course);
        let items = ResetItem::ALL.iter().map(|item| (item.name().to_owned(), world.resets.item(course, *item)));
        let holders = holders.map(|holders| (format!("{holders:?}"), world.resets.holders(course, holders)));
        items.chain(holders).filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name} {count}")).collect()
    }
}

/// The campus with a second course (3) like the first (2): ann (3) by hand, bob (4) by hand and by himself, a group with
/// both, an announcement forum with a context of its own, a grouping.
async fn two_courses(engine: Engine) -> Fixture {
    let site = Fixture::campus(engine).await;
    let section =
        |course| Change::CreateSection { course: CourseId(course), number: 0, name: None, summary: String::new() };
    let changes = [
        create_course(-1, 2, "C2"),
        Change::CreateInstance(method(-1, -1, "manual")),
        Change::CreateInstance(method(-2, -1, "self")),
        create_group(-1, -1, "Blue"),
        section(2),
        section(-1),
        Change::CreateNewsForum { course: CourseId(2) },
        Change::CreateNewsForum { course: CourseId(-1) },
    ];
    site.apply(T + 1, &changes).await;
    let mut changes = Vec::new();
    for (course, manual, by_self, group) in [(2, 1, 2, 1), (3, 3, 4, 2)] {
        changes.extend([
            enrol(manual, course, 3),
            enrol(manual, course, 4),
            enrol(by_self, course, 4),
            assign(5, course, 3, Owner::manual()),
            assign(5, course, 4, Owner::manual()),
            assign(3, course, 4, Owner::manual()),
            join(group, course, 3, Owner::manual()),
            join(group, course, 4, Owner::manual()),
        ]);
    }
    site.apply(T + 2, &changes).await;
    site.prepare(&[
        "insert into {context} (id, contextlevel, instanceid, path, depth) select 700 + m.course, 70, m.id, '', 4 \
         from {course_modules} m",
        "update {context} set path = (select p.path from (select path, instanceid from {context} where contextlevel = 50) p \
         where p.instanceid = {context}.id - 700) || '/' || id where contextlevel = 70",
        "insert into {groupings} (id, courseid, name, timecreated, timemodified) \
         select 800 + id, id, 'All', 1, 1 from {course} where id > 1",
        "insert into {groupings_groups} (groupingid, groupid, timeadded) select 800 + courseid, id, 1 from {groups}",
        "update {course} set defaultgroupingid = 800 + id, startdate = 1000000, enddate = 2000000 where id > 1",
        "update {course_modules} set groupingid = 800 + course, completionexpected = 1500000",
        "insert into {event} (name, description, courseid, eventtype, modulename, instance, timestart, timesort) \
         select 'meeting', '', id, 'course', '', 0, 1200000, 1200000 from {course} where id > 1",
        "insert into {event} (name, description, courseid, eventtype, modulename, instance, timestart, timesort) \
         select 'due', '', course, 'due', 'forum', id, 1300000, 1300000 from {forum}",
        "insert into {forum_subscriptions} (userid, forum) select 3, id from {forum}",
        "insert into {forum_digests} (userid, forum, maildigest) select 3, id, 1 from {forum}",
        "insert into {forum_read} (userid, forumid, discussionid, postid) select 3, id, 1, 1 from {forum}",
        "insert into {comments} (contextid, commentarea, itemid, content, userid, timecreated) \
         select id, 'page_comments', 0, 'hm', 3, 1 from {context} where contextlevel = 70 or contextlevel = 50 and instanceid > 1",
        "insert into {rating} (contextid, component, ratingarea, itemid, scaleid, rating, userid, timecreated, timemodified) \
         select id, 'mod_forum', 'post', 1, 1, 1, 3, 1, 1 from {context} where contextlevel = 70",
        "insert into {role_capabilities} (contextid, roleid, capability, permission) \
         select id, 5, 'mod/forum:replypost', -1 from {context} where contextlevel in (50, 70)",
        "insert into {role_assignments} (roleid, contextid, userid, component, itemid, timemodified) \
         select 4, id, 4, '', 0, 1 from {context} where contextlevel = 70",
        "insert into {competency_usercompcourse} (userid, courseid, competencyid, timecreated, usermodified) \
         select 3, id, 1, 1, 2 from {course} where id > 1",
        "insert into {grade_items} (id, courseid, itemtype, itemmodule, iteminstance) \
         select 60 + id, id, 'course', null, null from {course} where id > 1",
        "insert into {grade_items} (id, courseid, itemtype, itemmodule, iteminstance) \
         select 70 + course, course, 'mod', 'forum', id from {forum}",
        "insert into {grade_items} (id, courseid, itemtype, itemmodule, iteminstance) \
         select 80 + course, course, 'mod', 'quiz', 1 from {forum}",
        "insert into {grade_items} (id, courseid, itemtype, itemname) \
         select 90 + id, id, 'manual', 'Exam' from {course} where id > 1",
        "insert into {grade_grades} (itemid, userid, rawgrade, finalgrade) select id, 3, 5, 5 from {grade_items}",
        "update {grade_grades} set overridden = 7 where itemid in (82, 83)",
    ])
    .await;
    site
}

/// What is in the course, line by line, as far as a reset may take it.
const LEFT: &str = "
    select (select count(*) from {user_enrolments} u join {enrol} e on e.id = u.enrolid where e.courseid = c.id),
        (select count(*) from {role_assignments} r join {context} x on x.id = r.contextid
            where x.contextlevel = 50 and x.instanceid = c.id),
        (select count(*) from {groups_members} m join {groups} g on g.id = m.groupid where g.courseid = c.id),
        (select count(*) from {event} v where v.courseid = c.id),
        (select count(*) from {grade_grades} g join {grade_items} i on i.id = g.itemid where i.courseid = c.id)
    from {course} c where c.id > 1 order by c.id";

async fn a_course_is_reset_and_its_twin_stays(engine: Engine) {
    let site = two_courses(engine).await;
    let counted = [
        "events 1",
        "competency_ratings 1",
        "overrides 2",
        "local_roles 1",
        "group_members 2",
        "groups 1",
        "grouping_members 1",
        "groupings 1",
        // The item by hand; its grade, and one that a teacher has overridden.
        "grade_items 3",
        "grades 2",
        "comments 2",
        "forum_all 3",
        "forum_types:news 2",
        "forum_digests 1",
        "forum_subscriptions 1",
        "forum_ratings 2",
        "quiz_attempts 1",
        "Of(RoleId(5)) 2",
        "Of(RoleId(3)) 1",
    ];
    assert_eq!(site.counted_in(2).await, counted);
    site.expect(&[(LEFT, &["3|3|2|2|4"; 2])]).await;
    site.apply(T + 3, &[reset(2, all_of_it())]).await;
    assert_eq!(site.counted_in(2).await, ["Of(RoleId(3)) 1"]);
    assert_eq!(site.counted_in(3).await, counted);
    site.expect(&[
        // Bob is a teacher as well, and loses only his other role.
        (LEFT, &["2|1|0|1|0", "3|3|2|2|4"]),
        ("select courseid, name from {groups}", &["3|Blue"]),
        ("select courseid from {groupings}", &["3"]),
        ("select id, defaultgroupingid from {course} where id > 1 order by id", &["2|0", "3|803"]),
        ("select course, groupingid from {course_modules} order by course", &["2|0", "3|803"]),
        ("select count(*) from {forum}", &["2"]),
        ("select forum from {forum_subscriptions}", &["2"]),
        ("select contextid from {rating}", &["703"]),
        ("select contextid from {comments} order by contextid", &["10", "703"]),
        (
            "select id, needsupdate from {grade_items} order by id",
            &["62|1", "63|0", "72|1", "73|0", "82|1", "83|0", "93|0"],
        ),
        (
            "select itemid, action, source from {grade_grades_history} order by itemid",
            &["62|3|userdelete", "72|3|userdelete", "82|3|userdelete", "92|3|userdelete"],
        ),
        (
            "select name from {cache_flags} where flagtype = 'accesslib/dirtyusers' and timemodified = 1700000003 \
             order by name",
            &["3", "4"],
        ),
    ])
    .await;
}

async fn only_what_is_asked_for_goes(engine: Engine) {
    let site = two_courses(engine).await;
    let before = site.counted_in(2).await;
    let cases: [(&[ResetItem], &[&str]); 7] = [
        (&[R::Events], &["events 1"]),
        (&[R::GroupMembers], &["group_members 2"]),
        (&[R::Comments, R::Overrides], &["overrides 2", "comments 2"]),
        (&[R::LocalRoles], &["local_roles 1"]),
        (&[R::ForumDigests, R::ForumSubscriptions], &["forum_digests 1", "forum_subscriptions 1"]),
        (&[R::Grades], &["grade_items 3", "grades 2"]),
        (&[R::GroupingMembers], &["grouping_members 1"]),
    ];
    let mut gone: Vec<&str> = Vec::new();
    for (at, (items, expected)) in (3..).zip(cases) {
        site.apply(T + at, &[reset(2, taking(items))]).await;
        gone.extend(expected);
        let left: Vec<&String> = before.iter().filter(|line| !gone.contains(&&***line)).collect();
        let after = site.counted_in(2).await;
        let after: Vec<&String> = after.iter().filter(|line| **line != "grade_items 1").collect();
        assert_eq!(after, left, "{items:?}");
    }
    // Grades that activities give stay, without what a teacher has set.
    site.expect(&[(
        "select itemid, overridden from {grade_grades} where itemid in (62, 72, 82, 92) order by itemid",
        &["72|0", "82|0"],
    )])
    .await;
}

async fn the_gradebook_follows_its_activities(engine: Engine) {
    let site = two_courses(engine).await;
    site.apply(T + 3, &[reset(2, taking(&[R::ForumAll])), reset(3, taking(&[R::QuizAttempts, R::Grades]))]).await;
    site.expect(&[
        ("select itemid from {grade_grades} order by itemid", &["73", "82", "92"]),
        (
            "select itemid, action, source from {grade_grades_history} order by itemid",
            &["62|3|reset", "63|3|reset", "72|3|reset", "83|3|reset", "93|3|reset"],
        ),
        ("select id from {grade_items} where needsupdate = 1 order by id", &["62", "63", "72", "73", "83", "93"]),
    ])
    .await;
}

async fn people_leave_by_their_roles(engine: Engine) {
    let site = two_courses(engine).await;
    let leaving = |holders: &[Holders]| CourseReset {
        holders: holders.iter().map(|holders| (*holders, 1)).collect(),
        ..CourseReset::default()
    };
    let (student, teacher) = (Holders::Of(RoleId(5)), Holders::Of(RoleId(3)));
    site.apply(T + 3, &[reset(2, leaving(&[teacher])), reset(3, leaving(&[student, teacher]))]).await;
    site.expect(&[
        (LEFT, &["3|2|2|2|4", "0|0|0|2|0"]),
        ("select userid, roleid from {role_assignments} r where contextid = 7 order by userid", &["3|5", "4|5"]),
    ])
    .await;
    site.apply(T + 4, &[reset(2, leaving(&[Holders::OfNone]))]).await;
    site.expect(&[(LEFT, &["3|2|2|2|4", "0|0|0|2|0"])]).await;
    site.prepare(&["delete from {role_assignments} where contextid = 7 and userid = 3"]).await;
    assert!(site.counted_in(2).await.contains(&"OfNone 1".to_owned()));
    site.apply(T + 5, &[reset(2, leaving(&[Holders::OfNone]))]).await;
    site.expect(&[("select distinct u.userid from {user_enrolments} u", &["4"])]).await;
}

async fn dates_move_with_the_course(engine: Engine) {
    let site = two_courses(engine).await;
    let condition = r#"{"op":"&","c":[{"type":"date","d":">=","t":1400000}],"showc":[true]}"#;
    site.site.meddle(&format!("update mdl_course_modules set availability = '{condition}'")).await;
    let dates = CourseReset {
        start: Some(DateChange { before: 1_000_000, after: 1_000_100 }),
        shift: 100,
        end: Some(DateChange { before: 2_000_000, after: 2_000_100 }),
        ..CourseReset::default()
    };
    let before = site.rows("select cacherev from {course} where id = 2").await;
    site.apply(T + 3, &[reset(2, dates)]).await;
    assert_ne!(site.rows("select cacherev from {course} where id = 2").await, before);
    site.expect(&[
        ("select startdate, enddate from {course} where id > 1 order by id", &["1000100|2000100", "1000000|2000000"]),
        ("select completionexpected from {course_modules} order by course", &["1500100", "1500000"]),
        (
            "select name, timestart, timesort from {event} order by courseid, timestart",
            &["meeting|1200100|1200000", "due|1300100|1300100", "meeting|1200000|1200000", "due|1300000|1300000"],
        ),
        ("select course from {course_modules} where availability like '%1400100%'", &["2"]),
        ("select course from {course_modules} where availability like '%1400000%'", &["3"]),
    ])
    .await;
}

/// The tables of feedback activities.
const FEEDBACK_TABLES: &str = "
    create table mdl_feedback (id bigint primary key, course bigint);
    create table mdl_feedback_completed (id bigint primary key, feedback bigint);
    create table mdl_feedback_value (id bigint primary key, completed bigint)";

/// Two courses (2, 3) with two feedback activities each (1, 2 and 3, 4), all with two responses but the last.
async fn courses_with_feedback(engine: Engine) -> (Option<tempfile::TempDir>, Fixture) {
    let (folder, site) = with(engine, FEEDBACK_TABLES).await;
    let site = Fixture::on(site).await;
    site.apply(T, &[create_course(-1, 1, "C1"), create_course(-2, 1, "C2")]).await;
    site.prepare(&[
        "insert into {feedback} (id, course) values (1, 2), (2, 2), (3, 3), (4, 3)",
        "insert into {feedback_completed} (id, feedback) values (11, 1), (12, 1), (21, 2), (22, 2), (31, 3), (32, 3)",
        "insert into {feedback_value} (id, completed) values (111, 11), (112, 12), (211, 21), (212, 22), (311, 31), (312, 32)",
    ])
    .await;
    (folder, site)
}

async fn single_feedback_activities_are_emptied(engine: Engine) {
    let (_folder, site) = courses_with_feedback(engine).await;
    let known = async |course: i64| {
        let mut lookups = Lookups::default();
        lookups.courses.ids.insert(course);
        lookups.resets.feedbacks = true;
        let mut world = World::new(Arc::clone(&site.facts), T);
        site.site.reader().resolve(&lookups, &mut world).await.unwrap();
        let feedbacks = world.resets.feedbacks(CourseId(course));
        feedbacks.into_iter().map(|(id, responses)| (id.0, responses)).collect::<Vec<_>>()
    };
    assert_eq!(known(2).await, [(1, 2), (2, 2)]);
    assert_eq!(known(3).await, [(3, 2), (4, 0)]);
    let emptying = |feedbacks: &[i64]| CourseReset {
        feedbacks: feedbacks.iter().map(|id| (FeedbackId(*id), 2)).collect(),
        ..CourseReset::default()
    };
    site.apply(T + 1, &[reset(2, emptying(&[2])), reset(3, taking(&[]))]).await;
    assert_eq!(known(2).await, [(1, 2), (2, 0)]);
    site.expect(&[
        ("select id from {feedback_completed} order by id", &["11", "12", "31", "32"]),
        ("select id from {feedback_value} order by id", &["111", "112", "311", "312"]),
    ])
    .await;
    site.apply(T + 2, &[reset(2, taking(&[R::Feedback])), reset(3, emptying(&[3, 4]))]).await;
    assert_eq!((known(2).await, known(3).await), (vec![(1, 0), (2, 0)], vec![(3, 0), (4, 0)]));
    site.expect(&[
        ("select count(*) from {feedback_value}", &["0"]),
        ("select id, course from {feedback} order by id", &["1|2", "2|2", "3|3", "4|3"]),
    ])
    .await;
}

/// As many statements for a thousand courses as for one.
async fn a_thousand_courses_take_few_statements(engine: Engine) {
    let site = two_courses(engine).await;
    let (_, few) = site.counted(T + 3, &[reset(2, all_of_it())]).await;
    let changes: Vec<Change> = (0..1000).map(|n| create_course(-1 - n, 2, &format!("N{n}"))).collect();
    site.apply(T + 4, &changes).await;
    let ids = site.rows("select id from {course} where shortname like 'N%' order by id").await;
    let ids: Vec<i64> = ids.iter().map(|id| id.parse().unwrap()).collect();
    let groups: Vec<Change> = ids.iter().zip(1..).map(|(course, n)| create_group(-n, *course, "G")).collect();
    site.apply(T + 5, &groups).await;
    let mut changes: Vec<Change> = ids.iter().skip(1).map(|course| reset(*course, all_of_it())).collect();
    changes.push(reset(3, all_of_it()));
    let (_, many) = site.counted(T + 6, &changes).await;
    // Contexts come a thousand at a time.
    assert!(many <= few + 20, "{many} statements for a thousand courses, {few} for one");
    site.expect(&[("select count(*) from {groups}", &["1"]), ("select count(*) from {user_enrolments}", &["4"])]).await;
}

on_every_engine! {
    a_course_is_reset_and_its_twin_stays,
    only_what_is_asked_for_goes,
    the_gradebook_follows_its_activities,
    people_leave_by_their_roles,
    dates_move_with_the_course,
    single_feedback_activities_are_emptied,
    a_thousand_courses_take_few_statements,
}
