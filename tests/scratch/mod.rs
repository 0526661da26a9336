//! Scratch database servers with fresh Moodle sites on them, for everything that is measured or tested on real servers:
//! the unit tests of the library, the black-box tests and the benchmark include this folder as a module of theirs.
//!
//! It knows servers and Moodle's tables, and nothing of toolsync.

#![allow(dead_code, unused_imports, reason = "who includes it uses a part of it")]

mod databases;
mod definitions;
mod servers;

pub(crate) use definitions::sequences_ahead;
pub(crate) use servers::{Durability, PostgresAction, Server, is_skipped};

/// A kind of database server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Postgres,
    MariaDb,
}
