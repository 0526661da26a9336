//! What tools say about themselves.

use super::super::names;
use crate::rpc::pb;
use serde::Serialize;

/// A tool.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ToolJson<'a> {
    name: &'a str,
    summary: &'a str,
    impact: &'static str,
    layout: &'static str,
    file_optional: bool,
    case_insensitive_header: bool,
    exact_cell_count: bool,
    columns: Vec<ColumnJson<'a>>,
    options: Vec<OptionJson<'a>>,
    default_file_names: &'a [String],
    sample: &'a str,
}

#[derive(Debug, Serialize)]
struct ColumnJson<'a> {
    name: &'a str,
    pattern: &'static str,
    first_number: Option<u32>,
    last_number: Option<u32>,
    suffix: &'a str,
    aliases: &'a [String],
    required: bool,
    ignored: bool,
    help: &'a str,
}

/// An option of a tool, or of every run.
#[derive(Debug, Serialize)]
struct OptionJson<'a> {
    name: &'a str,
    kind: &'static str,
    choices: &'a [String],
    default_value: &'a str,
    original_setting: &'a str,
    help: &'a str,
}

impl<'a> ToolJson<'a> {
    /// A tool with its own options and those of every run.
    pub(in crate::cli) fn new(tool: &'a pb::ToolDescriptor, run_options: &'a [pb::OptionDescriptor]) -> Self {
        let column = |column: &'a pb::ColumnDescriptor| ColumnJson {
            name: &column.name,
            pattern: names::column_pattern(column.pattern),
            first_number: column.first_number,
            last_number: column.last_number,
            suffix: &column.suffix,
            aliases: &column.aliases,
            required: column.required,
            ignored: column.ignored,
            help: &column.help,
        };
        Self {
            name: &tool.name,
            summary: &tool.summary,
            impact: names::impact(tool.impact),
            layout: names::file_layout(tool.layout),
            file_optional: tool.file_optional,
            case_insensitive_header: tool.case_insensitive_header,
            exact_cell_count: tool.exact_cell_count,
            columns: tool.columns.iter().map(column).collect(),
            options: tool.options.iter().chain(run_options).map(OptionJson::from).collect(),
            default_file_names: &tool.default_file_names,
            sample: &tool.sample,
        }
    }
}

impl<'a> From<&'a pb::OptionDescriptor> for OptionJson<'a> {
    fn from(option: &'a pb::OptionDescriptor) -> Self {
        Self {
            name: &option.name,
            kind: names::option_kind(option.kind),
            choices: &option.choices,
            default_value: &option.default_value,
            original_setting: &option.original_setting,
            help: &option.help,
        }
    }
}
