//! Pictures of users: an entry of an archive is the new picture of the user whom its name identifies.
//!
//! Knows no files, no RPC and no SQL. It never looks into a picture: the engine scales those that are new, and the plan
//! finds what came of it.

mod descriptor;
mod name;
#[cfg(test)]
mod tests;

use super::options::{OptionError, ToolOptions};
use super::{BoundTool, ConfiguredTool, ContentUse, Job, LinePlan, Planner, Rejection, Tool};
use crate::model::{BoundHeader, Entity, Line, Operation, Outcome, Problem, Reason, Severity, ToolDescriptor, UserId};
use crate::site::world::UserPicture;
use crate::site::{Change, Lookups, Match, PictureDetail, PictureError, PictureHash, SiteFacts, Subject, World};
use descriptor::{DESCRIPTOR, ENTRY};
use name::Naming;
use std::sync::Arc;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct UserPicturesTool;

/// What becomes of the picture that a user has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FormerPicture {
    Replaced,
    Kept,
}

impl Tool for UserPicturesTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &DESCRIPTOR
    }

    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        let former = if options.flag(descriptor::OVERWRITE) { FormerPicture::Replaced } else { FormerPicture::Kept };
        Ok(Box::new(Configured { naming: Naming::of_option(options.text(descriptor::IDENTIFIER)), former }))
    }
}

struct Configured {
    naming: Naming,
    former: FormerPicture,
}

impl ConfiguredTool for Configured {
    fn bind(&self, _header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let Self { naming, former } = *self;
        Ok(BoundTool::new(UserPicturesJob { naming, former, facts }, Vec::new()))
    }

    fn content_use(&self) -> ContentUse {
        ContentUse::Stores
    }
}

/// The tool at work on one archive.
struct UserPicturesJob {
    naming: Naming,
    former: FormerPicture,
    facts: Arc<SiteFacts>,
}

/// An entry in the tool's own terms.
struct Entry {
    name: String,
    order: Order,
}

/// What is to be done with an entry.
enum Order {
    /// Nothing.
    Leave(Problem),
    /// It becomes the picture of this user.
    Set { identifier: String, hash: PictureHash, content: Arc<[u8]> },
}

impl Job for UserPicturesJob {
    type Command = Entry;

    const ENTITY: Entity = Entity::User;

    fn parse(&self, line: &Line) -> Result<Entry, Rejection> {
        let name = line.value(0).unwrap_or_default();
        self.read(line, name).map(|order| Entry { name: name.to_owned(), order }).map_err(|problem| Rejection {
            key: name.to_owned(),
            operation: Operation::Update,
            problems: vec![problem.at(ENTRY)],
        })
    }

    fn look_up(&self, entry: &Entry, lookups: &mut Lookups) {
        lookups.pictures = PictureDetail::Identity;
        if let Order::Set { identifier, .. } = &entry.order {
            lookups.users.add(self.naming.key(), identifier);
        }
    }

    fn plan(&self, entry: &Entry, world: &mut World) -> LinePlan {
        let name = &*entry.name;
        match &entry.order {
            Order::Leave(problem) => {
                let mut plan = Planner::new(world);
                plan.tell(problem.clone().at(ENTRY));
                plan.finish(name, Operation::Update, Outcome::Skipped, None)
            }
            Order::Set { identifier, hash, .. } => match self.find(name, identifier, world) {
                Ok(user) => self.set(name, user, hash, world),
                Err(problem) => Planner::new(world).refuse(name, Operation::Update, problem.at(ENTRY)),
            },
        }
    }

    fn entry_subject(&self, name: &str) -> Option<String> {
        let identifier = self.naming.identifier(name, &self.facts).ok()?;
        Some(self.naming.key().fold(self.facts.collation, &identifier))
    }

    fn picture<'a>(&self, entry: &'a Entry, world: &World) -> Option<(&'a PictureHash, &'a Arc<[u8]>)> {
        let Order::Set { identifier, hash, content } = &entry.order else { return None };
        let user = self.find(&entry.name, identifier, world).ok()?;
        self.needs(world.pictures.of(user), hash).then_some((hash, content))
    }
}

