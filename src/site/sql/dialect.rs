//! What differs between databases, and nothing else.

use super::catalogue;
use super::indexes::{self, Indexes};
use crate::site::{Collation, Hosting};
use std::sync::Arc;

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
    /// MySQL and MariaDB. Where the two differ, what both understand is written.
    MySql,
}

/// How the rows of a `v` reach the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowsForm {
    /// `values (?, ?), …`: one argument a value.
    Values,
    /// `unnest($1::bigint[], …)`: one array a column.
    Arrays,
    /// `json_table(?, …)`: one JSON text.
    Json,
}

/// The type of a column, as far as arguments must tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Text,
    /// Longer than a key may be.
    LongText,
}

impl Kind {
    fn name(self, form: RowsForm) -> &'static str {
        match (form, self) {
            (_, Self::Int) => "bigint",
            (RowsForm::Json, Self::Text) => "varchar(255)",
            (RowsForm::Json, Self::LongText) => "longtext",
            (_, Self::Text | Self::LongText) => "text",
        }
    }
}

/// Most values that one statement carries to any database; SQLite takes 32,766.
pub(super) const ARGUMENTS: usize = 30_000;
/// Most values that one statement carries to a server, which takes 65,535.
const ARGUMENTS_TO_SERVERS: usize = 65_000;
/// Arguments that a statement may add to those of its rows.
const SPARE_ARGUMENTS: usize = 16;

/// How to talk to one site's database.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    engine: Engine,
    prefix: Arc<str>,
    /// The name of the collation of Moodle's texts, where values must be given it.
    collation: Option<Arc<str>>,
    indexes: Indexes,
}

impl Dialect {
    pub(super) fn new(engine: Engine, table_prefix: &str) -> Self {
        Self { engine, prefix: table_prefix.into(), collation: None, indexes: Indexes::default() }
    }

    /// The same where Moodle's texts have this collation.
    pub(super) fn with_collation(self, name: &str) -> Self {
        Self { collation: Some(name.into()), ..self }
    }

    /// Asks for the name of the collation of Moodle's texts, if values must be given it: MySQL gives those of a JSON text
    /// its own and then will not compare them with others.
    pub(super) fn collation_of_texts(&self) -> Option<String> {
        (self.rows_form() == RowsForm::Json).then(|| {
            let table = self.full_name("user");
            format!(
                "select cast(collation_name as char) from information_schema.columns \
                 where table_schema = database() and table_name = '{table}' and column_name = 'username'"
            )
        })
    }

    pub(super) fn engine(&self) -> Engine {
        self.engine
    }

    /// The indexes that statements name, if they have to.
    pub(super) fn indexes(&self) -> &Indexes {
        &self.indexes
    }

    /// How the database compares text.
    pub(super) fn collation(&self) -> Collation {
        match self.engine {
            Engine::Sqlite | Engine::Postgres => Collation::Exact,
            Engine::MySql => Collation::CaseInsensitive,
        }
    }

    /// Where the database does its work.
    pub(super) fn hosting(&self) -> Hosting {
        match self.engine {
            Engine::Sqlite => Hosting::Embedded,
            Engine::Postgres | Engine::MySql => Hosting::Server,
        }
    }

    /// How the text of `v` begins a statement: see [`RowsForm`].
    pub(super) fn rows_form(&self) -> RowsForm {
        match self.engine {
            Engine::Sqlite => RowsForm::Values,
            Engine::Postgres => RowsForm::Arrays,
            Engine::MySql => RowsForm::Json,
        }
    }

    /// Rows of one insert into so many columns. With arrays more rows are no longer text; where they are, a text that comes
    /// again is prepared once, and the largest chunks are multiples of it.
    pub(super) fn insert_block(&self, columns: usize) -> usize {
        match self.engine {
            Engine::Sqlite => 1_000.min(ARGUMENTS / columns),
            Engine::MySql => 1_000.min(ARGUMENTS_TO_SERVERS / columns),
            Engine::Postgres => 5_000,
        }
    }

    /// Rows with so many columns of one `with v(…)`. As JSON or arrays more rows are no more arguments.
    pub(super) fn with_block(&self, columns: usize) -> usize {
        match self.rows_form() {
            RowsForm::Values => 1_000.min((ARGUMENTS - SPARE_ARGUMENTS) / columns),
            RowsForm::Arrays | RowsForm::Json => 5_000,
        }
    }

    /// The type of a column of Moodle that is null in all rows at hand.
    pub(super) fn kind_of_column(table: &str, column: &str) -> Kind {
        if catalogue::is_integer(table, column) { Kind::Int } else { Kind::LongText }
    }

    /// Appends the quoted name of a table. Connections to MySQL are told to take double quotes for names.
    pub(super) fn push_table(&self, sql: &mut String, table: &str) {
        sql.push('"');
        sql.push_str(&self.prefix);
        sql.push_str(table);
        sql.push('"');
    }

