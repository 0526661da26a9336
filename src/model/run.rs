//! Runs: one tool over one command file.

use super::file::Sha256Digest;
use super::{Caller, Counters, FilePath, RequestId, RunId, ScheduleId, SeriesId, SiteKey, ToolKind};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a run may change the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunMode {
    /// Writes.
    Apply,
    /// Says what a real run would do; holds no writer.
    DryRun,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Waits for the site, or for a free place.
    Queued,
    /// Reads and applies lines.
    Running,
    /// All lines were handled; some may have failed.
    Succeeded,
    /// The file was refused, or the run could not go on.
    Failed,
    /// Stopped on request, or by `max_errors`; the lines after that were not processed.
    Cancelled,
}

impl RunState {
    /// Whether the run has ended.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// The name in reports and machine-readable output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a run reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunSource {
    /// A stored file; archive and clean-up apply to it.
    Stored(FilePath),
    /// A small file sent with the request; the name is for reports only.
    Inline(String),
}

impl RunSource {
    /// The file name without folder.
    pub fn name(&self) -> &str {
        match self {
            Self::Stored(path) => path.name(),
            Self::Inline(name) => name,
        }
    }
}

/// What was asked of a run, besides tool and source. Names and values as given; tools and engine parse them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunOptions {
    /// Options of the engine (`separator`, `archive`, …) and of the tool (`identifier`, …).
    pub values: BTreeMap<String, String>,
    /// Stop after so many failed lines; 0 for no limit.
    pub max_errors: u64,
}

/// The place of a run in a series: runs that were asked for together, and go one after the other with no other between
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesStep {
    /// The series.
    pub series: SeriesId,
    /// Which of its steps the run is, from 1.
    pub number: u32,
}

/// A run, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its identifier.
    pub id: RunId,
    /// The site it works on.
    pub site: SiteKey,
    /// The tool.
    pub tool: ToolKind,
    /// What it reads.
    pub source: RunSource,
    /// The content it reads, fixed when the run was accepted.
    pub content: Sha256Digest,
    /// Size of the content in bytes.
    pub content_size: u64,
    /// Whether it may write.
    pub mode: RunMode,
    /// Its options.
    pub options: RunOptions,
    /// Where it stands.
    pub state: RunState,
    /// Who asked for it.
    pub caller: Caller,
    /// The schedule that started it, if one did.
    pub schedule: Option<ScheduleId>,
    /// Its place in a series, if it is part of one.
    pub step: Option<SeriesStep>,
    /// The client's name for the request.
    pub request_id: Option<RequestId>,
    /// When it was accepted.
    pub created: DateTime<Utc>,
    /// When its first line was read.
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished: Option<DateTime<Utc>>,
    /// Lines by outcome, as far as it got.
    pub counters: Counters,
    /// Sequence number of its last stored event.
    pub last_sequence: u64,
    /// Why it failed or was cancelled; empty otherwise.
    pub message: String,
    /// The text report, when one was stored.
    pub report: Option<FilePath>,
    /// The failed lines, when there are some.
    pub tryback: Option<FilePath>,
    /// Where the command file was moved to.
    pub archive: Option<FilePath>,
    /// Whether someone asked for its end.
    pub cancel_requested: bool,
}
