//! Tables of lines, planned against a small site made by hand.

use super::*;
use crate::site::{Change, Owner};
use crate::tools::trial::{self, BIO1, check_file, facts, world};

const TOOL: &GroupMembersTool = &GroupMembersTool;
const HEADER: &str = "cmd;courseid;groupid;userid";
const OPEN: &[(&str, &str)] = &[("protect_groups", "false")];

#[track_caller]
fn check_each(header: &str, options: &[(&str, &str)], cases: &[(&str, &str)]) {
    trial::check_each(TOOL, header, options, world, cases);
}

#[test]
fn users_join() {
    check_each(
        HEADER,
        &[],
        &[
            (";BIO1;TD2;ann", "CREATED, group >TD2"),
            ("ADD;BIO1;TD1;ann", "UNCHANGED, ALREADY_MEMBER@userid"),
            ("add;BIO1;TD1;zoe", "FAILED, !GROUP_NOT_ENROLLED@userid"),
            ("add;CHEM1;Chem;ann", "FAILED, !GROUP_NOT_ENROLLED@userid"),
            ("add;BIO1;Twin;ann", "FAILED, !GROUP_AMBIGUOUS@groupid"),
        ],
    );
}

#[test]
fn users_change_groups() {
    check_each(
        HEADER,
        &[],
        &[
            ("shift;BIO1;TD2;ann", "UPDATED, group TD1>, group >TD2"),
            ("shift;BIO1;TD1;ann", "UNCHANGED, ALREADY_MEMBER@userid"),
            // By hand and by the cohort: neither is the tool's to take.
            ("shift;BIO1;TD2;bob", "UNCHANGED, ALREADY_MEMBER@userid"),
            ("shift;BIO1;TD1;zoe", "FAILED, !GROUP_NOT_ENROLLED@userid"),
        ],
    );
    check_each(
        HEADER,
        OPEN,
        &[("shift;BIO1;TD1;bob", "UPDATED, group TD2>"), ("shift;BIO1;TD2;bob", "UNCHANGED, ALREADY_MEMBER@userid")],
    );
}

#[test]
fn users_leave() {
    check_each(
        HEADER,
        &[],
        &[
            ("del;BIO1;TD1;ann", "DELETED, group TD1>"),
            ("del;BIO1;TD2;ann", "UNCHANGED, NOT_MEMBER@userid"),
            ("del;BIO1;TD2;bob", "UNCHANGED, MEMBERSHIP_PROTECTED@userid"),
            ("del;BIO1;TD1;bob", "UNCHANGED, MEMBERSHIP_PROTECTED@userid"),
        ],
    );
    check_each(
        HEADER,
        OPEN,
        &[
            ("delete;BIO1;TD2;bob", "DELETED, group TD2>"),
            ("del;BIO1;TD1;bob", "UNCHANGED, MEMBERSHIP_PROTECTED@userid"),
        ],
    );
}

#[test]
fn groups_by_other_identifiers() {
    let by_idnumber = [("group_identifier", "idnumber")];
    check_each(
        HEADER,
        &by_idnumber,
        &[
            ("add;BIO1;TUE;ann", "CREATED, group >TD2"),
            ("add;BIO1;CHE;bob", "FAILED, !GROUP_NOT_IN_COURSE@groupid"),
            ("add;BIO1;NOPE;bob", "FAILED, !GROUP_UNKNOWN@groupid"),
        ],
    );
    let by_id = [("group_identifier", "id"), ("user_identifier", "idnumber")];
    check_each(
        "groupid;userid",
        &by_id,
        &[("201;U21", "CREATED, group >TD2"), ("999;U21", "FAILED, !GROUP_UNKNOWN@groupid")],
    );
    check_each(
        HEADER,
        &by_id,
        &[
            ("add;;201;U21", "CREATED, group >TD2"),
            ("add;BIO1;300;U21", "FAILED, !GROUP_NOT_IN_COURSE@groupid"),
            ("add;BIO1;x;U21", "FAILED, !GROUP_UNKNOWN@groupid"),
        ],
    );
}

#[test]
fn what_is_refused() {
    check_each(
        "gcmd;courseid;groupid;userid",
        &[],
        &[
            ("add;;TD1;ann", "FAILED, !COURSE_ID_EMPTY@courseid"),
            ("add;BIO1;;", "FAILED, !GROUP_ID_EMPTY@groupid, !USER_ID_EMPTY@userid"),
            ("add;NOPE;TD1;nobody", "FAILED, !COURSE_UNKNOWN@courseid, !USER_UNKNOWN@userid"),
            ("join;BIO1;TD1;ann", "FAILED, !CMD_INVALID@gcmd"),
        ],
    );
    let Err(problems) = trial::bind(TOOL, "groupid;userid", &[], facts()) else { panic!("bound") };
    assert_eq!(problems[0].reason, Reason::ColumnMissing);
}

#[test]
fn a_week_of_laboratories() {
    let mut site = world();
    check_file(
        TOOL,
        HEADER,
        &[],
        &mut site,
        &[
            ("shift;BIO1;TD2;ann", "UPDATED, group TD1>, group >TD2"),
            ("del;BIO1;TD2;ann", "DELETED, group TD2>"),
            ("shift;BIO1;TD1;ann", "CREATED, group >TD1"),
            ("shift;BIO1;TD2;ann", "UPDATED, group TD1>, group >TD2"),
        ],
    );
}

/// The site with nobody in a group.
fn without_members() -> World {
    let mut site = world();
    for (group, user) in [(200, 21), (200, 22), (201, 22)] {
        site.record(&Change::RemoveMember { group: GroupId(group), course: BIO1, user: UserId(user) });
    }
    site
}

#[test]
fn groups_fill_up_and_are_changed() {
    let mut site = without_members();
    let by_idnumber = [("group_identifier", "idnumber")];
    check_file(
        TOOL,
        "courseid;groupid;userid",
        &by_idnumber,
        &mut site,
        &[
            ("BIO1;MON;ann", "CREATED, group >TD1"),
            ("BIO1;MON;zoe", "FAILED, !GROUP_NOT_ENROLLED@userid"),
            ("BIO1;CHE;bob", "FAILED, !GROUP_NOT_IN_COURSE@groupid"),
            (";MON;bob", "FAILED, !COURSE_ID_EMPTY@courseid"),
        ],
    );
    assert_eq!(site.participants.memberships(UserId(21), BIO1)[0].owner, Owner::component("tool_sync"));
    check_file(
        TOOL,
        HEADER,
        &by_idnumber,
        &mut site,
        &[
            ("shift;BIO1;TUE;ann", "UPDATED, group TD1>, group >TD2"),
            ("shift;BIO1;MON;bob", "CREATED, group >TD1"),
            ("shift;BIO1;TUE;bob", "UPDATED, group TD1>, group >TD2"),
            ("del;BIO1;TUE;ann", "DELETED, group TD2>"),
        ],
    );
    let groups: Vec<_> = site.participants.memberships(UserId(22), BIO1).iter().map(|known| known.group.0).collect();
    assert_eq!(groups, [201], "the last shift wins");
    // Counted from the site as it was read.
    let mut changes: Vec<_> = site.participants.member_changes().map(|(group, by)| (group.0, by)).collect();
    changes.sort_unstable();
    assert_eq!(changes, [(200, -2)]);
}
