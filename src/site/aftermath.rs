//! Whether what was read of a site still holds once the changes of a chunk were applied.
//!
//! It lets the next chunk be read while this one is being applied. When in doubt, what was read is lost: it knows the
//! changes that large files are made of, and no other. It knows no files, no lines, no SQL.

use super::facts::{Collation, SiteFacts};
use super::fields::{CohortField, UserField};
use super::lookups::{CohortKey, CohortMembers, Lookups, UserKey};
use super::method::Source;
use super::{AppliedIds, Change, Subject, World};
use crate::model::{CohortId, CourseId, UserId};
use std::collections::{BTreeSet, HashSet};

/// What a world is worth after the changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is as good as read now.
    Holds,
    /// These users have become more in courses than it knows; all else is as good as read now. Look-ups of them add what is
    /// missing.
    Behind(BTreeSet<UserId>),
    /// It has to be read again.
    Lost,
}

/// A user in one course, or in any.
type Place = (UserId, Option<CourseId>);

/// What is different on a site after some changes.
#[derive(Debug, Default)]
pub struct Aftermath {
    collation: Collation,
    /// Something changed that is not followed up here.
    anything: bool,
    /// Accounts that are other than they were.
    accounts: HashSet<UserId>,
    /// Identifiers that accounts have got, folded.
    identifiers: HashSet<(UserKey, String)>,
    /// Whether values of profile fields changed.
    profiles: bool,
    /// Identifiers that cohorts have got, folded.
    cohorts: HashSet<(CohortKey, String)>,
    /// Cohorts with other members than before.
    members: HashSet<CohortId>,
    /// Courses with other groups than before.
    courses: HashSet<CourseId>,
    /// Who has become more in a course.
    joined: HashSet<Place>,
    /// Who is something else in a course.
    changed: HashSet<Place>,
}

/// One in so many users of a chunk may be behind: for more, all is read again.
const FEW: usize = 4;

impl Aftermath {
    /// After what cannot be told.
    pub fn of_anything() -> Self {
        Self { anything: true, ..Self::default() }
    }

    /// After these changes were applied, which gave planned entities these ids.
    pub fn of(changes: &[&Change], ids: &AppliedIds, facts: &SiteFacts) -> Self {
        let mut after = Self { collation: facts.collation, ..Self::default() };
        let followed = facts.enrol_plugins().any(|plugin| plugin == Source::META);
        for change in changes {
            after.add(change, ids, followed);
        }
        after
    }

    /// `followed`: courses may take over the participants of others.
    fn add(&mut self, change: &Change, ids: &AppliedIds, followed: bool) {
        let account = |user: &UserId| UserId(ids.settled(Subject::User(*user)));
        let place = |user: &UserId, course: &CourseId| {
            let course = CourseId(ids.settled(Subject::Course(*course)));
            (account(user), (!followed).then_some(course))
        };
        match change {
            Change::CreateUser { fields, .. } => {
                let keyed = [UserField::Username, UserField::Idnumber, UserField::Email];
                keyed.into_iter().for_each(|field| self.add_identifier(field, fields.text(field)));
            }
            Change::UpdateUser { id, fields } => {
                self.accounts.insert(account(id));
                fields.iter().for_each(|update| self.add_identifier(update.field, &update.after));
            }
            Change::SetPassword { id: user, .. }
            | Change::SetPreference { user, .. }
            | Change::SetPicture { user, .. }
            | Change::SetPictureHash { user, .. } => _ = self.accounts.insert(account(user)),
            Change::SetProfileField { user, .. } => {
                self.accounts.insert(account(user));
                self.profiles = true;
            }
            Change::CreateCohort { fields, .. } => {
                for (key, field) in [(CohortKey::Idnumber, CohortField::Idnumber), (CohortKey::Name, CohortField::Name)]
                {
                    self.cohorts.insert((key, self.fold(fields.text(field))));
                }
            }
            // What follows from it in courses, follows for this user.
            Change::AddCohortMember { cohort, user } | Change::RemoveCohortMember { cohort, user } => {
                self.accounts.insert(account(user));
                self.members.insert(CohortId(ids.settled(Subject::Cohort(*cohort))));
            }
            Change::CreateGroup { course, .. } => {
                self.courses.insert(CourseId(ids.settled(Subject::Course(*course))));
            }
            Change::Enrol { user, course, .. }
            | Change::AssignRole { user, course, .. }
            | Change::AddMember { user, course, .. } => _ = self.joined.insert(place(user, course)),
            Change::UpdateEnrolment { user, course, .. }
            | Change::Unenrol { user, course, .. }
            | Change::UnassignRole { user, course, .. }
            | Change::RemoveMember { user, course, .. } => _ = self.changed.insert(place(user, course)),
            _ => self.anything = true,
        }
    }

