//! Enrolments of users: rows of `user_enrolments`.

use super::Apply;
use super::rows::Rows;
use super::waves::Item;
use crate::site::{Change, SiteError};

/// An enrolment with real ids.
pub(super) struct Enrolment {
    pub(super) method: i64,
    pub(super) user: i64,
    pub(super) status: i64,
    pub(super) start: i64,
    pub(super) end: i64,
}

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut enrolments = Vec::with_capacity(items.len());
    for item in items {
        let Change::Enrol { instance, user, status, start, end, .. } = item.change else { continue };
        let (method, user) = (apply.state.ids.method(*instance)?, apply.state.ids.user(*user)?);
        enrolments.push(Enrolment { method, user, status: status.number(), start: *start, end: *end });
    }
    insert(apply, &enrolments).await
}

/// Inserts enrolments.
pub(super) async fn insert(apply: &mut Apply<'_, '_>, enrolments: &[Enrolment]) -> Result<(), SiteError> {
    let mut rows =
        Rows::new(["status", "enrolid", "userid", "timestart", "timeend", "modifierid", "timecreated", "timemodified"]);
    let (modifier, now) = (apply.modifier(), apply.now);
    for new in enrolments {
        apply.state.flags.users.insert(new.user);
        rows.push([new.status, new.method, new.user, new.start, new.end, modifier, now, now].map(Into::into));
    }
    apply.insert("enrol users", "user_enrolments", rows).await
}

pub(super) async fn update(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["enrolid", "userid", "status", "timestart", "timeend", "modifierid", "timemodified"]);
    let (modifier, now) = (apply.modifier(), apply.now);
    for item in items {
        let Change::UpdateEnrolment { instance, user, after: (status, start, end), .. } = item.change else { continue };
        let (method, user) = (apply.state.ids.method(*instance)?, apply.state.ids.user(*user)?);
        apply.state.flags.users.insert(user);
        rows.push([method, user, status.number(), *start, *end, modifier, now].map(Into::into));
    }
    apply.update("change enrolments", "user_enrolments", 2, &rows).await
}
