//! Input that is no command file, or not quite one: each gets a clear answer and leaves the site as it is.

use crate::support::site::{query, snapshot};
use crate::support::{RunRequest, RunResult, TestServer, reason, sum};
use bytes::Bytes;
use toolsync::rpc::pb;
use toolsync::rpc::pb::upload_command_file_request::Part;

const HEADER: &str = "username;firstname;lastname;email;idnumber\n";

/// Counters add up, to the lines that were told.
fn assert_counted(result: &RunResult, name: &str) {
    let counters = result.counters();
    assert_eq!(sum(&counters), counters.lines, "{name}: {counters:?}");
    assert_eq!(counters.lines - counters.not_processed, result.lines().len() as u64, "{name}");
}

/// Stores a content, runs it for real and expects it to be refused as a whole.
async fn refused(server: &TestServer, name: &str, content: impl Into<Vec<u8>>, options: &[(&str, &str)]) -> RunResult {
    let path = format!("/{name}.csv");
    server.put(&path, content).await;
    let result = RunRequest::stored(pb::Tool::Users, &path).options(options).send(server).await;
    assert_eq!(result.state(), pb::RunState::Failed, "{name}");
    assert_eq!(result.lines().len(), 0, "{name}");
    assert_counted(&result, name);
    let report = server.report(&result.run_id()).await;
    assert!(!report.problem_groups.is_empty(), "{name}: the report has no problem");
    assert!(report.text.contains(&result.finished().message), "{name}: the report does not tell why");
    assert!(server.paths("/").await.contains(&path), "{name}: the refused file is gone");
    result
}

fn assert_says(name: &str, message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "{name}: {message:?} does not say {word:?}");
    }
}

#[tokio::test]
async fn what_is_no_command_file_is_refused_with_the_reason_the_place_and_a_remedy() {
    let server = TestServer::start().await;
    let before = snapshot(&server.site_database()).await;
    let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let zip = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00b\xee".to_vec();
    let binary: Vec<u8> = (0u8..=255).filter(|byte| !matches!(byte, b'"' | b'\n' | b'\r')).collect();
    let archive: &[(&str, &str)] = &[("archive", "true"), ("cleanup", "true")];
    let cases: [(&str, Vec<u8>, &str, &[&str]); 14] = [
        ("empty", Vec::new(), "FILE_EMPTY", &["The file is empty", "Send a file with a header"]),
        ("bom-only", b"\xEF\xBB\xBF".to_vec(), "FILE_EMPTY", &["The file is empty"]),
        ("line-ends-only", b"\r\n\n\r".to_vec(), "HEADER_MISSING", &["blank lines", "names the columns"]),
        ("comments", b"# a\n\n  # b\n".to_vec(), "HEADER_MISSING", &["only comments", "names the columns"]),
        ("header-only", HEADER.into(), "NO_LINES", &["a header and no line"]),
        ("header-and-comments", format!("# a\n{HEADER}# b\n").into(), "NO_LINES", &["a header and no line"]),
        ("utf16", utf16, "NOT_TEXT", &["Line 1", "zero", "Save the file as plain CSV", "UTF-16"]),
        ("zip", zip, "NOT_TEXT", &["Line 1", "Save the file as"]),
        ("binary", binary, "NOT_TEXT", &["Line 1", "offset", "Save the file as"]),
        (
            "commas",
            b"# a\nusername,firstname\na,b\n".to_vec(),
            "WRONG_SEPARATOR",
            &["line 2", "\",\"", "\"separator\"", "comma"],
        ),
        (
            "tabs",
            b"username\tfirstname\na\tb\n".to_vec(),
            "WRONG_SEPARATOR",
            &["line 1", "with tabs", "\"separator\" to tab", "semicolons"],
        ),
        (
            "typo",
            b"username;firstname;lastnam\na;b;c\n".to_vec(),
            "COLUMN_UNKNOWN",
            &["\"lastnam\"", "column 3", "Did you mean \"lastname\"?"],
        ),
        (
            "twice",
            b"username;firstname;lastname;username\n".to_vec(),
            "COLUMN_DUPLICATE",
            &["\"username\"", "column 4", "Keep one"],
        ),
        ("missing", b"username;firstname\na;b\n".to_vec(), "COLUMN_MISSING", &["\"lastname\"", "line 1", "Add it"]),
    ];
    for (name, content, expected, words) in cases {
        let result = refused(&server, name, content, archive).await;
        let report = server.report(&result.run_id()).await;
        assert!(
            report.problem_groups.iter().any(|group| group.reason == expected),
            "{name}: {:?}",
            report.problem_groups
        );
        assert_says(name, &result.finished().message, words);
    }
    assert!(snapshot(&server.site_database()).await == before, "the site changed");
}

