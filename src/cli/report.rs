//! `toolsync report`

use super::error::{failed, present};
use super::json::{LineJson, ReportJson};
use super::lines::{self, Detail};
use super::listing::{LARGEST_PAGE, Page, through_pages};
use super::output::{Format, Output, plain};
use super::session::Session;
use super::{CliError, Verdict};
use crate::rpc::pb;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Identifier of the run
    run: String,
    /// Show the lines with problems instead of the report
    #[arg(long)]
    problems: bool,
}

pub(super) async fn report(args: ReportArgs, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    if args.problems { problems(args.run, session, output).await } else { whole(args.run, session, output).await }
}

async fn whole(run_id: String, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let report = fetch(session, &run_id).await?;
    match output.format() {
        Format::Json => output.json(&ReportJson::from(&report))?,
        Format::Human => report.text.lines().try_for_each(|line| output.line(plain(line)))?,
    }
    Ok(Verdict::Fine)
}

/// The report of a run.
pub(super) async fn fetch(session: &Session, run_id: &str) -> Result<pb::Report, CliError> {
    let action = format!("read the report of the run {run_id}");
    let request = pb::GetReportRequest { site: String::new(), run_id: run_id.to_owned() };
    let answer = session.runs().get_report(request).await.map_err(failed(&action))?;
    present(answer.into_inner().report, &action)
}

async fn problems(run_id: String, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let page = async |page_token| {
        let request = pb::ListLineResultsRequest {
            run_id: run_id.clone(),
            only_with_problems: true,
            page_size: LARGEST_PAGE,
            page_token,
            ..Default::default()
        };
        let answer = session.runs().list_line_results(request).await.map_err(failed("list the lines"))?;
        let page = answer.into_inner();
        Ok(Page { entries: page.line_results, next_token: page.next_page_token })
    };
    let show = |line: &pb::LineResult| match output.format() {
        Format::Json => output.json(&LineJson::from(line)),
        Format::Human => lines::rows(line, Detail::Troubles).into_iter().try_for_each(|row| output.line(row)),
    };
    through_pages(page, show).await?;
    Ok(Verdict::Fine)
}
