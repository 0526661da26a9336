//! Cohorts that a line puts a user into. Members are never removed here.

use super::columns::Columns;
use super::command::filled;
use crate::model::{BoundColumn, CategoryId, CohortId, Line, Problem, Reason, UserId};
use crate::site::{Change, CohortField, Fields, Lookups, Match};
use crate::tools::Planner;
use crate::tools::values::check_limit;

const LONGEST_NAME: usize = 254;
const LONGEST_IDNUMBER: usize = 100;

/// How a line names a cohort.
#[derive(Debug)]
pub(super) struct CohortName {
    by: NamedBy,
    column: String,
}

#[derive(Debug)]
enum NamedBy {
    /// `cohort<n>` in digits.
    Id(CohortId),
    /// `cohort<n>` otherwise, or `cohortid` alone.
    Idnumber(String),
    /// `cohort`.
    Name(String),
    /// `cohortid` and `cohort`: found by the first that is known.
    Both { idnumber: String, name: String },
}

impl CohortName {
    /// The cohorts of a line.
    pub(super) fn read(columns: &Columns, line: &Line, problems: &mut Vec<Problem>) -> Vec<Self> {
        let mut limited = |column: Option<&BoundColumn>, limit| {
            let (column, text) = filled(column, line)?;
            match check_limit(column, text, limit) {
                Ok(()) => Some((column.name.clone(), text.to_owned())),
                Err(problem) => {
                    problems.push(problem);
                    None
                }
            }
        };
        let name = limited(columns.cohort.as_ref(), LONGEST_NAME);
        let idnumber = limited(columns.cohort_id.as_ref(), LONGEST_IDNUMBER);
        let main = match (name, idnumber) {
            (None, None) => None,
            (Some((column, name)), None) => Some(Self { by: NamedBy::Name(name), column }),
            (None, Some((column, idnumber))) => Some(Self { by: NamedBy::Idnumber(idnumber), column }),
            (Some((column, name)), Some((_, idnumber))) => Some(Self { by: NamedBy::Both { idnumber, name }, column }),
        };
        let numbered = columns.cohorts.iter().filter_map(|column| {
            let (column, text) = limited(Some(column), LONGEST_IDNUMBER)?;
            let id = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
            Some(Self { by: id.map_or(NamedBy::Idnumber(text), |id| NamedBy::Id(CohortId(id))), column })
        });
        main.into_iter().chain(numbered).collect()
    }

    /// Asks for the cohort.
    pub(super) fn look_up(&self, lookups: &mut Lookups) {
        match &self.by {
            NamedBy::Id(id) => _ = lookups.cohorts.ids.insert(id.0),
            NamedBy::Idnumber(idnumber) => _ = lookups.cohorts.idnumbers.insert(idnumber.clone()),
            NamedBy::Name(name) => _ = lookups.cohorts.names.insert(name.clone()),
            NamedBy::Both { idnumber, name } => {
                lookups.cohorts.idnumbers.insert(idnumber.clone());
                lookups.cohorts.names.insert(name.clone());
            }
        }
    }

    /// Puts a user into the cohort, which is created where it is missing.
    pub(super) fn join(&self, plan: &mut Planner<'_>, user: UserId) {
        match self.find_or_create(plan) {
            Ok(cohort) if plan.world.cohorts.is_member(cohort, user) => {}
            Ok(cohort) => plan.apply(Change::AddCohortMember { cohort, user }),
            Err(problem) => plan.tell(problem.at(&self.column)),
        }
    }

    fn find_or_create(&self, plan: &mut Planner<'_>) -> Result<CohortId, Problem> {
        let cohorts = &plan.world.cohorts;
        let (found, words) = match &self.by {
            NamedBy::Id(id) => (cohorts.get(*id).map_or(Match::None, |cohort| Match::One(cohort.id)), id.to_string()),
            NamedBy::Idnumber(idnumber) => (cohorts.by_idnumber(idnumber), format!("{idnumber:?}")),
            NamedBy::Name(name) => (cohorts.by_name(name), format!("{name:?}")),
            NamedBy::Both { idnumber, name } => match cohorts.by_idnumber(idnumber) {
                Match::None => (cohorts.by_name(name), format!("{name:?}")),
                found => (found, format!("{idnumber:?}")),
            },
        };
        match found {
            Match::One(cohort) => self.unmanaged(plan, cohort),
            Match::Many(count) => {
                let message = format!("{count} cohorts are called {words}; rename all but one.");
                Err(Problem::error(Reason::CohortAmbiguous, message))
            }
            Match::None => self.create(plan),
        }
    }

    fn unmanaged(&self, plan: &Planner<'_>, cohort: CohortId) -> Result<CohortId, Problem> {
        match plan.world.cohorts.get(cohort) {
            Some(known) if !known.component().is_empty() => {
                let message =
                    format!("Cohort {:?} is managed by {}; members come from there.", known.name(), known.component());
                Err(Problem::error(Reason::CohortManaged, message))
            }
            _ => Ok(cohort),
        }
    }

    fn create(&self, plan: &mut Planner<'_>) -> Result<CohortId, Problem> {
        let (name, idnumber) = match &self.by {
            NamedBy::Id(id) => {
                let message = format!("Column {}: no cohort has id {id}.", self.column);
                return Err(Problem::error(Reason::ValueInvalid, message));
            }
            NamedBy::Idnumber(idnumber) => (idnumber, Some(idnumber)),
            NamedBy::Name(name) => (name, None),
            NamedBy::Both { idnumber, name } => (name, Some(idnumber)),
        };
        let id = CohortId(plan.world.plan_id());
        let mut fields = Fields::default();
        fields.set(CohortField::Name, name);
        if let Some(idnumber) = idnumber {
            fields.set(CohortField::Idnumber, idnumber);
        }
        plan.apply(Change::CreateCohort { id, category: CategoryId(0), fields });
        Ok(id)
    }
}
