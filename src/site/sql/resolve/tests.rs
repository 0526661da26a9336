//! What each kind of look-up finds, and the way the database takes to it.

use super::*;
use crate::model::{
    CategoryId, CohortId, ContextId, CourseId, EnrolId, GroupId, GroupingId, ProfileFieldId, RoleId, RunId, UserId,
};
use crate::site::sql::SqlSite;
use crate::site::sql::dialect::Engine;
use crate::site::sql::statement::{Row, Statement, Value};
use crate::site::sql::tests::databases::is_skipped;
use crate::site::sql::tests::{fresh, on_every_engine, with};
use crate::site::world::{Password, Section};
use crate::site::{
    Change, Checkpoint, CohortKey, CourseDetail, CourseField, CourseKey, EnrolStatus, FieldUpdate, GroupDetail,
    GroupField, GroupKey, Match, Owner, UserField, UserKey, UserLookups,
};
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::sync::Arc;

async fn world(site: &SqlSite, lookups: &Lookups) -> World {
    let mut world = World::new(site.reader().facts().await.unwrap(), 0);
    site.reader().resolve(lookups, &mut world).await.unwrap();
    world
}

const USERS: &str = "
    insert into mdl_user (id, username, idnumber, email, firstname, lastname, mnethostid, deleted, password, timemodified,
        suspended, city)
    values
        (10, 'ann', 'A1', 'Ann@Example.org', 'Ann', 'Élan', 1, 0, 'hash', 7, 1, 'Paris'),
        (11, 'bob', 'B1', 'bob@example.org', 'Bob', 'Ash', 1, 0, '', 0, 0, ''),
        (12, 'ann', 'R1', 'remote@example.org', 'Ann', 'Remote', 3, 0, '', 0, 0, ''),
        (13, 'x.17', '', '4ed0428505b0b89fe7bc1a01928ef1bd', 'Old', 'Zoe', 1, 1, '', 5, 0, '');
    insert into mdl_user_info_field (id, shortname, name) values (1, 'badge', 'Badge'), (2, 'other', 'Other');
    insert into mdl_user_info_data (userid, fieldid, data) values (10, 1, 'red'), (10, 2, 'no'), (11, 1, 'blue');
    insert into mdl_user_preferences (userid, name, value) values (10, 'create_password', '1'), (10, 'theme', 'x'),
        (11, 'auth_forcepasswordchange', '1');";

async fn users_are_found_by_any_key(engine: Engine) {
    let (_folder, site) = with(engine, USERS).await;
    let mut lookups = Lookups::default();
    lookups.users.add(UserKey::Username, "ann");
    lookups.users.add(UserKey::Idnumber, "B1");
    lookups.users.add(UserKey::Id, "2");
    lookups.users.add(UserKey::Id, "12");
    lookups.users.add(UserKey::Idnumber, "R1");
    let world = world(&site, &lookups).await;
    assert_eq!(world.users.find(UserKey::Username, "ann"), Match::One(UserId(10)));
    assert_eq!(world.users.find(UserKey::Idnumber, "B1"), Match::One(UserId(11)));
    assert_eq!(world.users.find(UserKey::Id, "2"), Match::One(UserId(2)));
    assert!(world.users.get(UserId(12)).is_none(), "accounts of other hosts are not ours");
    let ann = world.users.get(UserId(10)).unwrap();
    assert!(ann.is_suspended() && ann.time_modified == 7 && !ann.deleted);
    assert_eq!(ann.fields.get(UserField::City), None);
    assert!(matches!(ann.password, Password::Unknown));
}

async fn addresses_are_found_in_any_case(engine: Engine) {
    let (_folder, site) = with(engine, USERS).await;
    let mut lookups = Lookups { passwords: true, ..Lookups::default() };
    lookups.users.add(UserKey::Email, "ANN@example.ORG");
    lookups.users.fields.insert(UserField::City);
    let world = world(&site, &lookups).await;
    assert_eq!(world.users.find(UserKey::Email, "ann@EXAMPLE.org"), Match::One(UserId(10)));
    let ann = world.users.get(UserId(10)).unwrap();
    assert_eq!((ann.fields.text(UserField::Email), ann.fields.text(UserField::City)), ("Ann@Example.org", "Paris"));
    assert!(matches!(&ann.password, Password::Stored(hash) if hash.expose_secret() == "hash"));
}

