//! Rows of `course`: created, changed, moved; their revisions.

use super::contexts::{self, Level, Place, Places};
use super::rows::{ByColumns, Rows};
use super::waves::Item;
use super::{Apply, Moment, Target};
use crate::site::fields::CourseField;
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError};

/// Columns of a new course that no file sets.
const CREATED: &[&str] = &["id", "category", "sortorder", "timemodified", "cacherev"];

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut categories = Vec::with_capacity(items.len());
    for item in items {
        if let Change::CreateCourse { category, .. } = item.change {
            categories.push(apply.state.ids.category(*category)?);
        }
    }
    let places = Places::read(apply, Level::Category, categories).await?;
    let reserved = apply.reserve("context", items.len()).await?;
    let mut courses = ByColumns::new(CREATED);
    let mut new_contexts = contexts::new_rows();
    for (item, context) in items.iter().zip(reserved) {
        let Change::CreateCourse { id, category, fields } = item.change else { continue };
        let (id, category) = (apply.state.ids.course(*id)?, apply.state.ids.category(*category)?);
        // Sort order 0 is what puts a course before the others of its category when they are renumbered.
        let now = apply.now;
        let mut fields = fields.clone();
        fields.set_default(CourseField::Timecreated, now.to_string());
        // A new course was modified when it was created, whenever that was.
        let created = fields.text(CourseField::Timecreated).parse().unwrap_or(now);
        let fixed = [id.into(), category.into(), Value::Int(0), Value::Int(created), now.into()];
        courses.push(fixed, || fields.iter());
        new_contexts.push(contexts::row(Level::Course, id, places.get(category)?.child(context)));
    }
    apply.state.renumbering.due = true;
    for rows in courses.into_rows() {
        apply.insert("create courses", "course", rows).await?;
    }
    apply.insert("create contexts of courses", "context", new_contexts).await
}

pub(super) async fn update(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut courses = ByColumns::new(&["id", "timemodified"]);
    for item in items {
        let Change::UpdateCourse { id, fields } = item.change else { continue };
        let id = apply.state.ids.course(*id)?;
        courses.push([id.into(), apply.now.into()], || fields.iter().map(|update| (update.field, &*update.after)));
        apply.state.rebuilt.insert(id);
    }
    for rows in courses.into_rows() {
        apply.update("update courses", "course", 1, &rows).await?;
    }
    Ok(())
}

/// Moves courses to the end of other categories, with all contexts below them.
pub(super) async fn relocate(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut moves = Vec::with_capacity(items.len());
    for item in items {
        if let Change::MoveCourse { id, to, .. } = item.change {
            moves.push((apply.state.ids.course(*id)?, apply.state.ids.category(*to)?));
        }
    }
    let from = Places::read(apply, Level::Course, moves.iter().map(|(course, _)| *course)).await?;
    let to = Places::read(apply, Level::Category, moves.iter().map(|(_, category)| *category)).await?;
    let mut rows = Rows::new(["id", "category", "timemodified"]);
    let mut places: Vec<(Place, Place)> = Vec::with_capacity(moves.len());
    for (course, category) in &moves {
        let old = from.get(*course)?;
        let new = to.get(*category)?.child(old.id);
        apply.state.flags.contexts.insert(new.path.clone());
        apply.state.renumbering.moved(*course);
        apply.state.rebuilt.insert(*course);
        rows.push([(*course).into(), (*category).into(), apply.now.into()]);
        places.push((old.clone(), new));
    }
    apply.update("move courses", "course", 1, &rows).await?;
    contexts::relocate(apply, &places).await
}

/// Raises `cacherev` of courses whose structure changed, so that Moodle rebuilds what it keeps of them.
pub(super) async fn raise_revisions(target: &mut Target<'_>, moment: &Moment) -> Result<(), SiteError> {
    let courses = Rows::of_ids(std::mem::take(&mut target.state.rebuilt));
    let now = moment.now;
    // A revision from the future is a broken one and starts again.
    let set = |update: super::Statement| {
        let case = update.push(" set cacherev = case when cacherev >= ").bind(now);
        let case = case.push(" and cacherev <= ").bind(now + 3600).push(" then cacherev + 1 else ");
        case.bind(now).push(" end")
    };
    target.update_selected("raise revisions of courses", &courses, ("course", "id", "select id from v"), set).await
}
