//! Tables of lines, planned against a small site made by hand.

use super::*;
use crate::tools::trial::{self, check_file, facts, plan, summary, world};

const TOOL: &CohortsTool = &CohortsTool;
const HEADER: &str = "cmd;cidnumber;cname;cdescription;cvisible;ccatcontext;ccatcontextidnumber;component;userid";

#[track_caller]
fn check_each(header: &str, options: &[(&str, &str)], cases: &[(&str, &str)]) {
    trial::check_each(TOOL, header, options, world, cases);
}

#[test]
fn cohorts_are_created_and_changed() {
    check_each(
        HEADER,
        &[],
        &[
            (";NEW;;;;;;;", "CREATED, cohort:new >NEW, cohort:idnumber >NEW"),
            (
                "add;NEW;New;Text;0;;SCI;mod_x;",
                "CREATED, cohort:new >New, cohort:idnumber >NEW, cohort:description >Text, cohort:visible >0, \
                 cohort:component >mod_x, cohort:category >Sciences",
            ),
            ("ADD;NEW;New;;;;;;bob", "CREATED, cohort:new >New, cohort:idnumber >NEW, cohort >New"),
            ("add;ST;;;;;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("add;ST;Crew;;;;;;", "UPDATED, cohort:name Staff>Crew"),
            ("add;ST;;Text;0;;;;", "UPDATED, cohort:description >Text, cohort:visible 1>0"),
            ("add;BD;;;;0;ART;;", "UPDATED, cohort:category Sciences>"),
            ("add;BD;;;;8;;;", "UPDATED, cohort:category Sciences>Arts"),
            ("add;BD;;;;;SCI;;", "UNCHANGED, NOTHING_TO_DO"),
            ("add;ST;;;;;;mod_x;bob", "UPDATED, cohort >Staff, VALUE_ADJUSTED@component"),
        ],
    );
}

#[test]
fn users_join_and_leave() {
    check_each(
        HEADER,
        &[],
        &[
            ("add;ST;;;;;;;ann", "UNCHANGED, ALREADY_MEMBER@userid"),
            ("add;ST;;;;;;;bob", "UPDATED, cohort >Staff"),
            ("add;ST;;;;;;;nobody", "UNCHANGED PARTIAL, !USER_UNKNOWN@userid"),
            ("add;ST;;;;;;;eve", "UNCHANGED PARTIAL, !USER_UNKNOWN@userid"),
            ("del;ST;;;;;;;ann", "UPDATED, cohort Staff>"),
            ("del;ST;;;;;;;bob", "UNCHANGED, NOT_MEMBER@userid"),
            ("del;ST;;;;;;;nobody", "FAILED, !USER_UNKNOWN@userid"),
            ("del;NOPE;;;;;;;nobody", "FAILED, !COHORT_UNKNOWN@cidnumber, !USER_UNKNOWN@userid"),
            ("free;ST;;;;;;;", "UPDATED, cohort:members Staff>"),
            ("free;BD;;;;;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("free;NOPE;;;;;;;", "FAILED, !COHORT_UNKNOWN@cidnumber"),
        ],
    );
}

#[test]
fn a_cohort_is_deleted_only_without_a_user() {
    check_each(
        HEADER,
        &[],
        &[
            ("del;ST;;;;;;;", "DELETED, cohort:deleted Staff>"),
            ("delete;NOPE;;;;;;;", "UNCHANGED, COHORT_UNKNOWN@cidnumber"),
        ],
    );
    let mut site = world();
    plan(TOOL, "cmd;cidnumber", &[], &mut site, "del;ST");
    let again = plan(TOOL, "cmd;cidnumber", &[], &mut site, "del;ST");
    assert_eq!(summary(&again), "UNCHANGED, COHORT_UNKNOWN@cidnumber");
}

#[test]
fn what_is_refused() {
    let long = "x".repeat(255);
    let header = "cmd;cidnumber;cname;cdescription;cvisible;ccatcontext;ccatcontextidnumber;component";
    check_each(
        header,
        &[],
        &[
            ("add;;Orphan;;;;;", "FAILED, !COHORT_ID_EMPTY@cidnumber"),
            ("del;;;;;;;", "FAILED, !COHORT_ID_EMPTY@cidnumber"),
            ("drop;ST;;;;;;", "FAILED, !CMD_INVALID@cmd"),
            ("add;NEW;Band;;;;;", "FAILED, !COHORT_CONFLICT@cname"),
            ("add;ST;Band;;;;;", "FAILED, !COHORT_CONFLICT@cname"),
            ("add;Band;;;;;;", "FAILED, !COHORT_CONFLICT@cname"),
            ("add;NEW;;;;99;;", "FAILED, !CATEGORY_UNKNOWN@ccatcontext"),
            ("add;NEW;;;;;NOPE;", "FAILED, !CATEGORY_UNKNOWN@ccatcontextidnumber"),
            ("add;NEW;;;;SCI;;", "FAILED, !VALUE_INVALID@ccatcontext"),
            ("add;NEW;;;maybe;;;", "FAILED, !VALUE_INVALID@cvisible"),
            ("add;NEW;*CLEAR*;;;;;", "FAILED, !VALUE_INVALID@cname"),
            (&format!("add;NEW;{long};;;;;"), "FAILED, !VALUE_TOO_LONG@cname"),
            (&format!("add;{long};;;;;;"), "FAILED, !VALUE_TOO_LONG@cidnumber"),
        ],
    );
    check_each("cidnumber", &[("autocreate", "false")], &[("NEW", "FAILED, !COHORT_UNKNOWN@cidnumber")]);
}

#[test]
fn other_identifiers() {
    let by_name = [("cohort_identifier", "name")];
    check_each(
        "cname;cidnumber;cdescription;userid",
        &by_name,
        &[
            ("Staff;S-26;Renumbered;", "UPDATED, cohort:idnumber ST>S-26, cohort:description >Renumbered"),
            ("Staff;*CLEAR*;;", "UPDATED, cohort:idnumber ST>"),
            ("Staff;BD;;", "FAILED, !COHORT_CONFLICT@cidnumber"),
            ("New;BD;;", "FAILED, !COHORT_CONFLICT@cidnumber"),
            ("New;;;bob", "CREATED, cohort:new >New, cohort >New"),
            ("Band;;;", "FAILED, !COHORT_AMBIGUOUS@cname"),
        ],
    );
    let by_id = [("cohort_identifier", "id")];
    check_each(
        "cid;cname;cidnumber;userid",
        &by_id,
        &[
            ("1;Crew;;bob", "UPDATED, cohort:name Staff>Crew, cohort >Crew"),
            ("99;Crew;;", "FAILED, !COHORT_UNKNOWN@cid"),
            ("x;Crew;;", "FAILED, !COHORT_UNKNOWN@cid"),
        ],
    );
    // The column cid stands for the one of another identifier that is absent.
    check_each("cid;userid", &by_name, &[("Staff;bob", "UPDATED, cohort >Staff")]);
    check_each("cid;userid", &[("user_identifier", "idnumber")], &[("ST;U22", "UPDATED, cohort >Staff")]);
}

#[test]
fn a_header_must_name_cohorts() {
    let Err(problems) = trial::bind(TOOL, "cmd;cname;userid", &[], facts()) else { panic!("bound") };
    assert_eq!(problems[0].reason, Reason::ColumnMissing);
    assert_eq!(problems[0].column.as_deref(), Some("cidnumber"));
    let bound = trial::bind(TOOL, "cid;cidnumber;userid", &[], facts()).unwrap_or_else(|_| panic!("refused"));
    assert_eq!(bound.notices[0].reason, Reason::ColumnIgnored);
}

#[test]
fn a_year_passes() {
    let mut site = world();
    check_file(
        TOOL,
        "cmd;cidnumber;cname;cdescription;ccatcontextidnumber;userid",
        &[],
        &mut site,
        &[
            (
                "add;L1-25;Licence 1 2025;First year;;ann",
                "CREATED, cohort:new >Licence 1 2025, cohort:idnumber >L1-25, cohort:description >First year, \
                 cohort >Licence 1 2025",
            ),
            ("add;L1-25;;;;bob", "UPDATED, cohort >Licence 1 2025"),
            ("add;L1-25;;;;nobody", "UNCHANGED PARTIAL, !USER_UNKNOWN@userid"),
            ("add;M1-25;Master 1;;CAT-M;", "FAILED, !CATEGORY_UNKNOWN@ccatcontextidnumber"),
            (
                "add;M1-25;Master 1;;SCI;",
                "CREATED, cohort:new >Master 1, cohort:idnumber >M1-25, cohort:category >Sciences",
            ),
            ("add;;Orphan;;;ann", "FAILED, !COHORT_ID_EMPTY@cidnumber"),
        ],
    );
    check_file(
        TOOL,
        "cmd;cidnumber;userid",
        &[],
        &mut site,
        &[
            ("del;L1-25;ann", "UPDATED, cohort Licence 1 2025>"),
            ("del;L1-25;nobdy", "FAILED, !USER_UNKNOWN@userid"),
            ("free;L1-25;", "UPDATED, cohort:members Licence 1 2025>"),
            ("free;L1-25;", "UNCHANGED, NOTHING_TO_DO"),
            ("add;L1-25;ann", "UPDATED, cohort >Licence 1 2025"),
            ("free;L1-25;", "UPDATED, cohort:members Licence 1 2025>"),
            ("add;L1-25;ann", "UPDATED, cohort >Licence 1 2025"),
            ("del;L1-25;", "DELETED, cohort:deleted Licence 1 2025>"),
            ("free;L1-25;", "FAILED, !COHORT_UNKNOWN@cidnumber"),
            ("add;L1-25;ann", "CREATED, cohort:new >L1-25, cohort:idnumber >L1-25, cohort >L1-25"),
        ],
    );
}
