//! Values of cells that several tools read the same way: times, switches, numbers, texts with a limit.
//!
//! Every reader answers with the value or with a sentence on what is wrong and what would be right.

use crate::model::{BoundColumn, Line, Problem, Reason};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use std::borrow::Cow;

/// The word that empties a field that may be empty.
pub const CLEAR: &str = "*CLEAR*";

/// As many characters of a long value show which one it is.
const LONGEST_EXCERPT: usize = 40;

/// The zone of a site: `config.timezone`, or UTC where that is Moodle's 99 for "the server's".
pub fn zone_of(timezone: &str) -> Tz {
    timezone.parse().unwrap_or(Tz::UTC)
}

const DATES: [&str; 2] = ["%Y-%m-%d", "%Y%m%d"];
const TIMES: [&str; 2] = ["%H:%M:%S", "%H:%M"];
const ENGLISH_DATES: [&str; 4] = ["%d %B %Y", "%B %d %Y", "%d %b %Y", "%b %d %Y"];

/// Reads a time as Unix seconds: `1788220800`, `@1788220800`, `2026-09-01`, `2026-09-01 08:30[:15]`, RFC 3339,
/// `25/09/2026` and `09/25/2026` where only one reading is possible, `1 September 2026`.
/// Without an offset the time is that of `zone`.
pub fn parse_time(text: &str, zone: Tz) -> Result<i64, String> {
    let text = text.trim();
    let digits = text.strip_prefix('@').unwrap_or(text);
    if digits.bytes().all(|b| b.is_ascii_digit()) && (text.starts_with('@') || (9..=11).contains(&digits.len())) {
        return digits.parse().map_err(|_| wrong_time(text));
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Ok(time.timestamp());
    }
    let local = parse_local(text).ok_or_else(|| wrong_time(text))?;
    match zone.from_local_datetime(&local).earliest() {
        Some(time) => Ok(time.timestamp()),
        // The hour that is skipped when summer time begins: Moodle reads it as if the clock had not changed yet.
        None => zone
            .from_local_datetime(&(local - chrono::Duration::hours(1)))
            .earliest()
            .map(|time| time.timestamp() + 3600)
            .ok_or_else(|| wrong_time(text)),
    }
}

fn wrong_time(text: &str) -> String {
    format!("{text:?} is not a time; write 2026-09-01, 2026-09-01 08:30 or Unix seconds")
}

fn parse_local(text: &str) -> Option<NaiveDateTime> {
    if let Some(date) = parse_date(text) {
        return Some(date.and_time(NaiveTime::MIN));
    }
    let (date, time) = text.split_once('T').or_else(|| text.rsplit_once(' '))?;
    let time = time.trim_end_matches('Z');
    let time = TIMES.iter().find_map(|format| NaiveTime::parse_from_str(time.trim(), format).ok())?;
    Some(parse_date(date.trim())?.and_time(time))
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let plain = DATES.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    let plain = plain.filter(|_| text.len() == 10 || text.len() == 8);
    plain.or_else(|| parse_slashed(text)).or_else(|| {
        let words = text.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        ENGLISH_DATES.iter().find_map(|format| NaiveDate::parse_from_str(&words, format).ok())
    })
}

/// Month first as in the original; day first only where the first number cannot be a month.
fn parse_slashed(text: &str) -> Option<NaiveDate> {
    let parts: Vec<u32> = text.split('/').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [first, second, year] = parts[..] else { return None };
    let year = i32::try_from(year).ok().filter(|year| *year > 999)?;
    if first > 12 { NaiveDate::from_ymd_opt(year, second, first) } else { NaiveDate::from_ymd_opt(year, first, second) }
}

/// Reads `1`/`0` and the usual words for them.
pub fn parse_switch(text: &str) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "on" => Ok(true),
        "0" | "no" | "n" | "false" | "off" => Ok(false),
        _ => Err(format!("{text:?} is neither 1 nor 0")),
    }
}

/// Reads a whole number in plain decimal digits, within bounds.
pub fn parse_number(text: &str, range: std::ops::RangeInclusive<i64>) -> Result<i64, String> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse::<i64>().ok().filter(|number| plain && range.contains(number)).ok_or_else(|| {
        if *range.end() == i64::MAX {
            format!("{text:?} is not a whole number of at least {}", range.start())
        } else {
            format!("{text:?} is not a whole number from {} to {}", range.start(), range.end())
        }
    })
}

