//! The interests of a user, which Moodle keeps as tags.

use crate::model::{BoundColumn, BoundHeader, Line, Problem, Reason, UserId};
use crate::site::{Change, SiteFacts};
use crate::tools::Planner;
use crate::tools::values::{CLEAR, check_length, invalid};

/// Moodle's limit of a tag, in characters.
const LONGEST_TAG: usize = 50;

/// The column, where the site keeps tags.
pub(super) fn bind(header: &BoundHeader, facts: &SiteFacts, notices: &mut Vec<Problem>) -> Option<BoundColumn> {
    let column = header.column("interests")?;
    if facts.config("usetags") == "0" {
        let message = format!("Tags are switched off on the site; column {} has no effect.", column.name);
        notices.push(Problem::warning(Reason::ColumnIgnored, message).at(&column.name));
        return None;
    }
    Some(column.clone())
}

/// Reads the interests of a line. `None`: they stay as they are.
pub(super) fn read(column: Option<&BoundColumn>, line: &Line, problems: &mut Vec<Problem>) -> Option<Vec<String>> {
    let column = column?;
    let text = column.value(line)?.trim();
    if text == CLEAR {
        return Some(Vec::new());
    }
    let mut interests: Vec<String> = Vec::new();
    for word in text.split(',') {
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
        if word.contains(|c: char| c.is_control() || "<>`".contains(c)) {
            problems.push(invalid(column, format!("{word:?} holds one of < > `, which Moodle takes out of tags")));
        } else if let Err(sentence) = check_length(&word, LONGEST_TAG) {
            let message = format!("Column {}: the interest {word:?} {sentence}; shorten it.", column.name);
            problems.push(Problem::error(Reason::ValueTooLong, message).at(&column.name));
        } else if !word.is_empty() && !interests.iter().any(|known| is_same(known, &word)) {
            interests.push(word);
        }
    }
    Some(interests)
}

/// Moodle knows tags by their names in lower case.
fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Brings the interests of a user to what the line says.
pub(super) fn apply(interests: &[String], plan: &mut Planner<'_>, user: UserId) {
    let before = plan.world.interests.get(user, ()).cloned().unwrap_or_default();
    let is_so = before.len() == interests.len() && before.iter().zip(interests).all(|(a, b)| is_same(a, b));
    if !is_so {
        plan.apply(Change::SetInterests { user, before, after: interests.to_vec() });
    }
}
