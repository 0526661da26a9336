//! Names of files and folders: the rows of `file`, looking them up and listing them.
//!
//! Must never know what is in a file.

use super::columns::{Columns, integer, micros, word};
use super::error::{During, StoreError};
use super::{Listing, Page, Store, commit};
use crate::model::file::{ARCHIVES, PathError, REPORTS, Sha256Digest};
use crate::model::{Caller, FileId, FileKind, FilePath, SiteKey, StoredFile};
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;
use std::sync::PoisonError;

/// What to do when a path is taken by another content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Refuse.
    Refuse,
    /// Take the path. The former revision is kept for a while.
    Replace,
}

/// How deep a listing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recursion {
    /// What is directly in the folder.
    Children,
    /// Everything below the folder.
    Descendants,
}

/// Who names a content, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) site: &'a SiteKey,
    pub(super) caller: &'a Caller,
    pub(super) now: DateTime<Utc>,
}

impl Store {
    /// The file or folder at a path.
    pub async fn get(&self, site: &SiteKey, path: &FilePath) -> Result<StoredFile, StoreError> {
        self.adopt(site).await?;
        existing(&mut *self.connection().await?, site, path).await
    }

    /// What is in a folder, by path; only of one kind, if one is given.
    pub async fn list(
        &self,
        site: &SiteKey,
        folder: &FilePath,
        kind: Option<FileKind>,
        recursion: Recursion,
        page: Page<FilePath>,
    ) -> Result<Listing<StoredFile, FilePath>, StoreError> {
        self.adopt(site).await?;
        let mut connection = self.connection().await?;
        match current(&mut connection, site, folder).await? {
            None => return Err(not_found("folder", folder)),
            Some(file) if file.kind != FileKind::Folder => {
                return Err(StoreError::NotAFolder { path: folder.clone() });
            }
            Some(_) => {}
        }
        let query = match recursion {
            Recursion::Children => sqlx::query(CHILDREN).bind(site.0.as_str()).bind(folder.as_str()),
            Recursion::Descendants => sqlx::query(DESCENDANTS).bind(site.0.as_str()).bind(prefix(folder)),
        };
        let rows = query
            .bind(page.after.as_ref().map_or("", FilePath::as_str))
            .bind(kind.map(|kind| word("kind", &kind)).transpose()?)
            .bind(page.limit())
            .fetch_all(&mut *connection)
            .await
            .during("listing files")?;
        let files = rows.iter().map(file_of).collect::<Result<_, _>>()?;
        Ok(Listing::new(files, &page, |file: &StoredFile| file.path.clone()))
    }

    /// Makes sure that a site has its root folder and the folders of the service.
    pub(super) async fn adopt(&self, site: &SiteKey) -> Result<(), StoreError> {
        let known = &self.inner.sites;
        if known.lock().unwrap_or_else(PoisonError::into_inner).contains(site) {
            return Ok(());
        }
        let mut transaction = self.transaction().await?;
        let caller = Caller("toolsync".to_owned());
        let stamp = Stamp { site, caller: &caller, now: self.now() };
        for path in [FilePath::root(), FilePath::parse(ARCHIVES)?, FilePath::parse(REPORTS)?] {
            if current(&mut transaction, site, &path).await?.is_none() {
                insert_folder(&mut transaction, stamp, path).await?;
            }
        }
        commit(transaction).await?;
        known.lock().unwrap_or_else(PoisonError::into_inner).insert(site.clone());
        Ok(())
    }
}

const CHILDREN: &str = "SELECT * FROM file
    WHERE site = ?1 AND superseded_at IS NULL AND folder = ?2 AND path > ?3 AND (?4 IS NULL OR kind = ?4)
    ORDER BY path LIMIT ?5";

/// `?2` ends in a slash. The character after the slash is `0`, so the paths below a folder are one range.
const DESCENDANTS: &str = "SELECT * FROM file
    WHERE site = ?1 AND superseded_at IS NULL AND path > max(?2, ?3) AND path < rtrim(?2, '/') || '0'
      AND (?4 IS NULL OR kind = ?4)
    ORDER BY path LIMIT ?5";

/// The file or folder that a path names now.
pub(super) async fn current(
    connection: &mut SqliteConnection,
    site: &SiteKey,
    path: &FilePath,
) -> Result<Option<StoredFile>, StoreError> {
    let row = sqlx::query("SELECT * FROM file WHERE site = ?1 AND path = ?2 AND superseded_at IS NULL")
        .bind(site.0.as_str())
        .bind(path.as_str())
        .fetch_optional(connection)
        .await
        .during("looking up a file")?;
    row.as_ref().map(file_of).transpose()
}

/// Like [`current`], where there must be one.
pub(super) async fn existing(
    connection: &mut SqliteConnection,
    site: &SiteKey,
    path: &FilePath,
) -> Result<StoredFile, StoreError> {
    current(connection, site, path).await?.ok_or_else(|| not_found("file", path))
}

/// Everything below a folder, by path.
pub(super) async fn below(
    connection: &mut SqliteConnection,
    site: &SiteKey,
    folder: &FilePath,
) -> Result<Vec<StoredFile>, StoreError> {
    let rows = sqlx::query(DESCENDANTS)
        .bind(site.0.as_str())
        .bind(prefix(folder))
        .bind("")
        .bind(None::<String>)
        .bind(i64::MAX)
        .fetch_all(connection)
        .await
        .during("listing a folder")?;
    rows.iter().map(file_of).collect()
}

