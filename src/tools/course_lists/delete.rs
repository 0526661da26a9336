//! The courses of a list are deleted.

use super::descriptor::{DELETE, THROUGH};
use super::listed::{IDENTIFIER, Listing, key_of};
use crate::model::{
    BoundHeader, CategoryId, CourseId, Entity, Line, LineNumber, Operation, Outcome, Problem, Reason, ToolDescriptor,
};
use crate::site::{Change, CourseKey, Lookups, MoodleCall, STANDARD_ACTIVITIES, SiteFacts, Subject, World};
use crate::tools::first_lines::FirstLines;
use crate::tools::options::{OptionError, ToolOptions};
use crate::tools::{BoundTool, ConfiguredTool, CourseFile, Job, LinePlan, PlannedCall, Planner, Rejection, Tool};
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct DeleteCoursesTool;

impl Tool for DeleteCoursesTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &DELETE
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        Ok(Box::new(ConfiguredDeletion { key: key_of(options), way: Way::of(options) }))
    }

    fn course_file(&self) -> Option<CourseFile> {
        Some(CourseFile::List)
    }
}

/// Who deletes the courses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A transaction of the database.
    Database,
    /// A running Moodle.
    Moodle,
}

impl Way {
    fn of(options: &ToolOptions) -> Self {
        if options.text(THROUGH) == "webservice" { Self::Moodle } else { Self::Database }
    }

    /// What there is to tell before the first line.
    fn notices(self, facts: &SiteFacts) -> Vec<Problem> {
        let told = |message: &str| Problem::notice(Reason::DeletionWay, message);
        match self {
            Self::Moodle => vec![told("Moodle deletes the courses, asked by its web services.")],
            Self::Database => {
                let way = told("The courses are deleted in the database.");
                std::iter::once(way).chain(recycle_bin(facts)).collect()
            }
        }
    }
}

struct ConfiguredDeletion {
    key: CourseKey,
    way: Way,
}

impl ConfiguredTool for ConfiguredDeletion {
    fn needs_moodle(&self) -> Option<&'static str> {
        (self.way == Way::Moodle).then_some(THROUGH)
    }

    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let listing = Listing::bind(self.key, &header)?;
        let notices = self.way.notices(&facts);
        let seen = FirstLines::new(facts.collation);
        Ok(BoundTool::new(DeletionJob { listing, way: self.way, facts, seen }, notices))
    }
}

/// What there is to tell where Moodle would keep a backup of each course.
fn recycle_bin(facts: &SiteFacts) -> Option<Problem> {
    let is_on = facts.plugin("tool_recyclebin", "categorybinenable") == Some("1");
    is_on.then(|| {
        let message = "Moodle's recycle bin is on, and gets no copy of the courses that are deleted here: they cannot be \
                       restored from it. The option through=webservice keeps copies.";
        Problem::warning(Reason::NoRecycleBin, message)
    })
}

struct DeletionJob {
    listing: Listing,
    way: Way,
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
        let foreign = |name: &&str| self.way == Way::Database && !STANDARD_ACTIVITIES.contains(name);
        let foreign: Vec<&str> = world.courses.activities(course).filter(foreign).collect();
        (!foreign.is_empty()).then(|| {
            let message = format!(
                "The course {:?} holds activities that only Moodle itself can delete: {}. Delete it in \
                 Moodle, or with the option through=webservice.",
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

    fn asks_moodle(&self) -> bool {
        self.way == Way::Moodle
    }

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
        let change = Change::DeleteCourse { id, category };
        match self.way {
            Way::Database => plan.apply(change),
            Way::Moodle => {
                let call = MoodleCall::DeleteCourse { course: id };
                let otherwise = "The course is still there.".to_owned();
                plan.leave_to_moodle(&change, PlannedCall { call, column: IDENTIFIER, otherwise });
            }
        }
        plan.finish(&**value, Operation::Delete, Outcome::Deleted, Some(Subject::Course(id)))
    }
}
