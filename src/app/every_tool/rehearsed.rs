//! Made-up files for every tool: a dry run tells what the run then does, a second run agrees with its dry run and finds
//! nothing to do, and the site is in order.

use super::drafts::{Draft, drafts};
use super::set;
use super::subjects::Subjects;
use crate::app::golden::difference::difference;
use crate::app::golden::stage::{CASE_TIME, CommandFile, LATER, Stage};
use crate::model::{LineResult, Reason, Run, RunMode, Severity, ToolKind};
use crate::site::sql::tests::databases::is_skipped;
use crate::site::sql::tests::dump::Dump;
use crate::site::sql::tests::{Engine, fresh};
use crate::tools::{TOOLS, Tool};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::env;

/// Set to another number of files for each tool.
const CASES: &str = "TOOLSYNC_TEST_CASES";
/// Set to another seed.
const SEED: &str = "TOOLSYNC_TEST_SEED";
/// Set to the name of a tool to try no other.
const ONLY: &str = "TOOLSYNC_TEST_TOOL";

/// Tools whose orders go against what follows from cohorts and metacourses: Moodle's next synchronisation undoes the
/// suspension of a cohort's enrolment, ends those that a deleted course has left, and fills groups that a reset emptied.
const OVERRIDING: [ToolKind; 4] =
    [ToolKind::Enrolments, ToolKind::Users, ToolKind::DeleteCourses, ToolKind::ResetCourses];

fn setting(name: &str, usual: u64) -> u64 {
    env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// A site on which files are tried, each from the same state.
struct Ground {
    stage: Stage,
    subjects: Subjects,
    setting: Dump,
    place: &'static str,
}

/// The results of lines as far as they can be the same before and after.
fn comparable(lines: &[LineResult], rehearsed: &[LineResult]) -> Vec<LineResult> {
    let mut lines = lines.to_vec();
    for (line, rehearsed) in lines.iter_mut().zip(rehearsed) {
        // What is new gets its number when it is made.
        if rehearsed.moodle_id.is_none() {
            line.moodle_id = None;
        }
    }
    lines
}

impl Ground {
    /// Rehearses a file and runs it. Answers with the results, or with what was different.
    async fn run(&self, file: &CommandFile) -> Result<(Run, Vec<LineResult>), String> {
        let (dry, rehearsed) = self.stage.play(file, RunMode::DryRun).await;
        let (run, lines) = self.stage.play(file, RunMode::Apply).await;
        if (dry.state, &dry.counters) != (run.state, &run.counters) {
            let (dry, run) = ((dry.state, dry.counters, dry.message), (run.state, run.counters, run.message));
            return Err(format!("the dry run counts {dry:?}\nand the run {run:?}\n{}", told(&rehearsed, &lines)));
        }
        if comparable(&lines, &rehearsed) != rehearsed {
            return Err(told(&rehearsed, &lines));
        }
        Ok((run, lines))
    }

    async fn in_order(&self) -> Result<(), String> {
        match self.stage.site.verify().await.unwrap() {
            findings if findings.is_empty() => Ok(()),
            findings => Err(findings.join("\n")),
        }
    }

    /// Tries a file from the setting, and puts the site back.
    async fn examine(&self, file: &CommandFile, lines: usize) -> Result<Vec<LineResult>, String> {
        let mut now = None;
        let result = self.try_out(file, lines, &mut now).await;
        let now = match now {
            Some(now) => now,
            None => self.stage.look().await,
        };
        self.stage.site.put_back(&now, &self.setting).await;
        result
    }

    async fn try_out(
        &self,
        file: &CommandFile,
        lines: usize,
        now: &mut Option<Dump>,
    ) -> Result<Vec<LineResult>, String> {
        self.stage.clock.set(CASE_TIME);
        let (_, first) = self.run(file).await?;
        columns_are_named(&first)?;
        self.in_order().await?;
        let after = self.stage.look().await;
        self.stage.clock.set(LATER);
        let again = self.run(file).await;
        let later = now.insert(self.stage.look().await);
        let (_, again) = again?;
        if lines == 1 {
            let changed = difference(&after, later);
            if !changed.is_empty() {
                return Err(format!("a second run changes\n{changed}{first:?}\n{again:?}"));
            }
        }
        self.in_order().await?;
        if OVERRIDING.contains(&file.tool()) {
            return Ok(first);
        }
        self.stage.site.synchronise(LATER.timestamp()).await;
        let synchronised = self.stage.look().await;
        let left = difference(&settled(later), &settled(&synchronised));
        *later = synchronised;
        if left.is_empty() { Ok(first) } else { Err(format!("Moodle's own synchronisation then changes\n{left}")) }
    }
}

/// Errors that are about a line as a whole. All others say in which column it is wrong.
const ABOUT_THE_LINE: [Reason; 3] = [Reason::CellCount, Reason::SiteRefused, Reason::SiteConflict];

fn columns_are_named(lines: &[LineResult]) -> Result<(), String> {
    let lost = lines.iter().flat_map(|line| &line.problems).find(|problem| {
        problem.severity == Severity::Error && problem.column.is_none() && !ABOUT_THE_LINE.contains(&problem.reason)
    });
    lost.map_or(Ok(()), |problem| Err(format!("an error names no column: {problem:?}")))
}

/// A site without what Moodle's synchronisation may do later: it takes the dates of suspended enrolments away.
fn settled(site: &Dump) -> Dump {
    let mut site = site.clone();
    for row in site.get_mut("user_enrolments").unwrap().values_mut() {
        if row["status"].as_deref() == Some("1") {
            row.iter_mut().filter(|(column, _)| column.starts_with("time")).for_each(|(_, value)| *value = None);
        }
    }
    site
}

fn told(rehearsed: &[LineResult], lines: &[LineResult]) -> String {
    let pairs = comparable(lines, rehearsed).into_iter().zip(rehearsed).filter(|(line, rehearsed)| line != *rehearsed);
    pairs.map(|(line, rehearsed)| format!("dry: {rehearsed:?}\nrun: {line:?}\n")).collect()
}

/// Choices that are the same for the same seed.
pub(super) fn generator(seed: u64, tool: ToolKind) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8] = tool as u8;
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Makes a file that fails simpler, as long as it fails.
async fn simplest(ground: &Ground, tool: &dyn Tool, mut tree: impl ValueTree<Value = Draft>, why: String) -> String {
    let descriptor = tool.descriptor();
    let mut why = why;
    let mut worst = tree.current();
    for _ in 0..200 {
        if !tree.simplify() {
            break;
        }
        loop {
            let draft = tree.current();
            let file = draft.file(descriptor, &ground.subjects);
            match ground.examine(&file, draft.lines()).await {
                Err(still) => {
                    (why, worst) = (still, draft);
                    break;
                }
                Ok(_) if !tree.complicate() => break,
                Ok(_) => {}
            }
        }
    }
    format!("{}{why}", worst.file(descriptor, &ground.subjects))
}

