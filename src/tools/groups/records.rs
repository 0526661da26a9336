//! Groups and groupings of one course: found, created, updated, linked. Both go the same way.

use super::command::{GroupCommand, Record};
use super::{group_name, text_of};
use crate::model::{CourseId, GroupId, GroupingId, Outcome, Problem, Reason};
use crate::site::{Change, FieldUpdate, Fields, GroupField, GroupKey, Subject, World};
use crate::tools::{Planner, participation};

/// The course of a line, and how its records are identified.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    pub(super) id: CourseId,
    pub(super) key: GroupKey,
}

/// The course of a group or grouping, and its columns.
fn known(world: &World, subject: Subject) -> Option<(CourseId, &Fields<GroupField>)> {
    match subject {
        Subject::Group(id) => world.participants.group_anywhere(id).map(|group| (group.course, &group.fields)),
        Subject::Grouping(id) => world.groupings.get(id).map(|grouping| (grouping.course, &grouping.fields)),
        Subject::User(_) | Subject::Course(_) | Subject::Cohort(_) | Subject::Method(_) | Subject::Category(_) => None,
    }
}

impl Course {
    fn find_all(self, world: &World, record: Record, key: GroupKey, value: &str) -> Vec<Subject> {
        match record {
            Record::Group => {
                world.participants.find_groups(self.id, key, value).into_iter().map(Subject::Group).collect()
            }
            Record::Grouping => {
                world.groupings.find_all(self.id, key, value).into_iter().map(Subject::Grouping).collect()
            }
        }
    }

    /// The one record with that identifier, if there is any.
    fn find(self, world: &World, record: Record, key: GroupKey, value: &str) -> Result<Option<Subject>, Problem> {
        match self.find_all(world, record, key, value)[..] {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            ref many => {
                let (noun, shortname) = (record.noun(), participation::shortname(world, self.id));
                let message = format!(
                    "Course {shortname:?} has {} {noun}s with the {} {value:?}; make it unique.",
                    many.len(),
                    key.name()
                );
                Err(Problem::error(ambiguous(record), message))
            }
        }
    }

    /// Finds the record of a line or creates it, and updates what the line wants updated.
    pub(super) fn settle(self, command: &GroupCommand, plan: &mut Planner<'_>) -> Result<(Outcome, Subject), Problem> {
        match &command.target {
            None => match self.find_described(command, plan.world)? {
                Some(subject) => {
                    let message = format!("The {} exists already and is left as it is.", command.record.noun());
                    plan.tell(Problem::notice(Reason::NothingToDo, message));
                    Ok((Outcome::Unchanged, subject))
                }
                None => self.create(command, None, plan).map(|subject| (Outcome::Created, subject)),
            },
            Some(target) => match self.find_target(command.record, target, plan.world)? {
                Some(subject) => self.update(command, subject, plan),
                None => self.replace(command, target, plan),
            },
        }
    }

