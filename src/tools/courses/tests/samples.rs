//! The example of the specification, the decisions on a line, the header.

use super::*;

const HEADER: &str = "shortname;fullname;category;idnumber;format;startdate;visible;topic1;topic2";
const FILE: [(&str, Outcome); 5] = [
    ("ALG-1;Algebra 1;Sciences/Maths;A1;topics;2026-09-01;1;Vectors|Basics;Matrices", Outcome::Created),
    ("BIO-1;Biology 1;7;B1;weeks;;0;;", Outcome::Created),
    ("GEO-1;Geology 1;Sciences/Earth;G1;nosuchformat;2026-09-01;1;;", Outcome::Failed),
    ("HIS-1;History 1;Arts;H1;topics;2026-09-01;1;;", Outcome::Skipped),
    ("ALG-1;Algebra one again;Sciences/Maths;A2;topics;2026-09-01;1;;", Outcome::Skipped),
];

fn run(bench: &mut Bench) -> Vec<LinePlan> {
    FILE.iter().map(|(line, _)| bench.line(line)).collect()
}

#[test]
fn the_example_of_the_original() {
    let mut bench = Bench::new("", HEADER);
    let plans = run(&mut bench);
    for (plan, (line, outcome)) in plans.iter().zip(FILE) {
        assert_eq!(plan.outcome, outcome, "{line}: {:?}", plan.problems);
    }
    assert_eq!(reasons(&plans[0]), [Reason::CategoryCreated, Reason::CategoryCreated]);
    assert_eq!(plans[0].key, "ALG-1");
    let algebra = bench.course("ALG-1");
    assert_eq!(algebra.sections[&1], Section { name: Some("Vectors".to_owned()), summary: "Basics".to_owned() });
    assert_eq!(algebra.sections[&2].name.as_deref(), Some("Matrices"));
    assert_eq!(algebra.sections.len(), 3);
    assert_eq!(bench.world.courses.category_path(algebra.category), "Sciences/Maths");
    // Midnight in Paris.
    assert_eq!(algebra.fields.text(CourseField::Startdate), "1788213600");
    let biology = bench.course("BIO-1");
    assert_eq!(biology.category, CategoryId(7));
    assert_eq!(biology.fields.text(CourseField::Visible), "0");
    assert_eq!(biology.fields.text(CourseField::Visibleold), "0");
    assert_eq!(biology.fields.text(CourseField::Startdate), NOW.to_string());
    assert_eq!(biology.sections.len(), 3);
    assert!(bench.world.courses.child_categories(CategoryId(0), "Arts").is_empty());
    let sciences = bench.world.courses.child_categories(CategoryId(0), "Sciences")[0];
    assert!(bench.world.courses.child_categories(sciences, "Earth").is_empty());
    assert_eq!(plans[3].subject, Some(Subject::Course(HIS)));
    assert_eq!(reasons(&plans[3]), [Reason::CourseExists]);
}

#[test]
fn a_second_run_changes_nothing() {
    let mut bench = Bench::new("", HEADER);
    run(&mut bench);
    assert!(run(&mut bench).iter().all(|plan| plan.changes.is_empty() && plan.outcome != Outcome::Created));
    bench.next_file("force_update=true update_format=true", HEADER);
    run(&mut bench);
    for (plan, (line, _)) in run(&mut bench).iter().zip(FILE).filter(|(plan, _)| !plan.key.starts_with("ALG")) {
        assert!(matches!(plan.outcome, Outcome::Unchanged | Outcome::Failed), "{line}: {:?}", plan.changes);
    }
}

#[test]
fn every_new_course_is_unchanged_by_a_second_forced_run() {
    let header = "shortname;fullname;category;idnumber;format;visible;summary;newsitems;maxbytes;lang;coursedisplay;\
                  self;guest;topic0;topic3;teacher1_account;teacher1_role;teacher2_account;timecreated;visibleold";
    let lines = [
        "N-1;New 1;Attic/Below;X1;topics;1;Text;3;1000;fr;1;1;1;Start;Third|More;ana;teacher;13;2026-01-01;",
        "N-2;New 2;Attic;;weeks;;;0;;;1;0;;;;;;;;",
        "N-3;New 3;;;social;0;;;;;1;;0;;;;;;;",
        "N-4;New 4;/2024/;;singleactivity;1;;;;;;1;1;;;ana;;ana;;",
        "N-5;New 5;7;;tiles;1;;1;0;en;1;;;;;;;;;0",
    ];
    let mut bench = Bench::new("", header);
    for line in lines {
        assert_eq!(bench.line(line).outcome, Outcome::Created, "{line}");
    }
    bench.next_file("force_update=true update_format=true", header);
    bench.world.now += 1000;
    for line in lines {
        let plan = bench.line(line);
        assert_eq!(plan.outcome, Outcome::Unchanged, "{line}: {:?}", plan.changes);
        assert!(plan.changes.is_empty());
        assert_eq!(plan.operation, Operation::Update);
    }
}

