use super::*;
use std::io::Read;

#[test]
fn cells_are_split_trimmed_unquoted_and_decoded() {
    let cases: &[(&str, &str)] = &[
        ("a;b;c", "1 a|b|c"),
        (" a ;\tb\t; c d ", "1 a|b|c d"),
        ("\u{a0}a\u{a0};b", "1 a|b"),
        ("a;;", "1 a||"),
        (";;", "1 ||"),
        ("\"a;b\";c", "1 \"a;b\"|c"),
        ("  \" a \"  ;b", "1 \" a \"|b"),
        ("\"\";x", "1 \"\"|x"),
        ("\"\"", "1 \"\""),
        ("\"say \"\"hi\"\"\"", "1 \"say \"hi\"\""),
        ("\"\"\"\"", "1 \"\"\""),
        ("a\"b;c\"", "1 a\"b|c\""),
        ("a\"\"b", "1 a\"\"b"),
        ("x&#44y;\"a&#44;b&#59;c\";&#59", "1 x,y|\"a,b;c\"|;"),
        ("a&#44;b", "1 a,|b"),
        ("a,b;c", "1 a,b|c"),
        ("é;\"日本\"", "1 é|\"日本\""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text.as_bytes(), semicolons()), [*expected], "{text:?}");
    }
}

#[test]
fn the_end_of_an_entity_is_taken_where_it_is_no_separator() {
    assert_eq!(shown(b"a&#44;b,c&#59;d,e&#59f", commas()), ["1 a,b|c;d|e;f"]);
    assert_eq!(shown(b"a\tb&#44;c\t\"d\te\"\t", dialect(Separator::Tab, Charset::Utf8)), ["1 a|b,c|\"d\te\"|"]);
}

#[test]
fn line_numbers_stay_true_after_blank_comment_and_crlf_lines() {
    let text = b"\r\n# c\r\na;1\r\n\r\n \t \r\"b\r\nb\nb\rb\";2\n\n\rc;3\r# it's \"open\r\n;\nd";
    let mut reader = RecordReader::new(&text[..], semicolons());
    let found = all(&mut reader);
    let shown: Vec<_> = found.iter().map(show).collect();
    assert_eq!(shown, ["3 a|1", "6 \"b\r\nb\nb\rb\"|2", "12 c|3", "14 |", "15 d"]);
    assert_eq!(reader.skipped(), Skipped { comments: 2, blanks: 5 });
    assert_eq!(reader.position(), text.len() as u64);
    let raws: Vec<_> = found.iter().map(|record| raw(text, record)).collect();
    assert_eq!(raws, [&b"a;1"[..], b"\"b\r\nb\nb\rb\";2", b"c;3", b";", b"d"]);
}

#[test]
fn comments_follow_the_style_of_the_dialect() {
    let text = b"#a\n  # b\n/A/B\n(x\n[x\n-12\n x\n\"#q\"\n \"/q\"\n";
    assert_eq!(shown(text, semicolons()), ["3 /A/B", "4 (x", "5 [x", "6 -12", "7 x", "8 \"#q\"", "9 \"/q\""]);
    let legacy = Dialect { comments: CommentStyle::Legacy, ..semicolons() };
    assert_eq!(shown(text, legacy), ["8 \"#q\"", "9 \"/q\""]);
}

#[test]
fn an_unterminated_quote_does_not_swallow_the_file() {
    let cases: &[(&str, &[&str])] = &[
        // To the end of the file.
        ("a;1\nb;\"2\nc;3\nd;4\n", &["1 a|1", "2 UNTERMINATED_QUOTE", "3 c|3", "4 d|4"]),
        ("\"a", &["1 UNTERMINATED_QUOTE"]),
        ("a;\"", &["1 UNTERMINATED_QUOTE"]),
        // Closed by the opening quote of a good line, which is read as it stands.
        ("\"a;1\n\"b\";2\n\"c\nc\";3\n", &["1 UNTERMINATED_QUOTE", "2 \"b\"|2", "3 \"c\nc\"|3"]),
        // Opened on every line.
        (
            "a\";\"\na\";\"\r\na\";\"\rb",
            &["1 UNTERMINATED_QUOTE", "2 UNTERMINATED_QUOTE", "3 UNTERMINATED_QUOTE", "4 b"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text.as_bytes(), semicolons()), *expected, "{text:?}");
    }
}

#[test]
fn an_unterminated_quote_is_given_up_at_the_longest_record() {
    let mut text = b"a;1\nb;\"2\n".to_vec();
    let lines = 3 * MAX_LINE_BYTES / 8;
    text.extend((0..lines).flat_map(|_| *b"ccc;ddd\n"));
    let found = records(&text, semicolons());
    assert_eq!(found.len(), 2 + lines);
    assert_eq!(show(&found[1]), "2 UNTERMINATED_QUOTE");
    assert_eq!(raw(&text, &found[1]), b"b;\"2");
    assert_eq!(show(&found[2]), "3 ccc|ddd");
    assert_eq!(show(found.last().unwrap()), format!("{} ccc|ddd", lines + 2));
}

/// Quotes that stay open on every line would have each line followed to the limit.
#[test]
fn lines_that_all_open_quotes_are_read_in_linear_time() {
    let line = [b"x\";".as_slice(), &vec![b'y'; 500], b";\"\n"].concat();
    let text = line.repeat(20_000);
    let found = records(&text, semicolons());
    assert_eq!(found.len(), 20_000);
    assert!(found.iter().all(|record| reason(record) == Some(Reason::UnterminatedQuote)));
}

