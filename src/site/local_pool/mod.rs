//! Moodle's file pool on a file system: the folder `filedir` in Moodle's data folder.
//!
//! A content stands at `ab/cd/<sha1>`, where `abcd` begins its name. It appears there whole or not at all. New folders
//! get the permissions of the pool's own folder, and files those without the right to execute: Moodle must be able to
//! read and to move them.

use crate::site::file_pool::{FilePool, FilePoolError, PooledContent};
use async_trait::async_trait;
use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A pool in a folder.
#[derive(Debug, Clone)]
pub struct LocalFilePool {
    folder: PathBuf,
    absence: Absence,
}

/// What becomes of a pool whose folder is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// It is an error: a Moodle has its folder, and this may be a disk that is not mounted.
    Refused,
    /// It is made when something is stored.
    Filled,
}

impl LocalFilePool {
    /// The pool in this folder.
    pub fn new(folder: PathBuf, absence: Absence) -> Self {
        Self { folder, absence }
    }

    fn failed(&self, operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FilePoolError {
        let path = path.to_owned();
        move |source| FilePoolError { operation, path, source }
    }

    fn look(&self) -> Result<(), FilePoolError> {
        let failed = || self.failed("use the folder", &self.folder);
        match fs::metadata(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound && self.absence == Absence::Filled => Ok(()),
            Err(error) => Err(failed()(error)),
            Ok(found) if !found.is_dir() => Err(failed()(ErrorKind::NotADirectory.into())),
            // Removed as soon as it is closed.
            Ok(_) => tempfile::tempfile_in(&self.folder).map(drop).map_err(self.failed("write to", &self.folder)),
        }
    }

    fn put(&self, contents: &[PooledContent]) -> Result<(), FilePoolError> {
        if self.absence == Absence::Filled {
            fs::create_dir_all(&self.folder).map_err(self.failed("create the folder", &self.folder))?;
        }
        let like = fs::metadata(&self.folder).map_err(self.failed("use the folder", &self.folder))?.permissions();
        for content in contents {
            let place = self.folder.join(&content.sha1[..2]).join(&content.sha1[2..4]).join(&content.sha1);
            if !fs::metadata(&place).is_ok_and(|found| found.len() == content.bytes.len() as u64) {
                self.place(content, &place, &like).map_err(self.failed("store", &place))?;
            }
        }
        Ok(())
    }

    /// Writes beside the place, then renames: nobody sees a part of a content.
    fn place(&self, content: &PooledContent, place: &Path, like: &Permissions) -> io::Result<()> {
        let (Some(inner), Some(outer)) = (place.parent(), place.parent().and_then(Path::parent)) else {
            return Err(ErrorKind::InvalidInput.into());
        };
        make_folder(outer, like)?;
        make_folder(inner, like)?;
        let mut file = tempfile::Builder::new().prefix(&content.sha1).suffix(".tmp").tempfile_in(inner)?;
        file.write_all(&content.bytes)?;
        file.as_file().set_permissions(of_files(like))?;
        file.as_file().sync_all()?;
        file.persist(place).map_err(|error| error.error)?;
        sync_folder(inner)
    }
}

/// A new folder with the permissions of the pool's.
fn make_folder(folder: &Path, like: &Permissions) -> io::Result<()> {
    match fs::create_dir(folder) {
        Ok(()) => {
            fs::set_permissions(folder, like.clone())?;
            folder.parent().map_or(Ok(()), sync_folder)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes names in a folder survive a loss of power, where a system can.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
fn of_files(folder: &Permissions) -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    Permissions::from_mode(folder.mode() & 0o666)
}

#[cfg(not(unix))]
fn of_files(folder: &Permissions) -> Permissions {
    folder.clone()
}

impl fmt::Display for LocalFilePool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in {}", self.folder.display())
    }
}

#[async_trait]
impl FilePool for LocalFilePool {
    async fn check(&self) -> Result<(), FilePoolError> {
        let pool = self.clone();
        on_a_thread("use the folder", &self.folder, move || pool.look()).await
    }

    async fn store(&self, contents: Vec<PooledContent>) -> Result<(), FilePoolError> {
        let pool = self.clone();
        on_a_thread("store contents in", &self.folder, move || pool.put(&contents)).await
    }
}

/// File systems block.
async fn on_a_thread(
    operation: &'static str,
    folder: &Path,
    work: impl FnOnce() -> Result<(), FilePoolError> + Send + 'static,
) -> Result<(), FilePoolError> {
    let broken = |error| FilePoolError {
        operation,
        path: folder.to_owned(),
        source: io::Error::other::<tokio::task::JoinError>(error),
    };
    tokio::task::spawn_blocking(work).await.map_err(broken)?
}

#[cfg(test)]
mod tests;
