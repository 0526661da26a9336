//! What a new course is made of.

use super::*;

fn created(bench: &mut Bench, line: &str) -> LinePlan {
    let plan = bench.line(line);
    assert_eq!(plan.outcome, Outcome::Created, "{line}: {:?}", plan.problems);
    plan
}

#[test]
fn a_bare_course_has_the_settings_of_the_site() {
    let mut bench = Bench::new("", "shortname;fullname");
    let plan = created(&mut bench, "NEW;New");
    let mut expected = vec!["CreateCourse", "SetFormatOptions"];
    expected.extend(["CreateSection"; 5]);
    expected.extend(["CreateNewsForum", "CreateInstance", "CreateInstance", "CreateInstance"]);
    assert_eq!(kinds(&plan), expected);
    let Change::CreateCourse { fields, .. } = &plan.changes[0] else { panic!() };
    let now = NOW.to_string();
    let stored: Vec<(&str, &str)> = fields.iter().map(|(field, value)| (field.column(), value)).collect();
    let expected = [
        ("fullname", "New"),
        ("shortname", "NEW"),
        ("summaryformat", "1"),
        ("newsitems", "5"),
        ("startdate", &*now),
        ("timecreated", &*now),
        ("enablecompletion", "1"),
        ("showactivitydates", "1"),
        ("showcompletionconditions", "1"),
    ];
    assert_eq!(stored, expected);
    let active = |method: &str, status| (method.to_owned(), status);
    let closed = EnrolStatus::Suspended;
    let methods = [active("manual", EnrolStatus::Active), active("guest", closed), active("self", closed)];
    assert_eq!(bench.methods("NEW"), methods);
}

#[test]
fn default_methods_as_moodle_writes_them() {
    let plan = created(&mut Bench::new("", "shortname;fullname"), "NEW;New");
    let of = |wanted: &str| {
        let methods = plan.changes.iter().filter_map(|change| match change {
            Change::CreateInstance(new) => Some(new),
            _ => None,
        });
        methods.into_iter().find(|new| new.method == wanted).unwrap()
    };
    let (manual, guest, own) = (of("manual"), of("guest"), of("self"));
    assert_eq!((manual.role, manual.expiry_threshold, &manual.password), (Some(RoleId(5)), 86_400, &None));
    assert_eq!(manual.custom_ints, [None; 6]);
    assert_eq!((guest.role, guest.expiry_threshold, guest.password.as_deref()), (None, 0, Some("")));
    assert_eq!(own.custom_ints, [Some(0), Some(0), Some(0), Some(1), Some(0), Some(0)]);
    assert_eq!((own.role, own.expiry_threshold, &own.password), (Some(RoleId(5)), 86_400, &None));
}

#[test]
fn formats() {
    let cases: [(&str, &str, usize, Pairs, Words); 5] = [
        ("topics", "1", 5, &[("hiddensections", "1"), ("coursedisplay", "1")], &["CreateNewsForum"]),
        (
            "weeks",
            "",
            5,
            &[("hiddensections", "1"), ("coursedisplay", "0"), ("automaticenddate", "1")],
            &["CreateNewsForum"],
        ),
        ("social", "1", 1, &[("numdiscussions", "10")], &["CreateSocialBlock"]),
        ("singleactivity", "", 1, &[("activitytype", "forum")], &[]),
        ("tiles", "1", 5, &[], &["CreateNewsForum"]),
    ];
    for (format, display, sections, options, extras) in cases {
        let mut bench = Bench::new("", "shortname;fullname;format;coursedisplay");
        let plan = created(&mut bench, &format!("NEW;New;{format};{display}"));
        let course = bench.course("NEW");
        assert_eq!(course.sections.len(), sections, "{format}");
        let expected = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(course.format_options, expected, "{format}");
        let is_extra = |kind: &String| kind == "CreateNewsForum" || kind == "CreateSocialBlock";
        assert_eq!(kinds(&plan).into_iter().filter(is_extra).collect::<Vec<_>>(), extras, "{format}");
    }
}

#[test]
fn weeks_end_with_their_last_section() {
    let cases = [("shortname;fullname;format;startdate", 4), ("shortname;fullname;format;startdate;topic7", 7)];
    for (header, weeks) in cases {
        let mut bench = Bench::new("", header);
        let topic = if weeks == 7 { ";Last" } else { "" };
        created(&mut bench, &format!("NEW;New;weeks;1788213600{topic}"));
        let end = 1_788_213_600 + 7_200 + 604_800 * weeks;
        assert_eq!(bench.course("NEW").fields.text(CourseField::Enddate), end.to_string());
    }
}

