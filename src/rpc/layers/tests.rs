use super::*;
use http::HeaderValue;
use tonic::{Code, Status};
use tower::ServiceExt;

#[derive(Debug, Clone, Copy)]
enum Handler {
    Answers,
    Hangs,
    Panics,
}

async fn call(handler: Handler, headers: &[(&'static str, &str)]) -> Response<Body> {
    let service = tower::service_fn(move |_: Request<Body>| async move {
        match handler {
            Handler::Answers => Ok(Status::already_exists(call::request_id().to_string()).into_http()),
            Handler::Hangs => std::future::pending().await,
            Handler::Panics => panic!("broken"),
        }
    });
    let mut request = Request::new(Body::empty());
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
    }
    CallLayer.layer(service).oneshot(request).await.unwrap()
}

fn status(response: &Response<Body>) -> Status {
    Status::from_header_map(response.headers()).unwrap()
}

#[tokio::test]
async fn a_given_request_id_comes_back() {
    let response = call(Handler::Answers, &[("x-request-id", "abc-1")]).await;
    assert_eq!(response.headers()["x-request-id"], "abc-1");
    assert_eq!(status(&response).message(), "abc-1");
}

#[tokio::test]
async fn a_missing_or_unfit_request_id_is_replaced() {
    for headers in [&[][..], &[("x-request-id", "two words")], &[("x-request-id", &"x".repeat(129))]] {
        let response = call(Handler::Answers, headers).await;
        assert_eq!(response.headers()["x-request-id"].len(), 36);
    }
}

#[tokio::test]
async fn an_expired_deadline_is_no_cancellation() {
    let response = call(Handler::Hangs, &[("grpc-timeout", "1m")]).await;
    assert_eq!(status(&response).code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn without_a_deadline_a_call_takes_its_time() {
    assert!(call(Handler::Hangs, &[]).now_or_never().is_none());
}

#[tokio::test]
async fn a_panic_is_an_internal_error_with_the_request_id() {
    let response = call(Handler::Panics, &[("x-request-id", "abc-2")]).await;
    assert_eq!(status(&response).code(), Code::Internal);
    assert!(status(&response).message().contains("abc-2"));
}
