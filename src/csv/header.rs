//! The first record of a command file: its names, bound to the columns of a tool.

use super::{Dialect, Error, Record, RecordReader, Separator, SourceStyle};
use crate::model::{
    BoundColumn, BoundHeader, ByteSpan, ColumnPattern, ColumnSpec, Layout, Line, LineNumber, Problem, Reason,
    ToolDescriptor,
};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::io::Read;

/// The names in the first record of a command file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The names, trimmed.
    pub names: Vec<String>,
    /// The physical line at which the header begins.
    pub line: LineNumber,
    /// Where it stands in the source, without a byte order mark and without its line end.
    pub span: ByteSpan,
    /// How the file is written, by its first bytes and the end of this line.
    pub style: SourceStyle,
}

/// What becomes of columns that the tool does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownColumns {
    /// The file is refused.
    Refuse,
    /// They are left aside, with a notice each.
    Ignore,
}

/// A file whose header could not be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The source failed.
    #[error(transparent)]
    Read(#[from] Error),
    /// The file is refused.
    #[error("the file is refused: {}", .0.iter().map(|p| p.message.as_str()).collect::<Vec<_>>().join(" "))]
    Refused(Vec<Problem>),
}

/// Reads the header: the first record that is neither comment nor blank.
pub fn read_header<R: Read>(reader: &mut RecordReader<R>) -> Result<Header, OpenError> {
    let refused = |problem| Err(OpenError::Refused(vec![problem]));
    match reader.next_record()? {
        None if reader.skipped() == Default::default() => {
            refused(Problem::error(Reason::FileEmpty, "The file is empty. Send a file with a header and lines."))
        }
        None => refused(Problem::error(
            Reason::HeaderMissing,
            "The file has only comments and blank lines. Begin it with a line that names the columns.",
        )),
        Some(Record::Rejected(rejected)) => refused(match rejected.problem.reason {
            Reason::InvalidEncoding => Problem { reason: Reason::NotText, ..rejected.problem },
            _ => rejected.problem,
        }),
        Some(Record::Line(line)) if is_garbage(&line) => refused(not_text("header")),
        Some(Record::Line(line)) => {
            Ok(Header { names: names(&line), line: line.number, span: line.span, style: reader.style() })
        }
    }
}

fn names(line: &Line) -> Vec<String> {
    let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
    (0..line.len()).filter_map(|index| line.cell(index)).map(|cell| cell.text.trim_matches(blank).to_owned()).collect()
}

/// The problem of a file whose `part` is garbage.
pub(super) fn not_text(part: &str) -> Problem {
    let message = format!(
        "The {part} is not text: it consists of control characters. Send plain CSV, not a spreadsheet or an archive."
    );
    Problem::error(Reason::NotText, message)
}

/// More than 30 % control characters.
pub(super) fn is_garbage(line: &Line) -> bool {
    let characters = || (0..line.len()).filter_map(|index| line.cell(index)).flat_map(|cell| cell.text.chars());
    let is_strange = |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    10 * characters().filter(is_strange).count() > 3 * characters().count()
}

/// Binds the names of a header to the columns of a tool. All errors are found at once.
pub fn bind(
    header: &Header,
    tool: &ToolDescriptor,
    unknown: UnknownColumns,
    dialect: &Dialect,
) -> Result<BoundHeader, Vec<Problem>> {
    let mut binding = Binding::default();
    let mut seen = HashSet::new();
    for (index, name) in header.names.iter().enumerate() {
        if name.is_empty() {
            binding.errors.push(unnamed(index));
            continue;
        }
        let Some(column) = find(tool, index, name) else {
            if let Some(found) = other_separator(name, dialect.separator) {
                return Err(vec![wrong_separator(header, found, dialect.separator)]);
            }
            binding.unknown(tool, index, name, unknown);
            continue;
        };
        if !seen.insert((std::ptr::from_ref(column.spec), column.number, column.tail.clone())) {
            binding.errors.push(duplicate(&column));
        } else if column.spec.ignored {
            binding.notices.push(ignored(&column));
        } else {
            binding.columns.push(column);
        }
    }
    let missing = |spec: &&ColumnSpec| spec.required && !binding.columns.iter().any(|c| std::ptr::eq(c.spec, *spec));
    let missing: Vec<_> = tool.columns.iter().filter(missing).map(|spec| self::missing(spec, header.line)).collect();
    binding.errors.extend(missing);
    if !binding.errors.is_empty() {
        return Err(binding.errors);
    }
    Ok(BoundHeader { columns: binding.columns, width: header.names.len(), notices: binding.notices })
}

