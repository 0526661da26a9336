use super::*;
use crate::model::{LineNumber, Problem};

#[test]
fn reasons_are_one_problem_a_line_and_no_formula() {
    let mut writer = ReasonsWriter::new(Vec::new(), Separator::Semicolon).unwrap();
    let problems = [
        Problem::error(Reason::UserUnknown, "No user \"é;x\".").at("username"),
        Problem::warning(Reason::SurplusCells, "=HYPERLINK(1)"),
        Problem::notice(Reason::ColumnIgnored, "fine = so").at("@sum"),
    ];
    for (line, problem) in (7..).zip(&problems) {
        writer.write(LineNumber(line), problem).unwrap();
    }
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    let expected = "line;column;severity;reason;message\n\
        7;username;ERROR;USER_UNKNOWN;\"No user \"\"é;x\"\".\"\n\
        8;;WARNING;SURPLUS_CELLS;'=HYPERLINK(1)\n\
        9;'@sum;NOTICE;COLUMN_IGNORED;fine = so\n";
    assert_eq!(text, expected);
}

#[test]
fn every_beginning_of_a_formula_is_disarmed() {
    for sign in ["=", "+", "-", "@", "\t", "\r"] {
        let mut writer = ReasonsWriter::new(Vec::new(), Separator::Comma).unwrap();
        writer.write(LineNumber(1), &Problem::error(Reason::ValueInvalid, format!("{sign}1"))).unwrap();
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert!(text.contains(&format!("'{sign}1")), "{text:?}");
    }
}

#[test]
fn a_tryback_repeats_header_and_records_byte_for_byte() {
    for (bom, end) in [(true, "\r\n"), (false, "\n"), (false, "\r")] {
        let mark: &[u8] = if bom { b"\xEF\xBB\xBF" } else { b"" };
        let source =
            [mark, b"# c", end.as_bytes(), b"a ;\"b\"", end.as_bytes(), b"1;2", end.as_bytes(), b" \"\xE9\n\";4"]
                .concat();
        let mut reader = RecordReader::new(&source[..], dialect(Separator::Semicolon, Charset::Iso8859_1));
        let header = read_header(&mut reader).unwrap();
        let bytes = &source[header.span.offset as usize..][..header.span.length as usize];
        let mut writer = TrybackWriter::new(Vec::new(), Some(bytes), header.style).unwrap();
        writer.write(raw(&source, &all(&mut reader)[1])).unwrap();
        let expected = [mark, b"a ;\"b\"", end.as_bytes(), b" \"\xE9\n\";4", end.as_bytes()].concat();
        assert_eq!(writer.finish().unwrap(), expected, "{end:?}");
    }
}
