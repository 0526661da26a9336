//! What a chunk of commands must know of the site. Tools fill it; the site answers with a [`World`](super::World).

use super::facts::Collation;
use super::fields::{GroupField, UserField};
use super::reset::{Holders, ResetItem};
use std::collections::BTreeSet;
use std::str::FromStr;

/// By which column a user is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UserKey {
    /// `id`.
    Id,
    /// `idnumber`.
    Idnumber,
    /// `username`.
    Username,
    /// `email`, compared without regard to case.
    Email,
}

impl UserKey {
    /// The word of options and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Idnumber => "idnumber",
            Self::Username => "username",
            Self::Email => "email",
        }
    }

    /// The form in which two values are equal exactly when they name the same user.
    pub fn fold(self, collation: Collation, value: &str) -> String {
        match self {
            Self::Email => value.to_lowercase(),
            Self::Id | Self::Idnumber | Self::Username => collation.fold(value).into_owned(),
        }
    }

    /// The words that an option takes.
    pub const WORDS: &'static [&'static str] = &["id", "idnumber", "username", "email"];

    /// The key with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Id, Self::Idnumber, Self::Username, Self::Email].into_iter().find(|key| key.name() == name)
    }
}

/// By which column a course is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CourseKey {
    /// `id`.
    Id,
    /// `idnumber`.
    Idnumber,
    /// `shortname`.
    Shortname,
}

impl CourseKey {
    /// The word of options and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Idnumber => "idnumber",
            Self::Shortname => "shortname",
        }
    }

    /// The words that an option takes.
    pub const WORDS: &'static [&'static str] = &["id", "idnumber", "shortname"];

    /// The key with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Id, Self::Idnumber, Self::Shortname].into_iter().find(|key| key.name() == name)
    }
}

/// By which column a cohort is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CohortKey {
    /// `id`.
    Id,
    /// `idnumber`.
    Idnumber,
    /// `name`, in any context.
    Name,
}

impl CohortKey {
    /// The word of options and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Idnumber => "idnumber",
            Self::Name => "name",
        }
    }

    /// The words that an option takes.
    pub const WORDS: &'static [&'static str] = &["id", "idnumber", "name"];

    /// The key with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Id, Self::Idnumber, Self::Name].into_iter().find(|key| key.name() == name)
    }
}

/// By which column a group or a grouping is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKey {
    /// `id`, on the whole site.
    Id,
    /// `idnumber`, in a course.
    Idnumber,
    /// `name`, in a course.
    Name,
}

impl GroupKey {
    /// The word of options and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Idnumber => "idnumber",
            Self::Name => "name",
        }
    }

    /// The words that an option takes.
    pub const WORDS: &'static [&'static str] = &["id", "idnumber", "name"];

    /// The key with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Id, Self::Idnumber, Self::Name].into_iter().find(|key| key.name() == name)
    }

    /// The column, unless it is the id.
    pub fn field(self) -> Option<GroupField> {
        match self {
            Self::Id => None,
            Self::Idnumber => Some(GroupField::Idnumber),
            Self::Name => Some(GroupField::Name),
        }
    }
}

/// Asks for what has a value. A blank one, and an id that is no number, asks for nothing.
fn ask<T: FromStr + Ord>(asked: &mut BTreeSet<T>, value: &str) {
    if !value.is_empty() {
        asked.extend(value.parse::<T>());
    }
}

/// Keys of users to read.
#[derive(Debug, Clone, Default)]
pub struct UserLookups {
    /// By `id`.
    pub ids: BTreeSet<i64>,
    /// By `username` (local accounts).
    pub usernames: BTreeSet<String>,
    /// By `idnumber`.
    pub idnumbers: BTreeSet<String>,
    /// By e-mail address, lower-cased.
    pub emails: BTreeSet<String>,
    /// Deleted accounts whose former user name has this MD5 (Moodle keeps it in `email`).
    pub deleted_username_md5s: BTreeSet<String>,
    /// People searched by words: user name equals, full name or e-mail contains (teachers of courses).
    pub searches: BTreeSet<String>,
    /// Columns to read besides those every user has (`username`, `idnumber`, `email`, `auth`, `suspended`, …).
    pub fields: BTreeSet<UserField>,
}

impl UserLookups {
    /// How many keys are asked for.
    pub fn keys(&self) -> usize {
        self.ids.len() + self.usernames.len() + self.idnumbers.len() + self.emails.len()
    }

    /// Asks for the user whose `key` column has `value`. Blank values ask for nothing.
    pub fn add(&mut self, key: UserKey, value: &str) {
        match key {
            UserKey::Id => ask(&mut self.ids, value),
            UserKey::Idnumber => ask(&mut self.idnumbers, value),
            UserKey::Username => ask(&mut self.usernames, value),
            UserKey::Email => ask(&mut self.emails, &value.to_lowercase()),
        }
    }
}

