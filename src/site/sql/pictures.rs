//! What the tables say of pictures of users, in the words of every query about them; and users with pictures page by page.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::Statement;
use crate::model::UserId;
use crate::site::{HashPresence, PictureCard, PictureQuery, SiteError, SiteFacts};

/// How many files a complete picture has besides the row of its folder.
pub(super) const SIZES: i64 = 3;

/// How many files the picture of the user `u` has. One step after the other: joined, the tables are taken in any order by a
/// database that has no statistics of them.
pub(super) const FILES: &str = "(select count(*) from {files} f where f.contextid = \
     (select x.id from {context} x where x.contextlevel = 30 and x.instanceid = u.id) \
     and f.component = 'user' and f.filearea = 'icon' and f.itemid = 0 and f.filename <> '.')";

/// The stored hash of the picture of the user `u`; null where there is none.
pub(super) const HASH: &str = "(select d.data from {user_info_data} d where d.userid = u.id and d.fieldid = \
     (select min(i.id) from {user_info_field} i where i.shortname = 'userpicturehash'))";

/// The condition that no hash is stored of the picture of the user `u`.
pub(super) fn no_hash() -> String {
    format!("coalesce({HASH}, '') = ''")
}

/// Goes on with the users `u` whose pictures Moodle shows: those of the site itself, without the guest.
pub(super) fn shown(select: Statement, facts: &SiteFacts) -> Statement {
    let of_site = select.push(" from {user} u where u.picture > 0 and +u.deleted = 0 and +u.mnethostid = ");
    of_site.bind(facts.local_host()).push(" and u.id <> ").bind(facts.guest.map_or(0, |guest| guest.0))
}

