//! Looking into a site to choose what a command file shall hold, and the lists that come of it. Needs no writer.

use super::Engine;
use super::error::EngineError;
use crate::csv::list_line;
use crate::model::{CategoryId, CourseId, Reason, SiteKey};
use crate::site::catalog::{CourseCard, CourseQuery};
use crate::site::{CourseField, CourseKey, Lookups, Subcategories, World};

/// A course with the names of its categories.
#[derive(Debug, Clone)]
pub struct ListedCourse {
    /// The course.
    pub card: CourseCard,
    /// Names of its categories from the top: `Sciences/Maths`.
    pub category_path: String,
}

/// A category without courses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyCategory {
    /// Its id.
    pub id: CategoryId,
    /// Its names from the top.
    pub path: String,
    /// What it holds all the same: cohorts, questions, …
    pub holds: Vec<&'static str>,
}

/// A course that is not in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omitted {
    /// The course.
    pub course: CourseId,
    /// Why, for machines.
    pub reason: Reason,
    /// Why, for people.
    pub message: String,
}

/// A list of courses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CourseList {
    /// One identifier a line, without a line end behind the last.
    pub text: String,
    /// How many.
    pub courses: usize,
    /// The courses that are not in it.
    pub omitted: Vec<Omitted>,
}

impl Engine {
    /// Courses of a site, by id.
    pub async fn courses(&self, site: &SiteKey, query: &CourseQuery) -> Result<Vec<ListedCourse>, EngineError> {
        let cards = self.inner.site(site)?.reader.courses(query).await?;
        let world = self.look(site, Lookups { categories: true, ..Lookups::default() }).await?;
        let listed =
            |card: CourseCard| ListedCourse { category_path: world.courses.category_path(card.category), card };
        Ok(cards.into_iter().map(listed).collect())
    }

    /// Categories without courses at `start` (0 for all) and below it, the deepest first.
    pub async fn empty_categories(
        &self,
        site: &SiteKey,
        start: CategoryId,
        subcategories: Subcategories,
    ) -> Result<Vec<EmptyCategory>, EngineError> {
        let lookups = Lookups { categories: true, category_contents: true, ..Lookups::default() };
        let world = self.look(site, lookups).await?;
        let category = |id| EmptyCategory {
            id,
            path: world.courses.category_path(id),
            holds: world.courses.contents(id).others.into_iter().collect(),
        };
        Ok(world.courses.empty_categories(start, subcategories).into_iter().map(category).collect())
    }

    /// A list of these courses, by one of their identifiers.
    pub async fn list_of_courses(
        &self,
        site: &SiteKey,
        courses: &[CourseId],
        key: CourseKey,
    ) -> Result<CourseList, EngineError> {
        let mut lookups = Lookups::default();
        lookups.courses.ids = courses.iter().map(|course| course.0).collect();
        let world = self.look(site, lookups).await?;
        // Others with the same identifier must be known too.
        let mut lookups = Lookups::default();
        for course in courses.iter().filter_map(|course| world.courses.get(*course)) {
            lookups.courses.add(CourseKey::Id, &course.id.to_string());
            lookups.courses.add(CourseKey::Idnumber, course.fields.text(CourseField::Idnumber));
            lookups.courses.add(CourseKey::Shortname, course.shortname());
        }
        let world = self.look(site, lookups).await?;
        let mut list = CourseList::default();
        let mut lines = Vec::with_capacity(courses.len());
        for course in courses {
            match identifier(*course, key, &world) {
                Ok(value) => lines.push(list_line(&value).into_owned()),
                Err((reason, message)) => list.omitted.push(Omitted { course: *course, reason, message }),
            }
        }
        list.courses = lines.len();
        list.text = lines.join("\n");
        Ok(list)
    }

    async fn look(&self, site: &SiteKey, lookups: Lookups) -> Result<World, EngineError> {
        let reader = &self.inner.site(site)?.reader;
        let mut world = World::new(reader.facts().await?, self.inner.clock.now().timestamp());
        reader.resolve(&lookups, &mut world).await?;
        Ok(world)
    }
}

/// What identifies a course, or why it cannot be in a list.
fn identifier(id: CourseId, key: CourseKey, world: &World) -> Result<String, (Reason, String)> {
    let Some(course) = world.courses.get(id) else {
        return Err((Reason::CourseUnknown, format!("No course has the id {id}.")));
    };
    if world.facts.site_course == Some(id) || course.category.0 == 0 {
        return Err((Reason::SiteCourse, "The front page of the site is in no list.".to_owned()));
    }
    let value = match key {
        CourseKey::Id => return Ok(id.to_string()),
        CourseKey::Idnumber => course.fields.text(CourseField::Idnumber),
        CourseKey::Shortname => course.shortname(),
    };
    let (name, shortname) = (key.name(), course.shortname());
    if value.trim().is_empty() {
        let message = format!("The course {shortname:?} (id {id}) has no {name}; choose another identifier.");
        return Err((Reason::CourseIdEmpty, message));
    }
    if world.courses.find_all(key, value).len() > 1 {
        let message =
            format!("Several courses have the {name} {value:?}; make it unique, or choose another identifier.");
        return Err((Reason::CourseAmbiguous, message));
    }
    Ok(value.to_owned())
}
