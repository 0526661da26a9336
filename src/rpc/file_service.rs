//! `FileService`: files in and out.

use super::convert::{self, UploadRequest};
use super::pb;
use super::pb::download_file_response::Part as DownloadPart;
use super::pb::upload_command_file_request::Part as UploadPart;
use super::streams::{self, Answers, Ending};
use super::{site, status};
use crate::engine::Engine;
use crate::model::file::Sha256Digest;
use crate::model::{Caller, FilePath, SiteKey};
use crate::store::{PutOutcome, Store, StoreError, Upload, UploadBegun, UploadStart};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

/// Bytes of a chunk on its way out.
const CHUNK_BYTES: usize = 256 << 10;
/// Most bytes of a chunk on its way in.
const LARGEST_CHUNK_BYTES: usize = 1 << 20;
/// Chunks of a download that wait for the client.
const CHUNKS_AHEAD: usize = 4;

/// Handles the calls of `FileService`.
pub(super) struct FileHandler {
    engine: Engine,
    store: Store,
    draining: CancellationToken,
}

impl FileHandler {
    pub(super) fn new(engine: Engine, store: Store, draining: CancellationToken) -> Self {
        Self { engine, store, draining }
    }

    fn site(&self, key: &str) -> Result<SiteKey, Status> {
        site::resolve(&self.engine.sites(), key)
    }
}

#[tonic::async_trait]
impl pb::file_service_server::FileService for FileHandler {
    async fn upload_command_file(
        &self,
        request: Request<Streaming<pb::UploadCommandFileRequest>>,
    ) -> Result<Response<pb::UploadCommandFileResponse>, Status> {
        let mut messages = request.into_inner();
        let first = messages.message().await?.and_then(|message| message.part);
        let Some(UploadPart::Start(start)) = first else {
            return Err(status::upload_out_of_order("start", "the first message of an upload must be its start"));
        };
        let site = self.site(&start.site)?;
        let start = upload_start(convert::upload_request(start)?, site);
        let outcome = match self.store.begin_upload(start).await? {
            UploadBegun::Writing(upload) => receive(*upload, &mut messages).await?,
            UploadBegun::AlreadyDone(outcome) => {
                // Clients do not expect an answer before they have sent everything.
                let mut sent = Sha256::new();
                while let Some(chunk) = next_chunk(&mut messages).await? {
                    sent.update(&chunk.data);
                }
                same_content(sent, outcome)?
            }
        };
        let disposition = convert::upload_disposition(outcome.disposition).into();
        let file = Some(convert::stored_file(outcome.file));
        Ok(Response::new(pb::UploadCommandFileResponse { file, disposition }))
    }

