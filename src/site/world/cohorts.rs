//! Cohorts and their members as known to a plan.

use crate::model::{CategoryId, CohortId, UserId};
use crate::site::facts::Collation;
use crate::site::fields::{CohortField, Fields};
use crate::site::lookups::CohortKey;
use crate::site::world::Match;
use crate::site::world::aside::Record;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A cohort.
#[derive(Debug, Clone)]
pub struct Cohort {
    /// Its id.
    pub id: CohortId,
    /// The category in whose context it stands; 0 for the whole site.
    pub category: CategoryId,
    /// Its columns.
    pub fields: Fields<CohortField>,
}

impl Cohort {
    /// Its name.
    pub fn name(&self) -> &str {
        self.fields.text(CohortField::Name)
    }

    /// Its idnumber; empty for none.
    pub fn idnumber(&self) -> &str {
        self.fields.text(CohortField::Idnumber)
    }

    /// The component that manages it; empty for cohorts made by hand.
    pub fn component(&self) -> &str {
        self.fields.text(CohortField::Component)
    }
}

/// Whether a user is in a cohort, as planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Standing {
    In,
    Out,
}

/// What is planned for a user in a cohort. It holds until the cohort is emptied again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PlannedMember {
    pub(super) standing: Standing,
    /// How often the cohort had been emptied by then.
    pub(super) emptied: u32,
}

/// Cohorts and their members.
#[derive(Debug, Clone)]
pub struct Cohorts {
    collation: Collation,
    rows: HashMap<CohortId, Cohort>,
    planned: HashSet<CohortId>,
    deleted: HashSet<CohortId>,
    members: HashSet<(CohortId, UserId)>,
    members_planned: HashMap<(CohortId, UserId), PlannedMember>,
    /// Members on the site, where they were counted.
    counted: HashMap<CohortId, i64>,
    /// By how many members a plan changes that, since the cohort was emptied if it was.
    joined: HashMap<CohortId, i64>,
    /// How often a plan empties a cohort.
    emptied: HashMap<CohortId, u32>,
}

impl Cohorts {
    pub(super) fn new(collation: Collation) -> Self {
        Self {
            collation,
            rows: HashMap::new(),
            planned: HashSet::new(),
            deleted: HashSet::new(),
            members: HashSet::new(),
            members_planned: HashMap::new(),
            counted: HashMap::new(),
            joined: HashMap::new(),
            emptied: HashMap::new(),
        }
    }

    /// Adds a cohort as read from the site. A cohort that is known already stays as it is known.
    pub fn load(&mut self, cohort: Cohort) {
        if !self.deleted.contains(&cohort.id) {
            self.rows.entry(cohort.id).or_insert(cohort);
        }
    }

    pub(super) fn plan(&mut self, cohort: Cohort) {
        self.planned.insert(cohort.id);
        self.rows.insert(cohort.id, cohort);
    }

    pub(super) fn change(&mut self, id: CohortId, change: impl FnOnce(&mut Cohort)) {
        if let Some(mut cohort) = self.rows.get(&id).cloned() {
            change(&mut cohort);
            self.plan(cohort);
        }
    }

    pub(super) fn delete(&mut self, id: CohortId) {
        self.empty(id);
        self.rows.remove(&id);
        self.planned.remove(&id);
        self.deleted.insert(id);
    }

    pub(super) fn empty(&mut self, id: CohortId) {
        *self.emptied.entry(id).or_default() += 1;
        self.joined.remove(&id);
    }

    /// Adds a membership as read from the site.
    pub fn load_member(&mut self, cohort: CohortId, user: UserId) {
        self.members.insert((cohort, user));
    }

    /// Notes how many members a cohort has on the site.
    pub fn load_count(&mut self, cohort: CohortId, members: i64) {
        self.counted.insert(cohort, members);
    }

    fn times_emptied(&self, cohort: CohortId) -> u32 {
        self.emptied.get(&cohort).copied().unwrap_or(0)
    }

    pub(super) fn plan_member(&mut self, cohort: CohortId, user: UserId, standing: Standing) {
        let change = match (self.is_member(cohort, user), standing) {
            (false, Standing::In) => 1,
            (true, Standing::Out) => -1,
            _ => 0,
        };
        *self.joined.entry(cohort).or_default() += change;
        let planned = PlannedMember { standing, emptied: self.times_emptied(cohort) };
        self.members_planned.insert((cohort, user), planned);
    }

