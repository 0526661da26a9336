//! What a tool says about itself: its columns, its options, its names.

use serde::{Deserialize, Serialize};

/// The tools. The wire and the command line use [`ToolKind::name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolKind {
    /// Courses: say which of a list exist.
    CheckCourses,
    /// Courses: delete those of a list.
    DeleteCourses,
    /// Courses: create and update, with their categories.
    Courses,
    /// Categories: delete the empty ones.
    CleanCategories,
    /// Users: delete the accounts of a list.
    DeleteUsers,
    /// Users: bring deleted accounts back.
    ReviveUsers,
    /// Users: create, update, rename, suspend, delete, revive.
    Users,
    /// Users: let suspended accounts in again.
    RestoreUsers,
    /// Users: suspend the accounts of a list.
    SuspendUsers,
    /// Cohorts and who is in them.
    Cohorts,
    /// Groups and groupings of courses.
    Groups,
    /// Which cohorts are enrolled in which courses.
    CohortBindings,
    /// Enrolments: roles and groups of users in courses.
    Enrolments,
    /// Which courses take over the participants of others.
    Metacourses,
    /// Who is in which group.
    GroupMembers,
    /// Courses: take away what people did in them.
    ResetCourses,
    /// Users: the pictures of their profiles, from an archive.
    UserPictures,
    /// Users: the hashes of pictures that are there already.
    PictureHashes,
}

impl ToolKind {
    /// Every tool, in the order in which their files depend on each other.
    pub const ALL: [ToolKind; 18] = [
        ToolKind::ResetCourses,
        ToolKind::CheckCourses,
        ToolKind::DeleteCourses,
        ToolKind::Courses,
        ToolKind::CleanCategories,
        ToolKind::DeleteUsers,
        ToolKind::ReviveUsers,
        ToolKind::Users,
        ToolKind::RestoreUsers,
        ToolKind::SuspendUsers,
        ToolKind::Cohorts,
        ToolKind::Groups,
        ToolKind::CohortBindings,
        ToolKind::Enrolments,
        ToolKind::Metacourses,
        ToolKind::GroupMembers,
        ToolKind::UserPictures,
        ToolKind::PictureHashes,
    ];

    /// The name used on the command line, in reports and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::CheckCourses => "check_courses",
            Self::DeleteCourses => "delete_courses",
            Self::Courses => "courses",
            Self::CleanCategories => "clean_categories",
            Self::DeleteUsers => "delete_users",
            Self::ReviveUsers => "revive_users",
            Self::Users => "users",
            Self::RestoreUsers => "restore_users",
            Self::SuspendUsers => "suspend_users",
            Self::Cohorts => "cohorts",
            Self::Groups => "groups",
            Self::CohortBindings => "cohort_bindings",
            Self::Enrolments => "enrolments",
            Self::Metacourses => "metacourses",
            Self::GroupMembers => "group_members",
            Self::ResetCourses => "reset_courses",
            Self::UserPictures => "user_pictures",
            Self::PictureHashes => "picture_hashes",
        }
    }

    /// The tool with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }
}

impl std::fmt::Display for ToolKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What a run of a tool does to a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impact {
    /// It only looks: its runs hold no writer and go beside those that write.
    Reads,
    /// It creates and changes.
    Changes,
    /// Deleting is its purpose: its file must be named, and is never found by its name alone.
    Destroys,
}

/// How the lines of a command file are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The first line names the columns.
    Header,
    /// A list without a header: the cells come in the order of the columns, and those beyond mean nothing.
    Positional,
    /// A list without a header: a line is one value, whatever separators are in it.
    WholeLine,
    /// No text at all: a zip archive whose entries are the lines. The only cell of a line is the name of its entry. What
    /// the entries hold goes into the site's file pool.
    Archive,
}

/// Whether a run of a tool must name a command file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileNeed {
    /// It must.
    Required,
    /// Without one the tool makes its own list, as the site is when the run is accepted.
    Optional,
}

/// How the name of a column is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnPattern {
    /// The name itself.
    Exact,
    /// The name followed by a number of at least the given value, without leading zeros: `course1`.
    Numbered {
        /// Smallest number.
        from: u32,
        /// Largest number.
        to: u32,
        /// What follows the number: `_account` in `teacher1_account`; often empty.
        suffix: &'static str,
    },
    /// The name followed by any text: `profile_field_<shortname>`. The text keeps its case.
    Prefixed,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Text: names, identifiers, addresses.
    Text,
    /// A whole number in plain digits.
    Number,
    /// `1` or `0` (also yes/no, true/false, on/off).
    Switch,
    /// A day, a day with a time, or Unix seconds.
    Time,
    /// One of these words, in any case.
    Words(&'static [WordSpec]),
}

