//! Users as known to a plan.

use crate::model::{ProfileFieldId, UserId};
use crate::site::facts::Collation;
use crate::site::fields::{Fields, UserField};
use crate::site::lookups::UserKey;
use crate::site::world::Match;
use crate::site::world::aside::{Absent, PasswordDigest, Record};
use secrecy::{ExposeSecret, SecretString};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    /// A password that an earlier line sets, after it was set aside with its user.
    PlannedAside(PasswordDigest),
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

    /// The address in the user name that Moodle gives to deleted accounts: `<address>.<Unix time>`. The account takes
    /// it again when it comes back, unless somebody else has it by then.
    pub fn former_address(&self) -> Option<&str> {
        let (address, stamp) = self.username().rsplit_once('.')?;
        let is_stamp = !stamp.is_empty() && stamp.bytes().all(|b| b.is_ascii_digit());
        (self.deleted && is_stamp).then_some(address)
    }

    /// Whether a search finds it: the user name is equal, or full name or e-mail contains the words (any case).
    pub(super) fn is_found_by(&self, words: &str) -> bool {
        let lower = words.to_lowercase();
        let name = format!("{} {}", self.fields.text(UserField::Firstname), self.fields.text(UserField::Lastname));
        !self.deleted
            && (self.username() == words
                || name.to_lowercase().contains(&lower)
                || self.fields.text(UserField::Email).to_lowercase().contains(&lower))
    }

    /// Whether the stored or planned password is this one. `None`: it was not read.
    pub fn has_password(&self, clear: &str) -> Option<bool> {
        match &self.password {
            Password::Unknown => None,
            Password::Planned(planned) => Some(planned.expose_secret() == clear),
            Password::PlannedAside(digest) => Some(digest.is_of(clear)),
            Password::Stored(hash) => Some(crate::site::password::verify(hash.expose_secret(), clear)),
        }
    }
}

/// What a user is found by besides the id, folded; nothing for a deleted account.
pub(super) fn identifiers(user: &User, collation: Collation) -> Vec<(UserKey, String)> {
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
        .map(|(key, field)| (key, key.fold(collation, user.fields.text(field))))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// Users, found by any of their identifiers.
#[derive(Debug, Clone)]
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
    absent: Absent,
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
            absent: Absent::default(),
        }
    }

    fn keys(&self, user: &User) -> Vec<(UserKey, String)> {
        identifiers(user, self.collation)
    }

    /// Adds a user as read from the site. A user that is known already stays as it is known.
    pub fn load(&mut self, user: User) {
        self.absent.meet(user.id);
        if !self.rows.contains_key(&user.id) && !self.absent.has_account(user.id) {
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
        self.by_key.get(&(key, key.fold(self.collation, value))).cloned().unwrap_or_default()
    }

    /// The one user that is not deleted with that identifier.
    pub fn find(&self, key: UserKey, value: &str) -> Match<UserId> {
        Match::of(&self.find_all(key, value))
    }

    /// Deleted accounts whose former user name has this MD5.
    pub fn deleted_with_md5(&self, md5: &str) -> &[UserId] {
        self.deleted_by_md5.get(md5).map_or(&[], Vec::as_slice)
    }

    /// Addresses that the deleted accounts behind these MD5s had, lower-cased.
    pub fn former_addresses<'a>(&self, md5s: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
        let accounts = md5s.into_iter().flat_map(|md5| self.deleted_with_md5(md5)).filter_map(|id| self.get(*id));
        accounts.filter_map(User::former_address).map(str::to_lowercase).collect()
    }

    /// Notes who matched a search as read from the site.
    pub fn load_search(&mut self, search: &str, ids: Vec<UserId>) {
        self.searches.insert(search.to_owned(), ids);
    }

    /// Who matches a search: the user name is equal, or full name or e-mail contains the words (any case).
    pub fn search(&self, words: &str) -> Match<UserId> {
        let known = self.searches.get(words).into_iter().flatten().copied();
        let mut ids: Vec<UserId> =
            known.filter(|id| !self.planned.contains(id) && !self.absent.has_account(*id)).collect();
        ids.extend(
            self.planned.iter().copied().filter(|id| self.rows.get(id).is_some_and(|user| user.is_found_by(words))),
        );
        Match::of(&ids)
    }

    /// The stored or planned value of a profile field; none where the user has no row.
    pub fn profile(&self, user: UserId, field: ProfileFieldId) -> Option<&str> {
        self.profile.get(&(user, field)).map(String::as_str)
    }

    /// Adds a profile value as read from the site.
    pub fn load_profile(&mut self, user: UserId, field: ProfileFieldId, value: String) {
        self.absent.meet(user);
        if !self.profile_planned.contains(&(user, field)) {
            self.profile_read.push((user, field));
            self.set_profile(user, field, value);
        }
    }

    fn set_profile(&mut self, user: UserId, field: ProfileFieldId, value: String) {
        if let Some(old) = self.profile.insert((user, field), value.clone()) {
            self.forget_holder(field, old, user);
        }
        self.profile_by_value.entry((field, value)).or_default().insert(user);
    }

    fn forget_holder(&mut self, field: ProfileFieldId, value: String, user: UserId) {
        if let Entry::Occupied(mut holders) = self.profile_by_value.entry((field, value)) {
            holders.get_mut().remove(&user);
            if holders.get().is_empty() {
                holders.remove();
            }
        }
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
            Password::Unknown | Password::Planned(_) | Password::PlannedAside(_) => None,
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
            {
                self.forget_holder(key.1, value, key.0);
            }
        }
        for key in std::mem::take(&mut self.preferences_read) {
            if !self.preferences_planned.contains(&key) {
                self.preferences.remove(&key);
            }
        }
        self.searches.clear();
        self.verified.clear();
        self.absent.take_met();
    }

    /// How many accounts, profile values and preferences are planned.
    pub(super) fn planned(&self) -> usize {
        self.planned.len() + self.profile_planned.len() + self.preferences_planned.len()
    }

    /// Takes out everything. Only what is planned may be left.
    pub(super) fn leave(&mut self, records: &mut BTreeMap<UserId, Record>) {
        let empty = Self { absent: std::mem::take(&mut self.absent), ..Self::new(self.collation) };
        let left = std::mem::replace(self, empty);
        for (id, user) in left.rows {
            records.entry(id).or_default().account = Some(user);
        }
        for ((user, field), value) in left.profile {
            records.entry(user).or_default().belongings.profile.push((field, value));
        }
        for ((user, name), value) in left.preferences {
            records.entry(user).or_default().belongings.preferences.push((name, value));
        }
    }

    pub(super) fn note_absent(&mut self, user: UserId, record: &Record) {
        self.absent.enter(user, record);
    }

    pub(super) fn note_present(&mut self, user: UserId) {
        self.absent.leave(user);
    }

    /// Whether planned users are set aside.
    pub(super) fn has_absent(&self) -> bool {
        !self.absent.is_nobody()
    }

    /// Users set aside that the site answered with since the last call.
    pub(super) fn take_met(&mut self) -> BTreeSet<UserId> {
        self.absent.take_met()
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
