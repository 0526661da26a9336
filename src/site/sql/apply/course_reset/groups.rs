//! What a reset does to the groups and groupings of courses: all are emptied, or all go.

use super::super::members::{self, Pairs};
use super::super::rows::Rows;
use super::super::{Apply, groups};
use super::ids;
use crate::site::SiteError;

/// All members leave, whoever put them there.
pub(super) async fn empty(apply: &mut Apply<'_, '_>, courses: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct m.groupid, m.userid from v join {groups} g on g.courseid = v.id \
               join {groups_members} m on m.groupid = g.id";
    let found = apply.fetch_with("read members of groups", courses, sql).await?;
    members::delete(apply, &Pairs::new(found.iter().map(|row| (row.int(0), row.int(1))))).await
}

/// The groups go with all that belongs to them.
pub(super) async fn delete(apply: &mut Apply<'_, '_>, courses: &Rows) -> Result<(), SiteError> {
    let found = ids(apply, courses, "select distinct g.id from v join {groups} g on g.courseid = v.id").await?;
    groups::delete_all(apply, &found).await
}

/// The groupings go; the groups in them stay.
pub(super) async fn delete_groupings(apply: &mut Apply<'_, '_>, courses: &Rows) -> Result<(), SiteError> {
    let found = ids(apply, courses, "select distinct g.id from v join {groupings} g on g.courseid = v.id").await?;
    groups::delete_all_groupings(apply, &found).await
}
