//! Values of cells: what is refused, kept, cleared, and what new accounts get.

use super::*;
use crate::model::Severity;

fn with(column: &str) -> String {
    format!("{NAMES};{column}")
}

#[test]
fn values_that_refuse_a_line() {
    use Reason::{ValueInvalid, ValueMissing, ValueTooLong};
    let long = |count: usize| "Q".repeat(count);
    let cases = [
        (NAMES.to_owned(), ";A;B".to_owned(), ValueMissing),
        (NAMES.to_owned(), "a;;B".to_owned(), ValueMissing),
        (NAMES.to_owned(), "a;A; ".to_owned(), ValueMissing),
        (NAMES.to_owned(), "a;A".to_owned(), ValueMissing),
        (NAMES.to_owned(), "a b;A;B".to_owned(), ValueInvalid),
        (NAMES.to_owned(), "quirin.newcömer;A;B".to_owned(), ValueInvalid),
        (NAMES.to_owned(), "*CLEAR*;A;B".to_owned(), ValueInvalid),
        (NAMES.to_owned(), "a;*CLEAR*;B".to_owned(), ValueInvalid),
        (NAMES.to_owned(), "a;<b>A</b>;B".to_owned(), ValueInvalid),
        (NAMES.to_owned(), format!("{};A;B", long(101)), ValueTooLong),
        (NAMES.to_owned(), format!("a;{};B", long(101)), ValueTooLong),
        (with("idnumber"), format!("a;A;B;{}", long(256)), ValueTooLong),
        (with("phone1"), "a;A;B;+32 2 123 45 67 89 01 23".to_owned(), ValueTooLong),
        (with("email"), "a;A;B;nowhere".to_owned(), ValueInvalid),
        (with("auth"), "a;A;B;Manual!".to_owned(), ValueInvalid),
        (with("auth"), "a;A;B;*CLEAR*".to_owned(), ValueInvalid),
        (with("suspended"), "a;A;B;perhaps".to_owned(), ValueInvalid),
        (with("deleted"), "a;A;B;perhaps".to_owned(), ValueInvalid),
        (with("mnethostid"), "a;A;B;77".to_owned(), ValueInvalid),
        (with("mailformat"), "a;A;B;2".to_owned(), ValueInvalid),
        (with("maildisplay"), "a;A;B;3".to_owned(), ValueInvalid),
        (with("maildigest"), "a;A;B;x".to_owned(), ValueInvalid),
        (with("descriptionformat"), "a;A;B;3".to_owned(), ValueInvalid),
        (with("cohort"), format!("a;A;B;{}", long(255)), ValueTooLong),
        (with("cohortid"), format!("a;A;B;{}", long(101)), ValueTooLong),
        (with("password"), "a;A;B;*CLEAR*".to_owned(), ValueInvalid),
        (with("password"), format!("a;A;B;{}", long(129)), ValueTooLong),
    ];
    for (header, line, reason) in cases {
        let plan = run_one(&mut world(facts(), vec![]), &[], &header, &line);
        assert_eq!(plan.outcome, Outcome::Failed, "{line}");
        assert_eq!(reasons(&plan), [reason], "{line}");
    }
    let plan = run_one(&mut world(facts(), vec![]), &[("identifier", "id")], &with("id"), "a;A;B;x1");
    assert_eq!(reasons(&plan), [ValueInvalid]);
}

#[test]
fn all_problems_of_a_line_at_once() {
    let header = "username;firstname;lastname;email;suspended;start1;course1;profile_field_level";
    let plan = run_one(&mut world(facts(), vec![]), &[], header, "a b;;B;nowhere;perhaps;soon;BIO1;L9");
    use Reason::*;
    let expected = [ValueInvalid, ValueMissing, ValueInvalid, ValueInvalid, TimeInvalid, ProfileBadOption];
    assert_eq!(reasons(&plan), expected);
    assert_eq!(plan.key, "a b");
}

#[test]
fn values_that_keep_what_is_stored() {
    for (column, value) in [("country", "Belgium"), ("lang", "français"), ("timezone", "Paris")] {
        let mut person = user(20, "a", "", "");
        person.fields.set(UserField::from_column(column).unwrap(), "xx");
        let plan = run_one(&mut world(facts(), vec![person]), &[], &with(column), &format!("a;Awa;Koné;{value}"));
        assert_unchanged(&plan);
        assert_eq!(reasons(&plan), [Reason::ValueAdjusted]);
        assert_eq!(plan.problems[0].severity, Severity::Warning);
    }
}

