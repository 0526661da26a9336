//! Pictures of users: rows of `files`, which of them is shown, and the hash of what came in.
//!
//! The contents are somebody else's business, and stored before.

use super::contexts::{Level, Places};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion};
use crate::site::file_pool::{PooledContent, sha1_hex};
use crate::site::picture::PictureHash;
use crate::site::sql::statement::Value;
use crate::site::{Change, Portrait, SiteError};
use std::collections::HashSet;

/// The rows that belong to a picture.
const ICON: &str = "t.component = 'user' and t.filearea = 'icon' and t.itemid = 0";

/// Columns of a file, those aside that stay empty.
const COLUMNS: [&str; 12] = [
    "contenthash",
    "pathnamehash",
    "contextid",
    "component",
    "filearea",
    "itemid",
    "filepath",
    "filename",
    "filesize",
    "mimetype",
    "timecreated",
    "timemodified",
];

/// Rows that a picture has: three sizes and the folder.
const ROWS: usize = 4;

pub(super) async fn set(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut pictures = Vec::with_capacity(items.len());
    for item in items {
        let Change::SetPicture { user, hash, portrait, .. } = item.change else { continue };
        pictures.push((apply.state.ids.user(*user)?, hash, &**portrait));
    }
    let places = Places::read(apply, Level::User, pictures.iter().map(|(user, ..)| *user)).await?;
    let (mut contexts, mut files) = (Vec::with_capacity(pictures.len()), Rows::new(COLUMNS));
    let empty = PooledContent::empty();
    for (user, _, portrait) in &pictures {
        let context = places.get(*user)?.id;
        contexts.push(context);
        for (name, content, mimetype) in entries(portrait, &empty) {
            files.push(file(context, (&name, content, mimetype), apply.now));
        }
    }
    let former = Deletion { table: "files", keys: &["contextid"], selection: "select id from v", rest: ICON };
    apply.delete("remove former pictures", &Rows::of_ids(contexts), former).await?;
    let files = apply.insert_numbered("store pictures", "files", files).await?;
    let first = files.into_iter().step_by(ROWS);
    let shown = Rows::of_pairs(["id", "picture"], pictures.iter().map(|(user, ..)| *user).zip(first));
    apply.update("show pictures", "user", 1, &shown).await?;
    note_hashes(apply, pictures.iter().map(|(user, hash, _)| (*user, *hash))).await
}

pub(super) async fn set_hashes(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut hashes = Vec::with_capacity(items.len());
    for item in items {
        let Change::SetPictureHash { user, hash } = item.change else { continue };
        hashes.push((apply.state.ids.user(*user)?, hash));
    }
    note_hashes(apply, hashes.iter().copied()).await
}

/// Name, content and type of each row, in Moodle's order.
fn entries<'p>(
    portrait: &'p Portrait,
    folder: &'p PooledContent,
) -> [(String, &'p PooledContent, Option<&'static str>); ROWS] {
    let named = |name: &str| format!("{name}.{}", portrait.format.extension());
    let mimetype = Some(portrait.format.mimetype());
    [
        (named("f1"), &portrait.f1, mimetype),
        (".".to_owned(), folder, None),
        (named("f2"), &portrait.f2, mimetype),
        (named("f3"), &portrait.f3, mimetype),
    ]
}

fn file(context: i64, (name, content, mimetype): (&str, &PooledContent, Option<&str>), now: i64) -> [Value; 12] {
    let path = sha1_hex(format!("/{context}/user/icon/0/{name}").as_bytes());
    let size = i64::try_from(content.bytes.len()).unwrap_or(i64::MAX);
    [
        (&*content.sha1).into(),
        path.into(),
        context.into(),
        "user".into(),
        "icon".into(),
        Value::Int(0),
        "/".into(),
        name.into(),
        size.into(),
        mimetype.into(),
        now.into(),
        now.into(),
    ]
}

/// Keeps the hashes in a profile field that nobody sees, so that a second run knows the pictures again.
async fn note_hashes<'h>(
    apply: &mut Apply<'_, '_>,
    hashes: impl Iterator<Item = (i64, &'h PictureHash)> + Clone,
) -> Result<(), SiteError> {
    let field = hash_field(apply).await?;
    let users = Rows::of_pairs(["userid", "fieldid"], hashes.clone().map(|(user, _)| (user, field)));
    let sql =
        "select distinct d.userid from v join {user_info_data} d on d.userid = v.userid and d.fieldid = v.fieldid";
    let stored = apply.fetch_with("read hashes of pictures", &users, sql).await?;
    let stored: HashSet<i64> = stored.iter().map(|row| row.int(0)).collect();
    let columns = ["userid", "fieldid", "data", "dataformat"];
    let (mut new, mut changed) = (Rows::new(columns), Rows::new(columns));
    for (user, hash) in hashes {
        let rows = if stored.contains(&user) { &mut changed } else { &mut new };
        rows.push([user.into(), field.into(), hash.as_str().into(), Value::Int(0)]);
    }
    apply.update("change hashes of pictures", "user_info_data", 2, &changed).await?;
    apply.insert("note hashes of pictures", "user_info_data", new).await
}

/// The id of the profile field for hashes. It is made where the site has none, as the original does when it is installed.
async fn hash_field(apply: &mut Apply<'_, '_>) -> Result<i64, SiteError> {
    let sql = "select id from {user_info_field} where shortname = 'userpicturehash' order by id";
    let found = apply.fetch("read the field for hashes of pictures", sql).await?;
    if let Some(row) = found.first() {
        return Ok(row.int(0));
    }
    let category = field_category(apply).await?;
    let mut field = Rows::new([
        "shortname",
        "name",
        "datatype",
        "description",
        "categoryid",
        "sortorder",
        "locked",
        "visible",
        "defaultdata",
        "param1",
        "param2",
        "param3",
    ]);
    field.push([
        "userpicturehash".into(),
        "User picture hash".into(),
        "text".into(),
        "".into(),
        category.into(),
        // Behind all others.
        Value::Int(999),
        Value::Int(1),
        Value::Int(0),
        "".into(),
        "30".into(),
        "2048".into(),
        "0".into(),
    ]);
    let ids = apply.insert_numbered("create the field for hashes of pictures", "user_info_field", field).await?;
    Ok(ids.first().copied().unwrap_or_default())
}

/// A category of profile fields: the first, or one as Moodle makes it where there is none.
async fn field_category(apply: &mut Apply<'_, '_>) -> Result<i64, SiteError> {
    let sql = "select id from {user_info_category} order by sortorder, id";
    if let Some(row) = apply.fetch("read categories of profile fields", sql).await?.first() {
        return Ok(row.int(0));
    }
    let mut category = Rows::new(["name", "sortorder"]);
    category.push(["Other fields".into(), Value::Int(1)]);
    let ids = apply.insert_numbered("create a category of profile fields", "user_info_category", category).await?;
    Ok(ids.first().copied().unwrap_or_default())
}
