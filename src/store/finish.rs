//! The end of a run: its files get their names, its source goes where it shall, and its state becomes final, all in
//! one transaction.

use super::columns::{json, micros, word};
use super::error::{During, StoreError};
use super::files::{Stamp, current, ensure_folder, file_of, insert_file, relocate};
use super::runs::find_with_source;
use super::{Store, commit};
use crate::model::file::Sha256Digest;
use crate::model::{Counters, FileId, FilePath, Run, RunId, RunSource, RunState, SiteKey, StoredFile};
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

/// Longest name of a file in bytes.
const LONGEST_NAME: usize = 255;

/// How a run ended.
#[derive(Debug, Clone)]
pub struct RunEnd {
    /// The run.
    pub run: RunId,
    /// Its state; a final one.
    pub state: RunState,
    /// Why it failed or was cancelled; empty otherwise.
    pub message: String,
    /// Lines by outcome.
    pub counters: Counters,
    /// When it ended.
    pub finished: DateTime<Utc>,
    /// Files that it leaves. Their contents were put before.
    pub new_files: Vec<NewFile>,
    /// What becomes of the stored command file; has no effect on an inline one.
    pub source: SourceFate,
}

/// A file that a run leaves.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Where it shall stand. When the path is taken it gets a number: `name-2.txt`.
    pub path: FilePath,
    /// What it is.
    pub role: NewFileRole,
    /// Its content.
    pub sha256: Sha256Digest,
    /// Its size in bytes.
    pub size: u64,
}

/// What a file is that a run leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewFileRole {
    /// The text report.
    Report,
    /// The failed lines.
    Tryback,
    /// Why the lines failed.
    Reasons,
}

/// What becomes of the command file of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceFate {
    /// It stays.
    Keep,
    /// It is moved there. When the path is taken it gets a number.
    ArchiveTo(FilePath),
    /// It is deleted.
    Delete,
}

impl Store {
    /// Ends a run. Only the very revision that was run is moved or deleted: what took its path meanwhile stays, and the
    /// former revision goes to the archive. If the file was deleted or moved away, the archive gets its content all the
    /// same. A run that has ended already is given back as it is.
    pub async fn finish_run(&self, end: &RunEnd) -> Result<Run, StoreError> {
        if !end.state.is_final() {
            return Err(StoreError::NotAnEnd { run: end.run, state: end.state });
        }
        let gate = self.blobs().gate().await;
        let mut transaction = self.transaction().await?;
        let (mut run, source) = find_with_source(&mut transaction, end.run).await?;
        if run.state.is_final() {
            return Ok(run);
        }
        for file in &end.new_files {
            self.blobs().touch(file.sha256, &gate)?;
            let path = place_new_file(&mut transaction, &run, file, self.now()).await?;
            match file.role {
                NewFileRole::Report => run.report = Some(path),
                NewFileRole::Tryback => run.tryback = Some(path),
                NewFileRole::Reasons => {}
            }
        }
        run.archive = settle_source(&mut transaction, &run, source, &end.source, self.now()).await?;
        set_end(&mut transaction, &run, end).await?;
        let (ended, _) = find_with_source(&mut transaction, end.run).await?;
        commit(transaction).await?;
        Ok(ended)
    }
}

async fn place_new_file(
    connection: &mut SqliteConnection,
    run: &Run,
    file: &NewFile,
    now: DateTime<Utc>,
) -> Result<FilePath, StoreError> {
    let stamp = Stamp { site: &run.site, caller: &run.caller, now };
    ensure_folder(connection, stamp, &file.path.folder()).await?;
    let path = match (file.role, &run.tryback) {
        (NewFileRole::Reasons, Some(tryback)) => tryback.reasons_of_tryback(),
        (NewFileRole::Tryback, _) => {
            free_name(connection, &run.site, &file.path, |tryback| Some(tryback.reasons_of_tryback())).await?
        }
        _ => free_name(connection, &run.site, &file.path, |_| None).await?,
    };
    insert_file(connection, stamp, &path, (file.sha256, file.size)).await?;
    Ok(path)
}

