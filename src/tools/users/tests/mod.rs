//! A small site, and command files run over it. Plans record themselves in the world, so running a file a second
//! time shows what a second run would do.

mod besides;
mod examples;
mod identity;
mod parts;
mod passwords;
mod revival;
mod values;

use super::{DESCRIPTOR, UsersTool};
use crate::model::{
    BoundHeader, Completeness, ContextId, CourseId, EnrolId, Line, Outcome, Problem, ProfileFieldId, Reason, RoleId,
    UserId,
};
use crate::site::world::{Course, EnrolInstance, Password, User};
use crate::site::{Change, CourseField, EnrolStatus, Fields, Lookups, ProfileField, Role, SiteFacts, UserField, World};
use crate::tools::options::ToolOptions;
use crate::tools::{BoundTool, LinePlan, Tool};
use secrecy::SecretString;
use std::sync::Arc;

pub(super) const NOW: i64 = 1_788_220_800;
pub(super) const ADMIN: UserId = UserId(2);
pub(super) const GUEST: UserId = UserId(1);
pub(super) const BIO: CourseId = CourseId(10);

pub(super) fn facts() -> SiteFacts {
    let role = |id, name: &str| Role { id: RoleId(id), shortname: name.to_owned() };
    let field = |id, name: &str, datatype: &str, param1: &str, param2: &str| ProfileField {
        id: ProfileFieldId(id),
        shortname: name.to_owned(),
        datatype: datatype.to_owned(),
        force_unique: name == "badge",
        param1: param1.to_owned(),
        param2: param2.to_owned(),
        param3: String::new(),
    };
    let mut facts = SiteFacts {
        roles: vec![role(1, "manager"), role(5, "student"), role(4, "teacher")],
        role_levels: [(RoleId(1), 10), (RoleId(1), 40), (RoleId(4), 40)].into(),
        profile_fields: vec![
            field(1, "campus", "text", "30", "10"),
            field(2, "level", "menu", "L1\r\nL2\nL3", ""),
            field(3, "boarder", "checkbox", "", ""),
            field(4, "born", "datetime", "1950", "2020"),
            field(5, "bio", "textarea", "", ""),
            field(6, "badge", "text", "", ""),
            field(7, "icq", "social", "", ""),
        ],
        site_course: Some(CourseId(1)),
        system_context: Some(ContextId(1)),
        admins: [ADMIN].into(),
        guest: Some(GUEST),
        ..SiteFacts::default()
    };
    set(&mut facts, &[("mnet_localhost_id", "1"), ("allowaccountssameemail", "0")]);
    facts
}

