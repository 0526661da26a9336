//! Templates: courses whose settings and content others take over. What the database holds is copied there; activities
//! can only be copied by a running Moodle, which imports the whole content where it can be asked.

use super::command::CourseCommand;
use super::create::table_default;
use super::methods;
use super::settings::TemplateMode;
use crate::model::{CourseId, FieldChange, GroupId, GroupingId, Problem, Reason};
use crate::site::world::{Course, Grouping, Section, World};
use crate::site::{
    Change, CourseField, CourseKey, Fields, GroupField, GroupKey, Import, Match, MoodleCall, RunningMoodle,
    TemplateCopy,
};
use crate::tools::{PlannedCall, Planner};
use std::collections::{BTreeMap, BTreeSet};

const COLUMN: &str = "template";
/// What the name of a backup file has in it.
const BACKUP: &str = ".mbz";

/// Columns that are a course's own, whatever its template. Groupings have other ids there.
const OWN: [CourseField; 7] = [
    CourseField::Fullname,
    CourseField::Shortname,
    CourseField::Idnumber,
    CourseField::Visible,
    CourseField::Visibleold,
    CourseField::Timecreated,
    CourseField::Defaultgroupingid,
];

/// A template that was found.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) course: Course,
    moodle: RunningMoodle,
}

/// The template of a line, if it names one. `own` is the course to update.
pub(super) fn find(command: &CourseCommand, own: Option<CourseId>, world: &World) -> Result<Option<Template>, Problem> {
    let Some(name) = &command.template else { return Ok(None) };
    let problem = |reason, message: String| Err(Problem::error(reason, message).at(COLUMN));
    if name.contains(BACKUP) {
        let message = format!(
            "The template {name:?} is a backup file, which only Moodle itself can restore; name a course by its short \
             name, or restore the file in Moodle."
        );
        return problem(Reason::TemplateUnsupported, message);
    }
    let id = match world.courses.find(CourseKey::Shortname, name) {
        Match::One(id) => id,
        Match::None => {
            let message = format!("No course has the short name {name:?} of the template; create the template first.");
            return problem(Reason::TemplateUnknown, message);
        }
        Match::Many(count) => {
            let message = format!("{count} courses have the short name {name:?} of the template; make it unique.");
            return problem(Reason::TemplateAmbiguous, message);
        }
    };
    if own == Some(id) {
        return problem(
            Reason::TemplateItself,
            format!("The course {name:?} cannot be its own template; name another."),
        );
    }
    match world.courses.get(id) {
        Some(course) if course.category.0 != 0 && world.facts.site_course != Some(id) => {
            Ok(Some(Template { course: course.clone(), moodle: world.facts.moodle }))
        }
        _ => problem(Reason::TemplateSiteCourse, format!("{name:?} is the front page of the site; name a course.")),
    }
}

impl Template {
    pub(super) fn format(&self) -> &str {
        self.course.fields.get(CourseField::Format).unwrap_or(table_default(CourseField::Format))
    }

    /// Whether a running Moodle imports the content.
    pub(super) fn is_imported(&self) -> bool {
        self.moodle == RunningMoodle::Callable
    }

    /// The number of its last section.
    pub(super) fn last_section(&self) -> u32 {
        self.course.sections.keys().copied().max().unwrap_or(0)
    }

    /// Gives a new course the columns of the template that the line does not give.
    pub(super) fn fill(&self, wanted: &mut Fields<CourseField>) {
        let given_start = wanted.get(CourseField::Startdate).and_then(|start| start.parse::<i64>().ok());
        let summary_given = wanted.get(CourseField::Summary).is_some();
        for (field, value) in self.course.fields.iter() {
            let own = OWN.contains(&field) || (field == CourseField::Summaryformat && summary_given);
            if !own {
                wanted.set_default(field, value);
            }
        }
        // A course that starts on another day ends as many days later.
        let number = |field| self.course.fields.text(field).parse::<i64>().unwrap_or(0);
        let (start, end) = (number(CourseField::Startdate), number(CourseField::Enddate));
        if let Some(given) = given_start.filter(|_| end > 0) {
            wanted.set(CourseField::Enddate, (end + given - start).to_string());
        }
    }

    /// The options of a new course in the template's format.
    pub(super) fn options(&self, course_display: Option<&str>) -> Vec<(String, String)> {
        let own = |(name, value): (&String, &String)| {
            let value = course_display.filter(|_| name == "coursedisplay").unwrap_or(value);
            (name.clone(), value.to_owned())
        };
        self.course.format_options.iter().map(own).collect()
    }

    /// Copies what a new course takes over in the database, and says what it does not.
    pub(super) fn copy_to_new(&self, plan: &mut Planner<'_>, to: CourseId) {
        let mut copy = TemplateCopy::new(self.course.id, to);
        methods::add_missing(plan, &mut copy);
        if !self.is_imported() {
            self.add_missing(plan, &mut copy);
        }
        apply(plan, copy);
        self.tell_what_is_left(plan);
    }

