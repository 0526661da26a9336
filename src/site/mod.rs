//! The site port: what tools read of a Moodle site and what they change in it.
//!
//! A tool asks with [`Lookups`], gets a [`World`], plans [`Change`]s against it; the engine hands the changes of a
//! chunk to a [`SiteTransaction`]. Nothing here may know files, runs, RPC or (outside `sql`) SQL.

pub mod activities;
pub mod after_run;
pub mod aftermath;
pub mod caches;
pub mod calls;
pub mod catalog;
pub mod change;
mod deletion;
pub mod describe;
pub mod facts;
pub mod fields;
pub mod file_pool;
pub mod leftovers;
pub mod local_pool;
pub mod lookups;
pub mod method;
mod participant;
pub mod password;
pub mod picture;
pub mod reset;
pub mod sql;
mod subject;
pub mod template;
pub mod webservice;
pub mod world;

pub use activities::STANDARD_ACTIVITIES;
pub use aftermath::{Aftermath, Standing};
pub use caches::{Cache, CacheCare, CacheRefresher, RefreshError, RefreshOrder, StaleCaches};
pub use calls::{CallError, Import, MoodleCall, MoodleCalls, Repeat, RunningMoodle};
pub use catalog::{CourseCard, CourseQuery, HashPresence, PictureCard, PictureQuery};
pub use change::Change;
pub use describe::describe;
pub use facts::{Collation, Hosting, ProfileField, Role, SiteFacts};
pub use fields::{CohortField, ColumnKind, CourseField, FieldUpdate, Fields, GroupField, UserField};
pub use file_pool::{ContentError, FilePool, FilePoolError, PooledContent, StoredContents};
pub use leftovers::{CohortCard, GroupCard, GroupingCard};
pub use lookups::{
    CohortKey, CohortLookups, CohortMembers, CourseDetail, CourseKey, CourseLookups, GroupDetail, GroupKey,
    GroupLookups, Lookups, PictureDetail, ResetLookups, UserKey, UserLookups,
};
pub use method::{EnrolStatus, MethodTerms, NewInstance, Source};
pub use participant::{Owner, Remaining, RolePlace};
pub use password::NewPassword;
pub use picture::{PictureError, PictureHash, Portrait};
pub use reset::{CourseReset, DateChange, Holders, ResetItem};
pub use subject::Subject;
pub use template::TemplateCopy;
pub use world::{AsideError, Match, Rehearsal, Subcategories, World};

use crate::model::{CategoryId, CohortId, CourseId, GroupId, RunId};
use async_trait::async_trait;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What went wrong with a site.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The site cannot be opened or is not a Moodle that we know.
    #[error("cannot open the site {site}: {problem}")]
    Open {
        /// Where the site is.
        site: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The database refused a statement because of the data: another attempt with the same data fails as well.
    #[error("the site refused to {operation}: {problem}")]
    Refused {
        /// What was being done.
        operation: String,
        /// The database's words.
        problem: String,
    },
    /// Somebody else, a running Moodle, has changed the site since it was read: a row that was planned for is gone, or an
    /// equal one has appeared. Nothing was applied; with a fresh look at the site another plan may succeed.
    #[error("the site has changed meanwhile and could not {operation}: {problem}")]
    Conflict {
        /// What was being done.
        operation: String,
        /// What does not fit any more.
        problem: String,
    },
    /// The database did not answer, was locked, chose us to resolve a deadlock, or the connection broke: another attempt
    /// may succeed. The transaction it happened in is lost, savepoints included.
    #[error("the site could not {operation} now: {problem}")]
    Unavailable {
        /// What was being done.
        operation: String,
        /// The database's words.
        problem: String,
    },
}

impl SiteError {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    /// Whether the site is there and will not have these changes. Behind a savepoint the transaction can go on.
    pub fn is_about_data(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Conflict { .. })
    }
}

/// How far a run has come on the site; written in the transaction of each chunk.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Checkpoint {
    /// The run.
    pub run: RunId,
    /// Index of the journal segment that holds the results of this transaction.
    pub segment: u64,
    /// Digest of that segment.
    pub digest: String,
}

/// Real ids for the planned ones of the changes applied in a transaction.
#[derive(Debug, Clone, Default)]
pub struct AppliedIds {
    /// What was created, by its planned id.
    pub subjects: HashMap<Subject, i64>,
}

