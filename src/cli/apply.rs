//! `toolsync apply`

use super::follow::{self, Begin};
use super::options::{self, RunSettings};
use super::output::{Format, Output};
use super::overview;
use super::recognise::{self, Doubt};
use super::run;
use super::series;
use super::session::Session;
use super::watcher::{self, WatchSettings, Watcher};
use super::{CliError, Verdict};
use crate::rpc::pb;
use clap::Args;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    /// Folders with command files (*.csv, *.zip), or command files
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

pub(super) async fn apply(args: ApplyArgs, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let given = args.settings.options()?;
    let files = command_files(&args.paths)?;
    let tools = run::list_tools(session).await?;
    options::refuse_unknown(&given, &tools)?;
    let tasks = tasks(files, &tools.tools)?;
    let work = Work { session, output, args: &args, given: &given, tools: &tools };
    let (runs, verdict) = if args.settings.dry_run { work.rehearse(tasks).await? } else { work.run(tasks).await? };
    if output.format() == Format::Human {
        output.line("")?;
        output.table(&overview::table(&runs))?;
    }
    Ok(verdict)
}

/// What all files have in common.
struct Work<'a> {
    session: &'a Session,
    output: &'a Output,
    args: &'a ApplyArgs,
    given: &'a BTreeMap<String, String>,
    tools: &'a pb::ListToolsResponse,
}

impl Work<'_> {
    /// The tool of a file, its path in the store, and the options that the tool takes.
    async fn prepare(&self, task: &Task) -> Result<(&pb::ToolDescriptor, String, BTreeMap<String, String>), CliError> {
        let tool = &self.tools.tools[task.tool];
        self.output.note(format_args!("{}: {}", task.file.display(), tool.name));
        let path = run::store(self.session, &task.file, self.output).await?;
        Ok((tool, path, options::taken_by(tool, self.given, self.tools)))
    }

    /// Runs one file after the other. A file whose run fails is the last: the files after it need what it should have
    /// brought.
    async fn run(&self, tasks: Vec<Task>) -> Result<(Vec<pb::Run>, Verdict), CliError> {
        let (mut runs, mut verdict) = (Vec::new(), Verdict::Fine);
        for task in tasks {
            let (tool, path, options) = self.prepare(&task).await?;
            let request = run::request(tool, Some(path), options, &self.args.settings, run::new_request_id());
            let watcher = &mut Watcher::new(self.output, &self.args.watch);
            let run = follow::follow(self.session, Begin::Start(request), watcher).await?;
            verdict = verdict.max(watcher::conclude(&run, self.session, self.output).await?);
            let go_on = run.state() == pb::RunState::Succeeded;
            runs.push(run);
            if !go_on {
                break;
            }
        }
        Ok((runs, verdict))
    }

    /// Tries all files as one series, so that a later one knows what an earlier one would do.
    async fn rehearse(&self, tasks: Vec<Task>) -> Result<(Vec<pb::Run>, Verdict), CliError> {
        let mut steps = Vec::new();
        for task in tasks {
            let (tool, path, options) = self.prepare(&task).await?;
            let file = Some(pb::StepFile { source: Some(pb::step_file::Source::Path(path)), options });
            steps.push(pb::SeriesStep { tool: tool.tool, file });
        }
        let request = pb::RunSeriesRequest {
            steps,
            dry_run: true,
            max_errors: self.args.settings.max_errors,
            request_id: run::new_request_id(),
            ..Default::default()
        };
        let series = series::start(self.session, request).await?;
        series::follow(&series, self.session, self.output, &self.args.watch).await
    }
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
        let hint = Some("command files end in .csv or .zip; name others one by one".to_owned());
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
    (name.ends_with(".csv") || name.ends_with(".zip")) && !name.starts_with('.') && !left_by_a_run
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
        write(folder.path(), &["users_tryback_1.reasons.csv", "pictures.zip", "pictures_tryback_1.zip"]);
        std::fs::create_dir(folder.path().join("more.csv")).unwrap();
        let files = command_files(&[folder.path().to_owned()]).unwrap();
        assert_eq!(files, ["courses.CSV", "pictures.zip", "users.csv"].map(|name| folder.path().join(name)));
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
}
