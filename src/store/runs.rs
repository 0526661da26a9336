//! Runs: accepting them once, finding them, and noting how far they are. Their end is in `finish`.
//!
//! Must never know what a tool does with its options.

use super::columns::{Columns, integer, json, micros, word};
use super::error::{During, StoreError};
use super::{Listing, Page, Store, commit};
use crate::model::{
    Counters, FileId, FilePath, RequestId, Run, RunId, RunSource, RunState, SeriesId, SeriesStep, SiteKey, ToolKind,
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

/// What came of accepting a run.
#[derive(Debug, Clone, PartialEq)]
pub enum InsertedRun {
    /// It is new.
    New(Run),
    /// The same request was made before; this is its run.
    Existing(Run),
}

/// Which runs are wanted. Nothing set: all.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunFilter {
    /// Only runs in this state.
    pub state: Option<RunState>,
    /// Only runs of this tool.
    pub tool: Option<ToolKind>,
}

impl Store {
    /// Accepts a run. `fingerprint` says what was asked: the same request id with another fingerprint is refused.
    /// From here on the content of the run is kept until the run ends, whatever becomes of the file.
    pub async fn insert_run(&self, run: &Run, fingerprint: &str) -> Result<InsertedRun, StoreError> {
        self.insert_series(run, &[], fingerprint).await
    }

    /// Accepts runs that were asked for together, all or none. The first of them bears the request id; it is the answer.
    pub async fn insert_series(
        &self,
        first: &Run,
        others: &[Run],
        fingerprint: &str,
    ) -> Result<InsertedRun, StoreError> {
        let gate = self.blobs().gate().await;
        let mut transaction = self.transaction().await?;
        if let Some(existing) = requested(&mut transaction, first, fingerprint).await? {
            return Ok(InsertedRun::Existing(existing));
        }
        for run in std::iter::once(first).chain(others) {
            self.blobs().touch(run.content, &gate)?;
            insert(&mut transaction, run, fingerprint).await?;
        }
        let inserted = find(&mut transaction, first.id).await?;
        commit(transaction).await?;
        Ok(InsertedRun::New(inserted))
    }

