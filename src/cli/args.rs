//! What can be written on the command line.

use super::output::{Colours, LostReader, Output};
use super::session::Session;
use super::{CliError, Verdict, apply, files, report, run, runs, schedule, series, serve, site, tools};
use crate::config::{Config, Flags, LogLevel};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Names the server where no flag does.
const SERVER_VARIABLE: &str = "TOOLSYNC_SERVER";

/// Bulk synchronisation of a Moodle site by CSV command files.
///
/// Exit codes: 0 all fine; 1 some lines failed or were applied in part; 2 could not run; 130 interrupted.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    pub(super) global: GlobalArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Args)]
pub(super) struct GlobalArgs {
    /// Folder that holds the site, the files and the runs [default: toolsync-data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration file, in TOML
    #[arg(long, global = true, value_name = "FILE", env = "TOOLSYNC_CONFIG")]
    config: Option<PathBuf>,
    /// Talk to this server instead of working on the data folder [env: TOOLSYNC_SERVER]
    // The variable is read later: for `serve` it means nothing, and the flag is a mistake.
    #[arg(long, global = true, value_name = "URL")]
    pub(super) server: Option<String>,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Print results and errors only
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Print without colours (as the variable NO_COLOR does)
    #[arg(long, global = true)]
    pub(super) no_color: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the site over gRPC, on this machine only
    Serve(serve::ServeArgs),
    /// Look at the site itself
    #[command(subcommand)]
    Site(site::SiteCommand),
    #[command(flatten)]
    Client(ClientCommand),
}

#[derive(Debug, Subcommand)]
pub(super) enum ClientCommand {
    /// Run the command files of a folder, each by the tool that its header tells, in the right order
    Apply(apply::ApplyArgs),
    /// Run one tool over one command file
    Run(run::RunArgs),
    /// Reset, check, delete, create and link courses, in this order, each by its own file
    CourseOperations(series::CourseOperationsArgs),
    /// Look after stored files
    #[command(subcommand)]
    Files(files::FilesCommand),
    /// Look after runs
    #[command(subcommand)]
    Runs(runs::RunsCommand),
    /// Show what a run did
    Report(report::ReportArgs),
    /// Show the tools, with their columns and options
    Tools(tools::ToolsArgs),
    /// Start runs at given times
    #[command(subcommand)]
    Schedule(schedule::ScheduleCommand),
}

impl GlobalArgs {
    /// The server to talk to, if there is one.
    pub(super) fn server(&self) -> Option<String> {
        self.server.clone().or_else(|| std::env::var(SERVER_VARIABLE).ok()).filter(|url| !url.is_empty())
    }
}

impl ClientCommand {
    /// What it means that nobody reads the output any more.
    pub(super) fn lost_reader(&self) -> LostReader {
        match self {
            Self::Apply(_)
            | Self::Run(_)
            | Self::CourseOperations(_)
            | Self::Runs(runs::RunsCommand::Watch { .. })
            | Self::Schedule(schedule::ScheduleCommand::Trigger { .. }) => LostReader::EndsPrinting,
            _ => LostReader::EndsCommand,
        }
    }

    pub(super) async fn execute(self, session: &Session, output: &Output) -> Result<Verdict, CliError> {
        match self {
            Self::Apply(args) => apply::apply(args, session, output).await,
            Self::Run(args) => run::run(args, session, output).await,
            Self::CourseOperations(args) => series::course_operations(args, session, output).await,
            Self::Files(command) => files::files(command, session, output).await,
            Self::Runs(command) => runs::runs(command, session, output).await,
            Self::Report(args) => report::report(args, session, output).await,
            Self::Tools(args) => tools::tools(args, session, output).await,
            Self::Schedule(command) => schedule::schedule(command, session, output).await,
        }
    }
}

impl Cli {
    /// The settings from all layers, these arguments being the strongest.
    pub fn config(&self) -> Result<Config, CliError> {
        let listen = match &self.command {
            Command::Serve(args) => args.listen.clone(),
            Command::Site(_) | Command::Client(_) => None,
        };
        Ok(Config::load(self.global.config.as_deref(), Flags { data: self.global.data.clone(), listen })?)
    }

    /// What is logged: a server of one's own, for one command, tells only what is out of order.
    pub fn log_level(&self, config: &Config) -> LogLevel {
        match self.command {
            Command::Serve(_) => config.log.level,
            Command::Site(_) | Command::Client(_) => LogLevel::Warn,
        }
    }

    /// Settles where colours are used. To be called before anything is written.
    pub fn settle_colours(&self) -> Colours {
        Colours::choose(&self.global).settle()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn typical_command_lines_are_understood() {
        let lines = [
            "toolsync serve --listen 127.0.0.1:0 --data d",
            "toolsync apply examples/campus --dry-run --option separator=, --json",
            "toolsync run users users.csv --server http://127.0.0.1:50051 --max-errors 10 --request-id r --verbose",
            "toolsync run users store:/erp/users.csv",
            "toolsync files ls /erp -r --kind report",
            "toolsync files put users.csv /erp/ --overwrite",
            "toolsync files get /erp/users.csv -",
            "toolsync files mv /a.csv /b.csv",
            "toolsync files rm /a.csv",
            "toolsync files mkdir /erp",
            "toolsync runs ls --state succeeded --tool users",
            "toolsync runs watch 0198 --after 7",
            "toolsync runs cancel 0198",
            "toolsync report 0198 --problems",
            "toolsync tools users --sample",
            "toolsync schedule set nightly users /users.csv --cron 0_2_*_*_* --zone Europe/Paris --paused",
            "toolsync schedule trigger nightly --quiet --no-color",
        ];
        for line in lines {
            let words = line.split(' ').map(|word| word.replace('_', " "));
            if let Err(error) = Cli::try_parse_from(words) {
                panic!("{line}\n{error}");
            }
        }
    }
}
