//! Dry runs that set planned users aside on disk say exactly what those say that keep them in memory.

use crate::support::site::execute;
use std::collections::BTreeMap;
use std::sync::Arc;
use toolsync::model::{BoundColumn, BoundHeader, Line, RunId, ToolKind};
use toolsync::site::sql::SqlSite;
use toolsync::site::{Change, Checkpoint, Rehearsal, SiteFacts, SiteReader, World};
use toolsync::tools::options::ToolOptions;
use toolsync::tools::{ParsedLines, tool};

const NOW: i64 = 1_788_220_800;
/// So few accounts that lines meet all the time.
const PEOPLE: usize = 24;

const USERS: &str = "username;oldusername;firstname;lastname;idnumber;email;suspended;deleted;password;city;\
                     profile_field_badge;profile_field_campus;cohort;cohortid;course1;enrol1;role1;enrolstatus1;group1;course2";
const ENROLMENTS: &str = "cmd;cid;uid;rolename;enrol;suspend;gcmd;g1;g2";
const COHORTS: &str = "cmd;cidnumber;cname;userid";
const COURSES: &str = "shortname;fullname;teacher1_account;teacher1_role;teacher2_account";

/// Lines for one tool, with the options of their file.
struct Part {
    tool: ToolKind,
    options: Vec<(&'static str, &'static str)>,
    header: &'static str,
    lines: Vec<String>,
}

impl Part {
    fn parse(&self, facts: &Arc<SiteFacts>) -> Box<dyn ParsedLines> {
        let tool = tool(self.tool);
        let descriptor = tool.descriptor();
        let given: BTreeMap<_, _> = self.options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let names: Vec<&str> = self.header.split(';').collect();
        let bind = |(index, name): (usize, &&str)| {
            let found = descriptor.columns.iter().find_map(|spec| spec.matches(name).map(|found| (spec, found)));
            let (spec, (number, tail)) = found.unwrap_or_else(|| panic!("no column {name}"));
            BoundColumn { index, spec, number, tail, name: (*name).to_owned() }
        };
        let columns = names.iter().enumerate().map(bind).collect();
        let header = BoundHeader { columns, width: names.len(), notices: Vec::new() };
        let configured = tool.configure(&ToolOptions::check(descriptor.options, &given).unwrap()).unwrap();
        let bound = configured.bind(header, Arc::clone(facts)).unwrap_or_else(|problems| panic!("{problems:?}"));
        let cells = |line: &String| Line::of(2, &line.split(';').collect::<Vec<_>>());
        bound.job.parse(self.lines.iter().map(cells).collect())
    }
}

async fn rehearse(rehearsal: &mut Rehearsal, reader: &dyn SiteReader, parsed: &dyn ParsedLines) -> Vec<String> {
    let lookups = parsed.lookups();
    if let Some(errand) = rehearsal.turn_to(&lookups) {
        rehearsal.take_in(errand.run().unwrap());
    }
    reader.resolve(&lookups, &mut rehearsal.world).await.unwrap();
    if let Some(errand) = rehearsal.after_resolving(&lookups) {
        rehearsal.take_in(errand.run().unwrap());
    }
    (0..parsed.len()).map(|at| format!("{:?}", parsed.plan(at, &mut rehearsal.world))).collect()
}

/// Applies lines to the site.
async fn perform(site: &SqlSite, facts: &Arc<SiteFacts>, part: &Part) {
    let parsed = part.parse(facts);
    let mut world = World::new(Arc::clone(facts), NOW);
    site.reader().resolve(&parsed.lookups(), &mut world).await.unwrap();
    let plans: Vec<_> = (0..parsed.len()).map(|at| parsed.plan(at, &mut world)).collect();
    let changes: Vec<&Change> = plans.iter().flat_map(|plan| &plan.changes).collect();
    let mut transaction = site.writer().begin().await.unwrap();
    transaction.apply(&changes, facts, NOW).await.unwrap();
    let checkpoint = Checkpoint { run: RunId::generate(), segment: 0, digest: String::new() };
    transaction.commit(&checkpoint).await.unwrap();
}

