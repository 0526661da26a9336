//! Shows the events of runs as they come.

use super::error::Verdict;
use super::json::EventJson;
use super::lines::{self, Detail};
use super::output::{Format, Output};
use super::{CliError, summary};
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

/// Shows one run.
pub(super) struct Watcher<'o> {
    output: &'o Output,
    detail: Detail,
    bar: Option<ProgressBar>,
}

impl<'o> Watcher<'o> {
    pub(super) fn new(output: &'o Output, settings: &WatchSettings) -> Self {
        let detail = if settings.verbose { Detail::Changes } else { Detail::Troubles };
        Self { output, detail, bar: None }
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
            Some(Event::Finished(_)) => self.clear(),
            None => {}
        }
        Ok(())
    }

    fn line(&self, line: &pb::LineResult) -> Result<(), CliError> {
        let rows = lines::rows(line, self.detail);
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
        bar.set_position(progress.done_bytes);
        bar.set_message(summary::progress(progress));
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
pub(super) fn conclude(run: &pb::Run, output: &Output) -> Result<Verdict, CliError> {
    let verdict = summary::verdict(run);
    if output.format() == Format::Json {
        output.json(&summary::SummaryJson::new(run))?;
    } else {
        summary::lines(run).into_iter().try_for_each(|line| output.line(line))?;
    }
    if verdict == Verdict::NotRun {
        output.error(summary::refusal(run));
    }
    Ok(verdict)
}
