//! Files of the store: paths, kinds, revisions.

use super::{Caller, FileId, SiteKey};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a stored file is for; follows from its path and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A command file.
    Command,
    /// A processed command file, below `/archives`.
    Archive,
    /// A report, below `/reports`.
    Report,
    /// The failed lines of a run, beside the command file.
    Tryback,
    /// A folder.
    Folder,
}

/// Why a path was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It does not begin with `/`, or names nothing.
    #[error("path {0:?} must begin with '/' and name a file or folder, like /users.csv")]
    NotAbsolute(String),
    /// A part is empty, `.` or `..`.
    #[error("path {0:?} has an empty part, '.' or '..'")]
    BadPart(String),
    /// A control character, a backslash, or another character that no file name should have.
    #[error("path {path:?} has the character {character:?}, which is not allowed in names")]
    BadCharacter {
        /// The path.
        path: String,
        /// The character.
        character: char,
    },
    /// Longer than 1,024 bytes, or a part longer than 255.
    #[error("path {0:?} is too long: at most 255 bytes a part and 1024 in all")]
    TooLong(String),
    /// Below a folder that belongs to the service, or a name it reserves.
    #[error("{0:?} belongs to the service: users read /archives and /reports and cannot write there")]
    Reserved(String),
}

/// An absolute, validated path in the store: `/erp/users.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilePath(String);

/// The folder of processed command files.
pub const ARCHIVES: &str = "/archives";
/// The folder of reports.
pub const REPORTS: &str = "/reports";

impl FilePath {
    /// Checks a path. A trailing slash is dropped; `/` alone is the root.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text == "/" {
            return Ok(Self::root());
        }
        let trimmed = text.strip_suffix('/').unwrap_or(text);
        let Some(parts) = trimmed.strip_prefix('/') else {
            return Err(PathError::NotAbsolute(text.to_owned()));
        };
        if let Some(character) = trimmed.chars().find(|c| c.is_control() || matches!(c, '\\' | '\u{feff}')) {
            return Err(PathError::BadCharacter { path: text.to_owned(), character });
        }
        if trimmed.len() > 1024 || parts.split('/').any(|part| part.len() > 255) {
            return Err(PathError::TooLong(text.to_owned()));
        }
        if parts.split('/').any(|part| part.trim().is_empty() || part == "." || part == "..") {
            return Err(PathError::BadPart(text.to_owned()));
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// Checks a path that a user wants to write: not in a folder of the service, no reserved name.
    pub fn parse_writable(text: &str) -> Result<Self, PathError> {
        let path = Self::parse(text)?;
        let reserved_name = matches!(path.name(), "lock.txt" | "alock.txt");
        if path.is_root() || path.is_in(ARCHIVES) || path.is_in(REPORTS) || reserved_name {
            return Err(PathError::Reserved(text.to_owned()));
        }
        Ok(path)
    }

    /// The root folder.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// Whether this is the root folder.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// Whether this is `folder` or below it.
    pub fn is_in(&self, folder: &str) -> bool {
        self.0.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The folder that holds it.
    pub fn folder(&self) -> FilePath {
        match self.0.rfind('/') {
            Some(0) | None => Self::root(),
            Some(at) => Self(self.0[..at].to_owned()),
        }
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or("")
    }

    /// A path in this folder.
    pub fn join(&self, name: &str) -> Result<FilePath, PathError> {
        if self.is_root() { Self::parse(&format!("/{name}")) } else { Self::parse(&format!("{}/{name}", self.0)) }
    }

    /// Where the reasons of this tryback file stand: beside it, under its name up to the extension.
    pub fn reasons_of_tryback(&self) -> FilePath {
        let stamp = self.0.rfind("_tryback_").unwrap_or_default();
        let stem = self.0[stamp..].find('.').map_or(self.0.as_str(), |dot| &self.0[..stamp + dot]);
        Self(format!("{stem}.reasons.csv"))
    }

    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the file is for, by its place and name.
    pub fn kind(&self) -> FileKind {
        if self.is_in(ARCHIVES) {
            FileKind::Archive
        } else if self.is_in(REPORTS) {
            FileKind::Report
        } else if self.name().contains("_tryback_") {
            FileKind::Tryback
        } else {
            FileKind::Command
        }
    }
}

impl TryFrom<String> for FilePath {
    type Error = PathError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<FilePath> for String {
    fn from(path: FilePath) -> Self {
        path.0
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The SHA-256 of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256Digest(pub [u8; 32]);

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for Sha256Digest {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text:?} is not a SHA-256 in 64 hexadecimal digits");
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

/// One file, or one folder, as the store lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// This revision. A replaced file has a new one.
    pub id: FileId,
    /// The site it belongs to.
    pub site: SiteKey,
    /// Where it stands.
    pub path: FilePath,
    /// What it is for.
    pub kind: FileKind,
    /// Size in bytes; 0 for folders.
    pub size: u64,
    /// Its content; `None` for folders.
    pub sha256: Option<Sha256Digest>,
    /// When this revision was stored.
    pub created: DateTime<Utc>,
    /// Who stored it.
    pub caller: Caller,
    /// Counts up with every replacement of the path: 1 for the first.
    pub revision: u32,
}
