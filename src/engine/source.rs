//! The command file of a run as a stream of parsed chunks, read ahead on a thread of its own.

use super::error::EngineError;
use super::lines::{self, Form, Lines};
use super::options::Processing;
use crate::archive::{Bounds, Contents};
use crate::csv::{Skipped, check_width};
use crate::model::{BoundHeader, ByteSpan, Line, LineNumber, Problem, ToolDescriptor};
use crate::site::{Hosting, Lookups, SiteFacts};
use crate::store::Content as StoredContent;
use crate::tools::{BoundTool, ConfiguredTool, ErasedJob, ParsedLines};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Most lines in a chunk. Each is a commit of the site and one of the store, which larger chunks share among more lines; smaller
/// ones take less memory.
const LARGEST_CHUNK: usize = 2_000;
/// The same where the database is a server: each statement is a round trip there, and it works in memory of its own.
const LARGEST_CHUNK_FOR_SERVERS: usize = 4_000;
/// The same for archives. What comes of a picture takes up to a megabyte, and a chunk is in memory.
const LARGEST_CHUNK_OF_PICTURES: usize = 100;
/// Lines in the first chunk, so that the first results come at once.
const FIRST_CHUNK: usize = 100;
/// Fewest lines in a chunk, where lines are slow.
const SMALLEST_CHUNK: usize = 20;
/// Lines in a chunk where each may ask a running Moodle for something: their changes are committed together, before the
/// first of them is asked for.
const ASKING_CHUNK: usize = 10;
/// A chunk that takes longer is too large.
const SLOW: Duration = Duration::from_secs(1);
/// A chunk that takes less could be larger.
const QUICK: Duration = Duration::from_millis(400);
/// How many times larger than the last one a chunk may be that was very quick.
const MOST_GROWTH: u32 = 4;
/// Bytes of lines in a chunk, so that chunks of very long lines stay small.
const CHUNK_BYTES: usize = 4 << 20;

/// How the file is read ahead. Chunks grow while they are quick and shrink when they are slow, so that a cancelled run
/// ends soon; once nothing more is handled, the rest of the file is only counted.
#[derive(Debug)]
pub(super) struct Pace {
    size: AtomicUsize,
    largest: usize,
    draining: AtomicBool,
}

impl Pace {
    /// The pace for the lines of a file.
    pub(super) fn of(source: &OpenSource, hosting: Hosting) -> Arc<Self> {
        let (first, largest) = match (&source.form, hosting) {
            _ if source.job.asks_moodle() => (ASKING_CHUNK, ASKING_CHUNK),
            (Form::Archive, _) => (LARGEST_CHUNK_OF_PICTURES, LARGEST_CHUNK_OF_PICTURES),
            (Form::Text(_), Hosting::Embedded) => (FIRST_CHUNK, LARGEST_CHUNK),
            (Form::Text(_), Hosting::Server) => (FIRST_CHUNK, LARGEST_CHUNK_FOR_SERVERS),
        };
        Arc::new(Self::new(first, largest))
    }

    fn new(first: usize, largest: usize) -> Self {
        Self { size: AtomicUsize::new(first), largest, draining: AtomicBool::new(false) }
    }

    /// From now on lines are only counted.
    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    fn size(&self) -> usize {
        if self.is_draining() { self.largest } else { self.size.load(Ordering::Relaxed) }
    }

    /// Learns how long a chunk of `lines` lines took.
    pub(super) fn learn(&self, lines: usize, took: Duration) {
        let size = self.size.load(Ordering::Relaxed);
        let next = if took > SLOW {
            (lines / 2).max(SMALLEST_CHUNK).min(self.largest)
        } else if took < QUICK && lines >= size {
            let factor = if took < QUICK / MOST_GROWTH { MOST_GROWTH } else { 2 };
            (size * factor as usize).min(self.largest)
        } else {
            size
        };
        self.size.store(next, Ordering::Relaxed);
    }
}

/// Where a line of a chunk comes from.
#[derive(Debug)]
pub(super) struct ChunkLine {
    /// First physical line.
    pub(super) number: LineNumber,
    /// Where it stands in the source.
    pub(super) span: ByteSpan,
    /// What it holds.
    pub(super) content: Content,
}

/// What a line of a chunk holds.
#[derive(Debug)]
pub(super) enum Content {
    /// A command: its index among the parsed lines of the chunk, and a remark on its cells.
    Parsed(usize, Option<Problem>),
    /// Nothing that a tool could read.
    Refused(Problem),
}

/// Some lines of a command file, ready to be planned.
pub(super) struct Chunk {
    /// In the order of the file.
    pub(super) lines: Vec<ChunkLine>,
    /// The commands of the lines that could be split.
    pub(super) parsed: Box<dyn ParsedLines>,
    /// What planning them must know.
    pub(super) lookups: Lookups,
    /// Offset in the file behind the last of them.
    pub(super) end_offset: u64,
}

