//! Plain columns of an account: how a cell becomes the value of a column of `user`. Never looks at accounts.

use super::countries::country;
use crate::model::{BoundColumn, BoundHeader, Line, Problem, Reason};
use crate::site::{ColumnKind, UserField};
use crate::tools::values::{CLEAR, check_limit, invalid, parse_number, parse_switch};
use chrono_tz::Tz;

/// How the text of a column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// A name of a person: no tags.
    Name,
    /// Any text.
    Text,
    Email,
    Country,
    Language,
    Zone,
    /// The name of an authentication plug-in.
    Plugin,
    /// 1 or 0.
    Switch,
    /// One of these numbers.
    Number(&'static [i64]),
}

/// What a blank cell and the clear marker do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Emptiness {
    /// Blank is an error, and so is the marker.
    Required,
    /// Blank keeps; the marker is an error.
    Never,
    /// Blank keeps; the marker empties.
    ByMarker,
    /// Both empty.
    ByBlank,
}

use Emptiness::{ByBlank, ByMarker, Never, Required};

const PLAIN: &[(UserField, Rule, Emptiness)] = &[
    (UserField::Firstname, Rule::Name, Required),
    (UserField::Lastname, Rule::Name, Required),
    (UserField::Idnumber, Rule::Text, ByMarker),
    (UserField::Email, Rule::Email, ByMarker),
    (UserField::Auth, Rule::Plugin, Never),
    (UserField::Suspended, Rule::Switch, Never),
    (UserField::Emailstop, Rule::Switch, Never),
    (UserField::Phone1, Rule::Text, ByBlank),
    (UserField::Phone2, Rule::Text, ByBlank),
    (UserField::Institution, Rule::Text, ByBlank),
    (UserField::Department, Rule::Text, ByBlank),
    (UserField::Address, Rule::Text, ByBlank),
    (UserField::City, Rule::Text, ByMarker),
    (UserField::Country, Rule::Country, ByMarker),
    (UserField::Lang, Rule::Language, Never),
    (UserField::Theme, Rule::Text, ByMarker),
    (UserField::Timezone, Rule::Zone, Never),
    (UserField::Description, Rule::Text, ByBlank),
    (UserField::Descriptionformat, Rule::Number(&[0, 1, 2, 4]), Never),
    (UserField::Mailformat, Rule::Number(&[0, 1]), Never),
    (UserField::Maildigest, Rule::Number(&[0, 1, 2]), Never),
    (UserField::Maildisplay, Rule::Number(&[0, 1, 2]), Never),
    (UserField::Autosubscribe, Rule::Switch, Never),
    (UserField::Trackforums, Rule::Switch, Never),
    (UserField::Middlename, Rule::Name, ByMarker),
    (UserField::Alternatename, Rule::Name, ByMarker),
    (UserField::Firstnamephonetic, Rule::Name, ByMarker),
    (UserField::Lastnamephonetic, Rule::Name, ByMarker),
];

/// A plain column of a file.
#[derive(Debug)]
pub(super) struct PlainColumn {
    pub(super) field: UserField,
    column: BoundColumn,
    rule: Rule,
    emptiness: Emptiness,
}

/// The plain columns of a header, in Moodle's order.
pub(super) fn bind(header: &BoundHeader) -> Vec<PlainColumn> {
    let bound = PLAIN.iter().filter_map(|&(field, rule, emptiness)| {
        let column = header.column(field.column())?.clone();
        Some(PlainColumn { field, column, rule, emptiness })
    });
    bound.collect()
}

/// Why a cell gives no value.
enum Unread {
    /// The line is refused.
    Wrong(Problem),
    /// The stored value stays, with a warning.
    Kept(Problem),
}

impl PlainColumn {
    /// From now on a blank cell of a mandatory column keeps the stored value.
    pub(super) fn keep_where_blank(&mut self) {
        if self.emptiness == Required {
            self.emptiness = Never;
        }
    }

    /// Reads the column of a line. `None`: the value stays as it is.
    pub(super) fn read(&self, line: &Line, problems: &mut Vec<Problem>) -> Option<String> {
        let text = line.cell(self.column.index).map(|cell| cell.text.trim());
        match (text, self.emptiness) {
            (None | Some(""), Required) => {
                let message = format!("Column {} is blank; every account needs a value.", self.column.name);
                problems.push(Problem::error(Reason::ValueMissing, message).at(&self.column.name));
                None
            }
            (None, _) | (Some(""), Never | ByMarker) => None,
            (Some(""), ByBlank) => Some(String::new()),
            (Some(CLEAR), ByMarker | ByBlank) => Some(String::new()),
            (Some(CLEAR), Required | Never) => {
                problems.push(invalid(&self.column, format!("{CLEAR} is not possible, it cannot be empty")));
                None
            }
            (Some(text), _) => match self.value(text) {
                Ok(value) => Some(value),
                Err(Unread::Wrong(problem) | Unread::Kept(problem)) => {
                    problems.push(problem);
                    None
                }
            },
        }
    }

