//! What a course takes over from its template in the database: rows with all their columns, under new ids.

use crate::model::{CourseId, EnrolId, GroupId, GroupingId};
use std::collections::BTreeSet;

/// The rows to copy. Activities are none of them: only a running Moodle can copy those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateCopy {
    /// The template.
    pub from: CourseId,
    /// The course.
    pub to: CourseId,
    /// Sections by number, without their activities and without restrictions of access, which name activities and groups.
    pub sections: BTreeSet<u32>,
    /// Enrolment methods, and the planned ids of the copies.
    pub methods: Vec<(EnrolId, EnrolId)>,
    /// Groups, and the planned ids of the copies. Without members and pictures.
    pub groups: Vec<(GroupId, GroupId)>,
    /// Groupings, and the planned ids of the copies.
    pub groupings: Vec<(GroupingId, GroupingId)>,
    /// Which groups of the course are to be in which of its groupings.
    pub links: Vec<(GroupingId, GroupId)>,
    /// Kinds of blocks: all that the template has of each, with their contexts and positions.
    pub blocks: BTreeSet<String>,
}

impl TemplateCopy {
    /// A copy of nothing.
    pub fn new(from: CourseId, to: CourseId) -> Self {
        Self {
            from,
            to,
            sections: BTreeSet::new(),
            methods: Vec::new(),
            groups: Vec::new(),
            groupings: Vec::new(),
            links: Vec::new(),
            blocks: BTreeSet::new(),
        }
    }

    /// Whether nothing is copied.
    pub fn is_empty(&self) -> bool {
        let Self { from: _, to: _, sections, methods, groups, groupings, links, blocks } = self;
        sections.is_empty()
            && methods.is_empty()
            && groups.is_empty()
            && groupings.is_empty()
            && links.is_empty()
            && blocks.is_empty()
    }
}