/// Moves or deletes the command file. Gives the path in the archive, if it went there.
async fn settle_source(
    connection: &mut SqliteConnection,
    run: &Run,
    revision: Option<FileId>,
    fate: &SourceFate,
    now: DateTime<Utc>,
) -> Result<Option<FilePath>, StoreError> {
    let RunSource::Stored(path) = &run.source else { return Ok(None) };
    let file = match revision {
        Some(id) => revision_at(connection, id, path).await?,
        None => None,
    };
    match fate {
        SourceFate::Keep => Ok(None),
        SourceFate::Delete => {
            if let Some(file) = file {
                delete_revision(connection, file.id).await?;
            }
            Ok(None)
        }
        SourceFate::ArchiveTo(archive) => {
            let stamp = Stamp { site: &run.site, caller: &run.caller, now };
            ensure_folder(connection, stamp, &archive.folder()).await?;
            let archive = free_name(connection, &run.site, archive, |_| None).await?;
            match file {
                Some(file) => relocate(connection, file, archive.clone()).await?,
                None => insert_file(connection, stamp, &archive, (run.content, run.content_size)).await?,
            };
            Ok(Some(archive))
        }
    }
}

/// A revision, current or former, if it still belongs to the path.
async fn revision_at(
    connection: &mut SqliteConnection,
    id: FileId,
    path: &FilePath,
) -> Result<Option<StoredFile>, StoreError> {
    let row = sqlx::query("SELECT * FROM file WHERE id = ?1 AND path = ?2")
        .bind(id.to_string())
        .bind(path.as_str())
        .fetch_optional(connection)
        .await
        .during("looking up a revision")?;
    row.as_ref().map(file_of).transpose()
}

async fn delete_revision(connection: &mut SqliteConnection, id: FileId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM file WHERE id = ?1")
        .bind(id.to_string())
        .execute(connection)
        .await
        .during("deleting a revision")?;
    Ok(())
}

async fn set_end(connection: &mut SqliteConnection, run: &Run, end: &RunEnd) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE run SET state = ?2, message = ?3, counters = ?4, finished = ?5, report = ?6, tryback = ?7, archive = ?8
         WHERE id = ?1",
    )
    .bind(end.run.to_string())
    .bind(word("state", &end.state)?)
    .bind(end.message.as_str())
    .bind(json("counters", &end.counters)?)
    .bind(micros(end.finished))
    .bind(run.report.as_ref().map(FilePath::as_str))
    .bind(run.tryback.as_ref().map(FilePath::as_str))
    .bind(run.archive.as_ref().map(FilePath::as_str))
    .execute(connection)
    .await
    .during("ending a run")?;
    Ok(())
}

/// The path itself, or the first of `name-2.txt`, `name-3.txt`, … that is free, as is the path of what goes `beside` it.
async fn free_name(
    connection: &mut SqliteConnection,
    site: &SiteKey,
    path: &FilePath,
    beside: fn(&FilePath) -> Option<FilePath>,
) -> Result<FilePath, StoreError> {
    let mut candidate = path.clone();
    let mut number = 2u32;
    loop {
        let mut taken = current(connection, site, &candidate).await?.is_some();
        if let Some(companion) = beside(&candidate) {
            taken |= current(connection, site, &companion).await?.is_some();
        }
        if !taken {
            return Ok(candidate);
        }
        candidate = numbered(path, number)?;
        number += 1;
    }
}

/// The path with a number before its extension. A long name is shortened, so that the end of a run never fails on it.
fn numbered(path: &FilePath, number: u32) -> Result<FilePath, StoreError> {
    let name = path.name();
    let (stem, extension) = match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        _ => (name, ""),
    };
    let ending = format!("-{number}{extension}");
    let room = stem.floor_char_boundary(LONGEST_NAME.saturating_sub(ending.len()));
    Ok(path.folder().join(&format!("{}{ending}", &stem[..room]))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_before_the_extension() {
        let long = "ä".repeat(127);
        for (path, expected) in [
            ("/reports/users.txt", "/reports/users-2.txt".to_owned()),
            ("/users", "/users-2".to_owned()),
            ("/.users", "/.users-2".to_owned()),
            ("/a.b/c.d.csv", "/a.b/c.d-2.csv".to_owned()),
            (&format!("/{long}"), format!("/{}-2", "ä".repeat(126))),
        ] {
            let path = FilePath::parse(path).unwrap();
            assert_eq!(numbered(&path, 2).unwrap().as_str(), expected);
        }
    }
}
