//! What became of a line: outcome, changes, problems, and the counters over a run.

use super::{ByteSpan, LineNumber};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// An entity was created.
    Created,
    /// An existing entity was changed.
    Updated,
    /// Everything was as the line asks already.
    Unchanged,
    /// An entity was deleted.
    Deleted,
    /// A user or an enrolment was suspended.
    Suspended,
    /// A deleted or suspended entity was brought back.
    Restored,
    /// The entity exists (existence checks).
    Found,
    /// The entity does not exist (existence checks).
    NotFound,
    /// Nothing was to be done with this line by the options of the run.
    Skipped,
    /// The line was refused; a problem says why.
    Failed,
    /// The run ended before the line was reached.
    NotProcessed,
}

impl Outcome {
    /// Every outcome, in the order of reports.
    pub const ALL: [Outcome; 11] = [
        Self::Created,
        Self::Updated,
        Self::Unchanged,
        Self::Deleted,
        Self::Suspended,
        Self::Restored,
        Self::Found,
        Self::NotFound,
        Self::Skipped,
        Self::Failed,
        Self::NotProcessed,
    ];

    /// The name in reports and in machine-readable output: `NOT_PROCESSED`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Unchanged => "UNCHANGED",
            Self::Deleted => "DELETED",
            Self::Suspended => "SUSPENDED",
            Self::Restored => "RESTORED",
            Self::Found => "FOUND",
            Self::NotFound => "NOT_FOUND",
            Self::Skipped => "SKIPPED",
            Self::Failed => "FAILED",
            Self::NotProcessed => "NOT_PROCESSED",
        }
    }
}

/// Whether all that a line asks for was applied. Partial lines go to the tryback file like failed ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Completeness {
    /// All of it, or nothing was to be done.
    #[default]
    Complete,
    /// A part was not applied; the problems say which.
    Partial,
}

/// The entity that a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Entity {
    /// A user account.
    User,
    /// A course.
    Course,
    /// The enrolment of a user in a course.
    Enrolment,
}

/// What a line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Operation {
    /// Create it.
    Create,
    /// Change it.
    Update,
    /// Give it another name.
    Rename,
    /// Suspend it.
    Suspend,
    /// Bring a suspended or deleted one back.
    Restore,
    /// Delete it.
    Delete,
    /// Enrol or assign a role.
    Enrol,
    /// Unenrol or take a role away.
    Unenrol,
    /// Replace the roles of a user in a course.
    ShiftRole,
}

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// For information; the line was applied.
    Notice,
    /// Something was not taken as written; see whether the line is complete.
    Warning,
    /// The line, or a part of it, was not applied.
    Error,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// Why a line (or a file) has a problem. The name is part of the contract with clients.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant,)+];

            /// The name on the wire and in reports, in UPPER_SNAKE.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

