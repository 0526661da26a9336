//! On which line of a file something stood first, where it may stand only once. Knows no file: lines come one by one.

use crate::model::LineNumber;
use crate::site::Collation;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};

/// Identifiers with the line on which each stood first.
#[derive(Debug)]
pub struct FirstLines {
    collation: Collation,
    seen: Mutex<HashMap<String, LineNumber>>,
}

impl FirstLines {
    /// Nothing has stood anywhere yet. `collation` says which identifiers are the same.
    pub fn new(collation: Collation) -> Self {
        Self { collation, seen: Mutex::default() }
    }

    /// The line on which the identifier stood before, if it is another one than this.
    pub fn before(&self, value: &str, line: LineNumber) -> Option<LineNumber> {
        let folded = self.collation.fold(value).into_owned();
        match self.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(folded) {
            Entry::Occupied(first) => Some(*first.get()).filter(|first| *first != line),
            Entry::Vacant(place) => {
                place.insert(line);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_database_takes_for_the_same_is_the_same() {
        for (collation, expected) in [(Collation::Exact, None), (Collation::CaseInsensitive, Some(LineNumber(2)))] {
            let lines = FirstLines::new(collation);
            assert_eq!(lines.before("BIO", LineNumber(2)), None);
            assert_eq!(lines.before("bio", LineNumber(3)), expected, "{collation:?}");
            assert_eq!(lines.before("BIO", LineNumber(2)), None, "the same line once more");
            assert_eq!(lines.before("BIO", LineNumber(4)), Some(LineNumber(2)));
        }
    }
}
