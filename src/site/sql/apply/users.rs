//! Accounts: created, changed, revived.

use super::contexts::{self, Level, Places};
use super::rows::{ByColumns, Rows};
use super::waves::Item;
use super::{Apply, Deletion, refused};
use crate::site::fields::UserField;
use crate::site::sql::statement::Value;
use crate::site::{Change, NewPassword, SiteError};

/// Columns of a new account that no file sets.
const CREATED: &[&str] = &["id", "password", "confirmed", "mnethostid", "calendartype", "timecreated", "timemodified"];

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut users = ByColumns::new(CREATED);
    let mut ids = Vec::with_capacity(items.len());
    for item in items {
        let Change::CreateUser { id, fields, password } = item.change else { continue };
        let id = apply.state.ids.user(*id)?;
        let password = stored_password(apply, item, password)?;
        let (host, now) = (apply.facts.local_host(), apply.now);
        let fixed = [id.into(), password, Value::Int(1), host.into(), "gregorian".into(), now.into(), now.into()];
        users.push(fixed, || fields.iter());
        ids.push(id);
    }
    for rows in users.into_rows() {
        apply.insert("create users", "user", rows).await?;
    }
    create_contexts(apply, &ids).await
}

async fn create_contexts(apply: &mut Apply<'_, '_>, users: &[i64]) -> Result<(), SiteError> {
    let system = apply.system()?;
    let reserved = apply.reserve("context", users.len()).await?;
    let mut rows = contexts::new_rows();
    for (user, id) in users.iter().zip(reserved) {
        rows.push(contexts::row(Level::User, *user, system.child(id)));
    }
    apply.insert("create contexts of users", "context", rows).await
}

fn stored_password(apply: &Apply<'_, '_>, item: &Item<'_>, password: &NewPassword) -> Result<Value, SiteError> {
    match password {
        NewPassword::Constant(text) => Ok(Value::from(*text)),
        NewPassword::Clear(_) => {
            let hash = apply.hashes.get(&item.index).ok_or_else(|| refused("store a password", "it was not hashed"))?;
            Ok(Value::from(&**hash))
        }
    }
}

pub(super) async fn update(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut users = ByColumns::new(&["id", "timemodified"]);
    let mut suspended = Vec::new();
    for item in items {
        let Change::UpdateUser { id, fields } = item.change else { continue };
        let id = apply.state.ids.user(*id)?;
        users.push([id.into(), apply.now.into()], || fields.iter().map(|update| (update.field, &*update.after)));
        if fields.iter().any(|update| update.field == UserField::Suspended && update.after == "1") {
            suspended.push(id);
        }
        if let Some(address) = fields.iter().find(|update| update.field == UserField::Email) {
            apply.addresses.note(id, &address.after).await;
        }
    }
    for rows in users.into_rows() {
        apply.update("update users", "user", 1, &rows).await?;
    }
    end_sessions(apply, &Rows::of_ids(suspended)).await
}

/// Ends the sessions of accounts, as far as Moodle keeps them in the database.
pub(super) async fn end_sessions(apply: &mut Apply<'_, '_>, users: &Rows) -> Result<(), SiteError> {
    apply.delete("end sessions", users, Deletion::of("sessions", &["userid"], "select id from v")).await
}

pub(super) async fn set_password(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["id", "password", "timemodified"]);
    for item in items {
        let Change::SetPassword { id, password } = item.change else { continue };
        let password = stored_password(apply, item, password)?;
        rows.push([apply.state.ids.user(*id)?.into(), password, apply.now.into()]);
    }
    apply.update("set passwords", "user", 1, &rows).await
}

/// Columns of a revived account that no file sets.
const REVIVED: &[&str] = &["id", "deleted", "confirmed", "picture", "timemodified"];

pub(super) async fn revive(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut users = ByColumns::new(REVIVED);
    let mut ids = Vec::with_capacity(items.len());
    for item in items {
        let Change::ReviveUser { id, fields } = item.change else { continue };
        let id = apply.state.ids.user(*id)?;
        let fixed = [id.into(), Value::Int(0), Value::Int(1), Value::Int(0), apply.now.into()];
        users.push(fixed, || fields.iter().map(|update| (update.field, &*update.after)));
        ids.push(id);
    }
    for rows in users.into_rows() {
        apply.update("revive users", "user", 1, &rows).await?;
    }
    let places = Places::read(apply, Level::User, ids.iter().copied()).await?;
    let without: Vec<i64> = ids.iter().copied().filter(|id| !places.contains(*id)).collect();
    create_contexts(apply, &without).await?;
    withdraw_erasure(apply, &Rows::of_ids(ids)).await
}

/// Takes back requests to erase an account that nobody has approved: an approval would erase the revived one.
async fn withdraw_erasure(apply: &mut Apply<'_, '_>, users: &Rows) -> Result<(), SiteError> {
    if !apply.has_table("tool_dataprivacy_request") {
        return Ok(());
    }
    let (keys, selection, rest) = (&["userid"], "select id from v", "t.type = 2 and t.status in (0, 1, 2)");
    let requests = Deletion { table: "tool_dataprivacy_request", keys, selection, rest };
    apply.delete("withdraw requests to erase users", users, requests).await
}