reasons! {
    // Files.
    /// The file has no byte.
    FileEmpty = "FILE_EMPTY",
    /// Only comments and blank lines.
    HeaderMissing = "HEADER_MISSING",
    /// A header and nothing else.
    NoLines = "NO_LINES",
    /// The header seems to be written with another separator.
    WrongSeparator = "WRONG_SEPARATOR",
    /// A column name is not known to the tool.
    ColumnUnknown = "COLUMN_UNKNOWN",
    /// A column stands twice in the header.
    ColumnDuplicate = "COLUMN_DUPLICATE",
    /// A required column is missing.
    ColumnMissing = "COLUMN_MISSING",
    /// A column without a name.
    ColumnUnnamed = "COLUMN_UNNAMED",
    /// A column that is accepted and has no effect.
    ColumnIgnored = "COLUMN_IGNORED",
    /// Bytes that are not text.
    NotText = "NOT_TEXT",
    // Lines, before any tool.
    /// Bytes that are not valid in the charset of the file.
    InvalidEncoding = "INVALID_ENCODING",
    /// A quote is opened and never closed.
    UnterminatedQuote = "UNTERMINATED_QUOTE",
    /// Text between a closing quote and the next separator.
    BadQuote = "BAD_QUOTE",
    /// The line is longer than the limit.
    LineTooLong = "LINE_TOO_LONG",
    /// Fewer or more cells than the header has.
    CellCount = "CELL_COUNT",
    /// Filled cells beyond the header's last column.
    SurplusCells = "SURPLUS_CELLS",
    /// The run ended before this line.
    NotReached = "NOT_REACHED",
    // Values.
    /// A mandatory value is blank.
    ValueMissing = "VALUE_MISSING",
    /// A value does not have the form its column asks for.
    ValueInvalid = "VALUE_INVALID",
    /// A value is longer than its column.
    ValueTooLong = "VALUE_TOO_LONG",
    /// A date or time that cannot be read.
    TimeInvalid = "TIME_INVALID",
    /// A value was accepted in another form, or kept as it was.
    ValueAdjusted = "VALUE_ADJUSTED",
    /// A feature of the original that this service does not offer.
    Unsupported = "UNSUPPORTED",
    // Users.
    /// The identifier of the user is blank.
    UserIdEmpty = "USER_ID_EMPTY",
    /// No user has that identifier.
    UserUnknown = "USER_UNKNOWN",
    /// Several users have that identifier.
    UserAmbiguous = "USER_AMBIGUOUS",
    /// Another account has the user name.
    UsernameCollision = "USERNAME_COLLISION",
    /// Another account has the idnumber.
    IdnumberCollision = "IDNUMBER_COLLISION",
    /// Another account has the e-mail address.
    EmailCollision = "EMAIL_COLLISION",
    /// The stored e-mail address is protected and was kept.
    EmailProtected = "EMAIL_PROTECTED",
    /// Guest and administrators are protected from this operation.
    AccountProtected = "ACCOUNT_PROTECTED",
    /// The column `oldusername` is filled and renaming is switched off.
    RenameNotAllowed = "RENAME_NOT_ALLOWED",
    /// Both the old and the new user name exist.
    RenameTargetExists = "RENAME_TARGET_EXISTS",
    /// Neither the old nor the new user name exists.
    RenameSourceMissing = "RENAME_SOURCE_MISSING",
    /// The account was renamed already.
    AlreadyRenamed = "ALREADY_RENAMED",
    /// The account to delete does not exist (any more).
    DeleteMissing = "DELETE_MISSING",
    /// A new account needs a password and none is given.
    PasswordMissing = "PASSWORD_MISSING",
    /// The password does not meet the site's policy; the user must change it.
    PasswordPolicy = "PASSWORD_POLICY",
    /// No profile field has that short name.
    ProfileFieldUnknown = "PROFILE_FIELD_UNKNOWN",
    /// The value is not among the options of the profile field.
    ProfileBadOption = "PROFILE_BAD_OPTION",
    /// Another user has this value in a field whose values are unique.
    ProfileNotUnique = "PROFILE_NOT_UNIQUE",
    /// Several cohorts match.
    CohortAmbiguous = "COHORT_AMBIGUOUS",
    /// The cohort is managed by another component of Moodle.
    CohortManaged = "COHORT_MANAGED",
    /// A remote Moodle is named; remote enrolment is not offered.
    RemoteUnsupported = "REMOTE_UNSUPPORTED",
    // Courses and categories.
    /// The identifier of the course is blank.
    CourseIdEmpty = "COURSE_ID_EMPTY",
    /// No course has that identifier.
    CourseUnknown = "COURSE_UNKNOWN",
    /// Several courses have that identifier.
    CourseAmbiguous = "COURSE_AMBIGUOUS",
    /// The course exists and updates are switched off.
    CourseExists = "COURSE_EXISTS",
    /// The site's front page course is no target for this operation.
    SiteCourse = "SITE_COURSE",
    /// Another course has the short name.
    ShortnameCollision = "SHORTNAME_COLLISION",
    /// No category has that id or idnumber.
    CategoryUnknown = "CATEGORY_UNKNOWN",
    /// Several categories match; the one with the lowest id was taken.
    CategoryAmbiguous = "CATEGORY_AMBIGUOUS",
    /// The category path cannot be read.
    CategoryPathInvalid = "CATEGORY_PATH_INVALID",
    /// A category was created on the way.
    CategoryCreated = "CATEGORY_CREATED",
    /// The course format is not installed.
    FormatUnknown = "FORMAT_UNKNOWN",
    /// The teacher is not known, or not unique.
    TeacherUnknown = "TEACHER_UNKNOWN",
    /// A role is given for a teacher, and no account.
    TeacherMissing = "TEACHER_MISSING",
    /// Course content from a template is not offered.
    TemplateUnsupported = "TEMPLATE_UNSUPPORTED",
    // Enrolments and groups.
    /// The command is not known.
    CmdInvalid = "CMD_INVALID",
    /// The group command is not known.
    GroupCmdInvalid = "GROUP_CMD_INVALID",
    /// No role has that short name.
    RoleUnknown = "ROLE_UNKNOWN",
    /// The role is blank and the command needs one.
    RoleMissing = "ROLE_MISSING",
    /// The role was assigned already.
    RoleAlreadyAssigned = "ROLE_ALREADY_ASSIGNED",
    /// The enrolment method is not active in the course.
    EnrolMethodUnavailable = "ENROL_METHOD_UNAVAILABLE",
    /// The user is not enrolled (by this method).
    NotEnrolled = "NOT_ENROLLED",
    /// The course has no group of that name.
    GroupUnknown = "GROUP_UNKNOWN",
    /// Several groups of the course have that name.
    GroupAmbiguous = "GROUP_AMBIGUOUS",
    /// The user is not enrolled in the course, so cannot join its groups.
    GroupNotEnrolled = "GROUP_NOT_ENROLLED",
    /// The user has no role in the course, so cannot join its groups.
    GroupNoRole = "GROUP_NO_ROLE",
    /// The user is not in the group.
    NotMember = "NOT_MEMBER",
    /// The membership is protected and was kept.
    MembershipProtected = "MEMBERSHIP_PROTECTED",
    /// Nothing was to be done.
    NothingToDo = "NOTHING_TO_DO",
    /// A group was deleted because it had no members.
    EmptyGroupDeleted = "EMPTY_GROUP_DELETED",
    /// An empty group was kept, because something still refers to it.
    EmptyGroupInUse = "EMPTY_GROUP_IN_USE",
    // Applying.
    /// The database refused the change.
    SiteRefused = "SITE_REFUSED",
}

