//! The cohort bindings tool: binds cohorts to courses, so that their members are enrolled there; disables, restores and
//! deletes bindings. Knows nothing of files, runs, RPC or SQL.

mod command;
mod descriptor;
#[cfg(test)]
mod tests;

use super::options::{OptionError, ToolOptions};
use super::participation::{self, MissingGroup};
use super::sources::{self, Link};
use super::{BoundTool, ConfiguredTool, Job, LinePlan, Planner, Rejection, Tool, identify, values};
use crate::model::{
    BoundHeader, CohortId, CourseId, Entity, GroupId, Line, Outcome, Problem, Reason, RoleId, ToolDescriptor,
};
use crate::site::{
    CohortKey, CourseKey, EnrolStatus, GroupDetail, Lookups, MethodTerms, SiteFacts, Source, Subject, World,
};
use chrono_tz::Tz;
use command::{BindingCommand, Columns, Grouping, RoleRef, Verb};
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct CohortBindingsTool;

/// By which column a role is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RoleKey {
    Id,
    Shortname,
}

/// The options of a run.
#[derive(Debug, Clone, Copy)]
struct Settings {
    cohort_key: CohortKey,
    course_key: CourseKey,
    role_key: RoleKey,
}

/// The tool at work on one file.
#[derive(Debug)]
struct BindingsJob {
    settings: Settings,
    columns: Columns,
    zone: Tz,
}

impl Tool for CohortBindingsTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &descriptor::DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        // The words were checked against the description, so that none is unknown here.
        let cohort_key = CohortKey::from_name(options.text(descriptor::COHORT_IDENTIFIER));
        let course_key = CourseKey::from_name(options.text(descriptor::COURSE_IDENTIFIER));
        let by_id = options.text(descriptor::ROLE_IDENTIFIER) == "id";
        Ok(Box::new(Settings {
            cohort_key: cohort_key.unwrap_or(CohortKey::Idnumber),
            course_key: course_key.unwrap_or(CourseKey::Shortname),
            role_key: if by_id { RoleKey::Id } else { RoleKey::Shortname },
        }))
    }
}

impl ConfiguredTool for Settings {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let zone = values::zone_of(facts.config("timezone"));
        Ok(BoundTool::new(BindingsJob { settings: *self, columns: Columns::of(&header), zone }, Vec::new()))
    }
}

impl Job for BindingsJob {
    type Command = BindingCommand;

    const ENTITY: Entity = Entity::EnrolMethod;

    fn parse(&self, line: &Line) -> Result<BindingCommand, Rejection> {
        self.columns.read(line, self.zone)
    }

    fn look_up(&self, command: &BindingCommand, lookups: &mut Lookups) {
        lookups.cohorts.add(self.settings.cohort_key, &command.cohort);
        lookups.courses.add(self.settings.course_key, &command.course);
        if command.grouping == Grouping::OwnGroup {
            lookups.groups.detail = lookups.groups.detail.max(GroupDetail::Identifiers);
        }
    }

    fn plan(&self, command: &BindingCommand, world: &mut World) -> LinePlan {
        let mut plan = Planner::new(world);
        let (outcome, subject) = match self.plan_binding(command, &mut plan) {
            Ok(done) => done,
            Err(problems) => {
                problems.into_iter().for_each(|problem| plan.tell(problem));
                (Outcome::Failed, None)
            }
        };
        plan.finish(command.key(), command.verb.operation(), outcome, subject)
    }
}

impl BindingsJob {
    /// Errors mean that nothing was planned.
    fn plan_binding(
        &self,
        command: &BindingCommand,
        plan: &mut Planner<'_>,
    ) -> Result<(Outcome, Option<Subject>), Vec<Problem>> {
        let (cohort, course, role) = self.resolve(command, plan.world)?;
        plan.visit(course);
        let source = Source::Cohort(cohort);
        let link = Link { course, method: &command.method, source, role };
        if matches!(command.verb, Verb::Add | Verb::Restore) {
            refuse_unavailable(plan.world, &command.method).map_err(|problem| vec![problem])?;
        }
        let outcome = match command.verb {
            Verb::Add => return add(command, &link, cohort, plan).map_err(|problem| vec![problem]),
            Verb::Delete => link.set_status(EnrolStatus::Suspended, plan),
            Verb::Restore => link.set_status(EnrolStatus::Active, plan),
            Verb::FullDelete => link.remove(plan),
        };
        let subject = link.find(plan.world).first().map(|method| Subject::Method(method.id));
        if outcome == Some(Outcome::Unchanged) {
            plan.tell(Problem::notice(Reason::NothingToDo, "The binding is so already."));
        }
        Ok((outcome.unwrap_or_else(|| missing(command, plan)), subject))
    }

