//! Whom a picture is for, by the name of its entry.

use super::descriptor::{EXTENSIONS, HOSTED_USERNAME};
use crate::model::{Problem, Reason};
use crate::site::{SiteFacts, UserKey};
use crate::tools::values::parse_number;

/// How names of entries identify users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// By a column.
    By(UserKey),
    /// By user name and host: `username@1`.
    ByHostedUsername,
}

impl Naming {
    pub(super) fn of_option(word: &str) -> Self {
        match word {
            HOSTED_USERNAME => Self::ByHostedUsername,
            word => Self::By(UserKey::from_name(word).unwrap_or(UserKey::Username)),
        }
    }

    /// The column that identifies in the end.
    pub(super) fn key(self) -> UserKey {
        match self {
            Self::By(key) => key,
            Self::ByHostedUsername => UserKey::Username,
        }
    }

    /// The identifier in a name. A warning where the name is not that of a picture.
    pub(super) fn identifier(self, entry: &str, facts: &SiteFacts) -> Result<String, Problem> {
        let last = entry.rsplit('/').next().unwrap_or_default();
        let stem = match last.rsplit_once('.') {
            Some((stem, extension)) if EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)) => {
                stem.trim()
            }
            _ => {
                let message = format!(
                    "The entry {entry:?} is left aside: its name does not end in that of a picture ({}).",
                    EXTENSIONS.map(|known| format!(".{known}")).join(", ")
                );
                return Err(Problem::warning(Reason::EntryIgnored, message));
            }
        };
        if stem.is_empty() {
            let message = format!("The entry {entry:?} names nobody; write the identifier of the user before the dot.");
            return Err(Problem::error(Reason::UserIdEmpty, message));
        }
        match self {
            Self::By(UserKey::Id) => match parse_number(stem, 1..=i64::MAX) {
                Ok(id) => Ok(id.to_string()),
                Err(sentence) => {
                    let message = format!("The entry {entry:?} is named after no id: {sentence}.");
                    Err(Problem::error(Reason::ValueInvalid, message))
                }
            },
            // Moodle keeps user names in lower case.
            Self::By(UserKey::Username) => Ok(stem.to_lowercase()),
            Self::By(UserKey::Idnumber | UserKey::Email) => Ok(stem.to_owned()),
            Self::ByHostedUsername => hosted(stem, entry, facts.local_host()),
        }
    }
}

/// The user name before the last `@`, if what follows is this site.
fn hosted(stem: &str, entry: &str, local: i64) -> Result<String, Problem> {
    let Some((username, host)) = stem.rsplit_once('@').filter(|(username, _)| !username.is_empty()) else {
        let message = format!("The name of the entry {entry:?} has no host; write username@{local} and the extension.");
        return Err(Problem::error(Reason::ValueInvalid, message));
    };
    if host.parse() != Ok(local) {
        let message = format!(
            "The entry {entry:?} is for an account of the host {host:?}; only accounts of this site, {local}, get pictures."
        );
        return Err(Problem::error(Reason::RemoteUnsupported, message));
    }
    Ok(username.to_lowercase())
}
