//! Cohorts with the number of their members.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::{Row, Statement};
use crate::model::CohortId;
use crate::site::{CohortCard, SiteError};
use std::collections::BTreeSet;

/// Cohorts read with one statement.
const AT_ONCE: usize = 5_000;

/// These cohorts, as far as they are there, by name.
pub(super) async fn read(
    connection: &mut Connection,
    dialect: &Dialect,
    ids: &BTreeSet<CohortId>,
) -> Result<Vec<CohortCard>, SiteError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut cohorts = Vec::new();
    for part in ids.chunks(AT_ONCE) {
        let columns = "select c.id, c.name, c.component, \
                       (select count(*) from {cohort_members} m where m.cohortid = c.id) from {cohort} c where c.id";
        let query = Statement::new(dialect, columns).one_of(part.iter().copied());
        let card = |mut row: Row| CohortCard {
            id: CohortId(row.int(0)),
            name: row.text(1),
            component: row.text(2),
            members: row.int(3).unsigned_abs(),
        };
        cohorts.extend(connection.fetch("read cohorts", query).await?.into_iter().map(card));
    }
    cohorts.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(cohorts)
}
