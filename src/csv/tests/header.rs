use super::*;
use crate::model::{
    BoundHeader, ColumnSpec, FileNeed, Impact, Layout, Line, Problem, Severity, ToolDescriptor, ToolKind,
};

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec::exact("username", "").required(),
    ColumnSpec::exact("firstname", "").required(),
    ColumnSpec::exact("department", "").alias(&["departement"]),
    ColumnSpec::exact("course", ""),
    ColumnSpec::exact("mnethostid", "").ignored(),
    ColumnSpec::numbered("course", 1, 99, "", ""),
    ColumnSpec::numbered("teacher", 1, 99, "_account", ""),
    ColumnSpec::prefixed("profile_field_", ""),
];

const EXACT: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::Courses,
    summary: "",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: false,
    exact_cell_count: true,
    columns: COLUMNS,
    options: &[],
    default_file_names: &[],
    sample: "",
};

const FOLDED: ToolDescriptor = ToolDescriptor { case_insensitive_header: true, exact_cell_count: false, ..EXACT };

fn header(text: &str) -> Header {
    read_header(&mut RecordReader::new(text.as_bytes(), semicolons())).unwrap()
}

fn bound(text: &str, tool: &ToolDescriptor) -> BoundHeader {
    bind(&header(text), tool, UnknownColumns::Refuse, &semicolons()).unwrap()
}

fn refused(text: &str, tool: &ToolDescriptor) -> Vec<(Reason, String)> {
    let problems = bind(&header(text), tool, UnknownColumns::Refuse, &semicolons()).unwrap_err();
    assert!(problems.iter().all(|problem| problem.severity == Severity::Error));
    problems.into_iter().map(|problem| (problem.reason, problem.message)).collect()
}

