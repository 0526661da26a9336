//! gRPC-Web over HTTP/1.1, spoken by hand: what browsers send, without a gRPC client in between.

use super::{USERS, create_users};
use crate::support::TestServer;
use prost::Message;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;
use toolsync::rpc::pb;

/// The answer to a call.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) http_status: String,
    /// Headers and trailers.
    pub(super) fields: BTreeMap<String, String>,
    pub(super) messages: Vec<Vec<u8>>,
}

impl Answer {
    pub(super) fn code(&self) -> Code {
        Code::from_bytes(self.fields["grpc-status"].as_bytes())
    }
}

/// Calls a method with some more headers, and reads the answer to its end.
pub(super) async fn call(
    address: SocketAddr,
    method: &str,
    message: &impl Message,
    headers: &[(&str, &str)],
) -> Answer {
    let payload = message.encode_to_vec();
    let mut head = format!(
        "POST /toolsync.v1.{method} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nx-grpc-web: 1\r\n\
         content-type: application/grpc-web+proto\r\ncontent-length: {}\r\n",
        payload.len() + 5
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut request = head.into_bytes();
    request.push(0);
    request.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_be_bytes());
    request.extend_from_slice(&payload);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&request).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    read(&bytes)
}

fn read(bytes: &[u8]) -> Answer {
    let (head, body) = split(bytes, b"\r\n\r\n").expect("an answer has a head");
    let head = std::str::from_utf8(head).unwrap();
    let (http_status, fields) = head.split_once("\r\n").unwrap_or((head, ""));
    let mut fields = parse_fields(fields);
    let chunked = fields.get("transfer-encoding").is_some_and(|encoding| encoding == "chunked");
    let body = if chunked { unchunk(body) } else { body.to_vec() };
    let mut messages = Vec::new();
    let mut rest = body.as_slice();
    while let [flags, a, b, c, d, after @ ..] = rest {
        let (frame, after) = after.split_at(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
        match flags {
            0x80 => fields.extend(parse_fields(std::str::from_utf8(frame).unwrap())),
            _ => messages.push(frame.to_vec()),
        }
        rest = after;
    }
    assert!(rest.is_empty(), "the body ends within a frame");
    Answer { http_status: http_status.to_owned(), fields, messages }
}

fn parse_fields(text: &str) -> BTreeMap<String, String> {
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    fields.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned())).collect()
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some((size, after)) = split(body, b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(size).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        content.extend_from_slice(&after[..size]);
        body = &after[size + 2..];
    }
    content
}

fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(separator.len()).position(|window| window == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

#[tokio::test]
async fn a_unary_call() {
    let server = TestServer::start().await;
    let answer = call(server.address, "RunService/ListTools", &pb::ListToolsRequest::default(), &[]).await;
    assert!(answer.http_status.contains("200"), "{answer:?}");
    assert_eq!(answer.fields["content-type"], "application/grpc-web+proto");
    assert_eq!(answer.code(), Code::Ok);
    let [message] = &answer.messages[..] else { panic!("{answer:?}") };
    let tools = pb::ListToolsResponse::decode(message.as_slice()).unwrap().tools;
    let names: Vec<_> = tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names, toolsync::model::ToolKind::ALL.map(toolsync::model::ToolKind::name));
}

#[tokio::test]
async fn a_stream_of_answers() {
    let server = TestServer::start().await;
    let dry = pb::RunToolRequest { dry_run: true, ..create_users() };
    let answer = call(server.address, "RunService/RunTool", &dry, &[]).await;
    assert_eq!(answer.code(), Code::Ok, "{answer:?}");
    let event =
        |message: &Vec<u8>| pb::RunToolResponse::decode(message.as_slice()).unwrap().event.unwrap().event.unwrap();
    let events: Vec<_> = answer.messages.iter().map(event).collect();
    assert!(matches!(events.first(), Some(pb::run_event::Event::Started(_))));
    assert!(matches!(events.last(), Some(pb::run_event::Event::Finished(_))));
    let lines = events.iter().filter(|event| matches!(event, pb::run_event::Event::Line(_))).count();
    assert_eq!(lines, USERS.lines().count() - 1);
}

#[tokio::test]
async fn a_refused_call_tells_its_status() {
    let server = TestServer::start().await;
    let request = pb::GetFileRequest { path: "/nobody.csv".to_owned(), ..Default::default() };
    let answer = call(server.address, "FileService/GetFile", &request, &[("x-request-id", "web-1")]).await;
    assert_eq!(answer.code(), Code::NotFound);
    assert!(answer.messages.is_empty());
    assert!(answer.fields.contains_key("grpc-message") && answer.fields.contains_key("grpc-status-details-bin"));
    assert_eq!(answer.fields["x-request-id"], "web-1");
}

#[tokio::test]
async fn an_unknown_method_is_not_implemented() {
    let server = TestServer::start().await;
    let answer = call(server.address, "RunService/MakeCoffee", &pb::ListToolsRequest::default(), &[]).await;
    assert_eq!(answer.code(), Code::Unimplemented);
}
