//! Hashes of pictures that came by other ways: noted, listed, and what a sender makes of them.

use crate::scratch::{Kind, is_skipped};
use crate::support::moodle::Moodle;
use crate::support::pictures::{archive, picture};
use crate::support::site::{execute, query, snapshot};
use crate::support::{RunRequest, RunResult, TestServer, reason, refusal, site_at, violations};
use image::ImageFormat::{Jpeg, Png};
use std::path::PathBuf;
use toolsync::config::SiteConfig;
use toolsync::rpc::pb;
use toolsync::rpc::pb::Outcome::{Failed, Skipped, Unchanged, Updated};
use toolsync::site::PictureHash;

const NAMES: [&str; 3] = ["a.kone", "b.roy", "d.yu"];
const USERS: &str = "username;firstname;lastname;email;idnumber\na.kone;A;K;a.kone@example.org;E1\n\
                     b.roy;B;R;b.roy@example.org;E2\nd.yu;D;Y;d.yu@example.org;\ne.tan;E;T;e.tan@example.org;E4\n";
const PATH: &str = "/userpictures.zip";
/// What a site looks like whose pictures did not come by user_pictures.
const FORGET: &str = "delete from mdl_user_info_data";

fn md5(bytes: &[u8]) -> String {
    PictureHash::of(bytes).as_str().to_owned()
}

fn incoming(number: usize) -> Vec<u8> {
    let format = if number == 0 { Jpeg } else { Png };
    picture(format, (60, 40), u32::try_from(number).unwrap())
}

async fn send_pictures(server: &TestServer) -> RunResult {
    let entries: Vec<_> =
        NAMES.iter().enumerate().map(|(number, name)| (format!("{name}.png"), incoming(number))).collect();
    server.put(PATH, archive(&entries)).await;
    RunRequest::stored(pb::Tool::UserPictures, PATH).send(server).await
}

/// A service whose site has three users with pictures and one without.
async fn start() -> TestServer {
    let server = TestServer::start().await;
    assert_eq!(server.run(pb::Tool::Users, USERS).await.counters().created, 4);
    assert_eq!(send_pictures(&server).await.counters().updated, 3);
    server
}

fn regenerate() -> RunRequest {
    RunRequest(pb::RunToolRequest { tool: pb::Tool::PictureHashes.into(), ..Default::default() })
}

/// All pages of a listing.
async fn listed(server: &TestServer, request: pb::ListPictureHashesRequest) -> Vec<pb::PictureHash> {
    let (mut pictures, mut request) = (Vec::new(), request);
    loop {
        let page = server.catalog().list_picture_hashes(request.clone()).await.unwrap().into_inner();
        assert!(request.page_size == 0 || page.pictures.len() <= request.page_size as usize);
        pictures.extend(page.pictures);
        if page.next_page_token.is_empty() {
            return pictures;
        }
        request.page_token = page.next_page_token;
    }
}

fn pairs(pictures: &[pb::PictureHash]) -> Vec<(String, String)> {
    pictures.iter().map(|picture| (picture.identifier.clone(), picture.md5.clone())).collect()
}

/// The files f1 in the pool, by user.
async fn stored(server: &TestServer) -> Vec<PathBuf> {
    let rows = "select f.contenthash from mdl_files f join mdl_context x on x.id = f.contextid \
                where f.filename like 'f1.%' order by x.instanceid";
    let folder = server.site_database().with_file_name("filedir");
    let place = |sha1: String| folder.join(&sha1[..2]).join(&sha1[2..4]).join(&sha1);
    query(&server.site_database(), rows).await.into_iter().map(place).collect()
}

