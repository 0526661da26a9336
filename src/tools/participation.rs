//! Users in courses: enrolment, roles, groups. Shared by every tool that lets users take part in courses.

use super::Planner;
use crate::model::{CourseId, EnrolId, GroupId, Problem, Reason, RoleId, UserId};
use crate::site::world::{EnrolInstance, Group, Match, Membership, World};
use crate::site::{Change, EnrolStatus, Owner, Remaining};

/// Whether an operation had anything to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Something changes.
    Changed,
    /// It was so already.
    Nothing,
}

impl Effect {
    /// Changed when either is.
    pub fn and(self, other: Self) -> Self {
        if self == Self::Changed { self } else { other }
    }
}

/// Dates of an enrolment as a line gives them; none keeps what is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// `timestart`, Unix seconds; a new enrolment without it starts now.
    pub start: Option<i64>,
    /// `timeend`, Unix seconds; 0 for never. A new enrolment without it has none.
    pub end: Option<i64>,
}

/// Whether memberships made by others are safe from a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// The tool marks its own memberships and removes no others.
    On,
    /// The tool marks nothing and removes any, but for those of enrolment methods.
    Off,
}

/// The mark on memberships of the tools, the same as that of the Moodle plug-in.
const MARK: &str = "tool_sync";

impl Protection {
    /// The protection that a switch asks for.
    pub fn of(switch: bool) -> Self {
        if switch { Self::On } else { Self::Off }
    }

    /// Who owns new memberships.
    pub fn owner(self) -> Owner {
        match self {
            Self::On => Owner::component(MARK),
            Self::Off => Owner::manual(),
        }
    }

    /// Whether a membership is not to be removed. Those of an enrolment method come back with the next synchronisation.
    pub fn spares(self, membership: &Membership) -> bool {
        let component = &membership.owner.component;
        component.starts_with("enrol_") || (self == Self::On && component != MARK)
    }
}

/// What to do with a group that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingGroup {
    /// Tell it.
    Refuse,
    /// Create it.
    Create,
}

/// Which methods of a course count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstanceChoice {
    /// Enabled ones.
    EnabledOnly,
    /// Disabled ones too, behind the enabled ones.
    DisabledToo,
}

/// Methods whose roles Moodle does not protect: their assignments belong to nobody.
const OPEN_METHODS: [&str; 4] = ["manual", "self", "flatfile", "guest"];

/// The first instance of a method in a course, by Moodle's order.
pub fn find_instance<'w>(
    world: &'w World,
    course: CourseId,
    method: &str,
    choice: InstanceChoice,
) -> Option<&'w EnrolInstance> {
    let of_method = || world.courses.instances(course).iter().filter(|i| i.method.eq_ignore_ascii_case(method));
    let enabled = of_method().find(|instance| instance.status == EnrolStatus::Active);
    match choice {
        InstanceChoice::EnabledOnly => enabled,
        InstanceChoice::DisabledToo => enabled.or_else(|| of_method().next()),
    }
}

/// Who owns the roles that a method gives.
pub fn role_owner(instance: &EnrolInstance) -> Owner {
    if OPEN_METHODS.contains(&instance.method.as_str()) {
        Owner::manual()
    } else {
        Owner { component: format!("enrol_{}", instance.method), item: instance.id.0 }
    }
}

/// Enrols a user, or brings an existing enrolment to the wanted status and dates.
pub fn enrol(
    plan: &mut Planner<'_>,
    user: UserId,
    instance: &EnrolInstance,
    dates: Dates,
    status: EnrolStatus,
) -> Effect {
    let course = instance.course;
    let known = plan.world.participants.enrolment(user, course, instance.id).map(|known| known.terms());
    match known {
        None => {
            let start = dates.start.unwrap_or(plan.world.now);
            let end = dates.end.unwrap_or(0);
            plan.apply(Change::Enrol { instance: instance.id, course, user, status, start, end });
            Effect::Changed
        }
        Some(before) => {
            let after = (status, dates.start.unwrap_or(before.1), dates.end.unwrap_or(before.2));
            change_enrolment(plan, user, course, instance.id, before, after)
        }
    }
}

/// Gives a stored enrolment other terms (status, start, end).
pub fn change_enrolment(
    plan: &mut Planner<'_>,
    user: UserId,
    course: CourseId,
    instance: EnrolId,
    before: (EnrolStatus, i64, i64),
    after: (EnrolStatus, i64, i64),
) -> Effect {
    if before == after {
        return Effect::Nothing;
    }
    plan.apply(Change::UpdateEnrolment { instance, course, user, before, after });
    Effect::Changed
}

