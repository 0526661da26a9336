//! The courses tool: creates courses with their categories, sections, enrolment methods and teachers, and updates
//! existing ones. Knows nothing of files, runs and databases.

mod category;
mod columns;
mod command;
mod create;
mod descriptor;
mod format;
mod identifiers;
mod methods;
mod sections;
mod settings;
mod teachers;
mod template;
mod update;

#[cfg(test)]
mod tests;

use super::options::{OptionError, ToolOptions};
use super::values::zone_of;
use super::{BoundTool, ConfiguredTool, Job, LinePlan, Planner, Rejection, Tool};
use crate::model::{BoundHeader, CourseId, Entity, Line, Operation, Outcome, Problem, Reason, ToolDescriptor};
use crate::site::{
    CourseDetail, CourseField, CourseKey, GroupDetail, Lookups, Match, RunningMoodle, SiteFacts, Subject, World,
};
use chrono_tz::Tz;
use columns::Columns;
use command::{CourseCommand, Reading};
use settings::{CourseSettings, Existing};
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct CoursesTool;

impl Tool for CoursesTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &descriptor::DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        Ok(Box::new(ConfiguredCourses(CourseSettings::read(options)?)))
    }
}

struct ConfiguredCourses(CourseSettings);

impl ConfiguredTool for ConfiguredCourses {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let (job, notices) = CoursesJob::bind(self.0, &header, facts)?;
        Ok(BoundTool::new(job, notices))
    }
}

/// The tool at work on one file.
struct CoursesJob {
    settings: CourseSettings,
    columns: Columns,
    facts: Arc<SiteFacts>,
    zone: Tz,
}

impl CoursesJob {
    fn bind(
        settings: CourseSettings,
        header: &BoundHeader,
        facts: Arc<SiteFacts>,
    ) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let columns = Columns::bind(header, settings.identifier, &facts)?;
        let notices = columns.notices();
        let zone = zone_of(facts.config("timezone"));
        Ok((Self { settings, columns, facts, zone }, notices))
    }

    fn reading(&self) -> Reading<'_> {
        Reading { columns: &self.columns, settings: self.settings, facts: &self.facts, zone: self.zone }
    }

    fn plan_existing(&self, command: &CourseCommand, id: CourseId, mut plan: Planner<'_>) -> LinePlan {
        let course = plan.world.courses.get(id);
        let front_page = self.facts.site_course == Some(id) || course.is_some_and(|course| course.category.0 == 0);
        if front_page {
            let message = "The front page of the site is no course to change; name another course.";
            let problem = Problem::error(Reason::SiteCourse, message).at(self.settings.identifier.name());
            return plan.refuse(&*command.key, Operation::Update, problem);
        }
        if self.settings.existing == Existing::Update {
            return update::plan(command, &self.settings, id, plan);
        }
        let text = |field| course.map_or("", |course| course.fields.text(field));
        let message = format!(
            "The course {:?} (idnumber {:?}, {:?}) exists already; the option force_update updates it.",
            text(CourseField::Shortname),
            text(CourseField::Idnumber),
            text(CourseField::Fullname)
        );
        plan.tell(Problem::notice(Reason::CourseExists, message));
        plan.finish(&*command.key, Operation::Create, Outcome::Skipped, Some(Subject::Course(id)))
    }
}

impl Job for CoursesJob {
    type Command = CourseCommand;

    const ENTITY: Entity = Entity::Course;

    fn asks_moodle(&self) -> bool {
        self.columns.template.is_some() && self.facts.moodle == RunningMoodle::Callable
    }

    fn parse(&self, line: &Line) -> Result<CourseCommand, Rejection> {
        self.reading().read(line)
    }

    fn look_up(&self, command: &CourseCommand, lookups: &mut Lookups) {
        if self.settings.existing == Existing::Update {
            lookups.courses.detail = CourseDetail::Everything;
            lookups.participation |= !command.teachers.is_empty();
        }
        if let Some(template) = &command.template {
            lookups.courses.detail = CourseDetail::Everything;
            lookups.courses.add(CourseKey::Shortname, template);
            (lookups.courses.activities, lookups.courses.blocks) = (true, true);
            lookups.groups.detail = GroupDetail::Groupings;
        }
        lookups.courses.add(self.settings.identifier, &command.key);
        lookups.courses.add(CourseKey::Shortname, command.shortname());
        lookups.courses.add(CourseKey::Idnumber, command.idnumber().unwrap_or(""));
        // Without a column, new courses go to the first category.
        lookups.categories |= self.columns.category.is_some() || self.settings.identifier != CourseKey::Id;
        teachers::look_up(&command.teachers, lookups);
    }

    fn plan(&self, command: &CourseCommand, world: &mut World) -> LinePlan {
        let plan = Planner::new(world);
        let identifier = self.settings.identifier;
        match plan.world.courses.find(identifier, &command.key) {
            Match::One(id) => self.plan_existing(command, id, plan),
            Match::None if identifier == CourseKey::Id => {
                plan.refuse(&*command.key, Operation::Update, unknown_course(command))
            }
            Match::None => create::plan(command, &self.settings, plan),
            Match::Many(count) => {
                let name = identifier.name();
                let message = format!("{count} courses have the {name} {:?}; make it unique.", command.key);
                plan.refuse(&*command.key, Operation::Update, Problem::error(Reason::CourseAmbiguous, message).at(name))
            }
        }
    }
}

fn unknown_course(command: &CourseCommand) -> Problem {
    let message = format!("No course has the id {}; courses are never created by id.", command.key);
    Problem::error(Reason::CourseUnknown, message).at("id")
}

/// Ends the plan of a line that changes nothing, for all these reasons.
fn fail(mut plan: Planner<'_>, command: &CourseCommand, operation: Operation, problems: Vec<Problem>) -> LinePlan {
    problems.into_iter().for_each(|problem| plan.tell(problem));
    plan.finish(&*command.key, operation, Outcome::Failed, None)
}
