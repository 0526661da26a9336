//! A thousand lines at once take few statements, whatever the tool.

use super::samples::{Part, parts};
use crate::model::{Attachment, BoundHeader, ByteSpan, Layout, Line, LineNumber, RunId, ToolKind};
use crate::site::picture::PictureFormat;
use crate::site::picture::tests::drawn;
use crate::site::picture::tests::portrait;
use crate::site::sql::SqlSite;
use crate::site::sql::tests::databases::is_skipped;
use crate::site::sql::tests::{Engine, fresh, statements};
use crate::site::{Change, Checkpoint, PictureHash, World};
use crate::tools::options::ToolOptions;
use crate::tools::{TOOLS, tool};
use std::collections::BTreeMap;
use std::sync::Arc;

const LINES: usize = 1_000;

/// Statements that look for what a chunk needs, and as many again that write.
const MOST: usize = 45;
/// The same where what people have made is deleted: it is in so many tables.
const MOST_TO_DELETE: usize = 60;
/// What people did in a course is in as many, and is not taken as a whole.
const MOST_TO_RESET: usize = 150;

impl Part {
    fn lines(&self, ids: &[String]) -> Vec<Line> {
        let picture = drawn(PictureFormat::Png, "all");
        let line = |n: usize| {
            let text = Part::line(self, n, LINES).replace("{id}", ids.get(n).map_or("", String::as_str));
            let cells: Vec<&str> = text.split(';').collect();
            if tool(self.tool).descriptor().layout == Layout::Archive {
                let attachment = Attachment { content: Ok(picture.clone().into()), superseded_by: None };
                return Line::of_entry(LineNumber(n as u64 + 1), ByteSpan::default(), cells[0], attachment);
            }
            Line::of(n as u64 + 2, &cells)
        };
        let lines = if self.line.contains("{id}") { ids.len() } else { LINES };
        (0..lines).map(line).collect()
    }

    /// How many statements it may take.
    fn most(&self) -> usize {
        match self.tool {
            ToolKind::DeleteUsers | ToolKind::DeleteCourses => MOST_TO_DELETE,
            ToolKind::ResetCourses => MOST_TO_RESET,
            _ => MOST,
        }
    }

    /// Looks, plans and writes as the engine does with a chunk. Answers with the statements that looked and those that
    /// wrote.
    async fn play(&self, site: &SqlSite, ids: &[String]) -> (usize, usize) {
        let tool = tool(self.tool);
        let descriptor = tool.descriptor();
        let given: BTreeMap<_, _> = self.options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let names: Vec<&str> = match descriptor.layout {
            Layout::Header => self.header.split(';').collect(),
            Layout::Positional | Layout::WholeLine | Layout::Archive => {
                descriptor.columns.iter().map(|column| column.name).collect()
            }
        };
        let facts = site.reader().facts().await.unwrap();
        let configured = tool.configure(&ToolOptions::check(descriptor.options, &given).unwrap()).unwrap();
        let bound = configured.bind(BoundHeader::of(descriptor, &names), Arc::clone(&facts));
        let parsed = bound.unwrap_or_else(|problems| panic!("{problems:?}")).job.parse(self.lines(ids));
        let now = 1_800_000_000;
        let mut world = World::new(Arc::clone(&facts), now);
        let before = statements();
        site.reader().resolve(&parsed.lookups(), &mut world).await.unwrap();
        let looked = statements() - before;
        for (hash, content) in parsed.pictures(&world) {
            if world.pictures.scaled(&hash).is_none() {
                world.pictures.note_scaled(hash, portrait(&content).map(Arc::new));
            }
        }
        for sha1 in parsed.stored_pictures(&world) {
            let hash = PictureHash::of(sha1.as_bytes());
            world.pictures.note_hashed(sha1, Ok(hash));
        }
        let plans: Vec<_> = (0..parsed.len()).map(|at| parsed.plan(at, &mut world)).collect();
        let other = plans.iter().find(|plan| plan.outcome != self.outcome);
        assert!(other.is_none(), "{}: {}: {other:?}", self.tool, self.line);
        let changes: Vec<&Change> = plans.iter().flat_map(|plan| &plan.changes).collect();
        let mut transaction = site.writer().begin().await.unwrap();
        let before = statements();
        transaction.apply(&changes, &facts, now).await.unwrap();
        transaction.commit(&Checkpoint { run: RunId::generate(), segment: 0, digest: String::new() }).await.unwrap();
        (looked, statements() - before)
    }
}

/// Categories that hold nothing.
const EMPTY_CATEGORIES: &str = "select id from mdl_course_categories where sortorder >= 900000000 order by id";

async fn play_all(engine: Engine, place: &str) {
    if is_skipped(engine, place) {
        return;
    }
    let (_folder, site) = fresh(engine).await;
    for tool in TOOLS {
        let kind = tool.descriptor().kind;
        assert!(parts().iter().any(|part| part.tool == kind), "{kind} has no part in samples.rs: add a line for it");
    }
    let mut wrong = Vec::new();
    for part in parts() {
        site.script(part.before).await;
        let ids = site.texts(EMPTY_CATEGORIES).await;
        let (looked, wrote) = part.play(&site, &ids).await;
        println!("{place}: {} {}: {looked} + {wrote} statements", part.tool, part.line);
        let most = part.most();
        if looked > most || wrote > most {
            wrong.push(format!("{}: {}: {looked} statements to look, {wrote} to write", part.tool, part.line));
        }
        assert_eq!(site.verify().await.unwrap(), Vec::<String>::new(), "{place}: {} {}", part.tool, part.line);
    }
    assert!(wrong.is_empty(), "{place}\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn sqlite() {
    play_all(Engine::Sqlite, "sqlite").await;
}

#[tokio::test]
async fn postgres() {
    play_all(Engine::Postgres, "postgres").await;
}

#[tokio::test]
async fn mariadb() {
    play_all(Engine::MySql, "mariadb").await;
}
