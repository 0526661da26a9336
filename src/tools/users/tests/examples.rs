//! The worked examples: a first load with enrolments, the life cycle of accounts, and adding to existing accounts.

use super::*;
use crate::model::Operation;

const LOAD: &str =
    "username;firstname;lastname;email;idnumber;cohort;cohortid;course1;enrol1;role1;group1;profile_field_campus";
const LOAD_LINES: [&str; 4] = [
    "a.kone;Awa;Koné;awa.kone@ex.test;E100;L1 Bio;L1B;BIO1;manual;student;TD A;Nord",
    "B.Roy;Bob;Roy;;E101;L1 Bio;L1B;BIO1;manual;;;",
    "c.diaz;;Diaz;c.diaz@ex.test;E102;;;;;;;",
    "d.yu;Dan;Yu;d.yu@ex.test;E103;;;NOPE;manual;student;;",
];

#[test]
fn create_and_enrol_then_nothing_to_do() {
    let options = [("identifier", "username")];
    let mut world = world(facts(), vec![]);
    let plans = run(&mut world, &options, LOAD, &LOAD_LINES);
    let expected = [
        (Outcome::Created, false, vec![]),
        (Outcome::Created, false, vec![]),
        (Outcome::Failed, false, vec![Reason::ValueMissing]),
        (Outcome::Created, true, vec![Reason::CourseUnknown]),
    ];
    for (plan, (outcome, partial, problems)) in plans.iter().zip(expected) {
        assert_eq!((plan.outcome, plan.completeness == Completeness::Partial), (outcome, partial), "{plan:?}");
        assert_eq!(reasons(plan), problems);
    }
    assert_eq!(plans[1].key, "b.roy");
    let first = changed(&plans[0]);
    for wanted in [
        "username=a.kone",
        "profile_field_campus=Nord",
        "cohort:new=L1 Bio",
        "cohort=L1 Bio",
        "enrolment:BIO1=active",
        "role:BIO1=student",
        "group:new:BIO1=TD A",
        "group:BIO1=TD A",
    ] {
        assert!(first.iter().any(|change| change == wanted), "{wanted} in {first:?}");
    }
    let second = changed(&plans[1]);
    // The role of the method, not always student.
    assert!(second.contains(&"role:BIO1=teacher".to_owned()), "{second:?}");
    assert!(!second.iter().any(|change| change.starts_with("cohort:new") || change.starts_with("email")));

    let again = run(&mut world, &options, LOAD, &LOAD_LINES);
    assert_unchanged(&again[0]);
    assert_unchanged(&again[1]);
    assert_eq!(again[2].outcome, Outcome::Failed);
    assert_eq!(fate(&again[3]), (Outcome::Unchanged, true));
}

const CYCLE: &str = "username;firstname;lastname;email;oldusername;suspended;deleted";
const CYCLE_LINES: [&str; 7] = [
    "a.kone;Awa;Koné-Diop;new@ex.test;;;",
    "b.roy;Awa;Koné;bob@ex.test;;1;0",
    "new.name;Awa;Koné;;old.name;;",
    "gone;Guy;One;gone@ex.test;;;",
    "root;R;Oot;;;;1",
    "nobody;No;Body;;;;1",
    "x.y;Xi;Yu;AWA.kone@ex.test;;;",
];

fn cycle_world(facts: SiteFacts) -> World {
    let gone = deleted(23, "gone", "gone@ex.test.1700000000", 5);
    let users = vec![
        user(20, "a.kone", "", "awa.kone@ex.test"),
        user(21, "b.roy", "", ""),
        user(22, "old.name", "", "old@ex.test"),
        gone,
    ];
    world(facts, users)
}

#[test]
fn life_cycle() {
    let options = [("identifier", "username"), ("allow_rename", "1")];
    let mut world = cycle_world(facts());
    let plans = run(&mut world, &options, CYCLE, &CYCLE_LINES);
    let expected = [
        (Outcome::Updated, Operation::Update, vec![Reason::EmailProtected]),
        (Outcome::Suspended, Operation::Suspend, vec![]),
        (Outcome::Updated, Operation::Rename, vec![]),
        (Outcome::Restored, Operation::Restore, vec![]),
        (Outcome::Failed, Operation::Delete, vec![Reason::AccountProtected]),
        (Outcome::Unchanged, Operation::Delete, vec![Reason::DeleteMissing]),
        (Outcome::Failed, Operation::Create, vec![Reason::EmailCollision]),
    ];
    for (plan, (outcome, operation, problems)) in plans.iter().zip(expected) {
        assert_eq!((plan.outcome, plan.operation), (outcome, operation), "{plan:?}");
        assert_eq!(reasons(plan), problems);
    }
    assert_eq!(changed(&plans[0]), ["lastname=Koné-Diop"]);
    assert_eq!(changed(&plans[1]), ["email=bob@ex.test", "suspended=1"]);
    assert_eq!(changed(&plans[2]), ["username=new.name"]);
    let revived = ["deleted=0", "username=gone", "email=gone@ex.test", "firstname=Guy", "lastname=One"];
    assert_eq!(changed(&plans[3]), revived);

    let again = run(&mut world, &options, CYCLE, &CYCLE_LINES);
    for index in [0, 1, 2, 3, 5] {
        assert_unchanged(&again[index]);
    }
    assert_eq!(reasons(&again[2]), [Reason::AlreadyRenamed]);
}

#[test]
fn accounts_share_an_address_where_the_site_lets_them() {
    let mut facts = facts();
    set(&mut facts, &[("allowaccountssameemail", "1")]);
    let plan = &run(&mut cycle_world(facts), &[("identifier", "username")], CYCLE, &CYCLE_LINES[6..])[0];
    assert_eq!(plan.outcome, Outcome::Created);
}

#[test]
fn identifiers_and_addresses_are_added_later() {
    let mut facts = facts();
    set(&mut facts, &[("allowaccountssameemail", "1")]);
    let mut world = world(facts, vec![]);
    let options = [("identifier", "username"), ("protect_emails", "0")];
    let first = run(&mut world, &options, "username;firstname;lastname;email", &["a;A;A;x@e.t", "b;B;B;x@e.t"]);
    assert!(first.iter().all(|plan| plan.outcome == Outcome::Created));
    let header = "username;firstname;lastname;email;idnumber";
    let second = run(&mut world, &options, header, &["a;A;A;y@e.t;E1", "b;B;B;x@e.t;E2"]);
    assert!(second.iter().all(|plan| plan.outcome == Outcome::Updated));
    assert_eq!(changed(&second[0]), ["idnumber=E1", "email=y@e.t"]);
    let gone = run(&mut world, &options, "username;firstname;lastname;deleted", &["a;;;1", "a;;;1"]);
    assert_eq!((gone[0].outcome, gone[1].outcome), (Outcome::Deleted, Outcome::Unchanged));
}

#[test]
fn the_sample_is_a_valid_file() {
    let mut world = world(facts(), vec![]);
    let (header, line) = DESCRIPTOR.sample.trim().split_once('\n').unwrap();
    assert_eq!(fate(&run_one(&mut world, &[], header, line)), (Outcome::Created, false));
}
