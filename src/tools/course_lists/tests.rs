//! Lists over a small site made by hand.

use super::*;
use crate::model::{BoundHeader, CategoryId, CourseId, Line, Outcome, Reason, Severity};
use crate::site::world::Course;
use crate::site::{Change, CourseField, MoodleCall, SiteFacts, World};
use crate::tools::options::ToolOptions;
use crate::tools::{LinePlan, Tool};
use std::sync::Arc;

fn course(id: i64, shortname: &str, idnumber: &str) -> Course {
    let fields = [
        (CourseField::Shortname, shortname),
        (CourseField::Idnumber, idnumber),
        (CourseField::Fullname, "Course"),
        (CourseField::Visible, "1"),
    ];
    Course {
        id: CourseId(id),
        category: CategoryId(i64::from(id > 1)),
        fields: fields.into_iter().map(|(field, value)| (field, value.to_owned())).collect(),
        sections: Default::default(),
        format_options: Default::default(),
        has_news_forum: false,
        contexts_above: Vec::new(),
    }
}

/// The front page, a course, two with the same idnumber, and one whose short name holds a separator.
fn site() -> World {
    let facts = SiteFacts { site_course: Some(CourseId(1)), ..SiteFacts::default() };
    let mut world = World::new(Arc::new(facts), 1000);
    let courses = [course(1, "front", ""), course(10, "BIO", "B1"), course(12, "T2", "TT"), course(11, "T1", "TT")];
    courses.into_iter().chain([course(13, "A;B", "")]).for_each(|course| world.courses.load(course));
    world
}

/// Runs lines over a site.
fn run(tool: &dyn Tool, world: &mut World, key: &str, lines: &[&[&str]]) -> Vec<LinePlan> {
    let given = [("identifier".to_owned(), key.to_owned())].into();
    let options = ToolOptions::check(tool.descriptor().options, &given).unwrap();
    let header = BoundHeader::of_list(tool.descriptor().columns);
    let configured = tool.configure(&options).unwrap_or_else(|_| panic!("options"));
    let bound = configured.bind(header, Arc::clone(&world.facts)).unwrap_or_else(|problems| panic!("{problems:?}"));
    let parsed = bound.job.parse((1..).zip(lines).map(|(number, cells)| Line::of(number, cells)).collect());
    (0..parsed.len()).map(|index| parsed.plan(index, world)).collect()
}

fn told(plan: &LinePlan) -> Vec<(Reason, Severity)> {
    plan.problems.iter().map(|problem| (problem.reason, problem.severity)).collect()
}

#[test]
fn courses_are_found_by_any_identifier() {
    for (key, value, id) in [
        ("shortname", "BIO", 10),
        ("shortname", " A;B ", 13),
        ("idnumber", "B1", 10),
        ("id", "10", 10),
        ("shortname", "front", 1),
    ] {
        let plan = run(&CheckCoursesTool, &mut site(), key, &[&[value]]).remove(0);
        assert_eq!((plan.outcome, told(&plan)), (Outcome::Found, vec![]), "{key} {value}: {plan:?}");
        assert_eq!(plan.subject.map(|subject| subject.id()), Some(id));
        assert!(plan.changes.is_empty());
    }
    let plan = run(&CheckCoursesTool, &mut site(), "idnumber", &[&["B1", " Cells "]]).remove(0);
    let shown: Vec<_> = plan.fields.iter().map(|field| format!("{}={}", field.field, field.after)).collect();
    let expected = ["shortname=BIO", "idnumber=B1", "fullname=Course", "visible=1", "description=Cells", "matches=1"];
    assert_eq!(shown, expected);
    assert!(plan.fields.iter().all(|field| field.before == field.after));
}

