//! What the lines of made-up files may be about.

use crate::app::golden::stage::Stage;
use std::collections::BTreeMap;

/// What a cell names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    User,
    Course,
    Cohort,
    Group,
    Grouping,
    Category,
    Role,
}

/// A thing, by the names of its identifiers.
pub(super) type Subject = BTreeMap<&'static str, String>;

/// All that is on the site, and some that is not.
pub(super) struct Subjects {
    by_thing: BTreeMap<Thing, Vec<Subject>>,
}

/// How they are found: the identifiers with the usual one first, the query for them, and one that does not exist.
const SOURCES: [(Thing, &[&str], &str, &[&str]); 7] = [
    (
        Thing::User,
        &["username", "id", "idnumber", "email"],
        "select case when deleted = 1 then 'gus' else username end, id, idnumber, email from mdl_user
         order by case when id < 3 then 1 else 0 end, id",
        &["newcomer", "99999", "N1", "new@example.com"],
    ),
    (
        Thing::Course,
        &["shortname", "id", "idnumber"],
        "select shortname, id, idnumber from mdl_course order by case when id = 1 then 1 else 0 end, id",
        &["NEW", "99999", "N1"],
    ),
    (
        Thing::Cohort,
        &["idnumber", "id", "name"],
        "select coalesce(idnumber, ''), id, name from mdl_cohort order by id",
        &["N1", "99999", "New people"],
    ),
    (
        Thing::Group,
        &["name", "id", "idnumber", "courseid"],
        "select name, id, idnumber, courseid from mdl_groups order by id",
        &["New group", "99999", "N1", "0"],
    ),
    (
        Thing::Grouping,
        &["name", "id", "idnumber", "courseid"],
        "select name, id, idnumber, courseid from mdl_groupings order by id",
        &["New set", "99999", "N1", "0"],
    ),
    (
        Thing::Category,
        &["path", "id", "idnumber"],
        "select name, id, coalesce(idnumber, '') from mdl_course_categories order by id desc",
        &["Sciences/New", "99999", "N1"],
    ),
    (
        Thing::Role,
        &["shortname", "id"],
        "select shortname, id from mdl_role where shortname in ('student', 'teacher', 'editingteacher') order by id desc",
        &["boss", "99999"],
    ),
];

impl Subjects {
    pub(super) async fn on(stage: &Stage) -> Self {
        let mut by_thing = BTreeMap::new();
        for (thing, identifiers, query, unknown) in SOURCES {
            let mut subjects = Vec::new();
            for row in stage.site.texts(query).await {
                subjects.push(identifiers.iter().copied().zip(row.split('|').map(str::to_owned)).collect());
            }
            subjects.push(identifiers.iter().copied().zip(unknown.iter().map(|text| (*text).to_owned())).collect());
            by_thing.insert(thing, subjects);
        }
        Self { by_thing }
    }

    /// The identifiers of a thing, the usual one first.
    pub(super) fn identifiers(thing: Thing) -> &'static [&'static str] {
        SOURCES.iter().find(|source| source.0 == thing).map_or(&[], |source| source.1)
    }

    pub(super) fn all(&self, thing: Thing) -> &[Subject] {
        &self.by_thing[&thing]
    }
}
