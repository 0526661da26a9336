//! Resets planned over a small site made by hand.

use super::ResetCoursesTool;
use crate::model::{CourseId, FeedbackId, Line, Outcome, Reason};
use crate::site::{Change, CourseField, CourseReset, DateChange, Holders, ResetItem, World};
use crate::tools::LinePlan;
use crate::tools::trial::{BIO1, CHEM1, STUDENT, bind, facts, plan, summary, world};

const HEADER: &str = "shortname;events;logs;notes;grades;roles;local_roles;groups;groupings;modules";

/// BIO1 holds forums, a quiz, an external tool, and something contributed, with a bit of everything in them.
fn site() -> World {
    let mut world = world();
    for module in ["forum", "quiz", "assign", "lti", "scheduler"] {
        world.courses.load_activities(BIO1, module.to_owned(), 1);
    }
    for item in ResetItem::ALL {
        world.resets.load_item(BIO1, *item, 2);
    }
    for (feedback, responses) in [(11, 3), (12, 4), (13, 0)] {
        world.resets.load_feedback(BIO1, FeedbackId(feedback), responses);
    }
    world.courses.load_activities(BIO1, "feedback".to_owned(), 3);
    world.resets.load_feedback(CHEM1, FeedbackId(21), 5);
    world.resets.load_holders(BIO1, Holders::Of(STUDENT), 7);
    world.resets.load_holders(BIO1, Holders::OfNone, 1);
    world
}

fn plan_one(extra: &str, options: &[(&str, &str)], row: &str) -> LinePlan {
    plan(&ResetCoursesTool, &format!("{HEADER}{extra}"), options, &mut site(), row)
}

/// What a plan takes: items and holders by name.
fn taken(plan: &LinePlan) -> Vec<String> {
    let names = plan.fields.iter().filter_map(|field| field.field.strip_prefix("reset:"));
    names.map(str::to_owned).collect()
}

fn told(plan: &LinePlan) -> Vec<(Reason, Option<&str>)> {
    plan.problems.iter().map(|problem| (problem.reason, problem.column.as_deref())).collect()
}

fn reset(plan: &LinePlan) -> &CourseReset {
    let [Change::ResetCourse { reset, .. }] = &plan.changes[..] else { panic!("{plan:?}") };
    reset
}

#[test]
fn cells_say_what_goes() {
    let cases: [(&str, &str, &[&str]); 26] = [
        ("", "BIO1;yes;no;0;;;;;;", &["events"]),
        ("", "BIO1;OUI;n;TRUE;;;;;;", &["events", "notes"]),
        ("", "BIO1;;;;grades;;;;;", &["grades"]),
        ("", "BIO1;;;;items;;;;;", &["grade_items"]),
        ("", "BIO1;;;;All;;;;;", &["grade_items"]),
        ("", "BIO1;;;;;student;;;;", &["roles:student"]),
        ("", "BIO1;;;;;student,norole|teacher;;;;", &["roles:student", "roles:norole"]),
        ("", "BIO1;;;;;all;;;;", &["roles:student"]),
        ("", "BIO1;;;;;no  none;all;;;", &["overrides", "local_roles"]),
        ("", "BIO1;;;;;;roles;;;", &["local_roles"]),
        ("", "BIO1;;;;;;overrides;;;", &["overrides"]),
        ("", "BIO1;;;;;;;members;no;", &["group_members"]),
        ("", "BIO1;;;;;;;all;members;", &["group_members", "groups", "grouping_members"]),
        ("", "BIO1;;;;;;;groups;groups;", &["group_members", "groups", "grouping_members", "groupings"]),
        (
            "",
            "BIO1;;;;;;;;;forum quiz",
            &["forum_all", "forum_ratings", "quiz_attempts", "quiz_user_overrides", "quiz_group_overrides"],
        ),
        (
            "",
            "BIO1;;;;;;;;;-forum wiki -quiz",
            &["assign_submissions", "assign_user_overrides", "assign_group_overrides", "feedback"],
        ),
        ("", "BIO1;;;;;;;;;wiki", &[]),
        (
            "",
            "BIO1;;;;grades;;;;;assign",
            &["grades", "assign_submissions", "assign_grades", "assign_user_overrides", "assign_group_overrides"],
        ),
        (";assign_submissions", "BIO1;;;;items;;;;;;1", &["grade_items", "assign_submissions"]),
        (
            ";quiz_attempts;forum_ratings",
            "BIO1;;;;;;;;;forum quiz;0;",
            &["forum_all", "forum_ratings", "quiz_user_overrides", "quiz_group_overrides"],
        ),
        (";wiki_pages;wiki_tags", "BIO1;;;;;;;;;;yes;no", &["wiki_pages"]),
        (
            ";forum_types;glossary_types",
            "BIO1;;;;;;;;;;news, General;secondary",
            &["forum_types:general", "forum_types:news", "glossary_types:secondary"],
        ),
        (";completion;comments", "BIO1;;;;;;;;;;yes;", &["completion"]),
        (";blog_associations;competency_ratings", "BIO1;;;;;;;;;;1;1", &["blog_associations", "competency_ratings"]),
        (";idnumber", "BIO1;yes;;;;;;;;;whatever", &["events"]),
        ("", "BIO1;;;;;;;;;", &[]),
    ];
    for (extra, row, expected) in cases {
        let mut world = site();
        let header = format!("{HEADER}{extra}");
        let first = plan(&ResetCoursesTool, &header, &[], &mut world, row);
        assert_eq!(taken(&first), expected, "{row}");
        let outcome = if expected.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
        assert_eq!(first.outcome, outcome, "{row}");
        let again = plan(&ResetCoursesTool, &header, &[], &mut world, row);
        assert_eq!((again.outcome, again.changes.len()), (Outcome::Unchanged, 0), "{row} again: {again:?}");
    }
}

