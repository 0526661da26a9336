//! Tests of the courses tool: a small site by hand, files as tables.

mod category;
mod create;
mod samples;
mod template;
mod update;
mod values;

use super::descriptor::DESCRIPTOR;
use super::settings::CourseSettings;
use super::*;
use crate::model::{CategoryId, Completeness, ContextId, EnrolId, LineNumber, RoleId, Severity, UserId};
use crate::site::world::{Category, Course, EnrolInstance, Section, User};
use crate::site::{Change, EnrolStatus, Fields, Role, UserField};
use std::collections::{BTreeMap, HashMap};

/// Names with values.
type Pairs = &'static [(&'static str, &'static str)];
/// Names of changes, problems, things.
type Words = &'static [&'static str];

const NOW: i64 = 1_788_000_000;
const SITE: CourseId = CourseId(1);
const HIS: CourseId = CourseId(10);
const WEEKLY: CourseId = CourseId(11);

/// Settings of a fresh Moodle 4.1.
fn facts() -> SiteFacts {
    let mut plugin_config: HashMap<String, HashMap<String, String>> = HashMap::new();
    let mut set = |plugin: &str, pairs: &[(&str, &str)]| {
        let settings = plugin_config.entry(plugin.to_owned()).or_default();
        settings.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    };
    for format in ["topics", "weeks", "social", "singleactivity", "tiles"] {
        set(&format!("format_{format}"), &[("version", "2022112800")]);
    }
    set("moodlecourse", &[("format", "topics"), ("newsitems", "5"), ("numsections", "4"), ("enablecompletion", "1")]);
    set(
        "moodlecourse",
        &[("visible", "1"), ("hiddensections", "1"), ("coursedisplay", "0"), ("showactivitydates", "1")],
    );
    set("enrol_manual", &[("defaultenrol", "1"), ("status", "0"), ("roleid", "5"), ("expirythreshold", "86400")]);
    set("enrol_guest", &[("defaultenrol", "1"), ("status", "1")]);
    set("enrol_self", &[("defaultenrol", "1"), ("status", "1"), ("roleid", "5"), ("newenrols", "0")]);
    set("enrol_cohort", &[("defaultenrol", "1")]);
    let config =
        [("enrol_plugins_enabled", "manual,guest,self,cohort"), ("timezone", "Europe/Paris"), ("maxbytes", "2000")];
    let role = |(id, shortname): (i64, &str)| Role { id: RoleId(id), shortname: shortname.to_owned() };
    SiteFacts {
        config: config.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        plugin_config,
        roles: [(3, "editingteacher"), (4, "teacher"), (5, "student")].map(role).to_vec(),
        site_course: Some(SITE),
        system_context: Some(ContextId(1)),
        guest: Some(UserId(1)),
        ..SiteFacts::default()
    }
}

fn category(id: i64, parent: i64, name: &str, idnumber: Option<&str>, visible: bool) -> Category {
    let idnumber = idnumber.map(str::to_owned);
    Category { id: CategoryId(id), parent: CategoryId(parent), name: name.to_owned(), idnumber, visible }
}

fn course(id: CourseId, category: i64, fields: &[(CourseField, &str)]) -> Course {
    Course {
        id,
        category: CategoryId(category),
        fields: fields.iter().map(|(field, value)| (*field, (*value).to_owned())).collect(),
        sections: BTreeMap::new(),
        format_options: BTreeMap::new(),
        has_news_forum: false,
        contexts_above: vec![ContextId(1)],
    }
}

fn user(id: i64, username: &str) -> User {
    let mut fields = Fields::default();
    fields.set(UserField::Username, username);
    User { id: UserId(id), deleted: false, fields, password: Default::default(), time_modified: 0 }
}

fn instance(id: i64, course: CourseId, method: &str, status: EnrolStatus) -> EnrolInstance {
    let (source, terms) = (None, Default::default());
    EnrolInstance {
        id: EnrolId(id),
        course,
        method: method.to_owned(),
        status,
        sortorder: id,
        period: 0,
        role: None,
        source,
        terms,
    }
}

