//! How much a reset would take from courses, item by item: a few statements for each item, however many courses there are.

use super::courses::Found;
use super::{LIST, Site};
use crate::model::{CourseId, RoleId};
use crate::site::sql::apply::course_reset::leaving::may_leave;
use crate::site::sql::apply::course_reset::{self, Scope};
use crate::site::sql::apply::filled::Filled;
use crate::site::sql::statement::Statement;
use crate::site::{Holders, ResetLookups, SiteError, World};

/// Files belong to what is counted anyway.
const NOT_COUNTED: &str = "files";

/// Counts what these courses hold of what is asked for.
pub(super) async fn contents(
    site: &mut Site<'_>,
    lookups: &ResetLookups,
    courses: &[Found],
    world: &mut World,
) -> Result<(), SiteError> {
    let ids: Vec<i64> = courses.iter().map(|course| course.id.0).collect();
    for part in ids.chunks(LIST) {
        items(site, lookups, part, world).await?;
        holders(site, lookups, part, world).await?;
    }
    Ok(())
}

async fn items(
    site: &mut Site<'_>,
    lookups: &ResetLookups,
    courses: &[i64],
    world: &mut World,
) -> Result<(), SiteError> {
    if lookups.items.is_empty() {
        return Ok(());
    }
    let tables = site.tables.get(site.connection, site.dialect).await?;
    let wanted = course_reset::tables(lookups.items.iter().copied());
    let filled = Filled::read(site.connection, site.dialect, &tables, wanted).await?;
    for item in &lookups.items {
        let content = course_reset::content(*item);
        let counted = content.steps.iter().filter(|step| step.is_counted() && step.table() != NOT_COUNTED);
        for step in counted.filter(|step| filled.leads(step, &tables)) {
            for from in sources(site, content.scope) {
                let sql = format!("select c.id, count(distinct t.id) from {from}{} where c.id", step.reach());
                let query = Statement::new(site.dialect, &sql).one_of(courses.iter().copied()).push(" group by c.id");
                for row in site.connection.fetch("count what a reset would take", query).await? {
                    world.resets.load_item(CourseId(row.int(0)), *item, row.int(1));
                }
            }
        }
    }
    Ok(())
}

/// Courses `c`, and the rows `v` from which an item is found. The context of a course and those below it are looked at one
/// after the other: an index serves each, and none serves both at once.
fn sources(site: &Site<'_>, scope: Scope) -> Vec<String> {
    let of_courses = "{course} c join {context} x on x.contextlevel = 50 and x.instanceid = c.id join {context} v on ";
    let own = || format!("{of_courses}v.id = x.id");
    let below = || format!("{of_courses}{}", site.dialect.lies_below("v.path", "x.path"));
    match scope {
        Scope::Course => vec!["{course} c join {course} v on v.id = c.id".to_owned()],
        Scope::Contexts => vec![own(), below()],
        Scope::Below => vec![below()],
    }
}

/// Counts who may leave. Whoever has other roles and this one only by a plug-in is not among them: nothing would change.
async fn holders(
    site: &mut Site<'_>,
    lookups: &ResetLookups,
    courses: &[i64],
    world: &mut World,
) -> Result<(), SiteError> {
    let Some(condition) = may_leave(&world.facts).filter(|_| !lookups.holders.is_empty()) else { return Ok(()) };
    let participants = format!(
        " from {{course}} c join {{enrol}} e on e.courseid = c.id join {{user_enrolments}} u on u.enrolid = e.id \
         join {{context}} x on x.contextlevel = 50 and x.instanceid = c.id {{roles}} where {condition} and c.id"
    );
    let roles: Vec<i64> = lookups
        .holders
        .iter()
        .filter_map(|holders| match holders {
            Holders::Of(role) => Some(role.0),
            Holders::OfNone => None,
        })
        .collect();
    if !roles.is_empty() {
        let joined = "join {role_assignments} r on r.contextid = x.id and r.userid = u.userid";
        let sql = format!("select c.id, r.roleid, count(distinct u.userid){participants}").replace("{roles}", joined);
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
        let sql = format!("select c.id, count(distinct u.userid){participants}").replace("{roles}", "");
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