    /// Takes in what was planned earlier and set aside.
    pub(super) fn restore_member(&mut self, cohort: CohortId, user: UserId, planned: PlannedMember) {
        self.members_planned.insert((cohort, user), planned);
    }

    pub(super) fn remove_user(&mut self, user: UserId) {
        self.members.retain(|(_, member)| *member != user);
        self.members_planned.retain(|(_, member), _| *member != user);
    }

    /// How many memberships are planned.
    pub(super) fn members_planned(&self) -> usize {
        self.members_planned.len()
    }

    /// Takes out the planned memberships. Cohorts stay: they are few.
    pub(super) fn leave(&mut self, records: &mut BTreeMap<UserId, Record>) {
        for ((cohort, user), planned) in std::mem::take(&mut self.members_planned) {
            records.entry(user).or_default().belongings.cohorts.push((cohort, planned));
        }
    }

    /// Whether the user is in the cohort.
    pub fn is_member(&self, cohort: CohortId, user: UserId) -> bool {
        let emptied = self.times_emptied(cohort);
        match self.members_planned.get(&(cohort, user)) {
            Some(planned) if planned.emptied == emptied => planned.standing == Standing::In,
            _ => emptied == 0 && self.members.contains(&(cohort, user)),
        }
    }

    /// Whether anybody is in the cohort, where its members were counted.
    pub fn has_members(&self, cohort: CohortId) -> bool {
        let on_site = if self.times_emptied(cohort) == 0 { self.counted.get(&cohort).copied() } else { None };
        on_site.unwrap_or(0) + self.joined.get(&cohort).copied().unwrap_or(0) > 0
    }

    /// How many are in a cohort, of which so many are there on the site. None for one that a plan deletes.
    pub fn members_after(&self, id: CohortId, on_site: u64) -> Option<u64> {
        if self.deleted.contains(&id) {
            return None;
        }
        let on_site = if self.times_emptied(id) == 0 { i64::try_from(on_site).unwrap_or(i64::MAX) } else { 0 };
        Some(u64::try_from(on_site + self.joined.get(&id).copied().unwrap_or(0)).unwrap_or(0))
    }

    /// The cohort with that id.
    pub fn get(&self, id: CohortId) -> Option<&Cohort> {
        self.rows.get(&id)
    }

    /// Cohorts by one of their identifiers, in any context, lowest id first. A blank value matches none.
    pub fn find_all(&self, key: CohortKey, value: &str) -> Vec<CohortId> {
        if value.is_empty() {
            return Vec::new();
        }
        let wanted = self.collation.fold(value);
        let own = |cohort: &Cohort| match key {
            CohortKey::Id => value.trim().parse() == Ok(cohort.id.0),
            CohortKey::Idnumber => self.collation.fold(cohort.idnumber()) == wanted,
            CohortKey::Name => self.collation.fold(cohort.name()) == wanted,
        };
        let mut found: Vec<CohortId> =
            self.rows.values().filter(|cohort| own(cohort)).map(|cohort| cohort.id).collect();
        found.sort_unstable();
        found
    }

    /// The one cohort with that identifier, in any context.
    pub fn find(&self, key: CohortKey, value: &str) -> Match<CohortId> {
        Match::of(&self.find_all(key, value))
    }

    /// The cohort with that idnumber, in any context.
    pub fn by_idnumber(&self, idnumber: &str) -> Match<CohortId> {
        self.find(CohortKey::Idnumber, idnumber)
    }

    /// The cohort with that name in the system context.
    pub fn by_name(&self, name: &str) -> Match<CohortId> {
        let mut found = self.find_all(CohortKey::Name, name);
        found.retain(|id| self.get(*id).is_some_and(|cohort| cohort.category.0 == 0));
        Match::of(&found)
    }

    pub(super) fn forget_unplanned(&mut self) {
        let planned = &self.planned;
        self.rows.retain(|id, _| planned.contains(id));
        self.members.clear();
        self.counted.clear();
    }
}