impl UserPicturesJob {
    fn read(&self, line: &Line, name: &str) -> Result<Order, Problem> {
        let identifier = match self.naming.identifier(name, &self.facts) {
            Ok(identifier) => identifier,
            Err(problem) if problem.severity < Severity::Error => return Ok(Order::Leave(problem)),
            Err(problem) => return Err(problem),
        };
        let Some(attachment) = &line.attachment else {
            return Err(Problem::error(Reason::EntryUnreadable, format!("The entry {name:?} has no content.")));
        };
        if let Some(later) = &attachment.superseded_by {
            let message = format!(
                "The entry {name:?} is left aside: {later:?}, later in the archive, is for the same user. Keep one of them."
            );
            return Ok(Order::Leave(Problem::warning(Reason::EntrySuperseded, message)));
        }
        let content = Arc::clone(attachment.content.as_ref().map_err(Problem::clone)?);
        Ok(Order::Set { identifier, hash: PictureHash::of(&content), content })
    }

    fn find(&self, name: &str, identifier: &str, world: &World) -> Result<UserId, Problem> {
        let key = self.naming.key().name();
        let (reason, message) = match world.users.find(self.naming.key(), identifier) {
            Match::One(user) if world.facts.guest == Some(user) => (
                Reason::AccountProtected,
                format!("The entry {name:?} is for the guest account, which has no picture; leave it out."),
            ),
            Match::One(user) => return Ok(user),
            Match::None => (
                Reason::UserUnknown,
                format!(
                    "The entry {name:?} is for nobody: no user has the {key} {identifier:?}. Correct the name of the entry, \
                     or create the account first."
                ),
            ),
            Match::Many(count) => (
                Reason::UserAmbiguous,
                format!(
                    "The entry {name:?} may be for any of {count} users with the {key} {identifier:?}; identify users by \
                     something else."
                ),
            ),
        };
        Err(Problem::error(reason, message))
    }

    /// Whether a user who has that picture gets one with this hash.
    fn needs(&self, known: Option<&UserPicture>, hash: &PictureHash) -> bool {
        known.is_none_or(|known| !known.is(hash) && (known.shown == 0 || self.former == FormerPicture::Replaced))
    }

    fn set(&self, name: &str, user: UserId, hash: &PictureHash, world: &mut World) -> LinePlan {
        let subject = Some(Subject::User(user));
        let known = world.pictures.of(user).cloned().unwrap_or_default();
        let scaled = world.pictures.scaled(hash).cloned();
        let mut plan = Planner::new(world);
        if known.is(hash) {
            return plan.finish(name, Operation::Update, Outcome::Unchanged, subject);
        }
        if !self.needs(Some(&known), hash) {
            let message = format!("The user of {name:?} has a picture, which stays; overwrite is switched off.");
            plan.tell(Problem::notice(Reason::PictureExists, message).at(ENTRY));
            return plan.finish(name, Operation::Update, Outcome::Skipped, subject);
        }
        let portrait = match scaled {
            Some(Ok(portrait)) => portrait,
            Some(Err(error)) => return plan.refuse(name, Operation::Update, refusal(name, &error)),
            None => {
                let problem = Problem::error(Reason::PictureUnreadable, format!("The entry {name:?} was not scaled."));
                return plan.refuse(name, Operation::Update, problem.at(ENTRY));
            }
        };
        plan.apply(Change::SetPicture { user, before: known.hash, hash: hash.clone(), portrait });
        plan.finish(name, Operation::Update, Outcome::Updated, subject)
    }
}

fn refusal(name: &str, error: &PictureError) -> Problem {
    let reason = match error {
        PictureError::NoPicture | PictureError::Damaged { .. } => Reason::PictureUnreadable,
        PictureError::TooManyPixels { .. } | PictureError::TooMuchMemory { .. } | PictureError::Overloaded { .. } => {
            Reason::PictureTooLarge
        }
    };
    Problem::error(reason, format!("The entry {name:?} {error}. The user's former picture stays.")).at(ENTRY)
}
