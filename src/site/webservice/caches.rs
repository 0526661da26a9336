//! Refreshing caches: small calls after which Moodle drops exactly what is stale, and the site is as it was.
//!
//! A category that is written again as it is drops the tree of categories. A grouping that is created and deleted drops
//! the groups of its course and, for everybody, the groups of users. (Writing a group again would do the former as well,
//! but changes its time of modification, and there may be no group left to write.)

use super::client::{Parameters, WebService};
use super::error::WebServiceError;
use super::function::Function;
use crate::model::{CategoryId, CourseId};
use crate::site::{CacheRefresher, RefreshError, RefreshOrder, StaleCaches};
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Courses handled with one call. Moodle does a call in one transaction.
const COURSES_AT_ONCE: usize = 50;
/// Categories to choose one from that is still there.
const CATEGORIES_TO_TRY: usize = 20;
/// Courses to try where any one will do.
const COURSES_TO_TRY: usize = 5;
/// Courses whose problems are told one by one.
const TOLD_COURSES: usize = 3;
/// Nobody gives a grouping of his own this name.
pub(super) const GROUPING: &str = "toolsync: for a moment, to refresh caches";

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
    descriptionformat: i64,
}

#[derive(Deserialize)]
struct Grouping {
    id: i64,
    name: String,
}

/// A course whose groups could not be refreshed.
type Left = (CourseId, WebServiceError);

#[async_trait]
impl CacheRefresher for WebService {
    fn name(&self) -> String {
        format!("the web services at {}", self.url())
    }

    async fn refresh(&self, order: &RefreshOrder) -> Result<(), RefreshError> {
        let mut problems = Vec::new();
        if !order.stale.categories.is_empty() {
            problems.extend(self.refresh_category_tree(&order.stale.categories).await.err());
        }
        problems.extend(self.refresh_groups(&order.stale).await.err());
        if !order.stale.whole.is_empty() {
            let names: Vec<&str> = order.stale.whole.iter().map(|cache| cache.name()).collect();
            problems.push(format!("Moodle has no web service that drops {}", names.join(", ")));
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(RefreshError(format!("{}: {}", self.name(), problems.join("; "))))
    }
}

impl WebService {
    async fn refresh_category_tree(&self, touched: &BTreeSet<CategoryId>) -> Result<(), String> {
        let ids = touched.iter().take(CATEGORIES_TO_TRY).map(|id| id.0.to_string()).collect::<Vec<_>>().join(",");
        let mut found = self.categories("ids", &ids).await?;
        if found.is_empty() {
            // They have been deleted. Any category will do, and there is always one at the top.
            found = self.categories("parent", "0").await?;
        }
        let Some(Category { id, name, descriptionformat }) = found.into_iter().next() else {
            return Err("the account sees no category; give it moodle/category:manage".to_owned());
        };
        let same = parameters(&[
            ("categories[0][id]", &id.to_string()),
            ("categories[0][name]", &name),
            ("categories[0][descriptionformat]", &descriptionformat.to_string()),
        ]);
        self.call::<serde_json::Value>(Function::UpdateCategories, same).await.map(drop).map_err(told)
    }

    async fn categories(&self, key: &str, value: &str) -> Result<Vec<Category>, String> {
        let query = parameters(&[
            ("criteria[0][key]", key),
            ("criteria[0][value]", value),
            ("addsubcategories", "0"),
            // Names and formats as they are stored, not as they are shown.
            ("moodlewssettingraw", "1"),
        ]);
        self.call(Function::GetCategories, query).await.map_err(told)
    }

    async fn refresh_groups(&self, stale: &StaleCaches) -> Result<(), String> {
        if stale.groups.is_empty() {
            return self.refresh_one_of(&stale.members).await;
        }
        let courses: Vec<CourseId> = stale.groups.iter().copied().collect();
        let mut left = Vec::new();
        for part in courses.chunks(COURSES_AT_ONCE) {
            match self.touch_groupings(part).await {
                Ok(()) => {}
                // One of them is refused, and Moodle undoes the call as a whole.
                Err(WebServiceError::Refused { .. }) => left.extend(self.refresh_one_by_one(part).await.map_err(told)?),
                Err(error) => return Err(error.to_string()),
            }
        }
        if left.is_empty() { Ok(()) } else { Err(told_courses(&left)) }
    }

    /// Which groups users are in is dropped for everybody at once, so that one course is enough.
    async fn refresh_one_of(&self, courses: &BTreeSet<CourseId>) -> Result<(), String> {
        let mut left = Vec::new();
        for course in courses.iter().take(COURSES_TO_TRY) {
            let refused = self.refresh_one_by_one(&[*course]).await.map_err(told)?;
            if refused.is_empty() {
                return Ok(());
            }
            left.extend(refused);
        }
        if left.is_empty() { Ok(()) } else { Err(told_courses(&left)) }
    }

    /// Refreshes each course by itself. Answers with those that Moodle refuses; other errors end it.
    async fn refresh_one_by_one(&self, courses: &[CourseId]) -> Result<Vec<Left>, WebServiceError> {
        let mut left = Vec::new();
        for course in courses {
            let done = match self.touch_groupings(&[*course]).await {
                Err(refused @ WebServiceError::Refused { .. }) => self.clear_away(*course, refused).await,
                done => done,
            };
            match done {
                Err(refused @ WebServiceError::Refused { .. }) => left.push((*course, refused)),
                done => done?,
            }
        }
        Ok(left)
    }

    /// Creates a grouping in each course and deletes it.
    async fn touch_groupings(&self, courses: &[CourseId]) -> Result<(), WebServiceError> {
        let mut create = Parameters::new();
        for (at, course) in courses.iter().enumerate() {
            create.push((format!("groupings[{at}][courseid]"), course.0.to_string()));
            create.push((format!("groupings[{at}][name]"), GROUPING.to_owned()));
            create.push((format!("groupings[{at}][description]"), String::new()));
        }
        let created: Vec<Grouping> = self.call(Function::CreateGroupings, create).await?;
        self.delete_groupings(&created).await
    }

    async fn delete_groupings(&self, groupings: &[Grouping]) -> Result<(), WebServiceError> {
        let id = |(at, grouping): (usize, &Grouping)| (format!("groupingids[{at}]"), grouping.id.to_string());
        let ids = groupings.iter().enumerate().map(id).collect();
        self.call::<serde_json::Value>(Function::DeleteGroupings, ids).await.map(drop)
    }

    /// An attempt that was interrupted may have left its grouping, and a name is given once in a course. To delete it
    /// is all that was to be done. Without one, `refused` stands.
    async fn clear_away(&self, course: CourseId, refused: WebServiceError) -> Result<(), WebServiceError> {
        let of_course = parameters(&[("courseid", &course.0.to_string())]);
        let there: Result<Vec<Grouping>, _> = self.call(Function::GetCourseGroupings, of_course).await;
        let there = match there {
            Err(WebServiceError::Refused { .. }) => return Err(refused),
            there => there?,
        };
        let left: Vec<Grouping> = there.into_iter().filter(|grouping| grouping.name == GROUPING).collect();
        if left.is_empty() { Err(refused) } else { self.delete_groupings(&left).await }
    }
}

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn told(error: WebServiceError) -> String {
    error.to_string()
}

fn told_courses(left: &[Left]) -> String {
    let told: Vec<String> =
        left.iter().take(TOLD_COURSES).map(|(course, error)| format!("course {course}: {error}")).collect();
    let more = left.len().saturating_sub(TOLD_COURSES);
    let rest = if more == 0 { String::new() } else { format!("; and {more} more courses") };
    told.join("; ") + &rest
}
