//! The options that every run takes, whatever its tool.

use crate::csv::{Charset, CommentStyle, Dialect, Separator, UnknownColumns};
use crate::model::{OptionKind, OptionSpec};
use crate::tools::options::{OptionError, ToolOptions};
use std::collections::BTreeMap;

const fn option(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    original: &'static str,
    help: &'static str,
) -> OptionSpec {
    OptionSpec { name, kind, default, original, help }
}

/// The options of the engine.
pub const RUN_OPTIONS: &[OptionSpec] = &[
    option(
        "separator",
        OptionKind::Text,
        ";",
        "csvseparator",
        "What stands between two cells: ; (or semicolon), , (or comma), or tab.",
    ),
    option("charset", OptionKind::Text, "UTF-8", "encoding", "UTF-8, ISO-8859-1 or Windows-1252."),
    option(
        "legacy_comments",
        OptionKind::Flag,
        "false",
        "",
        "Also take lines that begin with / ( [ - or a space for comments, as the original does.",
    ),
    option(
        "ignore_unknown_columns",
        OptionKind::Flag,
        "false",
        "invalidnamesnocheck",
        "Leave unknown columns aside, with a notice each, instead of refusing the file.",
    ),
    option("report", OptionKind::Flag, "true", "storereport", "Store a text report in /reports."),
    option(
        "tryback",
        OptionKind::Flag,
        "true",
        "filefailed",
        "Store the failed lines and their reasons beside the command file.",
    ),
    option("archive", OptionKind::Flag, "false", "filearchive", "Move the command file to /archives after the run."),
    option("cleanup", OptionKind::Flag, "false", "filecleanup", "Remove the command file after the run."),
    option(
        "enrol_cleanup",
        OptionKind::Flag,
        "false",
        "enrolcleanup",
        "Delete groups without members in the courses that the run touched. What is still in use is kept.",
    ),
    option(
        "keep_created",
        OptionKind::Flag,
        "false",
        "",
        "Spare, where empty groups and groupings are deleted, those that the run itself created.",
    ),
];

/// Whether something is done after a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It is done.
    On,
    /// It is left out.
    Off,
}

impl Step {
    fn of(flag: bool) -> Self {
        if flag { Self::On } else { Self::Off }
    }

    /// Whether it is done.
    pub(super) fn is_on(self) -> bool {
        self == Self::On
    }
}

/// How a run reads its file and what it does at its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Processing {
    /// How the file is written.
    pub(super) dialect: Dialect,
    /// What becomes of unknown columns.
    pub(super) unknown_columns: UnknownColumns,
    /// Whether a report is stored.
    pub(super) report: Step,
    /// Whether failed lines are stored.
    pub(super) tryback: Step,
    /// Whether the command file is moved to the archives.
    pub(super) archive: Step,
    /// Whether the command file is removed.
    pub(super) cleanup: Step,
    /// Whether empty groups of touched courses are deleted.
    pub(super) enrol_cleanup: Step,
    /// Whether those that the run created are spared then.
    pub(super) keep_created: Step,
}

impl Processing {
    /// Reads the engine's options.
    pub(super) fn parse(given: &BTreeMap<String, String>) -> Result<Self, Vec<OptionError>> {
        let options = ToolOptions::check(RUN_OPTIONS, given)?;
        let wrong = |name: &str, problem: String| OptionError { name: name.to_owned(), problem };
        let mut errors = Vec::new();
        // A tab given as itself would be trimmed away.
        let separator = given.get("separator").map_or(";", String::as_str);
        let separator = separator.parse::<Separator>().unwrap_or_else(|error| {
            errors.push(wrong("separator", error.to_string()));
            Separator::default()
        });
        let charset = options.text("charset").parse::<Charset>().unwrap_or_else(|error| {
            errors.push(wrong("charset", error.to_string()));
            Charset::default()
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        let comments = if options.flag("legacy_comments") { CommentStyle::Legacy } else { CommentStyle::Hash };
        let ignore = options.flag("ignore_unknown_columns");
        Ok(Self {
            dialect: Dialect { separator, charset, comments },
            unknown_columns: if ignore { UnknownColumns::Ignore } else { UnknownColumns::Refuse },
            report: Step::of(options.flag("report")),
            tryback: Step::of(options.flag("tryback")),
            archive: Step::of(options.flag("archive")),
            cleanup: Step::of(options.flag("cleanup")),
            enrol_cleanup: Step::of(options.flag("enrol_cleanup")),
            keep_created: Step::of(options.flag("keep_created")),
        })
    }
}

/// Refuses names that neither the engine nor the tool has, with the nearest name that exists.
pub(super) fn unknown_options(given: &BTreeMap<String, String>, tool: &[OptionSpec]) -> Vec<OptionError> {
    let known = || RUN_OPTIONS.iter().chain(tool).map(|spec| spec.name);
    given
        .keys()
        .filter(|name| !known().any(|known| known == *name))
        .map(|name| {
            let nearest = known()
                .map(|known| (strsim::damerau_levenshtein(known, name), known))
                .min()
                .filter(|(distance, _)| *distance <= 3);
            let hint = match nearest {
                Some((_, known)) => format!("did you mean {known:?}?"),
                None => format!("known are {}", known().collect::<Vec<_>>().join(", ")),
            };
            OptionError { name: name.clone(), problem: format!("there is no such option; {hint}") }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_tab_is_a_separator_too() {
        let processing = Processing::parse(&given(&[("separator", "\t")])).unwrap();
        assert_eq!(processing.dialect.separator, Separator::Tab);
    }

    #[test]
    fn both_dialect_problems_are_told() {
        let errors = Processing::parse(&given(&[("separator", "|"), ("charset", "EBCDIC")])).unwrap_err();
        assert_eq!(errors.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["separator", "charset"]);
    }

    #[test]
    fn a_misspelt_option_is_refused_with_a_hint() {
        let errors = unknown_options(&given(&[("seperator", ";")]), &[]);
        assert!(errors[0].to_string().contains("\"separator\""), "{}", errors[0]);
    }
}
