//! Enrolments, roles, groups, cohorts.

use super::*;
use crate::site::RolePlace;

async fn enrolments_roles_and_memberships(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let by_self = || Owner { component: "enrol_self".to_owned(), item: 2 };
    let changes = [
        enrol(1, 2, 3),
        assign(5, 2, 3, Owner::manual()),
        assign(5, 2, 3, Owner::manual()),
        join(1, 2, 3, Owner::component("tool_sync")),
        enrol(2, 2, 4),
        assign(3, 2, 4, by_self()),
        join(1, 2, 4, by_self()),
        Change::UpdateEnrolment {
            instance: EnrolId(1),
            course: CourseId(2),
            user: UserId(3),
            before: (EnrolStatus::Active, 10, 20),
            after: (EnrolStatus::Suspended, 11, 0),
        },
    ];
    fixture.apply(T + 4, &changes).await;
    fixture
        .expect(&[
            (
                "select status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified \
                 from {user_enrolments} order by userid",
                &["1|1|3|11|0|2|1700000004|1700000004", "0|2|4|10|20|2|1700000004|1700000004"],
            ),
            (
                "select roleid, contextid, userid, timemodified, modifierid, component, itemid, sortorder \
                 from {role_assignments} order by userid",
                &["5|7|3|1700000004|2||0|0", "3|7|4|1700000004|2|enrol_self|2|0"],
            ),
            (
                "select groupid, userid, timeadded, component, itemid from {groups_members} order by userid",
                &["1|3|1700000004|tool_sync|0", "1|4|1700000004|enrol_self|2"],
            ),
            (
                "select courseid, idnumber, name, description, descriptionformat, enrolmentkey, picture, timecreated, \
                 timemodified from {groups}",
                &["2||Red|~|0|~|0|1700000000|1700000004"],
            ),
            (
                "select flagtype, name, expiry from {cache_flags} order by name",
                &["accesslib/dirtyusers|3|1700028804", "accesslib/dirtyusers|4|1700028804"],
            ),
        ])
        .await;
    let changes = [
        Change::UnassignRole { role: RoleId(3), course: CourseId(2), user: UserId(4), owner: by_self() },
        Change::UnassignRole { role: RoleId(5), course: CourseId(2), user: UserId(3), owner: by_self() },
        Change::RemoveMember { group: GroupId(1), course: CourseId(2), user: UserId(3) },
    ];
    fixture.apply(T + 6, &changes).await;
    fixture
        .expect(&[
            ("select userid from {role_assignments}", &["3"]),
            ("select userid from {groups_members}", &["4"]),
            ("select timemodified from {groups}", &["1700000006"]),
            ("select timemodified, count(*) from {cache_flags} group by timemodified", &["1700000006|2"]),
        ])
        .await;
}

async fn roles_on_the_whole_site_and_in_categories(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let above = |role, place, user| (RoleId(role), place, UserId(user));
    let give = |(role, place, user)| Change::AssignRoleAbove { role, place, user };
    let take = |(role, place, user)| Change::UnassignRoleAbove { role, place, user };
    let category = RolePlace::Category(CategoryId(2));
    let by_plugin =
        "insert into {role_assignments} (roleid, contextid, userid, component, itemid) values (2, 1, 4, 'local_x', 9)";
    fixture.prepare(&[by_plugin]).await;
    let changes = [
        give(above(1, RolePlace::Site, 3)),
        give(above(1, RolePlace::Site, 3)),
        give(above(2, RolePlace::Site, 3)),
        give(above(1, category, 3)),
        give(above(1, category, 4)),
    ];
    fixture.apply(T + 4, &changes).await;
    let query = "select roleid, contextid, userid, timemodified, modifierid, component, itemid, sortorder \
                 from {role_assignments} where component = '' order by userid, contextid, roleid";
    let rows: &[&str] =
        &["1|1|3|1700000004|2||0|0", "2|1|3|1700000004|2||0|0", "1|6|3|1700000004|2||0|0", "1|6|4|1700000004|2||0|0"];
    let flags = "select flagtype, name, expiry from {cache_flags} order by name";
    let dirty: &[&str] = &["accesslib/dirtyusers|3|1700028804", "accesslib/dirtyusers|4|1700028804"];
    fixture.expect(&[(query, rows), (flags, dirty)]).await;
    // What a plug-in gave stays, and the second one is given again.
    let changes = [
        take(above(1, RolePlace::Site, 3)),
        take(above(2, RolePlace::Site, 4)),
        take(above(1, category, 3)),
        give(above(1, category, 3)),
        take(above(1, category, 4)),
    ];
    fixture.apply(T + 5, &changes).await;
    let left = "select roleid, contextid, userid from {role_assignments} order by userid, contextid, roleid";
    fixture.expect(&[(left, &["2|1|3", "1|6|3", "2|1|4"])]).await;
}

