//! The layers that settings come from: a TOML file, the environment, flags. Knows no setting by name.

use super::settings::is_meant;
use super::{ConfigError, Flags};
use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use std::path::Path;

const PREFIX: &str = "TOOLSYNC_";
/// These are read by the command line itself.
const NO_SETTINGS: [&str; 2] = ["server", "config"];

/// A value that was given, and where.
pub(super) struct Leaf {
    /// The setting: `store.max_file_bytes`.
    pub(super) key: String,
    pub(super) origin: String,
    pub(super) value: Value,
}

/// What the layers say, the stronger ones over the weaker.
pub(super) fn read(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: Flags,
) -> Result<Vec<Leaf>, ConfigError> {
    let layers = merged(file, environment, flags)?;
    let data = layers.data().map_err(|error| ConfigError::Syntax(Box::new(error)))?;
    let mut leaves = Vec::new();
    for dict in data.into_values() {
        collect_leaves("", dict, &mut leaves);
    }
    let leaf = |(key, value): (String, Value)| Leaf { key, origin: origin(layers.get_metadata(value.tag())), value };
    Ok(leaves.into_iter().map(leaf).collect())
}

fn merged(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: Flags,
) -> Result<Figment, ConfigError> {
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
    Ok(layers)
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
