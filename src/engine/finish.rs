//! What happens after the last line: empty groups, report, tryback, archive, clean-up, in this order.
//!
//! All files and the end of the run appear in one transaction of the store, so a kill in between repeats these steps
//! and leaves nothing twice.

use super::error::EngineError;
use super::groups;
use super::journal::{self, Segment};
use super::options::Processing;
use super::patience::Halt;
use super::report::ProblemGroups;
use super::tryback::{Content, Tryback};
use super::{Inner, text};
use crate::csv::Header;
use crate::model::file::{ARCHIVES, REPORTS};
use crate::model::{
    Counters, CourseId, FilePath, LineNumber, LineResult, Outcome, Problem, Run, RunId, RunMode, RunSource, RunState,
};
use crate::store::{BlobWriter, NewFile, NewFileRole, RunEnd, SegmentHead, SegmentRow, SiteEffect, SourceFate};
use bytes::Bytes;
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// Segments read from the journal at a time.
const SEGMENTS_A_READ: u32 = 8;
/// Lines without a problem that a report shows one by one; lines with problems are all shown.
const MOST_PLAIN_LINES: u64 = 10_000;

/// Lines at the end of a file that a run did not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotReached {
    /// The first of them.
    pub(super) line: LineNumber,
    /// Where it begins in the file.
    pub(super) offset: u64,
    /// How many.
    pub(super) lines: u64,
}

/// How a run ended, before post-processing.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) state: RunState,
    pub(super) message: String,
    /// Problems of the whole file that no segment carries yet.
    pub(super) problems: Vec<Problem>,
    /// The header, when it was read.
    pub(super) header: Option<Header>,
    pub(super) not_reached: Option<NotReached>,
    pub(super) touched: BTreeSet<CourseId>,
}

impl Ending {
    /// A run that handled no line.
    pub(super) fn refused(state: RunState, message: String) -> Self {
        Self { state, message, problems: Vec::new(), header: None, not_reached: None, touched: BTreeSet::new() }
    }

    /// A file that is refused as a whole.
    pub(super) fn file_refused(problems: Vec<Problem>) -> Self {
        let message = problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("\n");
        Self { problems, ..Self::refused(RunState::Failed, message) }
    }
}

/// Post-processes a run and stores its end.
pub(super) async fn finish(inner: &Inner, run: Run, ending: Ending) -> Result<Run, EngineError> {
    let processing = Processing::parse(&run.options.values).map_err(EngineError::Options)?;
    let mut counters = run.counters.clone();
    if let Some(rest) = ending.not_reached {
        counters.add_many(Outcome::NotProcessed, rest.lines);
    }
    let groups = match processing.enrol_cleanup.is_on() && ending.state == RunState::Succeeded {
        true => groups::plan(inner, &run, &ending.touched).await.or_else(groups::Cleanup::given_up)?,
        false => groups::Cleanup::default(),
    };
    let told = told_before(inner, &run).await?;
    let problems = ending.problems.iter().chain(&groups.problems).filter(|problem| !told.contains(problem));
    let problems: Vec<Problem> = problems.cloned().collect();
    if !problems.is_empty()
        && let Err(halt) = store_problems(inner, &run, problems, groups).await
    {
        let kept = groups::Cleanup::given_up(halt)?;
        store_problems(inner, &run, kept.problems.clone(), kept).await.or_else(Halt::into_error)?;
    }
    let ended = Run {
        state: ending.state,
        message: ending.message.clone(),
        counters,
        finished: Some(inner.clock.now()),
        ..run
    };
    let zone = inner.zone(&ended.site).await;
    let (new_files, source) = write_files(inner, &ended, &ending, &processing, zone).await?;
    let stored = inner
        .store
        .finish_run(&RunEnd {
            run: ended.id,
            state: ended.state,
            message: ended.message,
            counters: ended.counters,
            finished: inner.clock.now(),
            new_files,
            source,
        })
        .await?;
    // One that never began has none, and must not wait for the run at work to give the writer free.
    if stored.mode == RunMode::Apply
        && stored.started.is_some()
        && let Ok(site) = inner.site(&stored.site)
        && let Err(error) = site.writer.clear_checkpoint(stored.id).await
    {
        // Harmless: a checkpoint of an ended run is removed at the next start.
        tracing::warn!(run = %stored.id, %error, "the checkpoint of the ended run could not be removed");
    }
    Ok(stored)
}

