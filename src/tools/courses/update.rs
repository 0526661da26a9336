//! Updating a course: only what the line gives, and only where it differs.

use super::category::{self, Place};
use super::command::CourseCommand;
use super::create::{HTML, table_default};
use super::settings::{CourseSettings, Follow};
use super::teachers::Appointment;
use super::template::{self, Template};
use super::{fail, format, identifiers, methods, sections, teachers};
use crate::model::{CategoryId, CourseId, Operation, Outcome, Problem};
use crate::site::world::Course;
use crate::site::{Change, CourseField, FieldUpdate, Import, Subject};
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

/// Whether the course shall have a forum for announcements.
fn news_after(updates: &Updates<'_>) -> bool {
    updates.after(CourseField::Newsitems) != "0" && format::has_news(updates.after(CourseField::Format))
}

fn apply_columns(plan: &mut Planner<'_>, command: &CourseCommand, course: &Course, updates: Updates<'_>) {
    option_changes(command, course, &updates, plan);
    if !updates.fields.is_empty() {
        plan.apply(Change::UpdateCourse { id: course.id, fields: updates.fields });
    }
}

fn apply_contents(plan: &mut Planner<'_>, command: &CourseCommand, course: &Course, news: bool) {
    let id = course.id;
    sections::update(plan, course, command);
    // Moodle looks for the forum whenever it updates a course; a course that stays as it is stays without.
    let asked = command.values.get(CourseField::Newsitems).is_some();
    if news && !course.has_news_forum && (asked || plan.has_changes()) {
        plan.apply(Change::CreateNewsForum { course: id });
    }
}

/// Content that a course takes over.
struct Content {
    template: Template,
    mode: Import,
}

impl Content {
    /// Whether a forum for announcements comes with it.
    fn brings_news(&self) -> bool {
        self.template.course.has_news_forum
    }
}

/// The template of a line, where the run lets it do something to existing courses.
fn content(
    command: &CourseCommand,
    settings: &CourseSettings,
    course: CourseId,
    plan: &Planner<'_>,
) -> Result<Option<Content>, Problem> {
    let Some(mode) = template::mode(settings.template) else { return Ok(None) };
    Ok(template::find(command, Some(course), plan.world)?.map(|template| Content { template, mode }))
}

/// What a line leads to, once all that could refuse it has been looked at.
struct Steps {
    place: Option<Place>,
    appointments: Vec<Appointment>,
    content: Option<Content>,
}

impl Steps {
    fn find(
        command: &CourseCommand,
        settings: &CourseSettings,
        course: &Course,
        plan: &Planner<'_>,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = identifiers::collisions(command, Some(course), plan.world);
        let place = find_place(command, settings, plan).transpose().map_err(|problem| problems.push(problem));
        let appointments = teachers::resolve(&command.teachers, plan.world, &mut problems);
        problems.extend(teachers::check_manual(&appointments, Some(course.id), plan.world).err());
        let content = content(command, settings, course.id, plan).map_err(|problem| problems.push(problem));
        match (place, content) {
            (Ok(place), Ok(content)) if problems.is_empty() => Ok(Self { place, appointments, content }),
            _ => Err(problems),
        }
    }
}

/// Plans a course that exists.
pub(super) fn plan(
    command: &CourseCommand,
    settings: &CourseSettings,
    id: CourseId,
    mut plan: Planner<'_>,
) -> LinePlan {
    let Some(mut course) = plan.world.courses.get(id).cloned() else {
        return fail(plan, command, Operation::Update, vec![super::unknown_course(command)]);
    };
    let Steps { place, appointments, content } = match Steps::find(command, settings, &course, &plan) {
        Ok(steps) => steps,
        Err(problems) => return fail(plan, command, Operation::Update, problems),
    };
    if let Some(content) = content.as_ref().filter(|content| !content.template.is_imported()) {
        content.template.copy_to_existing(&mut plan, command, &course, content.mode);
        course = plan.world.courses.get(id).cloned().unwrap_or(course);
    }
    let imported = content.filter(|content| content.template.is_imported());
    let moved = match place {
        Some(place) => {
            let category = category::settle(&mut plan, place, settings.new_category_visible);
            move_course(&mut plan, &course, category)
        }
        None => Move::None,
    };
    let emptied = imported.as_ref().is_some_and(|content| content.mode == Import::Replace);
    let mut updates = given_updates(command, settings, &course, moved);
    let sections = !emptied && sections::adds_sections(command, &course);
    let touched = moved != Move::None || !updates.fields.is_empty() || sections;
    follow_weeks(command, &course, &mut updates, touched);
    let news = news_after(&updates) && !imported.as_ref().is_some_and(Content::brings_news);
    apply_columns(&mut plan, command, &course, updates);
    if emptied {
        template::lost_columns(command).into_iter().for_each(|problem| plan.tell(problem));
    } else {
        apply_contents(&mut plan, command, &course, news);
        methods::apply_columns(&mut plan, id, command);
        teachers::apply(&mut plan, id, &appointments);
    }
    if let Some(Content { template, mode }) = imported {
        template.import_to_existing(&mut plan, id, mode);
    }
    let outcome = if plan.has_changes() { Outcome::Updated } else { Outcome::Unchanged };
    plan.finish(&*command.key, Operation::Update, outcome, Some(Subject::Course(id)))
}
