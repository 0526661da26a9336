//! The server: which services it offers, how connections behave, and how it goes down.

use super::catalog_service::CatalogHandler;
use super::file_service::FileHandler;
use super::layers::CallLayer;
use super::pb;
use super::pb::catalog_service_server::CatalogServiceServer;
use super::pb::file_service_server::FileServiceServer;
use super::pb::run_service_server::RunServiceServer;
use super::pb::schedule_service_server::ScheduleServiceServer;
use super::pb::series_service_server::SeriesServiceServer;
use super::run_service::RunHandler;
use super::schedule_service::ScheduleHandler;
use super::series_service::SeriesHandler;
use crate::engine::Engine;
use crate::scheduler::Scheduler;
use crate::store::Store;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::codec::CompressionEncoding;
use tonic::server::NamedService;
use tonic::transport::server::{Router, TcpIncoming};
use tonic::transport::{self, Server};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_web::GrpcWebLayer;
use tower::layer::util::{Identity, Stack};

/// Largest message that a client may send.
const LARGEST_MESSAGE_BYTES: usize = 4 << 20;
/// How often a silent connection is asked whether it is alive.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);
/// How long it has to answer.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long open calls may go on once the service goes down.
const GRACE: Duration = Duration::from_secs(10);

/// What the services work with. Clones share it.
#[derive(Clone)]
pub struct Services {
    /// Runs tools.
    pub engine: Engine,
    /// Has the files.
    pub store: Store,
    /// Has the schedules.
    pub scheduler: Scheduler,
}

/// Why the server could not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The transport failed.
    #[error("the gRPC server failed: {0}")]
    Transport(#[from] transport::Error),
    /// The descriptors for reflection cannot be read.
    #[error("server reflection cannot be offered: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves calls on `listener`. When `shutdown` is cancelled, the health service says NOT_SERVING, then open streams end
/// and nothing new is accepted. The function returns when the open calls are done, or after ten seconds.
pub async fn serve(listener: TcpListener, services: Services, shutdown: CancellationToken) -> Result<(), ServeError> {
    let mut health = Health::not_serving().await;
    // Streams end only after the health service has told that the service goes down.
    let draining = CancellationToken::new();
    let router = router(services, &health, &draining)?;
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let serving = router.serve_with_incoming_shutdown(incoming, draining.clone().cancelled_owned());
    health.report(ServingStatus::Serving).await;
    let lifetime = async {
        shutdown.cancelled().await;
        health.withdraw().await;
        draining.cancel();
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => Ok(served?),
        () = lifetime => {
            tracing::warn!("some calls did not end within {GRACE:?}; they are cut off");
            Ok(())
        }
    }
}

type Layers = Stack<CallLayer, Stack<GrpcWebLayer, Identity>>;

fn router(
    services: Services,
    health: &Health,
    draining: &CancellationToken,
) -> Result<Router<Layers>, tonic_reflection::server::Error> {
    let Services { engine, store, scheduler } = services;
    let catalog = CatalogHandler::new(engine.clone(), store.clone());
    let files = FileHandler::new(engine.clone(), store, draining.clone());
    let runs = RunHandler::new(engine.clone(), draining.clone());
    let series = SeriesHandler::new(engine.clone(), draining.clone());
    let schedules = ScheduleHandler::new(engine, scheduler);
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let router = Server::builder()
        .accept_http1(true)
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .layer(GrpcWebLayer::new())
        .layer(CallLayer)
        .add_service(health.service())
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .add_service(
            FileServiceServer::new(files)
                .max_decoding_message_size(LARGEST_MESSAGE_BYTES)
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip),
        )
        .add_service(
            CatalogServiceServer::new(catalog)
                .max_decoding_message_size(LARGEST_MESSAGE_BYTES)
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip),
        )
        .add_service(
            RunServiceServer::new(runs)
                .max_decoding_message_size(LARGEST_MESSAGE_BYTES)
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip),
        )
        .add_service(
            SeriesServiceServer::new(series)
                .max_decoding_message_size(LARGEST_MESSAGE_BYTES)
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip),
        )
        .add_service(
            ScheduleServiceServer::new(schedules)
                .max_decoding_message_size(LARGEST_MESSAGE_BYTES)
                .accept_compressed(CompressionEncoding::Gzip)
                .send_compressed(CompressionEncoding::Gzip),
        );
    Ok(router)
}

/// What the health service says.
struct Health(HealthReporter);

impl Health {
    /// The server as a whole, and each service.
    const NAMES: [&str; 6] = [
        "",
        <CatalogServiceServer<CatalogHandler> as NamedService>::NAME,
        <FileServiceServer<FileHandler> as NamedService>::NAME,
        <RunServiceServer<RunHandler> as NamedService>::NAME,
        <SeriesServiceServer<SeriesHandler> as NamedService>::NAME,
        <ScheduleServiceServer<ScheduleHandler> as NamedService>::NAME,
    ];

    /// tonic says SERVING from the start; we do not.
    async fn not_serving() -> Self {
        let health = Self(HealthReporter::new());
        health.report(ServingStatus::NotServing).await;
        health
    }

    fn service(&self) -> tonic_health::pb::health_server::HealthServer<tonic_health::server::HealthService> {
        let service = tonic_health::server::HealthService::from_health_reporter(self.0.clone());
        tonic_health::pb::health_server::HealthServer::new(service)
    }

    async fn report(&self, status: ServingStatus) {
        for name in Self::NAMES {
            self.0.set_service_status(name, status).await;
        }
    }

    /// Says NOT_SERVING for the last time. Whoever watches is told, and the stream ends, so that it holds nothing up.
    async fn withdraw(&mut self) {
        self.report(ServingStatus::NotServing).await;
        for name in Self::NAMES {
            self.0.clear_service_status(name).await;
            self.0.set_service_status(name, ServingStatus::NotServing).await;
        }
    }
}

#[cfg(test)]
mod tests;
