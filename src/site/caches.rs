//! What a running Moodle keeps of a site outside its database, and who brings it up to date after a run.
//!
//! The flags and revisions inside the database are written with the changes themselves. The caches here are files, Redis
//! or memory of the Moodle host: nothing that is written to the database reaches them. Nothing here may know how they
//! are reached either.

use super::reset::{CourseReset, ResetItem};
use super::{AppliedIds, Change, Remaining};
use crate::model::{CategoryId, CourseId, RunId, SiteKey};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// A cache of Moodle that does not notice changes of the database, ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cache {
    /// Which categories are below which.
    CategoryTree,
    /// Groups and groupings, by course.
    CourseGroups,
    /// The groups that a user is in, by user.
    UserGroups,
    /// What roles allow, and where that differs.
    RoleDefinitions,
    /// Dates of single users and groups in assignments.
    AssignOverrides,
    /// The same in lessons.
    LessonOverrides,
    /// The same in quizzes.
    QuizOverrides,
    /// Words that glossaries explain wherever they stand.
    GlossaryConcepts,
}

impl Cache {
    /// Component and name in Moodle.
    pub fn name(self) -> &'static str {
        match self {
            Self::CategoryTree => "core/coursecattree",
            Self::CourseGroups => "core/groupdata",
            Self::UserGroups => "core/user_group_groupings",
            Self::RoleDefinitions => "core/roledefs",
            Self::AssignOverrides => "mod_assign/overrides",
            Self::LessonOverrides => "mod_lesson/overrides",
            Self::QuizOverrides => "mod_quiz/overrides",
            Self::GlossaryConcepts => "mod_glossary/concepts",
        }
    }
}

/// What a running Moodle may still remember as it was. Only of categories, courses and users that were there before: of
/// new ones it cannot remember anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StaleCaches {
    /// Categories that were created; those that were deleted, and what they were in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<CategoryId>,
    /// Courses whose groups changed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<CourseId>,
    /// Courses in whose groups the members changed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub members: BTreeSet<CourseId>,
    /// Caches that are stale as a whole: nothing smaller can be dropped from them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub whole: BTreeSet<Cache>,
}

