//! `ScheduleService`: runs that start by themselves.

use super::page_token::Query;
use super::{convert, pb, site};
use crate::engine::Engine;
use crate::model::{Caller, Schedule, SiteKey};
use crate::scheduler::Scheduler;
use crate::store::Page;
use tonic::{Request, Response, Status};

/// Handles the calls of `ScheduleService`.
pub(super) struct ScheduleHandler {
    engine: Engine,
    scheduler: Scheduler,
}

impl ScheduleHandler {
    pub(super) fn new(engine: Engine, scheduler: Scheduler) -> Self {
        Self { engine, scheduler }
    }

    fn site(&self, key: &str) -> Result<SiteKey, Status> {
        site::resolve(&self.engine.sites(), key)
    }

    /// Site and name of the schedule that a request is about.
    fn subject(&self, site: &str, name: String) -> Result<(SiteKey, String), Status> {
        Ok((self.site(site)?, convert::schedule_name(name)?))
    }
}

fn message(schedule: Schedule) -> Option<pb::RunSchedule> {
    Some(convert::run_schedule(schedule))
}

#[tonic::async_trait]
impl pb::schedule_service_server::ScheduleService for ScheduleHandler {
    async fn schedule(&self, request: Request<pb::ScheduleRequest>) -> Result<Response<pb::ScheduleResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let schedule = self.scheduler.put(convert::new_schedule(request, site, Caller::local())?).await?;
        Ok(Response::new(pb::ScheduleResponse { schedule: message(schedule) }))
    }

    async fn get_schedule(
        &self,
        request: Request<pb::GetScheduleRequest>,
    ) -> Result<Response<pb::GetScheduleResponse>, Status> {
        let request = request.into_inner();
        let (site, name) = self.subject(&request.site, request.name)?;
        let schedule = self.scheduler.get(&site, &name).await?;
        Ok(Response::new(pb::GetScheduleResponse { schedule: message(schedule) }))
    }

    async fn list_schedules(
        &self,
        request: Request<pb::ListSchedulesRequest>,
    ) -> Result<Response<pb::ListSchedulesResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let query = Query::new("schedules", &[&site]);
        let page = Page { size: convert::page_size(request.page_size), after: query.cursor(&request.page_token)? };
        let listing = self.scheduler.list(&site, page).await?;
        Ok(Response::new(pb::ListSchedulesResponse {
            schedules: listing.items.into_iter().map(convert::run_schedule).collect(),
            next_page_token: query.token(listing.next),
        }))
    }

    async fn pause_schedule(
        &self,
        request: Request<pb::PauseScheduleRequest>,
    ) -> Result<Response<pb::PauseScheduleResponse>, Status> {
        let request = request.into_inner();
        let (site, name) = self.subject(&request.site, request.name)?;
        let schedule = self.scheduler.pause(&site, &name).await?;
        Ok(Response::new(pb::PauseScheduleResponse { schedule: message(schedule) }))
    }

    async fn resume_schedule(
        &self,
        request: Request<pb::ResumeScheduleRequest>,
    ) -> Result<Response<pb::ResumeScheduleResponse>, Status> {
        let request = request.into_inner();
        let (site, name) = self.subject(&request.site, request.name)?;
        let schedule = self.scheduler.resume(&site, &name).await?;
        Ok(Response::new(pb::ResumeScheduleResponse { schedule: message(schedule) }))
    }

    async fn trigger_schedule(
        &self,
        request: Request<pb::TriggerScheduleRequest>,
    ) -> Result<Response<pb::TriggerScheduleResponse>, Status> {
        let request = request.into_inner();
        let (site, name) = self.subject(&request.site, request.name)?;
        let request_id = convert::trigger_request_id(request.request_id)?;
        let run = self.scheduler.trigger(&site, &name, request_id, Caller::local()).await?;
        Ok(Response::new(pb::TriggerScheduleResponse { run: Some(convert::run(&run)) }))
    }

    async fn delete_schedule(
        &self,
        request: Request<pb::DeleteScheduleRequest>,
    ) -> Result<Response<pb::DeleteScheduleResponse>, Status> {
        let request = request.into_inner();
        let (site, name) = self.subject(&request.site, request.name)?;
        self.scheduler.delete(&site, &name).await?;
        Ok(Response::new(pb::DeleteScheduleResponse {}))
    }
}
