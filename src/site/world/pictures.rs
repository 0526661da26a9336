//! Pictures of users as known to a plan, and the pictures that were scaled for it.

use crate::model::UserId;
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
}

impl UserPicture {
    /// Whether the user has this picture already.
    pub fn is(&self, hash: &PictureHash) -> bool {
        self.shown != 0 && self.is_stored && self.hash == hash.as_str()
    }
}

/// A picture in its three sizes, or why it cannot be.
pub type Scaled = Result<Arc<Portrait>, PictureError>;

/// Pictures of users.
#[derive(Debug, Default)]
pub struct Pictures {
    of_users: HashMap<UserId, UserPicture>,
    planned: HashSet<UserId>,
    scaled: HashMap<PictureHash, Scaled>,
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
        self.of_users.insert(user, UserPicture { shown: -1, is_stored: true, hash: hash.as_str().to_owned() });
    }

    /// Notes what scaling a picture gave.
    pub fn note_scaled(&mut self, hash: PictureHash, scaled: Scaled) {
        self.scaled.insert(hash, scaled);
    }

    /// A picture that was scaled before planning.
    pub fn scaled(&self, hash: &PictureHash) -> Option<&Scaled> {
        self.scaled.get(hash)
    }

    /// Takes over the pictures that were scaled for another look at the same lines.
    pub fn keep_scaled(&mut self, former: Self) {
        self.scaled = former.scaled;
    }

    pub(super) fn forget_unplanned(&mut self) {
        self.of_users.retain(|user, _| self.planned.contains(user));
        self.scaled.clear();
    }
}
