//! Transactions on a site: changes applied behind `begin immediate`, with one savepoint at a time.
//!
//! It knows nothing of what the changes write; `apply` does.

use super::apply::{self, State, Target};
use super::checkpoint::{self, Settled};
use super::connection::Connection;
use super::tables::Tables;
use super::{SqlSite, resolve};
use crate::model::RunId;
use crate::site::{AppliedIds, Change, Checkpoint, Lookups, SiteError, SiteFacts, SiteTransaction, SiteWriter, World};
use async_trait::async_trait;
use std::sync::Arc;

/// Writes to a site.
#[derive(Debug)]
pub(super) struct SqlWriter {
    site: SqlSite,
}

impl SqlWriter {
    pub(super) fn new(site: SqlSite) -> Self {
        Self { site }
    }
}

#[async_trait]
impl SiteWriter for SqlWriter {
    async fn begin(&self) -> Result<Box<dyn SiteTransaction>, SiteError> {
        let mut connection = self.site.write_connection().await?;
        let tables = self.site.tables.get(&mut connection, &self.site.dialect).await?;
        let mut transaction = SqlTransaction {
            open: Some(connection),
            site: self.site.clone(),
            tables,
            state: State::default(),
            saved: None,
        };
        let begin = self.site.dialect.begin();
        transaction.run("begin a transaction", begin).await?;
        Ok(Box::new(transaction))
    }

    async fn settled_checkpoint(&self, run: RunId) -> Result<Option<Checkpoint>, SiteError> {
        let mut connection = self.site.write_connection().await?;
        connection.execute_raw("begin a transaction", self.site.dialect.begin()).await?;
        let settled = checkpoint::settled(&mut connection, &self.site.dialect, run).await;
        // What was only done to wait for others is undone.
        connection.execute_raw("end a transaction", "rollback").await?;
        match settled? {
            Settled::As(checkpoint) => Ok(checkpoint),
            Settled::JustWritten => checkpoint::read(&mut connection, &self.site.dialect, run).await,
        }
    }

    async fn clear_checkpoint(&self, run: RunId) -> Result<(), SiteError> {
        checkpoint::clear(&mut self.site.write_connection().await?, &self.site.dialect, run).await
    }
}

/// A transaction that has begun.
struct SqlTransaction {
    /// None once it was committed and the connection given back.
    open: Option<Connection>,
    site: SqlSite,
    tables: Arc<Tables>,
    state: State,
    /// The state at the savepoint.
    saved: Option<State>,
}

/// What a finished transaction answers; no caller can reach one.
fn finished() -> SiteError {
    SiteError::Refused { operation: "change the site".to_owned(), problem: "its transaction has ended".to_owned() }
}

impl SqlTransaction {
    async fn run(&mut self, operation: &str, sql: &str) -> Result<(), SiteError> {
        self.open.as_mut().ok_or_else(finished)?.execute_raw(operation, sql).await
    }

    fn target(&mut self) -> Result<Target<'_>, SiteError> {
        let Self { open, site, tables, state, .. } = self;
        let connection = open.as_mut().ok_or_else(finished)?;
        Ok(Target { connection, dialect: &site.dialect, addresses: &site.addresses, tables, state })
    }
}

impl Drop for SqlTransaction {
    fn drop(&mut self) {
        // The pool must not hand out a connection in the middle of a transaction: closing it rolls back.
        if let Some(connection) = &mut self.open {
            connection.close_on_drop();
        }
    }
}

#[async_trait]
impl SiteTransaction for SqlTransaction {
    async fn resolve(&mut self, lookups: &Lookups, world: &mut World) -> Result<(), SiteError> {
        let connection = self.open.as_mut().ok_or_else(finished)?;
        let SqlSite { dialect, addresses, tables, .. } = &self.site;
        resolve::resolve(resolve::Site { connection, dialect, addresses, tables }, lookups, world).await
    }

    async fn apply(&mut self, changes: &[&Change], facts: &SiteFacts, now: i64) -> Result<AppliedIds, SiteError> {
        apply::apply(&mut self.target()?, changes, facts, now).await
    }

    async fn savepoint(&mut self) -> Result<(), SiteError> {
        self.run("set a savepoint", "savepoint line").await?;
        self.saved = Some(self.state.clone());
        Ok(())
    }

    async fn release_savepoint(&mut self) -> Result<(), SiteError> {
        self.saved = None;
        self.run("release a savepoint", "release savepoint line").await
    }

    async fn rollback_to_savepoint(&mut self) -> Result<(), SiteError> {
        if let Some(saved) = self.saved.take() {
            self.state = saved;
        }
        self.run("return to a savepoint", "rollback to savepoint line; release savepoint line").await
    }

    async fn commit(mut self: Box<Self>, checkpoint: &Checkpoint) -> Result<(), SiteError> {
        apply::finish(&mut self.target()?).await?;
        let connection = self.open.as_mut().ok_or_else(finished)?;
        checkpoint::write(connection, &self.site.dialect, checkpoint).await?;
        self.run("commit", "commit").await?;
        self.open = None;
        Ok(())
    }
}
