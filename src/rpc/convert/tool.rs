//! Tools and what they say about themselves.

use crate::model::{
    CellKind, Clearing, ColumnPattern, ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor,
    ToolKind, WordSpec,
};
use crate::rpc::pb;

pub(super) fn tool(kind: ToolKind) -> pb::Tool {
    match kind {
        ToolKind::CheckCourses => pb::Tool::CheckCourses,
        ToolKind::DeleteCourses => pb::Tool::DeleteCourses,
        ToolKind::Courses => pb::Tool::Courses,
        ToolKind::CleanCategories => pb::Tool::CleanCategories,
        ToolKind::DeleteUsers => pb::Tool::DeleteUsers,
        ToolKind::ReviveUsers => pb::Tool::ReviveUsers,
        ToolKind::Users => pb::Tool::Users,
        ToolKind::RestoreUsers => pb::Tool::RestoreUsers,
        ToolKind::SuspendUsers => pb::Tool::SuspendUsers,
        ToolKind::Cohorts => pb::Tool::Cohorts,
        ToolKind::Groups => pb::Tool::Groups,
        ToolKind::CohortBindings => pb::Tool::CohortBindings,
        ToolKind::Enrolments => pb::Tool::Enrolments,
        ToolKind::Metacourses => pb::Tool::Metacourses,
        ToolKind::GroupMembers => pb::Tool::GroupMembers,
        ToolKind::ResetCourses => pb::Tool::ResetCourses,
        ToolKind::UserPictures => pb::Tool::UserPictures,
        ToolKind::PictureHashes => pb::Tool::PictureHashes,
    }
}

pub(super) fn tool_kind(tool: pb::Tool) -> Option<ToolKind> {
    ToolKind::ALL.into_iter().find(|kind| self::tool(*kind) == tool)
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
        impact: impact(descriptor.impact).into(),
        layout: layout(descriptor.layout).into(),
        file_optional: descriptor.file == FileNeed::Optional,
    }
}

fn impact(impact: Impact) -> pb::Impact {
    match impact {
        Impact::Reads => pb::Impact::Reads,
        Impact::Changes => pb::Impact::Changes,
        Impact::Destroys => pb::Impact::Destroys,
    }
}

fn layout(layout: Layout) -> pb::FileLayout {
    match layout {
        Layout::Header => pb::FileLayout::Header,
        Layout::Positional => pb::FileLayout::Positional,
        Layout::WholeLine => pb::FileLayout::WholeLine,
        Layout::Archive => pb::FileLayout::Archive,
    }
}

fn column_descriptor(spec: &ColumnSpec) -> pb::ColumnDescriptor {
    let (pattern, numbers, suffix) = match spec.pattern {
        ColumnPattern::Exact => (pb::ColumnPattern::Exact, None, ""),
        ColumnPattern::Numbered { from, to, suffix } => (pb::ColumnPattern::Numbered, Some((from, to)), suffix),
        ColumnPattern::Prefixed => (pb::ColumnPattern::Prefixed, None, ""),
    };
    let (cells, words_of_cells) = cell_kind(spec.cells);
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
        cells: cells.into(),
        words: words_of_cells.iter().map(word_descriptor).collect(),
        clearing: clearing(spec.clearing).into(),
    }
}

fn cell_kind(cells: CellKind) -> (pb::CellKind, &'static [WordSpec]) {
    match cells {
        CellKind::Text => (pb::CellKind::Text, &[]),
        CellKind::Number => (pb::CellKind::Number, &[]),
        CellKind::Switch => (pb::CellKind::Switch, &[]),
        CellKind::Time => (pb::CellKind::Time, &[]),
        CellKind::Words(words) => (pb::CellKind::Word, words),
    }
}

fn word_descriptor(spec: &WordSpec) -> pb::WordDescriptor {
    pb::WordDescriptor { word: spec.word.to_owned(), help: spec.help.to_owned() }
}

fn clearing(clearing: Clearing) -> pb::Clearing {
    match clearing {
        Clearing::Never => pb::Clearing::Never,
        Clearing::Marker => pb::Clearing::Marker,
        Clearing::Blank => pb::Clearing::Blank,
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
