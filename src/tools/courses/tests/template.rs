//! Courses from templates, with and without a running Moodle.

use super::*;
use crate::model::{GroupId, GroupingId};
use crate::site::world::{Group, Grouping};
use crate::site::{GroupField, Import, MoodleCall, RunningMoodle};

const TPL: CourseId = CourseId(30);
const HEADER: &str = "shortname;fullname;template;visible;summary;startdate;topic1;teacher1_account;self";

/// A bench whose site has the template TPL: in weeks, of 70 days, with sections, a block, groups in
/// a grouping, and activities. HIS-1 has one of its groups.
fn bench(options: &str, header: &str, moodle: RunningMoodle) -> Bench {
    use CourseField::*;
    let mut bench = Bench::new(options, header);
    let mut facts = (*bench.world.facts).clone();
    facts.moodle = moodle;
    bench.world.facts = Arc::new(facts);
    bench.job = bind(options, header, &bench.world).unwrap().0;
    let fields = [
        (Shortname, "TPL"),
        (Fullname, "Template"),
        (Idnumber, "T"),
        (Summary, "About"),
        (Summaryformat, "2"),
        (Format, "topics"),
        (Visible, "0"),
        (Visibleold, "0"),
        (Startdate, "1000000000"),
        (Enddate, "1006048000"),
        (Lang, "fr"),
        (Newsitems, "3"),
        (Defaultgroupingid, "7"),
    ];
    let mut template = course(TPL, 3, &fields);
    let section = |name: &str, summary: &str| Section { name: Some(name.to_owned()), summary: summary.to_owned() };
    template.sections = [(0, section("Start", "")), (1, section("Greece", "G")), (2, section("Troy", "T"))].into();
    template.format_options =
        [("coursedisplay", "1"), ("hiddensections", "0")].map(|(n, v)| (n.to_owned(), v.to_owned())).into();
    template.has_news_forum = true;
    let world = &mut bench.world;
    world.courses.load(template);
    let methods = ["manual", "self", "cohort"].into_iter().zip(200..);
    let methods = methods.map(|(method, id)| instance(id, TPL, method, EnrolStatus::Suspended)).collect();
    world.courses.load_instances(TPL, methods);
    world.courses.load_activities(TPL, "forum".to_owned(), 3);
    world.courses.load_activities(TPL, "quiz".to_owned(), 1);
    world.courses.load_block(TPL, "html".to_owned());
    let named = |name: &str| [(GroupField::Name, name.to_owned())].into_iter().collect::<Fields<GroupField>>();
    for (id, course, name) in [(50, TPL, "Red"), (51, TPL, "Blue"), (60, HIS, "Red")] {
        world.participants.load_group(Group { id: GroupId(id), course, fields: named(name) });
    }
    world.groupings.load(Grouping { id: GroupingId(70), course: TPL, fields: named("Colours") });
    world.groupings.load_link(GroupingId(70), GroupId(50));
    bench
}

fn created(plan: &LinePlan) -> &Fields<CourseField> {
    let fields = plan.changes.iter().find_map(|change| match change {
        Change::CreateCourse { fields, .. } => Some(fields),
        _ => None,
    });
    fields.unwrap()
}

fn copy(plan: &LinePlan) -> Option<&crate::site::TemplateCopy> {
    plan.changes.iter().find_map(|change| match change {
        Change::CopyTemplate(copy) => Some(&**copy),
        _ => None,
    })
}

