//! Why a command did not do what it was asked for, and what can be done about it.

use super::output::{complain, hint_mark};
use super::recognise::Doubt;
use crate::app::AppError;
use crate::config::{ConfigError, ServeRefusal};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Exit code of a process that was told to end: 128 + SIGINT, as shells have it.
pub(super) const INTERRUPTED: u8 = 130;

/// How a command went that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All fine.
    Fine,
    /// Some lines failed, were applied in part, or were not reached.
    SomeFailed,
    /// A file was refused, or its run could not go on.
    NotRun,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        ExitCode::from(verdict as u8)
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address to serve is open to others.
    #[error(transparent)]
    Refused(#[from] ServeRefusal),
    /// Threads or signals are not to be had.
    #[error("cannot start the program: {0}")]
    Runtime(io::Error),
    /// The address to serve cannot be had.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        cause: io::Error,
    },
    /// The service does not start.
    #[error("cannot start the service: {}", with_sources(.0.as_ref()))]
    Start(Box<AppError>),
    /// The data folder is none, or cannot be used.
    #[error("cannot use {} as the data folder: {problem}", folder.display())]
    DataFolder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        problem: String,
    },
    /// The service did not end in order.
    #[error("the service did not stop cleanly: {}", with_sources(.0.as_ref()))]
    Stop(Box<AppError>),
    /// The address of the server cannot be used.
    #[error("{url:?} is no address of a server that can be called: {problem}")]
    ServerAddress {
        /// The address.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Nobody answers.
    #[error("cannot reach the server {url}: {}", with_sources(cause))]
    Unreachable {
        /// Its address.
        url: String,
        /// Why not.
        cause: tonic::transport::Error,
    },
    /// A file of this machine cannot be used.
    #[error("cannot {action} {}: {cause}", path.display())]
    LocalFile {
        /// What was to be done with it: `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// Arguments that fit no command, beyond what the parser sees.
    #[error("{message}")]
    Arguments {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The tools of some files cannot be told.
    #[error("cannot tell which tool is meant for {}", files_of(.0))]
    Doubt(Vec<Doubt>),
    /// The server answered with an error.
    #[error("cannot {action}: {}", status.message())]
    Call {
        /// What was asked for: `list the tools`.
        action: String,
        /// The answer.
        status: Box<Status>,
    },
    /// What the server sent does not fit together.
    #[error("cannot {action}: the answer of the server is damaged: {problem}")]
    Damaged {
        /// What was asked for.
        action: String,
        /// What does not fit.
        problem: &'static str,
    },
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    /// A signal came.
    #[error("interrupted")]
    Interrupted {
        /// The run that was followed.
        run: Option<UnderWay>,
    },
}

/// A run that is not over when the command ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnderWay {
    /// It goes on in a server.
    Elsewhere {
        /// Identifier of the run.
        run_id: String,
    },
    /// It stops with this process, and goes on with the next one on the data folder.
    Here {
        /// Identifier of the run.
        run_id: String,
    },
}

/// Makes an error of an answer. `action` completes "cannot …".
pub(super) fn failed(action: impl Into<String>) -> impl FnOnce(Status) -> CliError {
    move |status| CliError::Call { action: action.into(), status: Box::new(status) }
}

/// The value of a field that an answer always has.
pub(super) fn present<T>(value: Option<T>, action: &str) -> Result<T, CliError> {
    value.ok_or_else(|| CliError::Damaged { action: action.to_owned(), problem: "a part of it is missing" })
}

/// Makes an error of a service that does not start on a data folder.
pub(super) fn not_started(folder: &Path, cause: AppError) -> CliError {
    match io_cause(&cause).filter(|_| matches!(cause, AppError::Store(_))) {
        Some(problem) => CliError::DataFolder { folder: folder.to_owned(), problem },
        None => CliError::Start(Box::new(cause)),
    }
}

/// What the system says that lies at the bottom of an error.
fn io_cause(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.filter_map(|cause| cause.downcast_ref::<io::Error>()).next().map(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => "it is a file, or below one".to_owned(),
        io::ErrorKind::PermissionDenied => "nothing may be written there".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "it can only be read".to_owned(),
        _ => cause.to_string(),
    })
}

fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some errors repeat their source in their own text.
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

fn files_of(doubts: &[Doubt]) -> String {
    doubts.iter().map(|doubt| doubt.file.display().to_string()).collect::<Vec<_>>().join(", ")
}

