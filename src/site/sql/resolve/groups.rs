//! Groups and groupings of courses, and groups by identifiers of their own.

use super::participation::Courses;
use super::{LIST, Site};
use crate::model::{CourseId, GroupId, GroupingId};
use crate::site::sql::statement::Row;
use crate::site::world::{Group, Grouping};
use crate::site::{CourseLookups, Fields, GroupDetail, GroupField, GroupLookups, SiteError, World};
use std::borrow::Cow;

/// The courses asked for, and those of the groups and groupings asked for by id.
pub(super) async fn with_courses<'l>(
    site: &mut Site<'_>,
    groups: &GroupLookups,
    courses: &'l CourseLookups,
) -> Result<Cow<'l, CourseLookups>, SiteError> {
    let mut asked = Cow::Borrowed(courses);
    for (table, ids) in [("groups", &groups.ids), ("groupings", &groups.grouping_ids)] {
        let ids: Vec<i64> = ids.iter().copied().collect();
        for part in ids.chunks(LIST) {
            let query = site.select("id, courseid").push(&format!(" from {{{table}}} where id"));
            let found = site.fetch("read courses of groups", query.one_of(part.iter().copied())).await?;
            asked.to_mut().ids.extend(found.iter().map(|row| row.int(1)));
        }
    }
    Ok(asked)
}

/// Reads groups of any course by idnumber.
pub(super) async fn elsewhere(site: &mut Site<'_>, asked: &GroupLookups, world: &mut World) -> Result<(), SiteError> {
    let idnumbers: Vec<&str> = asked.idnumbers.iter().map(String::as_str).collect();
    for part in idnumbers.chunks(LIST) {
        let query = site.select("id, courseid, name, idnumber").push(" from {groups by idnumber} where idnumber");
        for row in site.fetch("read groups", query.one_of(part.iter().copied())).await? {
            load(row, GroupDetail::Identifiers, world);
        }
    }
    Ok(())
}

/// Reads the groups of these courses, with their groupings where those are asked for. Answers with the groups.
pub(super) async fn of_courses(
    site: &mut Site<'_>,
    courses: &[i64],
    detail: GroupDetail,
    world: &mut World,
) -> Result<Courses<GroupId>, SiteError> {
    let columns = match detail {
        GroupDetail::Names => "id, courseid, name",
        GroupDetail::Identifiers => "id, courseid, name, idnumber",
        GroupDetail::Groupings => "id, courseid, name, idnumber, description",
    };
    let query = site.select(columns).push(" from {groups by courseid} where courseid").one_of(courses.iter().copied());
    let mut groups = Courses::new();
    for row in site.fetch("read groups", query).await? {
        groups.insert(GroupId(row.int(0)), CourseId(row.int(1)));
        load(row, detail, world);
    }
    if detail == GroupDetail::Groupings {
        groupings(site, courses, world).await?;
    }
    Ok(groups)
}

fn fields(row: &mut Row, count: usize) -> Fields<GroupField> {
    GroupField::ALL.iter().take(count).enumerate().map(|(at, field)| (*field, row.text(2 + at))).collect()
}

fn load(mut row: Row, detail: GroupDetail, world: &mut World) {
    let (id, course) = (GroupId(row.int(0)), CourseId(row.int(1)));
    let count = match detail {
        GroupDetail::Names => 1,
        GroupDetail::Identifiers => 2,
        GroupDetail::Groupings => 3,
    };
    world.participants.load_group(Group { id, course, fields: fields(&mut row, count) });
}

async fn groupings(site: &mut Site<'_>, courses: &[i64], world: &mut World) -> Result<(), SiteError> {
    let query =
        site.select("id, courseid, name, idnumber, description").push(" from {groupings by courseid} where courseid");
    for mut row in site.fetch("read groupings", query.one_of(courses.iter().copied())).await? {
        let (id, course) = (GroupingId(row.int(0)), CourseId(row.int(1)));
        world.groupings.load(Grouping { id, course, fields: fields(&mut row, 3) });
    }
    let query = site.select("l.groupingid, l.groupid").push(" from {groupings g by courseid} ");
    let query =
        query.push("{then groupings_groups l on l.groupingid = g.id} where g.courseid").one_of(courses.iter().copied());
    for row in site.fetch("read groups in groupings", query).await? {
        world.groupings.load_link(GroupingId(row.int(0)), GroupId(row.int(1)));
    }
    Ok(())
}
