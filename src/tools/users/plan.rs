//! What a line changes: the account first, then its password, profile, cohorts and courses.

use super::account::{self, AccountChange, Suspension};
use super::command::{Action, UserCommand};
use super::find::{Found, find};
use super::options::Settings;
use super::password::{self, FirstPassword};
use super::{editor, interests};
use crate::model::{Operation, Outcome, Problem, Reason, UserId};
use crate::site::world::User;
use crate::site::{Change, Subject, UserField, World};
use crate::tools::{LinePlan, Planner};

/// Plans a line.
pub(super) fn plan(command: &UserCommand, settings: &Settings, world: &mut World) -> LinePlan {
    let found = find(command, &settings.options, world);
    let mut planner = Planner::new(world);
    command.problems.iter().for_each(|problem| planner.tell(problem.clone()));
    let line = LineInHand { command, settings, plan: planner };
    match (command.action, found) {
        (_, Err(problem)) => line.refuse(asked(command), problem),
        (Action::Delete, Ok(Found::Known(user) | Found::Renamed(user, _))) => line.delete(user),
        (Action::Delete, Ok(Found::Deleted(_) | Found::Nobody)) => line.delete_nobody(),
        (Action::Apply, Ok(Found::Known(user))) => line.update(user),
        (Action::Apply, Ok(Found::Renamed(user, notice))) => line.noting(notice).update(user),
        (Action::Apply, Ok(Found::Deleted(user))) => line.revive(user),
        (Action::Apply, Ok(Found::Nobody)) => line.create(),
    }
}

/// Plans a line that may only bring an account back.
pub(super) fn revive_only(command: &UserCommand, settings: &Settings, world: &mut World) -> LinePlan {
    let found = find(command, &settings.options, world);
    let mut planner = Planner::new(world);
    command.problems.iter().for_each(|problem| planner.tell(problem.clone()));
    let line = LineInHand { command, settings, plan: planner };
    match found {
        Err(problem) => line.refuse(Operation::Restore, problem),
        Ok(Found::Known(user) | Found::Renamed(user, _)) => {
            line.finish(Operation::Restore, Outcome::Unchanged, Some(user))
        }
        Ok(Found::Deleted(user)) => line.revive(user),
        Ok(Found::Nobody) => {
            let message =
                format!("No deleted account had the user name {:?}; create it with the users tool.", command.key());
            line.refuse(Operation::Restore, Problem::error(Reason::UserUnknown, message).at("username"))
        }
    }
}

fn asked(command: &UserCommand) -> Operation {
    match command.action {
        Action::Delete => Operation::Delete,
        Action::Apply if command.old_username.is_some() => Operation::Rename,
        Action::Apply => Operation::Update,
    }
}

struct LineInHand<'c, 'w> {
    command: &'c UserCommand,
    settings: &'c Settings,
    plan: Planner<'w>,
}

impl LineInHand<'_, '_> {
    fn noting(mut self, notice: Problem) -> Self {
        self.plan.tell(notice);
        self
    }

    fn refuse(self, operation: Operation, problem: Problem) -> LinePlan {
        self.plan.refuse(self.command.key(), operation, problem)
    }

    fn finish(self, operation: Operation, outcome: Outcome, user: Option<UserId>) -> LinePlan {
        self.plan.finish(self.command.key(), operation, outcome, user.map(Subject::User))
    }

    fn delete_nobody(mut self) -> LinePlan {
        let message = format!("No account {:?} exists; there is nothing to delete.", self.command.key());
        self.plan.tell(Problem::notice(Reason::DeleteMissing, message));
        self.finish(Operation::Delete, Outcome::Unchanged, None)
    }

    fn delete(mut self, user: UserId) -> LinePlan {
        if self.settings.facts.is_protected(user) {
            let problem = protected(self.command, "deleted");
            return self.refuse(Operation::Delete, problem);
        }
        self.plan.apply(Change::DeleteUser { id: user });
        self.finish(Operation::Delete, Outcome::Deleted, Some(user))
    }

