//! What Moodle's course reset takes away: its options by name, what they come with by default, and what a line asks for.
//!
//! The names are those of Moodle's own options without `reset_`. Nothing here knows a table.

use crate::model::{FeedbackId, RoleId};

/// An option of Moodle's course reset.
#[derive(Debug, Clone, Copy)]
struct Described {
    name: &'static str,
    /// The activity module that it belongs to; none for the course itself.
    module: Option<&'static str>,
    /// Whether Moodle proposes it for courses that hold such activities.
    by_default: bool,
    help: &'static str,
}

macro_rules! reset_items {
    (
        core { $($core:ident = $core_name:literal, $core_help:literal;)+ }
        $(module $module:literal { $($item:ident = $name:literal $($default:ident)?, $help:literal;)+ })+
    ) => {
        /// Something that a reset takes away from a course.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ResetItem {
            $(#[doc = $core_help] $core,)+
            $($(#[doc = $help] $item,)+)+
        }

        impl ResetItem {
            /// Every item, in the order in which Moodle goes through them.
            pub const ALL: &'static [ResetItem] = &[$(Self::$core,)+ $($(Self::$item,)+)+];

            const fn described(self) -> Described {
                match self {
                    $(Self::$core => Described {
                        name: $core_name, module: None, by_default: false, help: $core_help,
                    },)+
                    $($(Self::$item => Described {
                        name: $name, module: Some($module), by_default: reset_items!(@default $($default)?), help: $help,
                    },)+)+
                }
            }
        }
    };
    (@default default) => { true };
    (@default) => { false };
}

reset_items! {
    core {
        Events = "events", "Events of the calendar; those that activities bring with their dates stay.";
        Logs = "logs", "Log entries of the course.";
        Notes = "notes", "Notes about participants.";
        BlogAssociations = "blog_associations", "Links of blog entries with the course; the entries stay.";
        Completion = "completion", "Who has completed the course and its activities; the conditions stay.";
        CompetencyRatings = "competency_ratings", "Ratings of competencies in the course.";
        Overrides = "overrides", "Permissions that differ in the course and below it.";
        LocalRoles = "local_roles", "Roles in activities and blocks of the course.";
        GroupMembers = "group_members", "Members of groups; the groups stay.";
        Groups = "groups", "Groups with their members.";
        GroupingMembers = "grouping_members", "Which groups are in which groupings.";
        Groupings = "groupings", "Groupings; the groups stay.";
        GradeItems = "grade_items", "Grade items, categories, scales and outcomes that people have made.";
        Grades = "grades", "Grades that do not come from an activity.";
        Comments = "comments", "Comments on pages of the course.";
    }
    module "assign" {
        AssignSubmissions = "assign_submissions" default, "Submissions, feedback and their files.";
        AssignGrades = "assign_grades", "Grades that teachers gave in assignments: they go with submissions and grades.";
        AssignUserOverrides = "assign_user_overrides" default, "Dates of their own for single users.";
        AssignGroupOverrides = "assign_group_overrides" default, "Dates of their own for groups.";
    }
    module "bigbluebuttonbn" {
        BigbluebuttonbnTags = "bigbluebuttonbn_tags", "Tags of conference rooms.";
        BigbluebuttonbnLogs = "bigbluebuttonbn_logs", "Logs of conferences.";
        BigbluebuttonbnRecordings = "bigbluebuttonbn_recordings",
            "What Moodle knows of recordings; the conference server keeps them.";
    }
    module "book" {
        BookTags = "book_tags", "Tags of chapters.";
    }
    module "chat" {
        Chat = "chat" default, "Messages of chats.";
    }
    module "choice" {
        Choice = "choice" default, "Answers to choices.";
    }
    module "data" {
        Data = "data", "Entries of databases with comments, ratings and files.";
        DataNotEnrolled = "data_notenrolled", "Entries of databases by people who are not enrolled.";
        DataRatings = "data_ratings" default, "Ratings of database entries.";
        DataComments = "data_comments" default, "Comments on database entries.";
        DataTags = "data_tags", "Tags of database entries.";
    }
    module "feedback" {
        Feedback = "feedback" default, "Responses to feedback activities.";
    }
    module "forum" {
        ForumAll = "forum_all" default, "Discussions and posts; a single simple discussion keeps its first post.";
        ForumGeneral = "forum_types:general", "Posts of forums of the type general.";
        ForumSingle = "forum_types:single", "Posts of forums of the type single, but the first.";
        ForumEachUser = "forum_types:eachuser", "Posts of forums of the type eachuser.";
        ForumQanda = "forum_types:qanda", "Posts of forums of the type qanda.";
        ForumBlog = "forum_types:blog", "Posts of forums of the type blog.";
        ForumNews = "forum_types:news", "Posts of forums of the type news.";
        ForumDigests = "forum_digests", "How users want to be sent digests of forums.";
        ForumSubscriptions = "forum_subscriptions", "Subscriptions to forums and discussions.";
        ForumTrackPrefs = "forum_track_prefs", "Who does not track unread posts of forums.";
        ForumRatings = "forum_ratings" default, "Ratings of posts.";
        ForumTags = "forum_tags", "Tags of posts.";
    }
    module "glossary" {
        GlossaryAll = "glossary_all", "Entries of glossaries with comments, ratings and files.";
        GlossaryMain = "glossary_types:main", "Entries of main glossaries.";
        GlossarySecondary = "glossary_types:secondary", "Entries of secondary glossaries.";
        GlossaryNotEnrolled = "glossary_notenrolled", "Entries of glossaries by people who are not enrolled.";
        GlossaryRatings = "glossary_ratings" default, "Ratings of glossary entries.";
        GlossaryComments = "glossary_comments" default, "Comments on glossary entries.";
        GlossaryTags = "glossary_tags", "Tags of glossary entries.";
    }
    module "h5pactivity" {
        H5pActivity = "h5pactivity" default, "Attempts at H5P activities.";
    }
    module "lesson" {
        Lesson = "lesson" default, "Attempts at lessons, with grades and files.";
        LessonUserOverrides = "lesson_user_overrides" default, "Dates of their own for single users.";
        LessonGroupOverrides = "lesson_group_overrides" default, "Dates of their own for groups.";
    }
    module "quiz" {
        QuizAttempts = "quiz_attempts" default, "Attempts at quizzes, with answers and grades.";
        QuizUserOverrides = "quiz_user_overrides" default, "Dates of their own for single users.";
        QuizGroupOverrides = "quiz_group_overrides" default, "Dates of their own for groups.";
    }
    module "scorm" {
        Scorm = "scorm" default, "Attempts at SCORM packages.";
    }
    module "survey" {
        SurveyAnswers = "survey_answers" default, "Answers to surveys, and what was made of them.";
        SurveyAnalysis = "survey_analysis" default, "Notes on the answers to surveys.";
    }
    module "wiki" {
        WikiPages = "wiki_pages", "Pages of wikis with all that is on them.";
        WikiTags = "wiki_tags", "Tags of wiki pages.";
        WikiComments = "wiki_comments", "Comments on wiki pages.";
    }
    module "workshop" {
        WorkshopSubmissions = "workshop_submissions" default, "Submissions of workshops; examples stay.";
        WorkshopAssessments = "workshop_assessments" default, "Assessments of submissions.";
        WorkshopPhase = "workshop_phase" default, "The phase of workshops: they are set up again.";
    }
}

impl ResetItem {
    /// The name of Moodle's option without `reset_`, or of the column that asks for it.
    pub const fn name(self) -> &'static str {
        self.described().name
    }

    /// The activity module that it belongs to; none for the course itself.
    pub const fn module(self) -> Option<&'static str> {
        self.described().module
    }

    /// What it is, in a sentence.
    pub const fn help(self) -> &'static str {
        self.described().help
    }

    /// Whether Moodle proposes it for courses that hold activities of its module.
    pub const fn is_default(self) -> bool {
        self.described().by_default
    }

    /// The option of a module with that name.
    pub fn of_module(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|item| item.module().is_some() && item.name() == name)
    }

    /// The module whose grades go with the item: there is nothing left that they could come from.
    pub fn emptied_grades(self) -> Option<&'static str> {
        match self {
            Self::QuizAttempts
            | Self::Lesson
            | Self::ForumAll
            | Self::ForumRatings
            | Self::GlossaryAll
            | Self::GlossaryRatings
            | Self::Data
            | Self::DataRatings
            | Self::Scorm
            | Self::H5pActivity
            | Self::AssignGrades => self.module(),
            _ => None,
        }
    }
}

