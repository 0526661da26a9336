//! Changes in words, for the results of lines: field, before, after. Secrets are masked here.

use super::change::Change;
use super::fields::{CohortField, CourseField, FieldUpdate, Fields, GroupField};
use super::method::{EnrolStatus, MethodTerms};
use super::participant::RolePlace;
use super::reset::{CourseReset, FEEDBACK_OPTION, Holders};
use super::template::TemplateCopy;
use super::world::World;
use crate::model::{CategoryId, CohortId, CourseId, EnrolId, FieldChange, GroupId, GroupingId, UserId};
use std::borrow::Cow;

fn changed(field: impl Into<Cow<'static, str>>, before: impl Into<String>, after: impl Into<String>) -> FieldChange {
    FieldChange { field: field.into(), before: before.into(), after: after.into() }
}

fn updates<F: Copy>(fields: &[FieldUpdate<F>], name: fn(F) -> &'static str) -> Vec<FieldChange> {
    fields.iter().map(|update| changed(name(update.field), &*update.before, &*update.after)).collect()
}

fn status_word(status: EnrolStatus) -> &'static str {
    match status {
        EnrolStatus::Active => "active",
        EnrolStatus::Suspended => "suspended",
    }
}

/// What a change does, field by field. `world` is the world before or after the change: both know the names used.
pub fn describe(change: &Change, world: &World) -> Vec<FieldChange> {
    match change {
        Change::CreateUser { fields, .. } => {
            fields.iter().filter(|(_, value)| !value.is_empty()).map(|(f, v)| changed(f.column(), "", v)).collect()
        }
        Change::UpdateUser { fields, .. } => updates(fields, |field| field.column()),
        Change::ReviveUser { fields, .. } => {
            let mut changes = vec![changed("deleted", "1", "0")];
            changes.extend(updates(fields, |field| field.column()));
            changes
        }
        Change::DeleteUser { .. } => vec![changed("deleted", "0", "1")],
        Change::SetPassword { .. } => vec![changed("password", "***", "***")],
        Change::SetPreference { user, name, value } => {
            let before = world.users.preference(*user, name).unwrap_or("").to_owned();
            vec![changed(format!("preference:{name}"), before, value.clone().unwrap_or_default())]
        }
        Change::SetProfileField { field, before, after, .. } => {
            let fields = &world.facts.profile_fields;
            let name = fields.iter().find(|known| known.id == *field).map_or("?", |known| &known.shortname);
            vec![changed(format!("profile_field_{name}"), before.clone().unwrap_or_default(), &**after)]
        }
        Change::SetInterests { before, after, .. } => vec![changed("interests", before.join(", "), after.join(", "))],
        Change::AssignRoleAbove { role, place, .. } => {
            vec![changed(role_at(*place, world), "", world.facts.role_name(*role))]
        }
        Change::UnassignRoleAbove { role, place, .. } => {
            vec![changed(role_at(*place, world), world.facts.role_name(*role), "")]
        }
        Change::SetPicture { before, hash, .. } => vec![changed("picture", &**before, hash.as_str())],
        Change::SetPictureHash { hash, .. } => vec![changed("profile_field_userpicturehash", "", hash.as_str())],
        Change::CreateCohort { .. }
        | Change::UpdateCohort { .. }
        | Change::MoveCohort { .. }
        | Change::DeleteCohort { .. }
        | Change::EmptyCohort { .. }
        | Change::AddCohortMember { .. }
        | Change::RemoveCohortMember { .. } => describe_cohort(change, world),
        Change::CreateCategory { id, name, .. } => {
            let path = world.courses.category_path(*id);
            vec![changed("category:new", "", if path.is_empty() { name.clone() } else { path })]
        }
        Change::DeleteCategory { id, .. } => vec![changed("category", world.courses.category_path(*id), "")],
        _ => describe_course(change, world),
    }
}

fn role_at(place: RolePlace, world: &World) -> String {
    match place {
        RolePlace::Site => "role:site".to_owned(),
        RolePlace::Category(id) => format!("role:{}", world.courses.category_path(id)),
    }
}

