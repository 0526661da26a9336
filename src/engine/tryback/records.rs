//! The failed records of a text, in its style.

use super::Content;
use super::page::Page;
use crate::csv::{Top, TrybackWriter};
use crate::engine::error::EngineError;
use crate::model::{ByteSpan, LineResult, Run};
use crate::store::{BlobWriter, Store};
use bytes::Bytes;
use std::ops::Range;

/// Bytes of the command file read at a time.
const READ_BYTES: u64 = 1 << 20;

/// The text as it is being written.
pub(super) struct Records {
    lines: TrybackWriter<Page>,
    page: Page,
    blob: BlobWriter,
}

impl Records {
    /// Begins the text as its source begins.
    pub(super) async fn open(store: &Store, run: &Run, top: Top) -> Result<Self, EngineError> {
        let header = match top.header {
            Some(span) => Some(Window::default().read(store, run, span).await?),
            None => None,
        };
        let page = Page::default();
        let lines = TrybackWriter::new(page.clone(), header.as_deref(), top.style)?;
        Ok(Self { lines, page, blob: store.blob_writer().await? })
    }

    /// Adds records.
    pub(super) async fn add(&mut self, store: &Store, run: &Run, failed: &[&LineResult]) -> Result<(), EngineError> {
        let mut window = Window::default();
        for result in failed {
            if u64::from(result.span.length) > READ_BYTES {
                self.copy_long(store, run, result.span).await?;
            } else {
                self.lines.write(&window.read(store, run, result.span).await?)?;
            }
        }
        self.flush().await
    }

    /// Adds all from an offset in the command file to its end.
    pub(super) async fn copy_from(&mut self, store: &Store, run: &Run, offset: u64) -> Result<(), EngineError> {
        self.flush().await?;
        self.copy(store, run, offset..run.content_size).await
    }

    /// Ends the text.
    pub(super) async fn end(mut self) -> Result<Content, EngineError> {
        self.flush().await?;
        Ok(self.blob.finish().await?)
    }

    /// Adds a record that is too long to be held in memory.
    async fn copy_long(&mut self, store: &Store, run: &Run, span: ByteSpan) -> Result<(), EngineError> {
        self.flush().await?;
        self.copy(store, run, span.offset..span.offset + u64::from(span.length)).await?;
        // The line end, in the style of the file.
        Ok(self.lines.write(&[])?)
    }

    /// Copies a part of the command file piece by piece.
    async fn copy(&mut self, store: &Store, run: &Run, range: Range<u64>) -> Result<(), EngineError> {
        let mut offset = range.start;
        while offset < range.end {
            let length = READ_BYTES.min(range.end - offset);
            self.blob.write(store.read_range(run.content, offset, length).await?).await?;
            offset += length;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), EngineError> {
        Ok(self.blob.write(self.page.take()).await?)
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
