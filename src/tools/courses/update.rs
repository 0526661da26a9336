//! Updating a course: only what the line gives, and only where it differs.

use super::category::{self, Place};
use super::command::CourseCommand;
use super::create::{HTML, table_default};
use super::settings::{CourseSettings, Follow, TemplateMode};
use super::{fail, format, identifiers, methods, sections, teachers};
use crate::model::{CategoryId, CourseId, Operation, Outcome, Problem, Reason};
use crate::site::world::Course;
use crate::site::{Change, CourseField, FieldUpdate, Subject};
use crate::tools::{LinePlan, Planner};

fn stored(course: &Course, field: CourseField) -> &str {
    course.fields.get(field).unwrap_or(table_default(field))
}

/// Columns to change, in the order they were found.
struct Updates<'c> {
    course: &'c Course,
    fields: Vec<FieldUpdate<CourseField>>,
}

impl Updates<'_> {
    fn set(&mut self, field: CourseField, after: &str) {
        let before = stored(self.course, field);
        if before != after {
            self.fields.push(FieldUpdate { field, before: before.to_owned(), after: after.to_owned() });
        }
    }

    fn after(&self, field: CourseField) -> &str {
        let changed = self.fields.iter().find(|update| update.field == field);
        changed.map_or_else(|| stored(self.course, field), |update| &update.after)
    }

    fn changes(&self, field: CourseField) -> bool {
        self.fields.iter().any(|update| update.field == field)
    }
}

/// Whether the course goes to a category that students do not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    None,
    ToShown,
    ToHidden,
}

fn find_place(
    command: &CourseCommand,
    settings: &CourseSettings,
    plan: &Planner<'_>,
) -> Option<Result<Place, Problem>> {
    let category = command.category.as_ref().filter(|_| settings.category == Follow::File)?;
    Some(category.find(plan.world))
}

fn move_course(plan: &mut Planner<'_>, course: &Course, to: CategoryId) -> Move {
    if to == course.category {
        return Move::None;
    }
    plan.apply(Change::MoveCourse { id: course.id, from: course.category, to });
    let shown = plan.world.courses.category(to).is_none_or(|category| category.visible);
    if shown { Move::ToShown } else { Move::ToHidden }
}

fn given_updates<'c>(
    command: &CourseCommand,
    settings: &CourseSettings,
    course: &'c Course,
    moved: Move,
) -> Updates<'c> {
    let mut updates = Updates { course, fields: Vec::new() };
    for (field, value) in command.values.iter() {
        if field != CourseField::Format || settings.format == Follow::File {
            updates.set(field, value);
        }
    }
    if updates.changes(CourseField::Summary) {
        updates.set(CourseField::Summaryformat, HTML);
    }
    if updates.changes(CourseField::Visible) && command.values.get(CourseField::Visibleold).is_none() {
        let visible = updates.after(CourseField::Visible).to_owned();
        updates.set(CourseField::Visibleold, &visible);
    }
    // Only a line without a word on visibility leaves it to the category: a second run must find nothing to change.
    if moved == Move::ToHidden && command.values.get(CourseField::Visible).is_none() {
        updates.set(CourseField::Visible, "0");
    }
    updates
}

/// Format options that follow from the line, as changes.
fn option_changes(command: &CourseCommand, course: &Course, updates: &Updates<'_>, plan: &mut Planner<'_>) {
    let format = updates.after(CourseField::Format).to_owned();
    let display = command.course_display.as_deref();
    if updates.changes(CourseField::Format) {
        let options = format::options(&format, display, &plan.world.facts);
        plan.apply(Change::SetFormatOptions { course: course.id, format, options });
        return;
    }
    let Some(display) = display.filter(|_| format::has_course_display(&format)) else { return };
    let name = "coursedisplay".to_owned();
    let before = course.format_options.get(&name).cloned();
    if before.as_deref() != Some(display) {
        plan.apply(Change::UpdateFormatOption { course: course.id, format, name, before, after: display.to_owned() });
    }
}

/// Moodle computes the end of a course in weeks at each of its updates.
fn follow_weeks(command: &CourseCommand, course: &Course, updates: &mut Updates<'_>, touched: bool) {
    let new_format = updates.changes(CourseField::Format);
    let weeks = updates.after(CourseField::Format) == "weeks";
    if !touched || !weeks || !(new_format || format::ends_by_itself(course, "weeks")) {
        return;
    }
    if let Ok(start) = updates.after(CourseField::Startdate).parse() {
        let end = format::end_of_weeks(start, sections::last_of_existing(command, course));
        updates.set(CourseField::Enddate, &end.to_string());
    }
}

fn apply_all(plan: &mut Planner<'_>, command: &CourseCommand, course: &Course, updates: Updates<'_>) {
    let id = course.id;
    option_changes(command, course, &updates, plan);
    let format = updates.after(CourseField::Format).to_owned();
    let news = updates.after(CourseField::Newsitems) != "0" && format::has_news(&format);
    if !updates.fields.is_empty() {
        plan.apply(Change::UpdateCourse { id, fields: updates.fields });
    }
    sections::update(plan, course, command);
    // Moodle looks for the forum whenever it updates a course; a course that stays as it is stays without.
    let asked = command.values.get(CourseField::Newsitems).is_some();
    if news && !course.has_news_forum && (asked || plan.has_changes()) {
        plan.apply(Change::CreateNewsForum { course: id });
    }
}

/// Plans a course that exists.
pub(super) fn plan(
    command: &CourseCommand,
    settings: &CourseSettings,
    id: CourseId,
    mut plan: Planner<'_>,
) -> LinePlan {
    let Some(course) = plan.world.courses.get(id).cloned() else {
        return fail(plan, command, Operation::Update, vec![super::unknown_course(command)]);
    };
    let mut problems = identifiers::collisions(command, Some(&course), plan.world);
    let place = find_place(command, settings, &plan).transpose().map_err(|problem| problems.push(problem));
    let appointments = teachers::resolve(&command.teachers, plan.world, &mut problems);
    problems.extend(teachers::check_manual(&appointments, Some(id), plan.world).err());
    let (Ok(place), true) = (place, problems.is_empty()) else {
        return fail(plan, command, Operation::Update, problems);
    };

    let moved = match place {
        Some(place) => {
            let category = category::settle(&mut plan, place, settings.new_category_visible);
            move_course(&mut plan, &course, category)
        }
        None => Move::None,
    };
    let mut updates = given_updates(command, settings, &course, moved);
    let touched = moved != Move::None || !updates.fields.is_empty() || sections::adds_sections(command, &course);
    follow_weeks(command, &course, &mut updates, touched);
    apply_all(&mut plan, command, &course, updates);
    methods::apply_columns(&mut plan, id, command);
    teachers::apply(&mut plan, id, &appointments);
    if let Some(template) = command.template.as_ref().filter(|_| settings.template == TemplateMode::Content) {
        let message = format!("Content from the template {template:?} is not offered; restore it in Moodle.");
        plan.tell(Problem::error(Reason::TemplateUnsupported, message).at("template"));
    }
    let outcome = if plan.has_changes() { Outcome::Updated } else { Outcome::Unchanged };
    plan.finish(&*command.key, Operation::Update, outcome, Some(Subject::Course(id)))
}
