//! Courses are reset as Moodle does it: what people did in them goes, what was prepared for them stays. Many courses at once,
//! item by item, in Moodle's order.

mod availability;
mod collections;
mod contents;
mod course;
mod dates;
mod exercises;
mod forums;
mod gradebook;
mod groups;
pub(in crate::site::sql) mod leaving;
mod polls;

use super::contexts::{Level, Places};
use super::filled::Filled;
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion};
use crate::site::{Change, CourseReset, ResetItem, SiteError};
use std::collections::BTreeSet;

pub(in crate::site::sql) use super::belongings::Step;
pub(in crate::site::sql) use contents::{Scope, content, responses, tables, tables_of};

/// What most of it is called in errors.
const OPERATION: &str = "reset courses";

/// A course to reset.
#[derive(Debug, Clone, Copy)]
struct Demand<'c> {
    course: i64,
    reset: &'c CourseReset,
}

pub(super) async fn reset(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut demands = Vec::with_capacity(items.len());
    for item in items {
        if let Change::ResetCourse { id, reset } = item.change {
            demands.push(Demand { course: apply.state.ids.course(*id)?, reset });
        }
    }
    dates::shift(apply, &demands).await?;
    let wanted: BTreeSet<ResetItem> =
        demands.iter().flat_map(|demand| &demand.reset.items).map(|item| item.0).collect();
    let scene = Scene::read(apply, &demands, &wanted).await?;
    // Whoever leaves takes roles and memberships along; what is taken by itself goes before or after that, as in Moodle.
    let (before, after): (Vec<ResetItem>, Vec<ResetItem>) =
        wanted.iter().partition(|item| **item <= ResetItem::LocalRoles);
    for item in before {
        take(apply, &scene, &demands, item).await?;
    }
    leaving::let_go(apply, &demands).await?;
    for item in after {
        take(apply, &scene, &demands, item).await?;
    }
    take_responses(apply, &demands).await?;
    gradebook::clear(apply, &demands).await
}

/// Takes the responses of single feedback activities.
async fn take_responses(apply: &mut Apply<'_, '_>, demands: &[Demand<'_>]) -> Result<(), SiteError> {
    let feedbacks = demands.iter().flat_map(|demand| &demand.reset.feedbacks);
    let rows = Rows::of_ids(feedbacks.filter(|(_, responses)| *responses > 0).map(|(id, _)| id.0));
    if rows.is_empty() {
        return Ok(());
    }
    let filled = Filled::among(apply, tables_of(responses())).await?;
    filled.carry_out(apply, OPERATION, responses(), &rows).await
}

/// What is known of all courses together.
struct Scene {
    filled: Filled,
    /// Contexts of the courses and below them: course, context, whether it is the course's own.
    contexts: Vec<(i64, i64, bool)>,
}

impl Scene {
    async fn read(
        apply: &mut Apply<'_, '_>,
        demands: &[Demand<'_>],
        wanted: &BTreeSet<ResetItem>,
    ) -> Result<Self, SiteError> {
        let filled = Filled::among(apply, tables(wanted.iter().copied())).await?;
        let by_context =
            |demand: &&Demand<'_>| demand.reset.items.iter().any(|(item, _)| content(*item).scope != Scope::Course);
        let courses: Vec<i64> = demands.iter().filter(by_context).map(|demand| demand.course).collect();
        let places = Places::read(apply, Level::Course, courses.iter().copied()).await?;
        let own = courses.iter().map(|course| places.get(*course)).collect::<Result<Vec<_>, _>>()?;
        let mut contexts: Vec<_> = courses.iter().zip(&own).map(|(course, place)| (*course, place.id, true)).collect();
        let paths: Vec<&str> = own.iter().map(|place| &*place.path).collect();
        let below = apply.contexts_below(&paths).await?;
        contexts.extend(below.iter().map(|below| (courses[below.root], below.id, false)));
        Ok(Self { filled, contexts })
    }

    /// The rows from which an item is found in these courses.
    fn rows(&self, scope: Scope, courses: &BTreeSet<i64>) -> Rows {
        if scope == Scope::Course {
            return Rows::of_ids(courses.iter().copied());
        }
        let is_in =
            |(course, _, own): &&(i64, i64, bool)| courses.contains(course) && (scope == Scope::Contexts || !own);
        Rows::of_ids(self.contexts.iter().filter(is_in).map(|(_, context, _)| *context))
    }
}

/// Takes an item from all courses that ask for it.
async fn take(
    apply: &mut Apply<'_, '_>,
    scene: &Scene,
    demands: &[Demand<'_>],
    item: ResetItem,
) -> Result<(), SiteError> {
    let courses: BTreeSet<i64> =
        demands.iter().filter(|demand| demand.reset.takes(item)).map(|demand| demand.course).collect();
    let content = content(item);
    let rows = scene.rows(content.scope, &courses);
    match item {
        ResetItem::LocalRoles => note_holders(apply, &rows).await?,
        ResetItem::GroupMembers => groups::empty(apply, &rows).await?,
        ResetItem::Groups => groups::delete(apply, &rows).await?,
        ResetItem::Groupings => {
            groups::delete_groupings(apply, &rows).await?;
            // Pages of the course show who may see an activity.
            apply.state.rebuilt.extend(courses);
        }
        _ => {}
    }
    scene.filled.carry_out(apply, OPERATION, &content.steps, &rows).await
}

/// Sessions of those who lose a role must read their roles anew.
async fn note_holders(apply: &mut Apply<'_, '_>, contexts: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct r.userid from v join {role_assignments} r on r.contextid = v.id";
    let users = apply.fetch_with("read roles in activities", contexts, sql).await?;
    apply.state.flags.users.extend(users.iter().map(|row| row.int(0)));
    Ok(())
}

/// The rows of a table that a selection over the rows `v` names, by their id.
async fn ids(apply: &mut Apply<'_, '_>, rows: &Rows, sql: &str) -> Result<Rows, SiteError> {
    let found = apply.fetch_with(OPERATION, rows, sql).await?;
    Ok(Rows::of_ids(found.iter().map(|row| row.int(0))))
}

/// Deletes rows by their id.
fn by_id(table: &str) -> Deletion<'_> {
    Deletion::of(table, &["id"], "select id from v")
}

#[cfg(test)]
mod tests;
