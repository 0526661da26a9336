//! What the operator settles: where the data lives, where the service listens, how large files may be.
//!
//! Four layers, each stronger than the one before: defaults, a TOML file, the environment, flags. All problems are
//! reported at once, each with the place it comes from. Nothing here may know what a setting is used for.

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use std::ffi::OsString;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

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
    /// What is logged.
    pub log: LogConfig,
}

/// The site that is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteConfig {
    /// Its key in requests.
    pub name: String,
    /// The database of a Moodle: `postgres://…` or `mysql://…`. None: the embedded site in the data folder.
    pub url: Option<DatabaseUrl>,
    /// What the names of Moodle's tables begin with.
    pub table_prefix: String,
    /// Most connections to the database that read at the same time.
    pub pool_size: NonZeroU32,
    /// How long a statement of the database may take.
    pub statement_timeout: Duration,
    /// How long a run waits for a database that does not answer or keeps its tables locked.
    pub reconnect_timeout: Duration,
    /// Whether a Moodle of a version that is not known is served.
    pub allow_unknown_version: bool,
}

/// The address of a database. It may hold a password and is shown without it.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split_once("://").map_or("", |(scheme, _)| scheme);
        let place = self.0.rsplit_once('@').map_or("…", |(_, place)| place);
        write!(f, "{scheme}://…@{place}")
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql" | "mysql" | "mariadb", rest)) if !rest.is_empty() => {
                Ok(Self(text.to_owned()))
            }
            // Not repeated: what is no address may still hold a password.
            _ => Err("this is no address of a database; write it as postgres://USER:PASSWORD@HOST/DATABASE or \
                      mysql://USER:PASSWORD@HOST/DATABASE"
                .to_owned()),
        }
    }
}

/// Limits of the file store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// Largest file, in bytes.
    pub max_file_bytes: u64,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// The least level that is written.
    pub level: LogLevel,
}

/// How much weight an event needs to be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Faults of the service.
    Error,
    /// And what may become one.
    Warn,
    /// And what it does.
    Info,
    /// And how.
    Debug,
    /// And everything else.
    Trace,
}

impl LogLevel {
    const ALL: [LogLevel; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// Its name, as in settings and in filters of tracing.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl FromStr for LogLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| format!("{text:?} is no level; levels are error, warn, info, debug and trace"))
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("toolsync-data"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 50051)),
            site: SiteConfig {
                name: "default".to_owned(),
                url: None,
                table_prefix: "mdl_".to_owned(),
                pool_size: NonZeroU32::MIN.saturating_add(3),
                statement_timeout: Duration::from_secs(300),
                reconnect_timeout: Duration::from_secs(300),
                allow_unknown_version: false,
            },
            store: StoreConfig { max_file_bytes: 4 * 1024 * 1024 * 1024 },
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

/// A setting: its key, and how its value gets into the [`Config`].
struct Setting {
    key: &'static str,
    set: fn(&mut Config, &str) -> Result<(), String>,
}

const SETTINGS: &[Setting] = &[
    Setting {
        key: "data",
        set: |config, text| {
            config.data = PathBuf::from(filled(text)?);
            Ok(())
        },
    },
    Setting {
        key: "listen",
        set: |config, text| {
            let wrong = |_| format!("{text:?} is no address; write it as IP:PORT, like 127.0.0.1:50051");
            config.listen = text.parse().map_err(wrong)?;
            Ok(())
        },
    },
    Setting {
        key: "site.name",
        set: |config, text| {
            config.site.name = filled(text)?.to_owned();
            Ok(())
        },
    },
    Setting {
        key: "site.url",
        set: |config, text| {
            config.site.url = Some(text.parse()?);
            Ok(())
        },
    },
    Setting {
        key: "site.table_prefix",
        set: |config, text| {
            if !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return Err(format!("{text:?} is no prefix of tables; letters, digits and _ only, like mdl_"));
            }
            config.site.table_prefix = text.to_owned();
            Ok(())
        },
    },
    Setting {
        key: "site.pool_size",
        set: |config, text| {
            let wrong = |_| format!("{text:?} is no number of connections; write a whole number, at least 1");
            config.site.pool_size = text.parse().map_err(wrong)?;
            Ok(())
        },
    },
    Setting {
        key: "site.statement_timeout",
        set: |config, text| {
            config.site.statement_timeout = seconds(text)?;
            Ok(())
        },
    },
    Setting {
        key: "site.reconnect_timeout",
        set: |config, text| {
            config.site.reconnect_timeout = seconds(text)?;
            Ok(())
        },
    },
    Setting {
        key: "site.allow_unknown_version",
        set: |config, text| {
            let wrong = |_| format!("{text:?} is neither true nor false");
            config.site.allow_unknown_version = text.parse().map_err(wrong)?;
            Ok(())
        },
    },
    Setting {
        key: "store.max_file_bytes",
        set: |config, text| {
            let bytes = text.parse().ok().filter(|bytes| *bytes > 0);
            config.store.max_file_bytes =
                bytes.ok_or_else(|| format!("{text:?} is no size; write a whole number of bytes, at least 1"))?;
            Ok(())
        },
    },
    Setting {
        key: "log.level",
        set: |config, text| {
            config.log.level = text.parse()?;
            Ok(())
        },
    },
];

