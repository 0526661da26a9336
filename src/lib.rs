//! toolsync: bulk synchronisation of a Moodle site by CSV command files.

pub mod model;
