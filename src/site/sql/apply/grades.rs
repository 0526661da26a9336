//! Grades of users who leave, or of courses that go: erased, with a row in the history for each.

use super::rows::Rows;
use super::{Apply, Deletion};
use crate::site::SiteError;

/// Columns that the history takes over from the grade.
const COPIED: &str = "itemid, userid, rawgrade, rawgrademax, rawgrademin, rawscaleid, usermodified, finalgrade, \
                      hidden, locked, locktime, exported, overridden, excluded, feedback, feedbackformat, \
                      information, informationformat";

/// What erases the grades of users who leave, in Moodle's words.
pub(super) const BY_USER: &str = "userdelete";

/// Erases the grades whose ids `selection`, a query over the rows `v` for distinct rows, answers. `source` is for the
/// history.
pub(super) async fn erase(
    apply: &mut Apply<'_, '_>,
    rows: &Rows,
    selection: &str,
    source: &'static str,
) -> Result<(), SiteError> {
    let found = apply.fetch_with("read grades", rows, selection).await?;
    let grades = Rows::of_ids(found.iter().map(|row| row.int(0)));
    if apply.facts.config("disablegradehistory") != "1" {
        let (modifier, now) = (apply.modifier(), apply.now);
        let head = format!(
            "insert into {{grade_grades_history}} (action, oldid, source, timemodified, loggeduser, {COPIED}) "
        );
        let build = |with: super::Statement| {
            let values = with.push("select 3, id, '").push(source).push("', ").bind(now).push(", ").bind(modifier);
            values.push(", ").push(COPIED).push(" from {grade_grades} where id in (select id from v)")
        };
        apply.insert_with("keep the history of grades", &head, &grades, build).await?;
    }
    apply.delete("erase grades", &grades, Deletion::of("grade_grades", &["id"], "select id from v")).await
}
