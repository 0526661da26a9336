//! Teachers of courses: who they are, and how they take part.

use super::methods;
use crate::model::{CourseId, Problem, Reason, RoleId, UserId};
use crate::site::{EnrolStatus, Lookups, Match, Owner, UserField, UserKey, World};
use crate::tools::Planner;
use crate::tools::participation::{Dates, InstanceChoice, assign_role, enrol, find_instance, shortname};

/// The role of a teacher whose role is blank.
pub(super) const DEFAULT_ROLE: &str = "editingteacher";

/// An account as a line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Account {
    /// By id.
    Id(String),
    /// By words that only one user has.
    Words(String),
}

impl Account {
    /// Reads a cell that is not blank.
    pub(super) fn read(text: &str) -> Self {
        if text.bytes().all(|b| b.is_ascii_digit()) { Self::Id(text.to_owned()) } else { Self::Words(text.to_owned()) }
    }

    fn find(&self, world: &World) -> Match<UserId> {
        let found = match self {
            Self::Id(id) => world.users.find(UserKey::Id, id),
            Self::Words(words) => world.users.search(words),
        };
        // The guest is nobody, so never a teacher.
        if found.one().is_some_and(|user| world.facts.guest == Some(user)) { Match::None } else { found }
    }
}

/// A teacher as a line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Teacher {
    pub(super) number: u32,
    pub(super) account: Account,
    pub(super) role: RoleId,
}

/// A teacher whose account is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Appointment {
    number: u32,
    user: UserId,
    role: RoleId,
}

/// Adds what must be known of the teachers.
pub(super) fn look_up(teachers: &[Teacher], lookups: &mut Lookups) {
    if teachers.is_empty() {
        return;
    }
    lookups.users.fields.extend([UserField::Firstname, UserField::Lastname]);
    for teacher in teachers {
        match &teacher.account {
            Account::Id(id) => lookups.users.add(UserKey::Id, id),
            Account::Words(words) => _ = lookups.users.searches.insert(words.clone()),
        }
    }
}

/// Finds the accounts of all teachers; those that cannot be found become problems.
pub(super) fn resolve(teachers: &[Teacher], world: &World, problems: &mut Vec<Problem>) -> Vec<Appointment> {
    let mut appointments = Vec::with_capacity(teachers.len());
    for Teacher { number, account, role } in teachers {
        let words = match account {
            Account::Id(id) => format!("id {id}"),
            Account::Words(words) => format!("{words:?}"),
        };
        let message = match account.find(world) {
            Match::One(user) => {
                appointments.push(Appointment { number: *number, user, role: *role });
                continue;
            }
            Match::None => format!("Teacher {number}: no user matches {words}."),
            Match::Many(count) => format!("Teacher {number}: {count} users match {words}; write the user id."),
        };
        problems.push(Problem::error(Reason::TeacherUnknown, message).at(format!("teacher{number}_account")));
    }
    appointments
}

/// Tells whether teachers can be enrolled at all: in a new course, or in `course`.
pub(super) fn check_manual(
    appointments: &[Appointment],
    course: Option<CourseId>,
    world: &World,
) -> Result<(), Problem> {
    let is_new = |appointment: &&Appointment| {
        course.is_none_or(|course| world.participants.enrolments(appointment.user, course).is_empty())
    };
    let Some(first) = appointments.iter().find(is_new) else { return Ok(()) };
    let message = match course {
        Some(course) if find_instance(world, course, "manual", InstanceChoice::EnabledOnly).is_none() => {
            format!(
                "Course {:?} has no active manual enrolment, which its teachers need; enable it.",
                shortname(world, course)
            )
        }
        None if !world.facts.enrol_plugins().any(|method| method == "manual") => {
            "Manual enrolment is switched off on the site; teachers need it.".to_owned()
        }
        _ => return Ok(()),
    };
    Err(Problem::error(Reason::EnrolMethodUnavailable, message).at(format!("teacher{}_account", first.number)))
}

/// Prepares a new course for its teachers and lets them in.
pub(super) fn apply_to_new(plan: &mut Planner<'_>, course: CourseId, appointments: &[Appointment]) {
    if !appointments.is_empty() {
        methods::ensure_manual(plan, course);
    }
    apply(plan, course, appointments);
}

/// Enrols teachers who are not enrolled yet, and gives them their roles.
pub(super) fn apply(plan: &mut Planner<'_>, course: CourseId, appointments: &[Appointment]) {
    for Appointment { user, role, .. } in appointments {
        if plan.world.participants.enrolments(*user, course).is_empty()
            && let Some(manual) = find_instance(plan.world, course, "manual", InstanceChoice::EnabledOnly).cloned()
        {
            enrol(plan, *user, &manual, Dates::default(), EnrolStatus::Active);
        }
        assign_role(plan, *user, course, *role, Owner::manual());
    }
}