/// Ends a run whose files cannot be written: a run that stays *running* would go on behind later ones.
pub(super) async fn without_files(
    inner: &Inner,
    run: RunId,
    message: String,
    counters: Counters,
) -> Result<Run, EngineError> {
    let (state, finished) = (RunState::Failed, inner.clock.now());
    let (new_files, source) = (Vec::new(), SourceFate::Keep);
    Ok(inner.store.finish_run(&RunEnd { run, state, message, counters, finished, new_files, source }).await?)
}

/// What a former attempt at this very end journalled before it was interrupted.
async fn told_before(inner: &Inner, run: &Run) -> Result<Vec<Problem>, EngineError> {
    let Some(last) = inner.store.segment_heads(run.id).await?.pop() else { return Ok(Vec::new()) };
    let mut told = Vec::new();
    for row in inner.store.segments_from(run.id, last.index, 1).await? {
        let segment = journal::decode(run.id, row.head.index, &row.payload)?;
        if segment.results.is_empty() {
            told.extend(segment.problems);
        }
    }
    Ok(told)
}

/// Journals problems of the whole file, together with the clean-up of groups that some of them tell.
async fn store_problems(inner: &Inner, run: &Run, problems: Vec<Problem>, groups: groups::Cleanup) -> Result<(), Halt> {
    let segment = Segment { time: inner.clock.now(), results: Vec::new(), problems, touched: Vec::new() };
    let (payload, digest) = journal::encode(&segment)
        .map_err(|problem| EngineError::Internal { operation: "encode the journal", problem })?;
    let last = inner.store.segment_heads(run.id).await?.pop();
    let head = SegmentHead {
        index: last.as_ref().map_or(0, |last| last.index + 1),
        first_sequence: run.last_sequence,
        last_sequence: run.last_sequence,
        digest: digest.clone(),
        resume_offset: last.as_ref().map_or(0, |last| last.resume_offset),
        resume_line: last.as_ref().map_or(0, |last| last.resume_line),
        site_effect: if groups.is_empty() { SiteEffect::Reads } else { SiteEffect::Writes },
        counters: run.counters.clone(),
        touched: journal::touched_text(&[]),
    };
    groups.perform(inner, run, SegmentRow { head, payload }).await
}

/// Writes report, tryback and reasons, and says what becomes of the command file.
async fn write_files(
    inner: &Inner,
    run: &Run,
    ending: &Ending,
    processing: &Processing,
    zone: Tz,
) -> Result<(Vec<NewFile>, SourceFate), EngineError> {
    let names = Names::new(run, zone, inner.clock.now())?;
    let mut report = match processing.report.is_on() {
        true => Some(ReportWriter::begin(inner, run, zone).await?),
        false => None,
    };
    let mut tryback = match (&ending.header, processing.tryback.is_on()) {
        (Some(header), true) => Some(Tryback::new(inner, run, header, processing.dialect.separator)),
        _ => None,
    };
    let mut index = 0;
    loop {
        let rows = inner.store.segments_from(run.id, index, SEGMENTS_A_READ).await?;
        let Some(last) = rows.last() else { break };
        index = last.head.index + 1;
        for row in &rows {
            let segment = journal::decode(run.id, row.head.index, &row.payload)?;
            if let Some(report) = &mut report {
                report.add(&segment).await?;
            }
            if let Some(tryback) = &mut tryback {
                tryback.add(&segment).await?;
            }
        }
    }
    let mut files = Vec::new();
    if let Some(report) = report {
        let (sha256, size) = report.end(run).await?;
        files.push(NewFile { path: names.report, role: NewFileRole::Report, sha256, size });
    }
    if let Some(tryback) = tryback
        && let Some((lines, reasons)) = tryback.end(ending.not_reached).await?
    {
        files.push(NewFile { path: names.tryback, role: NewFileRole::Tryback, sha256: lines.0, size: lines.1 });
        files.push(NewFile { path: names.reasons, role: NewFileRole::Reasons, sha256: reasons.0, size: reasons.1 });
    }
    let may_move = run.mode == RunMode::Apply && ending.state == RunState::Succeeded;
    let fate = match (&run.source, processing.archive.is_on(), processing.cleanup.is_on()) {
        (RunSource::Stored(_), true, _) if may_move => SourceFate::ArchiveTo(names.archive),
        (RunSource::Stored(_), false, true) if may_move => SourceFate::Delete,
        _ => SourceFate::Keep,
    };
    Ok((files, fate))
}

