//! Real ids for planned ones. All are reserved before the first statement, in the order of the changes.

use super::{Target, refused};
use crate::model::{CategoryId, CohortId, CourseId, EnrolId, GroupId, UserId};
use crate::site::{Change, Owner, SiteError};
use std::collections::HashMap;

/// Planned ids of a table and their real ones.
type Known = HashMap<i64, i64>;

/// Real ids by planned ones, for the length of a transaction.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    users: Known,
    courses: Known,
    categories: Known,
    cohorts: Known,
    groups: Known,
    methods: Known,
}

fn real(known: &Known, id: i64, noun: &str) -> Result<i64, SiteError> {
    if id >= 0 {
        return Ok(id);
    }
    known.get(&id).copied().ok_or_else(|| {
        refused(
            "apply a change",
            format!("the {noun} it refers to was not created, see the line that should create it"),
        )
    })
}

impl Ids {
    pub(super) fn user(&self, id: UserId) -> Result<i64, SiteError> {
        real(&self.users, id.0, "user")
    }

    pub(super) fn course(&self, id: CourseId) -> Result<i64, SiteError> {
        real(&self.courses, id.0, "course")
    }

    pub(super) fn category(&self, id: CategoryId) -> Result<i64, SiteError> {
        real(&self.categories, id.0, "category")
    }

    pub(super) fn cohort(&self, id: CohortId) -> Result<i64, SiteError> {
        real(&self.cohorts, id.0, "cohort")
    }

    pub(super) fn group(&self, id: GroupId) -> Result<i64, SiteError> {
        real(&self.groups, id.0, "group")
    }

    pub(super) fn method(&self, id: EnrolId) -> Result<i64, SiteError> {
        real(&self.methods, id.0, "enrolment method")
    }

    /// The `itemid` of rows of this owner: an enrolment method for the components of enrolment plug-ins.
    pub(super) fn item(&self, owner: &Owner) -> Result<i64, SiteError> {
        self.method(EnrolId(owner.item))
    }

    /// Users created in the transaction.
    pub(super) fn users(&self) -> impl Iterator<Item = (UserId, i64)> {
        self.users.iter().map(|(planned, real)| (UserId(*planned), *real))
    }

    /// Courses created in the transaction.
    pub(super) fn courses(&self) -> impl Iterator<Item = (CourseId, i64)> {
        self.courses.iter().map(|(planned, real)| (CourseId(*planned), *real))
    }

    /// Cohorts created in the transaction.
    pub(super) fn cohorts(&self) -> impl Iterator<Item = (CohortId, i64)> {
        self.cohorts.iter().map(|(planned, real)| (CohortId(*planned), *real))
    }

    fn of_table(&mut self, table: Creates) -> &mut Known {
        match table {
            Creates::User => &mut self.users,
            Creates::Course => &mut self.courses,
            Creates::Category => &mut self.categories,
            Creates::Cohort => &mut self.cohorts,
            Creates::Group => &mut self.groups,
            Creates::Method => &mut self.methods,
        }
    }
}

/// What a change creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Creates {
    User,
    Course,
    Category,
    Cohort,
    Group,
    Method,
}

impl Creates {
    const ALL: [Self; 6] = [Self::User, Self::Course, Self::Category, Self::Cohort, Self::Group, Self::Method];

    fn table(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Course => "course",
            Self::Category => "course_categories",
            Self::Cohort => "cohort",
            Self::Group => "groups",
            Self::Method => "enrol",
        }
    }

    fn of(change: &Change) -> Option<(Self, i64)> {
        match change {
            Change::CreateUser { id, .. } => Some((Self::User, id.0)),
            Change::CreateCourse { id, .. } => Some((Self::Course, id.0)),
            Change::CreateCategory { id, .. } => Some((Self::Category, id.0)),
            Change::CreateCohort { id, .. } => Some((Self::Cohort, id.0)),
            Change::CreateGroup { id, .. } => Some((Self::Group, id.0)),
            Change::CreateInstance(new) => Some((Self::Method, new.id.0)),
            _ => None,
        }
    }
}

/// Reserves an id for every row that the changes create.
pub(super) async fn reserve(target: &mut Target<'_>, changes: &[&Change]) -> Result<(), SiteError> {
    for table in Creates::ALL {
        let created = changes.iter().filter_map(|change| Creates::of(change));
        let planned: Vec<i64> = created.filter(|(of, id)| *of == table && *id < 0).map(|(_, id)| id).collect();
        let reserved = target.reserve(table.table(), planned.len()).await?;
        target.state.ids.of_table(table).extend(planned.into_iter().zip(reserved));
    }
    Ok(())
}
