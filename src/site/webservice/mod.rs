//! Moodle's own web services, the companion of the database: for what only a running Moodle itself can do.
//!
//! REST calls with a token. What is written to the database goes another way; nothing here may know SQL, runs or files.

mod caches;
mod calls;
mod check;
mod client;
mod error;
mod function;

pub use check::Account;
pub use client::{WebService, WebServiceAddress};
pub use error::WebServiceError;
pub use function::Function;

#[cfg(test)]
mod tests;
