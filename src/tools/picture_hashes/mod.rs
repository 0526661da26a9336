//! Hashes of pictures that users have already: of those of a list, or of all that have none when the run is accepted.
//!
//! Knows no files, no RPC and no SQL. It never reads a picture: the engine does, and the plan finds the hash.

mod descriptor;
#[cfg(test)]
mod tests;

use super::options::{OptionError, ToolOptions};
use super::{BoundTool, ConfiguredTool, ContentUse, Job, LinePlan, OwnList, Planner, Rejection, Tool, identify};
use crate::model::{
    BoundColumn, BoundHeader, Entity, Line, Operation, Outcome, Problem, Reason, ToolDescriptor, UserId,
};
use crate::site::{Change, ContentError, Lookups, PictureDetail, PictureHash, SiteFacts, Subject, UserKey, World};
use descriptor::{DESCRIPTOR, IDENTIFIER};
use std::fmt::Write;
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct PictureHashesTool;

impl Tool for PictureHashesTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        Ok(Box::new(Configured(UserKey::from_name(options.text(IDENTIFIER)).unwrap_or(UserKey::Username))))
    }
}

/// What users are identified by.
struct Configured(UserKey);

impl ConfiguredTool for Configured {
    fn bind(&self, header: BoundHeader, _facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let Some(column) = header.column(IDENTIFIER).cloned() else {
            return Err(vec![Problem::error(Reason::ColumnMissing, "The list has no identifiers.").at(IDENTIFIER)]);
        };
        Ok(BoundTool::new(HashingJob { key: self.0, column }, Vec::new()))
    }

    fn own_list(&self) -> Option<OwnList> {
        let key = self.0;
        let write = move |world: &World| {
            if !matches!(key, UserKey::Username | UserKey::Id) {
                let problem = "without a file it is username or id, which every account has".to_owned();
                return Err(OptionError { name: IDENTIFIER.to_owned(), problem });
            }
            Ok(world.pictures.unhashed().iter().fold(String::new(), |mut list, (id, username)| {
                let id = if key == UserKey::Id { format!("{id};") } else { String::new() };
                let _ = writeln!(list, "{id}\"{}\"", username.replace('"', "\"\""));
                list
            }))
        };
        let lookups = Lookups { unhashed_pictures: true, ..Lookups::default() };
        Some(OwnList { lookups, write: Box::new(write) })
    }

    fn content_use(&self) -> ContentUse {
        ContentUse::Reads
    }
}

/// The tool at work on one list.
struct HashingJob {
    key: UserKey,
    column: BoundColumn,
}

impl HashingJob {
    fn find(&self, value: &str, world: &World) -> Result<UserId, Problem> {
        let user = identify::user(world, self.key, value, &self.column.name)?;
        if world.facts.guest != Some(user) {
            return Ok(user);
        }
        let message = format!("{value:?} is the guest account, which has no picture; leave it out.");
        Err(Problem::error(Reason::AccountProtected, message).at(&self.column.name))
    }

    /// The hash of the picture of a user who has one.
    fn hash(&self, value: &str, user: UserId, world: &World) -> Result<PictureHash, Problem> {
        let wrong = |reason, what: &str| {
            let message = format!(
                "The picture of {value:?} cannot be hashed: {what}. Send it with user_pictures, or have it uploaded in Moodle \
                 again."
            );
            Problem::error(reason, message).at(&self.column.name)
        };
        let f1 = world.pictures.of(user).and_then(|known| known.f1.as_deref());
        let f1 = f1.ok_or_else(|| wrong(Reason::PictureMissing, "Moodle knows no file f1 of it"))?;
        match world.pictures.hashed(f1) {
            Some(Ok(hash)) => Ok(hash.clone()),
            Some(Err(error)) => Err(wrong(reason(error), &format!("its content {error}"))),
            None => Err(wrong(Reason::PictureUnreadable, "its content was not read")),
        }
    }
}

/// Whether planning needs the hash of the picture that the user has.
fn is_wanted(user: UserId, world: &World) -> bool {
    world.pictures.of(user).is_some_and(|known| known.shown > 0 && known.hash.is_empty())
}

fn reason(error: &ContentError) -> Reason {
    match error {
        ContentError::Absent => Reason::PictureMissing,
        ContentError::TooLarge { .. } => Reason::PictureTooLarge,
        ContentError::Damaged | ContentError::Unreadable { .. } => Reason::PictureUnreadable,
    }
}

impl Job for HashingJob {
    /// The value that identifies the user.
    type Command = String;

    const ENTITY: Entity = Entity::User;

    fn parse(&self, line: &Line) -> Result<String, Rejection> {
        identify::user_value(self.key, &self.column, line).map_err(|problem| {
            let key = self.column.value(line).unwrap_or("").trim();
            identify::rejected(key, Operation::Update, vec![problem])
        })
    }

    fn look_up(&self, value: &String, lookups: &mut Lookups) {
        lookups.users.add(self.key, value);
        lookups.pictures = PictureDetail::Content;
    }

    fn plan(&self, value: &String, world: &mut World) -> LinePlan {
        let key = &**value;
        let user = match self.find(value, world) {
            Ok(user) => user,
            Err(problem) => return Planner::new(world).refuse(key, Operation::Update, problem),
        };
        let subject = Some(Subject::User(user));
        if !is_wanted(user, world) {
            let has_hash = world.pictures.of(user).is_some_and(|known| !known.hash.is_empty());
            let mut plan = Planner::new(world);
            if has_hash {
                return plan.finish(key, Operation::Update, Outcome::Unchanged, subject);
            }
            let message = format!("{value:?} has no picture; there is nothing to note.");
            plan.tell(Problem::notice(Reason::NothingToDo, message).at(&self.column.name));
            return plan.finish(key, Operation::Update, Outcome::Skipped, subject);
        }
        let hash = self.hash(value, user, world);
        let mut plan = Planner::new(world);
        match hash {
            Ok(hash) => {
                plan.apply(Change::SetPictureHash { user, hash });
                plan.finish(key, Operation::Update, Outcome::Updated, subject)
            }
            Err(problem) => plan.refuse(key, Operation::Update, problem),
        }
    }

    fn stored_picture<'a>(&self, value: &String, world: &'a World) -> Option<&'a str> {
        let user = self.find(value, world).ok()?;
        if is_wanted(user, world) { world.pictures.of(user)?.f1.as_deref() } else { None }
    }
}
