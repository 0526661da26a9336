//! kill -9 in the middle of runs: no line lost, none applied twice.

use crate::support::site::{query, snapshot};
use crate::support::{RunRequest, ServerProcess, TestServer, example};
use toolsync::rpc::pb;
use toolsync::rpc::pb::run_event::Event;
use toolsync::rpc::pb::run_service_client::RunServiceClient;

/// How often the service is killed.
const KILLS: usize = 20;
/// Lines of the users file.
const LINES: usize = 12_000;

fn users() -> String {
    let mut text = "username;firstname;lastname;email;idnumber;cohort;course1;enrol1;group1\n".to_owned();
    for n in 0..LINES {
        let course = ["MATH-101", "MATH-102", "PHYS-101"][n % 3];
        text += &format!("u{n};First{n};Last{n};u{n}@example.org;N{n};Cohort {};{course};manual;G{}\n", n % 7, n % 4);
        if n % 400 == 399 {
            // Lines that fail, and one that deletes what an earlier line made.
            text += &format!("bad name {n};A;B;;;;;;\n");
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_finishes_by_itself_and_the_site_equals_that_of_an_undisturbed_run() {
    let undisturbed = TestServer::start().await;
    undisturbed.put("/courses.csv", example("campus/courses.csv")).await;
    let courses = RunRequest::stored(pb::Tool::Courses, "/courses.csv");
    courses.send(&undisturbed).await;
    let expected = RunRequest::inline(pb::Tool::Users, &users()).send(&undisturbed).await;
    let expected_site = comparable(&undisturbed).await;

    let prepared = TestServer::start().await;
    prepared.put("/courses.csv", example("campus/courses.csv")).await;
    courses.send(&prepared).await;
    let (_folder, data) = prepared.stop().await;

    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let request = RunRequest::inline(pb::Tool::Users, &users()).request_id("killed");
    let mut seen = 0;
    for _ in 0..KILLS {
        let server = ServerProcess::start(&data);
        let mut client = RunServiceClient::new(server.connect().await);
        // Wait for some more events than last time, then kill at a random instant within the next ones.
        let mut stream = client.run_tool(request.0.clone()).await.unwrap().into_inner();
        let target = seen + random.u64(1..=(LINES as u64 / KILLS as u64));
        while let Ok(Some(message)) = stream.message().await {
            let event = message.event.unwrap();
            seen = seen.max(event.sequence);
            if event.sequence >= target || matches!(event.event, Some(Event::Finished(_))) {
                break;
            }
        }
        let spin = random.u32(0..3_000_000);
        std::hint::black_box((0..spin).fold(0u64, |sum, n| sum.wrapping_add(u64::from(n))));
        server.kill();
    }

    let server = TestServer::reopen(data).await;
    let result = request.send(&server).await;
    assert_eq!(result.counters(), expected.counters());
    assert_eq!(result.outcomes(), expected.outcomes(), "the journal has each line once, in order");
    assert_eq!(comparable(&server).await, expected_site);
    let checkpoints = "select name from mdl_config_plugins where plugin = 'toolsync' and name like 'run%'";
    let left = query(&server.site_database(), checkpoints).await;
    assert_eq!(left, Vec::<String>::new(), "no checkpoint is left behind");
}

/// The site without what depends on the moment.
async fn comparable(server: &TestServer) -> std::collections::BTreeMap<String, Vec<String>> {
    let mut tables = snapshot(&server.site_database()).await;
    tables.remove("mdl_config_plugins");
    tables
}
