//! The cohorts tool: creates, updates, empties and deletes cohorts, and lets users join and leave them. What membership
//! means for courses follows when the changes are applied. Knows nothing of files, runs, RPC or SQL.

mod command;
mod descriptor;
#[cfg(test)]
mod tests;

use super::leftovers::{EmptiedCohorts, Leftovers};
use super::options::{OptionError, ToolOptions};
use super::{BoundTool, ConfiguredTool, Job, LinePlan, Planner, Rejection, Tool, identify};
use crate::model::{
    BoundHeader, CategoryId, CohortId, Entity, Line, Operation, Outcome, Problem, Reason, ToolDescriptor, UserId,
};
use crate::site::{
    Change, CohortField, CohortKey, CohortMembers, FieldUpdate, Fields, Lookups, Match, SiteFacts, Subject, UserKey,
    World,
};
use command::{CohortCommand, Columns, Place, Verb};
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct CohortsTool;

/// What happens to cohorts that do not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Create,
    Refuse,
}

/// The options of a run.
#[derive(Debug, Clone, Copy)]
struct Settings {
    cohort_key: CohortKey,
    user_key: UserKey,
    missing: Missing,
    emptied: EmptiedCohorts,
}

/// The tool at work on one file.
#[derive(Debug)]
struct CohortsJob {
    settings: Settings,
    columns: Columns,
}

impl Tool for CohortsTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &descriptor::DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        let cohort_key = CohortKey::from_name(options.text(descriptor::COHORT_IDENTIFIER));
        let user_key = UserKey::from_name(options.text(descriptor::USER_IDENTIFIER));
        // The words were checked against the description, so that none is unknown here.
        Ok(Box::new(Settings {
            cohort_key: cohort_key.unwrap_or(CohortKey::Idnumber),
            user_key: user_key.unwrap_or(UserKey::Username),
            missing: if options.flag(descriptor::AUTOCREATE) { Missing::Create } else { Missing::Refuse },
            emptied: match options.flag(descriptor::DELETE_EMPTIED) {
                true => EmptiedCohorts::Delete,
                false => EmptiedCohorts::Keep,
            },
        }))
    }
}

impl ConfiguredTool for Settings {
    fn bind(&self, header: BoundHeader, _facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let (columns, notices) = Columns::of(&header, self.cohort_key)?;
        Ok(BoundTool::new(CohortsJob { settings: *self, columns }, notices))
    }

    fn leftovers(&self) -> Leftovers {
        Leftovers { cohorts: self.emptied, ..Leftovers::default() }
    }
}

impl Job for CohortsJob {
    type Command = CohortCommand;

    const ENTITY: Entity = Entity::Cohort;

    fn parse(&self, line: &Line) -> Result<CohortCommand, Rejection> {
        self.columns.read(line, self.settings.cohort_key)
    }

    fn look_up(&self, command: &CohortCommand, lookups: &mut Lookups) {
        let cohorts = &mut lookups.cohorts;
        cohorts.add(self.settings.cohort_key, &command.cohort);
        cohorts.add(CohortKey::Name, self.new_name(command));
        cohorts.add(CohortKey::Idnumber, command.field(CohortField::Idnumber).unwrap_or(""));
        if command.verb == Verb::Free {
            cohorts.members = CohortMembers::Counted;
        }
        lookups.users.add(self.settings.user_key, command.user.as_deref().unwrap_or(""));
        lookups.participation = false;
        lookups.categories |= command.place.is_some();
    }

    fn plan(&self, command: &CohortCommand, world: &mut World) -> LinePlan {
        let plan = Planner::new(world);
        match (command.verb, &command.user) {
            (Verb::Add, _) => self.add(command, plan),
            (Verb::Delete, Some(user)) => self.remove_member(command, user, plan),
            (Verb::Delete, None) => self.delete(command, plan),
            (Verb::Free, _) => self.free(command, plan),
        }
    }
}

