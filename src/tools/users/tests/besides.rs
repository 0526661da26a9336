//! What an account has besides: roles above courses, interests, an editor.

use super::*;
use crate::model::CategoryId;
use crate::site::world::{Category, RoleAssignment};
use crate::site::{Owner, RolePlace};

const ANN: UserId = UserId(20);

/// Ann is a manager of the site by hand; a plug-in made her a teacher in Arts. Two categories share an idnumber.
fn site() -> World {
    let mut site = world(facts(), vec![user(ANN.0, "a", "", "")]);
    for (id, name, idnumber) in [(7, "Sciences", "SCI"), (8, "Arts", "ART"), (9, "One", "TWIN"), (10, "Two", "TWIN")] {
        let (id, parent, idnumber) = (CategoryId(id), CategoryId(0), Some(idnumber.to_owned()));
        site.courses.load_category(Category { id, parent, name: name.to_owned(), idnumber, visible: true });
    }
    let given = [
        (RolePlace::Site, RoleId(1), Owner::manual()),
        (RolePlace::Category(CategoryId(8)), RoleId(4), Owner::component("local_x")),
    ];
    for (place, role, owner) in given {
        site.roles_above.load(ANN, place, |roles| roles.push(RoleAssignment { role, owner }));
    }
    site.interests.load(ANN, (), |interests| *interests = vec!["Chess".to_owned(), "Tea".to_owned()]);
    site.users.load_preference(ANN, "htmleditor", "atto".to_owned());
    site
}

/// Columns, cells, fields changed, reasons told.
type Case = (&'static str, &'static str, &'static [&'static str], &'static [Reason]);

#[track_caller]
fn check(cases: &[Case], part_of_line: bool) {
    for (columns, cells, fields, problems) in cases {
        let mut site = site();
        let (header, line) = (format!("{NAMES};{columns}"), format!("a;Awa;Koné;{cells}"));
        let plan = run_one(&mut site, &[], &header, &line);
        assert_eq!(
            (changed(&plan), reasons(&plan)),
            (fields.iter().map(|f| (*f).to_owned()).collect(), problems.to_vec()),
            "{cells}"
        );
        let outcome = match (fields.is_empty(), problems.is_empty() || part_of_line) {
            (false, _) => Outcome::Updated,
            (true, true) => Outcome::Unchanged,
            (true, false) => Outcome::Failed,
        };
        assert_eq!(fate(&plan), (outcome, part_of_line && !problems.is_empty()), "{cells}");
        assert!(plan.problems.iter().all(|problem| problem.column.is_some()), "{plan:?}");
        assert!(run_one(&mut site, &[], &header, &line).changes.is_empty(), "{cells} again");
    }
}

#[test]
fn roles_above_courses() {
    use Reason::*;
    let cases: &[Case] = &[
        ("sysrole1", "", &[], &[]),
        ("sysrole1", "manager", &[], &[]),
        ("sysrole1", "-manager", &["role:site="], &[]),
        ("sysrole1", "- manager", &["role:site="], &[]),
        ("sysrole1", "student", &[], &[RoleInvalid]),
        ("sysrole1", "wizard", &[], &[RoleUnknown]),
        ("category1;categoryrole1", "SCI;manager", &["role:Sciences=manager"], &[]),
        ("category1;categoryrole1", "SCI;-manager", &[], &[]),
        ("category2;categoryrole2;sysrole9", "SCI;teacher;-manager", &["role:site=", "role:Sciences=teacher"], &[]),
        // Hers already, and not to be taken from the plug-in that gave it.
        ("category1;categoryrole1", "ART;teacher", &[], &[]),
        ("category1;categoryrole1", "ART;-teacher", &[], &[]),
        ("category1;categoryrole1", ";", &[], &[]),
        ("category1;categoryrole1", "SCI;", &[], &[RoleMissing]),
        ("category1;categoryrole1", ";manager", &[], &[ValueMissing]),
        ("category1;categoryrole1", "SCI;student", &[], &[RoleInvalid]),
        ("category1;categoryrole1", "NOPE;manager", &[], &[CategoryUnknown]),
        ("category1;categoryrole1", "TWIN;manager", &[], &[CategoryAmbiguous]),
    ];
    check(cases, true);
}

