//! Courses as people choose among them.

use super::fields::{CourseField, Fields};
use crate::model::{CategoryId, CourseId};

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