#[test]
fn a_new_course_has_what_its_line_says_and_else_what_its_template_has() {
    use CourseField::*;
    let cases = [
        // Its own names and visibility; the rest of the template.
        (
            "NEW;New;TPL;;;;;;",
            [(Summary, "About"), (Summaryformat, "2"), (Startdate, "1000000000"), (Enddate, "1006048000")],
        ),
        // The end moves with the start.
        (
            "NEW;New;TPL;;Mine;1000000100;;;",
            [(Summary, "Mine"), (Summaryformat, "1"), (Startdate, "1000000100"), (Enddate, "1006048100")],
        ),
    ];
    for moodle in [RunningMoodle::OutOfReach, RunningMoodle::Callable] {
        for (line, expected) in cases {
            let mut bench = bench("", HEADER, moodle);
            let plan = bench.line(line);
            assert_eq!(plan.outcome, Outcome::Created, "{line}: {:?}", plan.problems);
            let fields = created(&plan);
            for (field, value) in expected.into_iter().chain([(Lang, "fr"), (Newsitems, "3"), (Shortname, "NEW")]) {
                assert_eq!(fields.get(field), Some(value), "{line}: {field:?}");
            }
            for field in [Idnumber, Defaultgroupingid, Visible] {
                assert_eq!(fields.get(field), None, "{field:?} is that of a new course, and the table's own value");
            }
            let options = &bench.course("NEW").format_options;
            assert_eq!((&*options["coursedisplay"], &*options["hiddensections"]), ("1", "0"));
            let methods = [("manual".to_owned(), EnrolStatus::Suspended), ("self".to_owned(), EnrolStatus::Suspended)];
            assert_eq!(bench.methods("NEW"), methods);
        }
    }
}

#[test]
fn without_a_running_moodle_the_database_is_copied_and_the_line_says_what_is_not() {
    let mut bench = bench("", HEADER, RunningMoodle::OutOfReach);
    let plan = bench.line("NEW;New;TPL;1;;;Rome|R;ana;1");
    let copied = copy(&plan).unwrap().clone();
    assert_eq!(copied.sections, [0, 1, 2].into());
    assert_eq!((copied.methods.len(), copied.groups.len(), copied.groupings.len(), copied.links.len()), (2, 2, 1, 1));
    assert_eq!(copied.links[0], (copied.groupings[0].1, copied.groups[0].1));
    assert_eq!(copied.blocks, ["html".to_owned()].into());
    assert_eq!(plan.call, None);
    let new = bench.course("NEW");
    let names: Vec<&str> = new.sections.values().map(|section| section.name.as_deref().unwrap_or("")).collect();
    assert_eq!((names, new.has_news_forum), (vec!["Start", "Rome", "Troy"], true));
    // Both methods were disabled in the template; the line opens them.
    assert!(
        bench.methods("NEW").iter().all(|(_, status)| *status == EnrolStatus::Active),
        "{:?}",
        bench.methods("NEW")
    );
    let [told] = &plan.problems[..] else { panic!("{:?}", plan.problems) };
    assert_eq!((told.reason, told.severity), (Reason::ContentNotCopied, Severity::Notice));
    for words in ["2 forum, 1 quiz", "not copied: cohort", "[site.webservice]"] {
        assert!(told.message.contains(words), "{}", told.message);
    }
    assert!(!bench.job.asks_moodle());
}

#[test]
fn a_running_moodle_imports_the_content_and_only_settings_are_copied() {
    let mut bench = bench("", HEADER, RunningMoodle::Callable);
    let plan = bench.line("NEW;New;TPL;1;;;Rome;ana;1");
    assert!(bench.job.asks_moodle());
    let id = bench.course("NEW").id;
    let call = plan.call.as_ref().unwrap();
    assert_eq!(call.call, MoodleCall::ImportCourse { from: TPL, to: id, import: Import::Add });
    assert!(call.otherwise.contains("template_mode=add"), "{}", call.otherwise);
    let copied = copy(&plan).unwrap();
    assert_eq!((copied.methods.len(), copied.sections.len(), copied.groups.len(), copied.blocks.len()), (2, 0, 0, 0));
    // What the line says about sections is there before Moodle fills the others; its forum comes with the content.
    let new = bench.course("NEW");
    let names: Vec<Option<&str>> = new.sections.values().map(|section| section.name.as_deref()).collect();
    assert_eq!((names, new.has_news_forum), (vec![None, Some("Rome")], false));
}

