//! Lists of deleted accounts to bring back.

use super::*;
use crate::tools::users::ReviveUsersTool;
use crate::tools::users::revive::DESCRIPTOR as REVIVAL;

fn revive(world: &mut World, header: &str, line: &str) -> LinePlan {
    let header = BoundHeader::of(&REVIVAL, &header.split(';').collect::<Vec<_>>());
    let configured = ReviveUsersTool.configure(&ToolOptions::default()).unwrap_or_else(|_| panic!("options"));
    let bound = configured.bind(header, Arc::clone(&world.facts)).unwrap_or_else(|problems| panic!("{problems:?}"));
    bound.job.parse(vec![Line::of(2, &line.split(';').collect::<Vec<_>>())]).plan(0, world)
}

fn people() -> World {
    world(
        facts(),
        vec![
            user(20, "paavo", "T1", "paavo@ex.test"),
            deleted(30, "gone", "gone@ex.test.1700000000", 5),
            deleted(31, "taken", "paavo@ex.test.1700000000", 5),
            deleted(32, "paavo", "old@ex.test.1600000000", 5),
        ],
    )
}

#[test]
fn deleted_accounts_come_back() {
    let cases = [
        ("username", "gone", vec!["username=gone", "email=gone@ex.test"]),
        ("username;idnumber", "gone;E7", vec!["username=gone", "email=gone@ex.test", "idnumber=E7"]),
        ("username;email", "gone;new@ex.test", vec!["username=gone", "email=new@ex.test"]),
        ("username;firstname;lastname", "GONE;;Other", vec!["username=gone", "email=gone@ex.test", "lastname=Other"]),
        // Somebody else has the former address by now.
        ("username", "taken", vec!["username=taken", "email="]),
    ];
    for (header, line, expected) in cases {
        let mut world = people();
        let plan = revive(&mut world, header, line);
        assert_eq!((plan.outcome, plan.problems.len()), (Outcome::Restored, 0), "{line}: {plan:?}");
        let told: Vec<String> = changed(&plan).into_iter().skip(1).collect();
        assert_eq!(told, expected, "{line}");
        assert_unchanged(&revive(&mut world, header, line));
    }
}

#[test]
fn an_account_that_exists_stays_as_it_is() {
    assert_unchanged(&revive(&mut people(), "username;lastname", "paavo;Other"));
}

#[test]
fn lines_that_bring_nobody_back() {
    use Reason::{EmailCollision, UserUnknown, ValueInvalid, ValueMissing};
    let cases = [
        ("nobody;", UserUnknown, "username"),
        (";x@ex.test", ValueMissing, "username"),
        ("no body;", ValueInvalid, "username"),
        ("gone;paavo@ex.test", EmailCollision, "email"),
        ("gone;nonsense", ValueInvalid, "email"),
    ];
    for (line, reason, column) in cases {
        let plan = revive(&mut people(), "username;email", line);
        assert_eq!(plan.outcome, Outcome::Failed, "{line}: {plan:?}");
        assert_eq!(plan.operation, crate::model::Operation::Restore, "{line}");
        let told: Vec<_> = plan.problems.iter().map(|problem| (problem.reason, problem.column.as_deref())).collect();
        assert_eq!(told, [(reason, Some(column))], "{line}");
    }
}