impl CohortsJob {
    /// The name that a line gives; a new cohort without one is called by its idnumber.
    fn new_name<'c>(&self, command: &'c CohortCommand) -> &'c str {
        match self.settings.cohort_key {
            CohortKey::Name => &command.cohort,
            CohortKey::Idnumber => command.field(CohortField::Name).unwrap_or(&command.cohort),
            CohortKey::Id => command.field(CohortField::Name).unwrap_or(""),
        }
    }

    fn find(&self, command: &CohortCommand, world: &World) -> Result<CohortId, Problem> {
        identify::cohort(world, self.settings.cohort_key, &command.cohort, &self.columns.cohort.name)
    }

    fn find_user(&self, user: &str, world: &World) -> Result<UserId, Problem> {
        identify::user(world, self.settings.user_key, user, "userid")
    }

    fn add(&self, command: &CohortCommand, mut plan: Planner<'_>) -> LinePlan {
        match self.create_or_update(command, &mut plan) {
            Err(problem) => plan.refuse(command.key(), command.operation(), problem),
            Ok((cohort, done)) => {
                if let Some(user) = &command.user {
                    self.join(user, cohort, &mut plan);
                }
                let outcome = match done {
                    Outcome::Unchanged if plan.has_changes() => Outcome::Updated,
                    done => done,
                };
                if outcome == Outcome::Unchanged && command.user.is_none() {
                    plan.tell(Problem::notice(Reason::NothingToDo, "The cohort is as the line describes it already."));
                }
                let created = outcome == Outcome::Created && command.user.is_none();
                let operation = if created { Operation::Create } else { command.operation() };
                plan.finish(command.key(), operation, outcome, Some(Subject::Cohort(cohort)))
            }
        }
    }

    fn create_or_update(
        &self,
        command: &CohortCommand,
        plan: &mut Planner<'_>,
    ) -> Result<(CohortId, Outcome), Problem> {
        let place = find_place(command, plan.world)?;
        let key = self.settings.cohort_key;
        let found = plan.world.cohorts.find(key, &command.cohort);
        let creates = found == Match::None && self.settings.missing == Missing::Create && key != CohortKey::Id;
        if !creates {
            let cohort = self.find(command, plan.world)?;
            return update(command, cohort, place, plan).map(|outcome| (cohort, outcome));
        }
        let mut fields: Fields<CohortField> = command.fields.iter().cloned().collect();
        fields.set(CohortField::Name, self.new_name(command));
        if key == CohortKey::Idnumber {
            fields.set(CohortField::Idnumber, &*command.cohort);
        }
        for (field, text) in fields.iter() {
            refuse_conflict(plan.world, None, field, text)?;
        }
        let id = CohortId(plan.world.plan_id());
        plan.apply(Change::CreateCohort { id, category: place.unwrap_or(CategoryId(0)), fields });
        Ok((id, Outcome::Created))
    }

    /// A user who cannot join leaves the cohort part of the line as it is.
    fn join(&self, user: &str, cohort: CohortId, plan: &mut Planner<'_>) {
        match self.find_user(user, plan.world) {
            Err(problem) => plan.tell(problem),
            Ok(user) if plan.world.cohorts.is_member(cohort, user) => {
                plan.tell(Problem::notice(Reason::AlreadyMember, "The user is in the cohort already.").at("userid"));
            }
            Ok(user) => plan.apply(Change::AddCohortMember { cohort, user }),
        }
    }

    fn remove_member(&self, command: &CohortCommand, user: &str, mut plan: Planner<'_>) -> LinePlan {
        let found = match (self.find(command, plan.world), self.find_user(user, plan.world)) {
            (Ok(cohort), Ok(user)) => Ok((cohort, user)),
            (cohort, user) => Err(cohort.err().into_iter().chain(user.err()).collect::<Vec<_>>()),
        };
        match found {
            Err(problems) => fail(plan, command, problems),
            Ok((cohort, user)) => {
                let outcome = if plan.world.cohorts.is_member(cohort, user) {
                    plan.apply(Change::RemoveCohortMember { cohort, user });
                    Outcome::Updated
                } else {
                    plan.tell(Problem::notice(Reason::NotMember, "The user is not in the cohort.").at("userid"));
                    Outcome::Unchanged
                };
                plan.finish(command.key(), command.operation(), outcome, Some(Subject::Cohort(cohort)))
            }
        }
    }

    fn delete(&self, command: &CohortCommand, mut plan: Planner<'_>) -> LinePlan {
        match self.find(command, plan.world) {
            Ok(id) => {
                plan.apply(Change::DeleteCohort { id });
                plan.finish(command.key(), command.operation(), Outcome::Deleted, Some(Subject::Cohort(id)))
            }
            Err(problem) if problem.reason == Reason::CohortUnknown => {
                let message = format!("There is no cohort {:?} to delete; it is gone already.", command.cohort);
                plan.tell(Problem::notice(Reason::CohortUnknown, message).at(&self.columns.cohort.name));
                plan.finish(command.key(), command.operation(), Outcome::Unchanged, None)
            }
            Err(problem) => plan.refuse(command.key(), command.operation(), problem),
        }
    }

    fn free(&self, command: &CohortCommand, mut plan: Planner<'_>) -> LinePlan {
        match self.find(command, plan.world) {
            Err(problem) => plan.refuse(command.key(), command.operation(), problem),
            Ok(id) => {
                let outcome = if plan.world.cohorts.has_members(id) {
                    plan.apply(Change::EmptyCohort { id });
                    Outcome::Updated
                } else {
                    plan.tell(Problem::notice(Reason::NothingToDo, "The cohort has no members."));
                    Outcome::Unchanged
                };
                plan.finish(command.key(), command.operation(), outcome, Some(Subject::Cohort(id)))
            }
        }
    }
}

