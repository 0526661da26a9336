//! Checkpoints of runs: rows of `config_plugins`, one a run, written in the transaction of each chunk.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::Statement;
use crate::model::RunId;
use crate::site::{Checkpoint, SiteError};

const PLUGIN: &str = "toolsync";

const NAME_PREFIX: &str = "run:";

fn name(run: RunId) -> String {
    format!("{NAME_PREFIX}{run}")
}

/// The checkpoint of a run that has not ended.
pub(super) async fn read(
    connection: &mut Connection,
    dialect: &Dialect,
    run: RunId,
) -> Result<Option<Checkpoint>, SiteError> {
    let operation = "read the checkpoint of a run";
    let query = Statement::new(dialect, "select value from {config_plugins} where plugin = ")
        .bind(PLUGIN)
        .push(" and name = ")
        .bind(name(run));
    let Some(mut row) = connection.fetch(operation, query).await?.pop() else { return Ok(None) };
    serde_json::from_str(&row.text(0)).map(Some).map_err(|error| unreadable(operation, &error))
}

/// What a look at a checkpoint found that waited for whoever was writing it.
pub(super) enum Settled {
    /// It is this one.
    As(Option<Checkpoint>),
    /// Its first one was committed while we waited: it can be read behind the end of this transaction.
    JustWritten,
}

/// The checkpoint of a run, when no other transaction that writes it is under way: a server may still be busy with a
/// commit whose connection is gone. To be called inside a transaction that is rolled back.
pub(super) async fn settled(connection: &mut Connection, dialect: &Dialect, run: RunId) -> Result<Settled, SiteError> {
    let operation = "learn what became of a commit";
    // Writing the row waits for its lock.
    let lock = Statement::new(dialect, "update {config_plugins} set value = value where plugin = ")
        .bind(PLUGIN)
        .push(" and name = ")
        .bind(name(run));
    if connection.execute(operation, lock).await? > 0 {
        return read(connection, dialect, run).await.map(Settled::As);
    }
    // There is none, or one that is about to be inserted, for which the unique index makes another insert wait.
    let row = [PLUGIN.into(), name(run).into(), "".into()];
    let insert = Statement::new(dialect, "insert into {config_plugins} (plugin, name, value) values ").tuples(3, row);
    match connection.execute(operation, insert).await {
        Ok(_) => Ok(Settled::As(None)),
        Err(SiteError::Conflict { .. }) => Ok(Settled::JustWritten),
        Err(error) => Err(error),
    }
}

/// The runs that have a checkpoint.
pub(super) async fn runs(connection: &mut Connection, dialect: &Dialect) -> Result<Vec<RunId>, SiteError> {
    let query = Statement::new(dialect, "select name from {config_plugins} where plugin = ").bind(PLUGIN);
    let rows = connection.fetch("read the checkpoints of runs", query).await?;
    Ok(rows.into_iter().filter_map(|mut row| row.text(0).strip_prefix(NAME_PREFIX)?.parse().ok()).collect())
}

/// Writes the checkpoint of a run in place of its former one. To be called inside the transaction of the chunk.
pub(super) async fn write(
    connection: &mut Connection,
    dialect: &Dialect,
    checkpoint: &Checkpoint,
) -> Result<(), SiteError> {
    let operation = "write the checkpoint of a run";
    let value = serde_json::to_string(checkpoint).map_err(|error| unreadable(operation, &error))?;
    let update = Statement::new(dialect, "update {config_plugins} set value = ")
        .bind(value.as_str())
        .push(" where plugin = ")
        .bind(PLUGIN)
        .push(" and name = ")
        .bind(name(checkpoint.run));
    if connection.execute(operation, update).await? > 0 {
        return Ok(());
    }
    let insert = Statement::new(dialect, "insert into {config_plugins} (plugin, name, value) values ").rows([vec![
        PLUGIN.into(),
        name(checkpoint.run).into(),
        value.into(),
    ]]);
    connection.execute(operation, insert).await.map(|_| ())
}

/// Removes the checkpoint of a run, if it has one.
pub(super) async fn clear(connection: &mut Connection, dialect: &Dialect, run: RunId) -> Result<(), SiteError> {
    let delete = Statement::new(dialect, "delete from {config_plugins} where plugin = ")
        .bind(PLUGIN)
        .push(" and name = ")
        .bind(name(run));
    connection.execute("remove the checkpoint of a run", delete).await.map(|_| ())
}

fn unreadable(operation: &str, error: &serde_json::Error) -> SiteError {
    SiteError::Refused { operation: operation.to_owned(), problem: error.to_string() }
}
