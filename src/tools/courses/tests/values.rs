//! What each column takes and refuses.

use super::*;

#[test]
fn values_of_single_columns() {
    use Reason::{FormatUnknown, TimeInvalid, ValueInvalid, ValueTooLong};
    let flags =
        ["showgrades", "legacyfiles", "showreports", "visible", "visibleold", "coursedisplay", "groupmodeforce"];
    let flags = flags.into_iter().chain(["enablecompletion", "self", "guest"]);
    let mut cases: Vec<(&str, String, Option<Reason>)> = Vec::new();
    for name in flags {
        let values = [("0", None), ("1", None), ("2", Some(ValueInvalid)), ("x", Some(ValueInvalid))];
        cases.extend(values.into_iter().map(|(value, reason)| (name, value.to_owned(), reason)));
    }
    let numbers: [(&str, &[&str], &[&str]); 6] = [
        ("newsitems", &["0", "10", "07"], &["11", "-1", "1e1", "two"]),
        ("marker", &["0", "52"], &["53"]),
        ("maxbytes", &["0", "2000"], &["2001"]),
        ("groupmode", &["0", "2"], &["3"]),
        ("sortorder", &["0", "4294967295"], &["4294967296", "-1"]),
        ("defaultgroupingid", &["0"], &["-1"]),
    ];
    for (name, good, bad) in numbers {
        cases.extend(good.iter().map(|value| (name, (*value).to_owned(), None)));
        cases.extend(bad.iter().map(|value| (name, (*value).to_owned(), Some(ValueInvalid))));
        cases.push((name, "*CLEAR*".to_owned(), Some(ValueInvalid)));
    }
    for name in ["startdate", "timecreated", "timemodified"] {
        cases.extend(
            ["2026-09-01", "1788220800", "@5", "1 September 2026", ""].map(|value| (name, value.to_owned(), None)),
        );
        let bad = ["when the leaves fall", "2026-13-01", "*CLEAR*"];
        cases.extend(bad.map(|value| (name, value.to_owned(), Some(TimeInvalid))));
    }
    for (name, limit) in [("idnumber", 100), ("lang", 30), ("theme", 50), ("topic2", 255)] {
        cases.push((name, "é".repeat(limit), None));
        cases.push((name, "é".repeat(limit + 1), Some(ValueTooLong)));
    }
    cases.push(("summary", "long ".repeat(9000), None));
    cases.push(("format", "tiles".to_owned(), None));
    cases.push(("format", "origami".to_owned(), Some(FormatUnknown)));
    cases.push(("category", "*CLEAR*".to_owned(), Some(ValueInvalid)));
    for (name, value, reason) in cases {
        let plan = Bench::new("", &format!("shortname;fullname;{name}")).line(&format!("NEW;New;{value}"));
        match reason {
            None => assert_eq!(plan.outcome, Outcome::Created, "{name}={value}: {:?}", plan.problems),
            Some(reason) => {
                assert_refused(&plan, reason, &format!("{name}={value}"));
                assert_eq!(plan.problems[0].column.as_deref(), Some(name));
            }
        }
    }
}

#[test]
fn names() {
    let cases = [
        ("N".repeat(150), "F".repeat(254), None),
        ("N".repeat(151), "F".to_owned(), Some(Reason::ValueTooLong)),
        ("N".to_owned(), "F".repeat(255), Some(Reason::ValueTooLong)),
        ("N".to_owned(), "  ".to_owned(), Some(Reason::ValueMissing)),
        ("N".to_owned(), "*CLEAR*".to_owned(), Some(Reason::ValueMissing)),
        ("*CLEAR*".to_owned(), "F".to_owned(), Some(Reason::CourseIdEmpty)),
    ];
    for (shortname, fullname, reason) in cases {
        let plan = Bench::new("", "shortname;fullname").line(&format!("{shortname};{fullname}"));
        match reason {
            None => assert_eq!(plan.outcome, Outcome::Created),
            Some(reason) => assert_refused(&plan, reason, &shortname),
        }
    }
}

#[test]
fn all_problems_of_a_line_at_once() {
    let header = "shortname;fullname;category;visible;startdate;format;teacher1_account;teacher1_role;teacher2_role";
    let plan = Bench::new("", header).line("NEW;;A//B;2;soon;origami;ana;wizard;teacher");
    let mut found = reasons(&plan);
    found.sort_unstable();
    let mut expected = [
        Reason::ValueMissing,
        Reason::CategoryPathInvalid,
        Reason::ValueInvalid,
        Reason::TimeInvalid,
        Reason::FormatUnknown,
        Reason::RoleUnknown,
        Reason::TeacherMissing,
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(plan.key, "NEW");
    let header = "shortname;fullname;idnumber;category;teacher1_account";
    let plan = Bench::new("", header).line("NEW;New;H1;99;nobody");
    assert_eq!(reasons(&plan), [Reason::IdnumberCollision, Reason::CategoryUnknown, Reason::TeacherUnknown]);
}

#[test]
fn quoted_blanks_mean_nothing_on_creation() {
    let mut bench = Bench::new("", "shortname;fullname;summary;idnumber;lang;theme;visible;category");
    let plan = bench.quoted("NEW;New;;;;;;");
    assert_eq!(plan.outcome, Outcome::Created, "{:?}", plan.problems);
    assert_eq!(bench.course("NEW").fields.text(CourseField::Visible), "");
    assert_eq!(bench.course("NEW").fields.text(CourseField::Idnumber), "");
}

#[test]
fn teachers() {
    use Reason::{EnrolMethodUnavailable, RoleUnknown, TeacherMissing, TeacherUnknown, ValueTooLong};
    let header = "shortname;fullname;teacher1_account;teacher1_role";
    let long = format!("NEW;New;ana;{}", "r".repeat(41));
    let cases = [
        ("NEW;New;nobody;teacher", TeacherUnknown),
        ("NEW;New;99999999;teacher", TeacherUnknown),
        ("NEW;New;99999999999999999999;teacher", TeacherUnknown),
        ("NEW;New;an;teacher", TeacherUnknown),
        ("NEW;New;guest;teacher", TeacherUnknown),
        ("NEW;New;1;teacher", TeacherUnknown),
        ("NEW;New;;teacher", TeacherMissing),
        ("NEW;New;ana;wizard", RoleUnknown),
        (&*long, ValueTooLong),
    ];
    for (line, reason) in cases {
        assert_refused(&Bench::new("", header).line(line), reason, line);
    }
    let weekly = Bench::new("force_update=true", header).line("WEEK-1;Weekly;ana;");
    assert_refused(&weekly, EnrolMethodUnavailable, "the manual method is disabled in the course");
    let mut closed = facts();
    closed.config.insert("enrol_plugins_enabled".to_owned(), "self".to_owned());
    let mut bench = Bench::new("", header);
    bench.world.facts = Arc::new(closed);
    assert_refused(&bench.line("NEW;New;ana;"), EnrolMethodUnavailable, "no manual enrolment on the site");
}
