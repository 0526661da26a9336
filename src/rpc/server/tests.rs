use super::*;
use crate::clock::{FakeClock, SharedClock};
use crate::rpc::pb::file_service_client::FileServiceClient;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus as Told;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

struct Running {
    channel: Channel,
    shutdown: CancellationToken,
    serving: JoinHandle<Result<(), ServeError>>,
    _folder: tempfile::TempDir,
}

/// A server without any site.
async fn running() -> Running {
    let folder = tempfile::tempdir().unwrap();
    let clock: SharedClock = FakeClock::at(chrono::DateTime::UNIX_EPOCH);
    let store = Store::open(folder.path(), clock.clone()).await.unwrap();
    let engine = Engine::open(store.clone(), BTreeMap::new(), clock.clone()).await.unwrap();
    let scheduler = Scheduler::new(store.clone(), Arc::new(engine.clone()), clock);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, Services { engine, store, scheduler }, shutdown.clone()));
    let channel = Channel::from_shared(address).unwrap().connect().await.unwrap();
    Running { channel, shutdown, serving, _folder: folder }
}

fn request(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.into() }
}

#[tokio::test]
async fn every_service_is_healthy_until_the_server_goes_down() {
    let Running { channel, shutdown, serving, _folder } = running().await;
    let mut health = HealthClient::new(channel);
    for name in Health::NAMES {
        assert_eq!(health.check(request(name)).await.unwrap().into_inner().status(), Told::Serving, "{name}");
    }
    let mut watch = health.watch(request("")).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), Told::Serving);
    shutdown.cancel();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), Told::NotServing);
    assert!(watch.message().await.unwrap().is_none());
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn failures_come_with_details_and_the_request_id() {
    let running = running().await;
    let mut request = tonic::Request::new(pb::GetFileRequest { site: "west".into(), path: "/users.csv".into() });
    request.metadata_mut().insert("x-request-id", "test-1".parse().unwrap());
    let status = FileServiceClient::new(running.channel).get_file(request).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(status.get_details_error_info().unwrap().reason, "SITE_UNKNOWN");
    assert_eq!(status.metadata().get("x-request-id").unwrap(), "test-1");
}

#[tokio::test]
async fn both_versions_of_reflection_list_the_services() {
    use tonic_reflection::pb::{v1, v1alpha};
    let Running { channel, shutdown: _shutdown, serving: _serving, _folder } = running().await;
    let ask = v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(v1::server_reflection_request::MessageRequest::ListServices(String::new())),
    };
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel.clone());
    let mut answers = client.server_reflection_info(tokio_stream::once(ask)).await.unwrap().into_inner();
    let answer = format!("{:?}", answers.message().await.unwrap().unwrap());
    assert!(Health::NAMES.iter().all(|name| answer.contains(name)), "{answer}");
    let ask = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(v1alpha::server_reflection_request::MessageRequest::FileContainingSymbol(
            "toolsync.v1.RunService".into(),
        )),
    };
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
    let mut answers = client.server_reflection_info(tokio_stream::once(ask)).await.unwrap().into_inner();
    let answer = format!("{:?}", answers.message().await.unwrap().unwrap().message_response);
    assert!(answer.contains("FileDescriptorResponse"), "{answer}");
}
