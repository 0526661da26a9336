//! Black-box tests: the service over a real socket, by the generated client and by its command line.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod after_the_run;
mod architecture;
mod bad_input;
mod broken_examples;
mod catalog;
mod cli;
mod command_files;
mod files;
mod interrupted;
mod kill;
mod lists;
mod picture_hashes;
mod pictures;
mod rehearsals;
mod runs;
mod schedules;
#[path = "../scratch/mod.rs"]
mod scratch;
mod series;
mod servers;
mod site_check;
mod support;
mod transport;
