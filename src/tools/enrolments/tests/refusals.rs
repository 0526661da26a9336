//! Every reason for which a line is refused. A refused line changes nothing.

use super::*;

const HEADER: &str = "cmd;cid;uid;rolename;enrol;starttime;endtime;suspend;gcmd;g1";

#[test]
fn every_refusal() {
    check_each(
        HEADER,
        &[],
        &[
            ("add;BIO1;;student;manual;;;;;", "FAILED, !USER_ID_EMPTY@uid"),
            ("add;BIO1;U99;student;manual;;;;;", "FAILED, !USER_UNKNOWN@uid"),
            ("add;BIO1;U8;student;manual;;;;;", "FAILED, !USER_UNKNOWN@uid"),
            ("add;BIO1;DUP;student;manual;;;;;", "FAILED, !USER_AMBIGUOUS@uid"),
            ("add;;U1;student;manual;;;;;", "FAILED, !COURSE_ID_EMPTY@cid"),
            ("add;NOPE;U1;student;manual;;;;;", "FAILED, !COURSE_UNKNOWN@cid"),
            ("add;front;U1;student;manual;;;;;", "FAILED, !SITE_COURSE@cid"),
            ("drop;BIO1;U1;student;manual;;;;;", "FAILED, !CMD_INVALID@cmd"),
            ("add;BIO1;U1;;manual;;;;;", "FAILED, !ROLE_MISSING@rolename"),
            ("shift;BIO1;U2;;manual;;;;;", "FAILED, !ROLE_MISSING@rolename"),
            ("add;BIO1;U1;wizard;manual;;;;;", "FAILED, !ROLE_UNKNOWN@rolename"),
            ("shift;BIO1;U2;wizard;manual;;;;;", "FAILED, !ROLE_UNKNOWN@rolename"),
            ("add;BIO1;U1;student;self;;;;;", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol"),
            ("add;BIO1;U1;student;telepathy;;;;;", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol"),
            ("add;BIO1;U1;student;guest;;;;;", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol"),
            ("add;BIO1;U1;student;paypal;;;;;", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol"),
            ("add;EMPTY;U1;student;;;;;;", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol"),
            ("del;EMPTY;U1;student;manual;;;;;", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol"),
            ("add;BIO1;U1;student;manual;tomorrow;;;;", "FAILED, !TIME_INVALID@starttime"),
            ("add;BIO1;U1;student;manual;;2026-02-30 08:00;;;", "FAILED, !TIME_INVALID@endtime"),
            ("add;BIO1;U1;student;manual;2026-02-01;2026-01-01;;;", "FAILED, !TIME_INVALID@endtime"),
            // The other date is stored, or now.
            ("add;BIO1;U3;student;manual;@6000;;;;", "FAILED, !TIME_INVALID@starttime"),
            ("enable;BIO1;U3;;manual;;@400;;;", "FAILED, !TIME_INVALID@endtime"),
            ("shift;BIO1;U1;student;manual;;@999;;;", "FAILED, !TIME_INVALID@endtime"),
            ("add;BIO1;U1;student;manual;;;perhaps;;", "FAILED, !VALUE_INVALID@suspend"),
            ("add;BIO1;U1;student;manual;;;;join;TD1", "FAILED, !GROUP_CMD_INVALID@gcmd"),
            ("enable;BIO1;U1;;manual;;;;gadd;TD1", "FAILED, !NOT_ENROLLED@uid"),
            ("disable;BIO1;U1;;manual;;;;greplace;", "FAILED, !NOT_ENROLLED@uid"),
        ],
    );
}

#[test]
fn a_role_to_take_away_must_exist() {
    check_each("cmd;cid;uid;rolename", &[], &[("del;BIO1;U2;wizard", "FAILED, !ROLE_UNKNOWN@rolename")]);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    check_each(
        HEADER,
        &[],
        &[
            (
                "add;;;;manual;tomorrow;soon;perhaps;join;",
                "FAILED, !USER_ID_EMPTY@uid, !COURSE_ID_EMPTY@cid, !ROLE_MISSING@rolename, !TIME_INVALID@starttime, \
                 !TIME_INVALID@endtime, !VALUE_INVALID@suspend, !GROUP_CMD_INVALID@gcmd",
            ),
            ("drop;BIO1;U1;;manual;;;;join;", "FAILED, !CMD_INVALID@cmd, !GROUP_CMD_INVALID@gcmd"),
            (
                "add;NOPE;U99;wizard;telepathy;;;;;",
                "FAILED, !USER_UNKNOWN@uid, !COURSE_UNKNOWN@cid, !ROLE_UNKNOWN@rolename",
            ),
            (
                "add;BIO1;U99;wizard;telepathy;;;;;",
                "FAILED, !USER_UNKNOWN@uid, !ROLE_UNKNOWN@rolename, !ENROL_METHOD_UNAVAILABLE@enrol",
            ),
        ],
    );
}