    fn known(&self, user: UserId, decide: Decide) -> Result<AccountChange, Problem> {
        let world = &*self.plan.world;
        match world.users.get(user) {
            Some(known) => decide(known, self.command, self.settings, world),
            None => Err(Problem::error(Reason::UserUnknown, "The account is not there any more.").at("username")),
        }
    }

    fn update(mut self, user: UserId) -> LinePlan {
        let asked = asked(self.command);
        if self.settings.facts.guest == Some(user) {
            let problem = protected(self.command, "changed");
            return self.refuse(asked, problem);
        }
        let change = match self.known(user, account::update) {
            Ok(change) => change,
            Err(problem) => return self.refuse(asked, problem),
        };
        let operation = match (change.suspension(), change.renames()) {
            (Suspension::Begins, _) => Operation::Suspend,
            (Suspension::Ends, _) => Operation::Restore,
            (Suspension::Stays, true) => Operation::Rename,
            (Suspension::Stays, false) => Operation::Update,
        };
        if self.settings.facts.is_protected(user) && (change.renames() || operation == Operation::Suspend) {
            let done = if change.renames() { "renamed" } else { "suspended" };
            let problem = protected(self.command, done);
            return self.refuse(operation, problem);
        }
        let AccountChange { fields, problems } = change;
        problems.into_iter().for_each(|problem| self.plan.tell(problem));
        if !fields.is_empty() {
            self.plan.apply(Change::UpdateUser { id: user, fields });
        }
        password::change(&mut self.plan, user, &self.command.password, self.settings);
        self.take_part(user);
        let outcome = match operation {
            Operation::Suspend => Outcome::Suspended,
            Operation::Restore => Outcome::Restored,
            _ if self.plan.has_changes() => Outcome::Updated,
            _ => Outcome::Unchanged,
        };
        self.finish(operation, outcome, Some(user))
    }

    fn revive(mut self, user: UserId) -> LinePlan {
        let AccountChange { fields, problems } = match self.known(user, account::revive) {
            Ok(change) => change,
            Err(problem) => return self.refuse(Operation::Restore, problem),
        };
        problems.into_iter().for_each(|problem| self.plan.tell(problem));
        self.plan.apply(Change::ReviveUser { id: user, fields });
        password::change(&mut self.plan, user, &self.command.password, self.settings);
        self.take_part(user);
        self.finish(Operation::Restore, Outcome::Restored, Some(user))
    }

    fn create(mut self) -> LinePlan {
        let auth = self.command.field(UserField::Auth).unwrap_or("manual");
        let decided = account::create(self.command, self.settings, self.plan.world)
            .and_then(|row| Ok((row, FirstPassword::decide(&self.command.password, auth, self.settings)?)));
        let ((fields, problems), first) = match decided {
            Ok(decided) => decided,
            Err(problem) => return self.refuse(Operation::Create, problem),
        };
        problems.into_iter().for_each(|problem| self.plan.tell(problem));
        let user = UserId(self.plan.world.plan_id());
        self.plan.apply(Change::CreateUser { id: user, fields, password: first.password.clone() });
        first.complete(&mut self.plan, user);
        self.take_part(user);
        self.finish(Operation::Create, Outcome::Created, Some(user))
    }

    fn take_part(&mut self, user: UserId) {
        self.command.profile.iter().for_each(|value| value.apply(&mut self.plan, user));
        if let Some(interests) = &self.command.interests {
            interests::apply(interests, &mut self.plan, user);
        }
        if let Some(editor) = &self.command.editor {
            editor::apply(editor, &mut self.plan, user);
        }
        self.command.roles_above.iter().for_each(|role| role.apply(&mut self.plan, user));
        self.command.cohorts.iter().for_each(|cohort| cohort.join(&mut self.plan, user));
        self.command.courses.iter().for_each(|set| set.apply(&mut self.plan, user, self.settings));
    }
}

type Decide = fn(&User, &UserCommand, &Settings, &World) -> Result<AccountChange, Problem>;

fn protected(command: &UserCommand, done: &str) -> Problem {
    let message = format!("{:?} is the guest or an administrator, and is never {done} here.", command.key());
    Problem::error(Reason::AccountProtected, message).at("username")
}
