//! Moodle's file pool on a file system: the folder `filedir` in Moodle's data folder.
//!
//! A content stands at `ab/cd/<sha1>`, where `abcd` begins its name. It appears there whole or not at all. New folders
//! get the permissions of the pool's own folder, and files those without the right to execute: Moodle must be able to
//! read and to move them.

use crate::site::file_pool::{ContentError, FilePool, FilePoolError, PooledContent, StoredContents, sha1_hex};
use async_trait::async_trait;
use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Digits of a SHA-1 in hexadecimal.
const SHA1_DIGITS: usize = 40;

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

    /// Whether the folder is there. An error where it should be and is not.
    fn is_there(&self) -> Result<bool, FilePoolError> {
        let failed = || self.failed("use the folder", &self.folder);
        match fs::metadata(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound && self.absence == Absence::Filled => Ok(false),
            Err(error) => Err(failed()(error)),
            Ok(found) if !found.is_dir() => Err(failed()(ErrorKind::NotADirectory.into())),
            Ok(_) => Ok(true),
        }
    }

    fn look(&self) -> Result<(), FilePoolError> {
        if self.is_there()? {
            // Removed as soon as it is closed.
            tempfile::tempfile_in(&self.folder).map(drop).map_err(self.failed("write to", &self.folder))?;
        }
        Ok(())
    }

    fn look_inside(&self) -> Result<(), FilePoolError> {
        if self.is_there()? {
            fs::read_dir(&self.folder).map(drop).map_err(self.failed("read", &self.folder))?;
        }
        Ok(())
    }

    /// Where a content stands, if that can be the name of one.
    fn place_of(&self, sha1: &str) -> Option<PathBuf> {
        let is_name = sha1.len() == SHA1_DIGITS && sha1.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_name.then(|| self.folder.join(&sha1[..2]).join(&sha1[2..4]).join(sha1))
    }

    fn get(&self, sha1: &str, most: u64) -> Result<Result<Vec<u8>, ContentError>, FilePoolError> {
        let Some(place) = self.place_of(sha1) else { return Ok(Err(ContentError::Absent)) };
        let mut bytes = Vec::new();
        // One more tells that there are too many.
        match File::open(place).and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes)) {
            // Where all are missing, a disk may be.
            Err(error) if error.kind() == ErrorKind::NotFound => self.is_there().map(|_| Err(ContentError::Absent)),
            Err(error) => Ok(Err(ContentError::Unreadable { problem: error.to_string() })),
            Ok(read) if read as u64 > most => Ok(Err(ContentError::TooLarge { most })),
            Ok(_) if sha1_hex(&bytes) != sha1 => Ok(Err(ContentError::Damaged)),
            Ok(_) => Ok(Ok(bytes)),
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
impl StoredContents for LocalFilePool {
    async fn check_reading(&self) -> Result<(), FilePoolError> {
        let pool = self.clone();
        on_a_thread("read the folder", &self.folder, move || pool.look_inside()).await
    }

    async fn read(&self, sha1: &str, most: u64) -> Result<Result<Vec<u8>, ContentError>, FilePoolError> {
        let (pool, sha1) = (self.clone(), sha1.to_owned());
        on_a_thread("read a content of", &self.folder, move || pool.get(&sha1, most)).await
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
async fn on_a_thread<T: Send + 'static>(
    operation: &'static str,
    folder: &Path,
    work: impl FnOnce() -> Result<T, FilePoolError> + Send + 'static,
) -> Result<T, FilePoolError> {
    let broken = |error| FilePoolError {
        operation,
        path: folder.to_owned(),
        source: io::Error::other::<tokio::task::JoinError>(error),
    };
    tokio::task::spawn_blocking(work).await.map_err(broken)?
}

#[cfg(test)]
mod tests;
