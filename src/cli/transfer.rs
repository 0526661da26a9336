//! Contents on their way to the store and back, in pieces that carry their checksums.

use super::CliError;
use super::error::{failed, present};
use super::names;
use super::session::Session;
use crate::rpc::pb;
use crate::rpc::pb::download_file_response::Part as DownloadPart;
use crate::rpc::pb::upload_command_file_request::Part as UploadPart;
use bytes::{Bytes, BytesMut};
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::Path;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_stream::wrappers::ReceiverStream;

const CHUNK_BYTES: usize = 256 * 1024;
/// Chunks that are read before they can be sent.
const CHUNKS_AHEAD: usize = 4;

/// What becomes of a file that is at the path already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Existing {
    /// It is replaced.
    Replace,
    /// It is kept, and the upload refused.
    Keep,
}

impl Existing {
    pub(super) fn replaced_if(overwrite: bool) -> Self {
        if overwrite { Self::Replace } else { Self::Keep }
    }
}

/// Stores a local file under `path`.
pub(super) async fn upload(
    session: &Session,
    local: &Path,
    path: &str,
    existing: Existing,
) -> Result<pb::UploadCommandFileResponse, CliError> {
    let unreadable = |cause| CliError::LocalFile { action: "read", path: local.to_owned(), cause };
    let mut file = open(local).await.map_err(unreadable)?;
    let (size, digest) = measure(&mut file).await.map_err(unreadable)?;
    let start = pb::UploadStart {
        site: String::new(),
        path: path.to_owned(),
        size_bytes: Some(size),
        sha256: Some(digest),
        overwrite: existing == Existing::Replace,
        request_id: uuid::Uuid::now_v7().to_string(),
    };
    let (sender, receiver) = tokio::sync::mpsc::channel(CHUNKS_AHEAD);
    let reading = tokio::spawn(async move {
        let message = pb::UploadCommandFileRequest { part: Some(UploadPart::Start(start)) };
        if sender.send(message).await.is_ok() { send_chunks(file, sender).await } else { Ok(()) }
    });
    let answer = session.files().upload_command_file(ReceiverStream::new(receiver)).await;
    // A file that cannot be read to its end makes the server complain too; the cause is what helps.
    if let Ok(Err(cause)) = reading.await {
        return Err(unreadable(cause));
    }
    answer.map(tonic::Response::into_inner).map_err(failed(format!("store {} as {path}", local.display())))
}

async fn open(local: &Path) -> io::Result<File> {
    let file = File::open(local).await?;
    if file.metadata().await?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
}

async fn measure(file: &mut File) -> io::Result<(u64, String)> {
    let mut digest = Sha256::new();
    let mut size = 0;
    loop {
        let chunk = next_chunk(file).await?;
        if chunk.is_empty() {
            break;
        }
        size += chunk.len() as u64;
        digest.update(&chunk);
    }
    file.rewind().await?;
    Ok((size, hexadecimal(&digest.finalize())))
}

async fn send_chunks(
    mut file: File,
    sender: tokio::sync::mpsc::Sender<pb::UploadCommandFileRequest>,
) -> io::Result<()> {
    let mut offset_bytes = 0;
    loop {
        let data = next_chunk(&mut file).await?;
        if data.is_empty() {
            return Ok(());
        }
        let length = data.len() as u64;
        let chunk = pb::FileChunk { offset_bytes, crc32c: crc32c::crc32c(&data), data };
        let message = pb::UploadCommandFileRequest { part: Some(UploadPart::Chunk(chunk)) };
        if sender.send(message).await.is_err() {
            // The call is over; its answer says why.
            return Ok(());
        }
        offset_bytes += length;
    }
}

async fn next_chunk(file: &mut File) -> io::Result<Bytes> {
    let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
    while chunk.len() < CHUNK_BYTES && file.read_buf(&mut chunk).await? > 0 {}
    Ok(chunk.freeze())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Fetches a content and hands each piece to `write`. Everything is checked against the checksums.
pub(super) async fn download(
    session: &Session,
    path: &str,
    mut write: impl AsyncFnMut(Bytes) -> Result<(), CliError>,
) -> Result<pb::StoredFile, CliError> {
    let action = format!("fetch {path}");
    let damaged = |problem| CliError::Damaged { action: action.clone(), problem };
    let request = pb::DownloadFileRequest { site: String::new(), path: path.to_owned() };
    let mut stream = session.files().download_file(request).await.map_err(failed(&action))?.into_inner();
    let mut file: Option<pb::StoredFile> = None;
    let (mut digest, mut received) = (Sha256::new(), 0);
    while let Some(message) = stream.message().await.map_err(failed(&action))? {
        match message.part {
            Some(DownloadPart::File(described)) => file = Some(described),
            Some(DownloadPart::Chunk(chunk)) => {
                if chunk.offset_bytes != received || crc32c::crc32c(&chunk.data) != chunk.crc32c {
                    return Err(damaged("a piece of the content is missing or changed"));
                }
                received += chunk.data.len() as u64;
                digest.update(&chunk.data);
                write(chunk.data).await?;
            }
            None => return Err(damaged("a message is empty")),
        }
    }
    let file = present(file, &action)?;
    let expected = file.sha256.as_deref().unwrap_or_default();
    if received != file.size_bytes || !hexadecimal(&digest.finalize()).eq_ignore_ascii_case(expected) {
        return Err(damaged("the content is not the one that was stored"));
    }
    Ok(file)
}

/// What storing did, for people: `created`.
pub(super) fn disposition(answer: &pb::UploadCommandFileResponse) -> String {
    names::disposition(answer.disposition).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_measured_and_cut_into_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("a.csv");
        let content = vec![b'x'; CHUNK_BYTES + 3];
        std::fs::write(&local, &content).unwrap();
        let mut file = open(&local).await.unwrap();
        let (size, digest) = measure(&mut file).await.unwrap();
        assert_eq!((size, digest), (content.len() as u64, hexadecimal(&Sha256::digest(&content))));
        let (sender, mut receiver) = tokio::sync::mpsc::channel(CHUNKS_AHEAD);
        send_chunks(file, sender).await.unwrap();
        let mut pieces = Vec::new();
        while let Some(message) = receiver.recv().await {
            let Some(UploadPart::Chunk(chunk)) = message.part else { panic!("only chunks are expected") };
            assert_eq!(chunk.crc32c, crc32c::crc32c(&chunk.data));
            pieces.push((chunk.offset_bytes, chunk.data.len()));
        }
        assert_eq!(pieces, [(0, CHUNK_BYTES), (CHUNK_BYTES as u64, 3)]);
    }

    #[tokio::test]
    async fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(open(folder.path()).await.unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }
}
