//! Files, folders and uploads.

use super::field::{Fields, page_size};
use super::time::timestamp;
use crate::engine::INLINE_LIMIT_BYTES;
use crate::model::file::Sha256Digest;
use crate::model::{FileKind, FilePath, RequestId, SiteKey, StoredFile};
use crate::rpc::page_token::Query;
use crate::rpc::{pb, status};
use crate::store::{Disposition, Overwrite, Page, Recursion};
use bytes::Bytes;
use tonic::Status;

/// What a client declares before it sends a file.
#[derive(Debug)]
pub(in crate::rpc) struct UploadRequest {
    pub(in crate::rpc) path: FilePath,
    pub(in crate::rpc) size: Option<u64>,
    pub(in crate::rpc) sha256: Option<Sha256Digest>,
    pub(in crate::rpc) overwrite: Overwrite,
    pub(in crate::rpc) request_id: Option<RequestId>,
}

pub(in crate::rpc) fn upload_request(start: pb::UploadStart) -> Result<UploadRequest, Status> {
    let mut fields = Fields::default();
    let path = fields.path("start.path", &start.path);
    let sha256 = digest(&mut fields, "start.sha256", start.sha256);
    let request_id = fields.request_id("start.request_id", start.request_id);
    let overwrite = overwrite(start.overwrite);
    fields.finish(path.map(|path| UploadRequest { path, size: start.size_bytes, sha256, overwrite, request_id }))
}

/// A whole file.
#[derive(Debug)]
pub(in crate::rpc) struct Put {
    pub(in crate::rpc) upload: UploadRequest,
    pub(in crate::rpc) content: Bytes,
}

pub(in crate::rpc) fn put_request(request: pb::PutCommandFileRequest) -> Result<Put, Status> {
    let mut fields = Fields::default();
    let path = fields.path("path", &request.path);
    let sha256 = digest(&mut fields, "sha256", request.sha256);
    let request_id = fields.request_id("request_id", request.request_id);
    check_inline(&mut fields, "content", &request.content);
    let size = Some(request.content.len() as u64);
    let overwrite = overwrite(request.overwrite);
    fields.finish(path.map(|path| Put {
        upload: UploadRequest { path, size, sha256, overwrite, request_id },
        content: request.content,
    }))
}

pub(super) fn check_inline(fields: &mut Fields, field: &str, content: &Bytes) {
    let size = content.len() as u64;
    if size > INLINE_LIMIT_BYTES {
        let problem = format!(
            "{size} bytes are too many for one message, at most {INLINE_LIMIT_BYTES} are taken; use UploadCommandFile"
        );
        fields.refuse(field, problem);
    }
}

fn digest(fields: &mut Fields, field: &str, text: Option<String>) -> Option<Sha256Digest> {
    fields.check(field, text?.parse())
}

fn overwrite(flag: bool) -> Overwrite {
    if flag { Overwrite::Replace } else { Overwrite::Refuse }
}

/// The path of a request that has nothing else.
pub(in crate::rpc) fn path_of(text: &str) -> Result<FilePath, Status> {
    let mut fields = Fields::default();
    let path = fields.path("path", text);
    fields.finish(path)
}

/// The path of a folder to create. The request id is only checked: creating a folder twice does nothing.
pub(in crate::rpc) fn folder_path(request: pb::CreateFolderRequest) -> Result<FilePath, Status> {
    let mut fields = Fields::default();
    let path = fields.path("path", &request.path);
    fields.request_id("request_id", request.request_id);
    fields.finish(path)
}

/// What moves where.
#[derive(Debug)]
pub(in crate::rpc) struct Move {
    pub(in crate::rpc) from: FilePath,
    pub(in crate::rpc) to: FilePath,
    pub(in crate::rpc) overwrite: Overwrite,
}

pub(in crate::rpc) fn move_request(request: &pb::MoveFileRequest) -> Result<Move, Status> {
    let mut fields = Fields::default();
    let paths = (fields.path("path", &request.path), fields.path("new_path", &request.new_path));
    let overwrite = overwrite(request.overwrite);
    fields.finish(if let (Some(from), Some(to)) = paths { Some(Move { from, to, overwrite }) } else { None })
}

/// Which files to list.
#[derive(Debug)]
pub(in crate::rpc) struct FilePage {
    pub(in crate::rpc) folder: FilePath,
    pub(in crate::rpc) kind: Option<FileKind>,
    pub(in crate::rpc) recursion: Recursion,
    pub(in crate::rpc) page: Page<FilePath>,
    pub(in crate::rpc) query: Query,
}

pub(in crate::rpc) fn file_page(request: &pb::ListFilesRequest, site: &SiteKey) -> Result<FilePage, Status> {
    let mut fields = Fields::default();
    let folder = if request.folder.is_empty() { "/" } else { &request.folder };
    let folder = fields.path("folder", folder);
    let kind = fields.optional_enum("kind", request.kind, kind_of);
    let folder = fields.finish(folder)?;
    let query = Query::new("files", &[site, &folder, &request.kind, &request.recursive]);
    let after = query.cursor::<String>(&request.page_token)?.map(|path| FilePath::parse(&path)).transpose();
    let after = after.map_err(|problem| status::invalid_field("page_token", problem))?;
    let recursion = if request.recursive { Recursion::Descendants } else { Recursion::Children };
    Ok(FilePage { folder, kind, recursion, page: Page { size: page_size(request.page_size), after }, query })
}

fn kind_of(kind: pb::FileKind) -> Option<FileKind> {
    match kind {
        pb::FileKind::Unspecified => None,
        pb::FileKind::Command => Some(FileKind::Command),
        pb::FileKind::Archive => Some(FileKind::Archive),
        pb::FileKind::Report => Some(FileKind::Report),
        pb::FileKind::Tryback => Some(FileKind::Tryback),
        pb::FileKind::Folder => Some(FileKind::Folder),
    }
}

fn file_kind(kind: FileKind) -> pb::FileKind {
    match kind {
        FileKind::Command => pb::FileKind::Command,
        FileKind::Archive => pb::FileKind::Archive,
        FileKind::Report => pb::FileKind::Report,
        FileKind::Tryback => pb::FileKind::Tryback,
        FileKind::Folder => pb::FileKind::Folder,
    }
}

pub(in crate::rpc) fn upload_disposition(disposition: Disposition) -> pb::UploadDisposition {
    match disposition {
        Disposition::Created => pb::UploadDisposition::Created,
        Disposition::Replaced => pb::UploadDisposition::Replaced,
        Disposition::Unchanged => pb::UploadDisposition::Unchanged,
    }
}

pub(in crate::rpc) fn stored_file(file: StoredFile) -> pb::StoredFile {
    pb::StoredFile {
        id: file.id.to_string(),
        site: file.site.0,
        path: file.path.into(),
        kind: file_kind(file.kind).into(),
        size_bytes: file.size,
        sha256: file.sha256.map(|digest| digest.to_string()),
        create_time: Some(timestamp(file.created)),
        caller: file.caller.0,
        revision: file.revision,
    }
}
