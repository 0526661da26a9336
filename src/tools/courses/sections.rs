//! Sections of courses: the `topic<N>` columns, the gaps between them, the site's default number.

use super::command::CourseCommand;
use super::format;
use crate::model::CourseId;
use crate::site::world::{Course, Section};
use crate::site::{Change, SiteFacts};
use crate::tools::Planner;
use crate::tools::values::{CLEAR, check_length};

/// Moodle's limit of a section name, in characters.
const LONGEST_NAME: usize = 255;
/// Sections above the general one where the site does not say.
const USUAL_SECTIONS: i64 = 4;

/// A section as a line describes it. An absent part changes nothing, an empty one clears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Topic {
    pub(super) number: u32,
    pub(super) name: Option<String>,
    pub(super) summary: Option<String>,
}

impl Topic {
    /// Reads a cell: `name` or `name|summary`; what follows a second bar is dropped.
    pub(super) fn read(number: u32, text: &str) -> Result<Self, String> {
        let mut parts = text.split('|').map(str::trim);
        let mut next = || parts.next().filter(|part| !part.is_empty());
        let stored = |part: &str| if part == CLEAR { String::new() } else { part.to_owned() };
        let (name, summary) = (next().map(stored), next().map(stored));
        check_length(name.as_deref().unwrap_or(""), LONGEST_NAME)?;
        Ok(Self { number, name, summary })
    }

    pub(super) fn is_blank(&self) -> bool {
        self.name.is_none() && self.summary.is_none()
    }

    /// The stored section with what the line says about it.
    fn over(&self, stored: &Section) -> Section {
        Section {
            name: self.name.clone().or_else(|| stored.name.clone()).filter(|name| !name.is_empty()),
            summary: self.summary.clone().unwrap_or_else(|| stored.summary.clone()),
        }
    }
}

pub(super) fn highest_filled(topics: &[Topic]) -> u32 {
    topics.iter().filter(|topic| !topic.is_blank()).map(|topic| topic.number).max().unwrap_or(0)
}

/// The number of the last section of a new course.
pub(super) fn last_of_new(command: &CourseCommand, format: &str, facts: &SiteFacts) -> u32 {
    if !format::has_sections(format) {
        return highest_filled(&command.topics);
    }
    let declared = command.topics.iter().map(|topic| topic.number).max();
    let site = || facts.plugin_number("moodlecourse", "numsections").unwrap_or(USUAL_SECTIONS);
    declared.unwrap_or_else(|| u32::try_from(site()).unwrap_or(0))
}

/// The number of the last section of an existing course once the line is applied.
pub(super) fn last_of_existing(command: &CourseCommand, course: &Course) -> u32 {
    course.sections.keys().copied().max().unwrap_or(0).max(highest_filled(&command.topics))
}

/// Whether the line adds sections to an existing course.
pub(super) fn adds_sections(command: &CourseCommand, course: &Course) -> bool {
    let highest = highest_filled(&command.topics);
    !command.topics.iter().all(Topic::is_blank) && (0..=highest).any(|number| !course.sections.contains_key(&number))
}

/// Creates the sections 0 to `last` of a course, without those that exist.
fn create_up_to(plan: &mut Planner<'_>, id: CourseId, topics: &[Topic], last: u32) {
    for number in 0..=last {
        if plan.world.courses.get(id).is_some_and(|course| course.sections.contains_key(&number)) {
            continue;
        }
        let topic = topics.iter().find(|topic| topic.number == number);
        let section = topic.map_or_else(Section::default, |topic| topic.over(&Section::default()));
        plan.apply(Change::CreateSection { course: id, number, name: section.name, summary: section.summary });
    }
}

/// Creates all sections of a new course.
pub(super) fn create_all(plan: &mut Planner<'_>, id: CourseId, command: &CourseCommand, last: u32) {
    create_up_to(plan, id, &command.topics, last);
}

/// Gives a course with the sections of its template, or none yet, a general one and what the line says about sections.
pub(super) fn complete(plan: &mut Planner<'_>, id: CourseId, command: &CourseCommand) {
    if let Some(course) = plan.world.courses.get(id).cloned() {
        update(plan, &course, command);
        create_up_to(plan, id, &command.topics, 0);
    }
}

/// Brings the sections of an existing course to what the line says.
pub(super) fn update(plan: &mut Planner<'_>, course: &Course, command: &CourseCommand) {
    for topic in command.topics.iter().filter(|topic| !topic.is_blank()) {
        let Some(stored) = course.sections.get(&topic.number) else { continue };
        let before = Section { name: stored.name.clone().filter(|n| !n.is_empty()), summary: stored.summary.clone() };
        let after = topic.over(&before);
        if after != before {
            plan.apply(Change::UpdateSection {
                course: course.id,
                number: topic.number,
                before: (before.name, before.summary),
                after: (after.name, after.summary),
            });
        }
    }
    if adds_sections(command, course) {
        create_up_to(plan, course.id, &command.topics, highest_filled(&command.topics));
    }
}
