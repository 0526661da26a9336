//! Folders, moving, deleting.

use super::*;
use crate::support::{reason, refusal, refused};
use tonic::Code;
use tonic_types::StatusExt;

async fn create(server: &TestServer, path: &str) -> Result<pb::StoredFile, tonic::Status> {
    let request = pb::CreateFolderRequest { path: path.to_owned(), ..Default::default() };
    Ok(server.files().create_folder(request).await?.into_inner().folder.unwrap())
}

async fn delete(server: &TestServer, path: &str) -> Result<(), tonic::Status> {
    let request = pb::DeleteFileRequest { path: path.to_owned(), ..Default::default() };
    server.files().delete_file(request).await.map(|_| ())
}

#[derive(Clone, Copy)]
enum Taken {
    Kept,
    Replaced,
}

async fn relocate(server: &TestServer, from: &str, to: &str, taken: Taken) -> Result<pb::StoredFile, tonic::Status> {
    let request = pb::MoveFileRequest {
        path: from.to_owned(),
        new_path: to.to_owned(),
        overwrite: matches!(taken, Taken::Replaced),
        ..Default::default()
    };
    Ok(server.files().move_file(request).await?.into_inner().file.unwrap())
}

#[tokio::test]
async fn a_folder_comes_with_those_above_it() {
    let server = TestServer::start().await;
    let folder = create(&server, "/erp/2025/autumn").await.unwrap();
    assert_eq!((folder.path.as_str(), folder.kind()), ("/erp/2025/autumn", pb::FileKind::Folder));
    assert_eq!((folder.size_bytes, &folder.sha256), (0, &None));
    for path in ["/erp", "/erp/2025", "/erp/2025/autumn"] {
        assert_eq!(get(&server, path).await.unwrap().kind(), pb::FileKind::Folder, "{path}");
    }
    assert_eq!(create(&server, "/erp/2025/autumn").await.unwrap(), folder, "an existing folder is returned as it is");
    assert_eq!(create(&server, "/erp/2025/autumn/").await.unwrap(), folder);
}

#[tokio::test]
async fn a_folder_does_not_take_the_place_of_a_file() {
    let server = TestServer::start().await;
    server.put("/erp", "x").await;
    assert_eq!(refused(create(&server, "/erp").await), (Code::AlreadyExists, "FILE_EXISTS".to_owned()));
    let below = refusal(create(&server, "/erp/2025").await);
    assert_eq!((below.code(), reason(&below).as_str()), (Code::FailedPrecondition, "NOT_A_FOLDER"));
    let upload_below = upload(&server, start("/erp/users.csv", b"x"), vec![chunk(0, b"x")]).await;
    assert_eq!(refused(upload_below), (Code::FailedPrecondition, "NOT_A_FOLDER".to_owned()));
}

#[tokio::test]
async fn a_file_does_not_take_the_place_of_a_folder() {
    let server = TestServer::start().await;
    create(&server, "/erp").await.unwrap();
    let replacing = pb::UploadStart { overwrite: true, ..start("/erp", b"x") };
    let answer = upload(&server, replacing, vec![chunk(0, b"x")]).await;
    assert_eq!(refused(answer), (Code::FailedPrecondition, "IS_A_FOLDER".to_owned()));
}

