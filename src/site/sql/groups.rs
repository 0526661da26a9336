//! Groups without members, and what still refers to them.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::Statement;
use crate::model::{CourseId, GroupId};
use crate::site::{EmptyGroup, SiteError};
use std::collections::{BTreeSet, HashMap};

/// Courses looked at with one statement.
const COURSES_AT_ONCE: usize = 5_000;

/// Groups of these courses in which nobody is, deleted accounts aside; by course and name.
pub(super) async fn empty(
    connection: &mut Connection,
    dialect: &Dialect,
    courses: &BTreeSet<CourseId>,
) -> Result<Vec<EmptyGroup>, SiteError> {
    let courses: Vec<i64> = courses.iter().filter(|course| !course.is_planned()).map(|course| course.0).collect();
    let mut groups = Vec::new();
    for part in courses.chunks(COURSES_AT_ONCE) {
        let mut found = without_members(connection, dialect, part).await?;
        if !found.is_empty() {
            let mut uses = restrictions(connection, dialect, part).await?;
            uses.extend(methods(connection, dialect, part).await?);
            found.iter_mut().for_each(|group| group.used_by = uses.remove(&group.id));
        }
        groups.append(&mut found);
    }
    groups.sort_by(|a, b| {
        (&a.course_shortname, a.course, &a.name, a.id).cmp(&(&b.course_shortname, b.course, &b.name, b.id))
    });
    Ok(groups)
}

async fn without_members(
    connection: &mut Connection,
    dialect: &Dialect,
    courses: &[i64],
) -> Result<Vec<EmptyGroup>, SiteError> {
    let query = Statement::new(dialect, "select g.id, g.courseid, g.name, c.shortname from {groups} g")
        .push(" join {course} c on c.id = g.courseid where g.courseid")
        .one_of(courses.iter().copied())
        .push(" and not exists (select 1 from {groups_members} m join {user} u on u.id = m.userid")
        .push(" where m.groupid = g.id and u.deleted = 0)");
    let rows = connection.fetch("read groups without members", query).await?;
    let group = |mut row: super::statement::Row| EmptyGroup {
        id: GroupId(row.int(0)),
        course: CourseId(row.int(1)),
        name: row.text(2),
        course_shortname: row.text(3),
        used_by: None,
    };
    Ok(rows.into_iter().map(group).collect())
}

/// Enrolment methods that put people into a group: cohort and meta keep it in `customint2`, where other methods keep
/// something else.
async fn methods(
    connection: &mut Connection,
    dialect: &Dialect,
    courses: &[i64],
) -> Result<HashMap<GroupId, String>, SiteError> {
    let query = Statement::new(dialect, "select customint2, enrol from {enrol} where enrol in ('cohort', 'meta')")
        .push(" and customint2 > 0 and courseid")
        .one_of(courses.iter().copied());
    let rows = connection.fetch("read enrolment methods with groups", query).await?;
    Ok(rows.into_iter().map(|mut row| (GroupId(row.int(0)), format!("the enrolment method {}", row.text(1)))).collect())
}

/// Groups named in access restrictions of activities and sections.
async fn restrictions(
    connection: &mut Connection,
    dialect: &Dialect,
    courses: &[i64],
) -> Result<HashMap<GroupId, String>, SiteError> {
    let mut groups = BTreeSet::new();
    for from in ["select availability from {course_modules}", "select availability from {course_sections}"] {
        let query = Statement::new(dialect, from)
            .push(" where availability like '%\"group\"%' and course")
            .one_of(courses.iter().copied());
        for mut row in connection.fetch("read access restrictions", query).await? {
            // A restriction that is not JSON restricts nothing in Moodle either.
            if let Ok(tree) = serde_json::from_str(&row.text(0)) {
                collect_groups(&tree, &mut groups);
            }
        }
    }
    Ok(groups.into_iter().map(|group| (group, "an access restriction".to_owned())).collect())
}

/// Restrictions are trees: `{"op":"&","c":[{"type":"group","id":7},…]}`.
fn collect_groups(tree: &serde_json::Value, groups: &mut BTreeSet<GroupId>) {
    if tree.get("type").and_then(|kind| kind.as_str()) == Some("group") {
        groups.extend(tree.get("id").and_then(serde_json::Value::as_i64).map(GroupId));
    }
    for child in tree.get("c").and_then(|children| children.as_array()).into_iter().flatten() {
        collect_groups(child, groups);
    }
}
