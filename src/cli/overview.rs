//! Several runs at a glance.

use super::follow::source_of;
use super::output::plain;
use super::summary;
use super::table::{Align, Table};
use crate::rpc::pb;

/// One row a run, with the outcomes that occurred.
pub(super) fn table(runs: &[pb::Run]) -> Table {
    let counters = |run: &pb::Run| run.counters.unwrap_or_default();
    let names: Vec<&str> = summary::outcomes(&pb::Counters::default()).into_iter().map(|(name, _)| name).collect();
    let shown = |place: &usize| {
        names[*place] == "failed" || runs.iter().any(|run| summary::outcomes(&counters(run))[*place].1 > 0)
    };
    let places: Vec<usize> = (0..names.len()).filter(shown).collect();
    let numbers = places.iter().map(|place| names[*place].to_uppercase());
    let left = ["FILE", "TOOL", "STATE"].map(|heading| (heading.to_owned(), Align::Left));
    let numbers = std::iter::once("LINES".to_owned()).chain(numbers).chain(["PARTIAL".to_owned(), "TIME".to_owned()]);
    let mut table = Table::new(left.into_iter().chain(numbers.map(|heading| (heading, Align::Right))));
    for run in runs {
        let counters = counters(run);
        let outcomes = summary::outcomes(&counters);
        let name = source_of(run).rsplit('/').next().unwrap_or_default();
        let mut cells = vec![
            plain(name).into_owned(),
            super::names::tool(run.tool),
            summary::state(run),
            summary::grouped(counters.lines),
        ];
        cells.extend(places.iter().map(|place| summary::grouped(outcomes[*place].1)));
        cells.push(summary::grouped(counters.partial));
        cells.push(summary::duration(run).map_or_else(|| "-".to_owned(), summary::seconds));
        table.row(cells);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_the_outcomes_that_occurred() {
        let run = |file: &str, created: u64, failed: u64| pb::Run {
            tool: pb::Tool::Users as i32,
            source: Some(pb::run::Source::Path(file.to_owned())),
            state: pb::RunState::Succeeded as i32,
            counters: Some(pb::Counters { lines: created + failed, created, failed, ..Default::default() }),
            ..Default::default()
        };
        let lines = table(&[run("/in/users.csv", 1200, 0), run("/u2.csv", 0, 3)]).lines();
        let expected = [
            "FILE       TOOL   STATE      LINES  CREATED  FAILED  PARTIAL  TIME",
            "users.csv  users  succeeded  1,200    1,200       0        0     -",
            "u2.csv     users  succeeded      3        0       3        0     -",
        ];
        assert_eq!(lines, expected);
    }
}
