//! Cohorts, their members, and what membership means for courses.

use super::*;
use std::collections::HashMap;

impl Fixture {
    /// The same site, whose plug-in for cohorts has another `unenrolaction`.
    fn with_departure(mut self, action: &str) -> Self {
        let mut facts = SiteFacts::clone(&self.facts);
        let settings: &mut HashMap<String, String> = facts.plugin_config.entry("enrol_cohort".to_owned()).or_default();
        settings.insert("unenrolaction".to_owned(), action.to_owned());
        self.facts = Arc::new(facts);
        self
    }

    /// A campus whose cohort Staff (1) is bound to the course 2 by the method 3, with the group 1. Bob (4) is a member, and
    /// enrolled by hand as well; Ann (3) is a member.
    async fn bound(engine: Engine) -> Self {
        let fixture = Self::campus(engine).await;
        let mut bound = method(-5, 2, "cohort");
        bound.custom_ints = [Some(1), Some(1), None, None, None, None];
        let staff = create_cohort(-1, 0, "Staff", "ST");
        fixture.apply(T, &[staff, Change::CreateInstance(bound), enrol(1, 2, 4)]).await;
        fixture.apply(T + 1, &[add_to_cohort(1, 3), add_to_cohort(1, 4), assign(5, 2, 4, Owner::manual())]).await;
        fixture
    }
}

fn remove_from_cohort(cohort: i64, user: i64) -> Change {
    Change::RemoveCohortMember { cohort: CohortId(cohort), user: UserId(user) }
}

const MEMBERS: &str = "select cohortid, userid from {cohort_members} order by userid";
const ENROLMENTS: &str =
    "select enrolid, userid, status, timestart, timeend from {user_enrolments} order by userid, enrolid";
const ROLES: &str = "select userid, roleid, component, itemid from {role_assignments} order by userid, component";
const GROUPS: &str = "select userid, groupid, component, itemid from {groups_members} order by userid";

async fn cohorts_are_created_changed_and_moved(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let mut hidden = Fields::default();
    hidden.set(CohortField::Name, "Hidden");
    hidden.set(CohortField::Description, "D");
    hidden.set(CohortField::Visible, "0");
    hidden.set(CohortField::Component, "mod_x");
    let hidden = Change::CreateCohort { id: CohortId(-2), category: CategoryId(0), fields: hidden };
    fixture.apply(T, &[create_category(-9, 0), create_cohort(-1, -9, "Staff", "ST"), hidden]).await;
    let (cohorts, place) = (
        "select id, name, idnumber, description, descriptionformat, visible, component, timecreated, timemodified, \
         theme from {cohort} order by id",
        "select c.id, x.contextlevel from {cohort} c join {context} x on x.id = c.contextid order by c.id",
    );
    fixture
        .expect(&[
            (cohorts, &["1|Staff|ST||1|1||1700000000|1700000000|", "2|Hidden|~|D|1|0|mod_x|1700000000|1700000000|"]),
            (place, &["1|40", "2|10"]),
        ])
        .await;
    let fields = vec![update(CohortField::Name, "Staff", "Crew"), update(CohortField::Idnumber, "ST", "")];
    let changes = [
        Change::UpdateCohort { id: CohortId(1), fields },
        Change::MoveCohort { id: CohortId(1), from: CategoryId(3), to: CategoryId(0) },
        Change::MoveCohort { id: CohortId(2), from: CategoryId(0), to: CategoryId(2) },
        Change::UpdateCohort { id: CohortId(2), fields: vec![update(CohortField::Visible, "0", "1")] },
    ];
    fixture.apply(T + 1, &changes).await;
    fixture
        .expect(&[
            (cohorts, &["1|Crew|~||1|1||1700000000|1700000001|", "2|Hidden|~|D|1|1|mod_x|1700000000|1700000001|"]),
            (place, &["1|10", "2|40"]),
        ])
        .await;
}

