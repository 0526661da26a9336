//! What changes leave of what was read before them, case by case.

use super::super::world::{Cohort, Course, Password, User};
use super::*;
use crate::model::{CategoryId, EnrolId, GroupId, ProfileFieldId, RoleId};
use crate::site::{EnrolStatus, FieldUpdate, Fields, GroupField, NewPassword, Owner, PictureHash, Remaining, Subject};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A world in which ada (1), bob (2) and the course BIO (5) were found, for look-ups of them and of a free user name.
fn seen(facts: &Arc<SiteFacts>) -> (Lookups, World) {
    let mut world = World::new(Arc::clone(facts), 0);
    for (id, name) in [(1, "ada"), (2, "bob")] {
        let fields = [(UserField::Username, name), (UserField::Email, "ada@example.com")];
        world.users.load(User {
            id: UserId(id),
            deleted: false,
            fields: fields.map(|(field, value)| (field, value.to_owned())).into_iter().collect(),
            password: Password::Unknown,
            time_modified: 0,
        });
    }
    world.courses.load(Course {
        id: CourseId(5),
        category: CategoryId(1),
        fields: Fields::default(),
        sections: BTreeMap::new(),
        format_options: BTreeMap::new(),
        has_news_forum: false,
        contexts_above: Vec::new(),
    });
    world.cohorts.load(Cohort { id: CohortId(8), category: CategoryId(0), fields: Fields::default() });
    let mut lookups = Lookups { participation: true, ..Lookups::default() };
    for name in ["ada", "bob", "free", "FOLDED", "five", "six", "seven", "eight"] {
        lookups.users.add(UserKey::Username, name);
    }
    lookups.users.add(UserKey::Email, "free@example.com");
    lookups.cohorts.add(CohortKey::Name, "Band");
    (lookups, world)
}

fn create_user(username: &str, email: &str) -> Change {
    let fields = [(UserField::Username, username), (UserField::Email, email)];
    let fields = fields.map(|(field, value)| (field, value.to_owned())).into_iter().collect();
    Change::CreateUser { id: UserId(-1), fields, password: NewPassword::Constant("") }
}

fn update_user(id: i64, field: UserField, after: &str) -> Change {
    let fields = vec![FieldUpdate { field, before: String::new(), after: after.to_owned() }];
    Change::UpdateUser { id: UserId(id), fields }
}

fn enrol(user: i64, course: i64) -> Change {
    let (user, course) = (UserId(user), CourseId(course));
    Change::Enrol { instance: EnrolId(3), course, user, status: EnrolStatus::Active, start: 0, end: 0 }
}

fn unenrol(user: i64, course: i64) -> Change {
    let (user, course, method) = (UserId(user), CourseId(course), "manual".to_owned());
    Change::Unenrol { instance: EnrolId(3), method, course, user, remaining: Remaining::None }
}

fn create_cohort(name: &str) -> Change {
    let fields = [(CohortField::Name, name.to_owned())].into_iter().collect();
    Change::CreateCohort { id: CohortId(-2), category: CategoryId(0), fields }
}

fn create_group(course: i64) -> Change {
    let fields = [(GroupField::Name, "Red".to_owned())].into_iter().collect();
    Change::CreateGroup { id: GroupId(-3), course: CourseId(course), fields }
}

fn picture_hash(user: i64) -> Change {
    Change::SetPictureHash { user: UserId(user), hash: PictureHash::of(b"x") }
}

fn join(user: i64) -> Change {
    Change::AddCohortMember { cohort: CohortId(8), user: UserId(user) }
}

/// Courses follow others only where that is enabled.
fn facts(plugins: &str, collation: Collation) -> Arc<SiteFacts> {
    let config = [("enrol_plugins_enabled".to_owned(), plugins.to_owned())].into();
    Arc::new(SiteFacts { config, collation, ..SiteFacts::default() })
}

fn standing(changes: &[Change], facts: &Arc<SiteFacts>) -> Standing {
    // The user that was planned as -7 is bob.
    let ids = AppliedIds { subjects: [(Subject::User(UserId(-7)), 2)].into() };
    let (lookups, world) = seen(facts);
    Aftermath::of(&changes.iter().collect::<Vec<_>>(), &ids, facts).standing(&lookups, &world)
}

