//! The engine over one site, by a clock that stands still, and the command files it is given.

use super::archive::packed;
use super::read;
use crate::clock::{Clock, FakeClock};
use crate::engine::{Engine, EngineSite, EventKind, StartRun, StartSource};
use crate::model::{
    Caller, FilePath, Layout as FileLayout, LineResult, Outcome, Run, RunMode, RunOptions, SiteKey, ToolKind,
};
use crate::site::local_pool::{Absence, LocalFilePool};
use crate::site::sql::SqlSite;
use crate::site::sql::tests::dump::{Dump, Layout};
use crate::site::{CacheCare, FilePool, PooledContent};
use crate::store::Store;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// When the setting is made; *S* in expectations.
pub(in crate::app) const SETTING_TIME: DateTime<Utc> = DateTime::from_timestamp(1_799_000_000, 0).unwrap();
/// When a case is played; *T* in expectations.
pub(in crate::app) const CASE_TIME: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
/// When it is played again.
pub(in crate::app) const LATER: DateTime<Utc> = DateTime::from_timestamp(1_800_005_000, 0).unwrap();

/// A command file of the golden cases. Its first word names the tool: `users-create.csv`; comments before the header
/// give options: `# option force_update=true`.
pub(in crate::app) struct CommandFile {
    name: String,
    tool: ToolKind,
    content: String,
    options: BTreeMap<String, String>,
    /// Where it is stored, if it is.
    path: Option<FilePath>,
}

impl CommandFile {
    pub(in crate::app) fn read(name: &str) -> Self {
        let content = read(name);
        let tool = name.trim_start_matches("setting-").trim_end_matches(".csv").split('-').next().unwrap();
        let tool = ToolKind::from_name(tool).unwrap_or_else(|| panic!("{name} begins with no tool"));
        let options = content.lines().filter_map(|line| line.strip_prefix("# option ")?.split_once('='));
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { name: name.to_owned(), tool, content, options, path: None }
    }

    /// A file that is made up.
    pub(in crate::app) fn of(tool: ToolKind, content: String, options: BTreeMap<String, String>) -> Self {
        Self { name: format!("{tool}.csv"), tool, content, options, path: None }
    }

    /// A file of the store.
    pub(in crate::app) fn stored(tool: ToolKind, path: FilePath, options: BTreeMap<String, String>) -> Self {
        Self { path: Some(path), ..Self::of(tool, String::new(), options) }
    }

    /// The tool that it is for.
    pub(in crate::app) fn tool(&self) -> ToolKind {
        self.tool
    }

    /// A run of it.
    pub(in crate::app) fn request(&self, site: SiteKey, mode: RunMode) -> StartRun {
        StartRun {
            site,
            tool: self.tool,
            source: self.source(),
            options: RunOptions { values: self.options.clone(), max_errors: 0 },
            mode,
            request_id: None,
            caller: Caller::local(),
            schedule: None,
        }
    }

    fn source(&self) -> StartSource {
        if let Some(path) = &self.path {
            return StartSource::Stored(path.clone());
        }
        if self.content.lines().any(|line| line == "# without a file") {
            return StartSource::OwnList;
        }
        let content = match crate::tools::tool(self.tool).descriptor().layout {
            FileLayout::Archive => packed(&self.content),
            FileLayout::Header | FileLayout::Positional | FileLayout::WholeLine => self.content.clone().into_bytes(),
        };
        StartSource::Inline { name: self.name.clone(), content: content.into() }
    }

    /// Whether a second run of the file must change nothing.
    pub(in crate::app) fn is_repeatable(&self) -> bool {
        !self.content.lines().any(|line| line == "# not repeatable")
    }
}

impl std::fmt::Display for CommandFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let options = self.options.iter().map(|(name, value)| format!("# option {name}={value}\n"));
        write!(f, "{}\n{}{}", self.name, options.collect::<String>(), self.content)
    }
}

