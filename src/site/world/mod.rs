//! The part of a site that a chunk of commands needs, in memory.
//!
//! Planning reads it and records its own changes in it, so that a later line sees what an earlier line did, in a real
//! run and in a dry run alike. A world that goes on from chunk to chunk (dry runs) keeps what is planned and forgets
//! the rest with [`World::forget_unplanned`]; a [`Rehearsal`] also sets planned users aside on disk.

mod aside;
mod cohorts;
mod courses;
mod emptiness;
mod groupings;
mod owned;
mod participants;
mod pictures;
mod record;
mod rehearsal;
mod resets;
mod template;
mod users;

pub use aside::{AsideError, PasswordDigest};
pub use cohorts::{Cohort, Cohorts};
pub use courses::{Category, Course, Courses, EnrolInstance, Section};
pub use emptiness::{CategoryContents, Subcategories};
pub use groupings::{Grouping, Groupings};
pub use owned::Owned;
pub use participants::{Enrolment, Group, Membership, Participants, RoleAssignment};
pub use pictures::{Hashed, Pictures, Scaled, UserPicture};
pub use rehearsal::{Errand, Rehearsal, Returning};
pub use resets::Resets;
pub use users::{Password, User, Users};

use super::facts::SiteFacts;
use super::participant::RolePlace;
use crate::model::{CategoryId, CourseId, UserId};
use std::sync::Arc;

/// What a look-up found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match<Id> {
    /// Nothing.
    None,
    /// One.
    One(Id),
    /// Several, so many.
    Many(usize),
}

impl<Id: Copy> Match<Id> {
    /// The match in a list of candidates.
    pub fn of(candidates: &[Id]) -> Self {
        match candidates {
            [] => Self::None,
            [one] => Self::One(*one),
            many => Self::Many(many.len()),
        }
    }

    /// The id when exactly one was found.
    pub fn one(self) -> Option<Id> {
        match self {
            Self::One(id) => Some(id),
            _ => None,
        }
    }
}

/// The known part of a site.
#[derive(Debug, Clone)]
pub struct World {
    /// Configuration, roles, profile fields.
    pub facts: Arc<SiteFacts>,
    /// The time of this chunk, Unix seconds.
    pub now: i64,
    /// Users with profile values, preferences.
    pub users: Users,
    /// Cohorts and their members.
    pub cohorts: Cohorts,
    /// Categories, courses, enrolment methods.
    pub courses: Courses,
    /// Enrolments, roles, groups, memberships.
    pub participants: Participants,
    /// Roles of users above courses.
    pub roles_above: Owned<RolePlace, Vec<RoleAssignment>>,
    /// Interests of users, in their order.
    pub interests: Owned<(), Vec<String>>,
    /// Groupings of groups.
    pub groupings: Groupings,
    /// What resets would take from courses.
    pub resets: Resets,
    /// Pictures of users.
    pub pictures: Pictures,
    next_planned: i64,
}

impl World {
    /// An empty world.
    pub fn new(facts: Arc<SiteFacts>, now: i64) -> Self {
        let collation = facts.collation;
        Self {
            facts,
            now,
            users: Users::new(collation),
            cohorts: Cohorts::new(collation),
            courses: Courses::new(collation),
            participants: Participants::new(collation),
            roles_above: Owned::default(),
            interests: Owned::default(),
            groupings: Groupings::new(collation),
            resets: Resets::default(),
            pictures: Pictures::default(),
            next_planned: -1,
        }
    }

    /// A new planned id: negative, never used before in this world.
    pub fn plan_id(&mut self) -> i64 {
        let id = self.next_planned;
        self.next_planned -= 1;
        id
    }

    /// Whether a user has a role above a course: on the whole site, or in a category that the course is in.
    pub fn has_role_above(&self, user: UserId, course: CourseId) -> bool {
        let Some(known) = self.courses.get(course) else { return false };
        let has = |place| self.roles_above.get(user, place).is_some_and(|roles| !roles.is_empty());
        let categories = std::iter::successors(Some(known.category), |id| Some(self.courses.category(*id)?.parent));
        self.participants.has_role_above(user, &known.contexts_above)
            || has(RolePlace::Site)
            || categories.take_while(|id| *id != CategoryId(0)).any(|id| has(RolePlace::Category(id)))
    }

    /// Forgets everything that was only read, so that the next chunk of a dry run reads it afresh, and keeps what
    /// earlier lines planned.
    pub fn forget_unplanned(&mut self) {
        self.users.forget_unplanned();
        self.cohorts.forget_unplanned();
        self.courses.forget_unplanned();
        self.participants.forget_unplanned();
        self.roles_above.forget_unplanned();
        self.interests.forget_unplanned();
        self.groupings.forget_unplanned();
        self.resets.forget_unplanned();
        self.pictures.forget_unplanned();
    }
}
