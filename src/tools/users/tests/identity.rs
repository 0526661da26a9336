//! Which account a line is about: finding, adopting, renaming, reviving, protecting, and every collision.

use super::*;
use crate::model::{Operation, Severity};

const HEADER: &str = "username;firstname;lastname;email;idnumber;oldusername;suspended;deleted;id";

fn people() -> World {
    world(
        facts(),
        vec![
            user(20, "paavo", "T1", "paavo@ex.test"),
            user(21, "hanna", "T2", "hanna@ex.test"),
            user(22, "fresh", "", ""),
            user(23, "twin.a", "TT", "twin@ex.test"),
            user(24, "twin.b", "TT", "twin@ex.test"),
        ],
    )
}

type Options = &'static [(&'static str, &'static str)];
const RENAME: Options = &[("allow_rename", "1")];
const BY_NAME: Options = &[("identifier", "username")];
const BY_NAME_RENAME: Options = &[("identifier", "username"), ("allow_rename", "1")];
const BY_EMAIL: Options = &[("identifier", "email")];
const BY_ID: Options = &[("identifier", "id")];

#[test]
fn refusals() {
    use Reason::*;
    let cases: &[(Options, &str, Reason)] = &[
        // The identifier has another user name, with and without an account of that name.
        (&[], "quirin;Awa;Koné;;T1;;;;", UsernameCollision),
        (&[], "hanna;Awa;Koné;;T1;;;;", UsernameCollision),
        (RENAME, "hanna;Awa;Koné;;T1;;;;", UsernameCollision),
        // The user name has another identifier.
        (&[], "hanna;Awa;Koné;;T9;;;;", UsernameCollision),
        (BY_EMAIL, "hanna;Awa;Koné;other@ex.test;;;;;", UsernameCollision),
        (BY_ID, "hanna;Awa;Koné;;;;;;20", UsernameCollision),
        (BY_ID, "quirin;Awa;Koné;;;;;;99", UserUnknown),
        (&[], "quirin;Awa;Koné;;TT;;;;", UserAmbiguous),
        (BY_EMAIL, "quirin;Awa;Koné;TWIN@ex.test;;;;;", UserAmbiguous),
        // Renaming.
        (BY_NAME, "quirin;Awa;Koné;;;hanna;;;", RenameNotAllowed),
        (BY_NAME_RENAME, "paavo;Awa;Koné;;;hanna;;;", RenameTargetExists),
        (BY_NAME_RENAME, "quirin;Awa;Koné;;;gone;;;", RenameSourceMissing),
        (RENAME, "quirin;Awa;Koné;;T1;hanna;;;", IdnumberCollision),
        (RENAME, "quirin;Awa;Koné;;T9;hanna;;;", UsernameCollision),
        (&[("identifier", "email"), ("allow_rename", "1")], "q;A;K;paavo@ex.test;;hanna;;;", EmailCollision),
        // E-mail of another account, on create, update and rename.
        (&[], "quirin;Awa;Koné;PAAVO@ex.test;T9;;;;", EmailCollision),
        (&[], "fresh;Awa;Koné;paavo@ex.test;;;;;", EmailCollision),
        (&[("protect_emails", "0")], "hanna;Awa;Koné;paavo@ex.test;T2;;;;", EmailCollision),
        // Guest and administrators.
        (BY_NAME, "guest;Awa;Koné;;;;;;", AccountProtected),
        (BY_NAME, "guest;;;;;;;1;", AccountProtected),
        (BY_NAME, "root;;;;;;;1;", AccountProtected),
        (BY_NAME, "root;Awa;Koné;;;;1;;", AccountProtected),
        (BY_NAME_RENAME, "chief;Awa;Koné;;;root;;;", AccountProtected),
        // Deleting never takes a guess.
        (&[], "quirin;;;;T1;;;1;", UsernameCollision),
        (RENAME, "quirin;;;;T1;;;1;", UsernameCollision),
        (&[], "hanna;;;;T9;;;1;", UsernameCollision),
        (&[], ";;;;;;;1;", ValueMissing),
    ];
    for (options, line, reason) in cases {
        let plan = run_one(&mut people(), options, HEADER, line);
        assert_eq!(plan.outcome, Outcome::Failed, "{line}: {plan:?}");
        assert_eq!(reasons(&plan), [*reason], "{line}");
        assert!(plan.changes.is_empty(), "{line}");
    }
}

