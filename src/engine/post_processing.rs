//! What is done behind the last line of a run and what is left out, step by step, and why: for the report.

use super::cleanup::Orders;
use super::error::EngineError;
use super::options::{Processing, Step};
use crate::model::{Run, RunMode, RunSource, RunState};
use crate::store::SourceFate;
use crate::tools::leftovers::GroupPurge;

/// What becomes of the command file of a run, and why it stays where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes to the archives.
    Archived,
    /// It is removed.
    Deleted,
    /// It stays, by this step's own leave.
    Kept(Why),
}

/// Why a step is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// An option says so, this one.
    Off(&'static str),
    DryRun,
    NotSucceeded,
    /// The file came with the request, or the run made its own list.
    NotStored,
    /// No line has to be tried again.
    NothingToRetry,
    /// The step before it took the file away.
    InArchive,
}

impl Why {
    fn words(self) -> String {
        match self {
            Self::Off(option) => return format!("switched off (option {option})"),
            Self::DryRun => "not done: in a dry run files stay where they are",
            Self::NotSucceeded => "not done: the run has not succeeded, its file stays where it is",
            Self::NotStored => "not done: the lines come from no stored file",
            Self::NothingToRetry => "not needed: no line has to be tried again",
            Self::InArchive => "not needed: the file goes to the archives",
        }
        .to_owned()
    }
}

/// What becomes of the command file: archived rather than removed, and neither in a dry run or where the run has not
/// succeeded.
pub(super) fn fate(run: &Run, state: RunState, processing: &Processing) -> Fate {
    match (processing.archive, processing.cleanup) {
        (Step::Off, Step::Off) => Fate::Kept(Why::Off("cleanup")),
        _ if !matches!(run.source, RunSource::Stored(_)) => Fate::Kept(Why::NotStored),
        _ if run.mode == RunMode::DryRun => Fate::Kept(Why::DryRun),
        _ if state != RunState::Succeeded => Fate::Kept(Why::NotSucceeded),
        (Step::On, _) => Fate::Archived,
        (Step::Off, Step::On) => Fate::Deleted,
    }
}

impl Fate {
    /// The same for the store.
    pub(super) fn of_source(self, archive: crate::model::FilePath) -> SourceFate {
        match self {
            Self::Archived => SourceFate::ArchiveTo(archive),
            Self::Deleted => SourceFate::Delete,
            Self::Kept(_) => SourceFate::Keep,
        }
    }
}

/// The steps of a run that has ended, or is about to, a line each. Empty for one that goes on.
pub(super) fn told(run: &Run) -> Result<String, EngineError> {
    if !run.state.is_final() {
        return Ok(String::new());
    }
    let processing = Processing::parse(&run.options.values).map_err(EngineError::Options)?;
    let fate = fate(run, run.state, &processing);
    let steps = [
        ("empty groups", groups(run, &Orders::of(run)?)),
        ("report", report(&processing)),
        ("tryback", tryback(run, &processing)),
        ("archive", archive(&processing, fate)),
        ("clean-up", cleanup(&processing, fate)),
    ];
    let lines = steps.map(|(step, words)| format!("  {step:<14} {words}\n"));
    Ok(format!("\nAfter the last line\n{}", lines.concat()))
}

fn groups(run: &Run, orders: &Orders) -> String {
    match orders.groups {
        GroupPurge::None => Why::Off("enrol_cleanup").words(),
        _ if run.state != RunState::Succeeded => "not done: the run has not succeeded".to_owned(),
        _ if run.mode == RunMode::DryRun => "foretold, in the courses that the lines touch".to_owned(),
        _ => "deleted, in the courses that the lines touched".to_owned(),
    }
}

fn report(processing: &Processing) -> String {
    if processing.report.is_on() { "stored".to_owned() } else { Why::Off("report").words() }
}

fn tryback(run: &Run, processing: &Processing) -> String {
    match (processing.tryback, run.counters.to_retry()) {
        (Step::Off, 0) => Why::Off("tryback").words(),
        (Step::Off, lines) => format!("{}; lines to be tried again: {lines}", Why::Off("tryback").words()),
        (Step::On, 0) => Why::NothingToRetry.words(),
        (Step::On, lines) => format!("stored; lines to be tried again: {lines}"),
    }
}

fn archive(processing: &Processing, fate: Fate) -> String {
    match (processing.archive, fate) {
        (Step::Off, _) => Why::Off("archive").words(),
        (Step::On, Fate::Kept(why)) => why.words(),
        (Step::On, _) => "the file goes to /archives, unless another one has taken its place".to_owned(),
    }
}

