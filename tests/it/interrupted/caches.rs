//! Runs whose end was interrupted before Moodle's caches were known to be refreshed.

use super::{Checkpoint, state_of, take_end_back};
use crate::support::{Orders, RunRequest, TestServer, eventually, site_with_script};
use toolsync::rpc::pb;

const COURSES: &str = "shortname;fullname;category\nBIO1;Biology;Sciences\n";

#[tokio::test]
async fn after_a_kill_the_refresh_covers_what_was_touched_before_it() {
    let orders = Orders::new();
    let server = TestServer::start_with(orders.site()).await;
    let request = RunRequest::inline(pb::Tool::Courses, COURSES).request_id("once");
    let first = request.send(&server).await;
    let told = orders.take();
    assert_eq!(told.len(), 1, "{told:?}");
    let (_folder, data) = server.stop().await;
    take_end_back(&data, &first.run_id(), Checkpoint::Segment(0)).await;
    let server = TestServer::reopen_with(data, orders.site()).await;
    let again = request.send(&server).await;
    assert_eq!((again.run_id(), again.outcomes()), (first.run_id(), first.outcomes()));
    assert_eq!(orders.take(), told, "the lines are not handled again, and what they touched is known");
}

#[tokio::test]
async fn a_service_that_goes_down_does_not_wait_for_the_command_and_starts_it_again_later() {
    let (orders, folder) = (Orders::new(), tempfile::tempdir().unwrap());
    let begun = folder.path().join("begun");
    let hanging = site_with_script(&format!("touch '{}'; sleep 1000", begun.display()));
    let server = TestServer::start_with(hanging).await;
    let request = RunRequest::inline(pb::Tool::Courses, COURSES).request_id("once");
    let mut stream = server.runs().run_tool(request.0.clone()).await.unwrap().into_inner();
    stream.message().await.unwrap();
    eventually("the command begins", async || begun.exists().then_some(())).await;
    drop(stream);
    let (_folder, data) = server.stop().await;
    let server = TestServer::reopen_with(data, orders.site()).await;
    let result = request.send(&server).await;
    assert_eq!((result.state(), result.counters().created), (pb::RunState::Succeeded, 1));
    assert_eq!(orders.take().len(), 1);
    assert!(
        server.report(&result.run_id()).await.problem_groups.iter().all(|group| group.reason == "CATEGORY_CREATED")
    );
    assert_eq!(state_of(&server, &result.run_id()).await.state(), pb::RunState::Succeeded);
}