/// Something to tell about a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How much it weighs.
    pub severity: Severity,
    /// Why, for machines.
    pub reason: Reason,
    /// The column it is about, as named in the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What was wrong and what to do, for people. Never holds a password.
    pub message: String,
}

impl Problem {
    /// A problem that keeps the line, or a part of it, from being applied.
    pub fn error(reason: Reason, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, reason, column: None, message: message.into() }
    }

    /// A problem that should be looked at.
    pub fn warning(reason: Reason, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(reason, message) }
    }

    /// Something to know.
    pub fn notice(reason: Reason, message: impl Into<String>) -> Self {
        Self { severity: Severity::Notice, ..Self::error(reason, message) }
    }

    /// The same, about a column.
    pub fn at(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

/// One field that a line changes. Secrets are masked before they come here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field, in Moodle's words.
    #[serde(rename = "f")]
    pub field: Cow<'static, str>,
    /// The value before; empty where there was none.
    #[serde(rename = "b", default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// The value after; empty where there is none.
    #[serde(rename = "a", default, skip_serializing_if = "String::is_empty")]
    pub after: String,
}

/// What became of one line. The journal is a list of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineResult {
    /// First physical line of the record.
    pub line: LineNumber,
    /// Where the record stands in the source, for the tryback file.
    pub span: ByteSpan,
    /// What it is about.
    pub entity: Entity,
    /// The identifier of the entity as the line gives it: a user name, `course/user`.
    pub key: String,
    /// What it asks for.
    pub operation: Operation,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether all of it was applied.
    #[serde(default)]
    pub completeness: Completeness,
    /// Moodle's id of the entity, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moodle_id: Option<i64>,
    /// What changed, or in a dry run would change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// What there is to tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

impl LineResult {
    /// Whether the line belongs into the tryback file.
    pub fn needs_retry(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::NotProcessed) || self.completeness == Completeness::Partial
    }
}

/// How many lines had which outcome. The outcomes add up to the lines read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counters {
    by_outcome: [u64; Outcome::ALL.len()],
    /// Lines of any outcome of which a part was not applied.
    pub partial: u64,
    /// Problems of severity warning.
    pub warnings: u64,
}

impl Counters {
    /// Counts a line.
    pub fn add(&mut self, result: &LineResult) {
        self.by_outcome[result.outcome as usize] += 1;
        self.partial += u64::from(result.completeness == Completeness::Partial);
        self.warnings += result.problems.iter().filter(|p| p.severity == Severity::Warning).count() as u64;
    }

    /// Counts lines that have an outcome and no result of their own.
    pub fn add_many(&mut self, outcome: Outcome, lines: u64) {
        self.by_outcome[outcome as usize] += lines;
    }

    /// Adds other counters to these.
    pub fn merge(&mut self, other: &Counters) {
        for (mine, theirs) in self.by_outcome.iter_mut().zip(other.by_outcome) {
            *mine += theirs;
        }
        self.partial += other.partial;
        self.warnings += other.warnings;
    }

    /// How many lines had this outcome.
    pub fn get(&self, outcome: Outcome) -> u64 {
        self.by_outcome[outcome as usize]
    }

    /// Lines read: the sum over all outcomes.
    pub fn lines(&self) -> u64 {
        self.by_outcome.iter().sum()
    }

    /// Lines that go to the tryback file.
    pub fn to_retry(&self) -> u64 {
        self.get(Outcome::Failed) + self.get(Outcome::NotProcessed) + self.partial
    }
}
