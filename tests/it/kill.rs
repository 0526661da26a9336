//! kill -9 in the middle of runs: no line lost, none applied twice.

use crate::scratch::{Kind, is_skipped};
use crate::support::moodle::Moodle;
use crate::support::site::{query, snapshot};
use crate::support::{RunRequest, ServerProcess, TestServer, example, site_at};
use std::collections::BTreeMap;
use toolsync::rpc::pb;
use toolsync::rpc::pb::run_event::Event;
use toolsync::rpc::pb::run_service_client::RunServiceClient;

/// How often the service is killed, and how many lines the file has.
struct Plan {
    kills: u64,
    lines: usize,
}

/// The site that is written to.
enum Site {
    Embedded,
    Moodle(Moodle),
}

impl Site {
    async fn fresh(server: Option<Kind>) -> Self {
        match server {
            None => Self::Embedded,
            Some(kind) => Self::Moodle(Moodle::fresh(kind).await),
        }
    }

    fn url(&self) -> Option<String> {
        match self {
            Self::Embedded => None,
            Self::Moodle(moodle) => Some(moodle.url()),
        }
    }

    /// The site without what depends on the moment.
    async fn contents(&self, service: &TestServer) -> BTreeMap<String, Vec<String>> {
        match self {
            Self::Moodle(moodle) => moodle.contents().await,
            Self::Embedded => {
                let mut tables = snapshot(&service.site_database()).await;
                tables.remove("mdl_config_plugins");
                let checkpoints = "select name from mdl_config_plugins where plugin = 'toolsync' and name like 'run%'";
                tables.insert("checkpoints".to_owned(), query(&service.site_database(), checkpoints).await);
                tables
            }
        }
    }
}

fn users(lines: usize) -> String {
    let mut text = "username;firstname;lastname;email;idnumber;cohort;course1;enrol1;group1\n".to_owned();
    for n in 0..lines {
        let course = ["MATH-101", "MATH-102", "PHYS-101"][n % 3];
        text += &format!("u{n};First{n};Last{n};u{n}@example.org;N{n};Cohort {};{course};manual;G{}\n", n % 7, n % 4);
        if n % 400 == 399 {
            text += &format!("bad name {n};A;B;;;;;;\n");
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_finishes_by_itself_on_the_embedded_site() {
    a_killed_run_leaves_what_an_undisturbed_run_leaves(None, Plan { kills: 20, lines: 12_000 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_finishes_by_itself_on_a_server() {
    for kind in [Kind::Postgres, Kind::MariaDb] {
        if !is_skipped(kind, "a_killed_run_finishes_by_itself_on_a_server") {
            a_killed_run_leaves_what_an_undisturbed_run_leaves(Some(kind), Plan { kills: 10, lines: 4_000 }).await;
        }
    }
}

async fn a_killed_run_leaves_what_an_undisturbed_run_leaves(server: Option<Kind>, plan: Plan) {
    let Plan { kills, lines } = plan;
    let site = Site::fresh(server).await;
    let undisturbed = TestServer::start_with(site_at(site.url().as_deref())).await;
    undisturbed.put("/courses.csv", example("campus/courses.csv")).await;
    let courses = RunRequest::stored(pb::Tool::Courses, "/courses.csv");
    courses.send(&undisturbed).await;
    let expected = RunRequest::inline(pb::Tool::Users, &users(lines)).send(&undisturbed).await;
    let expected_site = site.contents(&undisturbed).await;
    assert_eq!(expected_site["checkpoints"], Vec::<String>::new());
    undisturbed.stop().await;

    let site = Site::fresh(server).await;
    let url = site.url();
    let prepared = TestServer::start_with(site_at(url.as_deref())).await;
    prepared.put("/courses.csv", example("campus/courses.csv")).await;
    courses.send(&prepared).await;
    let (_folder, data) = prepared.stop().await;

    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let request = RunRequest::inline(pb::Tool::Users, &users(lines)).request_id("killed");
    let mut seen = 0;
    for _ in 0..kills {
        let service = ServerProcess::start_on(&data, url.as_deref());
        let mut client = RunServiceClient::new(service.connect().await);
        // Wait for some more events than last time, then kill at a random instant within the next ones.
        let mut stream = client.run_tool(request.0.clone()).await.unwrap().into_inner();
        let target = seen + random.u64(1..=(lines as u64 / kills));
        while let Ok(Some(message)) = stream.message().await {
            let event = message.event.unwrap();
            seen = seen.max(event.sequence);
            if event.sequence >= target || matches!(event.event, Some(Event::Finished(_))) {
                break;
            }
        }
        let spin = random.u32(0..3_000_000);
        std::hint::black_box((0..spin).fold(0u64, |sum, n| sum.wrapping_add(u64::from(n))));
        service.kill();
    }

    let service = TestServer::reopen_with(data, site_at(url.as_deref())).await;
    let result = request.send(&service).await;
    assert_eq!(result.counters(), expected.counters());
    assert_eq!(result.outcomes(), expected.outcomes(), "the journal has each line once, in order");
    assert!(site.contents(&service).await == expected_site, "the site came out otherwise");
    assert_eq!(service.findings().await, Vec::<String>::new());
}
