//! Categories of courses: reading the column, finding the category, creating what is missing of a path.

use super::settings::CategoryKey;
use crate::model::{CategoryId, Cell, Problem, Reason};
use crate::site::{Change, Match, World};
use crate::tools::{Planner, values};

/// Moodle's limit of a category name, in characters.
const LONGEST_NAME: usize = 255;

/// A category as a line names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CategoryRef {
    /// By id.
    Id(i64),
    /// By idnumber.
    Idnumber(String),
    /// By names from the top.
    Path(Vec<String>),
}

/// Where a course goes: an existing category, and names of categories to create below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The last category that exists; 0 for the top.
    pub(super) existing: CategoryId,
    /// What is to be created below.
    pub(super) missing: Vec<String>,
    /// Warnings on the way.
    pub(super) warnings: Vec<Problem>,
}

impl Place {
    fn at(existing: CategoryId) -> Self {
        Self { existing, missing: Vec::new(), warnings: Vec::new() }
    }
}

impl CategoryRef {
    /// Reads a cell that is not blank. The error is a sentence for the path.
    pub(super) fn read(cell: Cell<'_>, key: CategoryKey) -> Result<Self, String> {
        let text = cell.text.trim();
        if key == CategoryKey::Idnumber {
            return Ok(Self::Idnumber(text.to_owned()));
        }
        if text.bytes().all(|b| b.is_ascii_digit()) {
            // A number beyond all ids is the id of no category.
            return Ok(Self::Id(text.parse().unwrap_or(0)));
        }
        let mut parts = split_path(text, if cell.quoted { Escapes::Slash } else { Escapes::None });
        let outer_blank = |part: Option<&String>| part.is_some_and(|part| part.is_empty());
        if parts.len() > 1 && outer_blank(parts.last()) {
            parts.pop();
        }
        if parts.len() > 1 && outer_blank(parts.first()) {
            parts.remove(0);
        }
        if parts.iter().any(String::is_empty) {
            return Err(format!("{:?} has an empty part; write it as Sciences/Maths", values::excerpt(text)));
        }
        match parts.iter().find(|part| part.chars().count() > LONGEST_NAME) {
            Some(part) => {
                Err(format!("the part {:?} has more than {LONGEST_NAME} characters; shorten it", values::excerpt(part)))
            }
            None => Ok(Self::Path(parts)),
        }
    }

    /// Finds the category, as far as it exists.
    pub(super) fn find(&self, world: &World) -> Result<Place, Problem> {
        match self {
            Self::Id(id) => match world.courses.category(CategoryId(*id)) {
                Some(category) => Ok(Place::at(category.id)),
                None => Err(unknown(format!("No category has the id {id}."))),
            },
            Self::Idnumber(idnumber) => match world.courses.category_by_idnumber(idnumber) {
                Match::One(id) => Ok(Place::at(id)),
                Match::None => Err(unknown(format!("No category has the idnumber {idnumber:?}."))),
                Match::Many(count) => {
                    let message = format!("{count} categories have the idnumber {idnumber:?}; make it unique.");
                    Err(Problem::error(Reason::CategoryAmbiguous, message).at("category"))
                }
            },
            Self::Path(names) => Ok(walk(names, world)),
        }
    }
}

fn unknown(message: String) -> Problem {
    Problem::error(Reason::CategoryUnknown, format!("{message} Create it first, or name another.")).at("category")
}

/// Whether `\/` is a slash within a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// Both characters separate.
    None,
    /// It is.
    Slash,
}

fn split_path(text: &str, escapes: Escapes) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if escapes == Escapes::Slash && letters.peek() == Some(&'/') => {
                part.push('/');
                letters.next();
            }
            '/' | '\\' => parts.push(std::mem::take(&mut part)),
            _ => part.push(letter),
        }
    }
    parts.push(part);
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

fn walk(names: &[String], world: &World) -> Place {
    let mut place = Place::at(CategoryId(0));
    for (depth, name) in names.iter().enumerate() {
        let found = world.courses.child_categories(place.existing, name);
        let Some(first) = found.first() else {
            place.missing = names[depth..].to_vec();
            break;
        };
        if found.len() > 1 {
            let message =
                format!("{} categories are named {name:?} side by side; took the one with id {first}.", found.len());
            place.warnings.push(Problem::warning(Reason::CategoryAmbiguous, message).at("category"));
        }
        place.existing = *first;
    }
    place
}

/// The category of courses that name none.
pub(super) fn default_place(world: &World) -> Result<Place, Problem> {
    match world.courses.default_category() {
        Some(id) => Ok(Place::at(id)),
        None => Err(unknown("The site has no category for courses without one.".to_owned())),
    }
}

/// Creates what is missing and answers with the category.
pub(super) fn settle(plan: &mut Planner<'_>, place: Place, visible_wanted: i64) -> CategoryId {
    place.warnings.into_iter().for_each(|warning| plan.tell(warning));
    let mut parent = place.existing;
    for name in place.missing {
        let id = CategoryId(plan.world.plan_id());
        let hidden = plan.world.courses.category(parent).is_some_and(|category| !category.visible);
        let visible = if hidden { 0 } else { visible_wanted };
        plan.apply(Change::CreateCategory { id, parent, name, visible, visible_old: visible_wanted });
        let message = format!("Category {:?} is created.", plan.world.courses.category_path(id));
        plan.tell(Problem::notice(Reason::CategoryCreated, message).at("category"));
        parent = id;
    }
    parent
}
