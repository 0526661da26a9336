//! What the tools say about themselves, as one Markdown page. Knows no tool by name.

use super::column_name;
use crate::rpc::pb;
use std::fmt::{self, Write};

const INTRODUCTION: &str = "\
# Command files

Every tool with its columns, words, options and a small file, as the tools themselves describe them. This page is printed
by `toolsync tools --markdown`; `toolsync tools NAME` shows one tool.

One line is one order, lines are independent of each other, and they are carried out in their order. Below a header the
columns come in any order. An absent column and a blank cell leave a value as it is, unless the column says otherwise.

A number in a column's name is written without leading zeros: `course<1..99>` is `course1` to `course99`, `topic<0..52>`
is `topic0` to `topic52`, and a missing end means that there is none. `<...>` stands for text of your own.

What cells hold:

- *text*: a value as it is.
- *number*: a whole number in plain digits.
- *switch*: `1` or `0`; also yes and no, true and false, on and off.
- *time*: `2026-09-01`, `2026-09-01 08:30`, `2026-09-01 08:30:15`, RFC 3339, or Unix seconds. Without an offset it is the
  time of the site. `20260901` and `1 September 2026` are understood, too, and `09/12/2026` is the 12th of September.
- *word*: one of the words listed below the columns, in any case.

*Cleared by* says what empties a stored value: `*CLEAR*`, or a blank cell as well. Where it says nothing, nothing does.

Options are given as `--option NAME=VALUE`, or in the `options` of `RunTool` and of a schedule. Where the plug-in Tool Sync
has a setting with the same meaning, the last column of their tables names it; its `simulate` is `--dry-run`.
";

/// The page.
pub(super) fn page(tools: &pb::ListToolsResponse) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut page, tools);
    page
}

fn write_page(page: &mut String, tools: &pb::ListToolsResponse) -> fmt::Result {
    writeln!(page, "{INTRODUCTION}\n## Tools\n")?;
    let rows = tools.tools.iter().map(|tool| [format!("[{0}](#{0})", tool.name), escaped(&tool.summary)]);
    table(page, ["Tool", "What it does"], rows)?;
    writeln!(page, "\n## Options of every run\n")?;
    options(page, &tools.run_options)?;
    tools.tools.iter().try_for_each(|tool| section(page, tool))
}

fn section(page: &mut String, tool: &pb::ToolDescriptor) -> fmt::Result {
    writeln!(page, "\n## {}\n\n{}\n", tool.name, escaped(&tool.summary))?;
    facts(tool).iter().try_for_each(|fact| writeln!(page, "- {fact}"))?;
    let (ignored, columns): (Vec<_>, Vec<_>) = tool.columns.iter().partition(|column| column.ignored);
    writeln!(page, "\n### Columns of {}\n", tool.name)?;
    table(page, ["Column", "Cells", "Needed", "Cleared by", "Meaning"], columns.iter().map(|column| row(column)))?;
    if !ignored.is_empty() {
        writeln!(page, "\nAccepted without effect:\n")?;
        for alike in ignored.chunk_by(|one, other| one.help == other.help) {
            let names: Vec<String> = alike.iter().map(|column| code(&column_name(column))).collect();
            writeln!(page, "- {}: {}", names.join(", "), escaped(&alike[0].help))?;
        }
    }
    for column in columns.iter().filter(|column| !column.words.is_empty()) {
        writeln!(page, "\n### Words of {} in {}\n", column_name(column), tool.name)?;
        let rows = column.words.iter().map(|word| [code(&word.word), escaped(&word.help)]);
        table(page, ["Word", "Meaning"], rows)?;
    }
    if !tool.options.is_empty() {
        writeln!(page, "\n### Options of {}\n", tool.name)?;
        options(page, &tool.options)?;
    }
    let sample = if tool.layout() == pb::FileLayout::Archive { "Entries of a small archive" } else { "A small file" };
    writeln!(page, "\n### {sample} for {}\n\n```\n{}\n```", tool.name, tool.sample.trim_end())
}

