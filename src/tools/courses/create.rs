//! Creating a course: its columns, sections, forum, enrolment methods and teachers.

use super::category::{self, Place};
use super::command::CourseCommand;
use super::settings::CourseSettings;
use super::{fail, format, identifiers, methods, sections, teachers};
use crate::model::{CourseId, Operation, Outcome, Problem, Reason};
use crate::site::{Change, CourseField, Fields, SiteFacts, Subject, World};
use crate::tools::{LinePlan, Planner};

/// Columns whose value for new courses is a setting of the site, with the value of a fresh one.
const SITE_DEFAULTS: [(CourseField, i64); 10] = [
    (CourseField::Showgrades, 1),
    (CourseField::Newsitems, 5),
    (CourseField::Maxbytes, 0),
    (CourseField::Showreports, 0),
    (CourseField::Visible, 1),
    (CourseField::Groupmode, 0),
    (CourseField::Groupmodeforce, 0),
    (CourseField::Enablecompletion, 1),
    (CourseField::Showactivitydates, 1),
    (CourseField::Showcompletionconditions, 1),
];

/// Summaries are HTML.
pub(super) const HTML: &str = "1";

/// What Moodle's table stores where nothing is written.
pub(super) fn table_default(field: CourseField) -> &'static str {
    use CourseField::*;
    match field {
        Fullname | Shortname | Idnumber | Summary | Lang | Theme | Showcompletionconditions => "",
        Format => "topics",
        Showgrades | Newsitems | Visible | Visibleold => "1",
        Summaryformat | Startdate | Enddate | Marker | Maxbytes | Legacyfiles | Showreports | Groupmode
        | Groupmodeforce | Defaultgroupingid | Timecreated | Enablecompletion | Showactivitydates => "0",
    }
}

/// The format of a new course.
fn format_of<'a>(command: &'a CourseCommand, facts: &'a SiteFacts) -> &'a str {
    let site = || facts.plugin("moodlecourse", "format").filter(|format| !format.is_empty());
    command.values.get(CourseField::Format).or_else(site).unwrap_or(format::USUAL_FORMAT)
}

/// All columns of a new course whose value is not the table's own.
fn fields(command: &CourseCommand, world: &World, format: &str, last_section: u32) -> Fields<CourseField> {
    let mut wanted = command.values.clone();
    for (field, usual) in SITE_DEFAULTS {
        if wanted.get(field).is_none() {
            let value = world.facts.plugin_number("moodlecourse", field.column()).unwrap_or(usual);
            wanted.set(field, value.to_string());
        }
    }
    wanted.set(CourseField::Format, format);
    wanted.set(CourseField::Summaryformat, HTML);
    wanted.set_default(CourseField::Startdate, world.now.to_string());
    wanted.set_default(CourseField::Timecreated, world.now.to_string());
    let visible = wanted.text(CourseField::Visible).to_owned();
    wanted.set_default(CourseField::Visibleold, visible);
    if format == "weeks" {
        let start = wanted.text(CourseField::Startdate).parse().unwrap_or(world.now);
        wanted.set(CourseField::Enddate, format::end_of_weeks(start, last_section).to_string());
    }
    wanted.iter().filter(|(field, value)| *value != table_default(*field)).map(|(f, v)| (f, v.to_owned())).collect()
}

fn place(command: &CourseCommand, world: &World) -> Result<Place, Problem> {
    command.category.as_ref().map_or_else(|| category::default_place(world), |category| category.find(world))
}

/// What keeps a course from being created, apart from its category and teachers.
fn obstacles(command: &CourseCommand, world: &World) -> Vec<Problem> {
    let mut problems = identifiers::collisions(command, None, world);
    if let Some(template) = &command.template {
        let message = format!(
            "Content from the template {template:?} is not offered, and an empty course would be wrong; \
             create the course without template, then restore its content in Moodle."
        );
        problems.push(Problem::error(Reason::TemplateUnsupported, message).at("template"));
    }
    if command.values.get(CourseField::Defaultgroupingid).is_some_and(|id| id != "0") {
        let message = "Column defaultgroupingid: a new course has no groupings; leave the cell blank or write 0.";
        problems.push(Problem::error(Reason::ValueInvalid, message).at("defaultgroupingid"));
    }
    problems
}

/// Plans a course that does not exist.
pub(super) fn plan(command: &CourseCommand, settings: &CourseSettings, mut plan: Planner<'_>) -> LinePlan {
    let mut problems = obstacles(command, plan.world);
    let place = place(command, plan.world).map_err(|problem| problems.push(problem));
    let appointments = teachers::resolve(&command.teachers, plan.world, &mut problems);
    problems.extend(teachers::check_manual(&appointments, None, plan.world).err());
    let (Ok(place), true) = (place, problems.is_empty()) else {
        return fail(plan, command, Operation::Create, problems);
    };

    let facts = std::sync::Arc::clone(&plan.world.facts);
    let format = format_of(command, &facts);
    let last_section = sections::last_of_new(command, format, &facts);
    let fields = fields(command, plan.world, format, last_section);
    let news = fields.get(CourseField::Newsitems).unwrap_or(table_default(CourseField::Newsitems)) != "0";

    let category = category::settle(&mut plan, place, settings.new_category_visible);
    let id = CourseId(plan.world.plan_id());
    plan.apply(Change::CreateCourse { id, category, fields });
    let options = format::options(format, command.course_display.as_deref(), &facts);
    if !options.is_empty() {
        plan.apply(Change::SetFormatOptions { course: id, format: format.to_owned(), options });
    }
    sections::create_all(&mut plan, id, command, last_section);
    if news && format::has_news(format) {
        plan.apply(Change::CreateNewsForum { course: id });
    }
    if format == "social" {
        plan.apply(Change::CreateSocialBlock { course: id });
    }
    methods::create_defaults(&mut plan, id, command);
    methods::apply_columns(&mut plan, id, command);
    teachers::apply_to_new(&mut plan, id, &appointments);
    plan.finish(&*command.key, Operation::Create, Outcome::Created, Some(Subject::Course(id)))
}
