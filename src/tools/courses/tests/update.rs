//! What an update changes, and what it leaves.

use super::*;
use crate::site::Owner;
use crate::site::world::{Enrolment, RoleAssignment};

const FORCE: &str = "force_update=true";

fn update(options: &str, columns: &str, cells: &str) -> (Bench, LinePlan) {
    let header = format!("shortname;fullname;{columns}");
    let mut bench = Bench::new(&format!("{FORCE} {options}"), &header);
    let line = format!("HIS-1;History 1;{cells}");
    let plan = bench.line(&line);
    let again = bench.line(&line);
    assert!(again.changes.is_empty(), "{line}: a second run changes {:?}", again.changes);
    (bench, plan)
}

fn pairs(values: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[test]
fn only_what_is_given_and_differs() {
    let cases: [(&str, &str, Pairs); 12] = [
        ("idnumber;summary;lang", ";;", &[]),
        ("idnumber;summary;visible;newsitems", "H1;Old;1;5", &[]),
        ("idnumber", "H2", &[("idnumber", "H2")]),
        ("idnumber;summary", "*CLEAR*;*CLEAR*", &[("idnumber", ""), ("summary", ""), ("summaryformat", "1")]),
        ("summary", "New", &[("summary", "New"), ("summaryformat", "1")]),
        ("visible", "0", &[("visible", "0"), ("visibleold", "0")]),
        ("visible;visibleold", "0;1", &[("visible", "0")]),
        ("startdate", "2000000000", &[("startdate", "2000000000")]),
        ("showgrades;marker;groupmode", "1;0;2", &[("groupmode", "2")]),
        ("timecreated;timemodified;sortorder", "5000000000;5000000000;3", &[("timecreated", "5000000000")]),
        ("defaultgroupingid", "4", &[("defaultgroupingid", "4")]),
        ("format", "weeks", &[]),
    ];
    for (columns, cells, expected) in cases {
        let (_, plan) = update("", columns, cells);
        assert_eq!(updated(&plan), pairs(expected), "{columns}: {cells}");
        let outcome = if expected.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
        assert_eq!(plan.outcome, outcome, "{columns}: {cells}");
        assert_eq!(plan.subject, Some(Subject::Course(HIS)));
    }
}

#[test]
fn a_quoted_blank_clears() {
    let mut bench = Bench::new(FORCE, "shortname;fullname;summary;idnumber;lang;theme;visible;category");
    let plan = bench.quoted("HIS-1;History 1;;;;;;");
    assert_eq!(updated(&plan), pairs(&[("idnumber", ""), ("summary", ""), ("summaryformat", "1")]));
}

#[test]
fn names_follow_where_another_column_identifies() {
    let mut bench = Bench::new("force_update=true identifier=idnumber", "idnumber;shortname;fullname");
    assert_eq!(updated(&bench.line("H1;HIS-9;Later")), pairs(&[("fullname", "Later"), ("shortname", "HIS-9")]));
    assert_eq!(bench.line("H1;HIS-9;Later").outcome, Outcome::Unchanged);
    assert_eq!(bench.line("Z9;HIS-1;Free again").outcome, Outcome::Created);
}

#[test]
fn moving() {
    let cases: [(&str, &str, &str, Words, Pairs); 7] = [
        ("", "category", "Miscellaneous", &[], &[]),
        ("", "category", "7", &["MoveCourse"], &[]),
        ("", "category", "Arts/Old", &["CreateCategory", "CreateCategory", "MoveCourse"], &[]),
        ("", "category", "Attic", &["MoveCourse", "UpdateCourse"], &[("visible", "0")]),
        ("", "category;visible", "Attic;1", &["MoveCourse"], &[]),
        ("", "category;visible", "Attic;0", &["MoveCourse", "UpdateCourse"], &[("visible", "0"), ("visibleold", "0")]),
        ("protect_category=true", "category", "Arts", &[], &[]),
    ];
    for (options, columns, cells, expected, fields) in cases {
        let (_, plan) = update(options, columns, cells);
        assert_eq!(kinds(&plan), expected, "{cells}");
        assert_eq!(updated(&plan), pairs(fields), "{cells}");
    }
    let plan = Bench::new(FORCE, "shortname;fullname;category").line("HIS-1;History 1;999");
    assert_refused(&plan, Reason::CategoryUnknown, "no such category");
}

#[test]
fn format_and_its_options() {
    let (_, plan) = update("", "coursedisplay", "1");
    assert_eq!(kinds(&plan), ["UpdateFormatOption"]);
    let (_, plan) = update("", "coursedisplay", "0");
    assert_eq!(plan.outcome, Outcome::Unchanged);
    let (bench, plan) = update("update_format=true", "format;coursedisplay", "weeks;1");
    assert_eq!(kinds(&plan), ["SetFormatOptions", "UpdateCourse"]);
    assert_eq!(updated(&plan), pairs(&[("format", "weeks"), ("enddate", "1000612000")]));
    assert_eq!(bench.course("HIS-1").format_options["coursedisplay"], "1");
    let (bench, plan) = update("update_format=true", "format;coursedisplay", "social;1");
    assert_eq!(kinds(&plan), ["SetFormatOptions", "UpdateCourse"]);
    assert_eq!(bench.course("HIS-1").format_options.len(), 1);
}

#[test]
fn the_end_of_weeks_follows() {
    let mut bench = Bench::new(FORCE, "shortname;fullname;startdate;topic3");
    assert_eq!(bench.line("WEEK-1;Weekly;1000000000;").outcome, Outcome::Unchanged);
    let plan = bench.line("WEEK-1;Weekly;1100000000;");
    assert_eq!(updated(&plan), pairs(&[("startdate", "1100000000"), ("enddate", "1100612000")]));
    let plan = bench.line("WEEK-1;Weekly;;Third");
    assert_eq!(kinds(&plan), ["UpdateCourse", "CreateSection", "CreateSection"]);
    assert_eq!(updated(&plan), pairs(&[("enddate", "1101821600")]));
    bench.world.record(&Change::UpdateFormatOption {
        course: WEEKLY,
        format: "weeks".to_owned(),
        name: "automaticenddate".to_owned(),
        before: None,
        after: "0".to_owned(),
    });
    assert_eq!(updated(&bench.line("WEEK-1;Weekly;1200000000;")), pairs(&[("startdate", "1200000000")]));
}

#[test]
fn sections() {
    let cases: [(&str, &str, Words, &str); 7] = [
        ("topic1", "Rome|S", &[], "Rome|S"),
        ("topic1", "Rome", &[], "Rome|S"),
        ("topic1", "", &[], "Rome|S"),
        ("topic1", "Athens", &["UpdateSection"], "Athens|S"),
        ("topic1", "|T", &["UpdateSection"], "Rome|T"),
        ("topic1", "*CLEAR*|*CLEAR*", &["UpdateSection"], "|"),
        ("topic1;topic3;topic5", "Rome;Paris;", &["CreateSection", "CreateSection"], "Rome|S"),
    ];
    for (columns, cells, expected, first) in cases {
        let (bench, plan) = update("", columns, cells);
        assert_eq!(kinds(&plan), expected, "{cells}");
        let section = &bench.course("HIS-1").sections[&1];
        assert_eq!(format!("{}|{}", section.name.as_deref().unwrap_or(""), section.summary), first, "{cells}");
    }
}

#[test]
fn the_news_forum_comes_with_an_update() {
    let mut bench = Bench::new(FORCE, "shortname;fullname;newsitems");
    let plan = bench.line("WEEK-1;Weekly;2");
    assert_eq!(kinds(&plan), ["UpdateCourse", "CreateNewsForum"]);
    assert_eq!(bench.line("WEEK-1;Weekly;2").outcome, Outcome::Unchanged);
    let mut bench = Bench::new(FORCE, "shortname;fullname");
    let mut bare = course(CourseId(30), 3, &[(CourseField::Shortname, "BARE"), (CourseField::Fullname, "Bare")]);
    bare.fields.set(CourseField::Newsitems, "5");
    bench.world.courses.load(bare);
    assert_eq!(bench.line("BARE;Bare").outcome, Outcome::Unchanged, "nobody asks for the forum");
    assert_eq!(kinds(&bench.line("BARE;Barer")), ["UpdateCourse", "CreateNewsForum"]);
}

#[test]
fn self_and_guest_only_when_given() {
    let cases: [(&str, &[&str]); 4] =
        [(";", &[]), ("1;0", &[]), ("0;", &["SetInstanceStatus", "SetInstanceStatus"]), (";1", &["CreateInstance"])];
    for (cells, expected) in cases {
        let (_, plan) = update("", "self;guest", cells);
        assert_eq!(kinds(&plan), expected, "{cells}");
    }
    let mut bench = Bench::new(FORCE, "shortname;fullname;self");
    bench.line("HIS-1;History 1;0");
    assert_eq!(kinds(&bench.line("HIS-1;History 1;1")), ["SetInstanceStatus"]);
}

#[test]
fn teachers_are_only_added() {
    let (bench, plan) = update("", "teacher1_account;teacher1_role", "ana;teacher");
    assert_eq!(kinds(&plan), ["Enrol", "AssignRole"]);
    assert_eq!(bench.world.participants.roles(UserId(12), HIS).len(), 1);
    // Enrolled by another method, suspended: only the role is added.
    let mut bench = Bench::new(FORCE, "shortname;fullname;teacher1_account");
    let cohort = Enrolment { instance: EnrolId(101), status: EnrolStatus::Suspended, start: 0, end: 0 };
    bench.world.participants.load_enrolment(UserId(12), HIS, cohort);
    let student = RoleAssignment { role: RoleId(5), owner: Owner::manual() };
    bench.world.participants.load_role(UserId(12), HIS, student);
    assert_eq!(kinds(&bench.line("HIS-1;History 1;12")), ["AssignRole"]);
    assert_eq!(bench.world.participants.roles(UserId(12), HIS).len(), 2);
    assert_eq!(bench.line("HIS-1;History 1;12").outcome, Outcome::Unchanged);
}
