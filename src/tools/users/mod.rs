//! The users tool: accounts with their passwords, profile fields, cohorts, enrolments and groups.
//!
//! Only local accounts. Knows no files, no RPC and no SQL.

mod account;
mod cells;
mod cohorts;
mod columns;
mod command;
mod countries;
mod courses;
mod descriptor;
mod editor;
mod find;
mod interests;
mod options;
mod password;
mod plan;
mod profile;
mod revive;
mod roles_above;
#[cfg(test)]
mod tests;

pub use descriptor::DESCRIPTOR;
pub use revive::ReviveUsersTool;

use super::options::{OptionError, ToolOptions};
use super::{BoundTool, ConfiguredTool, Job, LinePlan, Rejection, Tool};
use crate::model::{BoundHeader, Entity, Line, Problem, ToolDescriptor, UserId};
use crate::site::password::md5_hex;
use crate::site::{Lookups, SiteFacts, UserField, UserKey, World};
use columns::Columns;
use command::UserCommand;
use find::Found;
use options::{DeletedAccount, Options, Settings};
use password::PasswordCell;
use secrecy::SecretString;
use std::sync::Arc;

/// The tool.
#[derive(Debug)]
pub struct UsersTool;

impl Tool for UsersTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        Ok(Box::new(ConfiguredUsers(Options::read(options)?)))
    }
}

struct ConfiguredUsers(Options);

impl ConfiguredTool for ConfiguredUsers {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let settings = Settings::new(self.0.clone(), facts);
        let (columns, notices) = Columns::bind(&header, &settings).map_err(|problem| vec![problem])?;
        Ok(BoundTool::new(UsersJob { columns, settings }, notices))
    }
}

struct UsersJob {
    columns: Columns,
    settings: Settings,
}

impl Job for UsersJob {
    type Command = UserCommand;

    const ENTITY: Entity = Entity::User;

    fn parse(&self, line: &Line) -> Result<UserCommand, Rejection> {
        command::parse(line, &self.columns, &self.settings)
    }

    fn look_up(&self, command: &UserCommand, lookups: &mut Lookups) {
        let users = &mut lookups.users;
        // The same for every line of a file, so the first one asks for all.
        if users.fields.is_empty() {
            users.fields.extend(self.columns.fields());
        }
        users.add(UserKey::Username, &command.username);
        users.add(UserKey::Username, command.old_username.as_deref().unwrap_or(""));
        users.add(self.settings.options.identifier, command.identity.as_deref().unwrap_or(""));
        users.add(UserKey::Idnumber, command.field(UserField::Idnumber).unwrap_or(""));
        users.add(UserKey::Email, command.field(UserField::Email).unwrap_or(""));
        if self.settings.options.deleted_account == DeletedAccount::Revived && command.action == command::Action::Apply
        {
            users.deleted_username_md5s.insert(md5_hex(&command.username));
        }
        if command.password.is_filled() {
            lookups.passwords = true;
            lookups.preferences.extend(password::PREFERENCES);
        }
        for value in &command.profile {
            lookups.profile_fields.insert(value.field.0);
            if value.is_unique() {
                lookups.unique_profile_values.insert((value.field.0, value.value.clone()));
            }
        }
        lookups.interests |= command.interests.is_some();
        lookups.preferences.extend(command.editor.as_ref().map(|_| editor::HTML_EDITOR));
        command.roles_above.iter().for_each(|role| role.look_up(lookups));
        command.cohorts.iter().for_each(|cohort| cohort.look_up(lookups));
        for set in &command.courses {
            lookups.courses.add(self.settings.options.course_identifier, &set.course);
            lookups.participation = true;
        }
    }

    fn plan(&self, command: &UserCommand, world: &mut World) -> LinePlan {
        plan::plan(command, &self.settings, world)
    }

    fn passwords<'a>(&self, command: &'a UserCommand, world: &World) -> Option<(UserId, &'a SecretString)> {
        let PasswordCell::Clear(clear) = &command.password else { return None };
        match find::find(command, &self.settings.options, world) {
            Ok(Found::Known(user) | Found::Renamed(user, _) | Found::Deleted(user)) => Some((user, clear)),
            Ok(Found::Nobody) | Err(_) => None,
        }
    }
}
