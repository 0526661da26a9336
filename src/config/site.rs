//! The settings of the site that is served.

use std::fmt;
use std::num::NonZeroU32;
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
