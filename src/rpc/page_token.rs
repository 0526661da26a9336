//! Page tokens: where a listing goes on, bound to the question that it answers.
//!
//! A token is not a secret and grants nothing: a forged one only begins the listing elsewhere. Clients must not look
//! inside.

use super::status;
use sha2::{Digest, Sha256};
use std::fmt::{Display, Write};
use std::str::FromStr;
use tonic::Status;

/// Bytes of the question's digest in a token.
const FINGERPRINT_BYTES: usize = 8;

/// The question that a listing answers: which listing, which site, which filters.
#[derive(Debug)]
pub(super) struct Query([u8; FINGERPRINT_BYTES]);

impl Query {
    /// `listing` names the kind of listing, `filters` all that it depends on besides the page.
    pub(super) fn new(listing: &str, filters: &[&dyn Display]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(listing);
        for filter in filters {
            let text = filter.to_string();
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        let mut fingerprint = [0; FINGERPRINT_BYTES];
        fingerprint.copy_from_slice(&hasher.finalize()[..FINGERPRINT_BYTES]);
        Self(fingerprint)
    }

    /// The token of the page after `cursor`; empty when there is none.
    pub(super) fn token(&self, cursor: Option<impl Display>) -> String {
        let Some(cursor) = cursor else { return String::new() };
        let bytes = self.0.iter().copied().chain(cursor.to_string().into_bytes());
        bytes.fold(String::new(), |mut token, byte| {
            let _ = write!(token, "{byte:02x}");
            token
        })
    }

    /// The cursor in a token of this query; `None` for the first page.
    pub(super) fn cursor<K: FromStr>(&self, token: &str) -> Result<Option<K>, Status> {
        if token.is_empty() {
            return Ok(None);
        }
        let cursor = decode(token).and_then(|bytes| {
            let cursor = bytes.strip_prefix(&self.0)?;
            std::str::from_utf8(cursor).ok()?.parse().ok()
        });
        cursor.map(Some).ok_or_else(|| {
            let problem = "the token does not belong to this request; pass next_page_token of the answer before, \
                           with the other fields unchanged";
            status::invalid_field("page_token", problem)
        })
    }
}

fn decode(token: &str) -> Option<Vec<u8>> {
    let digits = token.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|p| p.len() == 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;

    #[test]
    fn a_token_goes_round() {
        let query = Query::new("files", &[&"default", &"/erp"]);
        let token = query.token(Some("/erp/größe.csv"));
        assert_eq!(query.cursor::<String>(&token).unwrap().as_deref(), Some("/erp/größe.csv"));
        assert_eq!(query.cursor::<String>("").unwrap(), None);
        assert_eq!(query.token(None::<String>), "");
    }

    #[test]
    fn a_token_of_another_query_is_refused() {
        let token = Query::new("files", &[&"default", &"/erp"]).token(Some(7));
        let others = [Query::new("files", &[&"default", &"/er", &"p"]), Query::new("runs", &[&"default", &"/erp"])];
        for other in others {
            assert_eq!(other.cursor::<u64>(&token).unwrap_err().code(), Code::InvalidArgument);
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let query = Query::new("files", &[]);
        let good = query.token(Some(7));
        for token in ["x", "zz", "é", "0", &good[..good.len() - 1], &good[..4], "+1+2"] {
            assert_eq!(query.cursor::<u64>(token).unwrap_err().code(), Code::InvalidArgument, "{token}");
        }
    }
}