impl CliError {
    /// Writes the error to stderr, and gives the exit code.
    pub fn report(&self) -> ExitCode {
        if matches!(self, Self::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe) {
            // The reader has seen enough: `toolsync … | head`.
            return ExitCode::SUCCESS;
        }
        complain(format_args!("{} {self}", console::style("error:").red().bold().for_stderr()));
        for detail in self.details() {
            complain(format_args!("  {detail}"));
        }
        if let Some(hint) = self.hint() {
            complain(format_args!("{} {hint}", hint_mark()));
        }
        ExitCode::from(if matches!(self, Self::Interrupted { .. }) { INTERRUPTED } else { Verdict::NotRun as u8 })
    }

    /// What there is to say line by line.
    fn details(&self) -> Vec<String> {
        match self {
            Self::Config(ConfigError::Problems(problems)) => problems.iter().map(ToString::to_string).collect(),
            Self::Doubt(doubts) => doubts.iter().map(ToString::to_string).collect(),
            Self::Call { status, .. } => details_of(status),
            _ => Vec::new(),
        }
    }

    /// What to do about it.
    fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(_) => Some(
                "TLS and tokens are not offered yet. Listen on 127.0.0.1 and let others in through an SSH tunnel, or \
                 through a proxy that has both."
                    .to_owned(),
            ),
            Self::Listen { cause, .. } if cause.kind() == io::ErrorKind::AddrInUse => {
                Some("something listens there already; choose another port with --listen, or stop it".to_owned())
            }
            Self::Start(cause) if cause.folder_in_use() => Some(
                "a server works on this folder: pass --server http://127.0.0.1:50051 (or where it listens) to go \
                 through it, or choose another folder with --data"
                    .to_owned(),
            ),
            Self::DataFolder { .. } => Some("choose another folder with --data".to_owned()),
            Self::LocalFile { action: "read", cause, .. } if cause.kind() == io::ErrorKind::NotFound => {
                Some("check the path; `toolsync run` takes store:/PATH for a file that is stored already".to_owned())
            }
            Self::ServerAddress { .. } => Some("write it as http://127.0.0.1:50051".to_owned()),
            Self::Unreachable { .. } => Some(
                "start a server with `toolsync serve`, or leave out --server and TOOLSYNC_SERVER to work on the data \
                 folder"
                    .to_owned(),
            ),
            Self::Arguments { hint, .. } => hint.clone(),
            Self::Doubt(doubts) => doubts.first().map(Doubt::hint),
            Self::Call { status, .. } => hint_for(status),
            Self::Interrupted { run: Some(UnderWay::Elsewhere { run_id }) } => Some(format!(
                "the run goes on; see it with `toolsync runs watch {run_id}`, or end it with `toolsync runs \
                     cancel {run_id}`"
            )),
            Self::Interrupted { run: Some(UnderWay::Here { run_id }) } => Some(format!(
                "the run stopped between two chunks and goes on where it stopped with the next command on this data \
                 folder: `toolsync runs watch {run_id}`, or end it with `toolsync runs cancel {run_id}`"
            )),
            _ => None,
        }
    }
}

fn details_of(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let mut told = Vec::new();
    if let Some(request) = details.bad_request() {
        told.extend(request.field_violations.iter().map(|v| (v.field.as_str(), v.description.as_str())));
    }
    if let Some(precondition) = details.precondition_failure() {
        told.extend(precondition.violations.iter().map(|v| (v.subject.as_str(), v.description.as_str())));
    }
    if let Some(resource) = details.resource_info() {
        told.push((resource.resource_name.as_str(), resource.description.as_str()));
    }
    // Most descriptions stand in the message already.
    let seen = status.message();
    let news = told.into_iter().filter(|(_, description)| !seen.contains(description));
    let lines = news.map(|(subject, description)| format!("{subject}: {description}"));
    lines.chain(details.error_info().map(|info| format!("reason: {}", info.reason))).collect()
}

/// Where the names are listed of which one was not known, by the reason of the refusal.
fn list_for(status: &Status) -> Option<&'static str> {
    let details = status.get_error_details();
    let wrong_field =
        |name: &str| details.bad_request().is_some_and(|wrong| wrong.field_violations.iter().any(|v| v.field == name));
    match details.error_info()?.reason.as_str() {
        "RUN_UNKNOWN" => Some("`toolsync runs ls` lists the runs"),
        "FIELD_INVALID" if wrong_field("run_id") => Some("`toolsync runs ls` lists the runs"),
        "FILE_UNKNOWN" => Some("`toolsync files ls -r` lists the stored files"),
        "SCHEDULE_UNKNOWN" => Some("`toolsync schedule ls` lists the schedules"),
        "OPTION_INVALID" => Some("`toolsync tools TOOL` lists the options of a tool"),
        _ => None,
    }
}

