//! Rows of `cache_flags`: which users' sessions, and which parts of the site, Moodle must read anew. Collected while
//! changes are applied, written once.

use super::rows::Rows;
use super::{Moment, Target};
use crate::site::SiteError;
use crate::site::sql::statement::Value;
use std::collections::{BTreeSet, HashSet};

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
    let mut renewed = Rows::new(["flagtype", "name", "value", "timemodified", "expiry"]);
    let row = |name: &str| -> [Value; 5] {
        [kind.into(), name.into(), "1".into(), moment.now.into(), (moment.now + moment.session_timeout).into()]
    };
    let mut asked = Rows::new(["flagtype", "name"]);
    names.iter().for_each(|name| asked.push([kind.into(), Value::from(&**name)]));
    let sql = "select distinct f.name from v join {cache_flags} f on f.flagtype = v.flagtype and f.name = v.name";
    let known = target.fetch_with("read cache flags", &asked, sql).await?;
    let known: HashSet<String> = known.into_iter().map(|mut row| row.text(0)).collect();
    let mut new = Rows::new(renewed.columns.clone());
    for name in names {
        let rows = if known.contains(&name) { &mut renewed } else { &mut new };
        rows.push(row(&name));
    }
    target.update("renew cache flags", "cache_flags", 2, &renewed).await?;
    target.insert("set cache flags", "cache_flags", new).await
}
