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
}

impl Statement {
    /// Begins with `text`, in which `{user}` stands for the table `user` of this site.
    pub(super) fn new(dialect: &Dialect, text: &str) -> Self {
        let statement = Self { dialect: dialect.clone(), sql: String::with_capacity(256), arguments: Vec::new() };
        statement.push(text)
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
