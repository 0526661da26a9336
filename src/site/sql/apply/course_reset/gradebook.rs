//! What a reset does to the gradebook: grades whose reason is gone, or all that no activity gives, and with the items
//! everything that people have made there. Moodle calculates anew when somebody looks.

use super::super::rows::Rows;
use super::super::{Apply, Statement, gradebook_history, grades};
use super::{Demand, by_id, ids};
use crate::site::sql::statement::Value;
use crate::site::{ResetItem, SiteError};
use std::collections::BTreeSet;

/// Who deletes, in the words of the histories.
const SOURCE: &str = "reset";

/// Items of the course that people, not activities, have brought.
const MADE: &str = "(i.itemtype in ('manual', 'category') or i.outcomeid is not null)";

/// Clears the gradebooks.
pub(super) async fn clear(apply: &mut Apply<'_, '_>, demands: &[Demand<'_>]) -> Result<(), SiteError> {
    let takes = |item: ResetItem| move |demand: &&Demand<'_>| demand.reset.takes(item);
    let rebuilt: BTreeSet<i64> =
        demands.iter().filter(takes(ResetItem::GradeItems)).map(|demand| demand.course).collect();
    let mut cleared: BTreeSet<i64> =
        demands.iter().filter(takes(ResetItem::Grades)).map(|demand| demand.course).collect();
    cleared.extend(&rebuilt);
    let emptied = emptied(demands);
    clear_activities(apply, &emptied).await?;
    clear_courses(apply, &Rows::of_ids(cleared.iter().copied())).await?;
    clear_items(apply, &Rows::of_ids(rebuilt)).await?;
    let all = "select distinct i.id from v join {grade_items} i on i.courseid = v.id where i.needsupdate = 0";
    recalculate(apply, &Rows::of_ids(cleared), all).await?;
    let some = format!("select distinct i.id from v {OF_EMPTIED} where i.needsupdate = 0");
    recalculate(apply, &rows_of(&emptied), &some).await
}

/// Goes on after rows `v` (courseid, module): grade items of these activities, and totals that come of them.
const OF_EMPTIED: &str = "join {grade_items} m on m.courseid = v.courseid and m.itemtype = 'mod' \
    and m.itemmodule = v.module join {grade_items} i on i.courseid = v.courseid \
    and (i.itemtype = 'course' or i.id = m.id)";

fn rows_of(emptied: &BTreeSet<(i64, &'static str)>) -> Rows {
    let mut rows = Rows::new(["courseid", "module"]);
    emptied.iter().for_each(|(course, module)| rows.push([Value::Int(*course), (*module).into()]));
    rows
}

/// Courses and the modules whose activities are empty now.
fn emptied(demands: &[Demand<'_>]) -> BTreeSet<(i64, &'static str)> {
    let of_course = |demand: &Demand<'_>| {
        let course = demand.course;
        let modules = demand.reset.items.iter().filter_map(|(item, _)| item.emptied_grades());
        modules.map(move |module| (course, module)).collect::<Vec<_>>()
    };
    demands.iter().flat_map(of_course).collect()
}

async fn clear_activities(apply: &mut Apply<'_, '_>, emptied: &BTreeSet<(i64, &'static str)>) -> Result<(), SiteError> {
    let selection = format!("select distinct g.id from v {OF_EMPTIED} join {{grade_grades}} g on g.itemid = i.id");
    grades::erase(apply, &rows_of(emptied), &selection, SOURCE).await
}

/// Erases what no activity gives, and gives what activities give back its own value.
async fn clear_courses(apply: &mut Apply<'_, '_>, courses: &Rows) -> Result<(), SiteError> {
    let selection = "select distinct g.id from v join {grade_items} i on i.courseid = v.id \
                     join {grade_grades} g on g.itemid = i.id \
                     where i.itemtype <> 'mod' or i.itemmodule = 'lti' or g.rawgrade is null";
    grades::erase(apply, courses, selection, SOURCE).await?;
    let set_by_hand = "select distinct g.id from v join {grade_items} i on i.courseid = v.id \
                       join {grade_grades} g on g.itemid = i.id \
                       where g.overridden <> 0 or g.excluded <> 0 or g.hidden <> 0 or g.locked <> 0 or g.locktime <> 0";
    let found = ids(apply, courses, set_by_hand).await?;
    let set =
        |update: Statement| update.push(" set overridden = 0, excluded = 0, hidden = 0, locked = 0, locktime = 0");
    apply.update_selected("reset grades", &found, ("grade_grades", "id", "select id from v"), set).await
}

/// Deletes items, categories, scales and outcomes, each with a row in its history.
async fn clear_items(apply: &mut Apply<'_, '_>, courses: &Rows) -> Result<(), SiteError> {
    let items = format!("select distinct i.id from v join {{grade_items}} i on i.courseid = v.id where {MADE}");
    let doomed = ids(apply, courses, &items).await?;
    grades::erase(apply, &doomed, "select distinct g.id from v join {grade_grades} g on g.itemid = v.id", SOURCE)
        .await?;
    bring_to_the_top(apply, courses).await?;
    let categories = "select distinct c.id from v join {grade_categories} c on c.courseid = v.id \
                      where c.parent is not null";
    let outcomes = "select distinct o.id from v join {grade_outcomes} o on o.courseid = v.id";
    let scales = "select distinct s.id from v join {scale} s on s.courseid = v.id";
    for (tables, selection) in gradebook_history::TABLES.into_iter().zip([&*items, categories, outcomes, scales]) {
        if !apply.has_table(tables.0) {
            continue;
        }
        let doomed = ids(apply, courses, selection).await?;
        gradebook_history::keep(apply, tables, "id", &doomed, SOURCE).await?;
        apply.delete("reset gradebooks", &doomed, by_id(tables.0)).await?;
    }
    Ok(())
}

/// Items of activities leave their categories before these go.
async fn bring_to_the_top(apply: &mut Apply<'_, '_>, courses: &Rows) -> Result<(), SiteError> {
    if !apply.has_table("grade_categories") {
        return Ok(());
    }
    let sql = "select distinct i.id, t.id from v join {grade_items} i on i.courseid = v.id and i.itemtype = 'mod' \
               join {grade_categories} c on c.id = i.categoryid and c.parent is not null \
               join {grade_categories} t on t.courseid = v.id and t.parent is null";
    let found = apply.fetch_with("read grade items in categories", courses, sql).await?;
    let rows = Rows::of_pairs(["id", "categoryid"], found.iter().map(|row| (row.int(0), row.int(1))));
    apply.update("move grade items", "grade_items", 1, &rows).await
}

/// Asks Moodle to calculate chosen items anew.
async fn recalculate(apply: &mut Apply<'_, '_>, rows: &Rows, sql: &str) -> Result<(), SiteError> {
    let found = ids(apply, rows, sql).await?;
    let set = |update: Statement| update.push(" set needsupdate = 1");
    apply.update_selected("ask for new grades", &found, ("grade_items", "id", "select id from v"), set).await
}
