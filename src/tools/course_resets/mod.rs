//! The reset tool: takes away what people did in courses, and moves their dates, for a new term. Knows nothing of files,
//! runs, RPC or SQL.

mod columns;
mod command;
mod descriptor;
mod plan;
#[cfg(test)]
mod tests;

use super::first_lines::FirstLines;
use super::options::{OptionError, ToolOptions};
use super::{BoundTool, ConfiguredTool, CourseFile, Job, LinePlan, Planner, Rejection, Tool};
use crate::model::{BoundHeader, Entity, Line, LineNumber, Operation, Outcome, Problem, Reason, ToolDescriptor};
use crate::site::{CourseDetail, Lookups, SiteFacts, Subject, World};
use columns::{Columns, Settings};
use command::{Reader, ResetCommand};
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct ResetCoursesTool;

impl Tool for ResetCoursesTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &descriptor::DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        Ok(Box::new(Settings::of(options)))
    }

    fn course_file(&self) -> Option<CourseFile> {
        Some(CourseFile::Profile(descriptor::PROFILE))
    }
}

impl ConfiguredTool for Settings {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let columns = Columns::of(self.key, &header)?;
        let seen = FirstLines::new(facts.collation);
        Ok(BoundTool::new(ResetJob { settings: *self, columns, facts, seen }, Vec::new()))
    }
}

/// The tool at work on one file.
struct ResetJob {
    settings: Settings,
    columns: Columns,
    facts: Arc<SiteFacts>,
    seen: FirstLines,
}

/// A line, and whether its course stood on another one before.
struct Numbered {
    command: ResetCommand,
    earlier: Option<LineNumber>,
}

impl Job for ResetJob {
    type Command = Numbered;

    const ENTITY: Entity = Entity::Course;

    fn parse(&self, line: &Line) -> Result<Numbered, Rejection> {
        let reader = Reader { columns: &self.columns, settings: self.settings, facts: &self.facts };
        let command = reader.read(line)?;
        let earlier = self.seen.before(&command.course, line.number);
        Ok(Numbered { command, earlier })
    }

    fn look_up(&self, Numbered { command, .. }: &Numbered, lookups: &mut Lookups) {
        lookups.courses.add(self.settings.key, &command.course);
        lookups.courses.detail = lookups.courses.detail.max(CourseDetail::Card);
        lookups.courses.activities = true;
        lookups.resets.items.extend(command.possible_items());
        lookups.resets.feedbacks |= !command.feedbacks.is_empty();
        lookups.resets.holders.extend(&command.holders);
    }

    fn plan(&self, numbered: &Numbered, world: &mut World) -> LinePlan {
        let Numbered { command, earlier } = numbered;
        let key = &*command.course;
        let mut plan = Planner::new(world);
        command.remarks.iter().for_each(|remark| plan.tell(remark.clone()));
        if let Some(line) = earlier {
            let message = format!(
                "{key:?} stands on line {line} already; a course is reset once in a file. Put all that is to go into one \
                 line."
            );
            let problem = Problem::error(Reason::ValueInvalid, message).at(self.columns.course.name());
            return plan.refuse(key, Operation::Update, problem);
        }
        match self.plan_course(command, &mut plan) {
            Ok(course) => {
                let outcome = if plan.has_changes() { Outcome::Updated } else { Outcome::Unchanged };
                plan.finish(key, Operation::Update, outcome, Some(Subject::Course(course)))
            }
            Err(problem) => plan.refuse(key, Operation::Update, *problem),
        }
    }
}
