//! What users are interested in: rows of `tag`, and of `tag_instance` where a tag is an account's.

use super::contexts::{Level, Places};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion};
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError};
use std::collections::{BTreeMap, HashMap};

/// The interests of accounts: user, then tags by their names in lower case and as written, in their order.
type Wanted<'c> = Vec<(i64, Vec<(String, &'c str)>)>;

/// A tag that an account has.
struct Instance {
    id: i64,
    user: i64,
    tag: i64,
    ordering: i64,
}

pub(super) async fn set(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut wanted: Wanted<'_> = Vec::with_capacity(items.len());
    for item in items {
        let Change::SetInterests { user, after, .. } = item.change else { continue };
        let tags = after.iter().map(|name| (name.to_lowercase(), &**name)).collect();
        wanted.push((apply.state.ids.user(*user)?, tags));
    }
    let tags = Tags::settle(apply, &wanted).await?;
    let ordered = wanted.iter().flat_map(|(user, names)| names.iter().zip(0..).map(|(name, at)| (*user, name, at)));
    let mut places: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for (user, (name, _), ordering) in ordered {
        places.insert((user, tags.id(apply, name)?), ordering);
    }
    let users = Rows::of_ids(wanted.iter().map(|(user, _)| *user));
    let present = present(apply, &users).await?;
    let (kept, gone): (Vec<_>, Vec<_>) =
        present.into_iter().partition(|known| places.contains_key(&(known.user, known.tag)));
    let instances = Rows::of_ids(gone.iter().map(|known| known.id));
    apply.delete("remove interests", &instances, Deletion::of("tag_instance", &["id"], "select id from v")).await?;
    let mut moved = Rows::new(["id", "ordering", "timemodified"]);
    for known in kept {
        if let Some(ordering) = places.remove(&(known.user, known.tag))
            && ordering != known.ordering
        {
            moved.push([known.id.into(), ordering.into(), apply.now.into()]);
        }
    }
    apply.update("reorder interests", "tag_instance", 1, &moved).await?;
    insert(apply, &places).await?;
    remove_unused(apply, &gone).await
}

/// Tags by their names.
struct Tags {
    ids: HashMap<String, i64>,
}

impl Tags {
    /// Finds the tags of these accounts and creates those that are missing.
    async fn settle(apply: &mut Apply<'_, '_>, wanted: &Wanted<'_>) -> Result<Self, SiteError> {
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for (name, raw) in wanted.iter().flat_map(|(_, tags)| tags) {
            names.entry(apply.facts.collation.fold(name).into_owned()).or_insert(raw);
        }
        if names.is_empty() {
            return Ok(Self { ids: HashMap::new() });
        }
        let collection = collection(apply).await?;
        let known = Self::read(apply, collection, names.keys()).await?;
        let (admin, now) = (apply.modifier(), apply.now);
        let mut new = Rows::new(["userid", "tagcollid", "name", "rawname", "timemodified"]);
        for (name, raw) in names.iter().filter(|(name, _)| !known.ids.contains_key(*name)) {
            new.push([admin.into(), collection.into(), (&**name).into(), (*raw).into(), now.into()]);
        }
        if new.is_empty() {
            return Ok(known);
        }
        apply.insert("create tags", "tag", new).await?;
        Self::read(apply, collection, names.keys()).await
    }

    async fn read(
        apply: &mut Apply<'_, '_>,
        collection: i64,
        names: impl Iterator<Item = &String>,
    ) -> Result<Self, SiteError> {
        let mut rows = Rows::new(["collection", "name"]);
        names.for_each(|name| rows.push([Value::Int(collection), (&**name).into()]));
        let sql = "select distinct t.name, t.id from v join {tag} t on t.tagcollid = v.collection and t.name = v.name";
        let found = apply.fetch_with("read tags", &rows, sql).await?;
        let collation = apply.facts.collation;
        let ids = found.into_iter().map(|mut row| (collation.fold(&row.text(0)).into_owned(), row.int(1))).collect();
        Ok(Self { ids })
    }

    fn id(&self, apply: &Apply<'_, '_>, name: &str) -> Result<i64, SiteError> {
        let found = self.ids.get(&*apply.facts.collation.fold(name)).copied();
        found.ok_or_else(|| super::refused("find a tag", format!("the database does not find the tag {name:?}")))
    }
}

/// The collection of tags that interests are in: that of their area, else the default one.
async fn collection(apply: &mut Apply<'_, '_>) -> Result<i64, SiteError> {
    let area = "select tagcollid from {tag_area} where component = 'core' and itemtype = 'user'";
    let usual = "select id from {tag_coll} where isdefault = 1 order by id";
    for (table, sql) in [("tag_area", area), ("tag_coll", usual)] {
        if apply.has_table(table)
            && let Some(row) = apply.fetch("read the collection of tags", sql).await?.first()
        {
            return Ok(row.int(0));
        }
    }
    Err(super::refused("find the collection of tags", "the site has none, create it in Moodle first"))
}

async fn present(apply: &mut Apply<'_, '_>, users: &Rows) -> Result<Vec<Instance>, SiteError> {
    let sql = "select distinct i.id, i.itemid, i.tagid, coalesce(i.ordering, -1) from v join {tag_instance} i \
               on i.component = 'core' and i.itemtype = 'user' and i.itemid = v.id";
    let rows = apply.fetch_with("read interests", users, sql).await?;
    let instance =
        |row: super::Row| Instance { id: row.int(0), user: row.int(1), tag: row.int(2), ordering: row.int(3) };
    Ok(rows.into_iter().map(instance).collect())
}

/// Removes tags that nothing uses any more, now that others have got what some have lost.
async fn remove_unused(apply: &mut Apply<'_, '_>, gone: &[Instance]) -> Result<(), SiteError> {
    let tags = Rows::of_ids(gone.iter().map(|known| known.tag).collect::<std::collections::BTreeSet<_>>());
    let rest = "t.isstandard = 0 and not exists (select 1 from {tag_instance} i where i.tagid = t.id)";
    let unused = Deletion { table: "tag", keys: &["id"], selection: "select id from v", rest };
    apply.delete("remove unused tags", &tags, unused).await
}

/// Adds interests: users and tags with their places.
async fn insert(apply: &mut Apply<'_, '_>, places: &BTreeMap<(i64, i64), i64>) -> Result<(), SiteError> {
    let contexts = Places::read(apply, Level::User, places.keys().map(|(user, _)| *user)).await?;
    let now = apply.now;
    let columns = ["tagid", "component", "itemtype", "itemid", "contextid", "ordering", "timecreated", "timemodified"];
    let mut rows = Rows::new(columns);
    for ((user, tag), ordering) in places {
        let context = contexts.get(*user)?.id;
        let (tag, user, ordering) = ((*tag).into(), (*user).into(), (*ordering).into());
        rows.push([tag, "core".into(), "user".into(), user, context.into(), ordering, now.into(), now.into()]);
    }
    apply.insert("add interests", "tag_instance", rows).await
}
