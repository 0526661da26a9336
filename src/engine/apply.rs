//! A chunk of lines against a site: look up, plan, and (unless it is a dry run) apply.

use super::ahead::Foresight;
use super::cores::on_cores;
use super::error::EngineError;
use super::patience::MOST_CONFLICTS;
use super::pictures::{self, Scaler};
use super::runner::blocking;
use super::source::{Chunk, ChunkLine, Content};
use super::touched::Touched;
use super::waiting::{LineCall, Waiting};
use crate::model::{Entity, LineResult, Operation, Outcome, Problem, Reason, SiteKey, UserId};
use crate::site::world::Errand;
use crate::site::{
    Aftermath, AppliedIds, Change, FilePool, Lookups, Rehearsal, SiteError, SiteFacts, SiteReader, SiteTransaction,
    SiteWriter, StoredContents, UserLookups, World,
};
use crate::tools::LinePlan;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use std::sync::Arc;
use tracing::Instrument;

/// What became of a chunk.
pub(super) struct Handled {
    /// The results, in the order of the file, and what a running Moodle is still to do for them.
    pub(super) lines: Waiting,
    /// What matters of it after the last line.
    pub(super) touched: Touched,
    /// What is different on the site once it is true.
    pub(super) aftermath: Aftermath,
    /// The open transaction that makes it true; none where nothing changes.
    pub(super) transaction: Option<Box<dyn SiteTransaction>>,
}

/// Plans a chunk in a world that goes on from chunk to chunk, and applies nothing.
pub(super) async fn rehearse(
    chunk: &Chunk,
    entity: Entity,
    reader: &dyn SiteReader,
    contents: Option<&dyn StoredContents>,
    scaler: &Scaler,
    rehearsal: &mut Rehearsal,
    budget: u64,
) -> Result<Handled, EngineError> {
    let errand = rehearsal.turn_to(&chunk.lookups);
    run_errand(rehearsal, errand).await?;
    let resolving = reader.resolve(&chunk.lookups, &mut rehearsal.world);
    resolving.instrument(tracing::trace_span!("resolve")).await?;
    let errand = rehearsal.after_resolving(&chunk.lookups);
    run_errand(rehearsal, errand).await?;
    let world = &mut rehearsal.world;
    prepare(chunk, world, contents, scaler).await?;
    let plans = plan_lines(chunk, world, budget);
    let touched = Touched::by_plans(&plans, &AppliedIds::default());
    let mut lines = waiting(chunk, entity, plans, &AppliedIds::default());
    // It ends here.
    lines.calls.clear();
    Ok(Handled { lines, touched, aftermath: Aftermath::of_anything(), transaction: None })
}

async fn run_errand(rehearsal: &mut Rehearsal, errand: Option<Errand>) -> Result<(), EngineError> {
    if let Some(errand) = errand {
        rehearsal.take_in(blocking("set planned users aside", move || errand.run()).await??);
    }
    Ok(())
}

/// What a chunk is applied to.
pub(super) struct Target<'t> {
    pub(super) site: &'t SiteKey,
    pub(super) reader: &'t dyn SiteReader,
    pub(super) writer: &'t dyn SiteWriter,
    pub(super) file_pool: Option<&'t dyn FilePool>,
    pub(super) scaler: &'t Scaler,
    pub(super) facts: &'t Arc<SiteFacts>,
    /// Unix time that Moodle's time columns get.
    pub(super) now: i64,
}

impl Target<'_> {
    fn contents(&self) -> Option<&dyn StoredContents> {
        self.file_pool.map(|pool| pool as &dyn StoredContents)
    }
}

/// Looks up what a chunk must know and plans its lines, as far as that is not foreseen. Ends behind the line with which
/// `budget` lines have failed.
pub(super) async fn plan(
    chunk: &Chunk,
    target: &Target<'_>,
    foresight: Option<Foresight>,
    budget: u64,
) -> Result<Vec<LinePlan>, EngineError> {
    let plans = match foresight {
        None => return plan_afresh(chunk, target, budget).await,
        Some(Foresight::Plans(plans)) => within(plans, budget),
        Some(Foresight::World { mut world, behind }) => {
            world.now = target.now;
            look_again(&mut world, behind, chunk, target.reader).await?;
            prepare(chunk, &mut world, target.contents(), target.scaler).await?;
            plan_lines(chunk, &mut world, budget)
        }
    };
    #[cfg(test)]
    super::ahead::tests::compare(&plans, &plan_afresh(chunk, target, budget).await?);
    Ok(plans)
}

/// Looks up users of whom a world does not know everything any more.
async fn look_again(
    world: &mut World,
    behind: BTreeSet<UserId>,
    chunk: &Chunk,
    reader: &dyn SiteReader,
) -> Result<(), SiteError> {
    if behind.is_empty() {
        return Ok(());
    }
    let ids = behind.into_iter().map(|user| user.0).collect();
    let users = UserLookups { ids, fields: chunk.lookups.users.fields.clone(), ..UserLookups::default() };
    let lookups = Lookups { users, ..chunk.lookups.clone() };
    reader.resolve(&lookups, world).instrument(tracing::trace_span!("resolve")).await
}

