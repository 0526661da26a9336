//! Course categories that hold nothing are deleted: those of a list, or all that are empty when the run is accepted.
//!
//! Knows no files, no RPC and no SQL.

mod descriptor;
#[cfg(test)]
mod tests;

use super::options::{OptionError, ToolOptions};
use super::values::{invalid, parse_number};
use super::{BoundTool, ConfiguredTool, Job, LinePlan, OwnList, Planner, Rejection, Tool};
use crate::model::{
    BoundColumn, BoundHeader, CategoryId, Entity, Line, Operation, Outcome, Problem, Reason, ToolDescriptor,
};
use crate::site::{Change, Lookups, SiteFacts, Subcategories, Subject, World};
use descriptor::{ALLOW_REQUESTS, DESCRIPTOR, FORCE, ID, IGNORE_EMPTY, START};
use std::fmt::Write;
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct CleanCategoriesTool;

/// Whether a protection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    On,
    Off,
}

impl Protection {
    fn lifted_by(flag: bool) -> Self {
        if flag { Self::Off } else { Self::On }
    }
}

/// The options of a run.
#[derive(Debug, Clone, Copy)]
struct Settings {
    start: CategoryId,
    subcategories: Subcategories,
    /// Of categories that hold cohorts and the like.
    in_use: Protection,
    /// Of the category of requested courses.
    requests: Protection,
}

impl Tool for CleanCategoriesTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        let start = parse_number(options.text(START), 0..=i64::MAX)
            .map_err(|problem| vec![OptionError { name: START.to_owned(), problem }])?;
        let ignores = options.flag(IGNORE_EMPTY);
        Ok(Box::new(Settings {
            start: CategoryId(start),
            subcategories: if ignores { Subcategories::CountWithCourses } else { Subcategories::Count },
            in_use: Protection::lifted_by(options.flag(FORCE)),
            requests: Protection::lifted_by(options.flag(ALLOW_REQUESTS)),
        }))
    }
}

/// What there is to know about categories.
pub fn lookups() -> Lookups {
    Lookups { categories: true, category_contents: true, ..Lookups::default() }
}

impl ConfiguredTool for Settings {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let Some(id) = header.column(ID).cloned() else {
            return Err(vec![Problem::error(Reason::ColumnMissing, "The list has no ids.").at(ID)]);
        };
        Ok(BoundTool::new(CleaningJob { settings: *self, id, facts }, Vec::new()))
    }

    fn own_list(&self) -> Option<OwnList> {
        let Self { start, subcategories, .. } = *self;
        let write = move |world: &World| {
            if start.0 != 0 && world.courses.category(start).is_none() {
                let problem = format!("no category has the id {start}; 0 stands for all");
                return Err(OptionError { name: START.to_owned(), problem });
            }
            let empty = world.courses.empty_categories(start, subcategories);
            Ok(empty.into_iter().fold(String::new(), |mut list, id| {
                let path = world.courses.category_path(id).replace('"', "\"\"");
                let _ = writeln!(list, "{id};\"{path}\"");
                list
            }))
        };
        Some(OwnList { lookups: lookups(), write: Box::new(write) })
    }
}

/// The tool at work on one list.
struct CleaningJob {
    settings: Settings,
    id: BoundColumn,
    facts: Arc<SiteFacts>,
}

impl CleaningJob {
    fn problem(&self, reason: Reason, message: String) -> Problem {
        Problem::warning(reason, message).at(&self.id.name)
    }

    /// Why a category is kept.
    fn reason_to_keep(&self, id: CategoryId, world: &World) -> Option<Problem> {
        let path = world.courses.category_path(id);
        let contents = world.courses.contents(id);
        if contents.courses > 0 || world.courses.has_subcategories(id) {
            let what = if contents.courses > 0 { "courses" } else { "other categories" };
            return Some(self.problem(Reason::CategoryNotEmpty, format!("{path:?} holds {what} and is kept.")));
        }
        if world.courses.category_count() == 1 {
            let message = format!("{path:?} is the last category of the site and is kept.");
            return Some(self.problem(Reason::CategoryNeeded, message));
        }
        let for_requests = self.facts.config("defaultrequestcategory").trim() == id.to_string();
        if for_requests && self.settings.requests == Protection::On {
            let message =
                format!("{path:?} is where requested courses go and is kept; the option {ALLOW_REQUESTS} deletes it.");
            return Some(self.problem(Reason::CategoryNeeded, message));
        }
        if !contents.others.is_empty() && self.settings.in_use == Protection::On {
            let others = contents.others.into_iter().collect::<Vec<_>>().join(", ");
            let message = format!("{path:?} holds {others} and is kept; the option {FORCE} deletes it all the same.");
            return Some(self.problem(Reason::CategoryInUse, message));
        }
        None
    }
}

impl Job for CleaningJob {
    type Command = CategoryId;

    const ENTITY: Entity = Entity::Category;

    fn parse(&self, line: &Line) -> Result<CategoryId, Rejection> {
        let text = self.id.value(line).unwrap_or("").trim();
        let read = if text.is_empty() {
            let message = "The line names no category; write its id first.";
            Err(Problem::error(Reason::ValueMissing, message).at(&self.id.name))
        } else {
            parse_number(text, 1..=i64::MAX).map(CategoryId).map_err(|sentence| invalid(&self.id, sentence))
        };
        read.map_err(|problem| Rejection {
            key: text.to_owned(),
            operation: Operation::Delete,
            problems: vec![problem],
        })
    }

    fn look_up(&self, _category: &CategoryId, lookups: &mut Lookups) {
        lookups.categories = true;
        lookups.category_contents = true;
    }

    fn plan(&self, category: &CategoryId, world: &mut World) -> LinePlan {
        let id = *category;
        let mut plan = Planner::new(world);
        let Some(parent) = plan.world.courses.category(id).map(|known| known.parent) else {
            let message = format!("No category has the id {id}; there is nothing to delete.");
            plan.tell(self.problem(Reason::CategoryUnknown, message));
            return plan.finish(id.to_string(), Operation::Delete, Outcome::NotFound, None);
        };
        let subject = Some(Subject::Category(id));
        if let Some(problem) = self.reason_to_keep(id, plan.world) {
            plan.tell(problem);
            return plan.finish(id.to_string(), Operation::Delete, Outcome::Skipped, subject);
        }
        plan.apply(Change::DeleteCategory { id, parent });
        plan.finish(id.to_string(), Operation::Delete, Outcome::Deleted, subject)
    }
}
