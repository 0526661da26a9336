//! What happens to which Moodle entity: the only thing that a site applies.
//!
//! Plans, dry runs, results of lines and reports are all made of changes. Ids of entities that a plan creates are
//! negative; the site gives them real ones when it applies the plan.

use super::fields::{CohortField, CourseField, FieldUpdate, Fields, GroupField, UserField};
use super::method::{EnrolStatus, MethodTerms, NewInstance};
use super::participant::{Owner, Remaining, RolePlace};
use super::password::NewPassword;
use super::picture::{PictureHash, Portrait};
use super::reset::CourseReset;
use super::template::TemplateCopy;
use crate::model::{CategoryId, CohortId, CourseId, EnrolId, GroupId, GroupingId, ProfileFieldId, RoleId, UserId};
use std::sync::Arc;

/// One change of one entity. Times are Unix seconds.
#[derive(Debug, Clone)]
pub enum Change {
    /// A new account with its context.
    CreateUser {
        /// Planned id.
        id: UserId,
        /// All columns that differ from the defaults of Moodle's table; `username` always.
        fields: Fields<UserField>,
        /// The password column.
        password: NewPassword,
    },
    /// Changed columns of an account. Suspending also ends its sessions.
    UpdateUser {
        /// The account.
        id: UserId,
        /// What changes.
        fields: Vec<FieldUpdate<UserField>>,
    },
    /// Another password.
    SetPassword {
        /// The account.
        id: UserId,
        /// The password column.
        password: NewPassword,
    },
    /// A deleted account comes back, with a context if it lost its own.
    ReviveUser {
        /// The account.
        id: UserId,
        /// Columns to restore; `username` and `email` always.
        fields: Vec<FieldUpdate<UserField>>,
    },
    /// An account is deleted as Moodle does it: the row stays, nearly all else goes.
    DeleteUser {
        /// The account.
        id: UserId,
    },
    /// A user preference is set, or removed (`value` none).
    SetPreference {
        /// The account.
        user: UserId,
        /// Its name.
        name: &'static str,
        /// Its value.
        value: Option<String>,
    },
    /// The value of a custom profile field.
    SetProfileField {
        /// The account.
        user: UserId,
        /// The field.
        field: ProfileFieldId,
        /// The stored value; none where the user has no row yet.
        before: Option<String>,
        /// The new value.
        after: String,
        /// `dataformat`: 1 for HTML, otherwise 0.
        format: i64,
    },
    /// What a user is interested in: Moodle's tags of the account become these.
    SetInterests {
        /// The account.
        user: UserId,
        /// The stored ones.
        before: Vec<String>,
        /// The new ones, in their order. None twice, whatever the case.
        after: Vec<String>,
    },
    /// A new cohort.
    CreateCohort {
        /// Planned id.
        id: CohortId,
        /// The category in whose context it stands; 0 for the whole site.
        category: CategoryId,
        /// All columns that differ from the defaults of Moodle's table; `name` always.
        fields: Fields<CohortField>,
    },
    /// Changed columns of a cohort.
    UpdateCohort {
        /// The cohort.
        id: CohortId,
        /// What changes.
        fields: Vec<FieldUpdate<CohortField>>,
    },
    /// A cohort goes to another context.
    MoveCohort {
        /// The cohort.
        id: CohortId,
        /// The category from where; 0 for the whole site.
        from: CategoryId,
        /// The category to where; 0 for the whole site.
        to: CategoryId,
    },
    /// A cohort is deleted with its memberships; its enrolment methods follow the site's settings.
    DeleteCohort {
        /// The cohort.
        id: CohortId,
    },
    /// All members leave a cohort, and what they had through it.
    EmptyCohort {
        /// The cohort.
        id: CohortId,
    },
    /// A user joins a cohort.
    AddCohortMember {
        /// The cohort.
        cohort: CohortId,
        /// The account.
        user: UserId,
    },
    /// A user leaves a cohort, and what membership gave.
    RemoveCohortMember {
        /// The cohort.
        cohort: CohortId,
        /// The account.
        user: UserId,
    },
    /// A new course category, last among its siblings, with its context.
    CreateCategory {
        /// Planned id.
        id: CategoryId,
        /// The category above; 0 for the top.
        parent: CategoryId,
        /// Its name.
        name: String,
        /// `visible`, 0 where the parent is hidden.
        visible: i64,
        /// `visibleold`: what was asked for.
        visible_old: i64,
    },
    /// A category without courses and categories is deleted. Its cohorts go to the category above, or to the site.
    DeleteCategory {
        /// The category.
        id: CategoryId,
        /// The category above; 0 for the top.
        parent: CategoryId,
    },
    /// A new course with its context, first in its category. Sections, format options and enrolment methods are
    /// changes of their own.
    CreateCourse {
        /// Planned id.
        id: CourseId,
        /// Its category.
        category: CategoryId,
        /// All columns that differ from the defaults of Moodle's table.
        fields: Fields<CourseField>,
    },
    /// Changed columns of a course; `timemodified` and `cacherev` follow.
    UpdateCourse {
        /// The course.
        id: CourseId,
        /// What changes.
        fields: Vec<FieldUpdate<CourseField>>,
    },
    /// A course goes to the end of another category; contexts, counters and sort orders follow.
    MoveCourse {
        /// The course.
        id: CourseId,
        /// From where.
        from: CategoryId,
        /// To where.
        to: CategoryId,
    },
    /// A course is deleted with all that belongs to it, as Moodle does it; sort orders and counters follow.
    DeleteCourse {
        /// The course.
        id: CourseId,
        /// Its category.
        category: CategoryId,
    },
    /// A new section of a course.
    CreateSection {
        /// The course.
        course: CourseId,
        /// `section`: 0 for the general one.
        number: u32,
        /// Its name; none shows the format's default title.
        name: Option<String>,
        /// Its summary, HTML.
        summary: String,
    },
    /// Another name or summary of a section; `cacherev` follows.
    UpdateSection {
        /// The course.
        course: CourseId,
        /// `section`.
        number: u32,
        /// The stored name and summary.
        before: (Option<String>, String),
        /// The new name and summary.
        after: (Option<String>, String),
    },
    /// The format options of a course become these (all former ones of the course go).
    SetFormatOptions {
        /// The course.
        course: CourseId,
        /// The format they belong to.
        format: String,
        /// Names and values.
        options: Vec<(String, String)>,
    },
    /// One format option gets another value.
    UpdateFormatOption {
        /// The course.
        course: CourseId,
        /// The format.
        format: String,
        /// The option.
        name: String,
        /// The stored value.
        before: Option<String>,
        /// The new value.
        after: String,
    },
    /// The forum for announcements, with its course module in section 0.
    CreateNewsForum {
        /// The course.
        course: CourseId,
    },
    /// The block of a social course.
    CreateSocialBlock {
        /// The course.
        course: CourseId,
    },
    /// A new enrolment method in a course.
    CreateInstance(NewInstance),
    /// An enrolment method is enabled or disabled.
    SetInstanceStatus {
        /// The method.
        instance: EnrolId,
        /// Its course.
        course: CourseId,
        /// The new status.
        status: EnrolStatus,
    },
    /// Dates or group of an enrolment method change.
    UpdateInstance {
        /// The method.
        instance: EnrolId,
        /// Its course.
        course: CourseId,
        /// As stored.
        before: MethodTerms,
        /// As they will be.
        after: MethodTerms,
    },
    /// An enrolment method is deleted: everybody is unenrolled from it.
    DeleteInstance {
        /// The method.
        instance: EnrolId,
        /// Its course.
        course: CourseId,
    },
    /// A user is enrolled.
    Enrol {
        /// The method.
        instance: EnrolId,
        /// Its course.
        course: CourseId,
        /// The account.
        user: UserId,
        /// Active or suspended.
        status: EnrolStatus,
        /// `timestart`.
        start: i64,
        /// `timeend`; 0 for never.
        end: i64,
    },
    /// Status or dates of an enrolment change.
    UpdateEnrolment {
        /// The method.
        instance: EnrolId,
        /// Its course.
        course: CourseId,
        /// The account.
        user: UserId,
        /// Status, start, end as stored.
        before: (EnrolStatus, i64, i64),
        /// Status, start, end as they will be.
        after: (EnrolStatus, i64, i64),
    },
    /// A user is unenrolled.
    Unenrol {
        /// The method.
        instance: EnrolId,
        /// Its name: `manual`.
        method: String,
        /// Its course.
        course: CourseId,
        /// The account.
        user: UserId,
        /// Whether other enrolments of the user in the course remain.
        remaining: Remaining,
    },
    /// A role in the context of a course.
    AssignRole {
        /// The role.
        role: RoleId,
        /// The course.
        course: CourseId,
        /// The account.
        user: UserId,
        /// Who owns the assignment.
        owner: Owner,
    },
    /// A role in the context of a course is taken away.
    UnassignRole {
        /// The role.
        role: RoleId,
        /// The course.
        course: CourseId,
        /// The account.
        user: UserId,
        /// Who owns the assignment.
        owner: Owner,
    },
    /// A role on the whole site or in a category, given by hand.
    AssignRoleAbove {
        /// The role.
        role: RoleId,
        /// Where.
        place: RolePlace,
        /// The account.
        user: UserId,
    },
    /// A role on the whole site or in a category that was given by hand is taken away.
    UnassignRoleAbove {
        /// The role.
        role: RoleId,
        /// Where.
        place: RolePlace,
        /// The account.
        user: UserId,
    },
    /// A new group in a course.
    CreateGroup {
        /// Planned id.
        id: GroupId,
        /// The course.
        course: CourseId,
        /// Its columns; `name` always.
        fields: Fields<GroupField>,
    },
    /// Changed columns of a group.
    UpdateGroup {
        /// The group.
        id: GroupId,
        /// Its course.
        course: CourseId,
        /// What changes.
        fields: Vec<FieldUpdate<GroupField>>,
    },
    /// A new grouping in a course.
    CreateGrouping {
        /// Planned id.
        id: GroupingId,
        /// The course.
        course: CourseId,
        /// Its columns; `name` always.
        fields: Fields<GroupField>,
    },
    /// Changed columns of a grouping.
    UpdateGrouping {
        /// The grouping.
        id: GroupingId,
        /// Its course.
        course: CourseId,
        /// What changes.
        fields: Vec<FieldUpdate<GroupField>>,
    },
    /// A group is put into a grouping.
    AssignGrouping {
        /// The grouping.
        grouping: GroupingId,
        /// The group.
        group: GroupId,
        /// The course of both.
        course: CourseId,
    },
    /// A user joins a group.
    AddMember {
        /// The group.
        group: GroupId,
        /// Its course.
        course: CourseId,
        /// The account.
        user: UserId,
        /// Who owns the membership.
        owner: Owner,
    },
    /// A user leaves a group.
    RemoveMember {
        /// The group.
        group: GroupId,
        /// Its course.
        course: CourseId,
        /// The account.
        user: UserId,
    },
    /// A group is deleted with its memberships, events, links and conversation.
    DeleteGroup {
        /// The group.
        group: GroupId,
        /// Its course.
        course: CourseId,
    },
    /// A grouping is deleted; the groups in it stay. Nothing is restricted to it any more.
    DeleteGrouping {
        /// The grouping.
        grouping: GroupingId,
        /// Its course.
        course: CourseId,
    },
    /// A course loses what people did in it, as far as that is asked for; and its dates move.
    ResetCourse {
        /// The course.
        id: CourseId,
        /// What goes.
        reset: CourseReset,
    },
    /// A user gets another picture. The contents are in the file pool already.
    SetPicture {
        /// The account.
        user: UserId,
        /// The stored hash of the former picture; empty where there is none.
        before: String,
        /// The hash of the picture as it came in.
        hash: PictureHash,
        /// Its three sizes.
        portrait: Arc<Portrait>,
    },
    /// The hash of a picture that a user has already is noted.
    SetPictureHash {
        /// The account.
        user: UserId,
        /// The hash.
        hash: PictureHash,
    },
    /// A course takes over rows of its template.
    CopyTemplate(Box<TemplateCopy>),
}