async fn interests_become_what_is_wanted(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let tags = [
        "insert into {tag} (id, userid, tagcollid, name, rawname, isstandard, timemodified) values \
         (900, 2, 1, 'tea', 'Tea', 1, 5), (901, 2, 1, 'chess', 'Chess', 0, 5), (902, 2, 1, 'go', 'Go', 0, 5)",
        "insert into {tag_instance} (tagid, component, itemtype, itemid, contextid, ordering, timecreated, timemodified) \
         values (900, 'core', 'user', 3, 8, 0, 5, 5), (901, 'core', 'user', 3, 8, 1, 5, 5), \
         (902, 'core', 'user', 3, 8, 2, 5, 5), (902, 'core', 'course', 2, 7, 0, 5, 5)",
    ];
    fixture.prepare(&tags).await;
    let set = |user, after: &[&str]| {
        let after = after.iter().map(|name| (*name).to_owned()).collect();
        Change::SetInterests { user: UserId(user), before: Vec::new(), after }
    };
    // Tea goes and is the site's own; Go goes and is a course's as well; chess stays and moves up.
    fixture.apply(T + 4, &[set(3, &["CHESS", "Été", "Sea birds"]), set(4, &["sea birds", "Chess"])]).await;
    let instances = "select i.itemid, i.itemtype, i.contextid, t.rawname, i.ordering, i.tiuserid, i.timecreated, \
                     i.timemodified from {tag_instance} i join {tag} t on t.id = i.tagid \
                     order by i.itemtype, i.itemid, i.ordering";
    let rows: &[&str] = &[
        "2|course|7|Go|0|0|5|5",
        "3|user|8|Chess|0|0|5|1700000004",
        "3|user|8|Été|1|0|1700000004|1700000004",
        "3|user|8|Sea birds|2|0|1700000004|1700000004",
        "4|user|9|Sea birds|0|0|1700000004|1700000004",
        "4|user|9|Chess|1|0|1700000004|1700000004",
    ];
    let named = "select name, rawname, userid, tagcollid, isstandard, descriptionformat, flag, timemodified \
                 from {tag} where timemodified > 5 order by id";
    let new: &[&str] = &["sea birds|Sea birds|2|1|0|0|0|1700000004", "été|Été|2|1|0|0|0|1700000004"];
    fixture.expect(&[(instances, rows), (named, new)]).await;
    // A tag goes from one to the other in one go.
    fixture.apply(T + 5, &[set(3, &["Sea birds"]), set(4, &["Été"])]).await;
    let held = "select i.itemid, t.rawname from {tag_instance} i join {tag} t on t.id = i.tagid where i.itemtype = 'user' \
                order by i.itemid";
    fixture.expect(&[(held, &["3|Sea birds", "4|Été"])]).await;
    // Nobody but Bob has birds any more.
    fixture.apply(T + 6, &[set(3, &[]), set(4, &["sea birds"])]).await;
    let left = "select itemid, itemtype from {tag_instance} order by itemid";
    fixture
        .expect(&[(left, &["2|course", "4|user"]), ("select name from {tag} order by id", &["tea", "go", "sea birds"])])
        .await;
}