fn describe_cohort(change: &Change, world: &World) -> Vec<FieldChange> {
    let name = |id: CohortId| world.cohorts.get(id).map_or("?", |cohort| cohort.name()).to_owned();
    let place = |id: CategoryId| world.courses.category_path(id);
    match change {
        Change::CreateCohort { category, fields, .. } => {
            let mut changes = vec![changed("cohort:new", "", fields.text(CohortField::Name))];
            let others = fields.iter().filter(|(field, text)| *field != CohortField::Name && !text.is_empty());
            changes.extend(others.map(|(field, text)| changed(format!("cohort:{}", field.column()), "", text)));
            if category.0 != 0 {
                changes.push(changed("cohort:category", "", place(*category)));
            }
            changes
        }
        Change::UpdateCohort { fields, .. } => fields
            .iter()
            .map(|update| changed(format!("cohort:{}", update.field.column()), &*update.before, &*update.after))
            .collect(),
        Change::MoveCohort { from, to, .. } => vec![changed("cohort:category", place(*from), place(*to))],
        Change::DeleteCohort { id } => vec![changed("cohort:deleted", name(*id), "")],
        Change::EmptyCohort { id } => vec![changed("cohort:members", name(*id), "")],
        Change::AddCohortMember { cohort, .. } => vec![changed("cohort", "", name(*cohort))],
        Change::RemoveCohortMember { cohort, .. } => vec![changed("cohort", name(*cohort), "")],
        _ => Vec::new(),
    }
}

fn describe_course(change: &Change, world: &World) -> Vec<FieldChange> {
    match change {
        Change::CreateCourse { category, fields, .. } => {
            let mut changes: Vec<_> =
                fields.iter().filter(|(_, v)| !v.is_empty()).map(|(f, v)| changed(f.column(), "", v)).collect();
            changes.push(changed("category", "", world.courses.category_path(*category)));
            changes
        }
        Change::UpdateCourse { fields, .. } => updates(fields, |field| field.column()),
        Change::MoveCourse { from, to, .. } => {
            vec![changed("category", world.courses.category_path(*from), world.courses.category_path(*to))]
        }
        Change::DeleteCourse { id, .. } => {
            let known = world.courses.get(*id).into_iter().flat_map(|course| course.fields.iter());
            let named = [CourseField::Shortname, CourseField::Idnumber, CourseField::Fullname];
            let told = known.filter(|(field, value)| named.contains(field) && !value.is_empty());
            told.map(|(field, value)| changed(field.column(), value, "")).collect()
        }
        Change::ResetCourse { reset, .. } => describe_reset(reset, world),
        Change::CreateSection { number, name, .. } => {
            vec![changed(format!("section {number}"), "", name.clone().unwrap_or_default())]
        }
        Change::UpdateSection { number, before, after, .. } => {
            let words = |(name, summary): &(Option<String>, String)| {
                [name.as_deref().unwrap_or(""), summary].join("|").trim_end_matches('|').to_owned()
            };
            vec![changed(format!("section {number}"), words(before), words(after))]
        }
        Change::SetFormatOptions { format, options, .. } => {
            options.iter().map(|(name, value)| changed(format!("format:{format}:{name}"), "", &**value)).collect()
        }
        Change::UpdateFormatOption { name, before, after, .. } => {
            vec![changed(name.clone(), before.clone().unwrap_or_default(), &**after)]
        }
        Change::CopyTemplate(copy) => describe_template(copy, world),
        Change::CreateNewsForum { .. } => vec![changed("activity:new", "", "forum")],
        Change::CreateSocialBlock { .. } => vec![changed("block:new", "", "social_activities")],
        Change::CreateInstance(new) => {
            vec![changed("method:new", "", format!("{} {}", new.method, status_word(new.status)))]
        }
        Change::UpdateInstance { course, before, after, .. } => {
            let group = |terms: &MethodTerms| {
                let group = terms.group.and_then(|group| world.participants.group(*course, group));
                group.map_or_else(String::new, |group| group.name().to_owned())
            };
            let number = |value: i64| if value == 0 { String::new() } else { value.to_string() };
            let rows = [
                ("method:enrolstartdate", number(before.opens), number(after.opens)),
                ("method:enrolenddate", number(before.closes), number(after.closes)),
                ("method:group", group(before), group(after)),
            ];
            let rows = rows.into_iter().filter(|(_, before, after)| before != after);
            rows.map(|(name, before, after)| changed(name, before, after)).collect()
        }
        Change::DeleteInstance { instance, course } => {
            let known = world.courses.instance(*course, *instance);
            vec![changed("method:deleted", known.map_or("?", |known| known.method.as_str()), "")]
        }
        Change::SetInstanceStatus { instance, course, status } => {
            let known = world.courses.instance(*course, *instance);
            let method = known.map_or("?", |known| known.method.as_str());
            let before = known.map_or("", |known| status_word(known.status));
            vec![changed(format!("method:{method}"), before, status_word(*status))]
        }
        Change::CreateGroup { .. }
        | Change::UpdateGroup { .. }
        | Change::CreateGrouping { .. }
        | Change::UpdateGrouping { .. }
        | Change::AssignGrouping { .. }
        | Change::DeleteGroup { .. }
        | Change::DeleteGrouping { .. } => describe_group(change, world),
        _ => describe_participant(change, world),
    }
}

