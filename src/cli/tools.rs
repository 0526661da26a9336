//! `toolsync tools`

mod markdown;

use super::json::ToolJson;
use super::options::tool_named;
use super::output::{Format, Output};
use super::run::list_tools;
use super::session::Session;
use super::table::{Align, Table};
use super::{CliError, Verdict};
use crate::rpc::pb;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct ToolsArgs {
    /// Only this tool, with its columns and options
    name: Option<String>,
    /// Print a small command file for the tool, and nothing else
    #[arg(long, requires = "name")]
    sample: bool,
    /// Print everything about every tool as one Markdown page
    #[arg(long, conflicts_with_all = ["name", "sample"])]
    markdown: bool,
}

pub(super) async fn tools(args: ToolsArgs, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let tools = list_tools(session).await?;
    match args.name {
        None if args.markdown => output.bytes(markdown::page(&tools).as_bytes())?,
        None => list(&tools, output)?,
        Some(name) => {
            let tool = tool_named(&name, &tools)?;
            match output.format() {
                _ if args.sample => output.bytes(tool.sample.as_bytes())?,
                Format::Json => output.json(&ToolJson::new(tool, &tools.run_options))?,
                Format::Human => show(tool, &tools.run_options, output)?,
            }
        }
    }
    Ok(Verdict::Fine)
}

fn list(tools: &pb::ListToolsResponse, output: &Output) -> Result<(), CliError> {
    if output.format() == Format::Json {
        return tools.tools.iter().try_for_each(|tool| output.json(&ToolJson::new(tool, &tools.run_options)));
    }
    let mut table = Table::new([("TOOL", Align::Left), ("WHAT IT DOES", Align::Left)]);
    for tool in &tools.tools {
        table.row([tool.name.clone(), tool.summary.clone()]);
    }
    output.table(&table)
}

fn show(tool: &pb::ToolDescriptor, run_options: &[pb::OptionDescriptor], output: &Output) -> Result<(), CliError> {
    output.line(format_args!("{}: {}", tool.name, tool.summary))?;
    if !tool.default_file_names.is_empty() {
        output.line(format_args!("Recognised by name: {}", tool.default_file_names.join(", ")))?;
    }
    output.line("")?;
    output.table(&columns(tool))?;
    output.line("")?;
    output.table(&options(tool.options.iter().chain(run_options)))?;
    output.line("\nA small file:\n")?;
    tool.sample.lines().try_for_each(|line| output.line(format_args!("    {line}")))
}

fn columns(tool: &pb::ToolDescriptor) -> Table {
    let mut table = Table::new([("COLUMN", Align::Left), ("", Align::Left), ("MEANING", Align::Left)]);
    for column in &tool.columns {
        let mark = match column {
            column if column.required => "required",
            column if column.ignored => "ignored",
            _ => "",
        };
        let mut meaning = column.help.clone();
        if !column.words.is_empty() {
            let words: Vec<&str> = column.words.iter().map(|word| word.word.as_str()).collect();
            meaning.push_str(&format!(" Words: {}.", words.join(", ")));
        }
        meaning.push_str(match column.clearing() {
            pb::Clearing::Marker => " Clearable.",
            pb::Clearing::Blank => " A blank cell clears it.",
            pb::Clearing::Never | pb::Clearing::Unspecified => "",
        });
        if !column.aliases.is_empty() {
            meaning.push_str(&format!(" Also: {}.", column.aliases.join(", ")));
        }
        table.row([column_name(column), mark.to_owned(), meaning]);
    }
    table
}

fn column_name(column: &pb::ColumnDescriptor) -> String {
    match column.pattern() {
        pb::ColumnPattern::Numbered => {
            let first = column.first_number.unwrap_or(0);
            let last = column.last_number.filter(|last| *last < u32::MAX).map(|last| last.to_string());
            format!("{}<{first}..{}>{}", column.name, last.unwrap_or_default(), column.suffix)
        }
        pb::ColumnPattern::Prefixed => format!("{}<...>", column.name),
        pb::ColumnPattern::Exact | pb::ColumnPattern::Unspecified => column.name.clone(),
    }
}

fn options<'a>(options: impl Iterator<Item = &'a pb::OptionDescriptor>) -> Table {
    let headings = ["OPTION", "DEFAULT", "VALUES", "MEANING"];
    let mut table = Table::new(headings.map(|heading| (heading, Align::Left)));
    for option in options {
        let values = match option.kind() {
            pb::OptionKind::Flag => "true, false".to_owned(),
            pb::OptionKind::Choice => option.choices.join(", "),
            pb::OptionKind::Text | pb::OptionKind::Unspecified => "text".to_owned(),
        };
        table.row([option.name.clone(), option.default_value.clone(), values, option.help.clone()]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_they_are_written() {
        let column = |pattern: pb::ColumnPattern| pb::ColumnDescriptor {
            name: "teacher".to_owned(),
            pattern: pattern as i32,
            first_number: Some(1),
            last_number: Some(9),
            suffix: "_role".to_owned(),
            ..Default::default()
        };
        assert_eq!(column_name(&column(pb::ColumnPattern::Exact)), "teacher");
        assert_eq!(column_name(&column(pb::ColumnPattern::Prefixed)), "teacher<...>");
        assert_eq!(column_name(&column(pb::ColumnPattern::Numbered)), "teacher<1..9>_role");
        let endless = pb::ColumnDescriptor { last_number: Some(u32::MAX), ..column(pb::ColumnPattern::Numbered) };
        assert_eq!(column_name(&endless), "teacher<1..>_role");
    }
}