    /// Copies into an existing course what the database holds. A second time nothing is left to copy.
    pub(super) fn copy_to_existing(&self, plan: &mut Planner<'_>, command: &CourseCommand, to: &Course, mode: Import) {
        let mut copy = TemplateCopy::new(self.course.id, to.id);
        methods::add_missing(plan, &mut copy);
        self.add_missing(plan, &mut copy);
        apply(plan, copy);
        self.align_sections(plan, command, to, mode);
        if mode == Import::Replace && to.fields.text(CourseField::Format) == self.format() {
            self.align_options(plan, command, to);
        }
        self.tell_what_is_left(plan);
    }

    /// Sections that both have: empty parts are filled, and in the mode *replace* others are replaced. What the line says
    /// about a section goes before.
    fn align_sections(&self, plan: &mut Planner<'_>, command: &CourseCommand, to: &Course, mode: Import) {
        let named = |number: u32| command.topics.iter().any(|topic| topic.number == number && !topic.is_blank());
        for (number, section) in self.course.sections.iter().filter(|(number, _)| !named(**number)) {
            let Some(stored) = to.sections.get(number) else { continue };
            let name = |section: &Section| section.name.clone().filter(|name| !name.is_empty());
            let before = (name(stored), stored.summary.clone());
            let after = match mode {
                Import::Replace => (name(section), section.summary.clone()),
                Import::Add => (
                    before.0.clone().or_else(|| name(section)),
                    if before.1.is_empty() { section.summary.clone() } else { before.1.clone() },
                ),
            };
            if before != after {
                plan.apply(Change::UpdateSection { course: to.id, number: *number, before, after });
            }
        }
    }

    fn align_options(&self, plan: &mut Planner<'_>, command: &CourseCommand, to: &Course) {
        let given = |name: &str| name == "coursedisplay" && command.course_display.is_some();
        for (name, after) in self.course.format_options.iter().filter(|(name, _)| !given(name)) {
            let before = to.format_options.get(name).cloned();
            if before.as_ref() != Some(after) {
                let (course, format) = (to.id, self.format().to_owned());
                let (name, after) = (name.clone(), after.clone());
                plan.apply(Change::UpdateFormatOption { course, format, name, before, after });
            }
        }
    }

    /// Adds sections, groups, groupings and blocks that the course does not have.
    fn add_missing(&self, plan: &mut Planner<'_>, copy: &mut TemplateCopy) {
        let there = |number: &u32| plan.world.courses.get(copy.to).is_some_and(|to| to.sections.contains_key(number));
        copy.sections = self.course.sections.keys().copied().filter(|number| !there(number)).collect();
        let blocks: BTreeSet<&str> = plan.world.courses.blocks(copy.to).collect();
        let missing = plan.world.courses.blocks(copy.from).filter(|kind| !blocks.contains(kind));
        copy.blocks = missing.map(str::to_owned).collect();
        let groups = add_groups(plan.world, copy);
        add_groupings(plan.world, copy, &groups);
    }

    /// Says what the course does not get.
    fn tell_what_is_left(&self, plan: &mut Planner<'_>) {
        let mut sentences = Vec::new();
        let activities = if self.is_imported() { Vec::new() } else { self.activities(plan.world) };
        if !activities.is_empty() {
            sentences.push(format!(
                "Not copied of the template {:?}: the activities {}. Only a running Moodle can copy them; see the settings \
                 [site.webservice].",
                self.course.shortname(),
                activities.join(", ")
            ));
        }
        let methods = methods::not_copied(plan.world, self.course.id);
        if !methods.is_empty() {
            let methods: Vec<&str> = methods.iter().map(String::as_str).collect();
            let name = self.course.shortname();
            sentences.push(format!(
                "The template {name:?} has enrolment methods that are not copied: {}. Set them up for the course.",
                methods.join(", ")
            ));
        }
        if !sentences.is_empty() {
            plan.tell(Problem::notice(Reason::ContentNotCopied, sentences.join(" ")).at(COLUMN));
        }
    }

    /// Its activities in words, without the forum for announcements, which every course gets by itself.
    fn activities(&self, world: &World) -> Vec<String> {
        let news = u64::from(self.course.has_news_forum);
        let counted = world.courses.activity_counts(self.course.id);
        let own = |(module, count)| (module, if module == "forum" { u64::saturating_sub(count, news) } else { count });
        counted.map(own).filter(|(_, count)| *count > 0).map(|(module, count)| format!("{count} {module}")).collect()
    }

    /// Asks Moodle to import the content into a new course, which the line has made.
    pub(super) fn import_to_new(&self, plan: &mut Planner<'_>, to: CourseId) {
        let otherwise =
            "The course exists, with the settings of its template and without its content. Run the tryback \
                         file with force_update=true and template_mode=add to import the content."
                .to_owned();
        self.import(plan, to, Import::Add, otherwise);
    }

