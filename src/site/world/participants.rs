//! Who takes part in which course: enrolments, roles, groups and memberships as known to a plan.
//!
//! Kept by user and course. What a plan changes for such a pair makes the whole pair planned.

use crate::model::{ContextId, CourseId, EnrolId, GroupId, RoleId, UserId};
use crate::site::Owner;
use crate::site::facts::Collation;
use crate::site::fields::{Fields, GroupField};
use crate::site::lookups::GroupKey;
use crate::site::method::EnrolStatus;
use crate::site::world::Match;
use crate::site::world::aside::Record;
use crate::site::world::users::forget_entry;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A row of `user_enrolments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The method.
    pub instance: EnrolId,
    /// Active or suspended.
    pub status: EnrolStatus,
    /// `timestart`, Unix seconds.
    pub start: i64,
    /// `timeend`, Unix seconds; 0 for never.
    pub end: i64,
}

/// A role in the context of a course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAssignment {
    /// The role.
    pub role: RoleId,
    /// Who owns it.
    pub owner: Owner,
}

/// A group of a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its course.
    pub course: CourseId,
    /// Its columns: `name` always, the others when asked for.
    pub fields: Fields<GroupField>,
}

impl Group {
    /// A group of which the name is known.
    pub fn named(id: GroupId, course: CourseId, name: impl Into<String>) -> Self {
        let mut fields = Fields::default();
        fields.set(GroupField::Name, name);
        Self { id, course, fields }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.fields.text(GroupField::Name)
    }
}

/// A user's place in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The group.
    pub group: GroupId,
    /// Who owns it.
    pub owner: Owner,
}

/// All that a user is in a course.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Participant {
    pub(super) enrolments: Vec<Enrolment>,
    pub(super) roles: Vec<RoleAssignment>,
    pub(super) memberships: Vec<Membership>,
}

/// Participants and groups of courses.
#[derive(Debug, Clone)]
pub struct Participants {
    collation: Collation,
    pairs: HashMap<(UserId, CourseId), Participant>,
    planned: HashSet<(UserId, CourseId)>,
    /// What was only read, to be forgotten before the next chunk.
    read: Vec<(UserId, CourseId)>,
    groups: HashMap<CourseId, BTreeMap<GroupId, Group>>,
    by_name: HashMap<(CourseId, String), Vec<GroupId>>,
    groups_planned: HashSet<GroupId>,
    groups_read: Vec<(CourseId, GroupId)>,
    roles_above: HashSet<(UserId, ContextId)>,
    /// By how many members a plan changes a group.
    joined: HashMap<GroupId, i64>,
    groups_deleted: HashSet<GroupId>,
}

impl Participants {
    pub(super) fn new(collation: Collation) -> Self {
        Self {
            collation,
            pairs: HashMap::new(),
            planned: HashSet::new(),
            read: Vec::new(),
            groups: HashMap::new(),
            by_name: HashMap::new(),
            groups_planned: HashSet::new(),
            groups_read: Vec::new(),
            roles_above: HashSet::new(),
            joined: HashMap::new(),
            groups_deleted: HashSet::new(),
        }
    }

    fn loading(&mut self, user: UserId, course: CourseId) -> Option<&mut Participant> {
        let pair = (user, course);
        if self.planned.contains(&pair) {
            return None;
        }
        Some(self.pairs.entry(pair).or_insert_with(|| {
            self.read.push(pair);
            Participant::default()
        }))
    }

    /// Adds an enrolment as read from the site.
    pub fn load_enrolment(&mut self, user: UserId, course: CourseId, enrolment: Enrolment) {
        if let Some(pair) = self.loading(user, course)
            && !pair.enrolments.iter().any(|known| known.instance == enrolment.instance)
        {
            pair.enrolments.push(enrolment);
        }
    }

    /// Adds a role as read from the site.
    pub fn load_role(&mut self, user: UserId, course: CourseId, role: RoleAssignment) {
        if let Some(pair) = self.loading(user, course)
            && !pair.roles.contains(&role)
        {
            pair.roles.push(role);
        }
    }

    /// Notes that a user has a role in a context above courses: a category, the whole site.
    pub fn load_role_above(&mut self, user: UserId, context: ContextId) {
        self.roles_above.insert((user, context));
    }

    /// Adds a group as read from the site.
    pub fn load_group(&mut self, group: Group) {
        let is_known = self.groups.get(&group.course).is_some_and(|groups| groups.contains_key(&group.id));
        if !is_known && !self.is_deleted(group.id) {
            self.groups_read.push((group.course, group.id));
            self.insert_group(group);
        }
    }

    fn insert_group(&mut self, group: Group) {
        let key = (group.course, self.collation.fold(group.name()).into_owned());
        self.by_name.entry(key).or_default().push(group.id);
        self.groups.entry(group.course).or_default().insert(group.id, group);
    }

    /// Adds a membership as read from the site.
    pub fn load_membership(&mut self, user: UserId, course: CourseId, membership: Membership) {
        if let Some(pair) = self.loading(user, course)
            && !pair.memberships.iter().any(|known| known.group == membership.group)
        {
            pair.memberships.push(membership);
        }
    }

    /// What the user is in the course, to change it as planned.
    pub(super) fn plan(&mut self, user: UserId, course: CourseId) -> &mut Participant {
        self.planned.insert((user, course));
        self.pairs.entry((user, course)).or_default()
    }

    /// Changes what the user is in the course as planned, and counts who joins and leaves groups by that.
    pub(super) fn change(&mut self, user: UserId, course: CourseId, change: impl FnOnce(&mut Participant)) {
        self.planned.insert((user, course));
        let pair = self.pairs.entry((user, course)).or_default();
        let before: Vec<GroupId> = pair.memberships.iter().map(|known| known.group).collect();
        change(pair);
        let after = pair.memberships.iter().map(|known| (known.group, 1));
        for (group, step) in before.into_iter().map(|group| (group, -1)).chain(after) {
            *self.joined.entry(group).or_default() += step;
        }
    }

    /// Groups whose number of members a plan changes, and by how many.
    pub fn member_changes(&self) -> impl Iterator<Item = (GroupId, i64)> {
        self.joined.iter().map(|(group, change)| (*group, *change)).filter(|(_, change)| *change != 0)
    }

    /// By how many members a plan changes a group.
    pub fn member_change(&self, group: GroupId) -> i64 {
        self.joined.get(&group).copied().unwrap_or(0)
    }

    /// Groups that a plan creates.
    pub fn new_groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values().flat_map(|groups| groups.range(..GroupId(0))).map(|(_, group)| group)
    }

    /// How many pairs are planned.
    pub(super) fn planned(&self) -> usize {
        self.planned.len()
    }

    /// Takes out what is planned. Groups stay: they are few.
    pub(super) fn leave(&mut self, records: &mut BTreeMap<UserId, Record>) {
        self.planned = HashSet::new();
        for ((user, course), participant) in std::mem::take(&mut self.pairs) {
            records.entry(user).or_default().belongings.courses.push((course, participant));
        }
    }

    pub(super) fn plan_group(&mut self, group: Group) {
        self.groups_planned.insert(group.id);
        self.forget_group(group.course, group.id);
        self.insert_group(group);
    }

    /// A group without members goes.
    pub(super) fn delete_group(&mut self, course: CourseId, id: GroupId) {
        self.forget_group(course, id);
        self.groups_planned.remove(&id);
        self.groups_deleted.insert(id);
    }

    /// Groups that a plan deletes.
    pub fn deleted_groups(&self) -> impl Iterator<Item = GroupId> {
        self.groups_deleted.iter().copied()
    }

    /// Whether a plan deletes a group.
    pub fn is_deleted(&self, id: GroupId) -> bool {
        self.groups_deleted.contains(&id)
    }

    fn forget_group(&mut self, course: CourseId, id: GroupId) {
        if let Some(group) = self.groups.get_mut(&course).and_then(|groups| groups.remove(&id)) {
            forget_entry(&mut self.by_name, (course, self.collation.fold(group.name()).into_owned()), id);
        }
    }

    pub(super) fn remove_user(&mut self, user: UserId) {
        let courses: Vec<CourseId> =
            self.pairs.keys().filter(|(who, _)| *who == user).map(|(_, course)| *course).collect();
        for course in courses {
            self.change(user, course, |pair| *pair = Participant::default());
        }
    }

    /// The user's enrolments in the course, by any method.
    pub fn enrolments(&self, user: UserId, course: CourseId) -> &[Enrolment] {
        self.pairs.get(&(user, course)).map_or(&[], |pair| &pair.enrolments)
    }

    /// The user's enrolment by this method.
    pub fn enrolment(&self, user: UserId, course: CourseId, instance: EnrolId) -> Option<&Enrolment> {
        self.enrolments(user, course).iter().find(|enrolment| enrolment.instance == instance)
    }

    /// The user's roles in the context of the course.
    pub fn roles(&self, user: UserId, course: CourseId) -> &[RoleAssignment] {
        self.pairs.get(&(user, course)).map_or(&[], |pair| &pair.roles)
    }

    /// Whether the user has a role in one of these contexts.
    pub fn has_role_above(&self, user: UserId, contexts: &[ContextId]) -> bool {
        contexts.iter().any(|context| self.roles_above.contains(&(user, *context)))
    }

    /// The user's groups in the course.
    pub fn memberships(&self, user: UserId, course: CourseId) -> &[Membership] {
        self.pairs.get(&(user, course)).map_or(&[], |pair| &pair.memberships)
    }

    /// The groups of a course, by id.
    pub fn groups(&self, course: CourseId) -> impl Iterator<Item = &Group> {
        self.groups.get(&course).into_iter().flat_map(BTreeMap::values)
    }

    /// The group of the course with that name.
    pub fn group_by_name(&self, course: CourseId, name: &str) -> Match<GroupId> {
        let key = (course, self.collation.fold(name).into_owned());
        self.by_name.get(&key).map_or(Match::None, |ids| Match::of(ids))
    }

    /// Groups by one of their identifiers: in the course, or anywhere by id. A blank value matches none.
    pub fn find_groups(&self, course: CourseId, key: GroupKey, value: &str) -> Vec<GroupId> {
        if value.is_empty() {
            return Vec::new();
        }
        let by_field = |field| {
            let wanted = self.collation.fold(value);
            let groups = self.groups.get(&course).into_iter().flat_map(BTreeMap::values);
            groups
                .filter(|group| self.collation.fold(group.fields.text(field)) == wanted)
                .map(|group| group.id)
                .collect()
        };
        match key {
            GroupKey::Name => {
                let name = (course, self.collation.fold(value).into_owned());
                self.by_name.get(&name).cloned().unwrap_or_default()
            }
            GroupKey::Idnumber => by_field(GroupField::Idnumber),
            GroupKey::Id => {
                let id = value.trim().parse().map(GroupId).ok();
                id.into_iter().filter(|id| self.group_anywhere(*id).is_some()).collect()
            }
        }
    }

    /// The group with that id, in whatever course.
    pub fn group_anywhere(&self, id: GroupId) -> Option<&Group> {
        self.groups.values().find_map(|groups| groups.get(&id))
    }

    /// Whether a group of another course has this idnumber, as far as such groups were read.
    pub fn is_elsewhere(&self, course: CourseId, idnumber: &str) -> bool {
        let others = self.groups.iter().filter(|(other, _)| **other != course).flat_map(|(_, groups)| groups.values());
        let wanted = self.collation.fold(idnumber);
        others.into_iter().any(|group| self.collation.fold(group.fields.text(GroupField::Idnumber)) == wanted)
    }

    /// The group with that id.
    pub fn group(&self, course: CourseId, id: GroupId) -> Option<&Group> {
        self.groups.get(&course)?.get(&id)
    }

    pub(super) fn forget_unplanned(&mut self) {
        for pair in std::mem::take(&mut self.read) {
            if !self.planned.contains(&pair) {
                self.pairs.remove(&pair);
            }
        }
        for (course, id) in std::mem::take(&mut self.groups_read) {
            if !self.groups_planned.contains(&id) {
                self.forget_group(course, id);
            }
        }
        self.roles_above.clear();
    }
}
