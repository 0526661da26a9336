//! Which tables have rows. Of the many that may hold something of a user or a course most are empty on most sites.

use super::belongings::{Deed, Step};
use super::rows::Rows;
use super::{Apply, Deletion, Tables};
use crate::site::SiteError;
use crate::site::sql::connection::Connection;
use crate::site::sql::dialect::Dialect;
use crate::site::sql::statement::Statement;
use std::collections::{BTreeSet, HashSet};

/// Tables with rows, among those that were asked about.
pub(in crate::site::sql) struct Filled(HashSet<&'static str>);

impl Filled {
    /// Asks about these tables; those that the site lacks are empty.
    pub(super) async fn among(apply: &mut Apply<'_, '_>, wanted: BTreeSet<&'static str>) -> Result<Self, SiteError> {
        let (dialect, tables) = (apply.dialect, apply.tables);
        Self::read(apply.connection, dialect, tables, wanted).await
    }

    /// The same, without a transaction.
    pub(in crate::site::sql) async fn read(
        connection: &mut Connection,
        dialect: &Dialect,
        tables: &Tables,
        wanted: BTreeSet<&'static str>,
    ) -> Result<Self, SiteError> {
        let known: Vec<&'static str> = wanted.into_iter().filter(|table| tables.contains_key(*table)).collect();
        if known.is_empty() {
            return Ok(Self(HashSet::new()));
        }
        let exists = |table: &&str| format!("case when exists (select 1 from {{{table}}}) then 1 else 0 end");
        let sql = format!("select {}", known.iter().map(exists).collect::<Vec<_>>().join(", "));
        let rows = connection.fetch("read which tables have rows", Statement::new(dialect, &sql)).await?;
        let Some(row) = rows.first() else { return Ok(Self(HashSet::new())) };
        let filled = known.into_iter().enumerate().filter(|(column, _)| row.int(*column) == 1);
        Ok(Self(filled.map(|(_, table)| table).collect()))
    }

    /// Whether the table has rows.
    pub(super) fn contains(&self, table: &str) -> bool {
        self.0.contains(table)
    }

    /// Whether the site has all that a step goes by, and rows that it may reach.
    pub(in crate::site::sql) fn leads(&self, step: &Step, tables: &Tables) -> bool {
        let has_column = |table: &str, column: &str| tables.get(table).is_some_and(|columns| columns.contains(column));
        step.way.iter().all(|(table, column)| self.contains(table) && has_column(table, column))
            && step.named.iter().all(|table| tables.contains_key(*table))
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

    /// Takes steps from `rows`, as far as the site has such tables and there is anything in them.
    pub(super) async fn carry_out(
        &self,
        apply: &mut Apply<'_, '_>,
        operation: &str,
        steps: impl IntoIterator<Item = &Step>,
        rows: &Rows,
    ) -> Result<(), SiteError> {
        for step in steps {
            if !self.leads(step, apply.tables) {
                continue;
            }
            let (keys, selection) = ([step.key], step.selection());
            let chosen = Deletion { table: step.table, keys: &keys, selection: &selection, rest: step.rest };
            match step.deed {
                Deed::Delete => apply.delete(operation, rows, chosen).await?,
                Deed::Set(values) => {
                    let set = |update: Statement| update.push(" set ").push(values);
                    apply.update_chosen(operation, rows, &chosen, set).await?;
                }
                Deed::Pass | Deed::Count => {}
            }
        }
        Ok(())
    }
}
