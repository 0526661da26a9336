//! Which tool a command file is meant for: by its header, and by its name where the header leaves a doubt.
//!
//! What the tools' columns are is known from the server alone.

use crate::rpc::pb;
use std::fmt;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// So many bytes of a file are enough to see its header.
const HEAD_BYTES: u64 = 64 * 1024;

/// The beginning of a file, with its header.
pub(super) fn head(file: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    std::fs::File::open(file)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

/// A file that may be meant for several tools, or for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The file.
    pub file: PathBuf,
    /// The names of the tools whose columns it has. Empty if no tool has them all.
    pub candidates: Vec<String>,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        if self.candidates.is_empty() {
            write!(f, "{file}: its header fits no tool, and its name tells none")
        } else {
            write!(f, "{file}: its header fits the tools {}", self.candidates.join(", "))
        }
    }
}

impl Doubt {
    /// What to do about it.
    pub(super) fn hint(&self) -> String {
        let tool = self.candidates.first().map_or("TOOL", String::as_str);
        format!("say which tool is meant, like `toolsync run {tool} {}`", self.file.display())
    }
}

/// The place of the one tool that a file is meant for. `head` is the beginning of the file. A tool that destroys is
/// never chosen: its file must be named to it.
pub(super) fn recognise(file: &Path, head: &[u8], tools: &[pb::ToolDescriptor]) -> Result<usize, Doubt> {
    if is_archive(file, head) {
        return recognise_archive(file, tools);
    }
    let fitting = fitting(head, tools);
    let may_be_chosen = |tool: &usize| tools[*tool].impact() != pb::Impact::Destroys;
    if let [only] = fitting[..]
        && may_be_chosen(&only)
    {
        return Ok(only);
    }
    let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    // Without any that fits, the name alone decides, and the server says what is wrong with the header.
    let texts = || (0..tools.len()).filter(|tool| tools[*tool].layout() != pb::FileLayout::Archive);
    let pool = if fitting.is_empty() { texts().collect() } else { fitting.clone() };
    let named = pool.into_iter().filter(|tool| may_be_chosen(tool) && is_named_after(&name, &tools[*tool]));
    let mut named: Vec<usize> = named.collect();
    // A list has nothing but its name to be known by: it stands back where another tool is named too.
    if named.iter().any(|tool| has_header(&tools[*tool])) {
        named.retain(|tool| has_header(&tools[*tool]));
    }
    match named[..] {
        [only] => Ok(only),
        _ => {
            let candidates = fitting.into_iter().map(|tool| tools[tool].name.clone()).collect();
            Err(Doubt { file: file.to_owned(), candidates })
        }
    }
}

/// Whether a file is a zip archive, or was meant to be one.
fn is_archive(file: &Path, head: &[u8]) -> bool {
    head.starts_with(b"PK") || file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// The place of the one tool that takes archives, or of the one that the name tells among several.
fn recognise_archive(file: &Path, tools: &[pb::ToolDescriptor]) -> Result<usize, Doubt> {
    let takes = |tool: &usize| {
        tools[*tool].layout() == pb::FileLayout::Archive && tools[*tool].impact() != pb::Impact::Destroys
    };
    let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let fitting: Vec<usize> = (0..tools.len()).filter(takes).collect();
    let named: Vec<usize> = fitting.iter().copied().filter(|tool| is_named_after(&name, &tools[*tool])).collect();
    match (&fitting[..], &named[..]) {
        ([only], _) | (_, [only]) => Ok(*only),
        _ => {
            let candidates = fitting.into_iter().map(|tool| tools[tool].name.clone()).collect();
            Err(Doubt { file: file.to_owned(), candidates })
        }
    }
}

/// The places of the tools whose columns a file has.
fn fitting(head: &[u8], tools: &[pb::ToolDescriptor]) -> Vec<usize> {
    let headers = possible_headers(head);
    (0..tools.len()).filter(|tool| headers.iter().any(|header| fits(&tools[*tool], header))).collect()
}

/// The name of the one tool whose columns a file has that was refused by `refusing`.
pub(super) fn other_tool<'t>(
    head: &[u8],
    refusing: &pb::ToolDescriptor,
    tools: &'t [pb::ToolDescriptor],
) -> Option<&'t str> {
    match fitting(head, tools)[..] {
        [only] => Some(tools[only].name.as_str()).filter(|name| *name != refusing.name),
        _ => None,
    }
}

fn is_named_after(file: &str, tool: &pb::ToolDescriptor) -> bool {
    file.starts_with(&tool.name) || tool.default_file_names.iter().any(|name| name.eq_ignore_ascii_case(file))
}

