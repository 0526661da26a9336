//! What courses take over from their templates: rows with all the columns that the site's tables have, under new ids,
//! each table with one statement for all courses.

use super::contexts::{self, Level, Places};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Statement};
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError, TemplateCopy};
use std::collections::HashMap;

/// A copy with the ids that the site gave.
struct Copy<'c> {
    from: i64,
    to: i64,
    rows: &'c TemplateCopy,
}

pub(super) async fn copy(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut copies = Vec::with_capacity(items.len());
    for item in items {
        let Change::CopyTemplate(rows) = item.change else { continue };
        let (from, to) = (apply.state.ids.course(rows.from)?, apply.state.ids.course(rows.to)?);
        apply.state.rebuilt.insert(to);
        copies.push(Copy { from, to, rows });
    }
    sections(apply, &copies).await?;
    methods(apply, &copies).await?;
    groups(apply, &copies).await?;
    groupings(apply, &copies).await?;
    blocks(apply, &copies).await
}

/// Columns of a table that are copied as they are.
fn kept(apply: &Apply<'_, '_>, table: &str, own: &[&str]) -> Vec<String> {
    apply.columns(table).into_iter().filter(|column| !own.contains(&&**column)).collect()
}

/// `insert into table (own columns, kept ones)`.
fn head(table: &str, own: &[&str], kept: &[String]) -> String {
    let columns: Vec<&str> = own.iter().copied().chain(kept.iter().map(String::as_str)).collect();
    format!("insert into {{{table}}} ({}) ", columns.join(", "))
}

/// The kept columns of the row `t`.
fn of_template(kept: &[String]) -> String {
    kept.iter().map(|column| format!(", t.{column}")).collect()
}

/// Restrictions of access name activities and groups of the template, and are left out.
async fn sections(apply: &mut Apply<'_, '_>, copies: &[Copy<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["template", "course", "number"]);
    for copy in copies {
        for number in &copy.rows.sections {
            rows.push([copy.from.into(), copy.to.into(), i64::from(*number).into()]);
        }
    }
    let own = ["id", "course", "section", "sequence", "availability", "timemodified"];
    let kept = kept(apply, "course_sections", &own);
    let (columns, now) = (of_template(&kept), apply.now);
    let build = |with: Statement| {
        with.push("select k.course, k.number, '', ").bind(now).push(&columns).push(
            " from (select distinct template, course, number from v) k \
             join {course_sections} t on t.course = k.template and t.section = k.number",
        )
    };
    let head = head("course_sections", &["course", "section", "sequence", "timemodified"], &kept);
    apply.insert_with("copy sections", &head, &rows, build).await
}

/// The copies come behind the methods that a course has, in the order of the template's.
async fn methods(apply: &mut Apply<'_, '_>, copies: &[Copy<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["template", "id", "course", "place"]);
    for copy in copies {
        for ((template, id), place) in copy.rows.methods.iter().zip(1_i64..) {
            let (template, id) = (apply.state.ids.method(*template)?, apply.state.ids.method(*id)?);
            rows.push([template, id, copy.to, place].map(Value::Int));
        }
    }
    let own = ["id", "courseid", "timecreated", "timemodified", "sortorder"];
    let kept = kept(apply, "enrol", &own);
    let (columns, now) = (of_template(&kept), apply.now);
    let build = |with: Statement| {
        let last = "(select coalesce(max(o.sortorder), -1) from {enrol} o where o.courseid = k.course)";
        with.push("select k.id, k.course, ")
            .bind(now)
            .push(", ")
            .bind(now)
            .push(&format!(", {last} + k.place{columns}"))
            .push(" from (select distinct template, id, course, place from v) k join {enrol} t on t.id = k.template")
    };
    apply.insert_with("copy enrolment methods", &head("enrol", &own, &kept), &rows, build).await
}

/// Pictures are files, and left out.
async fn groups(apply: &mut Apply<'_, '_>, copies: &[Copy<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["template", "id", "course"]);
    for copy in copies {
        for (template, id) in &copy.rows.groups {
            let (template, id) = (apply.state.ids.group(*template)?, apply.state.ids.group(*id)?);
            rows.push([template, id, copy.to].map(Value::Int));
        }
    }
    let kept = kept(apply, "groups", &["id", "courseid", "timecreated", "timemodified", "picture"]);
    in_course(apply, "groups", &kept, &rows).await
}

