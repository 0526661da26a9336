//! Courses are deleted as Moodle does it, with all that belongs to them: by their ids, by the ids of their contexts, and by
//! what the one or the other owns. Contents of files are shared and stay where they are.
//!
//! No backup goes to Moodle's recycle bin: only Moodle can make one.

mod activities;
mod core;
mod meta;

use super::belongings::{Step, steps};
use super::contexts::{Level, Place, Places};
use super::filled::Filled;
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion, conversations, gradebook_history, grades, refused};
use crate::site::{Change, SiteError};
use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

/// All deletions by the id of a course.
static OF_COURSE: LazyLock<Vec<Step>> =
    LazyLock::new(|| [activities::OF_COURSE, self::core::OF_COURSE].into_iter().flat_map(steps).collect());
/// All deletions by the id of a context.
static OF_CONTEXT: LazyLock<Vec<Step>> = LazyLock::new(|| steps(self::core::OF_CONTEXT));

/// All deletions by the id of a category.
static OF_CATEGORY: LazyLock<Vec<Step>> = LazyLock::new(|| steps(self::core::OF_CATEGORY));

/// What most of it is called in errors.
const OPERATION: &str = "delete what belongs to courses";
/// The ids among the rows `v`.
const IDS: &str = "select id from v";
/// Who deletes, in the words of the gradebook's histories.
const SOURCE: &str = "coursedelete";
/// The status of a badge whose course is gone.
const ARCHIVED: i64 = 4;

pub(super) async fn delete(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut gone = HashSet::new();
    for item in items {
        if let Change::DeleteCourse { id, .. } = item.change {
            gone.insert(apply.state.ids.course(*id)?);
        }
    }
    let courses = Rows::of_ids(gone.iter().copied());
    let filled = Filled::among(apply, tables()).await?;
    let contexts = contexts_of(apply, Level::Course, &gone).await?;
    spare_questions(apply, &filled, &contexts).await?;
    note_participants(apply, &courses).await?;
    meta::let_go(apply, &courses, &gone).await?;
    clear_gradebook(apply, &filled, &courses).await?;
    clear_groups_and_events(apply, &filled, &courses).await?;
    let contexts = Rows::of_ids(contexts);
    filled.carry_out(apply, OPERATION, &*OF_CONTEXT, &contexts).await?;
    filled.carry_out(apply, OPERATION, &*OF_COURSE, &courses).await?;
    archive_badges(apply, &courses).await?;
    apply.delete("delete contexts of courses", &contexts, Deletion::of("context", &["id"], IDS)).await?;
    apply.delete("delete courses", &courses, Deletion::of("course", &["id"], IDS)).await?;
    apply.state.rebuilt.retain(|course| !gone.contains(course));
    apply.state.renumbering.due = true;
    Ok(())
}

/// All tables that may hold something of a course.
fn tables() -> BTreeSet<&'static str> {
    OF_COURSE.iter().chain(&*OF_CONTEXT).map(|step| step.table).collect()
}

/// The contexts of a level, by what they are contexts of, and all below them. Moodle flags those of courses.
async fn contexts_of(
    apply: &mut Apply<'_, '_>,
    level: Level,
    instances: &HashSet<i64>,
) -> Result<HashSet<i64>, SiteError> {
    let places = Places::read(apply, level, instances.iter().copied()).await?;
    let own: Vec<&Place> = instances.iter().filter_map(|instance| places.find(*instance)).collect();
    if level == Level::Course {
        apply.state.flags.contexts.extend(own.iter().map(|place| place.path.clone()));
    }
    let mut contexts: HashSet<i64> = own.iter().map(|place| place.id).collect();
    let paths: Vec<&str> = own.iter().map(|place| &*place.path).collect();
    contexts.extend(apply.contexts_below(&paths).await?.iter().map(|below| below.id));
    Ok(contexts)
}

