//! Users leave courses: one enrolment ends, or the last one and with it nearly all the user was there.

use super::members::{self, Pairs};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, grades};
use crate::site::{Change, Remaining, SiteError};
use std::collections::BTreeSet;

pub(super) async fn unenrol(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut ended = Rows::new(["enrolid", "userid", "courseid", "component"]);
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
    let left = Rows::of_pairs(["userid", "courseid"], left);
    leave_groups(apply, &ended, &left).await?;
    let sql = "delete from {role_assignments} where (userid, contextid, component, itemid) in \
               (select v.userid, x.id, v.component, v.enrolid from v \
               join {context} x on x.contextlevel = 50 and x.instanceid = v.courseid)";
    apply.run_with("unassign roles of enrolments", &ended, sql).await?;
    let sql = "delete from {user_enrolments} where (enrolid, userid) in (select enrolid, userid from v)";
    apply.run_with("unenrol users", &ended, sql).await?;
    if left.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "delete from {{role_assignments}} where (userid, contextid) in (\
         select v.userid, c.id from v join {{context}} c on c.contextlevel = 50 and c.instanceid = v.courseid \
         union all \
         select v.userid, x.id from v join {{context}} c on c.contextlevel = 50 and c.instanceid = v.courseid \
         join {{context}} x on {})",
        apply.dialect.lies_below("x.path", "c.path")
    );
    apply.run_with("unassign roles in left courses", &left, &sql).await?;
    let selection = "select g.id from v join {grade_items} i on i.courseid = v.courseid \
                     join {grade_grades} g on g.itemid = i.id and g.userid = v.userid";
    grades::erase(apply, &left, selection).await?;
    let sql = "delete from {user_lastaccess} where (userid, courseid) in (select userid, courseid from v)";
    apply.run_with("forget last accesses", &left, sql).await?;
    leave_forums(apply, &left).await
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
        let sql = format!(
            "delete from {{{table}}} where (userid, {column}) in \
             (select v.userid, f.id from v join {{forum}} f on f.course = v.courseid)"
        );
        apply.run_with("leave forums", left, &sql).await?;
    }
    Ok(())
}
