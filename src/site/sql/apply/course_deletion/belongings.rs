//! What belongs to what, as a tree of tables, and the deletions that follow from it. Knows nothing of Moodle's tables.

/// Rows of a table that belong to rows of another one, and go with them.
#[derive(Debug)]
pub(super) struct Belongings {
    pub(super) table: &'static str,
    /// The column that names the owner.
    pub(super) key: &'static str,
    /// The column of the owner that is named.
    pub(super) of: &'static str,
    /// One more condition on the rows, called `t`.
    pub(super) rest: &'static str,
    /// What belongs to these rows.
    pub(super) parts: &'static [Belongings],
}

impl Belongings {
    /// Rows that name the id of their owner, and what belongs to them.
    pub(super) const fn with(table: &'static str, key: &'static str, parts: &'static [Belongings]) -> Self {
        Self { table, key, of: "id", rest: "", parts }
    }

    /// Rows that name the id of their owner.
    pub(super) const fn of(table: &'static str, key: &'static str) -> Self {
        Self::with(table, key, &[])
    }

    /// The same, naming another column of the owner.
    pub(super) const fn by(mut self, column: &'static str) -> Self {
        self.of = column;
        self
    }

    /// The same, if they meet a condition.
    pub(super) const fn only(mut self, rest: &'static str) -> Self {
        self.rest = rest;
        self
    }
}

/// The rows of one table that go: those whose `key` is among what `selection` selects from the rows `v`.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) table: &'static str,
    pub(super) key: &'static str,
    pub(super) selection: String,
    pub(super) rest: &'static str,
    /// The tables on the way from `v`, this one last, each with its columns on the way.
    pub(super) way: Vec<(&'static str, &'static str)>,
}

/// The deletions that a tree stands for: what belongs to a row goes before the row.
pub(super) fn steps(tree: &'static [Belongings]) -> Vec<Step> {
    let mut steps = Vec::new();
    tree.iter().for_each(|root| collect(&mut vec![root], &mut steps));
    steps
}

fn collect(way: &mut Vec<&'static Belongings>, steps: &mut Vec<Step>) {
    let Some(own) = way.last().copied() else { return };
    for part in own.parts {
        way.push(part);
        collect(way, steps);
        way.pop();
    }
    steps.push(step(way, own));
}

fn step(way: &[&'static Belongings], own: &'static Belongings) -> Step {
    let owners = &way[..way.len() - 1];
    let mut columns: Vec<_> = way.iter().map(|each| (each.table, each.key)).collect();
    columns.extend(way.windows(2).map(|pair| (pair[0].table, pair[1].of)));
    let mut selection = match owners.len() {
        0 => "select v.id from v".to_owned(),
        last => format!("select o{last}.{} from v", own.of),
    };
    for (at, owner) in owners.iter().enumerate() {
        let (number, above) = (at + 1, if at == 0 { "v".to_owned() } else { format!("o{at}") });
        let Belongings { table, key, of, rest, .. } = owner;
        selection.push_str(&format!(" join {{{table}}} o{number} on o{number}.{key} = {above}.{of}"));
        if !rest.is_empty() {
            selection.push_str(&format!(" and {}", rest.replace("t.", &format!("o{number}."))));
        }
    }
    Step { table: own.table, key: own.key, selection, rest: own.rest, way: columns }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &[Belongings] = &[Belongings::with(
        "quiz",
        "course",
        &[
            Belongings::with("usages", "id", &[Belongings::of("attempts", "usageid")]).by("uniqueid").only("t.x = 1"),
            Belongings::of("slots", "quizid"),
        ],
    )];

    #[test]
    fn parts_go_before_the_whole() {
        let told: Vec<_> = steps(TREE).into_iter().map(|step| (step.table, step.key, step.selection)).collect();
        let expected = [
            (
                "attempts",
                "usageid",
                "select o2.id from v join {quiz} o1 on o1.course = v.id \
                 join {usages} o2 on o2.id = o1.uniqueid and o2.x = 1",
            ),
            ("usages", "id", "select o1.uniqueid from v join {quiz} o1 on o1.course = v.id"),
            ("slots", "quizid", "select o1.id from v join {quiz} o1 on o1.course = v.id"),
            ("quiz", "course", "select v.id from v"),
        ];
        assert_eq!(told, expected.map(|(table, key, selection)| (table, key, selection.to_owned())));
    }

    #[test]
    fn a_step_names_the_columns_on_its_way() {
        let first = &steps(TREE)[0];
        let expected =
            [("quiz", "course"), ("usages", "id"), ("attempts", "usageid"), ("quiz", "uniqueid"), ("usages", "id")];
        assert_eq!(first.way, expected);
    }
}
