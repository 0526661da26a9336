//! The id under which a call stands in the log: the client's, or one of ours. The client finds it in the answer.

use http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;

/// The header of the id, in requests and answers.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids are replaced by ours.
const LONGEST: usize = 128;

/// The id that the client gave, if it is fit for a log; a new one otherwise.
pub(super) fn of(headers: &HeaderMap) -> Arc<str> {
    let given = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_fit(id));
    given.map_or_else(|| Arc::from(uuid::Uuid::now_v7().to_string()), Arc::from)
}

fn is_fit(id: &str) -> bool {
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/');
    !id.is_empty() && id.len() <= LONGEST && id.bytes().all(fit)
}

/// Puts the id into the headers of the answer.
pub(super) fn echo(id: &str, headers: &mut HeaderMap) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HEADER, value);
    }
}
