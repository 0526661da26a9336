//! Why the engine refuses a request, or gives up a run.

use crate::model::{FilePath, RunId, SiteKey};
use crate::site::{AsideError, FilePoolError, SiteError};
use crate::store::StoreError;
use crate::tools::options::OptionError;

/// What went wrong with a request to the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No site of that name is configured.
    #[error("no site {0:?} is configured; leave the site empty for the only one")]
    SiteUnknown(SiteKey),
    /// Options that the tool does not have, or values that they do not take.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Options(Vec<OptionError>),
    /// The command file does not exist.
    #[error("there is no file {0}; upload it first, or look at the list of files")]
    SourceMissing(FilePath),
    /// The path is a folder.
    #[error("{0} is a folder; name a command file in it")]
    SourceIsFolder(FilePath),
    /// An inline file is larger than allowed.
    #[error("the inline file has {size} bytes; at most {limit} are taken. Upload it and run it by its path")]
    InlineTooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// No such run.
    #[error("there is no run {0}")]
    RunUnknown(RunId),
    /// A step of a series is refused, and with it the series.
    #[error("{place}: {error}")]
    Step {
        /// Where the request speaks of it.
        place: String,
        /// Why.
        error: Box<EngineError>,
    },
    /// Too many runs wait already.
    #[error("{waiting} runs wait already; try again when some have ended")]
    QueueFull {
        /// How many.
        waiting: usize,
    },
    /// The service is going down.
    #[error("the service is shutting down; try again in a moment")]
    ShuttingDown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The site failed.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// A stored journal segment cannot be read.
    #[error("the journal of run {run} is damaged at segment {segment}: {problem}")]
    Journal {
        /// The run.
        run: RunId,
        /// Index of the segment.
        segment: u64,
        /// What is wrong.
        problem: String,
    },
    /// The command file could not be read any more.
    #[error(transparent)]
    Csv(#[from] crate::csv::Error),
    /// An archive could not be read any more.
    #[error(transparent)]
    Archive(#[from] crate::archive::Error),
    /// The tool works with stored files, and the site has no place for them.
    #[error(
        "the tool works with stored files, and the site {0:?} has no file pool; set site.filedir to the folder filedir in Moodle's data folder"
    )]
    NoFilePool(SiteKey),
    /// A file could not be stored, or none can be read.
    #[error(transparent)]
    FilePool(#[from] FilePoolError),
    /// A task of the engine broke down.
    #[error("the engine could not {operation}: {problem}")]
    Internal {
        /// What was being done.
        operation: &'static str,
        /// What happened.
        problem: String,
    },
}

impl From<AsideError> for EngineError {
    fn from(error: AsideError) -> Self {
        Self::Internal { operation: "keep what the dry run plans", problem: error.to_string() }
    }
}
