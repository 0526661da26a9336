//! toolsync: bulk synchronisation of a Moodle site by CSV command files.

pub mod clock;
pub mod model;
pub mod site;
pub mod tools;
