//! Numbers for new rows: what a table gives next must lie behind all that it has.
//!
//! Only PostgreSQL can go wrong here. SQLite looks at the rows as well, and InnoDB follows every row that is written.

use super::Look;
use crate::site::SiteError;
use crate::site::sql::catalogue::TABLES;
use crate::site::sql::statement::Statement;
use std::collections::HashSet;

impl Look<'_> {
    /// Finds the tables whose next number is taken.
    pub(super) async fn sequences(&mut self, tables: &HashSet<String>) -> Result<(), SiteError> {
        let dialect = &self.site.dialect;
        let operation = "look at its sequences";
        let known: Vec<&str> = TABLES.keys().copied().filter(|table| tables.contains(*table)).collect();
        let Some(names) = dialect.sequences_of(&known) else { return Ok(()) };
        let names = self.connection.fetch(operation, Statement::new(dialect, &names).once()).await?.pop();
        let Some(mut names) = names else { return Ok(()) };
        let sequences: Vec<(&str, String)> =
            known.into_iter().enumerate().filter_map(|(at, table)| Some((table, names.opt_text(at)?))).collect();
        let behind: Vec<String> =
            sequences.iter().map(|(table, sequence)| dialect.is_behind(table, sequence)).collect();
        let behind = Statement::new(dialect, &format!("select {}", behind.join(", "))).once();
        let Some(behind) = self.connection.fetch(operation, behind).await?.pop() else { return Ok(()) };
        let late = sequences.iter().enumerate().filter(|(at, _)| behind.int(*at) == 1);
        let late =
            late.map(|(_, (table, _))| format!("the sequence of {} is behind its ids", dialect.full_name(table)));
        self.findings.extend(late);
        Ok(())
    }
}
