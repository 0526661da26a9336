//! What belongs to users and is known by a key: as read from the site until a plan says otherwise.

use crate::model::UserId;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Values of users by key. No value is as good as an empty one.
#[derive(Debug, Clone)]
pub struct Owned<K, V> {
    known: HashMap<(UserId, K), V>,
    planned: HashSet<(UserId, K)>,
    /// What was only read, to be forgotten before the next chunk.
    read: Vec<(UserId, K)>,
    /// Whose values a plan takes away, whatever the site still says of them.
    bereft: HashSet<UserId>,
}

impl<K, V> Default for Owned<K, V> {
    fn default() -> Self {
        Self { known: HashMap::new(), planned: HashSet::new(), read: Vec::new(), bereft: HashSet::new() }
    }
}

impl<K: Copy + Eq + Hash, V: Default> Owned<K, V> {
    /// Adds to a value what was read from the site. What is planned stays.
    pub fn load(&mut self, user: UserId, key: K, add: impl FnOnce(&mut V)) {
        let place = (user, key);
        if !self.planned.contains(&place) && !self.bereft.contains(&user) {
            self.read.push(place);
            add(self.known.entry(place).or_default());
        }
    }

    /// The value of a user.
    pub fn get(&self, user: UserId, key: K) -> Option<&V> {
        self.known.get(&(user, key))
    }

    /// The value of a user, to change it as planned.
    pub(super) fn plan(&mut self, user: UserId, key: K) -> &mut V {
        self.planned.insert((user, key));
        self.known.entry((user, key)).or_default()
    }

    /// Takes everything away from a user.
    pub(super) fn remove_user(&mut self, user: UserId) {
        self.bereft.insert(user);
        self.known.retain(|(owner, _), _| *owner != user);
        self.planned.retain(|(owner, _)| *owner != user);
    }

    /// How many values are planned.
    pub(super) fn planned(&self) -> usize {
        self.planned.len()
    }

    /// Takes out all values. Only what is planned may be left.
    pub(super) fn leave(&mut self) -> impl Iterator<Item = ((UserId, K), V)> + use<K, V> {
        self.planned = HashSet::new();
        std::mem::take(&mut self.known).into_iter()
    }

    pub(super) fn forget_unplanned(&mut self) {
        for place in std::mem::take(&mut self.read) {
            if !self.planned.contains(&place) {
                self.known.remove(&place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: UserId = UserId(3);

    #[test]
    fn what_is_planned_stands_before_what_is_read() {
        let mut owned: Owned<u8, Vec<&str>> = Owned::default();
        owned.load(ANN, 1, |value| value.push("read"));
        owned.plan(ANN, 1).push("planned");
        owned.load(ANN, 1, |value| value.push("read again"));
        owned.load(ANN, 2, |value| value.push("read"));
        assert_eq!(owned.get(ANN, 1), Some(&vec!["read", "planned"]));
        owned.forget_unplanned();
        assert_eq!((owned.get(ANN, 1).map(Vec::len), owned.get(ANN, 2), owned.planned()), (Some(2), None, 1));
        assert_eq!(owned.leave().collect::<Vec<_>>(), [((ANN, 1), vec!["read", "planned"])]);
        assert_eq!((owned.get(ANN, 1), owned.planned()), (None, 0));
    }

    #[test]
    fn nothing_is_read_of_somebody_who_has_lost_everything() {
        let mut owned: Owned<u8, Vec<&str>> = Owned::default();
        owned.plan(ANN, 1).push("planned");
        owned.remove_user(ANN);
        owned.load(ANN, 1, |value| value.push("read"));
        assert_eq!((owned.get(ANN, 1), owned.planned()), (None, 0));
        owned.plan(ANN, 1).push("anew");
        assert_eq!(owned.get(ANN, 1), Some(&vec!["anew"]));
    }
}