/// Users who meet the query, by id.
pub(super) async fn listed(
    connection: &mut Connection,
    dialect: &Dialect,
    query: &PictureQuery,
    facts: &SiteFacts,
) -> Result<Vec<PictureCard>, SiteError> {
    let columns = format!("select u.id, u.{}, {FILES}, {HASH}", query.key.name());
    let mut statement = shown(Statement::new(dialect, &columns), facts);
    statement = statement.push(" and u.id > ").bind(query.after.map_or(0, |after| after.0));
    if let Some(presence) = query.presence {
        let negation = if presence == HashPresence::Known { "not" } else { "" };
        statement = statement.push(&format!(" and {negation} ({FILES} < {SIZES} or {})", no_hash()));
    }
    let size = i64::try_from(query.size).unwrap_or(i64::MAX);
    let rows = connection.fetch("list hashes of pictures", statement.push(" order by u.id limit ").bind(size)).await?;
    let card = |mut row: super::statement::Row| PictureCard {
        user: UserId(row.int(0)),
        identifier: row.text(1),
        // A picture whose files are gone is to be sent again, whatever it was.
        hash: if row.int(2) < SIZES { String::new() } else { row.text(3) },
    };
    Ok(rows.into_iter().map(card).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sql::dialect::Engine;
    use crate::site::sql::tests::{fresh, on_every_engine, with};
    use crate::site::{Lookups, UserKey, World};
    use std::sync::Arc;

    /// ann and bob with whole pictures, ann's without a hash; cat's hash is empty; dan's picture has but one file; eve has no
    /// picture and a hash; fay is deleted; gil comes from another host.
    const SITE: &str = "
        insert into mdl_user (id, username, idnumber, email, deleted, mnethostid, picture) values
            (11, 'ann', 'A', 'a@ex.test', 0, 1, 4), (12, 'bob', '', 'b@ex.test', 0, 1, 5), (13, 'cat', 'C', '', 0, 1, 6),
            (14, 'dan', 'D', 'd@ex.test', 0, 1, 1), (15, 'eve', 'E', 'e@ex.test', 0, 1, 0),
            (16, 'fay', 'F', 'f@ex.test', 1, 1, 7), (17, 'gil', 'G', 'g@ex.test', 0, 2, 8);
        update mdl_user set picture = 3 where username = 'guest';
        insert into mdl_context (id, contextlevel, instanceid, path, depth) select 900 + id, 30, id, '/1/900', 2
            from mdl_user where id between 11 and 17;
        insert into mdl_files (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath, filename,
            filesize, timecreated, timemodified)
            select 'x', 'x' || x.id || '-' || n.id, x.id, 'user', 'icon', 0, '/', 'f' || n.id || '.png', 1, 1, 1
            from mdl_context x join mdl_role n on n.id <= 3 where x.contextlevel = 30 and x.instanceid in (11, 12, 13, 17);
        insert into mdl_files (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath, filename,
            filesize, timecreated, timemodified) values ('y', 'y', 914, 'user', 'icon', 0, '/', 'f1.jpg', 1, 1, 1);
        insert into mdl_user_info_field (id, shortname, name, datatype, categoryid) values
            (70, 'userpicturehash', 'Hash', 'textarea', 0), (71, 'badge', 'Badge', 'text', 0);
        insert into mdl_user_info_data (userid, fieldid, data) values
            (11, 71, 'gold'), (12, 70, 'hash of bob'), (13, 70, ''), (14, 70, 'hash of dan'), (15, 70, 'hash of eve');";

    async fn pictures_are_listed_with_their_hashes(engine: Engine) {
        let (_folder, site) = with(engine, SITE).await;
        let facts = site.reader().facts().await.unwrap();
        let all = PictureQuery { key: UserKey::Username, presence: None, after: None, size: 100 };
        let by = |key| PictureQuery { key, ..all.clone() };
        let such = |presence| PictureQuery { presence: Some(presence), ..all.clone() };
        let cases = [
            (all.clone(), vec!["11 ann ", "12 bob hash of bob", "13 cat ", "14 dan "]),
            (by(UserKey::Idnumber), vec!["11 A ", "12  hash of bob", "13 C ", "14 D "]),
            (by(UserKey::Email), vec!["11 a@ex.test ", "12 b@ex.test hash of bob", "13  ", "14 d@ex.test "]),
            (by(UserKey::Id), vec!["11 11 ", "12 12 hash of bob", "13 13 ", "14 14 "]),
            (such(HashPresence::Known), vec!["12 bob hash of bob"]),
            (such(HashPresence::Unknown), vec!["11 ann ", "13 cat ", "14 dan "]),
            (PictureQuery { after: Some(UserId(11)), size: 2, ..all.clone() }, vec!["12 bob hash of bob", "13 cat "]),
            (PictureQuery { after: Some(UserId(14)), ..all.clone() }, vec![]),
        ];
        for (query, expected) in cases {
            let found = site.reader().picture_hashes(&query, &facts).await.unwrap();
            let told: Vec<_> = found.iter().map(|c| format!("{} {} {}", c.user, c.identifier, c.hash)).collect();
            assert_eq!(told, expected, "{query:?}");
        }
    }

    async fn pictures_without_hashes_are_found(engine: Engine) {
        let (_folder, site) = with(engine, SITE).await;
        let mut world = World::new(site.reader().facts().await.unwrap(), 0);
        let lookups = Lookups { unhashed_pictures: true, ..Lookups::default() };
        site.reader().resolve(&lookups, &mut world).await.unwrap();
        let expected = [(UserId(11), "ann".to_owned()), (UserId(13), "cat".to_owned())];
        assert_eq!(world.pictures.unhashed(), expected);
        let (_folder, empty) = fresh(engine).await;
        let mut world = World::new(Arc::clone(&world.facts), 0);
        empty.reader().resolve(&lookups, &mut world).await.unwrap();
        assert_eq!(world.pictures.unhashed(), []);
    }

    on_every_engine! {
        pictures_are_listed_with_their_hashes,
        pictures_without_hashes_are_found,
    }
}
