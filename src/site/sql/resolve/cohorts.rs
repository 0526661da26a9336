//! Cohorts by name, idnumber or id, and which of the users are in them.

use super::{LIST, Site};
use crate::model::{CohortId, UserId};
use crate::site::world::Cohort;
use crate::site::{Lookups, SiteError, World};
use std::collections::BTreeSet;

/// Reads cohorts by all keys at once. Answers with the ids of the real ones that the look-ups mean.
pub(super) async fn matching(site: &mut Site<'_>, lookups: &Lookups, world: &mut World) -> Result<Vec<i64>, SiteError> {
    let system = world.facts.system_context.map_or(0, |context| context.0);
    let longest = [lookups.cohort_ids.len(), lookups.cohort_names.len(), lookups.cohort_idnumbers.len()];
    let mut ids = planned_elsewhere(lookups, world);
    for part in 0..longest.into_iter().max().unwrap_or(0).div_ceil(LIST) {
        let texts =
            |set: &BTreeSet<String>| -> Vec<String> { set.iter().skip(part * LIST).take(LIST).cloned().collect() };
        let query = site.select("id, name, idnumber, contextid, component").push(" from {cohort} where id");
        let query = query.one_of(lookups.cohort_ids.iter().skip(part * LIST).take(LIST).copied());
        let query = query.push(" or idnumber").one_of(texts(&lookups.cohort_idnumbers));
        let query = query.push(" or (contextid = ").bind(system).push(" and name");
        let query = query.one_of(texts(&lookups.cohort_names)).push(")");
        for mut row in site.fetch("read cohorts", query).await? {
            ids.insert(row.int(0));
            world.cohorts.load(Cohort {
                id: CohortId(row.int(0)),
                name: row.text(1),
                idnumber: row.opt_text(2),
                is_site_wide: row.int(3) == system,
                component: row.text(4),
            });
        }
    }
    Ok(ids.into_iter().collect())
}

/// Real cohorts that the world knows already by what is asked for.
fn planned_elsewhere(lookups: &Lookups, world: &World) -> BTreeSet<i64> {
    let by_name = lookups.cohort_names.iter().filter_map(|name| world.cohorts.by_name(name).one());
    let by_idnumber = lookups.cohort_idnumbers.iter().filter_map(|idnumber| world.cohorts.by_idnumber(idnumber).one());
    by_name.chain(by_idnumber).filter(|id| !id.is_planned()).map(|id| id.0).collect()
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
            let query = site.select("cohortid, userid").push(" from {cohort_members} where userid");
            let query = query.one_of(part.iter().copied()).push(" and +cohortid").one_of(some.iter().copied());
            for row in site.fetch("read cohort members", query).await? {
                world.cohorts.load_member(CohortId(row.int(0)), UserId(row.int(1)));
            }
        }
    }
    Ok(())
}
