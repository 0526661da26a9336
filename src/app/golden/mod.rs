//! Golden cases: a command file goes through the whole engine, and every row of the site that differs afterwards is
//! compared with what Moodle would have written. `tests/golden/README.md` says how to read and write them.
//!
//! The same expectations hold on every kind of database, and on a real Moodle's where its dump is at hand.

mod archive;
pub(super) mod difference;
mod names;
mod references;
pub(super) mod stage;

use crate::model::RunState;
use crate::site::sql::SqlSite;
use crate::site::sql::tests::databases::is_skipped;
use crate::site::sql::tests::dump::Dump;
use crate::site::sql::tests::{Engine, fresh, moodles};
use crate::tools::TOOLS;
use difference::difference;
use stage::{CASE_TIME, CommandFile, LATER, Stage};
use std::fs;
use std::path::{Path, PathBuf};

/// What every case finds, in this order.
const SETTING: [&str; 5] =
    ["setting-users.csv", "setting-users-gone.csv", "setting-courses.csv", "setting-enrolments.csv", "setting.sql"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of all cases.
fn cases() -> Vec<String> {
    let names = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut cases: Vec<String> = names
        .filter_map(|name| Some(name.strip_suffix(".csv")?.to_owned()))
        .filter(|n| !n.starts_with("setting"))
        .collect();
    cases.sort_unstable();
    assert!(cases.len() > 10, "the cases are there");
    cases
}

#[test]
fn every_tool_has_a_case() {
    let cases = cases();
    for tool in TOOLS {
        let kind = tool.descriptor().kind;
        let has_one = cases.iter().any(|case| case.split('-').next() == Some(kind.name()));
        assert!(
            has_one,
            "tests/golden shows nothing of {kind}: add {kind}-….csv and its .expected, see the README there"
        );
    }
}

/// A site with the setting, at work.
pub(super) async fn set(site: SqlSite, place: &str) -> Stage {
    let stage = Stage::open(site).await;
    for name in SETTING {
        match name.strip_suffix(".sql") {
            Some(_) => stage.site.script(&read(name)).await,
            None => {
                let (run, failures) = stage.run(&CommandFile::read(name)).await;
                assert_eq!(run.tryback, None, "{place}: {name}: {} {failures:?}", run.message);
            }
        }
    }
    stage.expect_order(place).await;
    stage
}

/// Plays all cases on one site, each from the same setting, and tells of all that went wrong at once.
async fn play(site: SqlSite, place: &str) {
    let stage = set(site, place).await;
    let setting = stage.look().await;
    let mut wrong = Vec::new();
    for case in cases() {
        let (after, findings) = play_one(&stage, &case, place, &setting).await;
        wrong.extend(findings.into_iter().map(|finding| format!("{place}: {case}: {finding}")));
        stage.site.put_back(&after, &setting).await;
    }
    let left = difference(&setting, &stage.look().await);
    if !left.is_empty() {
        wrong.push(format!("{place}: the cases did not leave the setting as they found it\n{left}"));
    }
    stage.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a case finds besides the setting: what all cases of its tool find, then what is its own.
fn extra(case: &str) -> String {
    let tool = case.split('-').next().unwrap_or(case);
    [tool, case].iter().filter_map(|name| fs::read_to_string(folder().join(format!("{name}.sql"))).ok()).collect()
}

/// Plays a case. Answers with the site as it is afterwards, and with all that went wrong.
async fn play_one(stage: &Stage, case: &str, place: &str, setting: &Dump) -> (Dump, Vec<String>) {
    let mut wrong = Vec::new();
    let extra = extra(case);
    let prepared = if extra.is_empty() {
        None
    } else {
        stage.site.script(&extra).await;
        Some(stage.look().await)
    };
    let file = CommandFile::read(&format!("{case}.csv"));
    stage.clock.set(CASE_TIME);
    let (run, failures) = stage.run(&file).await;
    if run.state != RunState::Succeeded {
        wrong.push(format!("the run {:?}: {}", run.state, run.message));
    }
    let after = stage.look().await;
    let found =
        format!("{}{}", stage::outcomes(&run, &failures), difference(prepared.as_ref().unwrap_or(setting), &after));
    wrong.extend(compare(case, place, &found, setting));
    wrong.extend(stage.site.verify().await.unwrap());
    if !file.is_repeatable() {
        return (after, wrong);
    }
    stage.clock.set(LATER);
    stage.run(&file).await;
    let later = stage.look().await;
    let again = difference(&after, &later);
    if !again.is_empty() {
        wrong.push(format!("a second run changes\n{again}"));
    }
    (later, wrong)
}

/// An expectation without the rows of tables that the site does not have: the embedded one has those that are needed.
fn of_tables(expected: &str, site: &Dump) -> String {
    let mut present = true;
    let mut kept = String::new();
    for line in expected.lines() {
        if let Some((_, row)) = line.split_once(' ').filter(|(sign, _)| matches!(*sign, "+" | "-" | "~")) {
            present = site.contains_key(row.split(' ').next().unwrap_or(row));
        }
        if present {
            kept += &format!("{line}\n");
        }
    }
    kept
}

/// Compares with the expectation. Where they differ, keeps what was found, and says where it is and which lines differ.
fn compare(case: &str, place: &str, found: &str, site: &Dump) -> Option<String> {
    let name = format!("{case}.expected");
    let expected = fs::read_to_string(folder().join(&name)).unwrap_or_default();
    let expected = of_tables(&expected, site);
    if found == expected {
        return None;
    }
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/golden").join(place);
    fs::create_dir_all(&kept).unwrap();
    fs::write(kept.join(&name), found).unwrap();
    let only = |of: &str, other: &str, sign: &str| {
        let lines = of.lines().filter(|line| !other.lines().any(|l| l == *line));
        lines.map(|line| format!("  {sign} {line}\n")).collect::<String>()
    };
    let (missing, surplus) = (only(&expected, found, "expected"), only(found, &expected, "found   "));
    Some(format!("see target/golden/{place}/{name}\n{missing}{surplus}"))
}

#[tokio::test]
async fn sqlite() {
    let (_folder, site) = fresh(Engine::Sqlite).await;
    play(site, "sqlite").await;
}

async fn play_on_server(engine: Engine, place: &str) {
    if !is_skipped(engine, place) {
        play(fresh(engine).await.1, place).await;
    }
}

#[tokio::test]
async fn postgres() {
    play_on_server(Engine::Postgres, "postgres").await;
}

#[tokio::test]
async fn mariadb() {
    play_on_server(Engine::MySql, "mariadb").await;
}

async fn play_on_moodle(engine: Engine, place: &str) {
    if !is_skipped(engine, place)
        && let Some(site) = moodles::restored(engine).await
    {
        play(site, place).await;
    }
}

#[tokio::test]
async fn moodle_on_postgres() {
    play_on_moodle(Engine::Postgres, "moodle-postgres").await;
}

#[tokio::test]
async fn moodle_on_mariadb() {
    play_on_moodle(Engine::MySql, "moodle-mariadb").await;
}
