//! Listing folders, page by page.

use super::*;
use crate::support::{reason, refusal, refused, violations};
use tonic::Code;

fn of(folder: &str) -> pb::ListFilesRequest {
    pb::ListFilesRequest { folder: folder.to_owned(), ..Default::default() }
}

fn below(folder: &str) -> pb::ListFilesRequest {
    pb::ListFilesRequest { recursive: true, ..of(folder) }
}

async fn list(server: &TestServer, request: pb::ListFilesRequest) -> Result<pb::ListFilesResponse, tonic::Status> {
    Ok(server.files().list_files(request).await?.into_inner())
}

async fn listed(server: &TestServer, request: pb::ListFilesRequest) -> Vec<String> {
    let answer = list(server, request).await.unwrap();
    assert_eq!(answer.next_page_token, "");
    answer.files.into_iter().map(|file| file.path).collect()
}

#[tokio::test]
async fn folders_are_listed_with_or_without_what_is_below() {
    let server = TestServer::start().await;
    for path in ["/b.csv", "/erp/a.csv", "/erp/2025/c.csv", "/erp-old/d.csv"] {
        server.put(path, path).await;
    }
    assert_eq!(listed(&server, of("")).await, ["/archives", "/b.csv", "/erp", "/erp-old", "/reports"]);
    assert_eq!(listed(&server, of("/")).await, listed(&server, of("")).await);
    assert_eq!(listed(&server, of("/erp")).await, ["/erp/2025", "/erp/a.csv"]);
    assert_eq!(listed(&server, of("/erp/")).await, ["/erp/2025", "/erp/a.csv"]);
    assert_eq!(listed(&server, below("/erp")).await, ["/erp/2025", "/erp/2025/c.csv", "/erp/a.csv"]);
    assert_eq!(
        listed(&server, below("/")).await,
        [
            "/archives",
            "/b.csv",
            "/erp",
            "/erp-old",
            "/erp-old/d.csv",
            "/erp/2025",
            "/erp/2025/c.csv",
            "/erp/a.csv",
            "/reports"
        ]
    );
    assert_eq!(listed(&server, of("/reports")).await, Vec::<String>::new());
}

