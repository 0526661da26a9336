//! Accepting a run: everything that can be refused at once is refused here.

use super::error::EngineError;
use super::options::{Processing, unknown_options};
use super::{Engine, queue};
use crate::model::{
    Caller, Counters, FilePath, RequestId, Run, RunId, RunMode, RunOptions, RunSource, RunState, ScheduleId,
    SeriesStep, SiteKey, ToolKind,
};
use crate::site::World;
use crate::store::{InsertedRun, StoreError};
use crate::tools::options::{OptionError, ToolOptions};
use crate::tools::{ConfiguredTool, ContentUse};
use bytes::Bytes;
use std::sync::Arc;

/// Largest file that comes with the request.
pub const INLINE_LIMIT_BYTES: u64 = 2 << 20;
/// Runs that may wait or work at the same time.
const MOST_LIVE_RUNS: usize = 1_000;

/// What a run shall read.
#[derive(Debug, Clone)]
pub enum StartSource {
    /// A stored file.
    Stored(FilePath),
    /// A file that comes with the request.
    Inline {
        /// Its name, for reports.
        name: String,
        /// Its bytes.
        content: Bytes,
    },
    /// The list that the tool makes itself.
    OwnList,
}

/// A request to run a tool.
#[derive(Debug, Clone)]
pub struct StartRun {
    /// The site.
    pub site: SiteKey,
    /// The tool.
    pub tool: ToolKind,
    /// The command file.
    pub source: StartSource,
    /// Options of the engine and of the tool.
    pub options: RunOptions,
    /// Whether the run may write.
    pub mode: RunMode,
    /// The client's name for the request.
    pub request_id: Option<RequestId>,
    /// Who asks.
    pub caller: Caller,
    /// The schedule that asks, if one does.
    pub schedule: Option<ScheduleId>,
}

impl Engine {
    /// Accepts a run and puts it in the queue. A repeated request id answers with the run of the first request.
    pub async fn start(&self, request: StartRun) -> Result<Run, EngineError> {
        self.may_start(&request.site)?;
        let (run, fingerprint) = self.accept(request, None).await?;
        self.store_and_queue(run, Vec::new(), fingerprint).await
    }

    /// Refuses what no run could do now.
    pub(super) fn may_start(&self, site: &SiteKey) -> Result<(), EngineError> {
        self.inner.site(site)?;
        if self.inner.shutdown.is_cancelled() {
            return Err(EngineError::ShuttingDown);
        }
        let waiting = self.inner.live.len();
        if waiting >= MOST_LIVE_RUNS { Err(EngineError::QueueFull { waiting }) } else { Ok(()) }
    }

    /// A run as it is to be stored, and what tells its request from others.
    pub(super) async fn accept(
        &self,
        request: StartRun,
        step: Option<SeriesStep>,
    ) -> Result<(Run, String), EngineError> {
        self.check_options(request.tool, &request.options)?;
        self.check_file_pool(&request).await?;
        self.check_moodle(&request)?;
        let (source, content, content_size) = self.fix_content(&request, step).await?;
        let is_own_list = matches!(request.source, StartSource::OwnList);
        let run = Run {
            id: RunId::generate(),
            site: request.site,
            tool: request.tool,
            source,
            content,
            content_size,
            mode: request.mode,
            options: request.options,
            state: RunState::Queued,
            caller: request.caller,
            schedule: request.schedule,
            step,
            request_id: request.request_id,
            created: self.inner.clock.now(),
            started: None,
            finished: None,
            counters: Counters::default(),
            // *Started* is number 1.
            last_sequence: 1,
            message: String::new(),
            report: None,
            tryback: None,
            archive: None,
            cancel_requested: false,
        };
        let fingerprint = fingerprint(&run, is_own_list);
        Ok((run, fingerprint))
    }

    /// Stores a run, with the others of its series, and puts them into their lane. A repeated request answers with the
    /// run of the first one.
    pub(super) async fn store_and_queue(
        &self,
        first: Run,
        others: Vec<Run>,
        fingerprint: String,
    ) -> Result<Run, EngineError> {
        let inner = Arc::clone(&self.inner);
        // On a task of its own: a client that goes away must not leave a stored run that is in no lane.
        let accepting = async move {
            Ok(match inner.store.insert_series(&first, &others, &fingerprint).await? {
                InsertedRun::Existing(run) => run,
                InsertedRun::New(run) => {
                    let turn: Vec<Run> = std::iter::once(run.clone()).chain(others).collect();
                    queue::enqueue(&inner, &turn);
                    run
                }
            })
        };
        let broken = |error: tokio::task::JoinError| EngineError::Internal {
            operation: "accept the run",
            problem: error.to_string(),
        };
        self.inner.tasks.spawn(accepting).await.map_err(broken)?
    }

    /// Refuses options that a run of this tool would refuse, all at once.
    pub fn check_options(&self, kind: ToolKind, options: &RunOptions) -> Result<(), EngineError> {
        let tool = crate::tools::tool(kind);
        let specs = tool.descriptor().options;
        let given = &options.values;
        let mut errors = unknown_options(given, specs);
        errors.extend(Processing::parse(given).err().into_iter().flatten());
        match ToolOptions::check(specs, given) {
            Ok(options) => errors.extend(tool.configure(&options).err().into_iter().flatten()),
            Err(wrong) => errors.extend(wrong),
        }
        if errors.is_empty() { Ok(()) } else { Err(EngineError::Options(errors)) }
    }