/// Nothing of it is read whole again, so each has to be noticed as it comes.
async fn addresses_that_come_up_during_a_run_are_found_in_any_case(engine: Engine) {
    let (_folder, site) = with(engine, USERS).await;
    let facts = site.reader().facts().await.unwrap();
    let holder = async |address: &str| {
        let mut lookups = Lookups::default();
        lookups.users.add(UserKey::Email, address);
        let mut world = World::new(Arc::clone(&facts), 0);
        site.reader().resolve(&lookups, &mut world).await.unwrap();
        world.users.find(UserKey::Email, address)
    };
    assert_eq!(holder("carl@example.org").await, Match::None);
    let change = FieldUpdate { field: UserField::Email, before: String::new(), after: "Carl@Example.org".to_owned() };
    let mut transaction = site.writer().begin().await.unwrap();
    let change = Change::UpdateUser { id: UserId(11), fields: vec![change] };
    transaction.apply(&[&change], &facts, 5).await.unwrap();
    let checkpoint = Checkpoint { run: RunId::generate(), segment: 0, digest: String::new() };
    transaction.commit(&checkpoint).await.unwrap();
    assert_eq!(holder("carl@example.org").await, Match::One(UserId(11)));
    let by_moodle = "insert into mdl_user (id, username, email, mnethostid) values (90, 'dora', 'Dora@Example.org', 1)";
    site.write_connection().await.unwrap().execute_raw("create an account", by_moodle).await.unwrap();
    assert_eq!(holder("dora@example.org").await, Match::One(UserId(90)));
}

/// A dry run may begin, and look, between the change of an address and its commit.
async fn an_address_is_found_in_any_case_though_another_run_looked_before_its_commit(engine: Engine) {
    // So new an account that Carl's is not looked at again as one of the newest.
    let newest = "insert into mdl_user (id, username, email, mnethostid) values (1000, 'newest', 'new@example.org', 1)";
    let (_folder, site) = with(engine, &format!("{USERS} {newest}")).await;
    let facts = site.reader().facts().await.unwrap();
    let mut lookups = Lookups::default();
    lookups.users.add(UserKey::Email, "carl@example.org");
    let change = FieldUpdate { field: UserField::Email, before: String::new(), after: "Carl@Example.org".to_owned() };
    let change = Change::UpdateUser { id: UserId(11), fields: vec![change] };
    let mut transaction = site.writer().begin().await.unwrap();
    transaction.apply(&[&change], &facts, 5).await.unwrap();
    assert_eq!(world(&site, &lookups).await.users.find(UserKey::Email, "carl@example.org"), Match::None);
    let checkpoint = Checkpoint { run: RunId::generate(), segment: 0, digest: String::new() };
    transaction.commit(&checkpoint).await.unwrap();
    let mut world = World::new(facts, 0);
    site.reader().resolve(&lookups, &mut world).await.unwrap();
    assert_eq!(world.users.find(UserKey::Email, "carl@example.org"), Match::One(UserId(11)));
}

async fn whoever_has_the_address_of_a_deleted_account_is_known(engine: Engine) {
    let accounts = "insert into mdl_user (id, username, email, mnethostid, deleted) values \
                    (14, 'old@example.org.1700000000', 'd077f244def8a70e5ea758bd8352fcd8', 1, 1), \
                    (15, 'heir', 'Old@example.org', 1, 0)";
    let (_folder, site) = with(engine, &format!("{USERS} {accounts}")).await;
    let mut lookups = Lookups::default();
    lookups.users.deleted_username_md5s.insert("d077f244def8a70e5ea758bd8352fcd8".to_owned());
    let world = world(&site, &lookups).await;
    assert_eq!(world.users.find(UserKey::Email, "old@example.org"), Match::One(UserId(15)));
}