pub(super) fn set(facts: &mut SiteFacts, config: &[(&str, &str)]) {
    facts.config.extend(config.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
}

/// An account: id, user name, idnumber, e-mail.
pub(super) fn user(id: i64, username: &str, idnumber: &str, email: &str) -> User {
    let values = [
        (UserField::Username, username),
        (UserField::Idnumber, idnumber),
        (UserField::Email, email),
        (UserField::Auth, "manual"),
        (UserField::Suspended, "0"),
        (UserField::Firstname, "Awa"),
        (UserField::Lastname, "Koné"),
    ];
    User {
        id: UserId(id),
        deleted: false,
        fields: values.into_iter().map(|(field, value)| (field, value.to_owned())).collect(),
        password: Password::Unknown,
        time_modified: 1,
    }
}

pub(super) fn deleted(id: i64, username: &str, stored: &str, time_modified: i64) -> User {
    let md5 = crate::site::password::md5_hex(username);
    User { deleted: true, time_modified, ..user(id, stored, "", &md5) }
}

pub(super) fn course(id: CourseId, shortname: &str) -> Course {
    let mut fields = Fields::default();
    fields.set(CourseField::Shortname, shortname);
    Course {
        id,
        category: crate::model::CategoryId(1),
        fields,
        sections: Default::default(),
        format_options: Default::default(),
        has_news_forum: false,
        contexts_above: vec![ContextId(1)],
    }
}

pub(super) fn instance(id: i64, course: CourseId, method: &str, status: EnrolStatus, role: i64) -> EnrolInstance {
    EnrolInstance {
        id: EnrolId(id),
        course,
        method: method.to_owned(),
        status,
        sortorder: id,
        period: 0,
        role: Some(RoleId(role)),
        source: None,
        terms: Default::default(),
    }
}

/// A site with guest and administrator, these accounts, and the course BIO1.
pub(super) fn world(facts: SiteFacts, users: Vec<User>) -> World {
    let mut world = World::new(Arc::new(facts), NOW);
    world.users.load(user(GUEST.0, "guest", "", "root@localhost"));
    world.users.load(user(ADMIN.0, "root", "", "root@ex.test"));
    users.into_iter().for_each(|user| world.users.load(user));
    world.courses.load(course(CourseId(1), "FRONT"));
    world.courses.load(course(BIO, "BIO1"));
    let methods =
        vec![instance(1, BIO, "manual", EnrolStatus::Active, 4), instance(2, BIO, "self", EnrolStatus::Suspended, 5)];
    world.courses.load_instances(BIO, methods);
    world
}

pub(super) fn bind(facts: &Arc<SiteFacts>, options: &[(&str, &str)], header: &str) -> BoundTool {
    let given = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = ToolOptions::check(DESCRIPTOR.options, &given).unwrap();
    let names: Vec<&str> = header.split(';').collect();
    let header = BoundHeader::of(&DESCRIPTOR, &names);
    let bound = UsersTool.configure(&options).unwrap_or_else(|_| panic!("options")).bind(header, Arc::clone(facts));
    bound.unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn lines(text: &[&str]) -> Vec<Line> {
    (2..).zip(text).map(|(number, line)| Line::of(number, &line.split(';').collect::<Vec<_>>())).collect()
}

/// Runs lines under a header over a site.
pub(super) fn run(world: &mut World, options: &[(&str, &str)], header: &str, text: &[&str]) -> Vec<LinePlan> {
    let parsed = bind(&world.facts, options, header).job.parse(lines(text));
    (0..parsed.len()).map(|index| parsed.plan(index, world)).collect()
}

pub(super) fn run_one(world: &mut World, options: &[(&str, &str)], header: &str, line: &str) -> LinePlan {
    run(world, options, header, &[line]).remove(0)
}

pub(super) fn lookups(facts: SiteFacts, options: &[(&str, &str)], header: &str, text: &[&str]) -> Lookups {
    bind(&Arc::new(facts), options, header).job.parse(lines(text)).lookups()
}

pub(super) fn reasons(plan: &LinePlan) -> Vec<Reason> {
    plan.problems.iter().map(|problem: &Problem| problem.reason).collect()
}

/// Outcome and completeness, short.
pub(super) fn fate(plan: &LinePlan) -> (Outcome, bool) {
    (plan.outcome, plan.completeness == Completeness::Partial)
}

/// The plan changes nothing and has no problem.
pub(super) fn assert_unchanged(plan: &LinePlan) {
    assert_eq!(plan.outcome, Outcome::Unchanged, "{plan:?}");
    assert!(plan.changes.is_empty(), "{plan:?}");
}

/// The fields that a plan changes, as `field=after`.
pub(super) fn changed(plan: &LinePlan) -> Vec<String> {
    plan.fields.iter().map(|change| format!("{}={}", change.field, change.after)).collect()
}

/// The columns of the account that a plan creates.
pub(super) fn created(plan: &LinePlan) -> Vec<(UserField, String)> {
    let fields = plan.changes.iter().find_map(|change| match change {
        Change::CreateUser { fields, .. } => Some(fields),
        _ => None,
    });
    fields.unwrap().iter().map(|(field, value)| (field, value.to_owned())).collect()
}

pub(super) fn with_hash(mut user: User, hash: &str) -> User {
    user.password = Password::Stored(SecretString::from(hash));
    user
}

pub(super) const NAMES: &str = "username;firstname;lastname";
