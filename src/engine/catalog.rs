//! Looking into a site to choose what a command file shall hold, and the lists that come of it. Needs no writer.

use super::Engine;
use super::error::EngineError;
use crate::csv::{Dialect, Header, Separator, SourceStyle, UnknownColumns, bind, list_line, record_line};
use crate::model::{ByteSpan, CategoryId, CourseId, Line, LineNumber, Problem, Reason, Severity, SiteKey, ToolKind};
use crate::site::catalog::{CourseCard, CourseQuery, PictureCard, PictureQuery};
use crate::site::{CourseField, CourseKey, Lookups, SiteFacts, Subcategories, World};
use crate::tools::course_lists::IDENTIFIER;
use crate::tools::options::{OptionError, ToolOptions};
use crate::tools::{CourseFile, Tool};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// One course a line, behind a header where the tool asks for one, without a line end behind the last.
    pub text: String,
    /// How many.
    pub courses: usize,
    /// The courses that are not in it.
    pub omitted: Vec<Omitted>,
}

/// A file for courses to be made.
#[derive(Debug, Clone)]
pub struct CourseOrder {
    /// The tool that will take it.
    pub tool: ToolKind,
    /// The courses, in the order of the file.
    pub courses: Vec<CourseId>,
    /// What identifies them.
    pub key: CourseKey,
    /// Values of columns that differ from the usual ones. Only for files with a header.
    pub values: BTreeMap<String, String>,
    /// What stands between two cells.
    pub separator: Separator,
}

/// Columns with the same values on every line.
struct Profile(Vec<(String, String)>);

impl Profile {
    fn names((name, _): &(String, String)) -> &str {
        name
    }

    fn values((_, value): &(String, String)) -> &str {
        value
    }

    fn line(&self, first: &str, part: fn(&(String, String)) -> &str, separator: Separator) -> String {
        let cells: Vec<&str> = std::iter::once(first).chain(self.0.iter().map(part)).collect();
        record_line(&cells, separator)
    }

    /// What the tool would refuse in any course.
    fn problems(&self, tool: &dyn Tool, key: CourseKey, facts: Arc<SiteFacts>) -> Result<Vec<Problem>, EngineError> {
        let names = std::iter::once(key.name()).chain(self.0.iter().map(Self::names)).map(str::to_owned).collect();
        let header = Header { names, line: LineNumber(1), span: ByteSpan::default(), style: SourceStyle::default() };
        let header = match bind(&header, tool.descriptor(), UnknownColumns::Refuse, &Dialect::default()) {
            Ok(header) => header,
            Err(problems) => return Ok(problems),
        };
        let given = [(IDENTIFIER.to_owned(), key.name().to_owned())].into();
        let options = ToolOptions::check(tool.descriptor().options, &given).map_err(EngineError::Options)?;
        let bound = match tool.configure(&options).map_err(EngineError::Options)?.bind(header, Arc::clone(&facts)) {
            Ok(bound) => bound,
            Err(problems) => return Ok(problems),
        };
        let mut line = Line::new(LineNumber(2), ByteSpan::default());
        line.push("1", false);
        self.0.iter().for_each(|(_, value)| line.push(value, true));
        let plan = bound.job.parse(vec![line]).plan(0, &mut World::new(facts, 0));
        // No course is known here, so that the first column is always told.
        let is_of_values =
            |problem: &Problem| problem.severity == Severity::Error && problem.column.as_deref() != Some(key.name());
        Ok(plan.problems.into_iter().filter(is_of_values).collect())
    }
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

    /// Users of a site who have pictures, and the hashes of these, by id.
    pub async fn picture_hashes(&self, site: &SiteKey, query: &PictureQuery) -> Result<Vec<PictureCard>, EngineError> {
        let reader = &self.inner.site(site)?.reader;
        let facts = reader.facts().await?;
        Ok(reader.picture_hashes(query, &facts).await?)
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

    /// A file for these courses that its tool takes as it is.
    pub async fn file_of_courses(&self, site: &SiteKey, order: &CourseOrder) -> Result<CourseList, EngineError> {
        let CourseOrder { courses, key, .. } = order;
        let profile = self.profile(site, order).await?;
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
        let mut lines: Vec<String> =
            profile.iter().map(|profile| profile.line(key.name(), Profile::names, order.separator)).collect();
        for course in courses {
            match identifier(*course, *key, &world) {
                Ok(value) => {
                    list.courses += 1;
                    lines.push(match &profile {
                        None => list_line(&value).into_owned(),
                        Some(profile) => profile.line(&value, Profile::values, order.separator),
                    });
                }
                Err((reason, message)) => list.omitted.push(Omitted { course: *course, reason, message }),
            }
        }
        list.text = lines.join("\n");
        Ok(list)
    }

    /// The columns of the file besides the identifier, where it has any. All that would be refused is told.
    async fn profile(&self, site: &SiteKey, order: &CourseOrder) -> Result<Option<Profile>, EngineError> {
        let tool = crate::tools::tool(order.tool);
        let Some(CourseFile::Profile(usual)) = tool.course_file() else { return Ok(None) };
        let mut profile = Profile(usual.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect());
        for (name, value) in &order.values {
            match profile.0.iter_mut().find(|(own, _)| own == name) {
                Some((_, own)) => own.clone_from(value),
                None => profile.0.push((name.clone(), value.clone())),
            }
        }
        let facts = self.inner.site(site)?.reader.facts().await?;
        let wrong =
            |problem: Problem| OptionError { name: problem.column.unwrap_or_default(), problem: problem.message };
        let problems = profile.problems(tool, order.key, facts)?;
        if problems.is_empty() {
            return Ok(Some(profile));
        }
        Err(EngineError::Options(problems.into_iter().map(wrong).collect()))
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
    if ["&#44", "&#59"].iter().any(|entity| value.contains(entity)) {
        let message = format!("The {name} {value:?} would be read as another one; choose another identifier.");
        return Err((Reason::ValueInvalid, message));
    }
    if world.courses.find_all(key, value).len() > 1 {
        let message =
            format!("Several courses have the {name} {value:?}; make it unique, or choose another identifier.");
        return Err((Reason::CourseAmbiguous, message));
    }
    Ok(value.to_owned())
}
