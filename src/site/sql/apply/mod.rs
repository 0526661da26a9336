//! Applies changes to Moodle's tables, set by set: what Moodle itself writes for each operation.
//!
//! It knows changes and tables, never lines, files or runs.

mod belongings;
mod categories;
mod category_deletion;
mod cohorts;
mod contexts;
mod conversations;
mod course_deletion;
mod course_extras;
pub(super) mod course_reset;
mod courses;
mod enrolments;
pub(super) mod filled;
mod flags;
mod following;
mod gradebook_history;
mod grades;
mod groups;
mod id_blocks;
mod ids;
mod interests;
mod members;
mod metacourses;
mod methods;
mod passwords;
mod pictures;
mod premises;
mod roles;
mod rows;
mod sections;
mod sortorders;
mod template_copy;
mod unenrol;
mod user_deletion;
mod user_details;
mod users;
mod waves;

use super::addresses::Addresses;
use super::below::{Below, contexts_below};
use super::connection::Connection;
use super::dialect::Dialect;
use super::dialect::Verb;
use super::statement::{Row, RowChange, Statement};
use super::tables::Tables;
use crate::site::{AppliedIds, Change, SiteError, SiteFacts};
use flags::Flags;
use ids::Ids;
use rows::Rows;
use sortorders::Renumbering;
use std::collections::{BTreeSet, HashMap};
use waves::{Item, Kind};

/// What a transaction remembers between calls and writes at its end. A savepoint keeps a copy.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    ids: Ids,
    flags: Flags,
    renumbering: Renumbering,
    meta: metacourses::Due,
    /// Courses whose structure changed: their `cacherev` rises.
    rebuilt: BTreeSet<i64>,
    moment: Option<Moment>,
    /// How far apart the ids are that MySQL and MariaDB give, once it is known.
    id_step: Option<i64>,
    ahead: id_blocks::Ahead,
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
    pub(super) addresses: &'a Addresses,
    /// Columns of the site by table, without prefix.
    pub(super) tables: &'a Tables,
    pub(super) state: &'a mut State,
}

/// Up to so many rows the text of an insert comes again often.
const SMALL_INSERT: usize = 8;

/// The inserts for rows, few for thousands, each with the number of its rows.
fn inserts<'r>(dialect: &'r Dialect, table: &'r str, rows: &'r Rows) -> impl Iterator<Item = (usize, Statement)> + 'r {
    let most = dialect.insert_block(rows.columns.len());
    rows.blocks(most).map(move |values| {
        let count = values.len() / rows.columns.len();
        let insert = Statement::insert(dialect, table, &rows.columns, values);
        let often = count == most || count <= SMALL_INSERT || dialect.lists_are_arrays();
        (count, if often { insert } else { insert.once() })
    })
}