#[test]
fn what_goes_through() {
    let cases: &[(Options, &str, Outcome, &[&str])] = &[
        (&[], "paavo;Awa;Koné;;T1;;;;", Outcome::Unchanged, &[]),
        (&[], "PAAVO;Awa;Koné;paavo@ex.test;T1;;;;", Outcome::Unchanged, &[]),
        (&[], "paavo;Awa;Koné;;;;;;", Outcome::Unchanged, &[]),
        (RENAME, "quirin;Awa;Koné;;T1;;;;", Outcome::Updated, &["username=quirin"]),
        (RENAME, "quirin;Awa;Koné;;T1;paavo;;;", Outcome::Updated, &["username=quirin"]),
        (RENAME, "quirin;Awa;Koné;;E9;fresh;;;", Outcome::Updated, &["username=quirin", "idnumber=E9"]),
        (RENAME, "quirin;Awa;Koné;;;paavo;;;", Outcome::Updated, &["username=quirin"]),
        // Renaming to the same name asks for nothing, also where renaming is off.
        (&[], "paavo;Awa;Koné;;T1;paavo;;;", Outcome::Unchanged, &[]),
        // An account without identifier gets one.
        (&[], "fresh;Awa;Koné;;E9;;;;", Outcome::Updated, &["idnumber=E9"]),
        (BY_EMAIL, "fresh;Awa;Koné;fresh@ex.test;;;;;", Outcome::Updated, &["email=fresh@ex.test"]),
        (BY_EMAIL, "paavo;Awa;Koné;PAAVO@ex.test;;;;;", Outcome::Unchanged, &[]),
        (BY_ID, "paavo;Awa;Koné;;;;;;20", Outcome::Unchanged, &[]),
        (BY_ID, "paavo;Awa;Koné;;;;;;", Outcome::Unchanged, &[]),
        // An administrator may be updated.
        (BY_NAME, "root;Awa;Diop;;;;0;0;", Outcome::Updated, &["lastname=Diop"]),
        (&[], "paavo;Awa;Koné;;T1;;1;;", Outcome::Suspended, &["suspended=1"]),
        (&[], "paavo;;;;T1;;;yes;", Outcome::Deleted, &["deleted=1"]),
        (&[], ";;;;T1;;;true;", Outcome::Deleted, &["deleted=1"]),
        (&[], "paavo;Awa;Koné;;T1;;;0;", Outcome::Unchanged, &[]),
    ];
    for (options, line, outcome, fields) in cases {
        let mut world = people();
        let plan = run_one(&mut world, options, HEADER, line);
        assert_eq!(plan.outcome, *outcome, "{line}: {plan:?}");
        assert_eq!(changed(&plan), *fields, "{line}");
        let again = run_one(&mut world, options, HEADER, line);
        assert_unchanged(&again);
    }
}

#[test]
fn suspended_users_come_back() {
    let mut world = people();
    run_one(&mut world, &[], HEADER, "paavo;Awa;Koné;;T1;;1;;");
    assert_unchanged(&run_one(&mut world, &[], HEADER, "paavo;Awa;Koné;;T1;;;;"));
    let plan = run_one(&mut world, &[], HEADER, "paavo;Awa;Koné;;T1;;0;;");
    assert_eq!((plan.outcome, plan.operation), (Outcome::Restored, Operation::Restore));
}

#[test]
fn a_shared_idnumber_is_a_warning_where_it_identifies_nobody() {
    let plan = run_one(&mut people(), BY_NAME, HEADER, "quirin;Awa;Koné;;T1;;;;");
    assert_eq!((plan.outcome, reasons(&plan)), (Outcome::Created, vec![Reason::IdnumberCollision]));
    assert_eq!(plan.problems[0].severity, Severity::Warning);
}

#[test]
fn stored_addresses() {
    let cases: &[(&str, &str, &[&str], &[Reason])] = &[
        ("1", "paavo;Awa;Koné;new@ex.test;T1;;;;", &[], &[Reason::EmailProtected]),
        ("1", "paavo;Awa;Koné;Paavo@ex.test;T1;;;;", &[], &[]),
        ("1", "paavo;Awa;Koné;*CLEAR*;T1;;;;", &[], &[Reason::EmailProtected]),
        // Kept anyway, so it collides with nothing.
        ("1", "paavo;Awa;Koné;hanna@ex.test;T1;;;;", &[], &[Reason::EmailProtected]),
        ("1", "fresh;Awa;Koné;new@ex.test;;;;;", &["email=new@ex.test"], &[]),
        ("0", "paavo;Awa;Koné;new@ex.test;T1;;;;", &["email=new@ex.test"], &[]),
        ("0", "paavo;Awa;Koné;;T1;;;;", &[], &[]),
        ("0", "paavo;Awa;Koné;*CLEAR*;T1;;;;", &["email="], &[]),
    ];
    for (protect, line, fields, problems) in cases {
        let options = [("protect_emails", *protect)];
        let plan = run_one(&mut people(), &options, HEADER, line);
        assert_eq!(changed(&plan), *fields, "{line}");
        assert_eq!(reasons(&plan), *problems, "{line}");
    }
}

