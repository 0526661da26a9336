//! `toolsync files`

use super::error::{failed, present};
use super::json::FileJson;
use super::listing::{LARGEST_PAGE, Page, list_pages};
use super::output::{Format, Output, moment, plain};
use super::session::Session;
use super::table::{Align, Table};
use super::transfer::{self, Existing};
use super::{CliError, Verdict, names, run};
use crate::rpc::pb;
use clap::Subcommand;
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt as _;

#[derive(Debug, Subcommand)]
pub(super) enum FilesCommand {
    /// List a folder
    Ls {
        /// The folder
        #[arg(default_value = "/")]
        folder: String,
        /// List the folders below, too
        #[arg(short, long)]
        recursive: bool,
        /// Only files of this kind: command, archive, report, tryback or folder
        #[arg(long, value_parser = kind)]
        kind: Option<pb::FileKind>,
    },
    /// Store a local file
    Put {
        /// The local file
        local: PathBuf,
        /// Where it goes; with / at the end: into that folder [default: / and the name of the file]
        remote: Option<String>,
        /// Replace the file that is there
        #[arg(long)]
        overwrite: bool,
    },
    /// Fetch a stored file
    Get {
        /// The stored file
        remote: String,
        /// Where it goes; - for stdout [default: its name, in the working folder]
        local: Option<PathBuf>,
        /// Replace the local file that is there
        #[arg(long)]
        overwrite: bool,
    },
    /// Give a stored file another path
    Mv {
        /// Its path
        from: String,
        /// The path that it gets
        to: String,
        /// Replace the file that is there
        #[arg(long)]
        overwrite: bool,
    },
    /// Delete stored files, or empty folders
    Rm {
        /// Their paths
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Create a folder, with the folders above it
    Mkdir {
        /// Its path
        path: String,
    },
}

fn kind(word: &str) -> Result<pb::FileKind, String> {
    names::parse(word, "FILE_KIND_", pb::FileKind::from_str_name)
        .ok_or_else(|| "kinds are command, archive, report, tryback and folder".to_owned())
}

pub(super) async fn files(command: FilesCommand, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    match command {
        FilesCommand::Ls { folder, recursive, kind } => {
            let request = pb::ListFilesRequest {
                folder,
                recursive,
                kind: kind.unwrap_or_default() as i32,
                page_size: LARGEST_PAGE,
                ..Default::default()
            };
            list(request, session, output).await
        }
        FilesCommand::Put { local, remote, overwrite } => {
            put(&local, remote, Existing::replaced_if(overwrite), session, output).await
        }
        FilesCommand::Get { remote, local, overwrite } => {
            get(&remote, local, Existing::replaced_if(overwrite), session, output).await
        }
        FilesCommand::Mv { from, to, overwrite } => {
            let action = format!("move {from} to {to}");
            let request = pb::MoveFileRequest { site: String::new(), path: from, new_path: to, overwrite };
            let answer = session.files().move_file(request).await.map_err(failed(&action))?;
            tell(&present(answer.into_inner().file, &action)?, "moved to", output)
        }
        FilesCommand::Rm { paths } => {
            for path in paths {
                let action = format!("delete {path}");
                let request = pb::DeleteFileRequest { site: String::new(), path: path.clone() };
                session.files().delete_file(request).await.map_err(failed(action))?;
                output.note(format_args!("deleted {path}"));
            }
            Ok(Verdict::Fine)
        }
        FilesCommand::Mkdir { path } => {
            let action = format!("create the folder {path}");
            let request = pb::CreateFolderRequest { site: String::new(), path, request_id: run::new_request_id() };
            let answer = session.files().create_folder(request).await.map_err(failed(&action))?;
            tell(&present(answer.into_inner().folder, &action)?, "created", output)
        }
    }
}

fn tell(file: &pb::StoredFile, what: &str, output: &Output) -> Result<Verdict, CliError> {
    match output.format() {
        Format::Json => output.json(&FileJson::from(file))?,
        Format::Human => output.note(format_args!("{what} {}", plain(&file.path))),
    }
    Ok(Verdict::Fine)
}

async fn list(request: pb::ListFilesRequest, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let headings =
        [("KIND", Align::Left), ("SIZE", Align::Right), ("STORED (UTC)", Align::Left), ("PATH", Align::Left)];
    let page = async |page_token| {
        let request = pb::ListFilesRequest { page_token, ..request.clone() };
        let page = session.files().list_files(request).await.map_err(failed("list the files"))?.into_inner();
        Ok(Page { entries: page.files, next_token: page.next_page_token })
    };
    list_pages(Table::new(headings), output, page, row, |file| output.json(&FileJson::from(file))).await?;
    Ok(Verdict::Fine)
}

fn row(file: &pb::StoredFile) -> [String; 4] {
    let is_folder = file.kind() == pb::FileKind::Folder;
    [
        names::file_kind(file.kind).to_lowercase(),
        if is_folder { "-".to_owned() } else { file.size_bytes.to_string() },
        moment(file.create_time.as_ref()),
        plain(&file.path).into_owned(),
    ]
}

async fn put(
    local: &Path,
    remote: Option<String>,
    existing: Existing,
    session: &Session,
    output: &Output,
) -> Result<Verdict, CliError> {
    let path = remote_path(local, remote)?;
    let answer = transfer::upload(session, local, &path, existing).await.map_err(with_overwrite_hint)?;
    let file = present(answer.file.as_ref(), "store the file")?;
    match output.format() {
        Format::Json => output.json(&FileJson::from(file).stored(answer.disposition))?,
        Format::Human => output.note(format_args!("{} {}", transfer::disposition(&answer), plain(&file.path))),
    }
    Ok(Verdict::Fine)
}

fn remote_path(local: &Path, remote: Option<String>) -> Result<String, CliError> {
    match remote {
        None => run::stored_path(local),
        Some(folder) if folder.ends_with('/') => {
            Ok(format!("{}{}", folder.trim_end_matches('/'), run::stored_path(local)?))
        }
        Some(path) => Ok(path),
    }
}

fn with_overwrite_hint(error: CliError) -> CliError {
    match error {
        CliError::Call { action, status } if status.code() == tonic::Code::AlreadyExists => CliError::Arguments {
            message: format!("cannot {action}: {}", status.message()),
            hint: Some("pass --overwrite to replace it".to_owned()),
        },
        other => other,
    }
}

async fn get(
    remote: &str,
    local: Option<PathBuf>,
    existing: Existing,
    session: &Session,
    output: &Output,
) -> Result<Verdict, CliError> {
    if local.as_deref() == Some(Path::new("-")) {
        transfer::download(session, remote, async |piece| output.bytes(&piece)).await?;
        return Ok(Verdict::Fine);
    }
    let local = local.unwrap_or_else(|| PathBuf::from(remote.rsplit('/').next().unwrap_or(remote)));
    if existing == Existing::Keep && local.exists() {
        let message = format!("{} is there already", local.display());
        return Err(CliError::Arguments { message, hint: Some("pass --overwrite to replace it".to_owned()) });
    }
    let file = fetch_into(remote, &local, session).await?;
    match output.format() {
        Format::Json => output.json(&FileJson::from(&file))?,
        Format::Human => output.note(format_args!("fetched {} into {}", plain(&file.path), local.display())),
    }
    Ok(Verdict::Fine)
}

/// Writes beside the file first: what bears its name is always whole.
async fn fetch_into(remote: &str, local: &Path, session: &Session) -> Result<pb::StoredFile, CliError> {
    let mut name = local.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let unwritable = |cause| CliError::LocalFile { action: "write", path: local.to_owned(), cause };
    let mut target = tokio::fs::File::create(&part).await.map_err(unwritable)?;
    let fetched = transfer::download(session, remote, async |piece| target.write_all(&piece).await.map_err(unwritable));
    let written = match fetched.await {
        Ok(file) => target.sync_all().await.map(|()| file).map_err(unwritable),
        Err(error) => Err(error),
    };
    drop(target);
    match written {
        Ok(file) => tokio::fs::rename(&part, local).await.map(|()| file).map_err(unwritable),
        Err(error) => {
            tokio::fs::remove_file(&part).await.map_err(unwritable)?;
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remote_path_follows_from_the_local_name() {
        let local = Path::new("in/users.csv");
        for (remote, expected) in [
            (None, "/users.csv"),
            (Some("/erp/"), "/erp/users.csv"),
            (Some("/"), "/users.csv"),
            (Some("/a.csv"), "/a.csv"),
        ] {
            assert_eq!(remote_path(local, remote.map(str::to_owned)).unwrap(), expected);
        }
    }

    #[test]
    fn kinds_have_names() {
        assert_eq!(kind("tryback"), Ok(pb::FileKind::Tryback));
        assert!(kind("picture").is_err());
    }
}
