//! Grades of users who leave: erased, with a row in the history for each.

use super::Apply;
use super::rows::Rows;
use crate::site::SiteError;

/// Columns that the history takes over from the grade.
const COPIED: &str = "itemid, userid, rawgrade, rawgrademax, rawgrademin, rawscaleid, usermodified, finalgrade, \
                      hidden, locked, locktime, exported, overridden, excluded, feedback, feedbackformat, \
                      information, informationformat";

/// Erases the grades whose ids `selection`, a query over the rows `v`, answers.
pub(super) async fn erase(apply: &mut Apply<'_, '_>, rows: &Rows, selection: &str) -> Result<(), SiteError> {
    if apply.facts.config("disablegradehistory") != "1" {
        let (modifier, now) = (apply.modifier(), apply.now);
        let head = format!(
            "insert into {{grade_grades_history}} (action, oldid, source, timemodified, loggeduser, {COPIED}) \
             select 3, id, 'userdelete', "
        );
        let build = |with: super::Statement| {
            let values = with.push(&head).bind(now).push(", ").bind(modifier).push(", ").push(COPIED);
            values.push(" from {grade_grades} where id in (").push(selection).push(")")
        };
        apply.execute_with("keep the history of grades", rows, build).await?;
    }
    let sql = format!("delete from {{grade_grades}} where id in ({selection})");
    apply.run_with("erase grades", rows, &sql).await
}
