//! Categories are deleted as Moodle does it, once nothing is in them: cohorts move up, all else in their contexts goes.

use super::contexts::{Level, Places};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion, conflict, course_deletion};
use crate::site::sql::statement::{Statement, Value};
use crate::site::{Change, SiteError};
use std::collections::{HashMap, HashSet};

/// The setting that names the category of requested courses.
const REQUESTS: &str = "defaultrequestcategory";

pub(super) async fn delete(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut parents = HashMap::new();
    for item in items {
        if let Change::DeleteCategory { id, parent } = item.change {
            let ids = &apply.state.ids;
            parents.insert(ids.category(*id)?, ids.category(*parent)?);
        }
    }
    let gone: HashSet<i64> = parents.keys().copied().collect();
    let rows = Rows::of_ids(gone.iter().copied());
    still_empty(apply, &rows).await?;
    lift_cohorts(apply, &parents).await?;
    course_deletion::clear_categories(apply, &gone).await?;
    apply.delete("delete categories", &rows, Deletion::of("course_categories", &["id"], "select id from v")).await?;
    choose_for_requests(apply, &gone).await?;
    apply.state.renumbering.due = true;
    Ok(())
}

/// Somebody may have put something into a category since it was looked at.
async fn still_empty(apply: &mut Apply<'_, '_>, categories: &Rows) -> Result<(), SiteError> {
    for (noun, sql) in [
        ("course", "select distinct v.id from v join {course} c on c.category = v.id"),
        ("category", "select distinct v.id from v join {course_categories} c on c.parent = v.id"),
    ] {
        let found = apply.fetch_with("read what is in categories", categories, sql).await?;
        if let Some(row) = found.first() {
            return Err(conflict("delete a category", format!("there is a {noun} in category {} by now", row.int(0))));
        }
    }
    Ok(())
}

/// Cohorts go to the context above.
async fn lift_cohorts(apply: &mut Apply<'_, '_>, parents: &HashMap<i64, i64>) -> Result<(), SiteError> {
    let system = apply.system()?.id;
    let places = Places::read(apply, Level::Category, parents.iter().flat_map(|(id, parent)| [*id, *parent])).await?;
    let above = |parent: i64| places.find(parent).map_or(system, |place| place.id);
    let own = parents.iter().filter_map(|(id, parent)| Some((places.find(*id)?.id, above(*parent))));
    let moves: HashMap<i64, i64> = own.collect();
    let sql = "select distinct c.id, c.contextid from v join {cohort} c on c.contextid = v.id";
    let found = apply.fetch_with("read cohorts of categories", &Rows::of_ids(moves.keys().copied()), sql).await?;
    let mut cohorts = Rows::new(["id", "contextid"]);
    for row in found {
        if let Some(above) = moves.get(&row.int(1)) {
            cohorts.push([row.int(0), *above].map(Value::from));
        }
    }
    apply.update("move cohorts up", "cohort", 1, &cohorts).await
}

/// Where requested courses went to a deleted category, they go to the first one at the top.
async fn choose_for_requests(apply: &mut Apply<'_, '_>, gone: &HashSet<i64>) -> Result<(), SiteError> {
    let stored = apply.facts.config(REQUESTS).trim().parse::<i64>();
    if !stored.is_ok_and(|category| gone.contains(&category)) {
        return Ok(());
    }
    let lowest =
        apply.fetch("read the first category", "select min(id) from {course_categories} where parent = 0").await?;
    let Some(lowest) = lowest.first().and_then(|row| row.opt_int(0)) else { return Ok(()) };
    let update = Statement::new(apply.dialect, "update {config} set value = ").bind(lowest.to_string());
    let update = update.push(" where name = ").bind(REQUESTS);
    apply.connection.execute("choose a category for course requests", update).await.map(drop)
}
