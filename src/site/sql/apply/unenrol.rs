//! Users leave courses: one enrolment ends, or the last one and with it nearly all the user was there.

use super::following::{self, Gone};
use super::members::{self, Pairs};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion, grades};
use crate::site::{Change, Remaining, SiteError};
use std::collections::BTreeSet;

pub(super) async fn unenrol(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut ended = self::ended();
    let mut left = Vec::new();
    for item in items {
        let Change::Unenrol { instance, method, course, user, remaining } = item.change else { continue };
        let ids = &apply.state.ids;
        let (instance, user, course) = (ids.method(*instance)?, ids.user(*user)?, ids.course(*course)?);
        ended.push([instance.into(), user.into(), course.into(), format!("enrol_{method}").into()]);
        if *remaining == Remaining::None {
            left.push((user, course));
        }
        apply.state.flags.users.insert(user);
    }
    end(apply, &ended, &Rows::of_pairs(["userid", "courseid"], left)).await
}

/// Rows of enrolments that end: enrolid, userid, courseid, component.
pub(super) fn ended() -> Rows {
    Rows::new(["enrolid", "userid", "courseid", "component"])
}

/// Ends enrolments of methods of a plug-in, whose rows belong to `component`.
pub(super) async fn end_gone(apply: &mut Apply<'_, '_>, gone: Vec<Gone>, component: &str) -> Result<(), SiteError> {
    if gone.is_empty() {
        return Ok(());
    }
    let left = following::last_ones(apply, &gone).await?;
    let mut ended = self::ended();
    for Gone { method, user, course, .. } in gone {
        ended.push([method.into(), user.into(), course.into(), component.into()]);
        apply.state.flags.users.insert(user);
        apply.state.meta.participants.insert((course, user));
    }
    end(apply, &ended, &left).await
}

/// Ends enrolments, see [`ended`]. `left` are the rows (userid, courseid) of those for whom it was the last in the course.
pub(super) async fn end(apply: &mut Apply<'_, '_>, ended: &Rows, left: &Rows) -> Result<(), SiteError> {
    leave_groups(apply, ended, left).await?;
    let selection = "select v.userid, x.id, v.component, v.enrolid from v \
                     {then context x on x.contextlevel = 50 and x.instanceid = v.courseid}";
    let keys = ["userid", "contextid", "component", "itemid"];
    let roles = Deletion::of("role_assignments", &keys, selection);
    apply.delete("unassign roles of enrolments", ended, roles).await?;
    let enrolments = Deletion::of("user_enrolments", &["userid", "enrolid"], "select userid, enrolid from v");
    apply.delete_each("unenrol users", ended, enrolments).await?;
    if left.is_empty() {
        return Ok(());
    }
    unassign_roles(apply, left).await?;
    let selection = "select distinct g.id from v join {grade_items} i on i.courseid = v.courseid \
                     join {grade_grades} g on g.itemid = i.id and g.userid = v.userid";
    grades::erase(apply, left, selection, grades::BY_USER).await?;
    let accesses = Deletion::of("user_lastaccess", &["userid", "courseid"], "select userid, courseid from v");
    apply.delete("forget last accesses", left, accesses).await?;
    leave_forums(apply, left).await
}

/// Removes all roles in left courses and below them. Found by way of the users' roles: a user has few, while the contexts
/// below a path are not found by an index in every database.
async fn unassign_roles(apply: &mut Apply<'_, '_>, left: &Rows) -> Result<(), SiteError> {
    let sql = format!(
        "select distinct r.id from v {{then context c on c.contextlevel = 50 and c.instanceid = v.courseid}} \
         join {{role_assignments}} r on r.userid = v.userid join {{context}} x on x.id = r.contextid \
         where x.id = c.id or ({})",
        apply.dialect.lies_below("x.path", "c.path")
    );
    let found = apply.fetch_with("read roles in left courses", left, &sql).await?;
    let roles = Rows::of_ids(found.iter().map(|row| row.int(0)));
    let deletion = Deletion::of("role_assignments", &["id"], "select id from v");
    apply.delete("unassign roles in left courses", &roles, deletion).await
}

/// Removes the memberships that belong to ended enrolments, and all memberships in left courses.
async fn leave_groups(apply: &mut Apply<'_, '_>, ended: &Rows, left: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct m.groupid, m.userid from v join {groups_members} m \
               on m.userid = v.userid and m.itemid = v.enrolid and m.component = v.component";
    let mut found = apply.fetch_with("read memberships of enrolments", ended, sql).await?;
    let sql = "select distinct m.groupid, m.userid from v join {groups} g on g.courseid = v.courseid \
               join {groups_members} m on m.groupid = g.id and m.userid = v.userid";
    found.append(&mut apply.fetch_with("read memberships in left courses", left, sql).await?);
    let pairs: BTreeSet<(i64, i64)> = found.iter().map(|row| (row.int(0), row.int(1))).collect();
    members::delete(apply, &Pairs::new(pairs)).await
}

/// What a user has in the forums of a course besides posts, and the column that names the forum.
const OF_FORUMS: [(&str, &str); 4] = [
    ("forum_digests", "forum"),
    ("forum_subscriptions", "forum"),
    ("forum_track_prefs", "forumid"),
    ("forum_read", "forumid"),
];

/// Removes subscriptions, digests and marks of the users in the forums of the courses: rows (userid, courseid).
pub(super) async fn leave_forums(apply: &mut Apply<'_, '_>, left: &Rows) -> Result<(), SiteError> {
    for (table, column) in OF_FORUMS {
        let selection = "select v.userid, f.id from v join {forum} f on f.course = v.courseid";
        apply.delete("leave forums", left, Deletion::of(table, &["userid", column], selection)).await?;
    }
    Ok(())
}
