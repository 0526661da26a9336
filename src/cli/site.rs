//! `toolsync site`: a look at the site that the settings name, without a server in between.

use super::error::not_started;
use super::output::{Format, Output};
use super::{CliError, Verdict};
use crate::app::{self, SiteCheck};
use crate::config::Config;
use clap::Subcommand;
use serde::Serialize;

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum SiteCommand {
    /// Connect as the service would, and check version, tables and columns
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
}

#[derive(Debug, Serialize)]
struct FindingJson<'f> {
    finding: &'f str,
}

pub(super) async fn site(command: SiteCommand, config: &Config, output: &Output) -> Result<Verdict, CliError> {
    let failed = |cause| not_started(&config.data, cause);
    match command {
        SiteCommand::Check => {
            show(&app::check_site(config).await.map_err(failed)?, output)?;
            Ok(Verdict::Fine)
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
    let SiteCheck { version, release, roles, enrol_methods } = check;
    match output.format() {
        Format::Json => output.json(&CheckJson { version, release, roles, enrol_methods }),
        Format::Human => output.facts(&[
            ("release", release.clone()),
            ("version", version.clone()),
            ("roles", roles.join(", ")),
            ("enrolment methods", enrol_methods.join(", ")),
        ]),
    }
}