impl Target<'_> {
    /// Inserts rows.
    async fn insert(&mut self, operation: &str, table: &str, rows: Rows) -> Result<(), SiteError> {
        for (_, insert) in inserts(self.dialect, table, &rows) {
            self.connection.execute(operation, insert).await?;
        }
        Ok(())
    }

    /// Gives the rows of `table` that have the first `keys` columns of `rows` its other columns. All of them must be there.
    async fn update(&mut self, operation: &str, table: &str, keys: usize, rows: &Rows) -> Result<(), SiteError> {
        for block in rows.with_blocks(self.dialect) {
            let statement = Statement::update_from_rows(self.dialect, table, keys, &rows.columns, block);
            let found = self.connection.execute(operation, statement).await?;
            all_found(operation, found, block.len() / rows.columns.len())?;
        }
        Ok(())
    }

    /// Sets something in the rows of `table` whose `key` is among what `selection` selects from the rows `v`.
    async fn update_selected<S>(
        &mut self,
        operation: &str,
        rows: &Rows,
        (table, key, selection): (&str, &str, &str),
        set: S,
    ) -> Result<(), SiteError>
    where
        S: Fn(Statement) -> Statement + Send + Sync,
    {
        self.update_chosen(operation, rows, &Deletion::of(table, &[key], selection), set).await
    }

    /// Sets something in chosen rows.
    async fn update_chosen<S>(
        &mut self,
        operation: &str,
        rows: &Rows,
        chosen: &Deletion<'_>,
        set: S,
    ) -> Result<(), SiteError>
    where
        S: Fn(Statement) -> Statement + Send + Sync,
    {
        let Deletion { table, keys, selection, rest } = *chosen;
        let change = RowChange { verb: Verb::Update, table, keys, selection, rest };
        for block in rows.with_blocks(self.dialect) {
            let statement = Statement::change(self.dialect, &change, (&rows.columns, block), &set);
            self.connection.execute(operation, statement).await?;
        }
        Ok(())
    }

    /// Deletes rows, as many as there are.
    async fn delete(&mut self, operation: &str, rows: &Rows, deletion: Deletion<'_>) -> Result<(), SiteError> {
        self.delete_counting(operation, rows, deletion, |_, _| Ok(())).await
    }

    /// Deletes a row of the table for each of `rows`. All of them must be there.
    async fn delete_each(&mut self, operation: &str, rows: &Rows, deletion: Deletion<'_>) -> Result<(), SiteError> {
        self.delete_counting(operation, rows, deletion, |found, wanted| all_found(operation, found, wanted)).await
    }

    async fn delete_counting(
        &mut self,
        operation: &str,
        rows: &Rows,
        deletion: Deletion<'_>,
        check: impl Fn(u64, usize) -> Result<(), SiteError> + Send + Sync,
    ) -> Result<(), SiteError> {
        let Deletion { table, keys, selection, rest } = deletion;
        let change = RowChange { verb: Verb::Delete, table, keys, selection, rest };
        for block in rows.with_blocks(self.dialect) {
            let statement = Statement::change(self.dialect, &change, (&rows.columns, block), |statement| statement);
            let found = self.connection.execute(operation, statement).await?;
            check(found, block.len() / rows.columns.len())?;
        }
        Ok(())
    }

    /// Runs `head`, an `insert into …` without values, and what `build` adds to `with v(…)`, once for each block of
    /// rows.
    async fn insert_with<B>(&mut self, operation: &str, head: &str, rows: &Rows, build: B) -> Result<(), SiteError>
    where
        B: Fn(Statement) -> Statement + Send + Sync,
    {
        for block in rows.with_blocks(self.dialect) {
            let statement = build(Statement::new(self.dialect, head).with_rows(&rows.columns, block));
            self.connection.execute(operation, statement).await?;
        }
        Ok(())
    }

    /// Reads with `with v(…)` and `sql`, once for each block of rows. `sql` selects distinct rows.
    async fn fetch_with(&mut self, operation: &str, rows: &Rows, sql: &str) -> Result<Vec<Row>, SiteError> {
        let mut found = Vec::new();
        for block in rows.with_blocks(self.dialect) {
            let statement = Statement::new(self.dialect, "").with_rows(&rows.columns, block).push(sql);
            found.append(&mut self.connection.fetch(operation, statement).await?);
        }
        Ok(found)
    }

    /// The contexts below these paths.
    async fn contexts_below(&mut self, paths: &[&str]) -> Result<Vec<Below>, SiteError> {
        contexts_below(self.connection, self.dialect, paths).await
    }

    async fn fetch(&mut self, operation: &str, sql: &str) -> Result<Vec<Row>, SiteError> {
        self.connection.fetch(operation, Statement::new(self.dialect, sql)).await
    }

    fn has_table(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    fn has_column(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).is_some_and(|columns| columns.contains(column))
    }

    /// The columns of a table, in alphabetical order.
    fn columns(&self, table: &str) -> Vec<String> {
        self.tables.get(table).into_iter().flatten().cloned().collect()
    }
}

/// Which rows of `table`, called `t`, are deleted: their `keys` are among what `selection` selects from the rows `v`, and
/// they meet the condition `rest`, if there is one.
struct Deletion<'a> {
    table: &'a str,
    keys: &'a [&'a str],
    selection: &'a str,
    rest: &'a str,
}