/// The header as each separator would have it. Which one is right, the server knows.
fn possible_headers(head: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}');
    let Some(line) = text.split(['\r', '\n']).find(|line| !line.trim().is_empty() && !line.starts_with('#')) else {
        return Vec::new();
    };
    [b';', b',', b'\t'].into_iter().filter_map(|separator| cells(line, separator)).collect()
}

fn cells(line: &str, separator: u8) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(|cell| cell.trim().to_owned()).collect())
}

/// Whether a tool knows all columns and finds all that it requires.
fn fits(tool: &pb::ToolDescriptor, header: &[String]) -> bool {
    let folded: Vec<String> = header.iter().map(|name| fold(name, tool)).collect();
    let known = |name: &String| tool.columns.iter().any(|column| is_column(name, column, tool));
    let present = |column: &pb::ColumnDescriptor| folded.iter().any(|name| is_column(name, column, tool));
    has_header(tool) && folded.iter().all(known) && tool.columns.iter().filter(|column| column.required).all(present)
}

fn has_header(tool: &pb::ToolDescriptor) -> bool {
    !matches!(tool.layout(), pb::FileLayout::Positional | pb::FileLayout::WholeLine | pb::FileLayout::Archive)
}

fn fold(name: &str, tool: &pb::ToolDescriptor) -> String {
    if tool.case_insensitive_header { name.to_lowercase() } else { name.to_owned() }
}

fn is_column(name: &str, column: &pb::ColumnDescriptor, tool: &pb::ToolDescriptor) -> bool {
    let mut stems = std::iter::once(&column.name).chain(&column.aliases).map(|stem| fold(stem, tool));
    match column.pattern() {
        pb::ColumnPattern::Numbered => stems.any(|stem| is_numbered(name, &stem, column, tool)),
        pb::ColumnPattern::Prefixed => {
            stems.any(|stem| name.strip_prefix(stem.as_str()).is_some_and(|tail| !tail.is_empty()))
        }
        pb::ColumnPattern::Exact | pb::ColumnPattern::Unspecified => stems.any(|stem| name == stem),
    }
}

