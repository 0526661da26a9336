//! The report of a run as text for people.

use super::report::ProblemGroup;
use crate::model::{Completeness, LineResult, Outcome, Problem, Run, RunMode, RunSource, Severity};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::fmt::Write;

/// How times are written in reports.
const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S %Z";

fn time(at: Option<DateTime<Utc>>, zone: Tz) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.with_timezone(&zone).format(TIME_FORMAT).to_string())
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "notice",
    }
}

/// What the run was asked and how it ended.
pub(super) fn heading(run: &Run, zone: Tz) -> String {
    let source = match &run.source {
        RunSource::Stored(path) => path.to_string(),
        RunSource::Inline(name) => format!("{name} (sent with the request)"),
    };
    let mode = match run.mode {
        RunMode::Apply => "real run",
        RunMode::DryRun => "DRY RUN: nothing was written to the site",
    };
    let options = match run.options.values.is_empty() {
        true => "all at their defaults".to_owned(),
        false => run.options.values.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "),
    };
    let seconds = match (run.started, run.finished) {
        (Some(started), Some(finished)) => (finished - started).num_milliseconds() as f64 / 1000.0,
        _ => 0.0,
    };
    let ending = if run.message.is_empty() { String::new() } else { format!(": {}", run.message) };
    format!(
        "toolsync report\n\nRun        {id}\nTool       {tool}\nMode       {mode}\nFile       {source}\nContent    {size} \
         bytes, SHA-256 {sha}\nSite       {site}\nCaller     {caller}\nOptions    {options}\nStarted    {started}\n\
         Finished   {finished} ({seconds:.1} s)\nState      {state}{ending}\n",
        id = run.id,
        tool = run.tool,
        size = run.content_size,
        sha = run.content,
        site = run.site,
        caller = run.caller,
        started = time(run.started, zone),
        finished = time(run.finished, zone),
        state = run.state.name(),
    )
}

/// Lines by outcome; they add up to the lines read.
pub(super) fn totals(run: &Run) -> String {
    let mut text = format!("\nLines      {}\n", run.counters.lines());
    for outcome in Outcome::ALL {
        let count = run.counters.get(outcome);
        if count > 0 {
            let _ = writeln!(text, "  {:<14} {count}", outcome.name());
        }
    }
    let passed = [(run.counters.comments, "comments"), (run.counters.blanks, "blank lines")];
    let passed = passed.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let passed = passed.collect::<Vec<_>>().join(", ");
    if !passed.is_empty() {
        let _ = writeln!(text, "  passed over besides: {passed}");
    }
    if run.counters.partial > 0 {
        let _ = writeln!(
            text,
            "  of which {} were applied in part; they are in the tryback file too",
            run.counters.partial
        );
    }
    text
}

/// Problems by reason.
pub(super) fn problems(groups: &[ProblemGroup]) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let mut text = "\nProblems\n".to_owned();
    for group in groups {
        let lines = group.first_lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let more = if group.count as usize > group.first_lines.len() && !lines.is_empty() { ", …" } else { "" };
        let place = if lines.is_empty() { "the file".to_owned() } else { format!("lines {lines}{more}") };
        let (weight, name) = (severity(group.severity), group.reason.name());
        let _ = writeln!(text, "  {weight:<8} {name:<26} {:>8}  {place}: {}", group.count, group.sample_message);
    }
    text
}

/// One problem under its line.
pub(super) fn problem(problem: &Problem) -> String {
    let column = problem.column.as_ref().map_or_else(String::new, |column| format!(" [{column}]"));
    format!("    {} {}{column}: {}\n", severity(problem.severity), problem.reason.name(), problem.message)
}

/// What became of one line.
pub(super) fn line(result: &LineResult) -> String {
    let mut text = format!("line {}  {}", result.line, result.outcome.name());
    if result.completeness == Completeness::Partial {
        text.push_str(" in part");
    }
    if !result.key.is_empty() {
        let _ = write!(text, "  {}", result.key);
    }
    if let Some(id) = result.moodle_id {
        let _ = write!(text, "  (id {id})");
    }
    text.push('\n');
    for change in &result.changes {
        let _ = match change.before == change.after {
            true => writeln!(text, "    {}: {:?}", change.field, change.after),
            false => writeln!(text, "    {}: {:?} -> {:?}", change.field, change.before, change.after),
        };
    }
    result.problems.iter().for_each(|each| text.push_str(&problem(each)));
    text
}

/// Whether a line is worth a place in the report.
pub(super) fn is_notable(result: &LineResult) -> bool {
    !result.problems.is_empty() || !matches!(result.outcome, Outcome::Unchanged | Outcome::Skipped)
}
