//! What holds for every call: health, reflection, encodings, deadlines, errors, the end of the service.

mod coverage;
mod deadlines;
mod encodings;
mod errors;
mod health;
mod reflection;
mod shutdown;
mod web;

use crate::support::TestServer;
use toolsync::rpc::pb;

const SERVICES: [&str; 4] =
    ["toolsync.v1.CatalogService", "toolsync.v1.FileService", "toolsync.v1.RunService", "toolsync.v1.ScheduleService"];

/// Two users, as a command file.
const USERS: &str = "username;firstname;lastname;email;password\n\
                     ada;Ada;Example;ada@example.test;Secret-1234\n\
                     ben;Ben;Example;ben@example.test;Secret-1234\n";

/// A request to create the users.
fn create_users() -> pb::RunToolRequest {
    pb::RunToolRequest {
        tool: pb::Tool::Users.into(),
        source: Some(pb::run_tool_request::Source::Inline(pb::InlineFile {
            name: "users.csv".to_owned(),
            content: USERS.into(),
        })),
        ..Default::default()
    }
}

/// Follows a run to its end.
async fn finish(server: &TestServer, run_id: &str) -> pb::RunFinished {
    let request = pb::WatchRunRequest { run_id: run_id.to_owned(), ..Default::default() };
    let mut stream = server.runs().watch_run(request).await.unwrap().into_inner();
    let mut last = None;
    while let Some(message) = stream.message().await.unwrap() {
        last = message.event.unwrap().event;
    }
    match last {
        Some(pb::run_event::Event::Finished(finished)) => finished,
        other => panic!("the last event is {other:?}"),
    }
}