async fn plan_afresh(chunk: &Chunk, target: &Target<'_>, budget: u64) -> Result<Vec<LinePlan>, EngineError> {
    let mut world = World::new(Arc::clone(target.facts), target.now);
    let resolving = target.reader.resolve(&chunk.lookups, &mut world);
    resolving.instrument(tracing::trace_span!("resolve")).await?;
    prepare(chunk, &mut world, target.contents(), target.scaler).await?;
    Ok(plan_lines(chunk, &mut world, budget))
}

/// Applies the plans of a chunk as a whole.
pub(super) async fn perform(
    chunk: &Chunk,
    entity: Entity,
    target: &Target<'_>,
    plans: Vec<LinePlan>,
) -> Result<Handled, EngineError> {
    let changes: Vec<&Change> = plans.iter().flat_map(|plan| &plan.changes).collect();
    if changes.is_empty() {
        let touched = Touched::by_plans(&plans, &AppliedIds::default());
        let lines = waiting(chunk, entity, plans, &AppliedIds::default());
        return Ok(Handled { lines, touched, aftermath: Aftermath::default(), transaction: None });
    }
    pictures::store(&changes, target.site, target.file_pool).await?;
    let mut transaction = target.writer.begin().await?;
    let applying = transaction.apply(&changes, target.facts, target.now);
    let ids = applying.instrument(tracing::trace_span!("apply")).await?;
    let touched = Touched::by_plans(&plans, &ids);
    let aftermath = Aftermath::of(&changes, &ids, target.facts);
    Ok(Handled { lines: waiting(chunk, entity, plans, &ids), touched, aftermath, transaction: Some(transaction) })
}

fn plan_lines(chunk: &Chunk, world: &mut World, budget: u64) -> Vec<LinePlan> {
    let _planning = tracing::trace_span!("plan").entered();
    within((0..chunk.lines.len()).map(|at| plan_line(chunk, at, world)), budget)
}

/// Plans up to that of the line with which `budget` lines have failed.
fn within(plans: impl IntoIterator<Item = LinePlan>, budget: u64) -> Vec<LinePlan> {
    let mut left = budget;
    let mut taken = Vec::new();
    for plan in plans {
        left = left.saturating_sub(u64::from(plan.outcome == Outcome::Failed));
        taken.push(plan);
        if left == 0 {
            break;
        }
    }
    taken
}

/// Plans a chunk in what was read of it ahead of its turn, beside other work. None where it has to wait for its turn: what
/// comes of pictures is large, and one chunk of them is in memory.
pub(super) async fn plan_ahead(chunk: &Chunk, world: &World, scaler: &Scaler) -> Option<Vec<LinePlan>> {
    if !chunk.parsed.pictures(world).is_empty() || !chunk.parsed.stored_pictures(world).is_empty() {
        return None;
    }
    let mut world = world.clone();
    prepare(chunk, &mut world, None, scaler).await.ok()?;
    let _planning = tracing::trace_span!("plan ahead").entered();
    Some((0..chunk.lines.len()).map(|at| plan_line(chunk, at, &mut world)).collect())
}

fn waiting(chunk: &Chunk, entity: Entity, plans: Vec<LinePlan>, ids: &AppliedIds) -> Waiting {
    let mut waiting = Waiting::default();
    for (line, plan) in chunk.lines.iter().zip(plans) {
        add(&mut waiting, line, entity, plan, ids);
    }
    waiting
}

fn add(waiting: &mut Waiting, line: &ChunkLine, entity: Entity, plan: LinePlan, ids: &AppliedIds) {
    let call = LineCall::of(&plan, ids);
    waiting.calls.extend(call.map(|call| (line.number, call)));
    waiting.results.push_back(result(line, entity, plan, ids));
}

/// Plans and applies a chunk line by line behind savepoints: the guilty line fails, the others go through. Ends behind the
/// line with which `budget` lines have failed.
pub(super) async fn perform_line_by_line(
    chunk: &Chunk,
    entity: Entity,
    target: &Target<'_>,
    budget: u64,
) -> Result<Handled, EngineError> {
    let mut lines = LineByLine {
        chunk,
        target,
        transaction: target.writer.begin().await?,
        world: World::new(Arc::clone(target.facts), target.now),
    };
    lines.look_around().await?;
    prepare(chunk, &mut lines.world, target.contents(), target.scaler).await?;
    let mut failed = 0;
    let mut handled = Waiting::default();
    let mut all_touched = Touched::default();
    for (at, line) in chunk.lines.iter().enumerate() {
        let (plan, ids) = lines.apply(at).await?;
        failed += u64::from(plan.outcome == Outcome::Failed);
        all_touched.merge(Touched::by_plans(std::slice::from_ref(&plan), &ids));
        add(&mut handled, line, entity, plan, &ids);
        if failed >= budget {
            break;
        }
    }
    let aftermath = Aftermath::of_anything();
    Ok(Handled { lines: handled, touched: all_touched, aftermath, transaction: Some(lines.transaction) })
}