/// What Moodle's options for single feedback activities begin with, before the id of the activity. Unlike all others they are
/// written in full here, for they have no `reset_` before them.
pub const FEEDBACK_OPTION: &str = "feedback_reset_data_";

/// Activity modules that come with Moodle, hold what people do, and have no reset.
pub const NOT_RESETTABLE: [&str; 2] = ["assignment", "lti"];

/// Who leaves a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holders {
    /// Participants with this role in the course.
    Of(RoleId),
    /// Participants without any.
    OfNone,
}

/// A date of a course that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateChange {
    /// Unix seconds; 0 for none.
    pub before: i64,
    /// Unix seconds; 0 for none.
    pub after: i64,
}

/// What a reset takes away from one course, and how much of it there is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CourseReset {
    /// The items, in the order of [`ResetItem::ALL`], each with how much there is of it.
    pub items: Vec<(ResetItem, i64)>,
    /// Single feedback activities whose responses go, each with how many responses there are. All those of the course go by
    /// [`ResetItem::Feedback`] instead.
    pub feedbacks: Vec<(FeedbackId, i64)>,
    /// Who leaves, in this order, and how many there are.
    pub holders: Vec<(Holders, i64)>,
    /// Another first day. All dates of the course go with it by `shift`.
    pub start: Option<DateChange>,
    /// Seconds by which dates move.
    pub shift: i64,
    /// Another last day.
    pub end: Option<DateChange>,
}