fn is_numbered(name: &str, stem: &str, column: &pb::ColumnDescriptor, tool: &pb::ToolDescriptor) -> bool {
    let suffix = fold(&column.suffix, tool);
    let digits = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(suffix.as_str())).unwrap_or_default();
    let written_plainly =
        digits.bytes().all(|digit| digit.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    let range = column.first_number.unwrap_or(0)..=column.last_number.unwrap_or(u32::MAX);
    written_plainly && digits.parse().is_ok_and(|number| range.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> pb::ColumnDescriptor {
        pb::ColumnDescriptor {
            name: name.to_owned(),
            pattern: pb::ColumnPattern::Exact as i32,
            ..pb::ColumnDescriptor::default()
        }
    }

    fn required(name: &str) -> pb::ColumnDescriptor {
        pb::ColumnDescriptor { required: true, ..column(name) }
    }

    fn tools() -> Vec<pb::ToolDescriptor> {
        let topic = pb::ColumnDescriptor {
            pattern: pb::ColumnPattern::Numbered as i32,
            first_number: Some(1),
            last_number: Some(20),
            suffix: "_name".to_owned(),
            ..column("topic")
        };
        let field = pb::ColumnDescriptor { pattern: pb::ColumnPattern::Prefixed as i32, ..column("profile_field_") };
        let tool = |name: &str, columns| pb::ToolDescriptor { name: name.to_owned(), columns, ..Default::default() };
        let alias = pb::ColumnDescriptor { aliases: vec!["role".to_owned()], ..column("rolename") };
        let mut enrolments = tool("enrolments", vec![required("cid"), required("uid"), alias, column("note")]);
        enrolments.default_file_names = vec!["enrol.csv".to_owned()];
        vec![
            tool("courses", vec![required("shortname"), column("idnumber"), column("note"), topic]),
            pb::ToolDescriptor {
                case_insensitive_header: true,
                ..tool("users", vec![column("username"), column("idnumber"), column("note"), field])
            },
            enrolments,
        ]
    }

    fn tool_of(file: &str, head: &str) -> Result<String, Vec<String>> {
        let tools = tools();
        match recognise(Path::new(file), head.as_bytes(), &tools) {
            Ok(tool) => Ok(tools[tool].name.clone()),
            Err(doubt) => Err(doubt.candidates),
        }
    }

    #[test]
    fn the_header_tells_the_tool() {
        let cases = [
            ("shortname;idnumber\nA;B\n", "courses"),
            ("shortname;topic1_name;topic20_name\n", "courses"),
            ("\u{feff}# a comment\r\n\r\nusername;idnumber\r\n", "users"),
            ("USERNAME,profile_field_Campus\n", "users"),
            ("\"cid\"\t\" uid \"\trole\n", "enrolments"),
        ];
        for (head, expected) in cases {
            assert_eq!(tool_of("x.csv", head), Ok(expected.to_owned()), "{head}");
        }
    }

    #[test]
    fn the_columns_of_another_tool_are_recognised() {
        let tools = tools();
        let head = b"shortname;topic1_name\n";
        assert_eq!(other_tool(head, &tools[1], &tools), Some("courses"));
        assert_eq!(other_tool(head, &tools[0], &tools), None);
        assert_eq!(other_tool(b"name;species\n", &tools[1], &tools), None);
    }

    #[test]
    fn the_name_decides_where_the_header_fits_several() {
        // `idnumber` and `note` are columns of courses too, but those need a short name.
        assert_eq!(tool_of("x.csv", "idnumber;note\n"), Ok("users".to_owned()));
        let mut tools = tools();
        tools[0].columns[0].required = false;
        let head = b"idnumber;note\n";
        let place = |file: &str| recognise(Path::new(file), head, &tools);
        assert_eq!(place("in/courses-2025.csv"), Ok(0));
        assert_eq!(place("Users.csv"), Ok(1));
        let doubt = place("x.csv").unwrap_err();
        assert_eq!(doubt.to_string(), "x.csv: its header fits the tools courses, users");
        assert_eq!(doubt.hint(), "say which tool is meant, like `toolsync run courses x.csv`");
        // A name cannot choose a tool that the header rules out.
        assert!(place("enrol.csv").is_err());
    }

    #[test]
    fn a_list_is_known_by_its_name_alone() {
        let mut tools = tools();
        tools.push(pb::ToolDescriptor {
            name: "check_courses".to_owned(),
            columns: vec![column("identifier")],
            layout: pb::FileLayout::Positional as i32,
            default_file_names: vec!["courses.csv".to_owned()],
            ..Default::default()
        });
        let place = |file: &str, head: &str| recognise(Path::new(file), head.as_bytes(), &tools);
        assert_eq!(place("check_courses_2025.csv", "A1;Algebra\n"), Ok(3));
        assert!(place("x.csv", "identifier\n").is_err(), "a list has no header");
        assert_eq!(place("courses.csv", "A1;Algebra\n"), Ok(0), "the server says what is wrong with the header");
    }

    #[test]
    fn an_archive_is_for_the_tool_that_takes_archives() {
        let mut tools = tools();
        let place = |file: &str, head: &[u8], tools: &[pb::ToolDescriptor]| recognise(Path::new(file), head, tools);
        assert!(place("users.zip", b"PK\x03\x04", &tools).is_err());
        tools.push(pb::ToolDescriptor {
            name: "user_pictures".to_owned(),
            columns: vec![column("entry")],
            layout: pb::FileLayout::Archive as i32,
            ..Default::default()
        });
        assert_eq!(place("september.zip", b"PK\x03\x04", &tools), Ok(3));
        assert_eq!(place("september", b"PK\x05\x06", &tools), Ok(3));
        assert_eq!(place("broken.ZIP", b"", &tools), Ok(3), "the server says what is wrong with it");
        assert!(place("user_pictures.csv", b"entry\n", &tools).is_err(), "a text is no archive");
    }

    #[test]
    fn what_destroys_is_never_chosen() {
        let mut tools = tools();
        let deletion = pb::ToolDescriptor {
            name: "delete_users".to_owned(),
            columns: vec![column("username")],
            impact: pb::Impact::Destroys as i32,
            default_file_names: vec!["userdelete.csv".to_owned()],
            ..Default::default()
        };
        tools.push(deletion.clone());
        let suspension = pb::ToolDescriptor { name: "suspend_users".to_owned(), impact: 0, ..deletion };
        let place = |file: &str, tools: &[pb::ToolDescriptor]| recognise(Path::new(file), b"username\n", tools);
        let doubt = place("delete_users.csv", &tools[3..]).unwrap_err();
        assert_eq!(doubt.hint(), "say which tool is meant, like `toolsync run delete_users delete_users.csv`");
        assert!(place("userdelete.csv", &tools[3..]).is_err());
        tools.push(suspension);
        assert!(place("delete_users.csv", &tools[3..]).is_err());
        assert_eq!(place("suspend_users_2025.csv", &tools[3..]), Ok(1));
    }

    #[test]
    fn the_name_decides_where_the_header_fits_none() {
        assert_eq!(tool_of("enrol.csv", "cid;nonsense\n"), Ok("enrolments".to_owned()));
        assert_eq!(tool_of("users.csv", ""), Ok("users".to_owned()));
        for head in ["", "# nothing\n", "topic0_name;shortname\n", "topic01_name;shortname\n", "cid\n"] {
            assert_eq!(tool_of("x.csv", head), Err(vec![]), "{head}");
        }
    }
}