#[test]
fn feedback_activities_are_chosen_one_by_one() {
    let cases: [(&str, &str, &[&str]); 9] = [
        (";feedback_reset_data_12", "BIO1;;;;;;;;;feedback;", &["feedback"]),
        (";feedback_reset_data_12", "BIO1;;;;;;;;;feedback;0", &["feedback_reset_data_11"]),
        (";feedback_reset_data_12", "BIO1;;;;;;;;;all forum;no", &["feedback_reset_data_11"]),
        (";feedback_reset_data_12", "BIO1;;;;;;;;;;1", &["feedback_reset_data_12"]),
        (";feedback_reset_data_12", "BIO1;;;;;;;;;-feedback wiki;oui", &["feedback_reset_data_12"]),
        (";feedback_reset_data_13", "BIO1;;;;;;;;;;1", &[]),
        (";feedback;feedback_reset_data_11", "BIO1;;;;;;;;;feedback;0;1", &["feedback_reset_data_11"]),
        (";feedback_reset_data_11;feedback", "BIO1;;;;;;;;;;0;1", &["feedback_reset_data_12"]),
        (
            ";feedback_reset_data_11;feedback_reset_data_12;feedback_reset_data_21",
            "BIO1;;;;;;;;;;1;1;",
            &["feedback_reset_data_11", "feedback_reset_data_12"],
        ),
    ];
    for (extra, row, expected) in cases {
        let mut world = site();
        let header = format!("{HEADER}{extra}");
        let first = plan(&ResetCoursesTool, &header, &[], &mut world, row);
        let is_feedback = |name: &String| name.starts_with("feedback");
        let found: Vec<String> = taken(&first).into_iter().filter(is_feedback).collect();
        assert_eq!(found, expected, "{extra} {row}: {first:?}");
        let again = plan(&ResetCoursesTool, &header, &[], &mut world, row);
        assert_eq!((again.outcome, again.changes.len()), (Outcome::Unchanged, 0), "{row} again: {again:?}");
    }
    let plan = plan_one(";feedback_reset_data_12", &[], "BIO1;;;;;;;;;feedback;0");
    assert_eq!(reset(&plan).feedbacks, [(FeedbackId(11), 3), (FeedbackId(13), 0)]);
    assert!(summary(&plan).contains("nothing_to_reset feedback_reset_data_13>feedback_reset_data_13"), "{plan:?}");
}

#[test]
fn an_activity_of_another_course_is_refused_and_nothing_is_done() {
    for (row, column) in
        [("BIO1;yes;;;;;;;;;0;", "feedback_reset_data_21"), ("BIO1;yes;;;;;;;;;;1", "feedback_reset_data_99")]
    {
        let plan = plan_one(";feedback_reset_data_21;feedback_reset_data_99", &[], row);
        assert_eq!((plan.outcome, plan.changes.len()), (Outcome::Failed, 0), "{row}");
        assert_eq!(told(&plan), [(Reason::ActivityUnknown, Some(column))], "{row}");
        assert!(plan.problems[0].message.contains(column), "{plan:?}");
    }
    let plan = plan_one(";feedback_reset_data_12", &[], "BIO1;yes;;;;;;;;;perhaps");
    assert_eq!(told(&plan), [(Reason::ValueInvalid, Some("feedback_reset_data_12"))]);
}

