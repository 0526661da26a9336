//! The `toolsync` program: arguments → configuration → logging → a subcommand → an exit code.

use clap::Parser as _;
use std::process::ExitCode;
use toolsync::cli::{self, Cli, CliError, Verdict};
use tracing_subscriber::EnvFilter;

/// Planning allocates many small strings on several threads; the system's allocator spends a fifth of a run on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(verdict) => verdict.into(),
        Err(error) => error.report(),
    }
}

fn run(cli: Cli) -> Result<Verdict, CliError> {
    let colours = cli.settle_colours();
    let config = cli.config()?;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(cli.log_level(&config).name()))
        .with_writer(std::io::stderr)
        .with_ansi(colours.on_stderr())
        .init();
    let runtime = tokio::runtime::Runtime::new().map_err(CliError::Runtime)?;
    runtime.block_on(cli::execute(cli, &config))
}
