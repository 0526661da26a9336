//! `toolsync schedule`

use super::error::{failed, present};
use super::follow::{self, Begin};
use super::json::ScheduleJson;
use super::listing::{LARGEST_PAGE, Page, list_pages};
use super::options::{self, RunSettings};
use super::output::{Format, Output, moment, moment_utc, plain};
use super::session::Session;
use super::table::{Align, Table};
use super::watcher::{self, WatchSettings, Watcher};
use super::{CliError, Verdict, names, run};
use crate::rpc::pb;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(super) enum ScheduleCommand {
    /// Create a schedule, or replace the one of that name
    Set(SetArgs),
    /// List the schedules
    Ls,
    /// Show a schedule
    Show {
        /// Its name
        name: String,
    },
    /// Stop a schedule from starting runs
    Pause {
        /// Its name
        name: String,
    },
    /// Let a paused schedule start runs again
    Resume {
        /// Its name
        name: String,
    },
    /// Start its run now, and follow it
    Trigger {
        /// Its name
        name: String,
        #[command(flatten)]
        watch: WatchSettings,
    },
    /// Delete a schedule; its runs stay
    Rm {
        /// Its name
        name: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct SetArgs {
    /// Its name, like nightly-users
    name: String,
    /// The tool
    tool: String,
    /// Path of the stored command file, looked up when the run is due
    path: String,
    /// When it is due: minute, hour, day of month, month, day of week, like "0 2 * * *"
    #[arg(long, value_name = "EXPRESSION")]
    cron: String,
    /// Time zone of the expression, like Europe/Paris
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    zone: String,
    /// Start no runs until it is resumed
    #[arg(long)]
    paused: bool,
    #[command(flatten)]
    settings: RunSettings,
}

pub(super) async fn schedule(
    command: ScheduleCommand,
    session: &Session,
    output: &Output,
) -> Result<Verdict, CliError> {
    let site = String::new();
    match command {
        ScheduleCommand::Set(args) => set(args, session, output).await,
        ScheduleCommand::Ls => list(session, output).await,
        ScheduleCommand::Show { name } => {
            let action = format!("read the schedule {name}");
            let request = pb::GetScheduleRequest { site, name };
            let answer = session.schedules().get_schedule(request).await.map_err(failed(&action))?;
            show(&present(answer.into_inner().schedule, &action)?, output)
        }
        ScheduleCommand::Pause { name } => {
            let action = format!("pause the schedule {name}");
            let request = pb::PauseScheduleRequest { site, name };
            let answer = session.schedules().pause_schedule(request).await.map_err(failed(&action))?;
            show(&present(answer.into_inner().schedule, &action)?, output)
        }
        ScheduleCommand::Resume { name } => {
            let action = format!("resume the schedule {name}");
            let request = pb::ResumeScheduleRequest { site, name };
            let answer = session.schedules().resume_schedule(request).await.map_err(failed(&action))?;
            show(&present(answer.into_inner().schedule, &action)?, output)
        }
        ScheduleCommand::Trigger { name, watch } => trigger(name, &watch, session, output).await,
        ScheduleCommand::Rm { name } => {
            let request = pb::DeleteScheduleRequest { site, name: name.clone() };
            let answer = session.schedules().delete_schedule(request).await;
            answer.map_err(failed(format!("delete the schedule {name}")))?;
            output.note(format_args!("deleted {name}"));
            Ok(Verdict::Fine)
        }
    }
}

async fn set(args: SetArgs, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let tools = run::list_tools(session).await?;
    let tool = options::tool_named(&args.tool, &tools)?;
    let given = args.settings.options()?;
    options::refuse_unfit(&given, tool, &tools)?;
    let action = pb::ScheduleAction {
        tool: tool.tool,
        path: args.path,
        options: given,
        dry_run: args.settings.dry_run,
        max_errors: args.settings.max_errors,
    };
    let what = format!("store the schedule {}", args.name);
    let request = pb::ScheduleRequest {
        site: String::new(),
        name: args.name,
        cron: args.cron,
        zone: args.zone,
        action: Some(action),
        paused: args.paused,
        request_id: run::new_request_id(),
    };
    let answer = session.schedules().schedule(request).await.map_err(failed(&what))?;
    show(&present(answer.into_inner().schedule, &what)?, output)?;
    output.note("runs are started by a server on this data folder: `toolsync serve`");
    Ok(Verdict::Fine)
}

async fn list(session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let headings = ["NAME", "STATE", "CRON", "ZONE", "TOOL", "FILE", "NEXT (UTC)"];
    let table = Table::new(headings.map(|heading| (heading, Align::Left)));
    let page = async |page_token| {
        let request = pb::ListSchedulesRequest { site: String::new(), page_size: LARGEST_PAGE, page_token };
        let answer = session.schedules().list_schedules(request).await.map_err(failed("list the schedules"))?;
        let page = answer.into_inner();
        Ok(Page { entries: page.schedules, next_token: page.next_page_token })
    };
    list_pages(table, output, page, row, |schedule| output.json(&ScheduleJson::from(schedule))).await?;
    Ok(Verdict::Fine)
}

fn row(schedule: &pb::RunSchedule) -> [String; 7] {
    let action = schedule.action.clone().unwrap_or_default();
    [
        plain(&schedule.name).into_owned(),
        names::schedule_state(schedule.state).to_lowercase(),
        plain(&schedule.cron).into_owned(),
        plain(&schedule.zone).into_owned(),
        names::tool(action.tool),
        plain(&action.path).into_owned(),
        moment(schedule.next_time.as_ref()),
    ]
}

fn show(schedule: &pb::RunSchedule, output: &Output) -> Result<Verdict, CliError> {
    if output.format() == Format::Json {
        output.json(&ScheduleJson::from(schedule))?;
    } else {
        output.facts(&facts(schedule))?;
    }
    Ok(Verdict::Fine)
}

fn facts(schedule: &pb::RunSchedule) -> Vec<(&'static str, String)> {
    let headings = ["schedule", "state", "cron", "zone", "tool", "file"];
    let mut facts: Vec<_> = headings.into_iter().zip(row(schedule)).collect();
    facts.push(("next", moment_utc(schedule.next_time.as_ref())));
    let action = schedule.action.clone().unwrap_or_default();
    facts.extend(action.options.iter().map(|(name, value)| ("option", format!("{}={}", plain(name), plain(value)))));
    if action.dry_run {
        facts.push(("dry run", "yes: its runs change nothing".to_owned()));
    }
    if action.max_errors > 0 {
        facts.push(("max errors", action.max_errors.to_string()));
    }
    if schedule.last_time.is_some() {
        facts.push(("last", moment_utc(schedule.last_time.as_ref())));
    }
    facts.extend(schedule.last_run_id.iter().map(|id| ("last run", id.clone())));
    if !schedule.last_message.is_empty() {
        facts.push(("message", plain(&schedule.last_message).into_owned()));
    }
    facts
}

async fn trigger(name: String, watch: &WatchSettings, session: &Session, output: &Output) -> Result<Verdict, CliError> {
    let action = format!("trigger the schedule {name}");
    let request = pb::TriggerScheduleRequest { site: String::new(), name, request_id: run::new_request_id() };
    let answer = session.schedules().trigger_schedule(request).await.map_err(failed(&action))?;
    let run_id = present(answer.into_inner().run, &action)?.id;
    let begin = Begin::After { run_id, sequence: 0 };
    let run = follow::follow(session, begin, &mut Watcher::new(output, watch)).await?;
    watcher::conclude(&run, session, output).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_told_with_what_it_runs() {
        let action = pb::ScheduleAction {
            tool: pb::Tool::Users as i32,
            path: "/users.csv".to_owned(),
            options: [("separator".to_owned(), ",".to_owned())].into(),
            ..Default::default()
        };
        let schedule = pb::RunSchedule {
            name: "nightly-users".to_owned(),
            cron: "0 2 * * *".to_owned(),
            zone: "Europe/Paris".to_owned(),
            state: pb::ScheduleState::Paused as i32,
            action: Some(action),
            last_message: "/users.csv is missing".to_owned(),
            ..Default::default()
        };
        let told: Vec<String> = facts(&schedule).iter().map(|(what, fact)| format!("{what} {fact}")).collect();
        let expected = [
            "schedule nightly-users",
            "state paused",
            "cron 0 2 * * *",
            "zone Europe/Paris",
            "tool users",
            "file /users.csv",
            "next -",
            "option separator=,",
            "message /users.csv is missing",
        ];
        assert_eq!(told, expected);
    }
}
