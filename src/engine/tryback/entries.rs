//! The failed entries of an archive, in an archive of their own.

use super::Content;
use crate::archive::{Kept, OpenError, copy_entries};
use crate::engine::error::EngineError;
use crate::engine::runner::blocking;
use crate::model::Run;
use crate::store::Store;
use bytes::Bytes;
use std::io::{Read, Seek, SeekFrom};

/// Bytes of the new archive read at a time.
const READ_BYTES: usize = 1 << 20;

/// Copies entries into a new archive. The end of an archive says where its entries are, so it is written aside first.
pub(super) async fn copy(store: &Store, run: &Run, kept: Kept) -> Result<Content, EngineError> {
    let operation = "copy the failed entries";
    let (source, _) = store.reader(run.content).await?;
    let aside = store.scratch_file()?;
    let mut copied =
        blocking(operation, move || copy_entries(source, &kept, aside)).await?.map_err(|error| match error {
            OpenError::Read(error) => error.into(),
            refused @ OpenError::Refused(_) => EngineError::Internal { operation, problem: refused.to_string() },
        })?;
    let mut blob = store.blob_writer().await?;
    let failed = |error: std::io::Error| EngineError::Internal { operation, problem: error.to_string() };
    copied.seek(SeekFrom::Start(0)).map_err(failed)?;
    loop {
        let (part, rest) = blocking(operation, move || {
            let mut part = Vec::new();
            let read = copied.by_ref().take(READ_BYTES as u64).read_to_end(&mut part);
            (read.map(|_| part), copied)
        })
        .await?;
        copied = rest;
        let part = part.map_err(failed)?;
        if part.is_empty() {
            return Ok(blob.finish().await?);
        }
        blob.write(Bytes::from(part)).await?;
    }
}
