//! The enrolment part of a line: what each verb does, with a method and without.

use super::command::{EnrolCommand, Verb};
use crate::model::{CourseId, EnrolId, Outcome, Problem, Reason, RoleId, UserId};
use crate::site::world::{EnrolInstance, World};
use crate::site::{EnrolStatus, Owner};
use crate::tools::Planner;
use crate::tools::participation::{self, Dates, Effect};

/// By which way the user takes part, once found.
#[derive(Debug)]
pub(super) enum Way {
    /// Roles without an enrolment.
    RoleOnly,
    /// An enrolment by this method.
    Method(EnrolInstance),
}

/// All that a line names, found on the site.
#[derive(Debug)]
pub(super) struct Participation {
    pub(super) user: UserId,
    pub(super) course: CourseId,
    /// The role, where the verb looks at it and the line gives one.
    pub(super) role: Option<RoleId>,
    pub(super) way: Way,
}

/// What the enrolment part came to.
#[derive(Debug)]
pub(super) enum Step {
    /// It changes something.
    Done(Outcome),
    /// There was nothing to do, for this reason.
    AlreadySo(Problem),
}

/// Status, start and end of an enrolment.
type Terms = (EnrolStatus, i64, i64);

/// Plans the enrolment part. An error means that nothing was planned.
pub(super) fn apply(plan: &mut Planner<'_>, command: &EnrolCommand, place: &Participation) -> Result<Step, Problem> {
    match &place.way {
        Way::Method(instance) => by_method(plan, command, place, instance),
        Way::RoleOnly => role_only(plan, command.verb, place),
    }
}

fn by_method(
    plan: &mut Planner<'_>,
    command: &EnrolCommand,
    place: &Participation,
    instance: &EnrolInstance,
) -> Result<Step, Problem> {
    let known = known_terms(plan.world, place, instance);
    if !matches!(command.verb, Verb::Delete) {
        check_dates(command.dates, known, plan.world.now)?;
    }
    let kept = known.map_or(EnrolStatus::Active, |terms| terms.0);
    let step = match command.verb {
        Verb::Add => {
            let status = command.status.unwrap_or(EnrolStatus::Active);
            Ok(enrol_with_role(plan, command.dates, place, instance, status))
        }
        Verb::Shift => {
            let removed = unassign_others(plan, place, Some(instance));
            let step = enrol_with_role(plan, command.dates, place, instance, command.status.unwrap_or(kept));
            Ok(match step {
                Step::AlreadySo(_) if removed == Effect::Changed => Step::Done(Outcome::Updated),
                step => step,
            })
        }
        Verb::Delete => Ok(match known {
            Some(_) => {
                participation::unenrol(plan, place.user, instance);
                Step::Done(Outcome::Deleted)
            }
            None => Step::AlreadySo(Problem::notice(Reason::NotEnrolled, not_enrolled(plan.world, place))),
        }),
        Verb::Enable => change_status(plan, place, instance.id, known, command.dates, EnrolStatus::Active),
        Verb::Disable => change_status(plan, place, instance.id, known, command.dates, EnrolStatus::Suspended),
    }?;
    if command.status.is_some() && !matches!(command.verb, Verb::Add | Verb::Shift) {
        let message = "The column suspend has effect with add and shift only.";
        plan.tell(Problem::notice(Reason::ColumnIgnored, message).at("suspend"));
    }
    Ok(step)
}

fn role_only(plan: &mut Planner<'_>, verb: Verb, place: &Participation) -> Result<Step, Problem> {
    match verb {
        Verb::Add => Ok(match assign(plan, place, Owner::manual()) {
            Effect::Changed => Step::Done(Outcome::Created),
            Effect::Nothing => already_assigned(),
        }),
        Verb::Shift => {
            let removed = unassign_others(plan, place, None);
            Ok(match (removed, assign(plan, place, Owner::manual())) {
                (Effect::Nothing, Effect::Changed) => Step::Done(Outcome::Created),
                (Effect::Nothing, Effect::Nothing) => already_assigned(),
                (Effect::Changed, _) => Step::Done(Outcome::Updated),
            })
        }
        Verb::Delete => {
            let wanted = |role, owner: &Owner| *owner == Owner::manual() && place.role.is_none_or(|own| own == role);
            Ok(match participation::unassign_roles(plan, place.user, place.course, wanted) {
                Effect::Changed => Step::Done(Outcome::Deleted),
                Effect::Nothing => nothing_to_do("The user has no such role of the course that could be taken away."),
            })
        }
        Verb::Enable => change_all(plan, place, EnrolStatus::Active),
        Verb::Disable => change_all(plan, place, EnrolStatus::Suspended),
    }
}

/// Enrols, or brings the enrolment to the wanted terms, and assigns the role.
fn enrol_with_role(
    plan: &mut Planner<'_>,
    dates: Dates,
    place: &Participation,
    instance: &EnrolInstance,
    status: EnrolStatus,
) -> Step {
    let known = known_terms(plan.world, place, instance);
    let enrolled = participation::enrol(plan, place.user, instance, dates, status);
    let assigned = assign(plan, place, participation::role_owner(instance));
    match known {
        None => Step::Done(Outcome::Created),
        Some(before) if enrolled.and(assigned) == Effect::Changed => Step::Done(outcome_of(before.0, status)),
        Some(_) => nothing_to_do("The user is enrolled with this role already."),
    }
}