async fn try_all(engine: Engine, place: &'static str, usual: u64) {
    if is_skipped(engine, place) {
        return;
    }
    let (_folder, site) = fresh(engine).await;
    let stage = set(site, place).await;
    let ground = Ground { subjects: Subjects::on(&stage).await, setting: stage.look().await, stage, place };
    let (cases, seed) = (setting(CASES, usual), setting(SEED, 2_026));
    println!("{CASES}={cases} {SEED}={seed}");
    let mut wrong = Vec::new();
    let only = env::var(ONLY).ok();
    for tool in TOOLS.into_iter().filter(|tool| only.as_ref().is_none_or(|only| only == tool.descriptor().kind.name()))
    {
        wrong.extend(try_tool(&ground, tool, cases, seed).await);
    }
    ground.stage.close().await;
    assert!(wrong.is_empty(), "{SEED}={seed}\n{}", wrong.join("\n"));
}

/// Tries a tool, until a file fails.
async fn try_tool(ground: &Ground, tool: &dyn Tool, cases: u64, seed: u64) -> Option<String> {
    let descriptor = tool.descriptor();
    let mut generator = generator(seed, descriptor.kind);
    let mut outcomes = BTreeMap::<&str, usize>::new();
    for case in 0..cases {
        // A line alone must find its work done when it is run again.
        let size = if case % 3 == 0 { 1..=1 } else { 2..=6 };
        let tree = drafts(descriptor, size).new_tree(&mut generator).unwrap();
        let draft = tree.current();
        let file = draft.file(descriptor, &ground.subjects);
        match ground.examine(&file, draft.lines()).await {
            Ok(lines) => lines.iter().for_each(|line| *outcomes.entry(line.outcome.name()).or_default() += 1),
            Err(why) => {
                let simplest = simplest(ground, tool, tree, why).await;
                return Some(format!("{}: {}: case {case}: {simplest}", ground.place, descriptor.kind));
            }
        }
    }
    println!("{}: {outcomes:?}", descriptor.kind);
    None
}

#[tokio::test]
async fn sqlite() {
    try_all(Engine::Sqlite, "sqlite", 16).await;
}

#[tokio::test]
async fn postgres() {
    try_all(Engine::Postgres, "postgres", 2).await;
}

#[tokio::test]
async fn mariadb() {
    try_all(Engine::MySql, "mariadb", 2).await;
}