#[test]
fn a_category_without_its_role_has_no_effect() {
    for (columns, ignored) in [("category1", "category1"), ("categoryrole2;category1;categoryrole1", "categoryrole2")] {
        let bound = bind(&Arc::new(facts()), &[], &format!("{NAMES};{columns}"));
        let notices: Vec<_> = bound.notices.iter().map(|notice| (notice.reason, notice.column.as_deref())).collect();
        assert_eq!(notices, [(Reason::ColumnIgnored, Some(ignored))], "{columns}");
    }
}

#[test]
fn a_role_above_a_course_lets_into_its_groups() {
    for columns in ["sysrole1;course1;enrol1;group1", "category1;categoryrole1;course1;enrol1;group1"] {
        let mut site = world(facts(), vec![user(ANN.0, "a", "", "")]);
        let sciences = (CategoryId(1), CategoryId(0), Some("SCI".to_owned()));
        let (id, parent, idnumber) = sciences;
        site.courses.load_category(Category { id, parent, name: "Sciences".to_owned(), idnumber, visible: true });
        assert!(!site.has_role_above(ANN, BIO));
        let role = if columns.starts_with("sys") { "manager" } else { "SCI;manager" };
        let line = format!("a;Awa;Koné;{role};BIO1;manual;G");
        let plan = run_one(&mut site, &[], &format!("{NAMES};{columns}"), &line);
        assert_eq!((fate(&plan), reasons(&plan)), ((Outcome::Updated, false), vec![]), "{columns}");
        assert!(site.has_role_above(ANN, BIO), "{columns}");
    }
}

#[test]
fn interests() {
    let cases: &[Case] = &[
        ("interests", "", &[], &[]),
        ("interests", "chess, Tea", &[], &[]),
        ("interests", "Tea, Chess", &["interests=Tea, Chess"], &[]),
        ("interests", " Sea   birds,,tea,Tea ", &["interests=Sea birds, tea"], &[]),
        ("interests", "*CLEAR*", &["interests="], &[]),
        ("interests", "a<b>", &[], &[Reason::ValueInvalid]),
        ("interests", "123456789 123456789 123456789 123456789 123456789 1", &[], &[Reason::ValueTooLong]),
    ];
    check(cases, false);
}

#[test]
fn no_interests_where_the_site_keeps_no_tags() {
    let mut facts = facts();
    set(&mut facts, &[("usetags", "0")]);
    let header = format!("{NAMES};interests");
    let bound = bind(&Arc::new(facts.clone()), &[], &header);
    assert_eq!(bound.notices.iter().map(|notice| notice.reason).collect::<Vec<_>>(), [Reason::ColumnIgnored]);
    assert!(!lookups(facts, &[], &header, &["a;A;B;tea"]).interests);
}

#[test]
fn editors() {
    let cases: &[Case] = &[
        ("htmleditor", "", &[], &[]),
        ("htmleditor", "atto", &[], &[]),
        ("htmleditor", "0", &["preference:htmleditor=textarea"], &[]),
        ("htmleditor", "tiny", &["preference:htmleditor=tiny"], &[]),
        ("htmleditor", "1", &["preference:htmleditor="], &[]),
        ("htmleditor", "*CLEAR*", &["preference:htmleditor="], &[]),
        ("htmleditor", "My editor", &[], &[Reason::ValueInvalid]),
    ];
    check(cases, false);
}

#[test]
fn only_what_a_line_gives_is_looked_up() {
    let header = format!("{NAMES};sysrole1;category1;categoryrole1;interests;htmleditor");
    let asked = lookups(facts(), &[], &header, &["a;A;B;;;;;"]);
    assert!(!asked.roles_above && !asked.categories && !asked.interests && asked.preferences.is_empty());
    let asked = lookups(facts(), &[], &header, &["a;A;B;manager;SCI;manager;tea;atto"]);
    assert!(asked.roles_above && asked.categories && asked.interests);
    assert_eq!(asked.preferences, ["htmleditor"].into());
}
