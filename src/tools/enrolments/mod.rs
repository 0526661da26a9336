//! The enrolment tool: one line is one order about one user in one course.
//!
//! It enrols and unenrols, gives and takes roles, suspends and reactivates, and in the same line keeps the user's
//! groups in the course. Knows nothing of files, runs, RPC or SQL.

mod command;
mod descriptor;
mod groups;
#[cfg(test)]
mod tests;
mod verbs;

use super::options::{OptionError, ToolOptions};
use super::participation::{self, Effect, InstanceChoice, Protection};
use super::{BoundTool, ConfiguredTool, Job, LinePlan, Planner, Rejection, Tool, identify, values};
use crate::model::{BoundHeader, CourseId, Entity, Line, Outcome, Problem, Reason, RoleId, ToolDescriptor};
use crate::site::world::EnrolInstance;
use crate::site::{CourseDetail, CourseKey, Lookups, SiteFacts, UserKey, World};
use command::{Columns, EnrolCommand, Method, Reading, Verb};
use std::sync::Arc;
use verbs::{Participation, Step, Way};

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct EnrolmentsTool;

/// The options of a run.
#[derive(Debug, Clone, Copy)]
struct Settings {
    course_key: CourseKey,
    user_key: UserKey,
    default_verb: Verb,
    protection: Protection,
    instances: InstanceChoice,
}

/// The tool at work on one file.
#[derive(Debug)]
struct EnrolmentsJob {
    settings: Settings,
    columns: Columns,
    reading: Reading,
}

impl Tool for EnrolmentsTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &descriptor::DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        Ok(Box::new(Settings::of(options)))
    }
}

impl Settings {
    /// The words were checked against the description, so that none is unknown here.
    fn of(options: &ToolOptions) -> Self {
        let course_key = CourseKey::from_name(options.text(descriptor::COURSE_IDENTIFIER));
        let user_key = UserKey::from_name(options.text(descriptor::USER_IDENTIFIER));
        let disabled_too = options.flag(descriptor::ENROL_ON_DISABLED);
        Self {
            course_key: course_key.unwrap_or(CourseKey::Shortname),
            user_key: user_key.unwrap_or(UserKey::Username),
            default_verb: command::default_verb(options),
            protection: Protection::of(options.flag(descriptor::PROTECT_GROUPS)),
            instances: if disabled_too { InstanceChoice::DisabledToo } else { InstanceChoice::EnabledOnly },
        }
    }
}

impl ConfiguredTool for Settings {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let columns = Columns::of(&header);
        let reading = Reading { default_verb: self.default_verb, zone: values::zone_of(facts.config("timezone")) };
        let idle = columns.idle().map(|column| {
            let message = format!("Column {} has no effect in a file without the column enrol.", column.name);
            Problem::notice(Reason::ColumnIgnored, message).at(&column.name)
        });
        let notices = idle.collect();
        Ok(BoundTool::new(EnrolmentsJob { settings: *self, columns, reading }, notices))
    }
}

impl Job for EnrolmentsJob {
    type Command = EnrolCommand;

    const ENTITY: Entity = Entity::Enrolment;

    fn parse(&self, line: &Line) -> Result<EnrolCommand, Rejection> {
        self.columns.read(line, self.reading)
    }

    fn look_up(&self, command: &EnrolCommand, lookups: &mut Lookups) {
        lookups.users.add(self.settings.user_key, command.key.user());
        lookups.courses.add(self.settings.course_key, command.key.course());
        lookups.courses.detail = lookups.courses.detail.max(CourseDetail::Identity);
        lookups.participation = true;
    }

    fn plan(&self, command: &EnrolCommand, world: &mut World) -> LinePlan {
        let operation = command.verb.operation();
        let mut plan = Planner::new(world);
        let outcome = self.plan_parts(command, &mut plan).unwrap_or_else(|problems| {
            problems.into_iter().for_each(|problem| plan.tell(problem));
            Outcome::Failed
        });
        plan.finish(command.key.text(), operation, outcome, None)
    }
}

impl EnrolmentsJob {
    /// Plans the enrolment, then the groups. An error means that nothing was planned.
    fn plan_parts(&self, command: &EnrolCommand, plan: &mut Planner<'_>) -> Result<Outcome, Vec<Problem>> {
        let place = self.resolve(command, plan.world)?;
        plan.visit(place.course);
        let step = verbs::apply(plan, command, &place).map_err(|problem| vec![problem])?;
        let regrouped = match &command.groups {
            Some(order) => groups::apply(plan, place.user, place.course, order, self.settings.protection),
            None => Effect::Nothing,
        };
        Ok(match step {
            Step::Done(outcome) => outcome,
            Step::AlreadySo(notice) => {
                let idle = regrouped == Effect::Nothing && !plan.has_errors();
                if idle || notice.reason != Reason::NothingToDo {
                    plan.tell(notice);
                }
                if regrouped == Effect::Changed { Outcome::Updated } else { Outcome::Unchanged }
            }
        })
    }

    /// Finds all that the line names, or says of everything that is missing.
    fn resolve(&self, command: &EnrolCommand, world: &World) -> Result<Participation, Vec<Problem>> {
        let user = identify::user(world, self.settings.user_key, command.key.user(), "uid");
        let course = identify::course(world, self.settings.course_key, command.key.course(), "cid");
        let role = find_role(command, world);
        let way = match (&course, &command.method) {
            (Ok(course), Method::Named(method)) => self.find_instance(world, *course, method).map(Way::Method),
            _ => Ok(Way::RoleOnly),
        };
        match (user, course, role, way) {
            (Ok(user), Ok(course), Ok(role), Ok(way)) => Ok(Participation { user, course, role, way }),
            (user, course, role, way) => {
                Err([user.err(), course.err(), role.err(), way.err()].into_iter().flatten().collect())
            }
        }
    }

    /// The method that the line names, if it can be used in the course: enabled there (unless disabled ones count as
    /// well) and on the whole site, as Moodle itself chooses.
    fn find_instance(&self, world: &World, course: CourseId, method: &str) -> Result<EnrolInstance, Problem> {
        if world.facts.site_course == Some(course) {
            let message = "Nobody is enrolled in the front page course; leave the column enrol out to assign roles.";
            return Err(Problem::error(Reason::SiteCourse, message).at("cid"));
        }
        let choice = self.settings.instances;
        let on_site = || world.facts.enrol_plugins().any(|name| name.eq_ignore_ascii_case(method));
        let instance = participation::find_instance(world, course, method, choice)
            // Guest access lets visitors in without enrolling them.
            .filter(|instance| instance.method != "guest")
            .filter(|_| choice == InstanceChoice::DisabledToo || on_site());
        instance.cloned().ok_or_else(|| {
            let shortname = participation::shortname(world, course);
            let message = format!(
                "The enrolment method {method:?} is not active in course {shortname:?}; enable it there, or name another."
            );
            Problem::error(Reason::EnrolMethodUnavailable, message).at("enrol")
        })
    }
}

/// The role of the line, where the verb looks at it.
fn find_role(command: &EnrolCommand, world: &World) -> Result<Option<RoleId>, Problem> {
    let looked_at = match command.verb {
        Verb::Add | Verb::Shift => true,
        Verb::Delete => command.method == Method::RoleOnly,
        Verb::Enable | Verb::Disable => false,
    };
    let Some(name) = command.role.as_deref().filter(|_| looked_at) else { return Ok(None) };
    identify::role(&world.facts, name, "rolename").map(Some)
}
