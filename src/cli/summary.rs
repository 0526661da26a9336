//! How a run went, in a few lines.

use super::error::Verdict;
use super::follow::source_of;
use super::json::{CountersJson, RunFilesJson};
use super::names;
use super::output::plain;
use crate::rpc::pb;
use serde::Serialize;
use std::time::Duration;

/// How the command that followed the run ends.
pub(super) fn verdict(run: &pb::Run) -> Verdict {
    let counters = run.counters.unwrap_or_default();
    match run.state() {
        pb::RunState::Succeeded if counters.failed + counters.partial + counters.not_processed == 0 => Verdict::Fine,
        pb::RunState::Succeeded | pb::RunState::Cancelled => Verdict::SomeFailed,
        _ => Verdict::NotRun,
    }
}

/// The lines by outcome, in the order of reports. They add up to the lines read.
pub(super) fn outcomes(counters: &pb::Counters) -> [(&'static str, u64); 11] {
    [
        ("created", counters.created),
        ("updated", counters.updated),
        ("unchanged", counters.unchanged),
        ("deleted", counters.deleted),
        ("suspended", counters.suspended),
        ("restored", counters.restored),
        ("found", counters.found),
        ("not found", counters.not_found),
        ("skipped", counters.skipped),
        ("failed", counters.failed),
        ("not processed", counters.not_processed),
    ]
}

/// From the first line that was read to the end of the run; `None` if it never began, or goes on.
pub(super) fn duration(run: &pb::Run) -> Option<Duration> {
    let moment = |time: &prost_types::Timestamp| {
        chrono::DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).unwrap_or(0))
    };
    let (start, end) = (moment(run.start_time.as_ref()?)?, moment(run.end_time.as_ref()?)?);
    (end - start).to_std().ok()
}

/// Lines in a second; `None` where nothing can be said.
fn rate(run: &pb::Run) -> Option<f64> {
    let counters = run.counters?;
    let handled = counters.lines.saturating_sub(counters.not_processed);
    let seconds = duration(run)?.as_secs_f64();
    (seconds > 0.0 && handled > 0).then(|| handled as f64 / seconds)
}

/// What is told of the whole run and not of a line, and should be looked at.
pub(super) fn warnings(report: pb::Report) -> Vec<pb::ProblemGroup> {
    let is_of_run =
        |group: &pb::ProblemGroup| group.severity() == pb::Severity::Warning && group.first_lines.is_empty();
    report.problem_groups.into_iter().filter(is_of_run).collect()
}

fn warning(group: &pb::ProblemGroup) -> String {
    let more = if group.count > 1 { format!(" ({} of them; the first)", grouped(group.count)) } else { String::new() };
    format!("warning  {}{more}: {}", plain(&group.reason), plain(&group.sample_message))
}

/// The summary of a run that ended, for people, with the warnings about the whole of it.
pub(super) fn lines(run: &pb::Run, warned: &[pb::ProblemGroup]) -> Vec<String> {
    let counters = run.counters.unwrap_or_default();
    let mut head = format!("{} {} {}", names::tool(run.tool), plain(source_of(run)), state(run));
    if let Some(took) = duration(run) {
        head.push_str(&format!(" in {}", seconds(took)));
    }
    if let Some(rate) = rate(run) {
        head.push_str(&format!(" ({} lines/s)", grouped(rate as u64)));
    }
    if run.dry_run {
        head.push_str("; a dry run: nothing was changed");
    }
    let mut lines = vec![head, format!("  {}", counted(&counters))];
    let partial = (counters.partial > 0).then(|| format!("{} applied in part", plural(counters.partial, "line")));
    let warnings = (counters.warnings > 0).then(|| plural(counters.warnings, "warning"));
    let passed = [(counters.comments, "comment"), (counters.blanks, "blank line")].into_iter();
    let passed: Vec<String> = passed.filter(|(count, _)| *count > 0).map(|(count, noun)| plural(count, noun)).collect();
    let passed = (!passed.is_empty()).then(|| format!("{} passed over", passed.join(" and ")));
    let besides: Vec<String> = partial.into_iter().chain(warnings).chain(passed).collect();
    if !besides.is_empty() {
        lines.push(format!("  {}", besides.join(", ")));
    }
    lines.extend(warned.iter().map(|group| format!("  {}", warning(group))));
    if !run.message.is_empty() && run.state() == pb::RunState::Cancelled {
        lines.push(format!("  {}", plain(&run.message)));
    }
    lines.extend(left_files(run).into_iter().map(|(what, path)| format!("  {what:<8} {}", plain(path))));
    lines
}