/// What goes, and how much of it there was; and the new days.
fn describe_reset(reset: &CourseReset, world: &World) -> Vec<FieldChange> {
    let items = reset.items.iter().map(|(item, rows)| (item.name().to_owned(), *rows));
    let feedbacks = reset.feedbacks.iter().map(|(id, responses)| (format!("{FEEDBACK_OPTION}{id}"), *responses));
    let holders = reset.holders.iter().map(|(holders, users)| {
        let role = match holders {
            Holders::Of(role) => world.facts.role_name(*role),
            Holders::OfNone => "norole",
        };
        (format!("roles:{role}"), *users)
    });
    let counted = items.chain(feedbacks).chain(holders).filter(|(_, count)| *count > 0);
    let mut changes: Vec<_> =
        counted.map(|(name, count)| changed(format!("reset:{name}"), count.to_string(), "0")).collect();
    let days = [(CourseField::Startdate, reset.start), (CourseField::Enddate, reset.end)];
    let days = days.into_iter().filter_map(|(field, date)| Some((field, date?)));
    changes.extend(days.map(|(field, date)| changed(field.column(), date.before.to_string(), date.after.to_string())));
    changes
}

fn describe_group(change: &Change, world: &World) -> Vec<FieldChange> {
    let place = |name: String, course: CourseId| {
        format!("{name}:{}", world.courses.get(course).map_or("?", |course| course.shortname()))
    };
    let created = |noun: &str, course: CourseId, fields: &Fields<GroupField>| {
        let name = |field| if field == GroupField::Name { "new" } else { GroupField::column(field) };
        let filled = fields.iter().filter(|(_, text)| !text.is_empty());
        filled.map(|(field, text)| changed(place(format!("{noun}:{}", name(field)), course), "", text)).collect()
    };
    let updated = |noun: &str, course: CourseId, fields: &[FieldUpdate<GroupField>]| {
        let name = |field: GroupField| place(format!("{noun}:{}", field.column()), course);
        fields.iter().map(|update| changed(name(update.field), &*update.before, &*update.after)).collect()
    };
    let grouping_name =
        |id| world.groupings.get(id).map_or("?", |grouping| grouping.fields.text(GroupField::Name)).to_owned();
    match change {
        Change::CreateGroup { course, fields, .. } => created("group", *course, fields),
        Change::UpdateGroup { course, fields, .. } => updated("group", *course, fields),
        Change::CreateGrouping { course, fields, .. } => created("grouping", *course, fields),
        Change::UpdateGrouping { course, fields, .. } => updated("grouping", *course, fields),
        Change::AssignGrouping { grouping, course, .. } => {
            vec![changed(place("grouping".to_owned(), *course), "", grouping_name(*grouping))]
        }
        Change::DeleteGroup { group, course } => {
            let name = world.participants.group(*course, *group).map_or("?", |group| group.name());
            vec![changed(place("group:deleted".to_owned(), *course), name, "")]
        }
        Change::DeleteGrouping { grouping, course } => {
            vec![changed(place("grouping:deleted".to_owned(), *course), grouping_name(*grouping), "")]
        }
        _ => Vec::new(),
    }
}

fn describe_participant(change: &Change, world: &World) -> Vec<FieldChange> {
    let place = |name: &str, course: CourseId| {
        format!("{name}:{}", world.courses.get(course).map_or("?", |course| course.shortname()))
    };
    let group_name = |course: CourseId, id: GroupId| {
        world.participants.group(course, id).map_or_else(|| "?".to_owned(), |group| group.name().to_owned())
    };
    let times = |course: CourseId, before: Option<(EnrolStatus, i64, i64)>, after: (EnrolStatus, i64, i64)| {
        let number = |value: Option<i64>| value.filter(|v| *v != 0).map_or_else(String::new, |v| v.to_string());
        let rows = [
            ("enrolment", before.map_or("", |b| status_word(b.0)).to_owned(), status_word(after.0).to_owned()),
            ("timestart", number(before.map(|b| b.1)), number(Some(after.1))),
            ("timeend", number(before.map(|b| b.2)), number(Some(after.2))),
        ];
        let changed_rows = rows.into_iter().filter(|(_, before, after)| before != after);
        changed_rows.map(|(name, before, after)| changed(place(name, course), before, after)).collect()
    };
    match change {
        Change::Enrol { course, status, start, end, .. } => times(*course, None, (*status, *start, *end)),
        Change::UpdateEnrolment { course, before, after, .. } => times(*course, Some(*before), *after),
        Change::Unenrol { course, method, .. } => vec![changed(place("enrolment", *course), &**method, "")],
        Change::AssignRole { role, course, .. } => {
            vec![changed(place("role", *course), "", world.facts.role_name(*role))]
        }
        Change::UnassignRole { role, course, .. } => {
            vec![changed(place("role", *course), world.facts.role_name(*role), "")]
        }
        Change::AddMember { group, course, .. } => {
            vec![changed(place("group", *course), "", group_name(*course, *group))]
        }
        Change::RemoveMember { group, course, .. } => {
            vec![changed(place("group", *course), group_name(*course, *group), "")]
        }
        _ => Vec::new(),
    }
}

