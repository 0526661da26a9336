//! Lines a second through the engine on each kind of database, beside bare multi-row inserts of the same rows into a
//! database of the same kind in the same run. `cargo bench` prints the tables of docs/performance.md.
#![allow(clippy::unwrap_used, reason = "a benchmark may stop at the first surprise")]

mod bare;
mod files;
mod memory;
#[path = "../../tests/scratch/mod.rs"]
mod scratch;
mod service;
mod settings;
mod sites;
mod stages;

use bare::Part;
use files::Parts;
use service::{Measured, Service};
use settings::Settings;
use sites::Sites;
use stages::{STAGES, Stages};
use toolsync::model::{RunMode, ToolKind};

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Files of courses have a tenth of the lines, and not more than a large university has courses.
const MOST_COURSES: usize = 10_000;

/// Courses that are reset and deleted, at most.
const MOST_ENDED: usize = 1_000;

/// A run to be measured.
struct Operation {
    name: &'static str,
    tool: ToolKind,
    mode: RunMode,
    file: Parts,
    /// Enrolments that it needs, which are not measured.
    before: Option<Parts>,
    /// Lines a second of the bare insert of its rows.
    bare: Option<f64>,
}

/// Where results go.
struct Tables {
    stages: Stages,
    /// Rows of the second table, printed after the first.
    shares: Vec<String>,
}

impl Tables {
    fn begin() -> Self {
        println!("| database | operation | lines | lines/s | bare insert | ratio | first line | peak memory |");
        println!("|---|---|--:|--:|--:|--:|--:|--:|");
        Self { stages: Stages::listen(), shares: Vec::new() }
    }

    fn add(&mut self, database: &str, operation: &Operation, measured: &Measured) {
        let Operation { name, bare, .. } = operation;
        let rate = measured.rate();
        let (bare, ratio) =
            bare.map_or((String::new(), String::new()), |bare| (thousands(bare), format!("{:.2}", rate / bare)));
        let (lines, rate) = (thousands(measured.lines as f64), thousands(rate));
        let (first, peak) = (measured.first_line.as_millis(), memory::peak_mib());
        println!("| {database} | {name} | {lines} | {rate} | {bare} | {ratio} | {first} ms | {peak} MiB |");
        let spent = self.stages.take();
        let share = |stage: &&str| {
            let spent = spent.get(stage).copied().unwrap_or_default();
            format!("{:.0} %", 100.0 * spent.as_secs_f64() / measured.took.as_secs_f64())
        };
        let shares = STAGES.iter().map(share).collect::<Vec<_>>().join(" | ");
        self.shares.push(format!("| {database} | {name} | {lines} | {shares} |"));
    }

    fn end(self) {
        println!("\n| database | operation | lines | {} |", STAGES.join(" | "));
        println!("|---|---|--:|{}", "--:|".repeat(STAGES.len()));
        self.shares.iter().for_each(|row| println!("{row}"));
    }
}

fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let separator = |at: usize| if at > 0 && (digits.len() - at).is_multiple_of(3) { "," } else { "" };
    digits.char_indices().map(|(at, digit)| format!("{}{digit}", separator(at))).collect()
}

async fn bare(sites: &Sites, parts: &[Part], lines: usize) -> f64 {
    bare::insert(&sites.site().await, parts, 0..lines).await
}

async fn measure(sites: &Sites, lines: usize, tables: &mut Tables) {
    let courses = (lines / 10).clamp(files::COURSES_IN_USE, MOST_COURSES);
    let bare_users = bare(sites, bare::USERS, lines).await;
    let bare_courses = bare(sites, bare::COURSES, courses).await;
    let bare_enrolments = bare(sites, bare::ENROLMENTS, lines).await;
    let users = |name, mode, city| {
        let file = files::users(lines, city);
        Operation { name, tool: ToolKind::Users, mode, file, before: None, bare: Some(bare_users) }
    };
    let others = |name, tool, file, bare| Operation { name, tool, mode: RunMode::Apply, file, before: None, bare };
    let enrolments = |name| others(name, ToolKind::Enrolments, files::enrolments(lines), Some(bare_enrolments));
    let ended = (courses - files::COURSES_IN_USE).min(MOST_ENDED);
    let ending = |name, tool, file| Operation {
        before: Some(files::participants(ended, lines)),
        ..others(name, tool, file, None)
    };
    let operations = [
        users("users, dry run", RunMode::DryRun, "Lyon"),
        users("users created", RunMode::Apply, "Lyon"),
        users("users unchanged", RunMode::Apply, "Lyon"),
        users("users updated", RunMode::Apply, "Paris"),
        others("courses created", ToolKind::Courses, files::courses(courses), Some(bare_courses)),
        enrolments("enrolments with a group"),
        enrolments("enrolments unchanged"),
        others("cohort members", ToolKind::Cohorts, files::cohort_members(lines), None),
        ending("courses reset, 50 participants each", ToolKind::ResetCourses, files::resets(ended)),
        ending("courses deleted, 50 participants each", ToolKind::DeleteCourses, files::deletions(ended)),
    ];
    let site = sites.site().await;
    let service = Service::over(&site).await;
    for mut operation in operations {
        if let Some(before) = operation.before.take() {
            let path = service.put("before.csv", before).await;
            service.run(ToolKind::Enrolments, &path, RunMode::Apply).await;
        }
        let path = service.put("bench.csv", std::mem::replace(&mut operation.file, Box::new(std::iter::empty()))).await;
        tables.stages.take();
        memory::forget_peak();
        let measured = service.run(operation.tool, &path, operation.mode).await;
        tables.add(sites.database.name(), &operation, &measured);
    }
    service.close().await;
}

#[tokio::main]
async fn main() {
    // `cargo test --benches` asks for nothing to be measured.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let settings = Settings::read();
    let mut tables = Tables::begin();
    for database in settings.databases {
        let sites = Sites::of(database, settings.tables, settings.filling);
        for lines in &settings.sizes {
            measure(&sites, *lines, &mut tables).await;
        }
    }
    tables.end();
}
