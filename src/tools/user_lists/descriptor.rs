//! What the tools for lists of accounts say about themselves.

use crate::model::{ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind};
use crate::site::UserKey;

pub(super) const IDENTIFIER: &str = "identifier";

const fn list(kind: ToolKind, summary: &'static str, impact: Impact, names: &'static [&'static str]) -> ToolDescriptor {
    ToolDescriptor {
        kind,
        summary,
        impact,
        file: FileNeed::Required,
        layout: Layout::Header,
        case_insensitive_header: true,
        exact_cell_count: false,
        columns: COLUMNS,
        options: OPTIONS,
        default_file_names: names,
        sample: "idnumber;username\nE100;a.kone\nE101;b.roy\n",
    }
}

/// The tool that deletes.
pub(super) static DELETE: ToolDescriptor = list(
    ToolKind::DeleteUsers,
    "Deletes the accounts of a list as Moodle does it, with their enrolments, roles and memberships.",
    Impact::Destroys,
    &["userdelete.csv"],
);

/// The tool that suspends.
pub(super) static SUSPEND: ToolDescriptor = list(
    ToolKind::SuspendUsers,
    "Suspends the accounts of a list and ends their sessions. Enrolments stay.",
    Impact::Changes,
    &["usersuspend.csv"],
);

/// The tool that lets in again.
pub(super) static RESTORE: ToolDescriptor = list(
    ToolKind::RestoreUsers,
    "Lets the suspended accounts of a list in again.",
    Impact::Changes,
    &["userrestore.csv"],
);

const fn key(name: &'static str, help: &'static str) -> ColumnSpec {
    ColumnSpec::exact(name, help)
}

const COLUMNS: &[ColumnSpec] = &[
    key("idnumber", "Identifies the account where the option identifier is idnumber; otherwise without effect."),
    key("username", "Identifies the account where the option identifier is username; otherwise without effect."),
    key("email", "Identifies the account where the option identifier is email; otherwise without effect."),
    key("id", "Moodle's id: identifies the account where the option identifier is id; otherwise without effect."),
    key("firstname", "For people who read the file; without effect."),
    key("lastname", "For people who read the file; without effect."),
];

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: IDENTIFIER,
    kind: OptionKind::Choice(UserKey::WORDS),
    default: "idnumber",
    original: "users_primaryidentity",
    help: "The column that identifies an account. It must be in the file.",
}];
