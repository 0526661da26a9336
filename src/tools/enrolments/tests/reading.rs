//! Options, header, cells and look-ups.

use super::*;
use crate::model::Operation;

#[test]
fn keys_and_operations() {
    let job = job("cmd;cid;uid;rolename;enrol", &[]);
    let cases = [
        ("add", Operation::Enrol),
        ("del", Operation::Unenrol),
        ("Delete", Operation::Unenrol),
        ("shift", Operation::ShiftRole),
        ("enable", Operation::Restore),
        ("disable", Operation::Suspend),
    ];
    for (verb, operation) in cases {
        let planned = plan(&job, &mut world(), &format!("{verb};BIO1;U2;student;"));
        assert_eq!((planned.key.as_str(), planned.operation), ("BIO1/U2", operation));
    }
    let rejection = job.parse(&line("drop;;U2;student;")).unwrap_err();
    assert_eq!((rejection.key.as_str(), rejection.operation), ("/U2", Operation::Enrol));
}

#[test]
fn identifiers_may_hold_the_separator_of_the_key() {
    let command = job("cid;uid;rolename", &[]).parse(&line("a/b;c/d;student")).unwrap();
    assert_eq!((command.key.course(), command.key.user(), command.key.text()), ("a/b", "c/d", "a/b/c/d"));
}

#[test]
fn absent_and_empty_methods_differ() {
    let job = job("rolename;cid;uid;enrol", &[]);
    let cases = [
        ("student;BIO1;U1", Method::RoleOnly),
        ("student;BIO1;U1;", Method::Named("manual".to_owned())),
        ("student;BIO1;U1; Self ", Method::Named("self".to_owned())),
    ];
    for (row, method) in cases {
        assert_eq!(job.parse(&line(row)).unwrap().method, method, "{row}");
    }
}

#[test]
fn the_default_command_is_an_option() {
    let cases = [
        ("del", "cid;uid;rolename", "BIO1;U2;student", "DELETED, role student>"),
        ("delete", "cmd;cid;uid;rolename", ";BIO1;U2;student", "DELETED, role student>"),
        ("disable", "cid;uid;rolename;enrol", "BIO1;U2;;", "SUSPENDED, enrolment active>suspended"),
        ("shift", "cid;uid;rolename", "BIO1;U2;", "FAILED, !ROLE_MISSING@rolename"),
    ];
    for (default, header, row, expected) in cases {
        check_each(header, &[("default_cmd", default)], &[(row, expected)]);
    }
}

#[test]
fn users_and_courses_by_any_identifier() {
    let cases = [
        ("user_identifier", "id", "BIO1;2"),
        ("user_identifier", "username", "BIO1;user2"),
        ("user_identifier", "email", "BIO1;User2@Example.test"),
        ("course_identifier", "id", "10;U2"),
    ];
    for (option, key, row) in cases {
        let row = format!("{row};teacher");
        check_each("cid;uid;rolename", &[(option, key)], &[(&row, "CREATED, role >teacher")]);
    }
}

#[test]
fn look_ups_ask_for_both_and_for_participation() {
    let job = job("cid;uid;rolename", &[("user_identifier", "email")]);
    let mut lookups = Lookups::default();
    job.look_up(&job.parse(&line("BIO1;Ada@Example.test;student")).unwrap(), &mut lookups);
    assert!(lookups.participation);
    assert!(lookups.users.emails.contains("ada@example.test"));
    assert!(lookups.courses.shortnames.contains("BIO1"));
}

#[test]
fn the_header_tells_what_has_no_effect() {
    let options = ToolOptions::check(DESCRIPTOR.options, &BTreeMap::new()).unwrap();
    let notices = |names: &[&str]| {
        let header = BoundHeader::of(&DESCRIPTOR, names);
        let tool = EnrolmentsTool.configure(&options).unwrap();
        let bound = tool.bind(header, Arc::new(facts())).unwrap();
        assert_eq!(bound.job.entity(), Entity::Enrolment);
        bound.notices.into_iter().map(|notice| notice.column.unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(
        notices(&["cid", "uid", "rolename", "endtime", "starttime", "suspend"]),
        ["starttime", "endtime", "suspend"]
    );
    assert!(notices(&["cid", "uid", "rolename", "endtime", "enrol", "suspend"]).is_empty());
}

#[test]
fn the_sample_is_a_valid_file() {
    let mut lines = DESCRIPTOR.sample.lines();
    let job = job(lines.next().unwrap(), &[]);
    for row in lines {
        assert!(job.parse(&line(row)).is_ok(), "{row}");
    }
}
