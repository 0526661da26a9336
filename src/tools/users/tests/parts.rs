//! Profile fields, cohorts and course sets: what they change, and that their errors leave the account part alone.

use super::*;
use crate::model::{CategoryId, CohortId, GroupId};
use crate::site::CohortField;
use crate::site::world::{Cohort, Enrolment, Group};

fn person() -> Vec<User> {
    vec![user(20, "a", "", ""), user(21, "b", "", "")]
}

/// Runs a line of user `a` with these columns, then again.
fn both(site: &mut World, options: &[(&str, &str)], columns: &str, cells: &str) -> (LinePlan, LinePlan) {
    let header = format!("{NAMES};{columns}");
    let line = format!("a;Awa;Koné;{cells}");
    (run_one(site, options, &header, &line), run_one(site, options, &header, &line))
}

#[test]
fn profile_values() {
    let cases: &[(&str, &str, &[&str], &[Reason])] = &[
        ("profile_field_campus", "Nord", &["profile_field_campus=Nord"], &[]),
        ("profile_field_CAMPUS", "Nord", &["profile_field_campus=Nord"], &[]),
        ("profile_field_campus", "", &[], &[]),
        ("profile_field_campus", "*CLEAR*", &[], &[]),
        ("profile_field_campus", "Nord-Nord-Ouest", &[], &[Reason::ValueTooLong]),
        ("profile_field_level", "L2", &["profile_field_level=L2"], &[]),
        ("profile_field_level", "L1", &["profile_field_level=L1"], &[]),
        ("profile_field_level", "l2", &[], &[Reason::ProfileBadOption]),
        ("profile_field_boarder", "yes", &["profile_field_boarder=1"], &[]),
        ("profile_field_boarder", "maybe", &[], &[Reason::ValueInvalid]),
        ("profile_field_born", "2001-02-03", &["profile_field_born=981158400"], &[]),
        ("profile_field_born", "2001-02-03-04-05-06", &["profile_field_born=981158400"], &[]),
        ("profile_field_born", "981158500", &["profile_field_born=981158400"], &[]),
        // A year after the last one of the field.
        ("profile_field_born", "2024-02-29", &["profile_field_born=1582934400"], &[]),
        ("profile_field_born", "2023-02-03", &["profile_field_born=1580688000"], &[]),
        ("profile_field_born", "0", &["profile_field_born=0"], &[]),
        ("profile_field_born", "never", &[], &[Reason::TimeInvalid]),
        ("profile_field_bio", "<p>x</p>", &["profile_field_bio=<p>x</p>"], &[]),
        ("icq", "123", &["profile_field_icq=123"], &[]),
    ];
    for (column, cell, fields, problems) in cases {
        let mut site = world(facts(), person());
        let (plan, again) = both(&mut site, &[], column, cell);
        assert_eq!(changed(&plan), *fields, "{column} {cell}");
        assert_eq!(reasons(&plan), *problems, "{column} {cell}");
        let outcome = if fields.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
        assert_eq!(fate(&plan), (outcome, !problems.is_empty()), "{column} {cell}");
        assert_unchanged(&again);
    }
}

#[test]
fn a_date_with_its_time_of_day() {
    let mut facts = facts();
    facts.profile_fields[3].param3 = "1".to_owned();
    let (plan, _) = both(&mut world(facts, person()), &[], "profile_field_born", "2001-02-03-04-05-06");
    assert_eq!(changed(&plan), ["profile_field_born=981173106"]);
}

#[test]
fn unique_profile_values() {
    let mut site = world(facts(), person());
    site.users.load_profile(UserId(21), ProfileFieldId(6), "X1".to_owned());
    let (plan, _) = both(&mut site, &[], "profile_field_badge", "X1");
    assert_eq!((fate(&plan), reasons(&plan)), ((Outcome::Unchanged, true), vec![Reason::ProfileNotUnique]));
    let (plan, again) = both(&mut site, &[], "profile_field_badge", "X2");
    assert_eq!(plan.outcome, Outcome::Updated);
    assert_unchanged(&again);
    let asked = lookups(facts(), &[], &format!("{NAMES};profile_field_badge"), &["a;A;B;X1"]);
    assert_eq!(asked.unique_profile_values, [(6, "X1".to_owned())].into());
    assert_eq!(asked.profile_fields, [6].into());
}

