//! `toolsync apply`

use super::follow::{self, Begin};
use super::options::{self, RunSettings};
use super::output::{Format, Output, plain};
use super::recognise::{self, Doubt};
use super::run;
use super::session::Session;
use super::summary;
use super::table::{Align, Table};
use super::watcher::{self, WatchSettings, Watcher};
use super::{CliError, Verdict};
use crate::rpc::pb;
use clap::Args;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Why a dry run of several files fails where a real one would not.
const TRIED_ALONE: &str = "each file is tried by itself: what an earlier file would create is missing for a later one";

#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    /// Folders with command files (*.csv), or command files
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    settings: RunSettings,
    #[command(flatten)]
    watch: WatchSettings,
}

/// A command file and the place of its tool in the list of tools.
#[derive(Debug, PartialEq, Eq)]
struct Task {
    file: PathBuf,
    tool: usize,
}

/// A command file and how its run ended.
struct Done {
    file: PathBuf,
    run: pb::Run,
}

pub(super) async fn apply(args: ApplyArgs, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let given = args.settings.options()?;
    let files = command_files(&args.paths)?;
    let tools = run::list_tools(session).await?;
    options::refuse_unknown(&given, &tools)?;
    let tasks = tasks(files, &tools.tools)?;
    if args.settings.dry_run && tasks.len() > 1 {
        output.note(TRIED_ALONE);
    }
    let mut done = Vec::new();
    let (mut verdict, mut later_troubles) = (Verdict::Fine, false);
    for task in tasks {
        let tool = &tools.tools[task.tool];
        output.note(format_args!("{}: {}", task.file.display(), tool.name));
        let path = run::store(session, &task.file, output).await?;
        let options = options::taken_by(tool, &given, &tools);
        let request = run::request(tool, Some(path), options, &args.settings, run::new_request_id());
        let run = follow::follow(session, Begin::Start(request), &mut Watcher::new(output, &args.watch)).await?;
        let of_file = watcher::conclude(&run, output)?;
        later_troubles |= of_file != Verdict::Fine && !done.is_empty();
        verdict = verdict.max(of_file);
        // The files after this one need what it should have brought.
        let go_on = run.state() == pb::RunState::Succeeded;
        done.push(Done { file: task.file, run });
        if !go_on {
            break;
        }
    }
    if output.format() == Format::Human {
        output.line("")?;
        output.table(&table(&done))?;
    }
    if args.settings.dry_run && later_troubles {
        output.hint(TRIED_ALONE);
    }
    Ok(verdict)
}

/// The files that are named, and those in the folders that are named.
fn command_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    for path in paths {
        let unreadable = |cause| CliError::LocalFile { action: "read", path: path.clone(), cause };
        if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
            files.extend(command_files_in(path).map_err(unreadable)?);
        } else {
            files.push(path.clone());
        }
    }
    if files.is_empty() {
        let hint = Some("command files end in .csv; name others one by one".to_owned());
        return Err(CliError::Arguments { message: "there is no command file".to_owned(), hint });
    }
    let mut names: BTreeMap<String, &Path> = BTreeMap::new();
    for file in &files {
        if let Some(other) = names.insert(run::stored_path(file)?, file) {
            let message = format!("{} and {} have the same name", other.display(), file.display());
            let hint = Some("the name is that in the store, too; rename one, or apply them one by one".to_owned());
            return Err(CliError::Arguments { message, hint });
        }
    }
    Ok(files)
}

/// What a run left of the lines that failed is not meant to be run unseen.
fn is_command_file(name: &str) -> bool {
    let name = name.to_lowercase();
    let left_by_a_run = name.contains("_tryback_") || name.ends_with(".reasons.csv");
    name.ends_with(".csv") && !name.starts_with('.') && !left_by_a_run
}

fn command_files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if is_command_file(&entry.file_name().to_string_lossy()) && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Finds the tool of each file, and puts the files in the order in which they depend on each other.
fn tasks(files: Vec<PathBuf>, tools: &[pb::ToolDescriptor]) -> Result<Vec<Task>, CliError> {
    let mut tasks = Vec::new();
    let mut doubts: Vec<Doubt> = Vec::new();
    for file in files {
        let head = recognise::head(&file).map_err(|cause| CliError::LocalFile {
            action: "read",
            path: file.clone(),
            cause,
        })?;
        match recognise::recognise(&file, &head, tools) {
            Ok(tool) => tasks.push(Task { file, tool }),
            Err(doubt) => doubts.push(doubt),
        }
    }
    if !doubts.is_empty() {
        return Err(CliError::Doubt(doubts));
    }
    tasks.sort_by_key(|task| task.tool);
    Ok(tasks)
}

