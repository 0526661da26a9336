//! What changes meet at, by which one must follow another.

use crate::model::CourseId;
use crate::site::fields::UserField;
use crate::site::{Change, RolePlace};

/// Something that changes meet at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key<'c> {
    User(i64),
    /// The columns of an account.
    Account(i64),
    Username(&'c str),
    /// The user names, not named in the changes, that deletions free.
    FreedUsernames,
    Preference(i64, &'c str),
    ProfileField(i64, i64),
    Interests(i64),
    Picture(i64),
    RoleAbove(i64, RolePlace, i64),
    Cohort(i64),
    /// The columns of a cohort, and its place.
    CohortRow(i64),
    CohortMember(i64, i64),
    /// All cohorts that a user is in.
    CohortsOf(i64),
    Category(i64),
    Course(i64),
    /// The columns of a course, and its place.
    CourseRow(i64),
    Section(i64, u32),
    FormatOptions(i64),
    Blocks(i64),
    Method(i64),
    /// Methods of a course that are made or changed.
    MethodsChanged(i64),
    /// Methods of a course that go.
    MethodsGone(i64),
    /// All that a user is in a course.
    Participant(i64, i64),
    Enrolment(i64, i64),
    Role(i64, i64, i64, &'c str, i64),
    Group(i64),
    /// The columns of a group.
    GroupRow(i64),
    Grouping(i64),
    /// The columns of a grouping.
    GroupingRow(i64),
    Grouped(i64, i64),
    Member(i64, i64),
}

/// How a change meets others at a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Follows exclusive ones.
    Shared,
    /// Follows all, and all later ones follow it.
    Exclusive,
    /// Follows all; later ones need not follow it.
    Waiting,
}

/// Tells all keys of a change.
pub(super) fn keys<'c>(change: &'c Change, tell: &mut impl FnMut(Key<'c>, Access)) {
    use Access::{Exclusive, Shared, Waiting};
    match change {
        Change::CreateUser { id, fields, .. } => {
            tell(Key::User(id.0), Exclusive);
            tell(Key::Username(fields.text(UserField::Username)), Exclusive);
            tell(Key::FreedUsernames, Waiting);
        }
        Change::UpdateUser { id, fields } | Change::ReviveUser { id, fields } => {
            let revival = matches!(change, Change::ReviveUser { .. });
            tell(Key::User(id.0), if revival { Exclusive } else { Shared });
            tell(Key::Account(id.0), Exclusive);
            for renamed in fields.iter().filter(|update| update.field == UserField::Username) {
                tell(Key::Username(&renamed.before), Exclusive);
                tell(Key::Username(&renamed.after), Exclusive);
                tell(Key::FreedUsernames, Waiting);
            }
        }
        Change::SetPassword { id, .. } => {
            tell(Key::User(id.0), Shared);
            tell(Key::Account(id.0), Exclusive);
        }
        Change::DeleteUser { id } => {
            tell(Key::User(id.0), Exclusive);
            tell(Key::FreedUsernames, Shared);
        }
        Change::SetPreference { user, name, .. } => {
            tell(Key::User(user.0), Shared);
            tell(Key::Preference(user.0, name), Exclusive);
        }
        Change::SetProfileField { user, field, .. } => {
            tell(Key::User(user.0), Shared);
            tell(Key::ProfileField(user.0, field.0), Exclusive);
        }
        Change::SetInterests { user, .. } => {
            tell(Key::User(user.0), Shared);
            tell(Key::Interests(user.0), Exclusive);
        }
        Change::AssignRoleAbove { role, place, user } | Change::UnassignRoleAbove { role, place, user } => {
            tell(Key::User(user.0), Shared);
            if let RolePlace::Category(category) = place {
                tell(Key::Category(category.0), Shared);
            }
            tell(Key::RoleAbove(role.0, *place, user.0), Exclusive);
        }
        Change::SetPicture { user, .. } | Change::SetPictureHash { user, .. } => {
            tell(Key::User(user.0), Shared);
            tell(Key::Picture(user.0), Exclusive);
        }
        _ => cohort_keys(change, tell),
    }
}

fn cohort_keys<'c>(change: &'c Change, tell: &mut impl FnMut(Key<'c>, Access)) {
    use Access::{Exclusive, Shared};
    match change {
        Change::CreateCohort { id, category, .. } => {
            tell(Key::Category(category.0), Shared);
            tell(Key::Cohort(id.0), Exclusive);
        }
        Change::EmptyCohort { id } | Change::DeleteCohort { id } => tell(Key::Cohort(id.0), Exclusive),
        Change::UpdateCohort { id, .. } => {
            tell(Key::Cohort(id.0), Shared);
            tell(Key::CohortRow(id.0), Exclusive);
        }
        Change::MoveCohort { id, to, .. } => {
            tell(Key::Category(to.0), Shared);
            tell(Key::Cohort(id.0), Shared);
            tell(Key::CohortRow(id.0), Exclusive);
        }
        Change::AddCohortMember { cohort, user } | Change::RemoveCohortMember { cohort, user } => {
            // A user who changes between cohorts leaves courses, or stays there, in the order of the changes.
            let leaves = matches!(change, Change::RemoveCohortMember { .. });
            tell(Key::User(user.0), Shared);
            tell(Key::Cohort(cohort.0), Shared);
            tell(Key::CohortsOf(user.0), if leaves { Exclusive } else { Shared });
            tell(Key::CohortMember(cohort.0, user.0), Exclusive);
        }
        _ => course_keys(change, tell),
    }
}

/// A method comes or changes. Whoever leaves by one method and comes by another loses what goes with the last one, or does
/// not, and a group by one is free for another, in the order of the changes. Methods that go together need no order.
fn beside_departures<'c>(course: CourseId, tell: &mut impl FnMut(Key<'c>, Access)) {
    tell(Key::MethodsChanged(course.0), Access::Shared);
    tell(Key::MethodsGone(course.0), Access::Waiting);
}