/// Keys of courses to read.
#[derive(Debug, Clone, Default)]
pub struct CourseLookups {
    /// By `id`.
    pub ids: BTreeSet<i64>,
    /// By `shortname`.
    pub shortnames: BTreeSet<String>,
    /// By `idnumber`.
    pub idnumbers: BTreeSet<String>,
    /// How much to read of each.
    pub detail: CourseDetail,
    /// Whether to read which kinds of activities are in each, and how many.
    pub activities: bool,
    /// Whether to read which kinds of blocks are in each.
    pub blocks: bool,
}

impl CourseLookups {
    /// Asks for the course whose `key` column has `value`. Blank values ask for nothing.
    pub fn add(&mut self, key: CourseKey, value: &str) {
        match key {
            CourseKey::Id => ask(&mut self.ids, value),
            CourseKey::Idnumber => ask(&mut self.idnumbers, value),
            CourseKey::Shortname => ask(&mut self.shortnames, value),
        }
    }
}

/// How much of a course is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum CourseDetail {
    /// Identifiers, category, context, enrolment instances.
    #[default]
    Identity,
    /// Also whether it is shown, and its first and last day.
    Card,
    /// Also all columns, sections and format options.
    Everything,
}

/// Keys of cohorts to read, anywhere on the site.
#[derive(Debug, Clone, Default)]
pub struct CohortLookups {
    /// By `id`.
    pub ids: BTreeSet<i64>,
    /// By `name`.
    pub names: BTreeSet<String>,
    /// By `idnumber`.
    pub idnumbers: BTreeSet<String>,
    /// What is read of their members.
    pub members: CohortMembers,
}

impl CohortLookups {
    /// Asks for the cohort whose `key` column has `value`. Blank values ask for nothing.
    pub fn add(&mut self, key: CohortKey, value: &str) {
        match key {
            CohortKey::Id => ask(&mut self.ids, value),
            CohortKey::Idnumber => ask(&mut self.idnumbers, value),
            CohortKey::Name => ask(&mut self.names, value),
        }
    }
}

/// What is read of the members of cohorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum CohortMembers {
    /// Which of the users asked for are among them.
    #[default]
    Asked,
    /// Also how many there are.
    Counted,
}

/// How much is read of the groups of courses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum GroupDetail {
    /// Names, where participants are read.
    #[default]
    Names,
    /// Also idnumbers.
    Identifiers,
    /// Everything, and the groupings with what is in them.
    Groupings,
}

/// Groups to read besides those of the courses asked for. Their courses are read with them.
#[derive(Debug, Clone, Default)]
pub struct GroupLookups {
    /// Groups by `id`.
    pub ids: BTreeSet<i64>,
    /// Groups by `idnumber`, in any course. Their courses are not read.
    pub idnumbers: BTreeSet<String>,
    /// Groupings by `id`.
    pub grouping_ids: BTreeSet<i64>,
    /// How much is read of the groups of all courses.
    pub detail: GroupDetail,
}

/// What is counted in the courses asked for.
#[derive(Debug, Clone, Default)]
pub struct ResetLookups {
    /// How much there is of these.
    pub items: BTreeSet<ResetItem>,
    /// Which feedback activities there are, each with how many responses.
    pub feedbacks: bool,
    /// How many participants there are of these who may leave.
    pub holders: BTreeSet<Holders>,
}

/// How much is read of the pictures of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum PictureDetail {
    /// Nothing.
    #[default]
    Nothing,
    /// What is shown, and the stored hash.
    Identity,
    /// Also which content the stored file `f1` has.
    Content,
}

/// All that a chunk asks for.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    /// Users.
    pub users: UserLookups,
    /// Courses, always with their enrolment instances.
    pub courses: CourseLookups,
    /// What a reset would take from these courses.
    pub resets: ResetLookups,
    /// The whole category tree.
    pub categories: bool,
    /// What each category holds besides other categories.
    pub category_contents: bool,
    /// For every user and course asked for: enrolments, roles, groups of the courses, memberships.
    pub participation: bool,
    /// Cohorts.
    pub cohorts: CohortLookups,
    /// Groups and groupings.
    pub groups: GroupLookups,
    /// Values of these profile fields for the users asked for, by field id.
    pub profile_fields: BTreeSet<i64>,
    /// Who has one of these values in a profile field with unique values: (field id, value).
    pub unique_profile_values: BTreeSet<(i64, String)>,
    /// Roles of the users asked for on the whole site and in categories.
    pub roles_above: bool,
    /// Interests of the users asked for.
    pub interests: bool,
    /// These preferences of the users asked for.
    pub preferences: BTreeSet<&'static str>,
    /// Stored password hashes of the users asked for.
    pub passwords: bool,
    /// What is read of the pictures of the users asked for.
    pub pictures: PictureDetail,
    /// All users who have a picture and no hash of it.
    pub unhashed_pictures: bool,
}