/// Where the files of a run go.
struct Names {
    report: FilePath,
    tryback: FilePath,
    reasons: FilePath,
    archive: FilePath,
}

impl Names {
    fn new(run: &Run, zone: Tz, now: chrono::DateTime<chrono::Utc>) -> Result<Self, EngineError> {
        let stamp = now.with_timezone(&zone).format("%Y%m%d-%H%M%S");
        let name = run.source.name();
        let (base, extension) = match name.rsplit_once('.') {
            Some((base, extension)) if !base.is_empty() => (base, format!(".{extension}")),
            _ => (name, String::new()),
        };
        // Room for stamps and words within the longest name.
        let base = &base[..base.floor_char_boundary(180)];
        let folder = match &run.source {
            RunSource::Stored(path) => path.folder(),
            RunSource::Inline(_) => FilePath::root(),
        };
        let place = |folder: &FilePath, name: String| {
            folder.join(&name).map_err(|error| EngineError::Store(crate::store::StoreError::Path(error)))
        };
        let own = |folder: &str| FilePath::parse(folder).map_err(|e| EngineError::Store(e.into()));
        Ok(Self {
            report: place(&own(REPORTS)?, format!("{stamp}_report_{}_{base}.txt", run.tool))?,
            tryback: place(&folder, format!("{base}_tryback_{stamp}{extension}"))?,
            reasons: place(&folder, format!("{base}_tryback_{stamp}.reasons.csv"))?,
            archive: place(&own(ARCHIVES)?, format!("{stamp}_{base}{extension}"))?,
        })
    }
}

/// Writes the text report: details while the journal is read, totals at the end.
struct ReportWriter {
    out: BlobWriter,
    groups: ProblemGroups,
    plain: u64,
}

impl ReportWriter {
    async fn begin(inner: &Inner, run: &Run, zone: Tz) -> Result<Self, EngineError> {
        let mut out = inner.store.blob_writer().await?;
        out.write(Bytes::from(text::heading(run, zone) + &text::totals(run) + "\nLines in detail\n")).await?;
        Ok(Self { out, groups: ProblemGroups::default(), plain: 0 })
    }

    async fn add(&mut self, segment: &Segment) -> Result<(), EngineError> {
        let mut page = String::new();
        for problem in &segment.problems {
            self.groups.add(None, problem);
            page.push_str(&text::problem(problem));
        }
        for result in &segment.results {
            self.add_line(result, &mut page);
        }
        if !page.is_empty() {
            self.out.write(Bytes::from(page)).await?;
        }
        Ok(())
    }

    fn add_line(&mut self, result: &LineResult, page: &mut String) {
        result.problems.iter().for_each(|problem| self.groups.add(Some(result.line), problem));
        if !text::is_notable(result) {
            return;
        }
        if result.problems.is_empty() {
            self.plain += 1;
            if self.plain > MOST_PLAIN_LINES {
                return;
            }
        }
        page.push_str(&text::line(result));
    }

    async fn end(mut self, run: &Run) -> Result<Content, EngineError> {
        let mut page = String::new();
        if self.plain > MOST_PLAIN_LINES {
            let hidden = self.plain - MOST_PLAIN_LINES;
            page = format!(
                "… and {hidden} more lines without problems; ListLineResults of run {} has them all.\n",
                run.id
            );
        }
        let reached = run.counters.get(Outcome::NotProcessed);
        if reached > 0 {
            page.push_str(&format!("{reached} lines were not reached; they are in the tryback file.\n"));
        }
        page.push_str(&text::problems(&self.groups.into_vec()));
        page.push_str("\nEnd of report\n");
        self.out.write(Bytes::from(page)).await?;
        Ok(self.out.finish().await?)
    }
}
