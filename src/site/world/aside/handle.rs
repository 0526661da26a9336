//! What a planned user on disk is found by.

use crate::model::{ProfileFieldId, UserId};
use crate::site::lookups::UserKey;

/// No byte of a text is this one, so it ends the text in an entry.
const END: u8 = 0xff;

/// A key followed by a user. Users stand there as unsigned numbers: 0 comes first and -1 last.
pub(super) fn entry(mut key: Vec<u8>, user: UserId) -> Vec<u8> {
    key.extend(user.0.to_be_bytes());
    key
}

/// Something that a user is found by. Texts are folded as in the world.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::site::world) enum Handle {
    /// An identifier other than the id, by which records are found anyway.
    Key(UserKey, String),
    /// What a deleted account keeps of its former user name.
    DeletedMd5(String),
    /// The value of a profile field whose values no two users may share.
    UniqueValue(ProfileFieldId, String),
}

impl Handle {
    /// The handle as bytes.
    pub(super) fn key(&self) -> Vec<u8> {
        let (kind, field, text) = match self {
            Self::Key(key, text) => (*key as u8, 0, text),
            Self::DeletedMd5(text) => (0x10, 0, text),
            Self::UniqueValue(field, text) => (0x11, field.0, text),
        };
        let mut bytes = Vec::with_capacity(text.len() + 18);
        bytes.push(kind);
        bytes.extend(field.to_be_bytes());
        bytes.extend(text.as_bytes());
        bytes.push(END);
        bytes
    }

    /// The handle as bytes, followed by the user that has it.
    pub(super) fn entry(&self, user: UserId) -> Vec<u8> {
        entry(self.key(), user)
    }

    /// The user at the end of an entry.
    pub(super) fn user_of(entry: &[u8]) -> Option<UserId> {
        entry.last_chunk().map(|bytes| UserId(i64::from_be_bytes(*bytes)))
    }
}
