//! Rows that belong to an account: preferences and values of custom profile fields.

use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion};
use crate::site::{Change, SiteError};
use std::collections::HashSet;

pub(super) async fn set_preference(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut set = Rows::new(["userid", "name", "value"]);
    let mut removed = Rows::new(["userid", "name"]);
    for item in items {
        let Change::SetPreference { user, name, value } = item.change else { continue };
        let user = apply.state.ids.user(*user)?;
        apply.state.flags.preferences.insert(user);
        match value {
            Some(value) => set.push([user.into(), (*name).into(), (&**value).into()]),
            None => removed.push([user.into(), (*name).into()]),
        }
    }
    let unset = Deletion::of("user_preferences", &["userid", "name"], "select userid, name from v");
    apply.delete("remove preferences", &removed, unset).await?;
    let sql = "select distinct p.userid, p.name \
               from v join {user_preferences} p on p.userid = v.userid and p.name = v.name";
    let stored = apply.fetch_with("read preferences", &set, sql).await?;
    let stored: HashSet<(i64, String)> = stored.into_iter().map(|mut row| (row.int(0), row.text(1))).collect();
    let (mut new, mut changed) = (Rows::new(set.columns.clone()), Rows::new(set.columns.clone()));
    for item in items {
        let Change::SetPreference { user, name, value: Some(value) } = item.change else { continue };
        let user = apply.state.ids.user(*user)?;
        let rows = if stored.contains(&(user, (*name).to_owned())) { &mut changed } else { &mut new };
        rows.push([user.into(), (*name).into(), (&**value).into()]);
    }
    apply.update("change preferences", "user_preferences", 2, &changed).await?;
    apply.insert("set preferences", "user_preferences", new).await
}

pub(super) async fn set_profile_field(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let columns = ["userid", "fieldid", "data", "dataformat"];
    let (mut new, mut changed) = (Rows::new(columns), Rows::new(columns));
    for item in items {
        let Change::SetProfileField { user, field, before, after, format } = item.change else { continue };
        let rows = if before.is_some() { &mut changed } else { &mut new };
        rows.push([apply.state.ids.user(*user)?.into(), field.0.into(), (&**after).into(), (*format).into()]);
    }
    apply.update("change profile fields", "user_info_data", 2, &changed).await?;
    apply.insert("set profile fields", "user_info_data", new).await
}
