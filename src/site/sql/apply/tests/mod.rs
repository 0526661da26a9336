//! Applies every kind of change to a fresh embedded site and compares the rows with what Moodle writes.

mod category_deletion;
mod cohorts;
mod conflicts;
mod course_deletion;
mod course_resets;
mod courses;
mod everything;
mod flags;
mod groups;
mod ids;
mod participants;
mod pictures;
mod sources;
mod synchronised;
mod template_copy;
mod transactions;
mod users;

use crate::model::{CategoryId, CohortId, CourseId, EnrolId, GroupId, RoleId, RunId, UserId};
use crate::site::fields::{CohortField, CourseField, FieldUpdate, Fields, GroupField, UserField};
use crate::site::sql::SqlSite;
use crate::site::sql::dialect::Engine;
use crate::site::sql::statement::{Statement, Value};
use crate::site::sql::tests::scratch::sequences_ahead;
use crate::site::sql::tests::{fresh, on_every_engine};
use crate::site::{
    AppliedIds, Change, Checkpoint, EnrolStatus, MethodTerms, NewInstance, NewPassword, Owner, Remaining, SiteFacts,
};
use std::sync::Arc;

/// The time of the first changes.
const T: i64 = 1_700_000_000;

pub(in crate::site::sql) struct Fixture {
    _folder: Option<tempfile::TempDir>,
    pub(in crate::site::sql) site: SqlSite,
    pub(super) facts: Arc<SiteFacts>,
}

impl Fixture {
    async fn new(engine: Engine) -> Self {
        let (folder, site) = fresh(engine).await;
        let facts = site.reader().facts().await.unwrap();
        Self { _folder: folder, site, facts }
    }

    /// A site that is there.
    pub(in crate::site::sql) async fn on(site: SqlSite) -> Self {
        let facts = site.reader().facts().await.unwrap();
        Self { _folder: None, site, facts }
    }

    /// A site with two users (3, 4; contexts 8, 9), a category (2, context 6) with a course (2, context 7), its manual (1)
    /// and self (2) enrolment, a group (1).
    async fn campus(engine: Engine) -> Self {
        let campus = Self::new(engine).await;
        campus
            .apply(
                T,
                &[
                    create_user(-1, "ann"),
                    create_user(-2, "bob"),
                    create_category(-1, 0),
                    create_course(-1, -1, "C1"),
                    Change::CreateInstance(method(-1, -1, "manual")),
                    Change::CreateInstance(method(-2, -1, "self")),
                    create_group(-1, -1, "Red"),
                ],
            )
            .await;
        campus
    }

    /// A campus whose course has all that a course may have, with a category (3) below that one and two more courses
    /// (3, 4) there, and a last category (4).
    pub(in crate::site::sql) async fn furnished(engine: Engine) -> Self {
        let campus = Self::campus(engine).await;
        campus.fill_the_course(2).await;
        let changes =
            [create_category(-2, 2), create_category(-3, 0), create_course(-2, -2, "C2"), create_course(-3, -2, "C3")];
        campus.apply(T, &changes).await;
        campus
    }

    /// Reserves ids in a transaction of their own.
    pub(in crate::site::sql) async fn reserve(&self, table: &str, count: usize) -> Vec<i64> {
        self.reserve_and(table, count, |_| None).await
    }

    /// Reserves ids of accounts in a transaction of their own and inserts accounts with them.
    pub(in crate::site::sql) async fn reserve_and_use(&self, count: usize, round: i64) -> Vec<i64> {
        let rows = |ids: &[i64]| {
            let mut rows = super::Rows::new(["id", "username", "mnethostid"]);
            for (number, id) in ids.iter().enumerate() {
                rows.push([(*id).into(), format!("r{round}-{number}").into(), Value::Int(1)]);
            }
            Some(rows)
        };
        self.reserve_and("user", count, rows).await
    }

    async fn reserve_and(&self, table: &str, count: usize, rows: impl Fn(&[i64]) -> Option<super::Rows>) -> Vec<i64> {
        self.at_target(async |target| {
            let ids = target.reserve(table, count).await.unwrap();
            if let Some(rows) = rows(&ids) {
                target.insert("insert", table, rows).await.unwrap();
            }
            ids
        })
        .await
    }