    fn resolve(
        &self,
        command: &BindingCommand,
        world: &World,
    ) -> Result<(CohortId, CourseId, Option<RoleId>), Vec<Problem>> {
        let role = self.find_role(&command.role, &world.facts);
        let course = identify::course(world, self.settings.course_key, &command.course, "course")
            .and_then(|course| sources::refuse_front_page(world, course, "course").map(|()| course));
        let cohort = identify::cohort(world, self.settings.cohort_key, &command.cohort, "cohort");
        match (cohort, course, role) {
            (Ok(cohort), Ok(course), Ok(role)) => Ok((cohort, course, role)),
            (cohort, course, role) => Err([role.err(), course.err(), cohort.err()].into_iter().flatten().collect()),
        }
    }

    /// The role of the line; none for all roles.
    fn find_role(&self, role: &RoleRef, facts: &SiteFacts) -> Result<Option<RoleId>, Problem> {
        match (role, self.settings.role_key) {
            (RoleRef::All, _) => Ok(None),
            (RoleRef::Usual, _) => identify::role(facts, "student", "role").map(Some),
            (RoleRef::Named(name), RoleKey::Shortname) => identify::role(facts, name, "role").map(Some),
            (RoleRef::Named(id), RoleKey::Id) => {
                let known = facts.roles.iter().find(|role| id.parse() == Ok(role.id.0));
                known
                    .map(|role| Some(role.id))
                    .ok_or_else(|| Problem::error(Reason::RoleUnknown, format!("No role has the id {id}.")).at("role"))
            }
        }
    }
}

/// Notices what needs no change, or is not there to be changed.
fn missing(command: &BindingCommand, plan: &mut Planner<'_>) -> Outcome {
    let message = format!(
        "The cohort {:?} is not bound to {:?} like that, so there is nothing to {}.",
        command.cohort,
        command.course,
        command.verb.word()
    );
    plan.tell(Problem::warning(Reason::BindingNotFound, message));
    Outcome::Unchanged
}

fn refuse_unavailable(world: &World, method: &str) -> Result<(), Problem> {
    if world.facts.enrol_plugins().any(|enabled| enabled == method) {
        return Ok(());
    }
    let message = format!("The enrolment method {method:?} is switched off on the site; switch it on first.");
    Err(Problem::error(Reason::EnrolMethodUnavailable, message).at("enrol"))
}

fn add(
    command: &BindingCommand,
    link: &Link<'_>,
    cohort: CohortId,
    plan: &mut Planner<'_>,
) -> Result<(Outcome, Option<Subject>), Problem> {
    let known = link.find(plan.world).first().map(|method| method.terms).unwrap_or_default();
    let (opens, closes) = (command.opens.unwrap_or(known.opens), command.closes.unwrap_or(known.closes));
    if closes != 0 && closes < opens {
        let message = "The binding would end before it starts; correct enrolstart or enrolend.";
        return Err(Problem::error(Reason::TimeInvalid, message).at("enrolend"));
    }
    let group = match command.grouping {
        Grouping::OwnGroup if known.group.is_none() => Some(own_group(link.course, cohort, plan)?),
        Grouping::OwnGroup | Grouping::AsIs => None,
    };
    let terms = |before: MethodTerms| MethodTerms { opens, closes, group: group.or(before.group) };
    let (outcome, method) = link.establish(terms, plan);
    if outcome == Outcome::Unchanged {
        plan.tell(Problem::notice(Reason::NothingToDo, "The cohort is bound to the course like that already."));
    }
    Ok((outcome, Some(Subject::Method(method))))
}

/// Longest name of a group.
const LONGEST_NAME: usize = 254;

/// The group of the course that is named after the cohort, as Moodle names it.
fn own_group(course: CourseId, cohort: CohortId, plan: &mut Planner<'_>) -> Result<GroupId, Problem> {
    let name = plan.world.cohorts.get(cohort).map_or("", |cohort| cohort.name());
    let name: String = format!("{name} cohort").chars().take(LONGEST_NAME).collect();
    participation::find_group(plan, course, &name, MissingGroup::Create).map_err(|problem| problem.at("makegroup"))
}
