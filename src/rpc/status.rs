//! What goes wrong, as gRPC statuses: one list of reasons, one mapping, and details that programs can read.
//!
//! A status says what the client can do about it. The inner workings of a failure are logged and never sent.

use super::layers::call;
use crate::engine::EngineError;
use crate::model::RunId;
use crate::model::file::PathError;
use crate::scheduler::SchedulerError;
use crate::site::SiteError;
use crate::store::StoreError;
use crate::tools::options::OptionError;
use std::collections::HashMap;
use std::error::Error;
use std::fmt::Display;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

/// The domain of every reason.
pub const ERROR_DOMAIN: &str = "toolsync";

/// How long a client waits before it tries again.
const RETRY_DELAY: Duration = Duration::from_secs(2);
/// How long a client waits while runs queue up.
const QUEUE_DELAY: Duration = Duration::from_secs(30);

macro_rules! error_reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $code:ident;)+) => {
        /// Why a call failed. The name is part of the contract with clients; each reason has one status code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorReason {
            $($(#[$doc])* $variant,)+
        }

        impl ErrorReason {
            /// Every reason.
            pub const ALL: &'static [ErrorReason] = &[$(Self::$variant,)+];

            /// The name on the wire, in UPPER_SNAKE.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The status code that goes with it.
            pub fn code(self) -> Code {
                match self {
                    $(Self::$variant => Code::$code,)+
                }
            }
        }
    };
}

error_reasons! {
    /// Fields of the request are missing or wrong; every one is listed.
    FieldInvalid = "FIELD_INVALID", InvalidArgument;
    /// Options that do not exist, or values that they do not take; every one is listed.
    OptionInvalid = "OPTION_INVALID", InvalidArgument;
    /// The messages of an upload do not follow each other: start, then chunks without gaps.
    UploadOutOfOrder = "UPLOAD_OUT_OF_ORDER", InvalidArgument;
    /// The path belongs to the service and cannot be written.
    PathReserved = "PATH_RESERVED", PermissionDenied;
    /// No site of that key is configured.
    SiteUnknown = "SITE_UNKNOWN", NotFound;
    /// There is no such file or folder.
    FileUnknown = "FILE_UNKNOWN", NotFound;
    /// There is no such run.
    RunUnknown = "RUN_UNKNOWN", NotFound;
    /// There is no such series of runs.
    SeriesUnknown = "SERIES_UNKNOWN", NotFound;
    /// There is no such schedule.
    ScheduleUnknown = "SCHEDULE_UNKNOWN", NotFound;
    /// A file of another content is at the path, and replacing it was not asked for.
    FileExists = "FILE_EXISTS", AlreadyExists;
    /// The request id was used for another request.
    RequestIdReused = "REQUEST_ID_REUSED", AlreadyExists;
    /// The path is a folder, and a file is needed.
    IsAFolder = "IS_A_FOLDER", FailedPrecondition;
    /// The path, or one above it, is a file, and a folder is needed.
    NotAFolder = "NOT_A_FOLDER", FailedPrecondition;
    /// The folder holds something.
    FolderNotEmpty = "FOLDER_NOT_EMPTY", FailedPrecondition;
    /// A folder cannot move into itself.
    FolderIntoItself = "FOLDER_INTO_ITSELF", FailedPrecondition;
    /// The tool stores files, and the site has no place for them, or one that cannot be used.
    FilePoolUnusable = "FILE_POOL_UNUSABLE", FailedPrecondition;
    /// A chunk arrived damaged.
    ChunkDamaged = "CHUNK_DAMAGED", FailedPrecondition;
    /// The content has another size than declared.
    SizeMismatch = "SIZE_MISMATCH", FailedPrecondition;
    /// The content has another digest than declared.
    DigestMismatch = "DIGEST_MISMATCH", FailedPrecondition;
    /// The file is larger than the service takes.
    FileTooLarge = "FILE_TOO_LARGE", ResourceExhausted;
    /// Too many runs wait.
    QueueFull = "QUEUE_FULL", ResourceExhausted;
    /// The service is going down; runs go on when it is back.
    ShuttingDown = "SHUTTING_DOWN", Unavailable;
    /// The store cannot do it now.
    StoreUnavailable = "STORE_UNAVAILABLE", Unavailable;
    /// The Moodle site cannot be reached now.
    SiteUnavailable = "SITE_UNAVAILABLE", Unavailable;
    /// The time that the client gave to the call is over. A run goes on.
    DeadlineExceeded = "DEADLINE_EXCEEDED", DeadlineExceeded;
    /// Something that should not happen; the log of the service says what, under the request id.
    Internal = "INTERNAL", Internal;
}

