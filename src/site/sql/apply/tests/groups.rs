//! Groups, groupings, and what is in them.

use super::*;
use crate::model::GroupingId;
use crate::site::Subject;

fn fields(name: &str, idnumber: &str, description: &str) -> Fields<GroupField> {
    let fields = [(GroupField::Name, name), (GroupField::Idnumber, idnumber), (GroupField::Description, description)];
    fields.map(|(field, text)| (field, text.to_owned())).into_iter().collect()
}

fn link(grouping: i64, group: i64) -> Change {
    Change::AssignGrouping { grouping: GroupingId(grouping), group: GroupId(group), course: CourseId(2) }
}

async fn groups_and_groupings_are_created_changed_and_linked(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let course = CourseId(2);
    let changes = [
        Change::CreateGroup { id: GroupId(-3), course, fields: fields("Blue", "B", "<b>Blue</b>") },
        Change::CreateGrouping { id: GroupingId(-4), course, fields: fields("All", "A", "") },
        link(-4, -3),
        link(-4, 1),
        link(-4, 1),
    ];
    let ids = fixture.apply(T + 1, &changes).await;
    assert_eq!(ids.subjects[&Subject::Group(GroupId(-3))], 2);
    assert_eq!(ids.subjects[&Subject::Grouping(GroupingId(-4))], 1);
    let groups = "select courseid, name, idnumber, description, descriptionformat, timecreated, timemodified \
                  from {groups} order by id";
    let groupings = "select courseid, name, idnumber, description, descriptionformat, configdata, timecreated, \
                     timemodified from {groupings} order by id";
    let links = "select groupingid, groupid, timeadded from {groupings_groups} order by groupid";
    fixture
        .expect(&[
            (groups, &["2|Red||~|0|1700000000|1700000000", "2|Blue|B|<b>Blue</b>|1|1700000001|1700000001"]),
            (groupings, &["2|All|A|~|0|~|1700000001|1700000001"]),
            (links, &["1|1|1700000001", "1|2|1700000001"]),
        ])
        .await;
    let changes = [
        Change::UpdateGroup { id: GroupId(1), course, fields: vec![update(GroupField::Name, "Red", "Rouge")] },
        Change::UpdateGrouping {
            id: GroupingId(1),
            course,
            fields: vec![update(GroupField::Idnumber, "A", "ALL"), update(GroupField::Description, "", "Text")],
        },
        link(1, 2),
    ];
    fixture.apply(T + 2, &changes).await;
    fixture
        .expect(&[
            (groups, &["2|Rouge||~|0|1700000000|1700000002", "2|Blue|B|<b>Blue</b>|1|1700000001|1700000001"]),
            (groupings, &["2|All|ALL|Text|0|~|1700000001|1700000002"]),
            (links, &["1|1|1700000001", "1|2|1700000001"]),
        ])
        .await;
}

async fn a_deleted_grouping_is_named_nowhere(engine: Engine) {
    let fixture = Fixture::furnished(engine).await;
    let course = CourseId(2);
    let changes = [
        Change::CreateGrouping { id: GroupingId(-1), course, fields: fields("Stays", "", "") },
        Change::CreateGrouping { id: GroupingId(-2), course, fields: fields("Goes", "", "") },
        link(-1, 1),
        link(-2, 1),
    ];
    fixture.apply(T + 1, &changes).await;
    fixture
        .prepare(&[
            "update {course} set defaultgroupingid = 2 where id = 2",
            "update {course} set defaultgroupingid = 1 where id = 3",
            "update {course_modules} set groupingid = 2 where course = 2",
            "insert into {files} (contextid, component, filearea, itemid, filepath, filename, contenthash, pathnamehash, \
             filesize, timecreated, timemodified) values (7, 'grouping', 'description', 2, '/', 'a.png', 'x', 'a', 1, 0, 0), \
             (7, 'grouping', 'description', 1, '/', 'b.png', 'x', 'b', 1, 0, 0)",
        ])
        .await;
    fixture.apply(T + 2, &[Change::DeleteGrouping { grouping: GroupingId(2), course }]).await;
    fixture
        .expect(&[
            ("select id, name from {groupings}", &["1|Stays"]),
            ("select groupingid, groupid from {groupings_groups}", &["1|1"]),
            ("select id, defaultgroupingid from {course} where id in (2, 3) order by id", &["2|0", "3|1"]),
            ("select distinct groupingid from {course_modules} where course = 2", &["0"]),
            ("select filename from {files} where component = 'grouping'", &["b.png"]),
            ("select name from {groups}", &["Red"]),
        ])
        .await;
}

async fn a_thousand_groups_take_few_statements(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let course = CourseId(2);
    let group = |n: i64| Change::CreateGroup { id: GroupId(-10 - n), course, fields: fields(&format!("G{n}"), "", "") };
    let grouping = |n: i64| {
        let fields = fields(&format!("G{n}"), &format!("I{n}"), "");
        Change::CreateGrouping { id: GroupingId(-3000 - n), course, fields }
    };
    let changes: Vec<Change> = (0..1000).flat_map(|n| [group(n), grouping(n), link(-3000 - n, -10 - n)]).collect();
    let (_, statements) = fixture.counted(T + 1, &changes).await;
    assert!(statements <= 40, "{statements} statements for a thousand lines");
    fixture.expect(&[("select count(*) from {groupings_groups}", &["1000"])]).await;
}

on_every_engine! {
    groups_and_groupings_are_created_changed_and_linked,
    a_deleted_grouping_is_named_nowhere,
    a_thousand_groups_take_few_statements,
}