#[tokio::test]
async fn listings_by_kind() {
    let server = TestServer::start().await;
    server.put("/users.csv", "x").await;
    server.put("/erp/users_tryback_2025-09-01_03-00-00.csv", "x").await;
    let cases = [
        (pb::FileKind::Command, vec!["/users.csv"]),
        (pb::FileKind::Tryback, vec!["/erp/users_tryback_2025-09-01_03-00-00.csv"]),
        (pb::FileKind::Folder, vec!["/archives", "/erp", "/reports"]),
        (pb::FileKind::Archive, vec![]),
        (pb::FileKind::Report, vec![]),
    ];
    for (kind, expected) in cases {
        let request = pb::ListFilesRequest { kind: kind.into(), ..below("/") };
        assert_eq!(listed(&server, request).await, expected, "{kind:?}");
    }
    let unknown = pb::ListFilesRequest { kind: 99, ..of("/") };
    assert_eq!(violations(&refusal(list(&server, unknown).await)), ["kind"]);
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps() {
    let server = TestServer::start().await;
    let names: Vec<_> = (0..7).map(|index| format!("/erp/{index}.csv")).collect();
    for name in &names {
        server.put(name, name.as_str()).await;
    }
    let mut request = pb::ListFilesRequest { page_size: 3, ..of("/erp") };
    let mut seen = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = list(&server, request.clone()).await.unwrap();
        sizes.push(page.files.len());
        seen.extend(page.files.into_iter().map(|file| file.path));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(seen, names);
    assert_eq!(sizes, [3, 3, 1]);
    request.page_token = String::new();
    request.page_size = 7;
    assert_eq!(list(&server, request).await.unwrap().next_page_token, "", "a full last page is the last one");
}

#[tokio::test]
async fn pages_stand_firm_while_files_come_and_go() {
    let server = TestServer::start().await;
    for name in ["/a.csv", "/b.csv", "/c.csv", "/d.csv"] {
        server.put(name, name).await;
    }
    let commands = pb::ListFilesRequest { kind: pb::FileKind::Command.into(), page_size: 2, ..of("/") };
    let first = list(&server, commands.clone()).await.unwrap();
    server.put("/aa.csv", "new, before").await;
    let gone = pb::DeleteFileRequest { path: "/b.csv".to_owned(), ..Default::default() };
    server.files().delete_file(gone).await.unwrap();
    let second = pb::ListFilesRequest { page_token: first.next_page_token.clone(), ..commands };
    let repeated = listed(&server, second.clone()).await;
    assert_eq!(repeated, ["/c.csv", "/d.csv"]);
    assert_eq!(listed(&server, second).await, repeated, "a token is good more than once");
}

#[tokio::test]
async fn a_token_is_good_for_its_own_question() {
    let server = TestServer::start().await;
    for name in ["/a.csv", "/b.csv", "/erp/c.csv", "/erp/d.csv"] {
        server.put(name, name).await;
    }
    let question = pb::ListFilesRequest { page_size: 1, ..of("/") };
    let token = list(&server, question.clone()).await.unwrap().next_page_token;
    assert!(!token.is_empty());
    let with = |request: pb::ListFilesRequest| pb::ListFilesRequest { page_token: token.clone(), ..request };
    let others = [
        of("/erp"),
        below("/"),
        pb::ListFilesRequest { kind: pb::FileKind::Command.into(), ..of("/") },
        pb::ListFilesRequest { page_token: "nonsense".to_owned(), ..of("/") },
        pb::ListFilesRequest { page_token: format!("{token}0"), ..of("/") },
    ];
    for other in others {
        let request = if other.page_token.is_empty() { with(other) } else { other };
        let status = refusal(list(&server, request.clone()).await);
        assert_eq!(
            (status.code(), violations(&status)),
            (Code::InvalidArgument, vec!["page_token".to_owned()]),
            "{request:?}"
        );
    }
    let larger = pb::ListFilesRequest { page_size: 2, ..with(question) };
    assert_eq!(list(&server, larger).await.unwrap().files.len(), 2, "another page size is no other question");
}

#[tokio::test]
async fn page_sizes_have_a_default_and_a_limit() {
    let server = TestServer::start().await;
    for index in 0..101 {
        server.put(&format!("/erp/{index:03}.csv"), "same").await;
    }
    let size =
        async |page_size| list(&server, pb::ListFilesRequest { page_size, ..of("/erp") }).await.unwrap().files.len();
    assert_eq!(size(0).await, 100);
    assert_eq!(size(1).await, 1);
    assert_eq!(size(u32::MAX).await, 101);
}

#[tokio::test]
async fn only_folders_can_be_listed() {
    let server = TestServer::start().await;
    server.put("/users.csv", "x").await;
    let cases = [
        ("/users.csv", Code::FailedPrecondition, "NOT_A_FOLDER"),
        ("/nowhere", Code::NotFound, "FILE_UNKNOWN"),
        ("erp", Code::InvalidArgument, "FIELD_INVALID"),
    ];
    for (folder, code, expected) in cases {
        let status = refusal(list(&server, of(folder)).await);
        assert_eq!((status.code(), reason(&status).as_str()), (code, expected), "{folder}");
    }
}

#[tokio::test]
async fn the_site_may_be_named() {
    let server = TestServer::start().await;
    server.put("/users.csv", "x").await;
    let at = |site: &str| pb::GetFileRequest { site: site.to_owned(), path: "/users.csv".to_owned() };
    assert!(server.files().get_file(at("default")).await.is_ok());
    let expected = (Code::NotFound, "SITE_UNKNOWN".to_owned());
    assert_eq!(refused(server.files().get_file(at("nowhere")).await), expected);
    let elsewhere = pb::ListFilesRequest { site: "nowhere".to_owned(), ..of("/") };
    assert_eq!(refused(list(&server, elsewhere).await), expected);
}