/// Refuses text that is longer than its column, in characters.
pub fn check_length(text: &str, limit: usize) -> Result<(), String> {
    let length = text.chars().count();
    if length > limit { Err(format!("has {length} characters; Moodle keeps {limit}")) } else { Ok(()) }
}

/// Refuses text that is longer than its column.
pub fn check_limit(column: &BoundColumn, text: &str, limit: usize) -> Result<(), Problem> {
    // Bytes are never fewer than characters, so most values need no counting.
    if text.len() <= limit {
        return Ok(());
    }
    check_length(text, limit).map_err(|sentence| {
        let message = format!("Column {} {sentence}; shorten it.", column.name);
        Problem::error(Reason::ValueTooLong, message).at(&column.name)
    })
}

/// What a cell says about a field that is plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clearing {
    /// `*CLEAR*` empties the field.
    Allowed,
    /// The field is never empty.
    Refused,
}

/// A field of plain text: nothing where the cell is missing or blank, which leaves the field as it is; an empty text where
/// it is to be emptied.
pub fn text_cell(
    column: Option<&BoundColumn>,
    line: &Line,
    limit: usize,
    clearing: Clearing,
) -> Result<Option<String>, Problem> {
    let Some((column, text)) = column.and_then(|column| Some((column, column.value(line)?.trim()))) else {
        return Ok(None);
    };
    match (text, clearing) {
        (CLEAR, Clearing::Allowed) => Ok(Some(String::new())),
        (CLEAR, Clearing::Refused) => Err(invalid(column, "it cannot be emptied; write a value")),
        _ => check_limit(column, text, limit).map(|()| Some(text.to_owned())),
    }
}

/// A time; `0` and `*CLEAR*` mean that there is no limit.
pub fn time_cell(column: Option<&BoundColumn>, line: &Line, zone: Tz, problems: &mut Vec<Problem>) -> Option<i64> {
    let column = column?;
    let text = column.value(line)?.trim();
    if text == "0" || text == CLEAR {
        return Some(0);
    }
    match parse_time(text, zone) {
        Ok(time) => Some(time),
        Err(sentence) => {
            let message = format!("Column {}: {sentence}.", column.name);
            problems.push(Problem::error(Reason::TimeInvalid, message).at(&column.name));
            None
        }
    }
}

/// The beginning of a text, as much of it as a message can hold.
pub fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_EXCERPT) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// A problem of reason `VALUE_INVALID` at a column.
pub fn invalid(column: &BoundColumn, sentence: impl std::fmt::Display) -> Problem {
    Problem::error(Reason::ValueInvalid, format!("Column {}: {sentence}.", column.name)).at(&column.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_all_their_forms() {
        let paris: Tz = "Europe/Paris".parse().unwrap();
        let cases = [
            ("1788220800", 1_788_220_800),
            ("@1788220800", 1_788_220_800),
            ("2026-09-01", 1_788_213_600),
            ("20260901", 1_788_213_600),
            ("2026-09-01 00:00", 1_788_213_600),
            ("2026-09-01T00:00:01", 1_788_213_601),
            ("2026-09-01T00:00:00Z", 1_788_220_800),
            ("2026-09-01 00:00:00+00:00", 1_788_220_800),
            ("09/25/2026", 1_790_287_200),
            ("25/09/2026", 1_790_287_200),
            ("1 September 2026", 1_788_213_600),
            ("Sep 1, 2026", 1_788_213_600),
            // 02:30 does not exist on that day; 03:30 summer time does.
            ("2026-03-29 02:30", 1_774_747_800),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_time(text, paris), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in ["tomorrow", "2026-13-01", "2026-09-01 25:00", "12", "31/31/2026", "", "2026-9"] {
            assert!(parse_time(text, Tz::UTC).is_err(), "{text}");
        }
    }

    #[test]
    fn long_values_are_told_by_their_beginning() {
        let long = "é".repeat(41);
        assert_eq!(excerpt(&long[..80]), "é".repeat(40));
        assert_eq!(excerpt(&long), format!("{}…", "é".repeat(40)));
    }

    #[test]
    fn numbers_are_plain_digits_within_bounds() {
        assert_eq!(parse_number("10", 0..=10), Ok(10));
        for text in ["", "-1", "11", "1e1", "+1", " 1"] {
            assert!(parse_number(text, 0..=10).is_err(), "{text}");
        }
    }
}