/// A site with courses, profile fields, and some of the people: enrolled, with values, one of them deleted.
async fn site(folder: &std::path::Path) -> (SqlSite, Arc<SiteFacts>) {
    let site = SqlSite::open_embedded(folder).await.unwrap();
    let fields = "insert into mdl_user_info_field (shortname, name, datatype, forceunique, param1, param2) values \
                  ('badge', 'Badge', 'text', 1, '30', '50'), ('campus', 'Campus', 'text', 0, '30', '50')";
    execute(&folder.join("site.db"), fields).await;
    let facts = site.reader().facts().await.unwrap();
    let courses = (0..3).map(|n| format!("C{n};Course {n};;;")).collect();
    let part = |tool, header, lines| Part { tool, options: vec![("revive", "true")], header, lines };
    perform(&site, &facts, &Part { options: vec![], ..part(ToolKind::Courses, COURSES, courses) }).await;
    let user = |n: usize| {
        let password = if n.is_multiple_of(5) { format!("Pass-word{}", n % 3) } else { String::new() };
        let badge = if n.is_multiple_of(2) { format!("B{n}") } else { String::new() };
        format!(
            "u{n};;First{n};Last{n};X{n};e{n}@x.test;0;0;{password};Rome;{badge};K{n};Band{};;C{};manual;student;0;G{};",
            n % 3,
            n % 3,
            n % 2
        )
    };
    perform(&site, &facts, &part(ToolKind::Users, USERS, (0..PEOPLE).step_by(2).map(user).collect())).await;
    let gone = "u4;;;;X4;;;1;;;;;;;;;;;;".to_owned();
    perform(&site, &facts, &part(ToolKind::Users, USERS, vec![gone])).await;
    (site, facts)
}

/// Makes lines up.
struct Muse(fastrand::Rng);

impl Muse {
    fn any(&mut self, kind: &str) -> String {
        format!("{kind}{}", self.0.usize(..PEOPLE))
    }

    /// A value in so many of a hundred cases.
    fn at_times(&mut self, percent: u32, value: impl FnOnce(&mut Self) -> String) -> String {
        if self.0.u32(..100) < percent { value(self) } else { String::new() }
    }

    fn of(&mut self, values: &[&str]) -> String {
        values[self.0.usize(..values.len())].to_owned()
    }

    fn user(&mut self) -> String {
        let person = self.0.usize(..PEOPLE);
        let own = |muse: &mut Self, kind: &str| {
            muse.at_times(85, |muse| if muse.0.u32(..8) > 0 { format!("{kind}{person}") } else { muse.any(kind) })
        };
        let cells = [
            format!("u{person}"),
            self.at_times(12, |muse| muse.any("u")),
            self.of(&["Ann", "Bob", "First1"]),
            self.of(&["Lee", "Last2", "Ray"]),
            own(self, "X"),
            self.at_times(70, |muse| muse.any("E") + "@x.test"),
            self.of(&["", "0", "1"]),
            self.at_times(12, |_| "1".to_owned()),
            self.at_times(30, |muse| muse.of(&["Pass-word0", "Pass-word1", "*NOPASS*"])),
            self.at_times(40, |muse| muse.of(&["Rome", "Oslo"])),
            self.at_times(40, |muse| muse.any("B")),
            self.at_times(40, |muse| muse.any("K")),
            self.at_times(30, |muse| muse.of(&["Band0", "Band1", "Band9"])),
            String::new(),
            self.at_times(50, |muse| muse.of(&["C0", "C1", "C2", "C9"])),
            "manual".to_owned(),
            self.of(&["", "student", "teacher"]),
            self.of(&["", "0", "1"]),
            self.at_times(40, |muse| muse.of(&["G0", "G1", "G2"])),
            self.at_times(20, |muse| muse.of(&["C0", "C1"])),
        ];
        cells.join(";")
    }

    fn enrolment(&mut self, uid: &str) -> String {
        let cells = [
            self.of(&["add", "add", "del", "shift"]),
            self.of(&["C0", "C1", "C2", "C9"]),
            self.any(uid) + if uid == "e" { "@x.test" } else { "" },
            self.of(&["student", "teacher", ""]),
            self.of(&["manual", "manual", ""]),
            self.of(&["", "0", "1"]),
            self.of(&["", "gaddcreate", "gadd", "greplacecreate", "gdel"]),
            self.of(&["G0", "G1", "G3"]),
            self.of(&["", "G2"]),
        ];
        cells.join(";")
    }