impl<'a> Deletion<'a> {
    /// All rows that the selection names.
    fn of(table: &'a str, keys: &'a [&'a str], selection: &'a str) -> Self {
        Self { table, keys, selection, rest: "" }
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
            Kind::CopyTemplate => template_copy::copy(self, items).await,
            Kind::CreateUser => users::create(self, items).await,
            Kind::ReviveUser => users::revive(self, items).await,
            Kind::CreateCohort => cohorts::create(self, items).await,
            Kind::CreateGroup => groups::create(self, items).await,
            Kind::CreateGrouping => groups::create_groupings(self, items).await,
            Kind::CreateInstance => methods::create(self, items).await,
            Kind::CreateSection => sections::create(self, items).await,
            Kind::UpdateSection => sections::update(self, items).await,
            Kind::SetFormatOptions => sections::set_format_options(self, items).await,
            Kind::UpdateFormatOption => sections::update_format_option(self, items).await,
            Kind::CreateNewsForum => course_extras::create_news_forum(self, items).await,
            Kind::CreateSocialBlock => course_extras::create_social_block(self, items).await,
            Kind::UpdateCourse => courses::update(self, items).await,
            Kind::MoveCourse => courses::relocate(self, items).await,
            Kind::UpdateInstance => methods::update(self, items).await,
            Kind::DeleteInstance => methods::delete(self, items).await,
            Kind::SetInstanceStatus => methods::set_status(self, items).await,
            Kind::UpdateGroup => groups::update(self, items).await,
            Kind::UpdateGrouping => groups::update_groupings(self, items).await,
            Kind::AssignGrouping => groups::assign_groupings(self, items).await,
            Kind::UpdateCohort => cohorts::update(self, items).await,
            Kind::MoveCohort => cohorts::relocate(self, items).await,
            Kind::UpdateUser => users::update(self, items).await,
            Kind::SetPassword => users::set_password(self, items).await,
            Kind::SetPreference => user_details::set_preference(self, items).await,
            Kind::SetProfileField => user_details::set_profile_field(self, items).await,
            Kind::SetInterests => interests::set(self, items).await,
            Kind::SetPicture => pictures::set(self, items).await,
            Kind::SetPictureHash => pictures::set_hashes(self, items).await,
            Kind::Enrol => enrolments::create(self, items).await,
            Kind::UpdateEnrolment => enrolments::update(self, items).await,
            Kind::AssignRole => roles::assign(self, items).await,
            Kind::AssignRoleAbove => roles::assign_above(self, items).await,
            Kind::AddCohortMember => cohorts::add_members(self, items).await,
            Kind::RemoveCohortMember => cohorts::remove_members(self, items).await,
            Kind::AddMember => members::add(self, items).await,
            Kind::RemoveMember => members::remove(self, items).await,
            Kind::UnassignRole => roles::unassign(self, items).await,
            Kind::UnassignRoleAbove => roles::unassign_above(self, items).await,
            Kind::Unenrol => unenrol::unenrol(self, items).await,
            Kind::EmptyCohort => cohorts::empty(self, items).await,
            Kind::DeleteCohort => cohorts::delete(self, items).await,
            Kind::DeleteGroup => groups::delete(self, items).await,
            Kind::DeleteGrouping => groups::delete_groupings(self, items).await,
            Kind::ResetCourse => course_reset::reset(self, items).await,
            Kind::DeleteCourse => course_deletion::delete(self, items).await,
            Kind::DeleteCategory => category_deletion::delete(self, items).await,
            Kind::DeleteUser => user_deletion::delete(self, items).await,
        }
    }
}

/// Applies changes in an order that respects theirs, set by set. Answers with the real ids of what was
/// created in the transaction so far.
pub(super) async fn apply(
    target: &mut Target<'_>,
    changes: &[&Change],
    facts: &SiteFacts,
    now: i64,
) -> Result<AppliedIds, SiteError> {
    target.state.moment = Some(Moment::new(facts, now));
    let hashes = passwords::hash_all(changes, facts).await?;
    premises::check(target, changes, facts).await?;
    ids::reserve(target, changes).await?;
    let mut apply = Apply { target, facts, now, hashes };
    for (kind, items) in waves::batches(changes) {
        apply.batch(kind, &items).await?;
    }
    metacourses::follow(&mut apply, changes).await?;
    Ok(AppliedIds { subjects: target.state.ids.subjects().collect() })
}

/// Writes what follows from all changes of a transaction: sort orders, counters, revisions, flags.
pub(super) async fn finish(target: &mut Target<'_>) -> Result<(), SiteError> {
    let Some(moment) = target.state.moment else { return Ok(()) };
    sortorders::renumber(target, &moment).await?;
    courses::raise_revisions(target, &moment).await?;
    flags::write(target, &moment).await
}

/// Sees to it that a statement found all the rows it was meant for.
fn all_found(operation: &str, found: u64, wanted: usize) -> Result<(), SiteError> {
    let missing = u64::try_from(wanted).unwrap_or(u64::MAX).saturating_sub(found);
    if missing == 0 { Ok(()) } else { Err(conflict(operation, format!("{missing} of {wanted} rows are gone"))) }
}

fn conflict(operation: &str, problem: impl Into<String>) -> SiteError {
    SiteError::Conflict { operation: operation.to_owned(), problem: problem.into() }
}

fn refused(operation: &str, problem: impl Into<String>) -> SiteError {
    SiteError::Refused { operation: operation.to_owned(), problem: problem.into() }
}

#[cfg(test)]
pub(super) mod tests;
