//! Groups of courses, and groupings of groups.

use super::rows::{ByColumns, Rows};
use super::waves::Item;
use super::{Apply, Deletion};
use super::{conversations, members};
use crate::site::{Change, Fields, GroupField, SiteError};

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut new = NewRows::default();
    for item in items {
        let Change::CreateGroup { id, course, fields } = item.change else { continue };
        new.push(apply.state.ids.group(*id)?, apply.state.ids.course(*course)?, fields, apply.now);
    }
    apply.insert("create groups", "groups", new.0).await
}

pub(super) async fn create_groupings(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut new = NewRows::default();
    for item in items {
        let Change::CreateGrouping { id, course, fields } = item.change else { continue };
        new.push(apply.state.ids.grouping(*id)?, apply.state.ids.course(*course)?, fields, apply.now);
    }
    apply.insert("create groupings", "groupings", new.0).await
}

/// Rows of new groups, or of new groupings: both tables have these columns.
struct NewRows(Rows);

impl Default for NewRows {
    fn default() -> Self {
        let columns = ["id", "courseid", "name", "idnumber", "description", "descriptionformat"];
        Self(Rows::new(columns.into_iter().chain(["timecreated", "timemodified"]).collect::<Vec<_>>()))
    }
}

/// Moodle's number for HTML.
const HTML: i64 = 1;

impl NewRows {
    fn push(&mut self, id: i64, course: i64, fields: &Fields<GroupField>, now: i64) {
        let description = fields.get(GroupField::Description).filter(|text| !text.is_empty());
        self.0.push([
            id.into(),
            course.into(),
            fields.text(GroupField::Name).trim().into(),
            fields.text(GroupField::Idnumber).into(),
            description.into(),
            description.map_or(0, |_| HTML).into(),
            now.into(),
            now.into(),
        ]);
    }
}

pub(super) async fn update(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut groups = ByColumns::new(&["id", "timemodified"]);
    for item in items {
        let Change::UpdateGroup { id, fields, .. } = item.change else { continue };
        let fixed = [apply.state.ids.group(*id)?.into(), apply.now.into()];
        groups.push(fixed, || fields.iter().map(|update| (update.field, &*update.after)));
    }
    for rows in groups.into_rows() {
        apply.update("update groups", "groups", 1, &rows).await?;
    }
    Ok(())
}

pub(super) async fn update_groupings(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut groupings = ByColumns::new(&["id", "timemodified"]);
    for item in items {
        let Change::UpdateGrouping { id, fields, .. } = item.change else { continue };
        let fixed = [apply.state.ids.grouping(*id)?.into(), apply.now.into()];
        groupings.push(fixed, || fields.iter().map(|update| (update.field, &*update.after)));
    }
    for rows in groupings.into_rows() {
        apply.update("update groupings", "groupings", 1, &rows).await?;
    }
    Ok(())
}

/// Puts groups into groupings. No unique index forbids a second row, so the statement looks.
pub(super) async fn assign_groupings(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut pairs = Vec::with_capacity(items.len());
    for item in items {
        if let Change::AssignGrouping { grouping, group, .. } = item.change {
            pairs.push((apply.state.ids.grouping(*grouping)?, apply.state.ids.group(*group)?));
        }
    }
    let now = apply.now;
    let build = |with: super::Statement| {
        with.push("select distinct v.groupingid, v.groupid, ").bind(now).push(
            " from v where not exists (select 1 from {groupings_groups} l \
             where l.groupingid = v.groupingid and l.groupid = v.groupid)",
        )
    };
    let head = "insert into {groupings_groups} (groupingid, groupid, timeadded) ";
    let rows = Rows::of_pairs(["groupingid", "groupid"], pairs);
    apply.insert_with("put groups into groupings", head, &rows, build).await
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
    delete_all(apply, &Rows::of_ids(ids)).await
}

/// Deletes groups, rows (id), with all that belongs to them.
pub(super) async fn delete_all(apply: &mut Apply<'_, '_>, groups: &Rows) -> Result<(), SiteError> {
    conversations::delete(apply, groups).await?;
    for table in OF_GROUP {
        if apply.has_table(table) {
            let deletion = Deletion::of(table, &["groupid"], "select id from v");
            apply.delete("delete what belongs to groups", groups, deletion).await?;
        }
    }
    let selection = "select x.id, v.id from v join {groups} g on g.id = v.id \
                     {then context x on x.contextlevel = 50 and x.instanceid = g.courseid}";
    let rest = "t.component = 'group' and t.filearea in ('description', 'icon')";
    let files = Deletion { table: "files", keys: &["contextid", "itemid"], selection, rest };
    apply.delete("delete files of groups", groups, files).await?;
    apply.delete_each("delete groups", groups, Deletion::of("groups", &["id"], "select id from v")).await
}

/// What names a grouping of its course and names none once it is gone: table, course, grouping.
const RESTRICTED_TO: [(&str, &str, &str); 2] =
    [("course", "id", "defaultgroupingid"), ("course_modules", "course", "groupingid")];

pub(super) async fn delete_groupings(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut ids = Vec::with_capacity(items.len());
    for item in items {
        if let Change::DeleteGrouping { grouping, .. } = item.change {
            ids.push(apply.state.ids.grouping(*grouping)?);
        }
    }
    delete_all_groupings(apply, &Rows::of_ids(ids)).await
}

/// Deletes groupings, rows (id); the groups in them stay. Nothing is restricted to them any more.
pub(super) async fn delete_all_groupings(apply: &mut Apply<'_, '_>, groupings: &Rows) -> Result<(), SiteError> {
    let links = Deletion::of("groupings_groups", &["groupingid"], "select id from v");
    apply.delete("take groups out of groupings", groupings, links).await?;
    for (table, course, grouping) in RESTRICTED_TO {
        let none = |update: super::Statement| update.push(&format!(" set {grouping} = 0"));
        let own = "select g.courseid, g.id from v join {groupings} g on g.id = v.id";
        let keys = [course, grouping];
        apply.update_chosen("forget groupings", groupings, &Deletion::of(table, &keys, own), none).await?;
    }
    let selection = "select x.id, v.id from v join {groupings} g on g.id = v.id \
                     {then context x on x.contextlevel = 50 and x.instanceid = g.courseid}";
    let rest = "t.component = 'grouping' and t.filearea = 'description'";
    let files = Deletion { table: "files", keys: &["contextid", "itemid"], selection, rest };
    apply.delete("delete files of groupings", groupings, files).await?;
    apply.delete_each("delete groupings", groupings, Deletion::of("groupings", &["id"], "select id from v")).await
}

/// Notes in the groups that their members changed.
pub(super) async fn members_changed(apply: &mut Apply<'_, '_>, members: &members::Pairs) -> Result<(), SiteError> {
    let now = apply.now;
    let set = |update: super::Statement| update.push(" set timemodified = ").bind(now);
    apply.update_selected("update groups", &members.rows, ("groups", "id", "select groupid from v"), set).await
}
