//! Where each item of a reset lies: trees of tables by course, or by the contexts of a course.

use super::super::belongings::{Belongings, Step, steps};
use super::{collections, course, exercises, forums, polls};
use crate::site::ResetItem;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// From where a tree begins: what the rows `v` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::site::sql) enum Scope {
    /// Courses.
    Course,
    /// Contexts of courses, and all contexts below them.
    Contexts,
    /// The contexts below those of courses.
    Below,
}

/// Where an item lies.
#[derive(Debug)]
pub(in crate::site::sql) struct Content {
    pub(in crate::site::sql) scope: Scope,
    pub(in crate::site::sql) steps: Vec<Step>,
}

static CONTENTS: LazyLock<HashMap<ResetItem, Content>> = LazyLock::new(|| {
    let content = |item: &ResetItem| {
        let (scope, trees) = trees(*item);
        (*item, Content { scope, steps: trees.iter().flat_map(|tree| steps(tree)).collect() })
    };
    ResetItem::ALL.iter().map(content).collect()
});

static RESPONSES: LazyLock<Vec<Step>> = LazyLock::new(|| steps(polls::RESPONSES));

/// What goes from single feedback activities: the rows `v` are those of `feedback`.
pub(in crate::site::sql) fn responses() -> &'static [Step] {
    &RESPONSES
}

/// Where an item lies.
pub(in crate::site::sql) fn content(item: ResetItem) -> &'static Content {
    &CONTENTS[&item]
}

/// All tables that may hold something of these items.
pub(in crate::site::sql) fn tables(items: impl IntoIterator<Item = ResetItem>) -> BTreeSet<&'static str> {
    tables_of(items.into_iter().flat_map(|item| &content(item).steps))
}

/// All tables on the ways of these steps.
pub(in crate::site::sql) fn tables_of(steps: impl IntoIterator<Item = &'static Step>) -> BTreeSet<&'static str> {
    steps.into_iter().flat_map(|step| &step.way).map(|(table, _)| *table).collect()
}

/// Trees of tables.
type Trees = &'static [&'static [Belongings]];

fn trees(item: ResetItem) -> (Scope, Trees) {
    use ResetItem as R;
    let trees: Trees = match item {
        R::Overrides => return (Scope::Contexts, &[course::OVERRIDES]),
        R::LocalRoles => return (Scope::Below, &[course::LOCAL_ROLES]),
        R::Comments => return (Scope::Contexts, &[course::COMMENTS]),
        R::Events => &[course::EVENTS],
        R::Logs => &[course::LOGS],
        R::Notes => &[course::NOTES],
        R::BlogAssociations => &[course::BLOG_ASSOCIATIONS],
        R::Completion => &[course::COMPLETION],
        R::CompetencyRatings => &[course::COMPETENCY_RATINGS],
        R::GroupMembers => &[course::GROUP_MEMBERS],
        R::Groups => &[course::GROUPS],
        R::GroupingMembers => &[course::GROUPING_MEMBERS],
        R::Groupings => &[course::GROUPINGS],
        R::GradeItems => &[course::GRADE_ITEMS, course::GRADES],
        R::Grades => &[course::GRADES],
        R::AssignSubmissions => &[exercises::ASSIGN],
        R::AssignGrades => &[exercises::ASSIGN_GRADES],
        R::AssignUserOverrides => &[exercises::ASSIGN_USER_OVERRIDES],
        R::AssignGroupOverrides => &[exercises::ASSIGN_GROUP_OVERRIDES],
        R::BigbluebuttonbnTags => &[polls::CONFERENCE_TAGS],
        R::BigbluebuttonbnLogs => &[polls::CONFERENCE_LOGS],
        R::BigbluebuttonbnRecordings => &[polls::RECORDINGS],
        R::BookTags => &[polls::BOOK_TAGS],
        R::Chat => &[polls::CHAT],
        R::Choice => &[polls::CHOICE],
        R::Data => &[collections::DATA],
        R::DataNotEnrolled => &[collections::DATA_NOT_ENROLLED],
        R::DataRatings => &[collections::DATA_RATINGS],
        R::DataComments => &[collections::DATA_COMMENTS],
        R::DataTags => &[collections::DATA_TAGS],
        R::Feedback => &[polls::FEEDBACK],
        R::ForumAll => &[forums::ALL],
        R::ForumGeneral => &[forums::GENERAL],
        R::ForumSingle => &[forums::SINGLE],
        R::ForumEachUser => &[forums::EACH_USER],
        R::ForumQanda => &[forums::QANDA],
        R::ForumBlog => &[forums::BLOG],
        R::ForumNews => &[forums::NEWS],
        R::ForumDigests => &[forums::DIGESTS],
        R::ForumSubscriptions => &[forums::SUBSCRIPTIONS],
        R::ForumTrackPrefs => &[forums::TRACK_PREFS],
        R::ForumRatings => &[forums::RATINGS],
        R::ForumTags => &[forums::TAGS],
        R::GlossaryAll => &[collections::GLOSSARY],
        R::GlossaryMain => &[collections::MAIN_GLOSSARY],
        R::GlossarySecondary => &[collections::SECONDARY_GLOSSARY],
        R::GlossaryNotEnrolled => &[collections::GLOSSARY_NOT_ENROLLED],
        R::GlossaryRatings => &[collections::GLOSSARY_RATINGS],
        R::GlossaryComments => &[collections::GLOSSARY_COMMENTS],
        R::GlossaryTags => &[collections::GLOSSARY_TAGS],
        R::H5pActivity => &[exercises::H5P],
        R::Lesson => &[exercises::LESSON],
        R::LessonUserOverrides => &[exercises::LESSON_USER_OVERRIDES],
        R::LessonGroupOverrides => &[exercises::LESSON_GROUP_OVERRIDES],
        R::QuizAttempts => &[exercises::QUIZ],
        R::QuizUserOverrides => &[exercises::QUIZ_USER_OVERRIDES],
        R::QuizGroupOverrides => &[exercises::QUIZ_GROUP_OVERRIDES],
        R::Scorm => &[exercises::SCORM],
        R::SurveyAnswers => &[polls::SURVEY],
        R::SurveyAnalysis => &[polls::SURVEY_ANALYSIS],
        R::WikiPages => &[collections::WIKI],
        R::WikiTags => &[collections::WIKI_TAGS],
        R::WikiComments => &[collections::WIKI_COMMENTS],
        R::WorkshopSubmissions => &[exercises::WORKSHOP, exercises::WORKSHOP_ASSESSMENTS],
        R::WorkshopAssessments => &[exercises::WORKSHOP_ASSESSMENTS],
        R::WorkshopPhase => &[exercises::WORKSHOP_PHASE],
    };
    (Scope::Course, trees)
}

