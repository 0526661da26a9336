//! Pictures of users: the rows that Moodle writes for one, and what a look-up makes of them.

use super::*;
use crate::site::picture::PictureFormat;
use crate::site::world::UserPicture;
use crate::site::{Lookups, PictureDetail, PictureHash, PooledContent, Portrait, UserKey, World};

fn portrait(format: PictureFormat, seed: &str) -> Arc<Portrait> {
    let file = |name: &str| PooledContent::of(format!("{seed} {name}").into_bytes());
    Arc::new(Portrait { format, f1: file("f1"), f2: file("f2"), f3: file("f3") })
}

pub(super) fn set(user: i64, format: PictureFormat, seed: &str) -> Change {
    let (user, hash) = (UserId(user), PictureHash::of(seed.as_bytes()));
    Change::SetPicture { user, before: String::new(), hash, portrait: portrait(format, seed) }
}

async fn known(campus: &Fixture, user: i64) -> UserPicture {
    let mut lookups = Lookups { pictures: PictureDetail::Content, ..Lookups::default() };
    lookups.users.add(UserKey::Id, &user.to_string());
    let mut world = World::new(Arc::clone(&campus.facts), T);
    campus.site.reader().resolve(&lookups, &mut world).await.unwrap();
    world.pictures.of(UserId(user)).unwrap().clone()
}

const ROWS: &str = "select f.filename, f.component, f.filearea, f.itemid, f.filepath, f.filesize, f.mimetype, f.userid, \
     f.status, f.source, f.author, f.license, f.sortorder, f.referencefileid, f.timecreated, f.timemodified \
     from {files} f join {context} x on x.id = f.contextid where x.contextlevel = 30 and x.instanceid = 3 order by f.id";

async fn a_picture_is_four_rows_of_which_one_is_shown(engine: Engine) {
    let campus = Fixture::campus(engine).await;
    assert_eq!(known(&campus, 3).await, UserPicture::default());
    campus.apply(T + 1, &[set(3, PictureFormat::Jpeg, "one"), set(4, PictureFormat::Png, "two")]).await;
    let row =
        |name: &str, size: i64, kind: &str| format!("{name}|user|icon|0|/|{size}|{kind}|~|0|~|~|~|0|~|{0}|{0}", T + 1);
    let jpeg = |name: &str| row(name, 6, "image/jpeg");
    assert_eq!(campus.rows(ROWS).await, [jpeg("f1.jpg"), row(".", 0, "~"), jpeg("f2.jpg"), jpeg("f3.jpg")]);
    let hashes = "select f.contenthash, f.pathnamehash from {files} f where f.contextid = 8 order by f.id";
    let path = |name: &str| crate::site::file_pool::sha1_hex(format!("/8/user/icon/0/{name}").as_bytes());
    let of = portrait(PictureFormat::Jpeg, "one");
    let empty = "da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned();
    let expected = [(&of.f1.sha1, "f1.jpg"), (&empty, "."), (&of.f2.sha1, "f2.jpg"), (&of.f3.sha1, "f3.jpg")];
    assert_eq!(campus.rows(hashes).await, expected.map(|(content, name)| format!("{content}|{}", path(name))));
    let shown =
        "select u.id, f.filename, u.timemodified from {user} u join {files} f on f.id = u.picture order by u.id";
    assert_eq!(campus.rows(shown).await, [format!("3|f1.jpg|{T}"), format!("4|f1.png|{T}")]);

    let first = known(&campus, 3).await;
    assert!(first.is(&PictureHash::of(b"one")) && !first.is(&PictureHash::of(b"two")), "{first:?}");
    // Another format: nothing of the former one is left, and the number in addresses is another.
    campus.apply(T + 2, &[set(3, PictureFormat::Png, "three")]).await;
    let second = known(&campus, 3).await;
    assert!(second.is(&PictureHash::of(b"three")) && second.shown > first.shown, "{second:?}");
    let names = "select filename from {files} where contextid = 8 order by id";
    campus.expect(&[(names, &["f1.png", ".", "f2.png", "f3.png"])]).await;
    assert_eq!(known(&campus, 4).await.hash, PictureHash::of(b"two").as_str());
}

async fn hashes_are_kept_in_a_profile_field_that_nobody_sees(engine: Engine) {
    let campus = Fixture::campus(engine).await;
    campus.prepare(&["delete from {user_info_field}", "delete from {user_info_category}"]).await;
    campus.apply(T, &[set(3, PictureFormat::Png, "one")]).await;
    campus.apply(T, &[set(3, PictureFormat::Png, "two"), set(4, PictureFormat::Png, "two")]).await;
    let field = "select c.name, f.shortname, f.datatype, f.visible, f.locked, f.required, f.forceunique, f.signup \
                 from {user_info_field} f join {user_info_category} c on c.id = f.categoryid";
    let hash = PictureHash::of(b"two");
    let expected = [format!("3|{}|0", hash.as_str()), format!("4|{}|0", hash.as_str())];
    assert_eq!(campus.rows(field).await, ["Other fields|userpicturehash|text|0|1|0|0|0"]);
    assert_eq!(campus.rows("select userid, data, dataformat from {user_info_data} order by userid").await, expected);
}

/// Tool Sync made it as a text area, in no category.
async fn the_field_of_the_original_is_used(engine: Engine) {
    let campus = Fixture::campus(engine).await;
    let field = "insert into {user_info_field} (id, shortname, name, datatype, categoryid) \
                 values (70, 'userpicturehash', 'Hash', 'textarea', 0)";
    campus.prepare(&[field, "insert into {user_info_data} (userid, fieldid, data) values (3, 70, 'former')"]).await;
    assert_eq!(known(&campus, 3).await.hash, "former");
    campus.apply(T, &[set(3, PictureFormat::Png, "one")]).await;
    assert_eq!(known(&campus, 3).await.hash, PictureHash::of(b"one").as_str());
    campus.expect(&[("select count(*) from {user_info_field} where shortname = 'userpicturehash'", &["1"])]).await;
}