async fn rows_of_a_planned_method_name_its_real_id(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let owner = || Owner { component: "enrol_database".to_owned(), item: -7 };
    let changes = [
        Change::CreateInstance(method(-7, 2, "database")),
        enrol(-7, 2, 3),
        assign(5, 2, 3, owner()),
        join(1, 2, 3, owner()),
    ];
    fixture.apply(T, &changes).await;
    fixture
        .expect(&[
            ("select enrolid from {user_enrolments}", &["3"]),
            ("select itemid from {role_assignments}", &["3"]),
            ("select itemid from {groups_members}", &["3"]),
        ])
        .await;
}

async fn a_role_subscribes_to_forums_with_initial_subscription(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    fixture
        .prepare(&[
            "delete from {role_capabilities}",
            "insert into {role_capabilities} (contextid, roleid, capability, permission) \
             values (1, 5, 'mod/forum:allowforcesubscribe', 1)",
            "insert into {forum} (id, course, intro, forcesubscribe) values (1, 2, '', 2), (2, 2, '', 0), (3, 2, '', 2)",
            "insert into {forum_subscriptions} (userid, forum) values (3, 1)",
        ])
        .await;
    fixture.apply(T, &[assign(5, 2, 3, Owner::manual()), assign(1, 2, 4, Owner::manual())]).await;
    fixture.expect(&[("select userid, forum from {forum_subscriptions} order by id", &["3|1", "3|3"])]).await;
}

/// Rows of the users 3 and 4 in the course 2.
const TRACES: &[&str] = &[
    "insert into {course_sections} (id, course, section, sequence) values (50, 2, 0, '50')",
    "insert into {course_modules} (id, course, module, section) values (50, 2, 10, 50)",
    "insert into {context} (id, contextlevel, instanceid, path, depth) values (90, 70, 50, '/1/6/7/90', 4)",
    "insert into {role_assignments} (roleid, contextid, userid) values (4, 90, 3), (4, 90, 4), (1, 6, 3)",
    "insert into {grade_items} (id, courseid) values (1, 2)",
    "insert into {grade_grades} (itemid, userid, finalgrade) values (1, 3, 5), (1, 4, 6)",
    "insert into {user_lastaccess} (userid, courseid) values (3, 1), (3, 2), (4, 2)",
    "insert into {forum} (id, course, intro) values (1, 2, '')",
    "insert into {forum_subscriptions} (userid, forum) values (3, 1), (4, 1)",
    "insert into {forum_digests} (userid, forum) values (3, 1), (4, 1)",
    "insert into {forum_track_prefs} (userid, forumid) values (3, 1), (4, 1)",
    "insert into {forum_read} (userid, forumid) values (3, 1), (4, 1)",
];

async fn the_last_unenrolment_removes_all_traces_and_others_their_own(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let by_self = |user| {
        [
            assign(3, 2, user, Owner { component: "enrol_self".to_owned(), item: 2 }),
            join(1, 2, user, Owner { component: "enrol_self".to_owned(), item: 2 }),
        ]
    };
    let mut setup = vec![create_group(-1, 2, "Blue")];
    for user in [3, 4] {
        setup.extend([enrol(1, 2, user), enrol(2, 2, user), assign(5, 2, user, Owner::manual())]);
        setup.extend(by_self(user));
        setup.push(join(-1, 2, user, Owner::manual()));
    }
    fixture.apply(T, &setup).await;
    fixture.prepare(TRACES).await;
    let changes = [
        unenrol(2, "self", 2, 3, Remaining::Others),
        unenrol(1, "manual", 2, 3, Remaining::None),
        unenrol(2, "self", 2, 4, Remaining::Others),
    ];
    fixture.apply(T + 2, &changes).await;
    fixture
        .expect(&[
            ("select enrolid, userid from {user_enrolments}", &["1|4"]),
            (
                "select roleid, contextid, userid from {role_assignments} order by userid, roleid",
                &["1|6|3", "4|90|4", "5|7|4"],
            ),
            ("select groupid, userid from {groups_members}", &["2|4"]),
            ("select id, timemodified from {groups} order by id", &["1|1700000002", "2|1700000002"]),
            ("select userid from {grade_grades}", &["4"]),
            (
                "select action, source, userid, loggeduser, timemodified from {grade_grades_history}",
                &["3|userdelete|3|2|1700000002"],
            ),
            ("select userid, courseid from {user_lastaccess} order by id", &["3|1", "4|2"]),
            ("select userid from {forum_subscriptions}", &["4"]),
            ("select userid from {forum_digests}", &["4"]),
            ("select userid from {forum_track_prefs}", &["4"]),
            ("select userid from {forum_read}", &["4"]),
        ])
        .await;
}

