//! The group members tool: puts enrolled users into groups of courses, moves them between groups, and takes them out.
//! Knows nothing of files, runs, RPC or SQL.

mod descriptor;
#[cfg(test)]
mod tests;

use super::identify::{self, cell};
use super::leftovers::{GroupPurge, Leftovers};
use super::options::{OptionError, ToolOptions};
use super::participation::{self, Effect, Protection};
use super::{BoundTool, ConfiguredTool, Job, LinePlan, Planner, Rejection, Tool};
use crate::model::{
    BoundColumn, BoundHeader, CourseId, Entity, GroupId, Line, Operation, Outcome, Problem, Reason, ToolDescriptor,
    UserId,
};
use crate::site::{CourseKey, GroupDetail, GroupKey, Lookups, SiteFacts, Subject, UserKey, World};
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct GroupMembersTool;

/// The options of a run.
#[derive(Debug, Clone, Copy)]
struct Settings {
    course_key: CourseKey,
    user_key: UserKey,
    group_key: GroupKey,
    protection: Protection,
    purge: GroupPurge,
}

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    /// Join the group.
    Add,
    /// Join the group and leave all others of the course.
    Shift,
    /// Leave the group.
    Delete,
}

impl Verb {
    fn from_word(word: &str) -> Option<Self> {
        const WORDS: [(&str, Verb); 4] =
            [("add", Verb::Add), ("shift", Verb::Shift), ("del", Verb::Delete), ("delete", Verb::Delete)];
        WORDS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, verb)| verb)
    }

    fn operation(self) -> Operation {
        match self {
            Self::Add | Self::Shift => Operation::Join,
            Self::Delete => Operation::Leave,
        }
    }
}

/// The columns of a file that the tool reads.
#[derive(Debug)]
struct Columns {
    verb: Option<BoundColumn>,
    course: Option<BoundColumn>,
    group: Option<BoundColumn>,
    user: Option<BoundColumn>,
}

/// What a line asks for.
#[derive(Debug)]
struct MemberCommand {
    verb: Verb,
    /// None where the group says it.
    course: Option<String>,
    group: String,
    user: String,
}

impl MemberCommand {
    fn key(&self) -> String {
        let course = self.course.as_ref().map_or_else(String::new, |course| format!("{course}/"));
        format!("{course}{}/{}", self.group, self.user)
    }
}

/// The tool at work on one file.
#[derive(Debug)]
struct GroupMembersJob {
    settings: Settings,
    columns: Columns,
}

impl Tool for GroupMembersTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &descriptor::DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        // The words were checked against the description, so that none is unknown here.
        Ok(Box::new(Settings {
            course_key: CourseKey::from_name(options.text(descriptor::COURSE_IDENTIFIER))
                .unwrap_or(CourseKey::Shortname),
            user_key: UserKey::from_name(options.text(descriptor::USER_IDENTIFIER)).unwrap_or(UserKey::Username),
            group_key: GroupKey::from_name(options.text(descriptor::GROUP_IDENTIFIER)).unwrap_or(GroupKey::Name),
            protection: Protection::of(options.flag(descriptor::PROTECT_GROUPS)),
            purge: GroupPurge::of(options),
        }))
    }
}

impl ConfiguredTool for Settings {
    fn bind(&self, header: BoundHeader, _facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let column = |name| header.column(name).cloned();
        let columns = Columns {
            verb: column("cmd"),
            course: column("courseid"),
            group: column("groupid"),
            user: column("userid"),
        };
        if columns.course.is_none() && self.group_key != GroupKey::Id {
            let message = format!(
                "Column \"courseid\" is missing: the {} of a group says nothing without its course. Add it, or set the \
                 option group_identifier to id.",
                self.group_key.name()
            );
            return Err(vec![Problem::error(Reason::ColumnMissing, message).at("courseid")]);
        }
        Ok(BoundTool::new(GroupMembersJob { settings: *self, columns }, Vec::new()))
    }

    fn leftovers(&self) -> Leftovers {
        Leftovers { groups: self.purge, ..Leftovers::default() }
    }
}

impl Job for GroupMembersJob {
    type Command = MemberCommand;

