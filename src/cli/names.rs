//! The names of the values of the wire's enums, without their prefix: `NOT_PROCESSED`, `users`.

use crate::rpc::pb;

/// A value of an enum that this version does not have.
const UNKNOWN: &str = "UNKNOWN";
/// What stands for the file of a run that reads none.
pub(super) const NO_SOURCE: &str = "-";

fn short(name: Option<&'static str>, prefix: &str) -> &'static str {
    name.map_or(UNKNOWN, |name| name.strip_prefix(prefix).unwrap_or(name))
}

macro_rules! names {
    ($($function:ident: $kind:ident = $prefix:literal),+ $(,)?) => {
        $(pub(super) fn $function(value: i32) -> &'static str {
            short(pb::$kind::try_from(value).ok().map(|value| value.as_str_name()), $prefix)
        })+
    };
}

names! {
    run_state: RunState = "RUN_STATE_",
    outcome: Outcome = "OUTCOME_",
    completeness: Completeness = "COMPLETENESS_",
    entity: Entity = "ENTITY_",
    operation: Operation = "OPERATION_",
    severity: Severity = "SEVERITY_",
    file_kind: FileKind = "FILE_KIND_",
    disposition: UploadDisposition = "UPLOAD_DISPOSITION_",
    schedule_state: ScheduleState = "SCHEDULE_STATE_",
    column_pattern: ColumnPattern = "COLUMN_PATTERN_",
    option_kind: OptionKind = "OPTION_KIND_",
    impact: Impact = "IMPACT_",
    file_layout: FileLayout = "FILE_LAYOUT_",
}

/// The name of a tool as the command line has it.
pub(super) fn tool(value: i32) -> String {
    short(pb::Tool::try_from(value).ok().map(|tool| tool.as_str_name()), "TOOL_").to_lowercase()
}

/// The value of an enum that is written as `word`, in any case, without its prefix.
pub(super) fn parse<T>(word: &str, prefix: &str, named: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    named(&format!("{prefix}{}", word.to_uppercase().replace('-', "_")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_prefix() {
        assert_eq!(outcome(pb::Outcome::NotProcessed as i32), "NOT_PROCESSED");
        assert_eq!(run_state(pb::RunState::Succeeded as i32), "SUCCEEDED");
        assert_eq!(tool(pb::Tool::Enrolments as i32), "enrolments");
        assert_eq!(outcome(999), "UNKNOWN");
    }

    #[test]
    fn words_of_the_command_line_are_found() {
        assert_eq!(parse("failed", "RUN_STATE_", pb::RunState::from_str_name), Some(pb::RunState::Failed));
        assert_eq!(parse("fail", "RUN_STATE_", pb::RunState::from_str_name), None);
    }
}
