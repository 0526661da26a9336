//! Reading what a chunk asks for into a world: a few statements for each kind of entity, never one for each line.
//!
//! Used by readers and by transactions alike. It decides nothing: what a plan knows already stays as it is known.

mod belongings;
mod categories;
mod cohorts;
mod courses;
mod groups;
mod participation;
mod pictures;
mod resets;
mod users;

use super::addresses::Addresses;
use super::connection::Connection;
use super::dialect::{ARGUMENTS, Dialect};
use super::packed;
use super::statement::{Row, Statement};
use super::tables::KnownTables;
use crate::site::{CohortMembers, GroupDetail, Lookups, PictureDetail, SiteError, World};

/// Most values of one list, so that a statement with three of them stays below what a database takes.
const LIST: usize = ARGUMENTS / 3;

/// Adds what `lookups` asks for to `world`.
pub(super) async fn resolve(mut site: Site<'_>, lookups: &Lookups, world: &mut World) -> Result<(), SiteError> {
    if lookups.categories {
        courses::categories(&mut site, world).await?;
    }
    if lookups.category_contents {
        categories::contents(&mut site, world).await?;
    }
    if lookups.unhashed_pictures {
        pictures::unhashed(&mut site, world).await?;
    }
    users::matching(&mut site, lookups, world).await?;
    users::with_former_addresses(&mut site, lookups, world).await?;
    users::searches(&mut site, &lookups.users, world).await?;
    users::unique_profile_values(&mut site, lookups, world).await?;
    let asked = groups::with_courses(&mut site, &lookups.groups, &lookups.courses).await?;
    let courses = courses::matching(&mut site, &asked, world).await?;
    resets::contents(&mut site, &lookups.resets, &courses, world).await?;
    let mut of_courses = participation::Courses::new();
    if lookups.participation || lookups.groups.detail > GroupDetail::Names {
        let ids: Vec<i64> = courses.iter().map(|course| course.id.0).collect();
        for part in ids.chunks(LIST) {
            of_courses.append(&mut groups::of_courses(&mut site, part, lookups.groups.detail, world).await?);
        }
    }
    groups::elsewhere(&mut site, &lookups.groups, world).await?;
    let cohorts = cohorts::matching(&mut site, lookups, world).await?;
    if lookups.cohorts.members == CohortMembers::Counted {
        cohorts::counts(&mut site, &cohorts, world).await?;
    }

    let is_about_users = lookups.participation
        || lookups.roles_above
        || lookups.interests
        || lookups.pictures > PictureDetail::Nothing
        || !lookups.preferences.is_empty()
        || !lookups.profile_fields.is_empty();
    if !is_about_users && cohorts.is_empty() {
        return Ok(());
    }
    let users = users::known(&lookups.users, world);
    users::profile_values(&mut site, lookups, &users, world).await?;
    users::preferences(&mut site, lookups, &users, world).await?;
    if lookups.roles_above {
        belongings::roles_above(&mut site, &users, world).await?;
    }
    if lookups.interests {
        belongings::interests(&mut site, &users, world).await?;
    }
    pictures::of_users(&mut site, lookups.pictures, &users, world).await?;
    cohorts::members(&mut site, &cohorts, &users, world).await?;
    if lookups.participation {
        participation::read(&mut site, &users, &courses, &of_courses, world).await?;
    }
    Ok(())
}

/// A connection together with how to talk to it.
pub(super) struct Site<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) dialect: &'a Dialect,
    pub(super) addresses: &'a Addresses,
    pub(super) tables: &'a KnownTables,
}

impl Site<'_> {
    fn select(&self, columns: &str) -> Statement {
        packed::select(self.connection, self.dialect, columns)
    }

    async fn fetch(&mut self, operation: &str, query: Statement) -> Result<Vec<Row>, SiteError> {
        packed::fetch(self.connection, operation, query).await
    }
}

#[cfg(test)]
mod tests;