fn filled(text: &str) -> Result<&str, String> {
    if text.trim().is_empty() { Err("it is empty; leave it out to have the default".to_owned()) } else { Ok(text) }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.strip_suffix('s').unwrap_or(text).parse().ok().filter(|seconds| *seconds > 0);
    seconds.map(Duration::from_secs).ok_or_else(|| format!("{text:?} is no time; write whole seconds, like 300"))
}

const PREFIX: &str = "TOOLSYNC_";
/// These are read by the command line itself.
const NO_SETTINGS: [&str; 2] = ["server", "config"];

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
        let mut layers = Figment::new();
        if let Some(path) = file {
            let unreadable = |cause| ConfigError::Unreadable { path: path.to_owned(), cause };
            let text = std::fs::read_to_string(path).map_err(unreadable)?;
            layers = layers.merge(TomlFile { path, text });
        }
        for (name, value) in environment {
            if let Some(key) = name.strip_prefix(PREFIX).map(|rest| rest.to_lowercase().replace("__", "."))
                && !NO_SETTINGS.contains(&key.as_str())
                && is_meant(&key)
            {
                layers = layers.merge(Given { origin: format!("environment variable {name}"), key, value });
            }
        }
        for (name, value) in [("data", flags.data.map(|path| path.display().to_string())), ("listen", flags.listen)] {
            if let Some(value) = value {
                layers = layers.merge(Given { origin: format!("flag --{name}"), key: name.to_owned(), value });
            }
        }
        Self::read(&layers)
    }

    /// Where to listen, if nobody but this machine can reach it.
    pub fn loopback(&self) -> Result<SocketAddr, ServeRefusal> {
        if self.listen.ip().is_loopback() { Ok(self.listen) } else { Err(ServeRefusal { address: self.listen }) }
    }

    fn read(layers: &Figment) -> Result<Self, ConfigError> {
        let data = layers.data().map_err(|error| ConfigError::Syntax(Box::new(error)))?;
        let mut leaves = Vec::new();
        for dict in data.into_values() {
            collect_leaves("", dict, &mut leaves);
        }
        let mut config = Self::default();
        let mut problems = Vec::new();
        for (key, value) in leaves {
            let result = match SETTINGS.iter().find(|setting| setting.key == key) {
                Some(setting) => text_of(&value).and_then(|text| (setting.set)(&mut config, &text)),
                None => Err(unknown(&key)),
            };
            if let Err(problem) = result {
                problems.push(ConfigProblem { origin: origin(layers.get_metadata(value.tag())), key, problem });
            }
        }
        if problems.is_empty() { Ok(config) } else { Err(ConfigError::Problems(problems)) }
    }
}

/// Whether a variable is meant for us. Others share the prefix: Kubernetes sets `TOOLSYNC_SERVICE_HOST` for a service
/// of our name. What is nested as only we do, or nearly has the name of a setting, is taken for a mistake.
fn is_meant(key: &str) -> bool {
    key.contains('.') || SETTINGS.iter().any(|setting| strsim::damerau_levenshtein(setting.key, key) <= 2)
}

fn collect_leaves(above: &str, dict: Dict, leaves: &mut Vec<(String, Value)>) {
    for (name, value) in dict {
        let key = if above.is_empty() { name } else { format!("{above}.{name}") };
        match value {
            Value::Dict(_, below) => collect_leaves(&key, below, leaves),
            leaf => leaves.push((key, leaf)),
        }
    }
}

/// The environment has no types and figment guesses them, so a folder called `2025` arrives as a number.
fn text_of(value: &Value) -> Result<String, String> {
    match value {
        Value::String(_, text) => Ok(text.clone()),
        Value::Bool(_, flag) => Ok(flag.to_string()),
        Value::Num(_, number) => number
            .to_u128_lossy()
            .map(|whole| whole.to_string())
            .or_else(|| number.to_i128().map(|whole| whole.to_string()))
            .or_else(|| number.to_f64().map(|real| real.to_string()))
            .ok_or_else(|| "the number cannot be read".to_owned()),
        _ => Err("a list cannot stand here; write one value".to_owned()),
    }
}

fn unknown(key: &str) -> String {
    let nearest = SETTINGS.iter().map(|setting| (strsim::damerau_levenshtein(setting.key, key), setting.key)).min();
    match nearest.filter(|(distance, _)| *distance <= 3) {
        Some((_, known)) => format!("there is no such setting; did you mean {known}?"),
        None => {
            let known: Vec<_> = SETTINGS.iter().map(|setting| setting.key).collect();
            format!("there is no such setting; the settings are {}", known.join(", "))
        }
    }
}

fn origin(metadata: Option<&Metadata>) -> String {
    let Some(metadata) = metadata else { return String::new() };
    let file = metadata.source.as_ref().and_then(figment::Source::file_path);
    file.map_or_else(|| metadata.name.to_string(), |path| path.display().to_string())
}

/// A TOML file that was read already. figment takes a file that is missing for an empty one.
struct TomlFile<'a> {
    path: &'a Path,
    text: String,
}

impl Provider for TomlFile<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::from("TOML file", self.path)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let named = |error: figment::Error| figment::Error::from(format!("{}: {error}", self.path.display()));
        Toml::string(&self.text).data().map_err(named)
    }
}

/// One value, given as text in the environment or on the command line.
struct Given {
    origin: String,
    key: String,
    value: String,
}

impl Provider for Given {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let nested = figment::util::nest(&self.key, Value::from(self.value.clone()));
        Ok(Profile::Default.collect(nested.into_dict().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests;