#[tokio::test]
async fn random_bytes_are_refused_whatever_they_are() {
    let server = TestServer::start().await;
    let before = snapshot(&server.site_database()).await;
    let mut random = fastrand::Rng::with_seed(20_250_915);
    for round in 0..20 {
        let content: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(5_000).collect();
        let result = refused(&server, &format!("random-{round}"), content, &[]).await;
        assert_says("random", &result.finished().message.to_lowercase(), &["line "]);
    }
    assert!(snapshot(&server.site_database()).await == before, "the site changed");
}

/// Uploads `pieces` of a file one by one, so that the whole of it is never in the memory of the test.
async fn upload(server: &TestServer, path: &str, pieces: Vec<Bytes>) {
    let start = pb::UploadStart {
        path: path.to_owned(),
        size_bytes: Some(pieces.iter().map(|piece| piece.len() as u64).sum()),
        ..Default::default()
    };
    let mut offset_bytes = 0;
    let chunks = pieces.into_iter().map(move |data| {
        let chunk = pb::FileChunk { offset_bytes, crc32c: crc32c::crc32c(&data), data };
        offset_bytes += chunk.data.len() as u64;
        Part::Chunk(chunk)
    });
    let parts = std::iter::once(Part::Start(start)).chain(chunks);
    let messages = parts.map(|part| pb::UploadCommandFileRequest { part: Some(part) });
    server.files().upload_command_file(tokio_stream::iter(messages)).await.unwrap();
}

