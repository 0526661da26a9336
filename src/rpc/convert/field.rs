//! Reading fields, with a note on each that is wrong.

use crate::model::{FilePath, RequestId};
use crate::rpc::status;
use crate::scheduler::OWN_REQUEST_IDS;
use std::fmt::Display;
use tonic::Status;
use tonic_types::FieldViolation;

/// Items of a page when the request does not say.
const DEFAULT_PAGE: u32 = 100;
/// Most items of a page.
const LARGEST_PAGE: u32 = 1000;
/// Longest request id in bytes.
const LONGEST_REQUEST_ID: usize = 128;

/// The fields of a request, as they are read.
#[derive(Debug, Default)]
pub(super) struct Fields {
    violations: Vec<FieldViolation>,
}

impl Fields {
    /// Notes that a field is wrong. `problem` says what would be right.
    pub(super) fn refuse(&mut self, field: &str, problem: impl Display) {
        self.violations.push(FieldViolation::new(field, problem.to_string()));
    }

    /// The value, or a note why there is none.
    pub(super) fn check<T>(&mut self, field: &str, value: Result<T, impl Display>) -> Option<T> {
        value.map_err(|problem| self.refuse(field, problem)).ok()
    }

    /// A path in the store.
    pub(super) fn path(&mut self, field: &str, text: &str) -> Option<FilePath> {
        self.check(field, FilePath::parse(text))
    }

    /// A request id; empty for none.
    pub(super) fn request_id(&mut self, field: &str, text: String) -> Option<RequestId> {
        if text.is_empty() {
            return None;
        }
        if text.len() > LONGEST_REQUEST_ID || text.chars().any(char::is_control) {
            let problem = format!(
                "a request id has at most {LONGEST_REQUEST_ID} bytes and no control characters; a UUID is fine"
            );
            self.refuse(field, problem);
        } else if text.starts_with(OWN_REQUEST_IDS) {
            self.refuse(
                field,
                format!("request ids that begin with {OWN_REQUEST_IDS:?} are taken; choose another one"),
            );
        }
        Some(RequestId(text))
    }

    /// An enum value by its number. `known` gives `None` for the value that means "not set".
    pub(super) fn required_enum<E, T>(&mut self, field: &str, number: i32, known: impl Fn(E) -> Option<T>) -> Option<T>
    where
        E: TryFrom<i32>,
    {
        let value = E::try_from(number).ok().and_then(known);
        if value.is_none() {
            self.refuse(field, unknown_number(number));
        }
        value
    }

    /// An enum value that may be left out, to filter by.
    pub(super) fn optional_enum<E, T>(&mut self, field: &str, number: i32, known: impl Fn(E) -> Option<T>) -> Option<T>
    where
        E: TryFrom<i32>,
    {
        if number == 0 { None } else { self.required_enum(field, number, known) }
    }

    /// The request, if every field was fine.
    pub(super) fn finish<T>(self, request: Option<T>) -> Result<T, Status> {
        match request {
            Some(request) if self.violations.is_empty() => Ok(request),
            _ => Err(status::invalid_fields(self.violations)),
        }
    }
}

fn unknown_number(number: i32) -> String {
    match number {
        0 => "must be set".to_owned(),
        other => format!("{other} is no value that this service knows"),
    }
}

/// How many items a page has.
pub(in crate::rpc) fn page_size(asked: u32) -> u32 {
    if asked == 0 { DEFAULT_PAGE } else { asked.min(LARGEST_PAGE) }
}
