//! Which pictures users have.

use super::{LIST, Site};
use crate::model::UserId;
use crate::site::sql::statement::Statement;
use crate::site::world::UserPicture;
use crate::site::{SiteError, World};

/// How many files a complete picture has besides the row of its folder.
const SIZES: i64 = 3;

/// Reads the pictures of these users: what `user` says, how many files are there, and the hash of what came in.
const PICTURES: &str = "select u.id, u.picture, \
     (select count(*) from {context} x join {files} f on f.contextid = x.id where x.contextlevel = 30 \
     and x.instanceid = u.id and f.component = 'user' and f.filearea = 'icon' and f.itemid = 0 and f.filename <> '.'), \
     (select max(d.data) from {user_info_data} d join {user_info_field} i on i.id = d.fieldid where d.userid = u.id \
     and i.shortname = 'userpicturehash') from {user u by id} where u.id";

pub(super) async fn of_users(site: &mut Site<'_>, users: &[i64], world: &mut World) -> Result<(), SiteError> {
    for part in users.chunks(LIST) {
        let query = Statement::new(site.dialect, PICTURES).one_of(part.iter().copied());
        for mut row in site.connection.fetch("read pictures", query).await? {
            let picture = UserPicture { shown: row.int(1), is_stored: row.int(2) >= SIZES, hash: row.text(3) };
            world.pictures.load(UserId(row.int(0)), picture);
        }
    }
    Ok(())
}
