//! Cohorts, their members, and the enrolments that follow from membership.

use super::contexts::{Level, Places};
use super::following::{Dates, Departure, Rule, Scope, follow};
use super::rows::{ByColumns, Column, Rows};
use super::waves::Item;
use super::{Apply, Deletion, methods};
use crate::model::CategoryId;
use crate::site::fields::CohortField;
use crate::site::{Change, SiteError};

/// The plug-in that enrols members of cohorts.
const PLUGIN: &str = "cohort";
/// Who owns the roles and memberships that it gives.
const COMPONENT: &str = "enrol_cohort";

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let new = items.iter().filter_map(|item| match item.change {
        Change::CreateCohort { category, .. } => Some(*category),
        _ => None,
    });
    let contexts = Contexts::read(apply, new).await?;
    let fixed = ["id", "contextid", "descriptionformat", "timecreated", "timemodified", "theme"];
    let mut rows = Rows::new(fixed.into_iter().chain(CohortField::ALL.iter().map(|f| f.column())).collect::<Vec<_>>());
    for item in items {
        let Change::CreateCohort { id, category, fields } = item.change else { continue };
        let (id, context, now) = (apply.state.ids.cohort(*id)?, contexts.of(apply, *category)?, apply.now);
        let text = |field: &CohortField| field.value(fields.get(*field).unwrap_or(field.usual()));
        let fixed = [id.into(), context.into(), 1.into(), now.into(), now.into(), "".into()];
        rows.push(fixed.into_iter().chain(CohortField::ALL.iter().map(text)));
    }
    apply.insert("create cohorts", "cohort", rows).await
}

/// The contexts in which cohorts stand.
struct Contexts(Places);

impl Contexts {
    async fn read(apply: &mut Apply<'_, '_>, categories: impl Iterator<Item = CategoryId>) -> Result<Self, SiteError> {
        let ids = categories.map(|id| apply.state.ids.category(id)).collect::<Result<Vec<_>, _>>()?;
        Places::read(apply, Level::Category, ids.into_iter().filter(|id| *id != 0)).await.map(Self)
    }

    fn of(&self, apply: &Apply<'_, '_>, category: CategoryId) -> Result<i64, SiteError> {
        match apply.state.ids.category(category)? {
            0 => Ok(apply.system()?.id),
            category => Ok(self.0.get(category)?.id),
        }
    }
}

pub(super) async fn update(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut cohorts = ByColumns::new(&["id", "timemodified"]);
    for item in items {
        let Change::UpdateCohort { id, fields } = item.change else { continue };
        let fixed = [apply.state.ids.cohort(*id)?.into(), apply.now.into()];
        cohorts.push(fixed, || fields.iter().map(|update| (update.field, &*update.after)));
    }
    for rows in cohorts.into_rows() {
        apply.update("update cohorts", "cohort", 1, &rows).await?;
    }
    Ok(())
}

pub(super) async fn relocate(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let to = items.iter().filter_map(|item| match item.change {
        Change::MoveCohort { to, .. } => Some(*to),
        _ => None,
    });
    let contexts = Contexts::read(apply, to).await?;
    let mut rows = Rows::new(["id", "contextid", "timemodified"]);
    for item in items {
        let Change::MoveCohort { id, to, .. } = item.change else { continue };
        rows.push([apply.state.ids.cohort(*id)?, contexts.of(apply, *to)?, apply.now].map(Into::into));
    }
    apply.update("move cohorts", "cohort", 1, &rows).await
}

