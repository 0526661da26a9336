//! `toolsync site check` where an account of Moodle's web services is configured.

use crate::support::TestServer;
use assert_cmd::Command;
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

const TOKEN: &str = "c0ffee15c0de";
const FUNCTIONS: [&str; 8] = [
    "core_webservice_get_site_info",
    "core_course_get_categories",
    "core_course_update_categories",
    "core_group_create_groupings",
    "core_group_delete_groupings",
    "core_group_get_course_groupings",
    "core_course_import_course",
    "core_course_delete_courses",
];

/// Exit code and output of the check against a Moodle that answers with this.
async fn check(answer: Value) -> (i32, Value) {
    let moodle = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200).set_body_json(answer)).mount(&moodle).await;
    let folder = tempfile::tempdir().unwrap();
    let (data, url) = (folder.path().join("data"), moodle.uri());
    let output = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_toolsync"));
        command.args(["--json", "--data", data.to_str().unwrap(), "site", "check"]);
        command.env("TOOLSYNC_SITE__WEBSERVICE__URL", url).env("TOOLSYNC_SITE__WEBSERVICE__TOKEN", TOKEN);
        command.env("TOOLSYNC_LOG__LEVEL", "trace").output().unwrap()
    });
    let output = output.await.unwrap();
    for text in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(text).contains(TOKEN), "the token is shown");
    }
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn info(version: &str, functions: &[&str]) -> Value {
    let functions: Vec<Value> = functions.iter().map(|name| json!({"name": name, "version": version})).collect();
    json!({"sitename": "Campus", "username": "sync", "version": version, "functions": functions})
}

/// The version that the embedded site gives itself.
async fn version_of_the_embedded_site() -> String {
    let server = TestServer::start().await;
    crate::support::site::query(&server.site_database(), "select value from mdl_config where name = 'version'")
        .await
        .remove(0)
}

#[tokio::test]
async fn an_account_that_may_do_what_is_needed_is_fine() {
    let (code, told) = check(info(&version_of_the_embedded_site().await, &FUNCTIONS)).await;
    assert_eq!((code, &told["web_service"]["username"]), (0, &json!("sync")));
    assert_eq!(told["web_service"]["findings"], json!([]));
    assert_eq!(told["caches"], "not at all: no Moodle runs on the site");
}

#[tokio::test]
async fn what_is_missing_is_told_with_what_to_do() {
    let refused = json!({"exception": "x", "errorcode": "invalidtoken", "message": "Invalid token"});
    let other = info("2023042400.00", &FUNCTIONS[..6]);
    let cases = [
        (refused, Value::Null, vec!["Moodle refuses with invalidtoken: Invalid token; make a token at"]),
        (
            other,
            json!("sync"),
            vec![
                "the token may not call core_course_import_course, which is needed for the column template of courses; add",
                "core_course_delete_courses, which is needed for the option through=webservice of delete_courses; add it",
                "\"2023042400.00\"",
            ],
        ),
    ];
    for (answer, username, expected) in cases {
        let (code, told) = check(answer).await;
        assert_eq!((code, &told["web_service"]["username"]), (1, &username), "{told}");
        let findings = told["web_service"]["findings"].as_array().unwrap();
        assert_eq!(findings.len(), expected.len(), "{told}");
        for (finding, expected) in findings.iter().zip(expected) {
            assert!(finding.as_str().unwrap().contains(expected), "{finding}");
        }
    }
}
