//! What a running Moodle remembers outside its database: refreshed by a command or by web services, or told.

use super::{files, prepare, text};
use crate::support::site::query;
use crate::support::{Orders, RunRequest, RunResult, TestServer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_stream::StreamExt as _;
use toolsync::clock::SystemClock;
use toolsync::config::SiteConfig;
use toolsync::engine::{Engine, EngineSite, ProblemGroup, Report, StartRun, StartSource};
use toolsync::model::{Caller, Reason, RunMode, RunOptions, RunState, Severity, SiteKey, ToolKind};
use toolsync::rpc::pb;
use toolsync::site::CacheCare;
use toolsync::site::sql::SqlSite;
use toolsync::site::webservice::{WebService, WebServiceAddress};
use toolsync::store::Store;
use wiremock::matchers::body_string_contains;
use wiremock::{Mock, MockServer, ResponseTemplate};

const COURSES: &str = "shortname;fullname;category\nBIO1;Biology;Sciences / Life\nCHEM1;Chemistry;Sciences\n";
const PEOPLE: &str = "username;firstname;lastname;email;idnumber\na;A;A;a@example.org;U1\nb;B;B;b@example.org;U2\n";
const BY_IDNUMBER: [(&str, &str); 1] = [("user_identifier", "idnumber")];

fn enrolments(lines: &str) -> RunRequest {
    let content = format!("cmd;cid;uid;rolename;enrol;gcmd;g1\n{lines}");
    RunRequest::inline(pb::Tool::Enrolments, &content).options(&BY_IDNUMBER)
}

/// The id in the only row of a query.
async fn id(database: &Path, sql: &str) -> i64 {
    query(database, sql).await[0].parse().unwrap()
}

#[tokio::test]
async fn the_command_gets_exactly_what_a_run_touched_and_is_left_alone_where_nothing_is_stale() {
    let orders = Orders::new();
    let server = TestServer::start_with(orders.site()).await;
    let site = server.site_database();
    prepare(&server, pb::Tool::Courses, &[], COURSES).await;
    let sciences = id(&site, "select id from mdl_course_categories where name = 'Sciences'").await;
    let life = id(&site, "select id from mdl_course_categories where name = 'Life'").await;
    let mut created = [sciences, life];
    created.sort_unstable();
    let told = orders.take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["site"], &told[0]["categories"]), (&json!("default"), &json!(created)));
    assert_eq!((&told[0]["courses_with_groups"], &told[0]["caches"]), (&json!([]), &json!(["core/coursecattree"])));

    // Nothing of these is remembered outside the database.
    prepare(&server, pb::Tool::Users, &[], PEOPLE).await;
    prepare(&server, pb::Tool::Courses, &[], COURSES).await;
    let enrol = enrolments("add;BIO1;U1;student;manual;;\n").send(&server).await;
    assert_eq!(enrol.counters().created, 1, "{:?}", enrol.lines());
    let join = enrolments("add;BIO1;U1;student;manual;gaddcreate;TD1\nadd;CHEM1;U2;student;manual;;\n");
    join.clone().dry().send(&server).await;
    assert_eq!(orders.take(), Vec::<Value>::new());

    let joined = join.send(&server).await;
    let bio = id(&site, "select id from mdl_course where shortname = 'BIO1'").await;
    let expected = json!({
        "site": "default", "run": joined.run_id(), "categories": [], "courses_with_groups": [bio],
        "caches": ["core/groupdata", "core/user_group_groupings"],
    });
    assert_eq!(orders.take(), [expected]);
    join.send(&server).await;
    assert_eq!(orders.take(), Vec::<Value>::new(), "a second time changes nothing");

    let leave = enrolments("add;BIO1;U1;student;manual;gdel;TD1\n").options(&[("enrol_cleanup", "true")]);
    let left = leave.send(&server).await;
    assert_eq!(query(&site, "select name from mdl_groups").await, Vec::<String>::new(), "{:?}", left.lines());
    let told = orders.take();
    assert_eq!(told.len(), 1, "after the clean-up of groups, and once: {told:?}");
    assert_eq!(told[0]["caches"], json!(["core/groupdata", "core/user_group_groupings"]));
}

/// A run that creates a category, on a site whose command is this script.
async fn run_with(script: &str, timeout: Duration) -> (TestServer, RunResult) {
    let site = SiteConfig { after_run_timeout: timeout, ..crate::support::site_with_script(script) };
    let server = TestServer::start_with(site).await;
    let result = server.run(pb::Tool::Courses, COURSES).await;
    (server, result)
}

