//! The engine over a site: files put into its store and run from there.

use crate::files::Parts;
use crate::sites::BenchSite;
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use toolsync::clock::SystemClock;
use toolsync::engine::{Engine, EngineSite, EventKind, StartRun, StartSource};
use toolsync::model::{Caller, FilePath, Outcome, Run, RunMode, RunOptions, SiteKey, ToolKind};
use toolsync::site::CacheCare;
use toolsync::site::sql::SqlSite;
use toolsync::store::{Overwrite, Store, UploadBegun, UploadStart};

/// An engine over a scratch folder and a site.
pub(crate) struct Service {
    _folder: TempDir,
    store: Store,
    engine: Engine,
    site: SqlSite,
}

/// What a run took.
pub(crate) struct Measured {
    pub(crate) lines: u64,
    pub(crate) took: Duration,
    pub(crate) first_line: Duration,
}

impl Measured {
    pub(crate) fn rate(&self) -> f64 {
        self.lines as f64 / self.took.as_secs_f64()
    }
}

fn key() -> SiteKey {
    SiteKey("default".to_owned())
}

impl Service {
    pub(crate) async fn over(site: &BenchSite) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data"), Arc::new(SystemClock)).await.unwrap();
        let site = site.open().await;
        let sites = BTreeMap::from([(
            key(),
            EngineSite {
                reader: site.reader(),
                writer: site.writer(),
                caches: CacheCare::Needless,
                calls: None,
                file_pool: None,
            },
        )]);
        let engine = Engine::open(store.clone(), sites, Arc::new(SystemClock)).await.unwrap();
        Self { _folder: folder, store, engine, site }
    }

    pub(crate) async fn put(&self, name: &str, parts: Parts) -> FilePath {
        let path = FilePath::parse(&format!("/{name}")).unwrap();
        let start = UploadStart {
            site: key(),
            path: path.clone(),
            size: None,
            sha256: None,
            overwrite: Overwrite::Replace,
            request_id: None,
            caller: Caller::local(),
        };
        let UploadBegun::Writing(mut upload) = self.store.begin_upload(start).await.unwrap() else {
            panic!("nothing is known of {name} before it was sent");
        };
        let mut offset = 0;
        for part in parts {
            let length = part.len() as u64;
            upload.write(offset, crc32c::crc32c(part.as_bytes()), part.into()).await.unwrap();
            offset += length;
        }
        upload.finish().await.unwrap();
        path
    }

    /// Runs a file to its end. Every line must go through.
    pub(crate) async fn run(&self, tool: ToolKind, path: &FilePath, mode: RunMode) -> Measured {
        let began = Instant::now();
        let run = self
            .engine
            .start(StartRun {
                site: key(),
                tool,
                source: StartSource::Stored(path.clone()),
                options: RunOptions { values: BTreeMap::new(), max_errors: 0 },
                mode,
                request_id: None,
                caller: Caller::local(),
                schedule: None,
            })
            .await
            .unwrap();
        let mut first_line = None;
        let mut events = Box::pin(self.engine.watch(run, 0));
        while let Some(event) = events.next().await {
            match event.unwrap().kind {
                EventKind::Line(_) => _ = first_line.get_or_insert_with(|| began.elapsed()),
                EventKind::Finished(run) => return measured(&run, first_line.unwrap_or_default()),
                EventKind::Started(_) | EventKind::Progress(_) => {}
            }
        }
        panic!("the run has no end");
    }

    pub(crate) async fn close(self) {
        self.engine.shut_down().await;
        self.site.close().await;
    }
}

fn measured(run: &Run, first_line: Duration) -> Measured {
    let failed = run.counters.get(Outcome::Failed) + run.counters.partial;
    assert_eq!(failed, 0, "{}: {:?}", run.message, run.counters);
    let took = (run.finished.unwrap() - run.started.unwrap()).to_std().unwrap();
    Measured { lines: run.counters.lines(), took, first_line }
}
