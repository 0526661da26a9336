//! Names of rows that are the same on every database, in place of ids: `ada` for a user, `BIO/manual` for the manual
//! enrolment of the course BIO.

use super::references::{self, Reference};
use crate::site::file_pool::sha1_hex;
use crate::site::sql::tests::dump::{Dump, Row};

/// The rows of a site before and after, as one. Rows keep the names that they had before.
pub(super) struct Names<'d> {
    before: &'d Dump,
    after: &'d Dump,
}

impl<'d> Names<'d> {
    pub(super) fn of(before: &'d Dump, after: &'d Dump) -> Self {
        Self { before, after }
    }

    fn row(&self, table: &str, id: i64) -> Option<&'d Row> {
        let find = |dump: &'d Dump| dump.get(table)?.get(&id);
        find(self.before).or_else(|| find(self.after))
    }

    /// The name of a row; its number where rows of the table have none, or it does not exist.
    pub(super) fn name(&self, table: &str, id: i64) -> String {
        let Some(row) = self.row(table, id) else { return format!("{table}#{id}") };
        let text = |column: &str| row[column].clone().unwrap_or_default();
        let of = |column: &str| self.show(table, row, column);
        match table {
            "user" => text("username"),
            "course" | "role" | "user_info_field" => text("shortname"),
            "course_categories" | "user_info_category" | "cohort" | "modules" | "tag" => text("name"),
            "context" => match text("contextlevel").as_str() {
                "10" => "system".to_owned(),
                "30" => format!("user:{}", of("instanceid")),
                "40" => format!("category:{}", of("instanceid")),
                "50" => format!("course:{}", of("instanceid")),
                "70" => format!("module:{}", of("instanceid")),
                level => format!("{level}:{}", of("instanceid")),
            },
            "enrol" => format!("{}/{}", of("courseid"), text("enrol")),
            "groups" | "groupings" | "message_conversations" => {
                let owner = if table == "message_conversations" { "conversation".to_owned() } else { of("courseid") };
                format!("{owner}/{}", text("name"))
            }
            "forum" => format!("{}/{}", of("course"), text("name")),
            "course_modules" => format!("{}@{}", of("module"), of("instance")),
            "course_sections" => format!("{}/{}", of("course"), text("section")),
            "grade_items" => format!("{}/{}", of("courseid"), text("itemname")),
            "grade_grades" => format!("{} of {}", of("itemid"), of("userid")),
            "files" => format!("{}/{}", of("contextid"), text("filename")),
            "block_instances" => format!("{}@{}", text("blockname"), of("parentcontextid")),
            _ => format!("{table}#{id}"),
        }
    }

    /// The value of a column as expectations have it.
    pub(super) fn show(&self, table: &str, row: &Row, column: &str) -> String {
        let value = row[column].clone().unwrap_or_else(|| "null".to_owned());
        if let Some(words) = of_pictures(table, row, column) {
            return words.to_owned();
        }
        match references::of(table, row, column) {
            Some(Reference::To(_)) if value == "0" => value,
            Some(Reference::To(other)) => value.parse().map_or(value, |id| self.name(other, id)),
            Some(Reference::Path(other)) => self.each(&value, '/', other),
            Some(Reference::List(other)) => self.each(&value, ',', other),
            None => references::plain(column, &value),
        }
    }

    fn each(&self, value: &str, separator: char, table: &str) -> String {
        let name = |part: &str| part.parse().map_or(part.to_owned(), |id| self.name(table, id));
        value.split(separator).map(name).collect::<Vec<_>>().join(&separator.to_string())
    }
}

/// The SHA-1 of no byte.
const NOTHING: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

/// What stands for hashes and sizes, which are up to the encoders of pictures and to ids.
fn of_pictures(table: &str, row: &Row, column: &str) -> Option<&'static str> {
    let text = |column: &str| row.get(column).and_then(Option::as_deref).unwrap_or_default();
    let is_hash = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match (table, column) {
        ("files", "pathnamehash") if text(column) == path_hash(row) => Some("<path>"),
        ("files", "contenthash") if text(column) == NOTHING => Some("<nothing>"),
        ("files", "contenthash") if is_hash(text(column), 40) => Some("<sha1>"),
        ("files", "filesize") if is_hash(text("contenthash"), 40) && text(column) != "0" => Some("<bytes>"),
        ("user_info_data", "data") if is_hash(text(column), 32) => Some("<md5>"),
        _ => None,
    }
}

/// What Moodle finds a file by: the SHA-1 of where it lies.
fn path_hash(row: &Row) -> String {
    let text = |column: &str| row[column].clone().unwrap_or_default();
    let place = ["contextid", "component", "filearea", "itemid"].map(|column| format!("/{}", text(column))).concat();
    sha1_hex(format!("{place}{}{}", text("filepath"), text("filename")).as_bytes())
}
