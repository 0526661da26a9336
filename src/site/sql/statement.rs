//! Building statements: table names with prefix and quotes, lists of values, rows of values.
//!
//! Every statement that reaches a database is made here; values travel as arguments, never as text.

use super::dialect::{ChangeFrame, Dialect, Kind, RowsForm, Verb};
use super::indexes;

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

impl Value {
    /// Longest text of a key.
    const KEY: usize = 255;

    fn kind(&self) -> Option<Kind> {
        match self {
            Self::Null => None,
            Self::Int(_) => Some(Kind::Int),
            Self::Text(text) if text.chars().nth(Self::KEY).is_none() => Some(Kind::Text),
            Self::Text(_) => Some(Kind::LongText),
        }
    }

    /// How long it is, as far as it is text.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Null | Self::Int(_) => 0,
            Self::Text(text) => text.len(),
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Int(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
        }
    }

    fn int(&self) -> Option<i64> {
        match self {
            Self::Null => None,
            Self::Int(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

/// What travels with a statement in place of one placeholder.
#[derive(Debug, Clone)]
pub(super) enum Argument {
    One(Value),
    /// An array of numbers; only PostgreSQL knows arrays.
    Ints(Vec<Option<i64>>),
    /// An array of texts.
    Texts(Vec<Option<String>>),
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

/// Which rows change, and how they are found.
pub(super) struct RowChange<'a> {
    pub(super) verb: Verb,
    pub(super) table: &'a str,
    /// Columns of the table that equal those of the selection. The first leads to the rows: few rows have the same value
    /// in it.
    pub(super) keys: &'a [&'a str],
    /// A query over `v` with one column for each key.
    pub(super) selection: &'a str,
    /// One more condition on the rows, or nothing.
    pub(super) rest: &'a str,
}

/// A statement being built.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    dialect: Dialect,
    pub(super) sql: String,
    pub(super) arguments: Vec<Argument>,
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

    /// Goes on with `with v(a, b) as (…)`, `values` row after row. The rows may be padded as lists are, so what follows
    /// must not mind that the last row comes several times.
    pub(super) fn with_rows(self, columns: &[&str], values: &[Value]) -> Self {
        let width = columns.len();
        let with = self.push("with v(").push(&columns.join(", "));
        if with.dialect.rows_form() == RowsForm::Values {
            let rows = values.len() / width;
            let last = &values[values.len() - width..];
            let padding = padded_length(rows) - rows;
            let padded = values.iter().chain(std::iter::repeat_n(last, padding).flatten()).cloned();
            return with.push(") as (values ").tuples(width, padded).push(") ");
        }
        let kinds: Vec<Kind> = (0..width).map(|at| kind_of(values, width, at).unwrap_or(Kind::LongText)).collect();
        with.push(") as (select * from ").rows_source(&kinds, values).push(") ")
    }

    /// `insert into table (columns)` and the rows, `values` row after row.
    pub(super) fn insert(dialect: &Dialect, table: &str, columns: &[&str], values: &[Value]) -> Self {
        let width = columns.len();
        let head = Self::new(dialect, &format!("insert into {{{table}}} ({}) ", columns.join(", ")));
        if dialect.rows_form() != RowsForm::Arrays {
            return head.push("values ").tuples(width, values.iter().cloned());
        }
        let kind =
            |at: usize| kind_of(values, width, at).unwrap_or_else(|| Dialect::kind_of_column(table, columns[at]));
        let kinds: Vec<Kind> = (0..width).map(kind).collect();
        head.push("select * from ").rows_source(&kinds, values)
    }

    fn rows_source(mut self, kinds: &[Kind], values: &[Value]) -> Self {
        let width = kinds.len();
        let column = |at: usize| values.iter().skip(at).step_by(width);
        self.dialect.push_rows_source(&mut self.sql, kinds, self.arguments.len() + 1);
        match self.dialect.rows_form() {
            RowsForm::Values => {}
            RowsForm::Json => self.arguments.push(Argument::One(Value::Text(json(values, width)))),
            RowsForm::Arrays => {
                self.arguments.extend(kinds.iter().enumerate().map(|(at, kind)| match kind {
                    Kind::Int => Argument::Ints(column(at).map(Value::int).collect()),
                    Kind::Text | Kind::LongText => Argument::Texts(column(at).map(Value::text).collect()),
                }));
            }
        }
        self
    }

    /// Deletes or updates rows of `table`, called `t` in the statement: those whose `keys` are among what `selection`
    /// selects from `v`, and that meet the condition `rest`. `set` says what an update sets.
    pub(super) fn change(
        dialect: &Dialect,
        change: &RowChange<'_>,
        (columns, values): (&[&str], &[Value]),
        set: impl FnOnce(Self) -> Self,
    ) -> Self {
        let RowChange { verb, table, keys, selection, rest } = change;
        let start = Self::new(dialect, "");
        match dialect.change_frame(*verb) {
            ChangeFrame::With { head } => {
                let with = start.with_rows(columns, values).push(&head.replace("{table}", &format!("{{{table}}}")));
                let key = |(at, key): (usize, &&str)| match at {
                    0 => format!("t.{key}"),
                    _ => dialect.beside_the_way(&format!("t.{key}"), Dialect::kind_of_column(table, key)),
                };
                let tuple = match keys {
                    [key] => format!("t.{key}"),
                    keys => format!("({})", keys.iter().enumerate().map(key).collect::<Vec<_>>().join(", ")),
                };
                let with = set(with).push(" where ").push(&tuple).push(" in (").push(selection).push(")");
                if rest.is_empty() { with } else { with.push(" and ").push(rest) }
            }
            ChangeFrame::Join { head } => {
                let numbers = 0..keys.len();
                let names: Vec<String> = numbers.map(|at| format!("k{at}")).collect();
                let on: Vec<String> =
                    keys.iter().zip(&names).map(|(key, name)| format!("t.{key} = s.{name}")).collect();
                let with = start.push(head).push("(").with_rows(columns, values);
                let with = with.push(", s(").push(&names.join(", ")).push(") as (").push(selection);
                let with = with.push(") select distinct * from s) s straight_join ").push(&format!("{{{table}}} t"));
                let hint = dialect.indexes().hint(table, keys);
                let with = set(with.push(&hint).push(" on ").push(&on.join(" and ")));
                if rest.is_empty() { with } else { with.push(" where ").push(rest) }
            }
        }
    }

    /// Says that the text will hardly come again.
    pub(super) fn once(mut self) -> Self {
        self.keep = false;
        self
    }

    /// Rows of `table` get the other columns of the rows whose first `keys` columns are theirs.
    pub(super) fn update_from_rows(
        dialect: &Dialect,
        table: &str,
        keys: usize,
        columns: &[&str],
        values: &[Value],
    ) -> Self {
        let (keys, set) = columns.split_at(keys);
        let same = keys.iter().map(|key| format!("t.{key} = v.{key}")).collect::<Vec<_>>().join(" and ");
        let start = Self::new(dialect, "");
        match dialect.change_frame(Verb::Update) {
            ChangeFrame::With { head } => {
                let set = set.iter().map(|column| format!("{column} = v.{column}")).collect::<Vec<_>>().join(", ");
                let with = start.with_rows(columns, values).push(&head.replace("{table}", &format!("{{{table}}}")));
                with.push(&format!(" set {set} from v where {same}"))
            }
            ChangeFrame::Join { head } => {
                let set = set.iter().map(|column| format!("t.{column} = v.{column}")).collect::<Vec<_>>().join(", ");
                let with = start.push(head).push("(").with_rows(columns, values).push("select * from v) v");
                let hint = dialect.indexes().hint(table, keys);
                with.push(&format!(" straight_join {{{table}}} t{hint} on {same} set {set}"))
            }
        }
    }

    /// Goes on with `text`. In it, `{user}` stands for the table `user` of this site, and `{then context x on x.instanceid =
    /// v.id}` for a join that looks into the table for each row on its left, see [`Dialect::push_then`]. `{user u by email}`
    /// is a table whose rows are found by a long list of values of a column, see [`Dialect::push_by`].
    pub(super) fn push(mut self, text: &str) -> Self {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            self.sql.push_str(before);
            match (name.strip_prefix("then "), name.split_once(" by ")) {
                (Some(join), _) => self.dialect.push_then(&mut self.sql, join),
                (None, Some((named, columns))) => self.dialect.push_by(&mut self.sql, named, columns),
                (None, None) => match indexes::joined(after) {
                    Some((alias, condition)) => {
                        self.dialect.push_joined(&mut self.sql, (name, alias), condition);
                        rest = condition;
                        continue;
                    }
                    None => self.dialect.push_table(&mut self.sql, name),
                },
            }
            rest = after;
        }
        self.sql.push_str(rest);
        self
    }

    /// One value.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.arguments.push(Argument::One(value.into()));
        self.dialect.push_placeholder(&mut self.sql, self.arguments.len());
        self
    }

    /// ` in (?, ?, …)`. The list is padded to one of few lengths by repeating its last value, so that the database sees
    /// few different statements and can keep them prepared; or it travels as an array. An empty list matches nothing.
    pub(super) fn one_of<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> Self {
        self.list((" = any(", " in ("), values)
    }

    /// The rows `row` of `table` with `fixed = ? and column in (?, ?, …)`, for an index over both. The values are texts.
    pub(super) fn pair_of<V: Into<Value>>(
        self,
        (table, row): (&str, &str),
        (fixed, value): (&str, i64),
        column: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        if !self.dialect.lists_are_arrays() {
            let both = self.push(&format!("{row}.{fixed} = ")).bind(value);
            return both.push(&format!(" and {row}.{column}")).one_of(values);
        }
        // Value by value, which `offset 0` keeps so: given the choice, PostgreSQL takes all rows with the fixed value for
        // few, and goes through them.
        let values = values.into_iter().map(|value| value.into().text()).collect();
        let mut rows = self.push(&format!("{row}.id = any(array(select p.id from unnest("));
        rows.arguments.push(Argument::Texts(values));
        rows.dialect.push_placeholder(&mut rows.sql, rows.arguments.len());
        let rows = rows.push(&format!(") k(value) cross join lateral (select id from {{{table}}} where {fixed} = "));
        rows.bind(value).push(&format!(" and {column} = k.value offset 0) p))"))
    }

    /// ` not in (?, ?, …)`; the list must not be empty.
    pub(super) fn none_of<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> Self {
        self.list((" <> all(", " not in ("), values)
    }

    fn list<V: Into<Value>>(mut self, (array, list): (&str, &str), values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        let Some(last) = values.last().cloned() else { return self.push(" in (null)") };
        if self.dialect.lists_are_arrays() {
            let argument = match kind_of(&values, 1, 0) {
                Some(Kind::Int) => Argument::Ints(values.iter().map(Value::int).collect()),
                _ => Argument::Texts(values.iter().map(Value::text).collect()),
            };
            self.sql.push_str(array);
            self.arguments.push(argument);
            self.dialect.push_placeholder(&mut self.sql, self.arguments.len());
            return self.push(")");
        }
        let padded = padded_length(values.len());
        self.sql.push_str(list);
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

/// The type that all values of a column have; none where all are null.
fn kind_of(values: &[Value], width: usize, at: usize) -> Option<Kind> {
    values.iter().skip(at).step_by(width).filter_map(Value::kind).reduce(|a, b| match (a, b) {
        (Kind::Int, Kind::Int) => Kind::Int,
        (Kind::LongText, _) | (_, Kind::LongText) => Kind::LongText,
        _ => Kind::Text,
    })
}

/// The rows as an array of arrays.
fn json(values: &[Value], width: usize) -> String {
    let value = |value: &Value| match value {
        Value::Null => serde_json::Value::Null,
        Value::Int(number) => serde_json::Value::from(*number),
        Value::Text(text) => serde_json::Value::from(text.as_str()),
    };
    serde_json::Value::from_iter(values.chunks(width).map(|row| serde_json::Value::from_iter(row.iter().map(value))))
        .to_string()
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
