//! Pictures of users: an archive goes up, rows and contents come out, and a second run leaves everything alone.

use crate::scratch::{Kind, is_skipped};
use crate::support::moodle::Moodle;
use crate::support::pictures::{archive, entries, picture};
use crate::support::site::{execute, query, snapshot};
use crate::support::{RunRequest, RunResult, ServerProcess, TestServer, reason, site_at};
use image::ImageFormat::{Gif, Jpeg, Png};
use std::path::{Path, PathBuf};
use toolsync::config::SiteConfig;
use toolsync::rpc::pb;
use toolsync::rpc::pb::Outcome::{Failed, Skipped, Unchanged, Updated};
use toolsync::rpc::pb::run_event::Event;
use toolsync::rpc::pb::run_service_client::RunServiceClient;

const PATH: &str = "/userpictures_20240901.zip";

fn people(names: impl IntoIterator<Item = String>) -> String {
    let line = |name| format!("{name};First;Last;{name}@example.org\n");
    names.into_iter().fold("username;firstname;lastname;email\n".to_owned(), |text, name| text + &line(name))
}

async fn create(server: &TestServer, names: impl IntoIterator<Item = String>) {
    let result = server.run(pb::Tool::Users, &people(names)).await;
    assert_eq!(result.counters().created, result.counters().lines, "{:?}", result.lines());
}

/// A service whose site has a.kone, b.roy and d.yu.
async fn start() -> TestServer {
    let server = TestServer::start().await;
    create(&server, ["a.kone", "b.roy", "d.yu"].map(str::to_owned)).await;
    server
}

fn september() -> Vec<u8> {
    archive(&[
        ("a.kone.jpg", picture(Jpeg, (600, 400), 1)),
        ("class1/b.roy.png", picture(Png, (90, 90), 2)),
        ("ghost.jpg", picture(Jpeg, (50, 50), 3)),
        ("d.yu.png", b"no picture".to_vec()),
        ("__MACOSX/._a.kone.jpg", b"x".to_vec()),
        ("notes.txt", b"x".to_vec()),
        ("guest.png", picture(Png, (50, 50), 4)),
        ("up/../d.yu.gif", picture(Gif, (50, 50), 5)),
    ])
}

const OUTCOMES: [(u64, pb::Outcome); 7] =
    [(1, Updated), (2, Updated), (3, Failed), (4, Failed), (6, Skipped), (7, Failed), (8, Failed)];

fn pictures() -> RunRequest {
    RunRequest::stored(pb::Tool::UserPictures, PATH)
}

fn filedir(server: &TestServer) -> PathBuf {
    server.site_database().with_file_name("filedir")
}

/// Files of a pool, by name.
fn pool(folder: &Path) -> Vec<String> {
    let inner =
        |folder: &Path| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut found: Vec<String> = inner(folder)
        .iter()
        .flat_map(|outer| inner(outer))
        .flat_map(|middle| inner(&middle))
        .map(|file| file.strip_prefix(folder).unwrap().to_str().unwrap().to_owned())
        .collect();
    found.sort();
    found
}

fn told(result: &RunResult) -> Vec<pb::LineResult> {
    result.lines().into_iter().cloned().collect()
}