fn hint_for(status: &Status) -> Option<String> {
    if let Some(link) = status.get_error_details().help().and_then(|help| help.links.first()) {
        return Some(format!("{} {}", link.description, link.url));
    }
    if let Some(list) = list_for(status) {
        return Some(list.to_owned());
    }
    let hint = match status.code() {
        Code::Unavailable => "the server went away; see that it runs, and repeat the command",
        Code::Unimplemented => "the server is of another version; use the `toolsync` that belongs to it",
        Code::Internal | Code::Unknown | Code::DataLoss => "the log of the server says more",
        _ => return None,
    };
    Some(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::ErrorDetails;

    #[test]
    fn a_status_is_told_with_its_details() {
        let mut details = ErrorDetails::with_error_info("OPTION_INVALID", "toolsync", []);
        details.add_bad_request_violation("options.separator", "\"x\" is no separator");
        details.add_bad_request_violation("max_errors", "too large");
        let status = Status::with_error_details(Code::InvalidArgument, "the request is wrong", details);
        let error = failed("start the run")(status);
        assert_eq!(error.to_string(), "cannot start the run: the request is wrong");
        let told = ["options.separator: \"x\" is no separator", "max_errors: too large", "reason: OPTION_INVALID"];
        assert_eq!(error.details(), told);
        assert_eq!(error.hint().as_deref(), Some("`toolsync tools TOOL` lists the options of a tool"));
    }

    #[test]
    fn nothing_is_said_twice() {
        let message = "run 0198 does not exist";
        let mut details = ErrorDetails::with_error_info("RUN_UNKNOWN", "toolsync", []);
        details.set_resource_info("toolsync.v1.Run", "0198", "", message);
        details.add_bad_request_violation("run_id", message);
        details.add_precondition_failure_violation("RUN_UNKNOWN", "0198", message);
        let error = failed("read the run")(Status::with_error_details(Code::NotFound, message, details));
        assert_eq!(error.details(), ["reason: RUN_UNKNOWN"]);
    }

    #[test]
    fn what_is_not_known_is_looked_up_in_a_list() {
        let cases = [
            ("RUN_UNKNOWN", "", Some("toolsync runs ls")),
            ("FIELD_INVALID", "run_id", Some("toolsync runs ls")),
            ("FIELD_INVALID", "path", None),
            ("FILE_UNKNOWN", "", Some("toolsync files ls -r")),
            ("SCHEDULE_UNKNOWN", "", Some("toolsync schedule ls")),
        ];
        for (reason, field, expected) in cases {
            let mut details = ErrorDetails::with_error_info(reason, "toolsync", []);
            if !field.is_empty() {
                details.add_bad_request_violation(field, "wrong");
            }
            let hint = failed("do it")(Status::with_error_details(Code::NotFound, "no", details)).hint();
            assert_eq!(hint.is_some(), expected.is_some(), "{reason} {field}: {hint:?}");
            assert!(hint.unwrap_or_default().contains(expected.unwrap_or_default()), "{reason} {field}");
        }
    }

    #[test]
    fn errors_say_what_to_do() {
        let refused = CliError::from(ServeRefusal { address: "0.0.0.0:50051".parse().unwrap() });
        assert!(refused.to_string().contains("0.0.0.0:50051"), "{refused}");
        assert!(refused.hint().is_some_and(|hint| hint.contains("SSH tunnel")));
        let run = Some(UnderWay::Elsewhere { run_id: "0198".to_owned() });
        let hint = CliError::Interrupted { run }.hint();
        let hint = hint.unwrap_or_default();
        for words in ["toolsync runs watch 0198", "toolsync runs cancel 0198"] {
            assert!(hint.contains(words), "{hint}");
        }
        let cause = io::ErrorKind::NotFound.into();
        let missing = CliError::LocalFile { action: "read", path: "users.csv".into(), cause };
        assert!(missing.hint().is_some_and(|hint| hint.contains("check the path") && hint.contains("store:/PATH")));
    }
}
