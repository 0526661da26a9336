//! Conditions on dates under which activities and sections are open: they are part of a text in JSON.

use super::super::Apply;
use super::super::rows::Rows;
use crate::site::SiteError;
use serde_json::Value;
use std::collections::BTreeSet;

/// Moves conditions on dates in a table with rows of courses: rows (id, shift).
pub(super) async fn shift(apply: &mut Apply<'_, '_>, shifts: &Rows, table: &'static str) -> Result<(), SiteError> {
    // Texts cannot be compared in every database, so that the rows are told apart here.
    let sql = format!(
        "select t.id, v.shift, t.availability from v join {{{table}}} t on t.course = v.id \
         where t.availability like '%\"date\"%'"
    );
    let mut rows = Rows::new(["id", "availability"]);
    let mut seen = BTreeSet::new();
    for mut row in apply.fetch_with("read conditions on dates", shifts, &sql).await? {
        let (id, shift, text) = (row.int(0), row.int(1), row.text(2));
        if let Some(moved) = moved(&text, shift).filter(|_| seen.insert(id)) {
            rows.push([id.into(), moved.into()]);
        }
    }
    apply.update("move conditions on dates", table, 1, &rows).await
}

/// The text with all dates in it moved; none where it is not understood, or holds no date.
fn moved(text: &str, shift: i64) -> Option<String> {
    let mut tree: Value = serde_json::from_str(text).ok()?;
    let mut dates = BTreeSet::new();
    shift_dates(&mut tree, shift, &mut dates);
    if dates.is_empty() {
        return None;
    }
    let rewritten = rewritten(text, &dates, shift);
    let is_right = serde_json::from_str::<Value>(&rewritten).is_ok_and(|other| other == tree);
    Some(if is_right { rewritten } else { tree.to_string() })
}

/// Moves the dates of a condition and of those it is made of, and tells them as they were.
fn shift_dates(condition: &mut Value, shift: i64, dates: &mut BTreeSet<i64>) {
    let is_date = condition.get("type").and_then(Value::as_str) == Some("date");
    if let Some(date) = condition.get_mut("t").filter(|_| is_date)
        && let Some(before) = date.as_i64()
    {
        dates.insert(before);
        *date = (before + shift).into();
    }
    let parts = condition.get_mut("c").and_then(Value::as_array_mut);
    parts.into_iter().flatten().for_each(|part| shift_dates(part, shift, dates));
}

/// The text as it is written, with other numbers: what stands in which order is Moodle's affair.
fn rewritten(text: &str, dates: &BTreeSet<i64>, shift: i64) -> String {
    const MEMBER: &str = "\"t\":";
    let mut parts = text.split(MEMBER);
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (digits, rest) = part.split_at(end);
        let date = digits.parse::<i64>().ok().filter(|date| dates.contains(date));
        let number = date.map_or_else(|| digits.to_owned(), |date| (date + shift).to_string());
        written.push_str(&format!("{MEMBER}{number}{rest}"));
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_move() {
        let cases = [
            (
                r#"{"op":"&","c":[{"type":"date","t":100},{"type":"completion","cm":5},{"c":[{"type":"date","t":1000}]}]}"#,
                r#"{"op":"&","c":[{"type":"date","t":107},{"type":"completion","cm":5},{"c":[{"type":"date","t":1007}]}]}"#,
            ),
            // Another kind of condition has the same number: then the text is made anew.
            (
                r#"{"c":[{"type":"date","t":100},{"type":"other","t":100}]}"#,
                r#"{"c":[{"t":107,"type":"date"},{"t":100,"type":"other"}]}"#,
            ),
            (r#"{"c":[{"type":"date","t": 100}]}"#, r#"{"c":[{"t":107,"type":"date"}]}"#),
        ];
        for (before, after) in cases {
            assert_eq!(moved(before, 7).as_deref(), Some(after));
        }
    }

    #[test]
    fn what_has_no_date_stays() {
        for text in ["", "{", "[]", r#"{"op":"&","c":[{"type":"profile","t":"x"}],"showc":[]}"#] {
            assert_eq!(moved(text, 7), None, "{text}");
        }
    }
}