/// The files that a run left.
pub(super) fn left_files(run: &pb::Run) -> Vec<(&'static str, &str)> {
    let Some(files) = &run.files else { return Vec::new() };
    let left = [
        ("report", &files.report_path),
        ("tryback", &files.tryback_path),
        ("reasons", &files.reasons_path),
        ("archive", &files.archive_path),
    ];
    left.into_iter().filter_map(|(what, path)| Some((what, path.as_deref()?))).collect()
}

/// Why a run could not be done: on one line, or one reason a line below.
pub(super) fn refusal(run: &pb::Run) -> String {
    let source = plain(source_of(run));
    let reasons: Vec<_> = run.message.lines().map(plain).collect();
    match &reasons[..] {
        [] => format!("{source} was not run: the server gives no reason"),
        [reason] => format!("{source} was not run: {reason}"),
        _ => format!("{source} was not run:\n  {}", reasons.join("\n  ")),
    }
}

/// Where a run stands, in a word.
pub(super) fn state(run: &pb::Run) -> String {
    names::run_state(run.state).to_lowercase()
}

/// `669 lines: 660 created, 9 failed`
pub(super) fn counted(counters: &pb::Counters) -> String {
    let parts = outcomes(counters).into_iter().filter(|(_, count)| *count > 0);
    let parts: Vec<String> = parts.map(|(name, count)| format!("{} {name}", grouped(count))).collect();
    let lines = plural(counters.lines, "line");
    if parts.is_empty() { lines } else { format!("{lines}: {}", parts.join(", ")) }
}

/// What stands beside the progress bar.
pub(super) fn progress(progress: &pb::RunProgress) -> String {
    if progress.state() == pb::RunState::Queued {
        return "waits for other runs".to_owned();
    }
    let mut text = plural(progress.lines_read, "line");
    if progress.lines_per_second > 0.0 {
        text.push_str(&format!(", {}/s", grouped(progress.lines_per_second as u64)));
    }
    if let Some(failed) = progress.counters.map(|counters| counters.failed).filter(|failed| *failed > 0) {
        text.push_str(&format!(", {} failed", grouped(failed)));
    }
    if progress.waiting_for_site {
        text.push_str(", waits for the site");
    } else if let Some(eta) = progress.eta.and_then(|eta| Duration::try_from(eta).ok()) {
        text.push_str(&format!(", {} left", seconds(eta)));
    }
    text
}

fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// `12,345`
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1.2 s`, `3 min 20 s`, `2 h 5 min`
pub(super) fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    match whole {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// A warning about a whole run.
#[derive(Debug, Serialize)]
struct WarningJson<'a> {
    reason: &'a str,
    count: u64,
    message: &'a str,
}

impl<'a> WarningJson<'a> {
    fn of(group: &'a pb::ProblemGroup) -> Self {
        Self { reason: &group.reason, count: group.count, message: &group.sample_message }
    }
}

/// How a run went, for machines: the last object about it.
#[derive(Debug, Serialize)]
pub(super) struct SummaryJson<'a> {
    event: &'static str,
    run_id: &'a str,
    tool: String,
    source: &'a str,
    dry_run: bool,
    state: &'static str,
    message: &'a str,
    counters: CountersJson,
    warnings: Vec<WarningJson<'a>>,
    files: RunFilesJson<'a>,
    seconds: Option<f64>,
    lines_per_second: Option<f64>,
}

impl<'a> SummaryJson<'a> {
    pub(super) fn new(run: &'a pb::Run, warned: &'a [pb::ProblemGroup]) -> Self {
        Self {
            event: "summary",
            run_id: &run.id,
            tool: names::tool(run.tool),
            source: source_of(run),
            dry_run: run.dry_run,
            state: names::run_state(run.state),
            message: &run.message,
            counters: CountersJson::from(run.counters.unwrap_or_default()),
            warnings: warned.iter().map(WarningJson::of).collect(),
            files: RunFilesJson::from(run.files.as_ref()),
            seconds: duration(run).map(|took| took.as_secs_f64()),
            lines_per_second: rate(run),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(state: pb::RunState, counters: pb::Counters) -> pb::Run {
        pb::Run {
            id: "0198".to_owned(),
            tool: pb::Tool::Users as i32,
            source: Some(pb::run::Source::Path("/users.csv".to_owned())),
            state: state as i32,
            counters: Some(counters),
            start_time: Some(prost_types::Timestamp { seconds: 100, nanos: 0 }),
            end_time: Some(prost_types::Timestamp { seconds: 102, nanos: 500_000_000 }),
            ..Default::default()
        }
    }

    fn counters() -> pb::Counters {
        pb::Counters { lines: 12_345, created: 12_300, unchanged: 40, failed: 5, warnings: 1, ..Default::default() }
    }

    #[test]
    fn the_verdict_follows_state_and_counters() {
        use pb::RunState::{Cancelled, Failed, Succeeded};
        let fine = pb::Counters { lines: 1, created: 1, ..Default::default() };
        let partial = pb::Counters { partial: 1, ..fine };
        let cases = [
            (Succeeded, fine, Verdict::Fine),
            (Succeeded, counters(), Verdict::SomeFailed),
            (Succeeded, partial, Verdict::SomeFailed),
            (Cancelled, fine, Verdict::SomeFailed),
            (Failed, fine, Verdict::NotRun),
        ];
        for (state, counters, expected) in cases {
            assert_eq!(verdict(&run(state, counters)), expected, "{state:?} {counters:?}");
        }
    }

    #[test]
    fn the_summary_tells_counters_that_add_up_and_files() {
        let files = pb::RunFiles {
            report_path: Some("/reports/r.txt".to_owned()),
            tryback_path: Some("/users_tryback.csv".to_owned()),
            ..Default::default()
        };
        let run = pb::Run { files: Some(files), ..run(pb::RunState::Succeeded, counters()) };
        let expected = [
            "users /users.csv succeeded in 2.5 s (4,938 lines/s)",
            "  12,345 lines: 12,300 created, 40 unchanged, 5 failed",
            "  1 warning",
            "  report   /reports/r.txt",
            "  tryback  /users_tryback.csv",
        ];
        assert_eq!(lines(&run, &[]), expected);
        let passed = pb::Counters { comments: 1, blanks: 2_000, warnings: 0, ..counters() };
        let run = pb::Run { files: None, counters: Some(passed), ..run };
        assert_eq!(lines(&run, &[])[2..], ["  1 comment and 2,000 blank lines passed over"]);
        let sum: u64 = outcomes(&counters()).iter().map(|(_, count)| count).sum();
        assert_eq!(sum, counters().lines);
    }

    #[test]
    fn warnings_about_the_whole_run_are_told() {
        let group = |reason: &str, severity: pb::Severity, count, first_lines: &[u64]| pb::ProblemGroup {
            reason: reason.to_owned(),
            severity: severity as i32,
            count,
            first_lines: first_lines.to_vec(),
            sample_message: format!("Of {reason}."),
        };
        use pb::Severity::{Error, Notice, Warning};
        let problem_groups = vec![
            group("NO_LINES", Error, 1, &[]),
            group("CACHES_STALE", Warning, 1, &[]),
            group("GROUP_IN_USE", Warning, 1_200, &[]),
            group("VALUE_ADJUSTED", Warning, 2, &[2, 3]),
            group("EMPTY_GROUP", Notice, 3, &[]),
        ];
        let warned = warnings(pb::Report { problem_groups, ..Default::default() });
        let told = lines(&run(pb::RunState::Succeeded, counters()), &warned);
        let expected = [
            "  1 warning",
            "  warning  CACHES_STALE: Of CACHES_STALE.",
            "  warning  GROUP_IN_USE (1,200 of them; the first): Of GROUP_IN_USE.",
        ];
        assert_eq!(told[2..], expected);
        let json = serde_json::to_value(SummaryJson::new(&run(pb::RunState::Succeeded, counters()), &warned)).unwrap();
        assert_eq!(json["warnings"][1]["count"], 1_200);
    }

    #[test]
    fn a_refusal_gives_each_reason_a_line() {
        let refused = |message: &str| {
            refusal(&pb::Run { message: message.to_owned(), ..run(pb::RunState::Failed, pb::Counters::default()) })
        };
        assert_eq!(refused("No lines."), "/users.csv was not run: No lines.");
        assert_eq!(refused("One.\nTwo."), "/users.csv was not run:\n  One.\n  Two.");
        assert!(refused("").ends_with("the server gives no reason"));
    }

    #[test]
    fn progress_is_told_as_far_as_it_is_known() {
        let mut at = pb::RunProgress { state: pb::RunState::Queued as i32, ..Default::default() };
        assert_eq!(progress(&at), "waits for other runs");
        at = pb::RunProgress { state: pb::RunState::Running as i32, lines_read: 1, ..at };
        assert_eq!(progress(&at), "1 line");
        at = pb::RunProgress {
            lines_read: 2000,
            lines_per_second: 1500.7,
            eta: Some(prost_types::Duration { seconds: 200, nanos: 0 }),
            counters: Some(pb::Counters { failed: 3, ..Default::default() }),
            ..at
        };
        assert_eq!(progress(&at), "2,000 lines, 1,500/s, 3 failed, 3 min 20 s left");
        at.waiting_for_site = true;
        assert_eq!(progress(&at), "2,000 lines, 1,500/s, 3 failed, waits for the site");
    }

    #[test]
    fn times_and_numbers_are_readable() {
        for (millis, expected) in [(0, "0.0 s"), (1_240, "1.2 s"), (59_000, "59 s"), (7_500_000, "2 h 5 min")] {
            assert_eq!(seconds(Duration::from_millis(millis)), expected);
        }
        for (number, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), expected);
        }
    }
}
