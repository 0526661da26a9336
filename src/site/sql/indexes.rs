//! The indexes of a site's tables, for databases that must be told by which one to go.
//!
//! MariaDB and MySQL choose by statistics, and those of a table that a load has just filled are of the time when it was
//! empty: a look at a row seems as dear as reading all, and one index as good as any other. A statement for a chunk has
//! an index to go by, so it names it. Which ones there are differs between versions of Moodle, so the database is asked.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::Statement;
use crate::site::SiteError;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The indexes of all tables of one site, as they were when a run began last.
#[derive(Debug, Clone, Default)]
pub(super) struct Indexes(Arc<RwLock<HashMap<String, Vec<Index>>>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Index {
    name: String,
    unique: bool,
    columns: Vec<String>,
}

impl Index {
    /// How many of its columns, from the first, are among the given ones.
    fn led(&self, given: &[&str]) -> usize {
        self.columns.iter().take_while(|column| given.contains(&column.as_str())).count()
    }

    /// How well it leads to rows of which these columns are given: by a unique key, else by how many columns, and among
    /// equals the shortest, which is a smaller tree.
    fn use_of(&self, given: &[&str]) -> (bool, usize, Reverse<usize>) {
        let (led, all) = (self.led(given), self.columns.len());
        (self.unique && led == all, led, Reverse(all))
    }
}

impl Indexes {
    /// Asks the database again, if it is one that must be told.
    pub(super) async fn look_again(&self, connection: &mut Connection, dialect: &Dialect) -> Result<(), SiteError> {
        let Some(query) = dialect.all_indexes() else { return Ok(()) };
        let mut found: HashMap<String, Vec<Index>> = HashMap::new();
        for mut row in connection.fetch("read the site's indexes", Statement::new(dialect, query)).await? {
            let (table, name, unique, column) = (row.text(0), row.text(1), row.int(2) != 0, row.text(3));
            let Some(table) = dialect.without_prefix(&table) else { continue };
            if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                continue;
            }
            let indexes = found.entry(table.to_owned()).or_default();
            match indexes.iter_mut().find(|index| index.name == name) {
                Some(index) => index.columns.push(column.to_lowercase()),
                None => indexes.push(Index { name, unique, columns: vec![column.to_lowercase()] }),
            }
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = found;
        Ok(())
    }

    /// The name of the index of a table that leads best to rows of which these columns are given, by way of the first of
    /// them. None where no index begins with given columns.
    fn leading(&self, table: &str, given: &[&str]) -> Option<String> {
        let first = given.first()?;
        let tables = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let of_use = |index: &&Index| index.columns[..index.led(given)].iter().any(|column| column == first);
        let usable = tables.get(table)?.iter().filter(of_use);
        usable.max_by_key(|index| index.use_of(given)).map(|index| index.name.clone())
    }

    /// Says by which index rows of a table are to be found of which these columns are given; says nothing where none leads
    /// to them.
    pub(super) fn hint(&self, table: &str, given: &[&str]) -> String {
        self.leading(table, given).map_or_else(String::new, |name| format!(" force index (\"{name}\")"))
    }

    #[cfg(test)]
    pub(super) fn of(table: &str, indexes: &[(&str, &[&str])]) -> Self {
        let index = |(name, columns): &(&str, &[&str])| Index {
            name: (*name).to_owned(),
            unique: name.ends_with("uix"),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        };
        let indexes = indexes.iter().map(index).collect();
        Self(Arc::new(RwLock::new(HashMap::from([(table.to_owned(), indexes)]))))
    }
}

/// The alias of a table that is joined to others, and the text from its condition on: what follows the name of a table in
/// `join user u on u.id = v.id` or `exists (select 1 from user u where u.id = v.id)`.
pub(super) fn joined(after: &str) -> Option<(&str, &str)> {
    let (alias, condition) = after.strip_prefix(' ')?.split_once(' ')?;
    let is_alias = !alias.is_empty() && alias.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_condition = ["on ", "where "].iter().any(|word| condition.starts_with(word));
    (is_alias && is_condition).then(|| (alias, &after[alias.len() + 1..]))
}

/// The columns of `alias` that a condition gives: those that equal columns of other tables, then those that are fixed. None
/// where no other table has a part in it. The condition ends where something else begins; one with alternatives gives nothing.
pub(super) fn given<'c>(alias: &str, condition: &'c str) -> Vec<&'c str> {
    const ENDS: [&str; 8] = ["(", ")", "{", " join ", " left ", " cross ", " order by ", " group by "];
    let condition = condition.trim_start();
    let (condition, is_join) = match condition.strip_prefix("where ") {
        Some(condition) => (condition, false),
        None => (condition.strip_prefix("on ").unwrap_or(condition), true),
    };
    let ends = ENDS.iter().copied().chain(is_join.then_some(" where "));
    let end = ends.filter_map(|end| condition.find(end)).min().unwrap_or(condition.len());
    let condition = &condition[..end];
    if condition.contains(" or ") {
        return Vec::new();
    }
    let of_alias = |side: &'c str| {
        let column = side.trim().strip_prefix(alias)?.strip_prefix('.')?;
        column.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()).then_some(column)
    };
    let equality = |part: &'c str| {
        let (left, right) = part.split_once(" = ")?;
        let side = |side, other| of_alias(side).map(|column| (column, other));
        side(left, right).or_else(|| side(right, left))
    };
    let (mut given, fixed): (Vec<_>, Vec<_>) =
        condition.split(" and ").filter_map(equality).partition(|(_, other): &(&str, &str)| other.contains('.'));
    if !given.is_empty() {
        given.extend(fixed);
    }
    given.into_iter().map(|(column, _)| column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_with_most_of_the_given_columns_leads_and_a_unique_key_before_all() {
        let indexes = Indexes::of(
            "role_assignments",
            &[
                ("id_uix", &["id"]),
                ("con_ix", &["contextid"]),
                ("use_ix", &["userid"]),
                ("useconrol_ix", &["userid", "contextid", "roleid"]),
                ("comiteuse_ix", &["component", "itemid", "userid"]),
            ],
        );
        let cases: [(&[&str], Option<&str>); 7] = [
            (&["id", "userid", "contextid"], Some("id_uix")),
            (&["userid"], Some("use_ix")),
            (&["contextid"], Some("con_ix")),
            (&["userid", "contextid", "component"], Some("useconrol_ix")),
            (&["itemid", "component"], Some("comiteuse_ix")),
            (&["roleid", "contextid"], None),
            (&[], None),
        ];
        for (given, expected) in cases {
            assert_eq!(indexes.leading("role_assignments", given).as_deref(), expected, "{given:?}");
        }
        assert_eq!(indexes.leading("user", &["id"]), None);
    }

    #[test]
    fn what_a_condition_gives_is_read_from_its_equalities() {
        let cases: [(&str, &[&str]); 11] = [
            ("x.contextlevel = 50 and x.instanceid = v.courseid", &["instanceid", "contextlevel"]),
            ("v.id = x.id", &["id"]),
            ("x.path > v.path and x.id <> v.id", &[]),
            ("x.a = v.a and (x.b = v.b or x.c = v.c)", &["a"]),
            ("x.a + 0 = v.a and xx.b = v.b", &[]),
            ("true", &[]),
            ("on x.id = v.id where x.b = v.b", &["id"]),
            ("where x.id = v.id and x.b = 1 order by x.c = v.c", &["id", "b"]),
            ("x.id = v.id or x.b = v.b and x.c = v.c", &[]),
            ("where x.deleted = 0 and x.host = 1", &[]),
            ("x.id = v.id join y on y.id = x.other and x.b = y.b", &["id"]),
        ];
        for (condition, expected) in cases {
            assert_eq!(given("x", condition), expected, "{condition}");
        }
    }

    #[test]
    fn joined_tables_have_an_alias_and_a_condition() {
        let cases = [
            (" u on u.id = v.id", Some(("u", " on u.id = v.id"))),
            (" o12 where o12.id = v.id)", Some(("o12", " where o12.id = v.id)"))),
            (" where id = 3", None),
            (" on u.id = v.id", None),
            (" (id, name) values", None),
            (" set a = b where c = d", None),
            ("", None),
        ];
        for (after, expected) in cases {
            assert_eq!(joined(after), expected, "{after:?}");
        }
    }
}