fn assign(plan: &mut Planner<'_>, place: &Participation, owner: Owner) -> Effect {
    match place.role {
        Some(role) => participation::assign_role(plan, place.user, place.course, role, owner),
        None => Effect::Nothing,
    }
}

/// Takes away every other role that was given by hand, or by the method of the line.
fn unassign_others(plan: &mut Planner<'_>, place: &Participation, instance: Option<&EnrolInstance>) -> Effect {
    let own = instance.map(participation::role_owner);
    participation::unassign_roles(plan, place.user, place.course, |role, owner| {
        Some(role) != place.role && (*owner == Owner::manual() || Some(owner) == own.as_ref())
    })
}

/// Gives one enrolment a status, and the dates of the line.
fn change_status(
    plan: &mut Planner<'_>,
    place: &Participation,
    instance: EnrolId,
    known: Option<Terms>,
    dates: Dates,
    status: EnrolStatus,
) -> Result<Step, Problem> {
    let Some(before) = known else {
        return Err(Problem::error(Reason::NotEnrolled, not_enrolled(plan.world, place)).at("uid"));
    };
    let after = (status, dates.start.unwrap_or(before.1), dates.end.unwrap_or(before.2));
    Ok(match participation::change_enrolment(plan, place.user, place.course, instance, before, after) {
        Effect::Changed => Step::Done(outcome_of(before.0, status)),
        Effect::Nothing => nothing_to_do(status_kept(status)),
    })
}

/// Gives all enrolments of the user in the course a status. Their dates stay.
fn change_all(plan: &mut Planner<'_>, place: &Participation, status: EnrolStatus) -> Result<Step, Problem> {
    let known: Vec<(EnrolId, Terms)> = plan
        .world
        .participants
        .enrolments(place.user, place.course)
        .iter()
        .map(|enrolment| (enrolment.instance, enrolment.terms()))
        .collect();
    if known.is_empty() {
        return Err(Problem::error(Reason::NotEnrolled, not_enrolled(plan.world, place)).at("uid"));
    }
    let effect = known.into_iter().fold(Effect::Nothing, |effect, (instance, before)| {
        let after = (status, before.1, before.2);
        effect.and(participation::change_enrolment(plan, place.user, place.course, instance, before, after))
    });
    Ok(match effect {
        Effect::Changed => Step::Done(status_outcome(status)),
        Effect::Nothing => nothing_to_do(status_kept(status)),
    })
}

fn known_terms(world: &World, place: &Participation, instance: &EnrolInstance) -> Option<Terms> {
    world.participants.enrolment(place.user, place.course, instance.id).map(|known| known.terms())
}

/// Refuses dates that, together with the stored ones, let an enrolment end before it starts.
fn check_dates(dates: Dates, known: Option<Terms>, now: i64) -> Result<(), Problem> {
    if dates == Dates::default() {
        return Ok(());
    }
    let start = dates.start.unwrap_or(known.map_or(now, |terms| terms.1));
    let end = dates.end.unwrap_or(known.map_or(0, |terms| terms.2));
    if end == 0 || end >= start {
        return Ok(());
    }
    let (column, message) = match (dates.start, known) {
        (Some(_), _) => ("starttime", "The stored end of the enrolment is before this start; give endtime too."),
        (None, Some(_)) => ("endtime", "The stored start of the enrolment is after this end; give starttime too."),
        (None, None) => ("endtime", "A new enrolment starts now, and this end is in the past; give starttime too."),
    };
    Err(Problem::error(Reason::TimeInvalid, message).at(column))
}

fn outcome_of(before: EnrolStatus, after: EnrolStatus) -> Outcome {
    if before == after { Outcome::Updated } else { status_outcome(after) }
}

fn status_outcome(after: EnrolStatus) -> Outcome {
    match after {
        EnrolStatus::Active => Outcome::Restored,
        EnrolStatus::Suspended => Outcome::Suspended,
    }
}

fn status_kept(status: EnrolStatus) -> &'static str {
    match status {
        EnrolStatus::Active => "The enrolment is active already.",
        EnrolStatus::Suspended => "The enrolment is suspended already.",
    }
}

fn already_assigned() -> Step {
    let message = "The user has this role in the course already.";
    Step::AlreadySo(Problem::notice(Reason::RoleAlreadyAssigned, message).at("rolename"))
}

fn nothing_to_do(message: &str) -> Step {
    Step::AlreadySo(Problem::notice(Reason::NothingToDo, message))
}

fn not_enrolled(world: &World, place: &Participation) -> String {
    let shortname = participation::shortname(world, place.course);
    match &place.way {
        Way::RoleOnly => format!("The user is not enrolled in course {shortname:?}; use add first."),
        Way::Method(instance) => {
            format!("The user is not enrolled in course {shortname:?} by {}; use add first.", instance.method)
        }
    }
}
