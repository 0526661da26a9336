use super::*;
use proptest::prelude::*;

/// A cell that needs no entity, does not begin a comment, and keeps its value whether quoted or not.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zé日]{0,6}",
        1 => "[a-z \";,\r\n\té]{0,12}".prop_map(|text| format!("q{text}q")),
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cell(), 2..6), 0..20)
}

fn written(rows: &[Vec<String>], separator: Separator, end: LineEnd) -> Vec<u8> {
    let terminator = match end {
        LineEnd::CrLf => ::csv::Terminator::CRLF,
        LineEnd::Lf => ::csv::Terminator::Any(b'\n'),
        LineEnd::Cr => ::csv::Terminator::Any(b'\r'),
    };
    let mut builder = ::csv::WriterBuilder::new();
    // A cell in quotes keeps what it holds: line ends of any kind, too.
    builder.delimiter(separator.byte()).terminator(terminator).flexible(true).quote_style(::csv::QuoteStyle::Always);
    let mut writer = builder.from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

fn values(records: &[Record]) -> Vec<Vec<String>> {
    let cells = |record: &Record| match record {
        Record::Line(line) => (0..line.len()).map(|index| line.cell(index).unwrap().text.to_owned()).collect(),
        rejected => vec![show(rejected)],
    };
    records.iter().map(cells).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_files_are_split_as_by_the_csv_crate(
        rows in table(),
        separator in prop::sample::select(Separator::ALL.to_vec()),
        end in prop::sample::select(vec![LineEnd::Lf, LineEnd::CrLf, LineEnd::Cr]),
    ) {
        let text = written(&rows, separator, end);
        let mut oracle = ::csv::ReaderBuilder::new();
        oracle.delimiter(separator.byte()).has_headers(false).flexible(true);
        let expected: Vec<Vec<String>> = oracle.from_reader(&text[..]).deserialize().map(Result::unwrap).collect();
        let found = records(&text, dialect(separator, Charset::Utf8));
        prop_assert_eq!(values(&found), expected);
    }

    #[test]
    fn unquoted_files_are_split_as_by_the_csv_crate(text in "([a-zé]{0,3}[,]?){0,5}(\n[a-zé]{1,3}(,[a-zé][a-zé\"]{0,4}){0,5}){0,20}") {
        let mut oracle = ::csv::ReaderBuilder::new();
        oracle.has_headers(false).flexible(true).trim(::csv::Trim::All);
        let expected: Vec<Vec<String>> = oracle.from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect();
        prop_assert_eq!(values(&records(text.as_bytes(), commas())), expected);
    }

    #[test]
    fn any_bytes_are_read_to_the_end_and_every_line_is_accounted_for(
        text in prop::collection::vec(
            prop_oneof![4 => prop::sample::select(b"\"\";;\r\n\n# &#44/a\t\x00\xE9".to_vec()), 1 => any::<u8>()],
            0..400,
        ),
        separator in prop::sample::select(Separator::ALL.to_vec()),
        charset in prop::sample::select(Charset::ALL.to_vec()),
    ) {
        let dialect = dialect(separator, charset);
        let mut whole = RecordReader::new(&text[..], dialect);
        let found = all(&mut whole);
        prop_assert_eq!(whole.position(), text.len() as u64);

        // The size of the buffer changes nothing.
        let mut small = RecordReader::with_buffer(&text[..], dialect, 8);
        prop_assert_eq!(&all(&mut small), &found);
        prop_assert_eq!(small.skipped(), whole.skipped());

        // The number of a record is one more than the line ends before it.
        for record in &found {
            let (number, offset) = match record {
                Record::Line(line) => (line.number.0, line.span.offset as usize),
                Record::Rejected(rejected) => (rejected.number.0, rejected.span.offset as usize),
            };
            let before = String::from_utf8_lossy(&text[..offset]).replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(number as usize, 1 + before.matches('\n').count());
        }
    }
}
