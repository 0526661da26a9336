use super::client::Patience;
use super::*;
use crate::model::{CategoryId, CourseId, RunId, SiteKey};
use crate::site::{
    CacheRefresher, CallError, Import, MoodleCall, MoodleCalls as _, RefreshError, RefreshOrder, Repeat, StaleCaches,
};
use moodle::{Call, Moodle};
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use wiremock::matchers::{body_string_contains, header, method, path, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

mod moodle;

const TOKEN: &str = "c0ffee15c0de";
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(200);

fn service(url: &str, timeout: Duration) -> WebService {
    let token = SecretString::from(TOKEN);
    let address = WebServiceAddress { url: url.to_owned(), token, timeout, content_timeout: timeout };
    WebService::patient(address, Patience { attempts: 3, first_wait: Duration::from_millis(1) }).unwrap()
}

/// A server that answers every call with this.
async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/webservice/rest/server.php")).respond_with(answer).mount(&server).await;
    server
}

fn json(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(text, "application/json")
}

const INFO: &str = r#"{"username": "sync", "version": "2022112802.06", "functions": [
    {"name": "core_webservice_get_site_info", "version": "x"}, {"name": "core_course_get_categories"},
    {"name": "core_course_update_categories"}, {"name": "core_group_create_groupings"}]}"#;

#[tokio::test]
async fn a_call_is_a_form_with_the_token_in_its_body_alone() {
    let server = MockServer::start().await;
    let body = format!("wstoken={TOKEN}&wsfunction=core_webservice_get_site_info&moodlewsrestformat=json");
    Mock::given(method("POST"))
        .and(path("/m/webservice/rest/server.php"))
        .and(query_param_is_missing("wstoken"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string_contains(body))
        .respond_with(json(INFO))
        .expect(1)
        .mount(&server)
        .await;
    let account = service(&format!("{}/m", server.uri()), LONG).account().await.unwrap();
    assert_eq!((account.username.as_str(), account.version.as_str()), ("sync", "2022112802.06"));
    let missing =
        [Function::DeleteGroupings, Function::GetCourseGroupings, Function::ImportCourse, Function::DeleteCourses];
    assert_eq!(account.missing, missing);
}

#[tokio::test]
async fn what_is_no_answer_of_a_web_service_is_told_as_what_it_is_and_never_with_the_token() {
    let exception = |code: &str, debug: &str| {
        json(&format!(
            r#"{{"exception": "x", "errorcode": "{code}", "message": "No, {TOKEN}!", "debuginfo": "{debug}"}}"#
        ))
    };
    let redirect = |to: &str| ResponseTemplate::new(302).insert_header("location", to);
    let moved = "https://new.example.org/webservice/rest/server.php?wstoken=x";
    let cases = [
        (exception("invalidtoken", ""), "Moodle refuses with invalidtoken: No, …!; make a token at"),
        (exception("accessexception", ""), "External services"),
        (exception("invalidparameter", "Grouping exists\\nstack"), "invalidparameter: No, …! (Grouping exists)"),
        (json("{\"exception\": \"x\"}"), "Moodle refuses with : "),
        (ResponseTemplate::new(403), "HTTP status 403; see that Moodle's web services and the REST protocol"),
        (ResponseTemplate::new(404), "HTTP status 404; see that a Moodle with /webservice/rest/server.php"),
        (redirect(moved), "302, a redirect to https://new.example.org; write the final address"),
        (ResponseTemplate::new(200), "it begins with nothing: it is empty"),
        (json(&format!("<p>\n Maintenance, {TOKEN}")), "it begins with \"<p> Maintenance, …\""),
        (json("{\"username\": \"sync\""), "EOF while parsing"),
        (json("[1, 2]"), "the answer is not that of a web service: invalid"),
        (json("null"), "the answer is not that of a web service: invalid type: null"),
    ];
    for (answer, expected) in cases {
        let server = answering(answer).await;
        let error = service(&server.uri(), LONG).account().await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(error.to_string().contains(expected), "{error}, not {expected}");
        assert!(!told.contains(TOKEN), "{told}");
        assert_eq!(server.received_requests().await.unwrap().len(), 1, "{error} is final");
    }
}

#[tokio::test]
async fn calls_are_repeated_only_where_that_is_harmless() {
    let busy = || ResponseTemplate::new(503);
    let silent = || json(INFO).set_delay(LONG);
    for (answer, timeout) in [(busy(), LONG), (silent(), SHORT)] {
        for (function, calls) in
            [(Function::GetSiteInfo, 3), (Function::DeleteGroupings, 3), (Function::CreateGroupings, 1)]
        {
            let server = answering(answer.clone()).await;
            let called = service(&server.uri(), timeout).call::<serde_json::Value>(function, Vec::new()).await;
            let error = called.unwrap_err();
            match timeout {
                SHORT => assert_eq!(error, WebServiceError::Timeout { function, limit: SHORT }),
                _ => assert!(matches!(error, WebServiceError::Status { status: 503, .. }), "{error}"),
            }
            assert_eq!(server.received_requests().await.unwrap().len(), calls, "{function:?}: {error}");
        }
    }
}

#[tokio::test]
async fn a_call_succeeds_when_the_server_comes_back_in_time() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(502)).up_to_n_times(2).mount(&server).await;
    Mock::given(method("POST")).respond_with(json(INFO)).expect(1).mount(&server).await;
    assert_eq!(service(&server.uri(), LONG).account().await.unwrap().username, "sync");
}

