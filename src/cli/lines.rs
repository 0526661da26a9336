//! Line results as rows of text: `line 12  FAILED  a.kone  USERNAME_COLLISION  another account has the name`.

use super::names;
use super::output::plain;
use crate::rpc::pb;
use console::{Style, StyledObject};
use std::borrow::Cow;

/// Characters of a key that are shown. Two keys of an enrolment fit.
const LONGEST_KEY: usize = 80;

/// Which lines of a run are shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Lines that somebody has to look at.
    Troubles,
    /// And all that changed something, with what they changed.
    Changes,
}

/// The rows that tell about a line; none if there is nothing to tell.
pub(super) fn rows(line: &pb::LineResult, detail: Detail) -> Vec<String> {
    let mut rows: Vec<String> = line
        .problems
        .iter()
        .filter(|problem| detail == Detail::Changes || problem.severity() != pb::Severity::Notice)
        .map(|problem| problem_row(line, problem))
        .collect();
    let troubled = line.outcome() == pb::Outcome::Failed || is_partial(line);
    if troubled && line.problems.is_empty() {
        rows.push(row(line, verdict(line), ""));
    } else if detail == Detail::Changes && changed_something(line) {
        rows.insert(0, row(line, outcome_word(line), &changes(line)));
    }
    rows
}

fn is_partial(line: &pb::LineResult) -> bool {
    line.completeness() == pb::Completeness::Partial
}

fn changed_something(line: &pb::LineResult) -> bool {
    use pb::Outcome::{Created, Deleted, Restored, Suspended, Updated};
    matches!(line.outcome(), Created | Updated | Deleted | Suspended | Restored)
}

fn problem_row(line: &pb::LineResult, problem: &pb::Problem) -> String {
    let word = match problem.severity() {
        pb::Severity::Error => verdict(line),
        pb::Severity::Warning => Style::new().yellow().apply_to("WARNING"),
        pb::Severity::Notice | pb::Severity::Unspecified => Style::new().apply_to("NOTICE"),
    };
    let column = problem.column.as_deref().filter(|column| !problem.message.contains(column));
    let column = column.map(|column| format!("{}: ", plain(column))).unwrap_or_default();
    row(line, word, &format!("{}  {column}{}", problem.reason, plain(&problem.message)))
}

/// What a problem made of the line.
fn verdict(line: &pb::LineResult) -> StyledObject<&'static str> {
    match line.outcome() {
        pb::Outcome::Failed => Style::new().red().apply_to("FAILED"),
        _ if is_partial(line) => Style::new().yellow().apply_to("PARTIAL"),
        _ => Style::new().apply_to(names::outcome(line.outcome)),
    }
}

fn outcome_word(line: &pb::LineResult) -> StyledObject<&'static str> {
    Style::new().green().apply_to(names::outcome(line.outcome))
}

fn row(line: &pb::LineResult, word: StyledObject<&'static str>, rest: &str) -> String {
    let row = format!("line {}  {word}  {}  {rest}", line.line, excerpt(&plain(&line.key)));
    row.trim_end().to_owned()
}

/// As much of a key as shows which line it is; keys that are refused for their length are long.
fn excerpt(key: &str) -> Cow<'_, str> {
    match key.char_indices().nth(LONGEST_KEY) {
        Some((end, _)) => Cow::Owned(format!("{}…", &key[..end])),
        None => Cow::Borrowed(key),
    }
}

fn changes(line: &pb::LineResult) -> String {
    let change = |change: &pb::FieldChange| {
        let (field, before, after) = (plain(&change.field), plain(&change.before), plain(&change.after));
        if before.is_empty() { format!("{field}={after}") } else { format!("{field}: {before} → {after}") }
    };
    line.changes.iter().map(change).collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(severity: pb::Severity, reason: &str, message: &str) -> pb::Problem {
        pb::Problem {
            severity: severity as i32,
            reason: reason.to_owned(),
            column: Some("email".to_owned()),
            message: message.to_owned(),
        }
    }

    fn line(outcome: pb::Outcome, problems: Vec<pb::Problem>) -> pb::LineResult {
        pb::LineResult {
            line: 12,
            key: "a.kone".to_owned(),
            outcome: outcome as i32,
            completeness: pb::Completeness::Complete as i32,
            problems,
            ..Default::default()
        }
    }

    fn shown(line: &pb::LineResult, detail: Detail) -> Vec<String> {
        rows(line, detail).iter().map(|row| console::strip_ansi_codes(row).into_owned()).collect()
    }

    #[test]
    fn troubles_are_shown_and_the_rest_is_not() {
        use pb::Severity::{Error, Notice, Warning};
        let failed = line(pb::Outcome::Failed, vec![problem(Error, "EMAIL_COLLISION", "taken")]);
        assert_eq!(shown(&failed, Detail::Troubles), ["line 12  FAILED  a.kone  EMAIL_COLLISION  email: taken"]);
        assert_eq!(shown(&failed, Detail::Changes), shown(&failed, Detail::Troubles));
        let bare = line(pb::Outcome::Failed, vec![]);
        assert_eq!(shown(&bare, Detail::Troubles), ["line 12  FAILED  a.kone"]);
        let warned = line(pb::Outcome::Unchanged, vec![problem(Warning, "EMAIL_PROTECTED", "the email\nwas kept")]);
        assert_eq!(shown(&warned, Detail::Troubles), ["line 12  WARNING  a.kone  EMAIL_PROTECTED  the email was kept"]);
        let partial = pb::LineResult {
            completeness: pb::Completeness::Partial as i32,
            ..line(pb::Outcome::Updated, vec![problem(Error, "GROUP_UNKNOWN", "no group")])
        };
        assert_eq!(shown(&partial, Detail::Troubles), ["line 12  PARTIAL  a.kone  GROUP_UNKNOWN  email: no group"]);
        let noticed = line(pb::Outcome::Created, vec![problem(Notice, "CATEGORY_CREATED", "made")]);
        assert!(shown(&noticed, Detail::Troubles).is_empty());
    }

    #[test]
    fn changes_are_shown_on_request() {
        let change = |field: &str, before: &str, after: &str| pb::FieldChange {
            field: field.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        let updated = pb::LineResult {
            changes: vec![change("city", "Gent", "Ostravelle"), change("idnumber", "", "T1")],
            ..line(pb::Outcome::Updated, vec![])
        };
        let row = "line 12  UPDATED  a.kone  city: Gent → Ostravelle  idnumber=T1";
        assert_eq!(shown(&updated, Detail::Changes), [row]);
        assert!(shown(&updated, Detail::Troubles).is_empty());
        assert!(shown(&line(pb::Outcome::Unchanged, vec![]), Detail::Changes).is_empty());
    }
}
