//! The tools: what a line of a command file means for a site.
//!
//! A tool parses lines into commands, says what it must know of the site, and plans changes against that knowledge.
//! All of it is pure. No tool knows files, runs, RPC or SQL.

pub mod categories;
pub mod cohort_bindings;
pub mod cohorts;
pub mod course_lists;
pub mod course_resets;
pub mod courses;
pub mod enrolments;
pub mod first_lines;
pub mod group_members;
pub mod groups;
pub mod identify;
pub mod leftovers;
pub mod metacourses;
pub mod options;
pub mod participation;
pub mod picture_hashes;
mod planner;
pub mod sources;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trial;
pub mod user_lists;
pub mod user_pictures;
pub mod users;
pub mod values;

pub use planner::{LinePlan, PlannedCall, Planner};

use crate::model::{BoundHeader, Entity, Line, Operation, Problem, ToolDescriptor, ToolKind, UserId};
use crate::site::{Lookups, PictureHash, SiteFacts, World};
use leftovers::Leftovers;
use options::{OptionError, ToolOptions};
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A tool, ready for any file.
pub trait Tool: Send + Sync {
    /// What the tool says about itself.
    fn descriptor(&self) -> &'static ToolDescriptor;

    /// Reads the options of a run; all problems at once.
    fn configure(&self, options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>>;

    /// What a file for some courses looks like, where that says all there is to say. None for other tools.
    fn course_file(&self) -> Option<CourseFile> {
        None
    }
}

/// A file for some courses that is the same for each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CourseFile {
    /// A list of identifiers.
    List,
    /// A file with a header: the identifier, then these columns with the same values for all courses.
    Profile(&'static [(&'static str, &'static str)]),
}

/// A tool with its options.
pub trait ConfiguredTool: Send + Sync {
    /// Binds the tool to the header of a file and the configuration of the site. Errors refuse the whole file.
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>>;

    /// The option that can only be met where a running Moodle can be asked, if such a one is given.
    fn needs_moodle(&self) -> Option<&'static str> {
        None
    }

    /// How the tool makes its own list, where its file is optional.
    fn own_list(&self) -> Option<OwnList> {
        None
    }

    /// What its runs do with contents of files in the site's pool.
    fn content_use(&self) -> ContentUse {
        ContentUse::Nothing
    }

    /// What the end of a run removes.
    fn leftovers(&self) -> Leftovers {
        Leftovers::default()
    }
}

/// What the runs of a tool do with contents of files in the site's pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentUse {
    /// They leave the pool alone.
    Nothing,
    /// They read from it, dry runs too.
    Reads,
    /// They store there; dry runs leave it alone.
    Stores,
}

/// How a tool makes its own list.
pub struct OwnList {
    /// What it must know of the site.
    pub lookups: Lookups,
    /// Makes the list, or says which option is wrong.
    pub write: ListWriter,
}

/// Makes a command file of what is known.
pub type ListWriter = Box<dyn FnOnce(&World) -> Result<String, OptionError> + Send>;

/// A tool bound to a file.
pub struct BoundTool {
    /// Turns lines into commands.
    pub job: Arc<dyn ErasedJob>,
    /// What there is to tell about the header.
    pub notices: Vec<Problem>,
}

impl BoundTool {
    /// Wraps a job.
    pub fn new<J: Job + 'static>(job: J, notices: Vec<Problem>) -> Self {
        Self { job: Arc::new(TypedJob(Arc::new(job))), notices }
    }
}

/// A tool at work on one file.
pub trait Job: Send + Sync {
    /// A line in the tool's own terms.
    type Command: Send + Sync;

    /// What its lines are about.
    const ENTITY: Entity;

    /// Reads a line. Never looks at the site. It sees each line of the file in order, after an interruption also those
    /// that were handled before.
    fn parse(&self, line: &Line) -> Result<Self::Command, Rejection>;

    /// Adds what planning this command must know.
    fn look_up(&self, command: &Self::Command, lookups: &mut Lookups);

    /// Decides what the command changes, and records it in the world.
    fn plan(&self, command: &Self::Command, world: &mut World) -> LinePlan;

    /// Whether lines of this file may ask a running Moodle for something, which takes its time.
    fn asks_moodle(&self) -> bool {
        false
    }

    /// Passwords in clear that will be compared with stored ones, so that the engine can do it on all cores before
    /// planning.
    fn passwords<'a>(&self, _command: &'a Self::Command, _world: &World) -> Option<(UserId, &'a SecretString)> {
        None
    }

    /// What an entry of an archive is about, by its name: of several about the same the last one counts.
    fn entry_subject(&self, _name: &str) -> Option<String> {
        None
    }

    /// A picture that planning needs in Moodle's sizes, so that the engine can scale it on several cores before.
    fn picture<'a>(&self, _command: &'a Self::Command, _world: &World) -> Option<(&'a PictureHash, &'a Arc<[u8]>)> {
        None
    }

    /// The SHA-1 of a stored content whose hash planning needs, so that the engine can read it before.
    fn stored_picture<'a>(&self, _command: &Self::Command, _world: &'a World) -> Option<&'a str> {
        None
    }
}

/// A line that cannot become a command.
#[derive(Debug)]
pub struct Rejection {
    /// What the line is about, as far as it can be told.
    pub key: String,
    /// What it asks for, as far as it can be told.
    pub operation: Operation,
    /// Why it is refused; at least one error.
    pub problems: Vec<Problem>,
}

