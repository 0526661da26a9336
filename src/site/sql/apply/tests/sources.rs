//! Enrolment methods that follow cohorts and other courses.

use super::*;
use crate::site::{MethodTerms, Source};

fn following(id: i64, course: i64, source: Source, role: i64, group: Option<i64>) -> Change {
    let name = if matches!(source, Source::Cohort(_)) { "cohort" } else { "meta" };
    let terms = MethodTerms { opens: 0, closes: 0, group: group.map(GroupId) };
    let role = Some(RoleId(role)).filter(|role| role.0 != 0);
    Change::CreateInstance(NewInstance { source: Some(source), terms, role, ..method(id, course, name) })
}

fn set_status(instance: i64, course: i64, status: EnrolStatus) -> Change {
    Change::SetInstanceStatus { instance: EnrolId(instance), course: CourseId(course), status }
}

fn delete(instance: i64, course: i64) -> Change {
    Change::DeleteInstance { instance: EnrolId(instance), course: CourseId(course) }
}

fn change(instance: i64, course: i64, user: i64, after: (EnrolStatus, i64, i64)) -> Change {
    let before = (EnrolStatus::Active, 10, 20);
    Change::UpdateEnrolment { instance: EnrolId(instance), course: CourseId(course), user: UserId(user), before, after }
}

const METHODS: &str = "select id, enrol, status, courseid, sortorder, roleid, customint1, customint2, enrolstartdate, \
                       enrolenddate, timecreated, timemodified from {enrol} where enrol in ('cohort', 'meta') order by id";
const ENROLMENTS: &str =
    "select enrolid, userid, status, timestart, timeend from {user_enrolments} order by enrolid, userid";
const ROLES: &str = "select userid, roleid, component, itemid from {role_assignments} order by itemid, userid, roleid";
const GROUPS: &str = "select groupid, userid, component, itemid from {groups_members} order by groupid, userid, itemid";

/// A campus with the cohort Staff (1) of Ann (3) and Bob (4).
async fn staffed(engine: Engine) -> Fixture {
    let fixture = Fixture::campus(engine).await;
    let staff = create_cohort(-1, 0, "Staff", "ST");
    fixture.apply(T, &[staff, add_to_cohort(-1, 3), add_to_cohort(-1, 4)]).await;
    fixture
}

async fn a_bound_cohort_is_enrolled_suspended_and_restored(engine: Engine) {
    let fixture = staffed(engine).await;
    let bind = following(-3, 2, Source::Cohort(CohortId(1)), 5, Some(1));
    fixture.apply(T + 1, &[enrol(1, 2, 4), assign(4, 2, 4, Owner::manual()), bind]).await;
    let enrolled: &[&str] = &["1|4|0|10|20", "3|3|0|0|0", "3|4|0|0|0"];
    fixture
        .expect(&[
            (METHODS, &["3|cohort|0|2|2|5|1|1|0|0|1700000001|1700000001"]),
            (ENROLMENTS, enrolled),
            (ROLES, &["4|4||0", "3|5|enrol_cohort|3", "4|5|enrol_cohort|3"]),
            (GROUPS, &["1|3|enrol_cohort|3", "1|4|enrol_cohort|3"]),
        ])
        .await;
    fixture.apply(T + 2, &[set_status(3, 2, EnrolStatus::Suspended)]).await;
    fixture.expect(&[(ENROLMENTS, enrolled), (ROLES, &["4|4||0"])]).await;
    fixture.apply(T + 3, &[set_status(3, 2, EnrolStatus::Active)]).await;
    fixture.expect(&[(ENROLMENTS, enrolled), (ROLES, &["4|4||0", "3|5|enrol_cohort|3", "4|5|enrol_cohort|3"])]).await;
    // Another group, and dates.
    let terms = |group| MethodTerms { opens: 50, closes: 60, group: Some(GroupId(group)) };
    let moved = Change::UpdateInstance {
        instance: EnrolId(3),
        course: CourseId(2),
        before: MethodTerms { group: Some(GroupId(1)), ..MethodTerms::default() },
        after: terms(-9),
    };
    fixture.apply(T + 4, &[create_group(-9, 2, "Blue"), moved]).await;
    fixture
        .expect(&[
            (METHODS, &["3|cohort|0|2|2|5|1|2|50|60|1700000001|1700000004"]),
            (GROUPS, &["2|3|enrol_cohort|3", "2|4|enrol_cohort|3"]),
        ])
        .await;
    fixture.apply(T + 5, &[delete(3, 2)]).await;
    fixture.expect(&[(METHODS, &[]), (ENROLMENTS, &["1|4|0|10|20"]), (ROLES, &["4|4||0"]), (GROUPS, &[])]).await;
}

