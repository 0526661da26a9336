//! Removes contents that nothing names any more, and former revisions whose time is over.

use super::Store;
use super::blobs::{failed, object_path};
use super::columns::micros;
use super::error::{During, StoreError};
use crate::model::file::Sha256Digest;
use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use sqlx::Row;

/// Contents looked at while new references have to wait.
const BATCH: usize = 200;

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Collected {
    /// How many contents.
    pub blobs: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Store {
    /// Removes the contents that no file (current or former) and no unfinished run names, and that nobody wanted kept
    /// since `grace` ago. The grace period covers contents that were put and are about to be named.
    pub async fn collect_garbage(&self, grace: TimeDelta) -> Result<Collected, StoreError> {
        let before = self.ago(grace);
        let mut old = self
            .blobs()
            .objects
            .list(None)
            .try_filter(|object| std::future::ready(object.last_modified < before))
            .try_chunks(BATCH);
        let mut collected = Collected::default();
        loop {
            let batch = old.try_next().await.map_err(std::io::Error::other).during("listing contents")?;
            let Some(batch) = batch else { return Ok(collected) };
            self.collect_batch(batch, before, &mut collected).await?;
        }
    }

    async fn collect_batch(
        &self,
        batch: Vec<ObjectMeta>,
        before: DateTime<Utc>,
        collected: &mut Collected,
    ) -> Result<(), StoreError> {
        let names: Vec<&str> = batch.iter().filter_map(|object| object.location.filename()).collect();
        let names = serde_json::json!(names).to_string();
        let _closed = self.blobs().closed_gate().await;
        for sha256 in self.unreferenced(names).await? {
            let path = object_path(sha256)?;
            let object = self.blobs().objects.head(&path).await.map_err(|error| failed(sha256, error))?;
            // Somebody may have wanted it kept after it was listed.
            if object.last_modified < before {
                self.blobs().objects.delete(&path).await.map_err(|error| failed(sha256, error))?;
                collected.blobs += 1;
                collected.bytes += object.size;
            }
        }
        Ok(())
    }

    /// Those of the contents (a JSON list) that nothing names.
    async fn unreferenced(&self, names: String) -> Result<Vec<Sha256Digest>, StoreError> {
        let rows = sqlx::query(
            "SELECT blob.value FROM json_each(?1) AS blob
             WHERE NOT EXISTS (SELECT 1 FROM file WHERE sha256 = blob.value)
               AND NOT EXISTS (SELECT 1 FROM run WHERE content = blob.value AND state IN ('queued', 'running'))",
        )
        .bind(names)
        .fetch_all(&mut *self.connection().await?)
        .await
        .during("looking for references to contents")?;
        // What is not named by a digest was not put there by the store, and is left alone.
        Ok(rows.iter().filter_map(|row| row.try_get::<&str, _>(0).ok()?.parse().ok()).collect())
    }

    /// Forgets the revisions that were replaced `older_than` ago or earlier. Gives their number. Their contents go with
    /// the next [`Store::collect_garbage`].
    pub async fn expire_revisions(&self, older_than: TimeDelta) -> Result<u64, StoreError> {
        let before = micros(self.ago(older_than));
        let done = sqlx::query("DELETE FROM file WHERE superseded_at <= ?1").bind(before);
        let done = done.execute(&self.inner.writes).await.during("expiring former revisions")?;
        Ok(done.rows_affected())
    }

    /// Forgets the request ids of uploads that were made `older_than` ago or earlier. Gives their number.
    pub async fn purge_upload_requests(&self, older_than: TimeDelta) -> Result<u64, StoreError> {
        let before = micros(self.ago(older_than));
        let done = sqlx::query("DELETE FROM upload_request WHERE recorded <= ?1").bind(before);
        let done = done.execute(&self.inner.writes).await.during("purging request ids")?;
        Ok(done.rows_affected())
    }
}
