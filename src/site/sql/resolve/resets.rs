//! How much a reset would take from courses, item by item: a few statements for each item, however many courses there are.

use super::courses::Found;
use super::{LIST, Site};
use crate::model::{CourseId, FeedbackId, RoleId};
use crate::site::sql::apply::course_reset::leaving::may_leave;
use crate::site::sql::apply::course_reset::{self, Scope, Step};
use crate::site::sql::apply::filled::Filled;
use crate::site::sql::below::contexts_below;
use crate::site::sql::statement::{Statement, Value};
use crate::site::{Holders, ResetLookups, SiteError, World};
use std::collections::HashMap;

/// Rows of one statement.
const ROWS: usize = 1000;
/// Files belong to what is counted anyway.
const NOT_COUNTED: &str = "files";

/// Counts what these courses hold of what is asked for.
pub(super) async fn contents(
    site: &mut Site<'_>,
    lookups: &ResetLookups,
    courses: &[Found],
    world: &mut World,
) -> Result<(), SiteError> {
    items(site, lookups, courses, world).await?;
    if lookups.feedbacks {
        feedbacks(site, courses, world).await?;
    }
    let ids: Vec<i64> = courses.iter().map(|course| course.id.0).collect();
    for part in ids.chunks(LIST) {
        holders(site, lookups, part, world).await?;
    }
    Ok(())
}

/// The rows from which items are found, each after its course: the course itself, its context, the contexts below that.
struct Places {
    courses: Vec<Value>,
    contexts: Vec<Value>,
    below: Vec<Value>,
}

impl Places {
    async fn read(site: &mut Site<'_>, courses: &[Found]) -> Result<Self, SiteError> {
        let pair = |course: &Found, id: i64| [Value::Int(course.id.0), Value::Int(id)];
        let own: Vec<(&Found, String)> =
            courses.iter().filter_map(|course| course.path().map(|path| (course, path))).collect();
        let paths: Vec<&str> = own.iter().map(|(_, path)| path.as_str()).collect();
        let below = contexts_below(site.connection, site.dialect, &paths).await?;
        let context = |course: &Found| course.context.map(|context| pair(course, context.0));
        Ok(Self {
            courses: courses.iter().flat_map(|course| pair(course, course.id.0)).collect(),
            contexts: courses.iter().filter_map(context).flatten().collect(),
            below: below.iter().flat_map(|below| pair(own[below.root].0, below.id)).collect(),
        })
    }

    fn of(&self, scope: Scope) -> Vec<&[Value]> {
        match scope {
            Scope::Course => vec![&self.courses],
            Scope::Contexts => vec![&self.contexts, &self.below],
            Scope::Below => vec![&self.below],
        }
    }
}

async fn items(
    site: &mut Site<'_>,
    lookups: &ResetLookups,
    courses: &[Found],
    world: &mut World,
) -> Result<(), SiteError> {
    if lookups.items.is_empty() {
        return Ok(());
    }
    let places = Places::read(site, courses).await?;
    let tables = site.tables.get(site.connection, site.dialect).await?;
    let wanted = course_reset::tables(lookups.items.iter().copied());
    let filled = Filled::read(site.connection, site.dialect, &tables, wanted).await?;
    for item in &lookups.items {
        let content = course_reset::content(*item);
        let counted = content.steps.iter().filter(|step| step.is_counted() && step.table() != NOT_COUNTED);
        for step in counted.filter(|step| filled.leads(step, &tables)) {
            for rows in places.of(content.scope) {
                for (course, count) in counts(site, step, rows).await? {
                    world.resets.load_item(CourseId(course), *item, count);
                }
            }
        }
    }
    Ok(())
}

/// How much a step reaches, by owner. The rows are pairs: the owner, and from where the step begins.
async fn counts(site: &mut Site<'_>, step: &Step, rows: &[Value]) -> Result<Vec<(i64, i64)>, SiteError> {
    let sql = format!("select v.owner, count(distinct t.id) from v{} group by v.owner", step.reach());
    let mut counts = Vec::new();
    for rows in rows.chunks(2 * ROWS) {
        let query = Statement::new(site.dialect, "").with_rows(&["owner", "id"], rows).push(&sql);
        let found = site.connection.fetch("count what a reset would take", query).await?;
        counts.extend(found.iter().map(|row| (row.int(0), row.int(1))));
    }
    Ok(counts)
}

