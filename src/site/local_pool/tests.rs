//! A pool in a scratch folder.

use super::*;

fn content() -> PooledContent {
    PooledContent::of(b"abc".to_vec())
}

/// Names of all files below a folder, without it.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            found.extend(files(&path).into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            found.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    found.sort();
    found
}

const PLACE: &str = "a9/99/a9993e364706816aba3e25717850c26c9cd0d89d";

#[tokio::test]
async fn a_content_stands_under_its_sha1() {
    let folder = tempfile::tempdir().unwrap();
    let pool = LocalFilePool::new(folder.path().join("filedir"), Absence::Filled);
    pool.check().await.unwrap();
    assert_eq!(files(folder.path()), [""; 0], "a look leaves nothing behind");
    pool.store(vec![content(), content(), PooledContent::empty()]).await.unwrap();
    let place = folder.path().join("filedir").join(PLACE);
    assert_eq!(fs::read(&place).unwrap(), b"abc");
    let empty = "da/39/da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned();
    assert_eq!(files(&folder.path().join("filedir")), [PLACE.to_owned(), empty]);
    // One that is there is not written again; one of another size is no content.
    let before = fs::metadata(&place).unwrap().modified().unwrap();
    pool.store(vec![content()]).await.unwrap();
    assert_eq!(fs::metadata(&place).unwrap().modified().unwrap(), before);
    fs::write(&place, b"a").unwrap();
    pool.store(vec![content()]).await.unwrap();
    assert_eq!(fs::read(&place).unwrap(), b"abc");
}

#[cfg(unix)]
#[tokio::test]
async fn folders_and_files_are_as_open_as_the_pool() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let pool = LocalFilePool::new(folder.path().to_owned(), Absence::Refused);
    for (of_pool, of_files) in [(0o2770, 0o660), (0o2777, 0o666), (0o700, 0o600)] {
        fs::set_permissions(folder.path(), Permissions::from_mode(of_pool)).unwrap();
        pool.store(vec![content()]).await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(&folder.path().join(PLACE)), of_files);
        assert_eq!(mode(&folder.path().join("a9")), of_pool);
        assert_eq!(mode(&folder.path().join("a9/99")), of_pool);
        fs::remove_dir_all(folder.path().join("a9")).unwrap();
    }
}

#[tokio::test]
async fn a_pool_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = LocalFilePool::new(folder.path().join("missing"), Absence::Refused);
    assert!(missing.check().await.unwrap_err().to_string().contains("missing"));
    missing.store(vec![content()]).await.unwrap_err();
    assert_eq!(files(folder.path()), [""; 0]);
    fs::write(folder.path().join("file"), "").unwrap();
    let file = LocalFilePool::new(folder.path().join("file"), Absence::Filled);
    file.check().await.unwrap_err();
}

#[tokio::test]
async fn a_content_is_read_by_its_sha1() {
    let folder = tempfile::tempdir().unwrap();
    let pool = LocalFilePool::new(folder.path().to_owned(), Absence::Refused);
    pool.store(vec![content(), PooledContent::empty()]).await.unwrap();
    pool.check_reading().await.unwrap();
    let read = async |sha1: &str, most| pool.read(sha1, most).await.unwrap();
    let (sha1, empty) = (content().sha1, PooledContent::empty().sha1);
    assert_eq!(read(&sha1, 3).await, Ok(b"abc".to_vec()));
    assert_eq!(read(&sha1, u64::MAX).await, Ok(b"abc".to_vec()));
    assert_eq!(read(&empty, 0).await, Ok(Vec::new()));
    assert_eq!(read(&sha1, 2).await, Err(ContentError::TooLarge { most: 2 }));
    let absent = [&sha1_hex(b"x"), &sha1.to_uppercase(), "", "a", "../../etc/passwd", "é", &"é".repeat(20)];
    for name in absent {
        assert_eq!(read(name, 9).await, Err(ContentError::Absent), "{name}");
    }
    let place = folder.path().join(PLACE);
    fs::write(&place, b"abd").unwrap();
    assert_eq!(read(&sha1, 9).await, Err(ContentError::Damaged));
    fs::remove_file(&place).unwrap();
    assert_eq!(read(&sha1, 9).await, Err(ContentError::Absent));
    fs::create_dir(&place).unwrap();
    let unreadable = read(&sha1, 9).await.unwrap_err();
    assert!(matches!(unreadable, ContentError::Unreadable { .. }), "{unreadable:?}");
}

#[tokio::test]
async fn contents_of_a_pool_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let at = |absence| LocalFilePool::new(folder.path().join("missing"), absence);
    // Before the first content is stored.
    at(Absence::Filled).check_reading().await.unwrap();
    assert_eq!(at(Absence::Filled).read(&content().sha1, 9).await.unwrap(), Err(ContentError::Absent));
    // A disk may be missing: that is nothing to tell of a single content.
    at(Absence::Refused).check_reading().await.unwrap_err();
    at(Absence::Refused).read(&content().sha1, 9).await.unwrap_err();
    assert_eq!(files(folder.path()), [""; 0], "a look leaves nothing behind");
}
