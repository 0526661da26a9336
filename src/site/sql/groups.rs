//! Groups without members, groupings without groups, and what still refers to them.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::{Row, Statement};
use crate::model::{CourseId, GroupId, GroupingId};
use crate::site::{GroupCard, GroupingCard, SiteError};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Courses or groups looked at with one statement.
const AT_ONCE: usize = 5_000;

/// Where groups and groupings are looked for.
pub(super) struct Site<'s> {
    pub(super) connection: &'s mut Connection,
    pub(super) dialect: &'s Dialect,
}

/// What uses groups, or groupings, by their ids.
type Uses = HashMap<i64, String>;

fn real(courses: &BTreeSet<CourseId>) -> Vec<i64> {
    courses.iter().filter(|course| !course.is_planned()).map(|course| course.0).collect()
}

/// Members of the group `g` that are not deleted.
const MEMBERS: &str =
    "from {groups_members} m join {user} u on u.id = m.userid where m.groupid = g.id and u.deleted = 0";

impl Site<'_> {
    /// Groups of these courses in which nobody is, and those among `also` with whoever is in them; by course and name.
    pub(super) async fn empty_groups(
        &mut self,
        courses: &BTreeSet<CourseId>,
        also: &BTreeSet<GroupId>,
    ) -> Result<Vec<GroupCard>, SiteError> {
        let mut found = BTreeMap::new();
        for part in real(courses).chunks(AT_ONCE) {
            let empty = |query: Statement| {
                let query = query.push("g.courseid").one_of(part.iter().copied());
                query.push(&format!(" and not exists (select 1 {MEMBERS})"))
            };
            found.extend(self.groups(empty).await?);
        }
        let also: Vec<i64> = also.iter().filter(|group| !group.is_planned()).map(|group| group.0).collect();
        for part in also.chunks(AT_ONCE) {
            let among = |query: Statement| query.push("g.id").one_of(part.iter().copied());
            found.extend(self.groups(among).await?.into_iter().filter(|(_, group)| courses.contains(&group.course)));
        }
        let concerned: BTreeSet<CourseId> = found.values().map(|group| group.course).collect();
        let ids: Vec<i64> = found.keys().copied().collect();
        let mut uses = self.uses_of_groups(&real(&concerned), &ids).await?;
        let mut groups: Vec<GroupCard> = found.into_values().collect();
        groups.iter_mut().for_each(|group| group.used_by = uses.remove(&group.id.0));
        groups.sort_by(|a, b| {
            (&a.course_shortname, a.course, &a.name, a.id).cmp(&(&b.course_shortname, b.course, &b.name, b.id))
        });
        Ok(groups)
    }

    async fn groups(
        &mut self,
        condition: impl FnOnce(Statement) -> Statement,
    ) -> Result<BTreeMap<i64, GroupCard>, SiteError> {
        let columns = format!("select g.id, g.courseid, g.name, c.shortname, (select count(*) {MEMBERS})");
        let query =
            Statement::new(self.dialect, &columns).push(" from {groups} g join {course} c on c.id = g.courseid");
        let rows = self.connection.fetch("read groups", condition(query.push(" where "))).await?;
        let group = |mut row: Row| GroupCard {
            id: GroupId(row.int(0)),
            course: CourseId(row.int(1)),
            name: row.text(2),
            course_shortname: row.text(3),
            members: row.int(4).unsigned_abs(),
            used_by: None,
        };
        Ok(rows.into_iter().map(group).map(|group| (group.id.0, group)).collect())
    }

    /// Groupings of these courses that hold no group but those `gone`; by course and name.
    pub(super) async fn groupings_left(
        &mut self,
        courses: &BTreeSet<CourseId>,
        gone: &BTreeSet<GroupId>,
    ) -> Result<Vec<GroupingCard>, SiteError> {
        let mut groupings = Vec::new();
        for part in real(courses).chunks(AT_ONCE) {
            let mut left = self.groupings(part).await?;
            for row in self.links(part).await? {
                if !gone.contains(&GroupId(row.int(1))) {
                    left.remove(&row.int(0));
                }
            }
            let ids: Vec<i64> = left.keys().copied().collect();
            let mut uses = self.uses_of_groupings(part, &ids).await?;
            left.values_mut().for_each(|grouping| grouping.used_by = uses.remove(&grouping.id.0));
            groupings.extend(left.into_values());
        }
        groupings.sort_by(|a, b| {
            (&a.course_shortname, a.course, &a.name, a.id).cmp(&(&b.course_shortname, b.course, &b.name, b.id))
        });
        Ok(groupings)
    }

    async fn groupings(&mut self, courses: &[i64]) -> Result<BTreeMap<i64, GroupingCard>, SiteError> {
        let query = Statement::new(self.dialect, "select g.id, g.courseid, g.name, c.shortname from {groupings} g")
            .push(" join {course} c on c.id = g.courseid where g.courseid")
            .one_of(courses.iter().copied());
        let grouping = |mut row: Row| GroupingCard {
            id: GroupingId(row.int(0)),
            course: CourseId(row.int(1)),
            name: row.text(2),
            course_shortname: row.text(3),
            used_by: None,
        };
        let rows = self.connection.fetch("read groupings", query).await?;
        Ok(rows.into_iter().map(grouping).map(|grouping| (grouping.id.0, grouping)).collect())
    }

    async fn links(&mut self, courses: &[i64]) -> Result<Vec<Row>, SiteError> {
        let query = Statement::new(self.dialect, "select l.groupingid, l.groupid from {groupings} g")
            .push(" join {groupings_groups} l on l.groupingid = g.id join {groups} m on m.id = l.groupid where g.courseid")
            .one_of(courses.iter().copied());
        self.connection.fetch("read groups in groupings", query).await
    }

    /// Notes that `user` uses the ids that a query reads.
    async fn note(&mut self, uses: &mut Uses, user: &str, query: Statement) -> Result<(), SiteError> {
        for row in self.connection.fetch("read what groups are for", query).await? {
            uses.insert(row.int(0), user.to_owned());
        }
        Ok(())
    }

    async fn uses_of_groups(&mut self, courses: &[i64], groups: &[i64]) -> Result<Uses, SiteError> {
        let mut uses = Uses::new();
        if groups.is_empty() {
            return Ok(uses);
        }
        let activities = self.present(&GROUPS_OF_ACTIVITIES).await?;
        for part in groups.chunks(AT_ONCE) {
            for (table, column) in &activities {
                let select = format!("select distinct {column} from {{{table}}} where {column}");
                let query = Statement::new(self.dialect, &select).one_of(part.iter().copied());
                self.note(&mut uses, "an activity", query).await?;
            }
            let query = Statement::new(self.dialect, "select g.id from {groups} g where g.enrolmentkey <> ''")
                .push(" and exists (select 1 from {enrol} e where e.courseid = g.courseid")
                .push(" and e.enrol = 'self' and e.status = 0 and e.customint1 = 1) and g.id")
                .one_of(part.iter().copied());
            self.note(&mut uses, "the enrolment method self, for its enrolment key,", query).await?;
        }
        for part in courses.chunks(AT_ONCE) {
            for method in METHODS_WITH_GROUPS {
                let query = Statement::new(self.dialect, "select customint2 from {enrol} where customint2 > 0")
                    .push(" and enrol = ")
                    .bind(method)
                    .push(" and courseid")
                    .one_of(part.iter().copied());
                self.note(&mut uses, &format!("the enrolment method {method}"), query).await?;
            }
            self.restrictions(part, "group", &mut uses).await?;
        }
        Ok(uses)
    }

    async fn uses_of_groupings(&mut self, courses: &[i64], groupings: &[i64]) -> Result<Uses, SiteError> {
        let mut uses = Uses::new();
        if groupings.is_empty() {
            return Ok(uses);
        }
        let activities = self.present(&GROUPINGS_OF_ACTIVITIES).await?;
        for (table, column) in activities {
            let select = format!("select distinct {column} from {{{table}}} where {column} > 0 and course");
            let query = Statement::new(self.dialect, &select).one_of(courses.iter().copied());
            self.note(&mut uses, "an activity", query).await?;
        }
        let query = Statement::new(self.dialect, "select defaultgroupingid from {course} where defaultgroupingid > 0")
            .push(" and id")
            .one_of(courses.iter().copied());
        self.note(&mut uses, "the course, by default,", query).await?;
        self.restrictions(courses, "grouping", &mut uses).await?;
        Ok(uses)
    }

    /// Those of these tables and columns that the site has: an activity may not be installed.
    async fn present<'c>(&mut self, columns: &[(&'c str, &'c str)]) -> Result<Vec<(&'c str, &'c str)>, SiteError> {
        let query = Statement::new(self.dialect, self.dialect.all_columns());
        let mut found = BTreeSet::new();
        for mut row in self.connection.fetch("read the site's tables", query).await? {
            let (table, column) = (row.text(0), row.text(1).to_lowercase());
            let own = |known: &&(&str, &str)| self.dialect.without_prefix(&table) == Some(known.0) && column == known.1;
            found.extend(columns.iter().find(own));
        }
        Ok(found.into_iter().collect())
    }

    /// Notes what access restrictions of activities and sections name, of a `kind`: `group`, `grouping`.
    async fn restrictions(&mut self, courses: &[i64], kind: &str, uses: &mut Uses) -> Result<(), SiteError> {
        for table in ["course_modules", "course_sections"] {
            let select =
                format!("select availability from {{{table}}} where availability like '%\"{kind}\"%' and course");
            let query = Statement::new(self.dialect, &select).one_of(courses.iter().copied());
            for mut row in self.connection.fetch("read access restrictions", query).await? {
                // A restriction that is not JSON restricts nothing in Moodle either.
                if let Ok(tree) = serde_json::from_str(&row.text(0)) {
                    collect(&tree, kind, uses);
                }
            }
        }
        Ok(())
    }
}