/// A job whose command type is hidden, so that the engine knows no tool.
pub trait ErasedJob: Send + Sync {
    /// Reads the lines of a chunk.
    fn parse(&self, lines: Vec<Line>) -> Box<dyn ParsedLines>;

    /// The entity that lines of this tool are about.
    fn entity(&self) -> Entity;

    /// What an entry of an archive is about, by its name.
    fn entry_subject(&self, name: &str) -> Option<String>;

    /// Whether lines may ask a running Moodle for something, which takes its time.
    fn asks_moodle(&self) -> bool;
}

/// The parsed lines of a chunk.
pub trait ParsedLines: Send + Sync {
    /// How many.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What planning them must know.
    fn lookups(&self) -> Lookups;

    /// Plans the line at `index`.
    fn plan(&self, index: usize, world: &mut World) -> LinePlan;

    /// Passwords to compare before planning.
    fn passwords(&self, world: &World) -> Vec<(UserId, SecretString)>;

    /// Pictures to scale before planning.
    fn pictures(&self, world: &World) -> Vec<(PictureHash, Arc<[u8]>)>;

    /// Stored contents to hash before planning, by their SHA-1.
    fn stored_pictures(&self, world: &World) -> BTreeSet<String>;
}

struct TypedJob<J>(Arc<J>);

struct TypedLines<J: Job> {
    job: Arc<J>,
    commands: Vec<Result<J::Command, Rejection>>,
}

impl<J: Job + 'static> ErasedJob for TypedJob<J> {
    fn parse(&self, lines: Vec<Line>) -> Box<dyn ParsedLines> {
        let commands = lines.iter().map(|line| self.0.parse(line)).collect();
        Box::new(TypedLines { job: Arc::clone(&self.0), commands })
    }

    fn entity(&self) -> Entity {
        J::ENTITY
    }

    fn entry_subject(&self, name: &str) -> Option<String> {
        self.0.entry_subject(name)
    }

    fn asks_moodle(&self) -> bool {
        self.0.asks_moodle()
    }
}

impl<J: Job> ParsedLines for TypedLines<J> {
    fn len(&self) -> usize {
        self.commands.len()
    }

    fn lookups(&self) -> Lookups {
        let mut lookups = Lookups::default();
        for command in self.commands.iter().flatten() {
            self.job.look_up(command, &mut lookups);
        }
        lookups
    }

    fn plan(&self, index: usize, world: &mut World) -> LinePlan {
        match &self.commands[index] {
            Ok(command) => self.job.plan(command, world),
            Err(rejection) => LinePlan::rejected(rejection),
        }
    }

    fn passwords(&self, world: &World) -> Vec<(UserId, SecretString)> {
        let commands = self.commands.iter().flatten();
        commands.filter_map(|c| self.job.passwords(c, world)).map(|(user, clear)| (user, clear.clone())).collect()
    }

    fn pictures(&self, world: &World) -> Vec<(PictureHash, Arc<[u8]>)> {
        let pictures = self.commands.iter().flatten().filter_map(|command| self.job.picture(command, world));
        pictures.map(|(hash, content)| (hash.clone(), Arc::clone(content))).collect()
    }

    fn stored_pictures(&self, world: &World) -> BTreeSet<String> {
        let commands = self.commands.iter().flatten();
        commands.filter_map(|command| self.job.stored_picture(command, world)).map(str::to_owned).collect()
    }
}

/// Every tool.
pub static TOOLS: [&dyn Tool; 18] = [
    &course_resets::ResetCoursesTool,
    &course_lists::CheckCoursesTool,
    &course_lists::DeleteCoursesTool,
    &courses::CoursesTool,
    &categories::CleanCategoriesTool,
    &user_lists::DELETE,
    &users::ReviveUsersTool,
    &users::UsersTool,
    &user_lists::RESTORE,
    &user_lists::SUSPEND,
    &cohorts::CohortsTool,
    &groups::GroupsTool,
    &cohort_bindings::CohortBindingsTool,
    &enrolments::EnrolmentsTool,
    &metacourses::MetacoursesTool,
    &group_members::GroupMembersTool,
    &user_pictures::UserPicturesTool,
    &picture_hashes::PictureHashesTool,
];

/// The tool of a kind.
pub fn tool(kind: ToolKind) -> &'static dyn Tool {
    match kind {
        ToolKind::CheckCourses => &course_lists::CheckCoursesTool,
        ToolKind::DeleteCourses => &course_lists::DeleteCoursesTool,
        ToolKind::Courses => &courses::CoursesTool,
        ToolKind::CleanCategories => &categories::CleanCategoriesTool,
        ToolKind::DeleteUsers => &user_lists::DELETE,
        ToolKind::ReviveUsers => &users::ReviveUsersTool,
        ToolKind::Users => &users::UsersTool,
        ToolKind::RestoreUsers => &user_lists::RESTORE,
        ToolKind::SuspendUsers => &user_lists::SUSPEND,
        ToolKind::Cohorts => &cohorts::CohortsTool,
        ToolKind::Groups => &groups::GroupsTool,
        ToolKind::CohortBindings => &cohort_bindings::CohortBindingsTool,
        ToolKind::Enrolments => &enrolments::EnrolmentsTool,
        ToolKind::Metacourses => &metacourses::MetacoursesTool,
        ToolKind::GroupMembers => &group_members::GroupMembersTool,
        ToolKind::ResetCourses => &course_resets::ResetCoursesTool,
        ToolKind::UserPictures => &user_pictures::UserPicturesTool,
        ToolKind::PictureHashes => &picture_hashes::PictureHashesTool,
    }
}
