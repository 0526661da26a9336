//! Real ids for planned ones. All are reserved before the first statement, in the order of the changes.

use super::{Target, refused};
use crate::model::{CategoryId, CohortId, CourseId, EnrolId, GroupId, GroupingId, UserId};
use crate::site::{Change, Owner, SiteError, Subject};
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
    groupings: Known,
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

    pub(super) fn grouping(&self, id: GroupingId) -> Result<i64, SiteError> {
        real(&self.groupings, id.0, "grouping")
    }

    pub(super) fn method(&self, id: EnrolId) -> Result<i64, SiteError> {
        real(&self.methods, id.0, "enrolment method")
    }

    /// The `itemid` of rows of this owner: an enrolment method for the components of enrolment plug-ins.
    pub(super) fn item(&self, owner: &Owner) -> Result<i64, SiteError> {
        self.method(EnrolId(owner.item))
    }

    /// What was created in the transaction, as far as results of lines name it.
    pub(super) fn subjects(&self) -> impl Iterator<Item = (Subject, i64)> {
        let users = self.users.iter().map(|(planned, real)| (Subject::User(UserId(*planned)), *real));
        let courses = self.courses.iter().map(|(planned, real)| (Subject::Course(CourseId(*planned)), *real));
        let categories = self.categories.iter().map(|(planned, real)| (Subject::Category(CategoryId(*planned)), *real));
        let cohorts = self.cohorts.iter().map(|(planned, real)| (Subject::Cohort(CohortId(*planned)), *real));
        let groups = self.groups.iter().map(|(planned, real)| (Subject::Group(GroupId(*planned)), *real));
        let groupings = self.groupings.iter().map(|(planned, real)| (Subject::Grouping(GroupingId(*planned)), *real));
        let methods = self.methods.iter().map(|(planned, real)| (Subject::Method(EnrolId(*planned)), *real));
        users.chain(courses).chain(categories).chain(cohorts).chain(groups).chain(groupings).chain(methods)
    }

    fn of_table(&mut self, table: Creates) -> &mut Known {
        match table {
            Creates::User => &mut self.users,
            Creates::Course => &mut self.courses,
            Creates::Category => &mut self.categories,
            Creates::Cohort => &mut self.cohorts,
            Creates::Group => &mut self.groups,
            Creates::Grouping => &mut self.groupings,
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
    Grouping,
    Method,
}

impl Creates {
    const ALL: [Self; 7] =
        [Self::User, Self::Course, Self::Category, Self::Cohort, Self::Group, Self::Grouping, Self::Method];

    fn table(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Course => "course",
            Self::Category => "course_categories",
            Self::Cohort => "cohort",
            Self::Group => "groups",
            Self::Grouping => "groupings",
            Self::Method => "enrol",
        }
    }

    /// Tells what a change creates.
    fn of(change: &Change, tell: &mut impl FnMut(Self, i64)) {
        match change {
            Change::CreateUser { id, .. } => tell(Self::User, id.0),
            Change::CreateCourse { id, .. } => tell(Self::Course, id.0),
            Change::CreateCategory { id, .. } => tell(Self::Category, id.0),
            Change::CreateCohort { id, .. } => tell(Self::Cohort, id.0),
            Change::CreateGroup { id, .. } => tell(Self::Group, id.0),
            Change::CreateGrouping { id, .. } => tell(Self::Grouping, id.0),
            Change::CreateInstance(new) => tell(Self::Method, new.id.0),
            Change::CopyTemplate(copy) => {
                copy.methods.iter().for_each(|(_, id)| tell(Self::Method, id.0));
                copy.groups.iter().for_each(|(_, id)| tell(Self::Group, id.0));
                copy.groupings.iter().for_each(|(_, id)| tell(Self::Grouping, id.0));
            }
            _ => {}
        }
    }
}

/// Whether a change creates a context as well.
fn creates_context(change: &Change) -> bool {
    matches!(
        change,
        Change::CreateUser { .. }
            | Change::CreateCategory { .. }
            | Change::CreateCourse { .. }
            | Change::CreateSocialBlock { .. }
    )
}

/// Reserves an id for every row that the changes create.
pub(super) async fn reserve(target: &mut Target<'_>, changes: &[&Change]) -> Result<(), SiteError> {
    for table in Creates::ALL {
        let mut planned = Vec::new();
        for change in changes {
            Creates::of(change, &mut |of, id| planned.extend((of == table && id < 0).then_some(id)));
        }
        let reserved = target.reserve(table.table(), planned.len()).await?;
        target.state.ids.of_table(table).extend(planned.into_iter().zip(reserved));
    }
    let contexts = changes.iter().filter(|change| creates_context(change)).count();
    target.reserve_ahead("context", contexts).await
}
