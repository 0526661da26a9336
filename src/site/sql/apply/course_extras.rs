//! What Moodle gives some new courses: the forum for announcements, the block of social courses.

use super::contexts::{self, Level, Places};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, refused, sections};
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError};
use std::collections::HashMap;

pub(super) async fn create_news_forum(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut courses = Vec::with_capacity(items.len());
    for item in items {
        if let Change::CreateNewsForum { course } = item.change {
            courses.push(apply.state.ids.course(*course)?);
        }
    }
    let no_module = || refused("create announcement forums", "the site has no activity module forum");
    let module = *apply.facts.modules.get("forum").ok_or_else(no_module)?;
    let sections = general_sections(apply, &courses).await?;
    let forums = insert_forums(apply, &courses).await?;
    let mut modules =
        Rows::new(["course", "module", "instance", "section", "added", "visible", "visibleold", "downloadcontent"]);
    let one = || Value::Int(1);
    for (course, forum) in courses.iter().zip(forums) {
        let missing = || refused("create announcement forums", format!("course {course} has no general section"));
        let section = sections.get(course).ok_or_else(missing)?;
        let numbers = [*course, module, forum, section.id, apply.now].map(Value::Int);
        modules.push(numbers.into_iter().chain([one(), one(), one()]));
    }
    let modules = apply.insert_numbered("create course modules", "course_modules", modules).await?;
    let mut sequences = Rows::new(["id", "sequence", "timemodified"]);
    for (course, cm) in courses.into_iter().zip(modules) {
        let Some(section) = sections.get(&course) else { continue };
        let sequence = if section.sequence.is_empty() { cm.to_string() } else { format!("{},{cm}", section.sequence) };
        sequences.push([section.id.into(), sequence.into(), apply.now.into()]);
        apply.state.rebuilt.insert(course);
    }
    apply.update("add activities to sections", "course_sections", 1, &sequences).await
}

/// Inserts a forum for each course, and answers with their ids.
async fn insert_forums(apply: &mut Apply<'_, '_>, courses: &[i64]) -> Result<Vec<i64>, SiteError> {
    let mut forums = Rows::new([
        "course",
        "type",
        "name",
        "intro",
        "introformat",
        "maxattachments",
        "forcesubscribe",
        "trackingtype",
        "timemodified",
    ]);
    for course in courses {
        let texts = ["news", "Announcements", "General news and announcements"].map(Value::from);
        let numbers = [1, 1, 1, 1, apply.now].map(Value::Int);
        forums.push([(*course).into()].into_iter().chain(texts).chain(numbers));
    }
    apply.insert_numbered("create announcement forums", "forum", forums).await
}

struct Section {
    id: i64,
    sequence: String,
}

/// Section 0 of each course, made where it does not exist.
async fn general_sections(apply: &mut Apply<'_, '_>, courses: &[i64]) -> Result<HashMap<i64, Section>, SiteError> {
    let known = read_general_sections(apply, courses).await?;
    let mut rows = sections::new_rows();
    for course in courses.iter().filter(|course| !known.contains_key(course)) {
        rows.push(sections::row(*course, 0, None, "", apply.now));
    }
    if rows.is_empty() {
        return Ok(known);
    }
    apply.insert("create general sections", "course_sections", rows).await?;
    read_general_sections(apply, courses).await
}

async fn read_general_sections(apply: &mut Apply<'_, '_>, courses: &[i64]) -> Result<HashMap<i64, Section>, SiteError> {
    let sql = "select distinct s.course, s.id, s.sequence \
               from v {then course_sections s on s.course = v.id and s.section = 0}";
    let rows = apply.fetch_with("read general sections", &Rows::of_ids(courses.iter().copied()), sql).await?;
    Ok(rows.into_iter().map(|mut row| (row.int(0), Section { id: row.int(1), sequence: row.text(2) })).collect())
}

pub(super) async fn create_social_block(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut courses = Vec::with_capacity(items.len());
    for item in items {
        if let Change::CreateSocialBlock { course } = item.change {
            courses.push(apply.state.ids.course(*course)?);
        }
    }
    let places = Places::read(apply, Level::Course, courses.iter().copied()).await?;
    let context_ids = apply.reserve("context", courses.len()).await?;
    let mut blocks = Rows::new([
        "blockname",
        "parentcontextid",
        "showinsubcontexts",
        "pagetypepattern",
        "defaultregion",
        "defaultweight",
        "configdata",
        "timecreated",
        "timemodified",
    ]);
    let (none, now) = (|| Value::Int(0), apply.now);
    for course in &courses {
        let place = places.get(*course)?;
        blocks.push([
            "social_activities".into(),
            place.id.into(),
            none(),
            "course-view-*".into(),
            "side-post".into(),
            none(),
            "".into(),
            now.into(),
            now.into(),
        ]);
    }
    let blocks = apply.insert_numbered("create blocks", "block_instances", blocks).await?;
    let mut new_contexts = contexts::new_rows();
    for ((course, block), context) in courses.into_iter().zip(blocks).zip(context_ids) {
        new_contexts.push(contexts::row(Level::Block, block, places.get(course)?.child(context)));
    }
    apply.insert("create contexts of blocks", "context", new_contexts).await
}
