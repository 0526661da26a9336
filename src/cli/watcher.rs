//! Shows the events of runs as they come.

use super::error::Verdict;
use super::json::EventJson;
use super::lines::{self, Detail};
use super::output::{Format, Output, plain};
use super::session::Session;
use super::{CliError, report, summary};
use crate::rpc::pb;
use crate::rpc::pb::run_event::Event;
use clap::Args;
use indicatif::ProgressBar;

/// How runs are shown.
#[derive(Debug, Default, Args)]
pub(super) struct WatchSettings {
    /// Print every line that changed something, with what it changed
    #[arg(long, short)]
    verbose: bool,
}

/// So many rows about troubles are shown of a run; whoever asks for every line gets every line.
const MOST_ROWS: u64 = 50;

/// Shows one run.
pub(super) struct Watcher<'o> {
    output: &'o Output,
    detail: Detail,
    /// The rows that there were to show.
    rows: u64,
    bar: Option<ProgressBar>,
}

impl<'o> Watcher<'o> {
    pub(super) fn new(output: &'o Output, settings: &WatchSettings) -> Self {
        let detail = if settings.verbose { Detail::Changes } else { Detail::Troubles };
        Self { output, detail, rows: 0, bar: None }
    }

    /// Shows an event.
    pub(super) fn show(&mut self, run_id: &str, event: &pb::RunEvent) -> Result<(), CliError> {
        if self.output.format() == Format::Json {
            return self.output.json(&EventJson::new(run_id, event));
        }
        match &event.event {
            Some(Event::Started(started)) => {
                self.output.note(format_args!("run {run_id}"));
                let size = started.run.as_ref().map_or(0, |run| run.size_bytes);
                self.bar = Some(self.output.progress(size));
            }
            Some(Event::Line(line)) => self.line(line)?,
            Some(Event::Progress(progress)) => self.progress(progress),
            Some(Event::Finished(_)) => {
                self.clear();
                if let Some(rest) = self.left_out() {
                    self.output.line(format_args!("… {rest} more; `toolsync report {run_id} --problems`"))?;
                }
            }
            None => {}
        }
        Ok(())
    }

    fn within_limit(&mut self, mut rows: Vec<String>) -> Vec<String> {
        if self.detail == Detail::Troubles {
            let room = MOST_ROWS.saturating_sub(self.rows);
            self.rows += rows.len() as u64;
            rows.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        }
        rows
    }

    /// How many rows were not shown; `None` if all were.
    fn left_out(&self) -> Option<u64> {
        let rest = self.rows.saturating_sub(MOST_ROWS);
        (self.detail == Detail::Troubles && rest > 0).then_some(rest)
    }

    fn line(&mut self, line: &pb::LineResult) -> Result<(), CliError> {
        let rows = self.within_limit(lines::rows(line, self.detail));
        if rows.is_empty() {
            return Ok(());
        }
        let print = || rows.into_iter().try_for_each(|row| self.output.line(row));
        match &self.bar {
            // The bar steps aside, or its rest would stand in the row.
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn progress(&mut self, progress: &pb::RunProgress) {
        let bar = self.bar.get_or_insert_with(|| self.output.progress(progress.total_bytes));
        bar.set_length(progress.total_bytes);
        // The position draws the bar, the message does not wait for it.
        bar.set_message(summary::progress(progress));
        bar.set_position(progress.done_bytes);
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Shows how a run ended.
pub(super) async fn conclude(run: &pb::Run, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let verdict = summary::verdict(run);
    let warned = summary::warnings(report::fetch(session, &run.id).await?);
    if output.format() == Format::Json {
        output.json(&summary::SummaryJson::new(run, &warned))?;
    } else {
        summary::lines(run, &warned).into_iter().try_for_each(|line| output.line(line))?;
    }
    if verdict == Verdict::NotRun {
        output.error(summary::refusal(run));
    }
    if let Some(path) = run.files.as_ref().and_then(|files| files.tryback_path.as_deref()) {
        output.hint(format_args!("`toolsync files get {}` fetches the failed lines", plain(path)));
    }
    Ok(verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_troubles_of_a_run_are_shown_up_to_a_limit() {
        let output = Output::silent();
        let mut watcher = Watcher::new(&output, &WatchSettings::default());
        let rows = |count: u64| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
        assert_eq!(watcher.within_limit(rows(MOST_ROWS - 1)).len() as u64, MOST_ROWS - 1);
        assert_eq!(watcher.left_out(), None);
        assert_eq!(watcher.within_limit(rows(3)), ["0"]);
        assert_eq!(watcher.left_out(), Some(2));
        let mut verbose = Watcher::new(&output, &WatchSettings { verbose: true });
        assert_eq!(verbose.within_limit(rows(MOST_ROWS + 1)).len() as u64, MOST_ROWS + 1);
        assert_eq!(verbose.left_out(), None);
    }
}