/// The cohorts of changes that concern whole ones.
fn whole(apply: &Apply<'_, '_>, items: &[Item<'_>]) -> Result<Rows, SiteError> {
    let mut ids = Vec::with_capacity(items.len());
    for item in items {
        if let Change::EmptyCohort { id } | Change::DeleteCohort { id } = item.change {
            ids.push(apply.state.ids.cohort(*id)?);
        }
    }
    Ok(Rows::of_ids(ids))
}

async fn remove_all(apply: &mut Apply<'_, '_>, cohorts: &Rows) -> Result<(), SiteError> {
    let members = Deletion::of("cohort_members", &["cohortid"], "select id from v");
    apply.delete("empty cohorts", cohorts, members).await
}

/// The cohort methods of these cohorts, in all courses.
async fn methods_of(apply: &mut Apply<'_, '_>, cohorts: &Rows) -> Result<Vec<i64>, SiteError> {
    let sql = "select distinct e.id from v join {enrol} e on e.enrol = 'cohort' and e.customint1 = v.id";
    let found = apply.fetch_with("read methods of cohorts", cohorts, sql).await?;
    Ok(found.iter().map(|row| row.int(0)).collect())
}

pub(super) async fn empty(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let cohorts = whole(apply, items)?;
    remove_all(apply, &cohorts).await?;
    let methods = methods_of(apply, &cohorts).await?;
    follow_members(apply, &Scope::methods(methods)).await
}

pub(super) async fn delete(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let cohorts = whole(apply, items)?;
    remove_all(apply, &cohorts).await?;
    if apply.has_table("competency_templatecohort") {
        let links = Deletion::of("competency_templatecohort", &["cohortid"], "select id from v");
        apply.delete("unlink cohorts from learning plans", &cohorts, links).await?;
    }
    apply.delete("delete cohorts", &cohorts, Deletion::of("cohort", &["id"], "select id from v")).await?;
    let methods = methods_of(apply, &cohorts).await?;
    match Departure::of(apply, COMPONENT, 0) {
        Departure::Unenrol => methods::remove(apply, &methods).await,
        Departure::Suspend => methods::disable(apply, &methods).await,
        Departure::SuspendWithoutRoles => {
            methods::disable(apply, &methods).await?;
            methods::unassign_roles(apply, &methods).await
        }
    }
}

/// Cohorts and users: rows (cohortid, userid).
fn pairs(apply: &Apply<'_, '_>, items: &[Item<'_>]) -> Result<Vec<(i64, i64)>, SiteError> {
    let mut pairs = Vec::with_capacity(items.len());
    for item in items {
        if let Change::AddCohortMember { cohort, user } | Change::RemoveCohortMember { cohort, user } = item.change {
            pairs.push((apply.state.ids.cohort(*cohort)?, apply.state.ids.user(*user)?));
        }
    }
    Ok(pairs)
}

pub(super) async fn add_members(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["cohortid", "userid", "timeadded"]);
    for (cohort, user) in pairs(apply, items)? {
        rows.push([cohort, user, apply.now].map(Into::into));
    }
    apply.insert("add cohort members", "cohort_members", rows.clone()).await?;
    let sql = "select distinct e.id, v.userid from v join {enrol} e on e.enrol = 'cohort' \
               and e.customint1 = v.cohortid and e.status = 0";
    follow_each(apply, &rows, sql).await
}

pub(super) async fn remove_members(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let rows = Rows::of_pairs(["cohortid", "userid"], pairs(apply, items)?);
    let members = Deletion::of("cohort_members", &["cohortid", "userid"], "select cohortid, userid from v");
    apply.delete("remove cohort members", &rows, members).await?;
    let sql = "select distinct e.id, v.userid from v join {enrol} e on e.enrol = 'cohort' \
               and e.customint1 = v.cohortid join {user_enrolments} u on u.enrolid = e.id and u.userid = v.userid";
    follow_each(apply, &rows, sql).await
}

/// Lets the enrolments follow that `sql` names, a query for methods and users.
async fn follow_each(apply: &mut Apply<'_, '_>, members: &Rows, sql: &str) -> Result<(), SiteError> {
    let found = apply.fetch_with("read methods of cohorts", members, sql).await?;
    follow_members(apply, &Scope::users(found.iter().map(|row| (row.int(0), row.int(1))))).await
}

/// Lets enrolments by cohort follow their members. While the plug-in is off, nothing follows.
pub(super) async fn follow_members(apply: &mut Apply<'_, '_>, scope: &Scope) -> Result<(), SiteError> {
    if !apply.facts.enrol_plugins().any(|plugin| plugin == PLUGIN) {
        return Ok(());
    }
    let enrolments = format!(
        "select distinct e.id as enrolid, e.status as open, m.userid, 0 as status, 0 as timestart, 0 as timeend \
         from v join {{enrol}} e on e.id = v.id join {{cohort_members}} m on m.cohortid = e.customint1{} \
         join {{user}} u on u.id = m.userid and u.deleted = 0",
        scope.only("m.userid")
    );
    let roles = format!(
        "select distinct e.id as enrolid, e.courseid, x.id as contextid, p.userid, e.roleid from v \
         join {{enrol}} e on e.id = v.id and e.status = 0 and e.roleid <> 0 \
         join {{user_enrolments}} p on p.enrolid = e.id and p.status = 0{} \
         {{then context x on x.contextlevel = 50 and x.instanceid = e.courseid}}",
        scope.only("p.userid")
    );
    let departure = Departure::of(apply, COMPONENT, 0);
    follow(apply, &Rule { component: COMPONENT, enrolments, roles, departure, dates: Dates::Kept }, scope).await
}
