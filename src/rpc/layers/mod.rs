//! What every call goes through before and after its handler: request id, deadline, and a net for handlers that break
//! down. Knows no service.

pub(super) mod call;
mod deadline;
mod request_id;

use call::Call;
use futures::future::{BoxFuture, FutureExt};
use http::{Request, Response};
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::task::{Context, Poll};
use tonic::body::Body;
use tower::{Layer, Service};
use tracing::Instrument;

use super::status;

/// Puts [`CallService`] around the services.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallLayer;

impl<S> Layer<S> for CallLayer {
    type Service = CallService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CallService { inner }
    }
}

/// Handles a call within its request id and its deadline.
#[derive(Debug, Clone)]
pub(super) struct CallService<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for CallService<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The service that was polled ready takes the call; its clone waits for the next one.
        let next = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, next);
        let call = Call::of(request.headers());
        let span = tracing::info_span!("call", method = request.uri().path(), request_id = %call.request_id);
        Box::pin(call::within(call.clone(), answer(inner, request, call)).instrument(span))
    }
}

async fn answer<S>(mut inner: S, request: Request<Body>, call: Call) -> Result<Response<Body>, Infallible>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    let handling = AssertUnwindSafe(async move { inner.call(request).await }).catch_unwind();
    let mut response = match deadline::within(call.deadline, handling).await {
        Some(Ok(Ok(response))) => response,
        Some(Err(_panic)) => status::panicked().into_http(),
        None => status::deadline_exceeded(None).into_http(),
    };
    request_id::echo(&call.request_id, response.headers_mut());
    Ok(response)
}

#[cfg(test)]
mod tests;
