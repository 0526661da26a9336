//! Users by their identifiers, and what belongs to them alone.

use super::{LIST, Site};
use crate::model::{ProfileFieldId, UserId};
use crate::site::sql::statement::{Row, Statement, Value};
use crate::site::world::{Password, User};
use crate::site::{Fields, Lookups, SiteError, UserField, UserKey, UserLookups, World};
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};

const OPERATION: &str = "read users";

/// Which columns are read, in the order in which they stand in a row.
struct Columns {
    fields: Vec<UserField>,
    password: bool,
}

impl Columns {
    fn new(lookups: &Lookups) -> Self {
        let mut fields = BTreeSet::from([
            UserField::Username,
            UserField::Idnumber,
            UserField::Email,
            UserField::Auth,
            UserField::Suspended,
        ]);
        fields.extend(&lookups.users.fields);
        Self { fields: fields.into_iter().collect(), password: lookups.passwords }
    }

    fn for_search(lookups: &UserLookups) -> Self {
        let mut columns = Self::new(&Lookups { users: lookups.clone(), ..Lookups::default() });
        columns.fields.extend([UserField::Firstname, UserField::Lastname]);
        columns.fields.sort_unstable();
        columns.fields.dedup();
        columns
    }

    fn select(&self, site: &Site<'_>) -> Statement {
        let mut text = "u.id, u.deleted, u.timemodified".to_owned();
        for field in &self.fields {
            text.push_str(", u.");
            text.push_str(field.column());
        }
        if self.password {
            text.push_str(", u.password");
        }
        site.select(&text)
    }

    fn user(&self, mut row: Row) -> User {
        let password = match self.password {
            true => Password::Stored(SecretString::from(row.text(3 + self.fields.len()))),
            false => Password::Unknown,
        };
        let values = self.fields.iter().enumerate().map(|(at, field)| (*field, row.text(3 + at)));
        let fields: Fields<UserField> = values.collect();
        User { id: UserId(row.int(0)), deleted: row.int(1) != 0, fields, password, time_modified: row.int(2) }
    }
}

/// Reads local accounts by all keys: one statement for each kind of key, because statistics of a table that was just
/// filled lead databases astray with alternatives.
pub(super) async fn matching(site: &mut Site<'_>, lookups: &Lookups, world: &mut World) -> Result<(), SiteError> {
    let columns = Columns::new(lookups);
    let mut users = lookups.users.clone();
    if site.dialect.addresses_have_case() && !users.emails.is_empty() {
        let other_spellings = site.addresses.holders(site.connection, site.dialect, &users.emails).await?;
        users.ids.extend(other_spellings);
    }
    let host = world.facts.local_host();
    let mut found = Vec::new();
    for key in keys(&users) {
        for part in key.values.chunks(LIST) {
            let mut query = key.query(columns.select(site), part, host);
            if !found.is_empty() {
                // Most are found by each of their keys; once is enough.
                query = query.push(" and u.id").none_of(found.iter().take(LIST).copied());
            }
            for row in site.fetch(OPERATION, query).await? {
                let user = columns.user(row);
                found.push(user.id.0);
                world.users.load(user);
            }
        }
    }
    Ok(())
}

/// Reads who has the addresses of deleted accounts by now: an account that comes back leaves its own to them.
pub(super) async fn with_former_addresses(
    site: &mut Site<'_>,
    lookups: &Lookups,
    world: &mut World,
) -> Result<(), SiteError> {
    let emails = world.users.former_addresses(&lookups.users.deleted_username_md5s);
    if emails.is_empty() {
        return Ok(());
    }
    let users = UserLookups { emails, fields: lookups.users.fields.clone(), ..UserLookups::default() };
    let lookups = Lookups { users, passwords: lookups.passwords, ..Lookups::default() };
    matching(site, &lookups, world).await
}

/// Users that are looked for by one kind of key.
pub(super) struct Key {
    column: &'static str,
    pub(super) values: Vec<Value>,
    deleted: i64,
}

/// The kinds of keys that are asked for.
pub(super) fn keys(users: &UserLookups) -> impl Iterator<Item = Key> {
    let texts = |set: &BTreeSet<String>| set.iter().map(|text| text.as_str().into()).collect();
    let keys = [
        Key { column: "username", values: texts(&users.usernames), deleted: 0 },
        Key { column: "id", values: users.ids.iter().map(|id| (*id).into()).collect(), deleted: 0 },
        Key { column: "idnumber", values: texts(&users.idnumbers), deleted: 0 },
        Key { column: "email", values: texts(&users.emails), deleted: 0 },
        Key { column: "email", values: texts(&users.deleted_username_md5s), deleted: 1 },
    ];
    keys.into_iter().filter(|key| !key.values.is_empty())
}

impl Key {
    /// Goes on with accounts, called `u`, that have these of the values. A plus sign keeps what nearly all accounts share from being
    /// chosen as the way to them.
    pub(super) fn query(&self, select: Statement, values: &[Value], host: i64) -> Statement {
        let values = values.iter().cloned();
        let query = match self.column {
            // The host is part of the index on user names.
            "username" => {
                let from = select.push(" from {user u by username, mnethostid} where ");
                from.pair_of(("user", "u"), ("mnethostid", host), "username", values)
            }
            column => {
                let from = select.push(&format!(" from {{user u by {column}}} where u.{column}"));
                from.one_of(values).push(" and +u.mnethostid = ").bind(host)
            }
        };
        query.push(" and +u.deleted = ").bind(self.deleted)
    }
}

