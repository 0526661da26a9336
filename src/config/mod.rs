//! What the operator settles: where the data lives, where the service listens, how large files may be.
//!
//! Four layers, each stronger than the one before: defaults, a TOML file, the environment, flags. All problems are
//! reported at once, each with the place it comes from. Nothing here may know what a setting is used for.

mod error;
mod layers;
mod log;
mod pictures;
mod settings;
mod site;

pub use error::{ConfigError, ConfigProblem, ServeRefusal};
pub use log::{LogConfig, LogLevel};
pub use pictures::PicturesConfig;
pub use site::{AfterRunConfig, DatabaseUrl, MoodleUrl, SiteConfig, Token, WebServiceConfig};

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// The settings of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder that holds everything the service keeps. Relative to the working folder.
    pub data: PathBuf,
    /// Where `serve` listens. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// The site that is served.
    pub site: SiteConfig,
    /// Limits of the file store.
    pub store: StoreConfig,
    /// Limits of pictures of users and of the archives that they come in.
    pub pictures: PicturesConfig,
    /// What is logged.
    pub log: LogConfig,
}

/// Limits of the file store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// Largest file, in bytes.
    pub max_file_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("toolsync-data"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 50051)),
            site: SiteConfig::default(),
            store: StoreConfig { max_file_bytes: 4 * 1024 * 1024 * 1024 },
            pictures: PicturesConfig::default(),
            log: LogConfig { level: LogLevel::Info },
        }
    }
}

/// The settings given on the command line. `None` leaves the layers below as they are.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--data`
    pub data: Option<PathBuf>,
    /// `--listen`
    pub listen: Option<String>,
}

impl Config {
    /// Reads the layers: defaults < `file` < environment (`TOOLSYNC_STORE__MAX_FILE_BYTES`) < `flags`.
    pub fn load(file: Option<&Path>, flags: Flags) -> Result<Self, ConfigError> {
        let text = |text: OsString| text.to_string_lossy().into_owned();
        Self::layered(file, std::env::vars_os().map(|(name, value)| (text(name), text(value))), flags)
    }

    fn layered(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: Flags,
    ) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        let mut problems = Vec::new();
        for layers::Leaf { key, origin, value } in layers::read(file, environment, flags)? {
            if let Err(problem) = settings::set(&mut config, &key, &value) {
                problems.push(ConfigProblem { key, origin, problem });
            }
        }
        if let Some((key, problem)) = config.site.webservice.missing().filter(|_| problems.is_empty()) {
            let (key, origin, problem) = (key.to_owned(), "nowhere given".to_owned(), problem.to_owned());
            problems.push(ConfigProblem { key, origin, problem });
        }
        if problems.is_empty() { Ok(config) } else { Err(ConfigError::Problems(problems)) }
    }

    /// Where to listen, if nobody but this machine can reach it.
    pub fn loopback(&self) -> Result<SocketAddr, ServeRefusal> {
        if self.listen.ip().is_loopback() { Ok(self.listen) } else { Err(ServeRefusal { address: self.listen }) }
    }
}

#[cfg(test)]
mod tests;
