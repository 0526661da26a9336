//! Course categories.

use super::Apply;
use super::contexts::{self, Level, Place};
use super::rows::Rows;
use super::waves::Item;
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError};
use std::collections::HashMap;

/// Where the children of a category go: the path and depth among categories, and the context.
struct Parent {
    path: String,
    depth: i64,
    context: Place,
}

pub(super) async fn create(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let parents = parents(apply, items).await?;
    let reserved = apply.reserve("context", items.len()).await?;
    let mut rows = Rows::new([
        "id",
        "name",
        "description",
        "parent",
        "sortorder",
        "visible",
        "visibleold",
        "timemodified",
        "depth",
        "path",
    ]);
    let mut new_contexts = contexts::new_rows();
    for (item, context) in items.iter().zip(reserved) {
        let Change::CreateCategory { id, parent, name, visible, visible_old } = item.change else { continue };
        let (id, parent) = (apply.state.ids.category(*id)?, apply.state.ids.category(*parent)?);
        let above = parents.get(&parent).ok_or_else(|| {
            super::refused("create a category", format!("its parent {parent} or that one's context is gone"))
        })?;
        // Sort order 0 is what puts a category behind its siblings when sort orders are renumbered.
        rows.push([
            id.into(),
            (&**name).into(),
            "".into(),
            parent.into(),
            Value::Int(0),
            (*visible).into(),
            (*visible_old).into(),
            apply.now.into(),
            (above.depth + 1).into(),
            format!("{}/{id}", above.path).into(),
        ]);
        new_contexts.push(contexts::row(Level::Category, id, above.context.child(context)));
    }
    apply.state.renumbering.due = true;
    apply.insert("create categories", "course_categories", rows).await?;
    apply.insert("create contexts of categories", "context", new_contexts).await
}

async fn parents(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<HashMap<i64, Parent>, SiteError> {
    let top = Parent { path: String::new(), depth: 0, context: apply.system()? };
    let mut ids = Vec::new();
    for item in items {
        if let Change::CreateCategory { parent, .. } = item.change {
            ids.push(apply.state.ids.category(*parent)?);
        }
    }
    let sql = "select distinct c.id, c.path, c.depth, x.id, x.path, x.depth from v join {course_categories} c on c.id = v.id \
               {then context x on x.contextlevel = 40 and x.instanceid = c.id}";
    let found = apply.fetch_with("read parent categories", &Rows::of_ids(ids), sql).await?;
    let mut parents: HashMap<i64, Parent> = found
        .into_iter()
        .map(|mut row| {
            let context = Place { id: row.int(3), path: row.text(4), depth: row.int(5) };
            (row.int(0), Parent { path: row.text(1), depth: row.int(2), context })
        })
        .collect();
    parents.insert(0, top);
    Ok(parents)
}
