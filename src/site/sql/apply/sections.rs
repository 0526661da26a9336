//! Sections of courses, and the options of course formats.

use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion};
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError};

pub(super) fn new_rows() -> Rows {
    Rows::new(["course", "section", "name", "summary", "summaryformat", "sequence", "visible", "timemodified"])
}

/// The row of a section without activities.
pub(super) fn row(course: i64, number: u32, name: Option<&str>, summary: &str, now: i64) -> [Value; 8] {
    let html = Value::Int(1);
    let visible = Value::Int(1);
    [course.into(), i64::from(number).into(), name.into(), summary.into(), html, "".into(), visible, now.into()]
}

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = new_rows();
    for item in items {
        let Change::CreateSection { course, number, name, summary } = item.change else { continue };
        let course = apply.state.ids.course(*course)?;
        rows.push(row(course, *number, name.as_deref(), summary, apply.now));
        apply.state.rebuilt.insert(course);
    }
    apply.insert("create sections", "course_sections", rows).await
}

pub(super) async fn update(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["course", "section", "name", "summary", "timemodified"]);
    for item in items {
        let Change::UpdateSection { course, number, after: (name, summary), .. } = item.change else { continue };
        let course = apply.state.ids.course(*course)?;
        let number = i64::from(*number);
        rows.push([course.into(), number.into(), name.as_deref().into(), (&**summary).into(), apply.now.into()]);
        apply.state.rebuilt.insert(course);
    }
    apply.update("update sections", "course_sections", 2, &rows).await
}

fn new_option_rows() -> Rows {
    Rows::new(["courseid", "format", "sectionid", "name", "value"])
}

pub(super) async fn set_format_options(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut courses = Vec::with_capacity(items.len());
    let mut rows = new_option_rows();
    for item in items {
        let Change::SetFormatOptions { course, format, options } = item.change else { continue };
        let course = apply.state.ids.course(*course)?;
        for (name, value) in options {
            rows.push([course.into(), (&**format).into(), Value::Int(0), (&**name).into(), (&**value).into()]);
        }
        courses.push(course);
        apply.state.rebuilt.insert(course);
    }
    let options = Deletion::of("course_format_options", &["courseid"], "select id from v");
    apply.delete("remove format options", &Rows::of_ids(courses), options).await?;
    apply.insert("set format options", "course_format_options", rows).await
}

pub(super) async fn update_format_option(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let (mut new, mut changed) = (new_option_rows(), new_option_rows());
    for item in items {
        let Change::UpdateFormatOption { course, format, name, before, after } = item.change else { continue };
        let course = apply.state.ids.course(*course)?;
        let rows = if before.is_some() { &mut changed } else { &mut new };
        rows.push([course.into(), (&**format).into(), Value::Int(0), (&**name).into(), (&**after).into()]);
        apply.state.rebuilt.insert(course);
    }
    apply.update("change format options", "course_format_options", 4, &changed).await?;
    apply.insert("add format options", "course_format_options", new).await
}
