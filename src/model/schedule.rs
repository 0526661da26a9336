//! Schedules: a run of a tool at times given by a cron expression.

use super::RunMode;
use super::{Caller, FilePath, RunId, RunOptions, ScheduleId, SiteKey, ToolKind};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Whether a schedule starts runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleState {
    /// It starts runs.
    Active,
    /// It starts none until it is resumed.
    Paused,
}

/// A schedule, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Its identifier.
    pub id: ScheduleId,
    /// The site whose files it reads.
    pub site: SiteKey,
    /// Its name, unique on the site: `nightly-users`.
    pub name: String,
    /// Five-field cron expression.
    pub cron: String,
    /// IANA name of the zone in which the expression is read.
    pub zone: String,
    /// The tool to run.
    pub tool: ToolKind,
    /// The command file.
    pub path: FilePath,
    /// Whether the runs write.
    pub mode: RunMode,
    /// Options of the runs.
    pub options: RunOptions,
    /// Whether it is active.
    pub state: ScheduleState,
    /// Who made it.
    pub caller: Caller,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When it is due next; `None` while paused.
    pub next: Option<DateTime<Utc>>,
    /// When it was last due.
    pub last: Option<DateTime<Utc>>,
    /// The run of that time; `None` when none could be started.
    pub last_run: Option<RunId>,
    /// Why the last one did not start: the file is missing, or the tool refused.
    pub last_message: String,
    /// Counts up with every replacement.
    pub revision: u32,
}