    const ENTITY: Entity = Entity::GroupMember;

    fn parse(&self, line: &Line) -> Result<MemberCommand, Rejection> {
        let mut problems = Vec::new();
        let mut filled = |column: &Option<BoundColumn>, reason, name, noun| {
            let text = cell(column.as_ref(), line).unwrap_or("");
            if text.is_empty() {
                problems.push(identify::empty(reason, name, noun));
            }
            text.to_owned()
        };
        let course = cell(self.columns.course.as_ref(), line).map(str::to_owned);
        if course.is_none() && self.settings.group_key != GroupKey::Id {
            filled(&None, Reason::CourseIdEmpty, "courseid", "course");
        }
        let group = filled(&self.columns.group, Reason::GroupIdEmpty, "groupid", "group");
        let user = filled(&self.columns.user, Reason::UserIdEmpty, "userid", "user");
        let verb = match cell(self.columns.verb.as_ref(), line) {
            None => Some(Verb::Add),
            Some(word) => {
                let verb = Verb::from_word(word);
                if verb.is_none() {
                    let message = format!("{word:?} is no command; write add, shift or del.");
                    let column = self.columns.verb.as_ref().map_or("cmd", |column| &column.name);
                    problems.push(Problem::error(Reason::CmdInvalid, message).at(column));
                }
                verb
            }
        };
        let command = MemberCommand { verb: verb.unwrap_or(Verb::Add), course, group, user };
        if problems.is_empty() {
            return Ok(command);
        }
        Err(identify::rejected(command.key(), command.verb.operation(), problems))
    }

    fn look_up(&self, command: &MemberCommand, lookups: &mut Lookups) {
        lookups.users.add(self.settings.user_key, &command.user);
        lookups.courses.add(self.settings.course_key, command.course.as_deref().unwrap_or(""));
        lookups.participation = true;
        match self.settings.group_key {
            GroupKey::Id => lookups.groups.ids.extend(command.group.parse::<i64>()),
            GroupKey::Idnumber => {
                lookups.groups.detail = lookups.groups.detail.max(GroupDetail::Identifiers);
                lookups.groups.idnumbers.insert(command.group.clone());
            }
            GroupKey::Name => {}
        }
    }

    fn plan(&self, command: &MemberCommand, world: &mut World) -> LinePlan {
        let mut plan = Planner::new(world);
        let (key, operation) = (command.key(), command.verb.operation());
        match self.plan_member(command, &mut plan) {
            Ok((outcome, group)) => plan.finish(key, operation, outcome, Some(Subject::Group(group))),
            Err(problems) => {
                problems.into_iter().for_each(|problem| plan.tell(problem));
                plan.finish(key, operation, Outcome::Failed, None)
            }
        }
    }
}

/// All that a line names, found on the site.
#[derive(Debug, Clone, Copy)]
struct Place {
    course: CourseId,
    group: GroupId,
    user: UserId,
}

impl GroupMembersJob {
    /// Errors mean that nothing was planned.
    fn plan_member(&self, command: &MemberCommand, plan: &mut Planner<'_>) -> Result<(Outcome, GroupId), Vec<Problem>> {
        let place = self.resolve(command, plan.world)?;
        plan.visit(place.course);
        let outcome = match command.verb {
            Verb::Add => self.join(place, plan).map_err(|problem| vec![problem])?,
            Verb::Shift => self.shift(place, plan).map_err(|problem| vec![problem])?,
            Verb::Delete => self.leave(place, plan),
        };
        Ok((outcome, place.group))
    }

    fn resolve(&self, command: &MemberCommand, world: &World) -> Result<Place, Vec<Problem>> {
        let user = identify::user(world, self.settings.user_key, &command.user, "userid");
        match (self.find_group(command, world), user) {
            (Ok((course, group)), Ok(user)) => Ok(Place { course, group, user }),
            (group, user) => Err([group.err(), user.err()].into_iter().flatten().collect()),
        }
    }

