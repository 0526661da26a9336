//! Who takes part in which of the courses: enrolments, roles, memberships.
//!
//! All of it is read by user and then narrowed to the courses: a user is in few courses, while a thousand users times
//! five hundred courses would be half a million places to look. The plus signs and the named columns keep databases on that
//! way, and so does that nothing is joined.

use super::courses::Found;
use super::{LIST, Site};
use crate::model::{ContextId, CourseId, EnrolId, GroupId, RoleId, UserId};
use crate::site::sql::statement::Statement;
use crate::site::world::{Enrolment, Membership, RoleAssignment};
use crate::site::{EnrolStatus, Owner, SiteError, World};
use std::collections::{BTreeMap, BTreeSet};

/// Reads what these users are in these courses, and in their groups.
pub(super) async fn read(
    site: &mut Site<'_>,
    users: &[i64],
    courses: &[Found],
    groups: &Courses<GroupId>,
    world: &mut World,
) -> Result<(), SiteError> {
    for some in courses.chunks(LIST) {
        let methods: Courses<EnrolId> =
            some.iter().flat_map(|course| course.methods.iter().map(|method| (*method, course.id))).collect();
        for part in users.chunks(LIST) {
            enrolments(site, part, &methods, world).await?;
            roles(site, part, some, world).await?;
        }
    }
    for part in users.chunks(LIST) {
        memberships(site, part, groups, world).await?;
    }
    Ok(())
}

/// The course that something belongs to.
pub(super) type Courses<Id> = BTreeMap<Id, CourseId>;

pub(super) fn enrolments_of(site: &Site<'_>, users: &[i64], methods: &[i64]) -> Statement {
    let query = site
        .select("userid, enrolid, status, timestart, timeend")
        .push(" from {user_enrolments by userid} where userid");
    query.one_of(users.iter().copied()).push(" and +enrolid").one_of(methods.iter().copied())
}

async fn enrolments(
    site: &mut Site<'_>,
    users: &[i64],
    methods: &Courses<EnrolId>,
    world: &mut World,
) -> Result<(), SiteError> {
    let ids: Vec<i64> = methods.keys().map(|method| method.0).collect();
    for some in ids.chunks(LIST) {
        for row in site.fetch("read enrolments", enrolments_of(site, users, some)).await? {
            let enrolment = Enrolment {
                instance: EnrolId(row.int(1)),
                status: EnrolStatus::from_number(row.int(2)),
                start: row.int(3),
                end: row.int(4),
            };
            if let Some(course) = methods.get(&enrolment.instance) {
                world.participants.load_enrolment(UserId(row.int(0)), *course, enrolment);
            }
        }
    }
    Ok(())
}

pub(super) fn memberships_of(site: &Site<'_>, users: &[i64], groups: &[i64]) -> Statement {
    let query = site.select("userid, groupid, component, itemid").push(" from {groups_members by userid} where userid");
    query.one_of(users.iter().copied()).push(" and +groupid").one_of(groups.iter().copied())
}

async fn memberships(
    site: &mut Site<'_>,
    users: &[i64],
    groups: &Courses<GroupId>,
    world: &mut World,
) -> Result<(), SiteError> {
    let ids: Vec<i64> = groups.keys().map(|group| group.0).collect();
    for some in ids.chunks(LIST) {
        for mut row in site.fetch("read group memberships", memberships_of(site, users, some)).await? {
            let owner = Owner { component: row.text(2), item: row.int(3) };
            let membership = Membership { group: GroupId(row.int(1)), owner };
            if let Some(course) = groups.get(&membership.group) {
                world.participants.load_membership(UserId(row.int(0)), *course, membership);
            }
        }
    }
    Ok(())
}

pub(super) fn roles_of(site: &Site<'_>, users: &[i64], contexts: impl Iterator<Item = i64>) -> Statement {
    let query = site.select("userid, contextid, roleid, component, itemid").push(" from {role_assignments by userid}");
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
