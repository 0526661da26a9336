//! `toolsync serve`

use super::args::GlobalArgs;
use super::output::{LostReader, Output};
use super::signals::Signals;
use super::{CliError, Verdict, error};
use crate::app::{App, Duty};
use crate::config::Config;
use clap::Args;
use tokio::net::TcpListener;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 takes any free one [default: 127.0.0.1:50051]
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<String>,
}

pub(super) async fn serve(global: &GlobalArgs, config: &Config) -> Result<Verdict, CliError> {
    if let Some(server) = &global.server {
        let message = format!("`toolsync serve` is a server itself, and cannot go through {server}");
        return Err(CliError::Arguments { message, hint: Some("leave out --server".to_owned()) });
    }
    let output = Output::new(global, LostReader::EndsPrinting);
    let mut signals = Signals::listen()?;
    let address = config.loopback()?;
    let listener = TcpListener::bind(address).await.map_err(|cause| CliError::Listen { address, cause })?;
    let app = App::start(config, listener, Duty::Service).await;
    let app = app.map_err(|cause| error::not_started(&config.data, cause))?;
    // Scripts wait for this line and take the port from it.
    output.line(format_args!("toolsync listens on http://{}", app.address))?;
    tokio::select! {
        () = signals.received() => output.note("stops; once more to stop at once"),
        () = app.ended() => output.note("the service ended by itself"),
    }
    app.stop();
    tokio::select! {
        stopped = app.stopped() => stopped.map(|()| Verdict::Fine).map_err(|cause| CliError::Stop(Box::new(cause))),
        () = signals.received() => std::process::exit(error::INTERRUPTED.into()),
    }
}
