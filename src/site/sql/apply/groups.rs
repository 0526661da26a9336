//! Groups of courses.

use super::Apply;
use super::rows::Rows;
use super::waves::Item;
use super::{conversations, members};
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError};

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["id", "courseid", "name", "descriptionformat", "timecreated", "timemodified"]);
    for item in items {
        let Change::CreateGroup { id, course, name } = item.change else { continue };
        let (id, course) = (apply.state.ids.group(*id)?, apply.state.ids.course(*course)?);
        rows.push([id.into(), course.into(), name.trim().into(), Value::Int(0), apply.now.into(), apply.now.into()]);
    }
    apply.insert("create groups", "groups", rows).await
}

/// Rows that name a group, by table, and go with it.
const OF_GROUP: [&str; 6] =
    ["groups_members", "groupings_groups", "event", "assign_overrides", "quiz_overrides", "lesson_overrides"];

pub(super) async fn delete(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut ids = Vec::with_capacity(items.len());
    for item in items {
        if let Change::DeleteGroup { group, .. } = item.change {
            ids.push(apply.state.ids.group(*group)?);
        }
    }
    let groups = Rows::of_ids(ids);
    conversations::delete(apply, &groups).await?;
    for table in OF_GROUP {
        if apply.has_table(table) {
            let sql = format!("delete from {{{table}}} where groupid in (select id from v)");
            apply.run_with("delete what belongs to groups", &groups, &sql).await?;
        }
    }
    let sql = "delete from {files} where component = 'group' and filearea in ('description', 'icon') \
               and itemid in (select id from v) and contextid in (select x.id from v join {groups} g on g.id = v.id \
               join {context} x on x.contextlevel = 50 and x.instanceid = g.courseid)";
    apply.run_with("delete files of groups", &groups, sql).await?;
    apply.run_with("delete groups", &groups, "delete from {groups} where id in (select id from v)").await
}

/// Notes in the groups that their members changed.
pub(super) async fn members_changed(apply: &mut Apply<'_, '_>, members: &members::Pairs) -> Result<(), SiteError> {
    let now = apply.now;
    let build = |with: super::Statement| {
        with.push("update {groups} set timemodified = ").bind(now).push(" where id in (select groupid from v)")
    };
    apply.execute_with("update groups", &members.rows, build).await
}
