//! Tables of lines, planned against a small site made by hand.

mod examples;
mod groups;
mod reading;
mod refusals;
mod verbs;

use super::descriptor::DESCRIPTOR;
use super::*;
use crate::model::{CategoryId, ContextId, CourseId, EnrolId, GroupId, RoleId, UserId};
use crate::site::world::{Course, Enrolment, Group, Membership, Password, RoleAssignment, User};
use crate::site::{CourseField, EnrolStatus, Fields, Owner, Role, UserField};
use crate::tools::trial::summary;
use std::collections::BTreeMap;

const NOW: i64 = 1000;
const FRONT: CourseId = CourseId(1);
const BIO1: CourseId = CourseId(10);
const EMPTY: CourseId = CourseId(11);
const MANUAL: EnrolId = EnrolId(100);
const COHORT: EnrolId = EnrolId(102);
const TD1: GroupId = GroupId(200);
const TD2: GroupId = GroupId(201);
const TEACHER: RoleId = RoleId(4);
const STUDENT: RoleId = RoleId(5);

fn facts() -> SiteFacts {
    let roles = [(3, "editingteacher"), (4, "teacher"), (5, "student")];
    let config = [("enrol_plugins_enabled", "manual,guest,self,cohort,sync"), ("timezone", "Europe/Paris")];
    SiteFacts {
        config: config.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        roles: roles.map(|(id, name)| Role { id: RoleId(id), shortname: name.to_owned() }).into(),
        site_course: Some(FRONT),
        system_context: Some(ContextId(1)),
        ..SiteFacts::default()
    }
}

fn cohort_owner() -> Owner {
    Owner { component: "enrol_cohort".to_owned(), item: COHORT.0 }
}

fn load_courses(world: &mut World) {
    for (id, shortname) in [(FRONT, "front"), (BIO1, "BIO1"), (EMPTY, "EMPTY")] {
        let fields: Fields<CourseField> = [(CourseField::Shortname, shortname.to_owned())].into_iter().collect();
        world.courses.load(Course {
            id,
            category: CategoryId(1),
            fields,
            sections: BTreeMap::new(),
            format_options: BTreeMap::new(),
            has_news_forum: false,
            contexts_above: vec![ContextId(1), ContextId(3)],
        });
    }
    let methods = [
        (100, "manual", EnrolStatus::Active),
        (101, "self", EnrolStatus::Suspended),
        (102, "cohort", EnrolStatus::Active),
        (103, "guest", EnrolStatus::Active),
        (104, "paypal", EnrolStatus::Active),
    ];
    let instance = |(id, method, status): (i64, &str, EnrolStatus)| EnrolInstance {
        id: EnrolId(id),
        course: BIO1,
        method: method.to_owned(),
        status,
        sortorder: id,
        period: 0,
        role: None,
        source: None,
        terms: Default::default(),
    };
    world.courses.load_instances(BIO1, methods.into_iter().map(instance).collect());
    for (id, name) in [(200, "TD1"), (201, "TD2"), (202, "Twin"), (203, "Twin")] {
        world.participants.load_group(Group::named(GroupId(id), BIO1, name));
    }
}

fn load_users(world: &mut World) {
    let users = [1, 2, 3, 4, 5, 6, 7, 8].map(|n| (n, format!("U{n}")));
    for (id, idnumber) in users.into_iter().chain([(9, "DUP".to_owned()), (10, "DUP".to_owned())]) {
        let fields = [
            (UserField::Username, format!("user{id}")),
            (UserField::Idnumber, idnumber),
            (UserField::Email, format!("user{id}@example.test")),
        ];
        world.users.load(User {
            id: UserId(id),
            deleted: id == 8,
            fields: fields.into_iter().collect(),
            password: Password::Unknown,
            time_modified: 0,
        });
    }
}

