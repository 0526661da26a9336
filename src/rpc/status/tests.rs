use super::*;
use crate::model::file::Sha256Digest;
use crate::model::{FilePath, RequestId, RunState, SiteKey};
use std::collections::BTreeSet;
use std::io::ErrorKind;

/// What details go with a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    BadRequest,
    Precondition,
    Quota,
    Resource,
    Retry,
    RequestInfo,
}

fn path() -> FilePath {
    FilePath::parse("/erp/users.csv").unwrap()
}

fn digest() -> Sha256Digest {
    Sha256Digest([7; 32])
}

fn broken() -> std::io::Error {
    std::io::Error::new(ErrorKind::PermissionDenied, "secret: /var/lib/secret")
}

fn not_found(what: &'static str) -> Status {
    StoreError::NotFound { what, name: "x".into() }.into()
}

fn in_step(error: EngineError) -> Status {
    EngineError::Step { place: "create".into(), error: Box::new(error) }.into()
}

fn site(error: SiteError) -> Status {
    EngineError::Site(error).into()
}

fn file_pool(path: &str) -> crate::site::FilePoolError {
    crate::site::FilePoolError { operation: "store", path: path.into(), source: broken() }
}

/// Every failure that a client can meet, and what it is told.
fn samples() -> Vec<(Status, ErrorReason, &'static [Detail])> {
    use Detail::{BadRequest, Precondition, Quota, RequestInfo, Resource, Retry};
    use ErrorReason as R;
    let option = OptionError { name: "archive".into(), problem: "\"maybe\" is neither true nor false".into() };
    let id = RequestId("nightly-1".into());
    let run = RunId::generate();
    let secret = || String::from("secret: password=1");
    vec![
        (invalid_field("path", "wrong"), R::FieldInvalid, &[BadRequest]),
        (upload_out_of_order("start", "wrong"), R::UploadOutOfOrder, &[BadRequest]),
        (deadline_exceeded(None), R::DeadlineExceeded, &[]),
        (deadline_exceeded(Some(run)), R::DeadlineExceeded, &[]),
        (shutting_down(), R::ShuttingDown, &[Retry]),
        (panicked(), R::Internal, &[RequestInfo]),
        (EngineError::SiteUnknown(SiteKey("west".into())).into(), R::SiteUnknown, &[Resource]),
        (EngineError::Options(vec![option]).into(), R::OptionInvalid, &[BadRequest]),
        (EngineError::SourceMissing(path()).into(), R::FileUnknown, &[Resource]),
        (EngineError::SourceIsFolder(path()).into(), R::IsAFolder, &[Precondition]),
        (EngineError::InlineTooLarge { size: 9, limit: 5 }.into(), R::FieldInvalid, &[BadRequest]),
        (EngineError::RunUnknown(run).into(), R::RunUnknown, &[Resource]),
        (EngineError::QueueFull { waiting: 1000 }.into(), R::QueueFull, &[Quota, Retry]),
        (EngineError::NoFilePool(SiteKey("west".into())).into(), R::FilePoolUnusable, &[Precondition]),
        (EngineError::FilePool(file_pool(&secret())).into(), R::FilePoolUnusable, &[Precondition]),
        (EngineError::Internal { operation: "x", problem: secret() }.into(), R::Internal, &[RequestInfo]),
        (EngineError::Journal { run, segment: 3, problem: secret() }.into(), R::Internal, &[RequestInfo]),
        (site(SiteError::Open { site: secret(), problem: secret() }), R::SiteUnavailable, &[Retry]),
        (site(SiteError::Unavailable { operation: "x".into(), problem: secret() }), R::SiteUnavailable, &[Retry]),
        (site(SiteError::Conflict { operation: "x".into(), problem: secret() }), R::SiteUnavailable, &[Retry]),
        (site(SiteError::Refused { operation: "x".into(), problem: secret() }), R::Internal, &[RequestInfo]),
        (not_found("file"), R::FileUnknown, &[Resource]),
        (not_found("folder"), R::FileUnknown, &[Resource]),
        (not_found("run"), R::RunUnknown, &[Resource]),
        (not_found("series of runs"), R::SeriesUnknown, &[Resource]),
        (in_step(EngineError::SourceMissing(path())), R::FileUnknown, &[Resource]),
        (in_step(EngineError::InlineTooLarge { size: 9, limit: 5 }), R::FieldInvalid, &[BadRequest]),
        (
            SchedulerError::Store(StoreError::NotFound { what: "schedule", name: "x".into() }).into(),
            R::ScheduleUnknown,
            &[Resource],
        ),
        (SchedulerError::Engine(EngineError::ShuttingDown).into(), R::ShuttingDown, &[Retry]),
        (StoreError::AlreadyExists { path: path() }.into(), R::FileExists, &[Resource]),
        (StoreError::Reserved { path: path() }.into(), R::PathReserved, &[Resource]),
        (StoreError::Path(PathError::Reserved("/reports/x".into())).into(), R::PathReserved, &[Resource]),
        (StoreError::Path(PathError::BadPart("/..".into())).into(), R::FieldInvalid, &[BadRequest]),
        (StoreError::FolderNotEmpty { path: path() }.into(), R::FolderNotEmpty, &[Precondition]),
        (StoreError::NotAFolder { path: path() }.into(), R::NotAFolder, &[Precondition]),
        (StoreError::IsAFolder { path: path() }.into(), R::IsAFolder, &[Precondition]),
        (StoreError::IntoItself { from: path(), to: path() }.into(), R::FolderIntoItself, &[Precondition]),
        (StoreError::TooLarge { path: path(), size: 9, limit: 5 }.into(), R::FileTooLarge, &[Quota]),
        (StoreError::WrongOffset { expected: 3, got: 4 }.into(), R::UploadOutOfOrder, &[BadRequest]),
        (StoreError::ChecksumMismatch { offset: 3 }.into(), R::ChunkDamaged, &[Precondition]),
        (StoreError::DigestMismatch { declared: digest(), got: digest() }.into(), R::DigestMismatch, &[Precondition]),
        (StoreError::Incomplete { declared: 9, got: 3 }.into(), R::SizeMismatch, &[Precondition]),
        (StoreError::TooLong { declared: 9 }.into(), R::SizeMismatch, &[Precondition]),
        (StoreError::RequestIdReused { id }.into(), R::RequestIdReused, &[Resource]),
        (StoreError::Blob { operation: "reading a content", source: broken() }.into(), R::StoreUnavailable, &[Retry]),
        (StoreError::RunEnded { run }.into(), R::Internal, &[RequestInfo]),
        (StoreError::NotAnEnd { run, state: RunState::Queued }.into(), R::Internal, &[RequestInfo]),
        (StoreError::ContentMissing { sha256: digest() }.into(), R::Internal, &[RequestInfo]),
        (StoreError::Corrupt { column: "secret", problem: secret() }.into(), R::Internal, &[RequestInfo]),
    ]
}

