//! Refreshing caches by a command of the operator's: a script that knows how to reach the Moodle host.
//!
//! The command gets one JSON object on its standard input, and says with exit code 0 that it is done. It knows what is
//! stale, and nothing of how a run came about.

mod process;

use super::{CacheRefresher, RefreshError, RefreshOrder};
use async_trait::async_trait;
use process::{Failure, Process};
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// A command that is started when a run has made caches stale.
#[derive(Debug, Clone)]
pub struct AfterRun {
    /// The program: a path, or a name to be found on the `PATH`.
    pub program: String,
    /// Its arguments. No shell looks at them.
    pub arguments: Vec<String>,
    /// How long it may take. Then it is killed, with everything it has started.
    pub timeout: Duration,
}

/// What the command reads.
#[derive(Serialize)]
struct Input {
    site: String,
    run: String,
    categories: BTreeSet<i64>,
    courses_with_groups: BTreeSet<i64>,
    caches: Vec<&'static str>,
}

impl Input {
    fn of(order: &RefreshOrder) -> Self {
        let stale = &order.stale;
        Self {
            site: order.site.to_string(),
            run: order.run.to_string(),
            categories: stale.categories.iter().map(|id| id.0).collect(),
            courses_with_groups: stale.groups.iter().chain(&stale.members).map(|id| id.0).collect(),
            caches: stale.caches().into_iter().map(super::Cache::name).collect(),
        }
    }
}

#[async_trait]
impl CacheRefresher for AfterRun {
    fn name(&self) -> String {
        format!("the command {}", self.program)
    }

    async fn refresh(&self, order: &RefreshOrder) -> Result<(), RefreshError> {
        let failed = |failure: Failure| RefreshError(format!("{} {failure}", self.name()));
        let broken = |error: serde_json::Error| RefreshError(format!("the order cannot be written: {error}"));
        let mut input = serde_json::to_vec(&Input::of(order)).map_err(broken)?;
        input.push(b'\n');
        let process = Process::start(&self.program, &self.arguments).map_err(failed)?;
        process.run(input, self.timeout).await.map_err(failed)
    }
}

#[cfg(test)]
mod tests;