#[test]
fn what_was_read_holds_as_long_as_nobody_touched_it() {
    use Standing::{Behind, Holds, Lost};
    let bob = || Behind([UserId(2)].into());
    let role = |user| {
        let owner = Owner::manual();
        Change::AssignRole { role: RoleId(5), course: CourseId(5), user: UserId(user), owner }
    };
    let preference = |user| Change::SetPreference { user: UserId(user), name: "x", value: None };
    let cases: Vec<(&str, Vec<Change>, Standing)> = vec![
        ("nothing", vec![], Holds),
        ("another new account", vec![create_user("new", "new@example.com")], Holds),
        ("an account with a name that was free", vec![create_user("free", "")], Lost),
        ("an account with an address that was free", vec![create_user("new", "Free@Example.com")], Lost),
        ("names have case", vec![create_user("folded", "")], Holds),
        ("another account", vec![update_user(9, UserField::City, "Lyon")], Holds),
        ("an account that was found", vec![update_user(1, UserField::City, "Lyon")], Lost),
        ("another account gets a name that was free", vec![update_user(9, UserField::Username, "free")], Lost),
        ("a preference of another", vec![preference(9)], Holds),
        ("a preference of one that was found", vec![preference(1)], Lost),
        ("the picture hash of another", vec![picture_hash(9)], Holds),
        ("the picture hash of one that was found", vec![picture_hash(1)], Lost),
        ("another is enrolled", vec![enrol(9, 5)], Holds),
        ("one that was found is enrolled elsewhere", vec![enrol(2, 6)], Holds),
        ("one that was found is enrolled", vec![enrol(2, 5), role(2)], bob()),
        ("one that was planned before", vec![enrol(-7, 5)], bob()),
        ("two of so few", vec![enrol(1, 5), enrol(2, 5), enrol(3, 5)], Behind([UserId(1), UserId(2)].into())),
        ("one that was found leaves", vec![unenrol(2, 5)], Lost),
        ("another leaves", vec![unenrol(9, 5)], Holds),
        ("a group in another course", vec![create_group(6)], Holds),
        ("a group in the course", vec![create_group(5)], Lost),
        ("another joins a cohort", vec![join(9)], Holds),
        ("one that was found joins a cohort", vec![join(1)], Lost),
        ("another cohort", vec![create_cohort("Choir")], Holds),
        ("a cohort with a name that was free", vec![create_cohort("Band")], Lost),
        ("what is not followed up", vec![Change::DeleteUser { id: UserId(9) }], Lost),
        ("one of many", vec![enrol(9, 5), unenrol(9, 5), Change::CreateNewsForum { course: CourseId(6) }], Lost),
    ];
    for (case, changes, expected) in cases {
        assert_eq!(standing(&changes, &facts("manual,cohort", Collation::Exact)), expected, "{case}");
    }
}

#[test]
fn where_courses_follow_others_an_enrolment_anywhere_counts() {
    let facts = facts("manual,meta", Collation::Exact);
    assert_eq!(standing(&[enrol(2, 6)], &facts), Standing::Behind([UserId(2)].into()));
    assert_eq!(standing(&[unenrol(2, 6)], &facts), Standing::Lost);
    assert_eq!(standing(&[enrol(9, 6)], &facts), Standing::Holds);
}

#[test]
fn names_are_compared_as_the_database_does() {
    let facts = facts("manual", Collation::CaseInsensitive);
    assert_eq!(standing(&[create_user("folded", "")], &facts), Standing::Lost);
    assert_eq!(standing(&[create_cohort("band")], &facts), Standing::Lost);
}

#[test]
fn look_ups_that_see_more_than_their_keys() {
    let facts = facts("manual,cohort", Collation::Exact);
    let after = |changes: &[Change]| Aftermath::of(&changes.iter().collect::<Vec<_>>(), &AppliedIds::default(), &facts);
    let (lookups, world) = seen(&facts);

    let mut by_words = lookups.clone();
    by_words.users.searches.insert("new".to_owned());
    assert_eq!(after(&[create_user("new", "")]).standing(&by_words, &world), Standing::Lost);

    let mut counted = lookups.clone();
    counted.cohorts.members = CohortMembers::Counted;
    assert_eq!(after(&[join(9)]).standing(&counted, &world), Standing::Lost);

    let mut unique = lookups.clone();
    unique.unique_profile_values.insert((1, "x".to_owned()));
    let (user, field) = (UserId(9), ProfileFieldId(1));
    let profile = Change::SetProfileField { user, field, before: None, after: "x".to_owned(), format: 0 };
    assert_eq!(after(std::slice::from_ref(&profile)).standing(&unique, &world), Standing::Lost);
    assert_eq!(after(&[profile]).standing(&lookups, &world), Standing::Holds);

    let participants_unread = Lookups { participation: false, ..lookups };
    assert_eq!(after(&[enrol(2, 5)]).standing(&participants_unread, &world), Standing::Holds);
}