/// Ends the plan of a line that changes nothing, for all these reasons.
fn fail(mut plan: Planner<'_>, command: &CohortCommand, problems: Vec<Problem>) -> LinePlan {
    problems.into_iter().for_each(|problem| plan.tell(problem));
    plan.finish(command.key(), command.operation(), Outcome::Failed, None)
}

/// The category in whose context the line puts the cohort, 0 for the whole site.
fn find_place(command: &CohortCommand, world: &World) -> Result<Option<CategoryId>, Problem> {
    let unknown = |column, message: String| {
        let problem = Problem::error(Reason::CategoryUnknown, format!("{message} Create it first, or name another."));
        Err(problem.at(column))
    };
    match &command.place {
        None => Ok(None),
        Some(Place::Id(id)) if id.0 == 0 || world.courses.category(*id).is_some() => Ok(Some(*id)),
        Some(Place::Id(id)) => unknown("ccatcontext", format!("No category has the id {id}.")),
        Some(Place::Idnumber(idnumber)) => match world.courses.category_by_idnumber(idnumber) {
            Match::One(id) => Ok(Some(id)),
            Match::None => unknown("ccatcontextidnumber", format!("No category has the idnumber {idnumber:?}.")),
            Match::Many(count) => {
                let message = format!("{count} categories have the idnumber {idnumber:?}; make it unique.");
                Err(Problem::error(Reason::CategoryAmbiguous, message).at("ccatcontextidnumber"))
            }
        },
    }
}

/// Names and idnumbers that another cohort has are not given a second time.
fn refuse_conflict(world: &World, own: Option<CohortId>, field: CohortField, text: &str) -> Result<(), Problem> {
    let (key, column) = match field {
        CohortField::Name => (CohortKey::Name, "cname"),
        CohortField::Idnumber => (CohortKey::Idnumber, "cidnumber"),
        CohortField::Description | CohortField::Visible | CohortField::Component => return Ok(()),
    };
    match world.cohorts.find_all(key, text).into_iter().find(|other| Some(*other) != own) {
        None => Ok(()),
        Some(other) => {
            let name = world.cohorts.get(other).map_or("?", |cohort| cohort.name());
            let message = format!("The {} {text:?} belongs to the cohort {name:?}; choose another.", key.name());
            Err(Problem::error(Reason::CohortConflict, message).at(column))
        }
    }
}

fn update(
    command: &CohortCommand,
    id: CohortId,
    place: Option<CategoryId>,
    plan: &mut Planner<'_>,
) -> Result<Outcome, Problem> {
    let Some(known) = plan.world.cohorts.get(id).cloned() else { return Ok(Outcome::Unchanged) };
    let mut fields = Vec::new();
    for (field, after) in &command.fields {
        let before = known.fields.text(*field);
        if before == after {
            continue;
        }
        if *field == CohortField::Component {
            let message = "The component is given to new cohorts only; this one keeps its own.";
            plan.tell(Problem::notice(Reason::ValueAdjusted, message).at("component"));
            continue;
        }
        refuse_conflict(plan.world, Some(id), *field, after)?;
        fields.push(FieldUpdate { field: *field, before: before.to_owned(), after: after.clone() });
    }
    if !fields.is_empty() {
        plan.apply(Change::UpdateCohort { id, fields });
    }
    if let Some(to) = place.filter(|to| *to != known.category) {
        plan.apply(Change::MoveCohort { id, from: known.category, to });
    }
    Ok(if plan.has_changes() { Outcome::Updated } else { Outcome::Unchanged })
}
