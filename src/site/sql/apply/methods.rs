//! Enrolment methods: rows of `enrol`.

use super::Apply;
use super::contexts::{Level, Places};
use super::rows::Rows;
use super::waves::Item;
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError};
use std::collections::HashMap;

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut orders = next_sort_orders(apply, items).await?;
    let mut rows = Rows::new([
        "id",
        "enrol",
        "status",
        "courseid",
        "sortorder",
        "roleid",
        "enrolperiod",
        "expirynotify",
        "expirythreshold",
        "password",
        "timecreated",
        "timemodified",
        "customint1",
        "customint2",
        "customint3",
        "customint4",
        "customint5",
        "customint6",
    ]);
    for item in items {
        let Change::CreateInstance(new) = item.change else { continue };
        let course = apply.state.ids.course(new.course)?;
        let order = orders.entry(course).or_insert(0);
        let fixed = [
            apply.state.ids.method(new.id)?.into(),
            (&*new.method).into(),
            new.status.number().into(),
            course.into(),
            (*order).into(),
            new.role.map_or(0, |role| role.0).into(),
            new.enrol_period.into(),
            new.expiry_notify.into(),
            new.expiry_threshold.into(),
            new.password.as_deref().into(),
            apply.now.into(),
            apply.now.into(),
        ];
        *order += 1;
        rows.push(fixed.into_iter().chain(new.custom_ints.map(Value::from)));
    }
    apply.insert("create enrolment methods", "enrol", rows).await
}

/// The place after the last method of each course; courses without methods are absent.
async fn next_sort_orders(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<HashMap<i64, i64>, SiteError> {
    let mut courses = Vec::with_capacity(items.len());
    for item in items {
        if let Change::CreateInstance(new) = item.change {
            courses.push(apply.state.ids.course(new.course)?);
        }
    }
    let sql = "select e.courseid, max(e.sortorder) + 1 from {enrol} e \
               where e.courseid in (select id from v) group by e.courseid";
    let rows = apply.fetch_with("read enrolment methods", &Rows::of_ids(courses), sql).await?;
    Ok(rows.into_iter().map(|row| (row.int(0), row.int(1))).collect())
}

/// Enables and disables methods. Moodle leaves `timemodified` alone here.
pub(super) async fn set_status(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["id", "status"]);
    let mut courses = Vec::with_capacity(items.len());
    for item in items {
        let Change::SetInstanceStatus { instance, course, status } = item.change else { continue };
        rows.push([apply.state.ids.method(*instance)?.into(), status.number().into()]);
        courses.push(apply.state.ids.course(*course)?);
    }
    let places = Places::read(apply, Level::Course, courses.iter().copied()).await?;
    for course in courses {
        apply.state.flags.contexts.insert(places.get(course)?.path.clone());
    }
    apply.update("enable or disable enrolment methods", "enrol", 1, &rows).await
}