async fn deleted_accounts_are_found_by_the_digest_of_their_name_only(engine: Engine) {
    let (_folder, site) = with(engine, USERS).await;
    let digest = "4ed0428505b0b89fe7bc1a01928ef1bd";
    let mut lookups = Lookups::default();
    lookups.users.add(UserKey::Id, "13");
    lookups.users.add(UserKey::Email, digest);
    assert!(world(&site, &lookups).await.users.get(UserId(13)).is_none());
    lookups.users.deleted_username_md5s.insert(digest.to_owned());
    let world = world(&site, &lookups).await;
    assert_eq!(world.users.deleted_with_md5(digest), [UserId(13)]);
    assert_eq!(world.users.get(UserId(13)).unwrap().time_modified, 5);
}

async fn people_are_searched_by_words(engine: Engine) {
    let (_folder, site) = with(engine, USERS).await;
    for (words, found) in [
        ("bob", Match::One(UserId(11))),
        ("ANN ÉL", Match::One(UserId(10))),
        ("élan", Match::One(UserId(10))),
        ("EXAMPLE.org", Match::Many(2)),
        ("exampleXorg", Match::None),
        ("zoe", Match::None),
        ("%", Match::None),
    ] {
        let mut lookups = Lookups::default();
        lookups.users.searches.insert(words.to_owned());
        let world = world(&site, &lookups).await;
        assert_eq!(world.users.search(words), found, "{words}");
        assert!(found.one().is_none_or(|id| world.users.get(id).is_some()));
    }
}

async fn profile_values_and_preferences_come_with_the_users(engine: Engine) {
    let (_folder, site) = with(engine, USERS).await;
    let mut lookups =
        Lookups { preferences: ["create_password", "auth_forcepasswordchange"].into(), ..Lookups::default() };
    lookups.users.add(UserKey::Username, "ann");
    lookups.profile_fields.insert(1);
    lookups.unique_profile_values.extend([(1, "blue".to_owned()), (1, "green".to_owned()), (2, "blue".to_owned())]);
    let world = world(&site, &lookups).await;
    assert_eq!(world.users.profile(UserId(10), ProfileFieldId(1)), Some("red"));
    assert_eq!(world.users.profile(UserId(10), ProfileFieldId(2)), None);
    assert!(world.users.other_has_profile_value(UserId(10), ProfileFieldId(1), "blue"));
    assert!(!world.users.other_has_profile_value(UserId(10), ProfileFieldId(1), "green"));
    assert_eq!(world.users.preference(UserId(10), "create_password"), Some("1"));
    assert_eq!(world.users.preference(UserId(10), "theme"), None);
    assert_eq!(world.users.preference(UserId(11), "auth_forcepasswordchange"), None);
}

const COURSES: &str = "
    insert into mdl_course_categories (id, name, parent, visible, idnumber) values (5, 'Maths', 1, 0, 'M');
    insert into mdl_course (id, category, shortname, idnumber, fullname, format, summary) values
        (10, 5, 'ALG', 'c1', 'Algebra', 'weeks', null), (11, 1, 'BIO', '', 'Biology', 'topics', ''),
        (12, 1, 'CHE', '', 'Chemistry', 'topics', '');
    insert into mdl_context (id, contextlevel, instanceid, path, depth) values (50, 40, 5, '/1/3/50', 3),
        (60, 50, 10, '/1/3/50/60', 4), (61, 50, 11, '/1/3/61', 3), (62, 50, 12, '/1/3/62', 3);
    insert into mdl_enrol (id, enrol, courseid, sortorder, status, roleid) values (70, 'self', 10, 1, 1, 5),
        (71, 'manual', 10, 0, 0, 0), (72, 'manual', 11, 0, 0, 5), (73, 'manual', 12, 0, 0, 5);
    insert into mdl_course_sections (course, section, name, summary) values (10, 0, null, null), (10, 1, 'One', 's');
    insert into mdl_course_format_options (courseid, format, sectionid, name, value) values
        (10, 'weeks', 0, 'coursedisplay', '1'), (10, 'topics', 0, 'hiddensections', '1'), (10, 'weeks', 4, 'x', '1');
    insert into mdl_forum (course, type, intro) values (10, 'news', ''), (11, 'general', '');";

