//! The clean-up of empty groups.

use super::{files, prepare, start, text};
use crate::support::site::{query, snapshot};
use crate::support::{RunRequest, TestServer};
use toolsync::rpc::pb;

async fn group_names(server: &TestServer) -> Vec<String> {
    let sql = "select c.shortname, g.name from mdl_groups g join mdl_course c on c.id = g.courseid order by 1, 2";
    query(&server.site_database(), sql).await
}

/// The example `ex-enrol-1` and its site: BIO1 has TD1 and the empty TD7, CHEM1 an empty group.
async fn bio1() -> (TestServer, RunRequest) {
    let server = start().await;
    let people = "username;firstname;lastname;email;idnumber\na;A;A;a@example.org;U1\nb;B;B;b@example.org;U2\n\
                  c;C;C;c@example.org;U3\n";
    prepare(&server, pb::Tool::Users, &[], people).await;
    let courses = "shortname;fullname;category\nBIO1;Biology;Sciences\nCHEM1;Chemistry;Sciences\n";
    prepare(&server, pb::Tool::Courses, &[], courses).await;
    let options = [("user_identifier", "idnumber"), ("protect_groups", "true")];
    let groups = "cmd;cid;uid;rolename;enrol;gcmd;g1;g2\nadd;BIO1;U3;student;manual;gaddcreate;TD1;TD7\n\
                  add;CHEM1;U3;student;manual;gaddcreate;TD1;\n";
    prepare(&server, pb::Tool::Enrolments, &options, groups).await;
    let empty = "cmd;cid;uid;rolename;enrol;gcmd;g1;g2\nadd;BIO1;U3;student;manual;gdel;TD1;TD7\n\
                 add;CHEM1;U3;student;manual;gdel;TD1;\n";
    prepare(&server, pb::Tool::Enrolments, &options, empty).await;
    assert_eq!(group_names(&server).await, ["BIO1|TD1", "BIO1|TD7", "CHEM1|TD1"]);
    let example = "cmd;cid;uid;rolename;enrol;starttime;endtime;gcmd;g1;g2\n\
        add;BIO1;U1;student;manual;2025-09-01 08:00:00;2026-06-30 23:59:59;gaddcreate;TD1;TP3\n\
        add;BIO1;U2;editingteacher;;;;gadd;TD9;\n\
        # a remark\n\
        add;BIO1;U99;student;manual;;;;;\n\
        shift;BIO1;U1;teacher;manual;;;greplace;TD1;\n\
        del;BIO1;U2;;manual;;;;;\n";
    (server, RunRequest::inline(pb::Tool::Enrolments, example).options(&options))
}

fn cleaned(report: &pb::Report) -> Option<&pb::ProblemGroup> {
    report.problem_groups.iter().find(|group| group.reason == "EMPTY_GROUP_DELETED")
}

#[tokio::test]
async fn empty_groups_of_touched_courses_are_deleted_and_reported() {
    let (server, request) = bio1().await;
    let result = request.options(&[("enrol_cleanup", "true")]).send(&server).await;
    let outcomes: Vec<_> = result.lines().iter().map(|line| (line.line, line.outcome(), line.completeness())).collect();
    let (complete, partial) = (pb::Completeness::Complete, pb::Completeness::Partial);
    let expected = [
        (2, pb::Outcome::Created, complete),
        (3, pb::Outcome::Created, partial),
        (5, pb::Outcome::Failed, complete),
        (6, pb::Outcome::Updated, complete),
        (7, pb::Outcome::Deleted, complete),
    ];
    assert_eq!(outcomes, expected, "{:?}", result.lines());
    assert_eq!(group_names(&server).await, ["BIO1|TD1", "CHEM1|TD1"]);
    let report = server.report(&result.run_id()).await;
    let group = cleaned(&report).expect("the report tells of deleted groups");
    assert_eq!((group.count, group.severity()), (2, pb::Severity::Notice));
    let stored = text(&server, &files(&result).report_path.unwrap()).await;
    for name in ["\"TP3\"", "\"TD7\"", "\"BIO1\""] {
        assert!(stored.contains(name), "{stored}");
    }
    assert!(!stored.contains("CHEM1"), "{stored}");
}

#[tokio::test]
async fn empty_groups_stay_without_the_option_and_in_a_dry_run() {
    let (server, request) = bio1().await;
    let before = snapshot(&server.site_database()).await;
    let dry = request.clone().options(&[("enrol_cleanup", "true")]).dry().send(&server).await;
    assert!(snapshot(&server.site_database()).await == before, "a dry run changed the site");
    let report = server.report(&dry.run_id()).await;
    let group = cleaned(&report).expect("a dry run tells which groups would be deleted");
    assert!(group.sample_message.contains("would be deleted"), "{}", group.sample_message);
    let result = request.send(&server).await;
    assert!(cleaned(&server.report(&result.run_id()).await).is_none());
    assert_eq!(group_names(&server).await, ["BIO1|TD1", "BIO1|TD7", "BIO1|TP3", "CHEM1|TD1"]);
}
