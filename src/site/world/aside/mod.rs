//! Planned users set aside on disk, so that a dry run takes the same memory whatever the length of its file.
//!
//! A table of records, one a user, in a file without a name, and an index from whatever a user can be found by. Writes
//! come in large batches, because every one of them copies the pages that it touches. What is kept and what it means is
//! the business of [`World`](super::World).

mod absent;
mod file;
mod filter;
mod handle;
mod ids;
mod password;
mod record;
#[cfg(test)]
mod tests;

pub(super) use absent::Absent;
pub(super) use handle::Handle;
pub use password::PasswordDigest;
pub(super) use record::Record;

use self::file::Scratch;
use self::filter::Filter;
use self::handle::entry;
use self::password::PasswordKey;
use crate::model::UserId;
use crate::site::facts::SiteFacts;
use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::sync::Arc;

/// Pages of the file that are kept in memory, in bytes.
const CACHE_BYTES: usize = 16 << 20;
/// Encoded records by user.
const RECORDS: TableDefinition<'_, i64, &[u8]> = TableDefinition::new("records");
/// Handles, each followed by the user that has it.
const INDEX: TableDefinition<'_, &[u8], ()> = TableDefinition::new("index");

/// Why planned users could not be set aside or brought back.
#[derive(Debug, thiserror::Error)]
pub enum AsideError {
    /// There is no random key for the digests of passwords.
    #[error("the system gives no random key for passwords: {0}")]
    Key(getrandom::Error),
    /// The file cannot be used: most likely the disk is full.
    #[error("the temporary file for planned users cannot be used: {0}; see whether its disk is full")]
    File(#[source] Box<redb::Error>),
    /// A record cannot be written or read.
    #[error("the planned state of user {user} cannot be kept: {source}")]
    Record {
        /// The user.
        user: UserId,
        /// What is wrong with its record.
        source: postcard::Error,
    },
}

fn broken(error: impl Into<redb::Error>) -> AsideError {
    AsideError::File(Box::new(error.into()))
}

/// Who is wanted back.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) ids: BTreeSet<UserId>,
    pub(super) handles: BTreeSet<Handle>,
    /// Words that people are searched by. Each of them means a look at every record.
    pub(super) searches: Vec<String>,
}

/// Planned users on disk.
#[derive(Debug)]
pub(super) struct Aside {
    database: Database,
    facts: Arc<SiteFacts>,
    key: Arc<PasswordKey>,
    /// All keys that were ever written.
    filter: Filter,
    /// Users that were brought back since the last batch: what the file says of them is out of date.
    back: HashSet<UserId>,
}

impl Aside {
    /// Takes an empty file. What is in it means nothing to another process, or to another `Aside`.
    pub(super) fn open(file: File, facts: Arc<SiteFacts>) -> Result<Self, AsideError> {
        let mut builder = Database::builder();
        let database = builder
            .set_cache_size(CACHE_BYTES)
            .create_with_backend(Scratch::new(file).map_err(broken)?)
            .map_err(broken)?;
        let transaction = database.begin_write().map_err(broken)?;
        transaction.open_table(RECORDS).map_err(broken)?;
        transaction.open_table(INDEX).map_err(broken)?;
        transaction.commit().map_err(broken)?;
        let key = Arc::new(PasswordKey::random().map_err(AsideError::Key)?);
        Ok(Self { database, facts, key, filter: Filter::default(), back: HashSet::new() })
    }

    /// Writes a batch. Everybody who was brought back since the last one must be in it.
    pub(super) fn put(&mut self, records: BTreeMap<UserId, Record>) -> Result<(), AsideError> {
        let transaction = self.database.begin_write().map_err(broken)?;
        {
            let mut table = transaction.open_table(RECORDS).map_err(broken)?;
            let mut index = transaction.open_table(INDEX).map_err(broken)?;
            for user in self.back.drain() {
                if let Some(old) = table.remove(user.0).map_err(broken)? {
                    let old = Record::decode(user, old.value(), &self.key)?;
                    for handle in old.handles(&self.facts) {
                        index.remove(&*handle.entry(user)).map_err(broken)?;
                    }
                }
            }
            let mut entries = Vec::with_capacity(records.len() * 3);
            for (user, record) in records {
                for handle in record.handles(&self.facts) {
                    let key = handle.key();
                    self.filter.insert(&key);
                    entries.push(entry(key, user));
                }
                table.insert(user.0, &*record.encode(user, &self.key)?).map_err(broken)?;
            }
            // In order, neighbours share the pages that are copied.
            entries.sort_unstable();
            for entry in entries {
                index.insert(&*entry, ()).map_err(broken)?;
            }
        }
        transaction.commit().map_err(broken)
    }

    /// Brings back whoever is wanted, unless that has been done.
    pub(super) fn fetch(&mut self, wanted: &Wanted) -> Result<Vec<(UserId, Record)>, AsideError> {
        let transaction = self.database.begin_read().map_err(broken)?;
        let mut ids = wanted.ids.clone();
        self.find_holders(&transaction, wanted, &mut ids)?;
        let table = transaction.open_table(RECORDS).map_err(broken)?;
        if !wanted.searches.is_empty() {
            for row in table.iter().map_err(broken)? {
                let (id, bytes) = row.map_err(broken)?;
                let user = UserId(id.value());
                let record = Record::decode(user, bytes.value(), &self.key)?;
                if wanted.searches.iter().any(|words| record.is_found_by(words)) {
                    ids.insert(user);
                }
            }
        }
        let mut found = Vec::new();
        for user in ids.into_iter().filter(|user| !self.back.contains(user)) {
            if let Some(bytes) = table.get(user.0).map_err(broken)? {
                found.push((user, Record::decode(user, bytes.value(), &self.key)?));
            }
        }
        self.back.extend(found.iter().map(|(user, _)| *user));
        Ok(found)
    }

    fn find_holders(
        &self,
        transaction: &ReadTransaction,
        wanted: &Wanted,
        ids: &mut BTreeSet<UserId>,
    ) -> Result<(), AsideError> {
        let index = transaction.open_table(INDEX).map_err(broken)?;
        let keys = wanted.handles.iter().map(Handle::key);
        for key in keys.filter(|key| self.filter.may_contain(key)) {
            let (first, last) = (entry(key.clone(), UserId(0)), entry(key, UserId(-1)));
            for row in index.range(&*first..=&*last).map_err(broken)? {
                ids.extend(Handle::user_of(row.map_err(broken)?.0.value()));
            }
        }
        Ok(())
    }
}