/// A word that a cell may hold: a verb of a command column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordSpec {
    /// The word.
    pub word: &'static str,
    /// What it does.
    pub help: &'static str,
}

impl WordSpec {
    /// A word and what it does.
    pub const fn new(word: &'static str, help: &'static str) -> Self {
        Self { word, help }
    }
}

/// What empties the stored value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clearing {
    /// Nothing: the value cannot be empty, or the column stores none.
    Never,
    /// `*CLEAR*`.
    Marker,
    /// A blank cell, and `*CLEAR*`.
    Blank,
}

/// One column that a tool understands.
#[derive(Debug, Clone, Copy)]
pub struct ColumnSpec {
    /// Its name, or the part before the number or the free text.
    pub name: &'static str,
    /// How it is matched.
    pub pattern: ColumnPattern,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What its cells hold.
    pub cells: CellKind,
    /// What empties it.
    pub clearing: Clearing,
    /// Whether a header without it is refused.
    pub required: bool,
    /// Accepted, without effect, and noticed once a file: columns of older versions.
    pub ignored: bool,
    /// What it means, which values it takes, in one or two sentences.
    pub help: &'static str,
}

impl ColumnSpec {
    /// A column of text with an exact name. Nothing empties it.
    pub const fn exact(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            pattern: ColumnPattern::Exact,
            aliases: &[],
            cells: CellKind::Text,
            clearing: Clearing::Never,
            required: false,
            ignored: false,
            help,
        }
    }

    /// A numbered column: `<name><n><suffix>` with n from `from` to `to`.
    pub const fn numbered(name: &'static str, from: u32, to: u32, suffix: &'static str, help: &'static str) -> Self {
        Self { pattern: ColumnPattern::Numbered { from, to, suffix }, ..Self::exact(name, help) }
    }

    /// A column whose name goes on with free text.
    pub const fn prefixed(name: &'static str, help: &'static str) -> Self {
        Self { pattern: ColumnPattern::Prefixed, ..Self::exact(name, help) }
    }

    /// The same, required.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, accepted without effect.
    pub const fn ignored(mut self) -> Self {
        self.ignored = true;
        self
    }

    /// The same, with cells of another kind.
    pub const fn of(mut self, cells: CellKind) -> Self {
        self.cells = cells;
        self
    }

    /// The same, emptied by that.
    pub const fn cleared_by(mut self, clearing: Clearing) -> Self {
        self.clearing = clearing;
        self
    }

    /// The same, with other names.
    pub const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }
}

/// What values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionKind {
    /// `true`/`false` (also 1/0, yes/no, on/off).
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any text.
    Text,
}

/// One option of a tool, settable for a run.
#[derive(Debug, Clone, Copy)]
pub struct OptionSpec {
    /// Its name: `identifier`.
    pub name: &'static str,
    /// Its values.
    pub kind: OptionKind,
    /// The value when it is not given.
    pub default: &'static str,
    /// The setting of the Moodle plugin *Tool Sync* with the same meaning; empty where it has none.
    pub original: &'static str,
    /// What it does.
    pub help: &'static str,
}

/// What a tool says about itself.
#[derive(Debug, Clone, Copy)]
pub struct ToolDescriptor {
    /// Which tool.
    pub kind: ToolKind,
    /// A sentence on what it does.
    pub summary: &'static str,
    /// What its runs do to a site.
    pub impact: Impact,
    /// Whether its runs must name a file.
    pub file: FileNeed,
    /// How its files are laid out.
    pub layout: Layout,
    /// Whether column names are compared without regard to case.
    pub case_insensitive_header: bool,
    /// Whether a line with fewer or more cells than the header is refused (otherwise: missing cells
    /// are absent, surplus filled cells give a warning).
    pub exact_cell_count: bool,
    /// Its columns.
    pub columns: &'static [ColumnSpec],
    /// Its options.
    pub options: &'static [OptionSpec],
    /// File names (without folder) under which the original looked for this tool's file.
    pub default_file_names: &'static [&'static str],
    /// A small valid command file. Of an archive: the names of its entries, one a line.
    pub sample: &'static str,
}
