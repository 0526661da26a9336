//! A course begins on another day: everything in it that has a date moves by as much. And it may end on another day.

use super::super::Apply;
use super::super::rows::Rows;
use super::{Demand, availability};
use crate::site::SiteError;
use crate::site::sql::statement::Value;

/// Dates of activities, or of what belongs to them. None or 0 is no date, and stays.
struct Dated {
    module: &'static str,
    /// A table of the activities, and the column that names them; none for the activities themselves.
    part: Option<(&'static str, &'static str)>,
    columns: &'static [&'static str],
}

const fn activities(module: &'static str, columns: &'static [&'static str]) -> Dated {
    Dated { module, part: None, columns }
}

const fn overrides(
    module: &'static str,
    part: (&'static str, &'static str),
    columns: &'static [&'static str],
) -> Dated {
    Dated { module, part: Some(part), columns }
}

/// What moves in activities, as Moodle has it. When an assignment is to be graded does not, nor when posts are due.
const DATED: &[Dated] = &[
    activities("assign", &["duedate", "allowsubmissionsfromdate", "cutoffdate"]),
    overrides("assign", ("assign_overrides", "assignid"), &["duedate", "allowsubmissionsfromdate", "cutoffdate"]),
    activities("quiz", &["timeopen", "timeclose"]),
    overrides("quiz", ("quiz_overrides", "quiz"), &["timeopen", "timeclose"]),
    activities("lesson", &["available", "deadline"]),
    overrides("lesson", ("lesson_overrides", "lessonid"), &["available", "deadline"]),
    activities("forum", &["assesstimestart", "assesstimefinish"]),
    activities(
        "data",
        &["timeavailablefrom", "timeavailableto", "timeviewfrom", "timeviewto", "assesstimestart", "assesstimefinish"],
    ),
    activities("glossary", &["assesstimestart", "assesstimefinish"]),
    activities("choice", &["timeopen", "timeclose"]),
    activities("feedback", &["timeopen", "timeclose"]),
    activities("scorm", &["timeopen", "timeclose"]),
    activities("chat", &["chattime"]),
    activities("workshop", &["submissionstart", "submissionend", "assessmentstart", "assessmentend"]),
];

impl Dated {
    fn table(&self) -> &'static str {
        self.part.map_or(self.module, |(table, _)| table)
    }

    /// Goes on after rows `v` (id, shift): joins the dated rows, called `t`.
    fn reach(&self) -> String {
        let module = self.module;
        match self.part {
            None => format!("join {{{module}}} t on t.course = v.id"),
            Some((table, key)) => {
                format!("join {{{module}}} a on a.course = v.id join {{{table}}} t on t.{key} = a.id")
            }
        }
    }
}

/// Moves the dates of courses that begin on another day, and sets their last day.
pub(super) async fn shift(apply: &mut Apply<'_, '_>, demands: &[Demand<'_>]) -> Result<(), SiteError> {
    set_days(apply, demands).await?;
    let mut shifts = Rows::new(["id", "shift"]);
    for demand in demands.iter().filter(|demand| demand.reset.shift != 0) {
        shifts.push([demand.course.into(), demand.reset.shift.into()]);
        apply.state.rebuilt.insert(demand.course);
    }
    if shifts.is_empty() {
        return Ok(());
    }
    let tables = apply.tables;
    for dated in DATED.iter().filter(|dated| tables.contains_key(dated.module)) {
        move_columns(apply, &shifts, dated.table(), &dated.reach(), dated.columns).await?;
    }
    let of_course = "join {course_modules} t on t.course = v.id";
    move_columns(apply, &shifts, "course_modules", of_course, &["completionexpected"]).await?;
    // 2 is the condition that a day has come.
    let criteria = "join {course_completion_criteria} t on t.course = v.id and t.criteriatype = 2";
    move_columns(apply, &shifts, "course_completion_criteria", criteria, &["timeend"]).await?;
    let events = "join {event} t on t.courseid = v.id and t.instance = 0";
    move_columns(apply, &shifts, "event", events, &["timestart"]).await?;
    move_events_of_activities(apply, &shifts).await?;
    for table in ["course_modules", "course_sections"] {
        availability::shift(apply, &shifts, table).await?;
    }
    Ok(())
}

/// Days of the courses themselves. A course that begins later ends later, unless its last day is given.
async fn set_days(apply: &mut Apply<'_, '_>, demands: &[Demand<'_>]) -> Result<(), SiteError> {
    let mut starts = Rows::new(["id", "startdate"]);
    let mut ends = Rows::new(["id", "enddate"]);
    for Demand { course, reset } in demands {
        if let Some(start) = reset.start {
            starts.push([(*course).into(), start.after.into()]);
        }
        if let Some(end) = reset.end {
            ends.push([(*course).into(), end.after.into()]);
        }
    }
    apply.update("move the first days of courses", "course", 1, &starts).await?;
    apply.update("move the last days of courses", "course", 1, &ends).await
}

/// Events tell of the dates of activities; Moodle writes them anew. When something is to be graded does not move.
async fn move_events_of_activities(apply: &mut Apply<'_, '_>, shifts: &Rows) -> Result<(), SiteError> {
    let names: Vec<String> =
        DATED.iter().filter(|dated| dated.part.is_none()).map(|dated| format!("'{}'", dated.module)).collect();
    let reach = format!(
        "join {{course_modules}} c on c.course = v.id join {{modules}} m on m.id = c.module and m.name in ({}) \
         join {{event}} t on t.modulename = m.name and t.instance = c.instance and t.eventtype <> 'gradingdue'",
        names.join(", ")
    );
    move_columns(apply, shifts, "event", &reach, &["timestart", "timesort"]).await
}

/// Moves some columns of the rows `t` that `reach` joins with `v` (id, shift).
async fn move_columns(
    apply: &mut Apply<'_, '_>,
    shifts: &Rows,
    table: &'static str,
    reach: &str,
    columns: &'static [&'static str],
) -> Result<(), SiteError> {
    if !columns.iter().all(|column| apply.has_column(table, column)) {
        return Ok(());
    }
    let dates: Vec<String> = columns.iter().map(|column| format!("t.{column}")).collect();
    let some: Vec<String> = dates.iter().map(|date| format!("{date} <> 0")).collect();
    let sql = format!("select distinct t.id, v.shift, {} from v {reach} where {}", dates.join(", "), some.join(" or "));
    let found = apply.fetch_with("read dates in courses", shifts, &sql).await?;
    let mut rows = Rows::new([&["id"], columns].concat());
    for row in found {
        let shift = row.int(1);
        let moved = |at: usize| match row.opt_int(2 + at) {
            Some(date) if date != 0 => Value::Int(date + shift),
            Some(date) => Value::Int(date),
            None => Value::Null,
        };
        rows.push(std::iter::once(Value::Int(row.int(0))).chain((0..columns.len()).map(moved)));
    }
    apply.update("move dates in courses", table, 1, &rows).await
}