#[test]
fn the_right_deleted_account_comes_back() {
    let candidates = || {
        vec![
            deleted(30, "gone", "gone@ex.test.1700000000", 5),
            deleted(31, "gone", "other@ex.test.1700000000", 9),
            deleted(32, "lost", "lost.32@unknownemail.invalid.1700000000", 9),
        ]
    };
    let cases: &[(&str, Option<i64>, &[&str])] = &[
        ("gone;Awa;Koné;gone@ex.test;;;;;", Some(30), &["deleted=0", "username=gone", "email=gone@ex.test"]),
        ("gone;Awa;Koné;;E9;;;;", Some(31), &["deleted=0", "username=gone", "email=other@ex.test", "idnumber=E9"]),
        ("lost;Awa;Koné;;;;1;;", Some(32), &["deleted=0", "username=lost", "email=", "suspended=1"]),
        ("gone;;;;;;;1;", None, &[]),
    ];
    for (line, expected, fields) in cases {
        let mut world = world(facts(), candidates());
        let plan = run_one(&mut world, &[], HEADER, line);
        assert_eq!(plan.subject.map(|subject| subject.id()), *expected, "{line}");
        assert_eq!(changed(&plan), *fields, "{line}");
        let outcome = if expected.is_some() { Outcome::Restored } else { Outcome::Unchanged };
        assert_eq!(plan.outcome, outcome);
    }
    let options = [("revive", "0")];
    let plan = run_one(&mut world(facts(), candidates()), &options, HEADER, "gone;Awa;Koné;;;;;;");
    assert_eq!(plan.outcome, Outcome::Created);
    // The former address now belongs to somebody else: it gives way, unless the line asks for it.
    let mut taken = candidates();
    taken.push(user(40, "heir", "", "other@ex.test"));
    let plan = run_one(&mut world(facts(), taken.clone()), &[], HEADER, "gone;Awa;Koné;;;;;;");
    assert_eq!(changed(&plan)[2], "email=");
    let plan = run_one(&mut world(facts(), taken), &[], HEADER, "gone;Awa;Koné;other@ex.test;;;;;");
    assert_eq!(reasons(&plan), [Reason::EmailCollision]);
}

#[test]
fn a_line_sees_what_earlier_lines_did() {
    let mut world = world(facts(), vec![]);
    let lines = ["a;A;A;x@e.t;E1;;;;", "b;B;B;X@e.t;E2;;;;", "a;A;A;;E1;;1;;", "a;;;;E1;;;1;", "a;A;A;;E1;;;;"];
    let outcomes: Vec<_> = run(&mut world, &[], HEADER, &lines).iter().map(|plan| plan.outcome).collect();
    use Outcome::{Created, Deleted, Failed, Restored, Suspended};
    assert_eq!(outcomes, [Created, Failed, Suspended, Deleted, Restored]);
}

#[test]
fn look_ups_ask_for_what_planning_needs() {
    let asked = lookups(facts(), RENAME, HEADER, &["A;A;A;X@e.t;E1;old;;;", "b;;;;E2;;;1;"]);
    let texts = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>();
    assert_eq!(texts(&asked.users.usernames), ["a", "b", "old"]);
    assert_eq!(texts(&asked.users.idnumbers), ["E1", "E2"]);
    assert_eq!(texts(&asked.users.emails), ["x@e.t"]);
    assert_eq!(texts(&asked.users.deleted_username_md5s), [crate::site::password::md5_hex("a")]);
    use UserField::*;
    assert_eq!(asked.users.fields, [Firstname, Lastname, Idnumber, Email, Suspended].into());
    assert!(!asked.participation && !asked.passwords && asked.preferences.is_empty());
    let asked = lookups(facts(), BY_ID, "username;firstname;lastname;id;course1;password", &["a;A;A;7;C;s"]);
    assert_eq!(asked.users.ids, [7].into());
    assert!(asked.participation && asked.passwords && !asked.preferences.is_empty());
    assert_eq!(texts(&asked.courses.shortnames), ["C"]);
}
