//! What black-box tests share: a service on a free port over a scratch folder, its clients, runs as lists of events.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tonic::transport::Channel;
use toolsync::app::{App, Duty, RunningApp};
use toolsync::clock::{SharedClock, SystemClock};
use toolsync::config::{Config, SiteConfig};
use toolsync::rpc::pb;
use toolsync::rpc::pb::catalog_service_client::CatalogServiceClient;
use toolsync::rpc::pb::file_service_client::FileServiceClient;
use toolsync::rpc::pb::run_service_client::RunServiceClient;
use toolsync::rpc::pb::schedule_service_client::ScheduleServiceClient;
use toolsync::rpc::pb::series_service_client::SeriesServiceClient;

mod after_run;
pub(crate) mod moodle;
pub(crate) mod pictures;
mod refusals;
mod reports;
mod runs;
mod server_process;
mod shell;
pub(crate) mod site;

pub(crate) use after_run::{Orders, site_with_script};
pub(crate) use refusals::{reason, refusal, refused, violations};
pub(crate) use reports::sum;
pub(crate) use runs::{RunRequest, RunResult};
pub(crate) use server_process::ServerProcess;
pub(crate) use shell::{Shell, objects};

/// The service in this process.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) channel: Channel,
    folder: Option<TempDir>,
    config: Config,
    app: RunningApp,
}

impl TestServer {
    /// A service over an empty scratch folder.
    pub(crate) async fn start() -> Self {
        Self::start_at(std::sync::Arc::new(SystemClock)).await
    }

    /// The same by another clock.
    pub(crate) async fn start_at(clock: SharedClock) -> Self {
        Self::start_configured(clock, SiteConfig::default()).await
    }

    /// A service over an empty scratch folder, whose site has these settings.
    pub(crate) async fn start_with(site: SiteConfig) -> Self {
        Self::start_configured(std::sync::Arc::new(SystemClock), site).await
    }

    async fn start_configured(clock: SharedClock, site: SiteConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data: folder.path().join("data"), site, ..Config::default() };
        Self::over(config, Some(folder), clock).await
    }

    /// A service over data that is there.
    pub(crate) async fn reopen(data: PathBuf) -> Self {
        Self::reopen_with(data, SiteConfig::default()).await
    }

    /// A service over data that is there, whose site has these settings.
    pub(crate) async fn reopen_with(data: PathBuf, site: SiteConfig) -> Self {
        let config = Config { data, site, ..Config::default() };
        Self::over(config, None, std::sync::Arc::new(SystemClock)).await
    }

    async fn over(config: Config, folder: Option<TempDir>, clock: SharedClock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let app = App::start_at(&config, listener, Duty::Service, clock).await.unwrap();
        let address = app.address;
        let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
        Self { address, channel, folder, config, app }
    }

    /// Ends the service and starts another one over the same folder.
    pub(crate) async fn restart(self, clock: SharedClock) -> Self {
        let Self { channel, folder, config, app, .. } = self;
        drop(channel);
        app.stop();
        app.stopped().await.unwrap();
        Self::over(config, folder, clock).await
    }

    /// Asks for the end of the service and does not wait for it.
    pub(crate) fn begin_stop(&self) {
        self.app.stop();
    }

    /// Ends the service; the folder stays as long as the returned guard.
    pub(crate) async fn stop(self) -> (Option<TempDir>, PathBuf) {
        self.app.stop();
        self.app.stopped().await.unwrap();
        (self.folder, self.config.data)
    }

    /// The folder of the data.
    pub(crate) fn data(&self) -> &Path {
        &self.config.data
    }

    /// The database of the embedded site.
    pub(crate) fn site_database(&self) -> PathBuf {
        toolsync::app::embedded_site_folder(&self.config.data).join("site.db")
    }

    /// What does not fit together on the site.
    pub(crate) async fn findings(&self) -> Vec<String> {
        toolsync::app::verify_site(&self.config).await.unwrap()
    }

    pub(crate) fn catalog(&self) -> CatalogServiceClient<Channel> {
        CatalogServiceClient::new(self.channel.clone())
    }

    pub(crate) fn files(&self) -> FileServiceClient<Channel> {
        FileServiceClient::new(self.channel.clone())
    }

    pub(crate) fn runs(&self) -> RunServiceClient<Channel> {
        RunServiceClient::new(self.channel.clone())
    }

    pub(crate) fn schedules(&self) -> ScheduleServiceClient<Channel> {
        ScheduleServiceClient::new(self.channel.clone())
    }

    pub(crate) fn series(&self) -> SeriesServiceClient<Channel> {
        SeriesServiceClient::new(self.channel.clone())
    }

    /// Puts a file in one call, replacing what is there.
    pub(crate) async fn put(&self, path: &str, content: impl Into<Vec<u8>>) -> pb::StoredFile {
        let request = pb::PutCommandFileRequest {
            path: path.to_owned(),
            content: content.into().into(),
            overwrite: true,
            ..Default::default()
        };
        self.files().put_command_file(request).await.unwrap().into_inner().file.unwrap()
    }

    /// The content of a stored file.
    pub(crate) async fn content(&self, path: &str) -> Vec<u8> {
        let request = pb::DownloadFileRequest { path: path.to_owned(), ..Default::default() };
        let mut stream = self.files().download_file(request).await.unwrap().into_inner();
        let mut content = Vec::new();
        while let Some(message) = stream.message().await.unwrap() {
            if let Some(pb::download_file_response::Part::Chunk(chunk)) = message.part {
                assert_eq!(chunk.offset_bytes, content.len() as u64);
                assert_eq!(chunk.crc32c, crc32c::crc32c(&chunk.data));
                content.extend_from_slice(&chunk.data);
            }
        }
        content
    }

    /// Paths of all files below a folder, folders left out.
    pub(crate) async fn paths(&self, folder: &str) -> Vec<String> {
        let request =
            pb::ListFilesRequest { folder: folder.to_owned(), recursive: true, page_size: 1000, ..Default::default() };
        let files = self.files().list_files(request).await.unwrap().into_inner().files;
        let is_file = |file: &pb::StoredFile| file.kind() != pb::FileKind::Folder;
        files.into_iter().filter(is_file).map(|file| file.path).collect()
    }

    /// Runs a tool over lines sent with the request, with its default options, to the end.
    pub(crate) async fn run(&self, tool: pb::Tool, content: &str) -> RunResult {
        RunRequest::inline(tool, content).send(self).await
    }
}

/// A site at an address; without one, the embedded site.
pub(crate) fn site_at(url: Option<&str>) -> SiteConfig {
    SiteConfig { url: url.map(|url| url.parse().unwrap()), ..SiteConfig::default() }
}

/// Options as a map.
pub(crate) fn options(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A file of the examples.
pub(crate) fn example(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(path)).unwrap()
}

/// Asks until there is an answer. What is waited for happens in another task, so each attempt lets others work.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    for _ in 0..10_000 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    panic!("it never happened: {what}")
}
