//! `toolsync site`: a look at the site that the settings name, without a server in between.

use super::error::not_started;
use super::output::{Format, Output};
use super::{CliError, Verdict};
use crate::app::{self, SiteCheck, WebServiceCheck};
use crate::config::Config;
use clap::Subcommand;
use serde::Serialize;

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum SiteCommand {
    /// Connect as the service would, and check version, tables and columns, the file pool, and the account of the web
    /// services
    ///
    /// Exit code 1 when something is wrong with the file pool or the account.
    Check,
    /// Look over the whole site for what does not fit together; only reads
    ///
    /// Contexts, sort orders, counters, rows that refer to nothing. Of use on any Moodle. Exit code 1 when something is
    /// found.
    Verify,
}

#[derive(Debug, Serialize)]
struct CheckJson<'c> {
    version: &'c str,
    release: &'c str,
    roles: &'c [String],
    enrol_methods: &'c [String],
    caches: &'c str,
    file_pool: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_pool_problem: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    web_service: Option<WebServiceJson<'c>>,
}

#[derive(Debug, Serialize)]
struct WebServiceJson<'c> {
    url: &'c str,
    username: Option<&'c str>,
    findings: &'c [String],
}

#[derive(Debug, Serialize)]
struct FindingJson<'f> {
    finding: &'f str,
}

pub(super) async fn site(command: SiteCommand, config: &Config, output: &Output) -> Result<Verdict, CliError> {
    let failed = |cause| not_started(&config.data, cause);
    match command {
        SiteCommand::Check => {
            let check = app::check_site(config).await.map_err(failed)?;
            show(&check, output)?;
            let wrong = check.file_pool_problem.is_some()
                || check.web_service.is_some_and(|service| !service.findings.is_empty());
            Ok(if wrong { Verdict::SomeFailed } else { Verdict::Fine })
        }
        SiteCommand::Verify => {
            let findings = app::verify_site(config).await.map_err(failed)?;
            for finding in &findings {
                match output.format() {
                    Format::Json => output.json(&FindingJson { finding })?,
                    Format::Human => output.line(finding)?,
                }
            }
            if findings.is_empty() {
                output.note("nothing was found");
                return Ok(Verdict::Fine);
            }
            Ok(Verdict::SomeFailed)
        }
    }
}

fn show(check: &SiteCheck, output: &Output) -> Result<(), CliError> {
    let SiteCheck { version, release, roles, enrol_methods, caches, file_pool, file_pool_problem, web_service } = check;
    let web_service = web_service.as_ref();
    match output.format() {
        Format::Json => {
            let web_service = web_service.map(|WebServiceCheck { url, username, findings }| WebServiceJson {
                url,
                username: username.as_deref(),
                findings,
            });
            let file_pool_problem = file_pool_problem.as_deref();
            output.json(&CheckJson {
                version,
                release,
                roles,
                enrol_methods,
                caches,
                file_pool,
                file_pool_problem,
                web_service,
            })
        }
        Format::Human => {
            let mut facts = vec![
                ("release", release.clone()),
                ("version", version.clone()),
                ("roles", roles.join(", ")),
                ("enrolment methods", enrol_methods.join(", ")),
                ("caches refreshed", caches.clone()),
                ("pictures stored", file_pool.clone()),
            ];
            facts.extend(file_pool_problem.iter().map(|problem| ("wrong", problem.clone())));
            if let Some(service) = web_service {
                let account = service.username.as_ref().map_or("nobody".to_owned(), |name| format!("user {name}"));
                facts.push(("web services", format!("{account} at {}", service.url)));
                facts.extend(service.findings.iter().map(|finding| ("wrong", finding.clone())));
            }
            output.facts(&facts)
        }
    }
}
