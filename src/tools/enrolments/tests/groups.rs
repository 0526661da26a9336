//! The group part of lines.

use super::*;

const HEADER: &str = "cmd;cid;uid;rolename;enrol;gcmd;g1;g2;g12";
const PROTECTED: &[(&str, &str)] = &[("protect_groups", "true")];

#[test]
fn join() {
    let new = "CREATED, enrolment >active, timestart >1000, role >student";
    check_each(
        HEADER,
        &[],
        &[
            ("add;BIO1;U1;student;manual;gadd;TD1;;", &format!("{new}, group >TD1")),
            ("add;BIO1;U1;student;manual;GADD;TD1;;TD2", &format!("{new}, group >TD1, group >TD2")),
            ("add;BIO1;U1;student;manual;gadd;TD1;TD1;", &format!("{new}, group >TD1")),
            ("add;BIO1;U1;student;manual;;TD1;;", new),
            ("add;BIO1;U1;student;manual;gadd;;;", new),
            (
                "add;BIO1;U1;student;manual;gaddcreate;TP3;TD1;",
                &format!("{new}, group:new >TP3, group >TP3, group >TD1"),
            ),
            ("add;BIO1;U2;student;manual;gadd;TD1;TD2;", "UNCHANGED, NOTHING_TO_DO"),
            ("add;BIO1;U2;student;manual;gaddcreate;TP3;;", "UPDATED, group:new >TP3, group >TP3"),
            ("add;BIO1;U3;student;manual;gadd;TD1;;", "RESTORED, enrolment suspended>active, group >TD1"),
            ("add;BIO1;U7;student;manual;gadd;TD1;;", "UPDATED, role >student, group >TD1"),
            ("enable;BIO1;U7;;manual;gadd;TD1;;", "UPDATED, group >TD1"),
        ],
    );
}

#[test]
fn what_keeps_from_joining_makes_the_line_partial() {
    let long = "x".repeat(255);
    let new = "CREATED PARTIAL, enrolment >active, timestart >1000, role >student";
    check_each(
        HEADER,
        &[],
        &[
            ("add;BIO1;U2;student;manual;gadd;TD9;;", "UNCHANGED PARTIAL, !GROUP_UNKNOWN@g1"),
            ("add;BIO1;U1;student;manual;gadd;TD9;TD1;", &format!("{new}, group >TD1, !GROUP_UNKNOWN@g1")),
            ("add;BIO1;U1;student;manual;gaddcreate;;;Twin", &format!("{new}, !GROUP_AMBIGUOUS@g12")),
            (&format!("add;BIO1;U1;student;manual;gaddcreate;{long};;"), &format!("{new}, !VALUE_TOO_LONG@g1")),
            ("del;BIO1;U2;;manual;gaddcreate;TP3;;", "DELETED PARTIAL, enrolment manual>, !GROUP_NOT_ENROLLED@g1"),
        ],
    );
    check_each(
        "cmd;cid;uid;rolename;gcmd;g1",
        &[],
        &[
            ("add;BIO1;U1;student;gadd;TD1", "CREATED PARTIAL, role >student, !GROUP_NOT_ENROLLED@g1"),
            ("del;BIO1;U3;student;gadd;TD1", "DELETED PARTIAL, role student>, !GROUP_NO_ROLE@g1"),
            ("del;BIO1;U2;student;gadd;TD1", "DELETED, role student>"),
            ("add;BIO1;U2;student;gadd;TD9", "UNCHANGED PARTIAL, !GROUP_UNKNOWN@g1, ROLE_ALREADY_ASSIGNED@rolename"),
        ],
    );
}

#[test]
fn replace() {
    check_each(
        HEADER,
        &[],
        &[
            ("add;BIO1;U2;student;manual;greplace;TD1;;", "UPDATED, group TD2>"),
            ("add;BIO1;U2;student;manual;greplace;;;", "UPDATED, group TD1>, group TD2>"),
            ("add;BIO1;U2;student;manual;greplace;TD1;TD2;", "UNCHANGED, NOTHING_TO_DO"),
            ("add;BIO1;U2;student;manual;greplacecreate;TP3;TD2;", "UPDATED, group TD1>, group:new >TP3, group >TP3"),
            ("add;BIO1;U2;student;manual;greplace;TD9;TD2;", "UPDATED PARTIAL, group TD1>, !GROUP_UNKNOWN@g1"),
            ("enable;BIO1;U4;;cohort;greplace;;;", "UNCHANGED, NOTHING_TO_DO"),
        ],
    );
    check_each(
        HEADER,
        PROTECTED,
        &[
            ("add;BIO1;U2;student;manual;greplace;;;", "UPDATED, group TD2>"),
            ("enable;BIO1;U4;;cohort;greplace;TD2;;", "UPDATED, group >TD2"),
        ],
    );
}

#[test]
fn a_named_group_is_kept_even_if_its_name_is_not_unique() {
    let mut world = world();
    world.participants.load_membership(UserId(3), BIO1, Membership { group: GroupId(202), owner: Owner::manual() });
    check_file(
        &mut world,
        HEADER,
        &[],
        &[("disable;BIO1;U3;;manual;greplace;Twin;;", "UNCHANGED PARTIAL, !GROUP_AMBIGUOUS@g1")],
    );
}

#[test]
fn leave() {
    check_each(
        HEADER,
        &[],
        &[
            ("enable;BIO1;U2;;manual;gdel;TD1;;", "UPDATED, group TD1>"),
            ("enable;BIO1;U2;;manual;gdel;TD1;TD2;TD1", "UPDATED, group TD1>, group TD2>, NOT_MEMBER@g12"),
            ("enable;BIO1;U2;;manual;gdel;TD9;;", "UNCHANGED, GROUP_UNKNOWN@g1, NOTHING_TO_DO"),
            ("enable;BIO1;U7;;manual;gdel;TD1;;", "UNCHANGED, NOT_MEMBER@g1, NOTHING_TO_DO"),
            ("enable;BIO1;U7;;manual;gdel;Twin;;", "UNCHANGED PARTIAL, !GROUP_AMBIGUOUS@g1"),
            ("enable;BIO1;U4;;cohort;gdel;TD1;;", "UNCHANGED, MEMBERSHIP_PROTECTED@g1, NOTHING_TO_DO"),
        ],
    );
    check_each(
        HEADER,
        PROTECTED,
        &[
            ("enable;BIO1;U2;;manual;gdel;TD1;;", "UNCHANGED, MEMBERSHIP_PROTECTED@g1, NOTHING_TO_DO"),
            ("enable;BIO1;U2;;manual;gdel;TD2;;", "UPDATED, group TD2>"),
            ("enable;BIO1;U4;;cohort;gdel;TD1;;", "UNCHANGED, MEMBERSHIP_PROTECTED@g1, NOTHING_TO_DO"),
        ],
    );
}

#[test]
fn memberships_carry_the_mark_of_protection() {
    for (options, owner) in [(&[][..], Owner::manual()), (PROTECTED, Owner::component("tool_sync"))] {
        let mut world = world();
        plan(&job(HEADER, options), &mut world, "add;BIO1;U3;student;manual;gadd;TD1;;");
        assert_eq!(owners_of_groups(&world, 3), [(TD1, owner)]);
    }
}

#[test]
fn who_is_a_member_keeps_the_mark() {
    let mut world = world();
    let before = owners_of_groups(&world, 2);
    plan(&job(HEADER, PROTECTED), &mut world, "add;BIO1;U2;student;manual;greplace;TD1;TD2;");
    assert_eq!(owners_of_groups(&world, 2), before);
}