impl AppliedIds {
    /// The real id of a course. None for a planned one that was not applied.
    pub fn course(&self, id: CourseId) -> Option<CourseId> {
        if id.is_planned() { self.subjects.get(&Subject::Course(id)).copied().map(CourseId) } else { Some(id) }
    }

    /// The real id of a category. None for a planned one that was not applied.
    pub fn category(&self, id: CategoryId) -> Option<CategoryId> {
        if id.is_planned() { self.subjects.get(&Subject::Category(id)).copied().map(CategoryId) } else { Some(id) }
    }

    /// The real id of something, or its planned one where it was not applied.
    pub fn settled(&self, subject: Subject) -> i64 {
        self.subjects.get(&subject).copied().unwrap_or_else(|| subject.id())
    }
}

/// Reads a site. A dry run holds nothing else.
#[async_trait]
pub trait SiteReader: Send + Sync {
    /// What is known about the site for the length of a run.
    async fn facts(&self) -> Result<Arc<SiteFacts>, SiteError>;

    /// Adds what `lookups` asks for to `world`. What the world knows already as planned stays as planned.
    async fn resolve(&self, lookups: &Lookups, world: &mut World) -> Result<(), SiteError>;

    /// Groups without members in these courses, and those among `also` with theirs; by course and name.
    async fn empty_groups(
        &self,
        courses: &BTreeSet<CourseId>,
        also: &BTreeSet<GroupId>,
    ) -> Result<Vec<GroupCard>, SiteError>;

    /// Groupings of these courses that hold no group but those `gone`; by course and name.
    async fn groupings_left(
        &self,
        courses: &BTreeSet<CourseId>,
        gone: &BTreeSet<GroupId>,
    ) -> Result<Vec<GroupingCard>, SiteError>;

    /// These cohorts, as far as they are there, by name.
    async fn cohorts(&self, ids: &BTreeSet<CohortId>) -> Result<Vec<CohortCard>, SiteError>;

    /// Courses to choose among, by id.
    async fn courses(&self, query: &CourseQuery) -> Result<Vec<CourseCard>, SiteError>;

    /// Users with pictures and the hashes of these, by id. `facts` are those of the site.
    async fn picture_hashes(&self, query: &PictureQuery, facts: &SiteFacts) -> Result<Vec<PictureCard>, SiteError>;

    /// The runs that have a checkpoint.
    async fn checkpointed_runs(&self) -> Result<Vec<RunId>, SiteError>;

    /// The checkpoint of an unfinished run.
    async fn checkpoint(&self, run: RunId) -> Result<Option<Checkpoint>, SiteError>;
}

/// Changes a site. One writing run at a time holds one.
#[async_trait]
pub trait SiteWriter: Send + Sync {
    /// Begins the transaction of a chunk.
    async fn begin(&self) -> Result<Box<dyn SiteTransaction>, SiteError>;

    /// The checkpoint of an unfinished run, once no transaction that writes it is under way any more: what became of a
    /// commit that brought no answer.
    async fn settled_checkpoint(&self, run: RunId) -> Result<Option<Checkpoint>, SiteError>;

    /// Removes the checkpoint of a run that has ended.
    async fn clear_checkpoint(&self, run: RunId) -> Result<(), SiteError>;
}

/// A transaction on a site. Dropping it without [`SiteTransaction::commit`] rolls it back.
#[async_trait]
pub trait SiteTransaction: Send {
    /// Like [`SiteReader::resolve`], seeing this transaction's own changes.
    async fn resolve(&mut self, lookups: &Lookups, world: &mut World) -> Result<(), SiteError>;

    /// Applies changes in their order, set by set. `now` is the Unix time that Moodle's time columns get.
    /// Ids of earlier calls in the same transaction stay known.
    async fn apply(&mut self, changes: &[&Change], facts: &SiteFacts, now: i64) -> Result<AppliedIds, SiteError>;

    /// Marks a point to return to. Only one at a time.
    async fn savepoint(&mut self) -> Result<(), SiteError>;

    /// Forgets the savepoint and keeps what was applied since.
    async fn release_savepoint(&mut self) -> Result<(), SiteError>;

    /// Undoes what was applied since the savepoint.
    async fn rollback_to_savepoint(&mut self) -> Result<(), SiteError>;

    /// Writes the checkpoint and makes everything visible at once. Sort orders, counters and flags that follow
    /// from the changes are written here.
    async fn commit(self: Box<Self>, checkpoint: &Checkpoint) -> Result<(), SiteError>;
}
