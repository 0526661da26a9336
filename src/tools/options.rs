//! Options of a run as the tools read them: typed, with every problem reported at once.

use crate::model::{OptionKind, OptionSpec};
use std::collections::BTreeMap;

/// An option that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("option {name:?}: {problem}")]
pub struct OptionError {
    /// The option.
    pub name: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// The word of a switch: `true`, `1`, `yes`, `on` and their opposites.
pub fn parse_flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The options of one tool (or of the engine), checked against their description.
#[derive(Debug, Clone, Default)]
pub struct ToolOptions {
    values: BTreeMap<&'static str, String>,
}

impl ToolOptions {
    /// Checks `given` against `specs`; names in `given` that are not in `specs` are left to the caller.
    pub fn check(specs: &[OptionSpec], given: &BTreeMap<String, String>) -> Result<Self, Vec<OptionError>> {
        let mut values = BTreeMap::new();
        let mut errors = Vec::new();
        for spec in specs {
            let text = given.get(spec.name).map_or(spec.default, String::as_str).trim();
            match check_value(spec, text) {
                Ok(value) => _ = values.insert(spec.name, value),
                Err(problem) => errors.push(OptionError { name: spec.name.to_owned(), problem }),
            }
        }
        if errors.is_empty() { Ok(Self { values }) } else { Err(errors) }
    }

    /// A text option; empty when the tool has no such option.
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// A switch.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name) == "true"
    }
}

fn check_value(spec: &OptionSpec, text: &str) -> Result<String, String> {
    match spec.kind {
        OptionKind::Flag => match parse_flag(text) {
            Some(flag) => Ok(flag.to_string()),
            None => Err(format!("{text:?} is neither true nor false")),
        },
        OptionKind::Choice(words) => match words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
            Some(word) => Ok((*word).to_owned()),
            None => Err(format!("{text:?} is not one of {}", words.join(", "))),
        },
        OptionKind::Text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &[OptionSpec] = &[
        OptionSpec { name: "flag", kind: OptionKind::Flag, default: "false", original: "", help: "" },
        OptionSpec { name: "key", kind: OptionKind::Choice(&["id", "name"]), default: "id", original: "", help: "" },
    ];

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn defaults_and_spellings() {
        let options = ToolOptions::check(SPECS, &given(&[("flag", "Yes"), ("key", "NAME")])).unwrap();
        assert!(options.flag("flag"));
        assert_eq!(options.text("key"), "name");
        let options = ToolOptions::check(SPECS, &given(&[])).unwrap();
        assert!(!options.flag("flag"));
        assert_eq!(options.text("key"), "id");
    }

    #[test]
    fn all_problems_at_once() {
        let errors = ToolOptions::check(SPECS, &given(&[("flag", "maybe"), ("key", "x")])).unwrap_err();
        assert_eq!(errors.len(), 2);
        assert!(errors[1].to_string().contains("id, name"));
    }
}