async fn courses_are_found_by_any_key(engine: Engine) {
    let (_folder, site) = with(engine, COURSES).await;
    let mut lookups = Lookups { categories: true, ..Lookups::default() };
    lookups.courses.add(CourseKey::Idnumber, "c1");
    lookups.courses.add(CourseKey::Shortname, "BIO");
    lookups.courses.add(CourseKey::Id, "1");
    let world = world(&site, &lookups).await;
    assert_eq!(world.courses.find(CourseKey::Shortname, "ALG"), Match::One(CourseId(10)));
    assert_eq!(world.courses.find(CourseKey::Shortname, "BIO"), Match::One(CourseId(11)));
    assert_eq!(world.courses.get(CourseId(1)).unwrap().category.0, 0);
    let algebra = world.courses.get(CourseId(10)).unwrap();
    assert_eq!(algebra.contexts_above, [ContextId(1), ContextId(3), ContextId(50)]);
    assert_eq!(algebra.fields.get(CourseField::Format), None);
    let methods: Vec<_> = world.courses.instances(CourseId(10)).iter().map(|i| (i.id.0, i.role, i.status)).collect();
    assert_eq!(methods, [(71, None, EnrolStatus::Active), (70, Some(RoleId(5)), EnrolStatus::Suspended)]);
    assert_eq!(world.courses.category_path(algebra.category), "Category 1/Maths");
    assert!(!world.courses.category(algebra.category).unwrap().visible);
}

async fn a_course_is_read_with_everything_when_asked_for(engine: Engine) {
    let (_folder, site) = with(engine, COURSES).await;
    let mut lookups = Lookups::default();
    lookups.courses.detail = CourseDetail::Everything;
    lookups.courses.add(CourseKey::Shortname, "ALG");
    lookups.courses.add(CourseKey::Shortname, "BIO");
    let world = world(&site, &lookups).await;
    let algebra = world.courses.get(CourseId(10)).unwrap();
    assert!(CourseField::ALL.iter().all(|field| algebra.fields.get(*field).is_some()));
    assert_eq!((algebra.fields.text(CourseField::Summary), algebra.fields.text(CourseField::Visible)), ("", "1"));
    assert_eq!(algebra.sections[&0], Section::default());
    assert_eq!(algebra.sections[&1], Section { name: Some("One".into()), summary: "s".into() });
    assert_eq!(algebra.format_options.iter().collect::<Vec<_>>(), [(&"coursedisplay".to_owned(), &"1".to_owned())]);
    assert!(algebra.has_news_forum && !world.courses.get(CourseId(11)).unwrap().has_news_forum);
}

const PARTICIPATION: &str = "
    insert into mdl_user_enrolments (enrolid, userid, status, timestart, timeend) values (71, 10, 1, 5, 9),
        (72, 11, 0, 0, 0), (73, 10, 0, 0, 0);
    insert into mdl_role_assignments (roleid, contextid, userid, component, itemid) values (5, 60, 10, '', 0),
        (4, 60, 10, 'enrol_cohort', 3), (1, 3, 11, '', 0), (5, 62, 10, '', 0);
    insert into mdl_groups (id, courseid, name) values (1, 10, 'G'), (2, 12, 'H');
    insert into mdl_groups_members (groupid, userid, component, itemid) values (1, 10, 'tool_sync', 0), (2, 10, '', 0);";