/// Makes sure that a folder and all above it exist.
pub(super) async fn ensure_folder(
    connection: &mut SqliteConnection,
    stamp: Stamp<'_>,
    folder: &FilePath,
) -> Result<(), StoreError> {
    let mut missing = Vec::new();
    let mut path = folder.clone();
    while !path.is_root() {
        match current(connection, stamp.site, &path).await? {
            Some(file) if file.kind == FileKind::Folder => break,
            Some(_) => return Err(StoreError::NotAFolder { path }),
            None => {
                let parent = path.folder();
                missing.push(std::mem::replace(&mut path, parent));
            }
        }
    }
    for path in missing.into_iter().rev() {
        insert_folder(connection, stamp, path).await?;
    }
    Ok(())
}

/// Gives a free path to a content. The folder must exist.
pub(super) async fn insert_file(
    connection: &mut SqliteConnection,
    stamp: Stamp<'_>,
    path: &FilePath,
    (sha256, size): (Sha256Digest, u64),
) -> Result<StoredFile, StoreError> {
    let file = StoredFile {
        id: FileId::generate(),
        site: stamp.site.clone(),
        path: path.clone(),
        kind: path.kind(),
        size,
        sha256: Some(sha256),
        created: stamp.now,
        caller: stamp.caller.clone(),
        revision: next_revision(connection, stamp.site, path).await?,
    };
    insert(connection, &file).await?;
    Ok(file)
}

async fn insert_folder(connection: &mut SqliteConnection, stamp: Stamp<'_>, path: FilePath) -> Result<(), StoreError> {
    let folder = StoredFile {
        id: FileId::generate(),
        site: stamp.site.clone(),
        path,
        kind: FileKind::Folder,
        size: 0,
        sha256: None,
        created: stamp.now,
        caller: stamp.caller.clone(),
        revision: 1,
    };
    insert(connection, &folder).await
}

async fn insert(connection: &mut SqliteConnection, file: &StoredFile) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO file (id, site, path, folder, kind, size, sha256, revision, caller, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .bind(file.id.to_string())
    .bind(file.site.0.as_str())
    .bind(file.path.as_str())
    .bind(parent(&file.path))
    .bind(word("kind", &file.kind)?)
    .bind(integer(file.size))
    .bind(file.sha256.map(|sha256| sha256.to_string()))
    .bind(file.revision)
    .bind(file.caller.0.as_str())
    .bind(micros(file.created))
    .execute(connection)
    .await
    .during("naming a file")?;
    Ok(())
}

/// Gives a file or folder (or a former revision, which becomes the current one) another path, which must be free.
pub(super) async fn relocate(
    connection: &mut SqliteConnection,
    file: StoredFile,
    to: FilePath,
) -> Result<StoredFile, StoreError> {
    let (kind, revision) = match file.kind {
        FileKind::Folder => (FileKind::Folder, file.revision),
        _ => (to.kind(), next_revision(connection, &file.site, &to).await?),
    };
    sqlx::query("UPDATE file SET path = ?2, folder = ?3, kind = ?4, revision = ?5, superseded_at = NULL WHERE id = ?1")
        .bind(file.id.to_string())
        .bind(to.as_str())
        .bind(parent(&to))
        .bind(word("kind", &kind)?)
        .bind(revision)
        .execute(connection)
        .await
        .during("moving a file")?;
    Ok(StoredFile { path: to, kind, revision, ..file })
}

/// Takes the path away from a file and keeps the row until its retention ends.
pub(super) async fn supersede(
    connection: &mut SqliteConnection,
    file: FileId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE file SET superseded_at = ?2 WHERE id = ?1")
        .bind(file.to_string())
        .bind(micros(now))
        .execute(connection)
        .await
        .during("replacing a file")?;
    Ok(())
}

async fn next_revision(connection: &mut SqliteConnection, site: &SiteKey, path: &FilePath) -> Result<u32, StoreError> {
    sqlx::query_scalar("SELECT coalesce(max(revision), 0) + 1 FROM file WHERE site = ?1 AND path = ?2")
        .bind(site.0.as_str())
        .bind(path.as_str())
        .fetch_one(connection)
        .await
        .during("counting revisions")
}

/// Checks that users may write a path.
pub(super) fn check_writable(path: &FilePath) -> Result<(), StoreError> {
    match FilePath::parse_writable(path.as_str()) {
        Ok(_) => Ok(()),
        Err(PathError::Reserved(_)) => Err(StoreError::Reserved { path: path.clone() }),
        Err(other) => Err(other.into()),
    }
}

pub(super) fn not_found(what: &'static str, path: &FilePath) -> StoreError {
    StoreError::NotFound { what, name: path.to_string() }
}

pub(super) fn file_of(row: &SqliteRow) -> Result<StoredFile, StoreError> {
    let row = Columns(row);
    Ok(StoredFile {
        id: row.parsed("id")?,
        site: row.word("site")?,
        path: row.word("path")?,
        kind: row.word("kind")?,
        size: row.number("size")?,
        sha256: row.optional("sha256")?,
        created: row.time("created")?,
        caller: row.word("caller")?,
        revision: row.number("revision")?,
    })
}

/// What stands in the column `folder`: the root folder is in no folder.
fn parent(path: &FilePath) -> Option<String> {
    (!path.is_root()).then(|| path.folder().into())
}

/// What the paths below a folder begin with.
fn prefix(folder: &FilePath) -> String {
    if folder.is_root() { "/".to_owned() } else { format!("{folder}/") }
}