#[test]
fn sections_of_topics() {
    let named = |name: &str, summary: &str| Section {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        summary: summary.to_owned(),
    };
    let cases: [(&str, &str, &[Section]); 8] = [
        ("topic1;topic3", "A|B;C", &[named("", ""), named("A", "B"), named("", ""), named("C", "")]),
        ("topic3;topic1", "C;A|B", &[named("", ""), named("A", "B"), named("", ""), named("C", "")]),
        ("topic0", "Start| Hello | dropped", &[named("Start", "Hello")]),
        ("topic1;topic2", ";", &[named("", ""), named("", ""), named("", "")]),
        ("topic1", "|only summary", &[named("", ""), named("", "only summary")]),
        ("topic1", "*CLEAR*|S", &[named("", ""), named("", "S")]),
        ("format;topic1;topic2", "social;;", &[named("", "")]),
        ("format;topic1;topic2", "singleactivity;X;", &[named("", ""), named("X", "")]),
    ];
    for (columns, cells, expected) in cases {
        let mut bench = Bench::new("", &format!("shortname;fullname;{columns}"));
        created(&mut bench, &format!("NEW;New;{cells}"));
        let sections: Vec<Section> = bench.course("NEW").sections.values().cloned().collect();
        assert_eq!(sections, expected, "{columns}: {cells}");
    }
}

#[test]
fn no_forum_without_announcements() {
    let plan = created(&mut Bench::new("", "shortname;fullname;newsitems"), "NEW;New;0");
    assert!(!kinds(&plan).contains(&"CreateNewsForum".to_owned()));
}

#[test]
fn a_course_in_a_hidden_category_keeps_its_own_visibility() {
    // Nothing stands for the 1 of Moodle's table.
    let cases = [("1;", "", ""), ("0;", "0", "0"), (";", "", ""), ("0;1", "0", ""), ("1;0", "", "0")];
    for (cells, visible, visible_old) in cases {
        let mut bench = Bench::new("", "shortname;fullname;category;visible;visibleold");
        created(&mut bench, &format!("NEW;New;Attic;{cells}"));
        let fields = &bench.course("NEW").fields;
        let stored = (fields.text(CourseField::Visible), fields.text(CourseField::Visibleold));
        assert_eq!(stored, (visible, visible_old), "{cells}");
    }
}

#[test]
fn self_and_guest() {
    use EnrolStatus::{Active, Suspended};
    let cases =
        [("1;1", Active, Active), ("0;0", Suspended, Suspended), ("1;", Active, Suspended), (";1", Suspended, Active)];
    for (cells, own, guest) in cases {
        let mut bench = Bench::new("", "shortname;fullname;self;guest");
        let plan = created(&mut bench, &format!("NEW;New;{cells}"));
        let methods = bench.methods("NEW");
        assert_eq!(methods.len(), 3, "{cells}");
        assert!(
            methods.contains(&("self".to_owned(), own)) && methods.contains(&("guest".to_owned(), guest)),
            "{cells}"
        );
        let lets_in = plan.changes.iter().any(|change| {
            matches!(change, Change::CreateInstance(new) if new.method == "self" && new.custom_ints[5] == Some(1))
        });
        assert_eq!(lets_in, own == Active, "{cells}");
    }
}

#[test]
fn methods_that_the_site_does_not_give_by_itself() {
    let mut own = facts();
    own.plugin_config.clear();
    own.config.insert("enrol_plugins_enabled".to_owned(), "manual,self".to_owned());
    own.plugin_config.entry("enrol_self".to_owned()).or_default().insert("requirepassword".to_owned(), "1".to_owned());
    let mut bench = Bench::new("", "shortname;fullname;self;guest;teacher1_account");
    bench.world.facts = Arc::new(own);
    let plan = created(&mut bench, "NEW;New;1;1;ana");
    let names: Vec<String> = bench.methods("NEW").into_iter().map(|(method, _)| method).collect();
    assert_eq!(names, ["self", "guest", "manual"]);
    assert_eq!(reasons(&plan), [Reason::Unsupported, Reason::EnrolMethodUnavailable]);
    let plan = created(&mut bench, "NEW2;New;0;0;");
    assert!(bench.methods("NEW2").is_empty() && plan.problems.is_empty());
}

#[test]
fn teachers_are_enrolled_with_their_role() {
    let header = "shortname;fullname;teacher1_account;teacher1_role;teacher3_account";
    let mut bench = Bench::new("", header);
    let plan = created(&mut bench, "NEW;New;12;teacher;bob");
    assert_eq!(kinds(&plan)[kinds(&plan).len() - 4..], ["Enrol", "AssignRole", "Enrol", "AssignRole"]);
    let course = bench.course("NEW").id;
    for (user, role) in [(12, 4), (13, 3)] {
        let enrolments = bench.world.participants.enrolments(UserId(user), course);
        assert_eq!((enrolments.len(), enrolments[0].start, enrolments[0].end), (1, NOW, 0));
        assert_eq!(bench.world.participants.roles(UserId(user), course)[0].role, RoleId(role));
    }
    let plan = created(&mut bench, "TWO;Two;12;teacher;ana");
    let people = ["Enrol", "AssignRole", "AssignRole"];
    assert_eq!(kinds(&plan)[kinds(&plan).len() - 3..], people, "one user twice is enrolled once");
}
