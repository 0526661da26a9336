//! `toolsync runs`

use super::error::{failed, present};
use super::follow::{self, Begin, source_of};
use super::json::RunJson;
use super::listing::{LARGEST_PAGE, Page, list_pages};
use super::output::{Format, Output, moment, moment_utc, plain};
use super::session::Session;
use super::table::{Align, Table};
use super::watcher::{self, WatchSettings, Watcher};
use super::{CliError, Verdict, names, summary};
use crate::rpc::pb;
use clap::Subcommand;

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
        #[arg(long, value_name = "N", default_value = "20", value_parser = limit)]
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

fn limit(word: &str) -> Result<usize, String> {
    word.parse().ok().filter(|limit| *limit > 0).ok_or_else(|| "give a number of 1 or more".to_owned())
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
            watcher::conclude(&run, session, output).await
        }
        RunsCommand::Cancel { run } => {
            let action = format!("cancel the run {run}");
            let known = follow::fetch(session, &run).await?;
            if has_ended(&known) {
                output.note("the run had ended already; nothing was cancelled");
                return show(&known, output);
            }
            let request = pb::CancelRunRequest { site: String::new(), run_id: run };
            let answer = session.runs().cancel_run(request).await.map_err(failed(&action))?;
            show(&present(answer.into_inner().run, &action)?, output)
        }
    }
}

async fn list(
    request: pb::ListRunsRequest,
    limit: usize,
    session: &Session,
    output: &Output,
) -> Result<Verdict, CliError> {
    let mut room = limit;
    let page = async |page_token| {
        let request = pb::ListRunsRequest { page_token, ..request.clone() };
        let page = session.runs().list_runs(request).await.map_err(failed("list the runs"))?.into_inner();
        let mut entries = page.runs;
        entries.truncate(room);
        room -= entries.len();
        Ok(Page { entries, next_token: if room > 0 { page.next_page_token } else { String::new() } })
    };
    list_pages(table(), output, page, row, |run| output.json(&RunJson::from(run))).await?;
    Ok(Verdict::Fine)
}

fn table() -> Table {
    Table::new([
        ("RUN", Align::Left),
        ("TOOL", Align::Left),
        ("STATE", Align::Left),
        ("LINES", Align::Right),
        ("FAILED", Align::Right),
        ("PARTIAL", Align::Right),
        ("ACCEPTED (UTC)", Align::Left),
        ("TIME", Align::Right),
        ("FILE", Align::Left),
    ])
}

fn row(run: &pb::Run) -> [String; 9] {
    let counters = run.counters.unwrap_or_default();
    let dry = if run.dry_run { " (dry run)" } else { "" };
    [
        run.id.clone(),
        names::tool(run.tool),
        summary::state(run),
        summary::grouped(counters.lines),
        summary::grouped(counters.failed),
        summary::grouped(counters.partial),
        moment(run.create_time.as_ref()),
        summary::duration(run).map_or_else(|| "-".to_owned(), summary::seconds),
        format!("{}{dry}", plain(source_of(run))),
    ]
}

fn show(run: &pb::Run, output: &Output) -> Result<Verdict, CliError> {
    if output.format() == Format::Json {
        output.json(&RunJson::from(run))?;
    } else {
        output.facts(&facts(run))?;
    }
    Ok(Verdict::Fine)
}

fn has_ended(run: &pb::Run) -> bool {
    matches!(run.state(), pb::RunState::Succeeded | pb::RunState::Failed | pb::RunState::Cancelled)
}

fn facts(run: &pb::Run) -> Vec<(&'static str, String)> {
    let counters = run.counters.unwrap_or_default();
    let mut facts = vec![
        ("run", run.id.clone()),
        ("tool", names::tool(run.tool)),
        ("file", format!("{} ({} bytes, sha256 {})", plain(source_of(run)), run.size_bytes, run.sha256)),
        ("state", summary::state(run)),
        ("lines", summary::counted(&counters)),
        ("caller", plain(&run.caller).into_owned()),
        ("accepted", moment_utc(run.create_time.as_ref())),
        ("started", moment_utc(run.start_time.as_ref())),
        ("ended", moment_utc(run.end_time.as_ref())),
    ];
    if run.dry_run {
        facts.push(("dry run", "yes: nothing is changed".to_owned()));
    }
    let besides = [("partial", counters.partial), ("warnings", counters.warnings)];
    let besides = besides.into_iter().filter(|(_, count)| *count > 0);
    facts.extend(besides.map(|(what, count)| (what, summary::grouped(count))));
    // A request that comes when all lines are done cancels nothing.
    if run.cancel_requested && run.state() != pb::RunState::Succeeded {
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

    #[test]
    fn runs_are_listed_in_a_table() {
        let run = pb::Run {
            id: "0198".to_owned(),
            tool: pb::Tool::Users as i32,
            source: Some(pb::run::Source::Path("/users.csv".to_owned())),
            state: pb::RunState::Succeeded as i32,
            dry_run: true,
            counters: Some(pb::Counters { lines: 3, failed: 1, created: 2, partial: 2, ..Default::default() }),
            start_time: Some(prost_types::Timestamp { seconds: 1_756_729_800, nanos: 0 }),
            ..Default::default()
        };
        let expected = [
            "RUN   TOOL   STATE      LINES  FAILED  PARTIAL  ACCEPTED (UTC)  TIME  FILE",
            "0198  users  succeeded      3       1        2  -                  -  /users.csv (dry run)",
        ];
        let mut table = table();
        table.row(row(&run));
        assert_eq!(table.lines(), expected);
        let told = facts(&run);
        for fact in
            [("lines", "3 lines: 2 created, 1 failed"), ("partial", "2"), ("started", "2025-09-01 12:30:00 UTC")]
        {
            assert!(told.contains(&(fact.0, fact.1.to_owned())), "{fact:?}: {told:?}");
        }
        assert!(!told.iter().any(|(what, _)| *what == "warnings"), "{told:?}");
    }

    #[test]
    fn a_run_that_was_done_was_not_cancelled() {
        let cancelled = |state: pb::RunState| {
            let run = pb::Run { cancel_requested: true, state: state as i32, ..Default::default() };
            facts(&run).iter().any(|(what, _)| *what == "cancelled")
        };
        assert!(cancelled(pb::RunState::Cancelled) && cancelled(pb::RunState::Running));
        assert!(!cancelled(pb::RunState::Succeeded));
    }

    #[test]
    fn a_list_of_nothing_is_not_asked_for() {
        assert_eq!(limit("7"), Ok(7));
        for refused in ["0", "-1", "all"] {
            assert!(limit(refused).is_err(), "{refused}");
        }
    }
}