#[tokio::test]
async fn only_empty_folders_are_deleted() {
    let server = TestServer::start().await;
    server.put("/erp/2025/users.csv", "x").await;
    for folder in ["/erp", "/erp/2025"] {
        let status = refusal(delete(&server, folder).await);
        assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "FOLDER_NOT_EMPTY"));
        let violations = status.get_details_precondition_failure().unwrap().violations;
        assert_eq!(violations[0].subject, folder);
    }
    for path in ["/erp/2025/users.csv", "/erp/2025", "/erp"] {
        delete(&server, path).await.unwrap();
        assert_eq!(refused(get(&server, path).await).0, Code::NotFound, "{path}");
        assert_eq!(refused(delete(&server, path).await), (Code::NotFound, "FILE_UNKNOWN".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_file_moves_with_its_content() {
    let server = TestServer::start().await;
    let before = server.put("/users.csv", "content").await;
    let moved = relocate(&server, "/users.csv", "/erp/old/people.csv", Taken::Kept).await.unwrap();
    assert_eq!(moved.path, "/erp/old/people.csv");
    assert_eq!((moved.sha256, moved.size_bytes), (before.sha256, before.size_bytes));
    assert_eq!(server.content("/erp/old/people.csv").await, b"content");
    assert_eq!(refused(get(&server, "/users.csv").await).0, Code::NotFound);
    assert_eq!(server.paths("/").await, ["/erp/old/people.csv"]);
}

#[tokio::test]
async fn a_folder_moves_with_all_that_is_in_it() {
    let server = TestServer::start().await;
    server.put("/erp/a.csv", "a").await;
    server.put("/erp/deep/b.csv", "b").await;
    server.put("/erp2/c.csv", "c").await;
    let moved = relocate(&server, "/erp", "/archive/2025", Taken::Kept).await.unwrap();
    assert_eq!((moved.path.as_str(), moved.kind()), ("/archive/2025", pb::FileKind::Folder));
    assert_eq!(server.paths("/").await, ["/archive/2025/a.csv", "/archive/2025/deep/b.csv", "/erp2/c.csv"]);
    assert_eq!(server.content("/archive/2025/deep/b.csv").await, b"b");
    assert_eq!(refused(get(&server, "/erp").await).0, Code::NotFound);
}

#[tokio::test]
async fn moves_that_are_refused() {
    let server = TestServer::start().await;
    server.put("/erp/a.csv", "a").await;
    server.put("/other/b.csv", "b").await;
    use Code::{AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied};
    use Taken::{Kept, Replaced};
    let cases = [
        ("/erp", "/erp/deep", Kept, FailedPrecondition, "FOLDER_INTO_ITSELF"),
        ("/erp", "/erp/deep/deeper", Replaced, FailedPrecondition, "FOLDER_INTO_ITSELF"),
        ("/erp/a.csv", "/other/b.csv", Kept, AlreadyExists, "FILE_EXISTS"),
        ("/erp/a.csv", "/other/b.csv/c.csv", Kept, FailedPrecondition, "NOT_A_FOLDER"),
        ("/erp/a.csv", "/other", Kept, AlreadyExists, "FILE_EXISTS"),
        ("/nobody.csv", "/users.csv", Kept, NotFound, "FILE_UNKNOWN"),
        ("/erp/a.csv", "/archives/a.csv", Kept, PermissionDenied, "PATH_RESERVED"),
        ("/erp/a.csv", "/reports/a.csv", Replaced, PermissionDenied, "PATH_RESERVED"),
        ("/erp/a.csv", "/lock.txt", Kept, PermissionDenied, "PATH_RESERVED"),
        ("/archives", "/old", Kept, PermissionDenied, "PATH_RESERVED"),
        ("/reports", "/old", Kept, PermissionDenied, "PATH_RESERVED"),
        ("/", "/old", Kept, PermissionDenied, "PATH_RESERVED"),
        ("/erp/a.csv", "/../a.csv", Kept, InvalidArgument, "FIELD_INVALID"),
    ];
    for (from, to, taken, code, expected) in cases {
        let status = refusal(relocate(&server, from, to, taken).await);
        assert_eq!((status.code(), reason(&status).as_str()), (code, expected), "{from} to {to}");
    }
    assert_eq!(server.paths("/").await, ["/erp/a.csv", "/other/b.csv"]);
    assert_eq!(server.content("/other/b.csv").await, b"b");
}

#[tokio::test]
async fn a_move_replaces_a_file_on_request() {
    let server = TestServer::start().await;
    server.put("/a.csv", "a").await;
    server.put("/b.csv", "b").await;
    let moved = relocate(&server, "/a.csv", "/b.csv", Taken::Replaced).await.unwrap();
    assert_eq!((moved.path.as_str(), moved.revision), ("/b.csv", 2));
    assert_eq!(server.content("/b.csv").await, b"a");
    assert_eq!(server.paths("/").await, ["/b.csv"]);
}

#[tokio::test]
async fn the_folders_of_the_service_stay() {
    let server = TestServer::start().await;
    for path in ["/archives", "/reports", "/"] {
        assert_eq!(get(&server, path).await.unwrap().kind(), pb::FileKind::Folder, "{path}");
        assert_eq!(
            refused(delete(&server, path).await),
            (Code::PermissionDenied, "PATH_RESERVED".to_owned()),
            "{path}"
        );
    }
}
