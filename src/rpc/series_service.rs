//! `SeriesService`: several runs as one request.

use super::streams::{self, Answers, Ending};
use super::{convert, pb, site};
use crate::engine::{Engine, Series, SeriesPosition};
use crate::model::{Caller, SiteKey};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

/// Events that wait for a slow client. What is behind them stays in the journals.
const EVENTS_AHEAD: usize = 256;

/// Handles the calls of `SeriesService`.
pub(super) struct SeriesHandler {
    engine: Engine,
    draining: CancellationToken,
}

impl SeriesHandler {
    pub(super) fn new(engine: Engine, draining: CancellationToken) -> Self {
        Self { engine, draining }
    }

    fn site(&self, key: &str) -> Result<SiteKey, Status> {
        site::resolve(&self.engine.sites(), key)
    }

    /// The events of a series from a position on, each in the message that `wrap` makes of it.
    fn events<T: Send + 'static>(
        &self,
        series: Series,
        from: SeriesPosition,
        wrap: impl Fn(pb::SeriesEvent) -> T + Send + 'static,
    ) -> Response<Answers<T>> {
        let ending = Ending::of_call(&self.draining, None);
        let events = self.engine.watch_series(series, from);
        let messages =
            events.map(move |event| event.map(|event| wrap(convert::series_event(event))).map_err(Status::from));
        Response::new(streams::answer(messages, EVENTS_AHEAD, ending))
    }
}

#[tonic::async_trait]
impl pb::series_service_server::SeriesService for SeriesHandler {
    type RunCourseOperationsStream = Answers<pb::RunCourseOperationsResponse>;

    async fn run_course_operations(
        &self,
        request: Request<pb::RunCourseOperationsRequest>,
    ) -> Result<Response<Self::RunCourseOperationsStream>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let series = self.engine.start_series(convert::course_operations(request, site, Caller::local())?).await?;
        let wrap = |event| pb::RunCourseOperationsResponse { event: Some(event) };
        Ok(self.events(series, SeriesPosition::default(), wrap))
    }

    type RunSeriesStream = Answers<pb::RunSeriesResponse>;

    async fn run_series(
        &self,
        request: Request<pb::RunSeriesRequest>,
    ) -> Result<Response<Self::RunSeriesStream>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let series = self.engine.start_series(convert::start_series(request, site, Caller::local())?).await?;
        Ok(self.events(series, SeriesPosition::default(), |event| pb::RunSeriesResponse { event: Some(event) }))
    }

    type WatchSeriesStream = Answers<pb::WatchSeriesResponse>;

    async fn watch_series(
        &self,
        request: Request<pb::WatchSeriesRequest>,
    ) -> Result<Response<Self::WatchSeriesStream>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let series = self.engine.series(&site, convert::series_id(&request.series_id)?).await?;
        let from = convert::series_position(&request, &series)?;
        Ok(self.events(series, from, |event| pb::WatchSeriesResponse { event: Some(event) }))
    }

    async fn get_series(
        &self,
        request: Request<pb::GetSeriesRequest>,
    ) -> Result<Response<pb::GetSeriesResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let series = self.engine.series(&site, convert::series_id(&request.series_id)?).await?;
        Ok(Response::new(pb::GetSeriesResponse { series: Some(convert::run_series(&series)) }))
    }

    async fn cancel_series(
        &self,
        request: Request<pb::CancelSeriesRequest>,
    ) -> Result<Response<pb::CancelSeriesResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let series = self.engine.cancel_series(&site, convert::series_id(&request.series_id)?).await?;
        Ok(Response::new(pb::CancelSeriesResponse { series: Some(convert::run_series(&series)) }))
    }
}