#[tokio::test]
async fn an_archive_of_pictures_is_tried_run_and_run_again() {
    let server = start().await;
    server.put(PATH, september()).await;
    let before = snapshot(&server.site_database()).await;
    let tried = pictures().dry().send(&server).await;
    assert_eq!(tried.outcomes(), OUTCOMES, "{:?}", tried.lines());
    assert_eq!(snapshot(&server.site_database()).await, before, "a dry run writes no row");
    assert!(!filedir(&server).exists(), "a dry run stores no file");

    let result = pictures().send(&server).await;
    assert_eq!(told(&result), told(&tried), "the dry run told the same");
    assert_eq!(result.line(2).key, "class1/b.roy.png");
    let reasons = [
        (3, "USER_UNKNOWN"),
        (4, "PICTURE_UNREADABLE"),
        (6, "ENTRY_IGNORED"),
        (7, "ACCOUNT_PROTECTED"),
        (8, "ENTRY_NAME_INVALID"),
    ];
    for (line, reason) in reasons {
        assert_eq!(result.reasons(line), [reason]);
        assert!(result.line(line).problems[0].message.contains(&result.line(line).key));
    }
    let rows = "select u.username, f.filename, f.mimetype, f.filesize > 0 from mdl_files f \
                join mdl_context x on x.id = f.contextid join mdl_user u on u.id = x.instanceid order by f.id";
    let of = |user: &str, extension: &str, kind: &str| {
        ["f1", ".", "f2", "f3"].map(|name| match name {
            "." => format!("{user}|.|-|0"),
            name => format!("{user}|{name}.{extension}|image/{kind}|1"),
        })
    };
    let expected = [of("a.kone", "jpg", "jpeg"), of("b.roy", "png", "png")].concat();
    assert_eq!(query(&server.site_database(), rows).await, expected);
    assert_pool(&server).await;
    assert_eq!(server.findings().await, Vec::<String>::new());

    let before = snapshot(&server.site_database()).await;
    let again = pictures().send(&server).await;
    let settled = OUTCOMES.map(|(line, outcome)| (line, if outcome == Updated { Unchanged } else { outcome }));
    assert_eq!(again.outcomes(), settled);
    assert_eq!(snapshot(&server.site_database()).await, before, "a second run writes nothing");
}

/// Each row has its content, and each content its name and size.
async fn assert_pool(server: &TestServer) {
    let rows = "select distinct substr(contenthash, 1, 2) || '/' || substr(contenthash, 3, 2) || '/' || contenthash, \
                filesize from mdl_files order by 1";
    let rows = query(&server.site_database(), rows).await;
    let folder = filedir(server);
    let sized = |file: &String| format!("{file}|{}", std::fs::metadata(folder.join(file)).unwrap().len());
    assert_eq!(pool(&folder).iter().map(sized).collect::<Vec<_>>(), rows);
    let shown = "select f.contenthash, f.filename from mdl_user u join mdl_files f on f.id = u.picture";
    for row in query(&server.site_database(), shown).await {
        let (hash, name) = row.split_once('|').unwrap();
        let bytes = std::fs::read(folder.join(&hash[..2]).join(&hash[2..4]).join(hash)).unwrap();
        assert_eq!(toolsync::site::file_pool::sha1_hex(&bytes), hash);
        let image = image::load_from_memory(&bytes).unwrap();
        assert_eq!((image.width(), image.height()), (100, 100), "{name}");
    }
}

#[tokio::test]
async fn the_tryback_is_an_archive_of_what_failed() {
    let server = start().await;
    server.put(PATH, september()).await;
    let result = pictures().options(&[("archive", "true")]).send(&server).await;
    let files = result.finished().files.clone().unwrap();
    assert!(files.archive_path.unwrap().ends_with("_userpictures_20240901.zip"));
    let tryback = files.tryback_path.unwrap();
    assert!(tryback.starts_with("/userpictures_20240901_tryback_") && tryback.ends_with(".zip"), "{tryback}");
    let failed = entries(september());
    let failed: Vec<_> = [2, 3, 6, 7].into_iter().map(|index: usize| failed[index].clone()).collect();
    assert_eq!(entries(server.content(&tryback).await), failed);
    let reasons = String::from_utf8(server.content(&files.reasons_path.unwrap()).await).unwrap();
    assert!(reasons.contains("3;entry;ERROR;USER_UNKNOWN;") && reasons.contains("8;entry;ERROR;ENTRY_NAME_INVALID;"));

    create(&server, ["ghost".to_owned()]).await;
    let again = RunRequest::stored(pb::Tool::UserPictures, &tryback).send(&server).await;
    assert_eq!(again.outcomes(), [(1, Updated), (2, Failed), (3, Failed), (4, Failed)]);
}

