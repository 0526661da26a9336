//! A run from its first event to its last. A broken stream is taken up again where it broke.

use super::error::{failed, present};
use super::session::Session;
use super::watcher::Watcher;
use super::{CliError, names};
use crate::rpc::pb;
use crate::rpc::pb::run_event::Event;
use futures::stream::{BoxStream, StreamExt as _};
use std::time::Duration;
use tonic::{Code, Status};

/// After so many attempts in a row that brought no event, the server is given up.
const ATTEMPTS: u32 = 6;

type Events = BoxStream<'static, Result<pb::RunEvent, Status>>;

/// Where following a run begins.
#[derive(Debug)]
pub(super) enum Begin {
    /// With its start.
    Start(Box<pb::RunToolRequest>),
    /// After an event of a run that exists.
    After {
        /// The run.
        run_id: String,
        /// The number of the last event that is known.
        sequence: u64,
    },
}

/// Shows all events of a run, and gives the run as it ended.
pub(super) async fn follow(session: &Session, begin: Begin, watcher: &mut Watcher<'_>) -> Result<pb::Run, CliError> {
    let (mut events, mut run_id, mut last) = match begin {
        Begin::Start(request) => (start(session, *request).await.map_err(failed("start the run"))?, None, 0),
        Begin::After { run_id, sequence } => {
            let events = watch(session, &run_id, sequence).await.map_err(failed("watch the run"))?;
            (events, Some(run_id), sequence)
        }
    };
    session.follows(run_id.as_deref());
    let mut attempts = 0;
    loop {
        match events.next().await {
            Some(Ok(event)) => {
                attempts = 0;
                if let Some(Event::Started(started)) = &event.event {
                    run_id = started.run.as_ref().map(|run| run.id.clone());
                    session.follows(run_id.as_deref());
                }
                // Progress is not stored, and carries the number of an event that may be yet to come in this stream.
                if !matches!(event.event, Some(Event::Progress(_))) {
                    last = last.max(event.sequence);
                }
                watcher.show(run_id.as_deref().unwrap_or_default(), &event)?;
                if let Some(Event::Finished(finished)) = event.event {
                    let run = ended(session, present(run_id, "follow the run")?, finished).await?;
                    session.follows(None);
                    return Ok(run);
                }
            }
            broken => {
                let status = broken.and_then(Result::err).unwrap_or_else(|| Status::unavailable("the stream broke"));
                let Some(run_id) = run_id.as_deref().filter(|_| may_be_taken_up(&status)) else {
                    return Err(failed("follow the run")(status));
                };
                events = take_up(session, run_id, last, status, &mut attempts).await?;
            }
        }
    }
}

async fn start(session: &Session, request: pb::RunToolRequest) -> Result<Events, Status> {
    let stream = session.runs().run_tool(request).await?.into_inner();
    Ok(stream.map(|answer| answer.and_then(|answer| answer.event.ok_or_else(no_event))).boxed())
}

async fn watch(session: &Session, run_id: &str, after_sequence: u64) -> Result<Events, Status> {
    let request = pb::WatchRunRequest { site: String::new(), run_id: run_id.to_owned(), after_sequence };
    let stream = session.runs().watch_run(request).await?.into_inner();
    Ok(stream.map(|answer| answer.and_then(|answer| answer.event.ok_or_else(no_event))).boxed())
}

fn no_event() -> Status {
    Status::data_loss("the server sent a message without an event")
}

/// What a connection that breaks looks like to tonic.
fn may_be_taken_up(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::Cancelled | Code::Unknown | Code::Internal)
}

async fn take_up(
    session: &Session,
    run_id: &str,
    last: u64,
    mut status: Status,
    attempts: &mut u32,
) -> Result<Events, CliError> {
    while *attempts < ATTEMPTS {
        if *attempts > 0 {
            tokio::time::sleep(Duration::from_millis(200) * 2u32.pow(*attempts)).await;
        }
        *attempts += 1;
        match watch(session, run_id, last).await {
            Ok(events) => return Ok(events),
            Err(again) if may_be_taken_up(&again) => status = again,
            Err(refused) => return Err(failed("watch the run again")(refused)),
        }
    }
    Err(failed(format!("reach the server again; the run {run_id} may still go on"))(status))
}

/// The run with all that is known about its end.
async fn ended(session: &Session, run_id: String, finished: pb::RunFinished) -> Result<pb::Run, CliError> {
    let mut run = fetch(session, &run_id).await?;
    run.state = finished.state;
    run.counters = finished.counters;
    run.files = finished.files;
    run.message = finished.message;
    Ok(run)
}

/// A run as it stands.
pub(super) async fn fetch(session: &Session, run_id: &str) -> Result<pb::Run, CliError> {
    let request = pb::GetRunRequest { site: String::new(), run_id: run_id.to_owned() };
    let answer = session.runs().get_run(request).await.map_err(failed(format!("read the run {run_id}")))?;
    present(answer.into_inner().run, "read the run")
}

/// The name of the file that a run reads.
pub(super) fn source_of(run: &pb::Run) -> &str {
    match &run.source {
        Some(pb::run::Source::Path(path)) => path,
        Some(pb::run::Source::InlineName(name)) => name,
        None => names::NO_SOURCE,
    }
}

#[cfg(test)]
mod tests;
