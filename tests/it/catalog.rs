//! Choosing courses and categories, and lists that their tools take as they are.

use crate::runs::apply_campus;
use crate::support::{RunRequest, TestServer, reason, refusal, violations};
use toolsync::rpc::pb;

async fn campus() -> TestServer {
    let server = TestServer::start().await;
    apply_campus(&server).await;
    server
}

/// All pages of a listing of courses.
async fn courses(server: &TestServer, request: pb::ListCoursesRequest) -> Vec<pb::Course> {
    let (mut courses, mut request) = (Vec::new(), request);
    loop {
        let page = server.catalog().list_courses(request.clone()).await.unwrap().into_inner();
        assert!(request.page_size == 0 || page.courses.len() <= request.page_size as usize);
        courses.extend(page.courses);
        if page.next_page_token.is_empty() {
            return courses;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn courses_are_listed_page_by_page() {
    let server = campus().await;
    let all = courses(&server, pb::ListCoursesRequest::default()).await;
    assert_eq!(all.len(), 42);
    assert!(all.windows(2).all(|pair| pair[0].id < pair[1].id));
    let paged = courses(&server, pb::ListCoursesRequest { page_size: 5, ..Default::default() }).await;
    assert_eq!(paged, all);
    let exact = courses(&server, pb::ListCoursesRequest { page_size: 42, ..Default::default() }).await;
    assert_eq!(exact, all);
    let text = |text: &str| pb::ListCoursesRequest { text: text.to_owned(), ..Default::default() };
    let found = courses(&server, text("bio-101")).await;
    assert_eq!((found.len(), found[0].shortname.as_str()), (1, "BIO-101"));
    assert!(found[0].roles.iter().any(|count| count.role == "student" && count.users > 1), "{:?}", found[0].roles);
    assert!(!found[0].category_path.is_empty());
    let hidden = pb::CourseVisibility::Hidden.into();
    assert_eq!(courses(&server, pb::ListCoursesRequest { visibility: hidden, ..Default::default() }).await.len(), 4);
    let category = found[0].category_id;
    let within = courses(&server, pb::ListCoursesRequest { category_id: category, ..Default::default() }).await;
    assert!(!within.is_empty() && within.iter().all(|course| course.category_id == category));
    let first = server.catalog().list_courses(pb::ListCoursesRequest { page_size: 5, ..Default::default() }).await;
    let page_token = first.unwrap().into_inner().next_page_token;
    let other = pb::ListCoursesRequest { page_token, ..text("x") };
    assert_eq!(reason(&refusal(server.catalog().list_courses(other).await)), "FIELD_INVALID");
}

#[tokio::test]
async fn empty_categories_are_listed_the_deepest_first() {
    let server = TestServer::start().await;
    RunRequest::inline(pb::Tool::Courses, "shortname;fullname;category\nX;X;A/B/C\nY;Y;D\n").send(&server).await;
    RunRequest::inline(pb::Tool::DeleteCourses, "X\n").send(&server).await;
    let list = async |ignore_empty_subcategories: bool, page_size: u32| {
        let mut request =
            pb::ListEmptyCategoriesRequest { ignore_empty_subcategories, page_size, ..Default::default() };
        let mut paths = Vec::new();
        loop {
            let page = server.catalog().list_empty_categories(request.clone()).await.unwrap().into_inner();
            paths.extend(page.categories.into_iter().map(|category| category.path));
            if page.next_page_token.is_empty() {
                return paths;
            }
            request.page_token = page.next_page_token;
        }
    };
    assert_eq!(list(false, 0).await, ["A/B/C", "Category 1"]);
    for size in [0, 1, 2] {
        assert_eq!(list(true, size).await, ["A/B/C", "A/B", "Category 1", "A"], "{size}");
    }
}

#[tokio::test]
async fn a_generated_list_is_taken_by_its_tool() {
    let server = campus().await;
    let odd = "shortname;fullname;category\n\"#odd;one\";Odd;1\n";
    RunRequest::inline(pb::Tool::Courses, odd).send(&server).await;
    let all = courses(&server, pb::ListCoursesRequest::default()).await;
    let chosen: Vec<i64> = all.iter().rev().take(3).map(|course| course.id).chain([1, 999_999]).collect();
    let request = pb::GenerateCommandFileRequest {
        tool: pb::Tool::DeleteCourses.into(),
        course_ids: chosen,
        ..Default::default()
    };
    let answer = server.catalog().generate_command_file(request.clone()).await.unwrap().into_inner();
    assert_eq!((answer.courses, answer.file.unwrap().path.as_str()), (3, "/deletecourses.csv"));
    let omitted: Vec<_> = answer.omitted.iter().map(|omitted| (omitted.course_id, omitted.reason.as_str())).collect();
    assert_eq!(omitted, [(1, "SITE_COURSE"), (999_999, "COURSE_UNKNOWN")]);
    let content = String::from_utf8(server.content("/deletecourses.csv").await).unwrap();
    assert!(content.starts_with("\"#odd;one\"\n") && !content.ends_with('\n'), "{content}");
    let run = RunRequest::stored(pb::Tool::DeleteCourses, "/deletecourses.csv").send(&server).await;
    assert_eq!((run.counters().deleted, run.counters().lines), (3, 3));

    let again = refusal(server.catalog().generate_command_file(request.clone()).await);
    assert_eq!(reason(&again), "FIELD_INVALID", "they are gone: {again:?}");
    let left = courses(&server, pb::ListCoursesRequest::default()).await;
    let other = pb::GenerateCommandFileRequest {
        tool: pb::Tool::CheckCourses.into(),
        course_ids: left.iter().map(|course| course.id).collect(),
        identifier: pb::CourseIdentifier::Idnumber.into(),
        path: "/erp/index.csv".to_owned(),
        ..Default::default()
    };
    let answer = server.catalog().generate_command_file(other.clone()).await.unwrap().into_inner();
    assert_eq!(answer.courses as usize + answer.omitted.len(), left.len());
    let by_number = RunRequest::stored(pb::Tool::CheckCourses, "/erp/index.csv").options(&[("identifier", "idnumber")]);
    let run = by_number.send(&server).await;
    assert_eq!((run.counters().found, run.counters().lines), (u64::from(answer.courses), u64::from(answer.courses)));
    let shorter = pb::GenerateCommandFileRequest { course_ids: vec![left[0].id, left[1].id], ..other };
    let taken = refusal(server.catalog().generate_command_file(shorter.clone()).await);
    assert_eq!(reason(&taken), "FILE_EXISTS", "{taken:?}");
    let replacing = pb::GenerateCommandFileRequest { overwrite: true, ..shorter };
    assert_eq!(server.catalog().generate_command_file(replacing).await.unwrap().into_inner().courses, 2);
}

#[tokio::test]
async fn a_generated_reset_file_is_taken_by_its_tool() {
    let server = campus().await;
    let odd = "shortname;fullname;category;idnumber\n\"#odd;one\";Odd;1;N1\n\"say \"\"hi\"\"\";Quoted;1;N2\n plain;Plain;1;\n";
    RunRequest::inline(pb::Tool::Courses, odd).send(&server).await;
    let all = courses(&server, pb::ListCoursesRequest::default()).await;
    let studied = all.iter().find(|course| course.shortname == "BIO-101").unwrap().id;
    let new = all.iter().rev().take(3).map(|course| course.id);
    let chosen: Vec<i64> = new.chain([studied, 1, 999_999]).collect();
    let request = pb::GenerateCommandFileRequest {
        tool: pb::Tool::ResetCourses.into(),
        course_ids: chosen,
        ..Default::default()
    };
    let answer = server.catalog().generate_command_file(request.clone()).await.unwrap().into_inner();
    assert_eq!((answer.courses, answer.file.unwrap().path.as_str()), (4, "/resetcourses.csv"));
    let omitted: Vec<_> = answer.omitted.iter().map(|omitted| (omitted.course_id, omitted.reason.as_str())).collect();
    assert_eq!(omitted, [(1, "SITE_COURSE"), (999_999, "COURSE_UNKNOWN")]);
    let content = String::from_utf8(server.content("/resetcourses.csv").await).unwrap();
    let header = "shortname;roles;local_roles;completion;grades;groups;groupings;blog_associations;events;logs;notes;\
                  comments;modules\n";
    let usual = ";student teacher guest;all;yes;all;all;all;yes;yes;yes;yes;yes;all\n";
    assert!(content.starts_with(header) && content.matches(usual).count() == 3, "{content}");
    assert!(content.contains("\n\"#odd;one\";") && content.contains("\n\"say \"\"hi\"\"\";"), "{content}");
    assert!(content.ends_with(usual.trim_end()), "no line end behind the last: {content}");
    let run = RunRequest::stored(pb::Tool::ResetCourses, "/resetcourses.csv").send(&server).await;
    assert_eq!((run.counters().updated, run.counters().unchanged, run.counters().failed), (1, 3, 0), "one has people");

    let values =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let by_number = pb::GenerateCommandFileRequest {
        identifier: pb::CourseIdentifier::Idnumber.into(),
        path: "/term.csv".to_owned(),
        values: values(&[("roles", "student"), ("modules", "forum"), ("quiz_attempts", "yes")]),
        separator: "comma".to_owned(),
        ..request.clone()
    };
    let answer = server.catalog().generate_command_file(by_number.clone()).await.unwrap().into_inner();
    let omitted: Vec<_> = answer.omitted.iter().map(|omitted| omitted.reason.as_str()).collect();
    assert_eq!((answer.courses, omitted), (3, vec!["COURSE_ID_EMPTY", "SITE_COURSE", "COURSE_UNKNOWN"]));
    let content = String::from_utf8(server.content("/term.csv").await).unwrap();
    assert!(content.starts_with("idnumber,roles,") && content.contains(",forum,yes"), "{content}");
    let run = RunRequest::stored(pb::Tool::ResetCourses, "/term.csv");
    let run = run.options(&[("identifier", "idnumber"), ("separator", ",")]).send(&server).await;
    assert_eq!((run.counters().lines, run.counters().failed), (3, 0));

    let wrong = [
        (("roles", "pirate"), "values[roles]"),
        (("modules", "froum"), "values[modules]"),
        (("rolls", "x"), "values[rolls]"),
    ];
    for ((name, value), field) in wrong {
        let request = pb::GenerateCommandFileRequest { values: values(&[(name, value)]), ..request.clone() };
        let status = refusal(server.catalog().generate_command_file(request).await);
        assert_eq!(
            (reason(&status).as_str(), violations(&status)),
            ("FIELD_INVALID", vec![field.to_owned()]),
            "{status:?}"
        );
    }
}

#[tokio::test]
async fn lists_that_cannot_be_made() {
    let server = TestServer::start().await;
    let fine = || pb::GenerateCommandFileRequest {
        tool: pb::Tool::DeleteCourses.into(),
        course_ids: vec![1],
        ..Default::default()
    };
    let cases = [
        (pb::GenerateCommandFileRequest { tool: pb::Tool::Users.into(), ..fine() }, "tool"),
        (pb::GenerateCommandFileRequest { tool: pb::Tool::CleanCategories.into(), ..fine() }, "tool"),
        (pb::GenerateCommandFileRequest { tool: 0, ..fine() }, "tool"),
        (pb::GenerateCommandFileRequest { values: [("roles".to_owned(), "no".to_owned())].into(), ..fine() }, "values"),
        (
            pb::GenerateCommandFileRequest {
                separator: "pipe".to_owned(),
                tool: pb::Tool::ResetCourses.into(),
                ..fine()
            },
            "separator",
        ),
        (pb::GenerateCommandFileRequest { course_ids: Vec::new(), ..fine() }, "course_ids"),
        (pb::GenerateCommandFileRequest { path: "x.csv".to_owned(), ..fine() }, "path"),
        (pb::GenerateCommandFileRequest { identifier: 99, ..fine() }, "identifier"),
        (fine(), "course_ids"),
    ];
    for (request, field) in cases {
        let status = refusal(server.catalog().generate_command_file(request).await);
        assert_eq!(reason(&status), "FIELD_INVALID");
        assert!(violations(&status).iter().any(|violation| *violation == field), "{field}: {status:?}");
    }
}
