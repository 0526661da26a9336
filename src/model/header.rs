//! The header of a command file, bound to the columns of a tool.

use super::tool::ColumnSpec;
use super::{Line, Problem};

/// A column of a file that the tool understands.
#[derive(Debug, Clone)]
pub struct BoundColumn {
    /// Which cell of a line.
    pub index: usize,
    /// What the tool says about it.
    pub spec: &'static ColumnSpec,
    /// The number in its name: 2 for `course2`.
    pub number: Option<u32>,
    /// The text after a prefix: `campus` for `profile_field_campus`.
    pub tail: Option<String>,
    /// Its name as written in the header.
    pub name: String,
}

impl BoundColumn {
    /// The value of the column in a line, unless missing or blank.
    pub fn value<'l>(&self, line: &'l Line) -> Option<&'l str> {
        line.value(self.index)
    }
}

/// A header, bound to the columns of a tool.
#[derive(Debug, Clone, Default)]
pub struct BoundHeader {
    /// The columns that mean something, in the order of the file.
    pub columns: Vec<BoundColumn>,
    /// How many cells the header has, ignored columns included.
    pub width: usize,
    /// What there is to tell: ignored columns.
    pub notices: Vec<Problem>,
}

impl BoundHeader {
    /// The columns of a list, in their order.
    pub fn of_list(columns: &'static [ColumnSpec]) -> Self {
        let column = |(index, spec): (usize, &'static ColumnSpec)| BoundColumn {
            index,
            spec,
            number: None,
            tail: None,
            name: spec.name.to_owned(),
        };
        Self { columns: columns.iter().enumerate().map(column).collect(), width: columns.len(), notices: Vec::new() }
    }

    /// The column with that name (as in the tool's description).
    pub fn column(&self, name: &str) -> Option<&BoundColumn> {
        self.columns.iter().find(|column| column.spec.name == name && column.number.is_none())
    }

    /// The columns `<name><n><suffix>`, by number.
    pub fn numbered(&self, name: &str, suffix: &str) -> Vec<&BoundColumn> {
        let wanted = |column: &&BoundColumn| {
            column.spec.name == name
                && matches!(column.spec.pattern, super::ColumnPattern::Numbered { suffix: own, .. } if own == suffix)
        };
        let mut columns: Vec<_> = self.columns.iter().filter(wanted).collect();
        columns.sort_by_key(|column| column.number);
        columns
    }

    /// The columns whose name begins with that prefix.
    pub fn prefixed(&self, name: &str) -> impl Iterator<Item = &BoundColumn> {
        self.columns.iter().filter(move |column| column.spec.name == name && column.tail.is_some())
    }

    /// A header of these names, for tests of tools. Panics on names that the tool does not know.
    #[cfg(test)]
    pub fn of(descriptor: &'static super::ToolDescriptor, names: &[&str]) -> Self {
        let bind = |(index, name): (usize, &&str)| {
            descriptor
                .columns
                .iter()
                .find_map(|spec| spec.matches(name).map(|found| (spec, found)))
                .map(|(spec, (number, tail))| BoundColumn { index, spec, number, tail, name: (*name).to_owned() })
                .unwrap_or_else(|| panic!("the tool has no column {name}"))
        };
        Self { columns: names.iter().enumerate().map(bind).collect(), width: names.len(), notices: Vec::new() }
    }
}

impl ColumnSpec {
    /// Whether `name` is this column, and if so its number and the text after its prefix. Exact case.
    pub fn matches(&self, name: &str) -> Option<(Option<u32>, Option<String>)> {
        use super::ColumnPattern::{Exact, Numbered, Prefixed};
        let stems = std::iter::once(self.name).chain(self.aliases.iter().copied());
        stems.into_iter().find_map(|stem| match self.pattern {
            Exact => (name == stem).then_some((None, None)),
            Numbered { from, to, suffix } => {
                let digits = name.strip_prefix(stem)?.strip_suffix(suffix)?;
                let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
                let number = digits.parse().ok().filter(|n| plain && (from..=to).contains(n))?;
                Some((Some(number), None))
            }
            Prefixed => name.strip_prefix(stem).filter(|t| !t.is_empty()).map(|t| (None, Some(t.to_owned()))),
        })
    }
}
