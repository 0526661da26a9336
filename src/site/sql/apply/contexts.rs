//! Rows of `context`: where things lie in Moodle's tree. Paths are written at once, from reserved ids.

use super::rows::Rows;
use super::{Apply, Target, refused};
use crate::site::SiteError;
use crate::site::sql::below::Below;
use crate::site::sql::statement::Value;
use std::collections::HashMap;

/// A level of Moodle's tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    User = 30,
    Category = 40,
    Course = 50,
    Block = 80,
}

/// A context as the parent of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) id: i64,
    pub(super) path: String,
    pub(super) depth: i64,
}

impl Place {
    /// A place right below.
    pub(super) fn child(&self, id: i64) -> Self {
        Self { id, path: format!("{}/{id}", self.path), depth: self.depth + 1 }
    }
}

/// Contexts to be inserted.
pub(super) fn new_rows() -> Rows {
    Rows::new(["id", "contextlevel", "instanceid", "path", "depth"])
}

/// The row of a context.
pub(super) fn row(level: Level, instance: i64, place: Place) -> [Value; 5] {
    [place.id.into(), (level as i64).into(), instance.into(), place.path.into(), place.depth.into()]
}

impl Apply<'_, '_> {
    /// The context of the whole site.
    pub(super) fn system(&self) -> Result<Place, SiteError> {
        let id = self.facts.system_context.ok_or_else(|| refused("find the system context", "the site has none"))?.0;
        Ok(Place { id, path: format!("/{id}"), depth: 1 })
    }
}

/// Contexts of a level by the ids of what they are contexts of.
#[derive(Debug)]
pub(super) struct Places {
    level: Level,
    known: HashMap<i64, Place>,
}

/// Goes on after rows `v` (id): the contexts of these instances.
fn of_instances(level: Level) -> String {
    format!(
        "select distinct x.instanceid, x.id, x.path, x.depth \
         from v {{then context x on x.contextlevel = {} and x.instanceid = v.id}}",
        level as i64
    )
}

impl Places {
    pub(super) async fn read(
        target: &mut Target<'_>,
        level: Level,
        instances: impl IntoIterator<Item = i64>,
    ) -> Result<Self, SiteError> {
        let sql = of_instances(level);
        let rows = target.fetch_with("read contexts", &Rows::of_ids(instances), &sql).await?;
        let place = |mut row: super::Row| (row.int(0), Place { id: row.int(1), path: row.text(2), depth: row.int(3) });
        Ok(Self { level, known: rows.into_iter().map(place).collect() })
    }

    pub(super) fn get(&self, instance: i64) -> Result<&Place, SiteError> {
        self.known.get(&instance).ok_or_else(|| {
            let problem = format!("the {:?} {instance} has no context, create it in Moodle first", self.level);
            refused("find a context", problem)
        })
    }

    /// The context, where there is one.
    pub(super) fn find(&self, instance: i64) -> Option<&Place> {
        self.known.get(&instance)
    }

    pub(super) fn contains(&self, instance: i64) -> bool {
        self.known.contains_key(&instance)
    }
}

/// Moves contexts: `moves` are the former place of each and the new one. All below them follow.
pub(super) async fn relocate(target: &mut Target<'_>, moves: &[(Place, Place)]) -> Result<(), SiteError> {
    let from: Vec<&str> = moves.iter().map(|(old, _)| &*old.path).collect();
    let mut rows = Rows::new(["id", "path", "depth"]);
    for (old, new) in moves {
        rows.push([old.id.into(), Value::from(&*new.path), new.depth.into()]);
    }
    for Below { root, id, path, depth } in target.contexts_below(&from).await? {
        let (old, new) = &moves[root];
        let moved = format!("{}{}", new.path, &path[old.path.len()..]);
        rows.push([id.into(), moved.into(), (depth + new.depth - old.depth).into()]);
    }
    target.update("move contexts", "context", 1, &rows).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sql::dialect::Engine;
    use crate::site::sql::statement::{Statement, Value};
    use crate::site::sql::tests::databases::is_skipped;
    use crate::site::sql::tests::fresh;

    #[tokio::test]
    async fn contexts_are_found_by_their_instances_and_not_by_their_level() {
        let (_folder, site) = fresh(Engine::Sqlite).await;
        let ids: Vec<Value> = (1..=500).map(Value::Int).collect();
        let query = Statement::new(&site.dialect, "explain query plan ").with_rows(&["id"], &ids);
        let query = query.push(&of_instances(Level::Course));
        let rows = site.write_connection().await.unwrap().fetch("explain", query).await.unwrap();
        let plan: Vec<String> = rows.into_iter().map(|mut row| row.text(3)).collect();
        assert!(plan.iter().any(|step| step.contains("contextlevel=? AND instanceid=?")), "{plan:?}");
    }

    #[tokio::test]
    async fn without_statistics_postgres_finds_contexts_by_their_instances() {
        if is_skipped(Engine::Postgres, "without_statistics_postgres_finds_contexts_by_their_instances") {
            return;
        }
        let (_folder, site) = fresh(Engine::Postgres).await;
        let mut connection = site.write_connection().await.unwrap();
        let fill = "create index on {context} (instanceid); insert into {context} (id, contextlevel, instanceid, path, depth) \
                    select n, 50, n, '/1/' || n, 2 from generate_series(1000, 9000) n";
        for part in fill.split("; ") {
            connection.execute("fill", Statement::new(&site.dialect, part)).await.unwrap();
        }
        let ids: Vec<Value> = (1000..1400).map(Value::Int).collect();
        let query = Statement::new(&site.dialect, "explain ").with_rows(&["id"], &ids);
        let rows = connection.fetch("explain", query.push(&of_instances(Level::Course))).await.unwrap();
        let plan: Vec<String> = rows.into_iter().map(|mut row| row.text(0)).collect();
        assert!(plan.iter().any(|step| step.contains("Index Cond") && step.contains("instanceid = j.j")), "{plan:#?}");
    }
}