/// What belongs to the contexts of the activities of a module.
macro_rules! in_activities {
    ($module:literal, $($part:expr),+ $(,)?) => {
        Belongings::through(
            "course_modules",
            "course",
            &[Belongings::through("context", "instanceid", &[$($part),+]).only("t.contextlevel = 70")],
        )
        .only(concat!("t.module in (select m.id from {modules} m where m.name = '", $module, "')"))
    };
}

/// What belongs to the contexts of some activities of a module: those of its table that meet a condition.
macro_rules! in_some_activities {
    ($module:literal, $which:literal, $($part:expr),+ $(,)?) => {
        Belongings::through(
            $module,
            "course",
            &[Belongings::through(
                "course_modules",
                "instance",
                &[Belongings::through("context", "instanceid", &[$($part),+]).only("t.contextlevel = 70")],
            )
            .only(concat!("t.module in (select m.id from {modules} m where m.name = '", $module, "')"))],
        )
        .only($which)
    };
}

/// Rows of the contexts of a module that name their component: ratings, tags.
macro_rules! of_component {
    ($table:literal, $module:literal) => {
        Belongings::of($table, "contextid").only(concat!("t.component = 'mod_", $module, "'"))
    };
}

/// Comments in the contexts of a module.
macro_rules! comments_on {
    ($area:literal) => {
        Belongings::of("comments", "contextid").only(concat!("t.commentarea = '", $area, "'"))
    };
}

/// Files in contexts that belong to rows of a table, once those are gone.
macro_rules! files_without {
    ($module:literal, $areas:literal, $table:literal) => {
        Belongings::of("files", "contextid").only(concat!(
            "t.component = 'mod_",
            $module,
            "' and t.filearea in (",
            $areas,
            ") and not exists (select 1 from {",
            $table,
            "} p where p.id = t.itemid)"
        ))
    };
}

/// Grades of the activities of a module, to be counted: the gradebook sees to them.
macro_rules! grades_of {
    ($module:literal) => {
        Belongings::through(
            "grade_items",
            "courseid",
            &[Belongings::of("grade_grades", "itemid").but(crate::site::sql::apply::belongings::Deed::Count)],
        )
        .only(concat!("t.itemtype = 'mod' and t.itemmodule = '", $module, "'"))
    };
}

pub(super) use {comments_on, files_without, grades_of, in_activities, in_some_activities, of_component};
