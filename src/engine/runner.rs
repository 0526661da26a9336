//! One run from its first line to its last: read ahead, handle chunk by chunk, journal, then post-process.
//!
//! The journal segment of a chunk is stored before the site's transaction commits, and the checkpoint inside that
//! transaction names the segment. After a kill, a segment without its checkpoint is dropped and its lines are handled
//! again; a segment with it counts. So no line is lost and none is applied twice.

use super::Inner;
use super::ahead::{Chunks, Foresight, Outlook};
use super::before::Before;
use super::cleanup::{self, Orders};
use super::error::EngineError;
use super::finish::{Ending, NotReached};
use super::lines::Form;
use super::live::LiveRun;
use super::options::Processing;
use super::patience::{Halt, Patience};
use super::segments::Resume;
use super::source::{self, Chunk, OpenSource, Pace};
use super::waiting::Waiting;
use crate::csv::Skipped;
use crate::model::{Entity, LineNumber, LineResult, Outcome, Problem, Reason, Run, RunMode, RunState};
use crate::site::{Aftermath, Rehearsal, RunningMoodle, SiteFacts};
use crate::tools::options::ToolOptions;
use futures::future::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Chunks that are read and parsed, and wait behind the one at work and the one that is planned beside it.
const CHUNKS_AHEAD: usize = 1;
/// Why a step of a dry run does not begin.
const PLAN_LOST: &str = "What the earlier steps of this dry run planned was lost: the service was restarted, or a step \
                         broke off. Start the dry run again.";

/// How a run's lines came to an end.
#[derive(Debug)]
enum Stop {
    /// The file was read to its end.
    EndOfFile,
    /// As many lines failed as allowed.
    TooManyErrors,
    /// It cannot go on, or shall not.
    Halted(Halt),
}

/// A run at work.
pub(super) struct Runner {
    pub(super) inner: Arc<Inner>,
    pub(super) live: LiveRun,
    pub(super) patience: Patience,
    pub(super) run: Run,
    pub(super) facts: Arc<SiteFacts>,
    pub(super) entity: Entity,
    pub(super) orders: Orders,
    pub(super) next_segment: u64,
    /// Where the next chunk begins, for the heads of the journal.
    pub(super) resume: Resume,
    /// Lines that are applied and wait for a running Moodle.
    pub(super) waiting: Waiting,
    /// Problems of the whole file, for the next segment.
    pub(super) problems: Vec<Problem>,
    /// What a dry run knows, which goes on from chunk to chunk.
    pub(super) rehearsal: Option<Rehearsal>,
    /// What was read and planned ahead for the chunk at hand.
    pub(super) foresight: Option<Foresight>,
    /// What the last chunk left different.
    pub(super) aftermath: Aftermath,
    pub(super) outlook: Outlook,
    pub(super) began: Instant,
    pub(super) lines_before: u64,
    pub(super) bytes_before: u64,
    pub(super) bytes_done: u64,
}

/// Runs `run` to its end, or until the service goes down. Gives what the next step of its series must know.
pub(super) async fn execute(inner: Arc<Inner>, run: Run, before: Before) -> Before {
    let live = inner.live.enter(run.id);
    let id = run.id;
    // A tool that panics ends its run, not the worker: without it no run of the site would ever begin again.
    let ended = AssertUnwindSafe(run_to_end(Arc::clone(&inner), live, run.clone(), before)).catch_unwind().await;
    let ended = ended.unwrap_or_else(|_| Err(internal("handle the run", "it panicked; the log says where")));
    let after = match ended {
        Ok(after) => after,
        Err(error) => {
            broken_off(&inner, run, error).await;
            Before::Lost
        }
    };
    inner.live.leave(id);
    after
}

/// Ends a run that cannot go on. One that the end of the service interrupts is taken up after the restart.
async fn broken_off(inner: &Inner, run: Run, error: EngineError) {
    let id = run.id;
    if !matches!(error, EngineError::ShuttingDown) {
        tracing::error!(run = %id, %error, "the run broke off");
        // As it stands now: with the counters of what was journalled.
        let run = inner.store.run(&run.site, id).await.unwrap_or(run);
        let message = format!("The run broke off: {error}.");
        let counters = run.counters.clone();
        let ending = Ending::refused(RunState::Failed, message.clone());
        if let Err(error) = super::finish::finish(inner, run, ending).await
            && !matches!(error, EngineError::ShuttingDown)
        {
            tracing::error!(run = %id, %error, "the files of the ended run could not be stored");
            if let Err(error) = super::finish::without_files(inner, id, message, counters).await {
                tracing::error!(run = %id, %error, "the end of the run could not be stored");
            }
        }
    }
}

