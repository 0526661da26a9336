//! Looking into the journal of a run: its report, its lines page by page.

use super::error::EngineError;
use super::journal;
use super::report::{ProblemGroups, Report};
use super::{Engine, post_processing, text};
use crate::model::{LineNumber, LineResult, Outcome, RunId, SiteKey};

/// Segments read from the journal at a time.
const SEGMENTS_A_READ: u32 = 8;

/// Whether lines without problems are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProblemFilter {
    /// All lines.
    #[default]
    Any,
    /// Only lines with a problem of any severity.
    WithProblems,
}

/// Which lines of a run are wanted.
#[derive(Debug, Clone, Default)]
pub struct LineQuery {
    /// Only these outcomes; empty for all.
    pub outcomes: Vec<Outcome>,
    /// Whether only lines with problems are wanted.
    pub problems: ProblemFilter,
    /// Only lines behind this one.
    pub after: Option<LineNumber>,
    /// How many at most.
    pub size: usize,
}

impl LineQuery {
    fn wants(&self, result: &LineResult) -> bool {
        (self.outcomes.is_empty() || self.outcomes.contains(&result.outcome))
            && (self.problems == ProblemFilter::Any || !result.problems.is_empty())
            && self.after.is_none_or(|after| result.line > after)
    }
}

/// A page of lines.
#[derive(Debug, Clone, Default)]
pub struct LinePage {
    /// The lines, in the order of the file.
    pub results: Vec<LineResult>,
    /// The line behind which the next page begins; none at the end.
    pub next: Option<LineNumber>,
}

impl Engine {
    /// The report of a run, as far as the run is.
    pub async fn report(&self, site: &SiteKey, id: RunId) -> Result<Report, EngineError> {
        let run = self.run(site, id).await?;
        let mut groups = ProblemGroups::default();
        let mut index = 0;
        loop {
            let rows = self.inner.store.segments_from(id, index, SEGMENTS_A_READ).await?;
            let Some(last) = rows.last() else { break };
            index = last.head.index + 1;
            for row in &rows {
                let segment = journal::decode(id, row.head.index, &row.payload)?;
                segment.problems.iter().for_each(|problem| groups.add(None, problem));
                for result in &segment.results {
                    result.problems.iter().for_each(|problem| groups.add(Some(result.line), problem));
                }
            }
        }
        let problems = groups.into_vec();
        let zone = self.inner.zone(site).await;
        let mut text = text::heading(&run, zone) + &text::totals(&run);
        text = text + &post_processing::told(&run)? + &text::problems(&problems);
        if let Some(report) = &run.report {
            text.push_str(&format!("\nEvery line: {report}\n"));
        }
        Ok(Report { run, problems, text })
    }

    /// The results of a run's lines, page by page.
    pub async fn line_results(&self, site: &SiteKey, id: RunId, query: LineQuery) -> Result<LinePage, EngineError> {
        self.run(site, id).await?;
        let size = query.size.max(1);
        let mut page = LinePage::default();
        // Segments are in the order of lines, so those before the wanted line are skipped by their heads.
        let heads = self.inner.store.segment_heads(id).await?;
        let after = query.after.map_or(0, |after| after.0);
        let Some(first) = heads.iter().find(|head| head.resume_line > after) else { return Ok(page) };
        let mut index = first.index;
        loop {
            let rows = self.inner.store.segments_from(id, index, SEGMENTS_A_READ).await?;
            let Some(last) = rows.last() else { return Ok(page) };
            index = last.head.index + 1;
            for row in &rows {
                let segment = journal::decode(id, row.head.index, &row.payload)?;
                for result in segment.results.into_iter().filter(|result| query.wants(result)) {
                    if page.results.len() == size {
                        page.next = page.results.last().map(|last| last.line);
                        return Ok(page);
                    }
                    page.results.push(result);
                }
            }
        }
    }
}
