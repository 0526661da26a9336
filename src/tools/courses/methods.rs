//! Enrolment methods of courses: those that the site gives to new ones, and the columns `self` and `guest`.

use super::command::CourseCommand;
use crate::model::{CourseId, EnrolId, Problem, Reason, RoleId};
use crate::site::{Change, EnrolStatus, MethodTerms, NewInstance, SiteFacts, TemplateCopy, World};
use crate::tools::Planner;
use crate::tools::participation::{InstanceChoice, find_instance};
use std::collections::BTreeSet;

const DAY: i64 = 86_400;
/// The methods whose rows this tool can write, and copy: nothing else belongs to them.
const KNOWN: [&str; 3] = ["manual", "guest", "self"];

/// Settings of an enrolment plug-in.
struct Defaults<'f> {
    facts: &'f SiteFacts,
    plugin: String,
}

impl Defaults<'_> {
    fn number(&self, name: &str, usual: i64) -> i64 {
        self.facts.plugin_number(&self.plugin, name).unwrap_or(usual)
    }

    fn role(&self) -> Option<RoleId> {
        let stored = self.facts.plugin_number(&self.plugin, "roleid").filter(|id| *id > 0).map(RoleId);
        stored.or_else(|| self.facts.role("student").map(|role| role.id))
    }
}

/// A method with the site's settings; `status` overrides theirs.
fn instance(
    facts: &SiteFacts,
    id: EnrolId,
    course: CourseId,
    method: &str,
    status: Option<EnrolStatus>,
) -> NewInstance {
    let site = Defaults { facts, plugin: format!("enrol_{method}") };
    let usual_status = i64::from(method != "manual");
    let mut new = NewInstance {
        id,
        course,
        method: method.to_owned(),
        status: status.unwrap_or_else(|| EnrolStatus::from_number(site.number("status", usual_status))),
        role: None,
        enrol_period: 0,
        expiry_notify: 0,
        expiry_threshold: 0,
        password: None,
        custom_ints: [None; 6],
        source: None,
        terms: MethodTerms::default(),
    };
    if method == "guest" {
        new.password = Some(String::new());
        return new;
    }
    new.role = site.role();
    new.enrol_period = site.number("enrolperiod", 0);
    // 2 asks to tell the user as well, which Moodle stores elsewhere; the column itself is 0 or 1.
    new.expiry_notify = site.number("expirynotify", 0).min(1);
    new.expiry_threshold = site.number("expirythreshold", DAY);
    if method == "self" {
        // Whoever opens self-enrolment wants people to come in, whatever the site's default.
        let lets_in = if status == Some(EnrolStatus::Active) { 1 } else { site.number("newenrols", 1) };
        new.custom_ints = [
            Some(site.number("groupkey", 0)),
            Some(site.number("longtimenosee", 0)),
            Some(site.number("maxenrolled", 0)),
            Some(site.number("sendcoursewelcomemessage", 1)),
            Some(0),
            Some(lets_in),
        ];
    }
    new
}

fn create(plan: &mut Planner<'_>, course: CourseId, method: &str, status: Option<EnrolStatus>) {
    let id = EnrolId(plan.world.plan_id());
    let new = instance(&plan.world.facts, id, course, method, status);
    let keyless = method == "self"
        && new.status == EnrolStatus::Active
        && plan.world.facts.plugin_number("enrol_self", "requirepassword") == Some(1);
    if keyless {
        let message =
            "Self-enrolment is open without an enrolment key, though the site asks for one; set it in the course.";
        plan.tell(Problem::warning(Reason::Unsupported, message).at("self"));
    }
    plan.apply(Change::CreateInstance(new));
}

/// Gives a new course the methods that the site gives to new courses, as the line wants them.
pub(super) fn create_defaults(plan: &mut Planner<'_>, course: CourseId, command: &CourseCommand) {
    let facts = std::sync::Arc::clone(&plan.world.facts);
    let by_default = |method: &&str| {
        KNOWN.contains(method) && facts.plugin_number(&format!("enrol_{method}"), "defaultenrol") == Some(1)
    };
    for method in facts.enrol_plugins().filter(by_default) {
        let wanted = match method {
            "self" => command.self_enrolment,
            "guest" => command.guest_access,
            _ => (!command.teachers.is_empty()).then_some(EnrolStatus::Active),
        };
        create(plan, course, method, wanted);
    }
}

/// Opens or closes a method as the line says.
fn set(plan: &mut Planner<'_>, course: CourseId, method: &str, wanted: EnrolStatus) {
    match wanted {
        EnrolStatus::Active => open(plan, course, method),
        EnrolStatus::Suspended => close(plan, course, method),
    }
}

fn open(plan: &mut Planner<'_>, course: CourseId, method: &str) {
    if !plan.world.facts.enrol_plugins().any(|enabled| enabled == method) {
        let message =
            format!("The enrolment method {method} is switched off on the site; it works once it is switched on.");
        plan.tell(Problem::warning(Reason::EnrolMethodUnavailable, message).at(method));
    }
    match find_instance(plan.world, course, method, InstanceChoice::DisabledToo) {
        None => create(plan, course, method, Some(EnrolStatus::Active)),
        Some(known) if known.status == EnrolStatus::Active => {}
        Some(known) => {
            let change = Change::SetInstanceStatus { instance: known.id, course, status: EnrolStatus::Active };
            plan.apply(change);
        }
    }
}

/// Every open one is closed: a second run must find nothing to do.
fn close(plan: &mut Planner<'_>, course: CourseId, method: &str) {
    while let Some(known) = find_instance(plan.world, course, method, InstanceChoice::EnabledOnly) {
        let change = Change::SetInstanceStatus { instance: known.id, course, status: EnrolStatus::Suspended };
        plan.apply(change);
    }
}

/// Applies the columns `self` and `guest`.
pub(super) fn apply_columns(plan: &mut Planner<'_>, course: CourseId, command: &CourseCommand) {
    for (method, wanted) in [("self", command.self_enrolment), ("guest", command.guest_access)] {
        if let Some(wanted) = wanted {
            set(plan, course, method, wanted);
        }
    }
}

/// Gives a new course an open manual method, for its teachers.
pub(super) fn ensure_manual(plan: &mut Planner<'_>, course: CourseId) {
    open(plan, course, "manual");
}

/// Adds the template's methods of those kinds that the course has none of.
pub(super) fn add_missing(plan: &mut Planner<'_>, copy: &mut TemplateCopy) {
    let courses = &plan.world.courses;
    let there = |method: &str| courses.instances(copy.to).iter().any(|known| known.method == method);
    let missing = courses.instances(copy.from).iter().filter(|known| KNOWN.contains(&&*known.method));
    let missing: Vec<EnrolId> = missing.filter(|known| !there(&known.method)).map(|known| known.id).collect();
    copy.methods = missing.into_iter().map(|template| (template, EnrolId(plan.world.plan_id()))).collect();
}

/// The methods of a template that are not copied, because other things belong to them.
pub(super) fn not_copied(world: &World, template: CourseId) -> BTreeSet<String> {
    let methods = world.courses.instances(template).iter().map(|known| &known.method);
    methods.filter(|method| !KNOWN.contains(&&***method)).cloned().collect()
}
