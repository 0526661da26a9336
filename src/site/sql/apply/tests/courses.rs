//! Categories, courses and what is in them.

use super::*;

async fn categories_come_last_and_carry_paths(engine: Engine) {
    let fixture = Fixture::new(engine).await;
    let mut hidden = create_category(-3, 1);
    if let Change::CreateCategory { visible, visible_old, .. } = &mut hidden {
        (*visible, *visible_old) = (0, 1);
    }
    fixture.apply(T, &[create_category(-1, 0), create_category(-2, -1), hidden]).await;
    fixture
        .expect(&[
            (
                "select id, name, idnumber, description, descriptionformat, parent, sortorder, coursecount, visible, \
                 visibleold, timemodified, depth, path, theme from {course_categories} where id > 1 order by id",
                &[
                    "2|Category -1|~||0|0|30000|0|1|1|1700000000|1|/2|~",
                    "3|Category -2|~||0|2|40000|0|1|1|1700000000|2|/2/3|~",
                    "4|Category -3|~||0|1|20000|0|0|1|1700000000|2|/1/4|~",
                ],
            ),
            (
                "select instanceid, path, depth from {context} where contextlevel = 40 order by id",
                &["1|/1/3|2", "2|/1/6|2", "4|/1/3/7|3", "3|/1/6/8|3"],
            ),
        ])
        .await;
}

async fn new_courses_come_first_in_their_category(engine: Engine) {
    let fixture = Fixture::new(engine).await;
    fixture.apply(T, &[create_course(-1, 1, "C1"), create_course(-2, 1, "C2")]).await;
    fixture.apply(T, &[create_course(-1, 1, "C3")]).await;
    fixture
        .expect(&[
            (
                "select shortname, sortorder from {course} order by sortorder",
                &["embedded|1", "C3|10001", "C2|10002", "C1|10003"],
            ),
            ("select coursecount from {course_categories}", &["3"]),
            (
                "select category, fullname, newsitems, format, visible, timecreated, timemodified, cacherev, summary \
                 from {course} where shortname = 'C1'",
                &["1|Course C1|5|topics|1|1700000000|1700000000|1700000000|~"],
            ),
            ("select path, depth from {context} where contextlevel = 50 and instanceid = 2", &["/1/3/6|3"]),
        ])
        .await;
}

async fn large_categories_are_renumbered_too(engine: Engine) {
    let fixture = Fixture::new(engine).await;
    let courses: Vec<Change> = (1..=60).map(|id| create_course(-id, 1, &format!("C{id}"))).collect();
    fixture.apply(T, &courses).await;
    fixture.apply(T, &[create_course(-1, 1, "D1"), create_course(-2, 1, "D2")]).await;
    fixture
        .expect(&[(
            "select shortname from {course} where sortorder in (10001, 10002, 10003, 10062) order by sortorder",
            &["D2", "D1", "C60", "C1"],
        )])
        .await;
}

async fn a_course_update_raises_the_revision(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let rename = |after: &str| Change::UpdateCourse {
        id: CourseId(2),
        fields: vec![update(CourseField::Fullname, "", after), update(CourseField::Visible, "1", "0")],
    };
    fixture.apply(T, &[rename("One")]).await;
    fixture.apply(T + 7, &[rename("Two")]).await;
    fixture.prepare(&["update {course} set cacherev = 9999999999 where id = 1"]).await;
    fixture
        .apply(T + 8, &[Change::UpdateCourse { id: CourseId(1), fields: vec![update(CourseField::Summary, "", "S")] }])
        .await;
    fixture
        .expect(&[(
            "select fullname, summary, visible, timemodified, cacherev from {course} order by id",
            &["Embedded site|S|1|1700000008|1700000008", "Two|~|0|1700000007|1700000007"],
        )])
        .await;
}

async fn a_moved_course_goes_last_with_its_contexts(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let setup = [
        create_category(-1, 2),
        create_course(-1, -1, "T1"),
        Change::CreateSocialBlock { course: CourseId(2) },
        create_course(-2, 1, "C2"),
    ];
    fixture.apply(T, &setup).await;
    fixture.prepare(&["update {course_categories} set visible = 0 where id = 3"]).await;
    let go = |id, from, to| Change::MoveCourse { id: CourseId(id), from: CategoryId(from), to: CategoryId(to) };
    fixture.apply(T + 1, &[go(2, 2, 3), go(4, 1, 3)]).await;
    let context =
        |course: i64| format!("select path, depth from {{context}} where contextlevel = 50 and instanceid = {course}");
    fixture
        .expect(&[
            (
                "select shortname, category, sortorder, visible, visibleold, timemodified from {course} where id > 1 order by sortorder",
                &["T1|3|30001|1|1|1700000000", "C1|3|30002|1|1|1700000001", "C2|3|30003|1|1|1700000001"],
            ),
            ("select id, coursecount from {course_categories} order by id", &["1|0", "2|0", "3|3"]),
            (&context(2), &["/1/6/10/7|4"]),
            ("select path, depth from {context} where contextlevel = 80", &["/1/6/10/7/13|5"]),
            (
                "select flagtype, name from {cache_flags} order by id",
                &["accesslib/dirtycontexts|/1/6/10/12", "accesslib/dirtycontexts|/1/6/10/7"],
            ),
        ])
        .await;
}

