//! Queries for many rows, whose rows come packed where fetching single rows is dear.
//!
//! SQLite's driver hands every value of every row from one thread to another, which takes several times as long as
//! making and reading JSON: there the answer is one text, an array of arrays. The order of the rows is not kept.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::{Row, Statement, Value};
use crate::site::SiteError;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Begins a query with the columns to read; `from …` follows. Its answer is for [`fetch`] only.
pub(super) fn select(connection: &Connection, dialect: &Dialect, columns: &str) -> Statement {
    let (before, after) =
        if connection.packs_rows() { ("select json_group_array(json_array(", "))") } else { ("select ", "") };
    Statement::new(dialect, before).push(columns).push(after)
}

/// Runs a query of [`select`] and answers with its rows.
pub(super) async fn fetch(
    connection: &mut Connection,
    operation: &str,
    query: Statement,
) -> Result<Vec<Row>, SiteError> {
    let rows = connection.fetch(operation, query).await?;
    if !connection.packs_rows() {
        return Ok(rows);
    }
    unpack(rows).map_err(|error| SiteError::Refused { operation: operation.to_owned(), problem: error.to_string() })
}

fn unpack(rows: Vec<Row>) -> Result<Vec<Row>, serde_json::Error> {
    let packed = rows.into_iter().next().map(|mut row| row.text(0)).unwrap_or_default();
    let rows: Vec<Vec<Column>> = serde_json::from_str(&packed)?;
    Ok(rows.into_iter().map(|columns| Row(columns.into_iter().map(|Column(value)| value).collect())).collect())
}

/// A value in a packed row.
struct Column(Value);

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ColumnVisitor)
    }
}

struct ColumnVisitor;

impl Visitor<'_> for ColumnVisitor {
    type Value = Column;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text or null")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Column, E> {
        Ok(Column(Value::Int(number)))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Column, E> {
        i64::try_from(number).map(|number| Column(Value::Int(number))).map_err(E::custom)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Column, E> {
        Ok(Column(Value::Text(number.to_string())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Column, E> {
        Ok(Column(Value::Text(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Column, E> {
        Ok(Column(Value::Null))
    }
}
