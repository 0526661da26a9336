//! The wish of the user, or of the system, that the process ends.

use super::CliError;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT and SIGTERM. From its creation on they no longer end the process by themselves.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, CliError> {
        let listen = || -> std::io::Result<Self> {
            Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
        };
        listen().map_err(CliError::Runtime)
    }

    /// Returns at the next signal.
    pub(super) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
