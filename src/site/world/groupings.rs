//! Groupings of courses, and the groups in them, as known to a plan.

use crate::model::{CourseId, GroupId, GroupingId};
use crate::site::facts::Collation;
use crate::site::fields::{Fields, GroupField};
use crate::site::lookups::GroupKey;
use std::collections::{BTreeMap, HashSet};

/// A grouping of a course.
#[derive(Debug, Clone)]
pub struct Grouping {
    /// Its id.
    pub id: GroupingId,
    /// Its course.
    pub course: CourseId,
    /// Its columns.
    pub fields: Fields<GroupField>,
}

/// Groupings and what is in them.
#[derive(Debug, Clone)]
pub struct Groupings {
    collation: Collation,
    rows: BTreeMap<GroupingId, Grouping>,
    planned: HashSet<GroupingId>,
    links: HashSet<(GroupingId, GroupId)>,
    links_planned: HashSet<(GroupingId, GroupId)>,
    deleted: HashSet<GroupingId>,
}

impl Groupings {
    pub(super) fn new(collation: Collation) -> Self {
        let (links, links_planned) = (HashSet::new(), HashSet::new());
        let (planned, deleted) = (HashSet::new(), HashSet::new());
        Self { collation, rows: BTreeMap::new(), planned, links, links_planned, deleted }
    }

    /// Adds a grouping as read from the site. One that is known already stays as it is known.
    pub fn load(&mut self, grouping: Grouping) {
        if !self.deleted.contains(&grouping.id) {
            self.rows.entry(grouping.id).or_insert(grouping);
        }
    }

    /// Notes that a group is in a grouping.
    pub fn load_link(&mut self, grouping: GroupingId, group: GroupId) {
        self.links.insert((grouping, group));
    }

    pub(super) fn plan(&mut self, grouping: Grouping) {
        self.planned.insert(grouping.id);
        self.rows.insert(grouping.id, grouping);
    }

    pub(super) fn plan_link(&mut self, grouping: GroupingId, group: GroupId) {
        self.links_planned.insert((grouping, group));
    }

    pub(super) fn delete(&mut self, id: GroupingId) {
        self.rows.remove(&id);
        self.planned.remove(&id);
        self.links_planned.retain(|(grouping, _)| *grouping != id);
        self.deleted.insert(id);
    }

    /// Whether a plan deletes a grouping.
    pub fn is_deleted(&self, id: GroupingId) -> bool {
        self.deleted.contains(&id)
    }

    /// Groupings that a plan creates.
    pub fn new_groupings(&self) -> impl Iterator<Item = &Grouping> {
        self.rows.range(..GroupingId(0)).map(|(_, grouping)| grouping)
    }

    /// Groups that a plan puts into groupings.
    pub fn new_links(&self) -> impl Iterator<Item = (GroupingId, GroupId)> {
        self.links_planned.iter().copied()
    }

    /// The grouping with that id.
    pub fn get(&self, id: GroupingId) -> Option<&Grouping> {
        self.rows.get(&id)
    }

    /// Groupings by one of their identifiers: in the course, or anywhere by id. A blank value matches none.
    pub fn find_all(&self, course: CourseId, key: GroupKey, value: &str) -> Vec<GroupingId> {
        if value.is_empty() {
            return Vec::new();
        }
        let wanted = self.collation.fold(value);
        let own = |grouping: &&Grouping| match key.field() {
            None => value.trim().parse() == Ok(grouping.id.0),
            Some(field) => grouping.course == course && self.collation.fold(grouping.fields.text(field)) == wanted,
        };
        self.rows.values().filter(own).map(|grouping| grouping.id).collect()
    }

    /// The groupings of a course, by id.
    pub fn of_course(&self, course: CourseId) -> impl Iterator<Item = &Grouping> {
        self.rows.values().filter(move |grouping| grouping.course == course)
    }

    /// Whether a group is in a grouping.
    pub fn has(&self, grouping: GroupingId, group: GroupId) -> bool {
        self.links.contains(&(grouping, group)) || self.links_planned.contains(&(grouping, group))
    }

    pub(super) fn forget_unplanned(&mut self) {
        let planned = &self.planned;
        self.rows.retain(|id, _| planned.contains(id));
        self.links.clear();
    }
}
