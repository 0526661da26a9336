//! Series: runs that are asked for together and go one after the other, with no other run of the site between them.
//!
//! Every step is a run like any other, with its own report, tryback and archive, and goes on whatever became of the one
//! before. In a dry run, a step knows what the earlier ones planned.

use super::Engine;
use super::error::EngineError;
use super::event::RunEvent;
use super::start::{StartRun, StartSource};
use crate::model::{
    Caller, Counters, RequestId, Run, RunId, RunMode, RunOptions, RunState, SeriesId, SeriesStep, SiteKey, ToolKind,
};
use futures::{Stream, StreamExt};

/// Most steps of a series.
pub const MOST_STEPS: usize = 50;

/// A step of a series that is asked for.
#[derive(Debug, Clone)]
pub struct StartStep {
    /// Where the request speaks of it, for messages: `reset`, `steps[2].file`.
    pub place: String,
    /// The tool.
    pub tool: ToolKind,
    /// The command file.
    pub source: StartSource,
    /// Options of the engine and of the tool.
    pub options: RunOptions,
}

/// A request for runs one after the other.
#[derive(Debug, Clone)]
pub struct StartSeries {
    /// The site.
    pub site: SiteKey,
    /// The steps, in their order: 1 to [`MOST_STEPS`].
    pub steps: Vec<StartStep>,
    /// Whether the runs may write.
    pub mode: RunMode,
    /// The client's name for the request.
    pub request_id: Option<RequestId>,
    /// Who asks.
    pub caller: Caller,
}

/// A series, as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its identifier.
    pub id: SeriesId,
    /// The site.
    pub site: SiteKey,
    /// Its runs, in their order; never empty.
    pub steps: Vec<Run>,
}

/// Something that happened in a step of a series, or its end.
#[derive(Debug)]
pub enum SeriesEvent {
    /// The series was accepted; always the first event of a stream that begins at the beginning.
    Started(Series),
    /// An event of a step.
    Step {
        /// Which step, from 1.
        number: u32,
        /// Its run.
        run: RunId,
        /// What happened.
        event: RunEvent,
    },
    /// All steps have ended; always the last event.
    Finished(Series),
}

/// Where a watcher of a series begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeriesPosition {
    /// A step, from 1; 0 for the very beginning.
    pub step: u32,
    /// Only events of that step behind this number.
    pub after: u64,
}

impl Series {
    /// Where it stands: at work as long as a step is; then as bad as its worst step.
    pub fn state(&self) -> RunState {
        let any = |state| self.steps.iter().any(|run| run.state == state);
        let all = |state| self.steps.iter().all(|run| run.state == state);
        match () {
            () if all(RunState::Queued) => RunState::Queued,
            () if any(RunState::Queued) || any(RunState::Running) => RunState::Running,
            () if any(RunState::Failed) => RunState::Failed,
            () if any(RunState::Cancelled) => RunState::Cancelled,
            () => RunState::Succeeded,
        }
    }

    /// The lines of all steps by outcome.
    pub fn counters(&self) -> Counters {
        let mut sum = Counters::default();
        self.steps.iter().for_each(|run| sum.merge(&run.counters));
        sum
    }
}

impl Engine {
    /// Accepts a series and queues its runs. A step that can be refused at once refuses the whole. A repeated request id
    /// answers with the series of the first request.
    pub async fn start_series(&self, request: StartSeries) -> Result<Series, EngineError> {
        self.may_start(&request.site)?;
        let series = SeriesId::generate();
        let (mut runs, mut fingerprints) = (Vec::new(), Vec::new());
        for (step, number) in request.steps.into_iter().zip(1..) {
            let start = StartRun {
                site: request.site.clone(),
                tool: step.tool,
                source: step.source,
                options: step.options,
                mode: request.mode,
                request_id: request.request_id.clone(),
                caller: request.caller.clone(),
                schedule: None,
            };
            let place = step.place;
            let in_step = |error| EngineError::Step { place, error: Box::new(error) };
            let (run, fingerprint) = self.accept(start, Some(SeriesStep { series, number })).await.map_err(in_step)?;
            // The request id stands for the whole, and is unique in the store.
            runs.push(Run { request_id: run.request_id.filter(|_| number == 1), ..run });
            fingerprints.push(fingerprint);
        }
        let mut runs = runs.into_iter();
        let Some(first) = runs.next() else {
            return Err(EngineError::Internal { operation: "start a series", problem: "it has no step".to_owned() });
        };
        let first = self.store_and_queue(first, runs.collect(), fingerprints.join("\n")).await?;
        // A request id that was used for a single run has another fingerprint.
        self.series(&first.site, first.step.map_or(series, |step| step.series)).await
    }

    /// A series of a site.
    pub async fn series(&self, site: &SiteKey, id: SeriesId) -> Result<Series, EngineError> {
        self.inner.site(site)?;
        Ok(Series { id, site: site.clone(), steps: self.inner.store.series(site, id).await? })
    }

    /// Asks for the end of all steps that have not ended.
    pub async fn cancel_series(&self, site: &SiteKey, id: SeriesId) -> Result<Series, EngineError> {
        // From the end: none may begin because the one before it was cancelled.
        for run in self.series(site, id).await?.steps.iter().rev().filter(|run| !run.state.is_final()) {
            self.cancel(site, run.id).await?;
        }
        self.series(site, id).await
    }

    /// The events of a series from a position on, step by step. The last one is *finished*, or an error: what comes behind
    /// an error is not to be read. Dropping the stream does nothing to the runs.
    pub fn watch_series(
        &self,
        series: Series,
        from: SeriesPosition,
    ) -> impl Stream<Item = Result<SeriesEvent, EngineError>> + Send + use<> {
        let started = (from.step == 0).then(|| Ok(SeriesEvent::Started(series.clone())));
        let Series { id, site, steps } = series;
        let steps = (1..).zip(steps).filter(move |(number, _)| *number >= from.step);
        let (engine, of_steps) = (self.clone(), site.clone());
        let events = futures::stream::iter(steps).flat_map(move |(number, run)| {
            let after = if number == from.step { from.after } else { 0 };
            engine.clone().watch_step(of_steps.clone(), number, run.id, after)
        });
        let engine = self.clone();
        let finished = async move { engine.series(&site, id).await.map(SeriesEvent::Finished) };
        futures::stream::iter(started).chain(events).chain(futures::stream::once(finished))
    }

    /// The events of a step. Its run is read when its turn comes, so that the first event tells how it is then.
    fn watch_step(
        self,
        site: SiteKey,
        number: u32,
        run: RunId,
        after: u64,
    ) -> impl Stream<Item = Result<SeriesEvent, EngineError>> + Send {
        let read = async move {
            let events = self.watch(self.run(&site, run).await?, after);
            Ok::<_, EngineError>(events.map(move |event| Ok(SeriesEvent::Step { number, run, event: event? })))
        };
        futures::stream::once(read)
            .map(|events| match events {
                Ok(events) => events.left_stream(),
                Err(error) => futures::stream::iter([Err(error)]).right_stream(),
            })
            .flatten()
    }
}
