//! The settings by their keys: how each value gets into the [`Config`].

use super::Config;
use figment::value::Value;
use std::path::PathBuf;
use std::time::Duration;

/// With less memory no picture could be read.
const LEAST_PICTURE_MEMORY: u64 = 64 << 20;

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
        key: "site.after_run_timeout",
        set: |config, text| {
            config.site.after_run_timeout = seconds(text)?;
            Ok(())
        },
    },
    Setting {
        key: "site.filedir",
        set: |config, text| {
            let folder = PathBuf::from(filled(text)?);
            if !folder.is_absolute() {
                return Err(format!("{text:?} is not absolute; write the whole path, like /var/moodledata/filedir"));
            }
            config.site.filedir = Some(folder);
            Ok(())
        },
    },
    Setting {
        key: "site.webservice.url",
        set: |config, text| {
            config.site.webservice.url = Some(text.parse()?);
            Ok(())
        },
    },
    Setting { key: "site.webservice.token", set: |config, text| config.site.webservice.set_token(text) },
    Setting {
        key: "site.webservice.token_file",
        set: |config, text| {
            let unreadable = |cause| format!("cannot read {text}: {cause}");
            config.site.webservice.set_token(&std::fs::read_to_string(text).map_err(unreadable)?)
        },
    },
    Setting {
        key: "site.webservice.timeout",
        set: |config, text| {
            config.site.webservice.timeout = seconds(text)?;
            Ok(())
        },
    },
    Setting {
        key: "site.webservice.content_timeout",
        set: |config, text| {
            config.site.webservice.content_timeout = seconds(text)?;
            Ok(())
        },
    },
    Setting {
        key: "store.max_file_bytes",
        set: |config, text| {
            config.store.max_file_bytes = bytes(text, 1)?;
            Ok(())
        },
    },
    Setting {
        key: "pictures.max_entries",
        set: |config, text| {
            config.pictures.max_entries = usize::try_from(count(text, "entries")?).unwrap_or(usize::MAX);
            Ok(())
        },
    },
    Setting {
        key: "pictures.max_entry_bytes",
        set: |config, text| {
            config.pictures.max_entry_bytes = bytes(text, 1)?;
            Ok(())
        },
    },
    Setting {
        key: "pictures.max_total_bytes",
        set: |config, text| {
            config.pictures.max_total_bytes = bytes(text, 1)?;
            Ok(())
        },
    },
    Setting {
        key: "pictures.max_ratio",
        set: |config, text| {
            config.pictures.max_ratio = count(text, "times")?;
            Ok(())
        },
    },
    Setting {
        key: "pictures.max_pixels",
        set: |config, text| {
            config.pictures.max_pixels = count(text, "pixels")?;
            Ok(())
        },
    },
    Setting {
        key: "pictures.max_memory_bytes",
        set: |config, text| {
            config.pictures.max_memory_bytes = bytes(text, LEAST_PICTURE_MEMORY)?;
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

/// A setting that is a list.
struct ListSetting {
    key: &'static str,
    set: fn(&mut Config, Vec<String>) -> Result<(), String>,
}

const LISTS: &[ListSetting] = &[ListSetting {
    key: "site.after_run",
    set: |config, words| {
        config.site.after_run = Some(words.try_into()?);
        Ok(())
    },
}];

/// The keys of all settings.
fn keys() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.key).chain(LISTS.iter().map(|setting| setting.key))
}

/// Puts a value into the configuration.
pub(super) fn set(config: &mut Config, key: &str, value: &Value) -> Result<(), String> {
    if let Some(setting) = LISTS.iter().find(|setting| setting.key == key) {
        return list_of(value).and_then(|words| (setting.set)(config, words));
    }
    match SETTINGS.iter().find(|setting| setting.key == key) {
        Some(setting) => text_of(value).and_then(|text| (setting.set)(config, &text)),
        None => Err(unknown(key)),
    }
}

/// A list as TOML has it, or as JSON in a text: the environment has texts only.
fn list_of(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(_, items) => items.iter().map(text_of).collect(),
        _ => {
            let wrong = |_| "this is no list; write one like [\"/opt/clear-caches\", \"--quiet\"]".to_owned();
            serde_json::from_str(&text_of(value)?).map_err(wrong)
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

fn filled(text: &str) -> Result<&str, String> {
    if text.trim().is_empty() { Err("it is empty; leave it out to have the default".to_owned()) } else { Ok(text) }
}

fn bytes(text: &str, least: u64) -> Result<u64, String> {
    let bytes = text.parse().ok().filter(|bytes| *bytes >= least);
    bytes.ok_or_else(|| format!("{text:?} is no size; write a whole number of bytes, at least {least}"))
}

fn count(text: &str, noun: &str) -> Result<u64, String> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| format!("{text:?} is no number of {noun}; write a whole number, at least 1"))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.strip_suffix('s').unwrap_or(text).parse().ok().filter(|seconds| *seconds > 0);
    seconds.map(Duration::from_secs).ok_or_else(|| format!("{text:?} is no time; write whole seconds, like 300"))
}

/// Whether a variable is meant for us. Others share the prefix: Kubernetes sets `TOOLSYNC_SERVICE_HOST` for a service
/// of our name. What is nested as only we do, or nearly has the name of a setting, is taken for a mistake.
pub(super) fn is_meant(key: &str) -> bool {
    key.contains('.') || keys().any(|known| strsim::damerau_levenshtein(known, key) <= 2)
}

fn unknown(key: &str) -> String {
    let nearest = keys().map(|known| (strsim::damerau_levenshtein(known, key), known)).min();
    match nearest.filter(|(distance, _)| *distance <= 3) {
        Some((_, known)) => format!("there is no such setting; did you mean {known}?"),
        None => {
            let known: Vec<_> = keys().collect();
            format!("there is no such setting; the settings are {}", known.join(", "))
        }
    }
}