fn facts(tool: &pb::ToolDescriptor) -> Vec<String> {
    let mut facts = Vec::new();
    match tool.impact() {
        pb::Impact::Reads => facts.push("It only looks: its runs change nothing."),
        pb::Impact::Destroys => facts.push("Deleting is its purpose: `apply` never chooses it, `run` names it."),
        pb::Impact::Changes | pb::Impact::Unspecified => {}
    }
    facts.push(match (tool.layout(), tool.case_insensitive_header) {
        (pb::FileLayout::Positional, _) => "Its files have no header; cells come in the order of the columns below.",
        (pb::FileLayout::WholeLine, _) => "Its files have no header; a line is one value, separators included.",
        (pb::FileLayout::Archive, _) => {
            "Its files are zip archives; each entry is a line, numbered by its place in the archive, and the column below is \
             its name."
        }
        (_, true) => "Its files begin with a header; column names are taken in any case.",
        (_, false) => "Its files begin with a header; column names are taken exactly as written here.",
    });
    if tool.exact_cell_count {
        facts.push("A line with fewer or more cells than the header is refused.");
    }
    if tool.file_optional {
        facts.push("Without a file it makes its own list, as the site is when the run is accepted.");
    }
    let mut facts: Vec<String> = facts.into_iter().map(str::to_owned).collect();
    if !tool.default_file_names.is_empty() {
        let names: Vec<String> = tool.default_file_names.iter().map(|name| code(name)).collect();
        facts.push(format!("Usual names of its files: {}.", names.join(", ")));
    }
    facts
}

fn row(column: &pb::ColumnDescriptor) -> [String; 5] {
    let mut name = code(&column_name(column));
    for alias in &column.aliases {
        let other = pb::ColumnDescriptor { name: alias.clone(), ..column.clone() };
        name.push_str(&format!(" or {}", code(&column_name(&other))));
    }
    let cells = match column.cells() {
        pb::CellKind::Text | pb::CellKind::Unspecified => "text",
        pb::CellKind::Number => "number",
        pb::CellKind::Switch => "switch",
        pb::CellKind::Time => "time",
        pb::CellKind::Word => "word",
    };
    let cleared_by = match column.clearing() {
        pb::Clearing::Marker => "`*CLEAR*`",
        pb::Clearing::Blank => "blank cell, `*CLEAR*`",
        pb::Clearing::Never | pb::Clearing::Unspecified => "",
    };
    let needed = if column.required { "yes" } else { "" };
    [name, cells.to_owned(), needed.to_owned(), cleared_by.to_owned(), escaped(&column.help)]
}

fn options(page: &mut String, options: &[pb::OptionDescriptor]) -> fmt::Result {
    let rows = options.iter().map(|option| {
        let values = match option.kind() {
            pb::OptionKind::Flag => "`true`, `false`".to_owned(),
            pb::OptionKind::Choice => option.choices.iter().map(|word| code(word)).collect::<Vec<_>>().join(", "),
            pb::OptionKind::Text | pb::OptionKind::Unspecified => "text".to_owned(),
        };
        let [default, original] = [&option.default_value, &option.original_setting].map(|text| code(text));
        [code(&option.name), values, default, escaped(&option.help), original]
    });
    table(page, ["Option", "Values", "Default", "Meaning", "Setting of Tool Sync"], rows)
}

fn table<const N: usize>(
    page: &mut String,
    headings: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> fmt::Result {
    writeln!(page, "| {} |\n|{}", headings.join(" | "), "---|".repeat(N))?;
    rows.into_iter().try_for_each(|cells| writeln!(page, "| {} |", cells.join(" | ")))
}

/// Text as code; nothing for empty text.
fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{}`", text.replace('|', "\\|")) }
}

/// Plain text in which nothing is taken for markup, not even inside a table.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        if "\\`*<[|".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_taken_for_markup() {
        assert_eq!(escaped("course<n> or *NOPASS*"), "course\\<n> or \\*NOPASS\\*");
        assert_eq!(code("name|summary"), "`name\\|summary`");
        assert_eq!(code(""), "");
    }

    #[test]
    fn a_column_has_all_its_names() {
        let column = pb::ColumnDescriptor {
            name: "start".to_owned(),
            pattern: pb::ColumnPattern::Numbered as i32,
            first_number: Some(1),
            last_number: Some(9),
            aliases: vec!["enroltimestart".to_owned()],
            cells: pb::CellKind::Time as i32,
            clearing: pb::Clearing::Marker as i32,
            required: true,
            help: "When.".to_owned(),
            ..Default::default()
        };
        let expected = ["`start<1..9>` or `enroltimestart<1..9>`", "time", "yes", "`*CLEAR*`", "When."];
        assert_eq!(row(&column), expected);
    }
}