async fn participation_is_read_for_the_users_in_the_courses(engine: Engine) {
    let (_folder, site) = with(engine, &format!("{USERS}{COURSES}{PARTICIPATION}")).await;
    let mut lookups = Lookups { participation: true, ..Lookups::default() };
    lookups.users.add(UserKey::Username, "ann");
    lookups.users.add(UserKey::Username, "bob");
    lookups.courses.add(CourseKey::Shortname, "ALG");
    lookups.courses.add(CourseKey::Shortname, "BIO");
    let world = world(&site, &lookups).await;
    let (ann, bob, algebra, biology) = (UserId(10), UserId(11), CourseId(10), CourseId(11));
    let people = &world.participants;
    let enrolment = people.enrolment(ann, algebra, EnrolId(71)).unwrap();
    assert_eq!((enrolment.status, enrolment.start, enrolment.end), (EnrolStatus::Suspended, 5, 9));
    assert_eq!((people.enrolments(bob, biology).len(), people.enrolments(bob, algebra).len()), (1, 0));
    let roles: BTreeSet<_> = people.roles(ann, algebra).iter().map(|role| (role.role.0, role.owner.item)).collect();
    assert_eq!(roles, BTreeSet::from([(5, 0), (4, 3)]));
    assert!(people.has_role_above(bob, &[ContextId(3)]) && !people.has_role_above(ann, &[ContextId(3)]));
    assert_eq!(people.group_by_name(algebra, "G"), Match::One(GroupId(1)));
    assert_eq!(people.memberships(ann, algebra)[0].owner, Owner::component("tool_sync"));
    assert!(people.enrolments(ann, CourseId(12)).is_empty() && people.memberships(ann, CourseId(12)).is_empty());
}

async fn cohorts_are_found_and_tell_who_is_in_them(engine: Engine) {
    let (_folder, site) = with(
        engine,
        &format!(
        "{USERS} insert into mdl_cohort (id, contextid, name, idnumber, descriptionformat, timecreated, timemodified,
            component) values (1, 1, 'Staff', null, 0, 0, 0, ''), (2, 3, 'Staff', 'S2', 0, 0, 0, 'tool_x');
        insert into mdl_cohort_members (cohortid, userid) values (1, 10), (2, 11);"
    ),
    )
    .await;
    let mut lookups = Lookups::default();
    lookups.cohorts.add(CohortKey::Name, "Staff");
    lookups.cohorts.add(CohortKey::Idnumber, "S2");
    lookups.cohorts.members = CohortMembers::Counted;
    lookups.users.add(UserKey::Username, "ann");
    let world = world(&site, &lookups).await;
    assert_eq!(world.cohorts.by_name("Staff"), Match::One(CohortId(1)));
    assert_eq!(world.cohorts.by_idnumber("S2"), Match::One(CohortId(2)));
    assert_eq!(world.cohorts.find(CohortKey::Name, "Staff"), Match::Many(2));
    let second = world.cohorts.get(CohortId(2)).unwrap();
    assert_eq!((second.component(), second.category), ("tool_x", CategoryId(1)));
    assert!(world.cohorts.has_members(CohortId(2)));
    assert!(world.cohorts.is_member(CohortId(1), UserId(10)) && !world.cohorts.is_member(CohortId(2), UserId(11)));
}

async fn groups_are_found_with_their_groupings_and_by_id(engine: Engine) {
    let (_folder, site) = with(
        engine,
        &format!(
            "{USERS}{COURSES}{PARTICIPATION}
            insert into mdl_groups (id, courseid, name, idnumber, description) values (90, 10, 'Blue', 'B', 'Text'),
                (91, 11, 'Far', 'F', '');
            insert into mdl_groupings (id, courseid, name, idnumber) values (92, 10, 'All', 'A');
            insert into mdl_groupings_groups (groupingid, groupid) values (92, 90);"
        ),
    )
    .await;
    let mut lookups = Lookups::default();
    lookups.groups.ids.insert(90);
    lookups.groups.idnumbers.insert("F".to_owned());
    lookups.groups.detail = GroupDetail::Groupings;
    let world = world(&site, &lookups).await;
    let blue = world.participants.group_anywhere(GroupId(90)).unwrap();
    assert_eq!((blue.course, blue.fields.text(GroupField::Description)), (CourseId(10), "Text"));
    assert!(world.courses.get(CourseId(10)).is_some(), "the course of a group comes with it");
    assert_eq!(world.participants.find_groups(CourseId(10), GroupKey::Idnumber, "B"), [GroupId(90)]);
    assert!(world.participants.is_elsewhere(CourseId(10), "F") && !world.participants.is_elsewhere(CourseId(10), "B"));
    assert_eq!(world.groupings.find_all(CourseId(10), GroupKey::Name, "All"), [GroupingId(92)]);
    assert!(world.groupings.has(GroupingId(92), GroupId(90)));
}

