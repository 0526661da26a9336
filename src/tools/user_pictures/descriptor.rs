//! What the tool for pictures says about itself.

use crate::model::{ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind};

pub(super) const ENTRY: &str = "entry";
pub(super) const IDENTIFIER: &str = "identifier";
pub(super) const HOSTED_USERNAME: &str = "hostedusername";
pub(super) const OVERWRITE: &str = "overwrite";

/// What the names of pictures end in, in lower case.
pub(super) const EXTENSIONS: [&str; 5] = ["png", "jpg", "jpeg", "gif", "webp"];

pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::UserPictures,
    summary: "Gives users the pictures of an archive, scaled as Moodle does it. A picture that a user has already is \
              recognised and left alone.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Archive,
    case_insensitive_header: false,
    exact_cell_count: false,
    columns: &[ColumnSpec::exact(
        ENTRY,
        "Name of an entry: folders as you like, then the identifier of the user, a dot, and png, jpg, jpeg, gif or webp in \
         any case. What kind of picture it is, the content decides. Of several for one user the last one in the archive \
         counts. Other entries are left aside with a warning; hidden files, __MACOSX, Thumbs.db and desktop.ini without one.",
    )
    .required()],
    options: &[
        OptionSpec {
            name: IDENTIFIER,
            kind: OptionKind::Choice(&["id", "idnumber", "username", "email", HOSTED_USERNAME]),
            default: "username",
            original: "userpictures_userfield",
            help: "What the names of the pictures identify users by. A hostedusername is username@HOST with the id of the \
                   MNet host; only those of the site itself are taken.",
        },
        OptionSpec {
            name: OVERWRITE,
            kind: OptionKind::Flag,
            default: "true",
            original: "userpictures_overwrite",
            help: "Replace the picture of a user who has one. Otherwise it stays, with a notice.",
        },
    ],
    default_file_names: &["userpictures.zip"],
    sample: "a.kone.jpg\nclass1/b.roy.png\n",
};