fn course_keys<'c>(change: &'c Change, tell: &mut impl FnMut(Key<'c>, Access)) {
    use Access::{Exclusive, Shared, Waiting};
    match change {
        Change::CreateCategory { id, parent, .. } => {
            tell(Key::Category(parent.0), Shared);
            tell(Key::Category(id.0), Exclusive);
        }
        Change::CreateCourse { id, category, .. } => {
            tell(Key::Category(category.0), Shared);
            tell(Key::Course(id.0), Exclusive);
        }
        Change::UpdateCourse { id, .. } => {
            tell(Key::Course(id.0), Shared);
            tell(Key::CourseRow(id.0), Exclusive);
        }
        Change::MoveCourse { id, to, .. } => {
            tell(Key::Category(to.0), Shared);
            tell(Key::Course(id.0), Shared);
            tell(Key::CourseRow(id.0), Exclusive);
        }
        Change::DeleteCategory { id, parent } => {
            tell(Key::Category(parent.0), Shared);
            tell(Key::Category(id.0), Exclusive);
        }
        Change::DeleteCourse { id, category } => {
            tell(Key::Category(category.0), Shared);
            tell(Key::Course(id.0), Exclusive);
        }
        Change::ResetCourse { id, .. } => tell(Key::Course(id.0), Exclusive),
        Change::CreateSection { course, number, .. } | Change::UpdateSection { course, number, .. } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::Section(course.0, *number), Exclusive);
        }
        Change::SetFormatOptions { course, .. } | Change::UpdateFormatOption { course, .. } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::FormatOptions(course.0), Exclusive);
        }
        Change::CreateNewsForum { course } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::Section(course.0, 0), Exclusive);
        }
        Change::CreateSocialBlock { course } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::CourseRow(course.0), Shared);
            tell(Key::Blocks(course.0), Exclusive);
        }
        Change::CreateInstance(new) => {
            tell(Key::Course(new.course.0), Shared);
            if let Some(group) = new.terms.group {
                tell(Key::Group(group.0), Shared);
            }
            tell(Key::Method(new.id.0), Exclusive);
            beside_departures(new.course, tell);
        }
        Change::UpdateInstance { instance, course, after, .. } => {
            beside_departures(*course, tell);
            if let Some(group) = after.group {
                tell(Key::Group(group.0), Shared);
            }
            tell(Key::Method(instance.0), Exclusive);
        }
        Change::DeleteInstance { instance, course } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::CourseRow(course.0), Shared);
            tell(Key::Method(instance.0), Exclusive);
            tell(Key::MethodsGone(course.0), Shared);
            tell(Key::MethodsChanged(course.0), Waiting);
        }
        Change::SetInstanceStatus { instance, course, .. } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::CourseRow(course.0), Shared);
            tell(Key::Method(instance.0), Exclusive);
            beside_departures(*course, tell);
        }
        Change::CreateGroup { id, course, .. } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::Group(id.0), Exclusive);
        }
        Change::CopyTemplate(copy) => {
            // Many courses may have one template, and be copied at once.
            tell(Key::Course(copy.from.0), Waiting);
            tell(Key::Course(copy.to.0), Exclusive);
            copy.methods.iter().for_each(|(_, id)| tell(Key::Method(id.0), Exclusive));
            copy.groups.iter().for_each(|(_, id)| tell(Key::Group(id.0), Exclusive));
            copy.groupings.iter().for_each(|(_, id)| tell(Key::Grouping(id.0), Exclusive));
        }
        Change::DeleteGroup { group, course } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::Group(group.0), Exclusive);
        }
        Change::UpdateGroup { id, .. } => {
            tell(Key::Group(id.0), Shared);
            tell(Key::GroupRow(id.0), Exclusive);
        }
        Change::CreateGrouping { id, course, .. } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::Grouping(id.0), Exclusive);
        }
        Change::UpdateGrouping { id, .. } => {
            tell(Key::Grouping(id.0), Shared);
            tell(Key::GroupingRow(id.0), Exclusive);
        }
        Change::DeleteGrouping { grouping, course } => {
            tell(Key::Course(course.0), Shared);
            tell(Key::CourseRow(course.0), Shared);
            tell(Key::Grouping(grouping.0), Exclusive);
        }
        Change::AssignGrouping { grouping, group, .. } => {
            tell(Key::Grouping(grouping.0), Shared);
            tell(Key::Group(group.0), Shared);
            tell(Key::Grouped(grouping.0, group.0), Exclusive);
        }
        _ => participant_keys(change, tell),
    }
}

