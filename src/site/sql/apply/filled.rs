//! Which tables have rows. Of the many that may hold something of a user or a course most are empty on most sites.

use super::rows::Rows;
use super::{Apply, Deletion};
use crate::site::SiteError;
use std::collections::{BTreeSet, HashSet};

/// Tables with rows, among those that were asked about.
pub(super) struct Filled(HashSet<&'static str>);

impl Filled {
    /// Asks about these tables; those that the site lacks are empty.
    pub(super) async fn among(apply: &mut Apply<'_, '_>, tables: BTreeSet<&'static str>) -> Result<Self, SiteError> {
        let known: Vec<&'static str> = tables.into_iter().filter(|table| apply.has_table(table)).collect();
        let exists = |table: &&str| format!("case when exists (select 1 from {{{table}}}) then 1 else 0 end");
        let sql = format!("select {}", known.iter().map(exists).collect::<Vec<_>>().join(", "));
        let rows = apply.fetch("read which tables have rows", &sql).await?;
        let Some(row) = rows.first() else { return Ok(Self(HashSet::new())) };
        let filled = known.into_iter().enumerate().filter(|(column, _)| row.int(*column) == 1);
        Ok(Self(filled.map(|(_, table)| table).collect()))
    }

    /// Whether the table has rows.
    pub(super) fn contains(&self, table: &str) -> bool {
        self.0.contains(table)
    }

    /// Deletes rows, unless the table has none.
    pub(super) async fn delete(
        &self,
        apply: &mut Apply<'_, '_>,
        operation: &str,
        rows: &Rows,
        deletion: Deletion<'_>,
    ) -> Result<(), SiteError> {
        if self.contains(deletion.table) { apply.delete(operation, rows, deletion).await } else { Ok(()) }
    }
}
