//! What a change makes of the known world.

use super::World;
use super::cohorts::{Cohort, Standing};
use super::courses::{Category, Course, EnrolInstance, Section};
use super::groupings::Grouping;
use super::participants::{Enrolment, Group, Membership, Participant, RoleAssignment};
use super::users::{Password, User};
use crate::model::{CourseId, UserId};
use crate::site::deletion::freed_name;
use crate::site::fields::{CohortField, CourseField, FieldUpdate, Fields, UserField};
use crate::site::method::EnrolStatus;
use crate::site::{Change, NewPassword, Owner, Remaining};
use secrecy::SecretString;

fn update<F: Copy + Ord + std::fmt::Debug>(fields: &mut Fields<F>, updates: &[FieldUpdate<F>]) {
    for change in updates {
        fields.set(change.field, change.after.clone());
    }
}

fn planned_password(password: &NewPassword) -> Password {
    match password {
        NewPassword::Clear(clear) => Password::Planned(clear.clone()),
        NewPassword::Constant(text) => Password::Stored(SecretString::from(*text)),
    }
}

impl World {
    /// Makes the world as it will be once `change` is applied.
    pub fn record(&mut self, change: &Change) {
        match change {
            Change::CreateUser { .. }
            | Change::UpdateUser { .. }
            | Change::SetPassword { .. }
            | Change::ReviveUser { .. }
            | Change::DeleteUser { .. }
            | Change::SetPreference { .. }
            | Change::SetProfileField { .. }
            | Change::SetInterests { .. }
            | Change::AssignRoleAbove { .. }
            | Change::UnassignRoleAbove { .. } => self.record_user(change),
            Change::CreateCohort { .. }
            | Change::UpdateCohort { .. }
            | Change::MoveCohort { .. }
            | Change::DeleteCohort { .. }
            | Change::EmptyCohort { .. }
            | Change::AddCohortMember { .. }
            | Change::RemoveCohortMember { .. } => self.record_cohort(change),
            Change::CreateCategory { id, parent, name, visible, .. } => self.courses.plan_category(Category {
                id: *id,
                parent: *parent,
                name: name.clone(),
                idnumber: None,
                visible: *visible == 1,
            }),
            Change::DeleteCategory { id, .. } => self.courses.plan_category_deletion(*id),
            Change::CreateCourse { .. }
            | Change::UpdateCourse { .. }
            | Change::MoveCourse { .. }
            | Change::DeleteCourse { .. }
            | Change::CreateSection { .. }
            | Change::UpdateSection { .. }
            | Change::SetFormatOptions { .. }
            | Change::UpdateFormatOption { .. }
            | Change::CreateNewsForum { .. }
            | Change::ResetCourse { .. } => self.record_course(change),
            Change::CreateSocialBlock { .. } => {}
            Change::SetPicture { user, hash, .. } => self.pictures.plan(*user, hash),
            Change::SetPictureHash { user, hash } => self.pictures.plan_hash(*user, hash),
            Change::CopyTemplate(copy) => self.record_template(copy),
            Change::CreateInstance(new) => {
                let sortorder = self.courses.instances(new.course).iter().map(|i| i.sortorder + 1).max().unwrap_or(0);
                self.courses.plan_instance(EnrolInstance {
                    id: new.id,
                    course: new.course,
                    method: new.method.clone(),
                    status: new.status,
                    sortorder,
                    role: new.role,
                    period: new.enrol_period,
                    source: new.source,
                    terms: new.terms,
                });
            }
            Change::SetInstanceStatus { instance, course, status } => {
                if let Some(known) = self.courses.instance(*course, *instance).cloned() {
                    self.courses.plan_instance(EnrolInstance { status: *status, ..known });
                }
            }
            Change::UpdateInstance { instance, course, after, .. } => {
                if let Some(known) = self.courses.instance(*course, *instance).cloned() {
                    self.courses.plan_instance(EnrolInstance { terms: *after, ..known });
                }
            }
            Change::DeleteInstance { instance, course } => self.courses.remove_instance(*course, *instance),
            Change::CreateGroup { .. }
            | Change::UpdateGroup { .. }
            | Change::CreateGrouping { .. }
            | Change::UpdateGrouping { .. }
            | Change::AssignGrouping { .. }
            | Change::DeleteGroup { .. }
            | Change::DeleteGrouping { .. } => self.record_group(change),
            _ => self.record_participant(change),
        }
    }

