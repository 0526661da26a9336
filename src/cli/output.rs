//! Where things are written: data to stdout, everything else to stderr; for people, or as JSON.

use super::CliError;
use super::args::GlobalArgs;
use super::table::Table;
use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, ErrorKind, StdoutLock, Write};
use std::sync::atomic::{AtomicBool, Ordering};

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

/// What it means that the reader of stdout goes away, as in `toolsync … | head`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LostReader {
    /// The reader has seen enough: the command is over.
    EndsCommand,
    /// The command has work to follow to its end; only the printing ends.
    EndsPrinting,
}

/// The two streams of the process.
#[derive(Debug)]
pub(super) struct Output {
    format: Format,
    /// Whether notes and progress are shown.
    chatty: bool,
    lost_reader: LostReader,
    /// Whether nobody reads stdout any more.
    unread: AtomicBool,
}

impl Output {
    pub(super) fn new(global: &GlobalArgs, lost_reader: LostReader) -> Self {
        let format = if global.json { Format::Json } else { Format::Human };
        Self { format, chatty: !global.quiet, lost_reader, unread: AtomicBool::new(false) }
    }

    /// An output for tests, without notes.
    #[cfg(test)]
    pub(super) fn silent() -> Self {
        let (lost_reader, unread) = (LostReader::EndsCommand, AtomicBool::new(false));
        Self { format: Format::Human, chatty: false, lost_reader, unread }
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Writes a line of data.
    pub(super) fn line(&self, text: impl Display) -> Result<(), CliError> {
        self.print(|stdout| writeln!(stdout, "{text}"))
    }

    /// Writes bytes as they are.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Result<(), CliError> {
        self.print(|stdout| stdout.write_all(bytes).and_then(|()| stdout.flush()))
    }

    fn print(&self, write: impl FnOnce(&mut StdoutLock<'static>) -> io::Result<()>) -> Result<(), CliError> {
        if self.unread.load(Ordering::Relaxed) {
            return Ok(());
        }
        let written = write(&mut io::stdout().lock());
        self.settled(written)
    }

    /// What an attempt to write means for the command.
    fn settled(&self, written: io::Result<()>) -> Result<(), CliError> {
        match written {
            Err(cause) if cause.kind() == ErrorKind::BrokenPipe && self.lost_reader == LostReader::EndsPrinting => {
                self.unread.store(true, Ordering::Relaxed);
                Ok(())
            }
            written => written.map_err(CliError::Output),
        }
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

    /// Writes what is known about one thing, a fact a line.
    pub(super) fn facts(&self, facts: &[(&str, String)]) -> Result<(), CliError> {
        facts.iter().try_for_each(|(what, fact)| self.line(format_args!("{what:<10} {fact}")))
    }

    /// Tells something on stderr.
    pub(super) fn note(&self, text: impl Display) {
        if self.chatty {
            complain(text);
        }
    }

    /// Tells on stderr that something was refused.
    pub(super) fn error(&self, text: impl Display) {
        complain(format_args!("{} {text}", console::style("error:").red().bold().for_stderr()));
    }

    /// Tells on stderr what can be done next.
    pub(super) fn hint(&self, text: impl Display) {
        self.note(format_args!("{} {text}", hint_mark()));
    }

    /// A progress bar over so many bytes on stderr; hidden if that is no terminal.
    pub(super) fn progress(&self, total_bytes: u64) -> ProgressBar {
        if !self.chatty || self.format == Format::Json {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(total_bytes), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:16} {percent:>3}% of {total_bytes}  {wide_msg}");
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }
}

/// Writes to stderr. Nobody may be there to read it, and that ends nothing.
pub(super) fn complain(text: impl Display) {
    _ = writeln!(io::stderr().lock(), "{text}");
}

/// What hints begin with.
pub(super) fn hint_mark() -> impl Display {
    console::style("hint:").cyan().bold().for_stderr()
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

/// The same where no heading says that it is UTC: `2025-09-01 12:30:00 UTC`.
pub(super) fn moment_utc(time: Option<&prost_types::Timestamp>) -> String {
    let text = moment(time);
    if time.is_some() { format!("{text} UTC") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_reader_ends_the_command_or_the_printing() {
        let broken = || Err(ErrorKind::BrokenPipe.into());
        assert!(matches!(Output::silent().settled(broken()), Err(CliError::Output(_))));
        let output = Output { lost_reader: LostReader::EndsPrinting, ..Output::silent() };
        assert!(output.settled(Err(ErrorKind::StorageFull.into())).is_err(), "data that is lost is no reader lost");
        output.settled(broken()).unwrap();
        assert!(output.unread.load(Ordering::Relaxed));
        output.print(|_| panic!("nobody reads it")).unwrap();
    }

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        assert_eq!(plain("a.kone"), "a.kone");
        assert_eq!(plain("\u{1b}[2Jx\ny\tz"), "\u{fffd}[2Jx y z");
    }

    #[test]
    fn moments_are_told_in_utc() {
        let time = prost_types::Timestamp { seconds: 1_756_729_800, nanos: 5 };
        assert_eq!(moment(Some(&time)), "2025-09-01 12:30:00");
        assert_eq!(moment_utc(Some(&time)), "2025-09-01 12:30:00 UTC");
        assert_eq!((moment(None), moment_utc(None)), ("-".to_owned(), "-".to_owned()));
    }
}
