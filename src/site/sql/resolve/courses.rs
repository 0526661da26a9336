//! Categories, courses by their identifiers, their enrolment methods and contents.

use super::{LIST, Site};
use crate::model::{CategoryId, ContextId, CourseId, EnrolId, GroupId, RoleId};
use crate::site::sql::statement::{Row, Statement};
use crate::site::world::{Category, Course, EnrolInstance, Section};
use crate::site::{
    CourseDetail, CourseField, CourseKey, CourseLookups, EnrolStatus, MethodTerms, SiteError, Source, World,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A course as far as other look-ups need it.
pub(super) struct Found {
    pub(super) id: CourseId,
    pub(super) context: Option<ContextId>,
    pub(super) above: Vec<ContextId>,
    pub(super) methods: Vec<EnrolId>,
}

impl Found {
    /// The path of its context.
    pub(super) fn path(&self) -> Option<String> {
        let ids = self.above.iter().chain(self.context.as_ref());
        self.context.is_some().then(|| ids.map(|context| format!("/{}", context.0)).collect())
    }
}

/// Reads the whole tree of categories.
pub(super) async fn categories(site: &mut Site<'_>, world: &mut World) -> Result<(), SiteError> {
    let query = site.select("id, parent, name, idnumber, visible").push(" from {course_categories}");
    for mut row in site.fetch("read course categories", query).await? {
        world.courses.load_category(Category {
            id: CategoryId(row.int(0)),
            parent: CategoryId(row.int(1)),
            name: row.text(2),
            idnumber: row.opt_text(3),
            visible: row.int(4) != 0,
        });
    }
    Ok(())
}

/// Reads courses by all keys at once, with their enrolment methods.
pub(super) async fn matching(
    site: &mut Site<'_>,
    lookups: &CourseLookups,
    world: &mut World,
) -> Result<Vec<Found>, SiteError> {
    let fields: &[CourseField] = match lookups.detail {
        CourseDetail::Identity => &[CourseField::Fullname, CourseField::Shortname, CourseField::Idnumber],
        CourseDetail::Card => &[
            CourseField::Fullname,
            CourseField::Shortname,
            CourseField::Idnumber,
            CourseField::Visible,
            CourseField::Startdate,
            CourseField::Enddate,
        ],
        CourseDetail::Everything => CourseField::ALL,
    };
    let ids = ids(lookups, world);
    let longest = [ids.len(), lookups.shortnames.len(), lookups.idnumbers.len()].into_iter().max().unwrap_or(0);
    let mut found = BTreeMap::new();
    let mut courses = HashMap::new();
    for part in 0..longest.div_ceil(LIST) {
        for row in site.fetch("read courses", by_keys(site, fields, lookups, &ids, part)).await? {
            let (known, course) = course(fields, row);
            courses.insert(known.id, course);
            found.insert(known.id, known);
        }
    }
    let ids: Vec<i64> = found.keys().map(|id| id.0).collect();
    if lookups.detail == CourseDetail::Everything {
        contents(site, &ids, &mut courses).await?;
    }
    if lookups.activities {
        activities(site, &ids, world).await?;
    }
    if lookups.blocks {
        blocks(site, &ids, world).await?;
    }
    courses.into_values().for_each(|course| world.courses.load(course));
    for instance in instances(site, &ids, world).await? {
        if let Some(course) = found.get_mut(&instance.0) {
            course.methods.push(instance.1);
        }
    }
    Ok(found.into_values().collect())
}

/// Ids asked for, and those of real courses that the world knows by the other keys: a plan may have renamed them.
fn ids(lookups: &CourseLookups, world: &World) -> BTreeSet<i64> {
    let mut ids: BTreeSet<i64> = lookups.ids.iter().copied().filter(|id| *id > 0).collect();
    for (key, values) in [(CourseKey::Shortname, &lookups.shortnames), (CourseKey::Idnumber, &lookups.idnumbers)] {
        let known = values.iter().flat_map(|value| world.courses.find_all(key, value));
        ids.extend(known.filter(|id| !id.is_planned()).map(|id| id.0));
    }
    ids
}

pub(super) fn by_keys(
    site: &Site<'_>,
    fields: &[CourseField],
    lookups: &CourseLookups,
    ids: &BTreeSet<i64>,
    part: usize,
) -> Statement {
    let mut text = "c.id, c.category, x.id, x.path".to_owned();
    for field in fields {
        text.push_str(", c.");
        text.push_str(field.column());
    }
    let mut query = site.select(&text).push(" from {course} c left join {context} x on x.contextlevel = 50");
    query = query.push(" and x.instanceid = c.id where c.id").one_of(ids.iter().skip(part * LIST).take(LIST).copied());
    for (condition, values) in [(" or c.shortname", &lookups.shortnames), (" or c.idnumber", &lookups.idnumbers)] {
        let values: Vec<&str> = values.iter().skip(part * LIST).take(LIST).map(String::as_str).collect();
        if !values.is_empty() {
            query = query.push(condition).one_of(values);
        }
    }
    query
}

fn course(fields: &[CourseField], mut row: Row) -> (Found, Course) {
    let path = row.text(3);
    let mut above: Vec<ContextId> = path.split('/').filter_map(|id| id.parse().ok().map(ContextId)).collect();
    above.pop();
    let id = CourseId(row.int(0));
    let course = Course {
        id,
        category: CategoryId(row.int(1)),
        fields: fields.iter().enumerate().map(|(at, field)| (*field, row.text(4 + at))).collect(),
        sections: BTreeMap::new(),
        format_options: BTreeMap::new(),
        has_news_forum: false,
        contexts_above: above.clone(),
    };
    (Found { id, context: row.opt_int(2).map(ContextId), above, methods: Vec::new() }, course)
}

/// Reads sections, options of the format that a course has, and whether it has a forum for announcements.
async fn contents(site: &mut Site<'_>, ids: &[i64], courses: &mut HashMap<CourseId, Course>) -> Result<(), SiteError> {
    for part in ids.chunks(LIST) {
        let sections =
            site.select("course, section, name, summary").push(" from {course_sections by course} where course");
        for mut row in site.fetch("read course sections", sections.one_of(part.iter().copied())).await? {
            if let Some(course) = courses.get_mut(&CourseId(row.int(0)))
                && let Ok(number) = u32::try_from(row.int(1))
            {
                course.sections.insert(number, Section { name: row.opt_text(2), summary: row.text(3) });
            }
        }
        let options = site.select("courseid, format, name, value").push(" from {course_format_options by courseid}");
        let options = options.push(" where sectionid = 0 and courseid").one_of(part.iter().copied());
        for mut row in site.fetch("read course format options", options).await? {
            if let Some(course) = courses.get_mut(&CourseId(row.int(0)))
                && course.fields.text(CourseField::Format) == row.text(1)
            {
                course.format_options.insert(row.text(2), row.text(3));
            }
        }
        let forums = site.select("course").push(" from {forum by course} where type = 'news' and course");
        for row in site.fetch("read forums", forums.one_of(part.iter().copied())).await? {
            if let Some(course) = courses.get_mut(&CourseId(row.int(0))) {
                course.has_news_forum = true;
            }
        }
    }
    Ok(())
}

/// Reads which kinds of activities are in these courses, and how many of each.
async fn activities(site: &mut Site<'_>, ids: &[i64], world: &mut World) -> Result<(), SiteError> {
    for part in ids.chunks(LIST) {
        // Packed answers are aggregates themselves, so the rows must be distinct before.
        let query =
            site.select("a.course, a.name, a.number").push(" from (select c.course, m.name, count(*) as number");
        let query = query.push(" from {course_modules c by course} join {modules} m on m.id = c.module where c.course");
        let query = query.one_of(part.iter().copied()).push(" group by c.course, m.name) a");
        for mut row in site.fetch("read activities of courses", query).await? {
            let count = u64::try_from(row.int(2)).unwrap_or(0);
            world.courses.load_activities(CourseId(row.int(0)), row.text(1), count);
        }
    }
    Ok(())
}

/// Reads which kinds of blocks are in these courses.
async fn blocks(site: &mut Site<'_>, ids: &[i64], world: &mut World) -> Result<(), SiteError> {
    for part in ids.chunks(LIST) {
        let query = site.select("a.course, a.name").push(" from (select distinct x.instanceid as course, b.blockname");
        let query = query.push(" as name from {context x by instanceid, contextlevel} {then block_instances b on b.parentcontextid = x.id}");
        let query = query.push(" where x.contextlevel = 50 and x.instanceid").one_of(part.iter().copied()).push(") a");
        for mut row in site.fetch("read blocks of courses", query).await? {
            world.courses.load_block(CourseId(row.int(0)), row.text(1));
        }
    }
    Ok(())
}

/// Reads the enrolment methods of these courses; a course without any is noted as such. Answers with the courses and
/// their methods.
async fn instances(site: &mut Site<'_>, ids: &[i64], world: &mut World) -> Result<Vec<(CourseId, EnrolId)>, SiteError> {
    let mut found = Vec::new();
    let mut methods: HashMap<CourseId, Vec<EnrolInstance>> = ids.iter().map(|id| (CourseId(*id), Vec::new())).collect();
    for part in ids.chunks(LIST) {
        let columns = "id, courseid, enrol, status, sortorder, roleid, customint1, customint2, enrolstartdate, enrolenddate, enrolperiod";
        let query = site.select(columns).push(" from {enrol by courseid} where courseid");
        for mut row in site.fetch("read enrolment methods", query.one_of(part.iter().copied())).await? {
            let course = CourseId(row.int(1));
            found.push((course, EnrolId(row.int(0))));
            let method = row.text(2);
            let source = Source::of(&method, row.int(6));
            // Other plug-ins keep something else there.
            let group = row.opt_int(7).filter(|group| *group > 0 && source.is_some()).map(GroupId);
            methods.entry(course).or_default().push(EnrolInstance {
                id: EnrolId(row.int(0)),
                course,
                method,
                source,
                terms: MethodTerms { opens: row.int(8), closes: row.int(9), group },
                status: EnrolStatus::from_number(row.int(3)),
                sortorder: row.int(4),
                role: row.opt_int(5).filter(|role| *role != 0).map(RoleId),
                period: row.int(10),
            });
        }
    }
    methods.into_iter().for_each(|(course, instances)| world.courses.load_instances(course, instances));
    Ok(found)
}