fn cohort(id: i64, name: &str, idnumber: &str, component: &str) -> Cohort {
    let fields = [(CohortField::Name, name), (CohortField::Idnumber, idnumber), (CohortField::Component, component)];
    let fields = fields.map(|(field, text)| (field, text.to_owned())).into_iter().collect();
    Cohort { id: CohortId(id), category: CategoryId(0), fields }
}

#[test]
fn cohorts() {
    let cases: &[(&str, &str, &[&str], &[Reason])] = &[
        ("cohort", "Staff", &["cohort=Staff"], &[]),
        ("cohort;cohortid", "New;ST", &["cohort=Staff"], &[]),
        ("cohort;cohortid", "Staff;NEW", &["cohort=Staff"], &[]),
        ("cohort;cohortid", "New;NEW", &["cohort:new=New", "cohort:idnumber=NEW", "cohort=New"], &[]),
        ("cohortid", "ST", &["cohort=Staff"], &[]),
        ("cohort;cohortid", ";", &[], &[]),
        ("cohort1;cohort2", "7;NEW", &["cohort=Staff", "cohort:new=NEW", "cohort:idnumber=NEW", "cohort=NEW"], &[]),
        ("cohort1", "99", &[], &[Reason::ValueInvalid]),
        ("cohort", "Twins", &[], &[Reason::CohortAmbiguous]),
        ("cohort", "Managed", &[], &[Reason::CohortManaged]),
    ];
    for (columns, cells, fields, problems) in cases {
        let mut site = world(facts(), person());
        for known in [
            cohort(7, "Staff", "ST", ""),
            cohort(8, "Twins", "", ""),
            cohort(9, "Twins", "", ""),
            cohort(10, "Managed", "", "local_x"),
        ] {
            site.cohorts.load(known);
        }
        let (plan, again) = both(&mut site, &[], columns, cells);
        assert_eq!(changed(&plan), *fields, "{cells}");
        assert_eq!(reasons(&plan), *problems, "{cells}");
        assert_eq!(plan.completeness == Completeness::Partial, !problems.is_empty());
        assert_unchanged(&again);
    }
}

const SET: &str = "course1;enrol1;role1;group1;wwwroot1";

