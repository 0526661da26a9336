//! What is known of the call at hand, for whoever works for it.

use super::{deadline, request_id};
use http::HeaderMap;
use std::sync::Arc;
use tokio::time::Instant;

tokio::task_local! {
    static CALL: Call;
}

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) request_id: Arc<str>,
    pub(super) deadline: Option<Instant>,
}

impl Call {
    /// The call with these headers, as of now.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self { request_id: request_id::of(headers), deadline: deadline::of(headers) }
    }
}

/// Does the work of a call.
pub(super) async fn within<F: Future>(call: Call, work: F) -> F::Output {
    CALL.scope(call, work).await
}

/// Takes the call at hand along to another task.
pub(in crate::rpc) fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let call = CALL.try_with(Clone::clone).ok();
    async move {
        match call {
            Some(call) => within(call, work).await,
            None => work.await,
        }
    }
}

/// The request id of the call at hand; `-` outside of any.
pub(in crate::rpc) fn request_id() -> Arc<str> {
    CALL.try_with(|call| Arc::clone(&call.request_id)).unwrap_or_else(|_| Arc::from("-"))
}

/// When the client stops to wait.
pub(in crate::rpc) fn deadline() -> Option<Instant> {
    CALL.try_with(|call| call.deadline).ok().flatten()
}