#[test]
fn decisions_on_a_line() {
    let force = "force_update=true";
    let by_idnumber = "identifier=idnumber";
    let by_id = "identifier=id force_update=true";
    let add = "force_update=true template_mode=add";
    let cases = [
        (by_idnumber, "idnumber;shortname;fullname", "Z9;HIS-1;Other", Some(Reason::ShortnameCollision)),
        ("", "idnumber;shortname;fullname", "H1;NEW;Other", Some(Reason::IdnumberCollision)),
        ("", "idnumber;shortname;fullname", "FRONT;NEW;Other", Some(Reason::IdnumberCollision)),
        (by_idnumber, "idnumber;shortname;fullname", ";NEW;Other", Some(Reason::CourseIdEmpty)),
        (by_idnumber, "idnumber;shortname;fullname", "*CLEAR*;NEW;Other", Some(Reason::CourseIdEmpty)),
        (by_idnumber, "shortname;fullname", "NEW;Other", Some(Reason::CourseIdEmpty)),
        ("", "shortname;fullname", ";Other", Some(Reason::CourseIdEmpty)),
        (by_idnumber, "idnumber;shortname;fullname", "Z9;;Other", Some(Reason::ValueMissing)),
        ("", "shortname;fullname", "site;Other", Some(Reason::SiteCourse)),
        (by_id, "id;shortname;fullname", "1;NEW;Other", Some(Reason::SiteCourse)),
        (by_id, "id;shortname;fullname", "999;NEW;Other", Some(Reason::CourseUnknown)),
        (by_id, "id;shortname;fullname", "ten;NEW;Other", Some(Reason::ValueInvalid)),
        (by_id, "id;shortname;fullname", "0;NEW;Other", Some(Reason::ValueInvalid)),
        (by_id, "id;shortname;fullname", "10;WEEK-1;Other", Some(Reason::ShortnameCollision)),
        (by_id, "id;shortname;fullname;idnumber", "10;HIS-1;Other;W1", Some(Reason::IdnumberCollision)),
        (force, "idnumber;shortname;fullname", "W1;HIS-1;Other", Some(Reason::IdnumberCollision)),
        ("", "shortname;fullname;template", "NEW;Other;base.mbz", Some(Reason::TemplateUnsupported)),
        ("", "shortname;fullname;template", "NEW;Other;NOPE", Some(Reason::TemplateUnknown)),
        ("", "shortname;fullname;template", "NEW;Other;site", Some(Reason::TemplateSiteCourse)),
        (add, "shortname;fullname;template", "HIS-1;Other;HIS-1", Some(Reason::TemplateItself)),
        (add, "shortname;fullname;template", "HIS-1;Other;NOPE", Some(Reason::TemplateUnknown)),
        ("", "shortname;fullname;defaultgroupingid", "NEW;Other;4", Some(Reason::ValueInvalid)),
    ];
    for (options, header, line, reason) in cases {
        let plan = Bench::new(options, header).line(line);
        assert_refused(&plan, reason.unwrap(), &format!("{options} {line}"));
    }
    let plan = Bench::new(by_id, "id;shortname;fullname").line("10;HIS-2;History 1");
    assert_eq!((plan.outcome, plan.operation), (Outcome::Updated, Operation::Update));
    assert_eq!(updated(&plan), [("shortname", "HIS-2".to_owned())]);
}

#[test]
fn doubles_on_the_site_are_ambiguous() {
    let mut bench = Bench::new("identifier=idnumber", "idnumber;shortname;fullname");
    bench.world.courses.load(course(CourseId(20), 3, &[(CourseField::Shortname, "HX"), (CourseField::Idnumber, "H1")]));
    assert_refused(&bench.line("H1;HIS-1;History"), Reason::CourseAmbiguous, "idnumber H1 twice");
}

#[test]
fn the_header() {
    let world = site();
    let refused = bind("", "id;shortname;fullname", &world).err().unwrap();
    assert_eq!(refused[0].reason, Reason::ColumnUnknown);
    let (_, notices) = bind("", "shortname;fullname;sortorder;timemodified", &world).unwrap();
    assert!(notices.iter().all(|notice| notice.reason == Reason::ColumnIgnored));
    assert_eq!(notices.len(), 2);
    for name in ["topic0", "topic52", "teacher1_account", "teacher4000_role", "students", "cost"] {
        assert!(DESCRIPTOR.columns.iter().any(|column| column.matches(name).is_some()), "{name}");
    }
    for name in ["topic53", "topic01", "teacher0_account", "teacher01_role", "Shortname", "enddate"] {
        assert!(!DESCRIPTOR.columns.iter().any(|column| column.matches(name).is_some()), "{name}");
    }
    let legacy = DESCRIPTOR.columns.iter().filter(|column| column.ignored).count();
    assert_eq!(legacy, 15);
    assert!(DESCRIPTOR.exact_cell_count && DESCRIPTOR.case_insensitive_header);
}

#[test]
fn the_sample_is_valid() {
    let mut rows = DESCRIPTOR.sample.lines();
    let mut bench = Bench::new("", rows.next().unwrap());
    rows.for_each(|row| assert_eq!(bench.line(row).outcome, Outcome::Created, "{row}"));
}

#[test]
fn what_is_looked_up() {
    let world = site();
    let header = "shortname;fullname;idnumber;teacher1_account;teacher2_account";
    let line = Line::of(1, &["NEW", "New", "N1", "ana", "12"]);
    for (options, detail) in [("", CourseDetail::Identity), ("force_update=true", CourseDetail::Everything)] {
        let job = bind(options, header, &world).unwrap().0;
        let mut lookups = Lookups::default();
        job.look_up(&job.parse(&line).unwrap(), &mut lookups);
        assert_eq!(lookups.courses.detail, detail);
        assert_eq!(lookups.participation, detail == CourseDetail::Everything);
        assert!(
            lookups.categories
                && lookups.courses.shortnames.contains("NEW")
                && lookups.courses.idnumbers.contains("N1")
        );
        assert!(lookups.users.searches.contains("ana") && lookups.users.ids.contains(&12));
    }
    let job = bind("identifier=id", "id;shortname;fullname", &world).unwrap().0;
    let mut lookups = Lookups::default();
    job.look_up(&job.parse(&Line::of(1, &["10", "NEW", "New"])).unwrap(), &mut lookups);
    assert!(!lookups.categories && lookups.courses.ids.contains(&10));
}
