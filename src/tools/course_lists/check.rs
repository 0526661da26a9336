//! Which courses of a list exist. Changes nothing.

use super::descriptor::CHECK;
use super::listed::{Listing, key_of};
use crate::model::{BoundColumn, BoundHeader, Entity, Line, Operation, Outcome, Problem, Severity, ToolDescriptor};
use crate::site::{CourseDetail, CourseField, CourseKey, Lookups, SiteFacts, Subject, World};
use crate::tools::options::{OptionError, ToolOptions};
use crate::tools::values::excerpt;
use crate::tools::{BoundTool, ConfiguredTool, CourseFile, Job, LinePlan, Planner, Rejection, Tool};
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct CheckCoursesTool;

impl Tool for CheckCoursesTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &CHECK
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        Ok(Box::new(ConfiguredCheck(key_of(options))))
    }

    fn course_file(&self) -> Option<CourseFile> {
        Some(CourseFile::List)
    }
}

struct ConfiguredCheck(CourseKey);

impl ConfiguredTool for ConfiguredCheck {
    fn bind(&self, header: BoundHeader, _facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let listing = Listing::bind(self.0, &header)?;
        let description = header.column("description").cloned();
        Ok(BoundTool::new(CheckJob { listing, description }, Vec::new()))
    }
}

struct CheckJob {
    listing: Listing,
    description: Option<BoundColumn>,
}

/// A course to look for.
pub(super) struct Sought {
    value: String,
    description: String,
}

impl CheckJob {
    /// The description, unless there are more cells: then nobody knows what they mean.
    fn description(&self, line: &Line) -> String {
        let column = self.description.as_ref().filter(|_| line.len() == 2);
        column.and_then(|column| column.value(line)).map_or_else(String::new, |text| text.trim().to_owned())
    }
}

impl Job for CheckJob {
    type Command = Sought;

    const ENTITY: Entity = Entity::Course;

    fn parse(&self, line: &Line) -> Result<Sought, Rejection> {
        let value = self.listing.read(line, Operation::Check)?;
        Ok(Sought { value, description: self.description(line) })
    }

    fn look_up(&self, sought: &Sought, lookups: &mut Lookups) {
        lookups.courses.add(self.listing.key, &sought.value);
        lookups.courses.detail = CourseDetail::Card;
    }

    fn plan(&self, sought: &Sought, world: &mut World) -> LinePlan {
        let Sought { value, description } = sought;
        let found = self.listing.find(value, world);
        let mut plan = Planner::new(world);
        let Some(course) = found.first().and_then(|id| plan.world.courses.get(*id)) else {
            let remark = if description.is_empty() { String::new() } else { format!(" ({:?})", excerpt(description)) };
            plan.tell(self.listing.unknown(value, &remark));
            return plan.finish(&**value, Operation::Check, Outcome::NotFound, None);
        };
        let (id, fields) = (course.id, course.fields.clone());
        if found.len() > 1 {
            let problem = self.listing.ambiguous(value, &found, "; the first of them is shown");
            plan.tell(Problem { severity: Severity::Warning, ..problem });
        }
        for field in [CourseField::Shortname, CourseField::Idnumber, CourseField::Fullname, CourseField::Visible] {
            plan.show(field.column(), fields.text(field));
        }
        if !description.is_empty() {
            plan.show("description", &**description);
        }
        plan.show("matches", found.len().to_string());
        plan.finish(&**value, Operation::Check, Outcome::Found, Some(Subject::Course(id)))
    }
}