    async fn put_command_file(
        &self,
        request: Request<pb::PutCommandFileRequest>,
    ) -> Result<Response<pb::PutCommandFileResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let put = convert::put_request(request)?;
        let outcome = match self.store.begin_upload(upload_start(put.upload, site)).await? {
            UploadBegun::Writing(mut upload) => {
                upload.write(0, crc32c::crc32c(&put.content), put.content).await?;
                upload.finish().await?
            }
            UploadBegun::AlreadyDone(outcome) => same_content(Sha256::new_with_prefix(&put.content), outcome)?,
        };
        let disposition = convert::upload_disposition(outcome.disposition).into();
        let file = Some(convert::stored_file(outcome.file));
        Ok(Response::new(pb::PutCommandFileResponse { file, disposition }))
    }

    type DownloadFileStream = Answers<pb::DownloadFileResponse>;

    async fn download_file(
        &self,
        request: Request<pb::DownloadFileRequest>,
    ) -> Result<Response<Self::DownloadFileStream>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let path = convert::path_of(&request.path)?;
        let file = self.store.get(&site, &path).await?;
        let content = file.sha256.ok_or(StoreError::IsAFolder { path })?;
        let chunks = chunks(self.store.stream(content, CHUNK_BYTES).await?);
        let first = DownloadPart::File(convert::stored_file(file));
        let parts = futures::stream::iter([Ok(first)]).chain(chunks);
        let answers = parts.map(|part| part.map(|part| pb::DownloadFileResponse { part: Some(part) }));
        let ending = Ending::of_call(&self.draining, None);
        Ok(Response::new(streams::answer(answers, CHUNKS_AHEAD, ending)))
    }

    async fn list_files(
        &self,
        request: Request<pb::ListFilesRequest>,
    ) -> Result<Response<pb::ListFilesResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let wanted = convert::file_page(&request, &site)?;
        let listing = self.store.list(&site, &wanted.folder, wanted.kind, wanted.recursion, wanted.page).await?;
        Ok(Response::new(pb::ListFilesResponse {
            files: listing.items.into_iter().map(convert::stored_file).collect(),
            next_page_token: wanted.query.token(listing.next),
        }))
    }

    async fn get_file(&self, request: Request<pb::GetFileRequest>) -> Result<Response<pb::GetFileResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let file = self.store.get(&site, &convert::path_of(&request.path)?).await?;
        Ok(Response::new(pb::GetFileResponse { file: Some(convert::stored_file(file)) }))
    }

    async fn create_folder(
        &self,
        request: Request<pb::CreateFolderRequest>,
    ) -> Result<Response<pb::CreateFolderResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let path = convert::folder_path(request)?;
        let folder = self.store.create_folder(&site, &path, &Caller::local()).await?;
        Ok(Response::new(pb::CreateFolderResponse { folder: Some(convert::stored_file(folder)) }))
    }

    async fn move_file(&self, request: Request<pb::MoveFileRequest>) -> Result<Response<pb::MoveFileResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let convert::Move { from, to, overwrite } = convert::move_request(&request)?;
        let file = self.store.move_file(&site, &from, &to, overwrite, &Caller::local()).await?;
        Ok(Response::new(pb::MoveFileResponse { file: Some(convert::stored_file(file)) }))
    }

    async fn delete_file(
        &self,
        request: Request<pb::DeleteFileRequest>,
    ) -> Result<Response<pb::DeleteFileResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let path: FilePath = convert::path_of(&request.path)?;
        self.store.delete(&site, &path).await?;
        Ok(Response::new(pb::DeleteFileResponse {}))
    }
}

fn upload_start(request: UploadRequest, site: SiteKey) -> UploadStart {
    let UploadRequest { path, size, sha256, overwrite, request_id } = request;
    UploadStart { site, path, size, sha256, overwrite, request_id, caller: Caller::local() }
}

/// Takes the chunks of an upload in. Dropping it half-way, because the client is gone, leaves nothing behind.
async fn receive(
    mut upload: Upload,
    messages: &mut Streaming<pb::UploadCommandFileRequest>,
) -> Result<PutOutcome, Status> {
    while let Some(chunk) = next_chunk(messages).await? {
        upload.write(chunk.offset_bytes, chunk.crc32c, chunk.data).await?;
    }
    Ok(upload.finish().await?)
}

/// Refuses bytes that are not what the client declared, though the declared content is there.
fn same_content(sent: Sha256, outcome: PutOutcome) -> Result<PutOutcome, StoreError> {
    let got = Sha256Digest(sent.finalize().into());
    match outcome.file.sha256 {
        Some(declared) if declared != got => Err(StoreError::DigestMismatch { declared, got }),
        _ => Ok(outcome),
    }
}

async fn next_chunk(messages: &mut Streaming<pb::UploadCommandFileRequest>) -> Result<Option<pb::FileChunk>, Status> {
    let Some(message) = messages.message().await? else { return Ok(None) };
    match message.part {
        Some(UploadPart::Chunk(chunk)) if chunk.data.len() > LARGEST_CHUNK_BYTES => {
            let size = chunk.data.len();
            let problem = format!("a chunk has at most {LARGEST_CHUNK_BYTES} bytes, and this one has {size}");
            Err(status::invalid_field("chunk.data", problem))
        }
        Some(UploadPart::Chunk(chunk)) => Ok(Some(chunk)),
        Some(UploadPart::Start(_)) => {
            Err(status::upload_out_of_order("start", "only the first message of an upload may be a start"))
        }
        None => Err(status::upload_out_of_order("part", "every message of an upload is a start or a chunk")),
    }
}

/// A content in pieces, each with its offset and its checksum.
fn chunks(
    content: impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static,
) -> impl Stream<Item = Result<DownloadPart, Status>> + Send + 'static {
    content.scan(0, |next_offset, data| {
        let chunk = data.map_err(Status::from).map(|data| {
            let offset_bytes = *next_offset;
            *next_offset += data.len() as u64;
            DownloadPart::Chunk(pb::FileChunk { offset_bytes, crc32c: crc32c::crc32c(&data), data })
        });
        std::future::ready(Some(chunk))
    })
}
