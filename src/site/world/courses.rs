//! Categories, courses and their enrolment methods as known to a plan.

use crate::model::{CategoryId, ContextId, CourseId, EnrolId, RoleId};
use crate::site::facts::Collation;
use crate::site::fields::{CourseField, Fields};
use crate::site::lookups::CourseKey;
use crate::site::method::{EnrolStatus, MethodTerms, Source};
use crate::site::world::Match;
use crate::site::world::emptiness::CategoryContents;
use crate::site::world::template::Fittings;
use crate::site::world::users::forget_entry;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A course category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// The category above; 0 at the top.
    pub parent: CategoryId,
    /// Its name.
    pub name: String,
    /// Its idnumber.
    pub idnumber: Option<String>,
    /// Whether it, and everything above it, is shown.
    pub visible: bool,
}

/// An enrolment method of a course: a row of `enrol`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolInstance {
    /// Its id.
    pub id: EnrolId,
    /// Its course.
    pub course: CourseId,
    /// The plug-in: `manual`.
    pub method: String,
    /// Enabled or disabled.
    pub status: EnrolStatus,
    /// Its place among the methods of the course.
    pub sortorder: i64,
    /// The role it gives by default.
    pub role: Option<RoleId>,
    /// How long enrolments last by default, in seconds; 0 for ever.
    pub period: i64,
    /// Whose participants it takes over, for methods that do.
    pub source: Option<Source>,
    /// Its dates, and its group where it follows something.
    pub terms: MethodTerms,
}

/// A section of a course.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Its name; none shows the format's default title.
    pub name: Option<String>,
    /// Its summary.
    pub summary: String,
}

/// A course.
#[derive(Debug, Clone)]
pub struct Course {
    /// Its id.
    pub id: CourseId,
    /// Its category; 0 for the front page course.
    pub category: CategoryId,
    /// Its columns: `shortname`, `idnumber`, `fullname` always, the others when asked for.
    pub fields: Fields<CourseField>,
    /// Its sections by number, when asked for.
    pub sections: BTreeMap<u32, Section>,
    /// Options of its format, when asked for.
    pub format_options: BTreeMap<String, String>,
    /// Whether it has a forum for announcements, when asked for.
    pub has_news_forum: bool,
    /// Contexts above the course's own, from its path; empty for a planned course.
    pub contexts_above: Vec<ContextId>,
}

impl Course {
    /// The short name.
    pub fn shortname(&self) -> &str {
        self.fields.text(CourseField::Shortname)
    }
}

/// Categories, courses and enrolment methods.
#[derive(Debug, Clone)]
pub struct Courses {
    collation: Collation,
    rows: HashMap<CourseId, Course>,
    by_key: HashMap<(CourseKey, String), Vec<CourseId>>,
    planned: HashSet<CourseId>,
    /// Courses that earlier lines delete: what the site still says of them is out of date.
    deleted: HashSet<CourseId>,
    /// What categories hold, where that was asked for.
    pub(super) contents: HashMap<CategoryId, CategoryContents>,
    categories_deleted: HashSet<CategoryId>,
    /// Activities and blocks in courses.
    pub(super) fittings: Fittings,
    /// What was only read, to be forgotten before the next chunk.
    read: Vec<CourseId>,
    pub(super) categories: BTreeMap<CategoryId, Category>,
    categories_planned: HashSet<CategoryId>,
    categories_read: Vec<CategoryId>,
    children: HashMap<(CategoryId, String), Vec<CategoryId>>,
    instances: HashMap<CourseId, Vec<EnrolInstance>>,
    instances_planned: HashSet<CourseId>,
    instances_read: Vec<CourseId>,
}

impl Courses {
    pub(super) fn new(collation: Collation) -> Self {
        Self {
            collation,
            rows: HashMap::new(),
            by_key: HashMap::new(),
            planned: HashSet::new(),
            deleted: HashSet::new(),
            contents: HashMap::new(),
            categories_deleted: HashSet::new(),
            fittings: Fittings::default(),
            read: Vec::new(),
            categories: BTreeMap::new(),
            categories_planned: HashSet::new(),
            categories_read: Vec::new(),
            children: HashMap::new(),
            instances: HashMap::new(),
            instances_planned: HashSet::new(),
            instances_read: Vec::new(),
        }
    }

    fn keys(&self, course: &Course) -> [(CourseKey, String); 2] {
        [(CourseKey::Shortname, CourseField::Shortname), (CourseKey::Idnumber, CourseField::Idnumber)]
            .map(|(key, field)| (key, self.collation.fold(course.fields.text(field)).into_owned()))
    }

    /// Adds a course as read from the site. A course that is known already stays as it is known.
    pub fn load(&mut self, course: Course) {
        if !self.rows.contains_key(&course.id) && !self.deleted.contains(&course.id) {
            self.read.push(course.id);
            self.insert(course);
        }
    }

    fn insert(&mut self, course: Course) {
        for key in self.keys(&course) {
            if !key.1.is_empty() {
                self.by_key.entry(key).or_default().push(course.id);
            }
        }
        self.rows.insert(course.id, course);
    }

    fn remove(&mut self, id: CourseId) {
        if let Some(old) = self.rows.remove(&id) {
            for key in self.keys(&old) {
                forget_entry(&mut self.by_key, key, id);
            }
        }
    }

    pub(super) fn plan(&mut self, course: Course) {
        self.remove(course.id);
        self.planned.insert(course.id);
        self.insert(course);
    }

