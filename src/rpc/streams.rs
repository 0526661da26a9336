//! Streams of answers, and what ends them: the last item, a client that goes away, its deadline, the end of the service.

use super::layers::call;
use super::status;
use crate::model::RunId;
use futures::future::FutureExt;
use futures::{Stream, StreamExt};
use std::panic::AssertUnwindSafe;
use tokio::sync::mpsc::{self, Sender};
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tracing::Instrument;

/// What a handler streams.
pub(super) type Answers<T> = ReceiverStream<Result<T, Status>>;

/// What ends a stream before its last item.
#[derive(Debug, Clone)]
pub(super) struct Ending {
    shutdown: CancellationToken,
    deadline: Option<Instant>,
    run: Option<RunId>,
}

impl Ending {
    /// The end of the service, or of the time that the client gave to the call.
    pub(super) fn of_call(shutdown: &CancellationToken, run: Option<RunId>) -> Self {
        Self { shutdown: shutdown.clone(), deadline: call::deadline(), run }
    }

    async fn reached(self) -> Status {
        let deadline = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = deadline => status::deadline_exceeded(self.run),
            () = self.shutdown.cancelled() => status::shutting_down(),
        }
    }
}

/// Streams `source` to the client through a queue of `capacity` messages.
pub(super) fn answer<T: Send + 'static>(
    source: impl Stream<Item = Result<T, Status>> + Send + 'static,
    capacity: usize,
    ending: Ending,
) -> Answers<T> {
    let (sender, receiver) = mpsc::channel(capacity);
    let forwarding = async move {
        // A stream that just stops would look complete to the client.
        if AssertUnwindSafe(forward(source, &sender, ending)).catch_unwind().await.is_err() {
            let _ = sender.send(Err(status::panicked())).await;
        }
    };
    tokio::spawn(call::carry(forwarding).in_current_span());
    ReceiverStream::new(receiver)
}

async fn forward<T>(source: impl Stream<Item = Result<T, Status>>, sender: &Sender<Result<T, Status>>, ending: Ending) {
    let mut source = std::pin::pin!(source);
    let mut ending = std::pin::pin!(ending.reached());
    let end = loop {
        let item = tokio::select! {
            biased;
            () = sender.closed() => return,
            end = &mut ending => break end,
            item = source.next() => item,
        };
        let Some(item) = item else { return };
        let last = item.is_err();
        let sent = tokio::select! {
            biased;
            sent = sender.send(item) => sent,
            end = &mut ending => break end,
        };
        if last || sent.is_err() {
            return;
        }
    };
    // Waits for a slow client; one that goes away ends the wait.
    let _ = sender.send(Err(end)).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use tonic::Code;
    use tonic_types::StatusExt;

    fn ending(shutdown: &CancellationToken) -> Ending {
        Ending { shutdown: shutdown.clone(), deadline: None, run: None }
    }

    async fn codes(answers: Answers<u32>) -> Vec<Result<u32, Code>> {
        answers.map(|item| item.map_err(|status| status.code())).collect().await
    }

    #[tokio::test]
    async fn a_stream_ends_with_its_last_item() {
        let token = CancellationToken::new();
        let answers = answer(stream::iter([Ok(1), Ok(2)]), 1, ending(&token));
        assert_eq!(codes(answers).await, [Ok(1), Ok(2)]);
    }

    #[tokio::test]
    async fn an_error_is_the_last_item() {
        let source = stream::iter([Ok(1), Err(Status::not_found("")), Ok(2)]);
        let answers = answer(source, 1, ending(&CancellationToken::new()));
        assert_eq!(codes(answers).await, [Ok(1), Err(Code::NotFound)]);
    }

    #[tokio::test]
    async fn an_open_stream_ends_when_the_service_goes_down() {
        let token = CancellationToken::new();
        let mut answers = answer(stream::iter([Ok(1)]).chain(stream::pending()), 8, ending(&token));
        assert_eq!(answers.next().await.unwrap().unwrap(), 1);
        token.cancel();
        let status = answers.next().await.unwrap().unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.get_details_retry_info().is_some());
        assert!(answers.next().await.is_none());
    }

    #[tokio::test]
    async fn a_deadline_ends_the_stream_and_names_the_run() {
        let run = RunId::generate();
        let deadline = Some(Instant::now());
        let ending = Ending { shutdown: CancellationToken::new(), deadline, run: Some(run) };
        let mut answers = answer(stream::pending::<Result<u32, Status>>(), 8, ending);
        let status = answers.next().await.unwrap().unwrap_err();
        assert_eq!(status.code(), Code::DeadlineExceeded);
        assert_eq!(status.get_details_error_info().unwrap().metadata["runId"], run.to_string());
    }

    #[tokio::test]
    async fn a_client_that_goes_away_ends_the_source() {
        struct Gone(Option<tokio::sync::oneshot::Sender<()>>);
        impl Drop for Gone {
            fn drop(&mut self) {
                let _ = self.0.take().unwrap().send(());
            }
        }
        let (sender, gone) = tokio::sync::oneshot::channel();
        let guard = Gone(Some(sender));
        let source = stream::pending::<Result<u32, Status>>().map(move |item| {
            let _ = &guard;
            item
        });
        drop(answer(source, 8, ending(&CancellationToken::new())));
        gone.await.unwrap();
    }

    #[tokio::test]
    async fn a_broken_source_does_not_look_complete() {
        let source = stream::iter([1]).map(|_| -> Result<u32, Status> { panic!("broken") });
        assert_eq!(codes(answer(source, 8, ending(&CancellationToken::new()))).await, [Err(Code::Internal)]);
    }
}
