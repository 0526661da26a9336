//! Ids for new rows, taken before the rows are written or with them, beside whatever else writes to the site.

use super::rows::Rows;
use super::{Statement, Target, inserts, refused};
use crate::site::SiteError;
use crate::site::sql::dialect::Engine;
use std::collections::HashMap;

/// Rows of one insert of placeholders.
const PLACEHOLDERS: usize = 10_000;
/// What all of it is called in errors.
const OPERATION: &str = "reserve ids";
/// Tables with so many new rows that it matters. A row of theirs needs no values, or it would be refused too early.
const REFUSING: [&str; 2] = ["user", "context"];
/// From so many ids on it is cheaper to have rows refused than to insert and delete them.
const WORTH_REFUSING: usize = 10;

/// Ids by table that were reserved for rows which are still to come, in the order in which they are to be used.
#[derive(Debug, Clone, Default)]
pub(super) struct Ahead(HashMap<&'static str, Vec<i64>>);

impl Ahead {
    fn take(&mut self, table: &str, count: usize) -> Vec<i64> {
        self.0.get_mut(table).map_or_else(Vec::new, |ids| ids.drain(..count.min(ids.len())).collect())
    }
}

impl Target<'_> {
    /// Reserves ids for rows that several calls of [`Self::reserve`] will ask for, at once.
    pub(super) async fn reserve_ahead(&mut self, table: &'static str, count: usize) -> Result<(), SiteError> {
        let ids = self.reserve(table, count).await?;
        self.state.ahead.0.entry(table).or_default().extend(ids);
        Ok(())
    }

    /// Ids for new rows of a table, in the order in which they are to be used: those reserved ahead come first. Rows with
    /// the ids of a former call are written before the next.
    pub(super) async fn reserve(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        let mut ids = self.state.ahead.take(table, count);
        if ids.len() < count {
            let more = self.next_after(table, ids.last().copied(), count - ids.len()).await?;
            ids.extend(more);
        }
        Ok(ids)
    }

    /// Inserts rows without ids. Answers with the ids that they have, in the order of the rows.
    pub(super) async fn insert_numbered(
        &mut self,
        operation: &str,
        table: &str,
        rows: Rows,
    ) -> Result<Vec<i64>, SiteError> {
        let width = rows.columns.len();
        if self.dialect.engine() != Engine::MySql {
            let ids = self.reserve(table, rows.values.len() / width).await?;
            self.insert(operation, table, rows.numbered(&ids)).await?;
            return Ok(ids);
        }
        // The rows of one insert get ids one after the other, as those of `next_of_counter`.
        let mut ids = Vec::with_capacity(rows.values.len() / width);
        for (count, insert) in inserts(self.dialect, table, &rows) {
            let step = self.id_step().await?;
            let first = self.connection.insert_counted(operation, insert).await?;
            let first = first.ok_or_else(|| refused(operation, "the database told no ids of new rows"))?;
            ids.extend(numbers(first, step, count));
        }
        Ok(ids)
    }

    /// Ids that nobody else has or gets. `last` is taken, though no row has it yet.
    async fn next_after(&mut self, table: &str, last: Option<i64>, count: usize) -> Result<Vec<i64>, SiteError> {
        match self.dialect.engine() {
            Engine::Sqlite => self.next_of_file(table, last, count).await,
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
    async fn next_of_file(&mut self, table: &str, last: Option<i64>, count: usize) -> Result<Vec<i64>, SiteError> {
        let highest = format!(
            "select max(coalesce((select seq from sqlite_sequence where name = '{}'), 0), \
             coalesce((select max(id) from {{{table}}}), 0))",
            self.dialect.full_name(table)
        );
        let rows = self.connection.fetch(OPERATION, Statement::new(self.dialect, &highest)).await?;
        let highest = rows.first().map(|row| row.int(0)).max(last).unwrap_or_default();
        Ok((highest + 1..).take(count).collect())
    }

    /// A sequence never gives a number twice, whoever asks.
    async fn next_of_sequence(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        // `offset 0` keeps the name of the sequence from being looked up for every number.
        let query = Statement::new(self.dialect, "select nextval(s.name) from (select cast(pg_get_serial_sequence(")
            .bind(format!("\"{}\"", self.dialect.full_name(table)))
            .push(", 'id') as regclass) as name offset 0) s, generate_series(1, ")
            .bind(i64::try_from(count).unwrap_or(i64::MAX))
            .push(")");
        let rows = self.connection.fetch(OPERATION, query).await?;
        let mut ids: Vec<i64> = rows.iter().map(|row| row.int(0)).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// InnoDB has no sequence to ask, and the highest id in the table is no answer beside other writers. What it does give
    /// is a block of ids to an insert whose number of rows it knows beforehand: one after the other, never given again,
    /// also if the rows do not stay (`innodb_autoinc_lock_mode` 1 and 2, checked when the site is opened).
    async fn next_of_counter(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        if count >= WORTH_REFUSING
            && REFUSING.contains(&table)
            && let Some(ids) = self.block_of_refused_rows(table, count).await?
        {
            return Ok(ids);
        }
        self.block_of_deleted_rows(table, count).await
    }

    /// The ids that an insert takes which is refused for its second row, so that next to nothing is written or undone.
    /// Which ids these are, two rows beside it tell: the one before has our first, the one behind it our last. None where
    /// others took ids between these two.
    async fn block_of_refused_rows(&mut self, table: &str, count: usize) -> Result<Option<Vec<i64>>, SiteError> {
        let step = self.id_step().await?;
        let first = self.insert_defaults(table, 1).await?;
        let taking =
            Statement::new(self.dialect, &format!("insert into {{{table}}} (id) values (null), (")).bind(first);
        let taking = taking.push(")").push(&", (null)".repeat(count - 2)).once();
        match self.connection.execute(OPERATION, taking).await {
            Err(error) if error.is_about_data() => {}
            Err(error) => return Err(error),
            Ok(_) => return Err(refused(OPERATION, "two rows have the same id".to_owned())),
        }
        let behind = Statement::new(self.dialect, &format!("replace into {{{table}}} () values ()"));
        let last = self.connection.insert_counted(OPERATION, behind).await?.unwrap_or(first);
        let delete = Statement::new(self.dialect, &format!("delete from {{{table}}} where id in (")).bind(first);
        self.connection.execute(OPERATION, delete.push(", ").bind(last).push(")")).await?;
        let ids = numbers(first + step, step, count);
        Ok((ids.last() == Some(&(last - step))).then_some(ids))
    }

    /// The ids of rows with nothing but defaults that are inserted and deleted again at once. Nobody sees them, for the
    /// transaction has not ended; where a unique index allows one such row only, the others of the block are ignored, and
    /// their ids are ours too.
    async fn block_of_deleted_rows(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        let step = self.id_step().await?;
        let first = self.insert_defaults(table, count).await?;
        let ids = numbers(first, step, count);
        let last = ids.last().copied().unwrap_or(first);
        let delete = Statement::new(self.dialect, &format!("delete from {{{table}}} where id >= ")).bind(first);
        let delete = delete.push(" and id <= ").bind(last).push(" and (id - ").bind(first).push(") % ").bind(step);
        self.connection.execute(OPERATION, delete.push(" = 0")).await?;
        Ok(ids)
    }

    /// Inserts rows with nothing but defaults, or the first of them where they are to be unique. Answers with the id of the
    /// first.
    async fn insert_defaults(&mut self, table: &str, count: usize) -> Result<i64, SiteError> {
        let rows = format!("insert ignore into {{{table}}} () values ()");
        let insert = Statement::new(self.dialect, &rows).push(&", ()".repeat(count - 1)).once();
        self.connection.insert_counted(OPERATION, insert).await?.ok_or_else(|| {
            let table = self.dialect.full_name(table);
            refused(OPERATION, format!("a row of {table} has nothing but defaults; remove it"))
        })
    }

    /// How far apart two ids are that the server gives to this connection.
    async fn id_step(&mut self) -> Result<i64, SiteError> {
        if let Some(step) = self.state.id_step {
            return Ok(step);
        }
        let query = Statement::new(self.dialect, "select @@auto_increment_increment");
        let rows = self.connection.fetch(OPERATION, query).await?;
        let step = rows.first().map_or(1, |row| row.int(0).max(1));
        self.state.id_step = Some(step);
        Ok(step)
    }
}

fn numbers(first: i64, step: i64, count: usize) -> Vec<i64> {
    (0..).take(count).map(|number: i64| first + number * step).collect()
}