#[tokio::test]
async fn a_run_that_stops_early_leaves_the_rest_in_its_tryback() {
    let server = start().await;
    server.put(PATH, september()).await;
    let result = pictures().max_errors(1).send(&server).await;
    assert_eq!(result.state(), pb::RunState::Cancelled);
    assert_eq!((result.counters().updated, result.counters().failed, result.counters().not_processed), (2, 1, 4));
    let tryback = result.finished().files.clone().unwrap().tryback_path.unwrap();
    let names: Vec<String> = entries(server.content(&tryback).await).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["ghost.jpg", "d.yu.png", "notes.txt", "guest.png", "up/../d.yu.gif"]);
}

#[tokio::test]
async fn options_say_whom_names_mean_and_what_becomes_of_former_pictures() {
    let server = start().await;
    let one = |name: &str, number| archive(&[(name, picture(Png, (40, 40), number))]);
    let run = async |content: Vec<u8>, options: &[(&str, &str)]| {
        server.put(PATH, content).await;
        let result = pictures().options(options).send(&server).await;
        result.lines()[0].outcome()
    };
    let picture = "select picture from mdl_user where username = 'b.roy'";
    assert_eq!(run(one("B.ROY@example.org.png", 1), &[("identifier", "email")]).await, Updated);
    let first = query(&server.site_database(), picture).await;
    assert_eq!(run(one("b.roy.png", 2), &[("overwrite", "false")]).await, Skipped);
    assert_eq!(query(&server.site_database(), picture).await, first);
    assert_eq!(run(one("b.roy@1.png", 2), &[("identifier", "hostedusername")]).await, Updated);
    assert_ne!(query(&server.site_database(), picture).await, first, "addresses of pictures change with them");
    // Moodle takes a picture back whose file it misses; it is stored again.
    execute(&server.site_database(), "update mdl_user set picture = 0").await;
    assert_eq!(run(one("b.roy.png", 2), &[]).await, Updated);
    assert_eq!(run(one("b.roy.png", 2), &[]).await, Unchanged);
}

#[tokio::test]
async fn of_several_pictures_for_one_user_the_last_counts() {
    let server = start().await;
    server
        .put(PATH, archive(&[("b.roy.png", picture(Png, (40, 40), 1)), ("new/B.Roy.gif", picture(Gif, (40, 40), 2))]))
        .await;
    for outcome in [Updated, Unchanged] {
        let result = pictures().send(&server).await;
        assert_eq!(result.outcomes(), [(1, Skipped), (2, outcome)]);
        assert_eq!(result.reasons(1), ["ENTRY_SUPERSEDED"]);
    }
}

