//! The metacourses tool: links courses, so that the participants of one take part in the other; disables and restores
//! links. Knows nothing of files, runs, RPC or SQL.

mod descriptor;
#[cfg(test)]
mod tests;

use super::identify::{self, cell};
use super::options::{OptionError, ToolOptions};
use super::sources::{self, Link};
use super::{BoundTool, ConfiguredTool, Job, LinePlan, Planner, Rejection, Tool};
use crate::model::{
    BoundColumn, BoundHeader, CourseId, Entity, Line, Operation, Outcome, Problem, Reason, ToolDescriptor,
};
use crate::site::{CourseKey, EnrolStatus, Lookups, SiteFacts, Source, Subject, World};
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct MetacoursesTool;

/// The options of a run.
#[derive(Debug, Clone, Copy)]
struct Settings {
    key: CourseKey,
}

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    Delete,
}

impl Verb {
    fn operation(self) -> Operation {
        match self {
            Self::Add => Operation::Create,
            Self::Delete => Operation::Suspend,
        }
    }
}

/// What a line asks for.
#[derive(Debug)]
struct LinkCommand {
    verb: Verb,
    master: String,
    meta: String,
}

impl LinkCommand {
    fn key(&self) -> String {
        format!("{}/{}", self.master, self.meta)
    }
}

/// The tool at work on one file.
#[derive(Debug)]
struct MetacoursesJob {
    key: CourseKey,
    verb: Option<BoundColumn>,
    master: Option<BoundColumn>,
    meta: Option<BoundColumn>,
}

impl Tool for MetacoursesTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &descriptor::DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        // The words were checked against the description, so that none is unknown here.
        let key = CourseKey::from_name(options.text(descriptor::IDENTIFIER)).unwrap_or(CourseKey::Shortname);
        Ok(Box::new(Settings { key }))
    }
}

impl ConfiguredTool for Settings {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        if !facts.enrol_plugins().any(|plugin| plugin == Source::META) {
            let message = "The enrolment method meta is switched off on the site, so courses cannot be linked. Switch it \
                           on in Moodle first.";
            return Err(vec![Problem::error(Reason::EnrolMethodUnavailable, message)]);
        }
        let column = |name| header.column(name).cloned();
        let job = MetacoursesJob { key: self.key, verb: column("cmd"), master: column("master"), meta: column("meta") };
        Ok(BoundTool::new(job, Vec::new()))
    }
}

impl Job for MetacoursesJob {
    type Command = LinkCommand;

    const ENTITY: Entity = Entity::EnrolMethod;

    fn parse(&self, line: &Line) -> Result<LinkCommand, Rejection> {
        let mut problems = Vec::new();
        let mut course = |column: &Option<BoundColumn>| {
            let name = column.as_ref().map_or("", |column| &column.name);
            let text = cell(column.as_ref(), line).unwrap_or("");
            if text.is_empty() {
                problems.push(identify::empty(Reason::CourseIdEmpty, name, "course"));
            }
            text.to_owned()
        };
        let (master, meta) = (course(&self.master), course(&self.meta));
        let verb = match cell(self.verb.as_ref(), line).map(str::to_ascii_lowercase).as_deref() {
            None | Some("add") => Verb::Add,
            Some("del" | "delete") => Verb::Delete,
            Some(word) => {
                let message = format!("{word:?} is no command; write add or del.");
                problems.push(Problem::error(Reason::CmdInvalid, message).at("cmd"));
                Verb::Add
            }
        };
        let command = LinkCommand { verb, master, meta };
        if problems.is_empty() {
            return Ok(command);
        }
        Err(identify::rejected(command.key(), verb.operation(), problems))
    }

    fn look_up(&self, command: &LinkCommand, lookups: &mut Lookups) {
        lookups.courses.add(self.key, &command.master);
        lookups.courses.add(self.key, &command.meta);
    }

    fn plan(&self, command: &LinkCommand, world: &mut World) -> LinePlan {
        let mut plan = Planner::new(world);
        let (outcome, subject) = match self.resolve(command, plan.world) {
            Ok((master, meta)) => plan_link(command.verb, master, meta, &mut plan),
            Err(problems) => {
                problems.into_iter().for_each(|problem| plan.tell(problem));
                (Outcome::Failed, None)
            }
        };
        plan.finish(command.key(), command.verb.operation(), outcome, subject)
    }
}

impl MetacoursesJob {
    fn find(&self, world: &World, value: &str, column: Option<&BoundColumn>) -> Result<CourseId, Problem> {
        let column = column.map_or("", |column| &column.name);
        let course = identify::course(world, self.key, value, column)?;
        sources::refuse_front_page(world, course, column)?;
        Ok(course)
    }

    fn resolve(&self, command: &LinkCommand, world: &World) -> Result<(CourseId, CourseId), Vec<Problem>> {
        let master = self.find(world, &command.master, self.master.as_ref());
        let meta = self.find(world, &command.meta, self.meta.as_ref());
        match (master, meta) {
            (Ok(master), Ok(meta)) if master == meta => {
                let message = "A course cannot take over its own participants; name two courses.";
                Err(vec![Problem::error(Reason::SameCourse, message).at("meta")])
            }
            (Ok(master), Ok(meta)) => Ok((master, meta)),
            (master, meta) => Err(master.err().into_iter().chain(meta.err()).collect()),
        }
    }
}

fn plan_link(verb: Verb, master: CourseId, meta: CourseId, plan: &mut Planner<'_>) -> (Outcome, Option<Subject>) {
    plan.visit(meta);
    let link = Link { course: meta, method: Source::META, source: Source::Course(master), role: None };
    match verb {
        Verb::Add => {
            let (outcome, method) = link.establish(|terms| terms, plan);
            if outcome == Outcome::Unchanged {
                plan.tell(Problem::notice(Reason::NothingToDo, "The courses are linked already."));
            }
            (outcome, Some(Subject::Method(method)))
        }
        Verb::Delete => {
            let outcome = link.set_status(EnrolStatus::Suspended, plan).unwrap_or(Outcome::Unchanged);
            let known = link.find(plan.world);
            if outcome == Outcome::Unchanged {
                let message =
                    if known.is_empty() { "The courses are not linked." } else { "The link is disabled already." };
                plan.tell(Problem::notice(Reason::NothingToDo, message));
            }
            (outcome, known.first().map(|method| Subject::Method(method.id)))
        }
    }
}