async fn members_are_enrolled_and_unenrolled(engine: Engine) {
    let fixture = Fixture::bound(engine).await;
    fixture
        .expect(&[
            (MEMBERS, &["1|3", "1|4"]),
            (ENROLMENTS, &["3|3|0|0|0", "1|4|0|10|20", "3|4|0|0|0"]),
            (ROLES, &["3|5|enrol_cohort|3", "4|5||0", "4|5|enrol_cohort|3"]),
            (GROUPS, &["3|1|enrol_cohort|3", "4|1|enrol_cohort|3"]),
        ])
        .await;
    fixture.apply(T + 2, &[assign(4, 2, 3, Owner::manual()), join(1, 2, 3, Owner::manual())]).await;
    // Ann's last enrolment takes everything along, Bob's other one keeps what was given by hand.
    fixture.apply(T + 3, &[remove_from_cohort(1, 3), remove_from_cohort(1, 4)]).await;
    let flags = "select name from {cache_flags} where timemodified = 1700000003 order by name";
    fixture
        .expect(&[
            (MEMBERS, &[]),
            (ENROLMENTS, &["1|4|0|10|20"]),
            (ROLES, &["4|5||0"]),
            (GROUPS, &[]),
            (flags, &["3", "4"]),
        ])
        .await;
}

async fn a_cohort_is_emptied(engine: Engine) {
    let fixture = Fixture::bound(engine).await;
    let other = create_cohort(-2, 0, "Other", "");
    fixture.apply(T + 2, &[other, add_to_cohort(-2, 3), Change::EmptyCohort { id: CohortId(1) }]).await;
    fixture.expect(&[(MEMBERS, &["2|3"]), (ENROLMENTS, &["1|4|0|10|20"]), (ROLES, &["4|5||0"])]).await;
    // Emptied and filled again: the order of the changes counts.
    let changes = [add_to_cohort(1, 3), Change::EmptyCohort { id: CohortId(1) }, add_to_cohort(1, 4)];
    fixture.apply(T + 3, &changes).await;
    fixture.expect(&[(MEMBERS, &["2|3", "1|4"]), (ENROLMENTS, &["1|4|0|10|20", "3|4|0|0|0"])]).await;
}

async fn former_members_are_suspended_where_the_site_says_so(engine: Engine) {
    let fixture = Fixture::bound(engine).await.with_departure("3");
    fixture.apply(T + 2, &[remove_from_cohort(1, 3)]).await;
    fixture
        .expect(&[(ENROLMENTS, &["3|3|1|0|0", "1|4|0|10|20", "3|4|0|0|0"]), (ROLES, &["4|5||0", "4|5|enrol_cohort|3"])])
        .await;
    fixture.apply(T + 3, &[add_to_cohort(1, 3)]).await;
    fixture
        .expect(&[
            (ENROLMENTS, &["3|3|0|0|0", "1|4|0|10|20", "3|4|0|0|0"]),
            (ROLES, &["3|5|enrol_cohort|3", "4|5||0", "4|5|enrol_cohort|3"]),
        ])
        .await;
    let fixture = fixture.with_departure("2");
    fixture.apply(T + 4, &[remove_from_cohort(1, 3)]).await;
    fixture
        .expect(&[
            (ENROLMENTS, &["3|3|1|0|0", "1|4|0|10|20", "3|4|0|0|0"]),
            (ROLES, &["3|5|enrol_cohort|3", "4|5||0", "4|5|enrol_cohort|3"]),
        ])
        .await;
}

async fn a_deleted_cohort_takes_its_methods_along(engine: Engine) {
    let fixture = Fixture::bound(engine).await;
    fixture
        .prepare(&["insert into {competency_templatecohort} (templateid, cohortid, timecreated, timemodified, \
                       usermodified) values (1, 1, 0, 0, 2), (1, 9, 0, 0, 2)"])
        .await;
    fixture.apply(T + 2, &[Change::DeleteCohort { id: CohortId(1) }]).await;
    fixture
        .expect(&[
            ("select id from {cohort}", &[]),
            (MEMBERS, &[]),
            ("select enrol from {enrol} order by id", &["manual", "self"]),
            (ENROLMENTS, &["1|4|0|10|20"]),
            (ROLES, &["4|5||0"]),
            (GROUPS, &[]),
            ("select cohortid from {competency_templatecohort}", &["9"]),
            ("select name from {cache_flags} where flagtype = 'accesslib/dirtycontexts'", &["/1/6/7"]),
        ])
        .await;
}