type Options = &'static [(&'static str, &'static str)];
/// Options, cells of [`SET`], fields changed, reasons told.
type Case = (Options, &'static str, &'static [&'static str], &'static [Reason]);

#[test]
fn course_sets() {
    const MANUAL: Options = &[("default_enrol", "manual")];
    use Reason::*;
    let full: &[&str] = &["enrolment:BIO1=active", "timestart:BIO1=1788220800", "role:BIO1=student"];
    let default_role: &[&str] = &["enrolment:BIO1=active", "timestart:BIO1=1788220800", "role:BIO1=teacher"];
    let cases: &[Case] = &[
        (&[], ";manual;student;;", &[], &[]),
        (&[], "BIO1;manual;student;;", full, &[]),
        (&[], "BIO1;manual;5;;", full, &[]),
        (&[], "BIO1;manual;;;", default_role, &[]),
        (MANUAL, "BIO1;;;;", default_role, &[]),
        // Without a method only the role, and no way into a group.
        (&[], "BIO1;;student;;", &["role:BIO1=student"], &[]),
        (&[], "BIO1;;student;G;", &["role:BIO1=student"], &[GroupNotEnrolled]),
        (&[], "BIO1;;;G;", &[], &[GroupNotEnrolled]),
        (&[], "BIO1;;;;", &[], &[RoleMissing]),
        (&[], "BIO1;manual;wizard;;", &[], &[RoleUnknown]),
        (&[], "BIO1;telepathy;student;;", &[], &[EnrolMethodUnavailable]),
        (&[], "BIO1;self;student;;", &[], &[EnrolMethodUnavailable]),
        (&[], "NOPE;manual;student;;", &[], &[CourseUnknown]),
        // On the front page there are only roles.
        (&[], "FRONT;;student;;", &["role:FRONT=student"], &[]),
        (&[], "FRONT;;;;", &[], &[SiteCourse]),
        (&[], "FRONT;;student;G;", &["role:FRONT=student"], &[GroupNotEnrolled]),
        (&[("course_identifier", "id")], "10;manual;student;;", full, &[]),
    ];
    for (options, cells, fields, problems) in cases {
        let mut site = world(facts(), person());
        let (plan, again) = both(&mut site, options, SET, cells);
        assert_eq!(changed(&plan), *fields, "{cells}");
        assert_eq!(reasons(&plan), *problems, "{cells}");
        let outcome = if fields.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
        assert_eq!(fate(&plan), (outcome, !problems.is_empty()), "{cells}");
        assert_unchanged(&again);
    }
}

#[test]
fn nobody_is_enrolled_on_the_front_page() {
    let (plan, again) = both(&mut world(facts(), person()), &[], SET, "FRONT;manual;student;;");
    assert_eq!(changed(&plan), ["role:FRONT=student"]);
    assert_eq!((fate(&plan), reasons(&plan)), ((Outcome::Updated, false), vec![Reason::SiteCourse]));
    assert_unchanged(&again);
}

#[test]
fn a_course_of_another_moodle_is_left_out() {
    let (plan, _) = both(&mut world(facts(), person()), &[], SET, "BIO1;manual;student;;https://other.test");
    assert_eq!(fate(&plan), (Outcome::Unchanged, false));
    assert_eq!(reasons(&plan), [Reason::RemoteUnsupported]);
}

#[test]
fn several_courses_with_one_short_name() {
    let mut site = world(facts(), person());
    site.courses.load(course(CourseId(11), "BIO1"));
    let (plan, _) = both(&mut site, &[], SET, "BIO1;manual;student;;");
    assert_eq!(reasons(&plan), [Reason::CourseAmbiguous]);
}

#[test]
fn groups_by_name_and_by_id() {
    let mut site = world(facts(), person());
    for (id, name) in [(70, "TD A"), (71, "Twin"), (72, "Twin")] {
        site.participants.load_group(Group::named(GroupId(id), BIO, name));
    }
    let cases: &[(&str, &str, &[Reason])] = &[
        ("TD A", "group:BIO1=TD A", &[]),
        ("72", "group:BIO1=Twin", &[]),
        ("73", "group:BIO1=73", &[]),
        ("New", "group:BIO1=New", &[]),
        ("Twin", "", &[Reason::GroupAmbiguous]),
    ];
    for (name, joined, problems) in cases {
        let (plan, again) = both(&mut site, &[], SET, &format!("BIO1;manual;student;{name};"));
        assert_eq!(changed(&plan).last().map_or("", String::as_str), *joined, "{name}");
        assert_eq!(reasons(&plan), *problems, "{name}");
        assert_unchanged(&again);
    }
}

#[test]
fn dates_and_status_of_enrolments() {
    let columns = "course1;enrol1;role1;start1;end1;enrolperiod1;enrolstatus1";
    let stored = (EnrolStatus::Suspended, 1_700_000_000, 0);
    let active = EnrolStatus::Active;
    let cases: &[(&str, (EnrolStatus, i64, i64))] = &[
        ("BIO1;manual;student;;;;", stored),
        ("BIO1;manual;student;;;;0", (active, stored.1, 0)),
        ("BIO1;manual;student;2026-09-01;0;;", (stored.0, 1_788_220_800, 0)),
        ("BIO1;manual;student;;2026-09-01;;", (stored.0, stored.1, 1_788_220_800)),
        ("BIO1;manual;student;;;10;0", (active, stored.1, stored.1 + 864_000)),
        ("BIO1;manual;student;1800000000;;1;0", (active, 1_800_000_000, 1_800_086_400)),
    ];
    for (cells, expected) in cases {
        let mut site = world(facts(), person());
        let (status, start, end) = stored;
        site.participants.load_enrolment(UserId(20), BIO, Enrolment { instance: EnrolId(1), status, start, end });
        let (_, again) = both(&mut site, &[], columns, cells);
        let known = site.participants.enrolment(UserId(20), BIO, EnrolId(1)).unwrap();
        assert_eq!(known.terms(), *expected, "{cells}");
        assert_unchanged(&again);
    }
    // Without the column, the line makes the enrolment active.
    let mut site = world(facts(), person());
    let (status, start, end) = stored;
    site.participants.load_enrolment(UserId(20), BIO, Enrolment { instance: EnrolId(1), status, start, end });
    both(&mut site, &[], "course1;enrol1", "BIO1;manual");
    assert_eq!(site.participants.enrolment(UserId(20), BIO, EnrolId(1)).unwrap().terms(), (active, start, end));
}

#[test]
fn new_enrolments_last_as_long_as_the_method_says() {
    const MANUAL: Options = &[("default_enrol", "manual")];
    let cases: &[(Options, &str, &str, i64)] = &[
        (&[], "course1;enrol1;enrolperiod1", "BIO1;manual;", NOW + 864_000),
        (&[], "course1;enrol1;enrolperiod1;start1", "BIO1;manual;;1800000000", 1_800_864_000),
        (&[], "course1;enrol1;enrolperiod1", "BIO1;manual;1", NOW + 86_400),
        (&[], "course1;enrol1;enrolperiod1", "BIO1;manual;0", NOW + 864_000),
        (&[], "course1;enrol1;enrolperiod1;end1", "BIO1;manual;;", 0),
        (&[], "course1;enrol1", "BIO1;manual", 0),
        (MANUAL, "course1", "BIO1", NOW + 864_000),
        (MANUAL, "course1;enrol1;end1", "BIO1;;", 0),
    ];
    for (options, columns, cells, end) in cases {
        let mut site = world(facts(), person());
        let method = EnrolInstance { period: 864_000, ..instance(1, BIO, "manual", EnrolStatus::Active, 4) };
        site.courses.load_instances(CourseId(12), vec![EnrolInstance { course: CourseId(12), ..method }]);
        site.courses.load(course(CourseId(12), "LONG"));
        let cells = cells.replace("BIO1", "LONG");
        let (_, again) = both(&mut site, options, columns, &cells);
        let known = site.participants.enrolment(UserId(20), CourseId(12), EnrolId(1)).unwrap();
        assert_eq!(known.end, *end, "{columns} {cells}");
        assert_unchanged(&again);
    }
}

#[test]
fn values_of_sets_that_refuse_a_line() {
    let columns = "course1;enrol1;enroltimestart1;end1;enrolperiod1;enrolstatus1;group1";
    let long = format!("BIO1;manual;;;;;{}", "G".repeat(255));
    let cases = [
        ("BIO1;manual;soon;;;;", Reason::TimeInvalid),
        ("BIO1;manual;2026-02-30;;;;", Reason::TimeInvalid),
        ("BIO1;manual;;soon;;;", Reason::TimeInvalid),
        ("BIO1;manual;;;x;;", Reason::ValueInvalid),
        ("BIO1;manual;;;;2;", Reason::ValueInvalid),
        (long.as_str(), Reason::ValueTooLong),
    ];
    for (cells, reason) in cases {
        let (plan, _) = both(&mut world(facts(), person()), &[], columns, cells);
        assert_eq!((plan.outcome, reasons(&plan)), (Outcome::Failed, vec![reason]), "{cells}");
    }
}

#[test]
fn sets_need_not_be_contiguous() {
    let (plan, _) =
        both(&mut world(facts(), person()), &[], "role7;course7;course3;role3", "student;BIO1;BIO1;teacher");
    assert_eq!(changed(&plan), ["role:BIO1=teacher", "role:BIO1=student"]);
}
