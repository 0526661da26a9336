//! Lists over a small site made by hand. Plans record themselves in the world, so that a list run a second time shows
//! what a second run would do.

use super::*;
use crate::model::Severity;
use crate::site::world::{Password, User};

const GUEST: UserId = UserId(1);
const ADMIN: UserId = UserId(2);

fn user(id: i64, username: &str, idnumber: &str, suspended: &str) -> User {
    let values = [
        (UserField::Username, username.to_owned()),
        (UserField::Idnumber, idnumber.to_owned()),
        (UserField::Email, format!("{username}@ex.test")),
        (UserField::Suspended, suspended.to_owned()),
    ];
    User {
        id: UserId(id),
        deleted: false,
        fields: values.into_iter().collect(),
        password: Password::Unknown,
        time_modified: 0,
    }
}

/// Ann is active, Bob suspended, two have the same idnumber.
fn site() -> World {
    let facts = SiteFacts { guest: Some(GUEST), admins: [ADMIN].into(), ..SiteFacts::default() };
    let mut world = World::new(Arc::new(facts), 1000);
    let people = [
        user(1, "guest", "G", "0"),
        user(2, "root", "R", "0"),
        user(3, "ann", "E1", "0"),
        user(4, "bob", "E2", "1"),
        user(5, "twin.a", "TT", "0"),
        user(6, "twin.b", "TT", "0"),
    ];
    people.into_iter().for_each(|user| world.users.load(user));
    world
}

fn try_bind(tool: &UserListTool, world: &World, key: &str, header: &[&str]) -> Result<BoundTool, Vec<Problem>> {
    let given = [("identifier".to_owned(), key.to_owned())].into();
    let options = ToolOptions::check(tool.descriptor().options, &given).unwrap();
    let header = BoundHeader::of(tool.descriptor, header);
    tool.configure(&options).unwrap_or_else(|_| panic!("options")).bind(header, Arc::clone(&world.facts))
}

/// Runs lines over a site; a line is its first cell.
fn run(tool: &UserListTool, world: &mut World, key: &str, keys: &[&str]) -> Vec<LinePlan> {
    let lines = (2..).zip(keys).map(|(number, value)| Line::of(number, &[value, "x"])).collect();
    let bound = try_bind(tool, world, key, &[key, "firstname"]).unwrap_or_else(|problems| panic!("{problems:?}"));
    let parsed = bound.job.parse(lines);
    (0..parsed.len()).map(|index| parsed.plan(index, world)).collect()
}

#[test]
fn accounts_are_deleted_suspended_and_restored() {
    use Outcome::{Deleted, Restored, Suspended, Unchanged};
    let cases = [
        (&DELETE, "idnumber", "E1", Deleted),
        (&DELETE, "idnumber", "E2", Deleted),
        (&DELETE, "username", " Ann ", Deleted),
        (&DELETE, "email", "ANN@ex.test", Deleted),
        (&DELETE, "id", "4", Deleted),
        (&SUSPEND, "idnumber", "E1", Suspended),
        (&SUSPEND, "idnumber", "E2", Unchanged),
        (&RESTORE, "idnumber", "E1", Unchanged),
        (&RESTORE, "idnumber", "E2", Restored),
        (&RESTORE, "username", "root", Unchanged),
    ];
    for (tool, key, value, outcome) in cases {
        let mut world = site();
        let plan = run(tool, &mut world, key, &[value]).remove(0);
        assert_eq!((plan.outcome, plan.problems.len()), (outcome, 0), "{key} {value}: {plan:?}");
        assert_eq!(plan.changes.is_empty(), outcome == Unchanged, "{plan:?}");
        let again = run(tool, &mut world, key, &[value]).remove(0);
        assert!(again.outcome == Unchanged && again.changes.is_empty(), "{again:?}");
    }
}

#[test]
fn lines_that_are_refused() {
    use Reason::{AccountProtected, UserAmbiguous, UserIdEmpty, UserUnknown, ValueInvalid};
    let cases = [
        (&DELETE, "idnumber", "", UserIdEmpty),
        (&SUSPEND, "username", "  ", UserIdEmpty),
        (&DELETE, "id", "x", ValueInvalid),
        (&RESTORE, "id", "0", ValueInvalid),
        (&DELETE, "idnumber", "TT", UserAmbiguous),
        (&SUSPEND, "idnumber", "TT", UserAmbiguous),
        (&SUSPEND, "idnumber", "E9", UserUnknown),
        (&RESTORE, "username", "nobody", UserUnknown),
        (&DELETE, "username", "guest", AccountProtected),
        (&DELETE, "username", "root", AccountProtected),
        (&SUSPEND, "username", "root", AccountProtected),
    ];
    for (tool, key, value, reason) in cases {
        let plan = run(tool, &mut site(), key, &[value]).remove(0);
        assert_eq!(plan.outcome, Outcome::Failed, "{key} {value}: {plan:?}");
        let told: Vec<_> = plan.problems.iter().map(|problem| (problem.reason, problem.column.as_deref())).collect();
        assert_eq!(told, [(reason, Some(key))]);
        assert!(plan.changes.is_empty());
    }
}

#[test]
fn deleting_nobody_is_only_noticed() {
    let plan = run(&DELETE, &mut site(), "idnumber", &["E9"]).remove(0);
    assert_eq!(plan.outcome, Outcome::Unchanged);
    assert_eq!((plan.problems[0].reason, plan.problems[0].severity), (Reason::DeleteMissing, Severity::Notice));
}

#[test]
fn a_later_line_sees_what_an_earlier_one_did() {
    let outcomes = |tool, keys: &[&str]| -> Vec<_> {
        run(tool, &mut site(), "idnumber", keys).iter().map(|plan| plan.outcome).collect()
    };
    assert_eq!(outcomes(&SUSPEND, &["E1", "E9", "E1"]), [Outcome::Suspended, Outcome::Failed, Outcome::Unchanged]);
    assert_eq!(outcomes(&DELETE, &["E1", "E1"]), [Outcome::Deleted, Outcome::Unchanged]);
}

#[test]
fn the_column_of_the_identifier_must_be_there() {
    let problems = try_bind(&SUSPEND, &site(), "email", &["username", "idnumber"]).err().unwrap();
    assert_eq!((problems[0].reason, problems[0].column.as_deref()), (Reason::ColumnMissing, Some("email")));
}

#[test]
fn only_what_identifies_is_looked_up() {
    let bound = try_bind(&SUSPEND, &site(), "username", &["username", "idnumber"]).ok().unwrap();
    let lookups = bound.job.parse(vec![Line::of(2, &["Ann", "E1"])]).lookups();
    assert_eq!(lookups.users.usernames, ["ann".to_owned()].into());
    assert!(lookups.users.idnumbers.is_empty());
}