/// Compares the number of cells of a line with the header, in the manner of the tool: an error where the line is
/// refused, a warning where filled cells are left aside.
pub fn check_width(tool: &ToolDescriptor, header: &BoundHeader, line: &Line) -> Result<Option<Problem>, Problem> {
    if line.len() == header.width || tool.layout != Layout::Header {
        return Ok(None);
    }
    let (number, found, expected) = (line.number, line.len(), header.width);
    if tool.exact_cell_count {
        return Err(Problem::error(
            Reason::CellCount,
            format!(
                "Line {number} has {}, and the header has {expected}. Write one cell for each column.",
                counted(found, "cell")
            ),
        ));
    }
    let surplus = (expected..found).filter(|&index| line.value(index).is_some()).count();
    Ok((surplus > 0).then(|| {
        Problem::warning(
            Reason::SurplusCells,
            format!(
                "Line {number} has {} beyond the {expected} columns of the header; {} left aside. Put a value that \
                 holds the separator in double quotes.",
                counted(surplus, "filled cell"),
                if surplus == 1 { "it is" } else { "they are" },
            ),
        )
    }))
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[derive(Default)]
struct Binding {
    columns: Vec<BoundColumn>,
    notices: Vec<Problem>,
    errors: Vec<Problem>,
}

impl Binding {
    fn unknown(&mut self, tool: &ToolDescriptor, index: usize, name: &str, unknown: UnknownColumns) {
        let hint = nearest(tool, name).map(|known| format!(" Did you mean \"{known}\"?")).unwrap_or_default();
        let column = index + 1;
        match unknown {
            UnknownColumns::Refuse => self.errors.push(
                Problem::error(Reason::ColumnUnknown, format!("Unknown column \"{name}\" (column {column}).{hint}"))
                    .at(name),
            ),
            UnknownColumns::Ignore => self.notices.push(
                Problem::notice(
                    Reason::ColumnIgnored,
                    format!("Unknown column \"{name}\" (column {column}) is left aside.{hint}"),
                )
                .at(name),
            ),
        }
    }
}

/// The column of the tool with that name: an exact one, else a numbered one, else the one with the longest prefix.
fn find(tool: &ToolDescriptor, index: usize, name: &str) -> Option<BoundColumn> {
    let folded = if tool.case_insensitive_header { name.to_ascii_lowercase() } else { name.to_owned() };
    let rank = |spec: &ColumnSpec| match spec.pattern {
        ColumnPattern::Exact => usize::MAX,
        ColumnPattern::Numbered { .. } => usize::MAX - 1,
        ColumnPattern::Prefixed => spec.name.len(),
    };
    tool.columns
        .iter()
        .filter_map(|spec| spec.matches(&folded).map(|found| (spec, found)))
        .max_by_key(|(spec, _)| rank(spec))
        .map(|(spec, (number, tail))| {
            // Folding ASCII keeps lengths: the same bytes of the name as written.
            let tail = tail.map(|tail| name[name.len() - tail.len()..].to_owned());
            BoundColumn { index, spec, number, tail, name: name.to_owned() }
        })
}

/// The known name that a writer may have meant.
fn nearest(tool: &ToolDescriptor, name: &str) -> Option<String> {
    let wanted = name.to_ascii_lowercase();
    let limit = (wanted.chars().count() / 3).max(1);
    tool.columns
        .iter()
        .filter(|spec| !spec.ignored)
        .flat_map(|spec| std::iter::once(spec.name).chain(spec.aliases.iter().copied()).map(move |stem| (spec, stem)))
        .map(|(spec, stem)| as_written(spec, stem, &wanted))
        .map(|known| (strsim::damerau_levenshtein(&known, &wanted), known))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, known)| (*distance, Reverse(known.len())))
        .map(|(_, known)| known)
}

/// A name of the column with the number or the free text of the name that was written.
fn as_written(spec: &ColumnSpec, stem: &str, wanted: &str) -> String {
    match spec.pattern {
        ColumnPattern::Exact => stem.to_owned(),
        ColumnPattern::Numbered { from, to, suffix } => {
            let digits = wanted.trim_start_matches(|c: char| !c.is_ascii_digit());
            let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            let number = digits.parse::<u32>().map_or(from, |number| number.clamp(from, to));
            format!("{stem}{number}{suffix}")
        }
        ColumnPattern::Prefixed => {
            format!("{stem}{}", wanted.rsplit('_').next().filter(|_| wanted.contains('_')).unwrap_or_default())
        }
    }
}

/// A sign that separates cells in other files, in a name that no column has.
fn other_separator(name: &str, own: Separator) -> Option<char> {
    name.chars().find(|&sign| matches!(sign, '\t' | ',' | ';' | ':') && u32::from(sign) != u32::from(own.byte()))
}

fn wrong_separator(header: &Header, found: char, own: Separator) -> Problem {
    let line = header.line;
    let remedy = match Separator::ALL.into_iter().find(|separator| char::from(separator.byte()) == found) {
        Some(separator) => format!("Set the option \"separator\" to {separator}, or send the file with {own}s."),
        None => format!("Send the file with {own}s between the cells."),
    };
    let found = if found == '\t' { "tabs".to_owned() } else { format!("\"{found}\"") };
    Problem::error(
        Reason::WrongSeparator,
        format!("The header (line {line}) is written with {found} and is read with the separator {own}. {remedy}"),
    )
}

fn unnamed(index: usize) -> Problem {
    let column = index + 1;
    Problem::error(
        Reason::ColumnUnnamed,
        format!("Column {column} has no name. Name it, or take a separator too many out of the header."),
    )
}

fn duplicate(column: &BoundColumn) -> Problem {
    let (name, number) = (&column.name, column.index + 1);
    let known = column.spec.name;
    let alias = if name.starts_with(known) { String::new() } else { format!(", which is \"{known}\",") };
    Problem::error(
        Reason::ColumnDuplicate,
        format!("Column \"{name}\"{alias} stands twice in the header, again as column {number}. Keep one of them."),
    )
    .at(name)
}

fn ignored(column: &BoundColumn) -> Problem {
    let name = &column.name;
    Problem::notice(Reason::ColumnIgnored, format!("Column \"{name}\" is accepted and has no effect.")).at(name)
}

fn missing(spec: &ColumnSpec, line: LineNumber) -> Problem {
    let name = match spec.pattern {
        ColumnPattern::Exact => spec.name.to_owned(),
        ColumnPattern::Numbered { from, suffix, .. } => format!("{}{from}{suffix}", spec.name),
        ColumnPattern::Prefixed => format!("{}…", spec.name),
    };
    Problem::error(Reason::ColumnMissing, format!("Column \"{name}\" is missing. Add it to the header (line {line})."))
        .at(name)
}