fn describe_template(copy: &TemplateCopy, world: &World) -> Vec<FieldChange> {
    let from = world.courses.get(copy.from);
    let section = |number: &u32| {
        let name = from.and_then(|course| course.sections.get(number)).and_then(|section| section.name.clone());
        changed(format!("section {number}"), "", name.unwrap_or_default())
    };
    let method = |(template, _): &(EnrolId, EnrolId)| {
        let known = world.courses.instance(copy.from, *template);
        changed("method:new", "", known.map_or_else(String::new, |m| format!("{} {}", m.method, status_word(m.status))))
    };
    let group = |(template, _): &(GroupId, GroupId)| {
        let known = world.participants.group(copy.from, *template);
        changed("group:new", "", known.map_or("", |group| group.name()))
    };
    let grouping_name =
        |id: GroupingId| world.groupings.get(id).map_or("", |known| known.fields.text(GroupField::Name));
    let groupings = copy.groupings.iter().map(|(template, _)| changed("grouping:new", "", grouping_name(*template)));
    let sections = copy.sections.iter().map(section);
    let blocks = copy.blocks.iter().map(|kind| changed("block:new", "", &**kind));
    let changes = sections.chain(copy.methods.iter().map(method)).chain(copy.groups.iter().map(group));
    let mut changes: Vec<FieldChange> = changes.chain(groupings).chain(blocks).collect();
    if changes.is_empty() && !copy.links.is_empty() {
        changes.push(changed("groupings", "", format!("{} groups put into groupings", copy.links.len())));
    }
    changes
}

impl Change {
    /// The course whose participants or content the change touches, for what happens after a run.
    pub fn course(&self) -> Option<CourseId> {
        match self {
            Self::UpdateCourse { id, .. } | Self::MoveCourse { id, .. } | Self::CreateCourse { id, .. } => Some(*id),
            Self::ResetCourse { id, .. } => Some(*id),
            Self::Enrol { course, .. }
            | Self::UpdateEnrolment { course, .. }
            | Self::Unenrol { course, .. }
            | Self::AssignRole { course, .. }
            | Self::UnassignRole { course, .. }
            | Self::CreateGroup { course, .. }
            | Self::UpdateGroup { course, .. }
            | Self::CreateGrouping { course, .. }
            | Self::UpdateGrouping { course, .. }
            | Self::AssignGrouping { course, .. }
            | Self::DeleteInstance { course, .. }
            | Self::AddMember { course, .. }
            | Self::RemoveMember { course, .. } => Some(*course),
            Self::CopyTemplate(copy) => Some(copy.to),
            _ => None,
        }
    }

    /// The account the change is about.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::CreateUser { id, .. }
            | Self::UpdateUser { id, .. }
            | Self::SetPassword { id, .. }
            | Self::ReviveUser { id, .. }
            | Self::DeleteUser { id } => Some(*id),
            Self::SetPreference { user, .. }
            | Self::SetProfileField { user, .. }
            | Self::SetPicture { user, .. }
            | Self::SetPictureHash { user, .. }
            | Self::SetInterests { user, .. }
            | Self::AssignRoleAbove { user, .. }
            | Self::UnassignRoleAbove { user, .. }
            | Self::AddCohortMember { user, .. }
            | Self::RemoveCohortMember { user, .. }
            | Self::Enrol { user, .. }
            | Self::UpdateEnrolment { user, .. }
            | Self::Unenrol { user, .. }
            | Self::AssignRole { user, .. }
            | Self::UnassignRole { user, .. }
            | Self::AddMember { user, .. }
            | Self::RemoveMember { user, .. } => Some(*user),
            _ => None,
        }
    }
}
