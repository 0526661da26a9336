//! Calls that are refused, and what they tell.

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// The reason that a refused call carries.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// The fields that a refused call complains about, in its order.
pub(crate) fn violations(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|details| details.field_violations);
    violations.unwrap_or_default().into_iter().map(|violation| violation.field).collect()
}

/// The status of a call that was to be refused.
pub(crate) fn refusal<T>(result: Result<T, Status>) -> Status {
    match result {
        Ok(_) => panic!("the call was accepted"),
        Err(status) => status,
    }
}

/// Code and reason of a call that was to be refused.
pub(crate) fn refused<T>(result: Result<T, Status>) -> (Code, String) {
    let status = refusal(result);
    (status.code(), reason(&status))
}
