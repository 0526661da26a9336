//! All that is planned about one user, and how it is written.

use super::password::{PasswordDigest, PasswordKey};
use super::{AsideError, Handle};
use crate::model::{CohortId, CourseId, ProfileFieldId, UserId};
use crate::site::facts::SiteFacts;
use crate::site::fields::{Fields, UserField};
use crate::site::participant::RolePlace;
use crate::site::world::cohorts::PlannedMember;
use crate::site::world::participants::{Participant, RoleAssignment};
use crate::site::world::users::{Password, User, identifiers};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// All that is planned about one user.
#[derive(Debug, Default)]
pub(in crate::site::world) struct Record {
    /// The account, where it is planned itself and not only what belongs to it.
    pub(in crate::site::world) account: Option<User>,
    pub(in crate::site::world) belongings: Belongings,
}

/// What belongs to a user.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(in crate::site::world) struct Belongings {
    pub(in crate::site::world) profile: Vec<(ProfileFieldId, String)>,
    pub(in crate::site::world) preferences: Vec<(String, Option<String>)>,
    pub(in crate::site::world) cohorts: Vec<(CohortId, PlannedMember)>,
    pub(in crate::site::world) courses: Vec<(CourseId, Participant)>,
    pub(in crate::site::world) roles_above: Vec<(RolePlace, Vec<RoleAssignment>)>,
    pub(in crate::site::world) interests: Option<Vec<String>>,
}

/// An account as written.
#[derive(Serialize, Deserialize)]
struct Account {
    deleted: bool,
    fields: Fields<UserField>,
    password: KeptPassword,
    time_modified: i64,
}

/// A password as written.
#[derive(Serialize, Deserialize)]
enum KeptPassword {
    Unknown,
    Stored(String),
    Digest([u8; 32]),
}

impl Record {
    /// What the user is found by.
    pub(super) fn handles(&self, facts: &SiteFacts) -> Vec<Handle> {
        let mut handles = Vec::with_capacity(4);
        if let Some(account) = &self.account {
            let keys = identifiers(account, facts.collation);
            handles.extend(keys.into_iter().map(|(key, text)| Handle::Key(key, text)));
            if account.deleted {
                handles.push(Handle::DeletedMd5(account.fields.text(UserField::Email).to_owned()));
            }
        }
        let is_unique = |id| facts.profile_fields.iter().any(|field| field.id == id && field.force_unique);
        let unique = self.belongings.profile.iter().filter(|(field, value)| !value.is_empty() && is_unique(*field));
        handles.extend(unique.map(|(field, value)| Handle::UniqueValue(*field, value.clone())));
        handles
    }

    /// Whether a search for these words finds the account.
    pub(super) fn is_found_by(&self, words: &str) -> bool {
        self.account.as_ref().is_some_and(|account| account.is_found_by(words))
    }

    pub(super) fn encode(self, user: UserId, key: &PasswordKey) -> Result<Vec<u8>, AsideError> {
        let account = self.account.map(|account| Account {
            deleted: account.deleted,
            fields: account.fields,
            password: keep(&account.password, key),
            time_modified: account.time_modified,
        });
        postcard::to_stdvec(&(account, self.belongings)).map_err(|source| AsideError::Record { user, source })
    }

    pub(super) fn decode(user: UserId, bytes: &[u8], key: &Arc<PasswordKey>) -> Result<Self, AsideError> {
        let (account, belongings): (Option<Account>, Belongings) =
            postcard::from_bytes(bytes).map_err(|source| AsideError::Record { user, source })?;
        let account = account.map(|account| User {
            id: user,
            deleted: account.deleted,
            fields: account.fields,
            password: bring_back(account.password, key),
            time_modified: account.time_modified,
        });
        Ok(Self { account, belongings })
    }
}

fn keep(password: &Password, key: &PasswordKey) -> KeptPassword {
    match password {
        Password::Unknown => KeptPassword::Unknown,
        Password::Stored(hash) => KeptPassword::Stored(hash.expose_secret().to_owned()),
        Password::Planned(clear) => KeptPassword::Digest(key.digest(clear.expose_secret())),
        Password::PlannedAside(digest) => KeptPassword::Digest(digest.digest),
    }
}

fn bring_back(kept: KeptPassword, key: &Arc<PasswordKey>) -> Password {
    match kept {
        KeptPassword::Unknown => Password::Unknown,
        KeptPassword::Stored(hash) => Password::Stored(SecretString::from(hash)),
        KeptPassword::Digest(digest) => Password::PlannedAside(PasswordDigest { key: Arc::clone(key), digest }),
    }
}