    /// Does something in a transaction of its own.
    async fn at_target<T>(&self, act: impl AsyncFnOnce(&mut super::Target<'_>) -> T) -> T {
        let mut connection = self.site.write_connection().await.unwrap();
        connection.execute_raw("begin", self.site.dialect.begin()).await.unwrap();
        let (tables, mut state) = (super::Tables::new(), super::State::default());
        let SqlSite { dialect, addresses, .. } = &self.site;
        let (tables, state) = (&tables, &mut state);
        let mut target = super::Target { connection: &mut connection, dialect, addresses, tables, state };
        let done = act(&mut target).await;
        connection.execute_raw("commit", "commit").await.unwrap();
        done
    }

    /// Applies changes in a transaction of their own, then looks over the whole site.
    pub(in crate::site::sql) async fn apply(&self, now: i64, changes: &[Change]) -> AppliedIds {
        let mut transaction = self.site.writer().begin().await.unwrap();
        let changes: Vec<&Change> = changes.iter().collect();
        let ids = transaction.apply(&changes, &self.facts, now).await.unwrap();
        transaction.commit(&checkpoint()).await.unwrap();
        assert_eq!(self.site.verify().await.unwrap(), Vec::<String>::new());
        ids
    }

    /// The same; answers with the number of statements as well.
    async fn counted(&self, now: i64, changes: &[Change]) -> (AppliedIds, usize) {
        let mut transaction = self.site.writer().begin().await.unwrap();
        let changes: Vec<&Change> = changes.iter().collect();
        let before = crate::site::sql::connection::statements();
        let ids = transaction.apply(&changes, &self.facts, now).await.unwrap();
        transaction.commit(&checkpoint()).await.unwrap();
        let statements = crate::site::sql::connection::statements() - before;
        assert_eq!(self.site.verify().await.unwrap(), Vec::<String>::new());
        (ids, statements)
    }

    /// The rows of a query, values separated by `|`, nulls as `~`.
    pub(in crate::site::sql) async fn rows(&self, sql: &str) -> Vec<String> {
        let mut connection = self.site.reading.connection().await.unwrap();
        let rows = connection.fetch("test", Statement::new(&self.site.dialect, sql)).await.unwrap();
        let text = |value: Value| match value {
            Value::Null => "~".to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Text(text) => text,
        };
        rows.into_iter().map(|row| row.0.into_iter().map(text).collect::<Vec<_>>().join("|")).collect()
    }

    /// Compares the rows of queries with what they should be.
    pub(in crate::site::sql) async fn expect(&self, cases: &[(&str, &[&str])]) {
        for (sql, expected) in cases {
            assert_eq!(self.rows(sql).await, *expected, "{sql}");
        }
    }

    /// Writes rows that a Moodle would have.
    pub(in crate::site::sql) async fn prepare(&self, statements: &[&str]) {
        let mut connection = self.site.write_connection().await.unwrap();
        for sql in statements {
            connection.execute("prepare", Statement::new(&self.site.dialect, sql)).await.unwrap();
        }
        if self.site.dialect.engine() == Engine::Postgres {
            // Rows that came with ids of their own are not counted there.
            connection.execute_raw("prepare", &sequences_ahead()).await.unwrap();
        }
    }
}

pub(in crate::site::sql) fn checkpoint() -> Checkpoint {
    Checkpoint { run: RunId(uuid::Uuid::nil()), segment: 1, digest: "d".to_owned() }
}

fn create_user(id: i64, username: &str) -> Change {
    let mut fields = Fields::default();
    fields.set(UserField::Username, username);
    fields.set(UserField::Firstname, "First");
    fields.set(UserField::Lastname, "Last");
    fields.set(UserField::Email, format!("{username}@example.com"));
    Change::CreateUser { id: UserId(id), fields, password: NewPassword::Constant("to be generated") }
}

fn update<F: Copy>(field: F, before: &str, after: &str) -> FieldUpdate<F> {
    FieldUpdate { field, before: before.to_owned(), after: after.to_owned() }
}

fn update_user(id: i64, field: UserField, before: &str, after: &str) -> Change {
    Change::UpdateUser { id: UserId(id), fields: vec![update(field, before, after)] }
}

fn create_category(id: i64, parent: i64) -> Change {
    let name = format!("Category {id}");
    Change::CreateCategory { id: CategoryId(id), parent: CategoryId(parent), name, visible: 1, visible_old: 1 }
}

fn create_course(id: i64, category: i64, shortname: &str) -> Change {
    let mut fields = Fields::default();
    fields.set(CourseField::Shortname, shortname);
    fields.set(CourseField::Fullname, format!("Course {shortname}"));
    fields.set(CourseField::Newsitems, "5");
    Change::CreateCourse { id: CourseId(id), category: CategoryId(category), fields }
}

fn method(id: i64, course: i64, name: &str) -> NewInstance {
    NewInstance {
        id: EnrolId(id),
        course: CourseId(course),
        method: name.to_owned(),
        status: EnrolStatus::Active,
        role: Some(RoleId(5)),
        enrol_period: 0,
        expiry_notify: 0,
        expiry_threshold: 86_400,
        password: None,
        custom_ints: [None; 6],
        source: None,
        terms: MethodTerms::default(),
    }
}

fn create_group(id: i64, course: i64, name: &str) -> Change {
    let mut fields = Fields::default();
    fields.set(GroupField::Name, name);
    Change::CreateGroup { id: GroupId(id), course: CourseId(course), fields }
}

fn enrol(instance: i64, course: i64, user: i64) -> Change {
    Change::Enrol {
        instance: EnrolId(instance),
        course: CourseId(course),
        user: UserId(user),
        status: EnrolStatus::Active,
        start: 10,
        end: 20,
    }
}

fn unenrol(instance: i64, method: &str, course: i64, user: i64, remaining: Remaining) -> Change {
    Change::Unenrol {
        instance: EnrolId(instance),
        method: method.to_owned(),
        course: CourseId(course),
        user: UserId(user),
        remaining,
    }
}

fn assign(role: i64, course: i64, user: i64, owner: Owner) -> Change {
    Change::AssignRole { role: RoleId(role), course: CourseId(course), user: UserId(user), owner }
}

fn join(group: i64, course: i64, user: i64, owner: Owner) -> Change {
    Change::AddMember { group: GroupId(group), course: CourseId(course), user: UserId(user), owner }
}

fn create_cohort(id: i64, category: i64, name: &str, idnumber: &str) -> Change {
    let mut fields = Fields::default();
    fields.set(CohortField::Name, name);
    fields.set(CohortField::Idnumber, idnumber);
    Change::CreateCohort { id: CohortId(id), category: CategoryId(category), fields }
}

fn add_to_cohort(cohort: i64, user: i64) -> Change {
    Change::AddCohortMember { cohort: CohortId(cohort), user: UserId(user) }
}