    /// Refuses a tool that works with stored files where they cannot be had, or kept.
    async fn check_file_pool(&self, request: &StartRun) -> Result<(), EngineError> {
        let content_use = configure(request)?.content_use();
        if content_use == ContentUse::Nothing {
            return Ok(());
        }
        let pool = self.inner.site(&request.site)?.file_pool.as_ref();
        let pool = pool.ok_or_else(|| EngineError::NoFilePool(request.site.clone()))?;
        match (content_use, request.mode) {
            (ContentUse::Stores, RunMode::Apply) => Ok(pool.check().await?),
            (ContentUse::Reads, _) => Ok(pool.check_reading().await?),
            (ContentUse::Stores | ContentUse::Nothing, _) => Ok(()),
        }
    }

    /// Refuses an option that only a running Moodle can meet, where none can be asked.
    fn check_moodle(&self, request: &StartRun) -> Result<(), EngineError> {
        let configured = configure(request)?;
        match configured.needs_moodle() {
            Some(name) if self.inner.site(&request.site)?.calls.is_none() => {
                let problem = format!(
                    "{:?} needs an account of Moodle's web services, and the settings [site.webservice] name none",
                    request.options.values.get(name).map_or("", String::as_str)
                );
                Err(EngineError::Options(vec![OptionError { name: name.to_owned(), problem }]))
            }
            _ => Ok(()),
        }
    }

    /// The content that the run will read, whatever becomes of the file.
    async fn fix_content(
        &self,
        request: &StartRun,
        step: Option<SeriesStep>,
    ) -> Result<(RunSource, crate::model::file::Sha256Digest, u64), EngineError> {
        match &request.source {
            StartSource::Stored(path) => {
                let file = match self.inner.store.get(&request.site, path).await {
                    Err(StoreError::NotFound { .. }) => return self.repeated_source(request, path, step).await,
                    other => other?,
                };
                let content = file.sha256.ok_or_else(|| EngineError::SourceIsFolder(path.clone()))?;
                Ok((RunSource::Stored(path.clone()), content, file.size))
            }
            StartSource::Inline { name, content } => {
                let size = content.len() as u64;
                if size > INLINE_LIMIT_BYTES {
                    return Err(EngineError::InlineTooLarge { size, limit: INLINE_LIMIT_BYTES });
                }
                let digest = self.inner.store.put_bytes(content.clone()).await?;
                Ok((RunSource::Inline(name.clone()), digest, size))
            }
            StartSource::OwnList => {
                let content = Bytes::from(self.own_list(request).await?);
                let size = content.len() as u64;
                let digest = self.inner.store.put_bytes(content).await?;
                Ok((RunSource::Inline(format!("{}.csv", request.tool)), digest, size))
            }
        }
    }

    /// The list that the tool makes, as the site is now.
    async fn own_list(&self, request: &StartRun) -> Result<String, EngineError> {
        let Some(own) = configure(request)?.own_list() else {
            let problem = format!("{} makes none, name a command file", request.tool);
            return Err(EngineError::Internal { operation: "make a list", problem });
        };
        let reader = &self.inner.site(&request.site)?.reader;
        let mut world = World::new(reader.facts().await?, self.inner.clock.now().timestamp());
        reader.resolve(&own.lookups, &mut world).await?;
        (own.write)(&world).map_err(|error| EngineError::Options(vec![error]))
    }

    /// A file that is gone may have been archived by the very run that the request asks for again.
    async fn repeated_source(
        &self,
        request: &StartRun,
        path: &FilePath,
        step: Option<SeriesStep>,
    ) -> Result<(RunSource, crate::model::file::Sha256Digest, u64), EngineError> {
        let missing = || EngineError::SourceMissing(path.clone());
        let id = request.request_id.as_ref().ok_or_else(missing)?;
        let former = self.inner.store.run_of_request(&request.site, id).await?.ok_or_else(missing)?;
        let former = match (step, former.step) {
            (Some(step), Some(place)) => {
                let mut steps = self.inner.store.series(&request.site, place.series).await?.into_iter();
                steps.find(|run| run.step.is_some_and(|known| known.number == step.number)).ok_or_else(missing)?
            }
            _ => former,
        };
        Ok((RunSource::Stored(path.clone()), former.content, former.content_size))
    }
}

/// The tool of a request with its options.
fn configure(request: &StartRun) -> Result<Box<dyn ConfiguredTool>, EngineError> {
    let tool = crate::tools::tool(request.tool);
    let options = ToolOptions::check(tool.descriptor().options, &request.options.values);
    options.and_then(|options| tool.configure(&options)).map_err(EngineError::Options)
}

/// What was asked, so that a request id is not used for something else. A list that the tool makes is not asked for by its
/// content.
fn fingerprint(run: &Run, is_own_list: bool) -> String {
    serde_json::json!({
        "tool": run.tool,
        "source": run.source,
        "content": match run.source { RunSource::Inline(_) if !is_own_list => run.content.to_string(), _ => String::new() },
        "mode": run.mode,
        "options": run.options,
    })
    .to_string()
}
