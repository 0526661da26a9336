//! Ids for new rows, taken before the rows are written, beside whatever else writes to the site.

use super::{Statement, Target, refused};
use crate::site::SiteError;
use crate::site::sql::dialect::Engine;

/// Rows of one insert of placeholders.
const PLACEHOLDERS: usize = 10_000;
/// What all of it is called in errors.
const OPERATION: &str = "reserve ids";
/// Tables with so many new rows that it matters. A row of theirs needs no values, or it would be refused too early.
const REFUSING: [&str; 2] = ["user", "context"];
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
        let rows = self.connection.fetch(OPERATION, Statement::new(self.dialect, &highest)).await?;
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