    /// Asks Moodle to import the content into a course that exists, and warns of what each run does.
    pub(super) fn import_to_existing(&self, plan: &mut Planner<'_>, to: CourseId, mode: Import) {
        let warning = match mode {
            Import::Add => "Each run with template_mode=add imports the content of the template once more.",
            Import::Replace => {
                "Each run with template_mode=replace empties the course first: activities with all that people did there, \
                 groups, enrolments."
            }
        };
        plan.tell(Problem::warning(Reason::TemplateRepeated, warning).at(COLUMN));
        let otherwise = match mode {
            Import::Add => "All else that the line asks for is applied. Run the line again to import the content.",
            Import::Replace => {
                "All else that the line asks for is applied. The course may be empty or half filled: look at it, and run \
                 the line again to import the content."
            }
        };
        self.import(plan, to, mode, otherwise.to_owned());
    }

    fn import(&self, plan: &mut Planner<'_>, to: CourseId, import: Import, otherwise: String) {
        let what = match import {
            Import::Add => "content:added",
            Import::Replace => "content:replaced",
        };
        let after = format!("from {}", self.course.shortname());
        let call = MoodleCall::ImportCourse { from: self.course.id, to, import };
        let change = FieldChange { field: what.into(), before: String::new(), after };
        plan.ask(PlannedCall { call, column: COLUMN, otherwise }, change);
    }
}

/// What a template does to a course that exists.
pub(super) fn mode(mode: TemplateMode) -> Option<Import> {
    match mode {
        TemplateMode::Nothing => None,
        TemplateMode::Add => Some(Import::Add),
        TemplateMode::Replace => Some(Import::Replace),
    }
}

/// Columns of a line that do not survive that Moodle empties the course afterwards, in words.
pub(super) fn lost_columns(command: &CourseCommand) -> Option<Problem> {
    let given = [
        ("topics", command.topics.iter().any(|topic| !topic.is_blank())),
        ("teachers", !command.teachers.is_empty()),
        ("self", command.self_enrolment.is_some()),
        ("guest", command.guest_access.is_some()),
    ];
    let given: Vec<&str> = given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
    (!given.is_empty()).then(|| {
        let message = format!(
            "Not applied by this run: {}. Moodle empties the course behind it, sections and enrolments included. Run the \
             line again with template_mode=nothing to apply them.",
            given.join(", ")
        );
        Problem::warning(Reason::TemplateRepeated, message).at(COLUMN)
    })
}

fn apply(plan: &mut Planner<'_>, copy: TemplateCopy) {
    if !copy.is_empty() {
        plan.apply(Change::CopyTemplate(Box::new(copy)));
    }
}

/// Adds the groups that the course has neither by name nor by idnumber. Answers with the course's group for each of the
/// template's.
fn add_groups(world: &mut World, copy: &mut TemplateCopy) -> BTreeMap<GroupId, GroupId> {
    let same = |world: &World, key: GroupKey, value: &str| world.participants.find_groups(copy.to, key, value);
    let of_template = |group: &crate::site::world::Group| {
        let idnumber = group.fields.text(GroupField::Idnumber);
        let known =
            same(world, GroupKey::Name, group.name()).into_iter().chain(same(world, GroupKey::Idnumber, idnumber));
        (group.id, known.into_iter().next())
    };
    let groups: Vec<(GroupId, Option<GroupId>)> = world.participants.groups(copy.from).map(of_template).collect();
    let mut all = BTreeMap::new();
    for (template, known) in groups {
        let id = known.unwrap_or_else(|| {
            let id = GroupId(world.plan_id());
            copy.groups.push((template, id));
            id
        });
        all.insert(template, id);
    }
    all
}

/// Adds the groupings that the course does not have, and puts the groups into them that are there in the template.
fn add_groupings(world: &mut World, copy: &mut TemplateCopy, groups: &BTreeMap<GroupId, GroupId>) {
    let of_template = |grouping: &Grouping| {
        let text = |field| grouping.fields.text(field);
        let same = |key, value: &str| world.groupings.find_all(copy.to, key, value);
        let by_name = same(GroupKey::Name, text(GroupField::Name));
        let known = by_name.into_iter().chain(same(GroupKey::Idnumber, text(GroupField::Idnumber)));
        (grouping.id, known.into_iter().next())
    };
    let groupings: Vec<(GroupingId, Option<GroupingId>)> =
        world.groupings.of_course(copy.from).map(of_template).collect();
    for (template, known) in groupings {
        let id = known.unwrap_or_else(|| {
            let id = GroupingId(world.plan_id());
            copy.groupings.push((template, id));
            id
        });
        let linked = groups.iter().filter(|(group, _)| world.groupings.has(template, **group));
        let missing = linked.filter(|(_, group)| !world.groupings.has(id, **group));
        copy.links.extend(missing.map(|(_, group)| (id, *group)));
    }
}
