//! What a reset would take from courses as known to a plan: how much there is of each item.

use crate::model::{CourseId, FeedbackId};
use crate::site::reset::{Holders, ResetItem};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Something that a reset takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Taken {
    Item(ResetItem),
    Holders(Holders),
}

/// How much there is to take from courses.
#[derive(Debug, Clone, Default)]
pub struct Resets {
    read: HashMap<(CourseId, Taken), i64>,
    /// Feedback activities, each with how many responses there are.
    feedbacks: HashMap<CourseId, BTreeMap<FeedbackId, i64>>,
    /// Courses that earlier lines reset: whatever the site still says of them is out of date.
    planned: HashSet<CourseId>,
}

impl Resets {
    /// Adds to how much there is of an item, as read from the site.
    pub fn load_item(&mut self, course: CourseId, item: ResetItem, rows: i64) {
        *self.read.entry((course, Taken::Item(item))).or_default() += rows;
    }

    /// Notes how many participants may leave, as read from the site.
    pub fn load_holders(&mut self, course: CourseId, holders: Holders, users: i64) {
        self.read.insert((course, Taken::Holders(holders)), users);
    }

    /// Adds to how many responses a feedback activity has, as read from the site; it is known from then on.
    pub fn load_feedback(&mut self, course: CourseId, feedback: FeedbackId, responses: i64) {
        *self.feedbacks.entry(course).or_default().entry(feedback).or_default() += responses;
    }

    fn count(&self, course: CourseId, taken: Taken) -> i64 {
        let counted = self.read.get(&(course, taken)).copied().filter(|_| !self.planned.contains(&course));
        counted.unwrap_or(0)
    }

    /// How much there is of an item in a course.
    pub fn item(&self, course: CourseId, item: ResetItem) -> i64 {
        self.count(course, Taken::Item(item))
    }

    /// How many participants of a course may leave.
    pub fn holders(&self, course: CourseId, holders: Holders) -> i64 {
        self.count(course, Taken::Holders(holders))
    }

    /// The feedback activities of a course, each with how many responses there are.
    pub fn feedbacks(&self, course: CourseId) -> BTreeMap<FeedbackId, i64> {
        let mut feedbacks = self.feedbacks.get(&course).cloned().unwrap_or_default();
        if self.planned.contains(&course) {
            feedbacks.values_mut().for_each(|responses| *responses = 0);
        }
        feedbacks
    }

    pub(super) fn plan(&mut self, course: CourseId) {
        self.planned.insert(course);
    }

    pub(super) fn forget_unplanned(&mut self) {
        self.read.clear();
        self.feedbacks.clear();
    }
}
