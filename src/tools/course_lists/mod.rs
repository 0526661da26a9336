//! Lists of courses, without a header: one course a line.
//!
//! Knows no files, no RPC and no SQL.

mod check;
mod delete;
mod descriptor;
mod listed;
#[cfg(test)]
mod tests;

pub use check::CheckCoursesTool;
pub use delete::DeleteCoursesTool;
pub use listed::{IDENTIFIER, Listing, key_of};
