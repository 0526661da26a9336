//! What happens after the last line, once what is left empty was cleaned up: caches, report, tryback, archive, removal of
//! the command file, in this order.
//!
//! All files and the end of the run appear in one transaction of the store, so a kill in between repeats these steps
//! and leaves nothing twice.

use super::caches;
use super::error::EngineError;
use super::journal::{self, Segment};
use super::lines::Form;
use super::options::Processing;
use super::post_processing;
use super::queue;
use super::remarks;
use super::report::ProblemGroups;
use super::tryback::{Content, Tryback};
use super::{Inner, text};
use crate::csv::Skipped;
use crate::model::file::{ARCHIVES, REPORTS};
use crate::model::{Counters, FilePath, LineNumber, LineResult, Outcome, Problem, Run, RunId, RunSource, RunState};
use crate::store::{BlobWriter, NewFile, NewFileRole, RunEnd, SourceFate};
use bytes::Bytes;
use chrono_tz::Tz;

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
    /// The kind of the file, when it was read.
    pub(super) form: Option<Form>,
    pub(super) not_reached: Option<NotReached>,
    /// What was passed over in the file.
    pub(super) skipped: Skipped,
}

impl Ending {
    /// A run that handled no line.
    pub(super) fn refused(state: RunState, message: String) -> Self {
        Self { state, message, problems: Vec::new(), form: None, not_reached: None, skipped: Skipped::default() }
    }

    /// A file that is refused as a whole.
    pub(super) fn file_refused(problems: Vec<Problem>) -> Self {
        let message = problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("\n");
        Self { problems, ..Self::refused(RunState::Failed, message) }
    }
}

/// Post-processes a run and stores its end. A run whose end the service does not live to see, because
/// it is going down, comes to it after the restart.
pub(super) async fn finish(inner: &Inner, run: Run, ending: Ending) -> Result<Run, EngineError> {
    let processing = Processing::parse(&run.options.values).map_err(EngineError::Options)?;
    let mut counters = run.counters.clone();
    if let Some(rest) = ending.not_reached {
        counters.add_many(Outcome::NotProcessed, rest.lines);
    }
    (counters.comments, counters.blanks) = (ending.skipped.comments, ending.skipped.blanks);
    remarks::tell(inner, &run, ending.problems.clone()).await?;
    remarks::tell(inner, &run, caches::refresh(inner, &run).await?).await?;
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
    if queue::writes(&stored)
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
    let mut tryback = match (ending.form, processing.tryback.is_on()) {
        (Some(form), true) => Some(Tryback::new(inner, run, form, processing.dialect.separator)),
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
    Ok((files, post_processing::fate(run, run.state, processing).of_source(names.archive)))
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
        out.write(Bytes::from(
            text::heading(run, zone) + &text::totals(run) + &post_processing::told(run)? + "\nLines in detail\n",
        ))
        .await?;
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
