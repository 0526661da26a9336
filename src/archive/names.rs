//! Names of entries: which of them are lines, and which cannot be used.

use crate::model::{Problem, Reason};
use zip::read::ZipFile;

/// Files that systems put beside those of people, in lower case.
const OF_SYSTEMS: [&str; 2] = ["thumbs.db", "desktop.ini"];
/// The folder in which macOS keeps what other systems have no place for.
const OF_MACOS: &str = "__MACOSX";

/// The name of an entry. Many writers use UTF-8 and do not say so.
pub(super) fn name<R: std::io::Read>(entry: &ZipFile<'_, R>) -> String {
    match str::from_utf8(entry.name_raw()) {
        Ok(name) => name.to_owned(),
        Err(_) => entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), Into::into),
    }
}

/// Whether an entry is a line: no folder, no link, nothing that a system left there.
pub(super) fn is_line<R: std::io::Read>(entry: &ZipFile<'_, R>, name: &str) -> bool {
    entry.is_file() && !is_junk(name)
}

fn is_junk(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    let is_hidden = last.starts_with('.') && last != "..";
    is_hidden
        || name.split('/').any(|part| part == OF_MACOS)
        || OF_SYSTEMS.iter().any(|other| last.eq_ignore_ascii_case(other))
}

/// Why a name cannot be used.
pub(super) fn check(name: &str) -> Result<(), Problem> {
    let wrong = if name.contains('\\') {
        "a backslash; write / between folders"
    } else if name.chars().any(char::is_control) {
        "a control character; take it out"
    } else if name.starts_with('/') {
        "a / at its beginning; take it out"
    } else if name.split('/').any(|part| part == "..") {
        "the folder \"..\"; pack the archive from the folder of the pictures"
    } else {
        return Ok(());
    };
    Err(Problem::error(Reason::EntryNameInvalid, format!("The name of the entry {name:?} has {wrong}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systems_leave_is_no_line() {
        for junk in ["__MACOSX/._a.jpg", "x/__MACOSX/a.jpg", ".DS_Store", "a/.hidden.jpg", "Thumbs.db", "b/DESKTOP.INI"]
        {
            assert!(is_junk(junk), "{junk}");
        }
        for line in ["a.jpg", "a/b/c.png", "__MACOSX.jpg", "desktop.ini.jpg", "..", "./a.jpg"] {
            assert!(!is_junk(line), "{line}");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for good in ["a.jpg", "class 1/é.png", "./a.jpg", "a..b.jpg", "a/...jpg"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["../a.jpg", "a/../../b.jpg", "/etc/a.jpg", "a\\b.jpg", "..\\a.jpg", "a\0.jpg", "a\n.jpg"] {
            assert_eq!(check(bad).unwrap_err().reason, Reason::EntryNameInvalid, "{bad:?}");
        }
    }
}
