//! Puts changes into batches, one statement or few each, that respect their order.
//!
//! A place is a wave and, within it, a kind: kinds go in the order of [`Kind`], creations first, deletions last. A
//! change takes the first place of its kind after those of the changes it must follow. Knows nothing of tables.

mod keys;
mod kind;

pub(super) use kind::Kind;

use crate::site::Change;
use keys::{Access, Key, keys};
use std::collections::{BTreeMap, HashMap};

/// Where a change goes: its wave, and its kind within the wave.
type Place = (u32, Kind);

/// The last places of the changes that met at a key.
#[derive(Debug, Clone, Copy, Default)]
struct Met {
    shared: Option<Place>,
    exclusive: Option<Place>,
}

/// The place of each change.
fn places(changes: &[&Change]) -> Vec<Place> {
    let mut met: HashMap<Key<'_>, Met> = HashMap::with_capacity(changes.len() * 3);
    let mut own: Vec<(Key<'_>, Access)> = Vec::with_capacity(8);
    let mut places = Vec::with_capacity(changes.len());
    for change in changes {
        own.clear();
        keys(change, &mut |key, access| own.push((key, access)));
        let before = own.iter().filter_map(|(key, access)| {
            let met = met.get(key)?;
            if *access == Access::Shared { met.exclusive } else { met.exclusive.max(met.shared) }
        });
        let kind = Kind::of(change);
        let place = match before.max() {
            None => (0, kind),
            Some((wave, last)) => (if kind > last { wave } else { wave + 1 }, kind),
        };
        for (key, access) in &own {
            let met = met.entry(*key).or_default();
            match access {
                Access::Shared => met.shared = met.shared.max(Some(place)),
                Access::Exclusive => met.exclusive = met.exclusive.max(Some(place)),
                Access::Waiting => {}
            }
        }
        places.push(place);
    }
    places
}

/// A change with its index among all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'c> {
    pub(super) index: usize,
    pub(super) change: &'c Change,
}

/// The changes in batches of one kind, in the order in which they are to be applied.
pub(super) fn batches<'c>(changes: &[&'c Change]) -> impl Iterator<Item = (Kind, Vec<Item<'c>>)> {
    let mut batches: BTreeMap<Place, Vec<Item<'c>>> = BTreeMap::new();
    for (index, (place, change)) in places(changes).into_iter().zip(changes).enumerate() {
        batches.entry(place).or_default().push(Item { index, change });
    }
    batches.into_iter().map(|((_, kind), items)| (kind, items))
}

#[cfg(test)]
mod tests;
