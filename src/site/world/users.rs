//! Users and cohorts as known to a plan.

use crate::model::{CohortId, ProfileFieldId, UserId};
use crate::site::facts::Collation;
use crate::site::fields::{Fields, UserField};
use crate::site::lookups::UserKey;
use crate::site::world::Match;
use secrecy::{ExposeSecret, SecretString};
use std::collections::{HashMap, HashSet};

/// What is known of a user's password.
#[derive(Debug, Clone, Default)]
pub enum Password {
    /// It was not read.
    #[default]
    Unknown,
    /// The stored hash or constant.
    Stored(SecretString),
    /// A password in clear that an earlier line sets.
    Planned(SecretString),
}

/// A user account.
#[derive(Debug, Clone)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Whether it is deleted: then `username` and `email` are Moodle's replacements.
    pub deleted: bool,
    /// The columns that were read; always `username`, `idnumber`, `email`, `auth`, `suspended`.
    pub fields: Fields<UserField>,
    /// The password.
    pub password: Password,
    /// When it was last changed, to choose among several deleted accounts.
    pub time_modified: i64,
}

impl User {
    /// The user name.
    pub fn username(&self) -> &str {
        self.fields.text(UserField::Username)
    }

    /// Whether the account is suspended.
    pub fn is_suspended(&self) -> bool {
        self.fields.text(UserField::Suspended) == "1"
    }

    /// Whether the stored or planned password is this one. `None`: it was not read.
    pub fn has_password(&self, clear: &str) -> Option<bool> {
        match &self.password {
            Password::Unknown => None,
            Password::Planned(planned) => Some(planned.expose_secret() == clear),
            Password::Stored(hash) => Some(crate::site::password::verify(hash.expose_secret(), clear)),
        }
    }
}

/// Users, found by any of their identifiers.
#[derive(Debug)]
pub struct Users {
    collation: Collation,
    rows: HashMap<UserId, User>,
    by_key: HashMap<(UserKey, String), Vec<UserId>>,
    deleted_by_md5: HashMap<String, Vec<UserId>>,
    planned: HashSet<UserId>,
    /// What was only read, to be forgotten before the next chunk.
    read: Vec<UserId>,
    profile: HashMap<(UserId, ProfileFieldId), String>,
    profile_planned: HashSet<(UserId, ProfileFieldId)>,
    profile_read: Vec<(UserId, ProfileFieldId)>,
    profile_by_value: HashMap<(ProfileFieldId, String), HashSet<UserId>>,
    preferences: HashMap<(UserId, String), Option<String>>,
    preferences_planned: HashSet<(UserId, String)>,
    preferences_read: Vec<(UserId, String)>,
    searches: HashMap<String, Vec<UserId>>,
    verified: HashMap<(UserId, String), bool>,
}

impl Users {
    pub(super) fn new(collation: Collation) -> Self {
        Self {
            collation,
            rows: HashMap::new(),
            by_key: HashMap::new(),
            deleted_by_md5: HashMap::new(),
            planned: HashSet::new(),
            read: Vec::new(),
            profile: HashMap::new(),
            profile_planned: HashSet::new(),
            profile_read: Vec::new(),
            profile_by_value: HashMap::new(),
            preferences: HashMap::new(),
            preferences_planned: HashSet::new(),
            preferences_read: Vec::new(),
            searches: HashMap::new(),
            verified: HashMap::new(),
        }
    }

    fn fold(&self, key: UserKey, value: &str) -> String {
        match key {
            UserKey::Email => value.to_lowercase(),
            UserKey::Id | UserKey::Idnumber | UserKey::Username => self.collation.fold(value).into_owned(),
        }
    }

