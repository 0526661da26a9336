//! Which site a request means.

use super::status;
use crate::engine::EngineError;
use crate::model::SiteKey;
use tonic::Status;

/// The site of that key; an empty key is the only site there is.
pub(super) fn resolve(sites: &[SiteKey], key: &str) -> Result<SiteKey, Status> {
    if let ("", [only]) = (key, sites) {
        return Ok(only.clone());
    }
    if key.is_empty() {
        let names: Vec<_> = sites.iter().map(ToString::to_string).collect();
        let problem = format!("several sites are configured; name one of {}", names.join(", "));
        return Err(status::invalid_field("site", problem));
    }
    let found = sites.iter().find(|site| site.0 == key);
    found.cloned().ok_or_else(|| EngineError::SiteUnknown(SiteKey(key.to_owned())).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;

    #[test]
    fn the_site_of_a_request() {
        let one = [SiteKey("north".into())];
        let two = [SiteKey("north".into()), SiteKey("south".into())];
        let code = |sites: &[SiteKey], key: &str| resolve(sites, key).map(|site| site.0).map_err(|s| s.code());
        assert_eq!(code(&one, ""), Ok("north".into()));
        assert_eq!(code(&two, "south"), Ok("south".into()));
        assert_eq!(code(&two, ""), Err(Code::InvalidArgument));
        assert_eq!(code(&one, "west"), Err(Code::NotFound));
    }
}
