//! Building statements: table names with prefix and quotes, lists of values, rows of values.
//!
//! Every statement that reaches a database is made here; values travel as arguments, never as text.

use super::dialect::Dialect;

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Int(i64),
    Text(String),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row as read.
#[derive(Debug, Clone)]
pub(super) struct Row(pub(super) Vec<Value>);

impl Row {
    /// A number; 0 where the column is null.
    pub(super) fn int(&self, column: usize) -> i64 {
        match &self.0[column] {
            Value::Int(number) => *number,
            Value::Text(text) => text.parse().unwrap_or(0),
            Value::Null => 0,
        }
    }

    /// A number, or nothing where the column is null.
    pub(super) fn opt_int(&self, column: usize) -> Option<i64> {
        (self.0[column] != Value::Null).then(|| self.int(column))
    }

    /// A text, taken out of the row; empty where the column is null.
    pub(super) fn text(&mut self, column: usize) -> String {
        self.opt_text(column).unwrap_or_default()
    }

    /// A text, taken out of the row, or nothing where the column is null.
    pub(super) fn opt_text(&mut self, column: usize) -> Option<String> {
        match std::mem::replace(&mut self.0[column], Value::Null) {
            Value::Null => None,
            Value::Int(number) => Some(number.to_string()),
            Value::Text(text) => Some(text),
        }
    }
}

/// Most values that one statement carries; SQLite takes 32,766, the others 65,535.
pub(super) const MAX_ARGUMENTS: usize = 30_000;

/// A statement being built.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    dialect: Dialect,
    pub(super) sql: String,
    pub(super) arguments: Vec<Value>,
    /// Whether its text comes again often enough for the database to keep it prepared.
    pub(super) keep: bool,
}

impl Statement {
    /// Begins with `text`, in which `{user}` stands for the table `user` of this site.
    pub(super) fn new(dialect: &Dialect, text: &str) -> Self {
        let sql = String::with_capacity(256);
        let statement = Self { dialect: dialect.clone(), sql, arguments: Vec::new(), keep: true };
        statement.push(text)
    }

    /// Begins with `with v(a, b) as (values …)`, `values` row after row. The rows are padded as lists are, so what
    /// follows must not mind that the last row comes several times.
    pub(super) fn with_rows(dialect: &Dialect, columns: &[&str], values: &[Value]) -> Self {
        let width = columns.len();
        let rows = values.len() / width;
        let last = &values[values.len() - width..];
        let padding = padded_length(rows) - rows;
        let padded = values.iter().chain(std::iter::repeat_n(last, padding).flatten()).cloned();
        let statement = Self::new(dialect, "with v(").push(&columns.join(", ")).push(") as (values ");
        statement.tuples(width, padded).push(") ")
    }

    /// Says that the text will hardly come again.
    pub(super) fn once(mut self) -> Self {
        self.keep = false;
        self
    }

    /// Goes on after [`Self::with_rows`]: rows of `table` get the `columns` of the row of `v` with the same `keys`.
    pub(super) fn update_from_rows(self, table: &str, keys: &[&str], columns: &[&str]) -> Self {
        let form = self.dialect.update_from_rows(table, keys, columns);
        self.push(&form)
    }

    /// Goes on with `text`.
    pub(super) fn push(mut self, text: &str) -> Self {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (table, after) = after.split_once('}').unwrap_or((after, ""));
            self.sql.push_str(before);
            self.dialect.push_table(&mut self.sql, table);
            rest = after;
        }
        self.sql.push_str(rest);
        self
    }

    /// One value.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.arguments.push(value.into());
        self.dialect.push_placeholder(&mut self.sql, self.arguments.len());
        self
    }

    /// `(?, ?, …)`. The list is padded to one of few lengths by repeating its last value, so that the database sees
    /// few different statements and can keep them prepared. An empty list matches nothing.
    pub(super) fn list<V: Into<Value> + Clone>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        let Some(last) = values.last().cloned() else { return self.push("(null)") };
        let padded = padded_length(values.len());
        self.sql.push('(');
        for (at, value) in values.into_iter().chain(std::iter::repeat(last)).take(padded).enumerate() {
            if at > 0 {
                self.sql.push(',');
            }
            self = self.bind(value);
        }
        self.push(")")
    }

    /// `(?, ?), (?, ?), …`
    pub(super) fn rows(mut self, rows: impl IntoIterator<Item = Vec<Value>>) -> Self {
        for (at, row) in rows.into_iter().enumerate() {
            self.sql.push_str(if at > 0 { ",(" } else { "(" });
            for (column, value) in row.into_iter().enumerate() {
                if column > 0 {
                    self.sql.push(',');
                }
                self = self.bind(value);
            }
            self.sql.push(')');
        }
        self
    }

    /// `(?, ?), (?, ?), …`: `values` row after row, `width` values each.
    pub(super) fn tuples(mut self, width: usize, values: impl IntoIterator<Item = Value>) -> Self {
        for (at, value) in values.into_iter().enumerate() {
            self.sql.push_str(match (at, at % width) {
                (0, _) => "(",
                (_, 0) => "),(",
                _ => ",",
            });
            self = self.bind(value);
        }
        self.push(")")
    }
}

fn padded_length(length: usize) -> usize {
    match length {
        0..=8 => length.next_power_of_two(),
        9..=32 => 32,
        33..=128 => 128,
        129..=512 => 512,
        513..=1000 => 1000,
        more => more.next_multiple_of(1000),
    }
}
