//! A run as a list of events.

use super::{TestServer, options};
use toolsync::rpc::pb;
use toolsync::rpc::pb::run_event::Event;

/// A request to run a tool, with nothing asked for that is not said.
#[derive(Clone)]
pub(crate) struct RunRequest(pub(crate) pb::RunToolRequest);

impl RunRequest {
    /// Lines that go with the request.
    pub(crate) fn inline(tool: pb::Tool, content: &str) -> Self {
        Self::inline_bytes(tool, content.as_bytes().to_vec())
    }

    /// Bytes that go with the request.
    pub(crate) fn inline_bytes(tool: pb::Tool, content: Vec<u8>) -> Self {
        let file = pb::InlineFile { name: "inline.csv".to_owned(), content: content.into() };
        Self::of(tool, pb::run_tool_request::Source::Inline(file))
    }

    /// A stored file.
    pub(crate) fn stored(tool: pb::Tool, path: &str) -> Self {
        Self::of(tool, pb::run_tool_request::Source::Path(path.to_owned()))
    }

    fn of(tool: pb::Tool, source: pb::run_tool_request::Source) -> Self {
        Self(pb::RunToolRequest { tool: tool.into(), source: Some(source), ..Default::default() })
    }

    pub(crate) fn options(mut self, pairs: &[(&str, &str)]) -> Self {
        self.0.options.extend(options(pairs));
        self
    }

    pub(crate) fn dry(mut self) -> Self {
        self.0.dry_run = true;
        self
    }

    pub(crate) fn max_errors(mut self, most: u64) -> Self {
        self.0.max_errors = most;
        self
    }

    pub(crate) fn request_id(mut self, id: &str) -> Self {
        self.0.request_id = id.to_owned();
        self
    }

    /// Sends it and reads the stream to its end.
    pub(crate) async fn send(&self, server: &TestServer) -> RunResult {
        self.try_send(server).await.unwrap()
    }

    pub(crate) async fn try_send(&self, server: &TestServer) -> Result<RunResult, tonic::Status> {
        let mut stream = server.runs().run_tool(self.0.clone()).await?.into_inner();
        let mut events = Vec::new();
        while let Some(message) = stream.message().await? {
            events.extend(message.event);
        }
        Ok(RunResult { events })
    }
}

/// All events of a run.
#[derive(Debug, Clone)]
pub(crate) struct RunResult {
    pub(crate) events: Vec<pb::RunEvent>,
}

impl RunResult {
    /// The run, as of its acceptance.
    pub(crate) fn run_id(&self) -> String {
        let started = self.events.iter().find_map(|event| match &event.event {
            Some(Event::Started(started)) => started.run.as_ref(),
            _ => None,
        });
        started.expect("the stream begins with started").id.clone()
    }

    /// The last event.
    pub(crate) fn finished(&self) -> &pb::RunFinished {
        match &self.events.last().expect("a run has events").event {
            Some(Event::Finished(finished)) => finished,
            other => panic!("the last event is {other:?}"),
        }
    }

    pub(crate) fn state(&self) -> pb::RunState {
        self.finished().state()
    }

    pub(crate) fn counters(&self) -> pb::Counters {
        self.finished().counters.unwrap_or_default()
    }

    /// The results of the lines.
    pub(crate) fn lines(&self) -> Vec<&pb::LineResult> {
        let line = |event: &'_ pb::RunEvent| matches!(event.event, Some(Event::Line(_)));
        let lines = self.events.iter().filter(|event| line(event));
        lines
            .map(|event| match &event.event {
                Some(Event::Line(line)) => line,
                _ => unreachable!("filtered"),
            })
            .collect()
    }

    /// The result of the record that begins at a physical line.
    pub(crate) fn line(&self, number: u64) -> &pb::LineResult {
        self.lines().into_iter().find(|line| line.line == number).unwrap_or_else(|| panic!("no line {number}"))
    }

    /// Outcomes by line.
    pub(crate) fn outcomes(&self) -> Vec<(u64, pb::Outcome)> {
        self.lines().iter().map(|line| (line.line, line.outcome())).collect()
    }

    /// Reasons of the problems of a line.
    pub(crate) fn reasons(&self, number: u64) -> Vec<&str> {
        self.line(number).problems.iter().map(|problem| problem.reason.as_str()).collect()
    }
}