async fn run_to_end(inner: Arc<Inner>, live: LiveRun, run: Run, mut before: Before) -> Result<Before, EngineError> {
    let refused = |state, message: &str| Ending::refused(state, message.to_owned());
    if run.cancel_requested && run.state == RunState::Queued {
        super::finish::finish(&inner, run, refused(RunState::Cancelled, "Cancelled before it began.")).await?;
        return Ok(before);
    }
    if run.mode == RunMode::DryRun && matches!(before, Before::Lost) {
        super::finish::finish(&inner, run, refused(RunState::Failed, PLAN_LOST)).await?;
        return Ok(before);
    }
    // Begun before it looks at the site: one that waits for its site is at work.
    let run = inner.store.start_run(run.id, inner.clock.now()).await?;
    match begin(&inner, live, run.clone(), &mut before).await {
        Ok(Some((runner, source, after))) => runner.work(source, after).await,
        Ok(None) | Err(Halt::Shutdown) => Ok(before),
        Err(Halt::Broken(error)) => Err(error),
        Err(Halt::Cancelled) => {
            let ending = refused(RunState::Cancelled, "Cancelled on request while it waited for the site.");
            super::finish::finish(&inner, run, ending).await?;
            Ok(before)
        }
    }
}

/// Looks at the site and the head of the file. None: the file was refused, and the run has ended.
async fn begin(
    inner: &Arc<Inner>,
    live: LiveRun,
    run: Run,
    before: &mut Before,
) -> Result<Option<(Runner, OpenSource, LineNumber)>, Halt> {
    let patience = Patience::new(inner, &run)?;
    let site = inner.site(&run.site)?;
    let mut facts = patience.until_done(|| async { Ok(site.reader.facts().await?) }).await?;
    if site.calls.is_some() {
        facts = Arc::new(SiteFacts { moodle: RunningMoodle::Callable, ..(*facts).clone() });
    }
    let tool = crate::tools::tool(run.tool);
    let descriptor = tool.descriptor();
    let processing = Processing::parse(&run.options.values).map_err(EngineError::Options)?;
    let options = ToolOptions::check(descriptor.options, &run.options.values).map_err(EngineError::Options)?;
    let configured = tool.configure(&options).map_err(EngineError::Options)?;
    let (content, _) = inner.store.reader(run.content).await?;
    let opened = {
        let (facts, bounds) = (Arc::clone(&facts), inner.archives);
        blocking("open the command file", move || {
            source::open(content, &processing, descriptor, configured.as_ref(), facts, bounds)
        })
        .await??
    };
    let source = match opened {
        Ok(source) => source,
        Err(problems) => {
            super::finish::finish(inner, run, Ending::file_refused(problems)).await?;
            return Ok(None);
        }
    };
    let mut runner = Runner {
        entity: source.job.entity(),
        orders: Orders::of(&run)?,
        next_segment: 0,
        resume: Resume::default(),
        waiting: Waiting::default(),
        problems: source.notices.clone(),
        rehearsal: None,
        foresight: None,
        aftermath: Aftermath::of_anything(),
        outlook: Outlook::default(),
        began: Instant::now(),
        lines_before: 0,
        bytes_before: 0,
        bytes_done: 0,
        inner: Arc::clone(inner),
        live,
        patience,
        run,
        facts,
    };
    let after = runner.take_up(std::mem::replace(before, Before::Nothing)).await?;
    Ok(Some((runner, source, after)))
}

impl Runner {
    async fn work(mut self, source: OpenSource, after: LineNumber) -> Result<Before, EngineError> {
        self.publish(None);
        let form = source.form;
        let pace = Pace::of(&source, self.facts.hosting);
        let (sender, coming) = mpsc::channel(CHUNKS_AHEAD);
        let mut chunks = Chunks::new(coming);
        let reading = {
            let pace = Arc::clone(&pace);
            tokio::task::spawn_blocking(move || source.read_chunks(after, &pace, &sender))
        };
        let (stop, rest) = self.handle_all(&mut chunks, &pace).await;
        let not_reached = match stop {
            Stop::EndOfFile | Stop::Halted(Halt::Shutdown) => None,
            _ => {
                pace.drain();
                chunks.count_rest(rest).await
            }
        };
        drop(chunks);
        let skipped = reading.await.map_err(|error| internal("read the command file", error))?;
        if matches!(stop, Stop::Halted(Halt::Shutdown)) {
            return Ok(Before::Lost);
        }
        let ending = Ending { skipped, ..self.ending(stop, form, not_reached) };
        if ending.state == RunState::Succeeded {
            let rehearsed = self.rehearsal.as_mut().map(|rehearsal| &mut rehearsal.world);
            cleanup::clean_up(&self.inner, &self.run, self.orders, rehearsed).await?;
        }
        let mode = self.run.mode;
        super::finish::finish(&self.inner, self.run, ending).await?;
        Ok(match self.rehearsal {
            Some(rehearsal) if mode == RunMode::DryRun => Before::Planned(Box::new(rehearsal)),
            _ => Before::Nothing,
        })
    }

