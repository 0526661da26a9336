//! toolsync: bulk synchronisation of a Moodle site by CSV command files.

pub mod clock;
pub mod csv;
pub mod engine;
pub mod model;
pub mod rpc;
pub mod site;
pub mod store;
pub mod tools;
