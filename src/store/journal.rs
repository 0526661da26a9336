//! The journal of a run: a series of segments, one a chunk. What is in them is the engine's business; here they are
//! compressed bytes with a few numbers around them.

use super::columns::{Columns, integer, json, word};
use super::error::{During, StoreError};
use super::runs::{set_progress, unfinished};
use super::{Store, commit};
use crate::model::{Counters, RunId};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

/// Whether a chunk has a transaction on the site, so that a checkpoint there tells whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteEffect {
    /// It writes to the site: the segment counts once the checkpoint names it.
    Writes,
    /// It only reads: the segment counts as soon as it is stored.
    Reads,
}

/// A journal segment without its results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentHead {
    /// 0 for the first of a run, then one more each time.
    pub index: u64,
    /// Sequence number of its first event.
    pub first_sequence: u64,
    /// Sequence number of its last event.
    pub last_sequence: u64,
    /// Digest of the segment, as in the checkpoint on the site.
    pub digest: String,
    /// Byte offset in the source at which the next chunk begins.
    pub resume_offset: u64,
    /// Physical line at which the next chunk begins.
    pub resume_line: u64,
    /// Whether it writes to the site.
    pub site_effect: SiteEffect,
    /// Counters of the run up to the end of this segment.
    pub counters: Counters,
    /// What the chunk touched, for the work after the last line. JSON of the engine's own.
    pub touched: String,
}

/// A journal segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    /// All but the results.
    pub head: SegmentHead,
    /// The results of its lines, compressed by the engine.
    pub payload: Vec<u8>,
}

impl Store {
    /// Adds a segment to the journal of a run and takes over its counters, in one transaction.
    pub async fn append_segment(&self, run: RunId, segment: &SegmentRow) -> Result<(), StoreError> {
        let head = &segment.head;
        let mut transaction = self.transaction().await?;
        unfinished(&mut transaction, run).await?;
        let expected = next_index(&mut transaction, run).await?;
        if head.index != expected {
            return Err(StoreError::SegmentOutOfOrder { run, expected, got: head.index });
        }
        insert(&mut transaction, run, segment).await?;
        set_progress(&mut transaction, run, &head.counters, head.last_sequence).await?;
        commit(transaction).await
    }

    /// The segments with events after a sequence number, in order, at most `limit` of them.
    pub async fn segments(&self, run: RunId, after_sequence: u64, limit: u32) -> Result<Vec<SegmentRow>, StoreError> {
        let query =
            sqlx::query("SELECT * FROM segment WHERE run = ?1 AND last_sequence > ?2 ORDER BY last_sequence LIMIT ?3");
        let query = query.bind(run.to_string()).bind(integer(after_sequence)).bind(limit);
        let rows = query.fetch_all(&mut *self.connection().await?).await.during("reading a journal")?;
        rows.iter().map(segment_of).collect()
    }

    /// The segments of a run from `index` on, in order, at most `limit` of them.
    pub async fn segments_from(&self, run: RunId, index: u64, limit: u32) -> Result<Vec<SegmentRow>, StoreError> {
        let query = sqlx::query("SELECT * FROM segment WHERE run = ?1 AND number >= ?2 ORDER BY number LIMIT ?3");
        let query = query.bind(run.to_string()).bind(integer(index)).bind(limit);
        let rows = query.fetch_all(&mut *self.connection().await?).await.during("reading a journal")?;
        rows.iter().map(segment_of).collect()
    }

    /// All segments of a run without their results, in order.
    pub async fn segment_heads(&self, run: RunId) -> Result<Vec<SegmentHead>, StoreError> {
        let rows = sqlx::query(HEADS)
            .bind(run.to_string())
            .fetch_all(&mut *self.connection().await?)
            .await
            .during("reading a journal")?;
        rows.iter().map(head_of).collect()
    }

    /// Drops the segments from `index` on, whose chunks never reached the site. The run stands where it stood before.
    pub async fn drop_segments_from(&self, run: RunId, index: u64) -> Result<(), StoreError> {
        let mut transaction = self.transaction().await?;
        unfinished(&mut transaction, run).await?;
        let rows =
            sqlx::query(HEADS).bind(run.to_string()).fetch_all(&mut *transaction).await.during("reading a journal")?;
        let heads = rows.iter().map(head_of).collect::<Result<Vec<_>, _>>()?;
        let Some(dropped) = heads.iter().find(|head| head.index >= index) else { return Ok(()) };
        let kept = heads.iter().rev().find(|head| head.index < index);
        let counters = kept.map(|head| head.counters.clone()).unwrap_or_default();
        // A segment without events repeats the last number before it, and number 1 has no segment.
        let last_sequence = kept.map_or(dropped.first_sequence.saturating_sub(1).max(1), |head| head.last_sequence);
        sqlx::query("DELETE FROM segment WHERE run = ?1 AND number >= ?2")
            .bind(run.to_string())
            .bind(integer(index))
            .execute(&mut *transaction)
            .await
            .during("dropping journal segments")?;
        set_progress(&mut transaction, run, &counters, last_sequence).await?;
        commit(transaction).await
    }
}

const HEADS: &str = "SELECT number, first_sequence, last_sequence, digest, resume_offset, resume_line, site_effect,
        counters, touched
    FROM segment WHERE run = ?1 ORDER BY number";

async fn next_index(connection: &mut SqliteConnection, run: RunId) -> Result<u64, StoreError> {
    let next: i64 = sqlx::query_scalar("SELECT coalesce(max(number), -1) + 1 FROM segment WHERE run = ?1")
        .bind(run.to_string())
        .fetch_one(connection)
        .await
        .during("counting journal segments")?;
    Ok(next.unsigned_abs())
}

async fn insert(connection: &mut SqliteConnection, run: RunId, segment: &SegmentRow) -> Result<(), StoreError> {
    let head = &segment.head;
    sqlx::query("INSERT INTO segment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
        .bind(run.to_string())
        .bind(integer(head.index))
        .bind(integer(head.first_sequence))
        .bind(integer(head.last_sequence))
        .bind(head.digest.as_str())
        .bind(integer(head.resume_offset))
        .bind(integer(head.resume_line))
        .bind(word("site_effect", &head.site_effect)?)
        .bind(json("counters", &head.counters)?)
        .bind(head.touched.as_str())
        .bind(segment.payload.as_slice())
        .execute(connection)
        .await
        .during("appending to a journal")?;
    Ok(())
}

fn segment_of(row: &SqliteRow) -> Result<SegmentRow, StoreError> {
    Ok(SegmentRow { head: head_of(row)?, payload: Columns(row).bytes("payload")? })
}

fn head_of(row: &SqliteRow) -> Result<SegmentHead, StoreError> {
    let row = Columns(row);
    Ok(SegmentHead {
        index: row.number("number")?,
        first_sequence: row.number("first_sequence")?,
        last_sequence: row.number("last_sequence")?,
        digest: row.text("digest")?,
        resume_offset: row.number("resume_offset")?,
        resume_line: row.number("resume_line")?,
        site_effect: row.word("site_effect")?,
        counters: row.json("counters")?,
        touched: row.text("touched")?,
    })
}
