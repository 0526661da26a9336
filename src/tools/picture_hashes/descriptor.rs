//! What the tool for hashes of pictures says about itself.

use crate::model::{ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind};
use crate::site::UserKey;

pub(super) const IDENTIFIER: &str = "identifier";

/// The tool.
pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::PictureHashes,
    summary: "Notes the hashes of pictures that users have and that came by other ways than user_pictures: those of a \
              list, or without a file all that have none.",
    impact: Impact::Changes,
    file: FileNeed::Optional,
    layout: Layout::Positional,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: &[
        ColumnSpec::exact(
            IDENTIFIER,
            "User name, idnumber, e-mail address or id of a user; see the option identifier.",
        )
        .required(),
        ColumnSpec::exact("name", "Who it is, for people; without effect."),
    ],
    options: &[OptionSpec {
        name: IDENTIFIER,
        kind: OptionKind::Choice(UserKey::WORDS),
        default: "username",
        original: "",
        help: "What the list holds. Without a file, username or id.",
    }],
    default_file_names: &[],
    sample: "a.kone;Awa Koné\nb.roy;Bob Roy\n",
};
