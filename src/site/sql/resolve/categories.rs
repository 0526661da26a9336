//! What categories hold besides other categories.

use super::Site;
use crate::model::CategoryId;
use crate::site::sql::statement::Statement;
use crate::site::{SiteError, World};
use std::collections::HashSet;

/// What a category may hold besides courses: in words, the table that must be there, and where the ids of the categories
/// come from.
const OTHERS: [(&str, &str, &str); 4] = [
    ("cohorts", "cohort", "{context} x join {cohort} t on t.contextid = x.id"),
    ("role assignments", "role_assignments", "{context} x join {role_assignments} t on t.contextid = x.id"),
    ("content bank items", "contentbank_content", "{context} x join {contentbank_content} t on t.contextid = x.id"),
    (
        "questions",
        "question_bank_entries",
        "{context} x join {question_categories} q on q.contextid = x.id \
         join {question_bank_entries} t on t.questioncategoryid = q.id",
    ),
];

/// Reads the contents of all categories.
pub(super) async fn contents(site: &mut Site<'_>, world: &mut World) -> Result<(), SiteError> {
    let courses = site
        .select("a.category, a.courses")
        .push(" from (select category, count(*) as courses from {course} where category > 0 group by category) a");
    for row in site.fetch("read courses of categories", courses).await? {
        let count = u64::try_from(row.int(1)).unwrap_or(0);
        world.courses.load_contents(CategoryId(row.int(0)), |contents| contents.courses = count);
    }
    let tables = tables(site).await?;
    for (words, _, source) in OTHERS.into_iter().filter(|(_, table, _)| tables.contains(*table)) {
        let query = format!(" from (select distinct x.instanceid from {source} where x.contextlevel = 40) a");
        for row in site.fetch("read contents of categories", site.select("a.instanceid").push(&query)).await? {
            world.courses.load_contents(CategoryId(row.int(0)), |contents| _ = contents.others.insert(words));
        }
    }
    Ok(())
}

/// The tables of the site, without prefix.
async fn tables(site: &mut Site<'_>) -> Result<HashSet<String>, SiteError> {
    let columns = Statement::new(site.dialect, site.dialect.all_columns());
    let rows = site.connection.fetch("read the site's tables", columns).await?;
    Ok(rows.into_iter().filter_map(|mut row| site.dialect.without_prefix(&row.text(0)).map(str::to_owned)).collect())
}
