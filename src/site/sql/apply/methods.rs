//! Enrolment methods: rows of `enrol`.

use super::contexts::{Level, Places};
use super::following::{Gone, Scope};
use super::members::{self, Pairs};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion, unenrol};
use crate::site::sql::statement::Value;
use crate::site::{Change, NewInstance, SiteError, Source};
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut orders = next_sort_orders(apply, items).await?;
    let mut rows = Rows::new([
        "id",
        "enrol",
        "name",
        "status",
        "courseid",
        "sortorder",
        "roleid",
        "enrolperiod",
        "expirynotify",
        "expirythreshold",
        "password",
        "timecreated",
        "timemodified",
        "enrolstartdate",
        "enrolenddate",
        "customint1",
        "customint2",
        "customint3",
        "customint4",
        "customint5",
        "customint6",
    ]);
    let mut followers = Vec::new();
    for item in items {
        let Change::CreateInstance(new) = item.change else { continue };
        let course = apply.state.ids.course(new.course)?;
        let order = orders.entry(course).or_insert(0);
        let fixed = [
            apply.state.ids.method(new.id)?.into(),
            (&*new.method).into(),
            // Moodle gives the methods of cohorts an empty name, and others none.
            matches!(new.source, Some(Source::Cohort(_))).then_some("").into(),
            new.status.number().into(),
            course.into(),
            (*order).into(),
            new.role.map_or(0, |role| role.0).into(),
            new.enrol_period.into(),
            new.expiry_notify.into(),
            new.expiry_threshold.into(),
            new.password.as_deref().into(),
            apply.now.into(),
            apply.now.into(),
            new.terms.opens.into(),
            new.terms.closes.into(),
        ];
        *order += 1;
        rows.push(fixed.into_iter().chain(custom_ints(apply, new)?.map(Value::from)));
        let has_source = new.source.is_some() || new.custom_ints[0].is_some();
        if has_source && FOLLOWING.contains(&&*new.method) {
            followers.push(apply.state.ids.method(new.id)?);
        }
    }
    apply.insert("create enrolment methods", "enrol", rows).await?;
    follow(apply, &followers).await
}

/// What is to be stored in `customint1` to `customint6`.
fn custom_ints(apply: &Apply<'_, '_>, new: &NewInstance) -> Result<[Option<i64>; 6], SiteError> {
    let [mut first, mut second, rest @ ..] = new.custom_ints;
    if let Some(source) = new.source {
        first = Some(match source {
            Source::Cohort(cohort) => apply.state.ids.cohort(cohort)?,
            Source::Course(course) => apply.state.ids.course(course)?,
        });
        second = new.terms.group.map(|group| apply.state.ids.group(group)).transpose()?;
    }
    let [third, fourth, fifth, sixth] = rest;
    Ok([first, second, third, fourth, fifth, sixth])
}

/// Plug-ins whose enrolments follow something.
const FOLLOWING: [&str; 2] = ["cohort", Source::META];

/// Lets the enrolments of those of these methods follow that follow something.
async fn follow(apply: &mut Apply<'_, '_>, methods: &[i64]) -> Result<(), SiteError> {
    let [cohort, course] = FOLLOWING;
    let sql = format!(
        "select distinct e.id, e.enrol from v join {{enrol}} e on e.id = v.id where e.enrol in ('{cohort}', '{course}')"
    );
    let rows = Rows::of_ids(methods.iter().copied());
    let mut cohorts = Vec::new();
    for mut row in apply.fetch_with("read methods that follow", &rows, &sql).await? {
        if row.text(1) == Source::META {
            apply.state.meta.methods.insert(row.int(0));
        } else {
            cohorts.push(row.int(0));
        }
    }
    super::cohorts::follow_members(apply, &Scope::methods(cohorts)).await
}

/// Gives methods other dates or another group.
pub(super) async fn update(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["id", "enrolstartdate", "enrolenddate", "customint2", "timemodified"]);
    let mut methods = Vec::with_capacity(items.len());
    for item in items {
        let Change::UpdateInstance { instance, after, .. } = item.change else { continue };
        let method = apply.state.ids.method(*instance)?;
        let group = after.group.map(|group| apply.state.ids.group(group)).transpose()?.unwrap_or(0);
        rows.push([method, after.opens, after.closes, group, apply.now].map(Into::into));
        methods.push(method);
    }
    apply.update("update enrolment methods", "enrol", 1, &rows).await?;
    follow(apply, &methods).await
}

/// Deletes methods with all enrolments by them.
pub(super) async fn delete(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut methods = Vec::with_capacity(items.len());
    for item in items {
        if let Change::DeleteInstance { instance, .. } = item.change {
            methods.push(apply.state.ids.method(*instance)?);
        }
    }
    remove(apply, &methods).await
}

