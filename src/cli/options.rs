//! Options of runs, as `--option NAME=VALUE`.

use super::CliError;
use crate::rpc::pb;
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};

/// How the value of a flag may be written.
const FLAG_WORDS: [&str; 8] = ["true", "1", "yes", "on", "false", "0", "no", "off"];

/// One `NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OptionArg {
    name: String,
    value: String,
}

/// How a run is to be done, the same for every command that starts or plans one.
#[derive(Debug, Args)]
pub(super) struct RunSettings {
    /// Only tell what a real run would do
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Set an option of the run; `toolsync tools TOOL` lists them
    #[arg(long = "option", short, value_name = "NAME=VALUE", value_parser = parse_option)]
    options: Vec<OptionArg>,
    /// Stop after so many failed lines; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) max_errors: u64,
}

fn parse_option(text: &str) -> Result<OptionArg, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok(OptionArg { name: name.trim().to_owned(), value: value.to_owned() })
        }
        _ => Err("write it as NAME=VALUE, like separator=,".to_owned()),
    }
}

impl RunSettings {
    /// The options by name.
    pub(super) fn options(&self) -> Result<BTreeMap<String, String>, CliError> {
        let mut options = BTreeMap::new();
        for given in &self.options {
            if options.insert(given.name.clone(), given.value.clone()).is_some() {
                let message = format!("the option {} is given twice", given.name);
                return Err(CliError::Arguments { message, hint: Some("give it once".to_owned()) });
            }
        }
        Ok(options)
    }
}

/// Refuses options that neither all runs nor any tool has.
pub(super) fn refuse_unknown(
    options: &BTreeMap<String, String>,
    tools: &pb::ListToolsResponse,
) -> Result<(), CliError> {
    let of_tools = tools.tools.iter().flat_map(|tool| &tool.options);
    let known: BTreeSet<&str> = tools.run_options.iter().chain(of_tools).map(|option| option.name.as_str()).collect();
    match options.keys().find(|name| !known.contains(name.as_str())) {
        None => Ok(()),
        Some(name) => Err(CliError::Arguments {
            message: format!("no tool has the option {name:?}"),
            hint: nearest(name, known.iter().copied()).map(|known| format!("did you mean {known}?")),
        }),
    }
}

/// Refuses options that a tool does not have, and values that they do not take, before anything is sent.
pub(super) fn refuse_unfit(
    given: &BTreeMap<String, String>,
    tool: &pb::ToolDescriptor,
    tools: &pb::ListToolsResponse,
) -> Result<(), CliError> {
    let known = || tools.run_options.iter().chain(&tool.options);
    let problem = given.iter().find_map(|(name, value)| match known().find(|option| option.name == *name) {
        Some(option) => wrong_value(option, value).map(|problem| format!("the option {name}: {problem}")),
        None => {
            let meant = nearest(name, known().map(|option| option.name.as_str()));
            let meant = meant.map(|known| format!("; did you mean {known:?}?")).unwrap_or_default();
            Some(format!("{} has no option {name:?}{meant}", tool.name))
        }
    });
    problem.map_or(Ok(()), |message| {
        let hint = Some(format!("`toolsync tools {}` lists the options", tool.name));
        Err(CliError::Arguments { message, hint })
    })
}

/// What is wrong with a value, as far as the description of the option tells; of texts the server knows more.
fn wrong_value(option: &pb::OptionDescriptor, value: &str) -> Option<String> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value.trim()));
    match option.kind() {
        pb::OptionKind::Flag if !is_one_of(&FLAG_WORDS) => Some(format!("{value:?} is neither true nor false")),
        pb::OptionKind::Choice if !option.choices.iter().any(|word| is_one_of(&[word])) => {
            Some(format!("{value:?} is not one of {}", option.choices.join(", ")))
        }
        _ => None,
    }
}