    pub(super) fn plan_deletion(&mut self, id: CourseId) {
        self.remove(id);
        self.planned.remove(&id);
        self.deleted.insert(id);
    }

    /// The course with that id.
    pub fn get(&self, id: CourseId) -> Option<&Course> {
        self.rows.get(&id)
    }

    /// Courses by one of their identifiers; the front page course is among them. A blank value matches none.
    pub fn find_all(&self, key: CourseKey, value: &str) -> Vec<CourseId> {
        if key == CourseKey::Id {
            let id = value.trim().parse().map(CourseId).ok();
            return id.into_iter().filter(|id| self.rows.contains_key(id)).collect();
        }
        self.by_key.get(&(key, self.collation.fold(value).into_owned())).cloned().unwrap_or_default()
    }

    /// The one course with that identifier.
    pub fn find(&self, key: CourseKey, value: &str) -> Match<CourseId> {
        Match::of(&self.find_all(key, value))
    }

    /// Adds a category as read from the site.
    pub fn load_category(&mut self, category: Category) {
        if !self.categories.contains_key(&category.id) && !self.categories_deleted.contains(&category.id) {
            self.categories_read.push(category.id);
            self.insert_category(category);
        }
    }

    fn insert_category(&mut self, category: Category) {
        let key = (category.parent, self.collation.fold(&category.name).into_owned());
        self.children.entry(key).or_default().push(category.id);
        self.categories.insert(category.id, category);
    }

    pub(super) fn plan_category(&mut self, category: Category) {
        self.categories_planned.insert(category.id);
        self.insert_category(category);
    }

    fn remove_category(&mut self, id: CategoryId) {
        if let Some(category) = self.categories.remove(&id) {
            let key = (category.parent, self.collation.fold(&category.name).into_owned());
            forget_entry(&mut self.children, key, id);
        }
    }

    pub(super) fn plan_category_deletion(&mut self, id: CategoryId) {
        self.remove_category(id);
        self.categories_planned.remove(&id);
        self.categories_deleted.insert(id);
    }

    /// The category with that id.
    pub fn category(&self, id: CategoryId) -> Option<&Category> {
        self.categories.get(&id)
    }

    /// Sub-categories of `parent` with that name, lowest id first.
    pub fn child_categories(&self, parent: CategoryId, name: &str) -> Vec<CategoryId> {
        let key = (parent, self.collation.fold(name).into_owned());
        let mut ids = self.children.get(&key).cloned().unwrap_or_default();
        // Planned ones have negative ids and stand behind the real ones, the earliest planned first.
        ids.sort_by_key(|id| (id.is_planned(), id.0.abs()));
        ids
    }

    /// The category with that idnumber.
    pub fn category_by_idnumber(&self, idnumber: &str) -> Match<CategoryId> {
        let wanted = self.collation.fold(idnumber);
        let own = |category: &&Category| {
            category.idnumber.as_deref().is_some_and(|own| !own.is_empty() && self.collation.fold(own) == wanted)
        };
        Match::of(&self.categories.values().filter(own).map(|category| category.id).collect::<Vec<_>>())
    }

    /// The category with the lowest id: where courses without a category go.
    pub fn default_category(&self) -> Option<CategoryId> {
        self.categories.keys().copied().find(|id| !id.is_planned())
    }

    /// The path of names of a category, from the top: `Sciences/Maths`.
    pub fn category_path(&self, id: CategoryId) -> String {
        let mut names = Vec::new();
        let mut next = id;
        while let Some(category) = self.categories.get(&next) {
            names.push(category.name.as_str());
            next = category.parent;
        }
        names.reverse();
        names.join("/")
    }

    /// Adds the enrolment methods of a course as read from the site.
    pub fn load_instances(&mut self, course: CourseId, mut instances: Vec<EnrolInstance>) {
        if !self.instances_planned.contains(&course) {
            self.instances_read.push(course);
            instances.sort_by_key(|instance| (instance.sortorder, instance.id));
            self.instances.insert(course, instances);
        }
    }

    /// The enrolment methods of a course in their order.
    pub fn instances(&self, course: CourseId) -> &[EnrolInstance] {
        self.instances.get(&course).map_or(&[], Vec::as_slice)
    }

    /// The enrolment method with that id.
    pub fn instance(&self, course: CourseId, id: EnrolId) -> Option<&EnrolInstance> {
        self.instances(course).iter().find(|instance| instance.id == id)
    }

    pub(super) fn remove_instance(&mut self, course: CourseId, id: EnrolId) {
        self.instances_planned.insert(course);
        self.instances.entry(course).or_default().retain(|known| known.id != id);
    }

    pub(super) fn plan_instance(&mut self, instance: EnrolInstance) {
        self.instances_planned.insert(instance.course);
        let instances = self.instances.entry(instance.course).or_default();
        match instances.iter_mut().find(|known| known.id == instance.id) {
            Some(known) => *known = instance,
            None => instances.push(instance),
        }
    }

    pub(super) fn forget_unplanned(&mut self) {
        self.fittings.forget_unplanned();
        self.contents.clear();
        for id in std::mem::take(&mut self.read) {
            if !self.planned.contains(&id) {
                self.remove(id);
            }
        }
        for id in std::mem::take(&mut self.categories_read) {
            if !self.categories_planned.contains(&id) {
                self.remove_category(id);
            }
        }
        for course in std::mem::take(&mut self.instances_read) {
            if !self.instances_planned.contains(&course) {
                self.instances.remove(&course);
            }
        }
    }
}