    fn ending(&self, stop: Stop, form: Form, not_reached: Option<NotReached>) -> Ending {
        let failed = self.run.counters.get(Outcome::Failed);
        let (state, message) = match stop {
            Stop::EndOfFile if self.run.counters.lines() == 0 => return self.nothing_to_do(form),
            Stop::EndOfFile | Stop::Halted(Halt::Shutdown) => (RunState::Succeeded, String::new()),
            Stop::Halted(Halt::Cancelled) => (RunState::Cancelled, "Cancelled on request.".to_owned()),
            Stop::TooManyErrors => (
                RunState::Cancelled,
                format!(
                    "Stopped after {failed} failed lines, as max_errors asks. Correct them and run the tryback file."
                ),
            ),
            Stop::Halted(Halt::Broken(error)) => (RunState::Failed, format!("The run could not go on: {error}.")),
        };
        Ending {
            state,
            message,
            problems: self.problems.clone(),
            form: Some(form),
            not_reached,
            skipped: Skipped::default(),
        }
    }

    /// The end of a run without lines. A list may have none; other files were meant to have some.
    fn nothing_to_do(&self, form: Form) -> Ending {
        let refused = |message: &str| Ending::file_refused(vec![Problem::error(Reason::NoLines, message)]);
        let mut ending = match form {
            Form::Text(top) if top.is_list() => {
                let notice = Problem::notice(Reason::NoLines, "The list has no line. Nothing was to be done.");
                Ending { problems: vec![notice], ..Ending::refused(RunState::Succeeded, String::new()) }
            }
            Form::Text(_) => refused("The file has a header and no line. Nothing was done."),
            Form::Archive => refused("The archive has no entry besides folders and hidden files. Nothing was done."),
        };
        ending.problems.extend(self.problems.iter().cloned());
        Ending { form: Some(form), ..ending }
    }

    /// Handles chunk after chunk. With a stop before the end comes the chunk at hand and how many of its lines were
    /// handled.
    async fn handle_all(&mut self, chunks: &mut Chunks, pace: &Pace) -> (Stop, Option<(Arc<Chunk>, usize)>) {
        // What an earlier process has left.
        if let Err(halt) = self.settle().await {
            return (Stop::Halted(halt), None);
        }
        while let Some(next) = chunks.next().await {
            let mut ahead = match next {
                Ok(ahead) => ahead,
                Err(error) => return (Stop::Halted(Halt::Broken(error)), None),
            };
            self.foresight = ahead.foresee(&self.aftermath, &mut self.outlook).await;
            let chunk = Arc::clone(&ahead.chunk);
            if self.inner.shutdown.is_cancelled() {
                return (Stop::Halted(Halt::Shutdown), None);
            }
            if self.is_cancelled() {
                return (Stop::Halted(Halt::Cancelled), Some((chunk, 0)));
            }
            if self.failed_enough() {
                // It came so far before it was interrupted.
                return (Stop::TooManyErrors, Some((chunk, 0)));
            }
            let began = Instant::now();
            let looking_ahead = self.look_ahead(chunks);
            let ((), handled) = tokio::join!(looking_ahead, self.handle(&chunk));
            let handled = match handled {
                Ok(handled) => handled,
                Err(halt) => return (Stop::Halted(halt), Some((chunk, 0))),
            };
            pace.learn(handled, began.elapsed());
            if self.failed_enough() {
                return (Stop::TooManyErrors, Some((chunk, handled)));
            }
        }
        (if self.failed_enough() { Stop::TooManyErrors } else { Stop::EndOfFile }, None)
    }

    /// Whether somebody asked for its end.
    pub(super) fn is_cancelled(&self) -> bool {
        self.live.cancel.is_cancelled() || self.run.cancel_requested
    }

    /// Whether as many lines failed as are allowed.
    fn failed_enough(&self) -> bool {
        self.failed_enough_with(&[])
    }

    /// The same with results that are not journalled yet.
    pub(super) fn failed_enough_with(&self, settled: &[LineResult]) -> bool {
        let failed = settled.iter().filter(|result| result.outcome == Outcome::Failed).count() as u64;
        let most = self.run.options.max_errors;
        most > 0 && self.run.counters.get(Outcome::Failed) + failed >= most
    }
}

fn internal(operation: &'static str, error: impl std::fmt::Display) -> EngineError {
    EngineError::Internal { operation, problem: error.to_string() }
}

/// Runs work that blocks on a thread for such work.
pub(super) async fn blocking<T: Send + 'static>(
    operation: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(operation, error))
}
