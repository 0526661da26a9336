//! What is on a site, as people and other programs ask for it: courses to choose among, hashes of pictures.

use super::fields::{CourseField, Fields};
use super::lookups::UserKey;
use crate::model::{CategoryId, CourseId, UserId};

/// Whether a course is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// To everybody who may enter.
    Shown,
    /// Only to those who may see hidden courses.
    Hidden,
}

/// Which courses are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CourseQuery {
    /// Only those in this category and below it.
    pub category: Option<CategoryId>,
    /// Only those whose short name, full name or idnumber contains this, in any case; empty for all.
    pub text: String,
    /// Only such.
    pub visibility: Option<Visibility>,
    /// Only those with a higher id.
    pub after: Option<CourseId>,
    /// How many at most.
    pub size: usize,
}

/// A course as it is shown for a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseCard {
    /// Its id.
    pub id: CourseId,
    /// Its category.
    pub category: CategoryId,
    /// Short name, idnumber, full name, start and end.
    pub fields: Fields<CourseField>,
    /// Whether it is shown.
    pub visibility: Visibility,
    /// How many people have which role in it, by the short name of the role.
    pub roles: Vec<(String, u64)>,
}

/// Whether the hash of a user's picture is known: it is stored, and the files of the picture are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashPresence {
    /// It is.
    Known,
    /// It is not: who sends the picture cannot know whether it is the same.
    Unknown,
}

/// Which users with pictures are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureQuery {
    /// What they are to be called by.
    pub key: UserKey,
    /// Only such.
    pub presence: Option<HashPresence>,
    /// Only those with a higher id.
    pub after: Option<UserId>,
    /// How many at most.
    pub size: usize,
}

/// A user who has a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureCard {
    /// The id.
    pub user: UserId,
    /// What the user is called by; empty where the account has no such value.
    pub identifier: String,
    /// The hash of the picture, as it is stored; empty where it is unknown.
    pub hash: String,
}
