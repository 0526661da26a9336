//! Whole files: later lines see what earlier lines did.

use super::*;

/// A course with one method and one group, and four people who are not in it.
fn biology() -> World {
    let mut world = World::new(Arc::new(facts()), NOW);
    load_courses(&mut world);
    load_users(&mut world);
    world
}

#[test]
fn a_term_with_groups() {
    let header = "cmd;cid;uid;rolename;enrol;starttime;endtime;gcmd;g1;g2";
    let mut world = biology();
    check_file(
        &mut world,
        header,
        &[("protect_groups", "true")],
        &[
            (
                "add;BIO1;U1;student;manual;2025-09-01 08:00:00;2026-06-30 23:59:59;gaddcreate;TD1;TP3",
                "CREATED, enrolment >active, timestart >1756706400, timeend >1782856799, role >student, group >TD1, \
                 group:new >TP3, group >TP3",
            ),
            (
                "add;BIO1;U2;editingteacher;;;;gadd;TD9;",
                "CREATED PARTIAL, enrolment >active, timestart >1000, role >editingteacher, !GROUP_UNKNOWN@g1",
            ),
            ("add;BIO1;U99;student;manual;;;;;", "FAILED, !USER_UNKNOWN@uid"),
            ("shift;BIO1;U1;teacher;manual;;;greplace;TD1;", "UPDATED, role student>, role >teacher, group TP3>"),
            ("del;BIO1;U2;;manual;;;;;", "DELETED, enrolment manual>"),
        ],
    );
    let kept = &world.participants.enrolments(UserId(1), BIO1)[0];
    assert_eq!(kept.terms(), (EnrolStatus::Active, 1_756_706_400, 1_782_856_799));
    assert_eq!(owners_of_groups(&world, 1), [(TD1, Owner::component("tool_sync"))]);
    assert!(world.participants.roles(UserId(2), BIO1).is_empty());
}

#[test]
fn roles_without_enrolment() {
    let mut world = biology();
    check_file(
        &mut world,
        "cmd;rolename;cid;uid",
        &[],
        &[
            ("add;noneditingteacher;BIO1;U3", "FAILED, !ROLE_UNKNOWN@rolename"),
            ("add;teacher;BIO1;U3", "CREATED, role >teacher"),
            ("add;teacher;BIO1;U3", "UNCHANGED, ROLE_ALREADY_ASSIGNED@rolename"),
            ("del;;BIO1;U3", "DELETED, role teacher>"),
            ("drop;teacher;BIO1;U3", "FAILED, !CMD_INVALID@cmd"),
        ],
    );
    assert!(world.participants.enrolments(UserId(3), BIO1).is_empty());
}

#[test]
fn suspension() {
    let mut world = biology();
    let enrolment = Enrolment { instance: MANUAL, status: EnrolStatus::Active, start: 500, end: 5000 };
    world.participants.load_enrolment(UserId(1), BIO1, enrolment);
    world.participants.load_role(UserId(1), BIO1, RoleAssignment { role: TEACHER, owner: Owner::manual() });
    check_file(
        &mut world,
        "cmd;rolename;cid;uid;enrol",
        &[],
        &[
            ("disable;;BIO1;U1;manual", "SUSPENDED, enrolment active>suspended"),
            ("add;student;BIO1;U1;manual", "RESTORED, enrolment suspended>active, role >student"),
            ("enable;;BIO1;U4;manual", "FAILED, !NOT_ENROLLED@uid"),
            ("add;student;BIO1;U4;self", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol"),
        ],
    );
    assert_eq!(world.participants.roles(UserId(1), BIO1).len(), 2);
}

/// A group that one line creates is joined by the next, and a replay of the whole file changes nothing.
#[test]
fn a_file_again_changes_nothing() {
    let job = job("cmd;cid;uid;rolename;enrol;gcmd;g1", &[]);
    let rows = [
        "add;BIO1;U1;student;manual;gaddcreate;New",
        "add;BIO1;U2;student;manual;gadd;New",
        "shift;BIO1;U3;teacher;manual;greplacecreate;Other",
        "disable;BIO1;U3;;manual;;",
        "del;BIO1;U4;;manual;;",
    ];
    let mut world = biology();
    let first: Vec<_> = rows.map(|row| plan(&job, &mut world, row).outcome).into();
    assert_eq!(first, [Outcome::Created, Outcome::Created, Outcome::Created, Outcome::Suspended, Outcome::Unchanged]);
    world.now += 86_400;
    for row in rows {
        let again = plan(&job, &mut world, row);
        assert_eq!((again.outcome, again.changes.len()), (Outcome::Unchanged, 0), "{row}: {}", summary(&again));
    }
}
