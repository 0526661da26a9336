//! A small site made by hand, and tools run over it line by line: what the tests of several tools share.

use super::options::ToolOptions;
use super::{LinePlan, Tool};
use crate::model::{
    BoundHeader, CategoryId, CohortId, Completeness, ContextId, CourseId, EnrolId, FieldChange, GroupId, GroupingId,
    Line, Outcome, Problem, RoleId, Severity, UserId,
};
use crate::site::world::{
    Category, Cohort, Course, EnrolInstance, Enrolment, Group, Grouping, Membership, Password, RoleAssignment, User,
};
use crate::site::{
    CohortField, CourseField, EnrolStatus, Fields, GroupField, MethodTerms, Owner, Role, SiteFacts, Source, UserField,
    World,
};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const NOW: i64 = 1_788_220_800;
pub(super) const BIO1: CourseId = CourseId(10);
pub(super) const CHEM1: CourseId = CourseId(11);
pub(super) const FRONT: CourseId = CourseId(1);
pub(super) const MANUAL: EnrolId = EnrolId(100);
pub(super) const STUDENT: RoleId = RoleId(5);
pub(super) const STAFF: CohortId = CohortId(1);

pub(super) fn facts() -> SiteFacts {
    let roles = [(3, "editingteacher"), (4, "teacher"), (5, "student")];
    let config = [("enrol_plugins_enabled", "manual,guest,self,cohort,meta"), ("timezone", "UTC")];
    SiteFacts {
        config: config.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        roles: roles.map(|(id, name)| Role { id: RoleId(id), shortname: name.to_owned() }).into(),
        site_course: Some(FRONT),
        system_context: Some(ContextId(1)),
        ..SiteFacts::default()
    }
}

/// BIO1 has a manual method, one for Staff, and a disabled one for teachers of the cohort BD; CHEM1 follows BIO1.
fn methods(course: CourseId) -> Vec<EnrolInstance> {
    let method = |id, method: &str, status, role, source| EnrolInstance {
        id: EnrolId(id),
        course,
        method: method.to_owned(),
        status,
        sortorder: id,
        period: 0,
        role: Some(RoleId(role)).filter(|role| role.0 != 0),
        source,
        terms: MethodTerms::default(),
    };
    let cohort = |id| Some(Source::Cohort(CohortId(id)));
    match course {
        BIO1 => vec![
            method(100, "manual", EnrolStatus::Active, 5, None),
            method(102, "cohort", EnrolStatus::Active, 5, cohort(1)),
            method(103, "cohort", EnrolStatus::Suspended, 4, cohort(3)),
        ],
        CHEM1 => vec![method(104, "meta", EnrolStatus::Active, 0, Some(Source::Course(BIO1)))],
        _ => Vec::new(),
    }
}

fn load_courses(world: &mut World) {
    for (id, shortname) in [(FRONT, "front"), (BIO1, "BIO1"), (CHEM1, "CHEM1")] {
        let fields = [(CourseField::Shortname, shortname), (CourseField::Fullname, shortname)];
        world.courses.load(Course {
            id,
            category: CategoryId(if id == FRONT { 0 } else { 7 }),
            fields: fields.map(|(field, text)| (field, text.to_owned())).into_iter().collect(),
            sections: BTreeMap::new(),
            format_options: BTreeMap::new(),
            has_news_forum: false,
            contexts_above: vec![ContextId(1), ContextId(3)],
        });
        world.courses.load_instances(id, methods(id));
    }
    let category = |id, name: &str, idnumber: &str| Category {
        id: CategoryId(id),
        parent: CategoryId(0),
        name: name.to_owned(),
        idnumber: Some(idnumber.to_owned()),
        visible: true,
    };
    world.courses.load_category(category(7, "Sciences", "SCI"));
    world.courses.load_category(category(8, "Arts", "ART"));
}

/// BIO1 has the groups TD1 (MON) and TD2 (TUE), two called Twin, and the grouping Lab days (LAB); CHEM1 has Chem (CHE).
/// ann is in TD1 by the tools, bob in TD1 by his cohort and in TD2 by hand.
fn load_groups(world: &mut World) {
    let fields = |name: &str, idnumber: &str| -> Fields<GroupField> {
        let fields = [(GroupField::Name, name), (GroupField::Idnumber, idnumber), (GroupField::Description, "")];
        fields.map(|(field, text)| (field, text.to_owned())).into_iter().collect()
    };
    let groups = [(200, "TD1", "MON"), (201, "TD2", "TUE"), (202, "Twin", ""), (203, "Twin", "")];
    for (id, name, idnumber) in groups {
        world.participants.load_group(Group { id: GroupId(id), course: BIO1, fields: fields(name, idnumber) });
    }
    world.participants.load_group(Group { id: GroupId(300), course: CHEM1, fields: fields("Chem", "CHE") });
    world.groupings.load(Grouping { id: GroupingId(400), course: BIO1, fields: fields("Lab days", "LAB") });
    world.groupings.load_link(GroupingId(400), GroupId(200));
    let cohort = Owner { component: "enrol_cohort".to_owned(), item: 102 };
    for (user, group, owner) in
        [(21, 200, Owner::component("tool_sync")), (22, 200, cohort), (22, 201, Owner::manual())]
    {
        world.participants.load_membership(UserId(user), BIO1, Membership { group: GroupId(group), owner });
    }
}