    /// Appends the placeholder of the argument with that 1-based number.
    pub(super) fn push_placeholder(&self, sql: &mut String, number: usize) {
        match self.engine {
            Engine::Sqlite | Engine::MySql => sql.push('?'),
            Engine::Postgres => {
                sql.push('$');
                sql.push_str(&number.to_string());
            }
        }
    }

    /// Appends what the rows of a `v` are selected from. `first` is the number of the first argument.
    pub(super) fn push_rows_source(&self, sql: &mut String, kinds: &[Kind], first: usize) {
        let form = self.rows_form();
        let columns = kinds.iter().enumerate();
        match form {
            RowsForm::Values => {}
            RowsForm::Arrays => {
                let arrays = columns.map(|(at, kind)| format!("${}::{}[]", first + at, kind.name(form)));
                sql.push_str(&format!("unnest({}) j", arrays.collect::<Vec<_>>().join(", ")));
            }
            RowsForm::Json => {
                let collate = |kind: &Kind| match &self.collation {
                    Some(name) if *kind != Kind::Int => format!(" collate {name}"),
                    _ => String::new(),
                };
                let column =
                    |(at, kind): (usize, &Kind)| format!("c{at} {}{} path '$[{at}]'", kind.name(form), collate(kind));
                let columns = columns.map(column);
                let columns = columns.collect::<Vec<_>>().join(", ");
                sql.push_str(&format!("json_table(?, '$[*]' columns ({columns})) j"));
            }
        }
    }

    /// The frame of a statement that changes rows of `table`, called `t` in it.
    pub(super) fn change_frame(&self, verb: Verb) -> ChangeFrame {
        match (self.engine, verb) {
            (Engine::Sqlite | Engine::Postgres, Verb::Delete) => ChangeFrame::With { head: "delete from {table} as t" },
            (Engine::Sqlite | Engine::Postgres, Verb::Update) => ChangeFrame::With { head: "update {table} as t" },
            (Engine::MySql, Verb::Delete) => ChangeFrame::Join { head: "delete t from " },
            (Engine::MySql, Verb::Update) => ChangeFrame::Join { head: "update " },
        }
    }

    /// A column in a condition by whose indexes rows are not to be looked for.
    pub(super) fn beside_the_way(&self, column: &str, kind: Kind) -> String {
        match (self.engine, kind) {
            // Without statistics, all indexes look alike to it.
            (Engine::Postgres, Kind::Int) => format!("+{column}"),
            (Engine::Postgres, Kind::Text | Kind::LongText) => format!("{column} || ''"),
            (Engine::Sqlite | Engine::MySql, _) => column.to_owned(),
        }
    }

    /// Appends a join whose left side comes first: `join` is `table alias on condition`, and few rows meet the condition for
    /// each on the left. Left to itself, a database that has no statistics yet, or old ones, may begin with the table.
    pub(super) fn push_then(&self, sql: &mut String, join: &str) {
        let (named, condition) = join.split_once(" on ").unwrap_or((join, "true"));
        let (table, alias) = named.split_once(' ').unwrap_or((named, named));
        let full = self.full_name(table);
        sql.push_str(&match self.engine {
            Engine::Sqlite => format!("cross join \"{full}\" {alias} on {condition}"),
            Engine::MySql => {
                let hint = self.indexes.hint(table, &indexes::given(alias, condition));
                format!("straight_join \"{full}\" {alias}{hint} on {condition}")
            }
            // `offset 0` keeps it from being made a part of the query around it.
            Engine::Postgres => {
                format!("cross join lateral (select * from \"{full}\" {alias} where {condition} offset 0) {alias}")
            }
        });
    }

    /// Appends a table, with an alias or without (`user u`), whose rows are found by lists of values of `columns`. Shorter lists
    /// are looked at value by value before it is decided how to go; longer ones are only guessed at.
    pub(super) fn push_by(&self, sql: &mut String, named: &str, columns: &str) {
        let (table, alias) = named.split_once(' ').unwrap_or((named, ""));
        self.push_table(sql, table);
        if !alias.is_empty() {
            sql.push(' ');
            sql.push_str(alias);
        }
        sql.push_str(&self.indexes.hint(table, &columns.split(", ").collect::<Vec<_>>()));
    }

    /// Appends a table with its alias, whose rows are found by the condition that follows. Where an index is named for it,
    /// an inner join takes what is on its left first: joins are written in the order in which they lead to the rows.
    pub(super) fn push_joined(&self, sql: &mut String, (table, alias): (&str, &str), condition: &str) {
        let hint = self.indexes.hint(table, &indexes::given(alias, condition));
        let begun = sql.strip_suffix("join ").filter(|before| !hint.is_empty() && !before.trim_end().ends_with("left"));
        if let Some(length) = begun.map(str::len) {
            sql.truncate(length);
            sql.push_str("straight_join ");
        }
        self.push_table(sql, table);
        sql.push(' ');
        sql.push_str(alias);
        sql.push_str(&hint);
    }

