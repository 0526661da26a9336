//! Who is set aside, as far as it must be known without a look at the disk.

use super::Record;
use super::ids::IdSet;
use crate::model::UserId;
use std::collections::BTreeSet;

/// Planned users that are set aside.
#[derive(Debug, Clone, Default)]
pub(in crate::site::world) struct Absent {
    is_somebody: bool,
    /// Users of the site: planned ids never come from it.
    users: IdSet,
    /// Those of them whose account itself is planned.
    accounts: IdSet,
    /// Those that the site answered with.
    met: BTreeSet<UserId>,
}

impl Absent {
    pub(in crate::site::world) fn enter(&mut self, user: UserId, record: &Record) {
        self.is_somebody = true;
        if user.is_planned() {
            return;
        }
        self.users.insert(user);
        if record.account.is_some() {
            self.accounts.insert(user);
        }
    }

    pub(in crate::site::world) fn leave(&mut self, user: UserId) {
        self.users.remove(user);
        self.accounts.remove(user);
    }

    /// Whether nobody was ever set aside.
    pub(in crate::site::world) fn is_nobody(&self) -> bool {
        !self.is_somebody
    }

    /// Whether this account of the site is planned and set aside.
    pub(in crate::site::world) fn has_account(&self, user: UserId) -> bool {
        self.accounts.contains(user)
    }

    /// Notes that the site answered with this user.
    pub(in crate::site::world) fn meet(&mut self, user: UserId) {
        if self.users.contains(user) {
            self.met.insert(user);
        }
    }

    /// Whom the site answered with since the last call.
    pub(in crate::site::world) fn take_met(&mut self) -> BTreeSet<UserId> {
        std::mem::take(&mut self.met)
    }
}