/// A failure on its way to a client.
struct Failure {
    reason: ErrorReason,
    message: String,
    metadata: HashMap<String, String>,
    details: ErrorDetails,
}

impl Failure {
    fn new(reason: ErrorReason, message: impl Display) -> Self {
        Self { reason, message: message.to_string(), metadata: HashMap::new(), details: ErrorDetails::new() }
    }

    fn with(mut self, key: &str, value: impl Display) -> Self {
        self.metadata.insert(key.to_owned(), value.to_string());
        self
    }

    fn fields(mut self, violations: Vec<FieldViolation>) -> Self {
        self.details.set_bad_request(violations);
        self
    }

    fn field(self, field: &str) -> Self {
        let violation = FieldViolation::new(field, self.message.clone());
        self.fields(vec![violation])
    }

    fn resource(mut self, kind: &str, name: impl Display) -> Self {
        let message = self.message.clone();
        self.details.set_resource_info(format!("toolsync.v1.{kind}"), name.to_string(), "", message);
        self
    }

    fn precondition(mut self, subject: impl Display) -> Self {
        let message = self.message.clone();
        self.details.add_precondition_failure_violation(self.reason.name(), subject.to_string(), message);
        self
    }

    fn quota(mut self, subject: impl Display) -> Self {
        let message = self.message.clone();
        self.details.add_quota_failure_violation(subject.to_string(), message);
        self
    }

    fn retry(mut self, delay: Duration) -> Self {
        self.details.set_retry_info(Some(delay));
        self
    }

    fn into_status(mut self) -> Status {
        self.details.set_error_info(self.reason.name(), ERROR_DOMAIN, self.metadata);
        Status::with_error_details(self.reason.code(), self.message, self.details)
    }
}

