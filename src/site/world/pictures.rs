//! Pictures of users as known to a plan, and the pictures that were scaled or hashed for it.

use crate::model::UserId;
use crate::site::file_pool::ContentError;
use crate::site::picture::{PictureError, PictureHash, Portrait};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What is known of a user's picture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserPicture {
    /// `user.picture`; 0 where the user has none.
    pub shown: i64,
    /// Whether the files of all three sizes are there.
    pub is_stored: bool,
    /// The stored hash of the picture as it came in; empty where there is none.
    pub hash: String,
    /// The SHA-1 of the content of the stored file `f1`. None where there is no such file, or it was not asked for.
    pub f1: Option<String>,
}

impl UserPicture {
    /// Whether the user has this picture already.
    pub fn is(&self, hash: &PictureHash) -> bool {
        self.shown != 0 && self.is_stored && self.hash == hash.as_str()
    }
}

/// A picture in its three sizes, or why it cannot be.
pub type Scaled = Result<Arc<Portrait>, PictureError>;

/// The hash of a stored content, or why there is none.
pub type Hashed = Result<PictureHash, ContentError>;

/// Pictures of users.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    of_users: HashMap<UserId, UserPicture>,
    planned: HashSet<UserId>,
    scaled: HashMap<PictureHash, Scaled>,
    hashed: HashMap<String, Hashed>,
    unhashed: Vec<(UserId, String)>,
}

impl Pictures {
    /// Adds what was read of a user's picture. What is planned stays.
    pub fn load(&mut self, user: UserId, picture: UserPicture) {
        if !self.planned.contains(&user) {
            self.of_users.insert(user, picture);
        }
    }

    /// The picture of a user; none where it was not asked for.
    pub fn of(&self, user: UserId) -> Option<&UserPicture> {
        self.of_users.get(&user)
    }

    pub(super) fn plan(&mut self, user: UserId, hash: &PictureHash) {
        self.planned.insert(user);
        // Which id its row will have, nobody knows yet.
        let hash = hash.as_str().to_owned();
        self.of_users.insert(user, UserPicture { shown: -1, is_stored: true, hash, f1: None });
    }

    pub(super) fn plan_hash(&mut self, user: UserId, hash: &PictureHash) {
        self.planned.insert(user);
        hash.as_str().clone_into(&mut self.of_users.entry(user).or_default().hash);
    }

    /// Notes what scaling a picture gave.
    pub fn note_scaled(&mut self, hash: PictureHash, scaled: Scaled) {
        self.scaled.insert(hash, scaled);
    }

    /// A picture that was scaled before planning.
    pub fn scaled(&self, hash: &PictureHash) -> Option<&Scaled> {
        self.scaled.get(hash)
    }

    /// Notes the hash of a stored content, by its SHA-1.
    pub fn note_hashed(&mut self, sha1: String, hashed: Hashed) {
        self.hashed.insert(sha1, hashed);
    }

    /// The hash of a stored content that was read before planning.
    pub fn hashed(&self, sha1: &str) -> Option<&Hashed> {
        self.hashed.get(sha1)
    }

    /// Takes over the pictures that were scaled and hashed for another look at the same lines.
    pub fn keep_prepared(&mut self, former: Self) {
        (self.scaled, self.hashed) = (former.scaled, former.hashed);
    }

    /// Adds the users, with their names, who have a picture and no hash of it.
    pub fn load_unhashed(&mut self, users: Vec<(UserId, String)>) {
        self.unhashed = users;
    }

    /// The users who have a picture and no hash of it, by id.
    pub fn unhashed(&self) -> &[(UserId, String)] {
        &self.unhashed
    }

    pub(super) fn forget_unplanned(&mut self) {
        self.of_users.retain(|user, _| self.planned.contains(user));
        self.scaled.clear();
        self.hashed.clear();
        self.unhashed.clear();
    }
}
