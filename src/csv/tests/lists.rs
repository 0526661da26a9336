use super::*;
use crate::model::{ByteSpan, ColumnSpec, FileNeed, Impact, Layout, ToolDescriptor, ToolKind};

const LIST: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::CheckCourses,
    summary: "",
    impact: Impact::Reads,
    file: FileNeed::Required,
    layout: Layout::WholeLine,
    case_insensitive_header: false,
    exact_cell_count: true,
    columns: &[ColumnSpec::exact("identifier", "").required()],
    options: &[],
    default_file_names: &[],
    sample: "",
};

const PAIRS: ToolDescriptor = ToolDescriptor {
    layout: Layout::Positional,
    columns: &[ColumnSpec::exact("identifier", "").required(), ColumnSpec::exact("description", "")],
    ..LIST
};

fn opened(bytes: &'static [u8], tool: &ToolDescriptor) -> Result<(Top, Vec<String>), Vec<Reason>> {
    let mut reader = RecordReader::new(bytes, semicolons().laid_out(tool.layout));
    match open(&mut reader, tool, UnknownColumns::Refuse) {
        Ok((top, _)) => Ok((top, all(&mut reader).iter().map(show).collect())),
        Err(OpenError::Refused(problems)) => Err(problems.iter().map(|problem| problem.reason).collect()),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_line_of_a_list_is_a_line() {
    let (top, lines) = opened(b"# end of year\nALG-1\n\n  BIO;1,x \n\"#9\"\n\"a;b\"\nO\"Neil\n", &LIST).unwrap();
    assert!(top.is_list());
    assert_eq!(lines, ["2 ALG-1", "4 BIO;1,x", "5 \"#9\"", "6 \"a;b\"", "7 O\"Neil"]);
    let (_, lines) = opened(b"A1;Algebra\nA2\n;\nA3;x;y\n", &PAIRS).unwrap();
    assert_eq!(lines, ["1 A1|Algebra", "2 A2", "3 |", "4 A3|x|y"]);
}

#[test]
fn cells_beyond_the_columns_of_a_list_mean_nothing() {
    let mut reader = RecordReader::new(&b"A3;x;y\nA2\n"[..], semicolons());
    let (_, bound) = open(&mut reader, &PAIRS, UnknownColumns::Refuse).unwrap();
    assert_eq!((bound.width, bound.column("description").unwrap().index), (2, 1));
    for record in all(&mut reader) {
        let Record::Line(line) = record else { panic!("a line") };
        assert_eq!(check_width(&PAIRS, &bound, &line), Ok(None));
    }
}

#[test]
fn the_style_of_a_list_is_that_of_its_first_line() {
    let (top, lines) = opened(b"\xEF\xBB\xBFA1\r\nA2\r\n", &LIST).unwrap();
    assert_eq!((top.style, lines.len()), (SourceStyle { bom: true, line_end: LineEnd::CrLf }, 2));
    let mut writer = TrybackWriter::new(Vec::new(), None, top.style).unwrap();
    writer.write(b"A2").unwrap();
    assert_eq!(writer.finish().unwrap(), b"\xEF\xBB\xBFA2\r\n");
}

#[test]
fn a_list_may_be_empty_and_must_be_text() {
    for empty in [&b""[..], b"# nothing\n\n"] {
        assert_eq!(opened(empty, &LIST).unwrap().1, Vec::<String>::new());
    }
    assert_eq!(opened(b"A\x001\n", &LIST), Err(vec![Reason::NotText]));
    assert_eq!(opened(b"\x01\x02\x03\x04\n", &LIST), Err(vec![Reason::NotText]));
    // One bad line is no reason to refuse a list.
    assert_eq!(opened(b"\xE9t\xE9\nA2\n", &LIST).unwrap().1, ["1 INVALID_ENCODING", "2 A2"]);
}

#[test]
fn a_file_with_a_header_says_where_it_stands() {
    let headed = ToolDescriptor { layout: Layout::Header, ..LIST };
    let (top, lines) = opened(b"# c\nidentifier\nA1\n", &headed).unwrap();
    assert_eq!((top.header, lines), (Some(ByteSpan { offset: 4, length: 10 }), vec!["3 A1".to_owned()]));
    assert_eq!(opened(b"", &headed), Err(vec![Reason::FileEmpty]));
    assert_eq!(opened(b"nonsense\n", &headed), Err(vec![Reason::ColumnUnknown, Reason::ColumnMissing]));
}

#[test]
fn what_is_written_into_a_list_is_read_from_it() {
    let values = ["ALG-1", "#9", "/A/B", "(old)", "-12", "[x]", "\"q\"", " x ", "A;B,C", "O\"Neil", "two\nlines", "é"];
    let text = values.map(|value| list_line(value).into_owned()).join("\n");
    for comments in [CommentStyle::Hash, CommentStyle::Legacy] {
        let dialect = Dialect { comments, ..semicolons() }.laid_out(Layout::WholeLine);
        let read = all(&mut RecordReader::new(text.as_bytes(), dialect));
        let read: Vec<_> = read
            .iter()
            .map(|record| match record {
                Record::Line(line) => line.cell(0).unwrap().text.to_owned(),
                Record::Rejected(rejected) => panic!("{rejected:?}"),
            })
            .collect();
        assert_eq!(read, values);
    }
}
