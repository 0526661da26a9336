//! Events of a run.

use super::line::{counters, line_result};
use super::run::{run, run_files, run_state};
use super::time::{duration, timestamp};
use crate::engine::{EventKind, Progress, RunEvent};
use crate::model::{Run, RunState};
use crate::rpc::pb;
use crate::rpc::pb::run_event::Event;

pub(in crate::rpc) fn run_event(event: RunEvent) -> pb::RunEvent {
    let kind = match event.kind {
        EventKind::Line(result) => Event::Line(line_result(result)),
        EventKind::Started(accepted) => Event::Started(Box::new(pb::RunStarted { run: Some(run(&accepted)) })),
        EventKind::Progress(progress) => Event::Progress(run_progress(&progress)),
        EventKind::Finished(ended) => Event::Finished(run_finished(&ended)),
    };
    pb::RunEvent { sequence: event.sequence, time: Some(timestamp(event.time)), event: Some(kind) }
}

fn run_progress(progress: &Progress) -> pb::RunProgress {
    pb::RunProgress {
        state: run_state(progress.state.unwrap_or(RunState::Queued)).into(),
        lines_read: progress.counters.lines(),
        total_bytes: progress.bytes_total,
        done_bytes: progress.bytes_done,
        counters: Some(counters(&progress.counters)),
        lines_per_second: progress.lines_per_second,
        eta: progress.eta.map(duration),
        waiting_for_site: progress.waiting_for_site,
    }
}

fn run_finished(run: &Run) -> pb::RunFinished {
    pb::RunFinished {
        state: run_state(run.state).into(),
        counters: Some(counters(&run.counters)),
        message: run.message.clone(),
        files: Some(run_files(run)),
    }
}