async fn a_deleted_group_takes_its_conversation_along(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    fixture
        .prepare(&[
            "insert into {message_conversations} (id, component, itemtype, itemid, enabled, timecreated) \
             values (1, 'core_group', 'groups', 1, 1, 0), (2, 'core_group', 'groups', 2, 1, 0)",
            "insert into {groups} (id, courseid, name) values (2, 2, 'Other')",
            "insert into {groupings} (id, courseid, name) values (1, 2, 'G')",
            "insert into {groupings_groups} (groupingid, groupid) values (1, 1)",
            "insert into {event} (name, description, groupid) values ('e', '', 1), ('kept', '', 0)",
            "insert into {assign_overrides} (groupid) values (1), (2)",
            "insert into {files} (contextid, component, filearea, itemid, filesize, timecreated, timemodified, pathnamehash) \
             values (7, 'group', 'icon', 1, 0, 0, 0, 'a'), (7, 'course', 'icon', 1, 0, 0, 0, 'b')",
        ])
        .await;
    fixture.apply(T, &[enrol(1, 2, 3), join(1, 2, 3, Owner::manual())]).await;
    fixture.expect(&[("select conversationid, userid from {message_conversation_members}", &["1|3"])]).await;
    fixture.apply(T, &[Change::DeleteGroup { group: GroupId(1), course: CourseId(2) }]).await;
    fixture
        .expect(&[
            ("select id from {groups}", &["2"]),
            ("select count(*) from {groups_members}", &["0"]),
            ("select count(*) from {groupings_groups}", &["0"]),
            ("select name from {event}", &["kept"]),
            ("select groupid from {assign_overrides}", &["2"]),
            ("select component from {files}", &["course"]),
            ("select id from {message_conversations}", &["2"]),
            ("select count(*) from {message_conversation_members}", &["0"]),
        ])
        .await;
}

async fn cohort_members_are_enrolled_where_the_cohort_is_bound(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let cohort = create_cohort(-1, 0, "Staff", "ST");
    let mut bound = method(-5, 2, "cohort");
    bound.custom_ints = [Some(1), Some(1), None, None, None, None];
    fixture.apply(T, &[cohort, Change::CreateInstance(bound)]).await;
    fixture.apply(T + 1, &[add_to_cohort(1, 3), join(1, 2, 3, Owner::manual())]).await;
    fixture
        .expect(&[
            (
                "select contextid, name, idnumber, description, descriptionformat, visible, component, timecreated, \
                 timemodified, theme from {cohort}",
                &["1|Staff|ST||1|1||1700000000|1700000000|"],
            ),
            ("select cohortid, userid, timeadded from {cohort_members}", &["1|3|1700000001"]),
            ("select status, enrolid, userid, timestart, timeend from {user_enrolments}", &["0|3|3|0|0"]),
            ("select roleid, component, itemid from {role_assignments}", &["5|enrol_cohort|3"]),
            ("select groupid, component, itemid from {groups_members}", &["1|enrol_cohort|3"]),
        ])
        .await;
}

on_every_engine! {
    enrolments_roles_and_memberships,
    roles_on_the_whole_site_and_in_categories,
    interests_become_what_is_wanted,
    rows_of_a_planned_method_name_its_real_id,
    a_role_subscribes_to_forums_with_initial_subscription,
    the_last_unenrolment_removes_all_traces_and_others_their_own,
    a_deleted_group_takes_its_conversation_along,
    cohort_members_are_enrolled_where_the_cohort_is_bound,
}