fn participant_keys<'c>(change: &'c Change, tell: &mut impl FnMut(Key<'c>, Access)) {
    use Access::{Exclusive, Shared};
    let (user, course) = match change {
        Change::Enrol { user, course, .. }
        | Change::UpdateEnrolment { user, course, .. }
        | Change::Unenrol { user, course, .. }
        | Change::AssignRole { user, course, .. }
        | Change::UnassignRole { user, course, .. }
        | Change::AddMember { user, course, .. }
        | Change::RemoveMember { user, course, .. } => (user.0, course.0),
        _ => return,
    };
    tell(Key::User(user), Shared);
    tell(Key::Course(course), Shared);
    let last = if matches!(change, Change::Unenrol { .. }) { Exclusive } else { Shared };
    tell(Key::Participant(user, course), last);
    match change {
        Change::Enrol { instance, .. }
        | Change::UpdateEnrolment { instance, .. }
        | Change::Unenrol { instance, .. } => {
            tell(Key::Method(instance.0), Shared);
            tell(Key::Enrolment(instance.0, user), Exclusive);
        }
        Change::AssignRole { role, owner, .. } | Change::UnassignRole { role, owner, .. } => {
            tell(Key::Method(owner.item), Shared);
            tell(Key::Role(role.0, course, user, &owner.component, owner.item), Exclusive);
        }
        Change::AddMember { group, owner, .. } => {
            tell(Key::Method(owner.item), Shared);
            tell(Key::Group(group.0), Shared);
            tell(Key::Member(group.0, user), Exclusive);
        }
        Change::RemoveMember { group, .. } => {
            tell(Key::Group(group.0), Shared);
            tell(Key::Member(group.0, user), Exclusive);
        }
        _ => {}
    }
}
