//! Engine and sites together, with things happening to the site at exact moments of a run.

mod asking;
mod beside;
mod lost;
pub(super) mod meddling;
