//! The server that a command talks to: one that runs elsewhere, or one of its own.

use super::CliError;
use super::error::{UnderWay, not_started};
use crate::app::{App, Duty, RunningApp};
use crate::config::Config;
use crate::rpc::pb::file_service_client::FileServiceClient;
use crate::rpc::pb::run_service_client::RunServiceClient;
use crate::rpc::pb::schedule_service_client::ScheduleServiceClient;
use crate::rpc::pb::series_service_client::SeriesServiceClient;
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tonic::transport::{Channel, Endpoint};

/// Reports of long runs are larger than tonic's default of 4 MiB.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// A connection to a server.
pub(super) struct Session {
    channel: Channel,
    /// The server that lives and ends with this session.
    own: Option<RunningApp>,
    run_under_way: Mutex<Option<String>>,
}

impl Session {
    /// Connects to `server`. Without one, starts one on the data folder and a free loopback port.
    pub(super) async fn open(server: Option<&str>, config: &Config) -> Result<Self, CliError> {
        match server {
            Some(url) => Ok(Self { channel: connect(url).await?, own: None, run_under_way: Mutex::default() }),
            None => {
                let address = (Ipv4Addr::LOCALHOST, 0).into();
                let bound = TcpListener::bind(address).await;
                let listener = bound.map_err(|cause| CliError::Listen { address, cause })?;
                let app = App::start(config, listener, Duty::OneCommand).await;
                let app = app.map_err(|cause| not_started(&config.data, cause))?;
                let channel = connect(&format!("http://{}", app.address)).await?;
                Ok(Self { channel, own: Some(app), run_under_way: Mutex::default() })
            }
        }
    }

    pub(super) fn files(&self) -> FileServiceClient<Channel> {
        FileServiceClient::new(self.channel.clone()).max_decoding_message_size(MAX_ANSWER_BYTES)
    }

    pub(super) fn runs(&self) -> RunServiceClient<Channel> {
        RunServiceClient::new(self.channel.clone()).max_decoding_message_size(MAX_ANSWER_BYTES)
    }

    pub(super) fn schedules(&self) -> ScheduleServiceClient<Channel> {
        ScheduleServiceClient::new(self.channel.clone()).max_decoding_message_size(MAX_ANSWER_BYTES)
    }

    pub(super) fn series(&self) -> SeriesServiceClient<Channel> {
        SeriesServiceClient::new(self.channel.clone()).max_decoding_message_size(MAX_ANSWER_BYTES)
    }

    /// Remembers which run is followed, or that none is any more.
    pub(super) fn follows(&self, run_id: Option<&str>) {
        *self.run_under_way.lock().unwrap_or_else(PoisonError::into_inner) = run_id.map(str::to_owned);
    }

    /// The run that is followed.
    pub(super) fn run_under_way(&self) -> Option<UnderWay> {
        let run_id = self.run_under_way.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some(if self.own.is_some() { UnderWay::Here { run_id } } else { UnderWay::Elsewhere { run_id } })
    }

    /// Ends the session, and with it a server of its own.
    pub(super) async fn close(self) -> Result<(), CliError> {
        // A server waits for its connections.
        drop(self.channel);
        let Some(app) = self.own else { return Ok(()) };
        app.stop();
        app.stopped().await.map_err(|cause| CliError::Stop(Box::new(cause)))
    }
}

async fn connect(server: &str) -> Result<Channel, CliError> {
    let url = address(server)?;
    let refused = |_| CliError::ServerAddress { url: url.clone(), problem: "it cannot be read" };
    let endpoint = Endpoint::from_shared(url.clone())
        .map_err(refused)?
        .connect_timeout(Duration::from_secs(5))
        // A server that vanished without a word is noticed also while a run has nothing to tell.
        .http2_keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
    endpoint.connect().await.map_err(|cause| CliError::Unreachable { url: url.clone(), cause })
}

/// The address with its scheme: `localhost:50051` is `http://localhost:50051`.
fn address(server: &str) -> Result<String, CliError> {
    let refused = |problem| CliError::ServerAddress { url: server.to_owned(), problem };
    match server.split_once("://") {
        None => Ok(format!("http://{server}")),
        Some(("http", _)) => Ok(server.to_owned()),
        Some(("https", _)) => Err(refused("TLS is not offered yet; use an SSH tunnel")),
        Some(_) => Err(refused("the scheme must be http")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers() {
        assert_eq!(address("localhost:50051").unwrap(), "http://localhost:50051");
        assert_eq!(address("http://127.0.0.1:1").unwrap(), "http://127.0.0.1:1");
        for refused in ["https://moodle.test", "ftp://moodle.test"] {
            assert!(matches!(address(refused), Err(CliError::ServerAddress { .. })), "{refused}");
        }
    }
}
