//! The row of an account: what a line creates, changes or restores of it. Decides; changes nothing itself.

use super::command::UserCommand;
use super::options::{Settings, SharedEmails, StoredEmail, column_default};
use crate::model::{Problem, Reason, UserId};
use crate::site::world::User;
use crate::site::{FieldUpdate, Fields, UserField, UserKey, World};

/// Whether a change lets a user in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspension {
    Stays,
    Begins,
    Ends,
}

/// What changes of a row.
#[derive(Debug)]
pub(super) struct AccountChange {
    pub(super) fields: Vec<FieldUpdate<UserField>>,
    pub(super) problems: Vec<Problem>,
}

impl AccountChange {
    fn to(&self, field: UserField) -> Option<&str> {
        self.fields.iter().find(|update| update.field == field).map(|update| update.after.as_str())
    }

    pub(super) fn renames(&self) -> bool {
        self.to(UserField::Username).is_some()
    }

    pub(super) fn suspension(&self) -> Suspension {
        match self.to(UserField::Suspended) {
            Some("1") => Suspension::Begins,
            Some(_) => Suspension::Ends,
            None => Suspension::Stays,
        }
    }
}

/// The columns of a new account. An error refuses the line.
pub(super) fn create(
    command: &UserCommand,
    settings: &Settings,
    world: &World,
) -> Result<(Fields<UserField>, Vec<Problem>), Problem> {
    let neighbours = Neighbours { settings, world, own: None };
    neighbours.check_email(command.field(UserField::Email).unwrap_or(""))?;
    let problems = neighbours.check_idnumber(command.field(UserField::Idnumber).unwrap_or(""))?;
    let given = command.fields.iter().filter(|(field, value)| value != column_default(*field));
    let defaults = settings.defaults.iter().filter(|(field, _)| command.field(*field).is_none());
    let username = (UserField::Username, command.username.clone());
    let fields = std::iter::once(username).chain(given.chain(defaults).cloned()).collect();
    Ok((fields, problems.into_iter().collect()))
}

/// The columns of a known account that the line changes. An error refuses the line.
pub(super) fn update(
    user: &User,
    command: &UserCommand,
    settings: &Settings,
    world: &World,
) -> Result<AccountChange, Problem> {
    let neighbours = Neighbours { settings, world, own: Some(user.id) };
    let mut change = AccountChange { fields: Vec::new(), problems: Vec::new() };
    if user.username() != command.username {
        change.fields.push(replace(user, UserField::Username, &command.username));
    }
    for (field, value) in &command.fields {
        if stored(user, *field) == value {
            continue;
        }
        match field {
            UserField::Email => {
                if let Some(notice) = protected_email(user, value, settings) {
                    change.problems.extend(notice.tell());
                    continue;
                }
                neighbours.check_email(value)?;
            }
            UserField::Idnumber => change.problems.extend(neighbours.check_idnumber(value)?),
            _ => {}
        }
        change.fields.push(replace(user, *field, value));
    }
    Ok(change)
}

/// The columns of a deleted account that comes back. An error refuses the line.
pub(super) fn revive(
    user: &User,
    command: &UserCommand,
    settings: &Settings,
    world: &World,
) -> Result<AccountChange, Problem> {
    let neighbours = Neighbours { settings, world, own: Some(user.id) };
    let mut problems = Vec::new();
    let email = match command.field(UserField::Email).filter(|email| !email.is_empty()) {
        Some(email) => neighbours.check_email(email).map(|()| email)?,
        // Nobody asked for the former address, so it gives way where another account has it now.
        None => former_email(user).filter(|email| neighbours.check_email(email).is_ok()).unwrap_or(""),
    };
    let mut fields =
        vec![replace(user, UserField::Username, &command.username), replace(user, UserField::Email, email)];
    let idnumber = command.field(UserField::Idnumber).unwrap_or("");
    problems.extend(neighbours.check_idnumber(idnumber)?);
    let suspended = command.field(UserField::Suspended).unwrap_or("0");
    let others = command.fields.iter().map(|(field, value)| (*field, value.as_str()));
    let others =
        others.filter(|(field, _)| !matches!(field, UserField::Email | UserField::Idnumber | UserField::Suspended));
    let restored = [(UserField::Idnumber, idnumber), (UserField::Suspended, suspended)].into_iter().chain(others);
    fields.extend(restored.filter(|(f, v)| stored(user, *f) != *v).map(|(f, v)| replace(user, f, v)));
    Ok(AccountChange { fields, problems })
}

fn stored(user: &User, field: UserField) -> &str {
    // Planned accounts leave out what Moodle's table fills in.
    user.fields.get(field).unwrap_or_else(|| column_default(field))
}

fn replace(user: &User, field: UserField, value: &str) -> FieldUpdate<UserField> {
    FieldUpdate { field, before: stored(user, field).to_owned(), after: value.to_owned() }
}

/// A stored e-mail address that stays.
enum ProtectedEmail {
    /// Only its case differs: nothing to tell.
    SameAddress,
    /// The line gives another one.
    Other(Problem),
}

impl ProtectedEmail {
    fn tell(self) -> Option<Problem> {
        match self {
            Self::SameAddress => None,
            Self::Other(problem) => Some(problem),
        }
    }
}

fn protected_email(user: &User, value: &str, settings: &Settings) -> Option<ProtectedEmail> {
    let own = stored(user, UserField::Email);
    if own.is_empty() || settings.options.stored_email == StoredEmail::Replaced {
        return None;
    }
    if own.to_lowercase() == value.to_lowercase() {
        return Some(ProtectedEmail::SameAddress);
    }
    let message = "The account keeps its e-mail address; to replace it, switch protect_emails off.";
    Some(ProtectedEmail::Other(Problem::notice(Reason::EmailProtected, message).at("email")))
}

/// The address that a deleted account had, where it was a real one.
fn former_email(user: &User) -> Option<&str> {
    let is_real = |address: &&str| super::cells::is_address(address) && !address.ends_with("@unknownemail.invalid");
    user.former_address().filter(is_real)
}

/// Other accounts, whose e-mail addresses and idnumbers a line may collide with.
struct Neighbours<'a> {
    settings: &'a Settings,
    world: &'a World,
    own: Option<UserId>,
}

impl Neighbours<'_> {
    fn has(&self, key: UserKey, value: &str) -> bool {
        !value.is_empty() && self.world.users.find_all(key, value).iter().any(|other| Some(*other) != self.own)
    }

    fn check_email(&self, email: &str) -> Result<(), Problem> {
        if self.settings.shared_emails == SharedEmails::Allowed || !self.has(UserKey::Email, email) {
            return Ok(());
        }
        let message = format!(
            "Another account has the e-mail address {email:?}, and the site lets none be \
             shared; give this one an address of its own."
        );
        Err(Problem::error(Reason::EmailCollision, message).at("email"))
    }

    /// Moodle lets accounts share an idnumber; as the identifier of accounts it must be unique.
    fn check_idnumber(&self, idnumber: &str) -> Result<Option<Problem>, Problem> {
        if !self.has(UserKey::Idnumber, idnumber) {
            return Ok(None);
        }
        let message = format!("Another account has the idnumber {idnumber:?}; give this one an idnumber of its own.");
        let problem = Problem::error(Reason::IdnumberCollision, message).at("idnumber");
        match self.settings.options.identifier {
            UserKey::Idnumber => Err(problem),
            _ => Ok(Some(Problem { severity: crate::model::Severity::Warning, ..problem })),
        }
    }
}