/// Logs why something failed, and says so to the client without the details.
fn hidden(reason: ErrorReason, message: &str, cause: &(dyn Error + 'static)) -> Failure {
    tracing::error!(reason = reason.name(), error = cause, "{cause}");
    let failure = Failure::new(reason, message);
    if reason.code() == Code::Unavailable { failure.retry(RETRY_DELAY) } else { failure }
}

fn internal(cause: &(dyn Error + 'static)) -> Failure {
    tracing::error!(reason = ErrorReason::Internal.name(), error = cause, "{cause}");
    broken()
}

fn broken() -> Failure {
    let id = call::request_id();
    let mut failure = Failure::new(ErrorReason::Internal, format!("internal error, request id {id}"));
    failure.details.set_request_info(id.to_string(), "");
    failure
}

/// The answer to a call whose handler broke down. The panic itself is in the log.
pub(super) fn panicked() -> Status {
    broken().into_status()
}

/// The answer to a request with wrong fields.
pub(super) fn invalid_fields(violations: Vec<FieldViolation>) -> Status {
    let list: Vec<_> = violations.iter().map(|each| format!("{}: {}", each.field, each.description)).collect();
    Failure::new(ErrorReason::FieldInvalid, list.join("; ")).fields(violations).into_status()
}

/// The answer to a request with one wrong field.
pub(super) fn invalid_field(field: &str, problem: impl Display) -> Status {
    invalid_fields(vec![FieldViolation::new(field, problem.to_string())])
}

/// The answer to an upload whose messages do not follow each other.
pub(super) fn upload_out_of_order(field: &str, problem: &str) -> Status {
    Failure::new(ErrorReason::UploadOutOfOrder, problem).field(field).into_status()
}

/// The answer when the client's time is over. What a run does goes on.
pub(super) fn deadline_exceeded(run: Option<RunId>) -> Status {
    let failure = Failure::new(ErrorReason::DeadlineExceeded, "the deadline of the call is over");
    match run {
        Some(run) => Failure { message: format!("{}; run {run} goes on", failure.message), ..failure }
            .with("runId", run)
            .into_status(),
        None => failure.into_status(),
    }
}

/// The end of a stream when the service goes down.
pub(super) fn shutting_down() -> Status {
    EngineError::ShuttingDown.into()
}

impl From<EngineError> for Status {
    fn from(error: EngineError) -> Self {
        engine_failure(error).into_status()
    }
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        store_failure(error).into_status()
    }
}

impl From<SchedulerError> for Status {
    fn from(error: SchedulerError) -> Self {
        match error {
            SchedulerError::Store(error) => error.into(),
            // The options of a schedule stand in its action.
            SchedulerError::Engine(error) => match &error {
                EngineError::Options(problems) => options_failure(&error, "action.options", problems).into_status(),
                _ => error.into(),
            },
        }
    }
}

fn engine_failure(error: EngineError) -> Failure {
    match &error {
        EngineError::SiteUnknown(site) => Failure::new(ErrorReason::SiteUnknown, &error).resource("Site", site),
        EngineError::Options(problems) => options_failure(&error, "options", problems),
        EngineError::SourceMissing(path) => Failure::new(ErrorReason::FileUnknown, &error).resource("StoredFile", path),
        EngineError::SourceIsFolder(path) => Failure::new(ErrorReason::IsAFolder, &error).precondition(path),
        EngineError::InlineTooLarge { .. } => Failure::new(ErrorReason::FieldInvalid, &error).field("inline.content"),
        EngineError::Step { .. } => match error {
            EngineError::Step { place, error } => step_failure(&place, *error),
            other => internal(&other),
        },
        EngineError::RunUnknown(run) => Failure::new(ErrorReason::RunUnknown, &error).resource("Run", run),
        EngineError::QueueFull { .. } => {
            Failure::new(ErrorReason::QueueFull, &error).quota("waiting runs").retry(QUEUE_DELAY)
        }
        EngineError::ShuttingDown => Failure::new(ErrorReason::ShuttingDown, &error).retry(RETRY_DELAY),
        EngineError::Site(SiteError::Open { .. } | SiteError::Unavailable { .. } | SiteError::Conflict { .. }) => {
            hidden(ErrorReason::SiteUnavailable, "the Moodle site cannot be reached now; try again in a moment", &error)
        }
        EngineError::NoFilePool(_) => Failure::new(ErrorReason::FilePoolUnusable, &error).precondition("site.filedir"),
        EngineError::FilePool(_) => hidden(
            ErrorReason::FilePoolUnusable,
            "nothing can be stored in Moodle's file pool (site.filedir); the log of the service says why, and so does \
             `toolsync site check`",
            &error,
        )
        .precondition("site.filedir"),
        EngineError::Site(SiteError::Refused { .. })
        | EngineError::Journal { .. }
        | EngineError::Csv(_)
        | EngineError::Archive(_)
        | EngineError::Internal { .. } => internal(&error),
        EngineError::Store(_) => match error {
            EngineError::Store(error) => store_failure(error),
            other => internal(&other),
        },
    }
}

fn store_failure(error: StoreError) -> Failure {
    match &error {
        StoreError::NotFound { what, name } => not_found(what, name, &error),
        StoreError::AlreadyExists { path } => {
            Failure::new(ErrorReason::FileExists, &error).resource("StoredFile", path)
        }
        StoreError::Reserved { path } => Failure::new(ErrorReason::PathReserved, &error).resource("StoredFile", path),
        StoreError::Path(PathError::Reserved(path)) => {
            Failure::new(ErrorReason::PathReserved, &error).resource("StoredFile", path)
        }
        StoreError::Path(
            PathError::NotAbsolute(_) | PathError::BadPart(_) | PathError::BadCharacter { .. } | PathError::TooLong(_),
        ) => Failure::new(ErrorReason::FieldInvalid, &error).field("path"),
        StoreError::FolderNotEmpty { path } => Failure::new(ErrorReason::FolderNotEmpty, &error).precondition(path),
        StoreError::NotAFolder { path } => Failure::new(ErrorReason::NotAFolder, &error).precondition(path),
        StoreError::IsAFolder { path } => Failure::new(ErrorReason::IsAFolder, &error).precondition(path),
        StoreError::IntoItself { from, .. } => Failure::new(ErrorReason::FolderIntoItself, &error).precondition(from),
        StoreError::TooLarge { path, .. } => Failure::new(ErrorReason::FileTooLarge, &error).quota(path),
        StoreError::WrongOffset { expected, .. } => Failure::new(ErrorReason::UploadOutOfOrder, &error)
            .field("chunk.offset_bytes")
            .with("expectedOffset", expected),
        StoreError::ChecksumMismatch { offset } => {
            Failure::new(ErrorReason::ChunkDamaged, &error).precondition("chunk.crc32c").with("offset", offset)
        }
        StoreError::DigestMismatch { .. } => Failure::new(ErrorReason::DigestMismatch, &error).precondition("sha256"),
        StoreError::Incomplete { .. } | StoreError::TooLong { .. } => {
            Failure::new(ErrorReason::SizeMismatch, &error).precondition("size_bytes")
        }
        StoreError::RequestIdReused { id } => {
            Failure::new(ErrorReason::RequestIdReused, &error).resource("Request", &id.0).with("requestId", &id.0)
        }
        StoreError::Database { .. } | StoreError::Blob { .. } => {
            hidden(ErrorReason::StoreUnavailable, "the store cannot do this now; try again in a moment", &error)
        }
        StoreError::RunEnded { .. }
        | StoreError::NotAnEnd { .. }
        | StoreError::SegmentOutOfOrder { .. }
        | StoreError::Locked { .. }
        | StoreError::Folder { .. }
        | StoreError::Migration { .. }
        | StoreError::ContentMissing { .. }
        | StoreError::Corrupt { .. } => internal(&error),
    }
}

fn not_found(what: &str, name: &str, error: &StoreError) -> Failure {
    let (reason, kind) = match what {
        "run" => (ErrorReason::RunUnknown, "Run"),
        "series of runs" => (ErrorReason::SeriesUnknown, "RunSeries"),
        "schedule" => (ErrorReason::ScheduleUnknown, "RunSchedule"),
        _ => (ErrorReason::FileUnknown, "StoredFile"),
    };
    Failure::new(reason, error).resource(kind, name)
}

/// A failure of one step, with its place before every field that it names.
fn step_failure(place: &str, error: EngineError) -> Failure {
    let mut failure = engine_failure(error).with("step", place);
    failure.message = format!("{place}: {}", failure.message);
    if let Some(bad) = failure.details.bad_request() {
        let placed = |each: &FieldViolation| FieldViolation::new(format!("{place}.{}", each.field), &each.description);
        let fields: Vec<_> = bad.field_violations.iter().map(placed).collect();
        failure.details.set_bad_request(fields);
    }
    failure
}

/// Why a command file cannot be made: its values are to blame for what the tool would refuse.
pub(super) fn values_failure(error: EngineError) -> Status {
    let EngineError::Options(problems) = &error else { return error.into() };
    let violation = |each: &OptionError| FieldViolation::new(format!("values[{}]", each.name), each.problem.clone());
    Failure::new(ErrorReason::FieldInvalid, &error).fields(problems.iter().map(violation).collect()).into_status()
}

fn options_failure(error: &EngineError, field: &str, problems: &[OptionError]) -> Failure {
    let violation = |each: &OptionError| FieldViolation::new(format!("{field}[{}]", each.name), each.problem.clone());
    Failure::new(ErrorReason::OptionInvalid, error).fields(problems.iter().map(violation).collect())
}

#[cfg(test)]
mod tests;