    /// The record as the line describes it: groups by idnumber or else by name, groupings by name.
    fn find_described(self, command: &GroupCommand, world: &World) -> Result<Option<Subject>, Problem> {
        let by = |key, field, column: &'static str| {
            let value = command.field(field).unwrap_or("");
            self.find(world, command.record, key, value).map_err(|problem| problem.at(column))
        };
        match command.record {
            Record::Group if command.field(GroupField::Idnumber).is_some() => {
                by(GroupKey::Idnumber, GroupField::Idnumber, "idnumber")
            }
            Record::Group | Record::Grouping => by(GroupKey::Name, GroupField::Name, "name"),
        }
    }

    fn find_target(self, record: Record, target: &str, world: &World) -> Result<Option<Subject>, Problem> {
        let found = self.find(world, record, self.key, target).map_err(|problem| problem.at("updateid"))?;
        if let Some((course, _)) = found.and_then(|subject| known(world, subject))
            && course != self.id
        {
            let (noun, other) = (record.noun(), participation::shortname(world, course));
            let message = format!("The {noun} with the id {target} is in the course {other:?}; name that course.");
            return Err(Problem::error(Reason::WrongCourse, message).at("updateid"));
        }
        Ok(found)
    }

    /// What was to be updated is not there: an earlier run may have renamed it, or it is created.
    fn replace(
        self,
        command: &GroupCommand,
        target: &str,
        plan: &mut Planner<'_>,
    ) -> Result<(Outcome, Subject), Problem> {
        let noun = command.record.noun();
        if let Some(subject) = self.find_described(command, plan.world)? {
            return self.update(command, subject, plan);
        }
        if command.field(GroupField::Name).is_none() {
            let (shortname, key) = (participation::shortname(plan.world, self.id), self.key.name());
            let message = format!("Course {shortname:?} has no {noun} with the {key} {target:?}; create it first.");
            return Err(Problem::error(unknown(command.record), message).at("updateid"));
        }
        let idnumber = Some(target).filter(|_| self.key == GroupKey::Idnumber);
        let subject = self.create(command, idnumber, plan)?;
        let message = format!("There was no {noun} {target:?} to update, so it was created.");
        plan.tell(Problem::notice(Reason::CreatedInstead, message).at("updateid"));
        Ok((Outcome::Created, subject))
    }

    fn refuse_taken(self, world: &World, record: Record, own: Option<Subject>, idnumber: &str) -> Result<(), Problem> {
        let others = self.find_all(world, record, GroupKey::Idnumber, idnumber);
        if others.iter().all(|other| Some(*other) == own) {
            return Ok(());
        }
        let message = format!("Another {} of the course has the idnumber {idnumber:?}; choose one.", record.noun());
        Err(Problem::error(Reason::IdnumberTaken, message).at("idnumber"))
    }

    fn create(
        self,
        command: &GroupCommand,
        idnumber: Option<&str>,
        plan: &mut Planner<'_>,
    ) -> Result<Subject, Problem> {
        let mut fields: Fields<GroupField> = command.fields.iter().cloned().collect();
        if let Some(idnumber) = idnumber {
            fields.set_default(GroupField::Idnumber, idnumber);
        }
        let idnumber = fields.text(GroupField::Idnumber).to_owned();
        self.refuse_taken(plan.world, command.record, None, &idnumber)?;
        if command.record == Record::Grouping && idnumber.is_empty() {
            let message = "The grouping has no idnumber, so lines for groups cannot name it.";
            plan.tell(Problem::notice(Reason::GroupingWithoutIdnumber, message).at("idnumber"));
        }
        Ok(self.insert(command.record, fields, plan))
    }

    fn insert(self, record: Record, fields: Fields<GroupField>, plan: &mut Planner<'_>) -> Subject {
        let (id, course) = (plan.world.plan_id(), self.id);
        match record {
            Record::Group => {
                plan.apply(Change::CreateGroup { id: GroupId(id), course, fields });
                Subject::Group(GroupId(id))
            }
            Record::Grouping => {
                plan.apply(Change::CreateGrouping { id: GroupingId(id), course, fields });
                Subject::Grouping(GroupingId(id))
            }
        }
    }

    fn update(
        self,
        command: &GroupCommand,
        subject: Subject,
        plan: &mut Planner<'_>,
    ) -> Result<(Outcome, Subject), Problem> {
        let stored = |field| text_of(known(plan.world, subject).map(|(_, fields)| fields), field);
        let mut fields = Vec::new();
        for (field, after) in &command.fields {
            let before = stored(*field);
            if before == *after {
                continue;
            }
            if *field == GroupField::Idnumber {
                self.refuse_taken(plan.world, command.record, Some(subject), after)?;
            }
            fields.push(FieldUpdate { field: *field, before, after: after.clone() });
        }
        if fields.is_empty() {
            let message = format!("The {} is as the line describes it already.", command.record.noun());
            plan.tell(Problem::notice(Reason::NothingToDo, message));
            return Ok((Outcome::Unchanged, subject));
        }
        let course = self.id;
        match subject {
            Subject::Group(id) => plan.apply(Change::UpdateGroup { id, course, fields }),
            Subject::Grouping(id) => plan.apply(Change::UpdateGrouping { id, course, fields }),
            Subject::User(_) | Subject::Course(_) | Subject::Cohort(_) | Subject::Method(_) | Subject::Category(_) => {}
        }
        Ok((Outcome::Updated, subject))
    }

    /// The grouping of the course with that idnumber.
    pub(super) fn grouping_by_idnumber(self, world: &World, idnumber: &str) -> Result<GroupingId, Problem> {
        let found = self.find(world, Record::Grouping, GroupKey::Idnumber, idnumber);
        match found.map_err(|problem| problem.at("grouping"))? {
            Some(Subject::Grouping(id)) => Ok(id),
            _ => {
                let shortname = participation::shortname(world, self.id);
                let message =
                    format!("Course {shortname:?} has no grouping with the idnumber {idnumber:?}; create it first.");
                Err(Problem::error(Reason::GroupingUnknown, message).at("grouping"))
            }
        }
    }

    /// The grouping with the name of a group, made after the group where it is missing.
    pub(super) fn namesake(self, plan: &mut Planner<'_>, group: GroupId) -> Result<GroupingId, Problem> {
        let name = group_name(plan.world, self.id, group);
        let found = self.find(plan.world, Record::Grouping, GroupKey::Name, &name);
        if let Some(Subject::Grouping(id)) = found.map_err(|problem| problem.at("selfgrouping"))? {
            return Ok(id);
        }
        let mut fields =
            plan.world.participants.group(self.id, group).map(|group| group.fields.clone()).unwrap_or_default();
        let idnumber = fields.text(GroupField::Idnumber).to_owned();
        if self.refuse_taken(plan.world, Record::Grouping, None, &idnumber).is_err() {
            fields.set(GroupField::Idnumber, "");
        }
        match self.insert(Record::Grouping, fields, plan) {
            Subject::Grouping(id) => Ok(id),
            _ => Ok(GroupingId(0)),
        }
    }
}

/// Puts a group into a grouping unless it is there.
pub(super) fn link(plan: &mut Planner<'_>, course: CourseId, grouping: GroupingId, group: GroupId) {
    if !plan.world.groupings.has(grouping, group) {
        plan.apply(Change::AssignGrouping { grouping, group, course });
    }
}

fn ambiguous(record: Record) -> Reason {
    match record {
        Record::Group => Reason::GroupAmbiguous,
        Record::Grouping => Reason::GroupingAmbiguous,
    }
}

fn unknown(record: Record) -> Reason {
    match record {
        Record::Group => Reason::GroupUnknown,
        Record::Grouping => Reason::GroupingUnknown,
    }
}
