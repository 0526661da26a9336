//! Server reflection, in both versions that clients speak.

use super::SERVICES;
use crate::support::TestServer;
use prost::Message;
use prost_types::FileDescriptorProto;

macro_rules! reflects {
    ($test:ident, $version:ident) => {
        #[tokio::test]
        async fn $test() {
            use tonic_reflection::pb::$version::ServerReflectionRequest;
            use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
            use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
            use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;

            let server = TestServer::start().await;
            let ask = async |question| {
                let request = ServerReflectionRequest { host: String::new(), message_request: Some(question) };
                let mut client = ServerReflectionClient::new(server.channel.clone());
                let answers = client.server_reflection_info(tokio_stream::iter([request])).await.unwrap();
                answers.into_inner().message().await.unwrap().unwrap().message_response.unwrap()
            };
            let MessageResponse::ListServicesResponse(list) = ask(MessageRequest::ListServices(String::new())).await
            else {
                panic!("no list of services");
            };
            let names: Vec<_> = list.service.iter().map(|service| service.name.as_str()).collect();
            for service in SERVICES.into_iter().chain(["grpc.health.v1.Health"]) {
                assert!(names.contains(&service), "{service} is not in {names:?}");
            }
            for symbol in SERVICES {
                let question = MessageRequest::FileContainingSymbol(symbol.to_owned());
                let MessageResponse::FileDescriptorResponse(files) = ask(question).await else {
                    panic!("no file for {symbol}");
                };
                let decode = |bytes: &Vec<u8>| FileDescriptorProto::decode(bytes.as_slice()).unwrap();
                let files: Vec<_> = files.file_descriptor_proto.iter().map(decode).collect();
                let name = symbol.rsplit('.').next().unwrap();
                assert!(files.iter().flat_map(|file| &file.service).any(|service| service.name() == name), "{symbol}");
            }
        }
    };
}

reflects!(version_1_tells_the_services_and_their_files, v1);
reflects!(version_1_alpha_tells_the_services_and_their_files, v1alpha);
