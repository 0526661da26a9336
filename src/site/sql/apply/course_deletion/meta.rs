//! Courses that take their participants from a deleted course: Moodle's meta enrolment lets go of it.

use super::super::contexts::{Level, Places};
use super::super::rows::Rows;
use super::super::{Apply, Deletion, unenrol};
use crate::site::SiteError;
use crate::site::sql::statement::Value;
use std::collections::HashSet;

/// What becomes of the participants, by the setting `unenrolaction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// They leave, and the method with them.
    Unenrolled,
    /// The method is disabled.
    Disabled,
    /// The method is disabled, and its roles go.
    DisabledWithoutRoles,
}

impl Fate {
    fn of(apply: &Apply<'_, '_>) -> Self {
        match apply.facts.plugin_number("enrol_meta", "unenrolaction") {
            Some(0) => Self::Unenrolled,
            Some(1 | 2) => Self::Disabled,
            // Moodle's default.
            Some(_) | None => Self::DisabledWithoutRoles,
        }
    }
}

/// Lets other courses go of `courses`.
pub(super) async fn let_go(apply: &mut Apply<'_, '_>, courses: &Rows, gone: &HashSet<i64>) -> Result<(), SiteError> {
    if !apply.facts.enrol_plugins().any(|plugin| plugin == "meta") {
        return Ok(());
    }
    let sql = "select distinct e.id, e.courseid from v join {enrol} e on e.enrol = 'meta' and e.customint1 = v.id";
    let found = apply.fetch_with("read meta enrolment methods", courses, sql).await?;
    let links: Vec<(i64, i64)> =
        found.iter().map(|row| (row.int(0), row.int(1))).filter(|(_, course)| !gone.contains(course)).collect();
    if links.is_empty() {
        return Ok(());
    }
    let receiving = Places::read(apply, Level::Course, links.iter().map(|(_, course)| *course)).await?;
    for (_, course) in &links {
        apply.state.flags.contexts.insert(receiving.get(*course)?.path.clone());
    }
    let methods = Rows::of_ids(links.iter().map(|(method, _)| *method));
    let sql = "select distinct u.userid from v join {user_enrolments} u on u.enrolid = v.id";
    let users = apply.fetch_with("read participants of meta courses", &methods, sql).await?;
    apply.state.flags.users.extend(users.iter().map(|row| row.int(0)));
    match Fate::of(apply) {
        Fate::Unenrolled => unenrol_all(apply, &methods).await,
        Fate::Disabled => disable(apply, &methods).await,
        Fate::DisabledWithoutRoles => {
            let selection = "select 'enrol_meta', id from v";
            let roles = Deletion::of("role_assignments", &["component", "itemid"], selection);
            apply.delete("unassign roles of meta enrolments", &methods, roles).await?;
            disable(apply, &methods).await
        }
    }
}

async fn disable(apply: &mut Apply<'_, '_>, methods: &Rows) -> Result<(), SiteError> {
    let mut rows = Rows::new(["id", "status"]);
    methods.values.iter().for_each(|id| rows.push([id.clone(), Value::Int(1)]));
    apply.update("disable meta enrolment methods", "enrol", 1, &rows).await
}

async fn unenrol_all(apply: &mut Apply<'_, '_>, methods: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct u.enrolid, u.userid, e.courseid from v join {enrol} e on e.id = v.id \
               join {user_enrolments} u on u.enrolid = v.id";
    let mut ended = unenrol::ended();
    for row in apply.fetch_with("read meta enrolments", methods, sql).await? {
        ended.push([row.int(0).into(), row.int(1).into(), row.int(2).into(), "enrol_meta".into()]);
    }
    let sql = "select distinct u.userid, e.courseid from v join {enrol} e on e.id = v.id \
               join {user_enrolments} u on u.enrolid = v.id where not exists (select 1 from {user_enrolments} o \
               join {enrol} m on m.id = o.enrolid where o.userid = u.userid and m.courseid = e.courseid \
               and m.id not in (select id from v))";
    let left = apply.fetch_with("read who leaves meta courses", methods, sql).await?;
    let left = Rows::of_pairs(["userid", "courseid"], left.iter().map(|row| (row.int(0), row.int(1))));
    unenrol::end(apply, &ended, &left).await?;
    apply.delete("delete meta enrolment methods", methods, Deletion::of("enrol", &["id"], "select id from v")).await
}
