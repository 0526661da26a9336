//! The tryback file: the failed lines of a run byte for byte, and beside it why they failed.

mod entries;
mod page;
mod records;

use super::Inner;
use super::error::EngineError;
use super::finish::NotReached;
use super::journal::Segment;
use super::lines::Form;
use crate::archive::Kept;
use crate::csv::{ReasonsWriter, Separator};
use crate::model::file::Sha256Digest;
use crate::model::{LineResult, Problem, Reason, Run, Severity};
use crate::store::{BlobWriter, Store};
use page::Page;
use records::Records;

/// Digest and size of a content.
pub(super) type Content = (Sha256Digest, u64);

/// Collects the lines of a run that should be tried again. Writes nothing until there is one.
pub(super) struct Tryback<'i> {
    store: &'i Store,
    run: &'i Run,
    form: Form,
    separator: Separator,
    output: Option<Output>,
}

/// Both files as they are being written.
struct Output {
    lines: Lines,
    reasons: ReasonsWriter<Page>,
    reasons_page: Page,
    reasons_blob: BlobWriter,
}

/// The lines, in the form of the command file.
enum Lines {
    Records(Box<Records>),
    /// Which entries to copy at the end.
    Entries(Kept),
}

impl<'i> Tryback<'i> {
    pub(super) fn new(inner: &'i Inner, run: &'i Run, form: Form, separator: Separator) -> Self {
        Self { store: &inner.store, run, form, separator, output: None }
    }

    /// Adds the lines of a segment that need it.
    pub(super) async fn add(&mut self, segment: &Segment) -> Result<(), EngineError> {
        let failed: Vec<&LineResult> = segment.results.iter().filter(|result| result.needs_retry()).collect();
        if failed.is_empty() {
            return Ok(());
        }
        let mut output = self.open().await?;
        for result in &failed {
            let told = result.problems.iter().filter(|problem| problem.severity != Severity::Notice);
            told.into_iter().try_for_each(|problem| output.reasons.write(result.line, problem))?;
        }
        output.flush_reasons().await?;
        match &mut output.lines {
            Lines::Records(records) => records.add(self.store, self.run, &failed).await?,
            Lines::Entries(kept) => kept.lines.extend(failed.iter().map(|result| result.line)),
        }
        self.output = Some(output);
        Ok(())
    }

    /// Adds the lines that were not reached and ends both files: the lines, and the reasons. None when there is none.
    pub(super) async fn end(mut self, rest: Option<NotReached>) -> Result<Option<(Content, Content)>, EngineError> {
        if let Some(rest) = rest {
            let mut output = self.open().await?;
            let message = format!("The run ended before this line and the {} after it.", rest.lines.saturating_sub(1));
            output.reasons.write(rest.line, &Problem::error(Reason::NotReached, message))?;
            match &mut output.lines {
                Lines::Records(records) => records.copy_from(self.store, self.run, rest.offset).await?,
                Lines::Entries(kept) => kept.from = Some(rest.line),
            }
            self.output = Some(output);
        }
        let Some(mut output) = self.output else { return Ok(None) };
        output.flush_reasons().await?;
        let lines = match output.lines {
            Lines::Records(records) => records.end().await?,
            Lines::Entries(kept) => entries::copy(self.store, self.run, kept).await?,
        };
        Ok(Some((lines, output.reasons_blob.finish().await?)))
    }

    async fn open(&mut self) -> Result<Output, EngineError> {
        if let Some(output) = self.output.take() {
            return Ok(output);
        }
        let reasons_page = Page::default();
        Ok(Output {
            lines: match self.form {
                Form::Text(top) => Lines::Records(Box::new(Records::open(self.store, self.run, top).await?)),
                Form::Archive => Lines::Entries(Kept::default()),
            },
            reasons: ReasonsWriter::new(reasons_page.clone(), self.separator)?,
            reasons_page,
            reasons_blob: self.store.blob_writer().await?,
        })
    }
}

impl Output {
    async fn flush_reasons(&mut self) -> Result<(), EngineError> {
        self.reasons.flush()?;
        Ok(self.reasons_blob.write(self.reasons_page.take()).await?)
    }
}
