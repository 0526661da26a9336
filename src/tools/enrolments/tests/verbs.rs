//! Every verb, with a method and without.

use super::*;

const METHOD: &str = "cmd;cid;uid;rolename;enrol;starttime;endtime;suspend";
const ROLE_ONLY: &str = "cmd;cid;uid;rolename";

#[test]
fn add_by_a_method() {
    check_each(
        METHOD,
        &[],
        &[
            ("add;BIO1;U1;student;manual;;;", "CREATED, enrolment >active, timestart >1000, role >student"),
            ("ADD;BIO1;U1;student;Manual;;;", "CREATED, enrolment >active, timestart >1000, role >student"),
            (";BIO1;U1;student;;;;", "CREATED, enrolment >active, timestart >1000, role >student"),
            (
                "add;BIO1;U1;student;manual;1970-01-01 02:00;1970-01-02;",
                "CREATED, enrolment >active, timestart >3600, timeend >82800, role >student",
            ),
            ("add;BIO1;U1;student;manual;0;;1", "CREATED, enrolment >suspended, role >student"),
            ("add;BIO1;U2;student;manual;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("add;BIO1;U2;teacher;manual;;;", "UPDATED, role >teacher"),
            ("add;BIO1;U2;student;manual;@600;;", "UPDATED, timestart 500>600"),
            ("add;BIO1;U2;student;manual;;@9000;", "UPDATED, timeend >9000"),
            ("add;BIO1;U2;student;manual;;;1", "SUSPENDED, enrolment active>suspended"),
            ("add;BIO1;U3;student;manual;;;", "RESTORED, enrolment suspended>active"),
            ("add;BIO1;U3;student;manual;;;1", "UNCHANGED, NOTHING_TO_DO"),
            ("add;BIO1;U3;student;manual;;0;1", "UPDATED, timeend 5000>"),
            ("add;BIO1;U3;student;manual;;*CLEAR*;1", "UPDATED, timeend 5000>"),
            ("add;BIO1;U4;student;cohort;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("add;BIO1;U4;student;manual;;;", "CREATED, enrolment >active, timestart >1000, role >student"),
        ],
    );
}

#[test]
fn roles_of_protected_methods_belong_to_the_method() {
    let mut world = world();
    check_file(
        &mut world,
        METHOD,
        &[],
        &[("add;BIO1;U1;student;cohort;;;", "CREATED, enrolment >active, timestart >1000, role >student")],
    );
    let expected = RoleAssignment { role: STUDENT, owner: cohort_owner() };
    assert_eq!(world.participants.roles(UserId(1), BIO1), [expected]);
}

#[test]
fn a_disabled_method_counts_where_that_is_wanted() {
    let created = "CREATED, enrolment >active, timestart >1000, role >student";
    let options = [("enrol_on_disabled", "true")];
    // paypal is disabled on the whole site.
    check_each(
        METHOD,
        &options,
        &[("add;BIO1;U1;student;self;;;", created), ("add;BIO1;U1;student;paypal;;;", created)],
    );
}

#[test]
fn the_companion_method_sync_needs_an_instance() {
    let mut world = world();
    check_file(&mut world, METHOD, &[], &[("add;BIO1;U1;student;sync;;;", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol")]);
    let sync = EnrolInstance {
        id: EnrolId(110),
        course: EMPTY,
        method: "sync".to_owned(),
        status: EnrolStatus::Active,
        sortorder: 0,
        period: 0,
        role: None,
        source: None,
        terms: Default::default(),
    };
    world.courses.load_instances(EMPTY, vec![sync]);
    check_file(
        &mut world,
        METHOD,
        &[],
        &[("add;EMPTY;U1;student;sync;;;", "CREATED, enrolment >active, timestart >1000, role >student")],
    );
    assert_eq!(
        world.participants.roles(UserId(1), EMPTY)[0].owner,
        Owner { component: "enrol_sync".to_owned(), item: 110 }
    );
}

#[test]
fn delete_by_a_method() {
    check_each(
        METHOD,
        &[],
        &[
            ("del;BIO1;U2;;manual;;;", "DELETED, enrolment manual>"),
            ("delete;BIO1;U2;no-such-role;manual;;;", "DELETED, enrolment manual>"),
            ("del;BIO1;U2;;manual;;;1", "DELETED, enrolment manual>, COLUMN_IGNORED@suspend"),
            ("del;BIO1;U1;;manual;;;", "UNCHANGED, NOT_ENROLLED"),
            ("del;BIO1;U4;;manual;;;", "UNCHANGED, NOT_ENROLLED"),
        ],
    );
}

#[test]
fn the_last_enrolment_takes_roles_and_groups_with_it() {
    let mut world = world();
    check_file(&mut world, METHOD, &[], &[("del;BIO1;U4;;cohort;;;", "DELETED, enrolment cohort>")]);
    assert!(world.participants.roles(UserId(4), BIO1).is_empty());
    assert!(world.participants.memberships(UserId(4), BIO1).is_empty());
    // One of two enrolments: roles by hand stay.
    check_file(&mut world, METHOD, &[], &[("del;BIO1;U5;;cohort;;;", "DELETED, enrolment cohort>")]);
    let expected = RoleAssignment { role: STUDENT, owner: Owner::manual() };
    assert_eq!(world.participants.roles(UserId(5), BIO1), [expected]);
}

#[test]
fn shift_by_a_method() {
    check_each(
        METHOD,
        &[],
        &[
            ("shift;BIO1;U2;teacher;manual;;;", "UPDATED, role student>, role >teacher"),
            ("shift;BIO1;U2;student;manual;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("shift;BIO1;U2;student;manual;@600;;", "UPDATED, timestart 500>600"),
            ("shift;BIO1;U3;teacher;manual;;;", "UPDATED, role student>, role >teacher"),
            ("shift;BIO1;U3;teacher;manual;;;0", "RESTORED, role student>, enrolment suspended>active, role >teacher"),
            ("shift;BIO1;U2;teacher;manual;;;1", "SUSPENDED, role student>, enrolment active>suspended, role >teacher"),
            ("shift;BIO1;U1;teacher;manual;;;", "CREATED, enrolment >active, timestart >1000, role >teacher"),
            // Roles by hand and of the method of the line go, roles of other methods stay.
            ("shift;BIO1;U4;editingteacher;cohort;;;", "UPDATED, role student>, role teacher>, role >editingteacher"),
            ("shift;BIO1;U4;student;cohort;;;", "UPDATED, role teacher>"),
            ("shift;BIO1;U5;teacher;manual;;;", "UPDATED, role student>, role >teacher"),
            ("shift;BIO1;U6;student;manual;;;", "CREATED, role teacher>, enrolment >active, timestart >1000"),
        ],
    );
}

#[test]
fn enable_and_disable_by_a_method() {
    check_each(
        METHOD,
        &[],
        &[
            ("disable;BIO1;U2;;manual;;;", "SUSPENDED, enrolment active>suspended"),
            ("disable;BIO1;U2;no-such-role;manual;;;", "SUSPENDED, enrolment active>suspended"),
            ("disable;BIO1;U2;;manual;;@9000;", "SUSPENDED, enrolment active>suspended, timeend >9000"),
            ("disable;BIO1;U3;;manual;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("enable;BIO1;U3;;manual;;;", "RESTORED, enrolment suspended>active"),
            ("Enable;BIO1;U2;;manual;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("enable;BIO1;U2;;manual;@600;;", "UPDATED, timestart 500>600"),
            ("enable;BIO1;U2;;manual;;;0", "UNCHANGED, COLUMN_IGNORED@suspend, NOTHING_TO_DO"),
            ("enable;BIO1;U1;;manual;;;", "FAILED, !NOT_ENROLLED@uid"),
            ("disable;BIO1;U4;;manual;;;", "FAILED, !NOT_ENROLLED@uid"),
        ],
    );
}

#[test]
fn add_a_role_only() {
    check_each(
        ROLE_ONLY,
        &[],
        &[
            ("add;BIO1;U1;student", "CREATED, role >student"),
            ("add;BIO1;U2;student", "UNCHANGED, ROLE_ALREADY_ASSIGNED@rolename"),
            // The cohort's role is not one made by hand.
            ("add;BIO1;U4;student", "CREATED, role >student"),
            ("add;EMPTY;U1;student", "CREATED, role >student"),
            ("add;front;U1;student", "CREATED, role >student"),
        ],
    );
}

#[test]
fn delete_roles_only() {
    check_each(
        ROLE_ONLY,
        &[],
        &[
            ("del;BIO1;U6;student", "DELETED, role student>"),
            ("del;BIO1;U6;", "DELETED, role student>, role teacher>"),
            ("del;BIO1;U4;", "DELETED, role teacher>"),
            ("del;BIO1;U4;student", "UNCHANGED, NOTHING_TO_DO"),
            ("del;BIO1;U1;", "UNCHANGED, NOTHING_TO_DO"),
        ],
    );
}

#[test]
fn shift_roles_only() {
    check_each(
        ROLE_ONLY,
        &[],
        &[
            ("shift;BIO1;U6;editingteacher", "UPDATED, role student>, role teacher>, role >editingteacher"),
            ("shift;BIO1;U6;teacher", "UPDATED, role student>"),
            ("shift;BIO1;U1;teacher", "CREATED, role >teacher"),
            ("shift;BIO1;U2;student", "UNCHANGED, ROLE_ALREADY_ASSIGNED@rolename"),
            ("shift;BIO1;U4;editingteacher", "UPDATED, role teacher>, role >editingteacher"),
        ],
    );
}

#[test]
fn enable_and_disable_all_enrolments() {
    check_each(
        ROLE_ONLY,
        &[],
        &[
            ("disable;BIO1;U5;", "SUSPENDED, enrolment active>suspended"),
            ("enable;BIO1;U5;", "RESTORED, enrolment suspended>active"),
            ("enable;BIO1;U2;", "UNCHANGED, NOTHING_TO_DO"),
            ("disable;BIO1;U3;", "UNCHANGED, NOTHING_TO_DO"),
            ("enable;BIO1;U6;", "FAILED, !NOT_ENROLLED@uid"),
            ("disable;front;U1;", "FAILED, !NOT_ENROLLED@uid"),
        ],
    );
}
