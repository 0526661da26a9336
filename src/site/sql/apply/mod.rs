//! Applies changes to Moodle's tables, set by set: what Moodle itself writes for each operation.
//!
//! It knows changes and tables, never lines, files or runs.

mod categories;
mod cohorts;
mod contexts;
mod conversations;
mod course_extras;
mod courses;
mod enrolments;
mod flags;
mod grades;
mod groups;
mod ids;
mod members;
mod methods;
mod passwords;
mod roles;
mod rows;
mod sections;
mod sortorders;
mod unenrol;
mod user_deletion;
mod user_details;
mod users;
mod waves;

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::{MAX_ARGUMENTS, Row, Statement};
use crate::site::{AppliedIds, Change, SiteError, SiteFacts, Subject};
use flags::Flags;
use ids::Ids;
use rows::Rows;
use sortorders::Renumbering;
use std::collections::{BTreeSet, HashMap, HashSet};
use waves::{Item, Kind};

/// What a transaction remembers between calls and writes at its end. A savepoint keeps a copy.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    ids: Ids,
    flags: Flags,
    renumbering: Renumbering,
    /// Courses whose structure changed: their `cacherev` rises.
    rebuilt: BTreeSet<i64>,
    moment: Option<Moment>,
}

/// What the end of a transaction must know of the last call.
#[derive(Debug, Clone, Copy)]
struct Moment {
    now: i64,
    session_timeout: i64,
    courses_per_category: i64,
}

impl Moment {
    fn new(facts: &SiteFacts, now: i64) -> Self {
        let number = |name, default| facts.config(name).trim().parse().ok().filter(|n| *n > 0).unwrap_or(default);
        Self {
            now,
            session_timeout: number("sessiontimeout", 28_800),
            courses_per_category: number("maxcoursesincategory", 10_000),
        }
    }
}

/// Where changes are applied.
pub(super) struct Target<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) dialect: &'a Dialect,
    /// Tables of the site, without prefix.
    pub(super) tables: &'a HashSet<String>,
    pub(super) state: &'a mut State,
}

/// Rows of one insert. Larger ones gain nothing, and the database keeps this one prepared.
const INSERT_BLOCK: usize = 500;
/// Up to so many rows the text of an insert comes again often.
const SMALL_INSERT: usize = 8;
/// Rows of one `with v(…)`.
const WITH_BLOCK: usize = 1000;

impl Target<'_> {
    /// Ids for new rows of a table, in the order in which they are to be used.
    async fn reserve(&mut self, table: &str, count: usize) -> Result<std::ops::Range<i64>, SiteError> {
        if count == 0 {
            return Ok(0..0);
        }
        let statement = Statement::new(self.dialect, &self.dialect.highest_id(table));
        let rows = self.connection.fetch("reserve ids", statement).await?;
        let next = rows.first().map_or(0, |row| row.int(0)) + 1;
        Ok(next..next + i64::try_from(count).unwrap_or(i64::MAX - next))
    }

    /// Inserts rows, a few hundred at a time.
    async fn insert(&mut self, operation: &str, table: &str, rows: Rows) -> Result<(), SiteError> {
        let Rows { columns, values } = rows;
        let width = columns.len();
        let block = INSERT_BLOCK.min(MAX_ARGUMENTS / width) * width;
        let head = format!("insert into {{{table}}} ({}) values ", columns.join(", "));
        let mut left = values.len();
        let mut values = values.into_iter();
        while left > 0 {
            let take = block.min(left);
            left -= take;
            let statement = Statement::new(self.dialect, &head).tuples(width, values.by_ref().take(take));
            let often = take == block || take <= SMALL_INSERT * width;
            self.connection.execute(operation, if often { statement } else { statement.once() }).await?;
        }
        Ok(())
    }

    /// Gives the rows of `table` that have the first `keys` columns of `rows` its other columns.
    async fn update(&mut self, operation: &str, table: &str, keys: usize, rows: &Rows) -> Result<(), SiteError> {
        let (keys, columns) = rows.columns.split_at(keys);
        self.execute_with(operation, rows, |with| with.update_from_rows(table, keys, columns)).await
    }

    /// Runs `with v(…)` and what `build` adds to it, once for each block of rows.
    async fn execute_with<B>(&mut self, operation: &str, rows: &Rows, build: B) -> Result<(), SiteError>
    where
        B: Fn(Statement) -> Statement + Send + Sync,
    {
        for block in rows.blocks() {
            let statement = build(Statement::with_rows(self.dialect, &rows.columns, block));
            self.connection.execute(operation, statement).await?;
        }
        Ok(())
    }

    /// Like [`Self::execute_with`], for a statement without arguments of its own.
    async fn run_with(&mut self, operation: &str, rows: &Rows, sql: &str) -> Result<(), SiteError> {
        self.execute_with(operation, rows, |with| with.push(sql)).await
    }

    /// Reads with `with v(…)` and `sql`, once for each block of rows. `sql` selects distinct rows.
    async fn fetch_with(&mut self, operation: &str, rows: &Rows, sql: &str) -> Result<Vec<Row>, SiteError> {
        let mut found = Vec::new();
        for block in rows.blocks() {
            let statement = Statement::with_rows(self.dialect, &rows.columns, block).push(sql);
            found.append(&mut self.connection.fetch(operation, statement).await?);
        }
        Ok(found)
    }

    async fn fetch(&mut self, operation: &str, sql: &str) -> Result<Vec<Row>, SiteError> {
        self.connection.fetch(operation, Statement::new(self.dialect, sql)).await
    }

    fn has_table(&self, table: &str) -> bool {
        self.tables.contains(table)
    }
}

