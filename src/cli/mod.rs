//! The command line: a gRPC client in every case.
//!
//! Each command talks to a server: the one that `--server` names, or one that it starts for itself on the data folder
//! and a free loopback port. Nothing here may know how files are read, stored or applied: it sends, and shows what
//! comes back. One file a subcommand; data goes to stdout, everything else to stderr.

mod apply;
mod args;
mod error;
mod files;
mod follow;
mod json;
mod lines;
mod listing;
mod names;
mod options;
mod output;
mod overview;
mod recognise;
mod report;
mod run;
mod runs;
mod schedule;
mod series;
mod serve;
mod session;
mod signals;
mod site;
mod summary;
mod table;
mod tools;
mod transfer;
mod watcher;

pub use args::Cli;
pub use error::{CliError, Verdict};
pub use output::Colours;

use crate::config::Config;
use args::Command;
use output::{LostReader, Output};
use session::Session;

/// Does what the command line asks for.
pub async fn execute(cli: Cli, config: &Config) -> Result<Verdict, CliError> {
    let command = match cli.command {
        Command::Serve(_) => return serve::serve(&cli.global, config).await,
        Command::Site(command) => {
            let output = Output::new(&cli.global, LostReader::EndsCommand);
            return site::site(command, config, &output).await;
        }
        Command::Client(command) => command,
    };
    let output = Output::new(&cli.global, command.lost_reader());
    let server = cli.global.server();
    let mut signals = signals::Signals::listen()?;
    let session = tokio::select! {
        session = Session::open(server.as_deref(), config) => session?,
        () = signals.received() => return Err(CliError::Interrupted { run: None }),
    };
    let result = tokio::select! {
        result = command.execute(&session, &output) => result,
        () = signals.received() => Err(CliError::Interrupted { run: session.run_under_way() }),
    };
    tokio::select! {
        closed = session.close() => result.and_then(|verdict| closed.map(|()| verdict)),
        // Whoever asks twice does not want to wait.
        () = signals.received() => std::process::exit(error::INTERRUPTED.into()),
    }
}