/// Enrolment methods that put people into a group and keep it in `customint2`, where others keep something else.
const METHODS_WITH_GROUPS: [&str; 2] = ["cohort", "meta"];

/// Where Moodle's own activities keep what a group handed in or wrote, which stays behind when the group goes. Exceptions
/// for a group go with it.
const GROUPS_OF_ACTIVITIES: [(&str, &str); 4] = [
    ("assign_submission", "groupid"),
    ("chat_messages", "groupid"),
    ("forum_discussions", "groupid"),
    ("wiki_subwikis", "groupid"),
];

/// Where activities of a course name a grouping.
const GROUPINGS_OF_ACTIVITIES: [(&str, &str); 2] =
    [("assign", "teamsubmissiongroupingid"), ("course_modules", "groupingid")];

/// Restrictions are trees: `{"op":"&","c":[{"type":"group","id":7},…]}`.
fn collect(tree: &serde_json::Value, kind: &str, uses: &mut Uses) {
    if tree.get("type").and_then(|kind| kind.as_str()) == Some(kind)
        && let Some(id) = tree.get("id").and_then(serde_json::Value::as_i64)
    {
        uses.insert(id, "an access restriction".to_owned());
    }
    for child in tree.get("c").and_then(|children| children.as_array()).into_iter().flatten() {
        collect(child, kind, uses);
    }
}
