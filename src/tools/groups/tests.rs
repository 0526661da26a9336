//! Tables of lines, planned against a small site made by hand.

use super::*;
use crate::tools::trial::{self, check_file, world};

const TOOL: &GroupsTool = &GroupsTool;
const HEADER: &str = "type;courseid;name;idnumber;description;updateid;selfgrouping;grouping";
const BY_IDNUMBER: &[(&str, &str)] = &[("group_identifier", "idnumber"), ("grouping_identifier", "idnumber")];

#[track_caller]
fn check_each(header: &str, options: &[(&str, &str)], cases: &[(&str, &str)]) {
    trial::check_each(TOOL, header, options, world, cases);
}

#[test]
fn groups_and_groupings_are_created_once() {
    check_each(
        HEADER,
        &[],
        &[
            (";BIO1;New;;;;;", "CREATED, group:new >New"),
            ("Group;BIO1;New;N;Text;;;", "CREATED, group:new >New, group:idnumber >N, group:description >Text"),
            ("group;BIO1;TD1;;;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("group;BIO1;Other;MON;Text;;;", "UNCHANGED, NOTHING_TO_DO"),
            ("group;CHEM1;TD1;MON;;;;", "CREATED, group:new >TD1, group:idnumber >MON"),
            (
                "GROUPING;BIO1;Wall;W;Text;;;",
                "CREATED, grouping:new >Wall, grouping:idnumber >W, grouping:description >Text",
            ),
            ("grouping;BIO1;Wall;;;;;", "CREATED, grouping:new >Wall, GROUPING_WITHOUT_IDNUMBER@idnumber"),
            ("grouping;BIO1;Lab days;X;;;;", "UNCHANGED, NOTHING_TO_DO"),
        ],
    );
}

#[test]
fn groups_go_into_groupings() {
    check_each(
        HEADER,
        &[],
        &[
            ("group;BIO1;New;;;;0;LAB", "CREATED, group:new >New, grouping >Lab days"),
            ("group;BIO1;TD2;;;;;LAB", "UPDATED, grouping >Lab days, NOTHING_TO_DO"),
            ("group;BIO1;TD1;;;;;LAB", "UNCHANGED, NOTHING_TO_DO"),
            ("group;BIO1;New;;;;;NOPE", "CREATED PARTIAL, group:new >New, !GROUPING_UNKNOWN@grouping"),
            (
                "group;BIO1;New;N;Text;;1;",
                "CREATED, group:new >New, group:idnumber >N, group:description >Text, grouping:new >New, \
                 grouping:idnumber >N, grouping:description >Text, grouping >New",
            ),
            (
                "group;BIO1;New;LAB;;;yes;",
                "CREATED, group:new >New, group:idnumber >LAB, grouping:new >New, grouping >New",
            ),
            ("group;BIO1;Lab days;;;;1;", "CREATED, group:new >Lab days, grouping >Lab days"),
            ("group;BIO1;New;;;;1;LAB", "CREATED, group:new >New, grouping >Lab days"),
        ],
    );
    check_each(
        HEADER,
        &[("autogrouping", "true")],
        &[
            ("group;BIO1;New;;;;;", "CREATED, group:new >New, grouping:new >New, grouping >New"),
            ("group;BIO1;New;;;;0;", "CREATED, group:new >New"),
            ("grouping;BIO1;Wall;W;;;;", "CREATED, grouping:new >Wall, grouping:idnumber >W"),
        ],
    );
}

#[test]
fn updates_touch_what_the_line_gives() {
    check_each(
        HEADER,
        BY_IDNUMBER,
        &[
            (";BIO1;Monday;;;MON;;", "UPDATED, group:name TD1>Monday"),
            (";BIO1;;;Text;MON;;", "UPDATED, group:description >Text"),
            (";BIO1;TD1;MON;;MON;;", "UNCHANGED, NOTHING_TO_DO"),
            (";BIO1;;TUE;;MON;;", "FAILED, !IDNUMBER_TAKEN@idnumber"),
            (";BIO1;;LAB;;MON;;", "UPDATED, group:idnumber MON>LAB"),
            (
                ";BIO1;Wednesday;;Text;WED;;",
                "CREATED, group:new >Wednesday, group:idnumber >WED, group:description >Text, CREATED_INSTEAD@updateid",
            ),
            (";BIO1;;;;WED;;", "FAILED, !GROUP_UNKNOWN@updateid"),
            (
                "grouping;BIO1;Lab sessions;;Renamed;LAB;;",
                "UPDATED, grouping:name Lab days>Lab sessions, grouping:description >Renamed",
            ),
            ("grouping;BIO1;;;;NOPE;;", "FAILED, !GROUPING_UNKNOWN@updateid"),
        ],
    );
    // What has been renamed is found by its new name.
    check_each(
        HEADER,
        &[],
        &[
            (";BIO1;Monday;;;TD1;;", "UPDATED, group:name TD1>Monday"),
            (";BIO1;Thursday;THU;;TD1;;", "UPDATED, group:name TD1>Thursday, group:idnumber MON>THU"),
            (";BIO1;;*CLEAR*;;TD1;;", "UPDATED, group:idnumber MON>"),
            (";BIO1;Twin;;;Twin;;", "FAILED, !GROUP_AMBIGUOUS@updateid"),
        ],
    );
    check_each(
        HEADER,
        &[("group_identifier", "id"), ("grouping_identifier", "id")],
        &[
            (";BIO1;Monday;;;200;;", "UPDATED, group:name TD1>Monday"),
            (";BIO1;Monday;;;300;;", "FAILED, !WRONG_COURSE@updateid"),
            ("grouping;CHEM1;Wall;;;400;;", "FAILED, !WRONG_COURSE@updateid"),
            (";BIO1;New;;;999;;", "CREATED, group:new >New, CREATED_INSTEAD@updateid"),
        ],
    );
}

#[test]
fn what_is_refused() {
    let (long, longer) = ("x".repeat(255), "x".repeat(101));
    check_each(
        HEADER,
        &[],
        &[
            ("group;;New;;;;;", "FAILED, !COURSE_ID_EMPTY@courseid"),
            ("group;NOPE;New;;;;;", "FAILED, !COURSE_UNKNOWN@courseid"),
            ("group;front;New;;;;;", "FAILED, !SITE_COURSE@courseid"),
            ("team;BIO1;New;;;;;", "FAILED, !TYPE_INVALID@type"),
            ("group;BIO1;;N;;;;", "FAILED, !NAME_EMPTY@name"),
            ("group;BIO1;Twin;;;;;", "FAILED, !GROUP_AMBIGUOUS@name"),
            ("group;BIO1;*CLEAR*;;;;;", "FAILED, !VALUE_INVALID@name"),
            ("grouping;BIO1;Wall;LAB;;;;", "FAILED, !IDNUMBER_TAKEN@idnumber"),
            (&format!("group;BIO1;{long};;;;;"), "FAILED, !VALUE_TOO_LONG@name"),
            (&format!("group;BIO1;New;{longer};;;;"), "FAILED, !VALUE_TOO_LONG@idnumber"),
        ],
    );
}

#[test]
fn a_file_of_both() {
    let header = "type;courseid;name;idnumber;description;selfgrouping;grouping";
    check_file(
        TOOL,
        header,
        BY_IDNUMBER,
        &mut world(),
        &[
            (
                "grouping;CHEM1;Lab days;LAB;Lab groupings;;",
                "CREATED, grouping:new >Lab days, grouping:idnumber >LAB, grouping:description >Lab groupings",
            ),
            (
                "group;CHEM1;Monday;MON;Monday lab;0;LAB",
                "CREATED, group:new >Monday, group:idnumber >MON, group:description >Monday lab, grouping >Lab days",
            ),
            (
                "group;CHEM1;Tuesday;TUE;Tuesday lab;1;",
                "CREATED, group:new >Tuesday, group:idnumber >TUE, group:description >Tuesday lab, grouping:new >Tuesday, \
                 grouping:idnumber >TUE, grouping:description >Tuesday lab, grouping >Tuesday",
            ),
            (
                "group;CHEM1;Friday;FRI;;0;NOPE",
                "CREATED PARTIAL, group:new >Friday, group:idnumber >FRI, !GROUPING_UNKNOWN@grouping",
            ),
            ("group;XXX;Ghost;GH;;0;", "FAILED, !COURSE_UNKNOWN@courseid"),
        ],
    );
}

#[test]
fn a_file_of_updates() {
    let mut site = world();
    let updates = [
        ("BIO1;Monday lab;MON;New text", "UPDATED, group:name TD1>Monday lab, group:description >New text"),
        (
            "BIO1;Wednesday;WED;Wednesday lab",
            "CREATED, group:new >Wednesday, group:idnumber >WED, group:description >Wednesday lab, \
             CREATED_INSTEAD@updateid",
        ),
    ];
    check_file(TOOL, "courseid;name;updateid;description", BY_IDNUMBER, &mut site, &updates);
    let again = updates.map(|(line, _)| (line, "UNCHANGED, NOTHING_TO_DO"));
    check_file(TOOL, "courseid;name;updateid;description", BY_IDNUMBER, &mut site, &again);
    check_file(
        TOOL,
        "type;courseid;name;updateid;description",
        BY_IDNUMBER,
        &mut site,
        &[
            (
                "grouping;BIO1;Lab sessions;LAB;Renamed",
                "UPDATED, grouping:name Lab days>Lab sessions, grouping:description >Renamed",
            ),
            ("team;BIO1;Odd;ODD;", "FAILED, !TYPE_INVALID@type"),
        ],
    );
    let kept = site.groupings.get(crate::model::GroupingId(400)).unwrap().fields.text(GroupField::Idnumber);
    assert_eq!(kept, "LAB");
}

#[test]
fn the_end_of_a_run_purges_what_the_option_says() {
    let purge = |word: &str| {
        let given = [("purge_empty_groups".to_owned(), word.to_owned())].into();
        let options = ToolOptions::check(TOOL.descriptor().options, &given).unwrap();
        TOOL.configure(&options).unwrap_or_else(|_| panic!("{word}")).leftovers().groups
    };
    assert_eq!(["none", "0"].map(purge), [GroupPurge::None; 2]);
    assert_eq!(["groups", "1"].map(purge), [GroupPurge::Groups; 2]);
    assert_eq!(["groups_and_groupings", "2"].map(purge), [GroupPurge::GroupsAndGroupings; 2]);
}
