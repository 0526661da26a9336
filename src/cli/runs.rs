//! `toolsync runs`

use super::error::{failed, present};
use super::follow::{self, Begin, source_of};
use super::json::RunJson;
use super::output::{Format, Output, moment, plain};
use super::session::Session;
use super::table::{Align, Table};
use super::watcher::{self, WatchSettings, Watcher};
use super::{CliError, Verdict, names, summary};
use crate::rpc::pb;
use clap::Subcommand;

/// The most that lists give in one answer.
pub(super) const LARGEST_PAGE: u32 = 1000;

#[derive(Debug, Subcommand)]
pub(super) enum RunsCommand {
    /// List runs, the newest first
    Ls {
        /// Only runs in this state: queued, running, succeeded, failed or cancelled
        #[arg(long, value_parser = state)]
        state: Option<pb::RunState>,
        /// Only runs of this tool
        #[arg(long, value_parser = tool)]
        tool: Option<pb::Tool>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
    },
    /// Show a run
    Show {
        /// Identifier of the run
        run: String,
    },
    /// Follow a run to its end
    Watch {
        /// Identifier of the run
        run: String,
        /// Begin after the event with this number
        #[arg(long, value_name = "N", default_value_t = 0)]
        after: u64,
        #[command(flatten)]
        watch: WatchSettings,
    },
    /// Ask for the end of a run; what it applied stays
    Cancel {
        /// Identifier of the run
        run: String,
    },
}

fn state(word: &str) -> Result<pb::RunState, String> {
    names::parse(word, "RUN_STATE_", pb::RunState::from_str_name)
        .ok_or_else(|| "states are queued, running, succeeded, failed and cancelled".to_owned())
}

fn tool(word: &str) -> Result<pb::Tool, String> {
    names::parse(word, "TOOL_", pb::Tool::from_str_name)
        .ok_or_else(|| "there is no such tool; `toolsync tools` lists them".to_owned())
}

pub(super) async fn runs(command: RunsCommand, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    match command {
        RunsCommand::Ls { state, tool, limit } => {
            let request = pb::ListRunsRequest {
                state: state.unwrap_or_default() as i32,
                tool: tool.unwrap_or_default() as i32,
                page_size: u32::try_from(limit).unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE),
                ..Default::default()
            };
            list(request, limit, session, output).await
        }
        RunsCommand::Show { run } => {
            let run = follow::fetch(session, &run).await?;
            show(&run, output)
        }
        RunsCommand::Watch { run, after, watch } => {
            let begin = Begin::After { run_id: run, sequence: after };
            let run = follow::follow(session, begin, &mut Watcher::new(output, &watch)).await?;
            watcher::conclude(&run, output)
        }
        RunsCommand::Cancel { run } => {
            let action = format!("cancel the run {run}");
            let request = pb::CancelRunRequest { site: String::new(), run_id: run };
            let answer = session.runs().cancel_run(request).await.map_err(failed(&action))?;
            show(&present(answer.into_inner().run, &action)?, output)
        }
    }
}

/// Asks for page after page. `page` gets the token of a page and gives that of the next.
pub(super) async fn through_pages(
    mut page: impl AsyncFnMut(String) -> Result<String, CliError>,
) -> Result<(), CliError> {
    let mut token = String::new();
    loop {
        token = page(token).await?;
        if token.is_empty() {
            return Ok(());
        }
    }
}

async fn list(
    request: pb::ListRunsRequest,
    limit: usize,
    session: &Session,
    output: &Output,
) -> Result<Verdict, CliError> {
    let mut runs = Vec::new();
    through_pages(async |page_token| {
        let request = pb::ListRunsRequest { page_token, ..request.clone() };
        let page = session.runs().list_runs(request).await.map_err(failed("list the runs"))?.into_inner();
        runs.extend(page.runs);
        Ok(if runs.len() < limit { page.next_page_token } else { String::new() })
    })
    .await?;
    runs.truncate(limit);
    match output.format() {
        Format::Json => runs.iter().try_for_each(|run| output.json(&RunJson::from(run)))?,
        Format::Human => output.table(&table(&runs))?,
    }
    Ok(Verdict::Fine)
}