#[test]
fn text_after_a_closing_quote_costs_its_line_only() {
    let text = b"\"a\"b;c\n\"d\" \"e\";\"f\n\"g\" ;h\n";
    let found = records(text, semicolons());
    assert_eq!(found.iter().map(show).collect::<Vec<_>>(), ["1 BAD_QUOTE", "2 BAD_QUOTE", "3 \"g\"|h"]);
    assert_eq!(raw(text, &found[1]), b"\"d\" \"e\";\"f");
}

#[test]
fn invalid_bytes_are_named_by_column_and_offset() {
    let text = b"a;b\nx;\"y\xE9\";z\nc;d\n# \xE9\n";
    let found = records(text, semicolons());
    assert_eq!(found.iter().map(show).collect::<Vec<_>>(), ["1 a|b", "2 INVALID_ENCODING", "3 c|d"]);
    let Record::Rejected(rejected) = &found[1] else { panic!("rejected") };
    assert!(rejected.problem.message.contains("Line 2, column 2"), "{}", rejected.problem.message);
    assert!(rejected.problem.message.contains("offset 8 "), "{}", rejected.problem.message);
    assert_eq!(shown(b"a\n\0b\nc", semicolons()), ["1 a", "2 NOT_TEXT", "3 c"]);
}

#[test]
fn latin_1_is_decoded_exactly_once() {
    let text = b"caf\xE9;\"\xE9&#44;\"\"\x80\"\n\xA0x\xA0";
    assert_eq!(shown(text, dialect(Separator::Semicolon, Charset::Iso8859_1)), ["1 café|\"é,\"\u{80}\"", "2 x"]);
    assert_eq!(shown(text, dialect(Separator::Semicolon, Charset::Windows1252)), ["1 café|\"é,\"€\"", "2 x"]);
}

#[test]
fn a_byte_order_mark_is_dropped_in_any_charset() {
    let text = b"\xEF\xBB\xBF\"a\";b\r\nc";
    for charset in Charset::ALL {
        let mut reader = RecordReader::new(&text[..], dialect(Separator::Semicolon, charset));
        let first = reader.next_record().unwrap().unwrap();
        assert_eq!(show(&first), "1 \"a\"|b");
        assert_eq!(raw(text, &first), b"\"a\";b");
        assert_eq!(reader.style(), SourceStyle { bom: true, line_end: LineEnd::CrLf });
    }
    assert!(records(b"\xEF\xBB\xBF", semicolons()).is_empty());
}

#[test]
fn records_of_the_longest_length_are_read_and_longer_ones_are_not() {
    for end in ["\n", "\r\n", "\r", ""] {
        let exact = "x".repeat(MAX_LINE_BYTES);
        let text = format!("{exact}{end}");
        assert_eq!(shown(text.as_bytes(), semicolons()), [format!("1 {exact}")], "{end:?}");
        let text = format!("a\r{exact}y{end}");
        let found = records(text.as_bytes(), semicolons());
        assert_eq!(found.iter().map(show).collect::<Vec<_>>(), ["1 a", "2 LINE_TOO_LONG"], "{end:?}");
        assert_eq!(raw(text.as_bytes(), &found[1]).len(), MAX_LINE_BYTES + 1);
    }
    let comment = format!("#{}\r\nb\n", "c".repeat(2 * MAX_LINE_BYTES));
    assert_eq!(shown(comment.as_bytes(), semicolons()), ["2 b"]);
}

#[test]
fn a_record_has_a_largest_number_of_cells() {
    let text = format!("{}\n{}\na", ";".repeat(MAX_CELLS - 1), ";".repeat(MAX_CELLS));
    let found = records(text.as_bytes(), semicolons());
    assert!(matches!(&found[0], Record::Line(line) if line.len() == MAX_CELLS));
    assert_eq!(reason(&found[1]), Some(Reason::LineTooLong));
    assert_eq!(show(&found[2]), "3 a");
}

/// `head`, then `filler` bytes of `x`, then `tail`, without ever holding them.
struct Huge {
    head: &'static [u8],
    filler: u64,
    tail: &'static [u8],
}

impl Read for Huge {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if !self.head.is_empty() {
            return self.head.read(into);
        }
        if self.filler == 0 {
            return self.tail.read(into);
        }
        let count = into.len().min(usize::try_from(self.filler).unwrap_or(usize::MAX));
        into[..count].fill(b'x');
        self.filler -= count as u64;
        Ok(count)
    }
}

#[test]
fn a_line_of_100_megabytes_is_passed_over_in_flat_memory() {
    for head in [&b"a;b\r\nc;"[..], b"a;b\r\n\";"] {
        let mut reader = RecordReader::new(Huge { head, filler: 100_000_000, tail: b"\r\nd;e" }, semicolons());
        let found = all(&mut reader);
        assert_eq!(found.iter().map(show).collect::<Vec<_>>(), ["1 a|b", "2 LINE_TOO_LONG", "3 d|e"]);
        let Record::Rejected(long) = &found[1] else { panic!("rejected") };
        assert_eq!((long.span.offset, long.span.length), (5, 100_000_002));
        let Record::Line(last) = &found[2] else { panic!("line") };
        assert_eq!(last.span.offset, 5 + 100_000_002 + 2);
        assert!(reader.buffer_size() <= MAX_LINE_BYTES + 2);
    }
}

#[test]
fn a_failing_source_is_an_error_and_no_end() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("gone"))
        }
    }
    let mut reader = RecordReader::new(b"a;b\n".chain(Failing), semicolons());
    assert_eq!(reader.next_record().unwrap_err().to_string(), "cannot read the command file at byte 4: gone");
}
