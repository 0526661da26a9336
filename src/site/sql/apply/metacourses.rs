//! Courses that take over the participants of others. They follow at the end of each call, once all else is written.

use super::following::{Dates, Departure, Rule, Scope, follow as bring_up};
use super::{Apply, Statement};
use crate::site::{Change, SiteError, Source};
use std::collections::{BTreeSet, HashMap};

/// Who owns the roles and memberships that the plug-in gives.
const COMPONENT: &str = "enrol_meta";
/// Moodle's usual setting: suspend, and take the roles away.
const USUAL_DEPARTURE: i64 = 3;

/// Courses in one list of a statement.
const COURSES_AT_ONCE: usize = 10_000;

/// What the methods of metacourses have to catch up with.
#[derive(Debug, Clone, Default)]
pub(super) struct Due {
    /// Methods that changed themselves.
    pub(super) methods: BTreeSet<i64>,
    /// Courses that changed as a whole.
    pub(super) courses: BTreeSet<i64>,
    /// Participants who changed: courses and users.
    pub(super) participants: BTreeSet<(i64, i64)>,
}

/// Lets metacourses follow what these changes, and what came of them, did to the courses above.
pub(super) async fn follow(apply: &mut Apply<'_, '_>, changes: &[&Change]) -> Result<(), SiteError> {
    let mut due = std::mem::take(&mut apply.state.meta);
    if !apply.facts.enrol_plugins().any(|plugin| plugin == Source::META) {
        return Ok(());
    }
    for change in changes {
        if let Change::Enrol { course, user, .. }
        | Change::UpdateEnrolment { course, user, .. }
        | Change::Unenrol { course, user, .. }
        | Change::AssignRole { course, user, .. }
        | Change::UnassignRole { course, user, .. } = change
        {
            due.participants.insert((apply.state.ids.course(*course)?, apply.state.ids.user(*user)?));
        }
    }
    let courses: BTreeSet<i64> =
        due.courses.iter().copied().chain(due.participants.iter().map(|(course, _)| *course)).collect();
    let methods = methods_of(apply, courses).await?;
    let mut whole = due.methods;
    whole.extend(due.courses.iter().flat_map(|course| methods.get(course).into_iter().flatten()));
    let single = due.participants.iter().flat_map(|(course, user)| {
        let methods = methods.get(course).into_iter().flatten();
        methods.filter(|method| !whole.contains(method)).map(|method| (*method, *user)).collect::<Vec<_>>()
    });
    let single = Scope::users(single.collect::<BTreeSet<_>>());
    follow_scope(apply, &Scope::methods(whole)).await?;
    follow_scope(apply, &single).await?;
    // Nothing follows a metacourse in its turn.
    apply.state.meta = Due::default();
    Ok(())
}

/// The methods that follow these courses, by course.
async fn methods_of(apply: &mut Apply<'_, '_>, courses: BTreeSet<i64>) -> Result<HashMap<i64, Vec<i64>>, SiteError> {
    let courses: Vec<i64> = courses.into_iter().collect();
    let mut methods: HashMap<i64, Vec<i64>> = HashMap::new();
    for part in courses.chunks(COURSES_AT_ONCE) {
        let query = "select customint1, id from {enrol} where enrol = 'meta' and customint1";
        let query = Statement::new(apply.dialect, query).one_of(part.iter().copied());
        for row in apply.connection.fetch("read methods of metacourses", query).await? {
            methods.entry(row.int(0)).or_default().push(row.int(1));
        }
    }
    Ok(methods)
}

/// Names of plug-ins as a list of texts.
fn list(names: impl Iterator<Item = String>) -> String {
    let plain = |name: &String| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    names.filter(plain).map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

async fn follow_scope(apply: &mut Apply<'_, '_>, scope: &Scope) -> Result<(), SiteError> {
    let plugins = || apply.facts.enrol_plugins().filter(|plugin| *plugin != Source::META);
    let enabled = list(plugins().map(str::to_owned));
    let components = list(std::iter::once(String::new()).chain(plugins().map(|plugin| format!("enrol_{plugin}"))));
    let ignored = apply.facts.plugin(COMPONENT, "nosyncroleids").unwrap_or("").split(',');
    let ignored: Vec<String> =
        ignored.filter_map(|id| id.trim().parse::<i64>().ok()).map(|id| id.to_string()).collect();
    let ignored =
        if ignored.is_empty() { String::new() } else { format!(" and r.roleid not in ({})", ignored.join(", ")) };
    // The roles that count are those of the course above which metacourses did not give themselves.
    let counting = format!(
        "{{then context c on c.contextlevel = 50 and c.instanceid = e.customint1}} join {{role_assignments}} r \
         on r.contextid = c.id and r.userid = p.userid and r.component in ({components}){ignored}"
    );
    let all = apply.facts.plugin_number(COMPONENT, "syncall").unwrap_or(1) == 1;
    let with_roles = if all { "" } else { &counting };
    let active = "p.status = 0 and q.status = 0";
    let enrolments = format!(
        "select e.id as enrolid, e.status as open, p.userid, \
         case when min(case when {active} then 0 else 1 end) = 0 then 0 else 1 end as status, \
         coalesce(min(case when {active} then p.timestart end), 0) as timestart, \
         case when coalesce(min(case when {active} then p.timeend end), 0) = 0 then 0 \
         else max(case when {active} then p.timeend end) end as timeend \
         from v join {{enrol}} e on e.id = v.id join {{enrol}} q on q.courseid = e.customint1 and q.enrol in ({enabled}) \
         join {{user_enrolments}} p on p.enrolid = q.id{} join {{user}} u on u.id = p.userid and u.deleted = 0 \
         {with_roles} group by e.id, e.status, p.userid",
        scope.only("p.userid")
    );
    let roles = format!(
        "select distinct e.id as enrolid, e.courseid, x.id as contextid, p.userid, r.roleid from v \
         join {{enrol}} e on e.id = v.id and e.status = 0 join {{user_enrolments}} p on p.enrolid = e.id \
         and p.status = 0{} {{then context x on x.contextlevel = 50 and x.instanceid = e.courseid}} {counting}",
        scope.only("p.userid")
    );
    let departure = Departure::of(apply, COMPONENT, USUAL_DEPARTURE);
    let dates = match scope {
        Scope::Methods(_) => Dates::OfAll,
        Scope::Users(_) => Dates::OfActive,
    };
    let rule = Rule { component: COMPONENT, enrolments, roles, departure, dates };
    bring_up(apply, &rule, scope).await
}