/// U1 nothing · U2 manual, groups TD1 (by hand) and TD2 (by the tool) · U3 manual, suspended, with dates ·
/// U4 cohort, with a teacher's role by hand and TD1 by the cohort · U5 manual and cohort · U6 two roles only ·
/// U7 manual, with a role in the category only · U8 deleted · DUP two accounts.
fn load_participants(world: &mut World) {
    let enrolments = [
        (2, MANUAL, EnrolStatus::Active, 500, 0),
        (3, MANUAL, EnrolStatus::Suspended, 500, 5000),
        (4, COHORT, EnrolStatus::Active, 0, 0),
        (5, MANUAL, EnrolStatus::Active, 500, 0),
        (5, COHORT, EnrolStatus::Suspended, 0, 0),
        (7, MANUAL, EnrolStatus::Active, 500, 0),
    ];
    for (user, instance, status, start, end) in enrolments {
        world.participants.load_enrolment(UserId(user), BIO1, Enrolment { instance, status, start, end });
    }
    let roles = [
        (2, STUDENT, Owner::manual()),
        (3, STUDENT, Owner::manual()),
        (4, STUDENT, cohort_owner()),
        (4, TEACHER, Owner::manual()),
        (5, STUDENT, Owner::manual()),
        (5, STUDENT, cohort_owner()),
        (6, STUDENT, Owner::manual()),
        (6, TEACHER, Owner::manual()),
    ];
    for (user, role, owner) in roles {
        world.participants.load_role(UserId(user), BIO1, RoleAssignment { role, owner });
    }
    world.participants.load_role_above(UserId(7), ContextId(3));
    let memberships = [(2, TD1, Owner::manual()), (2, TD2, Owner::component("tool_sync")), (4, TD1, cohort_owner())];
    for (user, group, owner) in memberships {
        world.participants.load_membership(UserId(user), BIO1, Membership { group, owner });
    }
}

fn world() -> World {
    let mut world = World::new(Arc::new(facts()), NOW);
    load_courses(&mut world);
    load_users(&mut world);
    load_participants(&mut world);
    world
}

/// A job for a file with this header; users are identified by idnumber unless `options` say otherwise.
fn job(header: &str, options: &[(&str, &str)]) -> EnrolmentsJob {
    let mut given: BTreeMap<String, String> = [("user_identifier".to_owned(), "idnumber".to_owned())].into();
    given.extend(options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let settings = Settings::of(&ToolOptions::check(DESCRIPTOR.options, &given).unwrap());
    let names: Vec<&str> = header.split(';').collect();
    let columns = Columns::of(&BoundHeader::of(&DESCRIPTOR, &names));
    let zone = values::zone_of("Europe/Paris");
    EnrolmentsJob { settings, columns, reading: Reading { default_verb: settings.default_verb, zone } }
}

fn line(row: &str) -> Line {
    Line::of(2, &row.split(';').collect::<Vec<_>>())
}

fn plan(job: &EnrolmentsJob, world: &mut World, row: &str) -> LinePlan {
    match job.parse(&line(row)) {
        Ok(command) => job.plan(&command, world),
        Err(rejection) => LinePlan::rejected(&rejection),
    }
}

/// Plans each row against a fresh site, and once more against what comes out of it: the second time changes nothing.
#[track_caller]
fn check_each(header: &str, options: &[(&str, &str)], cases: &[(&str, &str)]) {
    let job = job(header, options);
    for (row, expected) in cases {
        let mut world = world();
        let first = plan(&job, &mut world, row);
        assert_eq!(summary(&first), *expected, "{row}");
        let again = plan(&job, &mut world, row);
        assert!(again.changes.is_empty(), "{row} again: {}", summary(&again));
        let settled = if first.outcome == Outcome::Failed { Outcome::Failed } else { Outcome::Unchanged };
        assert_eq!(again.outcome, settled, "{row} again");
        assert_eq!(again.completeness, first.completeness, "{row} again");
    }
}

/// Plans the rows of a file one after the other against the same site.
#[track_caller]
fn check_file(world: &mut World, header: &str, options: &[(&str, &str)], cases: &[(&str, &str)]) {
    let job = job(header, options);
    for (row, expected) in cases {
        assert_eq!(summary(&plan(&job, world, row)), *expected, "{row}");
    }
}

fn owners_of_groups(world: &World, user: i64) -> Vec<(GroupId, Owner)> {
    let memberships = world.participants.memberships(UserId(user), BIO1);
    memberships.iter().map(|known| (known.group, known.owner.clone())).collect()
}