#[test]
fn missing_courses_are_told_with_their_description() {
    let cases: [(&[&str], &str); 3] = [
        (&["Z9"], "No course has the shortname \"Z9\"."),
        (&["Z9", "Zoology"], "No course has the shortname \"Z9\" (\"Zoology\")."),
        (&["Z9", "Zoology", "more"], "No course has the shortname \"Z9\"."),
    ];
    for (line, message) in cases {
        let plan = run(&CheckCoursesTool, &mut site(), "shortname", &[line]).remove(0);
        assert_eq!((plan.outcome, told(&plan)), (Outcome::NotFound, vec![(Reason::CourseUnknown, Severity::Warning)]));
        assert_eq!(plan.problems[0].message, message);
    }
}

#[test]
fn an_identifier_of_several_courses_is_told() {
    let plan = run(&CheckCoursesTool, &mut site(), "idnumber", &[&["TT"]]).remove(0);
    assert_eq!((plan.outcome, told(&plan)), (Outcome::Found, vec![(Reason::CourseAmbiguous, Severity::Warning)]));
    assert!(plan.problems[0].message.contains("(id 11, 12)"), "{:?}", plan.problems);
    assert_eq!(plan.subject.map(|subject| subject.id()), Some(11));
}

#[test]
fn identifiers_that_cannot_be_read() {
    let long = "x".repeat(256);
    for (key, cells, reason) in [
        ("shortname", &["", "Zoology"][..], Reason::CourseIdEmpty),
        ("id", &["ten"], Reason::ValueInvalid),
        ("id", &["0"], Reason::ValueInvalid),
        ("idnumber", &[long.as_str()], Reason::ValueTooLong),
    ] {
        let plan = run(&CheckCoursesTool, &mut site(), key, &[cells]).remove(0);
        assert_eq!((plan.outcome, told(&plan)), (Outcome::Failed, vec![(reason, Severity::Error)]), "{plan:?}");
        assert_eq!(plan.problems[0].column.as_deref(), Some("identifier"));
    }
}

/// The site with activities: standard ones in BIO, one of another maker in T1.
fn with_activities() -> World {
    let mut world = site();
    for (course, module) in [(10, "forum"), (10, "quiz"), (11, "customcert"), (11, "forum")] {
        world.courses.load_activities(CourseId(course), module.to_owned(), 1);
    }
    world
}

#[test]
fn courses_are_deleted_by_any_identifier() {
    for (key, value, id) in
        [("shortname", "BIO", 10), ("shortname", "A;B", 13), ("idnumber", "B1", 10), ("id", "12", 12)]
    {
        let mut world = with_activities();
        let plan = run(&DeleteCoursesTool, &mut world, key, &[&[value]]).remove(0);
        assert_eq!((plan.outcome, told(&plan)), (Outcome::Deleted, vec![]), "{key} {value}: {plan:?}");
        assert!(matches!(plan.changes[..], [Change::DeleteCourse { id: CourseId(own), .. }] if own == id));
        assert_eq!(plan.subject.map(|subject| subject.id()), Some(id));
        let again = run(&DeleteCoursesTool, &mut world, key, &[&[value]]).remove(0);
        assert_eq!(again.outcome, Outcome::NotFound, "{again:?}");
    }
    let plan = run(&DeleteCoursesTool, &mut site(), "id", &[&["10"]]).remove(0);
    let shown: Vec<_> = plan.fields.iter().map(|field| format!("{}={}", field.field, field.before)).collect();
    assert_eq!(shown, ["fullname=Course", "shortname=BIO", "idnumber=B1"]);
}

#[test]
fn lists_with_missing_and_repeated_courses() {
    let lines: [&[&str]; 5] = [&["BIO"], &["Z9"], &["T1x"], &["BIO"], &["Z9"]];
    let plans = run(&DeleteCoursesTool, &mut with_activities(), "shortname", &lines);
    let outcomes: Vec<_> = plans.iter().map(|plan| plan.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::Deleted, Outcome::NotFound, Outcome::NotFound, Outcome::Unchanged, Outcome::Unchanged]
    );
    assert_eq!(told(&plans[1]), [(Reason::CourseUnknown, Severity::Warning)]);
    assert_eq!(told(&plans[3]), [(Reason::NothingToDo, Severity::Notice)]);
    assert!(plans[3].problems[0].message.contains("line 1"), "{:?}", plans[3].problems);
}

