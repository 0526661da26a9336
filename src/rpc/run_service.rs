//! `RunService`: runs, their events and what they did.

use super::page_token::Query;
use super::streams::{self, Answers, Ending};
use super::{convert, pb, site};
use crate::engine::{Engine, RUN_OPTIONS};
use crate::model::{Caller, Run, SiteKey};
use crate::store::Page;
use crate::tools::TOOLS;
use futures::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

/// Events that wait for a slow client. What is behind them stays in the journal.
const EVENTS_AHEAD: usize = 256;

/// Handles the calls of `RunService`.
pub(super) struct RunHandler {
    engine: Engine,
    draining: CancellationToken,
}

impl RunHandler {
    pub(super) fn new(engine: Engine, draining: CancellationToken) -> Self {
        Self { engine, draining }
    }

    fn site(&self, key: &str) -> Result<SiteKey, Status> {
        site::resolve(&self.engine.sites(), key)
    }

    async fn run(&self, site: &str, id: &str) -> Result<Run, Status> {
        let site = self.site(site)?;
        Ok(self.engine.run(&site, convert::run_id(id)?).await?)
    }

    /// The events of a run behind a sequence number, each in the message that `wrap` makes of it.
    fn events<T: Send + 'static>(
        &self,
        run: Run,
        after: u64,
        wrap: impl Fn(pb::RunEvent) -> T + Send + 'static,
    ) -> Response<Answers<T>> {
        let ending = Ending::of_call(&self.draining, Some(run.id));
        let events = self.engine.watch(run, after);
        Response::new(streams::answer(messages(events, wrap), EVENTS_AHEAD, ending))
    }
}

fn messages<T>(
    events: impl Stream<Item = Result<crate::engine::RunEvent, crate::engine::EngineError>> + Send + 'static,
    wrap: impl Fn(pb::RunEvent) -> T + Send + 'static,
) -> impl Stream<Item = Result<T, Status>> + Send + 'static {
    events.map(move |event| event.map(|event| wrap(convert::run_event(event))).map_err(Status::from))
}

#[tonic::async_trait]
impl pb::run_service_server::RunService for RunHandler {
    async fn list_tools(
        &self,
        request: Request<pb::ListToolsRequest>,
    ) -> Result<Response<pb::ListToolsResponse>, Status> {
        self.site(&request.get_ref().site)?;
        Ok(Response::new(pb::ListToolsResponse {
            tools: TOOLS.iter().map(|tool| convert::tool_descriptor(tool.descriptor())).collect(),
            run_options: RUN_OPTIONS.iter().map(convert::option_descriptor).collect(),
        }))
    }

    type RunToolStream = Answers<pb::RunToolResponse>;

    async fn run_tool(&self, request: Request<pb::RunToolRequest>) -> Result<Response<Self::RunToolStream>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let run = self.engine.start(convert::start_run(request, site, Caller::local())?).await?;
        Ok(self.events(run, 0, |event| pb::RunToolResponse { event: Some(event) }))
    }

    type WatchRunStream = Answers<pb::WatchRunResponse>;

    async fn watch_run(&self, request: Request<pb::WatchRunRequest>) -> Result<Response<Self::WatchRunStream>, Status> {
        let request = request.into_inner();
        let run = self.run(&request.site, &request.run_id).await?;
        Ok(self.events(run, request.after_sequence, |event| pb::WatchRunResponse { event: Some(event) }))
    }

    async fn get_run(&self, request: Request<pb::GetRunRequest>) -> Result<Response<pb::GetRunResponse>, Status> {
        let request = request.into_inner();
        let run = self.run(&request.site, &request.run_id).await?;
        Ok(Response::new(pb::GetRunResponse { run: Some(convert::run(&run)) }))
    }

    async fn list_runs(&self, request: Request<pb::ListRunsRequest>) -> Result<Response<pb::ListRunsResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let filter = convert::run_filter(&request)?;
        let query = Query::new("runs", &[&site, &request.state, &request.tool]);
        let page = Page { size: convert::page_size(request.page_size), after: query.cursor(&request.page_token)? };
        let listing = self.engine.runs(&site, filter, page).await?;
        Ok(Response::new(pb::ListRunsResponse {
            runs: listing.items.iter().map(convert::run).collect(),
            next_page_token: query.token(listing.next),
        }))
    }

    async fn cancel_run(
        &self,
        request: Request<pb::CancelRunRequest>,
    ) -> Result<Response<pb::CancelRunResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let run = self.engine.cancel(&site, convert::run_id(&request.run_id)?).await?;
        Ok(Response::new(pb::CancelRunResponse { run: Some(convert::run(&run)) }))
    }

    async fn get_report(
        &self,
        request: Request<pb::GetReportRequest>,
    ) -> Result<Response<pb::GetReportResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let report = self.engine.report(&site, convert::run_id(&request.run_id)?).await?;
        Ok(Response::new(pb::GetReportResponse { report: Some(convert::report(report)) }))
    }

    async fn list_line_results(
        &self,
        request: Request<pb::ListLineResultsRequest>,
    ) -> Result<Response<pb::ListLineResultsResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let run = convert::run_id(&request.run_id)?;
        let (wanted, query) = convert::line_query(&request, &site)?;
        let page = self.engine.line_results(&site, run, wanted).await?;
        Ok(Response::new(pb::ListLineResultsResponse {
            line_results: page.results.into_iter().map(convert::line_result).collect(),
            next_page_token: query.token(page.next),
        }))
    }
}