fn details(status: &Status) -> Vec<Detail> {
    let details = status.get_error_details();
    let present = [
        (Detail::BadRequest, details.bad_request().is_some()),
        (Detail::Precondition, details.precondition_failure().is_some()),
        (Detail::Quota, details.quota_failure().is_some()),
        (Detail::Resource, details.resource_info().is_some()),
        (Detail::Retry, details.retry_info().is_some()),
        (Detail::RequestInfo, details.request_info().is_some()),
    ];
    present.into_iter().filter_map(|(detail, present)| present.then_some(detail)).collect()
}

#[test]
fn every_failure_has_its_reason_code_and_details() {
    for (status, reason, expected) in samples() {
        let info = status.get_details_error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), (reason.name(), "toolsync"), "{status:?}");
        assert_eq!(status.code(), reason.code(), "{reason:?}");
        assert_eq!(details(&status), expected, "{reason:?}");
        assert!(!status.message().is_empty());
    }
}

#[test]
fn every_reason_is_given_somewhere() {
    let given: BTreeSet<_> = samples().into_iter().map(|(_, reason, _)| reason).collect();
    assert_eq!(given, ErrorReason::ALL.iter().copied().collect());
}

#[test]
fn names_are_unique_and_in_upper_snake() {
    let names: BTreeSet<_> = ErrorReason::ALL.iter().map(|reason| reason.name()).collect();
    assert_eq!(names.len(), ErrorReason::ALL.len());
    for name in names {
        assert!(name.len() <= 63 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'), "{name}");
    }
}

#[test]
fn inner_workings_stay_inside() {
    for (status, reason, _) in samples() {
        let text = format!("{} {:?}", status.message(), status.get_error_details());
        assert!(!text.contains("secret"), "{reason:?}: {text}");
    }
}

#[test]
fn clients_learn_what_goes_on_and_where_to_continue() {
    let run = RunId::generate();
    let info = deadline_exceeded(Some(run)).get_details_error_info().unwrap();
    assert_eq!(info.metadata["runId"], run.to_string());
    let info = Status::from(StoreError::WrongOffset { expected: 3, got: 4 }).get_details_error_info().unwrap();
    assert_eq!(info.metadata["expectedOffset"], "3");
}
