//! Rows that courses take over from their templates.

use super::*;
use crate::model::GroupingId;
use crate::site::{Subject, TemplateCopy};
use std::collections::BTreeSet;

/// A campus whose course 2 has all that is copied.
async fn template(engine: Engine) -> Fixture {
    let fixture = Fixture::campus(engine).await;
    fixture
        .prepare(&[
            "insert into {course_sections} (course, section, name, summary, summaryformat, sequence, visible, availability, \
             timemodified) values (2, 0, null, null, 1, '', 1, null, 5), (2, 1, 'Rome', 'R', 4, '', 0, '{\"op\":1}', 5), \
             (2, 2, 'Troy', 'T', 1, '', 1, null, 5)",
            "update {enrol} set password = 'key', customint3 = 7, customtext1 = 'Welcome', cost = '12', customdec1 = 1.5, \
             name = 'By key', status = 1 where enrol = 'self'",
            "update {groups} set idnumber = 'R', description = 'Red ones', enrolmentkey = 'red', picture = 3 where id = 1",
            "insert into {groupings} (id, courseid, name, idnumber, configdata, timecreated, timemodified) \
             values (1, 2, 'Colours', 'C', 'x', 5, 5)",
            "insert into {block_instances} (id, blockname, parentcontextid, showinsubcontexts, pagetypepattern, \
             defaultregion, defaultweight, configdata, timecreated, timemodified) values \
             (21, 'html', 7, 1, 'course-view-*', 'side-pre', 2, 'YTo=', 5, 5), \
             (22, 'html', 7, 0, 'course-view-*', 'side-pre', 3, '', 5, 5), \
             (23, 'calendar_month', 7, 0, '*', 'side-post', 0, '', 5, 5)",
            "insert into {context} (id, contextlevel, instanceid, path, depth) values (51, 80, 21, '/1/6/7/51', 4), \
             (52, 80, 22, '/1/6/7/52', 4), (53, 80, 23, '/1/6/7/53', 4)",
            "insert into {block_positions} (blockinstanceid, contextid, pagetype, subpage, visible, region, weight) \
             values (21, 7, 'course-view-topics', '', 0, 'side-post', 9), (21, 1, 'my-index', '', 1, 'content', 1)",
        ])
        .await;
    fixture.apply(T, &[Change::CreateNewsForum { course: CourseId(2) }]).await;
    fixture
}

fn blocks(kinds: &[&str]) -> BTreeSet<String> {
    kinds.iter().map(|kind| (*kind).to_owned()).collect()
}

/// All of course 2 for another one, with planned ids from `first` downwards.
fn all_of_it(to: i64, first: i64) -> Change {
    let mut copy = TemplateCopy::new(CourseId(2), CourseId(to));
    copy.sections = [0, 1, 2].into();
    copy.methods = vec![(EnrolId(1), EnrolId(first)), (EnrolId(2), EnrolId(first - 1))];
    copy.groups = vec![(GroupId(1), GroupId(first))];
    copy.groupings = vec![(GroupingId(1), GroupingId(first))];
    copy.links = vec![(GroupingId(first), GroupId(first))];
    copy.blocks = blocks(&["html", "calendar_month"]);
    Change::CopyTemplate(Box::new(copy))
}

async fn new_courses_are_like_their_template(engine: Engine) {
    let fixture = template(engine).await;
    let changes = [create_course(-1, 2, "N1"), all_of_it(-1, -10), create_course(-2, 2, "N2"), all_of_it(-2, -20)];
    let ids = fixture.apply(T + 1, &changes).await;
    for (course, first) in [(-1, -10), (-2, -20)] {
        let new = ids.subjects[&Subject::Course(CourseId(course))];
        let group = ids.subjects[&Subject::Group(GroupId(first))];
        let grouping = ids.subjects[&Subject::Grouping(GroupingId(first))];
        let manual = ids.subjects[&Subject::Method(EnrolId(first))];
        let by_self = ids.subjects[&Subject::Method(EnrolId(first - 1))];
        let sections = format!(
            "select section, name, summary, summaryformat, sequence, visible, availability, timemodified \
             from {{course_sections}} where course = {new} order by section"
        );
        let methods = format!(
            "select id, enrol, status, sortorder, password, customint3, customtext1, cost, name, roleid, timecreated \
             from {{enrol}} where courseid = {new} order by sortorder"
        );
        let groups = format!(
            "select id, name, idnumber, description, enrolmentkey, picture, timemodified from {{groups}} \
             where courseid = {new}"
        );
        let groupings = format!("select id, name, idnumber, configdata from {{groupings}} where courseid = {new}");
        let links = format!("select groupid, timeadded from {{groupings_groups}} where groupingid = {grouping}");
        let blocks = format!(
            "select b.blockname, b.showinsubcontexts, b.defaultweight, b.configdata, b.timecreated, x.depth \
             from {{block_instances}} b join {{context}} c on c.id = b.parentcontextid and c.contextlevel = 50 \
             join {{context}} x on x.contextlevel = 80 and x.instanceid = b.id where c.instanceid = {new} order by b.id"
        );
        let positions = format!(
            "select p.pagetype, p.visible, p.region, p.weight from {{block_positions}} p \
             join {{context}} c on c.id = p.contextid and c.contextlevel = 50 where c.instanceid = {new}"
        );
        fixture
            .expect(&[
                (&sections, &["0|~|~|1||1|~|1700000001", "1|Rome|R|4||0|~|1700000001", "2|Troy|T|1||1|~|1700000001"]),
                (
                    &methods,
                    &[
                        &*format!("{manual}|manual|0|0|~|~|~|~|~|5|1700000001"),
                        &format!("{by_self}|self|1|1|key|7|Welcome|12|By key|5|1700000001"),
                    ],
                ),
                (&groups, &[&*format!("{group}|Red|R|Red ones|red|0|1700000001")]),
                (&groupings, &[&*format!("{grouping}|Colours|C|x")]),
                (&links, &[&*format!("{group}|1700000001")]),
                (
                    &blocks,
                    &["html|1|2|YTo=|1700000001|4", "html|0|3||1700000001|4", "calendar_month|0|0||1700000001|4"],
                ),
                (&positions, &["course-view-topics|0|side-post|9"]),
            ])
            .await;
    }
}

