//! The tryback file: what failed, as it was written, to be run again.

use super::{STAMP, files, prepare, start, text};
use crate::support::RunRequest;
use crate::support::site::query;
use toolsync::rpc::pb;

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

#[tokio::test]
async fn the_tryback_repeats_failed_and_partial_lines_byte_for_byte_and_succeeds_once_the_cause_is_gone() {
    let server = start().await;
    let people = "username;firstname;lastname;email;idnumber\na;A;A;a@example.org;É1\nb;B;B;b@example.org;É2\n";
    prepare(&server, pb::Tool::Users, &[], people).await;
    prepare(&server, pb::Tool::Courses, &[], "shortname;fullname;category\nBIO;Biology;Sciences\n").await;
    let header = "cmd;cid;uid;rolename;enrol;gcmd;g1\r\n";
    let partial = "add ;BIO; É1;student;manual;gadd;\"Équipe \"\"A;B\"\"\"\r\n";
    let failed = "add;NEW;É1;student;\"manual\";;\r\n";
    let content = format!("# les équipes\r\n{header}{partial}\r\nadd;BIO;É2;student;manual;;\r\n# été\r\n{failed}");
    server.put("/équipes.csv", latin1(&content)).await;
    let options = [("charset", "ISO-8859-1"), ("user_identifier", "idnumber")];
    let result = RunRequest::stored(pb::Tool::Enrolments, "/équipes.csv").options(&options).send(&server).await;
    let outcomes = [(3, pb::Outcome::Created), (5, pb::Outcome::Created), (7, pb::Outcome::Failed)];
    assert_eq!(result.outcomes(), outcomes, "{:?}", result.lines());
    assert_eq!(result.line(3).completeness(), pb::Completeness::Partial);
    assert_eq!((result.reasons(3), result.reasons(7)), (vec!["GROUP_UNKNOWN"], vec!["COURSE_UNKNOWN"]));
    let tryback = files(&result).tryback_path.unwrap();
    assert_eq!(tryback, format!("/équipes_tryback_{STAMP}.csv"));
    assert_eq!(server.content(&tryback).await, latin1(&format!("{header}{partial}{failed}")));
    let reasons = text(&server, &files(&result).reasons_path.unwrap()).await;
    assert!(reasons.contains("3;g1;ERROR;GROUP_UNKNOWN;"), "{reasons}");
    assert!(reasons.contains("7;cid;ERROR;COURSE_UNKNOWN;"), "{reasons}");

    prepare(&server, pb::Tool::Courses, &[], "shortname;fullname;category\nNEW;New;Sciences\n").await;
    let group = "cmd;cid;uid;rolename;enrol;gcmd;g1\nadd;BIO;É2;student;manual;gaddcreate;\"Équipe \"\"A;B\"\"\"\n";
    prepare(&server, pb::Tool::Enrolments, &[("user_identifier", "idnumber")], group).await;
    let again = RunRequest::stored(pb::Tool::Enrolments, &tryback).options(&options).send(&server).await;
    assert_eq!(again.outcomes(), [(2, pb::Outcome::Updated), (3, pb::Outcome::Created)], "{:?}", again.lines());
    assert_eq!(again.counters().partial, 0);
    assert_eq!(files(&again).tryback_path, None);
    let members = "select g.name, u.idnumber from mdl_groups g join mdl_groups_members m on m.groupid = g.id \
                   join mdl_user u on u.id = m.userid order by 2";
    let rows = query(&server.site_database(), members).await;
    assert_eq!(rows, ["Équipe \"A;B\"|É1", "Équipe \"A;B\"|É2"]);
}

#[tokio::test]
async fn the_tryback_is_written_as_its_file_is() {
    let server = start().await;
    let header = "username;firstname;lastname;email;idnumber";
    let good = "awa;Awa;Kone;awa@example.org;E1";
    let wrong = "\"no\nbody\";;\" K \"; nobody ;";
    let cases: [(&str, Vec<u8>, Vec<u8>); 6] = [
        (
            "bom and crlf",
            format!("\u{feff}{header}\r\n{wrong}\r\n{good}\r\n").into(),
            format!("\u{feff}{header}\r\n{wrong}\r\n").into(),
        ),
        ("cr", format!("# c\r{header}\r{good}\r{wrong}\r").into(), format!("{header}\r{wrong}\r").into()),
        ("no last line end", format!("{header}\n{good}\n{wrong}").into(), format!("{header}\n{wrong}\n").into()),
        (
            "header of two lines",
            format!("username;firstname;\"lastname\n\"\n{good}\n{wrong}\n").into(),
            format!("username;firstname;\"lastname\n\"\n{wrong}\n").into(),
        ),
        (
            "broken lines",
            format!("{header}\n{good}\nno;\"x\" y;\nopen;\"x;\n{good}\n").into(),
            format!("{header}\nno;\"x\" y;\nopen;\"x;\n").into(),
        ),
        (
            "no text",
            [format!("{header}\n{good}\n").as_bytes(), b"zo\xe9;Zo\xe9;Z;z@example.org;\n"].concat(),
            [format!("{header}\n").as_bytes(), b"zo\xe9;Zo\xe9;Z;z@example.org;\n"].concat(),
        ),
    ];
    for (name, content, expected) in cases {
        let result = RunRequest::inline_bytes(pb::Tool::Users, content).dry().send(&server).await;
        let path = files(&result).tryback_path.unwrap_or_else(|| panic!("{name}: {:?}", result.finished()));
        let tryback = server.content(&path).await;
        assert_eq!(String::from_utf8_lossy(&tryback), String::from_utf8_lossy(&expected), "{name}");
        assert_eq!(tryback, expected, "{name}");
    }
}
