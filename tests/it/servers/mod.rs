//! The service and the command line over Moodle databases on PostgreSQL and MariaDB.

mod command_line;
mod runs;
