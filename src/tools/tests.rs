//! Descriptions are true: every column of every tool is tried with cells that tell what it holds.

use super::options::ToolOptions;
use super::{TOOLS, Tool};
use crate::model::{
    BoundHeader, CellKind, Clearing, ColumnPattern, ColumnSpec, Layout, Line, OptionKind, Problem, ToolDescriptor,
};
use crate::site::{SiteFacts, World};
use crate::tools::values::CLEAR;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// No value of any kind but text.
const NONSENSE: &str = "~";

/// A name of the column in a header.
fn name_of(column: &ColumnSpec) -> String {
    match column.pattern {
        ColumnPattern::Exact => column.name.to_owned(),
        ColumnPattern::Numbered { from, suffix, .. } => format!("{}{from}{suffix}", column.name),
        ColumnPattern::Prefixed => format!("{}x", column.name),
    }
}

fn defaults(descriptor: &ToolDescriptor) -> ToolOptions {
    ToolOptions::check(descriptor.options, &BTreeMap::new()).unwrap()
}

/// The column identifies, where that can be: some are understood only then.
fn identifying(descriptor: &ToolDescriptor, column: &str) -> ToolOptions {
    let chooses = |kind| matches!(kind, OptionKind::Choice(words) if words.contains(&column));
    let wanted = descriptor.options.iter().find(|option| option.name == "identifier" && chooses(option.kind));
    let given: BTreeMap<_, _> = wanted.map(|option| (option.name.to_owned(), column.to_owned())).into_iter().collect();
    ToolOptions::check(descriptor.options, &given).unwrap()
}

/// The first line of the tool's sample with `text` in that column: what is said about the column.
fn try_cell(tool: &dyn Tool, options: &ToolOptions, column: &ColumnSpec, text: &str) -> Vec<Problem> {
    let descriptor = tool.descriptor();
    let name = name_of(column);
    let mut sample = descriptor.sample.lines().map(|line| line.split(';').map(str::to_owned).collect::<Vec<_>>());
    let mut names: Vec<String> = match descriptor.layout {
        Layout::Header => sample.next().unwrap(),
        Layout::Positional | Layout::WholeLine | Layout::Archive => descriptor.columns.iter().map(name_of).collect(),
    };
    let mut cells = sample.next().unwrap();
    let place = names.iter().position(|own| *own == name).unwrap_or_else(|| {
        names.push(name.clone());
        cells.push(String::new());
        names.len() - 1
    });
    cells[place] = text.to_owned();
    let header = BoundHeader::of(descriptor, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let methods = ("enrol_plugins_enabled".to_owned(), "manual,guest,self,cohort,meta".to_owned());
    let facts = Arc::new(SiteFacts { config: [methods].into(), ..SiteFacts::default() });
    let configured = tool.configure(options).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    let bound = configured.bind(header, Arc::clone(&facts)).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    let line = Line::of(2, &cells.iter().map(String::as_str).collect::<Vec<_>>());
    let plan = bound.job.parse(vec![line]).plan(0, &mut World::new(facts, 1000));
    plan.problems.into_iter().filter(|problem| problem.column.as_deref() == Some(&name)).collect()
}

/// The kind that answers to nonsense betray; none where nothing betrays one.
fn betrayed(problems: &[Problem]) -> Option<&'static str> {
    problems.iter().find_map(|problem| match (problem.reason.name(), problem.message.as_str()) {
        ("TIME_INVALID", _) => Some("Time"),
        (reason, _) if reason.ends_with("CMD_INVALID") => Some("Words"),
        (_, message) if message.contains("is neither 1 nor 0") => Some("Switch"),
        (_, message) if message.contains("is not a whole number") => Some("Number"),
        _ => None,
    })
}

fn every_column() -> impl Iterator<Item = (&'static dyn Tool, &'static ColumnSpec)> {
    let columns = |tool: &'static dyn Tool| tool.descriptor().columns.iter().map(move |column| (tool, column));
    TOOLS.into_iter().flat_map(columns).filter(|(_, column)| !column.ignored)
}

#[test]
fn columns_hold_what_they_say() {
    let mut wrong = Vec::new();
    for (tool, column) in every_column() {
        let said = match column.cells {
            CellKind::Text => None,
            CellKind::Number => Some("Number"),
            CellKind::Switch => Some("Switch"),
            CellKind::Time => Some("Time"),
            CellKind::Words(_) => Some("Words"),
        };
        let problems = try_cell(tool, &identifying(tool.descriptor(), column.name), column, NONSENSE);
        let found = betrayed(&problems);
        // A number of a short list is refused in words of its own.
        let listed = said == Some("Number") && found.is_none() && !problems.is_empty();
        if said != found && !listed {
            let (tool, column) = (tool.descriptor().kind, column.name);
            wrong.push(format!("{tool}: {column} says {said:?}, and {NONSENSE} gets {found:?}: {problems:?}"));
        }
    }
    assert!(wrong.is_empty(), "describe these columns with ColumnSpec::of:\n{}", wrong.join("\n"));
}

#[test]
fn words_that_are_described_are_understood() {
    for (tool, column) in every_column() {
        let CellKind::Words(words) = column.cells else { continue };
        for word in words {
            let problems = try_cell(tool, &defaults(tool.descriptor()), column, word.word);
            assert_eq!(betrayed(&problems), None, "{}: {} {}", tool.descriptor().kind, column.name, word.word);
        }
    }
}

#[test]
fn what_is_clearable_takes_the_marker() {
    for (tool, column) in every_column().filter(|(_, column)| column.clearing != Clearing::Never) {
        let problems = try_cell(tool, &defaults(tool.descriptor()), column, CLEAR);
        assert_eq!(problems, [], "{}: {}", tool.descriptor().kind, column.name);
    }
}

#[test]
fn descriptions_are_complete() {
    for tool in TOOLS {
        let ToolDescriptor { kind, summary, columns, options, sample, .. } = tool.descriptor();
        assert!(!summary.is_empty() && !sample.is_empty() && !columns.is_empty(), "{kind}");
        let mut names = HashSet::new();
        for column in *columns {
            assert!(column.help.ends_with('.'), "{kind}: {} says what it means in sentences", column.name);
            assert!(names.insert(name_of(column)), "{kind}: {} is described once", column.name);
            let CellKind::Words(words) = column.cells else { continue };
            assert!(words.iter().all(|word| word.help.ends_with('.')), "{kind}: {} explains its words", column.name);
        }
        for option in *options {
            assert!(option.help.ends_with('.'), "{kind}: {} says what it does in sentences", option.name);
        }
    }
}