impl StaleCaches {
    /// Whether Moodle remembers nothing that is wrong.
    pub fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.groups.is_empty() && self.members.is_empty() && self.whole.is_empty()
    }

    /// Adds what another one has.
    pub fn merge(&mut self, other: Self) {
        self.categories.extend(other.categories);
        self.groups.extend(other.groups);
        self.members.extend(other.members);
        self.whole.extend(other.whole);
    }

    /// Adds what an applied change makes stale. Every change is named, so that a new one cannot be forgotten.
    pub fn note(&mut self, change: &Change, ids: &AppliedIds) {
        match change {
            Change::CreateCategory { id, .. } => self.categories.extend(ids.category(*id)),
            Change::DeleteCategory { id, parent } => {
                self.categories.insert(*id);
                self.categories.extend((parent.0 > 0).then_some(*parent));
            }
            Change::CreateGroup { course, .. }
            | Change::UpdateGroup { course, .. }
            | Change::CreateGrouping { course, .. }
            | Change::UpdateGrouping { course, .. } => self.groups_of(*course),
            Change::AssignGrouping { course, group, .. } => {
                self.groups_of(*course);
                if !group.is_planned() {
                    self.members_of(*course);
                }
            }
            Change::UpdateInstance { course, .. } | Change::DeleteInstance { course, .. } => self.members_of(*course),
            Change::CreateInstance(new) if new.terms.group.is_some() => self.members_of(new.course),
            Change::DeleteGroup { course, .. } | Change::DeleteGrouping { course, .. } => {
                self.groups_of(*course);
                self.members_of(*course);
            }
            Change::AddMember { course, user, .. } if !user.is_planned() => self.members_of(*course),
            Change::RemoveMember { course, .. } => self.members_of(*course),
            // With the last enrolment the memberships go as well.
            Change::Unenrol { course, remaining: Remaining::None, .. } => self.members_of(*course),
            Change::ResetCourse { id, reset } => self.note_reset(*id, reset),
            Change::CopyTemplate(copy)
                if !copy.groups.is_empty() || !copy.groupings.is_empty() || !copy.links.is_empty() =>
            {
                self.groups_of(copy.to);
            }
            Change::AddMember { .. }
            | Change::CopyTemplate(_)
            | Change::Unenrol { .. }
            | Change::CreateUser { .. }
            | Change::UpdateUser { .. }
            | Change::SetPassword { .. }
            | Change::ReviveUser { .. }
            | Change::DeleteUser { .. }
            | Change::SetPreference { .. }
            | Change::SetProfileField { .. }
            | Change::SetPicture { .. }
            | Change::SetPictureHash { .. }
            | Change::SetInterests { .. }
            | Change::AssignRoleAbove { .. }
            | Change::UnassignRoleAbove { .. }
            | Change::CreateCohort { .. }
            | Change::UpdateCohort { .. }
            | Change::MoveCohort { .. }
            | Change::DeleteCohort { .. }
            | Change::EmptyCohort { .. }
            | Change::AddCohortMember { .. }
            | Change::RemoveCohortMember { .. }
            | Change::CreateCourse { .. }
            | Change::UpdateCourse { .. }
            | Change::MoveCourse { .. }
            | Change::DeleteCourse { .. }
            | Change::CreateSection { .. }
            | Change::UpdateSection { .. }
            | Change::SetFormatOptions { .. }
            | Change::UpdateFormatOption { .. }
            | Change::CreateNewsForum { .. }
            | Change::CreateSocialBlock { .. }
            | Change::CreateInstance(_)
            | Change::SetInstanceStatus { .. }
            | Change::Enrol { .. }
            | Change::UpdateEnrolment { .. }
            | Change::AssignRole { .. }
            | Change::UnassignRole { .. } => {}
        }
    }

    fn note_reset(&mut self, course: CourseId, reset: &CourseReset) {
        use ResetItem as R;
        let takes = |items: &[R]| reset.items.iter().any(|(item, rows)| *rows > 0 && items.contains(item));
        let leave = reset.holders.iter().any(|(_, users)| *users > 0);
        if takes(&[R::Groups, R::GroupingMembers, R::Groupings]) {
            self.groups_of(course);
        }
        if leave || takes(&[R::GroupMembers, R::Groups, R::GroupingMembers, R::Groupings]) {
            self.members_of(course);
        }
        // Groups take their dates with them.
        let exceptions: [(&[R], Cache); 3] = [
            (&[R::Groups, R::AssignUserOverrides, R::AssignGroupOverrides], Cache::AssignOverrides),
            (&[R::Groups, R::LessonUserOverrides, R::LessonGroupOverrides], Cache::LessonOverrides),
            (&[R::Groups, R::QuizUserOverrides, R::QuizGroupOverrides], Cache::QuizOverrides),
        ];
        for (items, cache) in exceptions {
            self.whole.extend((takes(items) || reset.shift != 0).then_some(cache));
        }
        self.whole.extend(takes(&[R::Overrides]).then_some(Cache::RoleDefinitions));
        let entries = [R::GlossaryAll, R::GlossaryMain, R::GlossarySecondary, R::GlossaryNotEnrolled];
        self.whole.extend(takes(&entries).then_some(Cache::GlossaryConcepts));
    }

    fn groups_of(&mut self, course: CourseId) {
        self.groups.extend((!course.is_planned()).then_some(course));
    }

    fn members_of(&mut self, course: CourseId) {
        self.members.extend((!course.is_planned()).then_some(course));
    }

    /// The caches that are concerned.
    pub fn caches(&self) -> Vec<Cache> {
        let concerned = [
            (Cache::CategoryTree, self.categories.is_empty()),
            (Cache::CourseGroups, self.groups.is_empty()),
            (Cache::UserGroups, self.members.is_empty()),
        ];
        let concerned = concerned.into_iter().filter(|(_, fresh)| !fresh).map(|(cache, _)| cache);
        concerned.chain(self.whole.iter().copied()).collect()
    }
}

