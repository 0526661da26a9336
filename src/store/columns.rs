//! How values of the model stand in columns: times as microseconds, states as words, the rest as text or JSON.
//!
//! Knows no table.

use super::error::StoreError;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::fmt::Display;
use std::str::FromStr;

/// A time as microseconds since 1970.
pub(super) fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// A size or a count. SQLite's integers are signed; nothing here comes near their end.
pub(super) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The word of a state, kind or tool: its name in snake case.
pub(super) fn word<T: Serialize>(column: &'static str, value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(StoreError::Corrupt { column, problem: format!("{other:?} is not a word") }),
    }
}

/// A value as JSON.
pub(super) fn json<T: Serialize>(column: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|problem| corrupt(column, problem))
}

/// A row, read column by column.
pub(super) struct Columns<'r>(pub &'r SqliteRow);

impl Columns<'_> {
    fn get<'s, T>(&'s self, column: &'static str) -> Result<T, StoreError>
    where
        T: sqlx::Decode<'s, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    {
        self.0.try_get(column).map_err(|problem| corrupt(column, problem))
    }

    pub(super) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(super) fn bytes(&self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    pub(super) fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        Ok(self.get::<i64>(column)? != 0)
    }

    /// A number that is not negative.
    pub(super) fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        let value: i64 = self.get(column)?;
        T::try_from(value).map_err(|_| corrupt(column, format!("{value} is out of range")))
    }

    pub(super) fn time(&self, column: &'static str) -> Result<DateTime<Utc>, StoreError> {
        self.optional_time(column)?.ok_or_else(|| corrupt(column, "no time"))
    }

    pub(super) fn optional_time(&self, column: &'static str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let Some(micros) = self.get::<Option<i64>>(column)? else { return Ok(None) };
        match DateTime::from_timestamp_micros(micros) {
            Some(time) => Ok(Some(time)),
            None => Err(corrupt(column, format!("{micros} is no time"))),
        }
    }

    /// A value with a text form: an identifier, a digest.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, column: &'static str) -> Result<T, StoreError> {
        self.optional(column)?.ok_or_else(|| corrupt(column, "no value"))
    }

    pub(super) fn optional<T: FromStr<Err: Display>>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let Some(text) = self.get::<Option<&str>>(column)? else { return Ok(None) };
        text.parse().map(Some).map_err(|problem| corrupt(column, problem))
    }

    /// What [`word`] wrote, or any newtype of a text.
    pub(super) fn word<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        self.optional_word(column)?.ok_or_else(|| corrupt(column, "no value"))
    }

    pub(super) fn optional_word<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let Some(text) = self.get::<Option<&str>>(column)? else { return Ok(None) };
        let word: StrDeserializer<'_, WordError> = text.into_deserializer();
        T::deserialize(word).map(Some).map_err(|problem| corrupt(column, problem))
    }

    pub(super) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(self.get(column)?).map_err(|problem| corrupt(column, problem))
    }
}

fn corrupt(column: &'static str, problem: impl Display) -> StoreError {
    StoreError::Corrupt { column, problem: problem.to_string() }
}