#[test]
fn existing_courses_without_a_running_moodle_get_what_is_missing_once() {
    let header = "shortname;fullname;template;topic1";
    let update = &["CopyTemplate", "UpdateSection"][..];
    let cases: [(&str, &str, &[&str]); 5] = [
        ("force_update=true", "HIS-1;History 1;NOPE;", &[]),
        ("force_update=true template_mode=add", "HIS-1;History 1;TPL;", update),
        (
            "force_update=true template_mode=replace",
            "HIS-1;History 1;TPL;",
            &["CopyTemplate", "UpdateSection", "UpdateSection", "UpdateFormatOption", "UpdateFormatOption"],
        ),
        (
            "force_update=true template_mode=replace",
            "HIS-1;History 1;TPL;Mine",
            &["CopyTemplate", "UpdateSection", "UpdateFormatOption", "UpdateFormatOption", "UpdateSection"],
        ),
        ("force_update=true template_mode=replace", "HIS-1;History 1;;", &[]),
    ];
    for (options, line, expected) in cases {
        let mut bench = bench(options, header, RunningMoodle::OutOfReach);
        let plan = bench.line(line);
        assert_eq!(kinds(&plan), expected, "{options} {line}");
        let outcome = if expected.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
        assert_eq!((plan.outcome, plan.completeness), (outcome, Completeness::Complete), "{options} {line}");
        if let Some(copied) = copy(&plan) {
            assert_eq!((copied.sections.clone(), copied.methods.len()), ([2].into(), 0), "{line}");
            assert_eq!(copied.groups.len(), 1, "Red is there already");
            assert_eq!(copied.links, [(copied.groupings[0].1, GroupId(60))]);
        }
        let again = bench.line(line);
        assert_eq!((again.outcome, kinds(&again)), (Outcome::Unchanged, Vec::<String>::new()), "{options} {line}");
    }
}

#[test]
fn existing_courses_get_content_from_a_running_moodle_at_each_run() {
    let header = "shortname;fullname;template;topic1;teacher1_account";
    let cases = [
        ("add", "HIS-1;History 2;TPL;Mine;", Import::Add, 1, "UpdateCourse UpdateSection"),
        ("add", "HIS-1;History 1;TPL;;", Import::Add, 1, ""),
        ("replace", "HIS-1;History 2;TPL;;", Import::Replace, 1, "UpdateCourse"),
        // The course is emptied behind the line: sections and teachers would not survive.
        ("replace", "HIS-1;History 1;TPL;Mine;ana", Import::Replace, 2, ""),
    ];
    for (mode, line, import, warnings, expected) in cases {
        let mut bench = bench(&format!("force_update=true template_mode={mode}"), header, RunningMoodle::Callable);
        for _ in 0..2 {
            let plan = bench.line(line);
            let call = plan.call.clone().unwrap();
            assert_eq!(call.call, MoodleCall::ImportCourse { from: TPL, to: HIS, import }, "{line}");
            assert_eq!((plan.outcome, plan.completeness), (Outcome::Updated, Completeness::Complete), "{line}");
            assert_eq!(reasons(&plan), vec![Reason::TemplateRepeated; warnings], "{line}");
            assert!(plan.fields.iter().any(|change| change.after == "from TPL"), "{:?}", plan.fields);
        }
        let mut bench =
            self::bench(&format!("force_update=true template_mode={mode}"), header, RunningMoodle::Callable);
        assert_eq!(kinds(&bench.line(line)).join(" "), expected, "{line}");
    }
}

#[test]
fn what_a_template_needs_is_looked_up() {
    let job = bind("", "shortname;fullname;template", &site()).unwrap().0;
    for (cell, asked) in [("TPL", true), ("", false)] {
        let mut lookups = Lookups::default();
        job.look_up(&job.parse(&Line::of(1, &["NEW", "New", cell])).unwrap(), &mut lookups);
        assert_eq!(lookups.courses.shortnames.contains("TPL"), asked);
        assert_eq!((lookups.courses.activities, lookups.courses.blocks), (asked, asked));
        assert_eq!(lookups.courses.detail == CourseDetail::Everything, asked);
    }
}