/// Reads which feedback activities there are, and how many responses each of them has.
async fn feedbacks(site: &mut Site<'_>, courses: &[Found], world: &mut World) -> Result<(), SiteError> {
    let tables = site.tables.get(site.connection, site.dialect).await?;
    if !tables.contains_key("feedback") {
        return Ok(());
    }
    let ids: Vec<i64> = courses.iter().map(|course| course.id.0).collect();
    let mut owners = HashMap::new();
    for part in ids.chunks(LIST) {
        let query = Statement::new(site.dialect, "select f.id, f.course from {feedback f by course} where f.course");
        let found = site.connection.fetch("read feedback activities", query.one_of(part.iter().copied())).await?;
        owners.extend(found.iter().map(|row| (row.int(0), CourseId(row.int(1)))));
    }
    owners.iter().for_each(|(id, course)| world.resets.load_feedback(*course, FeedbackId(*id), 0));
    let rows: Vec<Value> = owners.keys().flat_map(|id| [Value::Int(*id), Value::Int(*id)]).collect();
    let wanted = course_reset::tables_of(course_reset::responses());
    let filled = Filled::read(site.connection, site.dialect, &tables, wanted).await?;
    let counted = course_reset::responses().iter().filter(|step| step.is_counted() && filled.leads(step, &tables));
    for step in counted {
        for (id, responses) in counts(site, step, &rows).await? {
            if let Some(course) = owners.get(&id) {
                world.resets.load_feedback(*course, FeedbackId(id), responses);
            }
        }
    }
    Ok(())
}

/// Counts who may leave. Whoever has other roles and this one only by a plug-in is not among them: nothing would change.
async fn holders(
    site: &mut Site<'_>,
    lookups: &ResetLookups,
    courses: &[i64],
    world: &mut World,
) -> Result<(), SiteError> {
    let Some(condition) = may_leave(&world.facts).filter(|_| !lookups.holders.is_empty()) else { return Ok(()) };
    let methods = " from {course} c {then context x on x.contextlevel = 50 and x.instanceid = c.id} \
                   {then enrol e on e.courseid = c.id}";
    let roles: Vec<i64> = lookups
        .holders
        .iter()
        .filter_map(|holders| match holders {
            Holders::Of(role) => Some(role.0),
            Holders::OfNone => None,
        })
        .collect();
    if !roles.is_empty() {
        let sql = format!(
            "select c.id, r.roleid, count(distinct u.userid){methods} {{then role_assignments r on r.contextid = x.id}} \
             {{then user_enrolments u on u.enrolid = e.id and u.userid = r.userid}} where {condition} and c.id"
        );
        let query = Statement::new(site.dialect, &sql).one_of(courses.iter().copied()).push(" and r.roleid");
        let query = query.one_of(roles).push(
            " and (r.component = '' or not exists (select 1 from {role_assignments} q where q.contextid = x.id \
             and q.userid = u.userid and q.roleid <> r.roleid)) group by c.id, r.roleid",
        );
        for row in site.connection.fetch("count who would leave", query).await? {
            world.resets.load_holders(CourseId(row.int(0)), Holders::Of(RoleId(row.int(1))), row.int(2));
        }
    }
    if lookups.holders.contains(&Holders::OfNone) {
        let sql = format!(
            "select c.id, count(distinct u.userid){methods} {{then user_enrolments u on u.enrolid = e.id}} \
             where {condition} and c.id"
        );
        let query = Statement::new(site.dialect, &sql).one_of(courses.iter().copied()).push(
            " and not exists (select 1 from {role_assignments} r where r.contextid = x.id and r.userid = u.userid) \
             group by c.id",
        );
        for row in site.connection.fetch("count who would leave", query).await? {
            world.resets.load_holders(CourseId(row.int(0)), Holders::OfNone, row.int(1));
        }
    }
    Ok(())
}