/// Categories 3 "Miscellaneous", 7 "Life sciences", 8 hidden "Attic", 9 and 12 twice "Double"; the courses HIS-1
/// (topics, two sections) and WEEK-1 (weeks); users 1 guest, 12 `ana`, 13 `bob`.
fn site() -> World {
    use CourseField::*;
    let mut world = World::new(Arc::new(facts()), NOW);
    world.courses.load_category(category(3, 0, "Miscellaneous", None, true));
    world.courses.load_category(category(7, 0, "Life sciences", Some("LIFE"), true));
    world.courses.load_category(category(8, 0, "Attic", None, false));
    world.courses.load_category(category(9, 0, "Double", Some("D"), true));
    world.courses.load_category(category(12, 0, "Double", Some("D"), true));
    world.courses.load(course(SITE, 0, &[(Shortname, "site"), (Fullname, "Front page"), (Idnumber, "FRONT")]));
    let mut history = course(HIS, 3, &[(Shortname, "HIS-1"), (Fullname, "History 1"), (Idnumber, "H1")]);
    let rest = [
        (Summary, "Old"),
        (Summaryformat, "0"),
        (Format, "topics"),
        (Visible, "1"),
        (Visibleold, "1"),
        (Newsitems, "5"),
    ];
    rest.into_iter().for_each(|(field, value)| history.fields.set(field, value));
    history.fields.set(Startdate, "1000000000");
    history.sections.insert(0, Section::default());
    history.sections.insert(1, Section { name: Some("Rome".to_owned()), summary: "S".to_owned() });
    history.format_options.insert("coursedisplay".to_owned(), "0".to_owned());
    history.has_news_forum = true;
    world.courses.load(history);
    let mut weekly =
        course(WEEKLY, 3, &[(Shortname, "WEEK-1"), (Fullname, "Weekly"), (Idnumber, "W1"), (Format, "weeks")]);
    weekly.fields.set(Startdate, "1000000000");
    weekly.fields.set(Enddate, "1000612000");
    weekly.fields.set(Newsitems, "0");
    weekly.sections.insert(0, Section::default());
    weekly.sections.insert(1, Section::default());
    weekly.format_options.insert("automaticenddate".to_owned(), "1".to_owned());
    world.courses.load(weekly);
    let manual = instance(100, HIS, "manual", EnrolStatus::Active);
    let open =
        [manual, instance(101, HIS, "self", EnrolStatus::Active), instance(102, HIS, "self", EnrolStatus::Active)];
    world.courses.load_instances(HIS, open.to_vec());
    world.courses.load_instances(WEEKLY, vec![instance(103, WEEKLY, "manual", EnrolStatus::Suspended)]);
    for (id, name) in [(1, "guest"), (12, "ana"), (13, "bob")] {
        world.users.load(user(id, name));
        world.users.load_search(name, vec![UserId(id)]);
    }
    world.users.load_search("an", vec![UserId(12), UserId(13)]);
    world
}

/// A file being applied to a site.
struct Bench {
    world: World,
    job: CoursesJob,
}

impl Bench {
    /// The tool bound to a header (`;` between names) with options (`name=value` and blanks).
    fn new(options: &str, header: &str) -> Self {
        let world = site();
        let (job, _) = bind(options, header, &world).unwrap();
        Self { world, job }
    }

    /// Plans a line of unquoted cells.
    fn line(&mut self, text: &str) -> LinePlan {
        let cells: Vec<&str> = text.split(';').collect();
        self.apply(&Line::of(1, &cells))
    }

    /// Plans a line of cells that are all quoted.
    fn quoted(&mut self, text: &str) -> LinePlan {
        let mut line = Line::new(LineNumber(1), Default::default());
        text.split(';').for_each(|cell| line.push(cell, true));
        self.apply(&line)
    }

    fn apply(&mut self, line: &Line) -> LinePlan {
        match self.job.parse(line) {
            Ok(command) => self.job.plan(&command, &mut self.world),
            Err(rejection) => LinePlan::rejected(&rejection),
        }
    }

    /// Goes on with another file on the same site.
    fn next_file(&mut self, options: &str, header: &str) {
        self.job = bind(options, header, &self.world).unwrap().0;
    }

    fn course(&self, shortname: &str) -> &Course {
        let id = self.world.courses.find(CourseKey::Shortname, shortname).one().unwrap();
        self.world.courses.get(id).unwrap()
    }

    fn methods(&self, shortname: &str) -> Vec<(String, EnrolStatus)> {
        let instances = self.world.courses.instances(self.course(shortname).id);
        instances.iter().map(|known| (known.method.clone(), known.status)).collect()
    }
}

fn bind(options: &str, header: &str, world: &World) -> Result<(CoursesJob, Vec<Problem>), Vec<Problem>> {
    let pairs = options.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    let given = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let settings = CourseSettings::read(&ToolOptions::check(DESCRIPTOR.options, &given).unwrap()).unwrap();
    let names: Vec<&str> = header.split(';').collect();
    CoursesJob::bind(settings, &BoundHeader::of(&DESCRIPTOR, &names), Arc::clone(&world.facts))
}

fn reasons(plan: &LinePlan) -> Vec<Reason> {
    plan.problems.iter().map(|problem| problem.reason).collect()
}

/// The line fails, changes nothing, and has an error of that reason.
fn assert_refused(plan: &LinePlan, reason: Reason, case: &str) {
    assert_eq!(plan.outcome, Outcome::Failed, "{case}: {:?}", plan.problems);
    assert!(plan.changes.is_empty(), "{case}");
    let is_told = |p: &Problem| p.reason == reason && p.severity == Severity::Error && p.column.is_some();
    let found = plan.problems.iter().any(is_told);
    assert!(found, "{case}: {:?}", plan.problems);
}

/// Names of the changes, in their order.
fn kinds(plan: &LinePlan) -> Vec<String> {
    let name = |change: &Change| format!("{change:?}").split([' ', '(', '{']).next().unwrap_or("").to_owned();
    plan.changes.iter().map(name).collect()
}

/// What a line changes of the columns: name and value after.
fn updated(plan: &LinePlan) -> Vec<(&'static str, String)> {
    let fields = plan.changes.iter().filter_map(|change| match change {
        Change::UpdateCourse { fields, .. } => Some(fields),
        _ => None,
    });
    fields.flatten().map(|update| (update.field.column(), update.after.clone())).collect()
}