#[test]
fn blank_cells_keep_or_clear() {
    let header =
        "username;firstname;lastname;phone1;address;institution;department;description;city;idnumber;auth;lang";
    let names = ["phone1", "address", "institution", "department", "description", "city", "idnumber", "auth", "lang"];
    let mut person = user(20, "a", "", "");
    for name in names {
        person.fields.set(UserField::from_column(name).unwrap(), "x");
    }
    let blank = format!("a;Awa;Koné{}", ";".repeat(names.len()));
    let plan = run_one(&mut world(facts(), vec![person.clone()]), &[], header, &blank);
    let mut cleared = changed(&plan);
    cleared.sort();
    assert_eq!(cleared, ["address=", "department=", "description=", "institution=", "phone1="]);
    // A short line has no cells there: nothing is cleared.
    assert_unchanged(&run_one(&mut world(facts(), vec![person.clone()]), &[], header, "a;Awa;Koné"));
    let marker = "a;Awa;Koné;*CLEAR*;;x;x;x;*CLEAR*;*CLEAR*;;";
    let mut cleared = changed(&run_one(&mut world(facts(), vec![person]), &[], header, marker));
    cleared.sort();
    assert_eq!(cleared, ["address=", "city=", "idnumber=", "phone1="]);
}

#[test]
fn new_accounts_get_the_sites_defaults_and_nothing_that_the_table_fills_in() {
    let mut facts = facts();
    let config = [
        ("defaultcity", "Gent"),
        ("country", "BE"),
        ("lang", "nl"),
        ("timezone", "Europe/Brussels"),
        ("defaultpreference_maildisplay", "1"),
        ("defaultpreference_mailformat", "1"),
    ];
    set(&mut facts, &config);
    let texts = |plan: &LinePlan| -> Vec<String> {
        created(plan).into_iter().map(|(field, value)| format!("{}={value}", field.column())).collect()
    };
    let plan = run_one(&mut world(facts.clone(), vec![]), &[], NAMES, "a;A;B");
    let expected = ["username=a", "firstname=A", "lastname=B", "city=Gent", "country=BE", "lang=nl", "maildisplay=1"];
    assert_eq!(texts(&plan), expected);
    let header = format!("{NAMES};auth;suspended;city;country;lang;maildisplay;timezone;mailformat");
    let mut site = world(facts.clone(), vec![]);
    let line = "a;A;B;manual;1;Luik;fr;en;2;99;yes";
    assert_eq!(run_one(&mut site, &[], &header, line).outcome, Outcome::Failed);
    let line = "a;A;B;manual;1;Luik;fr;en;2;99;1";
    let plan = run_one(&mut site, &[], &header, line);
    assert_eq!(texts(&plan), ["username=a", "firstname=A", "lastname=B", "suspended=1", "city=Luik", "country=FR"]);
    assert_unchanged(&run_one(&mut site, &[], &header, line));
    set(&mut facts, &[("country", "0")]);
    let plan = run_one(&mut world(facts, vec![]), &[], NAMES, "a;A;B");
    assert!(!texts(&plan).iter().any(|text| text.starts_with("country")));
}

#[test]
fn extended_user_names() {
    let mut facts = facts();
    set(&mut facts, &[("extendedusernamechars", "1")]);
    let plan = run_one(&mut world(facts.clone(), vec![]), &[], NAMES, "Zoë+1;A;B");
    assert_eq!((plan.outcome, plan.key.as_str()), (Outcome::Created, "zoë+1"));
    assert_eq!(run_one(&mut world(facts, vec![]), &[], NAMES, "zoë x;A;B").outcome, Outcome::Failed);
}

#[test]
fn notices_of_a_header() {
    let header = "username;firstname;lastname;id;group2;profile_field_nope;profile_field_Campus;icq;url";
    let notices = bind(&Arc::new(facts()), &[], header).notices;
    let told: Vec<_> = notices.iter().map(|n| (n.reason, n.severity, n.column.as_deref().unwrap_or(""))).collect();
    use Reason::{ColumnIgnored, ProfileFieldUnknown};
    let expected = [
        (ColumnIgnored, Severity::Notice, "id"),
        (ProfileFieldUnknown, Severity::Warning, "profile_field_nope"),
        (ProfileFieldUnknown, Severity::Warning, "url"),
        (ColumnIgnored, Severity::Notice, "group2"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn options_are_checked() {
    let bad = [("identifier".to_owned(), "shoe".to_owned())].into();
    assert!(ToolOptions::check(DESCRIPTOR.options, &bad).is_err());
}
