//! The site port over SQL: Moodle's own tables.
//!
//! The only place besides `store` that knows SQL. It never knows lines, files or runs.

mod addresses;
mod apply;
mod below;
mod catalog;
mod catalogue;
mod checkpoint;
mod cohorts;
mod connection;
mod dialect;
mod embedded;
mod facts;
mod groups;
mod indexes;
mod packed;
mod pictures;
mod resolve;
mod server;
mod statement;
mod tables;
mod transaction;
mod verify;

pub use self::server::{SiteAddress, UnknownVersions};

use self::addresses::Addresses;
use self::connection::{Connection, Pool};
use self::dialect::Dialect;
use self::tables::KnownTables;
use super::{
    Checkpoint, CohortCard, CourseCard, CourseQuery, GroupCard, GroupingCard, Lookups, PictureCard, PictureQuery,
    SiteError, SiteFacts, SiteReader, SiteWriter, World,
};
use crate::model::{CohortId, CourseId, GroupId, RunId};
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// A Moodle site behind a database.
#[derive(Debug, Clone)]
pub struct SqlSite {
    reading: Pool,
    writing: Pool,
    dialect: Dialect,
    addresses: Arc<Addresses>,
    tables: KnownTables,
}

impl SqlSite {
    /// Opens the embedded site of a folder: `site.db`, a SQLite file with Moodle's tables. Creates folder and file, and
    /// fills them like a fresh Moodle, where they do not exist.
    pub async fn open_embedded(folder: &Path) -> Result<Self, SiteError> {
        let (reading, writing) = embedded::open(folder).await?;
        Ok(Self {
            reading,
            writing,
            dialect: embedded::dialect(),
            addresses: Arc::default(),
            tables: KnownTables::default(),
        })
    }

    /// Connects to the database of a Moodle. Refuses what is no Moodle, has a version that we do not know, or lacks tables
    /// and columns that are used.
    pub async fn connect(address: &SiteAddress) -> Result<Self, SiteError> {
        let server::Opened { reading, writing, dialect } = server::open(address).await?;
        Ok(Self { reading, writing, dialect, addresses: Arc::default(), tables: KnownTables::default() })
    }

    /// Something that reads the site and cannot write: it holds connections that were opened for reading only.
    pub fn reader(&self) -> Arc<dyn SiteReader> {
        Arc::new(SqlReader {
            pool: self.reading.clone(),
            dialect: self.dialect.clone(),
            addresses: Arc::clone(&self.addresses),
            tables: self.tables.clone(),
        })
    }

    /// Something that changes the site.
    pub fn writer(&self) -> Arc<dyn SiteWriter> {
        Arc::new(transaction::SqlWriter::new(self.clone()))
    }

    /// Closes all connections. What was begun on them and not committed is undone.
    pub async fn close(&self) {
        self.reading.close().await;
        self.writing.close().await;
    }

    /// The one connection that writes; waits until whoever holds it gives it back.
    async fn write_connection(&self) -> Result<Connection, SiteError> {
        self.writing.connection().await
    }
}

/// Reads a site. Nothing in it can write.
#[derive(Debug)]
struct SqlReader {
    pool: Pool,
    dialect: Dialect,
    addresses: Arc<Addresses>,
    tables: KnownTables,
}

#[async_trait]
impl SiteReader for SqlReader {
    async fn facts(&self) -> Result<Arc<SiteFacts>, SiteError> {
        // Asked for when a run begins; Moodle may have changed addresses, or been upgraded, since the last one.
        self.addresses.look_again().await;
        let mut connection = self.pool.connection().await?;
        self.dialect.indexes().look_again(&mut connection, &self.dialect).await?;
        facts::read(&mut connection, &self.dialect).await.map(Arc::new)
    }

    async fn resolve(&self, lookups: &Lookups, world: &mut World) -> Result<(), SiteError> {
        let mut connection = self.pool.connection().await?;
        let Self { dialect, addresses, tables, .. } = self;
        let site = resolve::Site { connection: &mut connection, dialect, addresses, tables };
        resolve::resolve(site, lookups, world).await
    }

    async fn empty_groups(
        &self,
        courses: &BTreeSet<CourseId>,
        also: &BTreeSet<GroupId>,
    ) -> Result<Vec<GroupCard>, SiteError> {
        let mut connection = self.pool.connection().await?;
        groups::Site { connection: &mut connection, dialect: &self.dialect }.empty_groups(courses, also).await
    }

    async fn groupings_left(
        &self,
        courses: &BTreeSet<CourseId>,
        gone: &BTreeSet<GroupId>,
    ) -> Result<Vec<GroupingCard>, SiteError> {
        let mut connection = self.pool.connection().await?;
        groups::Site { connection: &mut connection, dialect: &self.dialect }.groupings_left(courses, gone).await
    }

    async fn cohorts(&self, ids: &BTreeSet<CohortId>) -> Result<Vec<CohortCard>, SiteError> {
        cohorts::read(&mut self.pool.connection().await?, &self.dialect, ids).await
    }

    async fn courses(&self, query: &CourseQuery) -> Result<Vec<CourseCard>, SiteError> {
        catalog::courses(&mut self.pool.connection().await?, &self.dialect, query).await
    }

    async fn picture_hashes(&self, query: &PictureQuery, facts: &SiteFacts) -> Result<Vec<PictureCard>, SiteError> {
        pictures::listed(&mut self.pool.connection().await?, &self.dialect, query, facts).await
    }

    async fn checkpointed_runs(&self) -> Result<Vec<RunId>, SiteError> {
        checkpoint::runs(&mut self.pool.connection().await?, &self.dialect).await
    }

    async fn checkpoint(&self, run: RunId) -> Result<Option<Checkpoint>, SiteError> {
        checkpoint::read(&mut self.pool.connection().await?, &self.dialect, run).await
    }
}

#[cfg(test)]
pub(crate) mod tests;
