//! The groups tool: creates and updates groups and groupings of courses, and puts groups into groupings. Knows nothing of
//! files, runs, RPC or SQL.

mod command;
mod descriptor;
mod records;
#[cfg(test)]
mod tests;

use super::leftovers::{GroupPurge, Leftovers};
use super::options::{OptionError, ToolOptions};
use super::{BoundTool, ConfiguredTool, Job, LinePlan, Planner, Rejection, Tool, identify};
use crate::model::{BoundHeader, CourseId, Entity, GroupId, Line, Outcome, Problem, Reason, ToolDescriptor};
use crate::site::{CourseKey, GroupDetail, GroupField, GroupKey, Lookups, SiteFacts, Subject, World};
use command::{Columns, Destination, GroupCommand, Record};
use records::Course;
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct GroupsTool;

/// The options of a run.
#[derive(Debug, Clone, Copy)]
struct Settings {
    course_key: CourseKey,
    group_key: GroupKey,
    grouping_key: GroupKey,
    /// Where groups go of which the line does not say it.
    usual: Usual,
    purge: GroupPurge,
}

/// Where groups go of which the line does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Usual {
    Nowhere,
    Namesake,
}

/// The tool at work on one file.
#[derive(Debug)]
struct GroupsJob {
    settings: Settings,
    columns: Columns,
}

impl Tool for GroupsTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &descriptor::DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        // The words were checked against the description, so that none is unknown here.
        let group_key = |name| GroupKey::from_name(options.text(name)).unwrap_or(GroupKey::Name);
        let course_key = CourseKey::from_name(options.text(descriptor::COURSE_IDENTIFIER));
        Ok(Box::new(Settings {
            course_key: course_key.unwrap_or(CourseKey::Shortname),
            group_key: group_key(descriptor::GROUP_IDENTIFIER),
            grouping_key: group_key(descriptor::GROUPING_IDENTIFIER),
            usual: if options.flag(descriptor::AUTOGROUPING) { Usual::Namesake } else { Usual::Nowhere },
            purge: GroupPurge::of(options),
        }))
    }
}

impl ConfiguredTool for Settings {
    fn bind(&self, header: BoundHeader, _facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        Ok(BoundTool::new(GroupsJob { settings: *self, columns: Columns::of(&header) }, Vec::new()))
    }

    fn leftovers(&self) -> Leftovers {
        Leftovers { groups: self.purge, ..Leftovers::default() }
    }
}

impl Settings {
    fn key(&self, record: Record) -> GroupKey {
        match record {
            Record::Group => self.group_key,
            Record::Grouping => self.grouping_key,
        }
    }
}

impl Job for GroupsJob {
    type Command = GroupCommand;

    const ENTITY: Entity = Entity::Group;

    fn parse(&self, line: &Line) -> Result<GroupCommand, Rejection> {
        self.columns.read(line)
    }

    fn look_up(&self, command: &GroupCommand, lookups: &mut Lookups) {
        lookups.courses.add(self.settings.course_key, &command.course);
        lookups.groups.detail = GroupDetail::Groupings;
        if self.settings.key(command.record) == GroupKey::Id
            && let Some(Ok(id)) = command.target.as_ref().map(|target| target.parse())
        {
            match command.record {
                Record::Group => lookups.groups.ids.insert(id),
                Record::Grouping => lookups.groups.grouping_ids.insert(id),
            };
        }
    }

    fn plan(&self, command: &GroupCommand, world: &mut World) -> LinePlan {
        let mut plan = Planner::new(world);
        match self.plan_record(command, &mut plan) {
            Ok((outcome, subject)) => {
                let outcome = match outcome {
                    Outcome::Unchanged if plan.has_changes() => Outcome::Updated,
                    outcome => outcome,
                };
                plan.finish(command.key(), command.operation(), outcome, Some(subject))
            }
            Err(problem) => plan.refuse(command.key(), command.operation(), problem),
        }
    }
}

impl GroupsJob {
    /// An error means that nothing was planned.
    fn plan_record(&self, command: &GroupCommand, plan: &mut Planner<'_>) -> Result<(Outcome, Subject), Problem> {
        let id = identify::course(plan.world, self.settings.course_key, &command.course, "courseid")?;
        if plan.world.facts.site_course == Some(id) {
            let message = "The front page of the site has no groups to keep; name another course.";
            return Err(Problem::error(Reason::SiteCourse, message).at("courseid"));
        }
        plan.visit(id);
        let course = Course { id, key: self.settings.key(command.record) };
        let (outcome, subject) = course.settle(command, plan)?;
        if let Subject::Group(group) = subject {
            self.put_into_grouping(command, course, group, plan);
        }
        Ok((outcome, subject))
    }

    /// What cannot be done leaves the group itself as it is.
    fn put_into_grouping(&self, command: &GroupCommand, course: Course, group: GroupId, plan: &mut Planner<'_>) {
        let grouping = match (&command.destination, self.settings.usual) {
            (Destination::Nowhere, _) | (Destination::Unsaid, Usual::Nowhere) => return,
            (Destination::Idnumber(idnumber), _) => course.grouping_by_idnumber(plan.world, idnumber),
            (Destination::Namesake, _) | (Destination::Unsaid, Usual::Namesake) => course.namesake(plan, group),
        };
        match grouping {
            Ok(grouping) => records::link(plan, course.id, grouping, group),
            Err(problem) => plan.tell(problem),
        }
    }
}

/// The name of a group, for messages and namesakes.
fn group_name(world: &World, course: CourseId, group: GroupId) -> String {
    world.participants.group(course, group).map_or_else(String::new, |group| group.name().to_owned())
}

/// The stored text of a column.
fn text_of(fields: Option<&crate::site::Fields<GroupField>>, field: GroupField) -> String {
    fields.map_or("", |fields| fields.text(field)).to_owned()
}
