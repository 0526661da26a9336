//! Files of several chunks: what is read for a chunk while the one ahead of it is being applied leads to the same plans as
//! what is read afterwards. The engine compares them in tests.

use super::drafts::drafts;
use super::rehearsed::generator;
use super::samples::{Part, parts};
use super::set;
use super::subjects::Subjects;
use crate::app::golden::stage::{CASE_TIME, CommandFile, Stage};
use crate::engine::foreseen;
use crate::model::{Layout, RunMode, RunState, ToolKind};
use crate::site::sql::tests::databases::is_skipped;
use crate::site::sql::tests::{Engine, fresh};
use crate::tools::{TOOLS, tool};
use proptest::strategy::{Strategy, ValueTree};
use std::collections::BTreeMap;

/// Several chunks: the first has a hundred lines, later ones more.
const LINES: usize = 450;

impl Part {
    /// A file of lines that have little to do with each other. None for archives, and for lists of ids.
    fn file(&self) -> Option<CommandFile> {
        if tool(self.tool).descriptor().layout == Layout::Archive || self.line.contains("{id}") {
            return None;
        }
        let lines = (0..LINES).map(|n| self.line(n, LINES));
        let header = Some(self.header.to_owned()).filter(|header| !header.is_empty());
        let text: String = header.into_iter().chain(lines).map(|line| line + "\n").collect();
        let options: BTreeMap<_, _> = self.options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Some(CommandFile::of(self.tool, text, options))
    }
}

async fn play_parts(engine: Engine, place: &str, wanted: impl Fn(ToolKind) -> bool) {
    if is_skipped(engine, place) {
        return;
    }
    let (_folder, site) = fresh(engine).await;
    let stage = Stage::open(site).await;
    stage.clock.set(CASE_TIME);
    let before = foreseen();
    for part in parts().into_iter().filter(|part| wanted(part.tool)) {
        let Some(file) = part.file() else { continue };
        stage.site.script(part.before).await;
        let (run, lines) = stage.play(&file, RunMode::Apply).await;
        assert_eq!(run.state, RunState::Succeeded, "{place}: {}: {}", part.tool, run.message);
        let other = lines.iter().find(|line| line.outcome != part.outcome);
        assert!(other.is_none(), "{place}: {}: {other:?}", part.tool);
        stage.expect_order(place).await;
    }
    assert!(foreseen() > before, "{place}: nothing was read ahead");
    stage.close().await;
}

#[tokio::test]
async fn sqlite() {
    play_parts(Engine::Sqlite, "sqlite", |_| true).await;
}

/// What large files are for.
fn is_for_many(tool: ToolKind) -> bool {
    use ToolKind::{Cohorts, Courses, Enrolments, GroupMembers, Groups, Users};
    matches!(tool, Courses | Users | Cohorts | Groups | Enrolments | GroupMembers)
}

#[tokio::test]
async fn postgres() {
    play_parts(Engine::Postgres, "postgres", is_for_many).await;
}

#[tokio::test]
async fn mariadb() {
    play_parts(Engine::MySql, "mariadb", is_for_many).await;
}

#[tokio::test]
async fn lines_that_have_much_to_do_with_each_other() {
    let (_folder, site) = fresh(Engine::Sqlite).await;
    let stage = set(site, "sqlite").await;
    let (subjects, setting) = (Subjects::on(&stage).await, stage.look().await);
    for descriptor in TOOLS.map(|tool| tool.descriptor()) {
        let mut generator = generator(11, descriptor.kind);
        let draft = drafts(descriptor, LINES..=LINES).new_tree(&mut generator).unwrap().current();
        stage.clock.set(CASE_TIME);
        let (run, _) = stage.play(&draft.file(descriptor, &subjects), RunMode::Apply).await;
        assert_eq!(run.state, RunState::Succeeded, "{}: {}", descriptor.kind, run.message);
        stage.expect_order(descriptor.kind.name()).await;
        let now = stage.look().await;
        stage.site.put_back(&now, &setting).await;
    }
    stage.close().await;
}