/// Unenrols a user from a method. The enrolment must exist.
pub fn unenrol(plan: &mut Planner<'_>, user: UserId, instance: &EnrolInstance) {
    let others = plan.world.participants.enrolments(user, instance.course).len() > 1;
    plan.apply(Change::Unenrol {
        instance: instance.id,
        method: instance.method.clone(),
        course: instance.course,
        user,
        remaining: if others { Remaining::Others } else { Remaining::None },
    });
}

/// Assigns a role in a course unless the user has it with the same owner.
pub fn assign_role(plan: &mut Planner<'_>, user: UserId, course: CourseId, role: RoleId, owner: Owner) -> Effect {
    let has = |known: &crate::site::world::RoleAssignment| known.role == role && known.owner == owner;
    if plan.world.participants.roles(user, course).iter().any(has) {
        return Effect::Nothing;
    }
    plan.apply(Change::AssignRole { role, course, user, owner });
    Effect::Changed
}

/// Takes away the user's roles in a course that `wanted` selects.
pub fn unassign_roles(
    plan: &mut Planner<'_>,
    user: UserId,
    course: CourseId,
    wanted: impl Fn(RoleId, &Owner) -> bool,
) -> Effect {
    let roles = plan.world.participants.roles(user, course).to_vec();
    let mut effect = Effect::Nothing;
    for known in roles.into_iter().filter(|known| wanted(known.role, &known.owner)) {
        plan.apply(Change::UnassignRole { role: known.role, course, user, owner: known.owner });
        effect = Effect::Changed;
    }
    effect
}

/// Finds a group of a course by name, or creates it where that is wanted.
pub fn find_group(
    plan: &mut Planner<'_>,
    course: CourseId,
    name: &str,
    missing: MissingGroup,
) -> Result<GroupId, Problem> {
    match (plan.world.participants.group_by_name(course, name), missing) {
        (Match::One(group), _) => Ok(group),
        (Match::None, MissingGroup::Create) => {
            let id = GroupId(plan.world.plan_id());
            plan.apply(Change::CreateGroup { id, course, fields: Group::named(id, course, name).fields });
            Ok(id)
        }
        (Match::None, MissingGroup::Refuse) => {
            let shortname = shortname(plan.world, course);
            let message =
                format!("Course {shortname:?} has no group {name:?}; create it first, or use a creating verb.");
            Err(Problem::error(Reason::GroupUnknown, message))
        }
        (Match::Many(count), _) => {
            let shortname = shortname(plan.world, course);
            let message = format!("Course {shortname:?} has {count} groups named {name:?}; rename all but one.");
            Err(Problem::error(Reason::GroupAmbiguous, message))
        }
    }
}

/// Whether Moodle lets the user into groups of the course: enrolled, and with a role there or above.
pub fn may_join_groups(world: &World, user: UserId, course: CourseId) -> Result<(), Problem> {
    if world.participants.enrolments(user, course).is_empty() {
        let message = format!("The user is not enrolled in {:?}, so cannot join its groups.", shortname(world, course));
        return Err(Problem::error(Reason::GroupNotEnrolled, message));
    }
    if world.participants.roles(user, course).is_empty() && !world.has_role_above(user, course) {
        let message = format!("The user has no role in {:?}, so cannot join its groups.", shortname(world, course));
        return Err(Problem::error(Reason::GroupNoRole, message));
    }
    Ok(())
}

/// Puts a user into a group. The user must be allowed to join, see [`may_join_groups`].
pub fn join_group(plan: &mut Planner<'_>, user: UserId, course: CourseId, group: GroupId, owner: Owner) -> Effect {
    if plan.world.participants.memberships(user, course).iter().any(|known| known.group == group) {
        return Effect::Nothing;
    }
    plan.apply(Change::AddMember { group, course, user, owner });
    Effect::Changed
}

/// Takes a user out of a group.
pub fn leave_group(plan: &mut Planner<'_>, user: UserId, course: CourseId, group: GroupId) -> Effect {
    plan.apply(Change::RemoveMember { group, course, user });
    Effect::Changed
}

/// The user's membership in a group.
pub fn membership(world: &World, user: UserId, course: CourseId, group: GroupId) -> Option<&Membership> {
    world.participants.memberships(user, course).iter().find(|known| known.group == group)
}

/// Says that a membership stays, because it is protected.
pub fn protected(group: &str) -> Problem {
    let message = format!("The user stays in the group {group:?}: the membership was not made by this tool.");
    Problem::notice(Reason::MembershipProtected, message)
}

/// The short name of a course, for messages.
pub fn shortname(world: &World, course: CourseId) -> String {
    world.courses.get(course).map_or_else(|| course.to_string(), |course| course.shortname().to_owned())
}