fn table(runs: &[pb::Run]) -> Table {
    let mut table = Table::new([
        ("RUN", Align::Left),
        ("TOOL", Align::Left),
        ("STATE", Align::Left),
        ("LINES", Align::Right),
        ("FAILED", Align::Right),
        ("ACCEPTED (UTC)", Align::Left),
        ("TIME", Align::Right),
        ("FILE", Align::Left),
    ]);
    for run in runs {
        let counters = run.counters.unwrap_or_default();
        let dry = if run.dry_run { " (dry run)" } else { "" };
        table.row([
            run.id.clone(),
            names::tool(run.tool),
            summary::state(run),
            summary::grouped(counters.lines),
            summary::grouped(counters.failed),
            moment(run.create_time.as_ref()),
            summary::duration(run).map_or_else(|| "-".to_owned(), summary::seconds),
            format!("{}{dry}", plain(source_of(run))),
        ]);
    }
    table
}

fn show(run: &pb::Run, output: &Output) -> Result<Verdict, CliError> {
    if output.format() == Format::Json {
        output.json(&RunJson::from(run))?;
    } else {
        facts(run).into_iter().try_for_each(|(what, fact)| output.line(format_args!("{what:<10} {fact}")))?;
    }
    Ok(Verdict::Fine)
}

fn facts(run: &pb::Run) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("run", run.id.clone()),
        ("tool", names::tool(run.tool)),
        ("file", format!("{} ({} bytes, sha256 {})", plain(source_of(run)), run.size_bytes, run.sha256)),
        ("state", summary::state(run)),
        ("lines", summary::counted(&run.counters.unwrap_or_default())),
        ("caller", plain(&run.caller).into_owned()),
        ("accepted", moment(run.create_time.as_ref())),
        ("started", moment(run.start_time.as_ref())),
        ("ended", moment(run.end_time.as_ref())),
    ];
    if run.dry_run {
        facts.push(("dry run", "yes: nothing is changed".to_owned()));
    }
    if run.cancel_requested {
        facts.push(("cancelled", "on request".to_owned()));
    }
    facts.extend(run.options.iter().map(|(name, value)| ("option", format!("{}={}", plain(name), plain(value)))));
    if run.max_errors > 0 {
        facts.push(("max errors", run.max_errors.to_string()));
    }
    facts.extend(run.schedule_id.iter().map(|id| ("schedule", id.clone())));
    facts.extend(run.request_id.iter().map(|id| ("request", plain(id).into_owned())));
    if !run.message.is_empty() {
        facts.push(("message", plain(&run.message).into_owned()));
    }
    facts.extend(summary::left_files(run).into_iter().map(|(what, path)| (what, plain(path).into_owned())));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pages_are_asked_for_until_there_is_no_token() {
        let mut asked = Vec::new();
        through_pages(async |token| {
            asked.push(token);
            Ok(if asked.len() < 3 { asked.len().to_string() } else { String::new() })
        })
        .await
        .unwrap();
        assert_eq!(asked, ["", "1", "2"]);
    }

    #[test]
    fn runs_are_listed_in_a_table() {
        let run = pb::Run {
            id: "0198".to_owned(),
            tool: pb::Tool::Users as i32,
            source: Some(pb::run::Source::Path("/users.csv".to_owned())),
            state: pb::RunState::Succeeded as i32,
            dry_run: true,
            counters: Some(pb::Counters { lines: 3, failed: 1, created: 2, ..Default::default() }),
            ..Default::default()
        };
        let expected = [
            "RUN   TOOL   STATE      LINES  FAILED  ACCEPTED (UTC)  TIME  FILE",
            "0198  users  succeeded      3       1  -                  -  /users.csv (dry run)",
        ];
        assert_eq!(table(std::slice::from_ref(&run)).lines(), expected);
        assert!(facts(&run).contains(&("lines", "3 lines: 2 created, 1 failed".to_owned())));
    }
}
