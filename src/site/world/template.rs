//! What a course has once it has taken over rows of its template, and what of it is in words.

use super::courses::EnrolInstance;
use super::groupings::Grouping;
use super::participants::Group;
use super::{Courses, World};
use crate::model::CourseId;
use crate::site::template::TemplateCopy;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Kinds of activities and blocks in courses, where they were asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Fittings {
    /// How many activities of which module.
    activities: HashMap<CourseId, BTreeMap<String, u64>>,
    blocks: HashMap<CourseId, BTreeSet<String>>,
}

impl Fittings {
    /// Forgets what was only read: of what is planned there are blocks alone.
    pub(super) fn forget_unplanned(&mut self) {
        self.activities.clear();
        self.blocks.retain(|course, _| course.is_planned());
    }
}

impl Courses {
    /// Notes that a course, as read from the site, holds so many activities of this kind.
    pub fn load_activities(&mut self, course: CourseId, module: String, count: u64) {
        self.fittings.activities.entry(course).or_default().insert(module, count);
    }

    /// The kinds of activities in a course, when asked for.
    pub fn activities(&self, course: CourseId) -> impl Iterator<Item = &str> {
        self.activity_counts(course).map(|(module, _)| module)
    }

    /// The kinds of activities in a course and how many there are of each, when asked for.
    pub fn activity_counts(&self, course: CourseId) -> impl Iterator<Item = (&str, u64)> {
        let counted = self.fittings.activities.get(&course).into_iter().flatten();
        counted.map(|(module, count)| (module.as_str(), *count))
    }

    /// Notes that a course holds blocks of this kind.
    pub fn load_block(&mut self, course: CourseId, kind: String) {
        self.fittings.blocks.entry(course).or_default().insert(kind);
    }

    /// The kinds of blocks in a course, when asked for.
    pub fn blocks(&self, course: CourseId) -> impl Iterator<Item = &str> {
        self.fittings.blocks.get(&course).into_iter().flatten().map(String::as_str)
    }
}

impl World {
    pub(super) fn record_template(&mut self, copy: &TemplateCopy) {
        let TemplateCopy { from, to, sections, methods, groups, groupings, links, blocks } = copy;
        let known = self.courses.get(*from).map(|course| course.sections.clone()).unwrap_or_default();
        self.change_course(*to, |course| {
            course.sections.extend(known.into_iter().filter(|(number, _)| sections.contains(number)));
        });
        for (template, id) in methods {
            if let Some(known) = self.courses.instance(*from, *template).cloned() {
                let last = self.courses.instances(*to).iter().map(|other| other.sortorder).max();
                let sortorder = last.map_or(0, |last| last + 1);
                self.courses.plan_instance(EnrolInstance { id: *id, course: *to, sortorder, ..known });
            }
        }
        for (template, id) in groups {
            if let Some(known) = self.participants.group(*from, *template).cloned() {
                self.participants.plan_group(Group { id: *id, course: *to, ..known });
            }
        }
        for (template, id) in groupings {
            if let Some(known) = self.groupings.get(*template).cloned() {
                self.groupings.plan(Grouping { id: *id, course: *to, ..known });
            }
        }
        links.iter().for_each(|(grouping, group)| self.groupings.plan_link(*grouping, *group));
        blocks.iter().for_each(|kind| self.courses.load_block(*to, kind.clone()));
    }
}
