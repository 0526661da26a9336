//! Rows of `cache_flags`: which users' sessions, and which parts of the site, Moodle must read anew. Collected while
//! changes are applied, written once.

use super::rows::Rows;
use super::{Moment, Target};
use crate::site::SiteError;
use crate::site::sql::dialect::Dialect;
use crate::site::sql::statement::{Statement, Value};
use std::collections::{BTreeSet, HashSet};

/// Names of flags in one statement.
const NAMES_A_STATEMENT: usize = 10_000;

/// Flags to be written.
#[derive(Debug, Clone, Default)]
pub(super) struct Flags {
    /// Users whose roles or enrolments changed.
    pub(super) users: BTreeSet<i64>,
    /// Users whose preferences changed.
    pub(super) preferences: BTreeSet<i64>,
    /// Paths of contexts that moved, or whose enrolment methods changed.
    pub(super) contexts: BTreeSet<String>,
}

/// Writes the flags: those that exist are renewed.
pub(super) async fn write(target: &mut Target<'_>, moment: &Moment) -> Result<(), SiteError> {
    let Flags { users, preferences, contexts } = std::mem::take(&mut target.state.flags);
    let numbers = |ids: BTreeSet<i64>| ids.into_iter().map(|id| id.to_string()).collect();
    let kinds: [(&str, Vec<String>); 3] = [
        ("accesslib/dirtyusers", numbers(users)),
        ("userpreferenceschanged", numbers(preferences)),
        ("accesslib/dirtycontexts", contexts.into_iter().collect()),
    ];
    for (kind, names) in kinds {
        write_kind(target, moment, kind, names).await?;
    }
    Ok(())
}

async fn write_kind(
    target: &mut Target<'_>,
    moment: &Moment,
    kind: &'static str,
    names: Vec<String>,
) -> Result<(), SiteError> {
    // A session timeout beyond all measure is still a number of the site.
    let expiry = moment.now.saturating_add(moment.session_timeout);
    for names in names.chunks(NAMES_A_STATEMENT) {
        let known = target.connection.fetch("read cache flags", known(target.dialect, kind, names)).await?;
        let known: HashSet<String> = known.into_iter().map(|mut row| row.text(0)).collect();
        if !known.is_empty() {
            let renew = renew(target.dialect, kind, names, (moment.now, expiry));
            target.connection.execute("renew cache flags", renew).await?;
        }
        let mut new = Rows::new(["flagtype", "name", "value", "timemodified", "expiry"]);
        for name in names.iter().filter(|name| !known.contains(*name)) {
            new.push([kind.into(), Value::from(&**name), "1".into(), moment.now.into(), expiry.into()]);
        }
        target.insert("set cache flags", "cache_flags", new).await?;
    }
    Ok(())
}

/// Asks which of these flags exist.
pub(super) fn known(dialect: &Dialect, kind: &'static str, names: &[String]) -> Statement {
    named(Statement::new(dialect, "select distinct name from {cache_flags by name}"), kind, names)
}

/// Renews those of these flags that exist.
pub(super) fn renew(dialect: &Dialect, kind: &'static str, names: &[String], (now, expiry): (i64, i64)) -> Statement {
    let renew = Statement::new(dialect, "update {cache_flags by name} set value = '1', timemodified = ").bind(now);
    named(renew.push(", expiry = ").bind(expiry), kind, names)
}

/// By name first, because thousands of flags have the same type: appending nothing keeps its index from being used.
fn named(statement: Statement, kind: &'static str, names: &[String]) -> Statement {
    let named = statement.push(" where name").one_of(names.iter().map(String::as_str));
    named.push(" and flagtype || '' = ").bind(kind)
}
