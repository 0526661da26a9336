//! What becomes of passwords, Moodle's hashes of them, and the MD5 under which it remembers the user name of a deleted account.

use bcrypt::Version;
use md5::{Digest, Md5};
use secrecy::SecretString;
use sha_crypt::{PasswordHash, PasswordHasher, PasswordVerifier, ShaCrypt};

/// What becomes of a user's password.
#[derive(Debug, Clone)]
pub enum NewPassword {
    /// A password in clear, to be hashed when it is applied.
    Clear(SecretString),
    /// A constant that matches no password: `to be generated`, `not cached`, `*NOPASS*`, or nothing.
    Constant(&'static str),
}

/// How a site stores new passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashScheme {
    /// `$2y$`: Moodle before 4.3.
    Bcrypt {
        /// Logarithm of the number of rounds; Moodle's own is 10.
        cost: u32,
    },
    /// `$6$rounds=10000$`: Moodle from 4.3 on.
    Sha512Crypt,
}

/// First version of Moodle (`config.version`) that writes SHA-512 hashes: 4.3.
const FIRST_SHA512_VERSION: f64 = 2_023_100_900.0;

impl HashScheme {
    /// The scheme of a Moodle version as found in `config.version`.
    pub fn of_version(version: &str) -> Self {
        match version.trim().parse::<f64>() {
            Ok(number) if number >= FIRST_SHA512_VERSION => Self::Sha512Crypt,
            _ => Self::Bcrypt { cost: 10 },
        }
    }

    /// The hash of a password, with a new salt. Slow on purpose: call it away from the async threads.
    pub fn hash(self, clear: &str) -> Result<String, String> {
        match self {
            Self::Bcrypt { cost } => bcrypt::hash_with_result(clear, cost)
                .map(|parts| parts.format_for_version(Version::TwoY))
                .map_err(|error| error.to_string()),
            Self::Sha512Crypt => {
                // Moodle asks for 10,000 rounds, which is twice the default of the scheme.
                let params = sha_crypt::Params::new(10_000).map_err(|error| error.to_string())?;
                ShaCrypt::new(sha_crypt::Algorithm::Sha512Crypt, params)
                    .hash_password(clear.as_bytes())
                    .map(|hash| hash.as_str().to_owned())
                    .map_err(|error| error.to_string())
            }
        }
    }
}

/// Whether `stored` is a hash of `clear`. Constants like `not cached` match nothing.
pub fn verify(stored: &str, clear: &str) -> bool {
    if stored.starts_with("$2") {
        return bcrypt::verify(clear, stored).unwrap_or(false);
    }
    if stored.starts_with("$6$") || stored.starts_with("$5$") {
        return PasswordHash::new(stored)
            .is_ok_and(|hash| ShaCrypt::default().verify_password(clear.as_bytes(), &hash).is_ok());
    }
    false
}

/// MD5 in lower-case hexadecimal digits.
pub fn md5_hex(text: &str) -> String {
    use std::fmt::Write;
    Md5::digest(text.as_bytes()).iter().fold(String::with_capacity(32), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_carry_moodles_tags_and_verify() {
        let cases = [(HashScheme::Bcrypt { cost: 4 }, "$2y$04$"), (HashScheme::Sha512Crypt, "$6$rounds=10000$")];
        for (scheme, tag) in cases {
            let hash = scheme.hash("Secret-1").unwrap();
            assert!(hash.starts_with(tag), "{hash}");
            assert!(verify(&hash, "Secret-1"));
            assert!(!verify(&hash, "secret-1"));
        }
    }

    #[test]
    fn constants_match_no_password() {
        for stored in ["", "not cached", "to be generated", "*NOPASS*"] {
            assert!(!verify(stored, stored));
        }
    }

    #[test]
    fn the_scheme_follows_the_version() {
        assert_eq!(HashScheme::of_version("2022112802.06"), HashScheme::Bcrypt { cost: 10 });
        assert_eq!(HashScheme::of_version("2023100900"), HashScheme::Sha512Crypt);
    }
}