/// A chunk on its way into the site line by line.
struct LineByLine<'t> {
    chunk: &'t Chunk,
    target: &'t Target<'t>,
    transaction: Box<dyn SiteTransaction>,
    world: World,
}

impl LineByLine<'_> {
    /// Sees the site as it is now, with what was applied so far.
    async fn look_around(&mut self) -> Result<(), EngineError> {
        let world = World::new(Arc::clone(self.target.facts), self.target.now);
        let former = std::mem::replace(&mut self.world, world);
        self.world.pictures.keep_prepared(former.pictures);
        Ok(self.transaction.resolve(&self.chunk.lookups, &mut self.world).await?)
    }

    /// Plans a line and applies it, again where the site has changed in between. An error that is not about the line
    /// ends the transaction: a deadlock takes the savepoint with it.
    async fn apply(&mut self, at: usize) -> Result<(LinePlan, AppliedIds), EngineError> {
        let Target { facts, now, .. } = *self.target;
        let mut attempts = 1;
        loop {
            let mut plan = plan_line(self.chunk, at, &mut self.world);
            if plan.changes.is_empty() {
                return Ok((plan, AppliedIds::default()));
            }
            let changes: Vec<&Change> = plan.changes.iter().collect();
            pictures::store(&changes, self.target.site, self.target.file_pool).await?;
            self.transaction.savepoint().await?;
            match self.transaction.apply(&changes, facts, now).await {
                Ok(ids) => {
                    self.transaction.release_savepoint().await?;
                    return Ok((plan, ids));
                }
                Err(error) if error.is_about_data() => {
                    self.transaction.rollback_to_savepoint().await?;
                    // The world believes in the failed line.
                    self.look_around().await?;
                    if matches!(error, SiteError::Conflict { .. }) && attempts < MOST_CONFLICTS {
                        attempts += 1;
                        continue;
                    }
                    fail(&mut plan, &error);
                    return Ok((plan, AppliedIds::default()));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn fail(plan: &mut LinePlan, error: &SiteError) {
    let problem = match error {
        SiteError::Conflict { operation, problem } => {
            let message = format!(
                "Something else changes the site at the same time and came first, each time this line tried to \
                 {operation}: {problem}. Nothing of it was applied; run it again."
            );
            Problem::error(Reason::SiteConflict, message)
        }
        SiteError::Refused { operation, problem } => {
            let message =
                format!("Moodle's database refused to {operation}: {problem}. Nothing of this line was applied.");
            Problem::error(Reason::SiteRefused, message)
        }
        other => Problem::error(Reason::SiteRefused, format!("Nothing of this line was applied: {other}.")),
    };
    plan.outcome = Outcome::Failed;
    plan.completeness = Default::default();
    plan.changes.clear();
    plan.call = None;
    plan.fields.clear();
    plan.courses.clear();
    plan.problems.push(problem);
}

fn plan_line(chunk: &Chunk, at: usize, world: &mut World) -> LinePlan {
    match &chunk.lines[at].content {
        Content::Parsed(index, remark) => {
            let mut plan = chunk.parsed.plan(*index, world);
            plan.problems.extend(remark.clone());
            plan
        }
        Content::Refused(problem) => LinePlan {
            key: String::new(),
            operation: Operation::Update,
            outcome: Outcome::Failed,
            completeness: Default::default(),
            subject: None,
            changes: Vec::new(),
            call: None,
            fields: Vec::new(),
            problems: vec![problem.clone()],
            courses: Vec::new(),
        },
    }
}

fn result(line: &ChunkLine, entity: Entity, plan: LinePlan, ids: &AppliedIds) -> LineResult {
    let moodle_id = plan.subject.and_then(|subject| match subject.id() {
        id if id > 0 => Some(id),
        _ => ids.subjects.get(&subject).copied(),
    });
    LineResult {
        line: line.number,
        span: line.span,
        entity,
        key: plan.key,
        operation: plan.operation,
        outcome: plan.outcome,
        completeness: plan.completeness,
        moodle_id,
        changes: plan.fields,
        problems: plan.problems,
    }
}

/// Does what planning the chunk will need and is slow.
async fn prepare(
    chunk: &Chunk,
    world: &mut World,
    contents: Option<&dyn StoredContents>,
    scaler: &Scaler,
) -> Result<(), EngineError> {
    verify_passwords(chunk, world).await?;
    scaler.scale(chunk, world).await?;
    pictures::hash(chunk, world, contents).await
}

/// Compares on all cores given passwords with stored hashes, which are slow on purpose.
async fn verify_passwords(chunk: &Chunk, world: &mut World) -> Result<(), EngineError> {
    let given: Vec<(UserId, SecretString, SecretString)> = chunk
        .parsed
        .passwords(world)
        .into_iter()
        .filter_map(|(user, clear)| world.users.stored_password(user).map(|hash| (user, clear, hash)))
        .collect();
    let verify = |(_, clear, hash): &(UserId, SecretString, SecretString)| {
        crate::site::password::verify(hash.expose_secret(), clear.expose_secret())
    };
    for ((user, clear, _), same) in on_cores("compare passwords", usize::MAX, given, verify).await? {
        world.users.note_verified(user, clear.expose_secret(), same);
    }
    Ok(())
}