async fn a_deleted_cohort_leaves_its_methods_disabled_where_the_site_says_so(engine: Engine) {
    for (action, roles) in [("3", &["4|5||0"][..]), ("2", &["3|5|enrol_cohort|3", "4|5||0", "4|5|enrol_cohort|3"])] {
        let fixture = Fixture::bound(engine).await.with_departure(action);
        fixture.apply(T + 2, &[Change::DeleteCohort { id: CohortId(1) }]).await;
        fixture
            .expect(&[
                ("select enrol, status from {enrol} where enrol = 'cohort'", &["cohort|1"]),
                (ENROLMENTS, &["3|3|0|0|0", "1|4|0|10|20", "3|4|0|0|0"]),
                (ROLES, roles),
            ])
            .await;
    }
}

async fn nothing_follows_while_the_plug_in_is_off(engine: Engine) {
    let mut fixture = Fixture::bound(engine).await;
    let mut facts = SiteFacts::clone(&fixture.facts);
    facts.config.insert("enrol_plugins_enabled".to_owned(), "manual".to_owned());
    fixture.facts = Arc::new(facts);
    fixture.apply(T + 2, &[remove_from_cohort(1, 3)]).await;
    fixture.expect(&[(MEMBERS, &["1|4"]), (ENROLMENTS, &["3|3|0|0|0", "1|4|0|10|20", "3|4|0|0|0"])]).await;
}

/// A chunk of a thousand lines that all change something.
async fn a_thousand_lines_take_few_statements(engine: Engine) {
    let fixture = Fixture::bound(engine).await;
    let users: Vec<Change> = (0..900).map(|n| create_user(-10 - n, &format!("u{n}"))).collect();
    fixture.apply(T + 2, &users).await;
    let ids = fixture.rows("select id from {user} where username like 'u%' order by id").await;
    let ids: Vec<i64> = ids.iter().map(|id| id.parse().unwrap()).collect();
    let cohorts = (0..100).map(|n| create_cohort(-1 - n, 2, &format!("New {n}"), &format!("N{n}")));
    let joining =
        ids.iter().enumerate().map(|(n, id)| add_to_cohort(if n % 9 == 0 { 1 } else { -1 - n as i64 % 100 }, *id));
    let changes: Vec<Change> = cohorts.chain(joining).collect();
    let (_, statements) = fixture.counted(T + 3, &changes).await;
    assert!(statements <= 40, "{statements} statements for a thousand lines");
    let leaving = ids.iter().enumerate().filter(|(n, _)| n % 9 == 0).map(|(_, id)| remove_from_cohort(1, *id));
    let changes: Vec<Change> = leaving.collect();
    let (_, statements) = fixture.counted(T + 4, &changes).await;
    assert!(statements <= 40, "{statements} statements to leave");
    let new = fixture.rows("select id from {cohort} where idnumber like 'N%'").await;
    let changes: Vec<Change> =
        new.iter().map(|id| Change::DeleteCohort { id: CohortId(id.parse().unwrap()) }).collect();
    assert_eq!(changes.len(), 100);
    let (_, statements) = fixture.counted(T + 5, &changes).await;
    assert!(statements <= 40, "{statements} statements to delete");
    fixture.expect(&[("select count(*) from {cohort_members}", &["2"])]).await;
}

on_every_engine! {
    cohorts_are_created_changed_and_moved,
    members_are_enrolled_and_unenrolled,
    a_cohort_is_emptied,
    former_members_are_suspended_where_the_site_says_so,
    a_deleted_cohort_takes_its_methods_along,
    a_deleted_cohort_leaves_its_methods_disabled_where_the_site_says_so,
    nothing_follows_while_the_plug_in_is_off,
    a_thousand_lines_take_few_statements,
}
