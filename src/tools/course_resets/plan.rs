//! What a line takes from its course: the items that it asks for, as far as the course has any of it.

use super::ResetJob;
use super::command::{FeedbackChoice, ResetCommand};
use crate::model::{CourseId, FeedbackId, Problem, Reason};
use crate::site::reset::{FEEDBACK_OPTION, NOT_RESETTABLE};
use crate::site::{Change, CourseField, CourseReset, DateChange, ResetItem, STANDARD_ACTIVITIES, World};
use crate::tools::Planner;
use crate::tools::identify;
use crate::tools::values::zone_of;
use chrono::{NaiveTime, TimeZone};
use std::collections::BTreeSet;

/// Why a line is refused.
type Refusal = Box<Problem>;

impl ResetJob {
    /// Plans the reset of the course of a line.
    pub(super) fn plan_course(&self, command: &ResetCommand, plan: &mut Planner<'_>) -> Result<CourseId, Refusal> {
        let column = self.columns.course.name();
        let course = identify::course(plan.world, self.settings.key, &command.course, column)?;
        let is_front = plan.world.courses.get(course).is_none_or(|known| known.category.0 == 0);
        if is_front || self.facts.site_course == Some(course) {
            let message = "The front page of the site is never reset.";
            return Err(Problem::error(Reason::SiteCourse, message).at(column).into());
        }
        let reset = self.reset(command, course, plan.world)?;
        self.tell_of_others(command, course, plan);
        tell_of_nothing(&reset, plan);
        if !reset.is_empty() {
            plan.apply(Change::ResetCourse { id: course, reset });
        }
        Ok(course)
    }

    fn reset(&self, command: &ResetCommand, course: CourseId, world: &World) -> Result<CourseReset, Refusal> {
        let holds = |module: &str| world.courses.activities(course).any(|own| own == module);
        let mut items = command.items(holds);
        let feedbacks = feedbacks(command, course, world, &mut items)?;
        let items = items.into_iter().map(|item| (item, world.resets.item(course, item)));
        let holders = command.holders.iter().map(|holders| (*holders, world.resets.holders(course, *holders)));
        let (items, holders) = (items.collect(), holders.collect());
        let reset = CourseReset { items, feedbacks, holders, ..CourseReset::default() };
        self.dates(command, course, world, reset)
    }

    /// Adds what becomes of the first and the last day.
    fn dates(
        &self,
        command: &ResetCommand,
        course: CourseId,
        world: &World,
        mut reset: CourseReset,
    ) -> Result<CourseReset, Refusal> {
        let stored = |field| {
            let text = world.courses.get(course).map_or("", |course| course.fields.text(field));
            text.parse::<i64>().unwrap_or(0)
        };
        let change = |before: i64, after: i64| (before != after).then_some(DateChange { before, after });
        let (start, end) = (stored(CourseField::Startdate), stored(CourseField::Enddate));
        reset.start = command.start.and_then(|day| change(start, day));
        reset.shift = reset.start.filter(|_| start > 0).map_or(0, |day| day.after - self.midnight(start));
        // A course that begins later ends later.
        let moved = if reset.shift > 0 && end > 0 { end + reset.shift } else { end };
        let last = command.end.unwrap_or(moved);
        reset.end = change(end, last);
        let first = reset.start.map_or(start, |day| day.after);
        let asks = command.start.is_some() || command.end.is_some();
        if asks && last > 0 && last <= first {
            let message = "The course would end before it begins; write another startdate or enddate.";
            let column = if command.end.is_some() { "enddate" } else { "startdate" };
            return Err(Problem::error(Reason::TimeInvalid, message).at(column).into());
        }
        Ok(reset)
    }

    /// The beginning of a day, by the clocks of the site.
    fn midnight(&self, time: i64) -> i64 {
        let zone = zone_of(self.facts.config("timezone"));
        let day = zone.timestamp_opt(time, 0).single().map(|time| time.date_naive().and_time(NaiveTime::MIN));
        day.and_then(|day| zone.from_local_datetime(&day).earliest()).map_or(time, |midnight| midnight.timestamp())
    }

    /// Activities that the line asks for and that stay as they are.
    fn tell_of_others(&self, command: &ResetCommand, course: CourseId, plan: &mut Planner<'_>) {
        let is_left = |module: &&str| {
            command.modules.chooses(module)
                && (NOT_RESETTABLE.contains(module) || !STANDARD_ACTIVITIES.contains(module))
        };
        let left: Vec<&str> = plan.world.courses.activities(course).filter(is_left).collect();
        let (standard, foreign): (Vec<&str>, Vec<&str>) =
            left.into_iter().partition(|module| NOT_RESETTABLE.contains(module));
        let told = [
            (standard, Reason::Unsupported, "Moodle has no reset for activities of these kinds; they stay as they are"),
            (
                foreign,
                Reason::ActivityForeign,
                "Only Moodle itself can reset activities of these kinds; they stay as they are",
            ),
        ];
        let told = told.map(|(modules, reason, sentence)| (modules.join(", "), reason, sentence));
        for (modules, reason, sentence) in told.into_iter().filter(|(modules, _, _)| !modules.is_empty()) {
            plan.tell(Problem::warning(reason, format!("{sentence}: {modules}.")).at("modules"));
        }
    }
}

/// The feedback activities that are emptied one by one: where a line names some of them, the others stay with what it says of
/// all, which is no longer an item then.
fn feedbacks(
    command: &ResetCommand,
    course: CourseId,
    world: &World,
    items: &mut BTreeSet<ResetItem>,
) -> Result<Vec<(FeedbackId, i64)>, Refusal> {
    if command.feedbacks.is_empty() {
        return Ok(Vec::new());
    }
    let known = world.resets.feedbacks(course);
    if let Some(FeedbackChoice { id, column, .. }) =
        command.feedbacks.iter().find(|named| !known.contains_key(&named.id))
    {
        let message = format!(
            "Column {column}: the course has no feedback activity with the id {id}, and nothing of it is reset. Take the id \
             from Moodle's table of feedback activities, or leave the cell empty."
        );
        return Err(Problem::error(Reason::ActivityUnknown, message).at(column).into());
    }
    let others = items.remove(&ResetItem::Feedback);
    let is_emptied =
        |id: &FeedbackId| command.feedbacks.iter().find(|named| named.id == *id).map_or(others, |named| named.on);
    Ok(known.into_iter().filter(|(id, _)| is_emptied(id)).collect())
}

/// What the course has nothing of, and what of the course itself nobody asks for.
fn tell_of_nothing(reset: &CourseReset, plan: &mut Planner<'_>) {
    let items = reset.items.iter().filter(|(_, rows)| *rows == 0).map(|(item, _)| item.name().to_owned());
    let feedbacks = reset.feedbacks.iter().filter(|(_, responses)| *responses == 0);
    let empty: Vec<String> = items.chain(feedbacks.map(|(id, _)| format!("{FEEDBACK_OPTION}{id}"))).collect();
    let is_off = |item: &ResetItem| item.module().is_none() && !reset.takes(*item);
    let off: Vec<String> =
        ResetItem::ALL.iter().filter(|item| is_off(item)).map(|item| item.name().to_owned()).collect();
    for (field, names) in [("nothing_to_reset", empty), ("not_reset", off)] {
        if !names.is_empty() {
            plan.show(field, names.join(", "));
        }
    }
}
