//! Ids for new rows, taken before the rows are written, beside whatever else writes to the site.

use super::{Statement, Target, refused};
use crate::site::SiteError;
use crate::site::sql::dialect::Engine;

/// Rows of one insert of placeholders.
const PLACEHOLDERS: usize = 10_000;

impl Target<'_> {
    /// Ids for new rows of a table, in the order in which they are to be used.
    pub(super) async fn reserve(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        match self.dialect.engine() {
            Engine::Sqlite => self.next_of_file(table, count).await,
            Engine::Postgres => self.next_of_sequence(table, count).await,
            Engine::MySql => {
                let mut ids = Vec::with_capacity(count);
                while ids.len() < count {
                    let part = PLACEHOLDERS.min(count - ids.len());
                    ids.append(&mut self.next_of_counter(table, part).await?);
                }
                Ok(ids)
            }
        }
    }

    /// The transaction holds the lock that every writer of the file needs: the ids after the highest that the table ever
    /// had are free to take.
    async fn next_of_file(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        let highest = format!(
            "select max(coalesce((select seq from sqlite_sequence where name = '{}'), 0), \
             coalesce((select max(id) from {{{table}}}), 0))",
            self.dialect.full_name(table)
        );
        let rows = self.connection.fetch("reserve ids", Statement::new(self.dialect, &highest)).await?;
        let next = rows.first().map_or(0, |row| row.int(0)) + 1;
        Ok((next..).take(count).collect())
    }

    /// A sequence never gives a number twice, whoever asks.
    async fn next_of_sequence(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        // `offset 0` keeps the name of the sequence from being looked up for every number.
        let query = Statement::new(self.dialect, "select nextval(s.name) from (select cast(pg_get_serial_sequence(")
            .bind(format!("\"{}\"", self.dialect.full_name(table)))
            .push(", 'id') as regclass) as name offset 0) s, generate_series(1, ")
            .bind(i64::try_from(count).unwrap_or(i64::MAX))
            .push(")");
        let rows = self.connection.fetch("reserve ids", query).await?;
        let mut ids: Vec<i64> = rows.iter().map(|row| row.int(0)).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// InnoDB has no sequence to ask, and the highest id in the table is no answer beside other writers. What it does give
    /// is a block of ids to an insert whose number of rows it knows beforehand: one after the other, never given again,
    /// also if the rows do not stay (`innodb_autoinc_lock_mode` 1 and 2, checked when the site is opened). So rows with
    /// nothing but defaults are inserted and deleted again at once. Nobody sees them, for the transaction has not ended;
    /// where a unique index allows one such row only, the others of the block are ignored, and their ids are ours too.
    async fn next_of_counter(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        let operation = "reserve ids";
        let rows = format!("insert ignore into {{{table}}} () values ()");
        let insert = Statement::new(self.dialect, &rows).push(&", ()".repeat(count - 1)).once();
        if self.connection.execute(operation, insert).await? == 0 {
            let problem = format!("a row of {} has nothing but defaults; remove it", self.dialect.full_name(table));
            return Err(refused(operation, problem));
        }
        let query = "select last_insert_id(), @@auto_increment_increment";
        let rows = self.connection.fetch(operation, Statement::new(self.dialect, query)).await?;
        let (first, step) = rows.first().map_or((0, 1), |row| (row.int(0), row.int(1).max(1)));
        let ids: Vec<i64> = (0..).take(count).map(|number: i64| first + number * step).collect();
        let last = ids.last().copied().unwrap_or(first);
        let delete = Statement::new(self.dialect, &format!("delete from {{{table}}} where id >= ")).bind(first);
        let delete = delete.push(" and id <= ").bind(last).push(" and (id - ").bind(first).push(") % ").bind(step);
        self.connection.execute(operation, delete.push(" = 0")).await?;
        Ok(ids)
    }
}
