//! Members of groups: rows of `groups_members`.

use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion};
use super::{conversations, groups};
use crate::site::{Change, SiteError};

/// A membership with real ids.
pub(super) struct Member {
    pub(super) group: i64,
    pub(super) user: i64,
    pub(super) component: String,
    pub(super) item: i64,
}

/// Groups and users: rows (groupid, userid).
pub(super) struct Pairs {
    pub(super) rows: Rows,
}

impl Pairs {
    pub(super) fn new(pairs: impl IntoIterator<Item = (i64, i64)>) -> Self {
        Self { rows: Rows::of_pairs(["groupid", "userid"], pairs) }
    }
}

pub(super) async fn add(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut members = Vec::with_capacity(items.len());
    for item in items {
        let Change::AddMember { group, user, owner, .. } = item.change else { continue };
        let ids = &apply.state.ids;
        let component = owner.component.clone();
        members.push(Member { group: ids.group(*group)?, user: ids.user(*user)?, component, item: ids.item(owner)? });
    }
    insert(apply, &members).await
}

/// Adds members. Who is one already stays as he is; looked for by user, because a user is in few groups.
pub(super) async fn insert(apply: &mut Apply<'_, '_>, members: &[Member]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["groupid", "userid", "component", "itemid"]);
    for member in members {
        let Member { group, user, component, item } = member;
        rows.push([(*group).into(), (*user).into(), (&**component).into(), (*item).into()]);
    }
    let now = apply.now;
    let build = |with: super::Statement| {
        with.push("select distinct v.groupid, v.userid, v.component, v.itemid, ").bind(now).push(
            " from v where not exists \
             (select 1 from {groups_members} m where m.userid = v.userid and m.groupid + 0 = v.groupid)",
        )
    };
    let head = "insert into {groups_members} (groupid, userid, component, itemid, timeadded) ";
    apply.insert_with("add group members", head, &rows, build).await?;
    let pairs = Pairs::new(members.iter().map(|member| (member.group, member.user)));
    groups::members_changed(apply, &pairs).await?;
    conversations::join(apply, &pairs).await
}

pub(super) async fn remove(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut pairs = Vec::with_capacity(items.len());
    for item in items {
        if let Change::RemoveMember { group, user, .. } = item.change {
            pairs.push((apply.state.ids.group(*group)?, apply.state.ids.user(*user)?));
        }
    }
    delete(apply, &Pairs::new(pairs)).await
}

/// Removes members from their groups.
pub(super) async fn delete(apply: &mut Apply<'_, '_>, pairs: &Pairs) -> Result<(), SiteError> {
    groups::members_changed(apply, pairs).await?;
    conversations::leave(apply, pairs).await?;
    let members = Deletion::of("groups_members", &["userid", "groupid"], "select userid, groupid from v");
    apply.delete_each("remove group members", &pairs.rows, members).await
}
