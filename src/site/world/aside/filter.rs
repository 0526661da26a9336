//! Tells at once of most keys that they are not on disk. Nearly all look-ups of a file of new users end here.

use std::hash::{DefaultHasher, Hasher};

/// How many keys a block takes.
const KEYS: usize = 1 << 20;
/// Words of a block: 16 bits a key.
const WORDS: usize = KEYS / 4;
/// Bits that a key sets, all in one word: one place of memory to look at. About one in a hundred other keys has the
/// same ones set.
const BITS: u32 = 4;

/// A Bloom filter that grows by blocks of two megabytes.
#[derive(Debug, Default)]
pub(super) struct Filter {
    blocks: Vec<Box<[u64]>>,
    /// How many keys the last block still takes.
    left: usize,
}

impl Filter {
    fn place(key: &[u8]) -> (usize, u64) {
        let mut hasher = DefaultHasher::new();
        hasher.write(key);
        let hash = hasher.finish();
        let bits = (0..BITS).map(|n| 1 << (hash >> (6 * n) & 63)).fold(0, |bits, bit: u64| bits | bit);
        ((hash >> (6 * BITS)) as usize % WORDS, bits)
    }

    pub(super) fn insert(&mut self, key: &[u8]) {
        if self.left == 0 {
            self.blocks.push(vec![0; WORDS].into_boxed_slice());
            self.left = KEYS;
        }
        let (word, bits) = Self::place(key);
        if let Some(block) = self.blocks.last_mut() {
            block[word] |= bits;
            self.left -= 1;
        }
    }

    /// Whether the key may have been inserted.
    pub(super) fn may_contain(&self, key: &[u8]) -> bool {
        let (word, bits) = Self::place(key);
        self.blocks.iter().any(|block| block[word] & bits == bits)
    }
}