#[test]
fn each_item_is_told_with_how_much_there_was() {
    let mut world = site();
    world.resets.load_item(CHEM1, ResetItem::Events, 3);
    let plan = plan(&ResetCoursesTool, HEADER, &[], &mut world, "CHEM1;yes;no;yes;no;student;no;no;no;");
    let off = "logs, blog_associations, completion, competency_ratings, overrides, local_roles, group_members, groups, \
               grouping_members, groupings, grade_items, grades, comments";
    let expected = format!("UPDATED, nothing_to_reset notes>notes, not_reset {off}>{off}, reset:events 3>0");
    assert_eq!(summary(&plan), expected);
    assert_eq!(
        reset(&plan).holders,
        [(Holders::Of(STUDENT), 0)],
        "what is asked for is taken even if there is none yet"
    );
}

#[test]
fn a_line_with_anything_unknown_does_nothing() {
    type Told = &'static [(Reason, Option<&'static str>)];
    let cases: [(&str, &str, Told); 16] = [
        ("", "BIO1;maybe;;;;;;;;", &[(Reason::ValueInvalid, Some("events"))]),
        ("", "BIO1;all;;;;;;;;", &[(Reason::ValueInvalid, Some("events"))]),
        ("", "BIO1;yes;;;;pirate student;;;;", &[(Reason::RoleUnknown, Some("roles"))]),
        (
            "",
            "BIO1;yes;;;;pirate captain;;;;",
            &[(Reason::RoleUnknown, Some("roles")), (Reason::RoleUnknown, Some("roles"))],
        ),
        ("", "BIO1;yes;;;marks;;;;;", &[(Reason::CmdInvalid, Some("grades"))]),
        ("", "BIO1;yes;;;;;overide;;;", &[(Reason::CmdInvalid, Some("local_roles"))]),
        ("", "BIO1;yes;;;;;;yes;;", &[(Reason::CmdInvalid, Some("groups"))]),
        ("", "BIO1;yes;;;;;;;;form", &[(Reason::ValueInvalid, Some("modules"))]),
        ("", "BIO1;yes;;;;;;;;-form", &[(Reason::ValueInvalid, Some("modules"))]),
        (";forum_types", "BIO1;yes;;;;;;;;;secret", &[(Reason::ValueInvalid, Some("forum_types"))]),
        (";startdate", "BIO1;yes;;;;;;;;;tomorrow", &[(Reason::TimeInvalid, Some("startdate"))]),
        (";startdate", "BIO1;yes;;;;;;;;;0", &[(Reason::ValueInvalid, Some("startdate"))]),
        (";startdate;enddate", "BIO1;yes;;;;;;;;;2026-09-01;2026-08-01", &[(Reason::TimeInvalid, Some("enddate"))]),
        ("", "ZZZ;yes;;;;;;;;", &[(Reason::CourseUnknown, Some("shortname"))]),
        ("", ";yes;;;;;;;;", &[(Reason::CourseIdEmpty, Some("shortname"))]),
        ("", "front;yes;;;;;;;;", &[(Reason::SiteCourse, Some("shortname"))]),
    ];
    for (extra, row, expected) in cases {
        let plan = plan_one(extra, &[], row);
        assert_eq!((plan.outcome, plan.changes.len()), (Outcome::Failed, 0), "{row}");
        assert_eq!(told(&plan), expected, "{row}: {plan:?}");
    }
}

#[test]
fn what_cannot_be_reset_is_told_and_the_rest_is_done() {
    let everything = plan_one("", &[], "BIO1;yes;yes;;;;;;;all");
    let expected = [
        (Reason::Unsupported, Some("logs")),
        (Reason::Unsupported, Some("modules")),
        (Reason::ActivityForeign, Some("modules")),
    ];
    assert_eq!((everything.outcome, told(&everything)), (Outcome::Updated, expected.to_vec()));
    assert!(everything.problems[1].message.ends_with("lti."), "{:?}", everything.problems);
    let some = plan_one("", &[], "BIO1;yes;;;;;;;;forum");
    assert_eq!(told(&some), []);
    let old = plan_one(";slots;appointments;assignment_submissions", &[], "BIO1;yes;;;;;;;;;1;yes;0");
    assert_eq!(told(&old), [(Reason::Unsupported, Some("slots")), (Reason::Unsupported, Some("appointments"))]);
}