/// What is in the pool before anything is stored there: a picture that came by other ways.
const OLD_PICTURE: &[u8] = b"old picture";

/// A file pool in a folder of data.
pub(in crate::app) async fn pool_in(data: &Path) -> Arc<dyn FilePool> {
    let pool = LocalFilePool::new(data.join("filedir"), Absence::Filled);
    pool.store(vec![PooledContent::of(OLD_PICTURE.to_vec())]).await.unwrap();
    Arc::new(pool)
}

pub(in crate::app) struct Stage {
    pub(in crate::app) site: SqlSite,
    pub(in crate::app) clock: Arc<FakeClock>,
    engine: Engine,
    layout: Layout,
    _folder: TempDir,
}

impl Stage {
    pub(in crate::app) async fn open(site: SqlSite) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = FakeClock::at(SETTING_TIME);
        let store = Store::open(folder.path(), Arc::clone(&clock) as Arc<dyn Clock>).await.unwrap();
        let file_pool = Some(pool_in(folder.path()).await);
        let caches = CacheCare::Needless;
        let both = EngineSite { reader: site.reader(), writer: site.writer(), caches, calls: None, file_pool };
        let engine = Engine::open(store, BTreeMap::from([(key(), both)]), Arc::clone(&clock) as Arc<dyn Clock>);
        Self { engine: engine.await.unwrap(), layout: site.layout().await, site, clock, _folder: folder }
    }

    /// Runs a file to its end. Answers with the run and what was wrong with the lines that failed.
    pub(in crate::app) async fn run(&self, file: &CommandFile) -> (Run, Vec<String>) {
        let (run, lines) = self.play(file, RunMode::Apply).await;
        let failed = lines.iter().filter(|line| line.outcome == Outcome::Failed);
        let messages = |line: &LineResult| {
            let number = line.line;
            line.problems.iter().map(move |p| format!("! line {number}: {}", p.message)).collect::<Vec<_>>()
        };
        (run, failed.flat_map(messages).collect())
    }

    /// Runs a file to its end, or as a dry run. Answers with the run and what became of its lines.
    pub(in crate::app) async fn play(&self, file: &CommandFile, mode: RunMode) -> (Run, Vec<LineResult>) {
        let run = self.engine.start(file.request(key(), mode)).await.unwrap();
        let mut events = std::pin::pin!(self.engine.watch(run, 0));
        let (mut ended, mut lines) = (None, Vec::new());
        while let Some(event) = events.next().await {
            match event.unwrap().kind {
                EventKind::Line(line) => lines.push(line),
                EventKind::Finished(run) => ended = Some(run),
                _ => {}
            }
        }
        // The end is told before the last trace of the run leaves the site.
        while !self.site.reader().checkpointed_runs().await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        (Run::clone(&ended.unwrap()), lines)
    }

    /// All rows of the site as they are now.
    pub(in crate::app) async fn look(&self) -> Dump {
        self.site.dump(&self.layout).await
    }

    /// The site is in order.
    pub(in crate::app) async fn expect_order(&self, place: &str) {
        assert_eq!(self.site.verify().await.unwrap(), Vec::<String>::new(), "{place}");
    }

    pub(in crate::app) async fn close(self) {
        self.engine.shut_down().await;
        self.site.close().await;
    }
}

fn key() -> SiteKey {
    SiteKey("golden".to_owned())
}

/// How many lines had which outcome, and what was wrong with those that failed.
pub(in crate::app) fn outcomes(run: &Run, failures: &[String]) -> String {
    let counted = Outcome::ALL.into_iter().filter(|outcome| run.counters.get(*outcome) > 0);
    let counted: Vec<String> =
        counted.map(|outcome| format!("{} {}", run.counters.get(outcome), outcome.name())).collect();
    let failures: String = failures.iter().map(|failure| format!("{failure}\n")).collect();
    format!("= {}\n{failures}", counted.join(", "))
}