/// A command file whose top was accepted.
pub(super) struct OpenSource {
    pub(super) form: Form,
    pub(super) job: Arc<dyn ErasedJob>,
    pub(super) notices: Vec<Problem>,
    descriptor: &'static ToolDescriptor,
    bound: BoundHeader,
    lines: Lines,
}

/// Reads the top of a file and binds the tool to it. `Err(Ok(problems))` is a file that is refused.
pub(super) fn open(
    content: Box<dyn StoredContent>,
    processing: &Processing,
    descriptor: &'static ToolDescriptor,
    tool: &dyn ConfiguredTool,
    facts: Arc<SiteFacts>,
    bounds: Bounds,
) -> Result<Result<OpenSource, Vec<Problem>>, EngineError> {
    let opened = match lines::open(content, processing, descriptor)? {
        Ok(opened) => opened,
        Err(problems) => return Ok(Err(problems)),
    };
    let bound = opened.header().clone();
    let BoundTool { job, notices } = match tool.bind(bound.clone(), facts) {
        Ok(bound) => bound,
        Err(problems) => return Ok(Err(problems)),
    };
    let notices = bound.notices.iter().cloned().chain(notices).collect();
    let opened = opened.lines(job.as_ref(), bounds)?;
    Ok(opened.map(|(form, lines)| OpenSource { form, job, notices, descriptor, bound, lines }))
}

impl OpenSource {
    /// Reads chunk after chunk into `chunks`, beginning behind line `after`. Ends at the end of the file, or when
    /// nobody listens any more; answers with what it passed over since the beginning of the file. Blocks: for a thread of
    /// its own.
    pub(super) fn read_chunks(
        mut self,
        after: LineNumber,
        pace: &Pace,
        chunks: &mpsc::Sender<Result<Chunk, EngineError>>,
    ) -> Skipped {
        while let Some(chunk) = self.read_chunk(after, pace).transpose() {
            let failed = chunk.is_err();
            if chunks.blocking_send(chunk).is_err() || failed {
                break;
            }
        }
        self.lines.skipped()
    }

    /// Shows the job a line that was handled before the run was interrupted: it may tell of earlier lines later.
    fn remind(&self, line: Line) {
        if check_width(self.descriptor, &self.bound, &line).is_ok() {
            self.job.parse(vec![line]);
        }
    }

    fn read_chunk(&mut self, after: LineNumber, pace: &Pace) -> Result<Option<Chunk>, EngineError> {
        let _parsing = tracing::trace_span!("parse").entered();
        let size = pace.size();
        let contents = if pace.is_draining() { Contents::Skipped } else { Contents::Read };
        let mut lines = Vec::with_capacity(size);
        let mut commands: Vec<Line> = Vec::with_capacity(size);
        let mut bytes = 0;
        while lines.len() < size && bytes < CHUNK_BYTES {
            let Some(next) = self.lines.next(after, contents)? else { break };
            if next.number <= after {
                next.content.into_iter().for_each(|line| self.remind(line));
                continue;
            }
            let content = match next.content {
                Err(problem) => Content::Refused(problem),
                Ok(line) => match check_width(self.descriptor, &self.bound, &line) {
                    Ok(remark) if pace.is_draining() => Content::Parsed(0, remark),
                    Ok(remark) => {
                        commands.push(line);
                        Content::Parsed(commands.len() - 1, remark)
                    }
                    Err(problem) => Content::Refused(problem),
                },
            };
            bytes += next.weight;
            lines.push(ChunkLine { number: next.number, span: next.span, content });
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let parsed = self.job.parse(commands);
        let lookups = parsed.lookups();
        Ok(Some(Chunk { lines, parsed, lookups, end_offset: self.lines.position() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_grow_while_quick_and_shrink_when_slow() {
        let pace = Pace::new(FIRST_CHUNK, LARGEST_CHUNK);
        for (took, size) in [(10, 400), (200, 800), (500, 800), (10, LARGEST_CHUNK), (10, LARGEST_CHUNK)] {
            pace.learn(pace.size(), Duration::from_millis(took));
            assert_eq!(pace.size(), size, "after {took} ms");
        }
        pace.learn(LARGEST_CHUNK, Duration::from_secs(4));
        assert_eq!(pace.size(), LARGEST_CHUNK / 2);
        for _ in 0..10 {
            pace.learn(pace.size(), Duration::from_secs(4));
        }
        assert_eq!(pace.size(), SMALLEST_CHUNK);
        let small = Pace::new(ASKING_CHUNK, ASKING_CHUNK);
        for took in [Duration::from_millis(1), Duration::from_secs(9)] {
            small.learn(ASKING_CHUNK, took);
            assert_eq!(small.size(), ASKING_CHUNK);
        }
    }
}
