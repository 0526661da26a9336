//! What is wrong with the settings.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// The file is no TOML.
    #[error("cannot understand the configuration: {0}")]
    Syntax(Box<figment::Error>),
    /// Settings that do not exist, or values that they do not take.
    #[error("{}", count_of_problems(.0.len()))]
    Problems(Vec<ConfigProblem>),
}

/// One thing that is wrong in the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} ({origin}): {problem}")]
pub struct ConfigProblem {
    /// The setting: `store.max_file_bytes`.
    pub key: String,
    /// Where it was given.
    pub origin: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// The service does not listen where others could reach it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("will not listen on {address}: other machines could reach it, and it has no way to tell who is calling")]
pub struct ServeRefusal {
    /// The address that was asked for.
    pub address: SocketAddr,
}

fn count_of_problems(count: usize) -> String {
    if count == 1 { "a setting is wrong".to_owned() } else { format!("{count} settings are wrong") }
}
