//! Times by cron expression and time zone. Knows no schedule and no run.

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use std::fmt;

/// A field of an expression.
struct FieldRule {
    name: &'static str,
    /// What it takes, beside *, lists, ranges and steps.
    values: &'static str,
}

/// The fields of an expression, in order.
const FIELDS: [FieldRule; 5] = [
    FieldRule { name: "minute", values: "minutes are 0 to 59" },
    FieldRule { name: "hour", values: "hours are 0 to 23" },
    FieldRule { name: "day of month", values: "days of the month are 1 to 31" },
    FieldRule { name: "month", values: "months are 1 to 12, or JAN to DEC" },
    FieldRule { name: "day of week", values: "days of the week are 0 to 7, from Sunday to Sunday, or SUN to SAT" },
];

/// Why an expression or a zone cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimetableError {
    /// Not five fields.
    #[error(
        "{expression:?} has {count} fields; it needs five: minute, hour, day of month, month, day of week, as in \"0 3 * * *\""
    )]
    FieldCount {
        /// The expression.
        expression: String,
        /// How many fields it has.
        count: usize,
    },
    /// A field that cannot be read.
    #[error("the {field} {text:?} cannot be used: {problem}")]
    Field {
        /// Which one.
        field: &'static str,
        /// What it says.
        text: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// There is no such date: the 30th of February.
    #[error("{expression:?} is never due; there is no such date")]
    NeverDue {
        /// The expression.
        expression: String,
    },
    /// No such time zone.
    #[error("there is no time zone {0:?}; give an IANA name like Europe/Paris, or leave it empty for UTC")]
    Zone(String),
}

impl TimetableError {
    /// Whether the zone is wrong, and not the expression.
    pub fn is_about_zone(&self) -> bool {
        matches!(self, Self::Zone(_))
    }
}

/// When something is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Timetable {
    cron: Cron,
    expression: String,
    hours: Hours,
    zone: Tz,
}

/// What a change of the clocks does to an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hours {
    /// It means every hour, or every so many: it goes on as time does.
    Any,
    /// It means hours as a wall clock shows them: each is due once a day, whatever the clocks do.
    Named,
}

/// No gap in local time is longer than the day that Samoa left out.
const LONGEST_GAP_MINUTES: i64 = 25 * 60;

impl Timetable {
    /// Reads a cron expression of five fields and the IANA name of a zone; an empty zone is UTC. All problems at once.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, Vec<TimetableError>> {
        let cron = parse_cron(expression);
        let zone = parse_zone(zone);
        match (cron, zone) {
            (Ok(cron), Ok(zone)) => {
                let any_hour = expression.split_whitespace().nth(1).is_some_and(|hours| hours.starts_with('*'));
                let hours = if any_hour { Hours::Any } else { Hours::Named };
                Ok(Self { cron, expression: expression.trim().to_owned(), hours, zone })
            }
            (cron, zone) => Err(cron.err().into_iter().flatten().chain(zone.err()).collect()),
        }
    }

    /// The expression, as given.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The IANA name of the zone.
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// The first due time strictly after `time`; `None` if there is none. Where the expression names hours, a local
    /// time that a change of the clocks leaves out is due right after the gap, and one that comes twice is due once.
    pub fn next_after(&self, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = time.with_timezone(&self.zone);
        match self.hours {
            Hours::Any => self.cron.find_next_occurrence(&local, false).ok().map(|due| due.with_timezone(&Utc)),
            Hours::Named => {
                let mut wall = local.naive_local();
                loop {
                    // Read as UTC, a wall clock has no gaps and no repetitions.
                    wall = self.cron.find_next_occurrence(&wall.and_utc(), false).ok()?.naive_utc();
                    let due = self.instant(wall)?;
                    if due > time {
                        return Some(due);
                    }
                }
            }
        }
    }

    /// When a wall clock first shows this time; the end of the gap if it never does.
    fn instant(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        let shown = |wall: NaiveDateTime| self.zone.from_local_datetime(&wall).earliest();
        (0..=LONGEST_GAP_MINUTES)
            .find_map(|minutes| shown(wall + TimeDelta::minutes(minutes)))
            .map(|due| due.with_timezone(&Utc))
    }
}

impl fmt::Display for Timetable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.expression, self.zone)
    }
}

fn parse_zone(zone: &str) -> Result<Tz, TimetableError> {
    match zone.trim() {
        "" => Ok(Tz::UTC),
        name => name.parse().map_err(|_| TimetableError::Zone(name.to_owned())),
    }
}

fn parse_cron(expression: &str) -> Result<Cron, Vec<TimetableError>> {
    let fields: Vec<_> = expression.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(vec![TimetableError::FieldCount { expression: expression.to_owned(), count: fields.len() }]);
    }
    // The parser does not say which field is wrong, so each is read beside four that are right.
    let errors: Vec<_> = (0..FIELDS.len()).filter_map(|index| field_error(&fields, index)).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let never = || vec![TimetableError::NeverDue { expression: expression.to_owned() }];
    let cron = parser().parse(expression).map_err(|_| never())?;
    match cron.find_next_occurrence(&DateTime::UNIX_EPOCH, false) {
        Ok(_) => Ok(cron),
        Err(_) => Err(never()),
    }
}

