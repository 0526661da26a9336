//! Pictures on their way into a site: scaled before planning, stored before they are applied. And those that are there:
//! hashed before planning.

use super::cores::on_cores;
use super::error::EngineError;
use super::source::Chunk;
use crate::model::SiteKey;
use crate::site::picture::{PictureLimits, PictureSource};
use crate::site::world::Scaled;
use crate::site::{Change, FilePool, PictureError, PictureHash, PooledContent, StoredContents, World};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Memory is shared out in parts of so many bytes.
const PART: u64 = 1 << 20;

/// Scales pictures for all runs. However many cores there are, what is being read at the same time stays within the memory
/// that is given: a picture waits until there is room for it, in its turn.
#[derive(Debug)]
pub(super) struct Scaler {
    limits: PictureLimits,
    /// The memory that is free, in parts.
    free: Arc<Semaphore>,
}

impl Scaler {
    pub(super) fn new(limits: PictureLimits) -> Self {
        let parts = usize::try_from(parts_of(limits.memory)).unwrap_or(usize::MAX);
        Self { limits, free: Arc::new(Semaphore::new(parts.min(Semaphore::MAX_PERMITS))) }
    }

    /// Scales the pictures that planning the chunk will ask for.
    pub(super) async fn scale(&self, chunk: &Chunk, world: &mut World) -> Result<(), EngineError> {
        let mut pictures = chunk.parsed.pictures(world);
        pictures.sort_by(|(one, _), (other, _)| one.cmp(other));
        pictures.dedup_by(|(one, _), (other, _)| one == other);
        pictures.retain(|(hash, _)| world.pictures.scaled(hash).is_none());
        let (limits, room) = (self.limits, Room { free: Arc::clone(&self.free), runtime: Handle::current() });
        let scaled = move |content: &[u8]| scaled(content, limits, &room);
        let scaled = on_cores("scale pictures", usize::MAX, pictures, move |(_, content)| scaled(content)).await?;
        for ((hash, _), scaled) in scaled {
            world.pictures.note_scaled(hash, scaled);
        }
        Ok(())
    }
}

fn parts_of(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(PART)).unwrap_or(u32::MAX)
}

/// Memory to be waited for by threads without a runtime of their own.
struct Room {
    free: Arc<Semaphore>,
    runtime: Handle,
}

impl Room {
    /// Waits until there is room for so many bytes. None only where there never is any.
    fn take(&self, bytes: u64) -> Option<SemaphorePermit<'_>> {
        self.runtime.block_on(self.free.acquire_many(parts_of(bytes))).ok()
    }
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
fn scaled(content: &[u8], limits: PictureLimits, room: &Room) -> Scaled {
    let portrait = || {
        let source = PictureSource::open(content, limits)?;
        let _room = room.take(source.memory());
        source.portrait()
    };
    let broken = |_| PictureError::Damaged { format: "picture", problem: "the decoder broke down".to_owned() };
    catch_unwind(AssertUnwindSafe(portrait)).map_err(broken).flatten().map(Arc::new)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::picture::PictureFormat;
    use crate::site::picture::tests::drawn;

    /// Room for one small picture at a time.
    const LIMITS: PictureLimits = PictureLimits { pixels: 1_000, memory: 64 << 20 };

    #[tokio::test(flavor = "multi_thread")]
    async fn pictures_wait_for_room_and_give_it_back() {
        let scaler = Scaler::new(LIMITS);
        let pictures: Vec<Vec<u8>> = (0..8).map(|n| drawn(PictureFormat::Jpeg, &n.to_string())).collect();
        let needed = PictureSource::open(&pictures[0], LIMITS).unwrap().memory();
        assert!(needed <= LIMITS.memory && 2 * needed > LIMITS.memory, "{needed}");
        let room = Room { free: Arc::clone(&scaler.free), runtime: Handle::current() };
        let work = move |content: &Vec<u8>| scaled(content, LIMITS, &room).is_ok();
        let scaled = on_cores("scale pictures", usize::MAX, pictures, work).await.unwrap();
        assert!(scaled.len() == 8 && scaled.iter().all(|(_, done)| *done));
        assert_eq!(scaler.free.available_permits(), 64);
    }

    #[tokio::test]
    async fn nothing_waits_for_room_that_there_never_is() {
        let tight = PictureLimits { memory: 1 << 20, ..LIMITS };
        let scaler = Scaler::new(tight);
        let room = Room { free: Arc::clone(&scaler.free), runtime: Handle::current() };
        let refused = scaled(&drawn(PictureFormat::Png, "x"), tight, &room);
        assert!(matches!(refused, Err(PictureError::TooMuchMemory { limit: 0x10_0000, .. })), "{refused:?}");
    }
}