    /// The runs of a series, in its order.
    pub async fn series(&self, site: &SiteKey, id: SeriesId) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query("SELECT * FROM run WHERE site = ?1 AND series = ?2 ORDER BY step")
            .bind(site.0.as_str())
            .bind(id.to_string())
            .fetch_all(&mut *self.connection().await?)
            .await
            .during("reading a series of runs")?;
        match rows.is_empty() {
            true => Err(StoreError::NotFound { what: "series of runs", name: id.to_string() }),
            false => rows.iter().map(run_of).collect(),
        }
    }

    /// A run of a site.
    pub async fn run(&self, site: &SiteKey, id: RunId) -> Result<Run, StoreError> {
        let run = find(&mut *self.connection().await?, id).await?;
        if run.site == *site { Ok(run) } else { Err(not_found(id)) }
    }

    /// The run that a request id was used for.
    pub async fn run_of_request(&self, site: &SiteKey, id: &RequestId) -> Result<Option<Run>, StoreError> {
        let row = row_of_request(&mut *self.connection().await?, site, id).await?;
        row.as_ref().map(run_of).transpose()
    }

    /// Runs of a site, newest first.
    pub async fn list_runs(
        &self,
        site: &SiteKey,
        filter: RunFilter,
        page: Page<RunId>,
    ) -> Result<Listing<Run, RunId>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM run
             WHERE site = ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR tool = ?3) AND (?4 IS NULL OR id < ?4)
             ORDER BY id DESC LIMIT ?5",
        )
        .bind(site.0.as_str())
        .bind(filter.state.map(|state| word("state", &state)).transpose()?)
        .bind(filter.tool.map(|tool| word("tool", &tool)).transpose()?)
        .bind(page.after.map(|id| id.to_string()))
        .bind(page.limit())
        .fetch_all(&mut *self.connection().await?)
        .await
        .during("listing runs")?;
        let runs = rows.iter().map(run_of).collect::<Result<_, _>>()?;
        Ok(Listing::new(runs, &page, |run: &Run| run.id))
    }

    /// The runs of all sites that wait or were under way, oldest first.
    pub async fn unfinished_runs(&self) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query("SELECT * FROM run WHERE state IN ('queued', 'running') ORDER BY id")
            .fetch_all(&mut *self.connection().await?)
            .await
            .during("listing unfinished runs")?;
        rows.iter().map(run_of).collect()
    }

    /// Notes that a run reads its lines. A run that is taken up again keeps its first start.
    pub async fn start_run(&self, id: RunId, now: DateTime<Utc>) -> Result<Run, StoreError> {
        let mut transaction = self.transaction().await?;
        let query = sqlx::query("UPDATE run SET state = 'running', started = coalesce(started, ?2) WHERE id = ?1");
        let query = query.bind(id.to_string()).bind(micros(now));
        unfinished(&mut transaction, id).await?;
        query.execute(&mut *transaction).await.during("starting a run")?;
        let run = find(&mut transaction, id).await?;
        commit(transaction).await?;
        Ok(run)
    }

    /// Notes that someone asked for the end of a run. A run that has ended stays as it is.
    pub async fn request_cancel(&self, site: &SiteKey, id: RunId) -> Result<Run, StoreError> {
        sqlx::query(
            "UPDATE run SET cancel_requested = 1 WHERE site = ?1 AND id = ?2 AND state IN ('queued', 'running')",
        )
        .bind(site.0.as_str())
        .bind(id.to_string())
        .execute(&self.inner.writes)
        .await
        .during("cancelling a run")?;
        self.run(site, id).await
    }

    /// Forgets the runs that ended `older_than` ago or earlier, with their journals. Their reports and trybacks are
    /// files and stay. Gives the number of runs.
    pub async fn purge_runs(&self, older_than: TimeDelta) -> Result<u64, StoreError> {
        let before = micros(self.ago(older_than));
        let mut purged = 0;
        loop {
            // A few at a time, so that others can write in between.
            let done = sqlx::query(
                "DELETE FROM run WHERE id IN (SELECT id FROM run WHERE finished <= ?1 ORDER BY finished LIMIT 50)",
            )
            .bind(before)
            .execute(&self.inner.writes)
            .await
            .during("purging runs")?;
            match done.rows_affected() {
                0 => return Ok(purged),
                some => purged += some,
            }
        }
    }
}

/// The run of the same request, if there is one.
async fn requested(connection: &mut SqliteConnection, run: &Run, fingerprint: &str) -> Result<Option<Run>, StoreError> {
    let Some(id) = &run.request_id else { return Ok(None) };
    match row_of_request(connection, &run.site, id).await? {
        None => Ok(None),
        Some(row) if Columns(&row).text("fingerprint")? == fingerprint => run_of(&row).map(Some),
        Some(_) => Err(StoreError::RequestIdReused { id: id.clone() }),
    }
}

async fn row_of_request(
    connection: &mut SqliteConnection,
    site: &SiteKey,
    id: &RequestId,
) -> Result<Option<SqliteRow>, StoreError> {
    sqlx::query("SELECT * FROM run WHERE site = ?1 AND request_id = ?2")
        .bind(site.0.as_str())
        .bind(id.0.as_str())
        .fetch_optional(connection)
        .await
        .during("looking up a request id")
}

