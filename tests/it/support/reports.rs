//! What a run did, summed up.

use super::TestServer;
use toolsync::rpc::pb;

impl TestServer {
    /// The report of a run.
    pub(crate) async fn report(&self, run_id: &str) -> pb::Report {
        let request = pb::GetReportRequest { run_id: run_id.to_owned(), ..Default::default() };
        self.runs().get_report(request).await.unwrap().into_inner().report.unwrap()
    }
}

/// Lines by outcome, added up.
pub(crate) fn sum(counters: &pb::Counters) -> u64 {
    let done = [counters.created, counters.updated, counters.unchanged, counters.deleted, counters.suspended];
    let other = [counters.restored, counters.found, counters.not_found, counters.skipped, counters.failed];
    done.into_iter().chain(other).sum::<u64>() + counters.not_processed
}
