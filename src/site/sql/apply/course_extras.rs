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
    let forum_ids = apply.reserve("forum", courses.len()).await?;
    let module_ids = apply.reserve("course_modules", courses.len()).await?;
    let mut forums = Rows::new([
        "id",
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
    let mut modules = Rows::new([
        "id",
        "course",
        "module",
        "instance",
        "section",
        "added",
        "visible",
        "visibleold",
        "downloadcontent",
    ]);
    let mut sequences = Rows::new(["id", "sequence", "timemodified"]);
    let now = apply.now;
    let one = || Value::Int(1);
    for ((course, forum), cm) in courses.iter().copied().zip(forum_ids).zip(module_ids) {
        let missing = || refused("create announcement forums", format!("course {course} has no general section"));
        let section = sections.get(&course).ok_or_else(missing)?;
        let (name, intro) = ("Announcements", "General news and announcements");
        let texts = ["news".into(), name.into(), intro.into()];
        let numbers = [one(), one(), one(), one(), now.into()];
        forums.push([Value::Int(forum), course.into()].into_iter().chain(texts).chain(numbers));
        modules.push([
            cm.into(),
            course.into(),
            module.into(),
            forum.into(),
            section.id.into(),
            now.into(),
            one(),
            one(),
            one(),
        ]);
        let sequence = if section.sequence.is_empty() { cm.to_string() } else { format!("{},{cm}", section.sequence) };
        sequences.push([section.id.into(), sequence.into(), now.into()]);
        apply.state.rebuilt.insert(course);
    }
    apply.insert("create announcement forums", "forum", forums).await?;
    apply.insert("create course modules", "course_modules", modules).await?;
    apply.update("add activities to sections", "course_sections", 1, &sequences).await
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
    let block_ids = apply.reserve("block_instances", courses.len()).await?;
    let context_ids = apply.reserve("context", courses.len()).await?;
    let mut blocks = Rows::new([
        "id",
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
    let mut new_contexts = contexts::new_rows();
    for ((course, block), context) in courses.into_iter().zip(block_ids).zip(context_ids) {
        let place = places.get(course)?;
        let (none, now) = (|| Value::Int(0), apply.now);
        blocks.push([
            block.into(),
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
        new_contexts.push(contexts::row(Level::Block, block, place.child(context)));
    }
    apply.insert("create blocks", "block_instances", blocks).await?;
    apply.insert("create contexts of blocks", "context", new_contexts).await
}