async fn only_what_is_named_is_copied_behind_what_is_there(engine: Engine) {
    let fixture = template(engine).await;
    let there = [create_course(-1, 2, "N1"), Change::CreateInstance(method(-1, -1, "guest"))];
    let ids = fixture.apply(T + 1, &there).await;
    let new = ids.subjects[&Subject::Course(CourseId(-1))];
    let revision = format!("select cacherev from {{course}} where id = {new}");
    let before = fixture.rows(&revision).await;
    let mut copy = TemplateCopy::new(CourseId(2), CourseId(new));
    copy.sections = [2].into();
    copy.methods = vec![(EnrolId(2), EnrolId(-1))];
    copy.blocks = blocks(&["calendar_month", "never"]);
    fixture.apply(T + 2, &[Change::CopyTemplate(Box::new(copy))]).await;
    let methods = format!("select enrol, sortorder from {{enrol}} where courseid = {new} order by sortorder");
    let sections = format!("select section from {{course_sections}} where course = {new}");
    let blocks = format!(
        "select b.blockname from {{block_instances}} b join {{context}} c on c.id = b.parentcontextid \
         where c.contextlevel = 50 and c.instanceid = {new}"
    );
    fixture.expect(&[(&methods, &["guest|0", "self|1"]), (&sections, &["2"]), (&blocks, &["calendar_month"])]).await;
    assert_ne!(fixture.rows(&revision).await, before, "Moodle must build the course anew");
}

async fn a_template_of_the_same_chunk_is_copied_as_it_is_then(engine: Engine) {
    let fixture = template(engine).await;
    let mut copy = TemplateCopy::new(CourseId(-1), CourseId(-2));
    copy.sections = [0, 1, 2].into();
    copy.methods = vec![(EnrolId(-10), EnrolId(-30))];
    copy.groups = vec![(GroupId(-10), GroupId(-30))];
    copy.blocks = blocks(&["html"]);
    let changes = [
        create_course(-1, 2, "N1"),
        all_of_it(-1, -10),
        create_course(-2, 2, "N2"),
        Change::CopyTemplate(Box::new(copy)),
    ];
    let ids = fixture.apply(T + 1, &changes).await;
    let new = ids.subjects[&Subject::Course(CourseId(-2))];
    let counts = format!(
        "select (select count(*) from {{course_sections}} where course = {new}), (select count(*) from {{enrol}} \
         where courseid = {new}), (select count(*) from {{groups}} where courseid = {new}), (select count(*) \
         from {{block_instances}} b join {{context}} c on c.id = b.parentcontextid where c.contextlevel = 50 and \
         c.instanceid = {new})"
    );
    fixture.expect(&[(&counts, &["3|1|1|2"])]).await;
}

async fn many_copies_take_few_statements(engine: Engine) {
    let fixture = template(engine).await;
    let copies = |count: i64, start: i64| -> Vec<Change> {
        let one = |n: i64| [create_course(-n, 2, &format!("N{n}")), all_of_it(-n, -10 * n)];
        (start..start + count).flat_map(one).collect()
    };
    let (_, few) = fixture.counted(T + 1, &copies(1, 1)).await;
    let (_, many) = fixture.counted(T + 2, &copies(100, 101)).await;
    // Ids are reserved in blocks, and rows inserted in blocks.
    assert!(many <= few + 12, "{few} statements for one, {many} for a hundred");
}

on_every_engine! {
    new_courses_are_like_their_template,
    only_what_is_named_is_copied_behind_what_is_there,
    a_template_of_the_same_chunk_is_copied_as_it_is_then,
    many_copies_take_few_statements,
}
