//! What Moodle's hourly tasks would do to a site: to see that nothing is left for them.

use crate::site::sql::SqlSite;
use crate::site::sql::apply::following::Scope;
use crate::site::sql::apply::{Apply, State, Target, cohorts, metacourses};
use std::collections::HashMap;

impl SqlSite {
    /// Brings all that follows from cohorts and metacourses up to date.
    pub(crate) async fn synchronise(&self, now: i64) {
        let facts = self.reader().facts().await.unwrap();
        let tables =
            self.layout().await.into_iter().map(|(table, columns)| (table, columns.into_iter().collect())).collect();
        let mut connection = self.write_connection().await.unwrap();
        let mut state = State::default();
        let SqlSite { dialect, addresses, .. } = self;
        let mut target = Target { connection: &mut connection, dialect, addresses, tables: &tables, state: &mut state };
        let mut apply = Apply { target: &mut target, facts: &facts, now, hashes: HashMap::new() };
        let mut methods = [Vec::new(), Vec::new()];
        for (plugin, methods) in ["cohort", "meta"].into_iter().zip(&mut methods) {
            let all = apply.fetch("read methods", &format!("select id from {{enrol}} where enrol = '{plugin}'")).await;
            methods.extend(all.unwrap().iter().map(|row| row.int(0)));
        }
        let [of_cohorts, of_courses] = methods;
        cohorts::follow_members(&mut apply, &Scope::methods(of_cohorts)).await.unwrap();
        apply.state.meta.methods.extend(of_courses);
        metacourses::follow(&mut apply, &[]).await.unwrap();
    }
}
