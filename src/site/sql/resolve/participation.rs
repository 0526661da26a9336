//! Who takes part in which of the courses: enrolments, roles, groups, memberships.
//!
//! All of it is read by user and then narrowed to the courses: a user is in few courses, while a thousand users times
//! five hundred courses would be half a million places to look. The plus signs keep databases on that way.

use super::courses::Found;
use super::{LIST, Site};
use crate::model::{ContextId, CourseId, EnrolId, GroupId, RoleId, UserId};
use crate::site::sql::statement::Statement;
use crate::site::world::{Enrolment, Group, Membership, RoleAssignment};
use crate::site::{EnrolStatus, Owner, SiteError, World};
use std::collections::{BTreeMap, BTreeSet};

/// Reads what these users are in these courses, and the groups of the courses.
pub(super) async fn read(
    site: &mut Site<'_>,
    users: &[i64],
    courses: &[Found],
    world: &mut World,
) -> Result<(), SiteError> {
    for some in courses.chunks(LIST) {
        let ids: Vec<i64> = some.iter().map(|course| course.id.0).collect();
        groups(site, &ids, world).await?;
        for part in users.chunks(LIST) {
            enrolments(site, part, &ids, world).await?;
            memberships(site, part, &ids, world).await?;
            roles(site, part, some, world).await?;
        }
    }
    Ok(())
}

async fn groups(site: &mut Site<'_>, courses: &[i64], world: &mut World) -> Result<(), SiteError> {
    let query = site.select("id, courseid, name").push(" from {groups} where courseid");
    for mut row in site.fetch("read groups", query.one_of(courses.iter().copied())).await? {
        let group = Group { id: GroupId(row.int(0)), course: CourseId(row.int(1)), name: row.text(2) };
        world.participants.load_group(group);
    }
    Ok(())
}

pub(super) fn enrolments_of(site: &Site<'_>, users: &[i64], courses: &[i64]) -> Statement {
    let query = site.select("p.userid, e.courseid, p.enrolid, p.status, p.timestart, p.timeend");
    let query = query.push(" from {user_enrolments} p join {enrol} e on e.id = p.enrolid where p.userid");
    query.one_of(users.iter().copied()).push(" and +e.courseid").one_of(courses.iter().copied())
}

async fn enrolments(site: &mut Site<'_>, users: &[i64], courses: &[i64], world: &mut World) -> Result<(), SiteError> {
    for row in site.fetch("read enrolments", enrolments_of(site, users, courses)).await? {
        let enrolment = Enrolment {
            instance: EnrolId(row.int(2)),
            status: EnrolStatus::from_number(row.int(3)),
            start: row.int(4),
            end: row.int(5),
        };
        world.participants.load_enrolment(UserId(row.int(0)), CourseId(row.int(1)), enrolment);
    }
    Ok(())
}

pub(super) fn memberships_of(site: &Site<'_>, users: &[i64], courses: &[i64]) -> Statement {
    let query = site.select("m.userid, g.courseid, m.groupid, m.component, m.itemid");
    let query = query.push(" from {groups_members} m join {groups} g on g.id = m.groupid where m.userid");
    query.one_of(users.iter().copied()).push(" and +g.courseid").one_of(courses.iter().copied())
}

async fn memberships(site: &mut Site<'_>, users: &[i64], courses: &[i64], world: &mut World) -> Result<(), SiteError> {
    for mut row in site.fetch("read group memberships", memberships_of(site, users, courses)).await? {
        let owner = Owner { component: row.text(3), item: row.int(4) };
        let membership = Membership { group: GroupId(row.int(2)), owner };
        world.participants.load_membership(UserId(row.int(0)), CourseId(row.int(1)), membership);
    }
    Ok(())
}

pub(super) fn roles_of(site: &Site<'_>, users: &[i64], contexts: impl Iterator<Item = i64>) -> Statement {
    let query = site.select("userid, contextid, roleid, component, itemid").push(" from {role_assignments}");
    query.push(" where userid").one_of(users.iter().copied()).push(" and +contextid").one_of(contexts)
}

/// Roles in the courses, and whether somebody has any role above them.
async fn roles(site: &mut Site<'_>, users: &[i64], courses: &[Found], world: &mut World) -> Result<(), SiteError> {
    let below: BTreeMap<ContextId, CourseId> =
        courses.iter().filter_map(|course| Some((course.context?, course.id))).collect();
    let above: BTreeSet<ContextId> = courses.iter().flat_map(|course| course.above.iter().copied()).collect();
    let contexts = below.keys().chain(above.iter()).map(|context| context.0);
    for mut row in site.fetch("read role assignments", roles_of(site, users, contexts)).await? {
        let user = UserId(row.int(0));
        let context = ContextId(row.int(1));
        if let Some(course) = below.get(&context) {
            let owner = Owner { component: row.text(3), item: row.int(4) };
            world.participants.load_role(user, *course, RoleAssignment { role: RoleId(row.int(2)), owner });
        } else {
            world.participants.load_role_above(user, context);
        }
    }
    Ok(())
}
