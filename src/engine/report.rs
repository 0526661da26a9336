//! The report of a run, as data: totals, problems by reason, files.

use crate::model::{LineNumber, Problem, Reason, Run, Severity};
use std::collections::BTreeMap;

/// How many line numbers a group of problems shows.
const SAMPLE_LINES: usize = 10;

/// Problems of one reason.
#[derive(Debug, Clone)]
pub struct ProblemGroup {
    /// Why.
    pub reason: Reason,
    /// How much they weigh.
    pub severity: Severity,
    /// How many.
    pub count: u64,
    /// The first lines that have it; empty for problems of the file.
    pub first_lines: Vec<LineNumber>,
    /// The message of the first.
    pub sample_message: String,
}

/// The problems of a run, grouped.
#[derive(Debug, Clone, Default)]
pub(super) struct ProblemGroups(BTreeMap<(std::cmp::Reverse<Severity>, Reason), ProblemGroup>);

impl ProblemGroups {
    /// Counts a problem of a line, or of the whole file.
    pub(super) fn add(&mut self, line: Option<LineNumber>, problem: &Problem) {
        let key = (std::cmp::Reverse(problem.severity), problem.reason);
        let group = self.0.entry(key).or_insert_with(|| ProblemGroup {
            reason: problem.reason,
            severity: problem.severity,
            count: 0,
            first_lines: Vec::new(),
            sample_message: problem.message.clone(),
        });
        group.count += 1;
        if let Some(line) = line
            && group.first_lines.len() < SAMPLE_LINES
            && group.first_lines.last() != Some(&line)
        {
            group.first_lines.push(line);
        }
    }

    /// The groups, errors first, and of the same severity the most frequent first.
    pub(super) fn into_vec(self) -> Vec<ProblemGroup> {
        let mut groups: Vec<ProblemGroup> = self.0.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse((group.severity, group.count)));
        groups
    }
}

/// The report of a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// The run with its counters and files.
    pub run: Run,
    /// Problems by reason, errors first.
    pub problems: Vec<ProblemGroup>,
    /// The report as text.
    pub text: String,
}