    fn add_identifier(&mut self, field: UserField, value: &str) {
        let key = match field {
            UserField::Username => UserKey::Username,
            UserField::Idnumber => UserKey::Idnumber,
            UserField::Email => UserKey::Email,
            _ => return,
        };
        if !value.is_empty() {
            self.identifiers.insert((key, key.fold(self.collation, value)));
        }
    }

    fn fold(&self, text: &str) -> String {
        self.collation.fold(text).into_owned()
    }

    /// What `world` is worth, which holds what was found for `lookups` at some time since the changes were planned.
    pub fn standing(&self, lookups: &Lookups, world: &World) -> Standing {
        if self.anything
            || self.finds_other_users(lookups, world)
            || self.finds_other_cohorts(lookups)
            || self.courses.iter().any(|course| world.courses.get(*course).is_some())
            || lookups.participation && self.changed.iter().any(|place| is_seen(place, world))
        {
            return Standing::Lost;
        }
        if !lookups.participation {
            return Standing::Holds;
        }
        let behind: BTreeSet<UserId> =
            self.joined.iter().filter(|place| is_seen(place, world)).map(|(user, _)| *user).collect();
        match behind.len() {
            0 => Standing::Holds,
            some if some * FEW > lookups.users.keys() => Standing::Lost,
            _ => Standing::Behind(behind),
        }
    }

    fn finds_other_users(&self, lookups: &Lookups, world: &World) -> bool {
        let users = &lookups.users;
        if self.accounts.iter().any(|user| world.users.get(*user).is_some())
            || self.profiles && !lookups.unique_profile_values.is_empty()
        {
            return true;
        }
        if self.identifiers.is_empty() && self.accounts.is_empty() {
            return false;
        }
        let keyed = [
            (UserKey::Username, &users.usernames),
            (UserKey::Idnumber, &users.idnumbers),
            (UserKey::Email, &users.emails),
        ];
        let is_taken = |(key, values): (UserKey, &BTreeSet<String>)| {
            values.iter().any(|value| self.identifiers.contains(&(key, key.fold(self.collation, value))))
        };
        !users.searches.is_empty()
            || keyed.into_iter().any(is_taken)
            // Accounts are looked for by the addresses that these had.
            || users.deleted_username_md5s.iter().any(|md5| !world.users.deleted_with_md5(md5).is_empty())
    }

    fn finds_other_cohorts(&self, lookups: &Lookups) -> bool {
        let cohorts = &lookups.cohorts;
        let keyed = [(CohortKey::Idnumber, &cohorts.idnumbers), (CohortKey::Name, &cohorts.names)];
        let is_new = |(key, values): (CohortKey, &BTreeSet<String>)| {
            values.iter().any(|value| self.cohorts.contains(&(key, self.fold(value))))
        };
        !self.members.is_empty() && cohorts.members == CohortMembers::Counted
            || !self.cohorts.is_empty() && keyed.into_iter().any(is_new)
    }
}

fn is_seen((user, course): &Place, world: &World) -> bool {
    world.users.get(*user).is_some() && course.is_none_or(|course| world.courses.get(course).is_some())
}

#[cfg(test)]
mod tests;
