//! What comes back in the tryback file of a tool succeeds once its cause is gone.

use super::samples::{Remedy, Retry, retry};
use super::set;
use crate::app::golden::stage::{CommandFile, Stage};
use crate::model::{Outcome, RunMode, ToolDescriptor};
use crate::site::sql::tests::{Engine, fresh};
use crate::tools::TOOLS;
use std::collections::BTreeMap;

async fn remove_the_cause(stage: &Stage, remedy: &Remedy) {
    match remedy {
        Remedy::Sql(sql) => stage.site.script(sql).await,
        Remedy::Files(files) => {
            for (tool, content) in *files {
                let file = CommandFile::of(*tool, (*content).to_owned(), BTreeMap::new());
                let (run, lines) = stage.play(&file, RunMode::Apply).await;
                assert_eq!(run.tryback, None, "{tool}: {lines:?}");
            }
        }
    }
}

/// Runs a file, removes the cause, and runs what came back.
async fn try_again(stage: &Stage, descriptor: &ToolDescriptor) {
    let tool = descriptor.kind;
    let Retry { header, good, bad, options, remedy } = retry(tool);
    let options: BTreeMap<_, _> = options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let header = if header.is_empty() { String::new() } else { format!("{header}\n") };
    let file = CommandFile::of(tool, format!("{header}{good}\n{bad}\n"), options.clone());
    let (run, lines) = stage.play(&file, RunMode::Apply).await;
    assert_eq!(lines.len(), 2, "{tool}: {}", run.message);
    assert!(lines[1].needs_retry(), "{tool}: {:?}", lines[1]);
    assert!(!lines[0].needs_retry(), "{tool}: {:?}", lines[0]);
    let tryback = run.tryback.unwrap_or_else(|| panic!("{tool} has a tryback file"));
    remove_the_cause(stage, &remedy).await;
    let (again, lines) = stage.play(&CommandFile::stored(tool, tryback, options), RunMode::Apply).await;
    let [last] = &lines[..] else { panic!("{tool}: {}", again.message) };
    assert!(!last.needs_retry() && last.outcome != Outcome::Unchanged, "{tool}: {last:?}");
    assert_eq!(again.tryback, None, "{tool}: {lines:?}");
}

#[tokio::test]
async fn the_tryback_of_every_tool_succeeds_once_the_cause_is_gone() {
    let (_folder, site) = fresh(Engine::Sqlite).await;
    let stage = set(site, "sqlite").await;
    let setting = stage.look().await;
    for tool in TOOLS {
        try_again(&stage, tool.descriptor()).await;
        stage.expect_order(tool.descriptor().kind.name()).await;
        let now = stage.look().await;
        stage.site.put_back(&now, &setting).await;
    }
    stage.close().await;
}