async fn what_belongs_to_a_renamed_user_or_course_is_found_by_the_planned_name(engine: Engine) {
    let (_folder, site) = with(engine, &format!("{USERS}{COURSES}{PARTICIPATION}")).await;
    let mut lookups = Lookups {
        participation: true,
        preferences: ["create_password", "auth_forcepasswordchange"].into(),
        ..Lookups::default()
    };
    lookups.users.add(UserKey::Username, "ann");
    lookups.courses.add(CourseKey::Shortname, "ALG");
    let mut world = world(&site, &lookups).await;
    let (before, after) = ("ann".to_owned(), "anna".to_owned());
    let fields = vec![FieldUpdate { field: UserField::Username, before, after }];
    world.record(&Change::UpdateUser { id: UserId(10), fields });
    let (before, after) = ("ALG".to_owned(), "ALGEBRA".to_owned());
    let fields = vec![FieldUpdate { field: CourseField::Shortname, before, after }];
    world.record(&Change::UpdateCourse { id: CourseId(10), fields });
    world.forget_unplanned();

    site.reader().resolve(&lookups, &mut world).await.unwrap();
    assert_eq!(world.users.find(UserKey::Username, "ann"), Match::None);
    assert_eq!(world.courses.find(CourseKey::Shortname, "ALG"), Match::None);

    let mut lookups = Lookups {
        participation: true,
        preferences: ["create_password", "auth_forcepasswordchange"].into(),
        ..Lookups::default()
    };
    lookups.users.add(UserKey::Username, "anna");
    lookups.courses.add(CourseKey::Shortname, "ALGEBRA");
    site.reader().resolve(&lookups, &mut world).await.unwrap();
    assert_eq!(world.users.preference(UserId(10), "create_password"), Some("1"));
    assert!(world.participants.enrolment(UserId(10), CourseId(10), EnrolId(71)).is_some());
    assert_eq!(world.courses.instances(CourseId(10)).len(), 2);
}

async fn more_keys_than_one_statement_takes_are_split(engine: Engine) {
    let (_folder, site) = with(engine, USERS).await;
    let mut lookups =
        Lookups { preferences: ["create_password", "auth_forcepasswordchange"].into(), ..Lookups::default() };
    lookups.users.usernames =
        (0..20_000).map(|n| format!("aa{n}")).chain(["ann".to_owned(), "bob".to_owned()]).collect();
    lookups.users.emails = (0..7_000).map(|n| format!("{n}@example.org")).collect();
    lookups.courses.shortnames = (0..25_000).map(|n| format!("C{n}")).collect();
    let world = world(&site, &lookups).await;
    assert_eq!(world.users.find(UserKey::Username, "bob"), Match::One(UserId(11)));
    assert_eq!(world.users.preference(UserId(11), "auth_forcepasswordchange"), Some("1"));
}