fn table(done: &[Done]) -> Table {
    let counters = |done: &Done| done.run.counters.unwrap_or_default();
    let names: Vec<&str> = summary::outcomes(&pb::Counters::default()).into_iter().map(|(name, _)| name).collect();
    let shown = |place: &usize| {
        names[*place] == "failed" || done.iter().any(|done| summary::outcomes(&counters(done))[*place].1 > 0)
    };
    let places: Vec<usize> = (0..names.len()).filter(shown).collect();
    let numbers = places.iter().map(|place| names[*place].to_uppercase());
    let left = ["FILE", "TOOL", "STATE"].map(|heading| (heading.to_owned(), Align::Left));
    let numbers = std::iter::once("LINES".to_owned()).chain(numbers).chain(["PARTIAL".to_owned(), "TIME".to_owned()]);
    let mut table = Table::new(left.into_iter().chain(numbers.map(|heading| (heading, Align::Right))));
    for done in done {
        let counters = counters(done);
        let outcomes = summary::outcomes(&counters);
        let name = done.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut cells = vec![
            plain(&name).into_owned(),
            super::names::tool(done.run.tool),
            summary::state(&done.run),
            summary::grouped(counters.lines),
        ];
        cells.extend(places.iter().map(|place| summary::grouped(outcomes[*place].1)));
        cells.push(summary::grouped(counters.partial));
        cells.push(summary::duration(&done.run).map_or_else(|| "-".to_owned(), summary::seconds));
        table.row(cells);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, names: &[&str]) {
        for name in names {
            std::fs::write(folder.join(name), "username\n").unwrap();
        }
    }

    #[test]
    fn a_folder_stands_for_its_command_files() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &["users.csv", "courses.CSV", "README.md", ".hidden.csv", "users_tryback_1.csv"]);
        write(folder.path(), &["users_tryback_1.reasons.csv"]);
        std::fs::create_dir(folder.path().join("more.csv")).unwrap();
        let files = command_files(&[folder.path().to_owned()]).unwrap();
        assert_eq!(files, [folder.path().join("courses.CSV"), folder.path().join("users.csv")]);
    }

    #[test]
    fn what_cannot_be_applied_is_refused() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let empty = command_files(&[one.path().to_owned()]).unwrap_err();
        assert_eq!(empty.to_string(), "there is no command file");
        write(one.path(), &["users.csv"]);
        write(two.path(), &["users.csv"]);
        let twice = command_files(&[one.path().to_owned(), two.path().to_owned()]).unwrap_err();
        assert!(twice.to_string().ends_with("have the same name"), "{twice}");
        let missing = command_files(&[one.path().join("missing.csv")]).unwrap_err();
        assert!(matches!(missing, CliError::LocalFile { .. }), "{missing}");
    }

    #[test]
    fn files_are_put_in_the_order_of_the_tools() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &["users.csv", "enrolments.csv", "courses.csv", "users2.csv"]);
        let tool = |name: &str| pb::ToolDescriptor { name: name.to_owned(), ..Default::default() };
        let tools = ["courses", "users", "enrolments"].map(tool);
        let names = ["users2.csv", "users.csv", "enrolments.csv", "courses.csv"];
        let files = names.map(|name| folder.path().join(name)).to_vec();
        let order: Vec<_> = tasks(files, &tools).unwrap().into_iter().map(|task| task.file).collect();
        let expected =
            ["courses.csv", "users2.csv", "users.csv", "enrolments.csv"].map(|name| folder.path().join(name));
        assert_eq!(order, expected);
        let doubtful = folder.path().join("x.csv");
        write(folder.path(), &["x.csv"]);
        assert!(matches!(tasks(vec![doubtful], &tools), Err(CliError::Doubt(doubts)) if doubts.len() == 1));
    }

    #[test]
    fn the_table_shows_the_outcomes_that_occurred() {
        let done = |file: &str, created: u64, failed: u64| Done {
            file: PathBuf::from(file),
            run: pb::Run {
                tool: pb::Tool::Users as i32,
                state: pb::RunState::Succeeded as i32,
                counters: Some(pb::Counters { lines: created + failed, created, failed, ..Default::default() }),
                ..Default::default()
            },
        };
        let lines = table(&[done("in/users.csv", 1200, 0), done("u2.csv", 0, 3)]).lines();
        let expected = [
            "FILE       TOOL   STATE      LINES  CREATED  FAILED  PARTIAL  TIME",
            "users.csv  users  succeeded  1,200    1,200       0        0     -",
            "u2.csv     users  succeeded      3        0       3        0     -",
        ];
        assert_eq!(lines, expected);
    }
}
