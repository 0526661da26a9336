//! The clean-up of empty groups and groupings.

use super::{files, prepare, start, text};
use crate::support::site::{execute, query, snapshot};
use crate::support::{RunRequest, RunResult, TestServer};
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
    // TP3 is one that the run would create, and leave empty.
    assert_eq!(
        foretold(&server, &dry).await,
        ["Group \"TD7\" of course \"BIO1\" has no members and", "Group \"TP3\" of course \"BIO1\" has no members and"]
    );
    let result = request.send(&server).await;
    assert!(cleaned(&server.report(&result.run_id()).await).is_none());
    assert_eq!(group_names(&server).await, ["BIO1|TD1", "BIO1|TD7", "BIO1|TP3", "CHEM1|TD1"]);
}

/// What the stored report of a run tells about what is left empty, up to what becomes of it.
async fn told(server: &TestServer, run: &RunResult, verb: &str) -> Vec<String> {
    let stored = text(server, &files(run).report_path.unwrap()).await;
    let details = stored.split("\nLines in detail\n").nth(1).unwrap().split("\nProblems").next().unwrap().to_owned();
    let sentence = |line: &str| {
        let start = ["Group \"", "Grouping \"", "Cohort \""].iter().filter_map(|word| line.find(word)).min()?;
        line[start..].split_once(verb).map(|(what, _)| what.trim_end().to_owned())
    };
    details.lines().filter_map(sentence).collect()
}

async fn foretold(server: &TestServer, run: &RunResult) -> Vec<String> {
    told(server, run, "would be").await
}

async fn grouping_names(server: &TestServer) -> Vec<String> {
    query(&server.site_database(), "select name from mdl_groupings order by 1").await
}

const BY_IDNUMBER: &[(&str, &str)] = &[("group_identifier", "idnumber"), ("grouping_identifier", "idnumber")];

const LABORATORIES: &str = "type;courseid;name;idnumber;description;selfgrouping;grouping\n\
    grouping;BIO1;Lab days;LAB;Lab groupings;;\n\
    group;BIO1;Monday;MON;Monday lab;0;LAB\n\
    group;BIO1;Tuesday;TUE;Tuesday lab;1;\n\
    group;BIO1;Friday;FRI;;0;\n";

/// The example `ex-groups-1` and its site, with ann in MON, and a course with empty groups that nobody touches.
async fn laboratories() -> TestServer {
    let server = start().await;
    let people = "username;firstname;lastname;email\nann;A;A;a@example.org\nbob;B;B;b@example.org\n";
    prepare(&server, pb::Tool::Users, &[], people).await;
    let courses = "shortname;fullname;category\nBIO1;Biology;Sciences\nCHEM1;Chemistry;Sciences\n";
    prepare(&server, pb::Tool::Courses, &[], courses).await;
    let enrol = "cmd;cid;uid;rolename;enrol\nadd;BIO1;ann;student;manual\nadd;BIO1;bob;student;manual\n";
    prepare(&server, pb::Tool::Enrolments, &[], enrol).await;
    prepare(&server, pb::Tool::Groups, BY_IDNUMBER, LABORATORIES).await;
    let elsewhere = "type;courseid;name\ngroup;CHEM1;Empty\ngrouping;CHEM1;Hollow\n";
    prepare(&server, pb::Tool::Groups, &[], elsewhere).await;
    let members = "courseid;groupid;userid\nBIO1;MON;ann\n";
    prepare(&server, pb::Tool::GroupMembers, &[("group_identifier", "idnumber")], members).await;
    server
}

/// The example `ex-members-2`: MON and FRI are empty behind it, and TUE holds bob.
const SHIFTS: &str = "cmd;courseid;groupid;userid\nshift;BIO1;TUE;ann\nshift;BIO1;MON;bob\nshift;BIO1;TUE;bob\n\
                      del;BIO1;TUE;ann\n";

fn shifts(level: &str) -> RunRequest {
    let options = [("group_identifier", "idnumber"), ("purge_empty_groups", level)];
    RunRequest::inline(pb::Tool::GroupMembers, SHIFTS).options(&options)
}

const EMPTY_GROUPS: &[&str] = &[
    "Group \"Friday\" of course \"BIO1\" has no members and",
    "Group \"Monday\" of course \"BIO1\" has no members and",
];
const ALL_EMPTY: &[&str] =
    &[EMPTY_GROUPS[0], EMPTY_GROUPS[1], "Grouping \"Lab days\" of course \"BIO1\" holds no group and"];

#[tokio::test]
async fn the_purge_goes_as_far_as_it_is_told() {
    type Names = &'static [&'static str];
    let (all, full): (Names, Names) = (&["Empty", "Friday", "Monday", "Tuesday"], &["Empty", "Tuesday"]);
    let (groupings, used): (Names, Names) = (&["Hollow", "Lab days", "Tuesday"], &["Hollow", "Tuesday"]);
    let cases: [(&str, [Names; 3]); 4] = [
        ("none", [all, groupings, &[]]),
        ("groups", [full, groupings, EMPTY_GROUPS]),
        ("1", [full, groupings, EMPTY_GROUPS]),
        ("2", [full, used, ALL_EMPTY]),
    ];
    for (level, [groups_left, groupings_left, expected]) in cases {
        let server = laboratories().await;
        let before = snapshot(&server.site_database()).await;
        let dry = shifts(level).dry().send(&server).await;
        assert!(snapshot(&server.site_database()).await == before, "a dry run changed the site: {level}");
        assert_eq!(foretold(&server, &dry).await, expected, "{level}");
        let real = shifts(level).send(&server).await;
        assert_eq!(real.counters().failed, 0, "{:?}", real.lines());
        assert_eq!(told(&server, &real, "was deleted").await, expected, "{level}");
        let names = query(&server.site_database(), "select name from mdl_groups order by 1").await;
        assert_eq!(names, groups_left, "{level}");
        assert_eq!(grouping_names(&server).await, groupings_left, "{level}");
    }
}