/// Reads who matches each of the searches.
pub(super) async fn searches(site: &mut Site<'_>, lookups: &UserLookups, world: &mut World) -> Result<(), SiteError> {
    if lookups.searches.is_empty() {
        return Ok(());
    }
    let columns = Columns::for_search(lookups);
    let host = world.facts.local_host();
    for words in &lookups.searches {
        let pattern = pattern(words);
        let query = columns.select(site).push(" from {user} u where u.deleted = 0 and u.mnethostid = ").bind(host);
        let query = query.push(" and (u.username = ").bind(words.as_str());
        let query = query.push(" or lower(u.firstname || ' ' || u.lastname) like ").bind(pattern.as_str());
        let query = query.push(" or lower(u.email) like ").bind(pattern).push(")");
        let mut found = Vec::new();
        for row in site.fetch("search users", query).await? {
            let user = columns.user(row);
            if is_match(&user, words) {
                found.push(user.id);
                world.users.load(user);
            }
        }
        world.users.load_search(words, found);
    }
    Ok(())
}

/// A pattern that finds at least all matches. Databases differ in the letters that they can turn to lower case, so
/// everything but plain letters and digits stands for any character, and [`is_match`] looks again.
fn pattern(words: &str) -> String {
    let any = |c: char| if c.is_ascii_alphanumeric() || c == ' ' { c.to_ascii_lowercase() } else { '_' };
    let inner: String = words.chars().map(any).collect();
    format!("%{inner}%")
}

fn is_match(user: &User, words: &str) -> bool {
    let words_lower = words.to_lowercase();
    let name = format!("{} {}", user.fields.text(UserField::Firstname), user.fields.text(UserField::Lastname));
    user.username() == words
        || name.to_lowercase().contains(&words_lower)
        || user.fields.text(UserField::Email).to_lowercase().contains(&words_lower)
}

/// Ids of the real users that the look-ups mean, as the world knows them by now.
pub(super) fn known(lookups: &UserLookups, world: &World) -> Vec<i64> {
    let users = &world.users;
    let by_text = [
        (UserKey::Username, &lookups.usernames),
        (UserKey::Idnumber, &lookups.idnumbers),
        (UserKey::Email, &lookups.emails),
    ];
    let mut ids: Vec<UserId> = lookups.ids.iter().map(|id| UserId(*id)).filter(|id| users.get(*id).is_some()).collect();
    for (key, values) in by_text {
        ids.extend(values.iter().flat_map(|value| users.find_all(key, value)));
    }
    ids.extend(lookups.deleted_username_md5s.iter().flat_map(|md5| users.deleted_with_md5(md5)));
    ids.extend(lookups.searches.iter().filter_map(|words| users.search(words).one()));
    let mut ids: Vec<i64> = ids.into_iter().filter(|id| !id.is_planned()).map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Reads values of profile fields of these users.
pub(super) async fn profile_values(
    site: &mut Site<'_>,
    lookups: &Lookups,
    users: &[i64],
    world: &mut World,
) -> Result<(), SiteError> {
    if lookups.profile_fields.is_empty() {
        return Ok(());
    }
    for part in users.chunks(LIST) {
        let query = site.select("userid, fieldid, data").push(" from {user_info_data by userid, fieldid} where userid");
        let query = query.one_of(part.iter().copied()).push(" and fieldid");
        let query = query.one_of(lookups.profile_fields.iter().copied());
        load_profile(site.fetch("read profile values", query).await?, world);
    }
    Ok(())
}

/// Reads who has values that no two users may share, field by field.
pub(super) async fn unique_profile_values(
    site: &mut Site<'_>,
    lookups: &Lookups,
    world: &mut World,
) -> Result<(), SiteError> {
    let mut fields: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    for (field, value) in &lookups.unique_profile_values {
        fields.entry(*field).or_default().push(value);
    }
    for (field, values) in fields {
        for part in values.chunks(LIST) {
            let query = site.select("userid, fieldid, data").push(" from {user_info_data} where fieldid = ");
            let query = query.bind(field).push(" and data").one_of(part.iter().copied());
            load_profile(site.fetch("read unique profile values", query).await?, world);
        }
    }
    Ok(())
}

fn load_profile(rows: Vec<Row>, world: &mut World) {
    for mut row in rows {
        world.users.load_profile(UserId(row.int(0)), ProfileFieldId(row.int(1)), row.text(2));
    }
}

/// Reads preferences of these users.
pub(super) async fn preferences(
    site: &mut Site<'_>,
    lookups: &Lookups,
    users: &[i64],
    world: &mut World,
) -> Result<(), SiteError> {
    if lookups.preferences.is_empty() {
        return Ok(());
    }
    for part in users.chunks(LIST) {
        let query = site.select("userid, name, value").push(" from {user_preferences by userid, name} where userid");
        let query = query.one_of(part.iter().copied()).push(" and name").one_of(lookups.preferences.iter().copied());
        for mut row in site.fetch("read preferences", query).await? {
            let name = row.text(1);
            world.users.load_preference(UserId(row.int(0)), &name, row.text(2));
        }
    }
    Ok(())
}
