//! The group part of a line. It comes after the enrolment part, and what it cannot do never undoes that part.

use super::command::{GroupOrder, GroupSlot, GroupVerb};
use crate::model::{CourseId, GroupId, Problem, Reason, UserId};
use crate::site::world::Membership;
use crate::site::{Match, World};
use crate::tools::participation::{self, Effect, MissingGroup, Protection};
use crate::tools::{Planner, values};

/// Characters of a group name that Moodle keeps.
const NAME_LIMIT: usize = 254;

/// Plans the group part. What cannot be done is told, slot by slot.
pub(super) fn apply(
    plan: &mut Planner<'_>,
    user: UserId,
    course: CourseId,
    order: &GroupOrder,
    protection: Protection,
) -> Effect {
    let member = Member { user, course, protection };
    match order.verb {
        GroupVerb::Join(missing) => member.join(plan, &order.slots, missing),
        GroupVerb::Replace(missing) => {
            let left = member.leave_others(plan, &order.slots);
            left.and(member.join(plan, &order.slots, missing))
        }
        GroupVerb::Leave => {
            order.slots.iter().fold(Effect::Nothing, |effect, slot| effect.and(member.leave_named(plan, slot)))
        }
    }
}

/// Whose groups are changed, and how.
struct Member {
    user: UserId,
    course: CourseId,
    protection: Protection,
}

impl Member {
    fn membership<'w>(&self, world: &'w World, group: GroupId) -> Option<&'w Membership> {
        participation::membership(world, self.user, self.course, group)
    }

    fn join(&self, plan: &mut Planner<'_>, slots: &[GroupSlot], missing: MissingGroup) -> Effect {
        let allowed = participation::may_join_groups(plan.world, self.user, self.course);
        let mut effect = Effect::Nothing;
        for slot in slots {
            match self.join_named(plan, slot, missing, &allowed) {
                Ok(joined) => effect = effect.and(joined),
                Err(problem) => plan.tell(problem.at(slot.column())),
            }
        }
        effect
    }

    /// Members stay members, even where Moodle would not let them join today.
    fn join_named(
        &self,
        plan: &mut Planner<'_>,
        slot: &GroupSlot,
        missing: MissingGroup,
        allowed: &Result<(), Problem>,
    ) -> Result<Effect, Problem> {
        let found = plan.world.participants.group_by_name(self.course, &slot.name);
        if let Match::One(group) = found
            && self.membership(plan.world, group).is_some()
        {
            return Ok(Effect::Nothing);
        }
        allowed.clone()?;
        if found == Match::None && missing == MissingGroup::Create {
            values::check_length(&slot.name, NAME_LIMIT).map_err(|sentence| {
                Problem::error(Reason::ValueTooLong, format!("The name of the group {sentence}; shorten it."))
            })?;
        }
        let group = participation::find_group(plan, self.course, &slot.name, missing)?;
        Ok(participation::join_group(plan, self.user, self.course, group, self.protection.owner()))
    }

    /// Leaves the groups that no slot names. Named ones are kept, so that a replay changes nothing.
    fn leave_others(&self, plan: &mut Planner<'_>, slots: &[GroupSlot]) -> Effect {
        let world = &*plan.world;
        let fold = |name| world.facts.collation.fold(name);
        let is_named = |group: GroupId| {
            world
                .participants
                .group(self.course, group)
                .is_some_and(|group| slots.iter().any(|slot| fold(&slot.name) == fold(group.name())))
        };
        let memberships = world.participants.memberships(self.user, self.course).iter();
        let left: Vec<GroupId> = memberships
            .filter(|known| !is_named(known.group) && !self.protection.spares(known))
            .map(|known| known.group)
            .collect();
        left.into_iter().fold(Effect::Nothing, |effect, group| effect.and(self.leave(plan, group)))
    }

    fn leave_named(&self, plan: &mut Planner<'_>, slot: &GroupSlot) -> Effect {
        let name = &slot.name;
        if plan.world.participants.group_by_name(self.course, name) == Match::None {
            let shortname = participation::shortname(plan.world, self.course);
            let message = format!("Course {shortname:?} has no group {name:?}, so nobody can leave it.");
            plan.tell(Problem::notice(Reason::GroupUnknown, message).at(slot.column()));
            return Effect::Nothing;
        }
        let group = match participation::find_group(plan, self.course, name, MissingGroup::Refuse) {
            Ok(group) => group,
            Err(problem) => {
                plan.tell(problem.at(slot.column()));
                return Effect::Nothing;
            }
        };
        let notice = match self.membership(plan.world, group) {
            None => Problem::notice(Reason::NotMember, format!("The user is not in the group {name:?}.")),
            Some(known) if self.protection.spares(known) => participation::protected(name),
            Some(_) => return self.leave(plan, group),
        };
        plan.tell(notice.at(slot.column()));
        Effect::Nothing
    }

    fn leave(&self, plan: &mut Planner<'_>, group: GroupId) -> Effect {
        participation::leave_group(plan, self.user, self.course, group)
    }
}
