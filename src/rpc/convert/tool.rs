//! Tools and what they say about themselves.

use crate::model::{ColumnPattern, ColumnSpec, OptionKind, OptionSpec, ToolDescriptor, ToolKind};
use crate::rpc::pb;

pub(super) fn tool(kind: ToolKind) -> pb::Tool {
    match kind {
        ToolKind::Courses => pb::Tool::Courses,
        ToolKind::Users => pb::Tool::Users,
        ToolKind::Cohorts => pb::Tool::Cohorts,
        ToolKind::Groups => pb::Tool::Groups,
        ToolKind::CohortBindings => pb::Tool::CohortBindings,
        ToolKind::Enrolments => pb::Tool::Enrolments,
        ToolKind::Metacourses => pb::Tool::Metacourses,
        ToolKind::GroupMembers => pb::Tool::GroupMembers,
    }
}

pub(super) fn tool_kind(tool: pb::Tool) -> Option<ToolKind> {
    match tool {
        pb::Tool::Unspecified => None,
        pb::Tool::Courses => Some(ToolKind::Courses),
        pb::Tool::Users => Some(ToolKind::Users),
        pb::Tool::Cohorts => Some(ToolKind::Cohorts),
        pb::Tool::Groups => Some(ToolKind::Groups),
        pb::Tool::CohortBindings => Some(ToolKind::CohortBindings),
        pb::Tool::Enrolments => Some(ToolKind::Enrolments),
        pb::Tool::Metacourses => Some(ToolKind::Metacourses),
        pb::Tool::GroupMembers => Some(ToolKind::GroupMembers),
    }
}

pub(in crate::rpc) fn tool_descriptor(descriptor: &ToolDescriptor) -> pb::ToolDescriptor {
    pb::ToolDescriptor {
        tool: tool(descriptor.kind).into(),
        name: descriptor.kind.name().to_owned(),
        summary: descriptor.summary.to_owned(),
        case_insensitive_header: descriptor.case_insensitive_header,
        exact_cell_count: descriptor.exact_cell_count,
        columns: descriptor.columns.iter().map(column_descriptor).collect(),
        options: descriptor.options.iter().map(option_descriptor).collect(),
        default_file_names: words(descriptor.default_file_names),
        sample: descriptor.sample.to_owned(),
    }
}

fn column_descriptor(spec: &ColumnSpec) -> pb::ColumnDescriptor {
    let (pattern, numbers, suffix) = match spec.pattern {
        ColumnPattern::Exact => (pb::ColumnPattern::Exact, None, ""),
        ColumnPattern::Numbered { from, to, suffix } => (pb::ColumnPattern::Numbered, Some((from, to)), suffix),
        ColumnPattern::Prefixed => (pb::ColumnPattern::Prefixed, None, ""),
    };
    pb::ColumnDescriptor {
        name: spec.name.to_owned(),
        pattern: pattern.into(),
        first_number: numbers.map(|(first, _)| first),
        last_number: numbers.map(|(_, last)| last),
        suffix: suffix.to_owned(),
        aliases: words(spec.aliases),
        required: spec.required,
        ignored: spec.ignored,
        help: spec.help.to_owned(),
    }
}

pub(in crate::rpc) fn option_descriptor(spec: &OptionSpec) -> pb::OptionDescriptor {
    let (kind, choices) = match spec.kind {
        OptionKind::Flag => (pb::OptionKind::Flag, &[][..]),
        OptionKind::Choice(choices) => (pb::OptionKind::Choice, choices),
        OptionKind::Text => (pb::OptionKind::Text, &[][..]),
    };
    pb::OptionDescriptor {
        name: spec.name.to_owned(),
        kind: kind.into(),
        choices: words(choices),
        default_value: spec.default.to_owned(),
        original_setting: spec.original.to_owned(),
        help: spec.help.to_owned(),
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