    fn record_group(&mut self, change: &Change) {
        match change {
            Change::CreateGroup { id, course, fields } => {
                self.participants.plan_group(Group { id: *id, course: *course, fields: fields.clone() });
            }
            Change::UpdateGroup { id, course, fields } => {
                if let Some(mut group) = self.participants.group(*course, *id).cloned() {
                    update(&mut group.fields, fields);
                    self.participants.plan_group(group);
                }
            }
            Change::CreateGrouping { id, course, fields } => {
                self.groupings.plan(Grouping { id: *id, course: *course, fields: fields.clone() });
            }
            Change::UpdateGrouping { id, fields, .. } => {
                if let Some(mut grouping) = self.groupings.get(*id).cloned() {
                    update(&mut grouping.fields, fields);
                    self.groupings.plan(grouping);
                }
            }
            Change::AssignGrouping { grouping, group, .. } => self.groupings.plan_link(*grouping, *group),
            Change::DeleteGroup { group, course } => self.participants.delete_group(*course, *group),
            Change::DeleteGrouping { grouping, .. } => self.groupings.delete(*grouping),
            _ => {}
        }
    }

    fn record_cohort(&mut self, change: &Change) {
        let cohorts = &mut self.cohorts;
        match change {
            Change::CreateCohort { id, category, fields } => {
                let mut fields = fields.clone();
                CohortField::ALL.iter().for_each(|field| fields.set_default(*field, field.usual()));
                cohorts.plan(Cohort { id: *id, category: *category, fields });
            }
            Change::UpdateCohort { id, fields } => cohorts.change(*id, |cohort| update(&mut cohort.fields, fields)),
            Change::MoveCohort { id, to, .. } => cohorts.change(*id, |cohort| cohort.category = *to),
            Change::DeleteCohort { id } => cohorts.delete(*id),
            Change::EmptyCohort { id } => cohorts.empty(*id),
            Change::AddCohortMember { cohort, user } => cohorts.plan_member(*cohort, *user, Standing::In),
            Change::RemoveCohortMember { cohort, user } => cohorts.plan_member(*cohort, *user, Standing::Out),
            _ => {}
        }
    }

    fn record_user(&mut self, change: &Change) {
        match change {
            Change::CreateUser { id, fields, password } => self.users.plan(User {
                id: *id,
                deleted: false,
                fields: fields.clone(),
                password: planned_password(password),
                time_modified: self.now,
            }),
            Change::UpdateUser { id, fields } => self.change_user(*id, |user| update(&mut user.fields, fields)),
            Change::SetPassword { id, password } => {
                self.change_user(*id, |user| user.password = planned_password(password));
            }
            Change::ReviveUser { id, fields } => self.change_user(*id, |user| {
                user.deleted = false;
                update(&mut user.fields, fields);
            }),
            Change::DeleteUser { id } => {
                let (facts, now) = (std::sync::Arc::clone(&self.facts), self.now);
                self.change_user(*id, |user| {
                    user.deleted = true;
                    let md5 = crate::site::password::md5_hex(user.username());
                    let stem = freed_name(&facts, user.id, user.username(), user.fields.text(UserField::Email), now);
                    user.fields.set(UserField::Username, format!("{stem}.{now}"));
                    user.fields.set(UserField::Email, md5);
                    user.fields.set(UserField::Idnumber, "");
                });
                self.cohorts.remove_user(*id);
                self.participants.remove_user(*id);
                self.roles_above.remove_user(*id);
                self.interests.remove_user(*id);
            }
            Change::SetPreference { user, name, value } => self.users.plan_preference(*user, name, value.clone()),
            Change::SetProfileField { user, field, after, .. } => {
                self.users.plan_profile(*user, *field, after.clone());
            }
            Change::SetInterests { user, after, .. } => after.clone_into(self.interests.plan(*user, ())),
            Change::AssignRoleAbove { role, place, user } => {
                let assignment = RoleAssignment { role: *role, owner: Owner::manual() };
                self.roles_above.plan(*user, *place).push(assignment);
            }
            Change::UnassignRoleAbove { role, place, user } => {
                let manual = Owner::manual();
                self.roles_above.plan(*user, *place).retain(|known| known.role != *role || known.owner != manual);
            }
            _ => {}
        }
    }

    fn change_user(&mut self, id: UserId, change: impl FnOnce(&mut User)) {
        if let Some(mut user) = self.users.get(id).cloned() {
            change(&mut user);
            user.time_modified = self.now;
            self.users.plan(user);
        }
    }