/// The options that a tool takes, of those given for several tools.
pub(super) fn taken_by(
    tool: &pb::ToolDescriptor,
    options: &BTreeMap<String, String>,
    tools: &pb::ListToolsResponse,
) -> BTreeMap<String, String> {
    let takes = |name: &str| tools.run_options.iter().chain(&tool.options).any(|option| option.name == name);
    options.iter().filter(|(name, _)| takes(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The tool of that name.
pub(super) fn tool_named<'t>(name: &str, tools: &'t pb::ListToolsResponse) -> Result<&'t pb::ToolDescriptor, CliError> {
    let names = || tools.tools.iter().map(|tool| tool.name.as_str());
    tools.tools.iter().find(|tool| tool.name == name).ok_or_else(|| {
        let hint = match nearest(name, names()) {
            Some(known) => format!("did you mean {known}?"),
            None => format!("the tools are {}", names().collect::<Vec<_>>().join(", ")),
        };
        CliError::Arguments { message: format!("there is no tool {name:?}"), hint: Some(hint) }
    })
}

fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let nearest = known.map(|known| (strsim::damerau_levenshtein(known, name), known)).min();
    nearest.filter(|(distance, _)| *distance <= 3).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(name: &str) -> pb::OptionDescriptor {
        pb::OptionDescriptor { name: name.to_owned(), ..Default::default() }
    }

    fn tools() -> pb::ListToolsResponse {
        let tool = |name: &str, own: &str| pb::ToolDescriptor {
            name: name.to_owned(),
            options: vec![option(own)],
            ..Default::default()
        };
        pb::ListToolsResponse {
            tools: vec![tool("courses", "force_update"), tool("users", "password_policy")],
            run_options: vec![option("separator")],
        }
    }

    fn given(options: &[(&str, &str)]) -> BTreeMap<String, String> {
        options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn hint(error: CliError) -> String {
        match error {
            CliError::Arguments { message, hint } => format!("{message}; {}", hint.unwrap_or_default()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_are_names_and_values() {
        let cases = [("a=b", Some(("a", "b"))), ("a=", Some(("a", ""))), ("a=b=c", Some(("a", "b=c")))];
        for (text, expected) in cases.into_iter().chain([("a", None), ("=b", None), ("", None)]) {
            let parsed = parse_option(text).ok();
            let parsed = parsed.as_ref().map(|option| (option.name.as_str(), option.value.as_str()));
            assert_eq!(parsed, expected, "{text}");
        }
    }

    #[test]
    fn an_option_given_twice_is_refused() {
        let options = ["a=1", "a=2"].map(|text| parse_option(text).unwrap()).to_vec();
        let settings = RunSettings { dry_run: false, options, max_errors: 0 };
        assert!(hint(settings.options().unwrap_err()).contains("given twice"));
    }

    #[test]
    fn a_tool_gets_the_options_it_has() {
        let options = given(&[("separator", ","), ("force_update", "true")]);
        refuse_unknown(&options, &tools()).unwrap();
        assert_eq!(taken_by(&tools().tools[0], &options, &tools()), options);
        assert_eq!(taken_by(&tools().tools[1], &options, &tools()), given(&[("separator", ",")]));
    }

    #[test]
    fn an_option_of_no_tool_is_refused() {
        let error = refuse_unknown(&given(&[("seperator", ",")]), &tools()).unwrap_err();
        assert_eq!(hint(error), "no tool has the option \"seperator\"; did you mean separator?");
    }

    #[test]
    fn options_are_checked_before_anything_is_sent() {
        let kinds = [("force_update", pb::OptionKind::Flag), ("key", pb::OptionKind::Choice)];
        let options = kinds.map(|(name, kind)| pb::OptionDescriptor {
            kind: kind as i32,
            choices: vec!["id".to_owned(), "shortname".to_owned()],
            ..option(name)
        });
        let tools = tools();
        let tool = pb::ToolDescriptor { options: options.to_vec(), ..tools.tools[0].clone() };
        for fine in [("force_update", "Yes"), ("key", "ID"), ("separator", "anything")] {
            refuse_unfit(&given(&[fine]), &tool, &tools).unwrap();
        }
        let cases = [
            (("force_update", "maybe"), "the option force_update: \"maybe\" is neither true nor false"),
            (("key", "email"), "the option key: \"email\" is not one of id, shortname"),
            (("seperator", ","), "courses has no option \"seperator\"; did you mean \"separator\"?"),
            (("password_policy", "x"), "courses has no option \"password_policy\""),
        ];
        for (option, message) in cases {
            let told = hint(refuse_unfit(&given(&[option]), &tool, &tools).unwrap_err());
            assert_eq!(told, format!("{message}; `toolsync tools courses` lists the options"));
        }
    }

    #[test]
    fn tools_go_by_name() {
        assert_eq!(tool_named("users", &tools()).unwrap().name, "users");
        assert!(hint(tool_named("user", &tools()).unwrap_err()).ends_with("did you mean users?"));
        assert!(hint(tool_named("nonsense", &tools()).unwrap_err()).ends_with("the tools are courses, users"));
    }
}
