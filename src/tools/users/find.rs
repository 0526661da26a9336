//! Which account a line is about. Decides without changing anything.

use super::command::{Action, UserCommand};
use super::options::{DeletedAccount, Options, Renaming};
use crate::model::{Problem, Reason, UserId};
use crate::site::password::md5_hex;
use crate::site::{UserField, UserKey, World};

/// The account of a line.
#[derive(Debug)]
pub(super) enum Found {
    /// It exists; where its user name differs from the line's, it is to be renamed.
    Known(UserId),
    /// It exists under the new name already.
    Renamed(UserId, Problem),
    /// It was deleted and can come back.
    Deleted(UserId),
    /// There is none.
    Nobody,
}

/// Finds the account of a command, or tells why the line is refused.
pub(super) fn find(command: &UserCommand, options: &Options, world: &World) -> Result<Found, Problem> {
    let search = Search { command, options, world };
    match &command.old_username {
        Some(old) => search.by_old_username(old),
        None => search.by_identity_and_username(),
    }
}

struct Search<'a> {
    command: &'a UserCommand,
    options: &'a Options,
    world: &'a World,
}

impl Search<'_> {
    fn one(&self, key: UserKey, value: &str) -> Result<Option<UserId>, Problem> {
        if value.is_empty() {
            return Ok(None);
        }
        match self.world.users.find_all(key, value)[..] {
            [] => Ok(None),
            [user] => Ok(Some(user)),
            ref many => {
                let message = format!("{} accounts have {} {value:?}; make it unique first.", many.len(), key.name());
                Err(Problem::error(Reason::UserAmbiguous, message).at(key.name()))
            }
        }
    }

    fn identity(&self) -> Option<&str> {
        self.command.identity.as_deref()
    }

    fn by_identity(&self) -> Result<Option<UserId>, Problem> {
        self.identity().map_or(Ok(None), |value| self.one(self.options.identifier, value))
    }

    fn by_identity_and_username(&self) -> Result<Found, Problem> {
        let username = &self.command.username;
        let by_username = self.one(UserKey::Username, username)?;
        match (self.by_identity()?, by_username) {
            (Some(user), Some(same)) if user == same => Ok(Found::Known(user)),
            (Some(_), Some(_)) => {
                let identity = self.identity_words();
                Err(collision(format!(
                    "User name {username:?} and {identity} belong to two different accounts; correct \
                     one of them."
                )))
            }
            (Some(user), None) => self.under_another_name(user),
            (None, Some(user)) => self.adopt(user).map(Found::Known),
            (None, None) => self.nobody(),
        }
    }

    fn under_another_name(&self, user: UserId) -> Result<Found, Problem> {
        let may_differ = match self.command.action {
            Action::Delete => self.command.username.is_empty(),
            Action::Apply => self.options.renaming == Renaming::Allowed,
        };
        if may_differ {
            return Ok(Found::Known(user));
        }
        let stored = self.world.users.get(user).map_or("", |user| user.username());
        let identity = self.identity_words();
        let message = match self.command.action {
            Action::Delete => format!(
                "The account with {identity} has the user name {stored:?}, so nothing is deleted; correct the line."
            ),
            Action::Apply => {
                format!("The account with {identity} has the user name {stored:?}; to rename it, set allow_rename.")
            }
        };
        Err(collision(message))
    }

    /// An account found by its user name only: right where the line has no identifier, or the account has none yet.
    fn adopt(&self, user: UserId) -> Result<UserId, Problem> {
        let key = self.options.identifier;
        let field = match key {
            UserKey::Id => None,
            UserKey::Username => Some(UserField::Username),
            UserKey::Idnumber => Some(UserField::Idnumber),
            UserKey::Email => Some(UserField::Email),
        };
        let known = self.world.users.get(user);
        let stored = field.and_then(|field| known.and_then(|user| user.fields.get(field))).unwrap_or("");
        if self.identity().is_none() || (stored.is_empty() && key != UserKey::Id) {
            return Ok(user);
        }
        let own = if key == UserKey::Id { user.to_string() } else { format!("{stored:?}") };
        let name = known.map_or("", |user| user.username());
        Err(collision(format!(
            "User name {name:?} belongs to the account with {} {own}; correct one of the two, or choose another user name.",
            key.name()
        )))
    }

    fn nobody(&self) -> Result<Found, Problem> {
        if self.command.action == Action::Delete {
            return Ok(Found::Nobody);
        }
        if let (UserKey::Id, Some(id)) = (self.options.identifier, self.identity()) {
            let message = format!("No account has id {id}; leave the cell blank to create one.");
            return Err(Problem::error(Reason::UserUnknown, message).at("id"));
        }
        Ok(match self.options.deleted_account {
            DeletedAccount::Revived => self.deleted().map_or(Found::Nobody, Found::Deleted),
            DeletedAccount::LeftAlone => Found::Nobody,
        })
    }

    /// The deleted account that had the user name of the line: best one whose replaced user name still shows the
    /// e-mail of the line, then the one changed last.
    fn deleted(&self) -> Option<UserId> {
        let candidates = self.world.users.deleted_with_md5(&md5_hex(&self.command.username));
        // Moodle cleans the e-mail as a user name before it puts it there.
        let kept = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(*c);
        let email = self.command.field(UserField::Email).unwrap_or("").to_lowercase();
        let email: String = email.chars().filter(kept).collect();
        let shows_email = |username: &str| {
            let stamp = username.strip_prefix(email.as_str()).and_then(|rest| rest.strip_prefix('.'));
            !email.is_empty() && stamp.is_some_and(|stamp| stamp.bytes().all(|b| b.is_ascii_digit()))
        };
        let users = candidates.iter().filter_map(|id| self.world.users.get(*id));
        users.max_by_key(|user| (shows_email(user.username()), user.time_modified, user.id)).map(|user| user.id)
    }

    fn by_old_username(&self, old: &str) -> Result<Found, Problem> {
        let new = &self.command.username;
        match (self.one(UserKey::Username, old)?, self.one(UserKey::Username, new)?) {
            (Some(user), None) => match self.by_identity()? {
                Some(holder) if holder == user => Ok(Found::Known(user)),
                Some(_) => Err(self.identity_taken()),
                None => self.adopt(user).map(Found::Known),
            },
            (None, Some(_)) => Ok(match self.by_identity_and_username()? {
                Found::Known(user) => {
                    let message = format!("The account was renamed from {old:?} to {new:?} already.");
                    Found::Renamed(user, Problem::notice(Reason::AlreadyRenamed, message).at("oldusername"))
                }
                other => other,
            }),
            (Some(_), Some(_)) => {
                let message = format!("Cannot rename {old:?}: user name {new:?} is taken.");
                Err(Problem::error(Reason::RenameTargetExists, message).at("oldusername"))
            }
            (None, None) => {
                let message = format!("Cannot rename {old:?}: no account has this user name, and none has {new:?}.");
                Err(Problem::error(Reason::RenameSourceMissing, message).at("oldusername"))
            }
        }
    }

    fn identity_taken(&self) -> Problem {
        let reason = match self.options.identifier {
            UserKey::Idnumber => Reason::IdnumberCollision,
            UserKey::Email => Reason::EmailCollision,
            UserKey::Id | UserKey::Username => Reason::UsernameCollision,
        };
        let message = format!(
            "Another account has {}; give this one a value of its own, or correct the user name of the line.",
            self.identity_words()
        );
        Problem::error(reason, message).at(self.options.identifier.name())
    }

    fn identity_words(&self) -> String {
        format!("{} {:?}", self.options.identifier.name(), self.identity().unwrap_or(""))
    }
}

fn collision(message: String) -> Problem {
    Problem::error(Reason::UsernameCollision, message).at("username")
}
