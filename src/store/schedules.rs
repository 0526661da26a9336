//! Schedules and when they are due. Cron expressions are read elsewhere; here are only times.

use super::columns::{Columns, json, micros, word};
use super::error::{During, StoreError};
use super::{Listing, Page, Store, commit};
use crate::model::{RunId, Schedule, ScheduleId, ScheduleState, SiteKey};
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

/// What came of noting a due time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Firing {
    /// It is noted now.
    Recorded,
    /// It was noted before, or the schedule was changed, paused or deleted meanwhile.
    FiredBefore,
}

impl Store {
    /// Creates a schedule, or replaces the one with its name: that keeps its identifier, its creation and what it knows
    /// about its last run. Gives it as stored.
    pub async fn put_schedule(&self, schedule: &Schedule) -> Result<Schedule, StoreError> {
        let mut transaction = self.transaction().await?;
        sqlx::query(
            "INSERT INTO schedule (id, site, name, cron, zone, tool, path, mode, options, state, caller, created, next,
                                   last, last_run, last_message, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 1)
             ON CONFLICT (site, name) DO UPDATE SET
                 cron = excluded.cron, zone = excluded.zone, tool = excluded.tool, path = excluded.path,
                 mode = excluded.mode, options = excluded.options, state = excluded.state, caller = excluded.caller,
                 next = excluded.next, revision = schedule.revision + 1",
        )
        .bind(schedule.id.to_string())
        .bind(schedule.site.0.as_str())
        .bind(schedule.name.as_str())
        .bind(schedule.cron.as_str())
        .bind(schedule.zone.as_str())
        .bind(word("tool", &schedule.tool)?)
        .bind(schedule.path.as_str())
        .bind(word("mode", &schedule.mode)?)
        .bind(json("options", &schedule.options)?)
        .bind(word("state", &schedule.state)?)
        .bind(schedule.caller.0.as_str())
        .bind(micros(schedule.created))
        .bind(schedule.next.map(micros))
        .bind(schedule.last.map(micros))
        .bind(schedule.last_run.map(|id| id.to_string()))
        .bind(schedule.last_message.as_str())
        .execute(&mut *transaction)
        .await
        .during("storing a schedule")?;
        let stored = find(&mut transaction, &schedule.site, &schedule.name).await?;
        commit(transaction).await?;
        Ok(stored)
    }

    /// The schedule with that name.
    pub async fn schedule(&self, site: &SiteKey, name: &str) -> Result<Schedule, StoreError> {
        find(&mut *self.connection().await?, site, name).await
    }

    /// The schedules of a site, by name.
    pub async fn list_schedules(
        &self,
        site: &SiteKey,
        page: Page<String>,
    ) -> Result<Listing<Schedule, String>, StoreError> {
        let rows = sqlx::query("SELECT * FROM schedule WHERE site = ?1 AND name > ?2 ORDER BY name LIMIT ?3")
            .bind(site.0.as_str())
            .bind(page.after.as_deref().unwrap_or(""))
            .bind(page.limit())
            .fetch_all(&mut *self.connection().await?)
            .await
            .during("listing schedules")?;
        let schedules = rows.iter().map(schedule_of).collect::<Result<_, _>>()?;
        Ok(Listing::new(schedules, &page, |schedule: &Schedule| schedule.name.clone()))
    }

    /// Deletes a schedule. Its runs stay.
    pub async fn delete_schedule(&self, site: &SiteKey, name: &str) -> Result<(), StoreError> {
        let deleted = sqlx::query("DELETE FROM schedule WHERE site = ?1 AND name = ?2")
            .bind(site.0.as_str())
            .bind(name)
            .execute(&self.inner.writes)
            .await
            .during("deleting a schedule")?;
        if deleted.rows_affected() == 0 { Err(not_found(name)) } else { Ok(()) }
    }

    /// The active schedules of all sites that are due at `now` or were before, the longest waiting first.
    pub async fn due_schedules(&self, now: DateTime<Utc>) -> Result<Vec<Schedule>, StoreError> {
        let rows = sqlx::query("SELECT * FROM schedule WHERE state = 'active' AND next <= ?1 ORDER BY next, id")
            .bind(micros(now))
            .fetch_all(&mut *self.connection().await?)
            .await
            .during("looking for due schedules")?;
        rows.iter().map(schedule_of).collect()
    }

    /// When the next active schedule is due.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query("SELECT min(next) AS next FROM schedule WHERE state = 'active' AND next IS NOT NULL")
            .fetch_one(&mut *self.connection().await?)
            .await
            .during("looking for the next due schedule")?;
        Columns(&row).optional_time("next")
    }

    /// Notes what came of a due time and sets the next one. Only the first call for a due time does.
    pub async fn record_firing(
        &self,
        id: ScheduleId,
        due: DateTime<Utc>,
        next: Option<DateTime<Utc>>,
        run: Option<RunId>,
        message: &str,
    ) -> Result<Firing, StoreError> {
        let done = sqlx::query(
            "UPDATE schedule SET next = ?3, last = ?2, last_run = ?4, last_message = ?5
             WHERE id = ?1 AND state = 'active' AND next = ?2",
        )
        .bind(id.to_string())
        .bind(micros(due))
        .bind(next.map(micros))
        .bind(run.map(|run| run.to_string()))
        .bind(message)
        .execute(&self.inner.writes)
        .await
        .during("noting a due time")?;
        Ok(if done.rows_affected() == 0 { Firing::FiredBefore } else { Firing::Recorded })
    }

    /// Pauses or resumes a schedule. `next` is when it is due next, `None` for a paused one.
    pub async fn set_schedule_state(
        &self,
        site: &SiteKey,
        name: &str,
        state: ScheduleState,
        next: Option<DateTime<Utc>>,
    ) -> Result<Schedule, StoreError> {
        let mut transaction = self.transaction().await?;
        sqlx::query("UPDATE schedule SET state = ?3, next = ?4 WHERE site = ?1 AND name = ?2")
            .bind(site.0.as_str())
            .bind(name)
            .bind(word("state", &state)?)
            .bind(next.map(micros))
            .execute(&mut *transaction)
            .await
            .during("pausing or resuming a schedule")?;
        let schedule = find(&mut transaction, site, name).await?;
        commit(transaction).await?;
        Ok(schedule)
    }
}

async fn find(connection: &mut SqliteConnection, site: &SiteKey, name: &str) -> Result<Schedule, StoreError> {
    let row = sqlx::query("SELECT * FROM schedule WHERE site = ?1 AND name = ?2")
        .bind(site.0.as_str())
        .bind(name)
        .fetch_optional(connection)
        .await
        .during("looking up a schedule")?;
    schedule_of(&row.ok_or_else(|| not_found(name))?)
}

fn not_found(name: &str) -> StoreError {
    StoreError::NotFound { what: "schedule", name: name.to_owned() }
}

fn schedule_of(row: &SqliteRow) -> Result<Schedule, StoreError> {
    let row = Columns(row);
    Ok(Schedule {
        id: row.parsed("id")?,
        site: row.word("site")?,
        name: row.text("name")?,
        cron: row.text("cron")?,
        zone: row.text("zone")?,
        tool: row.word("tool")?,
        path: row.word("path")?,
        mode: row.word("mode")?,
        options: row.json("options")?,
        state: row.word("state")?,
        caller: row.word("caller")?,
        created: row.time("created")?,
        next: row.optional_time("next")?,
        last: row.optional_time("last")?,
        last_run: row.optional("last_run")?,
        last_message: row.text("last_message")?,
        revision: row.number("revision")?,
    })
}