async fn sections_options_forum_and_block(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let course = CourseId(2);
    let section = |number, name: Option<&str>| Change::CreateSection {
        course,
        number,
        name: name.map(str::to_owned),
        summary: String::new(),
    };
    let option = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let set = |format: &str, options| Change::SetFormatOptions { course, format: format.to_owned(), options };
    let changes = [
        section(0, None),
        section(1, Some("Week 1")),
        Change::UpdateSection {
            course,
            number: 1,
            before: (Some("Week 1".to_owned()), String::new()),
            after: (None, "<p>S</p>".to_owned()),
        },
        set("topics", vec![option("hiddensections", "1"), option("coursedisplay", "0")]),
        set("social", vec![option("numdiscussions", "10")]),
        Change::UpdateFormatOption {
            course,
            format: "social".to_owned(),
            name: "numdiscussions".to_owned(),
            before: Some("10".to_owned()),
            after: "12".to_owned(),
        },
        Change::UpdateFormatOption {
            course,
            format: "social".to_owned(),
            name: "extra".to_owned(),
            before: None,
            after: "x".to_owned(),
        },
        Change::CreateNewsForum { course },
        Change::CreateSocialBlock { course },
    ];
    fixture.apply(T, &changes).await;
    fixture
        .expect(&[
            (
                "select section, name, summary, summaryformat, sequence, visible, availability, timemodified \
                 from {course_sections} order by section",
                &["0|~||1|1|1|~|1700000000", "1|~|<p>S</p>|1||1|~|1700000000"],
            ),
            (
                "select format, sectionid, name, value from {course_format_options} where courseid = 2 order by id",
                &["social|0|numdiscussions|12", "social|0|extra|x"],
            ),
            (
                "select id, course, type, name, intro, introformat, forcesubscribe, trackingtype, maxattachments, \
                 timemodified, scale, assessed from {forum}",
                &["1|2|news|Announcements|General news and announcements|1|1|1|1|1700000000|0|0"],
            ),
            (
                "select m.course, m.module, m.instance, s.section, m.added, m.visible, m.visibleoncoursepage, m.visibleold, \
                 m.completion, m.downloadcontent, m.availability from {course_modules} m \
                 join {course_sections} s on s.id = m.section",
                &["2|10|1|0|1700000000|1|1|1|0|1|~"],
            ),
            (
                "select blockname, parentcontextid, showinsubcontexts, requiredbytheme, pagetypepattern, subpagepattern, \
                 defaultregion, defaultweight, configdata, timecreated, timemodified from {block_instances}",
                &["social_activities|7|0|0|course-view-*|~|side-post|0||1700000000|1700000000"],
            ),
            ("select path, depth from {context} where contextlevel = 80", &["/1/6/7/10|4"]),
            ("select cacherev from {course} where id = 2", &["1700000001"]),
        ])
        .await;
}

/// Moodle is in the middle of creating a course when we count those of its category.
async fn courses_are_counted_with_those_that_moodle_creates_at_the_same_time(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let fixture = Fixture::campus(engine).await;
    let mut ours = fixture.site.writer().begin().await.unwrap();
    ours.apply(&[&create_course(-1, 2, "OURS")], &fixture.facts, T).await.unwrap();
    let other = fixture.site.connect_again().await;
    let mut theirs = other.write_connection().await.unwrap();
    theirs.execute_raw("begin", other.dialect.begin()).await.unwrap();
    let course = "insert into mdl_course (id, category, shortname, sortorder) values (77, 2, 'THEIRS', 30001)";
    theirs.execute_raw("create", course).await.unwrap();
    let count = "update mdl_course_categories set coursecount = coursecount + 1 where id = 2";
    theirs.execute_raw("count", count).await.unwrap();
    let checkpoint = checkpoint();
    let (committed, ()) = tokio::join!(biased; ours.commit(&checkpoint), async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        theirs.execute_raw("end", "commit").await.unwrap();
    });
    committed.unwrap();
    fixture.expect(&[("select coursecount from {course_categories} where id = 2", &["3"])]).await;
}

async fn enrolment_methods_follow_each_other(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let mut guest = method(-1, 2, "guest");
    (guest.role, guest.expiry_threshold, guest.password, guest.status) =
        (None, 0, Some(String::new()), EnrolStatus::Suspended);
    let mut more = method(-2, 2, "self");
    more.custom_ints = [Some(0), Some(0), Some(0), Some(1), Some(0), Some(1)];
    let disable =
        Change::SetInstanceStatus { instance: EnrolId(1), course: CourseId(2), status: EnrolStatus::Suspended };
    fixture.apply(T + 3, &[Change::CreateInstance(guest), Change::CreateInstance(more), disable]).await;
    fixture
        .expect(&[
            (
                "select id, enrol, status, courseid, sortorder, name, enrolperiod, enrolstartdate, expirynotify, \
                 expirythreshold, notifyall, password, roleid, customint1, customint4, customint7, timecreated, \
                 timemodified from {enrol} order by id",
                &[
                    "1|manual|1|2|0|~|0|0|0|86400|0|~|5|~|~|~|1700000000|1700000000",
                    "2|self|0|2|1|~|0|0|0|86400|0|~|5|~|~|~|1700000000|1700000000",
                    "3|guest|1|2|2|~|0|0|0|0|0||0|~|~|~|1700000003|1700000003",
                    "4|self|0|2|3|~|0|0|0|86400|0|~|5|0|1|~|1700000003|1700000003",
                ],
            ),
            ("select flagtype, name from {cache_flags}", &["accesslib/dirtycontexts|/1/6/7"]),
        ])
        .await;
}

on_every_engine! {
    categories_come_last_and_carry_paths,
    new_courses_come_first_in_their_category,
    large_categories_are_renumbered_too,
    a_course_update_raises_the_revision,
    a_moved_course_goes_last_with_its_contexts,
    sections_options_forum_and_block,
    courses_are_counted_with_those_that_moodle_creates_at_the_same_time,
    enrolment_methods_follow_each_other,
}