#[tokio::test]
async fn what_is_no_archive_of_pictures_is_refused_whole() {
    let server = start().await;
    let mut encrypted = archive(&[("b.roy.png", picture(Png, (40, 40), 1))]);
    let central = encrypted.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    encrypted[6] |= 1;
    encrypted[central + 8] |= 1;
    let whole = september();
    let cases = [
        (b"username;firstname\n".to_vec(), "ARCHIVE_UNREADABLE"),
        (whole[..whole.len() / 2].to_vec(), "ARCHIVE_UNREADABLE"),
        (encrypted, "ARCHIVE_ENCRYPTED"),
        (Vec::new(), "FILE_EMPTY"),
        (archive(&[("__MACOSX/._a.jpg", Vec::new())]), "NO_LINES"),
    ];
    for (content, expected) in cases {
        server.put(PATH, content).await;
        let result = pictures().send(&server).await;
        assert_eq!((result.state(), result.lines().len()), (pb::RunState::Failed, 0), "{expected}");
        let groups = server.report(&result.run_id()).await.problem_groups;
        assert_eq!(groups.iter().map(|group| group.reason.as_str()).collect::<Vec<_>>(), [expected]);
    }
    // And an archive is no text.
    server.put(PATH, september()).await;
    let result = RunRequest::stored(pb::Tool::Users, PATH).send(&server).await;
    assert_eq!(result.state(), pb::RunState::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moodle_on_a_server_needs_its_file_pool() {
    for kind in [Kind::Postgres, Kind::MariaDb] {
        if is_skipped(kind, "a_moodle_on_a_server_needs_its_file_pool") {
            continue;
        }
        let moodle = Moodle::fresh(kind).await;
        let without = TestServer::start_with(site_at(Some(&moodle.url()))).await;
        without.put(PATH, september()).await;
        create(&without, ["a.kone", "b.roy", "d.yu"].map(str::to_owned)).await;
        for request in [pictures(), pictures().dry()] {
            let refused = request.try_send(&without).await.unwrap_err();
            assert_eq!(reason(&refused), "FILE_POOL_UNUSABLE");
            assert!(refused.message().contains("site.filedir"), "{refused}");
        }
        without.stop().await;

        let folder = tempfile::tempdir().unwrap();
        let filedir = folder.path().join("filedir");
        let site = SiteConfig { filedir: Some(filedir.clone()), ..site_at(Some(&moodle.url())) };
        let server = TestServer::start_with(site).await;
        server.put(PATH, september()).await;
        let missing = pictures().try_send(&server).await.unwrap_err();
        assert_eq!(reason(&missing), "FILE_POOL_UNUSABLE", "a folder that is not there may be a disk that is missing");
        std::fs::create_dir(&filedir).unwrap();
        assert_eq!(pictures().send(&server).await.outcomes(), OUTCOMES);
        assert_eq!(pool(&filedir).len(), 7, "three sizes each, and the empty content");
        assert_eq!(pictures().send(&server).await.counters().unchanged, 2);
        assert_eq!(server.findings().await, Vec::<String>::new());
        server.stop().await;
    }
}

/// So many pictures are some chunks.
const MANY: u32 = 330;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_goes_on_behind_its_last_picture() {
    let names = || (0..MANY).map(|n| format!("u{n}"));
    let many: Vec<_> = (0..MANY).map(|n| (format!("{}/u{n}.png", n % 5), picture(Png, (12, 12), n))).collect();
    let prepare = async || {
        let server = TestServer::start().await;
        create(&server, names()).await;
        server.put(PATH, archive(&many)).await;
        server
    };
    let undisturbed = prepare().await;
    let expected = pictures().send(&undisturbed).await;
    assert_eq!(expected.counters().updated, u64::from(MANY));

    let (_folder, data) = prepare().await.stop().await;
    let request = pictures().request_id("killed");
    for seen in [1, 101, 201] {
        let service = ServerProcess::start(&data);
        let mut client = RunServiceClient::new(service.connect().await);
        let mut stream = client.run_tool(request.0.clone()).await.unwrap().into_inner();
        while let Ok(Some(message)) = stream.message().await {
            let event = message.event.unwrap();
            if event.sequence >= seen || matches!(event.event, Some(Event::Finished(_))) {
                break;
            }
        }
        service.kill();
    }
    let server = TestServer::reopen(data).await;
    let result = request.send(&server).await;
    assert_eq!(result.outcomes(), expected.outcomes(), "the journal has each entry once, in order");
    let rows = "select u.username, f.filename, f.contenthash, i.data from mdl_files f \
                join mdl_context x on x.id = f.contextid join mdl_user u on u.id = x.instanceid \
                join mdl_user_info_data i on i.userid = u.id order by u.id, f.filename";
    let content = async |server: &TestServer| query(&server.site_database(), rows).await;
    assert_eq!(content(&server).await, content(&undisturbed).await);
    assert_pool(&server).await;
    assert_eq!(server.findings().await, Vec::<String>::new());
}
