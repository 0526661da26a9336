//! Cohorts, their members, and the enrolments that follow from membership.

use super::Apply;
use super::enrolments::{self, Enrolment};
use super::members::{self, Member};
use super::roles::{self, Assignment};
use super::rows::Rows;
use super::waves::Item;
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError};

/// Who owns the roles and memberships that cohort enrolment gives.
const COMPONENT: &str = "enrol_cohort";

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let system = apply.system()?.id;
    let mut rows = Rows::new([
        "id",
        "contextid",
        "name",
        "idnumber",
        "description",
        "descriptionformat",
        "visible",
        "component",
        "timecreated",
        "timemodified",
        "theme",
    ]);
    for item in items {
        let Change::CreateCohort { id, name, idnumber } = item.change else { continue };
        let one = || Value::Int(1);
        let texts = [(&**name).into(), idnumber.as_deref().into(), "".into(), one(), one(), "".into()];
        let head = [apply.state.ids.cohort(*id)?.into(), system.into()];
        rows.push(head.into_iter().chain(texts).chain([apply.now.into(), apply.now.into(), "".into()]));
    }
    apply.insert("create cohorts", "cohort", rows).await
}

pub(super) async fn add_members(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["cohortid", "userid", "timeadded"]);
    for item in items {
        let Change::AddCohortMember { cohort, user } = item.change else { continue };
        let (cohort, user) = (apply.state.ids.cohort(*cohort)?, apply.state.ids.user(*user)?);
        rows.push([cohort, user, apply.now].map(Into::into));
    }
    apply.insert("add cohort members", "cohort_members", rows.clone()).await?;
    if apply.facts.enrol_plugins().any(|plugin| plugin == "cohort") {
        enrol_members(apply, &rows).await?;
    }
    Ok(())
}

/// Enrols new members wherever their cohort is bound to a course.
async fn enrol_members(apply: &mut Apply<'_, '_>, members: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct e.id, e.courseid, e.roleid, e.customint2, v.userid, u.status from v \
               join {enrol} e on e.enrol = 'cohort' and e.customint1 = v.cohortid and e.status = 0 \
               left join {user_enrolments} u on u.enrolid = e.id and u.userid = v.userid";
    let found = apply.fetch_with("read methods of cohorts", members, sql).await?;
    let (mut new, mut assignments, mut places) = (Vec::new(), Vec::new(), Vec::new());
    let mut suspended = Rows::new(["enrolid", "userid", "status", "modifierid", "timemodified"]);
    for row in found {
        let [method, course, role, group, user] = [0, 1, 2, 3, 4].map(|column| row.int(column));
        match row.opt_int(5) {
            None => new.push(Enrolment { method, user, status: 0, start: 0, end: 0 }),
            Some(0) => continue,
            Some(_) => suspended.push([method, user, 0, apply.modifier(), apply.now].map(Value::from)),
        }
        if role != 0 {
            assignments.push(Assignment { role, course, user, component: COMPONENT.to_owned(), item: method });
        }
        if group != 0 {
            places.push(Member { group, user, component: COMPONENT.to_owned(), item: method });
        }
    }
    enrolments::insert(apply, &new).await?;
    apply.update("resume enrolments", "user_enrolments", 2, &suspended).await?;
    if !assignments.is_empty() {
        roles::insert(apply, &assignments).await?;
    }
    members::insert(apply, &places).await
}