/// The steps of the plan that SQLite makes for a query.
async fn plan(site: &mut Site<'_>, mut query: Statement) -> String {
    query.sql.insert_str(0, "explain query plan ");
    let rows = site.connection.fetch("explain", query).await.unwrap();
    rows.into_iter().map(|mut row| row.text(3)).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn no_look_up_of_a_chunk_reads_a_whole_table() {
    let (_folder, sql) = fresh(Engine::Sqlite).await;
    let mut connection = sql.write_connection().await.unwrap();
    let mut site =
        Site { connection: &mut connection, dialect: &sql.dialect, addresses: &sql.addresses, tables: &sql.tables };
    let ids: Vec<i64> = (1..=1000).collect();
    let texts: BTreeSet<String> = ids.iter().map(i64::to_string).collect();
    let mut lookups = Lookups::default();
    lookups.users.usernames = texts.clone();
    lookups.users.idnumbers = texts.clone();
    lookups.users.emails = texts.clone();
    lookups.users.deleted_username_md5s = texts.clone();
    lookups.users.ids = ids.iter().copied().collect();
    lookups.courses.shortnames = texts.clone();
    lookups.courses.idnumbers = texts;
    let users = |key: users::Key| key.query(site.select("u.id"), &key.values, 1);
    let indexes_of_users = [
        "mneuse_uix (mnethostid=? AND username=?)",
        "INTEGER PRIMARY KEY",
        "idn_ix",
        "ema_ix (email=?)",
        "ema_ix (email=?)",
    ];
    let users: Vec<_> = users::keys(&lookups.users).map(users).zip(indexes_of_users.map(|index| vec![index])).collect();
    let courses = courses::by_keys(&site, CourseField::ALL, &lookups.courses, &ids.iter().copied().collect(), 0);
    let cases = [
        (courses, vec!["INTEGER PRIMARY KEY", "cour_sho_ix", "cour_idn_ix", "cont_conins_uix"]),
        (participation::enrolments_of(&site, &ids, &ids), vec!["userenro_use_ix (userid=?)"]),
        (participation::memberships_of(&site, &ids, &ids), vec!["(userid=?)"]),
        (participation::roles_of(&site, &ids, ids.iter().copied()), vec!["useconrol_ix (userid=?)"]),
    ];
    for (query, indexes) in users.into_iter().chain(cases) {
        let plan = plan(&mut site, query).await;
        assert!(!plan.contains("SCAN"), "{plan}");
        assert!(indexes.iter().all(|index| plan.contains(index)), "{plan}");
    }
}

async fn the_kinds_of_activities_in_courses_are_read(engine: Engine) {
    let script = "insert into mdl_course (id, shortname, category) values (10, 'A', 1), (11, 'B', 1), (12, 'C', 1);
        insert into mdl_course_modules (course, module, instance, section)
            select 10, id, 1, 1 from mdl_modules where name in ('forum', 'quiz');
        insert into mdl_course_modules (course, module, instance, section)
            select 10, id, 2, 1 from mdl_modules where name = 'forum';
        insert into mdl_course_modules (course, module, instance, section)
            select 11, id, 1, 1 from mdl_modules where name = 'wiki';";
    let (_folder, site) = with(engine, script).await;
    let mut lookups = Lookups::default();
    lookups.courses.activities = true;
    ["A", "B", "C"].into_iter().for_each(|name| lookups.courses.add(CourseKey::Shortname, name));
    let world = world(&site, &lookups).await;
    let kinds = |course| world.courses.activity_counts(CourseId(course)).collect::<Vec<_>>();
    assert_eq!((kinds(10), kinds(11), kinds(12)), (vec![("forum", 2), ("quiz", 1)], vec![("wiki", 1)], vec![]));
}

/// The statistics of a table that was just filled say that all accounts of the host are few.
#[tokio::test]
async fn accounts_are_found_by_host_and_name_where_there_are_no_statistics() {
    if is_skipped(Engine::Postgres, "accounts_are_found_by_host_and_name_where_there_are_no_statistics") {
        return;
    }
    let many = "insert into mdl_user (username, mnethostid) select 'user' || n, 1 from generate_series(1, 20000) n";
    let (_folder, sql) = with(Engine::Postgres, many).await;
    let mut connection = sql.reading.connection().await.unwrap();
    let site =
        Site { connection: &mut connection, dialect: &sql.dialect, addresses: &sql.addresses, tables: &sql.tables };
    let usernames = (1..=1000).map(|number| format!("user{number}")).collect();
    let lookups = UserLookups { usernames, ..UserLookups::default() };
    let key = users::keys(&lookups).next().unwrap();
    let mut query = key.query(site.select("u.id"), &key.values, 1);
    query.sql.insert_str(0, "explain ");
    let rows = site.connection.fetch("explain", query).await.unwrap();
    let plan = rows.into_iter().map(|mut row| row.text(0)).collect::<Vec<_>>().join("\n");
    let by_both = |line: &str| line.contains("Index Cond") && line.contains("mnethostid") && line.contains("username");
    assert!(plan.lines().any(by_both), "{plan}");
}

/// MariaDB takes a list of new values for all of a table that was just filled, and a join to it for the whole of it.
#[tokio::test]
async fn lists_and_joins_go_by_an_index_where_mariadb_has_no_statistics() {
    if is_skipped(Engine::MySql, "lists_and_joins_go_by_an_index_where_mariadb_has_no_statistics") {
        return;
    }
    let many = |of: fn(i64) -> String| (1..=10_000).map(|at| of(at + 100)).collect::<Vec<_>>().join(", ");
    let users = many(|at| format!("({at}, 'user{at}', 'n{at}', 1)"));
    let roles = many(|at| format!("(5, {}, {at}, '', 0)", at % 50));
    let script = format!(
        "insert into mdl_user (id, username, idnumber, mnethostid) values {users};
         insert into mdl_role_assignments (roleid, contextid, userid, component, itemid) values {roles}"
    );
    let (_folder, sql) = with(Engine::MySql, &script).await;
    let mut connection = sql.reading.connection().await.unwrap();
    let site =
        Site { connection: &mut connection, dialect: &sql.dialect, addresses: &sql.addresses, tables: &sql.tables };
    let idnumbers = (1..=1000).map(|number| format!("n{number}")).collect();
    let lookups = UserLookups { idnumbers, ..UserLookups::default() };
    let key = users::keys(&lookups).next().unwrap();
    let by_key = key.query(site.select("u.id"), &key.values, 1);
    let ids: Vec<i64> = (1..=1000).collect();
    let values: Vec<Value> = ids.iter().map(|id| Value::Int(*id)).collect();
    let join = Statement::new(&sql.dialect, "").with_rows(&["userid"], &values);
    let join = join.push("select r.id from v join {role_assignments} r on r.userid = v.userid and r.itemid = 0");
    let exists = Statement::new(&sql.dialect, "").with_rows(&["userid"], &values);
    let exists = exists.push(
        "select userid from v where not exists (select 1 from {role_assignments} r where r.userid = v.userid \
         and r.component = '')",
    );
    let cases = [
        (by_key, "mdl_user_idn_ix"),
        (participation::roles_of(&site, &ids, 1..=50), "mdl_roleassi_useconrol_ix"),
        (join, "mdl_roleassi_useconrol_ix"),
        (exists, "mdl_roleassi_useconrol_ix"),
    ];
    for (mut query, index) in cases {
        query.sql.insert_str(0, "explain ");
        let rows = site.connection.fetch("explain", query.clone()).await.unwrap();
        // A table of which one column is the key; MySQL 9 writes a tree in words.
        let key = |mut row: Row| row.text(if row.0.len() > 1 { 5 } else { 0 });
        let keys: Vec<_> = rows.into_iter().map(key).collect();
        assert!(keys.iter().any(|key| key.contains(index)), "{keys:?}: {}", query.sql);
    }
}

on_every_engine! {
    the_kinds_of_activities_in_courses_are_read,
    users_are_found_by_any_key,
    addresses_are_found_in_any_case,
    addresses_that_come_up_during_a_run_are_found_in_any_case,
    an_address_is_found_in_any_case_though_another_run_looked_before_its_commit,
    deleted_accounts_are_found_by_the_digest_of_their_name_only,
    whoever_has_the_address_of_a_deleted_account_is_known,
    people_are_searched_by_words,
    profile_values_and_preferences_come_with_the_users,
    courses_are_found_by_any_key,
    a_course_is_read_with_everything_when_asked_for,
    participation_is_read_for_the_users_in_the_courses,
    cohorts_are_found_and_tell_who_is_in_them,
    groups_are_found_with_their_groupings_and_by_id,
    what_belongs_to_a_renamed_user_or_course_is_found_by_the_planned_name,
    more_keys_than_one_statement_takes_are_split,
}