/// One call of `apply`.
struct Apply<'a, 't> {
    target: &'a mut Target<'t>,
    facts: &'a SiteFacts,
    now: i64,
    /// Hashes of the clear passwords, by the index of their change.
    hashes: HashMap<usize, String>,
}

impl<'t> std::ops::Deref for Apply<'_, 't> {
    type Target = Target<'t>;

    fn deref(&self) -> &Target<'t> {
        self.target
    }
}

impl std::ops::DerefMut for Apply<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.target
    }
}

/// The account of Moodle's first administrator, when the site names none.
const MAIN_ADMIN: i64 = 2;

impl Apply<'_, '_> {
    /// The acting user of Moodle's rows: an administrator.
    fn modifier(&self) -> i64 {
        self.facts.admins.iter().map(|admin| admin.0).min().unwrap_or(MAIN_ADMIN)
    }

    async fn batch(&mut self, kind: Kind, items: &[Item<'_>]) -> Result<(), SiteError> {
        match kind {
            Kind::CreateCategory => categories::create(self, items).await,
            Kind::CreateCourse => courses::create(self, items).await,
            Kind::CreateUser => users::create(self, items).await,
            Kind::ReviveUser => users::revive(self, items).await,
            Kind::CreateCohort => cohorts::create(self, items).await,
            Kind::CreateGroup => groups::create(self, items).await,
            Kind::CreateInstance => methods::create(self, items).await,
            Kind::CreateSection => sections::create(self, items).await,
            Kind::UpdateSection => sections::update(self, items).await,
            Kind::SetFormatOptions => sections::set_format_options(self, items).await,
            Kind::UpdateFormatOption => sections::update_format_option(self, items).await,
            Kind::CreateNewsForum => course_extras::create_news_forum(self, items).await,
            Kind::CreateSocialBlock => course_extras::create_social_block(self, items).await,
            Kind::UpdateCourse => courses::update(self, items).await,
            Kind::MoveCourse => courses::relocate(self, items).await,
            Kind::SetInstanceStatus => methods::set_status(self, items).await,
            Kind::UpdateUser => users::update(self, items).await,
            Kind::SetPassword => users::set_password(self, items).await,
            Kind::SetPreference => user_details::set_preference(self, items).await,
            Kind::SetProfileField => user_details::set_profile_field(self, items).await,
            Kind::Enrol => enrolments::create(self, items).await,
            Kind::UpdateEnrolment => enrolments::update(self, items).await,
            Kind::AssignRole => roles::assign(self, items).await,
            Kind::AddCohortMember => cohorts::add_members(self, items).await,
            Kind::AddMember => members::add(self, items).await,
            Kind::RemoveMember => members::remove(self, items).await,
            Kind::UnassignRole => roles::unassign(self, items).await,
            Kind::Unenrol => unenrol::unenrol(self, items).await,
            Kind::DeleteGroup => groups::delete(self, items).await,
            Kind::DeleteUser => user_deletion::delete(self, items).await,
        }
    }
}

/// Applies changes in an order that respects theirs, set by set. Answers with the real ids of all users and courses
/// created in the transaction so far.
pub(super) async fn apply(
    target: &mut Target<'_>,
    changes: &[&Change],
    facts: &SiteFacts,
    now: i64,
) -> Result<AppliedIds, SiteError> {
    target.state.moment = Some(Moment::new(facts, now));
    let hashes = passwords::hash_all(changes, facts).await?;
    ids::reserve(target, changes).await?;
    let mut apply = Apply { target, facts, now, hashes };
    for (kind, items) in waves::batches(changes) {
        apply.batch(kind, &items).await?;
    }
    let ids = &target.state.ids;
    let users = ids.users().map(|(planned, real)| (Subject::User(planned), real));
    let courses = ids.courses().map(|(planned, real)| (Subject::Course(planned), real));
    Ok(AppliedIds { subjects: users.chain(courses).collect() })
}

/// Writes what follows from all changes of a transaction: sort orders, counters, revisions, flags.
pub(super) async fn finish(target: &mut Target<'_>) -> Result<(), SiteError> {
    let Some(moment) = target.state.moment else { return Ok(()) };
    sortorders::renumber(target, &moment).await?;
    courses::raise_revisions(target, &moment).await?;
    flags::write(target, &moment).await
}

fn refused(operation: &str, problem: impl Into<String>) -> SiteError {
    SiteError::Refused { operation: operation.to_owned(), problem: problem.into() }
}

#[cfg(test)]
mod tests;