impl CourseReset {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        let count = |counted: i64| counted == 0;
        self.items.iter().all(|(_, rows)| count(*rows))
            && self.feedbacks.iter().all(|(_, responses)| count(*responses))
            && self.holders.iter().all(|(_, users)| count(*users))
            && self.start.is_none()
            && self.end.is_none()
    }

    /// Whether it asks for an item.
    pub fn takes(&self, item: ResetItem) -> bool {
        self.items.iter().any(|(own, _)| *own == item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::STANDARD_ACTIVITIES;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_modules_are_known() {
        let names: HashSet<&str> = ResetItem::ALL.iter().map(|item| item.name()).collect();
        assert_eq!(names.len(), ResetItem::ALL.len());
        for item in ResetItem::ALL {
            assert!(item.module().is_none_or(|module| STANDARD_ACTIVITIES.contains(&module)), "{item:?}");
            assert!(item.help().ends_with('.'), "{item:?}");
        }
        assert_eq!(ResetItem::of_module("quiz_attempts"), Some(ResetItem::QuizAttempts));
        assert_eq!(ResetItem::of_module("events"), None, "it is no module's");
    }

    #[test]
    fn what_moodle_proposes() {
        let proposed = |module: &str| -> Vec<&str> {
            let own = ResetItem::ALL.iter().filter(|item| item.module() == Some(module) && item.is_default());
            own.map(|item| item.name()).collect()
        };
        let cases: [(&str, &[&str]); 8] = [
            ("forum", &["forum_all", "forum_ratings"]),
            ("glossary", &["glossary_ratings", "glossary_comments"]),
            ("data", &["data_ratings", "data_comments"]),
            ("quiz", &["quiz_attempts", "quiz_user_overrides", "quiz_group_overrides"]),
            ("workshop", &["workshop_submissions", "workshop_assessments", "workshop_phase"]),
            ("wiki", &[]),
            ("bigbluebuttonbn", &[]),
            ("lti", &[]),
        ];
        for (module, expected) in cases {
            assert_eq!(proposed(module), expected, "{module}");
        }
    }
}
