//! A world that goes on from chunk to chunk and applies nothing, in flat memory: what is planned about users is set
//! aside on disk once there is much of it, and whoever a chunk is about is brought back.
//!
//! Its errands read and write a file, so they are for threads that may block; the rest is quick.

use super::World;
use super::aside::{Aside, AsideError, Handle, Record, Wanted};
use crate::model::{ProfileFieldId, UserId};
use crate::site::facts::SiteFacts;
use crate::site::lookups::{Lookups, UserKey};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

/// How many planned things about users stay in memory: accounts, values, memberships, participants. About a kilobyte
/// each. More in memory means fewer and larger batches, which are cheaper in total.
const IN_MEMORY: usize = 20_000;

/// A dry run's knowledge of a site.
#[derive(Debug)]
pub struct Rehearsal {
    /// What is known for the chunk at hand.
    pub world: World,
    aside: Arc<Mutex<Aside>>,
    in_memory: usize,
}

/// A trip to the file: users to set aside, users to bring back.
#[derive(Debug)]
pub struct Errand {
    aside: Arc<Mutex<Aside>>,
    leaving: BTreeMap<UserId, Record>,
    wanted: Wanted,
}

/// Users as an errand brings them back.
#[derive(Debug)]
pub struct Returning(Vec<(UserId, Record)>);

impl Rehearsal {
    /// An empty world at the Unix time `now`. `scratch` is an empty file that nobody else uses.
    pub fn new(facts: Arc<SiteFacts>, now: i64, scratch: File) -> Result<Self, AsideError> {
        Self::with_capacity(facts, now, scratch, IN_MEMORY)
    }

    /// The same with another number of planned things that stay in memory.
    pub fn with_capacity(facts: Arc<SiteFacts>, now: i64, scratch: File, in_memory: usize) -> Result<Self, AsideError> {
        let aside = Aside::open(scratch, Arc::clone(&facts))?;
        Ok(Self { world: World::new(facts, now), aside: Arc::new(Mutex::new(aside)), in_memory })
    }

    /// Turns to the next chunk: forgets what was only read, and says what to do before its look-ups are resolved.
    pub fn turn_to(&mut self, lookups: &Lookups) -> Option<Errand> {
        self.world.forget_unplanned();
        let many = self.world.users_planned() > self.in_memory;
        let leaving = if many { self.world.leave() } else { BTreeMap::new() };
        self.world.users.has_absent().then(|| self.errand(leaving, self.wanted(lookups)))
    }

    /// What to do once the look-ups are resolved: bring back planned users that the site answered with as they are, or
    /// who have the address of an account that may come back.
    pub fn after_resolving(&mut self, lookups: &Lookups) -> Option<Errand> {
        let users = &mut self.world.users;
        let ids = users.take_met();
        if !users.has_absent() {
            return None;
        }
        let addresses = users.former_addresses(&lookups.users.deleted_username_md5s);
        let handles: BTreeSet<_> = addresses.into_iter().map(|address| Handle::Key(UserKey::Email, address)).collect();
        let is_needed = !ids.is_empty() || !handles.is_empty();
        is_needed.then(|| self.errand(BTreeMap::new(), Wanted { ids, handles, ..Wanted::default() }))
    }

    /// Takes in what an errand brought back. It stands in place of what was read.
    pub fn take_in(&mut self, returning: Returning) {
        for (user, record) in returning.0 {
            self.world.come_back(user, record);
        }
    }

    fn errand(&self, leaving: BTreeMap<UserId, Record>, wanted: Wanted) -> Errand {
        Errand { aside: Arc::clone(&self.aside), leaving, wanted }
    }

    fn wanted(&self, lookups: &Lookups) -> Wanted {
        let users = &lookups.users;
        let keyed = [
            (UserKey::Username, &users.usernames),
            (UserKey::Idnumber, &users.idnumbers),
            (UserKey::Email, &users.emails),
        ];
        let collation = self.world.facts.collation;
        let keys = keyed
            .into_iter()
            .flat_map(|(key, values)| values.iter().map(move |value| Handle::Key(key, key.fold(collation, value))));
        let deleted = users.deleted_username_md5s.iter().cloned().map(Handle::DeletedMd5);
        let values = lookups.unique_profile_values.iter();
        let values = values.map(|(field, value)| Handle::UniqueValue(ProfileFieldId(*field), value.clone()));
        Wanted {
            ids: users.ids.iter().copied().map(UserId).collect(),
            handles: keys.chain(deleted).chain(values).collect(),
            searches: users.searches.iter().cloned().collect(),
        }
    }
}

impl Errand {
    /// Does it. Blocks.
    pub fn run(self) -> Result<Returning, AsideError> {
        let mut aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.leaving.is_empty() {
            aside.put(self.leaving)?;
        }
        aside.fetch(&self.wanted).map(Returning)
    }
}

impl World {
    /// How many things about users are planned.
    fn users_planned(&self) -> usize {
        self.users.planned()
            + self.cohorts.members_planned()
            + self.participants.planned()
            + self.roles_above.planned()
            + self.interests.planned()
    }

    /// Takes out everything that is planned about users. Call it when nothing else is known.
    fn leave(&mut self) -> BTreeMap<UserId, Record> {
        let mut records = BTreeMap::new();
        self.users.leave(&mut records);
        self.cohorts.leave(&mut records);
        self.participants.leave(&mut records);
        for ((user, place), roles) in self.roles_above.leave() {
            records.entry(user).or_default().belongings.roles_above.push((place, roles));
        }
        for ((user, ()), interests) in self.interests.leave() {
            records.entry(user).or_default().belongings.interests = Some(interests);
        }
        for (user, record) in &records {
            self.users.note_absent(*user, record);
        }
        records
    }

    fn come_back(&mut self, user: UserId, record: Record) {
        self.users.note_present(user);
        if let Some(account) = record.account {
            self.users.plan(account);
        }
        let belongings = record.belongings;
        for (field, value) in belongings.profile {
            self.users.plan_profile(user, field, value);
        }
        for (name, value) in belongings.preferences {
            self.users.plan_preference(user, &name, value);
        }
        for (cohort, planned) in belongings.cohorts {
            self.cohorts.restore_member(cohort, user, planned);
        }
        for (course, participant) in belongings.courses {
            *self.participants.plan(user, course) = participant;
        }
        for (place, roles) in belongings.roles_above {
            *self.roles_above.plan(user, place) = roles;
        }
        if let Some(interests) = belongings.interests {
            *self.interests.plan(user, ()) = interests;
        }
    }
}
