//! Messages as JSON: fields in snake_case, enums by their names without prefix, times in RFC 3339.
//!
//! The shapes belong to the contract with scripts, so they are written down here, apart from the wire's own.

mod descriptors;
mod events;
mod stored;

pub(super) use descriptors::ToolJson;
pub(super) use events::{CountersJson, EventJson, LineJson, RunFilesJson};
pub(super) use stored::{FileJson, ReportJson, RunJson, ScheduleJson};

fn time(time: Option<&prost_types::Timestamp>) -> Option<String> {
    time.map(ToString::to_string)
}