#[tokio::test]
async fn a_command_that_fails_or_hangs_is_a_problem_of_the_run_and_undoes_nothing() {
    let long = Duration::from_secs(60);
    let cases = [
        ("echo 'no route to host' >&2; exit 7", long, "ended with exit status: 7, saying: no route to host"),
        ("sleep 1000", Duration::from_secs(1), "did not end within 1 s and was killed"),
    ];
    for (script, timeout, expected) in cases {
        let (server, result) = run_with(script, timeout).await;
        assert_eq!((result.state(), result.counters().created), (pb::RunState::Succeeded, 2), "{script}");
        let report = server.report(&result.run_id()).await;
        let group = report.problem_groups.iter().find(|group| group.reason == "CACHES_NOT_REFRESHED").unwrap();
        assert_eq!((group.count, group.severity()), (1, pb::Severity::Warning));
        for part in [expected, "php admin/cli/purge_caches.php --muc", "the tree of categories (core/coursecattree)"] {
            assert!(group.sample_message.contains(part), "{}", group.sample_message);
        }
        let stored = text(&server, &files(&result).report_path.unwrap()).await;
        assert!(stored.contains(expected) && report.text.contains(expected), "{stored}");
        let there =
            query(&server.site_database(), "select shortname from mdl_course where category > 0 order by 1").await;
        assert_eq!(there, ["BIO1", "CHEM1"]);
    }
}

/// A run of courses by an engine whose site has its caches cared for like this.
async fn report_with(caches: CacheCare, mode: RunMode) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let site = SqlSite::open_embedded(&folder.path().join("site")).await.unwrap();
    let store = Store::open(&folder.path().join("data"), Arc::new(SystemClock)).await.unwrap();
    let key = SiteKey("campus".to_owned());
    let engine_site = EngineSite { reader: site.reader(), writer: site.writer(), caches, calls: None, file_pool: None };
    let engine =
        Engine::open(store, BTreeMap::from([(key.clone(), engine_site)]), Arc::new(SystemClock)).await.unwrap();
    let request = StartRun {
        site: key.clone(),
        tool: ToolKind::Courses,
        source: StartSource::Inline { name: "courses.csv".to_owned(), content: COURSES.into() },
        options: RunOptions::default(),
        mode,
        request_id: None,
        caller: Caller("tests".to_owned()),
        schedule: None,
    };
    let run = engine.start(request).await.unwrap();
    let events: Vec<_> = engine.watch(run.clone(), 0).collect().await;
    assert!(events.iter().all(Result::is_ok), "{events:?}");
    let report = engine.report(&key, run.id).await.unwrap();
    assert_eq!(report.run.state, RunState::Succeeded, "{}", report.run.message);
    engine.shut_down().await;
    site.close().await;
    report
}

fn about_caches(report: &Report) -> Vec<&ProblemGroup> {
    let reasons = [Reason::CachesStale, Reason::CachesNotRefreshed];
    report.problems.iter().filter(|group| reasons.contains(&group.reason)).collect()
}

#[tokio::test]
async fn where_nobody_refreshes_the_report_says_what_is_stale_and_what_clears_it() {
    let report = report_with(CacheCare::ByHand, RunMode::Apply).await;
    let [group] = about_caches(&report)[..] else { panic!("{:?}", report.problems) };
    assert_eq!((group.reason, group.severity, group.count), (Reason::CachesStale, Severity::Warning, 1));
    for part in ["the tree of categories (core/coursecattree)", "php admin/cli/purge_caches.php --muc"] {
        assert!(group.sample_message.contains(part) && report.text.contains(part), "{}", report.text);
    }
    assert!(about_caches(&report_with(CacheCare::ByHand, RunMode::DryRun).await).is_empty());
    assert!(about_caches(&report_with(CacheCare::Needless, RunMode::Apply).await).is_empty());
}

/// A Moodle that shows a category, and answers with this when it is to be written.
async fn moodle(answer: &str) -> (MockServer, CacheCare) {
    let server = MockServer::start().await;
    let found = json!([{"id": 2, "name": "Sciences", "descriptionformat": 0}]);
    for (function, answer) in [("get_categories", found.to_string()), ("update_categories", answer.to_owned())] {
        Mock::given(body_string_contains(format!("wsfunction=core_course_{function}")))
            .respond_with(ResponseTemplate::new(200).set_body_raw(answer, "application/json"))
            .expect(1)
            .mount(&server)
            .await;
    }
    let timeout = Duration::from_secs(60);
    let token = "c0ffee15c0de".into();
    let address = WebServiceAddress { url: server.uri(), token, timeout, content_timeout: timeout };
    (server, CacheCare::By(Arc::new(WebService::new(address).unwrap())))
}

#[tokio::test]
async fn web_services_refresh_after_the_run_and_what_they_refuse_is_in_the_report() {
    let (_server, caches) = moodle("null").await;
    assert!(about_caches(&report_with(caches, RunMode::Apply).await).is_empty());
    let refusal = r#"{"exception": "x", "errorcode": "nopermissions", "message": "Sorry (c0ffee15c0de)"}"#;
    let (_server, caches) = moodle(refusal).await;
    let report = report_with(caches, RunMode::Apply).await;
    let [group] = about_caches(&report)[..] else { panic!("{:?}", report.problems) };
    assert_eq!(group.reason, Reason::CachesNotRefreshed);
    assert!(
        report.text.contains("core_course_update_categories: Moodle refuses with nopermissions"),
        "{}",
        report.text
    );
    assert!(!report.text.contains("c0ffee15c0de"), "{}", report.text);
}