/// Calls a server that takes calls and hangs up. Answers with how often it was called.
async fn hanging_up(function: Function) -> (WebServiceError, u32) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let called = Arc::new(AtomicU32::new(0));
    let serving = tokio::spawn({
        let called = Arc::clone(&called);
        async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // Reads the beginning of the call before it hangs up: it was sent.
                stream.read_exact(&mut [0; 64]).await.unwrap();
                called.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    let error = service(&url, LONG).call::<serde_json::Value>(function, Vec::new()).await.unwrap_err();
    serving.abort();
    (error, called.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_broken_connection_may_have_done_its_work_and_one_that_was_never_made_has_not() {
    for (function, expected) in [(Function::UpdateCategories, 3), (Function::CreateGroupings, 1)] {
        let (error, called) = hanging_up(function).await;
        assert!(matches!(error, WebServiceError::Broken { .. }), "{error}");
        assert_eq!(called, expected, "{error}");
    }
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let unreachable = service(&format!("http://{closed}"), LONG);
    let error = unreachable.call::<serde_json::Value>(Function::CreateGroupings, Vec::new()).await.unwrap_err();
    assert!(matches!(error, WebServiceError::Connect { .. }) && error.may_be_repeated(Repeat::Harmful), "{error}");
}

async fn refresh(moodle: &Moodle, categories: &[i64], groups: &[i64], members: &[i64]) -> Result<(), RefreshError> {
    let courses = |ids: &[i64]| ids.iter().copied().map(CourseId).collect();
    let stale = StaleCaches {
        categories: categories.iter().copied().map(CategoryId).collect(),
        groups: courses(groups),
        members: courses(members),
        ..StaleCaches::default()
    };
    let order = RefreshOrder { site: SiteKey("campus".to_owned()), run: RunId::generate(), stale };
    service(&moodle.url(), LONG).refresh(&order).await
}

#[tokio::test]
async fn each_cache_is_dropped_by_the_call_that_drops_it_and_the_site_stays_as_it_was() {
    let (one, update) = (&[Call::GetCategories, Call::UpdateCategories][..], &[Call::Create(1), Call::Delete(1)][..]);
    type Ids = &'static [i64];
    let cases: [(Ids, Ids, Ids, Vec<Call>); 5] = [
        (&[30, 31], &[], &[], one.to_vec()),
        (&[], &[6], &[], update.to_vec()),
        // Which groups users are in is dropped for everybody.
        (&[], &[], &[6, 7, 8], update.to_vec()),
        (&[], &[6, 7], &[8], vec![Call::Create(2), Call::Delete(2)]),
        (&[31], &[6], &[6], [one, update].concat()),
    ];
    for (categories, groups, members, expected) in cases {
        let moodle = Moodle::start().await;
        refresh(&moodle, categories, groups, members).await.unwrap();
        assert_eq!(moodle.calls(), expected);
        assert_eq!(moodle.groupings(), 0);
    }
}

#[tokio::test]
async fn a_category_is_written_as_it_is_stored() {
    let moodle = Moodle::start().await;
    refresh(&moodle, &[30, 31], &[], &[]).await.unwrap();
    let written = moodle.parameters("core_course_update_categories");
    let expected = [
        ("categories[0][id]", "30"),
        ("categories[0][name]", "Arts & Crafts"),
        ("categories[0][descriptionformat]", "2"),
    ];
    assert_eq!(written, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let read = moodle.parameters("core_course_get_categories");
    assert!(read.contains(&("moodlewssettingraw".to_owned(), "1".to_owned())), "{read:?}");
}

#[tokio::test]
async fn for_a_deleted_category_any_other_is_written() {
    let moodle = Moodle::start().await;
    refresh(&moodle, &[99], &[], &[]).await.unwrap();
    let written = moodle.parameters("core_course_update_categories");
    assert_eq!(written[0], ("categories[0][id]".to_owned(), "30".to_owned()));
}

#[tokio::test]
async fn many_courses_go_with_few_calls_and_one_that_is_refused_does_not_keep_the_others() {
    let courses: Vec<i64> = (1..=60).collect();
    let moodle = Moodle::start().await;
    refresh(&moodle, &[], &courses, &[]).await.unwrap();
    assert_eq!(moodle.calls(), [Call::Create(50), Call::Delete(50), Call::Create(10), Call::Delete(10)]);

    let moodle = Moodle::refusing(&[52, 57]).await;
    let error = refresh(&moodle, &[], &courses, &[]).await.unwrap_err().to_string();
    assert!(error.contains("course 52: core_group_create_groupings: Moodle refuses with nopermissions"), "{error}");
    assert!(error.contains("course 57") && !error.contains("course 53"), "{error}");
    assert_eq!(moodle.groupings(), 0);
    assert_eq!(moodle.calls().iter().filter(|call| **call == Call::Delete(1)).count(), 8);

    let moodle = Moodle::refusing(&[1, 2]).await;
    refresh(&moodle, &[], &[], &[1, 2, 3]).await.unwrap();
    let moodle = Moodle::refusing(&[1, 2, 3, 4, 5, 6]).await;
    let error = refresh(&moodle, &[], &[1, 2, 3, 4, 5], &[]).await.unwrap_err().to_string();
    assert!(error.contains("and 2 more courses"), "{error}");
}

#[tokio::test]
async fn what_an_interrupted_attempt_has_left_is_cleared_away() {
    let moodle = Moodle::start().await;
    moodle.put_grouping(6, caches::GROUPING);
    moodle.put_grouping(6, "Tutorials");
    refresh(&moodle, &[], &[6, 7], &[]).await.unwrap();
    assert_eq!(moodle.groupings(), 1, "somebody else's stays");
    let [.., find, clear, next, last] = &moodle.calls()[..] else { panic!("{:?}", moodle.calls()) };
    assert_eq!([find, clear, next, last], [&Call::Find, &Call::Delete(1), &Call::Create(1), &Call::Delete(1)]);
}

/// Answers every call like this; tells the call's result and how often it was called.
async fn made(call: MoodleCall, answer: ResponseTemplate, timeout: Duration) -> (Result<(), CallError>, usize) {
    let server = answering(answer).await;
    let made = service(&server.uri(), timeout).make(call).await;
    (made, server.received_requests().await.unwrap().len())
}

const fn import(import: Import) -> MoodleCall {
    MoodleCall::ImportCourse { from: CourseId(7), to: CourseId(9), import }
}

const DELETE: MoodleCall = MoodleCall::DeleteCourse { course: CourseId(9) };

#[tokio::test]
async fn content_is_imported_and_courses_are_deleted_with_the_parameters_that_moodle_takes() {
    let imported = |delete: &str| {
        format!("core_course_import_course&moodlewsrestformat=json&importfrom=7&importto=9&deletecontent={delete}")
    };
    let cases = [
        (import(Import::Add), imported("0"), "null"),
        (import(Import::Replace), imported("1"), "null"),
        (
            DELETE,
            "core_course_delete_courses&moodlewsrestformat=json&courseids%5B0%5D=9".to_owned(),
            r#"{"warnings": []}"#,
        ),
    ];
    for (call, expected, answer) in cases {
        let server = answering(json(answer)).await;
        assert_eq!(service(&server.uri(), LONG).make(call).await, Ok(()), "{call:?}");
        let requests = server.received_requests().await.unwrap();
        let body = String::from_utf8(requests[0].body.clone()).unwrap();
        assert_eq!((requests.len(), body), (1, format!("wstoken={TOKEN}&wsfunction={expected}")));
    }
}

#[tokio::test]
async fn what_moodle_says_to_a_call_comes_back_in_its_own_words() {
    let warning = |code: &str| {
        json(&format!(
            r#"{{"warnings": [{{"item": "course", "itemid": 9, "warningcode": "{code}", "message": "Course 9"}}]}}"#
        ))
    };
    let exception = json(r#"{"exception": "x", "errorcode": "nopermissions", "message": "No"}"#);
    let refused = |text: &str| Err(CallError::Refused(text.to_owned()));
    let advice = "; give the account a role that has this capability";
    let cases = [
        (DELETE, warning("unknowncourseidnumber"), Ok(())),
        (
            DELETE,
            warning("cannotdeletecourse"),
            refused("core_course_delete_courses: Moodle refuses with cannotdeletecourse: Course 9"),
        ),
        (
            import(Import::Add),
            exception,
            refused(&format!("core_course_import_course: Moodle refuses with nopermissions: No{advice}")),
        ),
    ];
    for (call, answer, expected) in cases {
        assert_eq!(made(call, answer, LONG).await, (expected, 1), "{call:?}");
    }
}

#[tokio::test]
async fn a_call_is_made_again_only_where_it_is_safe_and_the_first_one_is_over() {
    let status = |status: u16| ResponseTemplate::new(status);
    let cases = [
        (import(Import::Add), status(500), LONG, 1, false),
        (import(Import::Replace), status(500), LONG, 3, false),
        (DELETE, status(503), LONG, 3, false),
        // Moodle may still be at work.
        (DELETE, status(504), LONG, 1, false),
        (import(Import::Replace), json("null").set_delay(LONG), SHORT, 1, false),
        (import(Import::Add), json("null").set_delay(LONG), SHORT, 1, false),
        (import(Import::Add), json("<html>"), LONG, 1, false),
        (import(Import::Add), status(404), LONG, 1, true),
    ];
    for (call, answer, timeout, expected, not_made) in cases {
        let (made, calls) = made(call, answer, timeout).await;
        assert_eq!(calls, expected, "{call:?}: {made:?}");
        match made.unwrap_err() {
            CallError::NotMade(_) => assert!(not_made, "{call:?}"),
            CallError::Unanswered(_) => assert!(!not_made, "{call:?}"),
            refused => panic!("{call:?}: {refused}"),
        }
    }
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let unreachable = service(&format!("http://{closed}"), LONG).make(import(Import::Add)).await;
    assert!(matches!(unreachable, Err(CallError::NotMade(_))), "{unreachable:?}");
}
