//! `toolsync run`

use super::error::failed;
use super::follow::{self, Begin};
use super::options::{self, RunSettings};
use super::output::Output;
use super::session::Session;
use super::transfer::{self, Existing};
use super::watcher::{self, WatchSettings, Watcher};
use super::{CliError, Verdict, recognise};
use crate::rpc::pb;
use clap::Args;
use std::collections::BTreeMap;
use std::path::Path;

/// What a FILE begins with that is in the store already.
const STORED: &str = "store:";

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The tool; `toolsync tools` lists them
    tool: String,
    /// The command file. It is stored as /NAME first, unless it is store:/PATH. Some tools need none
    file: Option<String>,
    #[command(flatten)]
    settings: RunSettings,
    #[command(flatten)]
    watch: WatchSettings,
    /// Name of this request: repeating it follows the same run instead of starting another
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

pub(super) async fn run(args: RunArgs, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let given = args.settings.options()?;
    let tools = list_tools(session).await?;
    let tool = options::tool_named(&args.tool, &tools)?;
    options::refuse_unfit(&given, tool, &tools)?;
    let source = args.file.as_deref().map(source).transpose()?;
    let path = match source {
        Some(source) => Some(source.stored(session, output).await?),
        None => without_file(tool)?,
    };
    let request_id = args.request_id.unwrap_or_else(new_request_id);
    let request = request(tool, path, given, &args.settings, request_id);
    let run = follow::follow(session, Begin::Start(request), &mut Watcher::new(output, &args.watch)).await?;
    let verdict = watcher::conclude(&run, session, output).await?;
    if let (Verdict::NotRun, Some(Source::Local(file))) = (verdict, source)
        && let Ok(head) = recognise::head(file)
        && let Some(other) = recognise::other_tool(&head, tool, &tools.tools)
    {
        output.hint(format_args!("the columns fit the tool {other}: `toolsync run {other} {}`", file.display()));
    }
    Ok(verdict)
}

/// Where a command file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source<'a> {
    /// On this machine.
    Local(&'a Path),
    /// In the store, under this path.
    Stored(&'a str),
}

impl Source<'_> {
    /// The path in the store. A file of this machine is stored first.
    async fn stored(self, session: &Session, output: &Output) -> Result<String, CliError> {
        match self {
            Self::Stored(path) => Ok(path.to_owned()),
            Self::Local(file) => store(session, file, output).await,
        }
    }
}

/// No path, where the tool makes its own list.
fn without_file(tool: &pb::ToolDescriptor) -> Result<Option<String>, CliError> {
    if tool.file_optional {
        return Ok(None);
    }
    let hint = Some(format!("`toolsync tools {} --sample` prints a small one", tool.name));
    Err(CliError::Arguments { message: format!("{} needs a command file", tool.name), hint })
}

fn source(file: &str) -> Result<Source<'_>, CliError> {
    let refused = |message: String, hint: String| Err(CliError::Arguments { message, hint: Some(hint) });
    match file.strip_prefix(STORED) {
        Some(path) if path.starts_with('/') => Ok(Source::Stored(path)),
        Some(path) => {
            refused(format!("{path:?} is no path of a stored file"), format!("did you mean {STORED}/{path}?"))
        }
        None if file == "-" => {
            refused("stdin is not read".to_owned(), "save it to a file, and name that file".to_owned())
        }
        None => Ok(Source::Local(Path::new(file))),
    }
}

/// The path of a command file in the store; one of this machine is stored first.
pub(super) async fn stored_file(session: &Session, file: &str, output: &Output) -> Result<String, CliError> {
    source(file)?.stored(session, output).await
}

/// The tools of the server.
pub(super) async fn list_tools(session: &Session) -> Result<pb::ListToolsResponse, CliError> {
    let answer = session.runs().list_tools(pb::ListToolsRequest::default()).await;
    Ok(answer.map_err(failed("list the tools"))?.into_inner())
}

/// Stores a command file in the root folder under its own name, and gives the path.
pub(super) async fn store(session: &Session, file: &Path, output: &Output) -> Result<String, CliError> {
    let path = stored_path(file)?;
    let answer = transfer::upload(session, file, &path, Existing::Replace).await?;
    output.note(format_args!("stored {} as {path} ({})", file.display(), transfer::disposition(&answer)));
    Ok(path)
}

/// `/users.csv` for `in/users.csv`
pub(super) fn stored_path(file: &Path) -> Result<String, CliError> {
    match file.file_name() {
        Some(name) => Ok(format!("/{}", name.to_string_lossy())),
        None => Err(CliError::Arguments {
            message: format!("{} names no file", file.display()),
            hint: Some("name a command file, or store:/PATH for one that is stored".to_owned()),
        }),
    }
}

/// Asks for a run of a stored file.
pub(super) fn request(
    tool: &pb::ToolDescriptor,
    path: Option<String>,
    options: BTreeMap<String, String>,
    settings: &RunSettings,
    request_id: String,
) -> Box<pb::RunToolRequest> {
    Box::new(pb::RunToolRequest {
        site: String::new(),
        tool: tool.tool,
        source: path.map(pb::run_tool_request::Source::Path),
        options,
        dry_run: settings.dry_run,
        max_errors: settings.max_errors,
        request_id,
    })
}

/// A name that no other request has.
pub(super) fn new_request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_files_are_local_or_stored() {
        assert_eq!(source("in/users.csv").unwrap(), Source::Local(Path::new("in/users.csv")));
        assert_eq!(source("store:/users.csv").unwrap(), Source::Stored("/users.csv"));
        for refused in ["-", "store:users.csv", "store:"] {
            assert!(matches!(source(refused), Err(CliError::Arguments { hint: Some(_), .. })), "{refused}");
        }
    }

    #[test]
    fn files_are_stored_under_their_own_name() {
        assert_eq!(stored_path(Path::new("in/users.csv")).unwrap(), "/users.csv");
        assert!(matches!(stored_path(Path::new("in/..")), Err(CliError::Arguments { .. })));
    }
}