/// 100 MiB without a line end, as many times the same piece.
fn endless() -> Vec<Bytes> {
    vec![Bytes::from(vec![b'x'; 1 << 20]); 100]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_of_a_hundred_megabytes_is_refused() {
    let server = TestServer::start().await;
    upload(&server, "/endless.csv", endless()).await;
    let result = RunRequest::stored(pb::Tool::Users, "/endless.csv").send(&server).await;
    assert_eq!(result.state(), pb::RunState::Failed);
    assert_says("endless", &result.finished().message, &["Line 1", "104857600 bytes", "line ends"]);
    assert_counted(&result, "endless");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_of_a_hundred_megabytes_fails_alone() {
    let server = TestServer::start().await;
    let before = snapshot(&server.site_database()).await;
    let mut pieces = vec![Bytes::from(HEADER)];
    pieces.extend(endless());
    pieces.push(Bytes::from("\r\nawa;Awa;Koné;awa@example.org;E1\n"));
    upload(&server, "/long.csv", pieces).await;
    let result = RunRequest::stored(pb::Tool::Users, "/long.csv").dry().send(&server).await;
    assert_eq!(result.outcomes(), [(2, pb::Outcome::Failed), (3, pb::Outcome::Created)]);
    assert_eq!(result.reasons(2), ["LINE_TOO_LONG"]);
    assert_says("long", &result.line(2).problems[0].message, &["Line 2", "104857600 bytes", "1048576 are allowed"]);
    assert_counted(&result, "long");
    let tryback = result.finished().files.clone().and_then(|files| files.tryback_path).unwrap();
    let expected = [HEADER.as_bytes(), &endless().concat(), b"\n"].concat();
    assert!(server.content(&tryback).await == expected, "the tryback does not repeat the long line");
    assert!(snapshot(&server.site_database()).await == before, "the site changed");
}

#[tokio::test]
async fn text_in_another_charset_is_told_and_read_once_the_charset_is_named() {
    let server = TestServer::start().await;
    let before = snapshot(&server.site_database()).await;
    let latin = b"username;firstname;lastname;email;idnumber\r\nzoe;Zo\xe9;Kon\xe9;zoe@example.org;E1\r\n".to_vec();
    server.put("/latin.csv", latin).await;
    let result = RunRequest::stored(pb::Tool::Users, "/latin.csv").send(&server).await;
    assert_eq!(result.outcomes(), [(2, pb::Outcome::Failed)]);
    assert_eq!(result.reasons(2), ["INVALID_ENCODING"]);
    let message = &result.line(2).problems[0].message;
    assert_says("latin", message, &["Line 2", "column 2", "offset 50", "not valid UTF-8", "\"charset\""]);
    assert_counted(&result, "latin");
    assert!(snapshot(&server.site_database()).await == before, "the site changed");

    let named = RunRequest::stored(pb::Tool::Users, "/latin.csv").options(&[("charset", "ISO-8859-1")]);
    let result = named.send(&server).await;
    assert_eq!(result.outcomes(), [(2, pb::Outcome::Created)], "{:?}", result.line(2));
    let sql = "select hex(firstname), hex(lastname) from mdl_user where username = 'zoe'";
    assert_eq!(query(&server.site_database(), sql).await, ["5A6FC3A9|4B6F6EC3A9"]);
}

#[tokio::test]
async fn calls_that_cannot_be_a_run_are_refused_before_there_is_one() {
    let server = TestServer::start().await;
    let before = snapshot(&server.site_database()).await;
    let folder = pb::CreateFolderRequest { path: "/erp".to_owned(), ..Default::default() };
    server.files().create_folder(folder).await.unwrap();
    let fine = || RunRequest::inline(pb::Tool::Users, HEADER);
    let no_source = RunRequest(pb::RunToolRequest { tool: pb::Tool::Users.into(), ..Default::default() });
    let no_tool = RunRequest(pb::RunToolRequest { tool: 0, ..fine().0 });
    let no_site = RunRequest(pb::RunToolRequest { site: "elsewhere".to_owned(), ..fine().0 });
    let large = RunRequest::inline_bytes(pb::Tool::Users, vec![b'x'; (2 << 20) + 1]);
    let cases: [(&str, RunRequest, &str, &[&str]); 14] = [
        (
            "folder",
            RunRequest::stored(pb::Tool::Users, "/erp"),
            "IS_A_FOLDER",
            &["/erp is a folder", "name a command file"],
        ),
        ("root", RunRequest::stored(pb::Tool::Users, "/"), "IS_A_FOLDER", &["/ is a folder", "name a command file"]),
        (
            "no file",
            RunRequest::stored(pb::Tool::Users, "/none.csv"),
            "FILE_UNKNOWN",
            &["no file /none.csv", "upload it first"],
        ),
        (
            "relative",
            RunRequest::stored(pb::Tool::Users, "users.csv"),
            "FIELD_INVALID",
            &["\"users.csv\"", "must begin with '/'"],
        ),
        ("outside", RunRequest::stored(pb::Tool::Users, "/../etc/passwd"), "FIELD_INVALID", &["'..'"]),
        ("no source", no_source, "FIELD_INVALID", &["source", "must be set"]),
        ("no tool", no_tool, "FIELD_INVALID", &["tool", "must be set"]),
        ("no site", no_site, "SITE_UNKNOWN", &["\"elsewhere\"", "leave the site empty"]),
        ("large", large, "FIELD_INVALID", &["2097153", "2097152", "UploadCommandFile"]),
        (
            "typo",
            fine().options(&[("seperator", ",")]),
            "OPTION_INVALID",
            &["\"seperator\"", "did you mean \"separator\"?"],
        ),
        (
            "other tool",
            fine().options(&[("force_update", "true")]),
            "OPTION_INVALID",
            &["\"force_update\"", "no such option"],
        ),
        ("flag", fine().options(&[("archive", "maybe")]), "OPTION_INVALID", &["\"archive\"", "maybe"]),
        (
            "choice",
            fine().options(&[("identifier", "shoe size")]),
            "OPTION_INVALID",
            &["\"identifier\"", "idnumber", "username"],
        ),
        (
            "dialect",
            fine().options(&[("separator", "|"), ("charset", "EBCDIC")]),
            "OPTION_INVALID",
            &["\"|\"", "comma", "\"EBCDIC\"", "UTF-8"],
        ),
    ];
    for (name, request, expected, words) in cases {
        let status = request.try_send(&server).await.expect_err(name);
        assert_eq!(reason(&status), expected, "{name}: {status:?}");
        assert_says(name, status.message(), words);
    }
    let runs = server.runs().list_runs(pb::ListRunsRequest::default()).await.unwrap().into_inner().runs;
    assert_eq!(runs.len(), 0, "a refused call left a run");
    assert!(snapshot(&server.site_database()).await == before, "the site changed");
}

/// Files of the same three lines, the second of which is wrong, with the physical line of each.
#[tokio::test]
async fn line_numbers_are_those_of_an_editor() {
    let server = TestServer::start().await;
    let before = snapshot(&server.site_database()).await;
    let lines = ["a;A;A;a@example.org;1", "b;;B;b@example.org;2", "c;C;C;c@example.org;3"];
    let [one, two, three] = lines;
    let header = HEADER.trim_end();
    let cases: [(&str, String, [u64; 3]); 8] = [
        ("lf", format!("{header}\n{one}\n{two}\n{three}\n"), [2, 3, 4]),
        ("crlf", format!("{header}\r\n{one}\r\n\r\n{two}\r\n# c\r\n{three}\r\n"), [2, 4, 6]),
        ("cr", format!("# c\r{header}\r{one}\r\r{two}\r{three}\r"), [3, 5, 6]),
        ("bom", format!("\u{feff}{header}\n{one}\n{two}\n{three}"), [2, 3, 4]),
        ("bom and comment", format!("\u{feff}# c\r\n\r\n{header}\r\n{one}\r\n{two}\r\n{three}"), [4, 5, 6]),
        ("mixed", format!("{header}\r\n{one}\n{two}\r{three}"), [2, 3, 4]),
        ("quoted", format!("{header}\na;\"A\nA\r\nA\";A;a@example.org;1\n{two}\n\n{three}\n"), [2, 5, 7]),
        (
            "quoted header",
            format!("username;firstname;\"lastname\n\";email;idnumber\n{one}\n{two}\n{three}\n"),
            [3, 4, 5],
        ),
    ];
    for (name, content, numbers) in cases {
        let result = RunRequest::inline(pb::Tool::Users, &content).dry().send(&server).await;
        let outcomes = [pb::Outcome::Created, pb::Outcome::Failed, pb::Outcome::Created];
        let expected: Vec<_> = numbers.into_iter().zip(outcomes).collect();
        assert_eq!(result.outcomes(), expected, "{name}: {:?}", result.finished().message);
        assert_eq!(result.line(numbers[1]).problems[0].column.as_deref(), Some("firstname"), "{name}");
        assert_counted(&result, name);
    }
    assert!(snapshot(&server.site_database()).await == before, "the site changed");
}

#[tokio::test]
async fn an_open_quote_costs_its_own_line_only() {
    let server = TestServer::start().await;
    let content = format!("{HEADER}a;A;A;a@example.org;1\nb;\"B;B;b@example.org;2\nc;C;C;c@example.org;3\n");
    let result = RunRequest::inline(pb::Tool::Users, &content).dry().send(&server).await;
    let expected = [(2, pb::Outcome::Created), (3, pb::Outcome::Failed), (4, pb::Outcome::Created)];
    assert_eq!(result.outcomes(), expected);
    assert_eq!(result.reasons(3), ["UNTERMINATED_QUOTE"]);
    assert_says("quote", &result.line(3).problems[0].message, &["Line 3", "column 2", "Close it"]);
    assert_counted(&result, "quote");
}
