//! Cohorts and their members as known to a plan.

use crate::model::{CohortId, UserId};
use crate::site::facts::Collation;
use crate::site::world::Match;
use crate::site::world::aside::Record;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A cohort.
#[derive(Debug, Clone)]
pub struct Cohort {
    /// Its id.
    pub id: CohortId,
    /// Its name.
    pub name: String,
    /// Its idnumber.
    pub idnumber: Option<String>,
    /// Whether it stands in the system context.
    pub is_site_wide: bool,
    /// The component that manages it; empty for cohorts made by hand.
    pub component: String,
}

/// Cohorts and their members.
#[derive(Debug)]
pub struct Cohorts {
    collation: Collation,
    rows: HashMap<CohortId, Cohort>,
    planned: HashSet<CohortId>,
    members: HashSet<(CohortId, UserId)>,
    members_planned: HashSet<(CohortId, UserId)>,
}

impl Cohorts {
    pub(super) fn new(collation: Collation) -> Self {
        Self {
            collation,
            rows: HashMap::new(),
            planned: HashSet::new(),
            members: HashSet::new(),
            members_planned: HashSet::new(),
        }
    }

    /// Adds a cohort as read from the site.
    pub fn load(&mut self, cohort: Cohort) {
        self.rows.entry(cohort.id).or_insert(cohort);
    }

    pub(super) fn plan(&mut self, cohort: Cohort) {
        self.planned.insert(cohort.id);
        self.rows.insert(cohort.id, cohort);
    }

    /// Adds a membership as read from the site.
    pub fn load_member(&mut self, cohort: CohortId, user: UserId) {
        self.members.insert((cohort, user));
    }

    pub(super) fn plan_member(&mut self, cohort: CohortId, user: UserId) {
        self.members_planned.insert((cohort, user));
    }

    pub(super) fn remove_user(&mut self, user: UserId) {
        self.members.retain(|(_, member)| *member != user);
        self.members_planned.retain(|(_, member)| *member != user);
    }

    /// How many memberships are planned.
    pub(super) fn members_planned(&self) -> usize {
        self.members_planned.len()
    }

    /// Takes out the planned memberships. Cohorts stay: they are few.
    pub(super) fn leave(&mut self, records: &mut BTreeMap<UserId, Record>) {
        for (cohort, user) in std::mem::take(&mut self.members_planned) {
            records.entry(user).or_default().belongings.cohorts.push(cohort);
        }
    }

    /// Whether the user is in the cohort.
    pub fn is_member(&self, cohort: CohortId, user: UserId) -> bool {
        self.members.contains(&(cohort, user)) || self.members_planned.contains(&(cohort, user))
    }

    /// The cohort with that id.
    pub fn get(&self, id: CohortId) -> Option<&Cohort> {
        self.rows.get(&id)
    }

    fn find(&self, wanted: impl Fn(&Cohort) -> bool) -> Match<CohortId> {
        Match::of(&self.rows.values().filter(|cohort| wanted(cohort)).map(|cohort| cohort.id).collect::<Vec<_>>())
    }

    /// The cohort with that idnumber, in any context.
    pub fn by_idnumber(&self, idnumber: &str) -> Match<CohortId> {
        let wanted = self.collation.fold(idnumber);
        self.find(|cohort| cohort.idnumber.as_deref().is_some_and(|own| self.collation.fold(own) == wanted))
    }

    /// The cohort with that name in the system context.
    pub fn by_name(&self, name: &str) -> Match<CohortId> {
        let wanted = self.collation.fold(name);
        self.find(|cohort| cohort.is_site_wide && self.collation.fold(&cohort.name) == wanted)
    }

    pub(super) fn forget_unplanned(&mut self) {
        let planned = &self.planned;
        self.rows.retain(|id, _| planned.contains(id));
        self.members.clear();
    }
}
