//! Which pictures users have.

use super::{LIST, Site};
use crate::model::UserId;
use crate::site::sql::pictures::{FILES, HASH, SIZES, no_hash, shown};
use crate::site::sql::statement::Statement;
use crate::site::world::UserPicture;
use crate::site::{PictureDetail, SiteError, World};
use std::collections::HashMap;

/// Reads the pictures of these users: what `user` says, how many files are there, and the hash of what came in.
pub(super) async fn of_users(
    site: &mut Site<'_>,
    detail: PictureDetail,
    users: &[i64],
    world: &mut World,
) -> Result<(), SiteError> {
    if detail == PictureDetail::Nothing {
        return Ok(());
    }
    let select = format!("select u.id, u.picture, {FILES}, {HASH} from {{user u by id}} where u.id");
    for part in users.chunks(LIST) {
        let mut contents = match detail {
            PictureDetail::Content => contents(site, part).await?,
            PictureDetail::Identity | PictureDetail::Nothing => HashMap::new(),
        };
        let query = Statement::new(site.dialect, &select).one_of(part.iter().copied());
        for mut row in site.connection.fetch("read pictures", query).await? {
            let (user, is_stored) = (row.int(0), row.int(2) >= SIZES);
            let f1 = contents.remove(&user).map(|(_, content)| content);
            let picture = UserPicture { shown: row.int(1), is_stored, hash: row.text(3), f1 };
            world.pictures.load(UserId(user), picture);
        }
    }
    Ok(())
}

/// The files `f1` of these users: name and content. Whose a picture is, its context says; its `userid` is whoever sent it.
const F1: &str = "select u.id, f.filename, f.contenthash from {user u by id} \
     {then context x on x.contextlevel = 30 and x.instanceid = u.id} {then files f on f.contextid = x.id \
     and f.component = 'user' and f.filearea = 'icon' and f.itemid = 0 and f.filepath = '/' \
     and f.filename in ('f1.png', 'f1.jpg')} where u.id";

async fn contents(site: &mut Site<'_>, users: &[i64]) -> Result<HashMap<i64, (String, String)>, SiteError> {
    let query = Statement::new(site.dialect, F1).one_of(users.iter().copied());
    let mut contents: HashMap<i64, (String, String)> = HashMap::new();
    for mut row in site.connection.fetch("read files of pictures", query).await? {
        let (user, found) = (row.int(0), (row.text(1), row.text(2)));
        // Of both, Moodle shows the PNG: the last one by name.
        let known = contents.entry(user).or_default();
        if found > *known {
            *known = found;
        }
    }
    Ok(contents)
}

/// Reads who has a picture and no hash of it.
pub(super) async fn unhashed(site: &mut Site<'_>, world: &mut World) -> Result<(), SiteError> {
    let query = shown(Statement::new(site.dialect, "select u.id, u.username"), &world.facts);
    let query = query.push(" and ").push(&no_hash()).push(" order by u.id");
    let rows = site.connection.fetch("list pictures without hashes", query).await?;
    let users = rows.into_iter().map(|mut row| (UserId(row.int(0)), row.text(1))).collect();
    world.pictures.load_unhashed(users);
    Ok(())
}