/// The place after the last method of each course; courses without methods are absent.
async fn next_sort_orders(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<HashMap<i64, i64>, SiteError> {
    let mut courses = BTreeSet::new();
    for item in items {
        if let Change::CreateInstance(new) = item.change {
            courses.insert(apply.state.ids.course(new.course)?);
        }
    }
    let sql = "select e.courseid, max(e.sortorder) + 1 from {enrol} e \
               where e.courseid in (select id from v) group by e.courseid";
    let rows = apply.fetch_with("read enrolment methods", &Rows::of_ids(courses), sql).await?;
    Ok(rows.into_iter().map(|row| (row.int(0), row.int(1))).collect())
}

/// Enables and disables methods. Moodle leaves `timemodified` alone here.
pub(super) async fn set_status(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["id", "status"]);
    let mut courses = Vec::with_capacity(items.len());
    let mut methods = Vec::with_capacity(items.len());
    for item in items {
        let Change::SetInstanceStatus { instance, course, status } = item.change else { continue };
        let method = apply.state.ids.method(*instance)?;
        rows.push([method, status.number()].map(Into::into));
        methods.push(method);
        courses.push(apply.state.ids.course(*course)?);
    }
    note_courses(apply, &courses).await?;
    apply.update("enable or disable enrolment methods", "enrol", 1, &rows).await?;
    apply.state.meta.courses.extend(courses);
    follow(apply, &methods).await
}

/// Notes that the rights of everybody in these courses may have changed.
async fn note_courses(apply: &mut Apply<'_, '_>, courses: &[i64]) -> Result<(), SiteError> {
    let places = Places::read(apply, Level::Course, courses.iter().copied()).await?;
    for course in courses {
        apply.state.flags.contexts.insert(places.get(*course)?.path.clone());
    }
    Ok(())
}

async fn courses_of(apply: &mut Apply<'_, '_>, methods: &Rows) -> Result<Vec<i64>, SiteError> {
    let sql = "select distinct e.courseid from v join {enrol} e on e.id = v.id";
    let found = apply.fetch_with("read courses of enrolment methods", methods, sql).await?;
    Ok(found.iter().map(|row| row.int(0)).collect())
}

/// Disables methods.
pub(super) async fn disable(apply: &mut Apply<'_, '_>, methods: &[i64]) -> Result<(), SiteError> {
    let methods = Rows::of_ids(methods.iter().copied());
    let courses = courses_of(apply, &methods).await?;
    note_courses(apply, &courses).await?;
    apply.state.meta.courses.extend(courses);
    let set = |update: super::Statement| update.push(" set status = 1");
    apply.update_selected("disable enrolment methods", &methods, ("enrol", "id", "select id from v"), set).await
}

/// What belongs to methods: their id, with the component of their plug-in.
const OWNED: &str = "select 'enrol_' || e.enrol, e.id from v join {enrol} e on e.id = v.id";

/// Takes away all roles that belong to methods.
pub(super) async fn unassign_roles(apply: &mut Apply<'_, '_>, methods: &[i64]) -> Result<(), SiteError> {
    let methods = Rows::of_ids(methods.iter().copied());
    let sql = "select distinct r.userid from v join {enrol} e on e.id = v.id \
               join {role_assignments} r on r.component = 'enrol_' || e.enrol and r.itemid = e.id";
    let found = apply.fetch_with("read users of enrolment methods", &methods, sql).await?;
    apply.state.flags.users.extend(found.iter().map(|row| row.int(0)));
    let roles = Deletion::of("role_assignments", &["component", "itemid"], OWNED);
    apply.delete("unassign roles of enrolment methods", &methods, roles).await
}

/// Deletes methods: everybody is unenrolled, then what is left of theirs goes, then they themselves.
pub(super) async fn remove(apply: &mut Apply<'_, '_>, methods: &[i64]) -> Result<(), SiteError> {
    if methods.is_empty() {
        return Ok(());
    }
    let rows = Rows::of_ids(methods.iter().copied());
    let sql = "select distinct x.enrolid, x.userid, e.courseid, x.status, e.enrol from v \
               join {enrol} e on e.id = v.id join {user_enrolments} x on x.enrolid = e.id";
    let mut by_plugin: BTreeMap<String, Vec<Gone>> = BTreeMap::new();
    for mut row in apply.fetch_with("read users of enrolment methods", &rows, sql).await? {
        by_plugin.entry(row.text(4)).or_default().push(Gone::of(&row));
    }
    for (plugin, gone) in by_plugin {
        unenrol::end_gone(apply, gone, &format!("enrol_{plugin}")).await?;
    }
    unassign_roles(apply, methods).await?;
    let sql = "select distinct m.groupid, m.userid from v join {enrol} e on e.id = v.id \
               join {groups} g on g.courseid = e.courseid join {groups_members} m \
               on m.groupid = g.id and m.itemid = e.id and m.component = 'enrol_' || e.enrol";
    let found = apply.fetch_with("read members by enrolment methods", &rows, sql).await?;
    members::delete(apply, &Pairs::new(found.iter().map(|row| (row.int(0), row.int(1))))).await?;
    let courses = courses_of(apply, &rows).await?;
    note_courses(apply, &courses).await?;
    apply.delete("delete enrolment methods", &rows, Deletion::of("enrol", &["id"], "select id from v")).await
}
