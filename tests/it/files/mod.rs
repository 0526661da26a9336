//! Files over the wire: putting them in, getting them out, naming them.

mod downloads;
mod folders;
mod listings;
mod paths;
mod requests;
mod uploads;

use crate::support::TestServer;
use sha2::{Digest, Sha256};
use tokio_stream::iter;
use toolsync::rpc::pb;
use toolsync::rpc::pb::upload_command_file_request::Part;

/// A content whose bytes tell where they are.
fn content_of(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 31 + at / 251) as u8).collect()
}

/// The digest of a content as the API writes it.
fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The start of an upload of `content` that replaces nothing.
fn start(path: &str, content: &[u8]) -> pb::UploadStart {
    pb::UploadStart {
        path: path.to_owned(),
        size_bytes: Some(content.len() as u64),
        sha256: Some(digest(content)),
        ..Default::default()
    }
}

/// A content in pieces.
fn chunks(content: &[u8], size: usize) -> Vec<pb::FileChunk> {
    content.chunks(size).enumerate().map(|(index, data)| chunk((index * size) as u64, data)).collect()
}

fn chunk(offset_bytes: u64, data: &[u8]) -> pb::FileChunk {
    pb::FileChunk { offset_bytes, crc32c: crc32c::crc32c(data), data: data.to_vec().into() }
}

fn message(part: Part) -> pb::UploadCommandFileRequest {
    pb::UploadCommandFileRequest { part: Some(part) }
}

/// Sends an upload as it is.
async fn upload(
    server: &TestServer,
    start: pb::UploadStart,
    chunks: Vec<pb::FileChunk>,
) -> Result<pb::UploadCommandFileResponse, tonic::Status> {
    let messages = std::iter::once(Part::Start(start)).chain(chunks.into_iter().map(Part::Chunk)).map(message);
    send(server, messages.collect()).await
}

/// Sends the messages of an upload, in whatever order.
async fn send(
    server: &TestServer,
    messages: Vec<pb::UploadCommandFileRequest>,
) -> Result<pb::UploadCommandFileResponse, tonic::Status> {
    Ok(server.files().upload_command_file(iter(messages)).await?.into_inner())
}

async fn put(
    server: &TestServer,
    request: pb::PutCommandFileRequest,
) -> Result<pb::PutCommandFileResponse, tonic::Status> {
    Ok(server.files().put_command_file(request).await?.into_inner())
}

/// The file or folder at a path.
async fn get(server: &TestServer, path: &str) -> Result<pb::StoredFile, tonic::Status> {
    let request = pb::GetFileRequest { path: path.to_owned(), ..Default::default() };
    Ok(server.files().get_file(request).await?.into_inner().file.unwrap())
}
