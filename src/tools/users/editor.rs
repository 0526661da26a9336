//! The text editor that a user prefers: a preference of the account.

use super::command::filled;
use crate::model::{BoundColumn, Line, Problem, UserId};
use crate::site::Change;
use crate::tools::Planner;
use crate::tools::values::{CLEAR, invalid};

/// The preference, and the column.
pub(super) const HTML_EDITOR: &str = "htmleditor";

/// The editor without any buttons.
const PLAIN: &str = "textarea";

/// What a line says about the editor.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Editor {
    /// The one that the site offers first.
    Usual,
    /// That of this name.
    Named(String),
}

/// Reads the editor of a line. `None`: it stays as it is. Old files say 0 and 1: without and with buttons.
pub(super) fn read(column: Option<&BoundColumn>, line: &Line, problems: &mut Vec<Problem>) -> Option<Editor> {
    let (column, text) = filled(column, line)?;
    match text {
        CLEAR | "1" => Some(Editor::Usual),
        "0" => Some(Editor::Named(PLAIN.to_owned())),
        name if name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') =>
        {
            Some(Editor::Named(name.to_owned()))
        }
        _ => {
            problems.push(invalid(column, format!("{text:?} is not the name of an editor such as atto or {PLAIN}")));
            None
        }
    }
}

/// Brings the preference of a user to what the line says.
pub(super) fn apply(editor: &Editor, plan: &mut Planner<'_>, user: UserId) {
    let stored = plan.world.users.preference(user, HTML_EDITOR);
    let value = match editor {
        Editor::Usual => None,
        Editor::Named(name) => Some(name.clone()),
    };
    // No row is as good as an empty value.
    if stored.unwrap_or("") != value.as_deref().unwrap_or("") {
        plan.apply(Change::SetPreference { user, name: HTML_EDITOR, value });
    }
}
