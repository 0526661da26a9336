//! The courses of a list are deleted.

use super::descriptor::DELETE;
use super::listed::{Listing, key_of};
use crate::model::{
    BoundHeader, CategoryId, CourseId, Entity, Line, LineNumber, Operation, Outcome, Problem, Reason, ToolDescriptor,
};
use crate::site::{Change, CourseKey, Lookups, STANDARD_ACTIVITIES, SiteFacts, Subject, World};
use crate::tools::first_lines::FirstLines;
use crate::tools::options::{OptionError, ToolOptions};
use crate::tools::{BoundTool, ConfiguredTool, CourseFile, Job, LinePlan, Planner, Rejection, Tool};
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct DeleteCoursesTool;

impl Tool for DeleteCoursesTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &DELETE
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        Ok(Box::new(ConfiguredDeletion(key_of(options))))
    }

    fn course_file(&self) -> Option<CourseFile> {
        Some(CourseFile::List)
    }
}

struct ConfiguredDeletion(CourseKey);

impl ConfiguredTool for ConfiguredDeletion {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let listing = Listing::bind(self.0, &header)?;
        let notices = recycle_bin(&facts).into_iter().collect();
        let seen = FirstLines::new(facts.collation);
        Ok(BoundTool::new(DeletionJob { listing, facts, seen }, notices))
    }
}

/// What there is to tell where Moodle would keep a backup of each course.
fn recycle_bin(facts: &SiteFacts) -> Option<Problem> {
    let is_on = facts.plugin("tool_recyclebin", "categorybinenable") == Some("1");
    is_on.then(|| {
        let message = "Moodle's recycle bin is on, and gets no copy of the courses that are deleted here: they cannot be \
                       restored from it. Delete a course in Moodle to keep a copy.";
        Problem::warning(Reason::NoRecycleBin, message)
    })
}

struct DeletionJob {
    listing: Listing,
    facts: Arc<SiteFacts>,
    seen: FirstLines,
}

/// A course to delete.
pub(super) struct Doomed {
    value: String,
    /// An earlier line with the same identifier.
    earlier: Option<LineNumber>,
}

impl DeletionJob {
    fn refusal(&self, course: CourseId, world: &World) -> Option<Problem> {
        let known = world.courses.get(course)?;
        if self.facts.site_course == Some(course) || known.category.0 == 0 {
            return Some(self.listing.problem(Reason::SiteCourse, "The front page of the site is never deleted."));
        }
        let foreign = |name: &&str| !STANDARD_ACTIVITIES.contains(name);
        let foreign: Vec<&str> = world.courses.activities(course).filter(foreign).collect();
        (!foreign.is_empty()).then(|| {
            let message = format!(
                "The course {:?} holds activities that only Moodle itself can delete: {}. Delete it in Moodle.",
                known.shortname(),
                foreign.join(", ")
            );
            self.listing.problem(Reason::ActivityForeign, message)
        })
    }

    fn not_found(&self, doomed: &Doomed, mut plan: Planner<'_>) -> LinePlan {
        let Doomed { value, earlier } = doomed;
        let outcome = match earlier {
            None => {
                plan.tell(self.listing.unknown(value, "; there is nothing to delete"));
                Outcome::NotFound
            }
            Some(line) => {
                let message = format!("{value:?} stands on line {line} already; there is nothing left to delete.");
                plan.tell(Problem::notice(Reason::NothingToDo, message));
                Outcome::Unchanged
            }
        };
        plan.finish(&**value, Operation::Delete, outcome, None)
    }
}

impl Job for DeletionJob {
    type Command = Doomed;

    const ENTITY: Entity = Entity::Course;

    fn parse(&self, line: &Line) -> Result<Doomed, Rejection> {
        let value = self.listing.read(line, Operation::Delete)?;
        let earlier = self.seen.before(&value, line.number);
        Ok(Doomed { value, earlier })
    }

    fn look_up(&self, doomed: &Doomed, lookups: &mut Lookups) {
        lookups.courses.add(self.listing.key, &doomed.value);
        lookups.courses.activities = true;
    }

    fn plan(&self, doomed: &Doomed, world: &mut World) -> LinePlan {
        let value = &doomed.value;
        let found = self.listing.find(value, world);
        let mut plan = Planner::new(world);
        let id = match found[..] {
            [] => return self.not_found(doomed, plan),
            [id] => id,
            _ => {
                let problem = self.listing.ambiguous(value, &found, "; none is deleted, name one by its id");
                return plan.refuse(&**value, Operation::Delete, problem);
            }
        };
        if let Some(problem) = self.refusal(id, plan.world) {
            return plan.refuse(&**value, Operation::Delete, problem);
        }
        let category = plan.world.courses.get(id).map_or(CategoryId(0), |course| course.category);
        plan.apply(Change::DeleteCourse { id, category });
        plan.finish(&**value, Operation::Delete, Outcome::Deleted, Some(Subject::Course(id)))
    }
}
