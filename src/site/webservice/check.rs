//! Whether the token is what is needed: whose it is, of which Moodle, and what it may call.

use super::client::{Parameters, WebService};
use super::error::WebServiceError;
use super::function::Function;
use serde::Deserialize;

/// The account that a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its user name.
    pub username: String,
    /// Moodle's version number: `2022112802.06`.
    pub version: String,
    /// The functions that are needed and not part of the token's service.
    pub missing: Vec<Function>,
}

#[derive(Deserialize)]
struct SiteInfo {
    username: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    functions: Vec<Callable>,
}

#[derive(Deserialize)]
struct Callable {
    name: String,
}

impl WebService {
    /// Asks Moodle about the token.
    pub async fn account(&self) -> Result<Account, WebServiceError> {
        let info: SiteInfo = self.call(Function::GetSiteInfo, Parameters::new()).await?;
        let callable = |function: &Function| info.functions.iter().any(|callable| callable.name == function.name());
        let missing = Function::ALL.into_iter().filter(|function| !callable(function)).collect();
        Ok(Account { username: info.username, version: info.version, missing })
    }
}
