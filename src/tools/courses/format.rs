//! Course formats: the options that Moodle stores for each, and what follows from them.

use crate::site::SiteFacts;
use crate::site::world::Course;

/// The format where neither the line nor the site names one.
pub(super) const USUAL_FORMAT: &str = "topics";

const WEEK: i64 = 604_800;
/// Moodle lets a course in weeks end two hours late, so that a change of the clock cannot cut the last day.
const CLOCK_MARGIN: i64 = 7_200;

/// Whether the format divides a course into sections.
pub(super) fn has_sections(format: &str) -> bool {
    !matches!(format, "social" | "singleactivity")
}

/// Whether the format shows announcements.
pub(super) fn has_news(format: &str) -> bool {
    has_sections(format)
}

/// Whether the format has the option `coursedisplay`.
pub(super) fn has_course_display(format: &str) -> bool {
    matches!(format, "topics" | "weeks")
}

/// The options of a new course in that format. `course_display` is what the line says.
pub(super) fn options(format: &str, course_display: Option<&str>, facts: &SiteFacts) -> Vec<(String, String)> {
    let site = |name: &str, usual: i64| facts.plugin_number("moodlecourse", name).unwrap_or(usual).to_string();
    let display = || course_display.map_or_else(|| site("coursedisplay", 0), str::to_owned);
    let activity =
        || facts.plugin("format_singleactivity", "activitytype").filter(|name| !name.is_empty()).unwrap_or("forum");
    let named: Vec<(&str, String)> = match format {
        "topics" => vec![("hiddensections", site("hiddensections", 1)), ("coursedisplay", display())],
        "weeks" => vec![
            ("hiddensections", site("hiddensections", 1)),
            ("coursedisplay", display()),
            ("automaticenddate", "1".to_owned()),
        ],
        "singleactivity" => vec![("activitytype", activity().to_owned())],
        "social" => vec![("numdiscussions", "10".to_owned())],
        // What other formats store is theirs to know; Moodle uses their defaults where nothing is stored.
        _ => Vec::new(),
    };
    named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Whether Moodle computes the end of an existing course. Nothing stored means yes.
pub(super) fn ends_by_itself(course: &Course, format: &str) -> bool {
    format == "weeks" && course.format_options.get("automaticenddate").is_none_or(|value| value != "0")
}

/// `enddate` of a course in weeks with the sections 1 to `last`.
pub(super) fn end_of_weeks(start: i64, last: u32) -> i64 {
    start + CLOCK_MARGIN + WEEK * i64::from(last)
}