#[test]
fn courses_that_are_never_deleted() {
    for (key, value, reason) in [
        ("shortname", "front", Reason::SiteCourse),
        ("id", "1", Reason::SiteCourse),
        ("idnumber", "TT", Reason::CourseAmbiguous),
        ("shortname", "T1", Reason::ActivityForeign),
        ("shortname", "", Reason::CourseIdEmpty),
        ("id", "BIO", Reason::ValueInvalid),
    ] {
        let plan = run(&DeleteCoursesTool, &mut with_activities(), key, &[&[value]]).remove(0);
        assert_eq!(
            (plan.outcome, told(&plan)),
            (Outcome::Failed, vec![(reason, Severity::Error)]),
            "{value}: {plan:?}"
        );
        assert!(plan.changes.is_empty());
        // The same line again fails for the same reason.
        let lines: [&[&str]; 2] = [&[value], &[value]];
        let plans = run(&DeleteCoursesTool, &mut with_activities(), key, &lines);
        assert_eq!(told(&plans[0]), told(&plans[1]));
    }
}

#[test]
fn a_running_moodle_is_asked_to_delete_what_is_left_to_it() {
    let given = [("identifier".to_owned(), "shortname".to_owned()), ("through".to_owned(), "webservice".to_owned())];
    let options = ToolOptions::check(DeleteCoursesTool.descriptor().options, &given.into()).unwrap();
    let configured = DeleteCoursesTool.configure(&options).unwrap_or_else(|_| panic!("options"));
    assert_eq!(configured.needs_moodle(), Some("through"));
    let mut world = with_activities();
    let header = BoundHeader::of_list(DeleteCoursesTool.descriptor().columns);
    let bound = configured.bind(header, Arc::clone(&world.facts)).unwrap_or_else(|problems| panic!("{problems:?}"));
    let job = bound.job;
    assert!(job.asks_moodle());
    // Activities of other modules are no obstacle to Moodle.
    let lines = ["T1", "T1", "front", "never"];
    let parsed = job.parse((1..).zip(lines).map(|(number, cell)| Line::of(number, &[cell])).collect());
    let plans: Vec<LinePlan> = (0..parsed.len()).map(|index| parsed.plan(index, &mut world)).collect();
    let outcomes: Vec<Outcome> = plans.iter().map(|plan| plan.outcome).collect();
    assert_eq!(outcomes, [Outcome::Deleted, Outcome::Unchanged, Outcome::Failed, Outcome::NotFound]);
    assert!(plans.iter().all(|plan| plan.changes.is_empty()), "{plans:?}");
    let calls: Vec<_> = plans.iter().filter_map(|plan| plan.call.as_ref().map(|call| call.call)).collect();
    assert_eq!(calls, [MoodleCall::DeleteCourse { course: CourseId(11) }]);
}

#[test]
fn where_a_recycle_bin_is_on_the_run_says_that_it_stays_empty() {
    for (value, expected) in [(Some("1"), 1), (Some("0"), 0), (None, 0)] {
        let settings = value.map(|value| ("categorybinenable".to_owned(), value.to_owned()));
        let facts = SiteFacts {
            plugin_config: [("tool_recyclebin".to_owned(), settings.into_iter().collect())].into(),
            ..SiteFacts::default()
        };
        let configured = DeleteCoursesTool.configure(&ToolOptions::default()).unwrap_or_else(|_| panic!("options"));
        let header = BoundHeader::of_list(DeleteCoursesTool.descriptor().columns);
        let bound = configured.bind(header, Arc::new(facts)).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert_eq!(bound.notices.iter().filter(|notice| notice.reason == Reason::NoRecycleBin).count(), expected);
    }
}