async fn insert(connection: &mut SqliteConnection, run: &Run, fingerprint: &str) -> Result<(), StoreError> {
    let source_file = source_file(connection, run).await?;
    sqlx::query(
        "INSERT INTO run (id, site, caller, tool, source, source_file, content, content_size, mode, options, state,
                          schedule, request_id, fingerprint, created, started, finished, counters, last_sequence,
                          message, report, tryback, archive, cancel_requested, series, step)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                 ?23, ?24, ?25, ?26)",
    )
    .bind(run.id.to_string())
    .bind(run.site.0.as_str())
    .bind(run.caller.0.as_str())
    .bind(word("tool", &run.tool)?)
    .bind(json("source", &run.source)?)
    .bind(source_file)
    .bind(run.content.to_string())
    .bind(integer(run.content_size))
    .bind(word("mode", &run.mode)?)
    .bind(json("options", &run.options)?)
    .bind(word("state", &run.state)?)
    .bind(run.schedule.map(|id| id.to_string()))
    .bind(run.request_id.as_ref().map(|id| id.0.as_str()))
    .bind(fingerprint)
    .bind(micros(run.created))
    .bind(run.started.map(micros))
    .bind(run.finished.map(micros))
    .bind(json("counters", &run.counters)?)
    .bind(integer(run.last_sequence))
    .bind(run.message.as_str())
    .bind(run.report.as_ref().map(FilePath::as_str))
    .bind(run.tryback.as_ref().map(FilePath::as_str))
    .bind(run.archive.as_ref().map(FilePath::as_str))
    .bind(run.cancel_requested)
    .bind(run.step.map(|step| step.series.to_string()))
    .bind(run.step.map(|step| step.number))
    .execute(connection)
    .await
    .during("accepting a run")?;
    Ok(())
}

/// The revision that the run reads: the newest of that path with that content. It may have been replaced since the
/// content was looked up.
async fn source_file(connection: &mut SqliteConnection, run: &Run) -> Result<Option<String>, StoreError> {
    let RunSource::Stored(path) = &run.source else { return Ok(None) };
    sqlx::query_scalar(
        "SELECT id FROM file WHERE site = ?1 AND path = ?2 AND sha256 = ?3 ORDER BY revision DESC LIMIT 1",
    )
    .bind(run.site.0.as_str())
    .bind(path.as_str())
    .bind(run.content.to_string())
    .fetch_optional(connection)
    .await
    .during("looking up the source of a run")
}

/// The run with that identifier, and the revision that it reads.
pub(super) async fn find_with_source(
    connection: &mut SqliteConnection,
    id: RunId,
) -> Result<(Run, Option<FileId>), StoreError> {
    let row = sqlx::query("SELECT * FROM run WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .during("looking up a run")?;
    let row = row.ok_or_else(|| not_found(id))?;
    Ok((run_of(&row)?, Columns(&row).optional("source_file")?))
}

async fn find(connection: &mut SqliteConnection, id: RunId) -> Result<Run, StoreError> {
    Ok(find_with_source(connection, id).await?.0)
}

/// The run with that identifier, refused when it has ended.
pub(super) async fn unfinished(connection: &mut SqliteConnection, id: RunId) -> Result<Run, StoreError> {
    let run = find(connection, id).await?;
    if run.state.is_final() { Err(StoreError::RunEnded { run: id }) } else { Ok(run) }
}

pub(super) async fn set_progress(
    connection: &mut SqliteConnection,
    id: RunId,
    counters: &Counters,
    last_sequence: u64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE run SET counters = ?2, last_sequence = ?3 WHERE id = ?1")
        .bind(id.to_string())
        .bind(json("counters", counters)?)
        .bind(integer(last_sequence))
        .execute(connection)
        .await
        .during("noting the progress of a run")?;
    Ok(())
}

fn not_found(id: RunId) -> StoreError {
    StoreError::NotFound { what: "run", name: id.to_string() }
}

fn run_of(row: &SqliteRow) -> Result<Run, StoreError> {
    let row = Columns(row);
    Ok(Run {
        id: row.parsed("id")?,
        site: row.word("site")?,
        tool: row.word("tool")?,
        source: row.json("source")?,
        content: row.parsed("content")?,
        content_size: row.number("content_size")?,
        mode: row.word("mode")?,
        options: row.json("options")?,
        state: row.word("state")?,
        caller: row.word("caller")?,
        schedule: row.optional("schedule")?,
        step: match row.optional("series")? {
            Some(series) => Some(SeriesStep { series, number: row.number("step")? }),
            None => None,
        },
        request_id: row.optional_word("request_id")?,
        created: row.time("created")?,
        started: row.optional_time("started")?,
        finished: row.optional_time("finished")?,
        counters: row.json("counters")?,
        last_sequence: row.number("last_sequence")?,
        message: row.text("message")?,
        report: row.optional_word("report")?,
        tryback: row.optional_word("tryback")?,
        archive: row.optional_word("archive")?,
        cancel_requested: row.flag("cancel_requested")?,
    })
}
