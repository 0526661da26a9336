//! Cohorts by name, idnumber or id, and which of the users are in them.

use super::{LIST, Site};
use crate::model::{CategoryId, CohortId, UserId};
use crate::site::sql::statement::{Row, Statement};
use crate::site::world::Cohort;
use crate::site::{CohortField, CohortKey, CohortLookups, Lookups, SiteError, World};
use std::collections::BTreeSet;

/// Reads cohorts by all keys at once. Answers with the ids of the real ones that the look-ups mean.
pub(super) async fn matching(site: &mut Site<'_>, lookups: &Lookups, world: &mut World) -> Result<Vec<i64>, SiteError> {
    let asked = &lookups.cohorts;
    let longest = [asked.ids.len(), asked.names.len(), asked.idnumbers.len()];
    let mut ids = planned_elsewhere(asked, world);
    for part in 0..longest.into_iter().max().unwrap_or(0).div_ceil(LIST) {
        let texts =
            |set: &BTreeSet<String>| -> Vec<String> { set.iter().skip(part * LIST).take(LIST).cloned().collect() };
        let columns = "c.id, x.contextlevel, x.instanceid, c.name, c.idnumber, c.description, c.visible, c.component";
        let query =
            site.select(columns).push(" from {cohort} c left join {context} x on x.id = c.contextid where c.id");
        let query = query.one_of(asked.ids.iter().skip(part * LIST).take(LIST).copied());
        let query = query.push(" or c.idnumber").one_of(texts(&asked.idnumbers));
        let query = query.push(" or c.name").one_of(texts(&asked.names));
        for row in site.fetch("read cohorts", query).await? {
            let cohort = cohort(row);
            ids.insert(cohort.id.0);
            world.cohorts.load(cohort);
        }
    }
    Ok(ids.into_iter().collect())
}

/// The level of contexts of categories.
const CATEGORIES: i64 = 40;

fn cohort(mut row: Row) -> Cohort {
    let category = if row.int(1) == CATEGORIES { row.int(2) } else { 0 };
    let fields = CohortField::ALL.iter().enumerate().map(|(at, field)| (*field, row.text(3 + at))).collect();
    Cohort { id: CohortId(row.int(0)), category: CategoryId(category), fields }
}

/// Real cohorts that the world knows already by what is asked for.
fn planned_elsewhere(asked: &CohortLookups, world: &World) -> BTreeSet<i64> {
    let all = |key| move |value: &String| world.cohorts.find_all(key, value);
    let named = asked.names.iter().flat_map(all(CohortKey::Name));
    let numbered = asked.idnumbers.iter().flat_map(all(CohortKey::Idnumber));
    named.chain(numbered).filter(|id| !id.is_planned()).map(|id| id.0).collect()
}

/// Counts the members of these cohorts.
pub(super) async fn counts(site: &mut Site<'_>, cohorts: &[i64], world: &mut World) -> Result<(), SiteError> {
    for some in cohorts.chunks(LIST) {
        let grouped =
            Statement::new(site.dialect, "select cohortid, count(*) from {cohort_members by cohortid} where cohortid");
        let grouped = grouped.one_of(some.iter().copied()).push(" group by cohortid");
        for row in site.connection.fetch("count cohort members", grouped).await? {
            world.cohorts.load_count(CohortId(row.int(0)), row.int(1));
        }
    }
    Ok(())
}

/// Reads which of these users are in these cohorts.
pub(super) async fn members(
    site: &mut Site<'_>,
    cohorts: &[i64],
    users: &[i64],
    world: &mut World,
) -> Result<(), SiteError> {
    for some in cohorts.chunks(LIST) {
        for part in users.chunks(LIST) {
            let query = site.select("cohortid, userid").push(" from {cohort_members by userid} where userid");
            let query = query.one_of(part.iter().copied()).push(" and +cohortid").one_of(some.iter().copied());
            for row in site.fetch("read cohort members", query).await? {
                world.cohorts.load_member(CohortId(row.int(0)), UserId(row.int(1)));
            }
        }
    }
    Ok(())
}
