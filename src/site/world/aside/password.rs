//! Planned passwords in clear never reach the disk: what is kept of them is a digest under a key that only this
//! process has.

use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// A random key.
pub(super) struct PasswordKey([u8; 32]);

impl PasswordKey {
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(super) fn digest(&self, clear: &str) -> [u8; 32] {
        Sha256::new().chain_update(self.0).chain_update(clear.as_bytes()).finalize().into()
    }
}

impl fmt::Debug for PasswordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordKey")
    }
}

/// What is left of a password that an earlier line sets: enough to recognise it.
#[derive(Debug, Clone)]
pub struct PasswordDigest {
    pub(super) key: Arc<PasswordKey>,
    pub(super) digest: [u8; 32],
}

impl PasswordDigest {
    /// Whether it is the digest of this password.
    pub fn is_of(&self, clear: &str) -> bool {
        self.key.digest(clear) == self.digest
    }
}
