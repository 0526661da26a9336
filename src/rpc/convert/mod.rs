//! Messages to the domain's types and back. Knows no service, and must do no I/O.
//!
//! Into the domain, every wrong field is reported at once, by its full path. Out of it, nothing can go wrong.

mod catalog;
mod event;
mod field;
mod file;
mod line;
mod run;
mod schedule;
mod series;
mod time;
mod tool;

pub(super) use catalog::{
    course, course_query, empty_category, generation, omitted_course, picture_hash, picture_query,
};
pub(super) use event::run_event;
pub(super) use file::{
    Move, UploadRequest, file_page, folder_path, move_request, path_of, put_request, stored_file, upload_disposition,
    upload_request,
};
pub(super) use line::{line_query, line_result};
pub(super) use run::{report, run, run_filter, run_id, start_run};
pub(super) use schedule::{new_schedule, run_schedule, schedule_name, trigger_request_id};
pub(super) use series::{course_operations, run_series, series_event, series_id, series_position, start_series};
pub(super) use tool::{option_descriptor, tool_descriptor};

pub(super) use field::page_size;

#[cfg(test)]
mod tests;