    fn record_course(&mut self, change: &Change) {
        match change {
            Change::CreateCourse { id, category, fields } => self.courses.plan(Course {
                id: *id,
                category: *category,
                fields: fields.clone(),
                sections: Default::default(),
                format_options: Default::default(),
                has_news_forum: false,
                contexts_above: self.facts.system_context.into_iter().collect(),
            }),
            Change::UpdateCourse { id, fields } => self.change_course(*id, |course| update(&mut course.fields, fields)),
            Change::DeleteCourse { id, .. } => self.courses.plan_deletion(*id),
            Change::MoveCourse { id, to, .. } => self.change_course(*id, |course| course.category = *to),
            Change::CreateSection { course, number, name, summary } => self.change_course(*course, |course| {
                course.sections.insert(*number, Section { name: name.clone(), summary: summary.clone() });
            }),
            Change::UpdateSection { course, number, after: (name, summary), .. } => {
                self.change_course(*course, |course| {
                    course.sections.insert(*number, Section { name: name.clone(), summary: summary.clone() });
                });
            }
            Change::SetFormatOptions { course, options, .. } => self.change_course(*course, |course| {
                course.format_options = options.iter().cloned().collect();
            }),
            Change::UpdateFormatOption { course, name, after, .. } => self.change_course(*course, |course| {
                course.format_options.insert(name.clone(), after.clone());
            }),
            Change::CreateNewsForum { course } => self.change_course(*course, |course| course.has_news_forum = true),
            Change::ResetCourse { id, reset } => {
                self.resets.plan(*id);
                let days = [(CourseField::Startdate, reset.start), (CourseField::Enddate, reset.end)];
                for (field, date) in days.into_iter().filter_map(|(field, date)| Some((field, date?))) {
                    self.change_course(*id, |course| course.fields.set(field, date.after.to_string()));
                }
            }
            _ => {}
        }
    }

    pub(super) fn change_course(&mut self, id: CourseId, change: impl FnOnce(&mut Course)) {
        if let Some(mut course) = self.courses.get(id).cloned() {
            change(&mut course);
            course.fields.set_default(CourseField::Idnumber, "");
            self.courses.plan(course);
        }
    }

    fn record_participant(&mut self, change: &Change) {
        let participants = &mut self.participants;
        match change {
            Change::Enrol { instance, course, user, status, start, end } => {
                let enrolment = Enrolment { instance: *instance, status: *status, start: *start, end: *end };
                participants.change(*user, *course, |pair| pair.enrolments.push(enrolment));
            }
            Change::UpdateEnrolment { instance, course, user, after: (status, start, end), .. } => {
                participants.change(*user, *course, |pair| {
                    for known in pair.enrolments.iter_mut().filter(|known| known.instance == *instance) {
                        (known.status, known.start, known.end) = (*status, *start, *end);
                    }
                });
            }
            Change::Unenrol { instance, method, course, user, remaining } => {
                let component = format!("enrol_{method}");
                let stays = |owner: &Owner| owner.component != component || owner.item != instance.0;
                participants.change(*user, *course, |pair| match remaining {
                    Remaining::None => *pair = Participant::default(),
                    Remaining::Others => {
                        pair.enrolments.retain(|known| known.instance != *instance);
                        pair.roles.retain(|known| stays(&known.owner));
                        pair.memberships.retain(|known| stays(&known.owner));
                    }
                });
            }
            Change::AssignRole { role, course, user, owner } => {
                let assignment = RoleAssignment { role: *role, owner: owner.clone() };
                participants.change(*user, *course, |pair| pair.roles.push(assignment));
            }
            Change::UnassignRole { role, course, user, owner } => participants
                .change(*user, *course, |pair| pair.roles.retain(|known| known.role != *role || known.owner != *owner)),
            Change::AddMember { group, course, user, owner } => {
                let membership = Membership { group: *group, owner: owner.clone() };
                participants.change(*user, *course, |pair| pair.memberships.push(membership));
            }
            Change::RemoveMember { group, course, user } => {
                participants.change(*user, *course, |pair| pair.memberships.retain(|known| known.group != *group));
            }
            _ => {}
        }
    }
}

/// The status, start and end of an enrolment, as changes carry them.
impl Enrolment {
    /// Status, start and end.
    pub fn terms(&self) -> (EnrolStatus, i64, i64) {
        (self.status, self.start, self.end)
    }
}
