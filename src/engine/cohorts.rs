//! Which cohorts a run has emptied: somebody left, and nobody is in them any more.

use super::cleanup::{Cleanup, Scene};
use super::error::EngineError;
use crate::model::{CohortId, Reason};
use crate::site::{Change, CohortCard, World};
use crate::tools::leftovers::EmptiedCohorts;
use std::collections::BTreeSet;

/// Plans what becomes of emptied cohorts. Those that the run created stay, and those that Moodle's plug-ins manage.
pub(super) async fn plan(scene: &Scene<'_>, cleanup: &mut Cleanup) -> Result<(), EngineError> {
    if scene.orders.cohorts == EmptiedCohorts::Keep {
        return Ok(());
    }
    let left: BTreeSet<CohortId> = scene.touched.left.difference(&scene.touched.created.cohorts).copied().collect();
    let mut cohorts = scene.reader.cohorts(&left).await?;
    if let Some(world) = scene.rehearsed {
        foresee(world, &left, &mut cohorts);
    }
    for cohort in cohorts.into_iter().filter(|cohort| cohort.members == 0) {
        let what = format!("Cohort {:?} has lost its last member", cohort.name);
        if cohort.component.is_empty() {
            let change = Change::DeleteCohort { id: cohort.id };
            cleanup.delete(scene, change, Reason::EmptiedCohortDeleted, &what);
        } else {
            cleanup.keep(scene, Reason::CohortManaged, &what, &format!("{} manages it", cohort.component));
        }
    }
    Ok(())
}

/// Makes cohorts as they would be behind the last line of a dry run. Some may have been planned by earlier steps.
fn foresee(world: &World, left: &BTreeSet<CohortId>, cohorts: &mut Vec<CohortCard>) {
    let planned = left.iter().filter(|id| id.is_planned()).filter_map(|id| world.cohorts.get(*id));
    cohorts.extend(planned.map(|cohort| CohortCard {
        id: cohort.id,
        name: cohort.name().to_owned(),
        component: cohort.component().to_owned(),
        members: 0,
    }));
    cohorts.retain_mut(|cohort| {
        let members = world.cohorts.members_after(cohort.id, cohort.members);
        cohort.members = members.unwrap_or_default();
        members.is_some()
    });
    for cohort in cohorts {
        if let Some(known) = world.cohorts.get(cohort.id) {
            cohort.name = known.name().to_owned();
        }
    }
}
