//! Where things are written: data to stdout, everything else to stderr; for people, or as JSON.

use super::CliError;
use super::args::GlobalArgs;
use super::table::Table;
use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write as _;

/// For whom results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Tables and sentences.
    Human,
    /// One JSON object a line.
    Json,
}

/// Which of the two streams get colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    stdout: bool,
    stderr: bool,
}

impl Colours {
    /// Colours go to terminals only, and nowhere if `--no-color` or the variable NO_COLOR (not empty) says so.
    pub(super) fn choose(global: &GlobalArgs) -> Self {
        let wanted = !global.no_color && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { stdout: wanted && Term::stdout().is_term(), stderr: wanted && Term::stderr().is_term() }
    }

    /// Makes everything that is written from now on follow this choice.
    pub(super) fn settle(self) -> Self {
        console::set_colors_enabled(self.stdout);
        console::set_colors_enabled_stderr(self.stderr);
        self
    }

    /// Whether stderr gets colours.
    pub fn on_stderr(self) -> bool {
        self.stderr
    }
}

/// The two streams of the process.
#[derive(Debug)]
pub(super) struct Output {
    format: Format,
    /// Whether notes and progress are shown.
    chatty: bool,
}

impl Output {
    pub(super) fn new(global: &GlobalArgs) -> Self {
        Self { format: if global.json { Format::Json } else { Format::Human }, chatty: !global.quiet }
    }

    /// An output for tests, without notes.
    #[cfg(test)]
    pub(super) fn silent() -> Self {
        Self { format: Format::Human, chatty: false }
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Writes a line of data.
    pub(super) fn line(&self, text: impl Display) -> Result<(), CliError> {
        writeln!(std::io::stdout().lock(), "{text}").map_err(CliError::Output)
    }

    /// Writes bytes as they are.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Result<(), CliError> {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(CliError::Output)
    }

    /// Writes a JSON object.
    pub(super) fn json(&self, object: &impl Serialize) -> Result<(), CliError> {
        self.line(serde_json::to_string(object).map_err(|error| CliError::Output(error.into()))?)
    }

    pub(super) fn table(&self, table: &Table) -> Result<(), CliError> {
        for (number, line) in table.lines().into_iter().enumerate() {
            if number == 0 { self.line(console::style(line).bold()) } else { self.line(line) }?;
        }
        Ok(())
    }

    /// Tells something on stderr.
    pub(super) fn note(&self, text: impl Display) {
        if self.chatty {
            eprintln!("{text}");
        }
    }

    /// Tells on stderr that something was refused.
    pub(super) fn error(&self, text: impl Display) {
        eprintln!("{} {text}", console::style("error:").red().bold().for_stderr());
    }

    /// A progress bar over so many bytes on stderr; hidden if that is no terminal.
    pub(super) fn progress(&self, total_bytes: u64) -> ProgressBar {
        if !self.chatty || self.format == Format::Json {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(total_bytes), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:30} {percent:>3}% of {total_bytes}  {msg}");
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }
}

/// Text of others, fit for a terminal: what would steer the terminal, or break the line, is replaced.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let replaced = |c: char| match c {
        '\n' | '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    Cow::Owned(text.chars().map(replaced).collect())
}

/// A moment as people read it: `2025-09-01 12:30:00`, in UTC; `-` where there is none.
pub(super) fn moment(time: Option<&prost_types::Timestamp>) -> String {
    let time = time.and_then(|time| chrono::DateTime::from_timestamp(time.seconds, 0));
    time.map_or_else(|| "-".to_owned(), |time| time.format("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        assert_eq!(plain("a.kone"), "a.kone");
        assert_eq!(plain("\u{1b}[2Jx\ny\tz"), "\u{fffd}[2Jx y z");
    }

    #[test]
    fn moments_are_told_in_utc() {
        let time = prost_types::Timestamp { seconds: 1_756_729_800, nanos: 5 };
        assert_eq!(moment(Some(&time)), "2025-09-01 12:30:00");
        assert_eq!(moment(None), "-");
    }
}
