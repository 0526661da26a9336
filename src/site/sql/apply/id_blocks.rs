//! Ids for new rows, taken before the rows are written, beside whatever else writes to the site.

use super::{Statement, Target, refused};
use crate::site::SiteError;
use crate::site::sql::dialect::Engine;

/// Rows of one insert of placeholders.
const PLACEHOLDERS: usize = 10_000;
/// From so many ids on it is cheaper to have rows refused than to insert and delete them.
const WORTH_REFUSING: usize = 10;

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
    /// also if the rows do not stay (`innodb_autoinc_lock_mode` 1 and 2, checked when the site is opened).
    async fn next_of_counter(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        if count >= WORTH_REFUSING
            && let Some(ids) = self.block_of_refused_rows(table, count).await?
        {
            return Ok(ids);
        }
        self.block_of_deleted_rows(table, count).await
    }

    /// The ids that an insert takes which is refused for its second row, so that next to nothing is written or undone.
    /// Which ids these are, two rows beside it tell: the one before has our first, the one behind it our last. None where
    /// others took ids between these two, and for a table whose rows cannot be refused that way.
    async fn block_of_refused_rows(&mut self, table: &str, count: usize) -> Result<Option<Vec<i64>>, SiteError> {
        let operation = "reserve ids";
        self.insert_defaults(table, 1).await?;
        let (first, step) = self.last_id().await?;
        let taking =
            Statement::new(self.dialect, &format!("insert into {{{table}}} (id) values (null), (")).bind(first);
        let taking = taking.push(")").push(&", (null)".repeat(count - 2)).once();
        if !is_refused(self.connection.execute(operation, taking).await)? {
            return Err(refused(operation, "two rows have the same id".to_owned()));
        }
        let behind = Statement::new(self.dialect, &format!("replace into {{{table}}} () values ()"));
        let last = match is_refused(self.connection.execute(operation, behind).await)? {
            true => first,
            false => self.last_id().await?.0,
        };
        let delete = Statement::new(self.dialect, &format!("delete from {{{table}}} where id in (")).bind(first);
        self.connection.execute(operation, delete.push(", ").bind(last).push(")")).await?;
        let ids = numbers(first + step, step, count);
        Ok((ids.last() == Some(&(last - step))).then_some(ids))
    }

    /// The ids of rows with nothing but defaults that are inserted and deleted again at once. Nobody sees them, for the
    /// transaction has not ended; where a unique index allows one such row only, the others of the block are ignored, and
    /// their ids are ours too.
    async fn block_of_deleted_rows(&mut self, table: &str, count: usize) -> Result<Vec<i64>, SiteError> {
        let operation = "reserve ids";
        self.insert_defaults(table, count).await?;
        let (first, step) = self.last_id().await?;
        let ids = numbers(first, step, count);
        let last = ids.last().copied().unwrap_or(first);
        let delete = Statement::new(self.dialect, &format!("delete from {{{table}}} where id >= ")).bind(first);
        let delete = delete.push(" and id <= ").bind(last).push(" and (id - ").bind(first).push(") % ").bind(step);
        self.connection.execute(operation, delete.push(" = 0")).await?;
        Ok(ids)
    }

    /// Inserts rows with nothing but defaults, or the first of them where they are to be unique.
    async fn insert_defaults(&mut self, table: &str, count: usize) -> Result<(), SiteError> {
        let operation = "reserve ids";
        let rows = format!("insert ignore into {{{table}}} () values ()");
        let insert = Statement::new(self.dialect, &rows).push(&", ()".repeat(count - 1)).once();
        if self.connection.execute(operation, insert).await? > 0 {
            return Ok(());
        }
        let problem = format!("a row of {} has nothing but defaults; remove it", self.dialect.full_name(table));
        Err(refused(operation, problem))
    }

    /// The first id that the last insert took, and how far apart two ids are.
    async fn last_id(&mut self) -> Result<(i64, i64), SiteError> {
        let query = Statement::new(self.dialect, "select last_insert_id(), @@auto_increment_increment");
        let rows = self.connection.fetch("reserve ids", query).await?;
        Ok(rows.first().map_or((0, 1), |row| (row.int(0), row.int(1).max(1))))
    }
}

fn numbers(first: i64, step: i64, count: usize) -> Vec<i64> {
    (0..).take(count).map(|number: i64| first + number * step).collect()
}

/// Whether the database refused a row: as a duplicate, or because a column has no default. The statement is undone then, and the transaction goes on.
fn is_refused(done: Result<u64, SiteError>) -> Result<bool, SiteError> {
    match done {
        Ok(_) => Ok(false),
        Err(error) if error.is_about_data() => Ok(true),
        Err(error) => Err(error),
    }
}
