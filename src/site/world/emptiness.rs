//! Which categories hold nothing.

use super::courses::{Category, Courses};
use crate::model::CategoryId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What a category holds besides other categories.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CategoryContents {
    /// How many courses, those below not counted.
    pub courses: u64,
    /// What else: cohorts, questions, …
    pub others: BTreeSet<&'static str>,
}

/// Whether categories below one keep it from being empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subcategories {
    /// Any of them does.
    Count,
    /// Only those with a course somewhere in them do.
    CountWithCourses,
}

impl Courses {
    /// Notes what a category holds, as read from the site.
    pub fn load_contents(&mut self, category: CategoryId, add: impl FnOnce(&mut CategoryContents)) {
        add(self.contents.entry(category).or_default());
    }

    /// What a category holds, when asked for.
    pub fn contents(&self, category: CategoryId) -> CategoryContents {
        self.contents.get(&category).cloned().unwrap_or_default()
    }

    /// Whether there are categories below this one.
    pub fn has_subcategories(&self, id: CategoryId) -> bool {
        self.categories.values().any(|category| category.parent == id)
    }

    /// How many categories there are.
    pub fn category_count(&self) -> usize {
        self.categories.len()
    }

    /// The empty ones among `start` (0 for all) and the categories below it: the deepest first, then by id, so that none
    /// comes before what is in it. Asks for [`crate::site::Lookups::category_contents`].
    pub fn empty_categories(&self, start: CategoryId, subcategories: Subcategories) -> Vec<CategoryId> {
        let filled = self.filled(subcategories);
        let mut empty: Vec<(usize, CategoryId)> = self
            .categories
            .keys()
            .filter(|id| !filled.contains(id))
            .map(|id| (self.line(*id), *id))
            .filter(|(line, _)| start.0 == 0 || line.contains(&start))
            .map(|(line, id)| (line.len(), id))
            .collect();
        empty.sort_by_key(|(depth, id)| (Reverse(*depth), *id));
        empty.into_iter().map(|(_, id)| id).collect()
    }

    /// Categories that are not empty.
    fn filled(&self, subcategories: Subcategories) -> BTreeSet<CategoryId> {
        let with_courses = self.categories.keys().filter(|id| self.contents.get(id).is_some_and(|own| own.courses > 0));
        match subcategories {
            Subcategories::CountWithCourses => with_courses.flat_map(|id| self.line(*id)).collect(),
            Subcategories::Count => {
                let parents = self.categories.values().map(|category| category.parent);
                with_courses.copied().chain(parents).collect()
            }
        }
    }

    /// A category and all above it.
    fn line(&self, id: CategoryId) -> Vec<CategoryId> {
        let tree: &BTreeMap<CategoryId, Category> = &self.categories;
        let above = |id: &CategoryId| tree.get(id).map(|category| category.parent);
        // No longer than there are categories, should two of them name each other as parents.
        std::iter::successors(Some(id), above).take_while(|id| id.0 != 0).take(tree.len()).collect()
    }
}
