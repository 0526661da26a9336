//! Lists of user accounts: delete them, suspend them, let them in again. A line names one account and nothing else.
//!
//! Knows no files, no RPC and no SQL. Deleted accounts come back by another tool, which shares its rules with the users
//! tool.

mod descriptor;
#[cfg(test)]
mod tests;

use super::identify;
use super::options::{OptionError, ToolOptions};
use super::{BoundTool, ConfiguredTool, Job, LinePlan, Planner, Rejection, Tool};
use crate::model::{
    BoundColumn, BoundHeader, Entity, Line, Operation, Outcome, Problem, Reason, ToolDescriptor, UserId,
};
use crate::site::{Change, FieldUpdate, Lookups, Match, SiteFacts, Subject, UserField, UserKey, World};
use std::sync::Arc;

/// What becomes of the accounts of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Delete,
    Suspend,
    Restore,
}

impl Order {
    fn operation(self) -> Operation {
        match self {
            Self::Delete => Operation::Delete,
            Self::Suspend => Operation::Suspend,
            Self::Restore => Operation::Restore,
        }
    }

    /// The word in messages: the account is never …
    fn done(self) -> &'static str {
        match self {
            Self::Delete => "deleted",
            Self::Suspend => "suspended",
            Self::Restore => "changed",
        }
    }
}

/// A tool for lists of accounts.
#[derive(Debug)]
pub struct UserListTool {
    order: Order,
    descriptor: &'static ToolDescriptor,
}

/// Deletes accounts.
pub static DELETE: UserListTool = UserListTool { order: Order::Delete, descriptor: &descriptor::DELETE };
/// Suspends accounts.
pub static SUSPEND: UserListTool = UserListTool { order: Order::Suspend, descriptor: &descriptor::SUSPEND };
/// Lets suspended accounts in again.
pub static RESTORE: UserListTool = UserListTool { order: Order::Restore, descriptor: &descriptor::RESTORE };

impl Tool for UserListTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        self.descriptor
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        let key = UserKey::from_name(options.text(descriptor::IDENTIFIER)).unwrap_or(UserKey::Idnumber);
        Ok(Box::new(ConfiguredList { order: self.order, key }))
    }
}

#[derive(Debug, Clone, Copy)]
struct ConfiguredList {
    order: Order,
    key: UserKey,
}

impl ConfiguredTool for ConfiguredList {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let Self { order, key } = *self;
        let name = key.name();
        let Some(column) = header.column(name).cloned() else {
            let message = format!(
                "Column {name} is missing, by which accounts are identified. Add it, or set the option identifier to \
                 a column of the file."
            );
            return Err(vec![Problem::error(Reason::ColumnMissing, message).at(name)]);
        };
        Ok(BoundTool::new(UserListJob { order, key, column, facts }, Vec::new()))
    }
}

/// The tool at work on one file.
struct UserListJob {
    order: Order,
    key: UserKey,
    column: BoundColumn,
    facts: Arc<SiteFacts>,
}

impl UserListJob {
    fn find(&self, value: &str, world: &World) -> Result<UserId, Problem> {
        let name = self.key.name();
        let (reason, message) = match world.users.find(self.key, value) {
            Match::One(user) => return Ok(user),
            Match::None => (Reason::UserUnknown, format!("No account has the {name} {value:?}; correct the line.")),
            Match::Many(count) => (
                Reason::UserAmbiguous,
                format!("{count} accounts have the {name} {value:?}; identify accounts by another column."),
            ),
        };
        Err(Problem::error(reason, message).at(&self.column.name))
    }

    fn carry_out(&self, user: UserId, value: &str, mut plan: Planner<'_>) -> LinePlan {
        let operation = self.order.operation();
        let is_suspended = plan.world.users.get(user).is_some_and(|user| user.is_suspended());
        let (change, outcome) = match (self.order, is_suspended) {
            (Order::Suspend, true) | (Order::Restore, false) => {
                return plan.finish(value, operation, Outcome::Unchanged, Some(Subject::User(user)));
            }
            (Order::Delete, _) => (Change::DeleteUser { id: user }, Outcome::Deleted),
            (Order::Suspend, false) => (suspension(user, "0", "1"), Outcome::Suspended),
            (Order::Restore, true) => (suspension(user, "1", "0"), Outcome::Restored),
        };
        if self.facts.is_protected(user) {
            let done = self.order.done();
            let message = format!("{value:?} is the guest or an administrator, and is never {done} here.");
            let problem = Problem::error(Reason::AccountProtected, message).at(&self.column.name);
            return plan.refuse(value, operation, problem);
        }
        plan.apply(change);
        plan.finish(value, operation, outcome, Some(Subject::User(user)))
    }
}

fn suspension(user: UserId, before: &str, after: &str) -> Change {
    let suspended = FieldUpdate { field: UserField::Suspended, before: before.to_owned(), after: after.to_owned() };
    Change::UpdateUser { id: user, fields: vec![suspended] }
}

impl Job for UserListJob {
    /// The value that identifies the account.
    type Command = String;

    const ENTITY: Entity = Entity::User;

    fn parse(&self, line: &Line) -> Result<String, Rejection> {
        identify::user_value(self.key, &self.column, line).map_err(|problem| Rejection {
            key: self.column.value(line).unwrap_or("").trim().to_owned(),
            operation: self.order.operation(),
            problems: vec![problem],
        })
    }

    fn look_up(&self, value: &String, lookups: &mut Lookups) {
        lookups.users.add(self.key, value);
    }

    fn plan(&self, value: &String, world: &mut World) -> LinePlan {
        let found = self.find(value, world);
        let mut plan = Planner::new(world);
        match found {
            Ok(user) => self.carry_out(user, value, plan),
            // Gone is what was asked for, so that running a list again is no failure.
            Err(Problem { reason: Reason::UserUnknown, .. }) if self.order == Order::Delete => {
                let message = format!("No account has the {} {value:?}; there is nothing to delete.", self.key.name());
                plan.tell(Problem::notice(Reason::DeleteMissing, message).at(&self.column.name));
                plan.finish(&**value, Operation::Delete, Outcome::Unchanged, None)
            }
            Err(problem) => plan.refuse(&**value, self.order.operation(), problem),
        }
    }
}