fn field_error(fields: &[&str], index: usize) -> Option<TimetableError> {
    let mut alone = ["*"; FIELDS.len()];
    alone[index] = fields[index];
    let problem = match parser().parse(&alone.join(" ")) {
        // A nickname like @daily stands for the whole expression wherever it is.
        Ok(_) if fields[index].contains('@') => "a nickname is no field",
        Ok(_) => return None,
        Err(_) => FIELDS[index].values,
    };
    Some(TimetableError::Field { field: FIELDS[index].name, text: fields[index].to_owned(), problem })
}

fn parser() -> CronParser {
    CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    fn due_times(expression: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let timetable = Timetable::parse(expression, zone).unwrap();
        let mut time = utc(from);
        let next = |_| {
            time = timetable.next_after(time).unwrap();
            time.format("%m-%dT%H:%M").to_string()
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn due_times_in_their_zone() {
        let cases: &[(&str, &str, &str, &[&str])] = &[
            ("0 3 * * *", "", "2026-01-01T03:00:00Z", &["01-02T03:00", "01-03T03:00"]),
            ("0 3 * * *", "Europe/Paris", "2026-01-01T00:00:00Z", &["01-01T02:00", "01-02T02:00"]),
            ("0 3 * * *", "Europe/Paris", "2026-07-01T00:00:00Z", &["07-01T01:00"]),
            ("*/20 * * * *", "", "2026-01-01T00:00:01Z", &["01-01T00:20", "01-01T00:40", "01-01T01:00"]),
            ("0 6 * * MON-FRI", "", "2026-01-02T06:00:00Z", &["01-05T06:00", "01-06T06:00"]),
            ("0 6 * * 7", "", "2026-01-01T00:00:00Z", &["01-04T06:00"]),
            ("30 4 31 * *", "", "2026-02-01T00:00:00Z", &["03-31T04:30", "05-31T04:30"]),
            ("0 0 29 2 *", "", "2026-01-01T00:00:00Z", &["02-29T00:00"]),
        ];
        for (expression, zone, from, expected) in cases {
            assert_eq!(&due_times(expression, zone, from, expected.len()), expected, "{expression} {zone}");
        }
    }

    #[test]
    fn a_local_time_that_does_not_exist_is_due_once_after_the_gap() {
        // Paris goes from 02:00 to 03:00 on 29 March 2026, at 01:00 UTC.
        let times = due_times("30 2 * * *", "Europe/Paris", "2026-03-28T12:00:00Z", 2);
        assert_eq!(times, ["03-29T01:00", "03-30T00:30"]);
        let times = due_times("0,30 2 * * *", "Europe/Paris", "2026-03-28T12:00:00Z", 2);
        assert_eq!(times, ["03-29T01:00", "03-30T00:00"]);
        let times = due_times("30 1-4 * * *", "Europe/Paris", "2026-03-29T00:00:00Z", 4);
        assert_eq!(times, ["03-29T00:30", "03-29T01:00", "03-29T01:30", "03-29T02:30"]);
        // Samoa left out the whole 30 December 2011.
        let times = due_times("0 12 30 * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 2);
        assert_eq!(times, ["12-30T10:00", "01-29T22:00"]);
    }

    #[test]
    fn a_local_time_that_comes_twice_is_due_once() {
        // Paris has 02:00 to 03:00 twice on 25 October 2026, from 00:00 UTC on.
        let times = due_times("30 2 * * *", "Europe/Paris", "2026-10-24T12:00:00Z", 2);
        assert_eq!(times, ["10-25T00:30", "10-26T01:30"]);
        let times = due_times("0,30 2 * * *", "Europe/Paris", "2026-10-24T12:00:00Z", 3);
        assert_eq!(times, ["10-25T00:00", "10-25T00:30", "10-26T01:00"]);
        let times = due_times("30 2 * * *", "Europe/Paris", "2026-10-25T01:10:00Z", 1);
        assert_eq!(times, ["10-26T01:30"], "within the second time");
    }

    #[test]
    fn intervals_go_on_through_a_change_of_the_clocks() {
        let times = due_times("*/30 * * * *", "Europe/Paris", "2026-10-24T23:45:00Z", 5);
        assert_eq!(times, ["10-25T00:00", "10-25T00:30", "10-25T01:00", "10-25T01:30", "10-25T02:00"]);
        let times = due_times("*/30 * * * *", "Europe/Paris", "2026-03-29T00:15:00Z", 3);
        assert_eq!(times, ["03-29T00:30", "03-29T01:00", "03-29T01:30"]);
    }

    #[test]
    fn refused_expressions_name_what_is_wrong() {
        let cases: &[(&str, &str, &[&str])] = &[
            ("", "", &["0 fields"]),
            ("@daily", "", &["1 fields"]),
            ("0 0 3 * * *", "", &["6 fields"]),
            ("61 3 * * *", "", &["minute \"61\" cannot be used: minutes are 0 to 59"]),
            ("0 24 * 13 *", "", &["hour \"24\"", "month \"13\""]),
            ("0 3 0 * *", "", &["day of month \"0\""]),
            ("0 3 * * FOO", "", &["day of week \"FOO\""]),
            ("@daily 3 * * *", "", &["minute \"@daily\""]),
            ("0 0 30 2 *", "", &["never due"]),
            ("x 3 * * *", "Europe/Nowhere", &["minute \"x\"", "no time zone \"Europe/Nowhere\""]),
        ];
        for (expression, zone, expected) in cases {
            let errors = Timetable::parse(expression, zone).unwrap_err();
            assert_eq!(errors.len(), expected.len(), "{expression}: {errors:?}");
            for (error, part) in errors.iter().zip(*expected) {
                assert!(error.to_string().contains(part), "{error}");
            }
        }
    }
}
