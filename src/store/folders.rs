//! Changes of the folder tree that users ask for: creating folders, moving, deleting.
//!
//! Each is one transaction on names; no content is touched.

use super::error::{During, StoreError};
use super::files::{
    Overwrite, Stamp, below, check_writable, current, ensure_folder, existing, not_found, relocate, supersede,
};
use super::{Store, commit};
use crate::model::file::{ARCHIVES, REPORTS};
use crate::model::{Caller, FileKind, FilePath, SiteKey, StoredFile};
use sqlx::SqliteConnection;

impl Store {
    /// Creates a folder and those above it. A folder that exists is fine.
    pub async fn create_folder(
        &self,
        site: &SiteKey,
        path: &FilePath,
        caller: &Caller,
    ) -> Result<StoredFile, StoreError> {
        self.adopt(site).await?;
        let mut transaction = self.transaction().await?;
        match current(&mut transaction, site, path).await? {
            Some(found) if found.kind == FileKind::Folder => return Ok(found),
            Some(_) => return Err(StoreError::AlreadyExists { path: path.clone() }),
            None => check_writable(path)?,
        }
        ensure_folder(&mut transaction, Stamp { site, caller, now: self.now() }, path).await?;
        let folder = existing(&mut transaction, site, path).await?;
        commit(transaction).await?;
        Ok(folder)
    }

    /// Moves a file, or a folder with everything below it. Files may leave the archives, nothing enters them. Folders
    /// above the target are created. A folder never replaces anything and is never replaced.
    pub async fn move_file(
        &self,
        site: &SiteKey,
        from: &FilePath,
        to: &FilePath,
        overwrite: Overwrite,
        caller: &Caller,
    ) -> Result<StoredFile, StoreError> {
        check_movable(from)?;
        check_writable(to)?;
        self.adopt(site).await?;
        let stamp = Stamp { site, caller, now: self.now() };
        let mut transaction = self.transaction().await?;
        let file = existing(&mut transaction, site, from).await?;
        if from == to {
            return Ok(file);
        }
        if to.is_in(from.as_str()) {
            return Err(StoreError::IntoItself { from: from.clone(), to: to.clone() });
        }
        if let Some(taken) = current(&mut transaction, site, to).await? {
            make_way(&mut transaction, &file, &taken, overwrite, stamp).await?;
        }
        ensure_folder(&mut transaction, stamp, &to.folder()).await?;
        let moved = relocate_tree(&mut transaction, file, to).await?;
        commit(transaction).await?;
        Ok(moved)
    }

    /// Deletes a file with its former revisions, or an empty folder. A run that reads the file is not disturbed.
    pub async fn delete(&self, site: &SiteKey, path: &FilePath) -> Result<(), StoreError> {
        check_writable(path)?;
        self.adopt(site).await?;
        let mut transaction = self.transaction().await?;
        let file = existing(&mut transaction, site, path).await?;
        if file.kind == FileKind::Folder && !below(&mut transaction, site, path).await?.is_empty() {
            return Err(StoreError::FolderNotEmpty { path: path.clone() });
        }
        let deleted = sqlx::query("DELETE FROM file WHERE site = ?1 AND path = ?2")
            .bind(site.0.as_str())
            .bind(path.as_str())
            .execute(&mut *transaction)
            .await
            .during("deleting a file")?;
        if deleted.rows_affected() == 0 {
            return Err(not_found("file", path));
        }
        commit(transaction).await
    }
}

/// Users move their own files and take files out of the archives; reports stay where they are.
fn check_movable(from: &FilePath) -> Result<(), StoreError> {
    let archived = from.is_in(ARCHIVES) && from.as_str() != ARCHIVES;
    if from.is_root() || from.is_in(REPORTS) || (from.is_in(ARCHIVES) && !archived) {
        return Err(StoreError::Reserved { path: from.clone() });
    }
    Ok(())
}

/// Frees the target of a move.
async fn make_way(
    connection: &mut SqliteConnection,
    file: &StoredFile,
    taken: &StoredFile,
    overwrite: Overwrite,
    stamp: Stamp<'_>,
) -> Result<(), StoreError> {
    let path = taken.path.clone();
    if overwrite == Overwrite::Refuse || file.kind == FileKind::Folder {
        return Err(StoreError::AlreadyExists { path });
    }
    if taken.kind == FileKind::Folder {
        return Err(StoreError::IsAFolder { path });
    }
    supersede(connection, taken.id, stamp.now).await
}

async fn relocate_tree(
    connection: &mut SqliteConnection,
    file: StoredFile,
    to: &FilePath,
) -> Result<StoredFile, StoreError> {
    if file.kind == FileKind::Folder {
        for inner in below(connection, &file.site, &file.path).await? {
            let rest = &inner.path.as_str()[file.path.as_str().len()..];
            let target = FilePath::parse(&format!("{to}{rest}"))?;
            relocate(connection, inner, target).await?;
        }
    }
    relocate(connection, file, to.clone()).await
}