impl fmt::Display for StaleCaches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.caches().into_iter().map(|cache| {
            let words = match cache {
                Cache::CategoryTree => "the tree of categories".to_owned(),
                Cache::CourseGroups if self.groups.len() == 1 => "the groups of 1 course".to_owned(),
                Cache::CourseGroups => format!("the groups of {} courses", self.groups.len()),
                Cache::UserGroups => "which groups users are in".to_owned(),
                Cache::RoleDefinitions => "what roles allow".to_owned(),
                Cache::AssignOverrides => "exceptions of assignments".to_owned(),
                Cache::LessonOverrides => "exceptions of lessons".to_owned(),
                Cache::QuizOverrides => "exceptions of quizzes".to_owned(),
                Cache::GlossaryConcepts => "words of glossaries".to_owned(),
            };
            format!("{words} ({})", cache.name())
        });
        f.write_str(&what.collect::<Vec<_>>().join(", "))
    }
}

/// The order to refresh what a run made stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshOrder {
    /// The site.
    pub site: SiteKey,
    /// The run.
    pub run: RunId,
    /// What it made stale.
    pub stale: StaleCaches,
}

/// Why caches may still be stale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RefreshError(
    /// Who was asked, what went wrong, and what to do. Holds no secret.
    pub String,
);

/// Makes a running Moodle forget what is stale. To do it twice is as good as once: after a kill it is done again.
#[async_trait]
pub trait CacheRefresher: Send + Sync {
    /// What it is, in words that read on after *by*.
    fn name(&self) -> String;

    /// Refreshes what the order names. Dropping it in the middle stops it.
    async fn refresh(&self, order: &RefreshOrder) -> Result<(), RefreshError>;
}

/// Who brings the caches of a site up to date.
#[derive(Clone)]
pub enum CacheCare {
    /// Nobody: no Moodle runs on the site.
    Needless,
    /// Its administrators, who are told by the report.
    ByHand,
    /// This, at the end of each run that makes something stale.
    By(Arc<dyn CacheRefresher>),
}