/// Empties the contexts of categories, deletes them, and what names the categories themselves.
pub(super) async fn clear_categories(apply: &mut Apply<'_, '_>, gone: &HashSet<i64>) -> Result<(), SiteError> {
    let filled = Filled::among(apply, OF_CONTEXT.iter().chain(&*OF_CATEGORY).map(|step| step.table).collect()).await?;
    let contexts = contexts_of(apply, Level::Category, gone).await?;
    spare_questions(apply, &filled, &contexts).await?;
    let contexts = Rows::of_ids(contexts);
    filled.carry_out(apply, OPERATION, &*OF_CONTEXT, &contexts).await?;
    filled.carry_out(apply, OPERATION, &*OF_CATEGORY, &Rows::of_ids(gone.iter().copied())).await?;
    apply.delete("delete contexts of categories", &contexts, Deletion::of("context", &["id"], IDS)).await
}

/// Refuses to take questions away from activities of other courses.
async fn spare_questions(apply: &mut Apply<'_, '_>, filled: &Filled, contexts: &HashSet<i64>) -> Result<(), SiteError> {
    let rows = Rows::of_ids(contexts.iter().copied());
    let by_entry = "select distinct r.usingcontextid from v join {question_categories} c on c.contextid = v.id \
                    join {question_bank_entries} e on e.questioncategoryid = c.id \
                    join {question_references} r on r.questionbankentryid = e.id";
    let by_set = "select distinct r.usingcontextid from v join {question_set_references} r \
                  on r.questionscontextid = v.id";
    for (table, sql) in [("question_references", by_entry), ("question_set_references", by_set)] {
        if !filled.contains(table) || !filled.contains("question_categories") {
            continue;
        }
        let using = apply.fetch_with("read who uses questions", &rows, sql).await?;
        if let Some(other) = using.iter().map(|row| row.int(0)).find(|context| !contexts.contains(context)) {
            let problem = format!(
                "the activity with context {other} elsewhere uses questions that are kept here; move them to another \
                 question bank first"
            );
            return Err(refused("delete what holds questions", problem));
        }
    }
    Ok(())
}

/// Sessions of all who take part must read their roles anew.
async fn note_participants(apply: &mut Apply<'_, '_>, courses: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct u.userid from v join {enrol} e on e.courseid = v.id \
               join {user_enrolments} u on u.enrolid = e.id";
    let users = apply.fetch_with("read participants of courses", courses, sql).await?;
    apply.state.flags.users.extend(users.iter().map(|row| row.int(0)));
    Ok(())
}

async fn clear_gradebook(apply: &mut Apply<'_, '_>, filled: &Filled, courses: &Rows) -> Result<(), SiteError> {
    if !filled.contains("grade_items") && !filled.contains("grade_categories") {
        return Ok(());
    }
    let selection = "select distinct g.id from v join {grade_items} i on i.courseid = v.id \
                     join {grade_grades} g on g.itemid = i.id";
    grades::erase(apply, courses, selection, SOURCE).await?;
    for tables in gradebook_history::TABLES {
        gradebook_history::keep(apply, tables, "courseid", courses, SOURCE).await?;
    }
    Ok(())
}

/// Conversations of groups, and calendar events of activities that do not name the course: those of single users.
async fn clear_groups_and_events(apply: &mut Apply<'_, '_>, filled: &Filled, courses: &Rows) -> Result<(), SiteError> {
    if filled.contains("groups") {
        let sql = "select distinct g.id from v join {groups} g on g.courseid = v.id";
        let groups = apply.fetch_with("read groups of courses", courses, sql).await?;
        conversations::delete(apply, &Rows::of_ids(groups.iter().map(|row| row.int(0)))).await?;
    }
    let selection = "select m.name, c.instance from v join {course_modules} c on c.course = v.id \
                     join {modules} m on m.id = c.module";
    let events = Deletion::of("event", &["modulename", "instance"], selection);
    filled.delete(apply, "delete events of activities", courses, events).await
}

async fn archive_badges(apply: &mut Apply<'_, '_>, courses: &Rows) -> Result<(), SiteError> {
    if !apply.has_column("badge", "courseid") {
        return Ok(());
    }
    let set = |update: super::Statement| update.push(" set status = ").bind(ARCHIVED);
    apply.update_selected("archive badges of courses", courses, ("badge", "courseid", IDS), set).await
}

#[cfg(test)]
pub(super) mod tests;
