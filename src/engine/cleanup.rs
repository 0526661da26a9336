//! The clean-up at the end of a run: what is to go, in one transaction with the word about it. What that is, `groups` and
//! `cohorts` find out.

use super::commit::store_and_commit;
use super::error::EngineError;
use super::options::Processing;
use super::patience::{Halt, Patience};
use super::touched::Touched;
use super::{Inner, cohorts, groups, remarks};
use crate::model::{Problem, Reason, Run};
use crate::site::{AppliedIds, Change, SiteReader, World};
use crate::store::SegmentRow;
use crate::tools::leftovers::{EmptiedCohorts, GroupPurge};
use crate::tools::options::ToolOptions;

/// What a run is to clean up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Orders {
    pub(super) groups: GroupPurge,
    pub(super) new_groups: NewGroups,
    pub(super) cohorts: EmptiedCohorts,
}

/// What becomes of empty groups and groupings that the run itself created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NewGroups {
    /// They go like all others.
    Go,
    /// They stay.
    Stay,
}

impl Orders {
    /// What the options of a run ask for.
    pub(super) fn of(run: &Run) -> Result<Self, EngineError> {
        let processing = Processing::parse(&run.options.values).map_err(EngineError::Options)?;
        let tool = crate::tools::tool(run.tool);
        let options = ToolOptions::check(tool.descriptor().options, &run.options.values);
        let options = options.map_err(EngineError::Options)?;
        let leftovers = tool.configure(&options).map_err(EngineError::Options)?.leftovers();
        let by_any_tool = if processing.enrol_cleanup.is_on() { GroupPurge::Groups } else { GroupPurge::None };
        Ok(Self {
            groups: leftovers.groups.max(by_any_tool),
            new_groups: if processing.keep_created.is_on() { NewGroups::Stay } else { NewGroups::Go },
            cohorts: leftovers.cohorts,
        })
    }

    /// Whether there is anything to do.
    pub(super) fn is_needless(self) -> bool {
        self.groups == GroupPurge::None && self.cohorts == EmptiedCohorts::Keep
    }
}

/// What a clean-up is planned from.
pub(super) struct Scene<'s> {
    pub(super) reader: &'s dyn SiteReader,
    pub(super) orders: Orders,
    pub(super) touched: &'s Touched,
    /// What the lines of a dry run make of the site. None: they are applied.
    pub(super) rehearsed: Option<&'s World>,
}

/// What is to be deleted, and what there is to tell about it.
#[derive(Debug, Default)]
pub(super) struct Cleanup {
    pub(super) problems: Vec<Problem>,
    changes: Vec<Change>,
}

/// Deletes what the run leaves empty, where that is wanted; a dry run foretells it, and its world knows it from then on.
/// That it could not be done is told, and is no end of the run.
pub(super) async fn clean_up(
    inner: &Inner,
    run: &Run,
    orders: Orders,
    rehearsed: Option<&mut World>,
) -> Result<(), EngineError> {
    if orders.is_needless() {
        return Ok(());
    }
    let mut cleanup = plan(inner, run, orders, rehearsed.as_deref()).await.or_else(Cleanup::given_up)?;
    if let Some(world) = rehearsed {
        cleanup.changes.drain(..).for_each(|change| world.record(&change));
    }
    match remarks::tell_and_clean_up(inner, run, cleanup).await {
        Err(halt) => remarks::tell(inner, run, Cleanup::given_up(halt)?.problems).await,
        Ok(()) => Ok(()),
    }
}

/// Finds out what is left empty.
async fn plan(inner: &Inner, run: &Run, orders: Orders, rehearsed: Option<&World>) -> Result<Cleanup, Halt> {
    let touched = &Touched::of_run(inner, run.id).await?;
    let reader = &*inner.site(&run.site)?.reader;
    let scene = Scene { reader, orders, touched, rehearsed };
    let look = || async {
        let mut cleanup = Cleanup::default();
        groups::plan(&scene, &mut cleanup).await?;
        cohorts::plan(&scene, &mut cleanup).await?;
        Ok(cleanup)
    };
    Patience::new(inner, run)?.until_done(look).await
}

impl Cleanup {
    /// Deletes something, or foretells it; `what` says what it is and why it goes.
    pub(super) fn delete(&mut self, scene: &Scene<'_>, change: Change, reason: Reason, what: &str) {
        let deleted = if scene.rehearsed.is_some() { "would be deleted" } else { "was deleted" };
        self.problems.push(Problem::notice(reason, format!("{what} and {deleted}.")));
        self.changes.push(change);
    }

    /// Keeps something that might go; `what` says what it is, and `why` it stays.
    pub(super) fn keep(&mut self, scene: &Scene<'_>, reason: Reason, what: &str, why: &str) {
        let kept = if scene.rehearsed.is_some() { "would be kept" } else { "was kept" };
        self.problems.push(Problem::warning(reason, format!("{what} and {kept}: {why}.")));
    }

    /// A clean-up that cannot be done, with a word about it. Only for the end of the service the run stays unfinished.
    pub(super) fn given_up(halt: Halt) -> Result<Self, EngineError> {
        let why = match halt {
            Halt::Cancelled => "the run was cancelled".to_owned(),
            Halt::Broken(EngineError::Site(error)) => error.to_string(),
            Halt::Broken(error) => return Err(error),
            Halt::Shutdown => return Err(EngineError::ShuttingDown),
        };
        let message = format!("What the run leaves empty was not deleted: {why}. Run the file again to delete it.");
        Ok(Self { problems: vec![Problem::warning(Reason::SiteRefused, message)], changes: Vec::new() })
    }

    /// Whether nothing is to be deleted.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// What deleting it touches.
    pub(super) fn touched(&self) -> Touched {
        Touched::by(&self.changes, &AppliedIds::default())
    }

    /// Journals `segment`, and deletes in the transaction whose checkpoint names it.
    pub(super) async fn perform(self, inner: &Inner, run: &Run, segment: SegmentRow) -> Result<(), Halt> {
        let attempt = || async {
            if self.changes.is_empty() {
                return store_and_commit(inner, run, &segment, None).await;
            }
            let site = inner.site(&run.site)?;
            let facts = site.reader.facts().await?;
            let mut transaction = site.writer.begin().await?;
            let changes: Vec<&Change> = self.changes.iter().collect();
            transaction.apply(&changes, &facts, inner.clock.now().timestamp()).await?;
            store_and_commit(inner, run, &segment, Some(transaction)).await
        };
        Patience::new(inner, run)?.until_done(attempt).await
    }
}