async fn two_bindings_that_end_together_are_the_last_ones(engine: Engine) {
    let fixture = staffed(engine).await;
    let bind = |id, role| following(id, 2, Source::Cohort(CohortId(1)), role, None);
    fixture.apply(T + 1, &[bind(-3, 5), bind(-4, 4), assign(3, 2, 3, Owner::manual())]).await;
    fixture.apply(T + 2, &[delete(3, 2), delete(4, 2)]).await;
    fixture.expect(&[(METHODS, &[]), (ENROLMENTS, &[]), (ROLES, &[])]).await;
}

async fn a_metacourse_takes_participants_over(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let changes = [
        create_course(-3, 2, "C2"),
        enrol(1, 2, 3),
        assign(5, 2, 3, Owner::manual()),
        enrol(2, 2, 4),
        change(2, 2, 4, (EnrolStatus::Suspended, 10, 20)),
        assign(5, 2, 4, Owner { component: "enrol_self".to_owned(), item: 2 }),
        following(-5, -3, Source::Course(CourseId(2)), 0, None),
    ];
    fixture.apply(T + 1, &changes).await;
    let of_meta = "select userid, status, timestart, timeend from {user_enrolments} where enrolid = 3 order by userid";
    let roles =
        "select userid, roleid, component, itemid from {role_assignments} where itemid = 3 order by userid, roleid";
    fixture
        .expect(&[
            (METHODS, &["3|meta|0|3|0|0|2|~|0|0|1700000001|1700000001"]),
            (of_meta, &["3|0|10|20", "4|1|0|0"]),
            (roles, &["3|5|enrol_meta|3"]),
        ])
        .await;
    // The widest dates of the active enrolments, and roles as they come and go.
    let changes = [
        enrol(2, 2, 3),
        change(2, 2, 3, (EnrolStatus::Active, 5, 0)),
        assign(4, 2, 3, Owner::manual()),
        change(2, 2, 4, (EnrolStatus::Active, 7, 30)),
    ];
    fixture.apply(T + 2, &changes).await;
    fixture
        .expect(&[
            (of_meta, &["3|0|5|0", "4|0|7|30"]),
            (roles, &["3|4|enrol_meta|3", "3|5|enrol_meta|3", "4|5|enrol_meta|3"]),
        ])
        .await;
    let unassign =
        Change::UnassignRole { role: RoleId(4), course: CourseId(2), user: UserId(3), owner: Owner::manual() };
    fixture.apply(T + 3, &[unassign, unenrol(2, "self", 2, 4, Remaining::None)]).await;
    // The site suspends whom the course above has lost.
    fixture.expect(&[(of_meta, &["3|0|5|0", "4|1|7|30"]), (roles, &["3|5|enrol_meta|3"])]).await;
    fixture.apply(T + 4, &[set_status(3, 3, EnrolStatus::Suspended)]).await;
    fixture.expect(&[(of_meta, &["3|0|5|0", "4|1|7|30"]), (roles, &[])]).await;
    fixture.apply(T + 5, &[set_status(3, 3, EnrolStatus::Active)]).await;
    fixture.expect(&[(of_meta, &["3|0|5|0", "4|1|7|30"]), (roles, &["3|5|enrol_meta|3"])]).await;
    // A method of the course above is disabled: nobody is active by it, and has dates no more.
    fixture.apply(T + 6, &[set_status(1, 2, EnrolStatus::Suspended), set_status(2, 2, EnrolStatus::Suspended)]).await;
    fixture.expect(&[(of_meta, &["3|1|0|0", "4|1|7|30"]), (roles, &[])]).await;
    fixture.apply(T + 7, &[delete(3, 3)]).await;
    fixture.expect(&[(METHODS, &[]), (of_meta, &[])]).await;
}