fn file_problem(bytes: &[u8]) -> Problem {
    match read_header(&mut RecordReader::new(bytes, semicolons())) {
        Err(OpenError::Refused(mut problems)) if problems.len() == 1 => problems.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_header_is_the_first_record_that_is_neither_comment_nor_blank() {
    let found = header("\u{feff}# c\r\n\r\n username ;\" firstname \"\r\n1;2");
    assert_eq!(found.names, ["username", "firstname"]);
    assert_eq!((found.line.0, found.span.offset, found.span.length), (3, 10, 24));
    assert_eq!(found.style, SourceStyle { bom: true, line_end: LineEnd::CrLf });
}

#[test]
fn files_without_a_header_are_refused() {
    let long = vec![b'x'; MAX_LINE_BYTES + 1];
    let cases: &[(&[u8], Reason)] = &[
        (b"", Reason::FileEmpty),
        (b"\xEF\xBB\xBF", Reason::FileEmpty),
        (b"\n\r\n# c\n  \n", Reason::HeaderMissing),
        (b"PK\x03\x04\x14\x00\x00\x08;x\n", Reason::NotText),
        (b"\x01\x02\x03ab\x04\n", Reason::NotText),
        (b"\xFF\xFEu\x00s\x00\n\x00", Reason::NotText),
        (b"pr\xE9nom;nom\n", Reason::NotText),
        (b"\"username;firstname\na;b\n", Reason::UnterminatedQuote),
        (b"\"username\"x;firstname\na;b\n", Reason::BadQuote),
        (&long, Reason::LineTooLong),
    ];
    for (bytes, expected) in cases {
        assert_eq!(file_problem(bytes).reason, *expected, "{:?}", &bytes[..bytes.len().min(20)]);
    }
}

#[test]
fn names_are_bound_to_exact_numbered_and_prefixed_columns() {
    let found = bound(
        "firstname;course10;username;course2;teacher3_account;profile_field_Campus;course;departement;mnethostid",
        &EXACT,
    );
    assert_eq!(found.width, 9);
    assert_eq!(found.columns.len(), 8);
    assert_eq!(found.column("username").map(|c| c.index), Some(2));
    assert_eq!(found.column("course").map(|c| c.index), Some(6));
    assert_eq!(found.column("department").map(|c| c.name.as_str()), Some("departement"));
    assert_eq!(
        found.numbered("course", "").iter().map(|c| (c.number, c.index)).collect::<Vec<_>>(),
        [(Some(2), 3), (Some(10), 1)]
    );
    assert_eq!(found.numbered("teacher", "_account")[0].number, Some(3));
    assert_eq!(found.prefixed("profile_field_").map(|c| c.tail.as_deref()).collect::<Vec<_>>(), [Some("Campus")]);
    assert_eq!(
        found.notices.iter().map(|n| (n.severity, n.reason)).collect::<Vec<_>>(),
        [(Severity::Notice, Reason::ColumnIgnored)]
    );
}

#[test]
fn case_counts_unless_the_tool_says_otherwise() {
    let text = "UserName;FIRSTNAME;Profile_Field_CamPus";
    let found = bound(text, &FOLDED);
    assert_eq!(found.column("username").map(|c| c.name.as_str()), Some("UserName"));
    assert_eq!(found.prefixed("profile_field_").next().and_then(|c| c.tail.as_deref()), Some("CamPus"));
    let problems = refused("username;FirstName", &EXACT);
    assert_eq!(problems[0].1, "Unknown column \"FirstName\" (column 2). Did you mean \"firstname\"?");
}

#[test]
fn unknown_columns_are_refused_with_the_nearest_known_name() {
    let cases = [
        ("usrname", Some("username")),
        ("departemant", Some("departement")),
        ("cours3", Some("course3")),
        ("course0", Some("course1")),
        ("course07", Some("course7")),
        ("teachr2_account", Some("teacher2_account")),
        ("profilefield_campus", Some("profile_field_campus")),
        ("shoe size", None),
        ("mnethostids", None),
    ];
    for (name, hint) in cases {
        let hint = hint.map(|known| format!(" Did you mean \"{known}\"?")).unwrap_or_default();
        let expected = (Reason::ColumnUnknown, format!("Unknown column \"{name}\" (column 3).{hint}"));
        assert_eq!(refused(&format!("username;firstname;{name}"), &EXACT), [expected]);
    }
}

#[test]
fn unknown_columns_are_left_aside_where_that_is_asked_for() {
    let header = header("username;shoe;firstname;mnethostid");
    let found = bind(&header, &EXACT, UnknownColumns::Ignore, &semicolons()).unwrap();
    assert_eq!(found.columns.iter().map(|c| c.index).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(
        found.notices.iter().map(|n| n.column.as_deref()).collect::<Vec<_>>(),
        [Some("shoe"), Some("mnethostid")]
    );
}

#[test]
fn all_errors_of_a_header_are_told_at_once() {
    let reasons: Vec<_> = refused("username;;department;shoe;departement;course1;course1", &EXACT)
        .into_iter()
        .map(|(reason, _)| reason)
        .collect();
    use Reason::{ColumnDuplicate, ColumnMissing, ColumnUnknown, ColumnUnnamed};
    assert_eq!(reasons, [ColumnUnnamed, ColumnUnknown, ColumnDuplicate, ColumnDuplicate, ColumnMissing]);
    assert!(
        bind(&header("username;firstname;course1;course2;course"), &EXACT, UnknownColumns::Refuse, &semicolons())
            .is_ok()
    );
}

#[test]
fn another_separator_is_recognised_and_named() {
    for (text, found, remedy) in [
        ("username,firstname", "\",\"", "to comma"),
        ("username\tfirstname", "written with tabs", "to tab"),
        ("username:firstname", "\":\"", "Send the file"),
        ("username;firstname,course1", "\",\"", "to comma"),
    ] {
        let problems = refused(text, &EXACT);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].0, Reason::WrongSeparator, "{text:?}");
        assert!(problems[0].1.contains(found) && problems[0].1.contains(remedy), "{}", problems[0].1);
    }
}

#[test]
fn the_width_of_lines_is_checked_in_the_manner_of_the_tool() {
    let header = bound("username;firstname;course", &EXACT);
    let width = |tool, cells: &[&str]| match check_width(tool, &header, &Line::of(4, cells)) {
        Ok(problem) => problem.map(|problem| (problem.severity, problem.reason)),
        Err(problem) => Some((problem.severity, problem.reason)),
    };
    let refused = Some((Severity::Error, Reason::CellCount));
    for (cells, exact, lenient) in [
        (&["a", "b", "c"][..], None, None),
        (&["a", "b"], refused, None),
        (&["a", "b", "c", " "], refused, None),
        (&["a", "b", "c", "", "d"], refused, Some((Severity::Warning, Reason::SurplusCells))),
    ] {
        assert_eq!(width(&EXACT, cells), exact, "{cells:?}");
        assert_eq!(width(&FOLDED, cells), lenient, "{cells:?}");
    }
    let problem = check_width(&EXACT, &header, &Line::of(4, &["a"])).unwrap_err();
    assert!(problem.message.starts_with("Line 4 has 1 cell, and the header has 3."), "{}", problem.message);
    for (cells, words) in
        [(&["a", "b", "c", "d"][..], "has 1 filled cell beyond"), (&["a"; 5], "has 2 filled cells beyond")]
    {
        let problem = check_width(&FOLDED, &header, &Line::of(4, cells)).unwrap().unwrap();
        assert!(problem.message.contains(words), "{}", problem.message);
    }
}
