//! A chunk until it is handled: at once, once more after trouble, or line by line.

use super::apply;
use super::error::EngineError;
use super::patience::{Halt, Troubles};
use super::runner::Runner;
use super::source::Chunk;
use crate::model::Outcome;
use crate::site::{Aftermath, StoredContents};

/// How a chunk is applied.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// As a whole.
    AtOnce,
    /// Each line behind a savepoint, because the site would not have the whole.
    LineByLine,
}

impl Runner {
    /// Handles a chunk, journals it and makes it true. Answers with the number of lines handled: fewer than the chunk
    /// has when the run must stop within it.
    pub(super) async fn handle(&mut self, chunk: &Chunk) -> Result<usize, Halt> {
        let count = match self.persist(chunk, Manner::AtOnce).await {
            Err(Halt::Broken(EngineError::Site(error))) if error.is_about_data() && self.rehearsal.is_none() => {
                tracing::info!(run = %self.run.id, %error, "a chunk is applied line by line");
                self.persist(chunk, Manner::LineByLine).await
            }
            done => done,
        }?;
        self.settle().await?;
        Ok(count)
    }

    async fn persist(&mut self, chunk: &Chunk, manner: Manner) -> Result<usize, Halt> {
        let mut troubles = Troubles::default();
        let mut has_waited = false;
        let count = loop {
            match self.attempt(chunk, manner).await {
                Ok(count) => break count,
                Err(halt) => self.patience.bear(halt, &mut troubles).await?,
            }
            has_waited = true;
        };
        if has_waited {
            // What was read ahead is of the time before, and Moodle may have written meanwhile.
            self.aftermath = Aftermath::of_anything();
        }
        Ok(count)
    }

    async fn attempt(&mut self, chunk: &Chunk, manner: Manner) -> Result<usize, Halt> {
        let site = self.inner.site(&self.run.site)?;
        let budget = match self.run.options.max_errors {
            0 => u64::MAX,
            most => most.saturating_sub(self.run.counters.get(Outcome::Failed)),
        };
        let handled = match &mut self.rehearsal {
            Some(rehearsal) => {
                let contents = site.file_pool.as_deref().map(|pool| pool as &dyn StoredContents);
                apply::rehearse(chunk, self.entity, &*site.reader, contents, &self.inner.scaler, rehearsal, budget)
                    .await?
            }
            None => {
                let now = self.inner.clock.now().timestamp();
                let target = apply::Target {
                    site: &self.run.site,
                    reader: &*site.reader,
                    writer: &*site.writer,
                    file_pool: site.file_pool.as_deref(),
                    scaler: &self.inner.scaler,
                    facts: &self.facts,
                    now,
                };
                match manner {
                    Manner::AtOnce => {
                        let plans = apply::plan(chunk, &target, self.foresight.take(), budget).await?;
                        apply::perform(chunk, self.entity, &target, plans).await?
                    }
                    Manner::LineByLine => apply::perform_line_by_line(chunk, self.entity, &target, budget).await?,
                }
            }
        };
        self.journal(chunk, handled).await
    }
}
