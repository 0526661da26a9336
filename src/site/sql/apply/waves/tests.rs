use super::*;
use crate::model::{CourseId, EnrolId, GroupId, UserId};
use crate::site::{EnrolStatus, FieldUpdate, Fields, NewPassword, Owner, Remaining, UserField};
use proptest::prelude::*;

fn username(name: &str) -> Fields<UserField> {
    [(UserField::Username, name.to_owned())].into_iter().collect()
}

fn change() -> impl Strategy<Value = Change> {
    let user = (-3..3i64).prop_map(UserId);
    let name = prop::sample::select(vec!["a", "b", "c"]);
    (0..12u8, user, name, -2..2i64, -2..2i64).prop_map(|(kind, user, name, course, other)| {
        let course = CourseId(course);
        let owner = Owner { component: "enrol_x".to_owned(), item: other };
        match kind {
            0 => Change::CreateUser { id: user, fields: username(name), password: NewPassword::Constant("") },
            1 => Change::UpdateUser {
                id: user,
                fields: vec![FieldUpdate {
                    field: UserField::Username,
                    before: "a".to_owned(),
                    after: name.to_owned(),
                }],
            },
            2 => Change::DeleteUser { id: user },
            3 => Change::SetPreference { user, name, value: None },
            4 => {
                Change::Enrol { instance: EnrolId(other), course, user, status: EnrolStatus::Active, start: 0, end: 0 }
            }
            5 => Change::Unenrol {
                instance: EnrolId(other),
                method: "x".to_owned(),
                course,
                user,
                remaining: Remaining::None,
            },
            6 => Change::AssignRole { role: crate::model::RoleId(5), course, user, owner },
            7 => Change::UnassignRole { role: crate::model::RoleId(5), course, user, owner },
            8 => Change::CreateGroup { id: GroupId(other), course, fields: Default::default() },
            9 => Change::AddMember { group: GroupId(other), course, user, owner },
            10 => Change::DeleteGroup { group: GroupId(other), course },
            _ => Change::SetPassword { id: user, password: NewPassword::Constant("") },
        }
    })
}

/// Whether the second of two changes must follow the first, told from the changes alone.
fn must_follow(first: &Change, second: &Change) -> bool {
    let about_user = |change: &Change| change.user();
    let same_user = about_user(first).is_some() && about_user(first) == about_user(second);
    let whole = |change: &Change| matches!(change, Change::CreateUser { .. } | Change::DeleteUser { .. });
    let account = |change: &Change| matches!(change, Change::UpdateUser { .. } | Change::SetPassword { .. });
    if same_user && (whole(first) || whole(second) || (account(first) && account(second))) {
        return true;
    }
    let place = |change: &Change| match change {
        Change::Enrol { course, .. }
        | Change::Unenrol { course, .. }
        | Change::AssignRole { course, .. }
        | Change::UnassignRole { course, .. }
        | Change::AddMember { course, .. } => Some(*course),
        _ => None,
    };
    let leaves = |change: &Change| matches!(change, Change::Unenrol { .. });
    if same_user && place(first).is_some() && place(first) == place(second) && (leaves(first) || leaves(second)) {
        return true;
    }
    let group = |change: &Change| match change {
        Change::CreateGroup { id, .. } => Some((*id, true)),
        Change::DeleteGroup { group, .. } => Some((*group, true)),
        Change::AddMember { group, .. } => Some((*group, false)),
        _ => None,
    };
    matches!((group(first), group(second)), (Some((a, one)), Some((b, other))) if a == b && (one || other))
}

proptest! {
    #[test]
    fn order_is_kept_where_it_matters(changes in prop::collection::vec(change(), 0..40)) {
        let changes: Vec<&Change> = changes.iter().collect();
        let order: Vec<usize> = batches(&changes).flat_map(|(_, items)| items).map(|item| item.index).collect();
        let mut position = vec![usize::MAX; changes.len()];
        order.iter().enumerate().for_each(|(at, index)| position[*index] = at);
        prop_assert_eq!(order.len(), changes.len());
        for second in 0..changes.len() {
            for first in 0..second {
                if must_follow(changes[first], changes[second]) {
                    prop_assert!(position[first] < position[second], "{:?} before {:?}", changes[first], changes[second]);
                    let place = places(&changes);
                    prop_assert!(place[first] < place[second], "never in one batch");
                }
            }
        }
    }
}

#[test]
fn lines_of_the_same_form_share_one_wave() {
    let changes: Vec<Change> = (1..100)
        .flat_map(|id| {
            let (user, course) = (UserId(-id), CourseId(1));
            [
                Change::CreateUser { id: user, fields: username(&id.to_string()), password: NewPassword::Constant("") },
                Change::Enrol { instance: EnrolId(1), course, user, status: EnrolStatus::Active, start: 0, end: 0 },
                Change::AssignRole { role: crate::model::RoleId(5), course, user, owner: Owner::manual() },
                Change::AddMember { group: GroupId(1), course, user, owner: Owner::manual() },
            ]
        })
        .collect();
    let changes: Vec<&Change> = changes.iter().collect();
    let kinds: Vec<Kind> = batches(&changes).map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [Kind::CreateUser, Kind::Enrol, Kind::AssignRole, Kind::AddMember]);
}

#[test]
fn methods_come_and_go_in_their_order() {
    let status =
        |id| Change::SetInstanceStatus { instance: EnrolId(id), course: CourseId(1), status: EnrolStatus::Active };
    let update = |id| Change::UpdateInstance {
        instance: EnrolId(id),
        course: CourseId(1),
        before: Default::default(),
        after: Default::default(),
    };
    let delete = |id, course| Change::DeleteInstance { instance: EnrolId(id), course: CourseId(course) };
    let cases = [
        (vec![delete(1, 1), update(2)], vec![Kind::DeleteInstance, Kind::UpdateInstance]),
        (vec![delete(1, 1), status(2)], vec![Kind::DeleteInstance, Kind::SetInstanceStatus]),
        (vec![update(2), delete(1, 1)], vec![Kind::UpdateInstance, Kind::DeleteInstance]),
        (vec![delete(1, 1), delete(2, 1), delete(3, 2)], vec![Kind::DeleteInstance]),
        // Elsewhere it does not matter.
        (vec![delete(1, 2), update(2)], vec![Kind::UpdateInstance, Kind::DeleteInstance]),
    ];
    for (changes, expected) in cases {
        let changes: Vec<&Change> = changes.iter().collect();
        let kinds: Vec<Kind> = batches(&changes).map(|(kind, _)| kind).collect();
        assert_eq!(kinds, expected, "{changes:?}");
    }
}