    fn value(&self, text: &str) -> Result<String, Unread> {
        let wrong = |sentence: String| Unread::Wrong(invalid(&self.column, sentence));
        match self.rule {
            Rule::Name if has_tags(text) => Err(wrong("names hold no tags in angle brackets".to_owned())),
            Rule::Name | Rule::Text => self.limited(text),
            Rule::Email if !is_address(text) => Err(wrong(format!("{text:?} is not an e-mail address"))),
            Rule::Email => self.limited(text),
            Rule::Plugin if !is_plugin_name(text) => {
                Err(wrong(format!("{text:?} is not the name of an authentication plug-in; manual, for example, is")))
            }
            Rule::Plugin => self.limited(text),
            Rule::Country => country(text).ok_or_else(|| self.kept(text, "the code of a country such as BE")),
            Rule::Language => language(text).ok_or_else(|| self.kept(text, "a language such as en or pt_br")),
            Rule::Zone if is_zone(text) => Ok(text.to_owned()),
            Rule::Zone => Err(self.kept(text, "a time zone such as Europe/Brussels")),
            Rule::Switch => parse_switch(text).map(|on| if on { "1" } else { "0" }.to_owned()).map_err(wrong),
            Rule::Number(allowed) => match parse_number(text, 0..=9).ok().filter(|number| allowed.contains(number)) {
                Some(number) => Ok(number.to_string()),
                None => Err(wrong(format!("{text:?} is not one of {allowed:?}"))),
            },
        }
    }

    fn limited(&self, text: &str) -> Result<String, Unread> {
        if let ColumnKind::Text(limit) = self.field.kind() {
            check_limit(&self.column, text, limit).map_err(Unread::Wrong)?;
        }
        Ok(text.to_owned())
    }

    fn kept(&self, text: &str, wanted: &str) -> Unread {
        let message = format!("Column {}: {text:?} is not {wanted}; the value was left as it is.", self.column.name);
        Unread::Kept(Problem::warning(Reason::ValueAdjusted, message).at(&self.column.name))
    }
}

fn has_tags(text: &str) -> bool {
    text.split_once('<').is_some_and(|(_, rest)| rest.contains('>'))
}

/// Whether text has the form of an e-mail address: enough to catch cells of the wrong column.
pub(super) fn is_address(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c);
    text.rsplit_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && !name.contains('@')
            && !text.contains(odd)
            && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
    })
}

fn is_plugin_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn language(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let code = lower.strip_suffix("_utf8").unwrap_or(&lower);
    let first = code.split('_').next().unwrap_or("");
    let well_formed = (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && code.split('_').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (well_formed && code.len() <= 30).then(|| code.to_owned())
}

/// A name of the zone database, 99 for the server's zone, or hours from UTC.
fn is_zone(text: &str) -> bool {
    text == "99"
        || text.parse::<Tz>().is_ok()
        || text.parse::<f64>().is_ok_and(|hours| (-14.0..=14.0).contains(&hours) && (hours * 4.0).fract() == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clearing;

    #[test]
    fn addresses() {
        for good in ["a@b.test", "root@localhost", "o'neil+x@ex.test", "é@ex.test", "AWA@EX.TEST"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c.test", "a@b@c.test", "a@b..c", "a@.c", "a,b@c.test", "<a@b.test>"] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn places() {
        for (text, expected) in [("FR_UTF8", Some("fr")), ("pt_br", Some("pt_br")), ("français", None), ("e", None)] {
            assert_eq!(language(text).as_deref(), expected, "{text}");
        }
        for good in ["99", "Europe/Paris", "-3.5", "2"] {
            assert!(is_zone(good), "{good}");
        }
        for bad in ["Paris", "98", "nan", ""] {
            assert!(!is_zone(bad), "{bad}");
        }
    }

    #[test]
    fn every_plain_column_is_described() {
        for (field, _, emptiness) in PLAIN {
            let spec = super::super::DESCRIPTOR.columns.iter().find(|spec| spec.name == field.column());
            let clearing = match emptiness {
                Required | Never => Clearing::Never,
                ByMarker => Clearing::Marker,
                ByBlank => Clearing::Blank,
            };
            assert_eq!(spec.map(|spec| spec.clearing), Some(clearing), "{}", field.column());
        }
    }
}
