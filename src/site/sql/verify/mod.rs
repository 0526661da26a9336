//! Looks over a whole site for what Moodle takes for granted: contexts, sort orders, counters, rows that refer to rows,
//! numbers for new rows.
//!
//! Reads only. Each check is a query for the ids of the rows that are wrong.

mod order;
mod references;
mod sequences;
#[cfg(test)]
mod tests;

use super::SqlSite;
use super::connection::Connection;
use super::statement::Statement;
use crate::site::SiteError;
use std::collections::HashSet;

/// What may be wrong, and the query for the ids of such rows.
type Check = (&'static str, &'static str);

/// Ids named in a finding.
const NAMED_AT_MOST: usize = 5;

impl SqlSite {
    /// Looks over the whole site and answers with what is wrong, one finding a line; nothing where all is well.
    pub async fn verify(&self) -> Result<Vec<String>, SiteError> {
        let mut connection = self.reading.connection().await?;
        if let Some(setup) = self.dialect.reads_whole_tables() {
            connection.execute_raw("prepare to look over the site", setup).await?;
            // What is set up for this is wrong for everything else.
            connection.close_on_drop();
        }
        let mut look = Look { site: self, connection, findings: Vec::new() };
        for (wrong, sql) in order::CONTEXTS.iter().chain(order::ORDER).chain(references::OTHERS) {
            look.check(wrong, sql).await?;
        }
        let tables = look.tables().await?;
        let present = |table: &str| tables.contains(table);
        for reference in
            references::ALL.iter().filter(|reference| present(reference.table) && present(reference.to.table()))
        {
            look.check(&reference.wrong(), &reference.sql()).await?;
        }
        look.sequences(&tables).await?;
        Ok(look.findings)
    }
}

/// A look over a site.
struct Look<'s> {
    site: &'s SqlSite,
    connection: Connection,
    findings: Vec<String>,
}

impl Look<'_> {
    async fn check(&mut self, wrong: &str, sql: &str) -> Result<(), SiteError> {
        let rows = self.connection.fetch("look over the site", Statement::new(&self.site.dialect, sql)).await?;
        let ids: Vec<String> = rows.iter().take(NAMED_AT_MOST).map(|row| row.int(0).to_string()).collect();
        if !ids.is_empty() {
            let more = if rows.len() > ids.len() { ", …" } else { "" };
            self.findings.push(format!("{} {wrong}: id {}{more}", rows.len(), ids.join(", ")));
        }
        Ok(())
    }

    /// The tables of the site, without prefix.
    async fn tables(&mut self) -> Result<HashSet<String>, SiteError> {
        let dialect = &self.site.dialect;
        let names = self.connection.fetch("read its tables", Statement::new(dialect, dialect.all_columns())).await?;
        let names = names.into_iter().filter_map(|mut row| Some(dialect.without_prefix(&row.text(0))?.to_owned()));
        Ok(names.collect())
    }
}
