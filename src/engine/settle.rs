//! The calls of a running Moodle that lines ask for behind their changes, one after the other, journalled before and
//! after.
//!
//! A chunk with such lines is committed with a segment that has no results, only the lines that wait. Each further segment
//! tells results that have become final, and carries the lines that still wait; so the last segment alone says what is
//! left to do after a kill. A call that must not be made twice is noted as begun before it is made.

use super::journal::Segment;
use super::patience::Halt;
use super::runner::Runner;
use super::waiting::{Answer, LineCall, Waiting};
use crate::model::LineResult;
use crate::site::{CallError, MoodleCalls, Repeat};
use std::sync::Arc;

impl Runner {
    /// Brings the lines that wait to their final results. Ends early, with the rest in the journal, when the service goes
    /// down.
    pub(super) async fn settle(&mut self) -> Result<(), Halt> {
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut settled = Vec::new();
        while let Some(result) = waiting.results.pop_front() {
            let Some(call) = waiting.calls.remove(&result.line) else {
                settled.push(result);
                continue;
            };
            let answer = match self.needless(&waiting, &result, &settled) {
                Some(answer) => answer,
                None => self.make(&call, &result, &mut waiting, &mut settled).await?,
            };
            waiting.begun = None;
            settled.push(call.settle(result, answer));
            self.tell(&mut settled, &waiting).await?;
        }
        self.tell(&mut settled, &waiting).await
    }

    /// Why a call is not made (any more).
    fn needless(&self, waiting: &Waiting, result: &LineResult, settled: &[LineResult]) -> Option<Answer> {
        if waiting.begun == Some(result.line) {
            Some(Answer::LostInAKill)
        } else if self.is_cancelled() {
            Some(Answer::Dropped("the run was cancelled"))
        } else if self.failed_enough_with(settled) {
            Some(Answer::Dropped("so many lines failed that the run stopped"))
        } else {
            None
        }
    }

    /// Makes a call. A call that may be made again is left when the service goes down; the answer to any other is waited
    /// for, as is that of a run which is cancelled: what Moodle has begun it does not leave.
    async fn make(
        &mut self,
        call: &LineCall,
        result: &LineResult,
        waiting: &mut Waiting,
        settled: &mut Vec<LineResult>,
    ) -> Result<Answer, Halt> {
        let once = call.call.repeat() == Repeat::Harmful;
        if once || !settled.is_empty() {
            let mut before = waiting.clone();
            before.results.push_front(result.clone());
            before.calls.insert(result.line, call.clone());
            before.begun = (once && !self.inner.shutdown.is_cancelled()).then_some(result.line);
            self.tell_all(settled, &before).await?;
        }
        if self.inner.shutdown.is_cancelled() {
            return Err(Halt::Shutdown);
        }
        let Some(moodle) = self.inner.site(&self.run.site)?.calls.clone() else {
            let problem = "no web service of Moodle is configured any more".to_owned();
            return Ok(Answer::Of(Err(CallError::NotMade(problem))));
        };
        tracing::info!(run = %self.run.id, line = %result.line, call = ?call.call, "Moodle is asked");
        if once {
            return Ok(Answer::Of(moodle.make(call.call).await));
        }
        self.make_or_leave(call, moodle).await
    }

    async fn make_or_leave(&self, call: &LineCall, moodle: Arc<dyn MoodleCalls>) -> Result<Answer, Halt> {
        tokio::select! {
            answer = moodle.make(call.call) => Ok(Answer::Of(answer)),
            () = self.inner.shutdown.cancelled() => Err(Halt::Shutdown),
        }
    }

    /// Journals results that have become final, if there are any.
    async fn tell(&mut self, settled: &mut Vec<LineResult>, waiting: &Waiting) -> Result<(), Halt> {
        if settled.is_empty() { Ok(()) } else { self.tell_all(settled, waiting).await }
    }

    async fn tell_all(&mut self, settled: &mut Vec<LineResult>, waiting: &Waiting) -> Result<(), Halt> {
        let results = std::mem::take(settled);
        let time = self.inner.clock.now();
        self.keep(Segment { time, results, problems: Vec::new(), waiting: waiting.clone() }, None).await
    }
}
