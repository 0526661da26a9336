//! Sort orders, paths and counters of categories and courses, brought in order like Moodle does after every change of
//! them. The whole site is read; only rows that differ are written.

use super::contexts::{self, Level, Place, Places};
use super::rows::Rows;
use super::{Moment, Target};
use crate::site::SiteError;
use crate::site::sql::statement::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whether the site must be renumbered.
#[derive(Debug, Clone, Default)]
pub(super) struct Renumbering {
    /// Something was created or moved.
    pub(super) due: bool,
    /// Moved courses: each goes behind all others of its category.
    moved: Vec<i64>,
}

impl Renumbering {
    /// Notes that a course goes to the end of its category.
    pub(super) fn moved(&mut self, course: i64) {
        self.due = true;
        self.moved.retain(|other| *other != course);
        self.moved.push(course);
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Category {
    id: i64,
    parent: i64,
    sortorder: i64,
    coursecount: i64,
    depth: i64,
    path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Course {
    id: i64,
    category: i64,
    sortorder: i64,
}

/// Brings the site in order.
pub(super) async fn renumber(target: &mut Target<'_>, moment: &Moment) -> Result<(), SiteError> {
    let Renumbering { due, moved } = std::mem::take(&mut target.state.renumbering);
    if !due {
        return Ok(());
    }
    let mut categories = read_categories(target).await?;
    let stored = categories.clone();
    order_categories(&mut categories, moment.courses_per_category);
    let mut courses = read_courses(target).await?;
    let stored_courses = courses.clone();
    order_courses(&mut courses, &categories, &moved, moment.courses_per_category);
    count_courses(&mut categories, &courses);
    write_categories(target, &stored, &categories).await?;
    write_courses(target, &stored_courses, &courses).await
}

async fn read_categories(target: &mut Target<'_>) -> Result<Vec<Category>, SiteError> {
    // Locked before courses are counted: whoever has created one and not yet committed holds its category. All lock in
    // the same order.
    let sql = "select id, parent, sortorder, coursecount, depth, path from {course_categories} order by id";
    let sql = format!("{sql}{}", target.dialect.for_update());
    let rows = target.fetch("read categories", &sql).await?;
    let category = |mut row: super::Row| Category {
        id: row.int(0),
        parent: row.int(1),
        sortorder: row.int(2),
        coursecount: row.int(3),
        depth: row.int(4),
        path: row.text(5),
    };
    Ok(rows.into_iter().map(category).collect())
}

async fn read_courses(target: &mut Target<'_>) -> Result<Vec<Course>, SiteError> {
    let rows = target.fetch("read courses", "select id, category, sortorder from {course}").await?;
    let course = |row: super::Row| Course { id: row.int(0), category: row.int(1), sortorder: row.int(2) };
    Ok(rows.into_iter().map(course).collect())
}

/// Puts categories in the order of a walk, depth first, and numbers them. New ones (sort order 0) come last.
fn order_categories(categories: &mut Vec<Category>, size: i64) {
    let ids: BTreeSet<i64> = categories.iter().map(|category| category.id).collect();
    let mut children: BTreeMap<i64, Vec<Category>> = BTreeMap::new();
    let mut lost = Vec::new();
    for mut category in categories.drain(..) {
        if category.sortorder == 0 {
            category.sortorder = size * 10_000;
        }
        if category.parent != 0 && !ids.contains(&category.parent) {
            lost.push(Category { parent: 0, ..category });
        } else {
            children.entry(category.parent).or_default().push(category);
        }
    }
    children.values_mut().for_each(|siblings| siblings.sort_by_key(|category| (category.sortorder, category.id)));
    children.entry(0).or_default().append(&mut lost);
    let mut counter = 0;
    let top = Category { id: 0, parent: 0, sortorder: 0, coursecount: 0, depth: 0, path: String::new() };
    walk(&mut children, &top, &mut counter, size, categories);
}

fn walk(
    children: &mut BTreeMap<i64, Vec<Category>>,
    parent: &Category,
    counter: &mut i64,
    size: i64,
    ordered: &mut Vec<Category>,
) {
    for mut category in children.remove(&parent.id).unwrap_or_default() {
        *counter += size;
        category.sortorder = *counter;
        category.depth = parent.depth + 1;
        category.path = format!("{}/{}", parent.path, category.id);
        ordered.push(category.clone());
        walk(children, &category, counter, size, ordered);
    }
}

/// Numbers the courses of each category. `moved` ones go last, in that order; new ones (sort order 0) come first, the
/// latest before the others.
fn order_courses(courses: &mut [Course], categories: &[Category], moved: &[i64], size: i64) {
    let starts: HashMap<i64, i64> = categories.iter().map(|category| (category.id, category.sortorder)).collect();
    let moved: HashMap<i64, usize> = moved.iter().enumerate().map(|(at, course)| (*course, at)).collect();
    let site = courses.iter().filter(|course| course.category == 0).map(|course| course.id).min();
    let first_top = categories.first().map(|category| category.id);
    let mut of_category: BTreeMap<i64, Vec<&mut Course>> = BTreeMap::new();
    for course in courses {
        if Some(course.id) == site {
            course.sortorder = 1;
            continue;
        }
        if course.category == 0
            && let Some(first) = first_top
        {
            course.category = first;
        }
        of_category.entry(course.category).or_default().push(course);
    }
    for (category, mut members) in of_category {
        let Some(start) = starts.get(&category) else { continue };
        for course in &mut members {
            if course.sortorder < *start || course.sortorder > start + size {
                course.sortorder = course.sortorder.rem_euclid(size) + start;
            }
        }
        members.sort_by_key(|course| (moved.get(&course.id), course.sortorder, -course.id));
        for (number, course) in (start + 1..).zip(members) {
            course.sortorder = number;
        }
    }
}

fn count_courses(categories: &mut [Category], courses: &[Course]) {
    let mut counts: HashMap<i64, i64> = HashMap::new();
    courses.iter().for_each(|course| *counts.entry(course.category).or_default() += 1);
    for category in categories {
        category.coursecount = counts.get(&category.id).copied().unwrap_or(0);
    }
}

async fn write_categories(target: &mut Target<'_>, stored: &[Category], ordered: &[Category]) -> Result<(), SiteError> {
    let stored: HashMap<i64, &Category> = stored.iter().map(|category| (category.id, category)).collect();
    let mut rows = Rows::new(["id", "parent", "sortorder", "coursecount", "depth", "path"]);
    let mut displaced = Vec::new();
    for category in ordered {
        let Some(before) = stored.get(&category.id).filter(|before| **before != category) else { continue };
        if before.path != category.path || before.parent != category.parent {
            displaced.push(category);
        }
        let numbers = [category.id, category.parent, category.sortorder, category.coursecount, category.depth];
        rows.push(numbers.map(Value::from).into_iter().chain([Value::from(&*category.path)]));
    }
    target.update("order categories", "course_categories", 1, &rows).await?;
    // One by one, from the top: the new place of a category depends on that of its parent. Rare: only after damage.
    for category in displaced {
        rebuild_context(target, category).await?;
    }
    Ok(())
}

async fn rebuild_context(target: &mut Target<'_>, category: &Category) -> Result<(), SiteError> {
    let parents = [category.id, category.parent];
    let places = Places::read(target, Level::Category, parents).await?;
    let old = places.get(category.id)?.clone();
    let new = if category.parent == 0 {
        let root = old.path.split('/').nth(1).and_then(|id| id.parse().ok()).unwrap_or(1);
        Place { id: root, path: format!("/{root}"), depth: 1 }.child(old.id)
    } else {
        places.get(category.parent)?.child(old.id)
    };
    if new == old {
        return Ok(());
    }
    target.state.flags.contexts.insert(new.path.clone());
    contexts::relocate(target, &[(old, new)]).await
}

/// So many courses of a category that move by the same distance are moved by one statement.
const SHIFT_AT_LEAST: usize = 20;

async fn write_courses(target: &mut Target<'_>, stored: &[Course], ordered: &[Course]) -> Result<(), SiteError> {
    let shifts = shift_whole_categories(target, stored, ordered).await?;
    let mut rows = Rows::new(["id", "category", "sortorder"]);
    for (before, after) in stored.iter().zip(ordered) {
        let shifted = before.sortorder + shifts.get(&before.category).copied().unwrap_or(0);
        if shifted != after.sortorder || before.category != after.category {
            rows.push([after.id, after.category, after.sortorder].map(Value::from));
        }
    }
    target.update("order courses", "course", 1, &rows).await
}

/// A new course pushes all others of its category by one: such a shift is one statement. Answers with the shifts made.
async fn shift_whole_categories(
    target: &mut Target<'_>,
    stored: &[Course],
    ordered: &[Course],
) -> Result<HashMap<i64, i64>, SiteError> {
    let mut distances: BTreeMap<i64, HashMap<i64, usize>> = BTreeMap::new();
    for (before, after) in stored.iter().zip(ordered) {
        *distances.entry(before.category).or_default().entry(after.sortorder - before.sortorder).or_default() += 1;
    }
    let usual = distances.into_iter().filter_map(|(category, counts)| {
        let (distance, courses) = counts.into_iter().max_by_key(|(distance, count)| (*count, *distance))?;
        (distance != 0 && courses >= SHIFT_AT_LEAST).then_some((category, distance))
    });
    let usual: HashMap<i64, i64> = usual.collect();
    for (category, distance) in &usual {
        let statement =
            super::Statement::new(target.dialect, "update {course} set sortorder = sortorder + ").bind(*distance);
        let statement = statement.push(" where category = ").bind(*category);
        target.connection.execute("order courses", statement).await?;
    }
    Ok(usual)
}

#[cfg(test)]
mod tests;
