//! Roles above courses that a line gives or takes away: on the whole site, in a category.

use super::columns::RoleColumns;
use super::command::filled;
use crate::model::{Line, Problem, Reason, RoleId, UserId};
use crate::site::{Change, Lookups, Match, Owner, RolePlace, SiteFacts};
use crate::tools::Planner;
use crate::tools::values::excerpt;

/// What becomes of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Give,
    /// The short name is behind a minus.
    Take,
}

/// Where, as a line names it.
#[derive(Debug)]
enum PlaceName {
    Site,
    /// By idnumber, in this column.
    Category {
        idnumber: String,
        column: String,
    },
}

/// A role above courses, as a line names it.
#[derive(Debug)]
pub(super) struct RoleAbove {
    place: PlaceName,
    verb: Verb,
    role: String,
    column: String,
}

impl RoleAbove {
    /// The roles of a line; what is only half there is told.
    pub(super) fn read(columns: &[RoleColumns], line: &Line, problems: &mut Vec<Problem>) -> Vec<Self> {
        let read = |columns: &RoleColumns| match Self::read_one(columns, line) {
            Ok(role) => role,
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        columns.iter().filter_map(read).collect()
    }

    fn read_one(columns: &RoleColumns, line: &Line) -> Result<Option<Self>, Problem> {
        let role = filled(Some(&columns.role), line);
        let place = match &columns.category {
            None => PlaceName::Site,
            Some(column) => match (filled(Some(column), line), role) {
                (Some((column, idnumber)), Some(_)) => {
                    PlaceName::Category { idnumber: idnumber.to_owned(), column: column.name.clone() }
                }
                (None, None) => return Ok(None),
                (Some((column, idnumber)), None) => {
                    let message =
                        format!("Nothing to do in category {:?}: fill {}.", excerpt(idnumber), columns.role.name);
                    return Err(Problem::error(Reason::RoleMissing, message).at(&column.name));
                }
                (None, Some((role, _))) => {
                    let message = format!("Column {} is blank, so {} has no place; fill both.", column.name, role.name);
                    return Err(Problem::error(Reason::ValueMissing, message).at(&column.name));
                }
            },
        };
        Ok(role.map(|(column, text)| {
            let (verb, name) = text.strip_prefix('-').map_or((Verb::Give, text), |name| (Verb::Take, name.trim()));
            Self { place, verb, role: name.to_owned(), column: column.name.clone() }
        }))
    }

    /// Asks for what must be known.
    pub(super) fn look_up(&self, lookups: &mut Lookups) {
        lookups.roles_above = true;
        lookups.categories |= matches!(self.place, PlaceName::Category { .. });
    }

    /// Gives a user the role, or takes it away. What cannot be done is told; the rest of the line goes on.
    pub(super) fn apply(&self, plan: &mut Planner<'_>, user: UserId) {
        let role = self.find_role(&plan.world.facts);
        match role.and_then(|role| Ok((role, self.find_place(plan)?))) {
            Ok((role, place)) => self.change(plan, role, place, user),
            Err(problem) => plan.tell(problem),
        }
    }

    fn change(&self, plan: &mut Planner<'_>, role: RoleId, place: RolePlace, user: UserId) {
        let stored = plan.world.roles_above.get(user, place).map_or(&[][..], Vec::as_slice);
        let is_given = stored.iter().any(|known| known.role == role);
        let by_hand = stored.iter().any(|known| known.role == role && known.owner == Owner::manual());
        match self.verb {
            Verb::Give if !is_given => plan.apply(Change::AssignRoleAbove { role, place, user }),
            Verb::Take if by_hand => plan.apply(Change::UnassignRoleAbove { role, place, user }),
            Verb::Give | Verb::Take => {}
        }
    }

    /// Moodle gives a role only where its administration says that it may be given.
    fn find_role(&self, facts: &SiteFacts) -> Result<RoleId, Problem> {
        let (place, level) = match self.place {
            PlaceName::Site => ("on the whole site", RolePlace::SITE_LEVEL),
            PlaceName::Category { .. } => ("in a category", RolePlace::CATEGORY_LEVEL),
        };
        let may_be_given = |role: RoleId| facts.role_levels.contains(&(role, level));
        let (reason, what) = match facts.role(&self.role) {
            Some(role) if may_be_given(role.id) => return Ok(role.id),
            Some(_) => (Reason::RoleInvalid, format!("The role {:?} is none that Moodle gives {place}", self.role)),
            None => (Reason::RoleUnknown, format!("No role has the short name {:?}", excerpt(&self.role))),
        };
        let known: Vec<_> =
            facts.roles.iter().filter(|role| may_be_given(role.id)).map(|role| &*role.shortname).collect();
        let message = format!("{what}; there are {}.", known.join(", "));
        Err(Problem::error(reason, message).at(&self.column))
    }

    fn find_place(&self, plan: &Planner<'_>) -> Result<RolePlace, Problem> {
        let PlaceName::Category { idnumber, column } = &self.place else { return Ok(RolePlace::Site) };
        let (reason, message) = match plan.world.courses.category_by_idnumber(idnumber) {
            Match::One(id) => return Ok(RolePlace::Category(id)),
            Match::None => {
                (Reason::CategoryUnknown, format!("No category has the idnumber {idnumber:?}; create it first."))
            }
            Match::Many(count) => (
                Reason::CategoryAmbiguous,
                format!("{count} categories have the idnumber {idnumber:?}; make it unique."),
            ),
        };
        Err(Problem::error(reason, message).at(column))
    }
}