#[tokio::test]
async fn what_a_dry_run_foretells_is_what_comes() {
    // Wednesday is new, or is there, and is renamed; Saturday and Sunday are new, and one of them keeps somebody: ann leaves
    // hers, and Monday, with the course.
    let groups = "type;courseid;name;idnumber;updateid;grouping\ngroup;BIO1;Wednesday;WED;;LAB\n\
                  group;BIO1;Midweek;;WED;\ngrouping;BIO1;New days;NEW;;\ngroup;BIO1;Thursday;THU;;NEW\n";
    let steps = [
        (pb::Tool::Groups, groups.to_owned(), vec![("keep_created", "true")]),
        (pb::Tool::Groups, groups.to_owned(), vec![]),
        (
            pb::Tool::Enrolments,
            "cmd;cid;uid;rolename;enrol;gcmd;g1;g2\nadd;BIO1;bob;student;manual;gaddcreate;Saturday;Tuesday\n\
             add;BIO1;ann;student;manual;gaddcreate;Sunday;\ndel;BIO1;ann;;manual;;;\n"
                .to_owned(),
            vec![("enrol_cleanup", "true")],
        ),
    ];
    let server = laboratories().await;
    for (tool, content, mut options) in steps {
        if tool == pb::Tool::Groups {
            options.extend(BY_IDNUMBER);
            options.push(("purge_empty_groups", "groups_and_groupings"));
        }
        let request = RunRequest::inline(tool, &content).options(&options);
        let dry = request.clone().dry().send(&server).await;
        let foretold = foretold(&server, &dry).await;
        let real = request.send(&server).await;
        assert_eq!(told(&server, &real, "was deleted").await, foretold, "{content}");
        assert_eq!((dry.outcomes(), real.counters().failed), (real.outcomes(), 0), "{content}");
        assert!(!foretold.is_empty(), "{content}");
    }
    let names = query(&server.site_database(), "select name from mdl_groups order by 1").await;
    assert_eq!(names, ["Empty", "Saturday", "Tuesday"]);
}

#[tokio::test]
async fn courses_count_that_are_named_whether_anything_changes_there_or_not() {
    let server = laboratories().await;
    prepare(&server, pb::Tool::GroupMembers, &[("group_identifier", "idnumber")], SHIFTS).await;
    let unchanged = "cmd;courseid;groupid;userid\ndel;BIO1;MON;bob\nadd;CHEM1;Empty;nobody\n";
    let request = RunRequest::inline(pb::Tool::GroupMembers, unchanged)
        .options(&[("group_identifier", "idnumber"), ("purge_empty_groups", "groups")]);
    let dry = request.clone().dry().send(&server).await;
    let real = request.send(&server).await;
    assert_eq!((real.counters().unchanged, real.counters().failed), (1, 1), "{:?}", real.lines());
    assert_eq!(foretold(&server, &dry).await, EMPTY_GROUPS);
    assert_eq!(told(&server, &real, "was deleted").await, EMPTY_GROUPS);
    // The line for CHEM1 failed, so that nothing is done there.
    let names = query(&server.site_database(), "select name from mdl_groups order by 1").await;
    assert_eq!(names, ["Empty", "Tuesday"]);
}

#[tokio::test]
async fn what_is_in_use_stays_and_is_told() {
    let server = laboratories().await;
    let site = server.site_database();
    let restrict = r#"update mdl_course_sections set availability =
        '{"op":"&","c":[{"type":"group","id":' || (select id from mdl_groups where idnumber = 'MON') || '}],"showc":[true]}'
        where course = (select id from mdl_course where shortname = 'BIO1')"#;
    execute(&site, restrict).await;
    prepare(&server, pb::Tool::Groups, &[], "type;courseid;name\ngrouping;BIO1;Hollow\n").await;
    let by_default = "update mdl_course set defaultgroupingid = (select max(id) from mdl_groupings)
        where shortname = 'BIO1'";
    execute(&site, by_default).await;
    let real = shifts("2").send(&server).await;
    assert_eq!(told(&server, &real, "was deleted").await, EMPTY_GROUPS[..1]);
    let kept = told(&server, &real, "was kept").await;
    assert_eq!(kept, [EMPTY_GROUPS[1], "Grouping \"Hollow\" of course \"BIO1\" holds no group and"]);
    let report = server.report(&real.run_id()).await;
    for (reason, words) in [
        ("EMPTY_GROUP_IN_USE", "was kept: an access restriction uses it."),
        ("EMPTY_GROUPING_IN_USE", "was kept: the course, by default, uses it."),
    ] {
        let group = report.problem_groups.iter().find(|group| group.reason == reason).expect(reason);
        assert_eq!((group.count, group.severity()), (1, pb::Severity::Warning));
        assert!(group.sample_message.ends_with(words), "{}", group.sample_message);
    }
    // Lab days still holds Monday.
    assert_eq!(grouping_names(&server).await, ["Hollow", "Hollow", "Lab days", "Tuesday"]);
}
