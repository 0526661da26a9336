//! Which paths may be written.

use super::*;
use crate::support::{reason, refusal, violations};
use tonic::Code;

#[tokio::test]
async fn paths_that_are_no_paths_are_refused() {
    let server = TestServer::start().await;
    let long_part = format!("/{}.csv", "x".repeat(252));
    let long_path = format!("/{}", "directory/".repeat(120));
    let cases = [
        "",
        "users.csv",
        "./users.csv",
        "/../users.csv",
        "/erp/../users.csv",
        "/erp/./users.csv",
        "/..",
        "/.",
        "//users.csv",
        "/erp//users.csv",
        "/erp/ /users.csv",
        "/erp\\users.csv",
        "/users\n.csv",
        "/users\0.csv",
        "/users\u{7f}.csv",
        "/users\u{85}.csv",
        &long_part,
        &long_path,
    ];
    for path in cases {
        let small = put(&server, pb::PutCommandFileRequest { path: path.to_owned(), ..Default::default() }).await;
        let status = refusal(small);
        assert_eq!((status.code(), violations(&status)), (Code::InvalidArgument, vec!["path".to_owned()]), "{path:?}");
        let status = refusal(upload(&server, start(path, b""), Vec::new()).await);
        assert_eq!(violations(&status), ["start.path"], "{path:?}");
        let folder = pb::CreateFolderRequest { path: path.to_owned(), ..Default::default() };
        assert_eq!(violations(&refusal(server.files().create_folder(folder).await)), ["path"], "{path:?}");
    }
    assert_eq!(server.paths("/").await, Vec::<String>::new());
}

#[tokio::test]
async fn paths_of_the_service_cannot_be_written() {
    let server = TestServer::start().await;
    let cases =
        ["/archives/x.csv", "/archives", "/reports/x.txt", "/reports", "/lock.txt", "/erp/lock.txt", "/alock.txt", "/"];
    for path in cases {
        let small = put(&server, pb::PutCommandFileRequest { path: path.to_owned(), ..Default::default() }).await;
        let large = upload(&server, start(path, b"x"), vec![chunk(0, b"x")]).await;
        for status in [refusal(small), refusal(large)] {
            assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "PATH_RESERVED"), "{path}");
            assert!(!status.message().is_empty());
        }
    }
    for path in ["/archives/2025", "/reports/2025"] {
        let folder = pb::CreateFolderRequest { path: path.to_owned(), ..Default::default() };
        assert_eq!(reason(&refusal(server.files().create_folder(folder).await)), "PATH_RESERVED", "{path}");
    }
}

#[tokio::test]
async fn unusual_paths_are_fine() {
    let server = TestServer::start().await;
    let longest = format!("/{}.csv", "x".repeat(251));
    let cases = [
        "/Größe und Maß.csv",
        "/erp/%2e%2e/users.csv",
        "/.hidden",
        "/...",
        "/reports2/users.csv",
        "/erp/archives/users.csv",
        "/erp/reports",
        "/lock.txt.csv",
        "/学生/名簿.csv",
        "/a'b\"c;d--.csv",
        "/100%_done*?.csv",
        &longest,
    ];
    for path in cases {
        let file = server.put(path, path).await;
        assert_eq!(file.path, path);
        assert_eq!(server.content(path).await, path.as_bytes());
    }
    let mut listed = server.paths("/").await;
    let mut expected = cases.map(ToOwned::to_owned);
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_slash_at_the_end_means_nothing() {
    let server = TestServer::start().await;
    assert_eq!(server.put("/users.csv/", "x").await.path, "/users.csv");
    assert_eq!(get(&server, "/users.csv/").await.unwrap().path, "/users.csv");
}
