//! Why a line, or a file, has a problem: the words that clients may rely on.

use serde::{Deserialize, Serialize};

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
    /// The identifier of the cohort is blank.
    CohortIdEmpty = "COHORT_ID_EMPTY",
    /// No cohort has that identifier.
    CohortUnknown = "COHORT_UNKNOWN",
    /// Another cohort has the name or the idnumber.
    CohortConflict = "COHORT_CONFLICT",
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
    /// The category is not empty.
    CategoryNotEmpty = "CATEGORY_NOT_EMPTY",
    /// The category holds cohorts, questions, content or roles, and was kept.
    CategoryInUse = "CATEGORY_IN_USE",
    /// The site cannot do without the category.
    CategoryNeeded = "CATEGORY_NEEDED",
    /// The course format is not installed.
    FormatUnknown = "FORMAT_UNKNOWN",
    /// The teacher is not known, or not unique.
    TeacherUnknown = "TEACHER_UNKNOWN",
    /// A role is given for a teacher, and no account.
    TeacherMissing = "TEACHER_MISSING",
    /// The course holds activities of modules that do not come with Moodle, which only Moodle can delete.
    ActivityForeign = "ACTIVITY_FOREIGN",
    /// The course has no activity with that id.
    ActivityUnknown = "ACTIVITY_UNKNOWN",
    /// Moodle's recycle bin gets no copy of what is deleted.
    NoRecycleBin = "NO_RECYCLE_BIN",
    /// Who deletes the courses of the run.
    DeletionWay = "DELETION_WAY",
    /// The template is a backup file.
    TemplateUnsupported = "TEMPLATE_UNSUPPORTED",
    /// No course has the name of the template.
    TemplateUnknown = "TEMPLATE_UNKNOWN",
    /// Several courses have the name of the template.
    TemplateAmbiguous = "TEMPLATE_AMBIGUOUS",
    /// The template is the course itself.
    TemplateItself = "TEMPLATE_ITSELF",
    /// The template is the front page of the site.
    TemplateSiteCourse = "TEMPLATE_SITE_COURSE",
    /// The content of a template is imported at each run, and what that means.
    TemplateRepeated = "TEMPLATE_REPEATED",
    /// A part of the template was not copied.
    ContentNotCopied = "CONTENT_NOT_COPIED",
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
    /// All roles are named where one is needed, or Moodle does not give the role there.
    RoleInvalid = "ROLE_INVALID",
    /// The cohort is not bound to the course like that.
    BindingNotFound = "BINDING_NOT_FOUND",
    /// A course is to be linked with itself.
    SameCourse = "SAME_COURSE",
    /// The user is not enrolled (by this method).
    NotEnrolled = "NOT_ENROLLED",
    /// The identifier of the group is blank.
    GroupIdEmpty = "GROUP_ID_EMPTY",
    /// The name of a new group or grouping is blank.
    NameEmpty = "NAME_EMPTY",
    /// A record is neither a group nor a grouping.
    TypeInvalid = "TYPE_INVALID",
    /// The group or grouping to update is in another course.
    WrongCourse = "WRONG_COURSE",
    /// The group belongs to another course.
    GroupNotInCourse = "GROUP_NOT_IN_COURSE",
    /// Another group or grouping of the course has the idnumber.
    IdnumberTaken = "IDNUMBER_TAKEN",
    /// What was to be updated was not there and was created.
    CreatedInstead = "CREATED_INSTEAD",
    /// The course has no such grouping.
    GroupingUnknown = "GROUPING_UNKNOWN",
    /// Several groupings of the course match.
    GroupingAmbiguous = "GROUPING_AMBIGUOUS",
    /// A grouping was created that lines for groups cannot name.
    GroupingWithoutIdnumber = "GROUPING_WITHOUT_IDNUMBER",
    /// The course has no group of that name.
    GroupUnknown = "GROUP_UNKNOWN",
    /// Several groups of the course have that name.
    GroupAmbiguous = "GROUP_AMBIGUOUS",
    /// The user is not enrolled in the course, so cannot join its groups.
    GroupNotEnrolled = "GROUP_NOT_ENROLLED",
    /// The user has no role in the course, so cannot join its groups.
    GroupNoRole = "GROUP_NO_ROLE",
    /// The user is in the cohort or the group already.
    AlreadyMember = "ALREADY_MEMBER",
    /// The user is not in the group, or the cohort.
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
    /// Somebody else kept changing what the line is about while it was applied.
    SiteConflict = "SITE_CONFLICT",
    // Asking a running Moodle.
    /// Moodle was asked to do something and refused.
    MoodleRefused = "MOODLE_REFUSED",
    /// Moodle was not asked: it was not reached, or the run ended before.
    MoodleNotAsked = "MOODLE_NOT_ASKED",
    /// Moodle was asked and gave no answer, so that nobody knows whether it was done.
    MoodleUnanswered = "MOODLE_UNANSWERED",
    // Archives and pictures.
    /// The file is no zip archive, or is damaged.
    ArchiveUnreadable = "ARCHIVE_UNREADABLE",
    /// An entry of the archive needs a password.
    ArchiveEncrypted = "ARCHIVE_ENCRYPTED",
    /// The archive has more entries, or unpacks to more, than is taken.
    ArchiveTooLarge = "ARCHIVE_TOO_LARGE",
    /// The name of an entry cannot be used.
    EntryNameInvalid = "ENTRY_NAME_INVALID",
    /// The entry cannot be unpacked.
    EntryUnreadable = "ENTRY_UNREADABLE",
    /// The entry is larger than is taken, or packed too densely.
    EntryTooLarge = "ENTRY_TOO_LARGE",
    /// The name of the entry is not that of a picture.
    EntryIgnored = "ENTRY_IGNORED",
    /// A later entry of the archive is about the same.
    EntrySuperseded = "ENTRY_SUPERSEDED",
    /// The content is no picture of a kind that is taken.
    PictureUnreadable = "PICTURE_UNREADABLE",
    /// The picture has more pixels than are taken.
    PictureTooLarge = "PICTURE_TOO_LARGE",
    /// A file of the picture that the user has is missing.
    PictureMissing = "PICTURE_MISSING",
    /// The user has a picture, and replacing it is switched off.
    PictureExists = "PICTURE_EXISTS",
    // After the last line.
    /// Moodle remembers what the run changed, and nobody is configured to make it forget.
    CachesStale = "CACHES_STALE",
    /// Moodle remembers what the run changed, and could not be made to forget.
    CachesNotRefreshed = "CACHES_NOT_REFRESHED",
    /// A grouping was deleted because no group was left in it.
    EmptyGroupingDeleted = "EMPTY_GROUPING_DELETED",
    /// A grouping without groups was kept, because something still refers to it.
    EmptyGroupingInUse = "EMPTY_GROUPING_IN_USE",
    /// A cohort was deleted because the run took its last member out.
    EmptiedCohortDeleted = "EMPTIED_COHORT_DELETED",
}
