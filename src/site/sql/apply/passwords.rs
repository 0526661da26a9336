//! Hashes clear passwords on all cores, before the first statement: a hash takes longer than hundreds of rows.

use super::refused;
use crate::site::password::HashScheme;
use crate::site::{Change, NewPassword, SiteError, SiteFacts};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;

/// The hashes of all clear passwords, by the index of their change.
pub(super) async fn hash_all(changes: &[&Change], facts: &SiteFacts) -> Result<HashMap<usize, String>, SiteError> {
    let clear: Vec<(usize, SecretString)> = changes
        .iter()
        .enumerate()
        .filter_map(|(index, change)| Some((index, clear_password(change)?.clone())))
        .collect();
    if clear.is_empty() {
        return Ok(HashMap::new());
    }
    let scheme = HashScheme::of_version(facts.config("version"));
    let hashed = tokio::task::spawn_blocking(move || hash_in_parallel(scheme, &clear)).await;
    hashed.map_err(|error| refused("hash passwords", error.to_string()))?
}

fn clear_password(change: &Change) -> Option<&SecretString> {
    match change {
        Change::CreateUser { password, .. } | Change::SetPassword { password, .. } => match password {
            NewPassword::Clear(secret) => Some(secret),
            NewPassword::Constant(_) => None,
        },
        _ => None,
    }
}

fn hash_in_parallel(scheme: HashScheme, clear: &[(usize, SecretString)]) -> Result<HashMap<usize, String>, SiteError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = clear.len().div_ceil(cores);
    let hash_share = |share: &[(usize, SecretString)]| {
        let hashes = share.iter().map(|(index, secret)| Ok((*index, scheme.hash(secret.expose_secret())?)));
        hashes.collect::<Result<Vec<_>, String>>()
    };
    let shares: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = clear.chunks(share).map(|share| scope.spawn(move || hash_share(share))).collect();
        workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut hashes = HashMap::with_capacity(clear.len());
    for share in shares {
        let share = share.map_err(|_| refused("hash passwords", "a hashing thread ended early"))?;
        hashes.extend(share.map_err(|problem| refused("hash passwords", problem))?);
    }
    Ok(hashes)
}
