//! The tryback file: the failed lines of a run byte for byte, and beside it why they failed.

use super::Inner;
use super::error::EngineError;
use super::finish::NotReached;
use super::journal::Segment;
use crate::csv::{ReasonsWriter, Separator, Top, TrybackWriter};
use crate::model::file::Sha256Digest;
use crate::model::{ByteSpan, LineResult, Problem, Reason, Run, Severity};
use crate::store::{BlobWriter, Store};
use bytes::Bytes;
use std::io::Write;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of the command file read at a time.
const READ_BYTES: u64 = 1 << 20;

/// Digest and size of a content.
pub(super) type Content = (Sha256Digest, u64);

/// Collects the lines of a run that should be tried again. Writes nothing until there is one.
pub(super) struct Tryback<'i> {
    store: &'i Store,
    run: &'i Run,
    top: Top,
    separator: Separator,
    output: Option<Output>,
}

/// Both files as they are being written.
struct Output {
    lines: TrybackWriter<Page>,
    lines_page: Page,
    lines_blob: BlobWriter,
    reasons: ReasonsWriter<Page>,
    reasons_page: Page,
    reasons_blob: BlobWriter,
}

impl<'i> Tryback<'i> {
    pub(super) fn new(inner: &'i Inner, run: &'i Run, top: Top, separator: Separator) -> Self {
        Self { store: &inner.store, run, top, separator, output: None }
    }

    /// Adds the lines of a segment that need it.
    pub(super) async fn add(&mut self, segment: &Segment) -> Result<(), EngineError> {
        let failed: Vec<&LineResult> = segment.results.iter().filter(|result| result.needs_retry()).collect();
        if failed.is_empty() {
            return Ok(());
        }
        let mut output = self.open().await?;
        let mut window = Window::default();
        for result in failed {
            let told = result.problems.iter().filter(|problem| problem.severity != Severity::Notice);
            told.into_iter().try_for_each(|problem| output.reasons.write(result.line, problem))?;
            if u64::from(result.span.length) > READ_BYTES {
                self.copy_long(&mut output, result.span).await?;
            } else {
                output.lines.write(&window.read(self.store, self.run, result.span).await?)?;
            }
        }
        output.flush().await?;
        self.output = Some(output);
        Ok(())
    }

    /// Adds the lines that were not reached and ends both files: the lines, and the reasons. None when there is none.
    pub(super) async fn end(mut self, rest: Option<NotReached>) -> Result<Option<(Content, Content)>, EngineError> {
        if let Some(rest) = rest {
            let mut output = self.open().await?;
            let message = format!("The run ended before this line and the {} after it.", rest.lines.saturating_sub(1));
            output.reasons.write(rest.line, &Problem::error(Reason::NotReached, message))?;
            output.flush().await?;
            self.copy(&mut output, rest.offset..self.run.content_size).await?;
            self.output = Some(output);
        }
        let Some(mut output) = self.output else { return Ok(None) };
        output.flush().await?;
        Ok(Some((output.lines_blob.finish().await?, output.reasons_blob.finish().await?)))
    }

    /// Adds a line that is too long to be held in memory.
    async fn copy_long(&self, output: &mut Output, span: ByteSpan) -> Result<(), EngineError> {
        output.flush().await?;
        self.copy(output, span.offset..span.offset + u64::from(span.length)).await?;
        // The line end, in the style of the file.
        Ok(output.lines.write(&[])?)
    }

    /// Copies a part of the command file piece by piece.
    async fn copy(&self, output: &mut Output, range: Range<u64>) -> Result<(), EngineError> {
        let mut offset = range.start;
        while offset < range.end {
            let length = READ_BYTES.min(range.end - offset);
            output.lines_blob.write(self.store.read_range(self.run.content, offset, length).await?).await?;
            offset += length;
        }
        Ok(())
    }

    async fn open(&mut self) -> Result<Output, EngineError> {
        if let Some(output) = self.output.take() {
            return Ok(output);
        }
        let header = match self.top.header {
            Some(span) => Some(Window::default().read(self.store, self.run, span).await?),
            None => None,
        };
        let (lines_page, reasons_page) = (Page::default(), Page::default());
        Ok(Output {
            lines: TrybackWriter::new(lines_page.clone(), header.as_deref(), self.top.style)?,
            lines_page,
            lines_blob: self.store.blob_writer().await?,
            reasons: ReasonsWriter::new(reasons_page.clone(), self.separator)?,
            reasons_page,
            reasons_blob: self.store.blob_writer().await?,
        })
    }
}

impl Output {
    async fn flush(&mut self) -> Result<(), EngineError> {
        self.reasons.flush()?;
        self.lines_blob.write(self.lines_page.take()).await?;
        self.reasons_blob.write(self.reasons_page.take()).await?;
        Ok(())
    }
}

/// What a writer has written and nobody has taken yet.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A stretch of the command file in memory: failed lines often stand close together.
#[derive(Default)]
struct Window {
    offset: u64,
    bytes: Bytes,
}

impl Window {
    async fn read(&mut self, store: &Store, run: &Run, span: ByteSpan) -> Result<Bytes, EngineError> {
        let end = span.offset + u64::from(span.length);
        if span.offset < self.offset || end > self.offset + self.bytes.len() as u64 {
            let length = READ_BYTES.max(u64::from(span.length)).min(run.content_size - span.offset);
            self.bytes = store.read_range(run.content, span.offset, length).await?;
            self.offset = span.offset;
        }
        let start = (span.offset - self.offset) as usize;
        Ok(self.bytes.slice(start..start + span.length as usize))
    }
}