    fn find_group(&self, command: &MemberCommand, world: &World) -> Result<(CourseId, GroupId), Problem> {
        let key = self.settings.group_key;
        let (group, name) = (&command.group, key.name());
        let named = command.course.as_ref();
        let named =
            named.map(|text| identify::course(world, self.settings.course_key, text, "courseid")).transpose()?;
        let groups = world.participants.find_groups(named.unwrap_or(CourseId(0)), key, group);
        let (reason, message) = match groups[..] {
            [one] => {
                let course = world.participants.group_anywhere(one).map_or(CourseId(0), |group| group.course);
                if named.is_none_or(|named| named == course) {
                    return Ok((course, one));
                }
                let (own, other) = (participation::shortname(world, course), named.unwrap_or(course));
                let other = participation::shortname(world, other);
                (
                    Reason::GroupNotInCourse,
                    format!("The group {group} belongs to the course {own:?}, not to {other:?}."),
                )
            }
            [] => {
                let shortname = named.map_or_else(String::new, |course| participation::shortname(world, course));
                let elsewhere = named.is_some_and(|course| world.participants.is_elsewhere(course, group));
                if key == GroupKey::Idnumber && elsewhere {
                    let message = format!("The group {group:?} belongs to another course than {shortname:?}.");
                    (Reason::GroupNotInCourse, message)
                } else if named.is_none() {
                    (Reason::GroupUnknown, format!("No group has the id {group}; create it first."))
                } else {
                    let message =
                        format!("Course {shortname:?} has no group with the {name} {group:?}; create it first.");
                    (Reason::GroupUnknown, message)
                }
            }
            ref many => {
                let message = format!("{} groups of the course have the {name} {group:?}; make it unique.", many.len());
                (Reason::GroupAmbiguous, message)
            }
        };
        Err(Problem::error(reason, message).at("groupid"))
    }

    /// Members stay members, even where Moodle would not let them join today.
    fn join(&self, place: Place, plan: &mut Planner<'_>) -> Result<Outcome, Problem> {
        let Place { course, group, user } = place;
        if participation::membership(plan.world, user, course, group).is_some() {
            plan.tell(Problem::notice(Reason::AlreadyMember, "The user is in the group already.").at("userid"));
            return Ok(Outcome::Unchanged);
        }
        participation::may_join_groups(plan.world, user, course).map_err(|problem| problem.at("userid"))?;
        participation::join_group(plan, user, course, group, self.settings.protection.owner());
        Ok(Outcome::Created)
    }

    /// The user only leaves other groups if joining this one is possible.
    fn shift(&self, place: Place, plan: &mut Planner<'_>) -> Result<Outcome, Problem> {
        let Place { course, group, user } = place;
        if participation::membership(plan.world, user, course, group).is_none() {
            participation::may_join_groups(plan.world, user, course).map_err(|problem| problem.at("userid"))?;
        }
        let memberships = plan.world.participants.memberships(user, course).iter();
        let others = memberships.filter(|known| known.group != group && !self.settings.protection.spares(known));
        let others: Vec<GroupId> = others.map(|known| known.group).collect();
        let left = others
            .into_iter()
            .fold(Effect::Nothing, |effect, other| effect.and(participation::leave_group(plan, user, course, other)));
        let joined = participation::join_group(plan, user, course, group, self.settings.protection.owner());
        Ok(match (left, joined) {
            (Effect::Nothing, Effect::Nothing) => {
                let message = "The user is in this group already, and in no other that could be left.";
                plan.tell(Problem::notice(Reason::AlreadyMember, message).at("userid"));
                Outcome::Unchanged
            }
            (Effect::Nothing, Effect::Changed) => Outcome::Created,
            (Effect::Changed, _) => Outcome::Updated,
        })
    }

    fn leave(&self, place: Place, plan: &mut Planner<'_>) -> Outcome {
        let Place { course, group, user } = place;
        let notice = match participation::membership(plan.world, user, course, group) {
            None => Problem::notice(Reason::NotMember, "The user is not in the group."),
            Some(known) if self.settings.protection.spares(known) => {
                let name = plan.world.participants.group(course, group).map_or("?", |group| group.name());
                participation::protected(name)
            }
            Some(_) => {
                participation::leave_group(plan, user, course, group);
                return Outcome::Deleted;
            }
        };
        plan.tell(notice.at("userid"));
        Outcome::Unchanged
    }
}
