//! The clean-up of cohorts that a run has emptied.

use super::{prepare, start};
use crate::support::site::{execute, query, snapshot};
use crate::support::{RunRequest, TestServer};
use toolsync::rpc::pb;

/// Cohorts: A with ann, B with both, C empty since ever, M with ann and managed by a plug-in.
async fn cohorts() -> TestServer {
    let server = start().await;
    let people = "username;firstname;lastname;email\nann;A;A;a@example.org\nbob;B;B;b@example.org\n";
    prepare(&server, pb::Tool::Users, &[], people).await;
    let cohorts = "cidnumber;userid\nA;ann\nB;ann\nB;bob\nC;\nM;ann\n";
    prepare(&server, pb::Tool::Cohorts, &[], cohorts).await;
    execute(&server.site_database(), "update mdl_cohort set component = 'mod_x' where idnumber = 'M'").await;
    server
}

/// A, B and M lose their members, and C had none; N is new, and B gets somebody at last in the second file.
const LEAVE: &str = "cmd;cidnumber;userid\ndel;A;ann\nfree;B;\nfree;C;\ndel;M;ann\nadd;N;bob\ndel;N;bob\n";

async fn names(server: &TestServer) -> Vec<String> {
    query(&server.site_database(), "select name from mdl_cohort order by 1").await
}

async fn told(server: &TestServer, run: &str) -> Vec<(String, u64, String)> {
    let groups = server.report(run).await.problem_groups.into_iter();
    let told = groups.filter(|group| group.reason.contains("COHORT"));
    told.map(|group| (group.reason, group.count, group.sample_message)).collect()
}

#[tokio::test]
async fn emptied_cohorts_are_deleted_where_that_is_wanted() {
    let server = cohorts().await;
    let wanted = [("delete_emptied", "true")];
    let request = RunRequest::inline(pb::Tool::Cohorts, LEAVE).options(&wanted);
    let before = snapshot(&server.site_database()).await;
    let dry = request.clone().dry().send(&server).await;
    assert!(snapshot(&server.site_database()).await == before, "a dry run changed the site");
    let foretold = told(&server, &dry.run_id()).await;
    let real = request.send(&server).await;
    let expected = [
        ("COHORT_MANAGED", 1, "Cohort \"M\" has lost its last member and was kept: mod_x manages it."),
        ("EMPTIED_COHORT_DELETED", 2, "Cohort \"A\" has lost its last member and was deleted."),
    ];
    let expected = expected.map(|(reason, count, message)| (reason.to_owned(), count, message.to_owned()));
    assert_eq!(told(&server, &real.run_id()).await, expected);
    let expected = expected.map(|(reason, count, message)| (reason, count, message.replace("was ", "would be ")));
    assert_eq!(foretold, expected);
    assert_eq!(names(&server).await, ["C", "M", "N"]);
    // A second time there is nobody to leave.
    let again = RunRequest::inline(pb::Tool::Cohorts, "cmd;cidnumber\nfree;C\nfree;N\n").options(&wanted);
    let again = again.send(&server).await;
    assert_eq!(again.counters().unchanged, 2, "{:?}", again.lines());
    assert_eq!(names(&server).await, ["C", "M", "N"]);
}

#[tokio::test]
async fn cohorts_stay_that_get_somebody_again_and_all_without_the_option() {
    let server = cohorts().await;
    let refilled = "cmd;cidnumber;userid\ndel;A;ann\nadd;A;bob\nfree;B;\nadd;B;ann\n";
    let request = RunRequest::inline(pb::Tool::Cohorts, refilled).options(&[("delete_emptied", "true")]);
    for request in [request.clone().dry(), request, RunRequest::inline(pb::Tool::Cohorts, LEAVE)] {
        let result = request.send(&server).await;
        assert_eq!(result.counters().failed, 0, "{:?}", result.lines());
        assert_eq!(told(&server, &result.run_id()).await, []);
    }
    assert_eq!(names(&server).await, ["A", "B", "C", "M", "N"]);
}
