//! Roles of users in courses and above them: rows of `role_assignments`, and the forum subscriptions that come with them.

use super::contexts::{Level, Places};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion};
use crate::site::{Change, RolePlace, SiteError};

/// A role assignment with real ids.
pub(super) struct Assignment {
    pub(super) role: i64,
    pub(super) course: i64,
    pub(super) user: i64,
    pub(super) component: String,
    pub(super) item: i64,
}

fn assignments(apply: &Apply<'_, '_>, items: &[Item<'_>]) -> Result<Vec<Assignment>, SiteError> {
    let mut assignments = Vec::with_capacity(items.len());
    for item in items {
        let (Change::AssignRole { role, course, user, owner } | Change::UnassignRole { role, course, user, owner }) =
            item.change
        else {
            continue;
        };
        let ids = &apply.state.ids;
        assignments.push(Assignment {
            role: role.0,
            course: ids.course(*course)?,
            user: ids.user(*user)?,
            component: owner.component.clone(),
            item: ids.item(owner)?,
        });
    }
    Ok(assignments)
}

/// What makes an assignment.
const COLUMNS: [&str; 5] = ["roleid", "contextid", "userid", "component", "itemid"];

/// Rows (roleid, contextid, userid, component, itemid); notes that the users' rights changed.
async fn rows(apply: &mut Apply<'_, '_>, assignments: &[Assignment]) -> Result<Rows, SiteError> {
    let places = Places::read(apply, Level::Course, assignments.iter().map(|assignment| assignment.course)).await?;
    let mut rows = Rows::new(COLUMNS);
    for assignment in assignments {
        let Assignment { role, course, user, component, item } = assignment;
        let context = places.get(*course)?.id;
        rows.push([(*role).into(), context.into(), (*user).into(), (&**component).into(), (*item).into()]);
        apply.state.flags.users.insert(*user);
    }
    Ok(rows)
}

pub(super) async fn assign(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let assignments = assignments(apply, items)?;
    insert(apply, &assignments).await
}

/// Inserts role assignments that do not exist. No unique index forbids a second row, so the statement looks: by user,
/// because a user has few roles and a course has many. The zeros keep databases on that way.
pub(super) async fn insert(apply: &mut Apply<'_, '_>, assignments: &[Assignment]) -> Result<(), SiteError> {
    let rows = rows(apply, assignments).await?;
    insert_rows(apply, &rows).await?;
    subscribe(apply, assignments).await
}

async fn insert_rows(apply: &mut Apply<'_, '_>, rows: &Rows) -> Result<(), SiteError> {
    let (modifier, now) = (apply.modifier(), apply.now);
    let build = |with: super::Statement| {
        let columns = "select distinct v.roleid, v.contextid, v.userid, v.component, v.itemid, ";
        let values = with.push(columns).bind(now).push(", ").bind(modifier);
        values.push(
            ", 0 from v where not exists (select 1 from {role_assignments} r where r.userid = v.userid \
             and r.contextid + 0 = v.contextid and r.roleid + 0 = v.roleid and r.component || '' = v.component \
             and r.itemid + 0 = v.itemid)",
        )
    };
    let head = "insert into {role_assignments} \
                (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder) ";
    apply.insert_with("assign roles", head, rows, build).await
}

/// Goes on after rows `w` (roleid, courseid, userid): the forums `f` to which these users are to be subscribed.
pub(super) const SUBSCRIBED: &str = "join {forum} f on f.course = w.courseid and f.forcesubscribe = 2 \
    join {role_capabilities} c on c.roleid = w.roleid and c.capability = 'mod/forum:allowforcesubscribe' \
    and c.permission = 1 join {context} x on x.id = c.contextid and x.contextlevel = 10 \
    where not exists (select 1 from {forum_subscriptions} s where s.userid = w.userid and s.forum = f.id)";

/// Subscribes users who get a role in a course to its forums with initial subscription, if the role allows it.
async fn subscribe(apply: &mut Apply<'_, '_>, assignments: &[Assignment]) -> Result<(), SiteError> {
    let courses = Rows::of_ids(assignments.iter().map(|assignment| assignment.course));
    let sql = "select distinct f.course from v {then forum f on f.course = v.id} where f.forcesubscribe = 2";
    let found = apply.fetch_with("read forums with initial subscription", &courses, sql).await?;
    let courses: std::collections::HashSet<i64> = found.iter().map(|row| row.int(0)).collect();
    let mut rows = Rows::new(["roleid", "courseid", "userid"]);
    for assignment in assignments.iter().filter(|assignment| courses.contains(&assignment.course)) {
        rows.push([assignment.role, assignment.course, assignment.user].map(Into::into));
    }
    let build = |with: super::Statement| with.push("select distinct w.userid, f.id from v w ").push(SUBSCRIBED);
    let head = "insert into {forum_subscriptions} (userid, forum) ";
    apply.insert_with("subscribe to forums", head, &rows, build).await
}

pub(super) async fn unassign(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let assignments = assignments(apply, items)?;
    remove(apply, &assignments).await
}

/// Takes roles away, as many of them as there are.
pub(super) async fn remove(apply: &mut Apply<'_, '_>, assignments: &[Assignment]) -> Result<(), SiteError> {
    let rows = rows(apply, assignments).await?;
    remove_rows(apply, &rows).await
}

async fn remove_rows(apply: &mut Apply<'_, '_>, rows: &Rows) -> Result<(), SiteError> {
    let keys = ["userid", "contextid", "roleid", "component", "itemid"];
    let selection = "select userid, contextid, roleid, component, itemid from v";
    apply.delete("unassign roles", rows, Deletion::of("role_assignments", &keys, selection)).await
}

/// The same rows for roles above courses.
async fn rows_above(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<Rows, SiteError> {
    let mut assignments = Vec::with_capacity(items.len());
    for item in items {
        if let Change::AssignRoleAbove { role, place, user } | Change::UnassignRoleAbove { role, place, user } =
            item.change
        {
            let category = match place {
                RolePlace::Site => None,
                RolePlace::Category(id) => Some(apply.state.ids.category(*id)?),
            };
            assignments.push((role.0, category, apply.state.ids.user(*user)?));
        }
    }
    let places =
        Places::read(apply, Level::Category, assignments.iter().filter_map(|(_, category, _)| *category)).await?;
    let mut rows = Rows::new(COLUMNS);
    for (role, category, user) in assignments {
        let context = match category {
            Some(category) => places.get(category)?.id,
            None => apply.system()?.id,
        };
        rows.push([role.into(), context.into(), user.into(), "".into(), 0.into()]);
        apply.state.flags.users.insert(user);
    }
    Ok(rows)
}

pub(super) async fn assign_above(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let rows = rows_above(apply, items).await?;
    insert_rows(apply, &rows).await
}

pub(super) async fn unassign_above(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let rows = rows_above(apply, items).await?;
    remove_rows(apply, &rows).await
}
