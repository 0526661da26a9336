//! A set of ids that takes little memory, because ids of a table lie close together.

use crate::model::UserId;
use std::collections::BTreeMap;

/// Ids that share a word.
const BITS: i64 = 64;

/// A set of users: one bit each, in words of 64 neighbours.
#[derive(Debug, Clone, Default)]
pub(super) struct IdSet(BTreeMap<i64, u64>);

impl IdSet {
    fn place(id: UserId) -> (i64, u64) {
        (id.0.div_euclid(BITS), 1 << id.0.rem_euclid(BITS))
    }

    pub(super) fn contains(&self, id: UserId) -> bool {
        let (word, bit) = Self::place(id);
        self.0.get(&word).is_some_and(|bits| bits & bit != 0)
    }

    pub(super) fn insert(&mut self, id: UserId) {
        let (word, bit) = Self::place(id);
        *self.0.entry(word).or_default() |= bit;
    }

    pub(super) fn remove(&mut self, id: UserId) {
        let (word, bit) = Self::place(id);
        if let Some(bits) = self.0.get_mut(&word) {
            *bits &= !bit;
        }
    }
}