#[test]
fn a_contributed_module_is_named_in_vain() {
    let mut world = site();
    let mut facts = facts();
    facts.modules.insert("scheduler".to_owned(), 40);
    world.facts = std::sync::Arc::new(facts);
    let plan = plan(&ResetCoursesTool, HEADER, &[], &mut world, "BIO1;yes;;;;;;;;forum scheduler");
    assert_eq!((plan.outcome, told(&plan)), (Outcome::Failed, vec![(Reason::ActivityForeign, Some("modules"))]));
}

#[test]
fn logs_go_only_with_the_option() {
    let plan = plan_one("", &[("delete_logs", "true")], "BIO1;;yes;;;;;;;");
    assert_eq!((taken(&plan), told(&plan)), (vec!["logs".to_owned()], vec![]));
}

#[test]
fn dates_move_with_the_first_day() {
    const DAY: i64 = 86_400;
    // Noon of some day, and a hundred days later.
    let (noon, end) = (1_000 * DAY + DAY / 2, 1_100 * DAY);
    let cases: [(&str, Option<i64>, i64, Option<i64>); 6] = [
        (&format!("@{};", 1_007 * DAY), Some(1_007 * DAY), 7 * DAY, Some(end + 7 * DAY)),
        (&format!("@{};@{}", 1_007 * DAY, 1_200 * DAY), Some(1_007 * DAY), 7 * DAY, Some(1_200 * DAY)),
        (&format!("@{};", 990 * DAY), Some(990 * DAY), -10 * DAY, None),
        (&format!("@{noon};"), None, 0, None),
        (&format!(";@{}", 1_050 * DAY), None, 0, Some(1_050 * DAY)),
        (";0", None, 0, Some(0)),
    ];
    for (cells, start, shift, last) in cases {
        let mut world = site();
        let mut course = world.courses.get(CHEM1).unwrap().clone();
        course.id = CourseId(30);
        course.fields.set(CourseField::Shortname, "DATED");
        course.fields.set(CourseField::Startdate, noon.to_string());
        course.fields.set(CourseField::Enddate, end.to_string());
        world.courses.load(course);
        let header = format!("{HEADER};startdate;enddate");
        let row = format!("DATED;;;;;;;;;;{cells}");
        let first = plan(&ResetCoursesTool, &header, &[], &mut world, &row);
        if start.is_none() && last.is_none() {
            assert_eq!(first.outcome, Outcome::Unchanged, "{cells}");
            continue;
        }
        let reset = reset(&first);
        let after = |date: Option<DateChange>| date.map(|date| date.after);
        assert_eq!((after(reset.start), reset.shift, after(reset.end)), (start, shift, last), "{cells}");
        let again = plan(&ResetCoursesTool, &header, &[], &mut world, &row);
        assert_eq!(again.outcome, Outcome::Unchanged, "{cells} again");
    }
}

#[test]
fn a_course_is_reset_once_in_a_file() {
    let mut world = site();
    let bound = bind(&ResetCoursesTool, HEADER, &[], facts()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let rows = ["BIO1;yes;;;;;;;;", "CHEM1;yes;;;;;;;;", "BIO1;;;yes;;;;;;"];
    let lines = (2..).zip(rows).map(|(number, row)| Line::of(number, &row.split(';').collect::<Vec<_>>()));
    let parsed = bound.job.parse(lines.collect());
    let outcomes: Vec<Outcome> = (0..3).map(|index| parsed.plan(index, &mut world).outcome).collect();
    assert_eq!(outcomes, [Outcome::Updated, Outcome::Unchanged, Outcome::Failed]);
    let last = parsed.plan(2, &mut world);
    assert!(last.problems[0].message.contains("stands on line 2 already"), "{last:?}");
}

#[test]
fn the_identifier_must_have_its_column() {
    for (identifier, refused) in [("shortname", false), ("idnumber", true), ("id", true)] {
        let bound = bind(&ResetCoursesTool, HEADER, &[("identifier", identifier)], facts());
        assert_eq!(bound.is_err(), refused, "{identifier}");
    }
    let header = HEADER.replace("shortname", "id");
    let plan = plan(&ResetCoursesTool, &header, &[("identifier", "id")], &mut site(), "10;yes;;;;;;;;");
    assert_eq!((plan.outcome, plan.key.as_str()), (Outcome::Updated, "10"));
}
