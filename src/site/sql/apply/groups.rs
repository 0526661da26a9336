//! Groups of courses.

use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion};
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
            let deletion = Deletion::of(table, &["groupid"], "select id from v");
            apply.delete("delete what belongs to groups", &groups, deletion).await?;
        }
    }
    let selection = "select x.id, v.id from v join {groups} g on g.id = v.id \
                     join {context} x on x.contextlevel = 50 and x.instanceid = g.courseid";
    let rest = "t.component = 'group' and t.filearea in ('description', 'icon')";
    let files = Deletion { table: "files", keys: &["contextid", "itemid"], selection, rest };
    apply.delete("delete files of groups", &groups, files).await?;
    apply.delete_each("delete groups", &groups, Deletion::of("groups", &["id"], "select id from v")).await
}

/// Notes in the groups that their members changed.
pub(super) async fn members_changed(apply: &mut Apply<'_, '_>, members: &members::Pairs) -> Result<(), SiteError> {
    let now = apply.now;
    let set = |update: super::Statement| update.push(" set timemodified = ").bind(now);
    apply.update_selected("update groups", &members.rows, ("groups", "id", "select groupid from v"), set).await
}
