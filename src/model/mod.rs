//! Plain types shared by every layer: identifiers, tools, lines, runs, files, schedules.
//!
//! Nothing here does I/O, and nothing here may know SQL, protobuf or CSV syntax.

pub mod file;
pub mod header;
pub mod ids;
pub mod line;
pub mod outcome;
pub mod reason;
pub mod run;
pub mod schedule;
pub mod tool;

pub use file::{FileKind, FilePath, StoredFile};
pub use header::{BoundColumn, BoundHeader};
pub use ids::*;
pub use line::{Attachment, ByteSpan, Cell, Line, LineNumber};
pub use outcome::{Completeness, Counters, Entity, FieldChange, LineResult, Operation, Outcome, Problem, Severity};
pub use reason::Reason;
pub use run::{Run, RunMode, RunOptions, RunSource, RunState, SeriesStep};
pub use schedule::{Schedule, ScheduleState};
pub use tool::{
    CellKind, Clearing, ColumnPattern, ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor,
    ToolKind, WordSpec,
};