impl fmt::Display for CacheCare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Needless => f.write_str("not at all: no Moodle runs on the site"),
            Self::ByHand => f.write_str("by hand: reports say what to do"),
            Self::By(refresher) => write!(f, "by {}", refresher.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EnrolId, GroupId, GroupingId, UserId};
    use crate::site::{Owner, Subject};

    fn noted(changes: &[Change]) -> StaleCaches {
        let ids = AppliedIds { subjects: [(Subject::Category(CategoryId(-3)), 30)].into() };
        let mut stale = StaleCaches::default();
        changes.iter().for_each(|change| stale.note(change, &ids));
        stale
    }

    fn unenrol(remaining: Remaining) -> Change {
        Change::Unenrol {
            instance: EnrolId(1),
            method: "manual".to_owned(),
            course: CourseId(8),
            user: UserId(4),
            remaining,
        }
    }

    fn add_member(course: i64, user: i64) -> Change {
        Change::AddMember { group: GroupId(-1), course: CourseId(course), user: UserId(user), owner: Owner::manual() }
    }

    fn link(group: i64) -> Change {
        Change::AssignGrouping { grouping: GroupingId(3), group: GroupId(group), course: CourseId(6) }
    }

    fn create_group(course: i64) -> Change {
        Change::CreateGroup { id: GroupId(-1), course: CourseId(course), fields: Default::default() }
    }

    #[test]
    fn changes_of_what_was_there_make_stale_and_those_of_new_things_do_not() {
        let category = Change::CreateCategory {
            id: CategoryId(-3),
            parent: CategoryId(0),
            name: "Arts".to_owned(),
            visible: 1,
            visible_old: 1,
        };
        let delete = Change::DeleteGroup { group: GroupId(5), course: CourseId(9) };
        let remove = Change::RemoveMember { group: GroupId(5), course: CourseId(7), user: UserId(4) };
        let ungroup = Change::DeleteGrouping { grouping: GroupingId(3), course: CourseId(6) };
        type Ids = &'static [i64];
        let cases: [(Vec<Change>, Ids, Ids, Ids); 12] = [
            (vec![category], &[30], &[], &[]),
            (vec![create_group(6), create_group(6)], &[], &[6], &[]),
            (vec![create_group(-6)], &[], &[], &[]),
            (vec![add_member(6, 4)], &[], &[], &[6]),
            (vec![add_member(6, -4)], &[], &[], &[]),
            (vec![add_member(-6, 4)], &[], &[], &[]),
            (vec![remove, delete], &[], &[9], &[7, 9]),
            (vec![link(5)], &[], &[6], &[6]),
            (vec![link(-5)], &[], &[6], &[]),
            (vec![ungroup], &[], &[6], &[6]),
            (vec![unenrol(Remaining::None)], &[], &[], &[8]),
            (vec![unenrol(Remaining::Others)], &[], &[], &[]),
        ];
        for (changes, categories, groups, members) in cases {
            let stale = noted(&changes);
            let courses = |ids: &BTreeSet<CourseId>| ids.iter().map(|id| id.0).collect::<Vec<_>>();
            assert_eq!(stale.categories.iter().map(|id| id.0).collect::<Vec<_>>(), categories, "{changes:?}");
            assert_eq!((courses(&stale.groups).as_slice(), courses(&stale.members).as_slice()), (groups, members));
        }
    }

    #[test]
    fn groups_that_come_from_a_template_are_groups_of_the_course() {
        let copied = |course: i64, groups: Vec<(GroupId, GroupId)>| {
            let copy =
                crate::site::TemplateCopy { groups, ..crate::site::TemplateCopy::new(CourseId(2), CourseId(course)) };
            noted(&[Change::CopyTemplate(Box::new(copy))]).groups
        };
        let group = || vec![(GroupId(5), GroupId(-1))];
        assert_eq!(copied(6, group()), [CourseId(6)].into());
        assert_eq!((copied(-6, group()), copied(6, Vec::new())), (BTreeSet::new(), BTreeSet::new()));
    }

    #[test]
    fn what_is_stale_is_said_in_words_with_the_names_of_caches() {
        let stale = noted(&[create_group(6), create_group(7), add_member(6, 4)]);
        let expected =
            "the groups of 2 courses (core/groupdata), which groups users are in (core/user_group_groupings)";
        assert_eq!(stale.to_string(), expected);
    }

    #[test]
    fn a_reset_makes_stale_what_it_took() {
        use ResetItem as R;
        let caches = |items: &[(ResetItem, i64)]| -> Vec<&str> {
            let reset = CourseReset { items: items.to_vec(), ..CourseReset::default() };
            let stale = noted(&[Change::ResetCourse { id: CourseId(6), reset }]);
            stale.caches().into_iter().map(Cache::name).collect()
        };
        type Items = &'static [(ResetItem, i64)];
        let cases: [(Items, &[&str]); 5] = [
            (&[(R::Events, 3), (R::QuizAttempts, 2)], &[]),
            (&[(R::GroupMembers, 1)], &["core/user_group_groupings"]),
            (&[(R::Overrides, 1), (R::QuizUserOverrides, 1)], &["core/roledefs", "mod_quiz/overrides"]),
            (&[(R::Overrides, 0), (R::GlossaryAll, 0)], &[]),
            (&[(R::GlossaryAll, 4)], &["mod_glossary/concepts"]),
        ];
        for (items, expected) in cases {
            assert_eq!(caches(items), expected, "{items:?}");
        }
    }
}