fn load_users(world: &mut World) {
    for (id, username) in [(21, "ann"), (22, "bob"), (23, "zoe"), (24, "eve")] {
        let fields = [(UserField::Username, username.to_owned()), (UserField::Idnumber, format!("U{id}"))];
        let (fields, password) = (fields.into_iter().collect(), Password::Unknown);
        world.users.load(User { id: UserId(id), deleted: username == "eve", fields, password, time_modified: 0 });
    }
}

/// Two students of BIO1, ann and bob, by hand; zoe is nowhere, eve is deleted. Cohorts: Staff (ST) with ann, and two
/// called Band, the second in the category Sciences (BD).
pub(super) fn world() -> World {
    let mut world = World::new(Arc::new(facts()), NOW);
    load_courses(&mut world);
    load_users(&mut world);
    load_groups(&mut world);
    for user in [21, 22] {
        let enrolment = Enrolment { instance: MANUAL, status: EnrolStatus::Active, start: 500, end: 0 };
        world.participants.load_enrolment(UserId(user), BIO1, enrolment);
        world.participants.load_role(UserId(user), BIO1, RoleAssignment { role: STUDENT, owner: Owner::manual() });
    }
    for (id, category, name, idnumber) in [(1, 0, "Staff", "ST"), (2, 0, "Band", ""), (3, 7, "Band", "BD")] {
        let fields = [(CohortField::Name, name), (CohortField::Idnumber, idnumber), (CohortField::Visible, "1")];
        let fields: Fields<CohortField> = fields.map(|(field, text)| (field, text.to_owned())).into_iter().collect();
        world.cohorts.load(Cohort { id: CohortId(id), category: CategoryId(category), fields });
        world.cohorts.load_count(CohortId(id), i64::from(id == 1));
    }
    world.cohorts.load_member(STAFF, UserId(21));
    world
}

fn line(row: &str) -> Line {
    Line::of(2, &row.split(';').collect::<Vec<_>>())
}

/// Binds a tool to a header, with these options.
pub(super) fn bind(
    tool: &dyn Tool,
    header: &str,
    options: &[(&str, &str)],
    facts: SiteFacts,
) -> Result<super::BoundTool, Vec<Problem>> {
    let given = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = ToolOptions::check(tool.descriptor().options, &given).unwrap();
    let names: Vec<&str> = header.split(';').collect();
    let header = BoundHeader::of(tool.descriptor(), &names);
    tool.configure(&options).unwrap_or_else(|_| panic!("options")).bind(header, Arc::new(facts))
}

/// Plans one line.
pub(super) fn plan(tool: &dyn Tool, header: &str, options: &[(&str, &str)], world: &mut World, row: &str) -> LinePlan {
    let facts = SiteFacts::clone(&world.facts);
    let bound = bind(tool, header, options, facts).unwrap_or_else(|problems| panic!("{problems:?}"));
    bound.job.parse(vec![line(row)]).plan(0, world)
}

/// A plan in one line: outcome, changes as `field before>after`, problems as `REASON@column`, `!` before errors.
pub(super) fn summary(plan: &LinePlan) -> String {
    let change = |field: &FieldChange| {
        let name = ["BIO1", "EMPTY", "front", "CHEM1"]
            .iter()
            .fold(field.field.to_string(), |name, course| name.replace(&format!(":{course}"), ""));
        format!("{name} {}>{}", field.before, field.after)
    };
    let problem = |problem: &Problem| {
        let mark = if problem.severity == Severity::Error { "!" } else { "" };
        let column = problem.column.as_ref().map_or_else(String::new, |column| format!("@{column}"));
        format!("{mark}{}{column}", problem.reason.name())
    };
    let partial = if plan.completeness == Completeness::Partial { " PARTIAL" } else { "" };
    let mut parts = vec![format!("{}{partial}", plan.outcome.name())];
    parts.extend(plan.fields.iter().map(change));
    parts.extend(plan.problems.iter().map(problem));
    parts.join(", ")
}

/// Plans each row against a fresh site, and once more against what comes out of it: the second time changes nothing.
#[track_caller]
pub(super) fn check_each(
    tool: &dyn Tool,
    header: &str,
    options: &[(&str, &str)],
    site: fn() -> World,
    cases: &[(&str, &str)],
) {
    for (row, expected) in cases {
        let mut world = site();
        let first = plan(tool, header, options, &mut world, row);
        assert_eq!(summary(&first), *expected, "{row}");
        world.now += 86_400;
        let again = plan(tool, header, options, &mut world, row);
        assert!(again.changes.is_empty(), "{row} again: {}", summary(&again));
        let settled = if first.outcome == Outcome::Failed { Outcome::Failed } else { Outcome::Unchanged };
        // Who is gone is not deleted twice.
        if first.outcome != Outcome::Deleted {
            assert_eq!((again.outcome, again.completeness), (settled, first.completeness), "{row} again");
        }
    }
}

/// Plans the rows of a file one after the other against the same site.
#[track_caller]
pub(super) fn check_file(
    tool: &dyn Tool,
    header: &str,
    options: &[(&str, &str)],
    world: &mut World,
    cases: &[(&str, &str)],
) {
    for (row, expected) in cases {
        assert_eq!(summary(&plan(tool, header, options, world, row)), *expected, "{row}");
    }
}
