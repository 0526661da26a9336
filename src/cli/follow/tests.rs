use super::*;
use crate::cli::output::Output;
use crate::cli::watcher::WatchSettings;
use crate::rpc::pb::run_service_server::{RunService, RunServiceServer};
use std::sync::{Arc, Mutex};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response};

/// A run service that breaks its streams at the given places, and notes from where they are taken up.
struct Breaking {
    /// What each stream sends before it breaks, the first being that of RunTool.
    streams: Mutex<Vec<Vec<Result<pb::RunEvent, Status>>>>,
    taken_up_after: Arc<Mutex<Vec<u64>>>,
}

impl Breaking {
    fn next(&self) -> Vec<Result<pb::RunEvent, Status>> {
        self.streams.lock().unwrap().remove(0)
    }
}

/// Nobody asks for it in these tests.
fn not_asked<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("only the runs of these tests are served"))
}

#[tonic::async_trait]
impl RunService for Breaking {
    type RunToolStream = BoxStream<'static, Result<pb::RunToolResponse, Status>>;
    type WatchRunStream = BoxStream<'static, Result<pb::WatchRunResponse, Status>>;

    async fn run_tool(&self, _: Request<pb::RunToolRequest>) -> Result<Response<Self::RunToolStream>, Status> {
        let answer =
            |event: Result<pb::RunEvent, Status>| event.map(|event| pb::RunToolResponse { event: Some(event) });
        Ok(Response::new(futures::stream::iter(self.next()).map(answer).boxed()))
    }

    async fn watch_run(&self, request: Request<pb::WatchRunRequest>) -> Result<Response<Self::WatchRunStream>, Status> {
        self.taken_up_after.lock().unwrap().push(request.into_inner().after_sequence);
        let answer =
            |event: Result<pb::RunEvent, Status>| event.map(|event| pb::WatchRunResponse { event: Some(event) });
        Ok(Response::new(futures::stream::iter(self.next()).map(answer).boxed()))
    }

    async fn get_run(&self, request: Request<pb::GetRunRequest>) -> Result<Response<pb::GetRunResponse>, Status> {
        let run = pb::Run { id: request.into_inner().run_id, ..Default::default() };
        Ok(Response::new(pb::GetRunResponse { run: Some(run) }))
    }

    async fn list_tools(&self, _: Request<pb::ListToolsRequest>) -> Result<Response<pb::ListToolsResponse>, Status> {
        not_asked()
    }

    async fn list_runs(&self, _: Request<pb::ListRunsRequest>) -> Result<Response<pb::ListRunsResponse>, Status> {
        not_asked()
    }

    async fn cancel_run(&self, _: Request<pb::CancelRunRequest>) -> Result<Response<pb::CancelRunResponse>, Status> {
        not_asked()
    }

    async fn get_report(&self, _: Request<pb::GetReportRequest>) -> Result<Response<pb::GetReportResponse>, Status> {
        not_asked()
    }

    async fn list_line_results(
        &self,
        _: Request<pb::ListLineResultsRequest>,
    ) -> Result<Response<pb::ListLineResultsResponse>, Status> {
        not_asked()
    }
}

fn event(sequence: u64, event: Event) -> Result<pb::RunEvent, Status> {
    Ok(pb::RunEvent { sequence, time: None, event: Some(event) })
}

fn started() -> Result<pb::RunEvent, Status> {
    let run = pb::Run { id: "0198".to_owned(), ..Default::default() };
    event(1, Event::Started(Box::new(pb::RunStarted { run: Some(run) })))
}

fn line(sequence: u64) -> Result<pb::RunEvent, Status> {
    event(sequence, Event::Line(pb::LineResult::default()))
}

fn finished(sequence: u64) -> Result<pb::RunEvent, Status> {
    let state = pb::RunState::Succeeded as i32;
    event(sequence, Event::Finished(pb::RunFinished { state, ..Default::default() }))
}

/// Follows a run through these streams; gives the result, and after which events they were taken up.
async fn followed(streams: Vec<Vec<Result<pb::RunEvent, Status>>>) -> (Result<pb::Run, CliError>, Vec<u64>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let taken_up_after = Arc::default();
    let service = Breaking { streams: Mutex::new(streams), taken_up_after: Arc::clone(&taken_up_after) };
    let server = tonic::transport::Server::builder().add_service(RunServiceServer::new(service));
    let serving = tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    let session = Session::open(Some(&url), &crate::config::Config::default()).await.unwrap();
    let output = Output::silent();
    let mut watcher = Watcher::new(&output, &WatchSettings::default());
    let result = follow(&session, Begin::Start(Box::default()), &mut watcher).await;
    serving.abort();
    let taken_up_after = taken_up_after.lock().unwrap().clone();
    (result, taken_up_after)
}

#[tokio::test]
async fn a_broken_stream_is_taken_up_after_the_last_event() {
    // Progress counts no event: it tells the number of one that the stream has not brought.
    let progress = event(9, Event::Progress(pb::RunProgress::default()));
    let broken = || Err(Status::unavailable("gone"));
    let streams = vec![
        vec![started(), line(2), progress, broken()],
        // This one ends without a word.
        vec![line(3)],
        vec![line(4), finished(5)],
    ];
    let (run, taken_up_after) = followed(streams).await;
    let run = run.unwrap();
    assert_eq!((run.id.as_str(), run.state()), ("0198", pb::RunState::Succeeded));
    assert_eq!(taken_up_after, [2, 3]);
}

#[tokio::test]
async fn a_refusal_is_not_taken_up() {
    let (run, taken_up_after) = followed(vec![vec![started(), Err(Status::permission_denied("no"))]]).await;
    assert!(matches!(run, Err(CliError::Call { .. })), "{run:?}");
    let (unstarted, nothing) = followed(vec![vec![Err(Status::unavailable("gone"))]]).await;
    assert!(matches!(unstarted, Err(CliError::Call { .. })), "{unstarted:?}");
    assert!(taken_up_after.is_empty() && nothing.is_empty());
}

#[test]
fn only_broken_connections_are_taken_up() {
    for (code, expected) in [
        (Code::Unavailable, true),
        (Code::Unknown, true),
        (Code::Cancelled, true),
        (Code::NotFound, false),
        (Code::InvalidArgument, false),
        (Code::PermissionDenied, false),
        (Code::DataLoss, false),
    ] {
        assert_eq!(may_be_taken_up(&Status::new(code, "")), expected, "{code:?}");
    }
}
