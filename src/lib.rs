//! toolsync: bulk synchronisation of a Moodle site by CSV command files.
//!
//! The way of the data, from outside to inside:
//!
//! - [`cli`]: the command line, a gRPC client like any other; [`config`]: what the operator settles;
//! - [`app`]: the composition root, which starts and stops everything else;
//! - [`rpc`]: the gRPC services; [`scheduler`]: runs that start by themselves;
//! - [`engine`]: durable runs, with [`csv`] and [`archive`] to read command files and [`store`] to keep files, runs and journals;
//! - [`tools`]: what a line means, pure;
//! - [`site`]: the port to a Moodle site, and its SQL adapter;
//! - [`model`]: plain types, and [`clock`]: the time.

pub mod app;
pub mod archive;
pub mod cli;
pub mod clock;
pub mod config;
pub mod csv;
pub mod engine;
pub mod model;
pub mod rpc;
pub mod scheduler;
pub mod site;
pub mod store;
pub mod tools;
