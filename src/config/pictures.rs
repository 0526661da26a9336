//! The limits of pictures of users and of the archives that they come in.

/// Limits of pictures of users and of the archives that they come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PicturesConfig {
    /// Most entries of an archive.
    pub max_entries: usize,
    /// Most bytes of an entry, unpacked.
    pub max_entry_bytes: u64,
    /// Most bytes of all entries of an archive, unpacked.
    pub max_total_bytes: u64,
    /// Most bytes that a packed byte may become.
    pub max_ratio: u64,
    /// Most pixels of a picture.
    pub max_pixels: u64,
    /// Most bytes of memory in which pictures are read, all of them together.
    pub max_memory_bytes: u64,
}

impl Default for PicturesConfig {
    fn default() -> Self {
        Self {
            max_entries: 100_000,
            max_entry_bytes: 100 << 20,
            max_total_bytes: 32 << 30,
            max_ratio: 100,
            max_pixels: 210_000_000,
            max_memory_bytes: 1 << 30,
        }
    }
}
