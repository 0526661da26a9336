//! The settings of the site that is served.

use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

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
    /// What is started when a run has made caches of a running Moodle stale.
    pub after_run: Option<AfterRunConfig>,
    /// How long it may take.
    pub after_run_timeout: Duration,
    /// The folder `filedir` in Moodle's data folder, where contents of files go. None on the embedded site: a folder in
    /// the data folder.
    pub filedir: Option<PathBuf>,
    /// Moodle's own web services, for what only Moodle itself can do.
    pub webservice: WebServiceConfig,
}

/// A command: a program and its arguments, without a shell in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterRunConfig {
    /// The program: a path, or a name to be found on the `PATH`.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl TryFrom<Vec<String>> for AfterRunConfig {
    type Error = String;

    fn try_from(words: Vec<String>) -> Result<Self, String> {
        let mut words = words.into_iter();
        match words.next().filter(|program| !program.trim().is_empty()) {
            Some(program) => Ok(Self { program, arguments: words.collect() }),
            None => Err("the list names no program; its first item is one, the others are arguments".to_owned()),
        }
    }
}

/// An account of Moodle's web services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebServiceConfig {
    /// Where Moodle is.
    pub url: Option<MoodleUrl>,
    /// What it asks for.
    pub token: Option<Token>,
    /// How long a call may take.
    pub timeout: Duration,
    /// How long a call may take that imports the content of a course, or deletes a course.
    pub content_timeout: Duration,
}

impl WebServiceConfig {
    pub(super) fn set_token(&mut self, text: &str) -> Result<(), String> {
        if self.token.is_some() {
            return Err("a token is given already; leave token or token_file out".to_owned());
        }
        self.token = Some(text.parse()?);
        Ok(())
    }

    /// The setting that is missing, if one of the two that belong together is given without the other.
    pub(super) fn missing(&self) -> Option<(&'static str, &'static str)> {
        match (&self.url, &self.token) {
            (Some(_), None) => Some(("site.webservice.token", "it is missing; give it or site.webservice.token_file")),
            (None, Some(_)) => Some(("site.webservice.url", "it is missing; give it, or leave out the token")),
            _ => None,
        }
    }
}

/// The address of a Moodle: what its pages' addresses begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoodleUrl(String);

impl MoodleUrl {
    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MoodleUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("://") {
            Some(("https" | "http", rest)) if !rest.is_empty() && !rest.contains(['?', '#', '@', ' ']) => {
                Ok(Self(text.trim_end_matches('/').to_owned()))
            }
            // Not repeated: a token may have been pasted here.
            _ => Err("this is no address of a Moodle; write it as https://moodle.example.org".to_owned()),
        }
    }
}

/// A token of Moodle's web services. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl FromStr for Token {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            token if !token.is_empty() && token.chars().all(|c| c.is_ascii_alphanumeric()) => {
                Ok(Self(token.to_owned()))
            }
            _ => Err("this is no token of Moodle, which has letters and digits only".to_owned()),
        }
    }
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            name: "default".to_owned(),
            url: None,
            table_prefix: "mdl_".to_owned(),
            pool_size: NonZeroU32::MIN.saturating_add(3),
            statement_timeout: Duration::from_secs(300),
            reconnect_timeout: Duration::from_secs(300),
            allow_unknown_version: false,
            after_run: None,
            after_run_timeout: Duration::from_secs(60),
            filedir: None,
            webservice: WebServiceConfig {
                url: None,
                token: None,
                timeout: Duration::from_secs(30),
                content_timeout: Duration::from_secs(600),
            },
        }
    }
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
