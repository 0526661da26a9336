//! Contexts below others, by Moodle's index on paths.
//!
//! Paths are written out as ranges, one beside the other: an index serves those on every database, while MariaDB reads the
//! whole table where a range goes from one column to another.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::Statement;
use crate::site::SiteError;
use std::collections::HashMap;

/// Ranges of one statement. More make a database consider its plan longer than the rows are worth.
const RANGES: usize = 512;

/// A context that lies below another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Below {
    /// The place, in the list that was asked about, of the path above.
    pub(super) root: usize,
    pub(super) id: i64,
    pub(super) path: String,
    pub(super) depth: i64,
}

/// All contexts below these paths; those of paths that lie below each other several times.
pub(super) async fn contexts_below(
    connection: &mut Connection,
    dialect: &Dialect,
    roots: &[&str],
) -> Result<Vec<Below>, SiteError> {
    let places: HashMap<&str, usize> = roots.iter().enumerate().map(|(root, path)| (*path, root)).collect();
    let mut found = HashMap::new();
    for part in roots.chunks(RANGES) {
        for mut row in connection.fetch("read contexts below others", ranges(dialect, part)).await? {
            found.insert(row.int(0), (row.text(1), row.int(2)));
        }
    }
    let below = found.into_iter().flat_map(|(id, (path, depth))| {
        let above = path.match_indices('/').filter_map(|(at, _)| places.get(&path[..at]).copied());
        above.map(|root| Below { root, id, path: path.clone(), depth }).collect::<Vec<_>>()
    });
    Ok(below.collect())
}

/// The list is padded by repeating its last path, so that the database sees few different statements.
fn ranges(dialect: &Dialect, paths: &[&str]) -> Statement {
    let (after, before) = dialect.order_of_paths();
    let mut statement = Statement::new(dialect, "select id, path, depth from {context} where ");
    let padded = paths.len().next_power_of_two();
    let last = paths.last().into_iter().cycle();
    for (at, path) in paths.iter().chain(last).take(padded).enumerate() {
        statement = statement.push(if at > 0 { " or path" } else { "path" }).push(after).bind(format!("{path}/"));
        // `0` is the character after `/`.
        statement = statement.push(" and path").push(before).bind(format!("{path}0"));
    }
    statement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sql::dialect::Engine;
    use crate::site::sql::tests::databases::is_skipped;
    use crate::site::sql::tests::fresh;

    #[tokio::test]
    async fn contexts_below_are_found_by_the_index_on_paths() {
        for engine in [Engine::Sqlite, Engine::Postgres, Engine::MySql] {
            if is_skipped(engine, "contexts_below_are_found_by_the_index_on_paths") {
                continue;
            }
            let (_folder, site) = fresh(engine).await;
            let connection = &mut site.write_connection().await.unwrap();
            let rows: Vec<String> = (1000..3000).map(|at| format!("({at}, 70, {at}, '/1/9{at}/{at}', 3)")).collect();
            let sql = "insert into {context} (id, contextlevel, instanceid, path, depth) values ";
            let insert = Statement::new(&site.dialect, sql).push(&rows.join(", "));
            connection.execute("fill", insert).await.unwrap();

            let roots: Vec<String> = (1000..1003).map(|at| format!("/1/9{at}")).collect();
            let roots: Vec<&str> = roots.iter().map(String::as_str).collect();
            let mut found = contexts_below(connection, &site.dialect, &roots).await.unwrap();
            found.sort_by_key(|below| below.id);
            let expected = (0..3).map(|at| Below {
                root: at,
                id: 1000 + at as i64,
                path: format!("/1/9{0}/{0}", 1000 + at),
                depth: 3,
            });
            assert_eq!(found, expected.collect::<Vec<_>>(), "{engine:?}");

            let explain = if engine == Engine::Sqlite { "explain query plan " } else { "explain " };
            let mut statement = ranges(&site.dialect, &roots);
            statement.sql.insert_str(0, explain);
            let plan = format!("{:?}", connection.fetch("explain", statement).await.unwrap());
            assert!(plan.contains("cont_pat_ix") || plan.contains("context_path"), "{engine:?}: {plan}");
        }
    }

    #[tokio::test]
    async fn a_path_below_another_is_told_for_both() {
        let (_folder, site) = fresh(Engine::Sqlite).await;
        let connection = &mut site.write_connection().await.unwrap();
        let sql = "insert into {context} (id, contextlevel, instanceid, path, depth) values (900, 40, 900, '/1/900', 2), \
                   (901, 40, 901, '/1/900/901', 3), (902, 50, 902, '/1/900/901/902', 4), (9001, 40, 903, '/1/9001', 2)";
        connection.execute("fill", Statement::new(&site.dialect, sql)).await.unwrap();
        let found = contexts_below(connection, &site.dialect, &["/1/900", "/1/900/901"]).await.unwrap();
        let mut pairs: Vec<(usize, i64)> = found.iter().map(|below| (below.root, below.id)).collect();
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 901), (0, 902), (1, 902)]);
    }
}
