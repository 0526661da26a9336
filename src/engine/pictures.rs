//! Pictures on their way into a site: scaled before planning, stored before they are applied. And those that are there:
//! hashed before planning.

use super::cores::on_cores;
use super::error::EngineError;
use super::source::Chunk;
use crate::model::SiteKey;
use crate::site::picture::portrait;
use crate::site::world::Scaled;
use crate::site::{Change, FilePool, PictureError, PictureHash, PooledContent, StoredContents, World};
use std::panic::catch_unwind;
use std::sync::Arc;

/// Pictures that are scaled at the same time. Each may take hundreds of megabytes, however many cores there are.
const AT_A_TIME: usize = 4;

/// Scales the pictures that planning the chunk will ask for.
pub(super) async fn scale(chunk: &Chunk, world: &mut World) -> Result<(), EngineError> {
    let mut pictures = chunk.parsed.pictures(world);
    pictures.sort_by(|(one, _), (other, _)| one.cmp(other));
    pictures.dedup_by(|(one, _), (other, _)| one == other);
    pictures.retain(|(hash, _)| world.pictures.scaled(hash).is_none());
    let scaled = on_cores("scale pictures", AT_A_TIME, pictures, |(_, content)| scaled(content)).await?;
    for ((hash, _), scaled) in scaled {
        world.pictures.note_scaled(hash, scaled);
    }
    Ok(())
}

/// Most bytes of a stored picture that are read. One as Moodle stores it has some thousands.
const MOST_STORED_BYTES: u64 = 20 << 20;

/// Hashes the stored pictures that planning the chunk will ask for. One at a time is in memory.
pub(super) async fn hash(
    chunk: &Chunk,
    world: &mut World,
    contents: Option<&dyn StoredContents>,
) -> Result<(), EngineError> {
    // No run is accepted without a pool that asks for any; where it went later, each line says that nothing was read.
    let Some(contents) = contents else { return Ok(()) };
    for sha1 in chunk.parsed.stored_pictures(world) {
        if world.pictures.hashed(&sha1).is_none() {
            let content = contents.read(&sha1, MOST_STORED_BYTES).await?;
            world.pictures.note_hashed(sha1, content.map(|bytes| PictureHash::of(&bytes)));
        }
    }
    Ok(())
}

/// A picture on which a decoder breaks down spoils its own entry, not the run.
fn scaled(content: &[u8]) -> Scaled {
    let broken = |_| PictureError::Damaged { format: "picture", problem: "the decoder broke down".to_owned() };
    catch_unwind(|| portrait(content)).map_err(broken).flatten().map(Arc::new)
}

/// The contents that the changes refer to.
fn contents(changes: &[&Change]) -> Vec<PooledContent> {
    let mut contents = Vec::new();
    for change in changes {
        let Change::SetPicture { portrait, .. } = change else { continue };
        contents.extend([&portrait.f1, &portrait.f2, &portrait.f3].map(Clone::clone));
    }
    if !contents.is_empty() {
        // What the row of the folder refers to.
        contents.push(PooledContent::empty());
    }
    contents
}

/// Stores the contents that the changes refer to, so that no row is ever without its content.
pub(super) async fn store(changes: &[&Change], site: &SiteKey, pool: Option<&dyn FilePool>) -> Result<(), EngineError> {
    let contents = contents(changes);
    if contents.is_empty() {
        return Ok(());
    }
    let pool = pool.ok_or_else(|| EngineError::NoFilePool(site.clone()))?;
    Ok(pool.store(contents).await?)
}