pub(super) fn note(user: i64, seed: &str) -> Change {
    Change::SetPictureHash { user: UserId(user), hash: PictureHash::of(seed.as_bytes()) }
}

/// The field may not be there, a row of it may, with nothing in it.
async fn hashes_of_pictures_that_are_there_are_noted(engine: Engine) {
    let campus = Fixture::campus(engine).await;
    campus.prepare(&["delete from {user_info_data}", "delete from {user_info_field}"]).await;
    campus.apply(T, &[note(3, "one")]).await;
    let empty = "insert into {user_info_data} (userid, fieldid, data) select 4, id, '' from {user_info_field}";
    campus.prepare(&[empty]).await;
    assert_eq!(known(&campus, 4).await.hash, "");
    campus.apply(T, &[note(4, "two")]).await;
    let (one, two) = (PictureHash::of(b"one"), PictureHash::of(b"two"));
    let expected = [format!("3|{}|0", one.as_str()), format!("4|{}|0", two.as_str())];
    assert_eq!(campus.rows("select userid, data, dataformat from {user_info_data} order by userid").await, expected);
    let nothing_else = "select count(*) from {files} where filearea = 'icon'";
    campus.expect(&[(nothing_else, &["0"]), ("select count(*) from {user_info_field}", &["1"])]).await;
    // A picture that comes later, in the same transaction too, has the last word.
    campus.apply(T, &[note(3, "former"), set(3, PictureFormat::Png, "later")]).await;
    assert_eq!(known(&campus, 3).await.hash, PictureHash::of(b"later").as_str());
}

/// Whose a picture is, its context says; the PNG is the one that Moodle shows.
async fn the_content_of_a_picture_is_that_of_its_user(engine: Engine) {
    let campus = Fixture::campus(engine).await;
    let row = "insert into {files} (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath, filename, \
               userid, filesize, timecreated, timemodified) values ";
    let others = "('a', 'a', 8, 'user', 'icon', 0, '/', 'f1.png', 4, 1, 1, 1), \
                  ('z', 'b', 8, 'user', 'icon', 0, '/', 'f1.jpg', 4, 1, 1, 1), \
                  ('y', 'c', 8, 'user', 'icon', 0, '/', 'f2.png', 4, 1, 1, 1), \
                  ('x', 'd', 8, 'user', 'private', 0, '/', 'f1.png', 4, 1, 1, 1), \
                  ('w', 'e', 8, 'user', 'icon', 0, '/sub/', 'f1.png', 4, 1, 1, 1), \
                  ('c', 'f', 9, 'user', 'icon', 0, '/', 'f1.jpg', 3, 1, 1, 1)";
    campus.prepare(&[&format!("{row}{others}")]).await;
    assert_eq!(known(&campus, 3).await.f1.as_deref(), Some("a"));
    assert_eq!(known(&campus, 4).await.f1.as_deref(), Some("c"));
    campus.prepare(&["delete from {files} where contextid = 8 and filename = 'f1.png'"]).await;
    assert_eq!(known(&campus, 3).await.f1.as_deref(), Some("z"));
}

async fn a_picture_of_what_the_original_left_is_replaced(engine: Engine) {
    let campus = Fixture::campus(engine).await;
    let row = "insert into {files} (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath, filename, \
               filesize, timecreated, timemodified) values ";
    let others = "('a', 'a', 8, 'user', 'icon', 0, '/', 'f1.png', 1, 1, 1), \
                  ('b', 'b', 8, 'user', 'private', 0, '/', 'mine.png', 1, 1, 1), \
                  ('c', 'c', 9, 'user', 'icon', 0, '/', 'f1.png', 1, 1, 1)";
    campus.prepare(&[&format!("{row}{others}"), "update {user} set picture = 1 where id = 3"]).await;
    let before = known(&campus, 3).await;
    assert_eq!((before.shown, before.is_stored), (1, false));
    campus.apply(T, &[set(3, PictureFormat::Png, "one")]).await;
    let left =
        "select contextid, filearea, filename from {files} where contenthash in ('a', 'b', 'c') order by contextid";
    campus.expect(&[(left, &["8|private|mine.png", "9|icon|f1.png"])]).await;
}

async fn many_pictures_take_few_statements(engine: Engine) {
    let campus = Fixture::campus(engine).await;
    let users: Vec<Change> = (1..=60).map(|n| create_user(-n, &format!("many{n}"))).collect();
    let made = campus.apply(T, &users).await;
    let pictures: Vec<Change> = made.subjects.values().map(|id| set(*id, PictureFormat::Png, "x")).collect();
    let (_, statements) = campus.counted(T, &pictures).await;
    assert!(statements < 40, "{statements} statements for 60 pictures");
    campus.prepare(&["delete from {user_info_data}"]).await;
    let hashes: Vec<Change> = made.subjects.values().map(|id| note(*id, "x")).collect();
    let (_, statements) = campus.counted(T, &hashes).await;
    assert!(statements < 20, "{statements} statements for 60 hashes");
    campus.expect(&[("select count(*) from {files} where filearea = 'icon'", &["240"])]).await;
}

on_every_engine!(
    a_picture_is_four_rows_of_which_one_is_shown,
    hashes_are_kept_in_a_profile_field_that_nobody_sees,
    the_field_of_the_original_is_used,
    hashes_of_pictures_that_are_there_are_noted,
    the_content_of_a_picture_is_that_of_its_user,
    a_picture_of_what_the_original_left_is_replaced,
    many_pictures_take_few_statements,
);
