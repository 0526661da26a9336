//! Tables of lines, planned against a small site made by hand.

use super::*;
use crate::tools::trial::{self, check_file, world};

const TOOL: &CohortBindingsTool = &CohortBindingsTool;
const HEADER: &str = "cohort;course;cmd;role;enrol;enrolstart;enrolend;makegroup";

#[track_caller]
fn check_each(header: &str, options: &[(&str, &str)], cases: &[(&str, &str)]) {
    trial::check_each(TOOL, header, options, world, cases);
}

#[test]
fn bindings_are_made_and_changed() {
    check_each(
        HEADER,
        &[],
        &[
            ("ST;CHEM1;;;;;;", "CREATED, method:new >cohort active"),
            ("ST;BIO1;;;;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("ST;BIO1;add;teacher;Cohort;;;0", "CREATED, method:new >cohort active"),
            ("BD;BIO1;ADD;teacher;;;;", "RESTORED, method:cohort suspended>active"),
            ("ST;BIO1;;;;;;1", "UPDATED, group:new >Staff cohort, method:group >Staff cohort"),
            ("ST;CHEM1;;;;;;yes", "CREATED, group:new >Staff cohort, method:new >cohort active"),
            ("ST;CHEM1;;;;2026-09-01;2027-01-01;", "CREATED, method:new >cohort active"),
            ("ST;BIO1;;;;2026-09-01;;", "UPDATED, method:enrolstartdate >1788220800"),
            ("ST;BIO1;;;;0;*CLEAR*;", "UNCHANGED, NOTHING_TO_DO"),
        ],
    );
}

#[test]
fn bindings_are_disabled_restored_and_deleted() {
    check_each(
        HEADER,
        &[],
        &[
            ("ST;BIO1;del;*;;;;", "SUSPENDED, method:cohort active>suspended"),
            ("ST;BIO1;del;;;;;", "SUSPENDED, method:cohort active>suspended"),
            ("BD;BIO1;del;*;;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("BD;BIO1;restore;*;;;;", "RESTORED, method:cohort suspended>active"),
            ("ST;BIO1;restore;student;;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("ST;BIO1;restore;teacher;;;;", "UNCHANGED, BINDING_NOT_FOUND"),
            ("ST;BIO1;fulldel;*;;;;", "DELETED, method:deleted cohort>"),
            ("ST;CHEM1;fulldel;*;;;;", "UNCHANGED, BINDING_NOT_FOUND"),
        ],
    );
}

#[test]
fn what_is_refused() {
    check_each(
        HEADER,
        &[],
        &[
            (";;;;;;;", "FAILED, !COHORT_ID_EMPTY@cohort, !COURSE_ID_EMPTY@course"),
            ("NOPE;NOPE;;boss;;;;", "FAILED, !ROLE_UNKNOWN@role, !COURSE_UNKNOWN@course, !COHORT_UNKNOWN@cohort"),
            ("ST;front;;;;;;", "FAILED, !SITE_COURSE@course"),
            ("ST;BIO1;add;*;;;;", "FAILED, !ROLE_INVALID@role"),
            ("ST;BIO1;drop;;;;;", "FAILED, !CMD_INVALID@cmd"),
            ("ST;BIO1;;;manual;;;", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol"),
            ("ST;BIO1;;;delayedcohort;;;", "FAILED, !ENROL_METHOD_UNAVAILABLE@enrol"),
            ("ST;BIO1;;;;soon;;", "FAILED, !TIME_INVALID@enrolstart"),
            ("ST;BIO1;;;;2026-09-01;2026-08-01;", "FAILED, !TIME_INVALID@enrolend"),
            ("ST;BIO1;;;;;;maybe", "FAILED, !VALUE_INVALID@makegroup"),
        ],
    );
    check_each(
        "cohort;course;role",
        &[("cohort_identifier", "name"), ("role_identifier", "id"), ("course_identifier", "id")],
        &[
            ("Band;10;5", "FAILED, !COHORT_AMBIGUOUS@cohort"),
            ("Staff;10;99", "FAILED, !ROLE_UNKNOWN@role"),
            ("Staff;11;5", "CREATED, method:new >cohort active"),
        ],
    );
}

#[test]
fn the_life_of_a_binding() {
    let mut site = world();
    check_file(
        TOOL,
        "cmd;cohort;course;role;makegroup",
        &[],
        &mut site,
        &[
            ("add;ST;CHEM1;student;1", "CREATED, group:new >Staff cohort, method:new >cohort active"),
            ("add;ST;CHEM1;;0", "UNCHANGED, NOTHING_TO_DO"),
            ("add;ST;CHEM1;teacher;1", "CREATED, method:new >cohort active"),
            ("del;ST;CHEM1;*;", "SUSPENDED, method:cohort active>suspended, method:cohort active>suspended"),
            ("restore;ST;CHEM1;student;", "RESTORED, method:cohort suspended>active"),
            ("fulldel;ST;CHEM1;*;", "DELETED, method:deleted cohort>, method:deleted cohort>"),
            ("fulldel;ST;CHEM1;*;", "UNCHANGED, BINDING_NOT_FOUND"),
            // The group is still there.
            ("add;ST;CHEM1;;1", "CREATED, method:new >cohort active"),
        ],
    );
}

#[test]
fn bindings_of_a_new_year() {
    let mut site = world();
    check_file(
        TOOL,
        "cohort;course;role;makegroup",
        &[],
        &mut site,
        &[
            ("ST;CHEM1;student;1", "CREATED, group:new >Staff cohort, method:new >cohort active"),
            ("BD;BIO1;;0", "CREATED, method:new >cohort active"),
            ("ST;NOPE;student;0", "FAILED, !COURSE_UNKNOWN@course"),
            ("XX;CHEM1;student;0", "FAILED, !COHORT_UNKNOWN@cohort"),
            ("ST;CHEM1;boss;0", "FAILED, !ROLE_UNKNOWN@role"),
        ],
    );
    check_file(
        TOOL,
        "cmd;cohort;course;role",
        &[],
        &mut site,
        &[
            ("del;ST;CHEM1;*", "SUSPENDED, method:cohort active>suspended"),
            ("restore;ST;CHEM1;student", "RESTORED, method:cohort suspended>active"),
            ("fulldel;BD;BIO1;*", "DELETED, method:deleted cohort>, method:deleted cohort>"),
            ("fulldel;BD;BIO1;*", "UNCHANGED, BINDING_NOT_FOUND"),
            ("add;ST;BIO1;*", "FAILED, !ROLE_INVALID@role"),
        ],
    );
}