async fn groupings(apply: &mut Apply<'_, '_>, copies: &[Copy<'_>]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["template", "id", "course"]);
    let mut links = Rows::new(["groupingid", "groupid", "timeadded"]);
    for copy in copies {
        for (template, id) in &copy.rows.groupings {
            let (template, id) = (apply.state.ids.grouping(*template)?, apply.state.ids.grouping(*id)?);
            rows.push([template, id, copy.to].map(Value::Int));
        }
        for (grouping, group) in &copy.rows.links {
            let (grouping, group) = (apply.state.ids.grouping(*grouping)?, apply.state.ids.group(*group)?);
            links.push([grouping, group, apply.now].map(Value::Int));
        }
    }
    let kept = kept(apply, "groupings", &["id", "courseid", "timecreated", "timemodified"]);
    in_course(apply, "groupings", &kept, &rows).await?;
    apply.insert("put groups into groupings", "groupings_groups", links).await
}

/// Copies rows (template, id, course) of a table whose rows belong to courses.
async fn in_course(apply: &mut Apply<'_, '_>, table: &str, kept: &[String], rows: &Rows) -> Result<(), SiteError> {
    let (columns, now) = (of_template(kept), apply.now);
    let build = |with: Statement| {
        let from =
            format!(" from (select distinct template, id, course from v) k join {{{table}}} t on t.id = k.template");
        with.push("select k.id, k.course, ").bind(now).push(", ").bind(now).push(&columns).push(&from)
    };
    let head = head(table, &["id", "courseid", "timecreated", "timemodified"], kept);
    apply.insert_with(&format!("copy {table}"), &head, rows, build).await
}

/// A block of a template.
struct Block {
    id: i64,
    kind: String,
}

async fn blocks(apply: &mut Apply<'_, '_>, copies: &[Copy<'_>]) -> Result<(), SiteError> {
    if copies.iter().all(|copy| copy.rows.blocks.is_empty()) {
        return Ok(());
    }
    let courses = copies.iter().flat_map(|copy| [copy.from, copy.to]);
    let places = Places::read(apply, Level::Course, courses).await?;
    let known = blocks_of(apply, copies).await?;
    let mut rows = Rows::new(["template", "id", "above", "beside"]);
    let mut contexts = contexts::new_rows();
    let mut wanted = Vec::new();
    for copy in copies {
        let blocks = known.get(&copy.from).into_iter().flatten();
        wanted.extend(blocks.filter(|block| copy.rows.blocks.contains(&block.kind)).map(|block| (copy, block.id)));
    }
    let ids = apply.reserve("block_instances", wanted.len()).await?;
    let context_ids = apply.reserve("context", wanted.len()).await?;
    for (((copy, template), id), context) in wanted.into_iter().zip(ids).zip(context_ids) {
        let (beside, above) = (places.get(copy.from)?, places.get(copy.to)?);
        rows.push([template, id, above.id, beside.id].map(Value::Int));
        contexts.push(contexts::row(Level::Block, id, above.child(context)));
    }
    instances(apply, &rows).await?;
    apply.insert("create contexts of blocks", "context", contexts).await?;
    positions(apply, &rows).await
}

/// The blocks of the templates by course, in the order of their ids.
async fn blocks_of(apply: &mut Apply<'_, '_>, copies: &[Copy<'_>]) -> Result<HashMap<i64, Vec<Block>>, SiteError> {
    let sql = format!(
        "select distinct x.instanceid, b.id, b.blockname from v {{then context x on x.contextlevel = {} \
         and x.instanceid = v.id}} join {{block_instances}} b on b.parentcontextid = x.id",
        Level::Course as i64
    );
    let rows = Rows::of_ids(copies.iter().map(|copy| copy.from));
    let mut known: HashMap<i64, Vec<Block>> = HashMap::new();
    for mut row in apply.fetch_with("read blocks of templates", &rows, &sql).await? {
        known.entry(row.int(0)).or_default().push(Block { id: row.int(1), kind: row.text(2) });
    }
    known.values_mut().for_each(|blocks| blocks.sort_by_key(|block| block.id));
    Ok(known)
}

/// Rows (template, id, above, beside): a block, its copy, the context of the copy's course and that of the template.
async fn instances(apply: &mut Apply<'_, '_>, rows: &Rows) -> Result<(), SiteError> {
    let own = ["id", "parentcontextid", "timecreated", "timemodified"];
    let kept = kept(apply, "block_instances", &own);
    let (columns, now) = (of_template(&kept), apply.now);
    let build = |with: Statement| {
        let blocks = with.push("select k.id, k.above, ").bind(now).push(", ").bind(now).push(&columns);
        blocks
            .push(" from (select distinct template, id, above from v) k join {block_instances} t on t.id = k.template")
    };
    apply.insert_with("copy blocks", &head("block_instances", &own, &kept), rows, build).await
}

async fn positions(apply: &mut Apply<'_, '_>, rows: &Rows) -> Result<(), SiteError> {
    let own = ["blockinstanceid", "contextid"];
    let kept = kept(apply, "block_positions", &["id", "blockinstanceid", "contextid"]);
    let columns = of_template(&kept);
    let build = |with: Statement| {
        with.push("select k.id, k.above").push(&columns).push(
            " from (select distinct template, id, above, beside from v) k \
             join {block_positions} t on t.blockinstanceid = k.template and t.contextid = k.beside",
        )
    };
    apply.insert_with("copy positions of blocks", &head("block_positions", &own, &kept), rows, build).await
}