async fn members_of_a_bound_cohort_reach_the_metacourse(engine: Engine) {
    let fixture = staffed(engine).await;
    let changes = [
        create_course(-3, 2, "C2"),
        following(-5, -3, Source::Course(CourseId(2)), 0, None),
        following(-6, 2, Source::Cohort(CohortId(1)), 5, None),
    ];
    fixture.apply(T + 1, &changes).await;
    let per_course = "select e.courseid, u.userid, u.status from {user_enrolments} u join {enrol} e on e.id = u.enrolid \
                      order by e.courseid, u.userid";
    fixture.expect(&[(per_course, &["2|3|0", "2|4|0", "3|3|0", "3|4|0"])]).await;
    let leave = Change::RemoveCohortMember { cohort: CohortId(1), user: UserId(3) };
    fixture.apply(T + 2, &[leave]).await;
    fixture.expect(&[(per_course, &["2|4|0", "3|3|1", "3|4|0"])]).await;
}

async fn a_thousand_bindings_take_few_statements(engine: Engine) {
    let fixture = staffed(engine).await;
    let cohorts = (0..19).map(|n| create_cohort(-10 - n, 0, &format!("K{n}"), &format!("K{n}")));
    let members = (0..19).flat_map(|n| [add_to_cohort(-10 - n, 3), add_to_cohort(-10 - n, 4)]);
    let courses = (0..50).map(|n| create_course(-100 - n, 2, &format!("X{n}")));
    let changes: Vec<Change> = cohorts.chain(members).chain(courses).collect();
    fixture.apply(T + 1, &changes).await;
    let first = async |query: &str| fixture.rows(query).await[0].parse::<i64>().unwrap();
    let cohort = first("select min(id) from {cohort} where idnumber like 'K%'").await;
    let course = first("select min(id) from {course} where shortname like 'X%'").await;
    let bind = |n: i64| following(-1 - n, course + n % 50, Source::Cohort(CohortId(cohort + n % 19)), 5, None);
    let changes: Vec<Change> = (0..1000).map(bind).collect();
    let (_, statements) = fixture.counted(T + 2, &changes).await;
    assert!(statements <= 40, "{statements} statements to bind");
    fixture.expect(&[("select count(*) from {user_enrolments}", &["2000"])]).await;
    let method = first("select min(id) from {enrol} where enrol = 'cohort'").await;
    let suspend = |n: i64| set_status(method + n, course + n % 50, EnrolStatus::Suspended);
    let changes: Vec<Change> = (0..1000).map(suspend).collect();
    let (_, statements) = fixture.counted(T + 3, &changes).await;
    assert!(statements <= 40, "{statements} statements to disable");
    let changes: Vec<Change> = (0..1000).map(|n| delete(method + n, course + n % 50)).collect();
    let (_, statements) = fixture.counted(T + 4, &changes).await;
    assert!(statements <= 60, "{statements} statements to delete, with two thousand enrolments");
    fixture.expect(&[("select count(*) from {user_enrolments}", &["0"])]).await;
    let link = |n: i64| {
        following(
            -1 - n,
            course + n % 50,
            Source::Course(CourseId(if n % 50 == n / 50 { 2 } else { course + n / 50 })),
            0,
            None,
        )
    };
    let changes: Vec<Change> = (0..1000).map(link).collect();
    let (_, statements) = fixture.counted(T + 5, &changes).await;
    assert!(statements <= 40, "{statements} statements to link");
}

on_every_engine! {
    a_bound_cohort_is_enrolled_suspended_and_restored,
    two_bindings_that_end_together_are_the_last_ones,
    a_metacourse_takes_participants_over,
    members_of_a_bound_cohort_reach_the_metacourse,
    a_thousand_bindings_take_few_statements,
}
