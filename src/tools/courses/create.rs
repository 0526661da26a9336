//! Creating a course: its columns, sections, forum, enrolment methods and teachers.

use super::category::{self, Place};
use super::command::CourseCommand;
use super::settings::CourseSettings;
use super::template::{self, Template};
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

/// What a new course is made of: the line, before its template, before the settings of the site.
struct Making<'a> {
    command: &'a CourseCommand,
    template: Option<&'a Template>,
    format: &'a str,
    last_section: u32,
}

impl<'a> Making<'a> {
    fn new(command: &'a CourseCommand, template: Option<&'a Template>, facts: &'a SiteFacts) -> Self {
        let of_template = || template.map(Template::format);
        let site = || facts.plugin("moodlecourse", "format").filter(|format| !format.is_empty());
        let format = command.values.get(CourseField::Format).or_else(of_template).or_else(site);
        let format = format.unwrap_or(format::USUAL_FORMAT);
        let last_section = match template {
            Some(template) => template.last_section().max(sections::highest_filled(&command.topics)),
            None => sections::last_of_new(command, format, facts),
        };
        Self { command, template, format, last_section }
    }

    /// The template, if its format is that of the course.
    fn template_in_format(&self) -> Option<&'a Template> {
        self.template.filter(|template| template.format() == self.format)
    }

    fn options(&self, facts: &SiteFacts) -> Vec<(String, String)> {
        let display = self.command.course_display.as_deref();
        match self.template_in_format() {
            Some(template) => template.options(display),
            None => format::options(self.format, display, facts),
        }
    }
}

/// All columns of a new course whose value is not the table's own.
fn fields(making: &Making<'_>, world: &World) -> Fields<CourseField> {
    let mut wanted = making.command.values.clone();
    if let Some(template) = making.template {
        template.fill(&mut wanted);
    }
    for (field, usual) in SITE_DEFAULTS {
        if wanted.get(field).is_none() {
            let value = world.facts.plugin_number("moodlecourse", field.column()).unwrap_or(usual);
            wanted.set(field, value.to_string());
        }
    }
    wanted.set(CourseField::Format, making.format);
    wanted.set_default(CourseField::Summaryformat, HTML);
    wanted.set_default(CourseField::Startdate, world.now.to_string());
    wanted.set_default(CourseField::Timecreated, world.now.to_string());
    let visible = wanted.text(CourseField::Visible).to_owned();
    wanted.set_default(CourseField::Visibleold, visible);
    let by_itself = |template: &Template| format::ends_by_itself(&template.course, "weeks");
    if making.format == "weeks" && making.template_in_format().is_none_or(by_itself) {
        let start = wanted.text(CourseField::Startdate).parse().unwrap_or(world.now);
        wanted.set(CourseField::Enddate, format::end_of_weeks(start, making.last_section).to_string());
    }
    wanted.iter().filter(|(field, value)| *value != table_default(*field)).map(|(f, v)| (f, v.to_owned())).collect()
}

fn place(command: &CourseCommand, world: &World) -> Result<Place, Problem> {
    command.category.as_ref().map_or_else(|| category::default_place(world), |category| category.find(world))
}

/// What keeps a course from being created, apart from its category and teachers.
fn obstacles(command: &CourseCommand, world: &World) -> Vec<Problem> {
    let mut problems = identifiers::collisions(command, None, world);
    if command.values.get(CourseField::Defaultgroupingid).is_some_and(|id| id != "0") {
        let message = "Column defaultgroupingid: a new course has no groupings; leave the cell blank or write 0.";
        problems.push(Problem::error(Reason::ValueInvalid, message).at("defaultgroupingid"));
    }
    problems
}

/// What a course without a template gets.
fn from_site(plan: &mut Planner<'_>, id: CourseId, making: &Making<'_>, news: bool) {
    sections::create_all(plan, id, making.command, making.last_section);
    if news {
        plan.apply(Change::CreateNewsForum { course: id });
    }
    if making.format == "social" {
        plan.apply(Change::CreateSocialBlock { course: id });
    }
    methods::create_defaults(plan, id, making.command);
}

/// What a course gets from its template, now or when Moodle imports it. Moodle leaves sections that have names as they
/// are, and fills the others.
fn from_template(plan: &mut Planner<'_>, id: CourseId, making: &Making<'_>, template: &Template, news: bool) {
    template.copy_to_new(plan, id);
    sections::complete(plan, id, making.command);
    let imported = template.is_imported();
    if news && !(imported && template.course.has_news_forum) {
        plan.apply(Change::CreateNewsForum { course: id });
    }
    if making.format == "social" && making.template_in_format().is_none() {
        plan.apply(Change::CreateSocialBlock { course: id });
    }
    if imported {
        template.import_to_new(plan, id);
    }
}

/// Plans a course that does not exist.
pub(super) fn plan(command: &CourseCommand, settings: &CourseSettings, mut plan: Planner<'_>) -> LinePlan {
    let mut problems = obstacles(command, plan.world);
    let place = place(command, plan.world).map_err(|problem| problems.push(problem));
    let appointments = teachers::resolve(&command.teachers, plan.world, &mut problems);
    problems.extend(teachers::check_manual(&appointments, None, plan.world).err());
    let template = template::find(command, None, plan.world).map_err(|problem| problems.push(problem));
    let (Ok(place), Ok(template), true) = (place, template, problems.is_empty()) else {
        return fail(plan, command, Operation::Create, problems);
    };

    let facts = std::sync::Arc::clone(&plan.world.facts);
    let making = Making::new(command, template.as_ref(), &facts);
    let fields = fields(&making, plan.world);
    let newsitems = fields.get(CourseField::Newsitems).unwrap_or(table_default(CourseField::Newsitems));
    let news = newsitems != "0" && format::has_news(making.format);

    let category = category::settle(&mut plan, place, settings.new_category_visible);
    let id = CourseId(plan.world.plan_id());
    plan.apply(Change::CreateCourse { id, category, fields });
    let options = making.options(&facts);
    if !options.is_empty() {
        plan.apply(Change::SetFormatOptions { course: id, format: making.format.to_owned(), options });
    }
    match &template {
        Some(template) => from_template(&mut plan, id, &making, template, news),
        None => from_site(&mut plan, id, &making, news),
    }
    methods::apply_columns(&mut plan, id, command);
    teachers::apply_to_new(&mut plan, id, &appointments);
    plan.finish(&*command.key, Operation::Create, Outcome::Created, Some(Subject::Course(id)))
}