    /// The condition that the path `below` lies below the path `above`. Written as a range, because an index on paths
    /// serves ranges between columns and not patterns: `0` is the character after `/`.
    pub(super) fn lies_below(&self, below: &str, above: &str) -> String {
        let (after, before) = self.order_of_paths();
        format!("{below}{after}({above} || '/') and {below}{before}({above} || '0')")
    }

    /// Comparisons by which a path comes after or before another.
    pub(super) fn order_of_paths(&self) -> (&'static str, &'static str) {
        match self.engine {
            // The order of MySQL's collations puts `/` before all digits too, and paths have nothing else.
            Engine::Sqlite | Engine::MySql => (" > ", " < "),
            // The order of bytes, whatever the database's own is; Moodle's index on paths has the same.
            Engine::Postgres => (" ~>~ ", " ~<~ "),
        }
    }

    /// Whether e-mail addresses that differ in case only are different to the database. Where they are not, the columns
    /// compare so.
    pub(super) fn addresses_have_case(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// Whether many values of a list travel as one array.
    pub(super) fn lists_are_arrays(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// What makes a query keep its rows from being changed by others until the end of the transaction. Nobody else can
    /// write to a SQLite file meanwhile anyway.
    pub(super) fn for_update(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => "",
            Engine::Postgres | Engine::MySql => " for update",
        }
    }

    /// What a connection needs that is to read whole tables: on PostgreSQL, those for chunks are set up to avoid it.
    pub(super) fn reads_whole_tables(&self) -> Option<&'static str> {
        (self.engine == Engine::Postgres).then_some(
            "set enable_seqscan = on; set enable_hashjoin = on; set enable_mergejoin = on; \
             set enable_material = on",
        )
    }

    /// Asks for the table and name of all columns.
    pub(super) fn all_columns(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => {
                "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'"
            }
            Engine::Postgres => {
                "select cast(table_name as text), cast(column_name as text) from information_schema.columns \
                 where table_schema = current_schema()"
            }
            Engine::MySql => {
                "select cast(table_name as char), cast(column_name as char) from information_schema.columns \
                 where table_schema = database()"
            }
        }
    }

    /// Asks for the columns of all indexes, in their order: table, index, 1 if unique, column. None where statements need not
    /// say by which they go.
    pub(super) fn all_indexes(&self) -> Option<&'static str> {
        (self.engine == Engine::MySql).then_some(
            "select cast(table_name as char), cast(index_name as char), 1 - non_unique, cast(column_name as char) \
             from information_schema.statistics where table_schema = database() \
             order by table_name, index_name, seq_in_index",
        )
    }

    /// Asks for the names of the sequences that number new rows of these tables, a column each. None where the database
    /// keeps its numbers ahead of all rows by itself.
    pub(super) fn sequences_of(&self, tables: &[&str]) -> Option<String> {
        let sequence = |table: &&str| format!("pg_get_serial_sequence('\"{}\"', 'id')", self.full_name(table));
        match self.engine {
            Engine::Sqlite | Engine::MySql => None,
            Engine::Postgres => Some(format!("select {}", tables.iter().map(sequence).collect::<Vec<_>>().join(", "))),
        }
    }

    /// An expression that is 1 where a table has ids beyond those that its sequence has given.
    pub(super) fn is_behind(&self, table: &str, sequence: &str) -> String {
        format!(
            "case when (select max(id) from {{{table}}}) > (select case when is_called then last_value \
             else last_value - 1 end from {sequence}) then 1 else 0 end"
        )
    }

    /// What begins a transaction that writes.
    pub(super) fn begin(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite => "begin immediate",
            Engine::Postgres => "begin",
            Engine::MySql => "start transaction",
        }
    }

    /// The full name of a table, without quotes.
    pub(super) fn full_name(&self, table: &str) -> String {
        format!("{}{table}", self.prefix)
    }

    /// The name of a table of Moodle without the prefix of this site.
    pub(super) fn without_prefix<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(&*self.prefix)
    }
}

/// What a statement does to rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Delete,
    Update,
}

/// How a database changes the rows that a selection names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChangeFrame {
    /// `with v … head … where keys in (selection)`.
    With { head: &'static str },
    /// `head (selection) s straight_join table t on t.key = s.key …`: MariaDB has no `with` before these statements,
    /// and neither it nor MySQL would begin with the selection and go on by the index of the table.
    Join { head: &'static str },
}