    fn keys(&self, user: &User) -> Vec<(UserKey, String)> {
        if user.deleted {
            return Vec::new();
        }
        let keyed = [
            (UserKey::Username, UserField::Username),
            (UserKey::Idnumber, UserField::Idnumber),
            (UserKey::Email, UserField::Email),
        ];
        keyed
            .into_iter()
            .map(|(key, field)| (key, self.fold(key, user.fields.text(field))))
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    /// Adds a user as read from the site. A user that is known already stays as it is known.
    pub fn load(&mut self, user: User) {
        if !self.rows.contains_key(&user.id) {
            self.read.push(user.id);
            self.insert(user);
        }
    }

    fn insert(&mut self, user: User) {
        for key in self.keys(&user) {
            self.by_key.entry(key).or_default().push(user.id);
        }
        if user.deleted {
            self.deleted_by_md5.entry(user.fields.text(UserField::Email).to_owned()).or_default().push(user.id);
        }
        self.rows.insert(user.id, user);
    }

    fn remove(&mut self, id: UserId) -> Option<User> {
        let user = self.rows.remove(&id)?;
        for key in self.keys(&user) {
            forget_entry(&mut self.by_key, key, id);
        }
        if user.deleted {
            forget_entry(&mut self.deleted_by_md5, user.fields.text(UserField::Email).to_owned(), id);
        }
        Some(user)
    }

    /// Puts a planned state of a user in place of the known one.
    pub(super) fn plan(&mut self, user: User) {
        self.remove(user.id);
        self.planned.insert(user.id);
        self.insert(user);
    }

    /// The user with that id, deleted or not.
    pub fn get(&self, id: UserId) -> Option<&User> {
        self.rows.get(&id)
    }

    /// Users that are not deleted, by one of their identifiers. A blank value matches nobody.
    pub fn find_all(&self, key: UserKey, value: &str) -> Vec<UserId> {
        if key == UserKey::Id {
            let id = value.trim().parse().map(UserId).ok();
            return id.into_iter().filter(|id| self.rows.get(id).is_some_and(|user| !user.deleted)).collect();
        }
        self.by_key.get(&(key, self.fold(key, value))).cloned().unwrap_or_default()
    }

    /// The one user that is not deleted with that identifier.
    pub fn find(&self, key: UserKey, value: &str) -> Match<UserId> {
        Match::of(&self.find_all(key, value))
    }

    /// Deleted accounts whose former user name has this MD5.
    pub fn deleted_with_md5(&self, md5: &str) -> &[UserId] {
        self.deleted_by_md5.get(md5).map_or(&[], Vec::as_slice)
    }

    /// Notes who matched a search as read from the site.
    pub fn load_search(&mut self, search: &str, ids: Vec<UserId>) {
        self.searches.insert(search.to_owned(), ids);
    }

    /// Who matches a search: the user name is equal, or full name or e-mail contains the words (any case).
    pub fn search(&self, words: &str) -> Match<UserId> {
        let lower = words.to_lowercase();
        let matches = |user: &User| {
            let name = format!("{} {}", user.fields.text(UserField::Firstname), user.fields.text(UserField::Lastname));
            !user.deleted
                && (user.username() == words
                    || name.to_lowercase().contains(&lower)
                    || user.fields.text(UserField::Email).to_lowercase().contains(&lower))
        };
        let known = self.searches.get(words).into_iter().flatten().copied();
        let mut ids: Vec<UserId> = known.filter(|id| !self.planned.contains(id)).collect();
        ids.extend(self.planned.iter().copied().filter(|id| self.rows.get(id).is_some_and(matches)));
        Match::of(&ids)
    }

    /// The stored or planned value of a profile field; none where the user has no row.
    pub fn profile(&self, user: UserId, field: ProfileFieldId) -> Option<&str> {
        self.profile.get(&(user, field)).map(String::as_str)
    }

    /// Adds a profile value as read from the site.
    pub fn load_profile(&mut self, user: UserId, field: ProfileFieldId, value: String) {
        if !self.profile_planned.contains(&(user, field)) {
            self.profile_read.push((user, field));
            self.set_profile(user, field, value);
        }
    }

    fn set_profile(&mut self, user: UserId, field: ProfileFieldId, value: String) {
        if let Some(old) = self.profile.insert((user, field), value.clone())
            && let Some(holders) = self.profile_by_value.get_mut(&(field, old))
        {
            holders.remove(&user);
        }
        self.profile_by_value.entry((field, value)).or_default().insert(user);
    }

    pub(super) fn plan_profile(&mut self, user: UserId, field: ProfileFieldId, value: String) {
        self.profile_planned.insert((user, field));
        self.set_profile(user, field, value);
    }

    /// Whether a user other than `user` has this value in the field.
    pub fn other_has_profile_value(&self, user: UserId, field: ProfileFieldId, value: &str) -> bool {
        self.profile_by_value
            .get(&(field, value.to_owned()))
            .is_some_and(|holders| holders.iter().any(|holder| *holder != user))
    }

    /// A preference of a user; none where it is not set (or was not asked for).
    pub fn preference(&self, user: UserId, name: &str) -> Option<&str> {
        self.preferences.get(&(user, name.to_owned()))?.as_deref()
    }

    /// Adds a preference as read from the site.
    pub fn load_preference(&mut self, user: UserId, name: &str, value: String) {
        let key = (user, name.to_owned());
        if !self.preferences_planned.contains(&key) {
            self.preferences_read.push(key.clone());
            self.preferences.insert(key, Some(value));
        }
    }

    pub(super) fn plan_preference(&mut self, user: UserId, name: &str, value: Option<String>) {
        let key = (user, name.to_owned());
        self.preferences_planned.insert(key.clone());
        self.preferences.insert(key, value);
    }

    /// Notes that a stored password was compared with one in clear. Comparing is slow on purpose, so the engine does
    /// it for a whole chunk on all cores before planning.
    pub fn note_verified(&mut self, user: UserId, clear: &str, same: bool) {
        self.verified.insert((user, clear.to_owned()), same);
    }

    /// The stored password of a user, where it was read and no earlier line sets another.
    pub fn stored_password(&self, user: UserId) -> Option<SecretString> {
        match &self.rows.get(&user)?.password {
            Password::Stored(hash) => Some(hash.clone()),
            Password::Unknown | Password::Planned(_) => None,
        }
    }

    /// Whether the password of a user is this one; `None` when it was not read.
    pub fn password_is(&self, user: UserId, clear: &str) -> Option<bool> {
        let row = self.rows.get(&user)?;
        if matches!(row.password, Password::Stored(_))
            && let Some(same) = self.verified.get(&(user, clear.to_owned()))
        {
            return Some(*same);
        }
        row.has_password(clear)
    }

    pub(super) fn forget_unplanned(&mut self) {
        for id in std::mem::take(&mut self.read) {
            if !self.planned.contains(&id) {
                self.remove(id);
            }
        }
        for key in std::mem::take(&mut self.profile_read) {
            if !self.profile_planned.contains(&key)
                && let Some(value) = self.profile.remove(&key)
                && let Some(holders) = self.profile_by_value.get_mut(&(key.1, value))
            {
                holders.remove(&key.0);
            }
        }
        for key in std::mem::take(&mut self.preferences_read) {
            if !self.preferences_planned.contains(&key) {
                self.preferences.remove(&key);
            }
        }
        self.searches.clear();
        self.verified.clear();
    }
}

/// Takes one id out of an index, and its entry once nothing is left of it.
pub(super) fn forget_entry<K: Eq + std::hash::Hash, Id: PartialEq>(index: &mut HashMap<K, Vec<Id>>, key: K, id: Id) {
    if let Some(ids) = index.get_mut(&key) {
        ids.retain(|other| *other != id);
        if ids.is_empty() {
            index.remove(&key);
        }
    }
}

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