#[tokio::test]
async fn hashes_of_pictures_are_noted_and_noted_once() {
    let server = start().await;
    let none = regenerate().send(&server).await;
    assert_eq!((none.state(), none.counters().lines), (pb::RunState::Succeeded, 0), "user_pictures notes its own");
    execute(&server.site_database(), FORGET).await;
    let by_id = regenerate().options(&[("identifier", "id")]).dry().send(&server).await;
    let ids: Vec<&str> = by_id.lines().iter().map(|line| line.key.as_str()).collect();
    assert_eq!(ids, query(&server.site_database(), "select id from mdl_user where picture > 0 order by id").await);
    let before = snapshot(&server.site_database()).await;
    let tried = regenerate().dry().send(&server).await;
    assert_eq!(tried.outcomes(), [(1, Updated), (2, Updated), (3, Updated)], "{:?}", tried.lines());
    assert_eq!(snapshot(&server.site_database()).await, before, "a dry run writes no row");

    let result = regenerate().send(&server).await;
    assert_eq!(result.lines(), tried.lines(), "the dry run told the same");
    let files = stored(&server).await;
    let expected: Vec<String> = files.iter().map(|file| md5(&std::fs::read(file).unwrap())).collect();
    let noted = "select data from mdl_user_info_data order by userid";
    assert_eq!(query(&server.site_database(), noted).await, expected);
    assert_eq!(result.line(1).changes[0].after, expected[0]);
    assert_eq!(server.findings().await, Vec::<String>::new());

    let before = snapshot(&server.site_database()).await;
    assert_eq!(regenerate().send(&server).await.counters().lines, 0);
    let list = "a.kone;somebody\nB.Roy\ne.tan\nguest\nghost\n";
    let by_name = RunRequest::inline(pb::Tool::PictureHashes, list);
    let again = by_name.send(&server).await;
    assert_eq!(again.outcomes(), [(1, Unchanged), (2, Unchanged), (3, Skipped), (4, Failed), (5, Failed)]);
    let told = [(3, "NOTHING_TO_DO"), (4, "ACCOUNT_PROTECTED"), (5, "USER_UNKNOWN")];
    told.into_iter().for_each(|(line, reason)| assert_eq!(again.reasons(line), [reason]));
    assert_eq!(snapshot(&server.site_database()).await, before, "a second run writes nothing");
    let refused = regenerate().options(&[("identifier", "email")]).try_send(&server).await.unwrap_err();
    assert_eq!(reason(&refused), "OPTION_INVALID", "{refused}");
}

#[tokio::test]
async fn a_picture_whose_content_is_gone_is_told_and_tried_again() {
    let server = start().await;
    execute(&server.site_database(), FORGET).await;
    let files = stored(&server).await;
    let content = std::fs::read(&files[0]).unwrap();
    // In Moodle's trash, say.
    std::fs::remove_file(&files[0]).unwrap();
    std::fs::write(&files[1], b"worn").unwrap();
    let result = regenerate().send(&server).await;
    assert_eq!(result.state(), pb::RunState::Succeeded);
    assert_eq!(result.outcomes(), [(1, Failed), (2, Failed), (3, Updated)], "{:?}", result.lines());
    assert_eq!((result.reasons(1), result.reasons(2)), (vec!["PICTURE_MISSING"], vec!["PICTURE_UNREADABLE"]));
    let tryback = result.finished().files.clone().unwrap().tryback_path.unwrap();
    let list = String::from_utf8(server.content(&tryback).await).unwrap();
    assert_eq!(list, "\"a.kone\"\n\"b.roy\"\n");

    std::fs::write(&files[0], content).unwrap();
    let again = RunRequest::stored(pb::Tool::PictureHashes, &tryback).send(&server).await;
    assert_eq!(again.outcomes(), [(1, Updated), (2, Failed)]);
    assert_eq!(send_pictures(&server).await.counters().updated, 3, "what was sent differs from what Moodle made of it");
    assert_eq!(regenerate().send(&server).await.counters().lines, 0);
}

