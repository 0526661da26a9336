//! Rows on their way into a statement: column names, and the values row after row in one list.

use crate::site::fields::{CohortField, ColumnKind, CourseField, GroupField, UserField};
use crate::site::sql::dialect::Dialect;
use crate::site::sql::statement::Value;

/// Rows with the same columns.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) columns: Vec<&'static str>,
    pub(super) values: Vec<Value>,
}

/// Bytes of text in one statement. Servers refuse what is longer than their `max_allowed_packet`, 16 MB where nobody has
/// set it, and JSON makes text longer.
const TEXT: usize = 4 << 20;

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

    /// The same rows with ids before their columns.
    pub(super) fn numbered(self, ids: &[i64]) -> Self {
        let width = self.columns.len();
        let mut numbered = Self::new([&["id"], &*self.columns].concat());
        let mut values = self.values.into_iter();
        for id in ids {
            numbered.push([Value::Int(*id)].into_iter().chain(values.by_ref().take(width)));
        }
        numbered
    }

    /// The rows in pieces of at most so many, and of no more text than a statement may have unless one row has more.
    pub(super) fn blocks(&self, most: usize) -> impl Iterator<Item = &[Value]> {
        let width = self.columns.len();
        let mut rest = &*self.values;
        std::iter::from_fn(move || {
            let mut text = 0;
            let fits = |row: &&[Value]| {
                text += row.iter().map(Value::bytes).sum::<usize>();
                text <= TEXT
            };
            let rows = rest.chunks(width).take(most).take_while(fits).count().max(1);
            let (block, after) = rest.split_at((rows * width).min(rest.len()));
            rest = after;
            (!block.is_empty()).then_some(block)
        })
    }

    /// The rows in pieces for statements that begin with `with v(…)`.
    pub(super) fn with_blocks(&self, dialect: &Dialect) -> impl Iterator<Item = &[Value]> {
        self.blocks(dialect.with_block(self.columns.len()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_so_many_rows_and_so_much_text() {
        let cases: [(&[usize], usize, &[usize]); 6] = [
            (&[], 3, &[]),
            (&[1; 7], 3, &[3, 3, 1]),
            (&[TEXT / 2; 5], 9, &[2, 2, 1]),
            (&[TEXT / 2 + 1; 2], 9, &[1, 1]),
            (&[1, 2 * TEXT, 1, 1], 9, &[1, 1, 2]),
            (&[2 * TEXT], 1, &[1]),
        ];
        for (lengths, most, expected) in cases {
            let mut rows = Rows::new(["id", "text"]);
            lengths.iter().for_each(|length| rows.push([Value::Int(1), "x".repeat(*length).into()]));
            let found: Vec<usize> = rows.blocks(most).map(|block| block.len() / 2).collect();
            assert_eq!(found, expected, "{lengths:?}");
        }
    }
}