fn cleanup(processing: &Processing, fate: Fate) -> String {
    match (processing.cleanup, fate) {
        (Step::Off, _) => Why::Off("cleanup").words(),
        (Step::On, Fate::Kept(why)) => why.words(),
        (Step::On, Fate::Archived) => Why::InArchive.words(),
        (Step::On, Fate::Deleted) => "the file is removed, unless another one has taken its place".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::file::Sha256Digest;
    use crate::model::{Caller, Counters, FilePath, Outcome, RunId, RunOptions, SiteKey, ToolKind};

    /// The words of each step, for a run with these options of which so many lines failed.
    fn steps(mode: RunMode, state: RunState, stored: bool, options: &str, failed: u64) -> Vec<String> {
        let source = match stored {
            true => RunSource::Stored(FilePath::parse("/in/users.csv").unwrap()),
            false => RunSource::Inline("inline.csv".to_owned()),
        };
        let mut counters = Counters::default();
        counters.add_many(Outcome::Failed, failed);
        let pairs = options.split_whitespace().map(|pair| pair.split_once('=').unwrap());
        let values = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let run = Run {
            id: RunId::generate(),
            site: SiteKey("campus".to_owned()),
            tool: ToolKind::Users,
            source,
            content: Sha256Digest([0; 32]),
            content_size: 0,
            mode,
            options: RunOptions { values, max_errors: 0 },
            state,
            caller: Caller::local(),
            schedule: None,
            step: None,
            request_id: None,
            created: chrono::DateTime::UNIX_EPOCH,
            started: None,
            finished: None,
            counters,
            last_sequence: 0,
            message: String::new(),
            report: None,
            tryback: None,
            archive: None,
            cancel_requested: false,
        };
        told(&run).unwrap().lines().skip(2).map(|line| line[17..].to_owned()).collect()
    }

    /// Mode, state, whether the file is stored, options, failed lines; the words of each step.
    type Case = (RunMode, RunState, bool, &'static str, u64, [&'static str; 5]);

    const ALL: &str = "enrol_cleanup=true archive=true cleanup=true";

    #[test]
    fn every_step_is_told_with_what_became_of_it() {
        use RunMode::{Apply, DryRun};
        use RunState::{Cancelled, Succeeded};
        let dry = "not done: in a dry run files stay where they are";
        let stopped = "not done: the run has not succeeded, its file stays where it is";
        let from_nowhere = "not done: the lines come from no stored file";
        let cases: [Case; 7] = [
            (
                Apply,
                Succeeded,
                true,
                "",
                0,
                [
                    "switched off (option enrol_cleanup)",
                    "stored",
                    "not needed: no line has to be tried again",
                    "switched off (option archive)",
                    "switched off (option cleanup)",
                ],
            ),
            (
                Apply,
                Succeeded,
                true,
                ALL,
                2,
                [
                    "deleted, in the courses that the lines touched",
                    "stored",
                    "stored; lines to be tried again: 2",
                    "the file goes to /archives, unless another one has taken its place",
                    "not needed: the file goes to the archives",
                ],
            ),
            (
                Apply,
                Succeeded,
                true,
                "cleanup=true report=false tryback=false",
                2,
                [
                    "switched off (option enrol_cleanup)",
                    "switched off (option report)",
                    "switched off (option tryback); lines to be tried again: 2",
                    "switched off (option archive)",
                    "the file is removed, unless another one has taken its place",
                ],
            ),
            (
                Apply,
                Succeeded,
                true,
                "tryback=false",
                0,
                [
                    "switched off (option enrol_cleanup)",
                    "stored",
                    "switched off (option tryback)",
                    "switched off (option archive)",
                    "switched off (option cleanup)",
                ],
            ),
            (
                DryRun,
                Succeeded,
                true,
                ALL,
                1,
                [
                    "foretold, in the courses that the lines touch",
                    "stored",
                    "stored; lines to be tried again: 1",
                    dry,
                    dry,
                ],
            ),
            (
                Apply,
                Cancelled,
                true,
                ALL,
                0,
                [
                    "not done: the run has not succeeded",
                    "stored",
                    "not needed: no line has to be tried again",
                    stopped,
                    stopped,
                ],
            ),
            (
                Apply,
                Succeeded,
                false,
                ALL,
                0,
                [
                    "deleted, in the courses that the lines touched",
                    "stored",
                    "not needed: no line has to be tried again",
                    from_nowhere,
                    from_nowhere,
                ],
            ),
        ];
        for (mode, state, stored, options, failed, expected) in cases {
            assert_eq!(steps(mode, state, stored, options, failed), expected, "{mode:?} {state:?} {options}");
        }
        assert_eq!(steps(Apply, RunState::Running, true, "", 0), Vec::<String>::new(), "nothing is known yet");
    }
}