    fn cohort(&mut self, uid: &str) -> String {
        let cells = [
            self.of(&["add", "add", "add", "del", "free"]),
            self.of(&["K1", "K2", "K3", "K4", "K5"]),
            self.of(&["", "", "", "Band0", "Folk"]),
            self.at_times(70, |muse| muse.any(uid)),
        ];
        cells.join(";")
    }

    fn course(&mut self) -> String {
        let account = |muse: &mut Self| match muse.0.u32(..4) {
            0 => muse.any(""),
            1 => muse.any("u"),
            2 => muse.any("e") + "@x",
            _ => muse.of(&["Ann Lee", "First2", "Bob Ray", "Ann"]),
        };
        let (first, second) = (account(self), account(self));
        format!("{};A course;{first};{};{second}", self.of(&["C0", "C1", "C9"]), self.of(&["", "teacher"]))
    }

    fn part(&mut self) -> Part {
        let size = self.0.usize(1..10);
        let yes_no = |muse: &mut Self| if muse.0.bool() { "true" } else { "false" };
        match self.0.u32(..10) {
            0 => {
                let lines = (0..size).map(|_| self.course()).collect();
                Part { tool: ToolKind::Courses, options: vec![("force_update", "true")], header: COURSES, lines }
            }
            4 => {
                let (key, uid) = [("username", "u"), ("idnumber", "X"), ("id", "")][self.0.usize(..3)];
                let lines = (0..size).map(|_| self.cohort(uid)).collect();
                Part { tool: ToolKind::Cohorts, options: vec![("user_identifier", key)], header: COHORTS, lines }
            }
            1..=3 => {
                let (key, uid) = [("username", "u"), ("idnumber", "X"), ("email", "e"), ("id", "")][self.0.usize(..4)];
                let lines = (0..size).map(|_| self.enrolment(uid)).collect();
                let options = vec![("user_identifier", key), ("enrol_on_disabled", "true")];
                Part { tool: ToolKind::Enrolments, options, header: ENROLMENTS, lines }
            }
            _ => {
                let options = vec![
                    ("identifier", ["username", "idnumber", "email"][self.0.usize(..3)]),
                    ("allow_rename", yes_no(self)),
                    ("protect_emails", yes_no(self)),
                    ("create_passwords", yes_no(self)),
                    ("revive", yes_no(self)),
                ];
                Part { tool: ToolKind::Users, options, header: USERS, lines: (0..size).map(|_| self.user()).collect() }
            }
        }
    }
}

#[tokio::test]
async fn users_set_aside_are_planned_like_users_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (site, facts) = site(folder.path()).await;
    let reader = site.reader();
    let mut outcomes = BTreeMap::<String, usize>::new();
    for seed in 0..6 {
        let mut muse = Muse(fastrand::Rng::with_seed(seed));
        let rehearsal = |capacity| {
            let scratch = tempfile::tempfile().unwrap();
            Rehearsal::with_capacity(Arc::clone(&facts), NOW, scratch, capacity).unwrap()
        };
        let [mut remembering, mut forgetting, mut between] = [usize::MAX, 0, 25].map(rehearsal);
        for at in 0..120 {
            let part = muse.part();
            let parsed = part.parse(&facts);
            let expected = rehearse(&mut remembering, &*reader, &*parsed).await;
            for other in [&mut forgetting, &mut between] {
                let found = rehearse(other, &*reader, &*parsed).await;
                for ((found, expected), line) in found.iter().zip(&expected).zip(&part.lines) {
                    assert_eq!(found, expected, "seed {seed}, chunk {at}, {:?}: {line}", part.options);
                }
            }
            for plan in expected {
                let outcome =
                    plan.split("outcome: ").nth(1).and_then(|rest| rest.split(',').next()).unwrap().to_owned();
                *outcomes.entry(format!("{:?} {outcome}", part.tool)).or_default() += 1;
            }
        }
    }
    // The lines are worth something only if they do all kinds of things.
    for wanted in
        ["Users Created", "Users Updated", "Users Unchanged", "Users Deleted", "Users Restored", "Users Failed"]
            .into_iter()
            .chain(["Cohorts Created", "Cohorts Updated", "Cohorts Deleted", "Cohorts Failed"])
            .chain(["Enrolments Created", "Enrolments Deleted", "Enrolments Failed", "Courses Updated"])
    {
        assert!(outcomes.get(wanted).is_some_and(|count| *count >= 10), "{wanted}: {outcomes:?}");
    }
}
