//! E-mail addresses with capitals, for databases that compare them by case although Moodle does not.
//!
//! Moodle's index on addresses finds an address as it is written. Those in lower case are therefore found by the index;
//! who has an address with other letters is kept here, as hashes: read when a run begins, and then only what is new. A change
//! that Moodle makes to the address of an old account while a run is on is seen by the next run.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::Statement;
use crate::site::SiteError;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use tokio::sync::Mutex;

/// Rows read at once.
const PAGE: i64 = 10_000;
/// So far back new accounts are looked for again: ids are given before they can be seen.
const OVERLAP: i64 = 100;

/// The addresses of one site that have other than small letters.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Hash of the address in lower case, and an account that may have it.
    holders: BTreeSet<(u64, i64)>,
    /// Accounts up to this id were looked at.
    seen: i64,
}

impl Addresses {
    /// Reads all accounts again at the next question. Who is known stays known: what was noted may be of a transaction
    /// that has not ended, and one who does not have the address any more does no harm.
    pub(super) async fn look_again(&self) {
        self.known.lock().await.seen = 0;
    }

    /// Notes that an account gets an address. That it may not get it after all does no harm.
    pub(super) async fn note(&self, user: i64, address: &str) {
        self.known.lock().await.add(user, address);
    }

    /// Accounts that may have one of these addresses, which are in lower case, in another spelling.
    pub(super) async fn holders(
        &self,
        connection: &mut Connection,
        dialect: &Dialect,
        addresses: &BTreeSet<String>,
    ) -> Result<BTreeSet<i64>, SiteError> {
        let mut known = self.known.lock().await;
        known.catch_up(connection, dialect).await?;
        let of = |address: &String| {
            let hash = hash(address);
            known.holders.range((hash, i64::MIN)..=(hash, i64::MAX)).map(|(_, user)| *user)
        };
        Ok(addresses.iter().flat_map(of).collect())
    }
}

impl Known {
    fn add(&mut self, user: i64, address: &str) {
        let lower = address.to_lowercase();
        if lower != address {
            self.holders.insert((hash(&lower), user));
        }
    }

    async fn catch_up(&mut self, connection: &mut Connection, dialect: &Dialect) -> Result<(), SiteError> {
        const OPERATION: &str = "read e-mail addresses";
        let mut from = self.seen - OVERLAP;
        loop {
            let end = connection.fetch(OPERATION, end_of_page(dialect, from)).await?;
            let Some(to) = end.first().and_then(|row| row.opt_int(0)) else { break };
            for mut row in connection.fetch(OPERATION, page(dialect, from, to)).await? {
                self.add(row.int(0), &row.text(1));
            }
            from = to;
            if end.first().is_none_or(|row| row.int(1) < PAGE) {
                break;
            }
        }
        self.seen = self.seen.max(from);
        Ok(())
    }
}

/// Asks for the last of the accounts behind `from`, as many as make a page, and how many these are. Ids have gaps, so a page
/// is no range of ids.
fn end_of_page(dialect: &Dialect, from: i64) -> Statement {
    let ids = Statement::new(dialect, "select max(p.id), count(*) from (select id from {user} where id > ").bind(from);
    ids.push(" order by id limit ").bind(PAGE).push(") p")
}

/// Asks for the accounts behind `from`, as far as `to`, whose addresses have other than small letters. What is not
/// ASCII may have capitals that the database's locale does not know, and where all is ASCII, the letters of `C` do and take a
/// fraction of the time. `deleted + 0`, because the index on deleted leads through all accounts for every page where there are
/// no statistics.
fn page(dialect: &Dialect, from: i64, to: i64) -> Statement {
    let page = Statement::new(dialect, "select id, email from {user} where id > ").bind(from);
    let page = page.push(" and id <= ").bind(to);
    page.push(" and deleted + 0 = 0 and (email <> lower(email collate \"C\") or octet_length(email) <> length(email))")
}

fn hash(address: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sql::connection::statements;
    use crate::site::sql::dialect::Engine;
    use crate::site::sql::tests::databases::is_skipped;
    use crate::site::sql::tests::fresh;

    #[tokio::test]
    async fn postgres_goes_through_accounts_by_their_ids_without_statistics_and_over_gaps() {
        if is_skipped(Engine::Postgres, "postgres_goes_through_accounts_by_their_ids_without_statistics_and_over_gaps")
        {
            return;
        }
        let (_folder, site) = fresh(Engine::Postgres).await;
        let mut connection = site.write_connection().await.unwrap();
        let fill = "alter table {user} set (autovacuum_enabled = false); \
                    insert into {user} (username, mnethostid, email) \
                    select 'u' || n, 1, 'u' || n || '@example.com' from generate_series(1, 30000) n";
        for part in fill.split("; ") {
            connection.execute("fill", Statement::new(&site.dialect, part)).await.unwrap();
        }
        let analyzed = Statement::new(&site.dialect, "select count(*) from pg_stats where tablename = 'mdl_user'");
        assert_eq!(connection.fetch("look", analyzed).await.unwrap()[0].int(0), 0, "there are statistics");
        // The pages of a table as it was when it was small, of one that has grown, and behind its end.
        for from in [-OVERLAP, PAGE, 4 * PAGE] {
            for mut query in [end_of_page(&site.dialect, from), page(&site.dialect, from, from + PAGE)] {
                query.sql.insert_str(0, "explain ");
                let rows = connection.fetch("explain", query).await.unwrap();
                let plan: Vec<String> = rows.into_iter().map(|mut row| row.text(0)).collect();
                let by_id = |step: &String| step.contains("Index Cond: ((id > ") || step.contains("Index Cond: (id > ");
                assert!(plan.iter().any(by_id) && !plan.iter().any(|step| step.contains("deleted = ")), "{plan:#?}");
            }
        }
        // An account far behind the others takes no more pages than any.
        let far = "insert into {user} (id, username, mnethostid, email) values (90000000, 'far', 1, 'Far@Example.com')";
        connection.execute("fill", Statement::new(&site.dialect, far)).await.unwrap();
        let addresses = Addresses::default();
        let before = statements();
        let wanted = BTreeSet::from(["far@example.com".to_owned(), "u7@example.com".to_owned()]);
        let found = addresses.holders(&mut connection, &site.dialect, &wanted).await.unwrap();
        assert_eq!((found, statements() - before), (BTreeSet::from([90_000_000]), 8));
    }
}