#[tokio::test]
async fn a_sender_sends_what_differs() {
    let server = start().await;
    let ask = |identifier: pb::UserIdentifier| pb::ListPictureHashesRequest {
        identifier: identifier.into(),
        ..Default::default()
    };
    let sent = |number: usize| md5(&incoming(number));
    let all = listed(&server, ask(pb::UserIdentifier::Unspecified)).await;
    let expected: Vec<_> = NAMES.iter().enumerate().map(|(at, name)| ((*name).to_owned(), sent(at))).collect();
    assert_eq!(pairs(&all), expected, "the hash of what was sent, not of what Moodle made of it");
    assert!(all.windows(2).all(|pair| pair[0].user_id < pair[1].user_id));
    for page_size in [1, 2, 3] {
        assert_eq!(listed(&server, pb::ListPictureHashesRequest { page_size, ..Default::default() }).await, all);
    }
    let called = async |identifier| -> Vec<String> {
        listed(&server, ask(identifier)).await.into_iter().map(|picture| picture.identifier).collect()
    };
    assert_eq!(called(pb::UserIdentifier::Idnumber).await, ["E1", "E2", ""]);
    assert_eq!(called(pb::UserIdentifier::Email).await, NAMES.map(|name| format!("{name}@example.org")));
    let ids: Vec<String> = all.iter().map(|picture| picture.user_id.to_string()).collect();
    assert_eq!(called(pb::UserIdentifier::Id).await, ids);

    execute(
        &server.site_database(),
        "delete from mdl_user_info_data where userid = (select min(userid) from mdl_user_info_data)",
    )
    .await;
    execute(&server.site_database(), "delete from mdl_files where filename = 'f2.png' and id = (select max(id) from mdl_files where filename = 'f2.png')").await;
    let such =
        |presence: pb::HashPresence| pb::ListPictureHashesRequest { presence: presence.into(), ..Default::default() };
    assert_eq!(pairs(&listed(&server, such(pb::HashPresence::Known)).await), [expected[1].clone()]);
    let unknown = pairs(&listed(&server, such(pb::HashPresence::Unknown)).await);
    assert_eq!(unknown, [("a.kone".to_owned(), String::new()), ("d.yu".to_owned(), String::new())]);
    let resent = send_pictures(&server).await;
    assert_eq!(resent.outcomes(), [(1, Updated), (2, Unchanged), (3, Updated)], "whose hash is unknown is taken anew");
    assert_eq!(pairs(&listed(&server, ask(pb::UserIdentifier::Username)).await), expected);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let server = TestServer::start().await;
    let wrong = pb::ListPictureHashesRequest { identifier: 9, presence: 9, ..Default::default() };
    let status = refusal(server.catalog().list_picture_hashes(wrong).await);
    assert_eq!(violations(&status), ["identifier", "presence"]);
    let first = pb::ListPictureHashesRequest { page_token: "00".to_owned(), ..Default::default() };
    let status = refusal(server.catalog().list_picture_hashes(first).await);
    assert_eq!(reason(&status), "FIELD_INVALID");
}

#[tokio::test(flavor = "multi_thread")]
async fn hashes_of_a_moodle_on_a_server_need_its_file_pool() {
    for kind in [Kind::Postgres, Kind::MariaDb] {
        if is_skipped(kind, "hashes_of_a_moodle_on_a_server_need_its_file_pool") {
            continue;
        }
        let moodle = Moodle::fresh(kind).await;
        let without = TestServer::start_with(site_at(Some(&moodle.url()))).await;
        for request in [regenerate(), regenerate().dry()] {
            assert_eq!(reason(&request.try_send(&without).await.unwrap_err()), "FILE_POOL_UNUSABLE");
        }
        without.stop().await;

        let folder = tempfile::tempdir().unwrap();
        let filedir = folder.path().join("filedir");
        let site = SiteConfig { filedir: Some(filedir.clone()), ..site_at(Some(&moodle.url())) };
        let server = TestServer::start_with(site).await;
        for request in [regenerate(), regenerate().dry()] {
            assert_eq!(
                reason(&request.try_send(&server).await.unwrap_err()),
                "FILE_POOL_UNUSABLE",
                "a disk may be missing"
            );
        }
        std::fs::create_dir(&filedir).unwrap();
        assert_eq!(server.run(pb::Tool::Users, USERS).await.counters().created, 4);
        assert_eq!(send_pictures(&server).await.counters().updated, 3);
        moodle.execute(FORGET).await;
        let unknown = pb::HashPresence::Unknown.into();
        let unknown = pb::ListPictureHashesRequest { presence: unknown, page_size: 2, ..Default::default() };
        assert_eq!(listed(&server, unknown.clone()).await.len(), 3);
        assert_eq!(regenerate().send(&server).await.counters().updated, 3);
        assert_eq!(regenerate().send(&server).await.counters().lines, 0);
        assert_eq!(listed(&server, unknown).await, []);
        assert_eq!(server.findings().await, Vec::<String>::new());
        server.stop().await;
    }
}
