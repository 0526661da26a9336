//! What Moodle writes between planning and applying: noticed, and told apart from what the database refuses.

use super::*;
use crate::site::SiteError;

/// What somebody else does, and the change that does not fit any more.
fn cases() -> Vec<(&'static str, Change)> {
    let update_enrolment = || Change::UpdateEnrolment {
        instance: EnrolId(1),
        course: CourseId(2),
        user: UserId(3),
        before: (EnrolStatus::Active, 10, 20),
        after: (EnrolStatus::Suspended, 10, 20),
    };
    let no_user = "update {user} set deleted = 1 where id = 3";
    let no_course = "delete from {course} where id = 2";
    let no_method = "delete from {enrol} where id = 1";
    let no_enrolment = "delete from {user_enrolments} where userid = 3";
    let no_group = "delete from {groups} where id = 1";
    let no_cohort = "delete from {cohort} where id = 1";
    let no_category = "delete from {course_categories} where id = 2";
    let move_course = Change::MoveCourse { id: CourseId(2), from: CategoryId(1), to: CategoryId(2) };
    let delete_category = || Change::DeleteCategory { id: CategoryId(1), parent: CategoryId(0) };
    let section = |number| Change::CreateSection { course: CourseId(2), number, name: None, summary: String::new() };
    let password = NewPassword::Constant("to be generated");
    vec![
        // Gone.
        (no_user, update_user(3, UserField::City, "", "Rome")),
        (no_user, Change::SetPassword { id: UserId(3), password }),
        (no_user, Change::DeleteUser { id: UserId(3) }),
        (no_user, assign(5, 2, 3, Owner::manual())),
        (no_user, add_to_cohort(1, 3)),
        ("delete from {user} where id = 3", update_user(3, UserField::City, "", "Rome")),
        (no_course, enrol(2, 2, 3)),
        (no_course, section(7)),
        (no_course, create_group(-1, 2, "New")),
        (no_method, enrol(1, 2, 4)),
        (no_enrolment, update_enrolment()),
        (no_enrolment, unenrol(1, "manual", 2, 3, Remaining::None)),
        (no_group, join(1, 2, 3, Owner::manual())),
        (
            "delete from {groups_members} where userid = 4",
            Change::RemoveMember { group: GroupId(1), course: CourseId(2), user: UserId(4) },
        ),
        (no_group, Change::DeleteGroup { group: GroupId(1), course: CourseId(2) }),
        (no_cohort, add_to_cohort(1, 3)),
        (no_category, create_course(-1, 2, "C2")),
        (no_category, create_category(-1, 2)),
        (no_category, move_course),
        (no_course, Change::DeleteCourse { id: CourseId(2), category: CategoryId(2) }),
        ("delete from {course_categories} where id = 1", delete_category()),
        // There already.
        ("insert into {user} (username, mnethostid) values ('eve', 1)", create_user(-1, "eve")),
        ("insert into {course} (category, shortname) values (2, 'C2')", create_course(-1, 2, "C2")),
        ("insert into {course_categories} (parent, name) values (0, 'Category -7')", create_category(-7, 0)),
        ("insert into {groups} (courseid, name) values (2, 'New')", create_group(-1, 2, "New")),
        (
            "insert into {cohort} (contextid, name, descriptionformat, timecreated, timemodified) values (1, 'Staff', 1, 0, 0)",
            create_cohort(-1, 0, "Staff", ""),
        ),
        (
            "insert into {cohort} (contextid, name, idnumber, descriptionformat, timecreated, timemodified) values (6, 'x', 'S', 1, 0, 0)",
            create_cohort(-1, 0, "Staff", "S"),
        ),
        ("insert into {cohort_members} (cohortid, userid) values (1, 3)", add_to_cohort(1, 3)),
        ("insert into {course} (category, shortname) values (1, 'Z')", delete_category()),
        ("insert into {course_categories} (parent, name) values (1, 'Z')", delete_category()),
        ("insert into {user_enrolments} (enrolid, userid) values (1, 4)", enrol(1, 2, 4)),
        ("insert into {course_sections} (course, section) values (2, 7)", section(7)),
        ("insert into {enrol} (enrol, courseid) values ('guest', 2)", Change::CreateInstance(method(-1, 2, "guest"))),
    ]
}

async fn what_moodle_did_meanwhile_is_a_conflict(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let cohort = create_cohort(-1, 0, "First year", "");
    fixture.apply(T, &[enrol(1, 2, 3), enrol(2, 2, 4), join(1, 2, 4, Owner::manual()), cohort]).await;
    for (meddling, change) in cases() {
        let mut transaction = fixture.site.writer().begin().await.unwrap();
        let planned = transaction.apply(&[&change], &fixture.facts, T).await;
        assert!(planned.is_ok(), "without meddling {change:?}: {planned:?}");
        drop(transaction);
        // In a transaction of our own, so that the next case begins as this one did.
        let mut connection = fixture.site.write_connection().await.unwrap();
        connection.execute_raw("begin", fixture.site.dialect.begin()).await.unwrap();
        connection.execute("meddle", Statement::new(&fixture.site.dialect, meddling)).await.unwrap();
        let (tables, mut state) = (super::super::Tables::new(), super::super::State::default());
        let SqlSite { dialect, addresses, .. } = &fixture.site;
        let (connection_of, tables, state) = (&mut connection, &tables, &mut state);
        let mut target = super::super::Target { connection: connection_of, dialect, addresses, tables, state };
        let refused = super::super::apply(&mut target, &[&change], &fixture.facts, T).await;
        assert!(matches!(refused, Err(SiteError::Conflict { .. })), "{engine:?} {meddling} {change:?}: {refused:?}");
        connection.execute_raw("end", "rollback").await.unwrap();
    }
}

async fn what_the_database_takes_for_equal_and_planning_does_not_is_no_conflict(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    // MariaDB compares without accents, planning with them.
    fixture.apply(T, &[create_group(-1, 2, "Rene")]).await;
    fixture.apply(T, &[create_group(-1, 2, "Ren\u{e9}")]).await;
    fixture.expect(&[("select count(*) from {groups}", &["3"])]).await;
}

async fn what_the_database_forbids_is_refused_and_no_conflict(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let fixture = Fixture::campus(engine).await;
    let wrong = "alter table mdl_user add constraint no_rome check (city <> 'Rome')";
    fixture.site.write_connection().await.unwrap().execute_raw("restrict", wrong).await.unwrap();
    let mut transaction = fixture.site.writer().begin().await.unwrap();
    let refused = transaction.apply(&[&update_user(3, UserField::City, "", "Rome")], &fixture.facts, T).await;
    assert!(matches!(refused, Err(SiteError::Refused { .. })), "{refused:?}");
}

on_every_engine! {
    what_moodle_did_meanwhile_is_a_conflict,
    what_the_database_takes_for_equal_and_planning_does_not_is_no_conflict,
    what_the_database_forbids_is_refused_and_no_conflict,
}
