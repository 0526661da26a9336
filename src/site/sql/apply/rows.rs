//! Rows on their way into a statement: column names, and the values row after row in one list.

use super::{MAX_ARGUMENTS, WITH_BLOCK};
use crate::site::fields::{CohortField, ColumnKind, CourseField, GroupField, UserField};
use crate::site::sql::statement::Value;

/// Rows with the same columns.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) columns: Vec<&'static str>,
    pub(super) values: Vec<Value>,
}

/// Arguments that a statement may add to those of its rows.
const SPARE_ARGUMENTS: usize = 16;

impl Rows {
    pub(super) fn new(columns: impl Into<Vec<&'static str>>) -> Self {
        Self { columns: columns.into(), values: Vec::new() }
    }

    /// Rows of a single column `id`.
    pub(super) fn of_ids(ids: impl IntoIterator<Item = i64>) -> Self {
        Self { columns: vec!["id"], values: ids.into_iter().map(Value::Int).collect() }
    }

    /// Rows of two numbers.
    pub(super) fn of_pairs(columns: [&'static str; 2], pairs: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let values = pairs.into_iter().flat_map(|(a, b)| [Value::Int(a), Value::Int(b)]).collect();
        Self { columns: columns.into(), values }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: impl IntoIterator<Item = Value>) {
        self.values.extend(row);
        debug_assert_eq!(self.values.len() % self.columns.len(), 0, "a row of {:?} is incomplete", self.columns);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The rows in pieces that fit into a statement.
    pub(super) fn blocks(&self) -> std::slice::Chunks<'_, Value> {
        let width = self.columns.len();
        self.values.chunks(WITH_BLOCK.min((MAX_ARGUMENTS - SPARE_ARGUMENTS) / width) * width)
    }
}

/// A column that command files may set.
pub(super) trait Column: Copy + PartialEq {
    fn name(self) -> &'static str;
    fn kind(self) -> ColumnKind;

    /// The value to store for a text.
    fn value(self, text: &str) -> Value {
        match self.kind() {
            ColumnKind::Integer => Value::Int(text.trim().parse().unwrap_or(0)),
            ColumnKind::Text(_) | ColumnKind::LongText => Value::from(text),
        }
    }
}

impl Column for UserField {
    fn name(self) -> &'static str {
        self.column()
    }

    fn kind(self) -> ColumnKind {
        Self::kind(self)
    }
}

impl Column for CohortField {
    fn name(self) -> &'static str {
        self.column()
    }

    fn kind(self) -> ColumnKind {
        Self::kind(self)
    }

    /// A cohort without an idnumber has none at all, so that many may have none.
    fn value(self, text: &str) -> Value {
        match self {
            Self::Idnumber if text.is_empty() => Value::Null,
            Self::Visible => Value::Int(i64::from(text != "0")),
            _ => Value::from(text),
        }
    }
}

impl Column for GroupField {
    fn name(self) -> &'static str {
        self.column()
    }

    fn kind(self) -> ColumnKind {
        Self::kind(self)
    }
}

impl Column for CourseField {
    fn name(self) -> &'static str {
        self.column()
    }

    fn kind(self) -> ColumnKind {
        Self::kind(self)
    }
}

/// Rows grouped by the columns they set, since a statement serves rows with the same columns.
#[derive(Debug)]
pub(super) struct ByColumns<C> {
    fixed: &'static [&'static str],
    groups: Vec<(Vec<C>, Rows)>,
}

impl<C: Column> ByColumns<C> {
    /// `fixed` columns come first in every row.
    pub(super) fn new(fixed: &'static [&'static str]) -> Self {
        Self { fixed, groups: Vec::new() }
    }

    /// Adds a row: the values of the fixed columns, then those that `fields` goes through.
    pub(super) fn push<'v, I>(&mut self, fixed: impl IntoIterator<Item = Value>, fields: impl Fn() -> I)
    where
        I: Iterator<Item = (C, &'v str)>,
    {
        let known =
            self.groups.iter().rposition(|(columns, _)| columns.iter().copied().eq(fields().map(|field| field.0)));
        let at = known.unwrap_or_else(|| {
            let columns: Vec<C> = fields().map(|(column, _)| column).collect();
            let names = self.fixed.iter().copied().chain(columns.iter().map(|column| column.name()));
            let rows = Rows::new(names.collect::<Vec<_>>());
            self.groups.push((columns, rows));
            self.groups.len() - 1
        });
        self.groups[at].1.push(fixed.into_iter().chain(fields().map(|(column, text)| column.value(text))));
    }

    /// The groups.
    pub(super) fn into_rows(self) -> impl Iterator<Item = Rows> {
        self.groups.into_iter().map(|(_, rows)| rows)
    }
}
